using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Measures.Engine;

namespace Crosstown.Measures.CoordinationQuality;

/// <summary>The peer's two tables: the events as they are, and the last of each per bin, carried forward through bins with data.</summary>
internal sealed class OdotCoordination(MeasureContext context) : SignalMeasure
{
    private const int Pattern = 0;
    private const int Cycle = 1;
    private const int ActualCycle = 2;
    private const int ActualOffset = 3;
    private const int Kinds = 4;

    private readonly int _leastEvents = (int)context.Options[CoordinationQualityMeasure.LeastEvents];
    private readonly RowBuffer _events = context.Rows(CoordinationQualityMeasure.OdotTable);
    private readonly RowBuffer _states = context.Rows(CoordinationQualityMeasure.OdotStateTable);
    private readonly OpenBins<int> _bins = new(context.Clock, context.Options.BinMs, Kinds);
    private readonly int[] _last = new int[Kinds];

    public override void Advance(ReadOnlySpan<ControllerEvent> events)
    {
        foreach (ref readonly var e in events)
        {
            var kind = e.Code switch
            {
                EventCode.CoordinationPatternChange => Pattern,
                EventCode.CycleLengthChange => Cycle,
                EventCode.ActualCycleLength => ActualCycle,
                EventCode.ActualOffset => ActualOffset,
                _ => -1,
            };
            if (kind >= 0 && e.Parameter >= 0)
            {
                _bins.At(e.TimeMs, kind) = e.Parameter;
                _events.Time(context.Clock.BinAt(e.TimeMs, context.Options.BinMs).StartMs).Time(e.TimeMs).Integer(e.Code).Integer(e.Parameter);
            }
        }
    }

    public override void CloseUpTo(long watermarkMs)
    {
        if (context.Coverage.EventCount > 0)
        {
            _bins.FillThrough(context.Coverage.FirstMs, watermarkMs);
        }

        while (_bins.TryClose(watermarkMs, out var bin))
        {
            if (context.Coverage.LeastEventsInFiveMinutes(bin.Range) < _leastEvents)
            {
                continue;
            }

            _states.Time(bin.Range.StartMs);
            for (var kind = 0; kind < Kinds; kind++)
            {
                _last[kind] = bin.Touched[kind] ? bin.Cells[kind] : _last[kind];
                _states.Integer(_last[kind]);
            }
        }
    }

    public override void Finish(long endMs) => CloseUpTo(context.Clock.BinAt(endMs - 1, context.Options.BinMs).EndMs);
}
