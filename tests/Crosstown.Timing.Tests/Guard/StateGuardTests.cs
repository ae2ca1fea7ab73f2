using Crosstown.Core;
using Crosstown.Core.Networks;
using Crosstown.Simulation.Vehicles;
using Crosstown.Timing.Guard;

namespace Crosstown.Timing.Tests.Guard;

/// <summary>The guard of single states against courses that were made without it: unsafe ones of every kind, and legal ones.</summary>
public sealed class StateGuardTests
{
    private const int Enough = 200;

    private static readonly RoadProfile[] Profiles = [RoadProfile.Bench, RoadProfile.Field];

    [Fact]
    [Trait("rule", "C05")]
    [Trait("rule", "C06")]
    [Trait("rule", "C07")]
    [Trait("rule", "C08")]
    [Trait("rule", "C17")]
    public void Two_hundred_unsafe_courses_of_every_kind_are_refused_with_the_code_of_their_kind_and_not_before()
    {
        var count = StateFault.All.ToDictionary(f => f.Name, _ => 0);
        for (var seed = 0; seed < 60; seed++)
        {
            PlantAll(DrawnCard.Make(new RandomNumbers(71, seed)), seed, count);
        }

        Assert.True(count.Values.Sum() >= Enough, $"{count.Values.Sum()} courses");
        Assert.All(count, kind => Assert.True(kind.Value >= 5, $"{kind.Key}: {kind.Value} courses"));
    }

    [Fact]
    [Trait("rule", "C05")]
    [Trait("rule", "C06")]
    [Trait("rule", "C07")]
    [Trait("rule", "C08")]
    [Trait("rule", "C17")]
    public void Two_hundred_legal_courses_are_accepted_in_every_second()
    {
        var seconds = 0;
        for (var seed = 0; seed < Enough; seed++)
        {
            var random = new RandomNumbers(72, seed);
            var course = StateCourse.Make(DrawnCard.Make(random), Profiles[seed % 2], random, changes: 12);

            Assert.All(course.Judge(), (problems, s) => Assert.True(problems.Count == 0, $"seed {seed}, second {s}: {string.Join("; ", problems)}"));
            seconds += course.States.Count;
        }

        Assert.InRange(seconds, Enough * 100, int.MaxValue);
    }

    [Theory]
    [Trait("Category", SharedData.Category)]
    [Trait("rule", "C08")]
    [Trait("rule", "C17")]
    [InlineData("cologne8")]
    [InlineData("ingolstadt7")]
    [InlineData("grid4x4")]
    [InlineData("xt-grid2x3")]
    public void At_the_signals_of_a_scenario_unsafe_courses_are_refused_and_legal_ones_accepted(string name)
    {
        var folder = SharedData.PathTo($"data/scenarios/{name}");
        var scenario = Scenario.Read(file => File.OpenRead(Path.Combine(folder, file)));
        var count = StateFault.All.ToDictionary(f => f.Name, _ => 0);
        for (var s = 0; s < scenario.Reference.Length; s++)
        {
            var card = new SignalCard(scenario.Network, scenario.Reference[s]);
            PlantAll(card, s, count);
            foreach (var profile in Profiles)
            {
                var course = StateCourse.Make(card, profile, new RandomNumbers(73, s), changes: 10);
                Assert.All(course.Judge(), (problems, at) => Assert.True(problems.Count == 0, $"{card.Signal}, second {at}: {string.Join("; ", problems)}"));
            }
        }

        Assert.True(count.Values.Sum() >= scenario.Reference.Length * 2 * 8, $"{count.Values.Sum()} courses");
    }

    [Fact]
    public void All_that_is_wrong_with_a_state_is_told_at_once()
    {
        var card = DrawnCard.Make([new HashSet<int> { 1 }, new HashSet<int> { 0 }, new HashSet<int>()], [0, 0, 9], [new FixedPhase(20, "GrG"), new FixedPhase(20, "rGr")]);
        var guard = new StateGuard(card, RoadProfile.Bench, 0, "GrG");

        var problems = guard.Judge(2, "rGr");

        Assert.Equal(["XT792", "XT793", "XT793", "XT794"], problems.Select(p => p.Code).Order());
        Assert.All(problems, p => Assert.Equal("signal x", p.Where));
        Assert.Contains(problems, p => p.Message == "Link 0 would end after 2 s of green; 5 s is the least.");
        Assert.Contains(problems, p => p.Message == "Link 2 would end after 2 s of walk; 4 s is the least.");
        Assert.Contains(problems, p => p.Message == "Link 1 would begin in rGr 0 s after link 0 ended; 3 s is the least.");
    }

    [Fact]
    public void To_judge_changes_nothing_and_what_was_shown_counts_though_it_was_refused()
    {
        var card = DrawnCard.Make([new HashSet<int> { 1 }, new HashSet<int> { 0 }], [0, 0], [new FixedPhase(20, "Gr"), new FixedPhase(20, "rG")]);
        var guard = new StateGuard(card, RoadProfile.Bench, 0, "Gr");

        Assert.NotEmpty(guard.Judge(9, "rr"));
        Assert.Empty(guard.Judge(9, "yr"));
        guard.Note(9, "rr");

        Assert.Equal("XT794", Assert.Single(guard.Judge(11, "rG")).Code);
        Assert.Empty(guard.Judge(12, "rG"));
    }

    [Fact]
    public void A_first_state_of_another_length_is_refused()
    {
        var card = DrawnCard.Make([new HashSet<int>()], [0], [new FixedPhase(20, "G"), new FixedPhase(20, "r")]);

        Assert.Throws<ArgumentException>(() => new StateGuard(card, RoadProfile.Bench, 0, "GG"));
        Assert.Throws<ArgumentException>(() => new StateGuard(card, RoadProfile.Bench, 0, "G").Note(1, ""));
    }

    private static void PlantAll(SignalCard card, int seed, Dictionary<string, int> count)
    {
        foreach (var fault in StateFault.All)
        {
            foreach (var profile in Profiles)
            {
                if (fault.Plant(card, profile, new RandomNumbers(74, seed)) is not { } course)
                {
                    continue;
                }

                var said = course.Judge();
                var about = $"{fault.Name} at {card.Signal}, seed {seed}, {profile.Name}: {string.Join(" ", course.States.TakeLast(8))}";
                Assert.All(said.SkipLast(1), (problems, s) => Assert.True(problems.Count == 0, $"{about}; refused at {s} already: {string.Join("; ", problems)}"));
                var codes = said[^1].Select(p => p.Code).Distinct().ToArray();
                Assert.True(codes.Contains(fault.Code) && codes.All(c => c == fault.Code || fault.AlsoAllowed.Contains(c)), $"{about}: {string.Join("; ", said[^1])}");
                count[fault.Name]++;
            }
        }
    }
}
