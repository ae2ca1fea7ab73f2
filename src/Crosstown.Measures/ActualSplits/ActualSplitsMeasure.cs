using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.ActualSplits;

/// <summary>Actual splits: how long each phase's split and the whole cycle really were, as MaxTime controllers report them.</summary>
public sealed class ActualSplitsMeasure : Measure
{
    /// <summary>MaxTime: actual split of phase 17; phase n is code 307 + n to 347. [s]</summary>
    private const ushort ActualSplitPhase17 = 324;

    private const ushort ActualSplitPhase40 = 347;

    private const int SplitWord = 0;
    private const int CycleWord = 1;
    private const int NaturalCycleWord = 2;

    internal static readonly TableSchema Table = new()
    {
        Name = "actual-splits",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("quantity", ColumnType.Word, "", "What was reported: a phase's split, the cycle, or the natural cycle.") { Words = ["split", "cycle", "natural_cycle"] },
            new("phase", ColumnType.Integer, "", "The phase of a split; null for a cycle."),
            new("services", ColumnType.Integer, "", "How often it was reported."),
            new("mean_s", ColumnType.Real, "s", "Mean length."),
            new("min_s", ColumnType.Integer, "s", "Shortest."),
            new("max_s", ColumnType.Integer, "s", "Longest."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema OdotTable = new()
    {
        Name = "splits",
        TimeFirst = true,
        Columns =
        [
            new("TimeStamp", ColumnType.Time, "", "Start of the bin."),
            new("DeviceId", ColumnType.Signal, "", "The signal."),
            new("EventId", ColumnType.Integer, "", "Event code 300-317."),
            new("Services", ColumnType.Integer, "", "How often it was logged."),
            new("Average_Split", ColumnType.Single, "s", "Mean of its parameter."),
        ],
    };

    public override string Name => "actual-splits";

    public override string Title => "Actual splits";

    public override CodeSet Codes { get; } =
        CodeSet.Of().AndRange(EventCode.ActualSplitPhase1, EventCode.NaturalCycleLength).AndRange(ActualSplitPhase17, ActualSplitPhase40);

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set switch
    {
        DefinitionSet.Odot21 => [OdotTable],
        DefinitionSet.Udot5 => [],
        _ => [Table],
    };

    public override SignalMeasure Start(MeasureContext context) => new ActualSplits(context);

    private struct Cell
    {
        public int Count;
        public long SumS;
        public int MinS;
        public int MaxS;
    }

    private sealed class ActualSplits : SignalMeasure
    {
        private const int Codes = ActualSplitPhase40 - EventCode.ActualSplitPhase1 + 1;

        private readonly MeasureContext _context;
        private readonly bool _isOdot;
        private readonly RowBuffer _rows;
        private readonly OpenBins<Cell> _bins;

        public ActualSplits(MeasureContext context)
        {
            _context = context;
            _isOdot = context.Options.Set == DefinitionSet.Odot21;
            _rows = context.Rows(_isOdot ? OdotTable : Table);
            _bins = new OpenBins<Cell>(context.Clock, context.Options.BinMs, Codes);
        }

        public override void Advance(ReadOnlySpan<ControllerEvent> events)
        {
            foreach (ref readonly var e in events)
            {
                // A negative length is an overflow of the controller's, not a split.
                if (e.Parameter < 0 || (_isOdot && e.Code > EventCode.NaturalCycleLength))
                {
                    continue;
                }

                ref var cell = ref _bins.At(e.TimeMs, e.Code - EventCode.ActualSplitPhase1);
                cell.MinS = cell.Count == 0 ? e.Parameter : Math.Min(cell.MinS, e.Parameter);
                cell.MaxS = Math.Max(cell.MaxS, e.Parameter);
                cell.SumS += e.Parameter;
                cell.Count++;
            }
        }

        public override void CloseUpTo(long watermarkMs)
        {
            while (_bins.TryClose(watermarkMs, out var bin))
            {
                for (var c = 0; c < Codes; c++)
                {
                    if (bin.Touched[c])
                    {
                        Write(bin, c + EventCode.ActualSplitPhase1, bin.Cells[c]);
                    }
                }
            }
        }

        public override void Finish(long endMs) => CloseUpTo(endMs + _context.Options.BinMs);

        private void Write(in ClosedBin<Cell> bin, int code, in Cell cell)
        {
            var mean = (double)cell.SumS / cell.Count;
            if (_isOdot)
            {
                _rows.Time(bin.Range.StartMs).Integer(code).Integer(cell.Count).Single((float)mean);
                return;
            }

            var (word, phase) = code switch
            {
                EventCode.ActualCycleLength => (CycleWord, (long?)null),
                EventCode.NaturalCycleLength => (NaturalCycleWord, null),
                >= ActualSplitPhase17 => (SplitWord, code - ActualSplitPhase17 + 17),
                _ => (SplitWord, code - EventCode.ActualSplitPhase1 + 1),
            };
            _rows.Time(bin.Range.StartMs).Word(word).Integer(phase).Integer(cell.Count).Real(mean).Integer(cell.MinS).Integer(cell.MaxS);
            Quality.Write(_rows, _context.Coverage, bin.Range, null, null, null);
        }
    }
}
