using System.Collections.Immutable;
using Crosstown.Core;
using Crosstown.Core.Networks;
using Crosstown.Timing.Roads;

namespace Crosstown.Timing.Tests.Roads;

/// <summary>Plans as stages against the second-by-second check, which knows nothing of stages; and the check against bad programs.</summary>
public sealed class ProgramCheckTests
{
    private static readonly RoadProfile[] Profiles = [RoadProfile.Bench, RoadProfile.Field];

    private static SignalCard Card(FixedProgram program) => new(DrawnStreets.Street(1), program);

    [Fact]
    public void A_program_that_keeps_the_profile_has_no_problem() =>
        Assert.Empty(ProgramCheck.Check(Card(DrawnStreets.Program(0, 30, 20)), DrawnStreets.Program(0, 30, 20), RoadProfile.Bench));

    [Theory]
    [InlineData("short yellow", "Gr 30,yr 2,rG 20,ry 3", "yellow")]
    [InlineData("no yellow", "Gr 30,rr 3,rG 20,ry 3", "without yellow")]
    [InlineData("both green", "Gr 30,yr 3,GG 5,yG 3,rG 20,ry 3", "green together")]
    [InlineData("green beside yellow", "Gr 30,yG 3,rG 20,ry 3", "green together")]
    [InlineData("back to green", "Gr 30,yr 3,Gr 5,yr 3,rG 20,ry 3", "back to green")]
    [InlineData("short green", "Gr 4,yr 3,rG 20,ry 3", "of green")]
    [InlineData("never served", "Gr 30,yr 3,rr 20", "never green")]
    [InlineData("long red", "Gr 5,yr 3,rG 180,ry 3", "of red")]
    [InlineData("dark", "Gr 30,yr 3,rG 20,ry 3,OO 5", "letter")]
    [InlineData("half seconds", "Gr 30.5,yr 3,rG 20,ry 3", "whole number")]
    public void A_bad_program_is_refused_and_the_reason_given(string what, string text, string word)
    {
        var phases = text.Split(',').Select(p => p.Split(' ')).Select(p => new FixedPhase(double.Parse(p[1], System.Globalization.CultureInfo.InvariantCulture), p[0]));
        var program = DrawnStreets.Program(0, 30, 20) with { Phases = [.. phases] };

        var problems = ProgramCheck.Check(Card(DrawnStreets.Program(0, 30, 20)), program, RoadProfile.Bench);

        Assert.True(problems.Any(p => p.Message.Contains(word, StringComparison.Ordinal)), $"{what}: {string.Join("; ", problems.Select(p => p.Message))}");
    }

    [Fact]
    public void A_red_clearance_is_asked_for_by_the_field_profile_alone()
    {
        var program = DrawnStreets.Program(0, 30, 20, yellowS: 4);

        Assert.Empty(ProgramCheck.Check(Card(program), program, RoadProfile.Bench));
        Assert.Contains(ProgramCheck.Check(Card(program), program, RoadProfile.Field), p => p.Message.Contains("begins 4 s after", StringComparison.Ordinal));
    }

