using System.Collections;
using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.ArrivalsOnGreen;

/// <summary>Arrivals on green: the share of an approach's vehicles that reach the stop bar while it is green.</summary>
public sealed class ArrivalsOnGreenMeasure : Measure
{
    internal static readonly FlagOption Project = new(
        "project_to_stop_bar", "Move hits by travel time, decision point and latency to the stop bar (ATSPM 5). Oregon's package takes off the latency only.",
        crosstown: true, odot: false);

    internal static readonly NumberOption LatencyS = new(
        "latency_s", "s", "Taken off every hit when hits are not projected; Oregon's package has one value for all detectors.", 0, least: 0, most: 60);

    internal static readonly ChoiceOption<RedStart> RedFrom = new(
        "red_from", "When red begins: at the end of yellow, or at the begin of red clearance as in Oregon's package.",
        RedStart.EndOfYellow, odot: RedStart.RedClearance);

    internal static readonly TableSchema Table = new()
    {
        Name = "arrivals-on-green",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("phase", ColumnType.Integer, "", "The phase that serves the approach."),
            new("arrivals", ColumnType.Integer, "", "Vehicles that reached the stop bar in the bin."),
            new("on_green", ColumnType.Integer, "", "Of these, while green was shown."),
            new("on_yellow", ColumnType.Integer, "", "Of these, while yellow was shown."),
            new("on_red", ColumnType.Integer, "", "Of these, while red was shown."),
            new("state_unknown", ColumnType.Integer, "", "Of these, before the log first said what was shown."),
            new("share_on_green", ColumnType.Real, "0-1", "On green over all whose state is known; null without such arrivals."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema OdotTable = new()
    {
        Name = "arrival_on_green",
        TimeFirst = true,
        Columns =
        [
            new("TimeStamp", ColumnType.Time, "", "Start of the bin."),
            new("DeviceId", ColumnType.Signal, "", "The signal."),
            new("Phase", ColumnType.Integer, "", "Phase."),
            new("Total_Actuations", ColumnType.Integer, "", "Hits of advance detectors."),
            new("Percent_AOG", ColumnType.Single, "0-1", "Share of them on green."),
        ],
    };

    public override string Name => "arrivals-on-green";

    public override string Title => "Arrivals on green";

    public override CodeSet Codes { get; } = CodeSet.Of([EventCode.DetectorOn, .. GroupStates.Codes]);

    public override ImmutableArray<Option> Options => [Project, LatencyS, RedFrom];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [OdotTable] : [Table];

    public override SignalMeasure? Start(MeasureContext context) =>
        context.Configuration.Detectors.Any(d => d.Has(DetectorFunctions.AdvanceCount) && d.Phase is not null) ? new ArrivalsOnGreen(context) : null;

    private struct Cell
    {
        public int Green;
        public int Yellow;
        public int Red;
        public int Unknown;

        public readonly int All => Green + Yellow + Red + Unknown;
    }

    private sealed class ArrivalsOnGreen : SignalMeasure
    {
        private const int Channels = 256;

        private readonly MeasureContext _context;
        private readonly bool _isOdot;
        private readonly RowBuffer _rows;
        private readonly GroupStates[] _phases;
        private readonly BitArray[] _channelsOfPhase;
        private readonly sbyte[] _phaseOfChannel = new sbyte[Channels];
        private readonly double[] _shiftMs = new double[Channels];
        private readonly double _latestShiftMs;
        private readonly double _earliestShiftMs;
        private readonly PendingArrivals _pending = new();
        private readonly OpenBins<Cell> _bins;

        public ArrivalsOnGreen(MeasureContext context)
        {
            _context = context;
            _isOdot = context.Options.Set == DefinitionSet.Odot21;
            _rows = context.Rows(_isOdot ? OdotTable : Table);
            var detectors = context.Configuration.Detectors.Where(d => d.Has(DetectorFunctions.AdvanceCount) && d.Phase is not null).ToArray();
            var phases = detectors.Select(d => d.Phase!.Value).Distinct().Order().ToArray();
            _phases = [.. phases.Select(p => new GroupStates(SignalGroup.Phase(p), context.Options.Choice(RedFrom)))];
            _channelsOfPhase = [.. phases.Select(p => Quality.Channels(detectors.Where(d => d.Phase == p).Select(d => d.Channel)))];
            _bins = new OpenBins<Cell>(context.Clock, context.Options.BinMs, phases.Length);
            Array.Fill(_phaseOfChannel, (sbyte)-1);
            foreach (var detector in detectors)
            {
                _phaseOfChannel[detector.Channel] = (sbyte)Array.IndexOf(phases, detector.Phase!.Value);
                var mph = context.Configuration.Approaches.FirstOrDefault(a => a.Id == detector.ApproachId)?.SpeedLimitMph;
                var shift = context.Options[Project] ? Projection.ShiftMs(detector, mph) : -1000 * context.Options[LatencyS];
                _shiftMs[detector.Channel] = shift;
                _latestShiftMs = Math.Max(_latestShiftMs, shift);
                _earliestShiftMs = Math.Min(_earliestShiftMs, shift);
            }
        }

        public override void Advance(ReadOnlySpan<ControllerEvent> events)
        {
            foreach (ref readonly var e in events)
            {
                if (e.Code == EventCode.DetectorOn)
                {
                    if ((ushort)e.Parameter < Channels && _phaseOfChannel[e.Parameter] >= 0)
                    {
                        _pending.Add(e.TimeMs + (long)Math.Round(_shiftMs[e.Parameter]), _phaseOfChannel[e.Parameter], e.Parameter);
                    }
                }
                else
                {
                    foreach (var phase in _phases)
                    {
                        phase.Take(e);
                    }
                }
            }
        }

        public override void CloseUpTo(long watermarkMs)
        {
            var reachedMs = watermarkMs + (long)Math.Floor(_earliestShiftMs);
            while (_pending.TryTakeBefore(reachedMs, out var arrival))
            {
                ref var cell = ref _bins.At(arrival.TimeMs, arrival.Key);
                switch (_phases[arrival.Key].At(arrival.TimeMs))
                {
                    case DisplayState.Green: cell.Green++; break;
                    case DisplayState.Yellow: cell.Yellow++; break;
                    case DisplayState.Red: cell.Red++; break;
                    default: cell.Unknown++; break;
                }
            }

            foreach (var phase in _phases)
            {
                phase.ForgetBefore(reachedMs);
            }

            while (_bins.TryClose(reachedMs, out var bin))
            {
                for (var p = 0; p < _phases.Length; p++)
                {
                    if (bin.Touched[p])
                    {
                        Write(bin, p);
                    }
                }
            }
        }

        public override void Finish(long endMs) =>
            CloseUpTo(endMs + (long)Math.Ceiling(_latestShiftMs - _earliestShiftMs) + (2 * _context.Options.BinMs));

        private void Write(in ClosedBin<Cell> bin, int p)
        {
            var cell = bin.Cells[p];
            if (_isOdot)
            {
                // The peer joins green hits to all hits and so loses bins without green ones.
                if (cell.Green > 0)
                {
                    _rows.Time(bin.Range.StartMs).Integer(_phases[p].Group.Number).Integer(cell.All).Single((float)cell.Green / cell.All);
                }

                return;
            }

            var known = cell.All - cell.Unknown;
            _rows.Time(bin.Range.StartMs).Integer(_phases[p].Group.Number).Integer(cell.All)
                .Integer(cell.Green).Integer(cell.Yellow).Integer(cell.Red).Integer(cell.Unknown)
                .Real(known == 0 ? null : (double)cell.Green / known);
            Quality.Write(_rows, _context.Coverage, bin.Range, null, null, _channelsOfPhase[p]);
        }
    }
}
