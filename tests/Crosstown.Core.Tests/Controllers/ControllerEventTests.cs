using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Tests.Drawing;

namespace Crosstown.Core.Tests.Controllers;

/// <summary>What a controller logs, drawn. The drawing's first mark lies one second before the controller's first tick.</summary>
public sealed class ControllerEventTests
{
    private static PhaseTiming Phase(byte number, byte ring, byte group) => new()
    {
        Number = number,
        Ring = ring,
        BarrierGroup = group,
        MinimumGreenMs = 4000,
        PassageMs = 2000,
        MaximumMs = 10_000,
        YellowMs = 3000,
        RedClearanceMs = 1000,
    };

    /// <summary>Runs a controller that rests in its first phase and compares the drawn codes.</summary>
    private static void AssertLogs(ControllerProgram program, string drawing, Func<double, ControllerInputs> inputsAt)
    {
        var range = Strip.RangeOf(drawing);
        var state = new ControllerState();
        var log = new EventBuffer();
        for (var t = range.StartMs + 1000; t < range.EndMs; t += ControllerStep.TickMs)
        {
            var inputs = inputsAt((t - range.StartMs) / 1000.0);
            inputs.TimeMs = t;
            inputs.Pattern = ControllerStep.FreePattern;
            ControllerStep.Step(program, state, inputs, log);
        }

        var expected = Strip.Read(drawing);
        var logged = log.TakeBefore(range.EndMs).ToArray().Where(e => e.Code is 0 or 1 or (>= 4 and <= 12) or (>= 21 and <= 23) or 32 or 33 or (>= 61 and <= 66));
        Assert.Equal(Show(expected, range.StartMs), Show(logged, range.StartMs));
    }

    private static string Show(IEnumerable<ControllerEvent> events, long startMs) =>
        string.Join(" ", events.Select(e => FormattableString.Invariant($"{(e.TimeMs - startMs) / 1000.0}:{e.Code}/{e.Parameter}")));

    private static ControllerInputs Calls(params ReadOnlySpan<int> phases)
    {
        var mask = 0u;
        foreach (var phase in phases)
        {
            mask |= (uint)1 << phase;
        }

        return new ControllerInputs { VehicleCalls = mask, Extensions = mask };
    }

    [Fact]
    public void A_side_street_call_gaps_out_the_main_street_after_its_minimum() =>
        AssertLogs(
            new ControllerProgram([Phase(2, 1, 1) with { Recall = Recall.Minimum }, Phase(4, 1, 2) with { RedClearanceMs = 0 }]),
            """
            phase 2 R GGGGGGGGG o YY C RRRR RRR GGGG
            phase 4 R RRRRRRRRR RRR R GGGG o YY RRRR
            """,
            s => s is >= 10 and < 15 ? Calls(4) : s is >= 4.5 and < 8 ? Calls(2) : Calls());

    [Fact]
    public void Traffic_without_gaps_holds_its_green_to_the_maximum_and_no_longer() =>
        AssertLogs(
            new ControllerProgram([Phase(2, 1, 1) with { Recall = Recall.Minimum }, Phase(4, 1, 2)]),
            """
            phase 2 R GGGGGGGGGG m YY C RRRR
            phase 4 R RRRRRRRRRR RRR R GGGG
            """,
            s => s >= 1 ? Calls(2, 4) : Calls());

    [Fact]
    public void Walk_and_clearance_run_their_time_before_the_green_ends() =>
        AssertLogs(
            new ControllerProgram([Phase(2, 1, 1) with { Recall = Recall.Minimum }, Phase(4, 1, 2) with { WalkMs = 5000, PedestrianClearanceMs = 6000 }]),
            """
            phase 2 R GGGG o YY C RRRRRRRRRRR RRR R GGGG
            phase 4 R RRRR RRR R GGGGGGGGGGG o YY C RRRR
            ped 4   . .... ... . WWWWWFFFFFF . .. . ....
            """,
            s => new ControllerInputs { PedestrianPresses = s == 2.5 ? (uint)1 << 4 : 0 });

    [Fact]
    public void A_flashing_yellow_arrow_follows_the_opposing_through_and_is_dark_during_the_green_arrow() =>
        AssertLogs(
            new ControllerProgram(
                [Phase(1, 1, 1), Phase(2, 1, 1) with { Recall = Recall.Minimum }, Phase(6, 2, 1) with { Recall = Recall.Minimum }, Phase(4, 1, 2), Phase(8, 2, 2)],
                [new OverlapTiming { Number = 1, Kind = OverlapKind.FlashingYellowArrow, Parents = [2], ProtectedPhase = 1, YellowMs = 3000, RedClearanceMs = 1000 }]),
            """
            phase 1   R GGGG o YY C RRRR
            phase 2   R RRRR RRR R  GGGG
            phase 6   R GGGG GGG G  GGGG
            phase 4   R RRRR RRR R  RRRR
            phase 8   R RRRR RRR R  RRRR
            overlap A R KKKK YYY C  GGGG
            arrow 1   . .... ... .  ####
            at 9s 65 1
            """,
            s => s < 2 ? Calls(1) : Calls());