    /// <summary>Cards drawn at random: which links cross, which of these the reference shows together, which is a walk.</summary>
    private static SignalCard RandomCard(RandomNumbers random)
    {
        var links = 4 + random.NextInt(6);
        var lanes = new List<RoadLane>();
        var edges = new List<RoadEdge>();
        int Lane(EdgeFunction function, double lengthM)
        {
            lanes.Add(new RoadLane { Name = $"l{lanes.Count}", Edge = edges.Count, Position = 0, LengthM = lengthM, SpeedMps = 10, Allowed = RoadUsers.All, Shape = [default, new RoadPoint(1, 0)] });
            edges.Add(new RoadEdge { Name = $"e{edges.Count}", Function = function, From = 0, To = 0, Lanes = [lanes.Count - 1] });
            return lanes.Count - 1;
        }

        var foes = Enumerable.Range(0, links).Select(_ => new SortedSet<int>()).ToArray();
        for (var a = 0; a < links; a++)
        {
            for (var b = 0; b < a; b++)
            {
                if (random.NextDouble() < 0.45)
                {
                    foes[a].Add(b);
                    foes[b].Add(a);
                }
            }
        }

        var connections = Enumerable.Range(0, links).Select(a => new RoadConnection
        {
            FromLane = Lane(EdgeFunction.Street, 50),
            ToLane = Lane(a >= 4 && random.NextDouble() < 0.5 ? EdgeFunction.Crossing : EdgeFunction.Street, 5 + random.NextInt(12)),
            Signal = "x",
            SignalLink = a,
            Foes = [.. foes[a]],
            YieldsTo = [.. foes[a].Where(b => b < a)],
        }).ToImmutableArray();
        var network = new RoadNetwork
        {
            Junctions = [new RoadJunction { Name = "x", Kind = JunctionKind.Signal, Center = default }],
            Edges = [.. edges],
            Lanes = [.. lanes],
            Connections = connections,
        };

        // Each link gets a phase with whatever does not cross it, and now and then one more that does.
        var states = Enumerable.Range(0, links).Select(a =>
        {
            var state = Enumerable.Repeat('r', links).ToArray();
            state[a] = 'G';
            for (var b = 0; b < links; b++)
            {
                if (state[b] == 'r' && Enumerable.Range(0, links).All(c => state[c] == 'r' || !foes[b].Contains(c)))
                {
                    state[b] = 'G';
                }
            }

            var extra = random.NextInt(links);
            if (state[extra] == 'r' && random.NextDouble() < 0.4)
            {
                state[extra] = 'g';
            }

            return new string(state);
        });
        return new SignalCard(network, new FixedProgram { Signal = "x", Name = "ref", Phases = [.. states.Select(s => new FixedPhase(20, s))] });
    }

    [Fact]
    public void Stages_in_any_order_make_programs_that_the_check_passes_or_refuses_for_length_alone()
    {
        var passed = 0;
        for (var trial = 0; trial < 1500; trial++)
        {
            var random = new RandomNumbers(7, trial);
            var card = RandomCard(random);
            var menu = new StageMenu(card);
            var profile = Profiles[trial % 2];
            Assert.True(menu.Serves(menu.ReferenceOrder.AsSpan()));
            var order = menu.ReferenceOrder.ToBuilder();
            for (var k = 0; k < random.NextInt(3); k++)
            {
                order.Insert(random.NextInt(order.Count + 1), random.NextInt(menu.Stages.Length));
            }

            var plan = new StagePlan(menu, order.ToImmutable(), [.. order.Select(_ => 12 + random.NextInt(10))], random.NextInt(60));
            plan = plan with { GreenS = [.. plan.GreenS.Select((g, k) => Math.Max(g, plan.LeastGreenS(k, profile)))] };
            var program = plan.ToProgram("trial", profile);

            var problems = ProgramCheck.Check(card, program, profile);

            Assert.Equal(plan.CycleS(profile), program.CycleS);
            Assert.All(problems, p => Assert.True(p.Message.Contains(" s of red; ", StringComparison.Ordinal), $"trial {trial}: {p.Message}"));
            passed += problems.Count == 0 ? 1 : 0;
        }

        Assert.True(passed > 700, $"{passed} of 1500");
    }

    [Fact]
    public void Every_shortened_interval_of_a_good_program_is_noticed()
    {
        var noticed = 0;
        for (var trial = 0; trial < 300; trial++)
        {
            var random = new RandomNumbers(11, trial);
            var card = RandomCard(random);
            var menu = new StageMenu(card);
            var plan = new StagePlan(menu, menu.ReferenceOrder, [.. menu.ReferenceOrder.Select(_ => 15)], 0);
            plan = plan with { GreenS = [.. plan.GreenS.Select((g, k) => Math.Max(g, plan.LeastGreenS(k, RoadProfile.Bench)))] };
            var program = plan.ToProgram("trial", RoadProfile.Bench);
            if (ProgramCheck.Check(card, program, RoadProfile.Bench).Count > 0)
            {
                continue;
            }

            for (var p = 0; p < program.Phases.Length; p++)
            {
                if (program.Phases[p].State.Contains('y', StringComparison.Ordinal) && program.Phases[p].DurationS == RoadProfile.Bench.YellowS)
                {
                    var shortened = program with { Phases = program.Phases.SetItem(p, program.Phases[p] with { DurationS = RoadProfile.Bench.YellowS - 1 }) };
                    Assert.NotEmpty(ProgramCheck.Check(card, shortened, RoadProfile.Bench));
                    noticed++;
                }
            }
        }

        Assert.True(noticed > 200, $"{noticed}");
    }
}
