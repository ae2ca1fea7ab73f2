using System.Collections;
using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.ArrivalsByShift;

/// <summary>Arrivals on green as they would have been, had every vehicle come some seconds later or earlier: what a link pivot is made from.</summary>
/// <remarks>
/// A platoon that an upstream signal releases d seconds later arrives d seconds later. The table answers, for one signal alone, how many arrivals
/// of a period would have met green for every whole second d of a cycle, later and earlier. Composed over a corridor's signals it gives the offsets.
/// </remarks>
public sealed class ArrivalsByShiftMeasure : Measure
{
    internal static readonly FlagOption Wrap = new(
        "wrap",
        "A shifted arrival that leaves its cycle meets the neighbor cycle's display; in ATSPM 5 it stays with its own cycle and counts as not on green.",
        crosstown: true, udot: false);

    internal static readonly FlagOption Project = new(
        "project_to_stop_bar", "Move hits by travel time, decision point and latency to the stop bar; otherwise take off the latency only.", crosstown: true);

    internal static readonly NumberOption PeriodMin = new("period_min", "min", "Length of the periods that are told apart.", 60, least: 5, most: 1440);

    internal static readonly NumberOption CycleS = new(
        "cycle_s", "s", "Cycle length for all periods; 0 takes the one that the controller logs (316 where it does, else 132 or 156).", 0, least: 0, most: LongestCycleS);

    /// <summary>Longer cycles are not shifted through: 5 minutes, above every coordinated cycle in use.</summary>
    public const int LongestCycleS = 300;

