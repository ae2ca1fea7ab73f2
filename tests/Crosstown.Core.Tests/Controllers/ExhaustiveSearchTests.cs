using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Events;

namespace Crosstown.Core.Tests.Controllers;

public sealed class ExhaustiveSearchTests(ITestOutputHelper output)
{
    // The search at full depth takes minutes and gigabytes: nightly.
    private static readonly bool IsDeep = Environment.GetEnvironmentVariable("CROSSTOWN_SEARCH") == "deep";

    [Fact]
    [Trait("rule", "C05")]
    [Trait("rule", "C06")]
    [Trait("rule", "C07")]
    [Trait("rule", "C08")]
    public void A_crossing_of_two_streets_is_safe_in_every_state_and_tick_and_serves_every_call()
    {
        var program = new ControllerProgram([Phase(2, 1, 1), Phase(4, 1, 2) with { WalkMs = 500, PedestrianClearanceMs = 700 }]);
        var ticks = IsDeep ? 1 : 5;
        var search = Search(program, Moments([2, 4], presses: [4]), ticks);

        // Its own change interval, the other street's green to its maximum, and the other's change interval: nothing else can come before.
        Assert.Equal((3500 + 1500 + 3500) / 100 / ticks, search.LongestWait(4));
        Assert.Equal((3500 + 1500 + 3500) / 100 / ticks, search.LongestWait(2));
    }

    [Fact]
    [Trait("rule", "C05")]
    [Trait("rule", "C06")]
    [Trait("rule", "C07")]
    [Trait("rule", "C08")]
    public void Two_rings_with_a_left_turn_and_its_arrow_are_safe_in_every_state_and_serve_every_call()
    {
        var program = new ControllerProgram(
            [Phase(1, 1, 1), Phase(2, 1, 1), Phase(6, 2, 1), Phase(4, 1, 2) with { WalkMs = IsDeep ? 500 : 0, PedestrianClearanceMs = IsDeep ? 1000 : 0 }],
            [new OverlapTiming { Number = 1, Kind = OverlapKind.FlashingYellowArrow, Parents = [2], ProtectedPhase = 1, YellowMs = 3000, RedClearanceMs = 500 }]);
        var search = Search(program, Moments([1, 2, 4, 6], presses: IsDeep ? [4] : []), ticksPerMoment: IsDeep ? 5 : 10);
        foreach (var phase in program.Phases)
        {
            // Its own change interval, then three other phases to their maximum, each with its change interval and, deep, the walk of one.
            Assert.InRange(search.LongestWait(phase.Number) ?? int.MaxValue, 1, (3500 + (3 * (1500 + 3500)) + 1000) / (IsDeep ? 500 : 1000));
        }
    }

    [Fact]
    [Trait("rule", "C05")]
    [Trait("rule", "C06")]
    [Trait("rule", "C08")]
    public void A_preempt_at_any_moment_of_any_state_conflicts_with_nothing_and_cuts_nothing_short()
    {
        var program = new ControllerProgram(
            [Phase(2, 1, 1), Phase(6, 2, 1), Phase(4, 1, 2) with { WalkMs = 500, PedestrianClearanceMs = 1000 }],
            preempts: [new PreemptTiming { Number = 1, DelayMs = 500, TrackPhases = [4], TrackClearanceMs = 2000, DwellPhases = [2], MinimumDwellMs = 1000, ExitPhases = [6] }]);
        var search = Search(program, Moments([2, 4, 6], presses: IsDeep ? [4] : [], preempts: [1]), ticksPerMoment: IsDeep ? 5 : 10);

        Assert.Contains(true, search.IsPreempted);
        Assert.NotNull(search.LongestWait(4));
    }

