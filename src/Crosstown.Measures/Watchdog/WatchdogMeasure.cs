using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Watchdog;

/// <summary>Watchdog: once a day, what looks broken at a signal, from two windows of the day in which it must look alive.</summary>
public sealed class WatchdogMeasure : Measure
{
    internal static readonly NumberOption PeakFromH = new("peak_from_h", "h", "Local hour at which the busy window begins.", 17, least: 0, most: 24);
    internal static readonly NumberOption PeakToH = new("peak_to_h", "h", "Local hour at which the busy window ends.", 18, least: 0, most: 24);
    internal static readonly NumberOption NightFromH = new("night_from_h", "h", "Local hour at which the quiet window begins.", 1, least: 0, most: 24);
    internal static readonly NumberOption NightToH = new("night_to_h", "h", "Local hour at which the quiet window ends.", 5, least: 0, most: 24);
    internal static readonly NumberOption NoDataEvents = new("no_data_events", "events", "No more events than this in the busy window is no data.", 500);
    internal static readonly NumberOption LowHits = new("low_hits", "hits", "Fewer hits than this of an advance detector in the busy window are too few.", 50);

    internal static readonly FlagOption CountOffs = new(
        "count_offs", "Counts detector off (81) too, as ATSPM 5 does: a channel then passes with half the vehicles.", crosstown: false, udot: true);

    internal static readonly FlagOption FirstChannelOnly = new(
        "first_channel_only", "Looks only at the first advance channel of each approach, as ATSPM 5 does.", crosstown: false, udot: true);

    internal static readonly NumberOption StuckPedestrianEvents = new(
        "stuck_ped_events", "events", "More walks and don't walks than this of one phase in the quiet window mean a stuck button.", 200);

    internal static readonly NumberOption TerminationShare = new(
        "termination_share", "0-1", "A greater share of max-outs or of force-offs in the quiet window is a finding.", 0.9, least: 0, most: 1);

    internal static readonly NumberOption TerminationLeast = new(
        "termination_least", "", "Only phases with more terminations than this are looked at for shares.", 50);

    internal static readonly NumberOption LeastSeenShare = new(
        "least_seen_share", "0-1", "Hits of a window of which the log saw less are not judged; ATSPM 5 judges them all.", 0.9, udot: 0, least: 0, most: 1);

