using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Crosstown.Core.Controllers;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Core;
using Crosstown.Simulation.Detection;
using Crosstown.Simulation.Towns;
using Crosstown.Simulation.Traffic;

namespace Crosstown.Simulation.Tests;

public sealed class TownTests
{
    private const long Hour = 3_600_000;
    private const long Start = Town.DefaultStartMs;

    private static Dictionary<SignalId, List<ControllerEvent>> LogOf(Town town, TimeRange range)
    {
        var logs = new Dictionary<SignalId, List<ControllerEvent>>();
        TownLog.Write(town, range, (signal, events) => Append(logs, signal, events));
        return logs;
    }

    private static void Append(Dictionary<SignalId, List<ControllerEvent>> logs, SignalId signal, ReadOnlySpan<ControllerEvent> events)
    {
        if (!logs.TryGetValue(signal, out var log))
        {
            logs[signal] = log = [];
        }

        log.AddRange(events);
    }

    private static string Hash(Dictionary<SignalId, List<ControllerEvent>> logs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, log) in logs.OrderBy(l => l.Key))
        {
            hash.AppendData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(log)));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        var range = new TimeRange(Start + (16 * Hour), Start + (17 * Hour));

        Assert.Equal(Hash(LogOf(Town.Create(5), range)), Hash(LogOf(Town.Create(5), range)));
        Assert.NotEqual(Hash(LogOf(Town.Create(5), range)), Hash(LogOf(Town.Create(6), range)));
    }

    [Fact]
    public void Advanced_live_in_steps_of_any_length_the_town_logs_what_it_logs_in_one_go()
    {
        var town = Town.Create(3);
        var range = new TimeRange(Start + (35 * Hour), Start + (38 * Hour));
        var random = new RandomNumbers(99, 1);
        var live = new TownSimulation(town, range.StartMs);
        var logs = new Dictionary<SignalId, List<ControllerEvent>>();
        while (live.TimeMs < range.EndMs)
        {
            var stepMs = 100 * (1 + random.NextInt(random.NextInt(2) == 0 ? 20 : 3000));
            live.Advance(Math.Min(range.EndMs, live.TimeMs + stepMs), (signal, events) => Append(logs, signal, events));
        }

        Assert.Equal(Hash(LogOf(town, range)), Hash(logs));
    }

    [Fact]
    public void It_does_not_matter_which_signal_runs_first()
    {
        var town = Town.Create(4);
        var reversed = new Town(town.Seed, town.LocalTime, town.Signals, [.. town.Links.Reverse()]);
        var range = new TimeRange(Start + (7 * Hour), Start + (8 * Hour));
        var backward = new Dictionary<SignalId, List<ControllerEvent>>();
        new TownSimulation(reversed, range.StartMs, runBackward: true).Advance(range.EndMs, (signal, events) => Append(backward, signal, events));

        Assert.Equal(Hash(LogOf(town, range)), Hash(backward));
    }

    [Fact]
    public void Every_log_is_sorted_on_the_tenth_of_a_second_and_inside_its_range_even_when_a_clock_jumps()
    {
        var range = new TimeRange(Start + (33 * Hour), Start + (39 * Hour));
        var logs = LogOf(Town.Create(1), range);

        Assert.Equal(8, logs.Count);
        Assert.Contains(logs.Values, log => log.Exists(e => e.Code == EventCode.ClockUpdated));
        foreach (var log in logs.Values)
        {
            for (var i = 1; i < log.Count; i++)
            {
                Assert.True(log[i - 1] < log[i], $"{log[i - 1]} comes before {log[i]}");
            }

            Assert.All(log, e => Assert.True(range.Contains(e.TimeMs) && e.TimeMs % 100 == 0, e.ToString()));
        }
    }

    [Fact]
    public void The_first_eight_signals_hold_one_of_everything()
    {
        var town = Town.Create(1);

        Assert.Contains(town.Signals, s => s.Program.Preempts.Any(p => !p.TrackPhases.IsEmpty));
        Assert.Contains(town.Signals, s => s.Program.Preempts.Any(p => p.TrackPhases.IsEmpty));
        Assert.Contains(town.Signals, s => s.Program.Priorities.Length > 0);
        Assert.Contains(town.Signals, s => s.Configuration.Overlaps.Any(o => o.IsFlashingYellowArrow));
        Assert.Contains(town.Signals, s => s.Program.Overlaps.Any(o => o.TrailingGreenMs > 0));
        Assert.Contains(town.Signals, s => s.Weekdays.All(p => p.Pattern != ControllerStep.FreePattern));
        Assert.Contains(town.Signals, s => s.Weekdays.Any(p => p.Pattern == ControllerStep.FreePattern));
        Assert.Equal("1004", Assert.Single(town.Signals, s => s.HasBadOffset).Signal.Value);
        Assert.Equal(["1005", "1006"], town.Signals.Where(s => !s.StarvedPhases.IsEmpty).Select(s => s.Signal.Value));
        Assert.Equal(8, town.Signals.Select(s => s.Signal).Distinct().Count());
        Assert.Equal(7, town.Signals.Count(s => s.Faults.Count > 0));
        Assert.All(town.Links, l => Assert.True(l.TravelS > 17, $"{l.From} to {l.To} takes {l.TravelS} s"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(24)]
    public void Every_size_of_town_is_planned_with_whole_configurations(int count)
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            var town = Town.Create(seed, count);

            Assert.Equal(count, town.Signals.Count);
            foreach (var signal in town.Signals)
            {
                var c = signal.Configuration;
                Assert.Equal(c.Detectors.Length, c.Detectors.Select(d => d.Channel).Distinct().Count());
                Assert.All(c.Detectors, d => Assert.Contains(c.Approaches, a => a.Id == d.ApproachId));
                Assert.All(c.Patterns, p => Assert.Equal(p.CycleLengthS, c.Phases.Where(f => f.Ring == 1).Sum(f => p.SplitS[f.Number])));
                Assert.All(signal.Faults, f => Assert.True(
                    f.Kind is FaultKind.ClockJump
                    || (f.Kind is FaultKind.PedestrianButtonStuck ? c.PedestrianButtons.Any(b => b.Channel == f.Channel) : c.Detectors.Any(d => d.Channel == f.Channel))));
            }
        }
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(1, 16)]
    [InlineData(5, 7)]
    [InlineData(5, 16)]
    public void Starved_side_streets_fail_their_splits_in_the_peaks_while_the_arterial_has_green_to_spare(ulong seed, int hour)
    {
        var town = Town.Create(seed, Town.MaxSignals);
        var range = new TimeRange(Start + (hour * Hour), Start + ((hour + 2) * Hour));
        var ends = new Dictionary<(SignalId, int), (int Forced, int All)>();
        var simulation = new TownSimulation(town, range.StartMs);
        simulation.Advance(range.EndMs, (signal, events) =>
        {
            foreach (var e in events)
            {
                if (e.Code is EventCode.PhaseGapOut or EventCode.PhaseMaxOut or EventCode.PhaseForceOff)
                {
                    var (forced, all) = ends.GetValueOrDefault((signal, e.Parameter));
                    ends[(signal, e.Parameter)] = (forced + (e.Code == EventCode.PhaseGapOut ? 0 : 1), all + 1);
                }
            }
        });
        var totals = simulation.ListTotals(range);
        var starved = town.Signals.Where(s => !s.StarvedPhases.IsEmpty).ToList();
        Assert.Equal(["1005", "1006", "1013", "1014", "1021"], starved.Select(s => s.Signal.Value));

        // A signal of the same street whose side streets never grew.
        var spared = town.FindSignal(SignalId.Parse("1022"))!;
        double ForcedShare(TownSignal signal) => spared.Program.Phases.Where(p => p.BarrierGroup == 2).Average(p => ends[(signal.Signal, p.Number)] is var (forced, all) ? forced / (double)all : 0);
        double DelayS(TownSignal signal, params TravelDirection[] directions)
        {
            var own = totals.Where(t => t.Signal == signal.Signal && directions.Contains(t.Direction)).ToList();
            return own.Sum(t => t.DelayS) / own.Sum(t => t.Vehicles);
        }

        foreach (var signal in starved)
        {
            Assert.True(DelayS(signal, TravelDirection.Eastbound, TravelDirection.Westbound) > 2 * DelayS(signal, TravelDirection.Northbound, TravelDirection.Southbound));
            Assert.True(ForcedShare(signal) > ForcedShare(spared) + 0.15, $"{signal.Signal}: {ForcedShare(signal):0.00}, {ForcedShare(spared):0.00}");

            var pattern = signal.Program.Patterns.First(p => p.Number == (hour < 12 ? 1 : 3));
            foreach (var (phase, direction) in new[] { (2, TravelDirection.Northbound), (6, TravelDirection.Southbound) })
            {
                var passing = new[] { Turn.Through, Turn.Right }.Sum(t => simulation.Total(signal.Signal, direction, t, range).Vehicles) / 2.0;
                var lanes = signal.Lanes.Where(l => l.Phase == phase).ToList();
                var greenShare = (pattern.SplitMs[(byte)phase] - signal.Program.Phases.First(p => p.Number == phase).ChangeMs) / (double)pattern.CycleMs;
                Assert.True(passing < 0.75 * greenShare * lanes.Sum(l => 3_600_000.0 / l.SaturationHeadwayMs), $"{signal.Signal} phase {phase}: {passing} veh/h in {greenShare:0.00} of the time");
            }
        }

        Assert.All(starved.Take(2), s => Assert.True(ForcedShare(s) > 0.7, $"{s.Signal}: {ForcedShare(s):0.00}"));
    }

    [Fact]
    public void Signals_of_a_street_share_its_cycle()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            foreach (var kind in Town.Create(seed, Town.MaxSignals).Signals.GroupBy(s => s.Program.Phases.Length))
            {
                Assert.All(kind.SelectMany(s => s.Program.Patterns).GroupBy(p => p.Number), p => Assert.Single(p.Select(q => q.CycleMs).Distinct()));
            }
        }
    }

    [Fact]
    public void A_town_of_no_signals_or_too_many_is_refused_with_the_limits()
    {
        Assert.Contains("1 to 24", Assert.Throws<ArgumentOutOfRangeException>(() => Town.Create(1, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("1 to 24", Assert.Throws<ArgumentOutOfRangeException>(() => Town.Create(1, 25)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_change_logs_pattern_cycle_offset_and_all_sixteen_splits()
    {
        var town = Town.Create(1, 1);
        var range = new TimeRange(Start + (14 * Hour), Start + (16 * Hour));
        var log = Assert.Single(LogOf(town, range)).Value;
        var evening = town.Signals[0].Configuration.Patterns.Single(p => p.Number == 3);

        var change = Assert.Single(log, e => e.Code == EventCode.CoordinationPatternChange);
        Assert.Equal((Start + (15 * Hour), (short)3), (change.TimeMs, change.Parameter));
        var programmed = log.Where(e => e.TimeMs == change.TimeMs && e.Code is >= 132 and <= 149).ToDictionary(e => e.Code, e => e.Parameter);
        Assert.Equal(evening.CycleLengthS, programmed[EventCode.CycleLengthChange]);
        Assert.Equal(evening.OffsetS, programmed[EventCode.OffsetChange]);
        for (byte phase = 1; phase <= 16; phase++)
        {
            Assert.Equal(evening.SplitS.GetValueOrDefault(phase), programmed[(ushort)(EventCode.SplitPhase1 + phase - 1)]);
        }

        // Out of step at first, and back within five cycles.
        var afterwards = log.Where(e => e.TimeMs >= change.TimeMs && e.Code == EventCode.CoordinationState && e.Parameter != 5).ToList();
        Assert.Contains(afterwards, e => e.Parameter is 2 or 3);
        Assert.Contains(afterwards, e => e.Parameter == 1 && e.TimeMs - change.TimeMs < 6 * evening.CycleLengthS * 1000);
    }

    [Fact]
    public void In_step_the_coordinated_green_begins_where_the_offset_says_or_earlier_and_ends_on_time()
    {
        var town = Town.Create(1, 1);
        var signal = town.Signals[0];
        var pattern = signal.Program.Patterns.Single(p => p.Number == 3);
        var log = LogOf(town, new TimeRange(Start + (16 * Hour), Start + (17 * Hour)))[signal.Signal];

        // Leading left turns: the reference is the first coordinated green, so its end lies a fixed time after it in every cycle.
        var ends = log.Where(e => e.Code == EventCode.PhaseForceOff && e.Parameter == 2).Select(e => (e.TimeMs - Start - pattern.OffsetMs) % pattern.CycleMs).ToList();
        Assert.True(ends.Count > 20);
        Assert.Single(ends.Distinct());

        // A walk longer than its split may hold up a cycle now and then; it is back in step before the coordinated green ends.
        var zeros = log.Where(e => e.Code == EventCode.CoordinationState && e.Parameter == 5).Select(e => (e.TimeMs - Start) % pattern.CycleMs).ToList();
        Assert.True(zeros.Count(z => z == pattern.OffsetMs) >= 0.8 * zeros.Count, string.Join(" ", zeros));
    }

    [Fact]
    public void A_registered_walk_is_served_within_two_cycles_and_a_minute_unless_a_preempt_comes_between()
    {
        var town = Town.Create(1);
        var range = new TimeRange(Start, Start + (24 * Hour));
        var logs = LogOf(town, range);
        var late = new List<string>();
        foreach (var signal in town.Signals)
        {
            var limitMs = (2 * signal.Program.Patterns.Max(p => p.CycleMs)) + 60_000;
            var calledMs = new long[ControllerProgram.MaxPhase + 1];
            var served = 0;
            var preempted = false;
            foreach (var e in logs[signal.Signal])
            {
                switch (e.Code)
                {
                    case EventCode.PreemptEntryStarted:
                        // A preempt sets the wait of every call in hand aside, and of those that come before it ends.
                        preempted = true;
                        Array.Clear(calledMs);
                        break;
                    case EventCode.PreemptExit:
                        preempted = false;
                        break;
                    case EventCode.PedestrianCallRegistered when !preempted:
                        calledMs[e.Parameter] = e.TimeMs;
                        break;
                    case EventCode.PedestrianBeginWalk when calledMs[e.Parameter] != 0:
                        var waitMs = e.TimeMs - calledMs[e.Parameter];
                        if (waitMs > limitMs)
                        {
                            late.Add($"{signal.Signal} phase {e.Parameter} walks at {e.TimeMs}, {waitMs} ms after its call");
                        }

                        calledMs[e.Parameter] = 0;
                        served++;
                        break;
                }
            }

            Assert.True(served > 20, $"{signal.Signal}: {served} walks");
            Assert.All(calledMs, c => Assert.True(c == 0 || range.EndMs - c <= limitMs, $"{signal.Signal}: a call of {c} is never served"));
        }

        Assert.True(late.Count == 0, string.Join(Environment.NewLine, late));
    }

    [Fact]
    public void Red_light_detectors_see_only_those_who_run_red_within_five_seconds_of_it()
    {
        var town = Town.Create(1);
        var logs = LogOf(town, new TimeRange(Start + (12 * Hour), Start + (20 * Hour)));
        var soon = 0;
        foreach (var signal in town.Signals)
        {
            bool IsSound(Detector detector) =>
                !signal.Faults.Any(f => f.Channel == detector.Channel && f.Kind is not (FaultKind.ClockJump or FaultKind.PedestrianButtonStuck));
            var detectors = signal.Configuration.Detectors
                .Where(d => d.Functions == DetectorFunctions.LaneByLaneSpeed && IsSound(d))
                .ToDictionary(d => (int)d.Channel, d => (int)d.Phase!.Value);
            var redMs = new long[ControllerProgram.MaxPhase + 1];
            foreach (var e in logs[signal.Signal])
            {
                if (e.Code is EventCode.PhaseEndYellow or EventCode.PhaseBeginGreen)
                {
                    redMs[e.Parameter] = e.Code == EventCode.PhaseBeginGreen ? 0 : e.TimeMs;
                }
                else if (e.Code == EventCode.DetectorOn && detectors.TryGetValue(e.Parameter, out var phase) && redMs[phase] != 0)
                {
                    var sinceMs = e.TimeMs - redMs[phase];
                    Assert.True(sinceMs <= 5000, $"{signal.Signal} channel {e.Parameter} at {e.TimeMs}: {sinceMs} ms into red");
                    soon += sinceMs <= 2000 ? 1 : 0;
                }
            }
        }

        Assert.InRange(soon, 5, 500);
    }

    [Fact]
    public void Faults_show_in_the_log_as_they_are_labeled()
    {
        var town = Town.Create(1);
        var logs = LogOf(town, new TimeRange(Start, Start + (48 * Hour)));
        foreach (var signal in town.Signals)
        {
            foreach (var fault in signal.Faults)
            {
                var own = logs[signal.Signal].Where(e => fault.When.Contains(e.TimeMs) && e.Parameter == fault.Channel).ToList();
                var on = own.Count(e => e.Code == EventCode.DetectorOn);
                switch (fault.Kind)
                {
                    case FaultKind.StuckOn:
                        Assert.Equal(0, own.Count(e => e.Code == EventCode.DetectorOff));
                        Assert.Contains(own, e => e.Code == EventCode.DetectorFaultShortedLoop);
                        break;
                    case FaultKind.StuckOff:
                        Assert.Equal(0, on);
                        Assert.Contains(own, e => e.Code == EventCode.DetectorFaultWatchdog);
                        break;
                    case FaultKind.Chattering:
                        Assert.True(on > fault.When.LengthMs / 1500, $"{on} in {fault.When.LengthMs} ms");
                        break;
                    case FaultKind.LowCounts:
                        Assert.DoesNotContain(own, e => e.Code is >= 84 and <= 88);
                        break;
                    case FaultKind.Erratic:
                        Assert.Contains(own, e => e.Code == EventCode.DetectorRestored);
                        break;
                    case FaultKind.PedestrianButtonStuck:
                        Assert.True(own.Count(e => e.Code == EventCode.PedestrianDetectorOn) > fault.When.LengthMs / 10_000);
                        break;
                    case FaultKind.ClockJump:
                        Assert.Contains(logs[signal.Signal], e => e.Code == EventCode.ClockUpdated && e.TimeMs == fault.When.StartMs + fault.ClockAheadMs);
                        break;
                }
            }
        }
    }

    [Fact]
    public void A_busy_fully_detected_signal_logs_ten_to_thirty_thousand_events_an_hour_and_the_night_far_fewer()
    {
        var town = Town.Create(1, 4);

        Assert.All(LogOf(town, new TimeRange(Start + (16 * Hour), Start + (18 * Hour))).Values, log => Assert.InRange(log.Count, 20_000, 60_000));
        Assert.All(LogOf(town, new TimeRange(Start + (2 * Hour), Start + (4 * Hour))).Values, log => Assert.InRange(log.Count, 500, 8000));
    }

    [Fact]
    [Trait("Category", Crosstown.Tests.SharedData.Category)]
    public void The_mix_of_codes_is_that_of_a_real_busy_signal()
    {
        var real = new Dictionary<int, int>();
        foreach (var line in File.ReadLines(Crosstown.Tests.SharedData.PathTo("data/hires/odot-3h/events.csv")).Skip(1))
        {
            var cells = line.Split(',');
            if (cells[1] == "452")
            {
                var code = int.Parse(cells[2], System.Globalization.CultureInfo.InvariantCulture);
                real[code] = real.GetValueOrDefault(code) + 1;
            }
        }

        var town = Town.Create(1, 1);
        var log = Assert.Single(LogOf(town, new TimeRange(Start + (15 * Hour), Start + (18 * Hour)))).Value;
        double Made(params int[] codes) => log.Count(e => codes.Contains(e.Code)) / (double)log.Count;
        double Real(params int[] codes) => codes.Sum(c => real.GetValueOrDefault(c)) / (double)real.Values.Sum();

        // Same size of share, within a factor of two: detections, calls, phase intervals, terminations, omits, barriers, actual splits.
        foreach (var codes in new int[][] { [81, 82], [43, 44], [0], [1], [8], [9], [10], [12], [4, 5, 6], [3], [46, 47], [31], [300, 301, 302, 303, 304, 305, 306, 307], [316] })
        {
            Assert.InRange(Made(codes) / Real(codes), 0.5, 2.0);
        }
    }
}