    [Fact]
    [Trait("rule", "C05")]
    [Trait("rule", "C06")]
    [Trait("rule", "C07")]
    [Trait("rule", "C08")]
    public void A_pattern_commanded_at_any_moment_is_safe_in_every_state_and_serves_every_call_in_two_cycles()
    {
        var pattern = new PatternTiming
        {
            Number = 1,
            CycleMs = 30_000,
            OffsetMs = 7000,
            SplitMs = new Dictionary<byte, int> { [2] = 14_000, [4] = 16_000, [6] = 14_000 }.ToImmutableSortedDictionary(),
            Transition = TransitionMode.Dwell,
        };
        var program = new ControllerProgram(
            [Phase(2, 1, 1) with { IsCoordinated = true }, Phase(6, 2, 1) with { IsCoordinated = true }, Phase(4, 1, 2) with { WalkMs = 500, PedestrianClearanceMs = 1000 }],
            patterns: [pattern]);
        var moments = Moments([4, 6], presses: [4]).SelectMany(m => new[] { m with { Pattern = 1 }, m with { Pattern = ControllerStep.FreePattern } });
        var search = Search(program, IsDeep ? moments : moments.Where(m => m.Pattern == 1), ticksPerMoment: 10);

        Assert.InRange(search.LongestWait(4) ?? int.MaxValue, 1, 2 * 30);
        Assert.InRange(search.LongestWait(6) ?? int.MaxValue, 1, 2 * 30);
    }

    [Fact]
    [Trait("rule", "C05")]
    [Trait("rule", "C06")]
    [Trait("rule", "C07")]
    [Trait("rule", "C08")]
    public void A_system_that_holds_and_ends_greens_at_any_moment_cuts_nothing_short()
    {
        var program = new ControllerProgram([Phase(2, 1, 1), Phase(6, 2, 1), Phase(4, 1, 2) with { WalkMs = 500, PedestrianClearanceMs = 700 }]);
        var moments = Moments([2, 4], presses: [4]).SelectMany(m => Subsets([2, 4]).SelectMany(holds => Subsets([2, 4]).Select(ends => m with { Holds = holds, ForceOffs = ends })));
        var search = new StateSearch(program, moments, IsDeep ? 1 : 10);
        search.Run(mostStates: 400_000);

        Assert.Equal(program.AllPhases, search.Greens);
        Assert.Null(search.LongestWait(4));
    }

    [Fact]
    public void A_held_green_stays_until_it_is_let_go_and_one_that_is_ended_goes_after_its_minimum()
    {
        var program = new ControllerProgram([Phase(2, 1, 1), Phase(4, 1, 2)]);
        var state = new ControllerState();
        var log = new EventBuffer();
        var timeMs = 1_000_000L;
        int StepUntil(Func<bool> isDone, uint holds, uint ends)
        {
            const uint busy = (1 << 2) | (1 << 4);
            for (var ticks = 1; ticks < 5000; ticks++)
            {
                timeMs += ControllerStep.TickMs;
                ControllerStep.Step(
                    program, state,
                    new ControllerInputs { TimeMs = timeMs, Pattern = ControllerStep.FreePattern, VehicleCalls = busy, Extensions = busy, Holds = holds, ForceOffs = ends }, log);
                if (isDone())
                {
                    return ticks;
                }
            }

            return int.MaxValue;
        }

        bool IsGreen(int phase) => Bits.Has(state.Greens, phase);
        StepUntil(() => IsGreen(2), 0, 0);
        Assert.Equal(int.MaxValue, StepUntil(() => !IsGreen(2), 1 << 2, 0));
        Assert.Equal(int.MaxValue, StepUntil(() => !IsGreen(2), 1 << 2, 1 << 2));
        Assert.Equal(1, StepUntil(() => !IsGreen(2), 0, 1 << 2));

        // By itself a busy green lasts its maximum of 1.5 s; ended, its minimum of 1 s.
        StepUntil(() => IsGreen(4), 0, 0);
        Assert.Equal(10, StepUntil(() => !IsGreen(4), 0, 1 << 4));
        StepUntil(() => IsGreen(2), 0, 0);
        Assert.InRange(StepUntil(() => !IsGreen(2), 0, 0), 15, 16);
    }