    internal static readonly TableSchema Table = new()
    {
        Name = "watchdog",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the local day."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("finding", ColumnType.Word, "", "What is wrong.")
            {
                Words = ["no-data", "low-hits", "stuck-pedestrian-button", "max-outs", "force-offs", "phase-not-configured", "channel-not-configured"],
            },
            new("number", ColumnType.Integer, "", "Phase or channel; null where the whole signal is meant."),
            new("value", ColumnType.Real, "", "Events, hits or share that was found."),
            new("limit", ColumnType.Real, "", "What it was compared with; null for what is not configured."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Days = new()
    {
        Name = "watchdog-days",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the local day."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("events", ColumnType.Integer, "", "Events of any code in the day."),
            new("peak_events", ColumnType.Integer, "", "Of these, in the busy window."),
            new("findings", ColumnType.Integer, "", "Rows of the watchdog table for the day."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "watchdog";

    public override string Title => "Watchdog";

    public override ImmutableArray<Option> Options =>
    [
        PeakFromH, PeakToH, NightFromH, NightToH, NoDataEvents, LowHits, CountOffs, FirstChannelOnly, StuckPedestrianEvents, TerminationShare, TerminationLeast,
        LeastSeenShare,
    ];

    public override CodeSet Codes => CodeSet.All;

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [] : [Table, Days];

    public override SignalMeasure Start(MeasureContext context) => new Watchdog(context);

    private enum Finding
    {
        NoData,
        LowHits,
        StuckPedestrianButton,
        MaxOuts,
        ForceOffs,
        PhaseNotConfigured,
        ChannelNotConfigured,
    }

    private sealed class Watchdog : SignalMeasure
    {
        private const int Numbers = 256;

        private readonly MeasureContext _context;
        private readonly RowBuffer _rows;
        private readonly RowBuffer _dayRows;
        private readonly bool _countsOffs;
        private readonly byte[] _judgedChannels;
        private readonly bool[]? _configuredPhases;
        private readonly bool[]? _configuredChannels;
        private readonly int[] _peakHits = new int[Numbers];
        private readonly int[] _hits = new int[Numbers];
        private readonly int[] _greens = new int[Numbers];
        private readonly int[] _walkChanges = new int[Numbers];
        private readonly int[] _terminations = new int[Numbers];
        private readonly int[] _maxOuts = new int[Numbers];
        private readonly int[] _forceOffs = new int[Numbers];
        private readonly ushort[] _reason = new ushort[Numbers];
        private readonly int[] _presses = new int[Numbers];
        private readonly bool[] _isHeld = new bool[Numbers];
        private bool _logsButtons;
        private TimeRange? _day;
        private TimeRange _peak;
        private TimeRange _night;
        private int _events;
        private int _peakEvents;
        private int _findings;

        public Watchdog(MeasureContext context)
        {
            _context = context;
            _rows = context.Rows(Table);
            _dayRows = context.Rows(Days);
            _countsOffs = context.Options[CountOffs];
            var advance = context.Configuration.Detectors.Where(d => d.Has(DetectorFunctions.AdvanceCount)).OrderBy(d => d.Channel);
            _judgedChannels = context.Options[FirstChannelOnly]
                ? [.. advance.GroupBy(d => d.ApproachId ?? $"phase {d.Phase}").Select(g => g.First().Channel).Order()]
                : [.. advance.Select(d => d.Channel)];
            var configuration = context.Configuration;
            if (!configuration.Approaches.IsEmpty || !configuration.Phases.IsEmpty)
            {
                _configuredPhases = new bool[Numbers];
                foreach (var approach in configuration.Approaches)
                {
                    foreach (var group in (ReadOnlySpan<SignalGroup?>)[approach.Protected, approach.Permissive, approach.Pedestrian])
                    {
                        if (group is { IsOverlap: false } phase)
                        {
                            _configuredPhases[phase.Number] = true;
                        }
                    }
                }

                foreach (var phase in configuration.Phases)
                {
                    _configuredPhases[phase.Number] = true;
                }
            }

            if (!configuration.Detectors.IsEmpty)
            {
                _configuredChannels = new bool[Numbers];
                foreach (var detector in configuration.Detectors)
                {
                    _configuredChannels[detector.Channel] = true;
                }
            }
        }

        public override void Advance(ReadOnlySpan<ControllerEvent> events)
        {
            foreach (ref readonly var e in events)
            {
                PassTo(e.TimeMs);
                var isPeak = _peak.Contains(e.TimeMs);
                _events++;
                _peakEvents += isPeak ? 1 : 0;
                if ((ushort)e.Parameter < Numbers)
                {
                    Count(e, isPeak);
                }
            }
        }

        public override void CloseUpTo(long watermarkMs)
        {
            if (_day is not null)
            {
                PassTo(watermarkMs);
            }
        }

        public override void Finish(long endMs)
        {
            CloseUpTo(endMs);
            Close();
        }

        private void Count(in ControllerEvent e, bool isPeak)
        {
            var n = e.Parameter;
            switch (e.Code)
            {
                case EventCode.DetectorOn:
                    _hits[n]++;
                    _peakHits[n] += isPeak ? 1 : 0;
                    break;
                case EventCode.DetectorOff:
                    _peakHits[n] += isPeak && _countsOffs ? 1 : 0;
                    break;
                case EventCode.PhaseBeginGreen:
                    _greens[n]++;
                    _reason[n] = 0;
                    break;
                case EventCode.PhaseGapOut or EventCode.PhaseMaxOut or EventCode.PhaseForceOff:
                    _reason[n] = e.Code;
                    break;
                case EventCode.PhaseBeginYellow when _night.Contains(e.TimeMs):
                    _terminations[n]++;
                    _maxOuts[n] += _reason[n] == EventCode.PhaseMaxOut ? 1 : 0;
                    _forceOffs[n] += _reason[n] == EventCode.PhaseForceOff ? 1 : 0;
                    break;
                case EventCode.PedestrianDetectorOn or EventCode.PedestrianDetectorOff:
                    var phase = _context.Configuration.PhaseOfPedestrianChannel((byte)Math.Min(n, byte.MaxValue));
                    _logsButtons = true;
                    _isHeld[phase] = e.Code == EventCode.PedestrianDetectorOn;
                    _presses[phase] += _isHeld[phase] && _night.Contains(e.TimeMs) ? 1 : 0;
                    break;
                case EventCode.PedestrianBeginWalk or EventCode.PedestrianBeginDontWalk when _night.Contains(e.TimeMs):
                    _walkChanges[n]++;
                    break;
                default:
                    break;
            }
        }

        private void PassTo(long timeMs)
        {
            if (_day is not { } day)
            {
                Begin(timeMs);
                return;
            }

            while (timeMs >= day.EndMs)
            {
                Close();
                Begin(day.EndMs);
                day = _day.Value;
            }
        }

        private void Begin(long timeMs)
        {
            var day = LocalDay.At(_context.Clock, timeMs);
            _day = day;
            _peak = LocalDay.Window(_context.Clock, day, _context.Options[PeakFromH], Math.Max(_context.Options[PeakFromH], _context.Options[PeakToH]));
            _night = LocalDay.Window(_context.Clock, day, _context.Options[NightFromH], Math.Max(_context.Options[NightFromH], _context.Options[NightToH]));
        }

        private void Close()
        {
            if (_day is not { } day)
            {
                return;
            }

            var options = _context.Options;
            var hasNoData = false;
            if (IsReached(_peak))
            {
                hasNoData = _peakEvents <= options[NoDataEvents];
                if (hasNoData)
                {
                    Write(Finding.NoData, null, _peakEvents, options[NoDataEvents], _peak);
                }
            }

            if (!hasNoData && _context.Coverage.SeenShare(_peak) is { } seen && seen >= Math.Max(options[LeastSeenShare], double.Epsilon))
            {
                foreach (var channel in _judgedChannels)
                {
                    if (_peakHits[channel] < options[LowHits])
                    {
                        Write(Finding.LowHits, channel, _peakHits[channel], options[LowHits], _peak);
                    }
                }
            }

            WriteNight(options);
            WriteNotConfigured(day);
            _dayRows.Time(day.StartMs).Integer(_events).Integer(_peakEvents).Integer(_findings);
            Quality.Write(_dayRows, _context.Coverage, day, null, null, null);
            Clear();
        }

        private void WriteNight(MeasureOptions options)
        {
            for (var phase = 0; phase < Numbers; phase++)
            {
                if (_walkChanges[phase] > options[StuckPedestrianEvents] && !IsOnRecall(phase))
                {
                    Write(Finding.StuckPedestrianButton, phase, _walkChanges[phase], options[StuckPedestrianEvents], _night);
                }
            }

            foreach (var (finding, counts) in ((Finding, int[])[])[(Finding.MaxOuts, _maxOuts), (Finding.ForceOffs, _forceOffs)])
            {
                for (var phase = 0; phase < Numbers; phase++)
                {
                    if (_terminations[phase] > options[TerminationLeast] && (double)counts[phase] / _terminations[phase] > options[TerminationShare])
                    {
                        Write(finding, phase, (double)counts[phase] / _terminations[phase], options[TerminationShare], _night);
                    }
                }
            }
        }

        /// <summary>Walks that nobody's button asked for are served by programming. A log without any button's events cannot tell.</summary>
        private bool IsOnRecall(int phase) => _context.Options.Set == DefinitionSet.Crosstown && _logsButtons && _presses[phase] == 0 && !_isHeld[phase];

        private void WriteNotConfigured(TimeRange day)
        {
            for (var phase = 0; phase < Numbers; phase++)
            {
                if (_configuredPhases is not null && _greens[phase] > 0 && !_configuredPhases[phase])
                {
                    Write(Finding.PhaseNotConfigured, phase, _greens[phase], null, day);
                }
            }

            for (var channel = 0; channel < Numbers; channel++)
            {
                if (_configuredChannels is not null && _hits[channel] > 0 && !_configuredChannels[channel])
                {
                    Write(Finding.ChannelNotConfigured, channel, _hits[channel], null, day);
                }
            }
        }

        /// <summary>The log was running before a window began and went on after it: silence in it is the signal's, not the download's.</summary>
        private bool IsReached(TimeRange window) =>
            window.LengthMs > 0 && _context.Coverage.FirstMs <= window.StartMs && _context.Coverage.LastMs >= window.EndMs;

        private void Write(Finding finding, int? number, double value, double? limit, TimeRange span)
        {
            _findings++;
            _rows.Time(_day!.Value.StartMs).Word((int)finding).Integer(number).Real(value).Real(limit);
            Quality.Write(_rows, _context.Coverage, span, null, null, null);
        }

        private void Clear()
        {
            _events = _peakEvents = _findings = 0;
            foreach (var counts in (ReadOnlySpan<int[]>)[_peakHits, _hits, _greens, _walkChanges, _presses, _terminations, _maxOuts, _forceOffs])
            {
                Array.Clear(counts);
            }
        }
    }
}