    [Fact]
    public void A_trailing_overlap_keeps_the_cross_street_waiting_until_it_has_cleared() =>
        AssertLogs(
            new ControllerProgram(
                [Phase(2, 1, 1) with { Recall = Recall.Minimum }, Phase(4, 1, 2)],
                [new OverlapTiming { Number = 2, Kind = OverlapKind.Standard, Parents = [2], TrailingGreenMs = 3000, YellowMs = 3000, RedClearanceMs = 1000 }]),
            """
            phase 2   R GGGG oYYC RRR RR
            phase 4   R RRRR RRRR RRR GG
            overlap B R GGGG TTTY YYC RR
            """,
            s => s >= 1 ? Calls(4) : Calls());

    [Fact]
    public void A_gap_shrinks_while_others_wait_and_vehicles_that_came_in_red_lengthen_the_initial_green()
    {
        var program = new ControllerProgram(
        [
            Phase(2, 1, 1) with { Recall = Recall.Minimum, PassageMs = 4000, MaximumMs = 60_000, TimeBeforeReductionMs = 4000, TimeToReduceMs = 10_000, MinimumGapMs = 1000 },
            Phase(4, 1, 2) with { AddedInitialMs = 2000, MaximumInitialMs = 7000 },
        ]);
        var state = new ControllerState();
        var log = new EventBuffer();
        for (var t = 0; t < 60_000; t += 100)
        {
            // A vehicle every two seconds on phase 2: a gap of 1.9 s holds a passage of 4 s but not a shrunken one.
            var inputs = new ControllerInputs { TimeMs = t, Pattern = ControllerStep.FreePattern, Extensions = t % 2000 == 0 ? 4u : 0 };
            inputs.VehicleCalls = t >= 1000 ? 16u : 0;
            inputs.Actuations = t is 1000 or 3000 or 5000 ? 16u : 0;
            ControllerStep.Step(program, state, inputs, log);
        }

        var events = log.TakeBefore(60_000).ToArray();
        var gapOut = events.First(e => e.Code == EventCode.PhaseGapOut && e.Parameter == 2).TimeMs;
        Assert.InRange(gapOut, 11_500, 13_500);
        var green = events.First(e => e.Code == EventCode.PhaseBeginGreen && e.Parameter == 4).TimeMs;
        Assert.Equal(6000, events.First(e => e.Code == EventCode.PhaseMinimumComplete && e.Parameter == 4).TimeMs - green);
    }

    [Fact]
    public void A_rail_preempt_clears_the_track_dwells_and_exits_in_order_with_every_interval_whole()
    {
        var program = new ControllerProgram(
            [Phase(2, 1, 1) with { Recall = Recall.Minimum, WalkMs = 5000, PedestrianClearanceMs = 8000 }, Phase(4, 1, 2), Phase(6, 2, 1) with { Recall = Recall.Minimum }, Phase(8, 2, 2)],
            preempts: [new PreemptTiming { Number = 1, TrackPhases = [4], TrackClearanceMs = 10_000, GateDownMs = 5000, DwellPhases = [2, 6], MinimumDwellMs = 5000, ExitPhases = [8] }]);
        var state = new ControllerState();
        var log = new EventBuffer();
        for (var t = 0; t < 90_000; t += 100)
        {
            ControllerStep.Step(
                program, state,
                new ControllerInputs { TimeMs = t, Pattern = ControllerStep.FreePattern, PedestrianPresses = t == 24_000 ? 4u : 0, Preempts = t is >= 26_000 and < 60_000 ? 2u : 0 },
                log);
        }

        // Walk began at 24.1 s: 5 s of walk and 8 s of clearance end at 37.1 s, 3 s of yellow and 1 s of red at 41.1 s, and green is reached a tick later.
        var stages = log.TakeBefore(90_000).ToArray().Where(e => e.Code is >= 102 and <= 111);
        Assert.Equal("26:102/1 26:105/1 31:103/1 41.2:106/1 51.2:107/1 60:104/1 60:111/1", Show(stages, 0));
    }

    [Fact]
    public void A_program_that_is_not_safe_to_run_is_refused_with_every_reason()
    {
        var error = Assert.Throws<ProblemException>(() => new ControllerProgram(
            [Phase(2, 1, 1) with { YellowMs = 2900 }, Phase(4, 1, 2) with { WalkMs = 5000 }, Phase(4, 1, 2) with { MinimumGreenMs = 4050 }]));

        Assert.Subset(error.Problems.Select(p => p.Code).ToHashSet(), new HashSet<string> { "XT604", "XT605", "XT606", "XT608" });
    }

    [Fact]
    public void A_pattern_whose_splits_do_not_fill_its_cycle_is_refused()
    {
        var phases = new[] { Phase(2, 1, 1) with { IsCoordinated = true }, Phase(4, 1, 2) };
        PatternTiming Pattern(int second, int fourth) => new()
        {
            Number = 1,
            CycleMs = 60_000,
            OffsetMs = 0,
            SplitMs = ImmutableSortedDictionary<byte, int>.Empty.Add(2, second).Add(4, fourth),
        };

        Assert.Equal("XT616", Assert.Single(Assert.Throws<ProblemException>(() => new ControllerProgram(phases, patterns: [Pattern(30_000, 20_000)])).Problems).Code);
        Assert.Contains(Assert.Throws<ProblemException>(() => new ControllerProgram(phases, patterns: [Pattern(53_000, 7000)])).Problems, p => p.Code == "XT614");
        Assert.Single(new ControllerProgram(phases, patterns: [Pattern(40_000, 20_000)]).Patterns);
    }
}
