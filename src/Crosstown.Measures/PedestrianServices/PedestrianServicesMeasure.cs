using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.PedestrianServices;

/// <summary>Pedestrian services: how often each walk was served, beside how often its button was pressed.</summary>
public sealed class PedestrianServicesMeasure : Measure
{
    internal static readonly TableSchema Table = new()
    {
        Name = "pedestrian-services",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("group", ColumnType.Word, "", "Whether the walk belongs to a phase or to a pedestrian overlap.") { Words = ["phase", "overlap"] },
            new("number", ColumnType.Integer, "", "The phase, or the overlap with A = 1."),
            new("services", ColumnType.Integer, "", "Walks that began in the bin."),
            new("presses", ColumnType.Integer, "", "Button presses for it in the bin; null for an overlap that no approach names."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema OdotTable = new()
    {
        Name = "ped",
        TimeFirst = true,
        Columns =
        [
            new("TimeStamp", ColumnType.Time, "", "Start of the bin."),
            new("DeviceId", ColumnType.Signal, "", "The signal."),
            new("Phase", ColumnType.Integer, "", "Phase, and pedestrian overlaps as if they were phases."),
            new("PedServices", ColumnType.Integer, "", "Walks."),
            new("PedActuation", ColumnType.Integer, "", "Presses."),
        ],
    };

    public override string Name => "pedestrian-services";

    public override string Title => "Pedestrian services";

    public override CodeSet Codes { get; } = CodeSet.Of(
        EventCode.PedestrianBeginWalk, EventCode.PedestrianOverlapBeginWalk, EventCode.PedestrianDetectorOn);

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [OdotTable] : [Table];

    public override SignalMeasure Start(MeasureContext context) => new PedestrianServices(context);

    private struct Cell
    {
        public int Services;
        public int Presses;
    }

    private sealed class PedestrianServices : SignalMeasure
    {
        private const int Numbers = 256;

        private readonly MeasureContext _context;
        private readonly bool _isOdot;
        private readonly PedestrianPhases _pedestrians;
        private readonly RowBuffer _rows;
        private readonly OpenBins<Cell> _bins;

        public PedestrianServices(MeasureContext context)
        {
            _context = context;
            _isOdot = context.Options.Set == DefinitionSet.Odot21;
            _pedestrians = new PedestrianPhases(context.Configuration);
            _rows = context.Rows(_isOdot ? OdotTable : Table);
            _bins = new OpenBins<Cell>(context.Clock, context.Options.BinMs, 2 * Numbers);
        }

        public override void Advance(ReadOnlySpan<ControllerEvent> events)
        {
            foreach (ref readonly var e in events)
            {
                if ((ushort)e.Parameter >= Numbers)
                {
                    continue;
                }

                switch (e.Code)
                {
                    case EventCode.PedestrianBeginWalk:
                        _bins.At(e.TimeMs, e.Parameter).Services++;
                        break;
                    case EventCode.PedestrianOverlapBeginWalk:
                        var phase = _pedestrians.PhaseOfOverlap((byte)e.Parameter);
                        _bins.At(e.TimeMs, _isOdot ? e.Parameter : phase > 0 ? phase : Numbers + e.Parameter).Services++;
                        break;
                    default:
                        _bins.At(e.TimeMs, _isOdot ? e.Parameter : _pedestrians.PhaseOfChannel((byte)e.Parameter)).Presses++;
                        break;
                }
            }
        }

        public override void CloseUpTo(long watermarkMs)
        {
            while (_bins.TryClose(watermarkMs, out var bin))
            {
                for (var key = 0; key < 2 * Numbers; key++)
                {
                    if (bin.Touched[key])
                    {
                        Write(bin, key, bin.Cells[key]);
                    }
                }
            }
        }

        public override void Finish(long endMs) => CloseUpTo(endMs + _context.Options.BinMs);

        private void Write(in ClosedBin<Cell> bin, int key, in Cell cell)
        {
            if (_isOdot)
            {
                _rows.Time(bin.Range.StartMs).Integer(key).Integer(cell.Services).Integer(cell.Presses);
                return;
            }

            _rows.Time(bin.Range.StartMs).Word(key / Numbers).Integer(key % Numbers).Integer(cell.Services)
                .Integer(key < Numbers ? cell.Presses : (long?)null);
            Quality.Write(_rows, _context.Coverage, bin.Range, null, null, null);
        }
    }
}
