using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.TimeSpace;

/// <summary>What an offset is counted to.</summary>
public enum OffsetReference
{
    /// <summary>Begin of the coordinated phase's green.</summary>
    BeginGreen,

    /// <summary>Begin of its yellow.</summary>
    BeginYellow,
}

/// <summary>One signal's part of a time-space diagram: its greens, the passages that its advance detectors promise, and its timing on average.</summary>
public sealed class TimeSpaceMeasure : Measure
{
    internal static readonly ChoiceOption<OffsetReference> Reference = new(
        "offset_reference", "What a programmed offset is counted to at the coordinated phase.", OffsetReference.BeginGreen);

    internal static readonly NumberOption MasterZeroH = new(
        "master_zero_h", "h", "Local hour from which the master cycle is counted; many cabinets use midnight, some 3 o'clock.", 0, least: 0, most: 24);

    internal static readonly TableSchema Bands = new()
    {
        Name = "time-space-bands",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of green."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("end", ColumnType.Time, "", "End of green; null when the log does not show it, or the green rested for more than an hour."),
            new("group", ColumnType.Word, "", "What was green.") { Words = ["phase", "overlap"] },
            new("number", ColumnType.Integer, "", "Phase, or overlap with A = 1."),
            new("green_s", ColumnType.Real, "s", "Length of green; null with end."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Passages = new()
    {
        Name = "time-space-passages",
        Columns =
        [
            new("time", ColumnType.Time, "", "When a vehicle at the posted speed passes the stop bar."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("hit", ColumnType.Time, "", "When the advance detector was hit."),
            new("phase", ColumnType.Integer, "", "The phase that serves the approach."),
            new("channel", ColumnType.Integer, "", "Detector channel."),
            new("distance_ft", ColumnType.Real, "ft", "Distance of the detector to the stop bar; null when not configured."),
            new("state", ColumnType.Word, "", "What the phase shows at the passage.") { Words = ["unknown", "green", "yellow", "red"] },
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Timing = new()
    {
        Name = "time-space-timing",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the pattern's period, or of the local day."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("end", ColumnType.Time, "", "End of the period."),
            new("pattern", ColumnType.Integer, "", "Coordination pattern (131); null before the log names one."),
            new("phase", ColumnType.Integer, "", "Phase that was served in the period."),
            new("cycle_s", ColumnType.Real, "s", "Programmed cycle length (132, 156), else the last one measured by the controller (316); null when free or not logged."),
            new("offset_s", ColumnType.Real, "s", "Programmed offset (133); null when not logged."),
            new("split_s", ColumnType.Real, "s", "Programmed split of the phase (134-149, 203-218); null when not logged or 0."),
            new("programmed_start_s", ColumnType.Real, "s", "Second of the cycle at which green begins by offset and splits in ring order; null where one of them is missing."),
            new("measured_start_s", ColumnType.Real, "s", "Median second of the master cycle at which green began; null without a cycle length."),
            new("green_s", ColumnType.Real, "s", "Median length of green."),
            new("greens", ColumnType.Integer, "", "Greens that ended in the period."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "time-space";

    public override string Title => "Time-space diagram: one signal's part";

    public override ImmutableArray<Option> Options => [Reference, MasterZeroH];

    public override CodeSet Codes { get; } = CodeSet
        .Of([EventCode.DetectorOn, EventCode.CoordinationPatternChange, EventCode.CycleLengthChange, EventCode.OffsetChange, EventCode.CycleLengthLong, EventCode.ActualCycleLength, .. GroupStates.Codes])
        .AndRange(EventCode.SplitPhase1, EventCode.SplitPhase16)
        .AndRange(EventCode.SplitPhase17, EventCode.SplitPhase32);

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [] : [Bands, Passages, Timing];

    public override SignalMeasure Start(MeasureContext context) => new TimeSpace(context);

    private sealed class TimeSpace(MeasureContext context) : SignalMeasure
    {
        private readonly GreenBands _bands = new(context);
        private readonly ProjectedPassages _passages = new(context);
        private readonly PatternTiming _timing = new(context);

        public override void Advance(ReadOnlySpan<ControllerEvent> events)
        {
            foreach (ref readonly var e in events)
            {
                if (e.Code == EventCode.DetectorOn)
                {
                    _passages.TakeHit(e);
                }
                else
                {
                    _passages.TakeDisplay(e);
                    _bands.Take(e);
                    _timing.Take(e);
                }
            }
        }

        public override void CloseUpTo(long watermarkMs)
        {
            _bands.CloseUpTo(watermarkMs);
            _passages.CloseUpTo(watermarkMs);
            _timing.CloseUpTo(watermarkMs);
        }

        public override void Finish(long endMs)
        {
            _bands.Finish(endMs);
            _passages.Finish();
            _timing.Finish(endMs);
        }
    }

    /// <summary>Advance hits moved to the stop bar, in the order of their passage.</summary>
    private sealed class ProjectedPassages
    {
        private const int Channels = 256;

        private readonly MeasureContext _context;
        private readonly RowBuffer _rows;
        private readonly GroupStates[] _phases;
        private readonly Detector?[] _detectors = new Detector?[Channels];
        private readonly sbyte[] _phaseOfChannel = new sbyte[Channels];
        private readonly long[] _shiftMs = new long[Channels];
        private readonly long _earliestShiftMs;
        private readonly PendingArrivals _pending = new();

        public ProjectedPassages(MeasureContext context)
        {
            _context = context;
            _rows = context.Rows(Passages);
            var detectors = context.Configuration.Detectors.Where(d => d.Has(DetectorFunctions.AdvanceCount) && d.Phase is not null).ToArray();
            var phases = detectors.Select(d => d.Phase!.Value).Distinct().Order().ToArray();
            _phases = [.. phases.Select(p => new GroupStates(SignalGroup.Phase(p)))];
            foreach (var detector in detectors)
            {
                var mph = context.Configuration.Approaches.FirstOrDefault(a => a.Id == detector.ApproachId)?.SpeedLimitMph;
                _detectors[detector.Channel] = detector;
                _phaseOfChannel[detector.Channel] = (sbyte)Array.IndexOf(phases, detector.Phase!.Value);
                _shiftMs[detector.Channel] = (long)Math.Round(Projection.ShiftMs(detector, mph));
                _earliestShiftMs = Math.Min(_earliestShiftMs, _shiftMs[detector.Channel]);
            }
        }

        public void TakeHit(in ControllerEvent e)
        {
            if ((ushort)e.Parameter < Channels && _detectors[e.Parameter] is not null)
            {
                _pending.Add(e.TimeMs + _shiftMs[e.Parameter], _phaseOfChannel[e.Parameter], e.Parameter);
            }
        }

        public void TakeDisplay(in ControllerEvent e)
        {
            foreach (var phase in _phases)
            {
                phase.Take(e);
            }
        }

        public void CloseUpTo(long watermarkMs)
        {
            var reachedMs = watermarkMs + _earliestShiftMs;
            while (_pending.TryTakeBefore(reachedMs, out var passage))
            {
                Write(passage, _phases[passage.Key].At(passage.TimeMs));
            }

            foreach (var phase in _phases)
            {
                phase.ForgetBefore(reachedMs);
            }
        }

        /// <summary>What passes after the log's end passes at a display that nobody knows.</summary>
        public void Finish()
        {
            CloseUpTo(_context.Coverage.LastMs + 1 - _earliestShiftMs);
            while (_pending.TryTakeBefore(long.MaxValue, out var passage))
            {
                Write(passage, DisplayState.Unknown);
            }
        }

        private void Write(in Arrival passage, DisplayState state)
        {
            var hitMs = passage.TimeMs - _shiftMs[passage.Channel];
            _rows.Time(passage.TimeMs).Time(hitMs).Integer(_phases[passage.Key].Group.Number).Integer(passage.Channel)
                .Real(_detectors[passage.Channel]!.StopBarDistanceFt).Word((int)state);
            Quality.Write(_rows, _context.Coverage, new(Math.Min(hitMs, passage.TimeMs), Math.Max(hitMs, passage.TimeMs)), null, null, passage.Channel);
        }
    }
}
