using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;

namespace Crosstown.Measures.CoordinationQuality;

/// <summary>Follows the coordinator's state, and adds its time to the bins that it lasted through.</summary>
internal sealed class CoordinationQuality(MeasureContext context) : SignalMeasure
{
    /// <summary>Parameters of 150 that are states; the others (local zero, master zero) are moments.</summary>
    private const int Free = 0;

    private const int InStep = 1;
    private const int TransitionAdd = 2;
    private const int Dwell = 4;
    private const int Pickup = 6;

    /// <summary>Parameter of 132 that sends the reader to 156 for the length.</summary>
    private const int SeeLongCycle = 255;

    private readonly RowBuffer _rows = context.Rows(CoordinationQualityMeasure.Table);
    private readonly OpenBins<Cell> _bins = new(context.Clock, context.Options.BinMs, 1);
    private int _state = -1;
    private long _stateSinceMs;
    private int? _pattern;
    private int? _cycleS;
    private int? _offsetS;
    private int? _actualOffsetS;
    private (int Pattern, int CycleS, int OffsetS, int ActualOffsetS) _lastWritten = (-1, -1, -1, -1);

    public override void Advance(ReadOnlySpan<ControllerEvent> events)
    {
        foreach (ref readonly var e in events)
        {
            if (e.Parameter < 0)
            {
                continue;
            }

            if (e.Code == EventCode.CoordinationState)
            {
                if (e.Parameter is <= Dwell or Pickup)
                {
                    SpendUpTo(e.TimeMs);
                    _state = e.Parameter;
                }

                continue;
            }

            ref var cell = ref _bins.At(e.TimeMs, 0);
            switch (e.Code)
            {
                case EventCode.CoordinationPatternChange:
                    cell.PatternChanges += _pattern is { } before && before != e.Parameter ? 1 : 0;
                    _pattern = e.Parameter;
                    break;
                case EventCode.CycleLengthChange when e.Parameter != SeeLongCycle:
                case EventCode.CycleLengthLong:
                    _cycleS = e.Parameter;
                    break;
                case EventCode.OffsetChange:
                    _offsetS = e.Parameter;
                    break;
                case EventCode.ActualCycleLength:
                    cell.ActualCycles++;
                    cell.ActualCycleS += e.Parameter;
                    break;
                case EventCode.ActualOffset:
                    _actualOffsetS = e.Parameter;
                    AddOffsetError(ref cell);
                    break;
                default:
                    break;
            }

            cell.Pattern = _pattern ?? -1;
            cell.CycleS = _cycleS ?? -1;
            cell.OffsetS = _offsetS ?? -1;
            cell.ActualOffsetS = _actualOffsetS ?? -1;
            cell.IsSet = true;
        }
    }

    public override void CloseUpTo(long watermarkMs)
    {
        if (context.Coverage.EventCount > 0)
        {
            _bins.FillThrough(context.Coverage.FirstMs, watermarkMs);
            SpendUpTo(watermarkMs);
        }

        while (_bins.TryClose(watermarkMs, out var bin))
        {
            Write(bin.Range, bin.Cells[0]);
        }
    }

    public override void Finish(long endMs)
    {
        SpendUpTo(endMs - 1);
        _state = -1;
        CloseUpTo(context.Clock.BinAt(endMs - 1, context.Options.BinMs).EndMs);
    }

    /// <summary>Adds the time since the last change to the bins that it lies in.</summary>
    private void SpendUpTo(long timeMs)
    {
        while (_state >= 0 && _stateSinceMs < timeMs)
        {
            var bin = context.Clock.BinAt(_stateSinceMs, context.Options.BinMs);
            var span = new TimeRange(_stateSinceMs, Math.Min(bin.EndMs, timeMs));
            ref var cell = ref _bins.At(span.StartMs, 0);
            var seenMs = context.Coverage.SeenMs(span);
            cell.KnownMs += seenMs;
            cell.InStepMs += _state == InStep ? seenMs : 0;
            cell.FreeMs += _state == Free ? seenMs : 0;
            cell.TransitionMs += _state is >= TransitionAdd and <= Dwell ? seenMs : 0;
            _stateSinceMs = span.EndMs;
        }

        _stateSinceMs = timeMs;
    }

    /// <summary>The way around the cycle from the reported offset to the programmed one, the shorter way.</summary>
    private void AddOffsetError(ref Cell cell)
    {
        if (_offsetS is { } programmed && _actualOffsetS is { } actual && _cycleS is > 0 and { } cycle)
        {
            var apart = Math.Abs(actual - programmed) % cycle;
            cell.OffsetErrors++;
            cell.OffsetErrorS += Math.Min(apart, cycle - apart);
        }
    }

    private void Write(TimeRange bin, in Cell cell)
    {
        var (pattern, cycle, offset, actualOffset) = cell.IsSet
            ? (cell.Pattern, cell.CycleS, cell.OffsetS, cell.ActualOffsetS)
            : (_lastWritten.Pattern, _lastWritten.CycleS, _lastWritten.OffsetS, _lastWritten.ActualOffsetS);
        _lastWritten = (pattern, cycle, offset, actualOffset);
        _rows.Time(bin.StartMs).Integer(Known(pattern)).Integer(Known(cycle)).Integer(Known(offset))
            .Real(cell.ActualCycles == 0 ? null : (double)cell.ActualCycleS / cell.ActualCycles)
            .Integer(Known(actualOffset))
            .Integer(cell.PatternChanges);
        if (cell.KnownMs == 0)
        {
            _rows.Null().Null().Null().Null();
        }
        else
        {
            _rows.Real((double)cell.InStepMs / cell.KnownMs).Real((double)cell.TransitionMs / cell.KnownMs)
                .Real((double)cell.FreeMs / cell.KnownMs).Real(cell.TransitionMs / 1000.0);
        }

        _rows.Real(cell.OffsetErrors == 0 ? null : (double)cell.OffsetErrorS / cell.OffsetErrors);
        Quality.Write(_rows, context.Coverage, bin, null, null, null);
    }

    private static long? Known(int value) => value < 0 ? null : value;

    private struct Cell
    {
        public bool IsSet;
        public int Pattern;
        public int CycleS;
        public int OffsetS;
        public int ActualOffsetS;
        public int PatternChanges;
        public int ActualCycles;
        public long ActualCycleS;
        public int OffsetErrors;
        public long OffsetErrorS;
        public long KnownMs;
        public long InStepMs;
        public long FreeMs;
        public long TransitionMs;
    }
}