    [Theory]
    [InlineData("a yellow that is a tick short")]
    [InlineData("a red clearance that is a tick short")]
    [InlineData("a minimum green that is a tick short")]
    [InlineData("a walk that is a tick short")]
    [InlineData("a pedestrian clearance that is a tick short")]
    [InlineData("streets that may not run together")]
    public void The_search_finds(string error)
    {
        PhaseTiming[] phases = [Phase(2, 1, 1), Phase(6, 2, 1), Phase(4, 1, 2) with { WalkMs = 500, PedestrianClearanceMs = 1000 }];
        PhaseTiming Judged(PhaseTiming phase) => error switch
        {
            "a yellow that is a tick short" => phase with { YellowMs = 3100 },
            "a red clearance that is a tick short" => phase with { RedClearanceMs = 600 },
            "a minimum green that is a tick short" => phase with { MinimumGreenMs = 1100 },
            "a walk that is a tick short" => phase.WalkMs == 0 ? phase : phase with { WalkMs = 600 },
            "a pedestrian clearance that is a tick short" => phase.WalkMs == 0 ? phase : phase with { PedestrianClearanceMs = 1100 },
            _ => phase.Number == 6 ? phase with { Ring = 1 } : phase,
        };
        var search = new StateSearch(new ControllerProgram(phases), Moments([2, 4, 6], presses: [4]), 5, new ControllerProgram(phases.Select(Judged)));

        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => search.Run(mostStates: 400_000));
    }

    [Fact]
    public void States_that_the_search_takes_for_one_behave_as_one()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var scene = new RandomScene(seed);
            var form = new StateForm(scene.Program);
            var numbers = new long[StateCopy.Shared.Length];
            var twin = new ControllerState();
            var twinLog = new EventBuffer();
            for (var tick = 0; tick < 6000; tick++)
            {
                var inputs = scene.Inputs;
                if (tick > 0 && !scene.Program.Phases.Any(p => p.AddedInitialMs > 0))
                {
                    ControllerStep.Step(scene.Program, twin, inputs, twinLog);
                }

                scene.Step();
                scene.Log.Clear();
                twinLog.Clear();
                if (tick > 0 && !scene.Program.Phases.Any(p => p.AddedInitialMs > 0))
                {
                    AssertSameDisplay(scene, twin, $"seed {seed}, tick {tick}");
                }

                // The twin goes on from the form, over and over.
                StateCopy.Shared.Save(tick == 0 ? scene.State : twin, numbers);
                form.Apply(numbers);
                StateCopy.Shared.Load(twin, numbers);
            }
        }
    }

    private StateSearch Search(ControllerProgram program, IEnumerable<Moment> moments, int ticksPerMoment)
    {
        var search = new StateSearch(program, moments, ticksPerMoment);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        search.Run(mostStates: IsDeep ? 8_000_000 : 400_000);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{search.States} states, {search.Moves} moments, {clock.Elapsed.TotalSeconds:0.0} s"));
        Assert.Equal(program.AllPhases, search.Greens);
        return search;
    }

    private static void AssertSameDisplay(RandomScene scene, ControllerState twin, string where)
    {
        Assert.True(scene.State.Greens == twin.Greens && scene.State.Yellows == twin.Yellows, where);
        foreach (var phase in scene.Program.Phases)
        {
            Assert.True(scene.State.PedestrianOf(phase.Number) == twin.PedestrianOf(phase.Number) && scene.State.IntervalOf(phase.Number) == twin.IntervalOf(phase.Number), where);
        }

        for (var i = 0; i < scene.Program.Overlaps.Length; i++)
        {
            Assert.True(scene.State.OverlapAt(i) == twin.OverlapAt(i), where);
        }
    }

    /// <summary>Short times, so that the space closes: a second of green, three and a half of change.</summary>
    private static PhaseTiming Phase(byte number, byte ring, byte group) => new()
    {
        Number = number,
        Ring = ring,
        BarrierGroup = group,
        MinimumGreenMs = 1000,
        PassageMs = 500,
        MaximumMs = 1500,
        YellowMs = 3000,
        RedClearanceMs = 500,
    };

    /// <summary>Every combination of calls, buttons and preempts, in free operation.</summary>
    private static IEnumerable<Moment> Moments(int[] calls, int[]? presses = null, int[]? preempts = null) =>
        from call in Subsets(calls)
        from press in Subsets(presses ?? [])
        from preempt in Subsets(preempts ?? [])
        select new Moment(call, press, preempt, ControllerStep.FreePattern);

    private static IEnumerable<uint> Subsets(int[] numbers) =>
        Enumerable.Range(0, 1 << numbers.Length).Select(choice => numbers.Where((_, i) => (choice >> i & 1) != 0).Aggregate(0u, (mask, n) => mask | (uint)1 << n));
}