    internal static readonly TableSchema Table = new()
    {
        Name = "arrivals-by-shift",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the period."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("group", ColumnType.Word, "", "What serves the approach.") { Words = ["phase", "overlap"] },
            new("number", ColumnType.Integer, "", "Phase, or overlap with A = 1."),
            new("cycle_s", ColumnType.Integer, "s", "Cycle length that held for most arrivals of the period."),
            new("shift_s", ColumnType.Integer, "s", "Seconds by which all arrivals are moved, 0 to cycle_s - 1."),
            new("arrivals", ColumnType.Integer, "", "Arrivals of the period whose display is known for all shifts; the same number for each shift."),
            new("on_green_later", ColumnType.Integer, "", "Of these, on green if all came shift_s later."),
            new("on_green_earlier", ColumnType.Integer, "", "Of these, on green if all came shift_s earlier."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "arrivals-by-shift";

    public override string Title => "Arrivals on green by shift";

    public override ImmutableArray<Option> Options => [Wrap, Project, PeriodMin, CycleS];

    public override CodeSet Codes { get; } = CodeSet.Of(
        [EventCode.DetectorOn, EventCode.CycleLengthChange, EventCode.CycleLengthLong, EventCode.ActualCycleLength, .. GroupStates.Codes]);

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [] : [Table];

    public override SignalMeasure? Start(MeasureContext context) =>
        context.Configuration.Detectors.Any(d => d.Has(DetectorFunctions.AdvanceCount) && GroupOf(d) is not null) ? new ArrivalsByShift(context) : null;

    private static SignalGroup? GroupOf(Detector detector) =>
        detector.Phase is { } phase ? SignalGroup.Phase(phase) : detector.Overlap is { } overlap ? SignalGroup.Overlap(overlap) : null;

    private sealed class ArrivalsByShift : SignalMeasure
    {
        private const int Channels = 256;
        private const int LongCycle = 255;
        private const long HorizonMs = LongestCycleS * 1000L;

        private readonly MeasureContext _context;
        private readonly bool _wraps;
        private readonly int _fixedCycleS;
        private readonly long _periodMs;
        private readonly RowBuffer _rows;
        private readonly GroupStates[] _groups;
        private readonly BitArray[] _channels;
        private readonly DisplayHistory[] _displays;
        private readonly sbyte[] _groupOfChannel = new sbyte[Channels];
        private readonly long[] _shiftMs = new long[Channels];
        private readonly long _earliestShiftMs;
        private readonly PendingArrivals _pending = new();
        private readonly Tally[] _tallies;
        private readonly CycleHistory _cycles = new();
        private readonly GapCursor _gaps;
        private TimeRange? _period;

        public ArrivalsByShift(MeasureContext context)
        {
            _context = context;
            _wraps = context.Options[Wrap];
            _fixedCycleS = (int)context.Options[CycleS];
            _periodMs = (long)(context.Options[PeriodMin] * 60_000);
            _rows = context.Rows(Table);
            _gaps = new GapCursor(context.Coverage);
            var detectors = context.Configuration.Detectors.Where(d => d.Has(DetectorFunctions.AdvanceCount) && GroupOf(d) is not null).ToArray();
            var groups = detectors.Select(d => GroupOf(d)!.Value).Distinct().OrderBy(g => g.IsOverlap).ThenBy(g => g.Number).ToArray();
            _groups = [.. groups.Select(g => new GroupStates(g))];
            _channels = [.. groups.Select(g => Quality.Channels(detectors.Where(d => GroupOf(d) == g).Select(d => d.Channel)))];
            _displays = [.. groups.Select(_ => new DisplayHistory())];
            _tallies = [.. groups.Select(_ => new Tally())];
            Array.Fill(_groupOfChannel, (sbyte)-1);
            foreach (var detector in detectors)
            {
                var mph = context.Configuration.Approaches.FirstOrDefault(a => a.Id == detector.ApproachId)?.SpeedLimitMph;
                var shift = context.Options[Project] ? Projection.ShiftMs(detector, mph) : -1000 * detector.LatencyS;
                _groupOfChannel[detector.Channel] = (sbyte)Array.IndexOf(groups, GroupOf(detector)!.Value);
                _shiftMs[detector.Channel] = (long)Math.Round(shift);
                _earliestShiftMs = Math.Min(_earliestShiftMs, _shiftMs[detector.Channel]);
            }
        }

        public override void Advance(ReadOnlySpan<ControllerEvent> events)
        {
            foreach (ref readonly var e in events)
            {
                PassGaps(e.TimeMs);
                switch (e.Code)
                {
                    case EventCode.DetectorOn:
                        if ((ushort)e.Parameter < Channels && _groupOfChannel[e.Parameter] >= 0)
                        {
                            _pending.Add(e.TimeMs + _shiftMs[e.Parameter], _groupOfChannel[e.Parameter], e.Parameter);
                        }

                        break;
                    case EventCode.CycleLengthChange when e.Parameter is > 0 and < LongCycle:
                    case EventCode.CycleLengthLong when e.Parameter > 0:
                        _cycles.Add(e.TimeMs, e.Parameter, isActual: false);
                        break;
                    case EventCode.ActualCycleLength when e.Parameter > 0:
                        _cycles.Add(e.TimeMs, e.Parameter, isActual: true);
                        break;
                    case EventCode.CycleLengthChange or EventCode.CycleLengthLong or EventCode.ActualCycleLength:
                        break;
                    default:
                        for (var g = 0; g < _groups.Length; g++)
                        {
                            if (_groups[g].Take(e))
                            {
                                _displays[g].Add(e.TimeMs, _groups[g].Current);
                                _groups[g].ForgetBefore(e.TimeMs);
                            }
                        }

                        break;
                }
            }
        }

        public override void CloseUpTo(long watermarkMs)
        {
            PassGaps(watermarkMs);
            Close(watermarkMs, watermarkMs);
        }

        public override void Finish(long endMs)
        {
            // The display after the log's end is not known: arrivals that would need it are left out, however the log was cut.
            PassGaps(endMs);
            foreach (var display in _displays)
            {
                display.Add(endMs, DisplayState.Unknown);
            }

            Close(endMs + HorizonMs - _earliestShiftMs, endMs + (2 * HorizonMs) - _earliestShiftMs);
            while (_pending.TryTakeBefore(long.MaxValue, out _))
            {
            }

            Write();
        }

        private void PassGaps(long timeMs)
        {
            while (_gaps.TryPass(timeMs, out var gap))
            {
                for (var g = 0; g < _groups.Length; g++)
                {
                    _displays[g].Add(gap.StartMs + 1, DisplayState.Unknown);
                    _groups[g] = new GroupStates(_groups[g].Group);
                }
            }
        }

        /// <param name="hitsKnownMs">All hits before this have been shown.</param>
        /// <param name="displayKnownMs">All changes of display before this have been shown.</param>
        private void Close(long hitsKnownMs, long displayKnownMs)
        {
            var reachedMs = Math.Min(hitsKnownMs + _earliestShiftMs, displayKnownMs - HorizonMs);
            while (_pending.TryTakeBefore(reachedMs, out var arrival))
            {
                if (_period is not { } period || !period.Contains(arrival.TimeMs))
                {
                    Write();
                    _period = _context.Clock.BinAt(arrival.TimeMs, _periodMs);
                }

                Count(arrival);
            }

            if (_period is { } last && last.EndMs <= reachedMs)
            {
                Write();
                _period = null;
            }

            foreach (var display in _displays)
            {
                display.ForgetBefore(reachedMs - HorizonMs);
            }

            _cycles.ForgetBefore(reachedMs);
        }

        private void Count(in Arrival arrival)
        {
            var cycleS = _fixedCycleS > 0 ? _fixedCycleS : _cycles.At(arrival.TimeMs);
            if (cycleS is > 0 and <= LongestCycleS && _displays[arrival.Key].TryAdd(arrival.TimeMs, _wraps, _tallies[arrival.Key]))
            {
                _tallies[arrival.Key].Vote(cycleS);
            }
        }

        private void Write()
        {
            if (_period is not { } period)
            {
                return;
            }

            for (var g = 0; g < _groups.Length; g++)
            {
                var tally = _tallies[g];
                if (tally.Arrivals == 0)
                {
                    continue;
                }

                var cycleS = tally.MostVoted();
                var (later, earlier) = (0, 0);
                for (var shift = 0; shift < cycleS; shift++)
                {
                    later += tally.Later[shift];
                    earlier += tally.Earlier[shift];
                    _rows.Time(period.StartMs).Word(_groups[g].Group.IsOverlap ? 1 : 0).Integer(_groups[g].Group.Number)
                        .Integer(cycleS).Integer(shift).Integer(tally.Arrivals).Integer(later).Integer(earlier);
                    Quality.Write(_rows, _context.Coverage, period, null, null, _channels[g]);
                }

                tally.Clear();
            }
        }
    }

    /// <summary>A period's arrivals on green by shift, held as differences from one shift to the next.</summary>
    private sealed class Tally
    {
        private readonly int[] _votes = new int[LongestCycleS + 1];

        public int[] Later { get; } = new int[LongestCycleS + 1];

        public int[] Earlier { get; } = new int[LongestCycleS + 1];

        public int Arrivals { get; private set; }

        public void Vote(int cycleS)
        {
            _votes[cycleS]++;
            Arrivals++;
        }

        /// <summary>The cycle length of most arrivals; of equals the shortest.</summary>
        public int MostVoted() => Array.IndexOf(_votes, _votes.Max());

        public void Clear()
        {
            Arrivals = 0;
            Array.Clear(_votes);
            Array.Clear(Later);
            Array.Clear(Earlier);
        }
    }

    /// <summary>A group's changes of display, kept for as long as shifted arrivals may ask for them.</summary>
    private sealed class DisplayHistory
    {
        private const long HorizonMs = LongestCycleS * 1000L;

        private readonly List<(long TimeMs, DisplayState State)> _changes = [];
        private int _first;

        public void Add(long timeMs, DisplayState state) => _changes.Add((timeMs, state));

        public void ForgetBefore(long timeMs)
        {
            while (_first + 1 < _changes.Count && _changes[_first + 1].TimeMs <= timeMs)
            {
                _first++;
            }

            if (_first > 512)
            {
                _changes.RemoveRange(0, _first);
                _first = 0;
            }
        }

        /// <summary>Adds the shifts at which an arrival meets green; false when the display within a longest cycle of it is not known throughout.</summary>
        /// <remarks>One walk over the few changes within the horizon, not one look-up per shift.</remarks>
        public bool TryAdd(long arrivalMs, bool wraps, Tally tally)
        {
            var from = _first;
            while (from + 1 < _changes.Count && _changes[from + 1].TimeMs <= arrivalMs - HorizonMs)
            {
                from++;
            }

            if (from >= _changes.Count || _changes[from].TimeMs > arrivalMs - HorizonMs)
            {
                return false;
            }

            var to = from;
            for (; to < _changes.Count && _changes[to].TimeMs <= arrivalMs + HorizonMs; to++)
            {
                if (_changes[to].State == DisplayState.Unknown)
                {
                    return false;
                }
            }

            var (cycleStartMs, cycleEndMs) = wraps ? (long.MinValue, long.MaxValue) : OwnCycle(from, to, arrivalMs);
            for (var i = from; i < to; i++)
            {
                if (_changes[i].State != DisplayState.Green)
                {
                    continue;
                }

                var greenMs = Math.Max(_changes[i].TimeMs, cycleStartMs);
                var endMs = Math.Min(i + 1 < _changes.Count ? _changes[i + 1].TimeMs : long.MaxValue, cycleEndMs);
                if (endMs > greenMs)
                {
                    AddGreen(arrivalMs, greenMs, endMs, tally);
                }
            }

            return true;
        }

        /// <summary>From the begin of red before an arrival to the begin of red after it.</summary>
        private (long StartMs, long EndMs) OwnCycle(int from, int to, long arrivalMs)
        {
            var (startMs, endMs) = (long.MinValue, long.MaxValue);
            for (var i = from; i < to; i++)
            {
                if (_changes[i].State == DisplayState.Red)
                {
                    if (_changes[i].TimeMs <= arrivalMs)
                    {
                        startMs = _changes[i].TimeMs;
                    }
                    else if (endMs == long.MaxValue)
                    {
                        endMs = _changes[i].TimeMs;
                    }
                }
            }

            return (startMs, endMs);
        }

        /// <summary>Marks the shifts d for which the arrival, d seconds later or earlier, lies in one green [greenMs, endMs).</summary>
        private static void AddGreen(long arrivalMs, long greenMs, long endMs, Tally tally)
        {
            // Later: green <= arrival + 1000 d < end.
            var first = CeilingS(greenMs - arrivalMs);
            var last = endMs == long.MaxValue ? LongestCycleS : CeilingS(endMs - arrivalMs);
            Mark(tally.Later, first, last);

            // Earlier: green <= arrival - 1000 d < end.
            first = endMs == long.MaxValue ? 0 : FloorS(arrivalMs - endMs) + 1;
            last = FloorS(arrivalMs - greenMs) + 1;
            Mark(tally.Earlier, first, last);
        }

        private static void Mark(int[] differences, long first, long last)
        {
            first = Math.Max(first, 0);
            last = Math.Min(last, LongestCycleS);
            if (first < last)
            {
                differences[first]++;
                differences[last]--;
            }
        }

        private static long FloorS(long ms) => (long)Math.Floor(ms / 1000.0);

        private static long CeilingS(long ms) => (long)Math.Ceiling(ms / 1000.0);
    }

    /// <summary>The cycle length that the controller said it ran, by time.</summary>
    private sealed class CycleHistory
    {
        private readonly List<(long TimeMs, int CycleS)> _actual = [];
        private readonly List<(long TimeMs, int CycleS)> _programmed = [];

        public void Add(long timeMs, int cycleS, bool isActual) => (isActual ? _actual : _programmed).Add((timeMs, cycleS));

        /// <summary>The measured cycle said last; without one the programmed one; 0 when neither was said yet.</summary>
        public int At(long timeMs) => Last(_actual, timeMs) is > 0 and var actual ? actual : Last(_programmed, timeMs);

        public void ForgetBefore(long timeMs)
        {
            Forget(_actual, timeMs);
            Forget(_programmed, timeMs);
        }

        private static int Last(List<(long TimeMs, int CycleS)> list, long timeMs)
        {
            for (var i = list.Count - 1; i >= 0; i--)
            {
                if (list[i].TimeMs <= timeMs)
                {
                    return list[i].CycleS;
                }
            }

            return 0;
        }

        private static void Forget(List<(long TimeMs, int CycleS)> list, long timeMs)
        {
            var drop = 0;
            while (drop + 1 < list.Count && list[drop + 1].TimeMs <= timeMs)
            {
                drop++;
            }

            if (drop > 0)
            {
                list.RemoveRange(0, drop);
            }
        }
    }
}
