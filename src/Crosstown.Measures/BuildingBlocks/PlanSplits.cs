using System.Runtime.InteropServices;
using Crosstown.Core.Events;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;

namespace Crosstown.Measures.BuildingBlocks;

/// <summary>The services of one phase under one plan.</summary>
internal struct SplitCell
{
    /// <summary>Lengths in milliseconds; null without any.</summary>
    public List<int>? LengthsMs;
    public int GapOuts;
    public int MaxOuts;
    public int ForceOffs;
    public int Dropped;

    public readonly int Services => LengthsMs?.Count ?? 0;
}

/// <summary>Collects phase services under the plan in which they began.</summary>
internal abstract class PlanSplits : SignalMeasure
{
    private const int Phases = 256;

    private readonly PlanTracker _plans;
    private readonly OpenPlans<SplitCell> _cells;
    private readonly PhaseServices _services = new();
    private readonly List<PhaseService> _ended = [];
    private readonly bool _onlyWholeInPlan;

    /// <param name="onlyWholeInPlan">True leaves out services that end at or after the end of the plan in which they began.</param>
    protected PlanSplits(MeasureContext context, bool onlyWholeInPlan)
    {
        Context = context;
        _onlyWholeInPlan = onlyWholeInPlan;
        _plans = new PlanTracker(context);
        _cells = new OpenPlans<SplitCell>(_plans, Phases);
    }

    protected MeasureContext Context { get; }

    public sealed override void Advance(ReadOnlySpan<ControllerEvent> events)
    {
        foreach (ref readonly var e in events)
        {
            if (e.Code <= EventCode.PhaseInactive)
            {
                TakePhase(e);
            }
            else if (e.Code < EventCode.CoordinationPatternChange)
            {
                TakeOther(e);
            }
            else
            {
                _plans.Take(e);
            }
        }
    }

    public sealed override void CloseUpTo(long watermarkMs)
    {
        if (Context.Coverage.EventCount == 0)
        {
            return;
        }

        _plans.CutThrough(watermarkMs);
        while (_services.TryDropLong(watermarkMs, out var phase, out var startMs))
        {
            _cells.At(startMs, phase).Dropped++;
        }

        Settle(watermarkMs, isEnd: false);
    }

    public sealed override void Finish(long endMs)
    {
        CloseUpTo(endMs);
        _plans.CutThrough(endMs - 1);
        _plans.Finish(endMs);
        Settle(long.MaxValue, isEnd: true);
    }

    /// <summary>An event of another code that the measure asked for, below 131.</summary>
    protected virtual void TakeOther(in ControllerEvent e)
    {
    }

    /// <summary>A service that ended, in order of ends.</summary>
    protected virtual void TakeService(in PhaseService service)
    {
    }

    /// <summary>All services that began before a moment have been taken.</summary>
    protected virtual void SettleServices(long beforeMs, long watermarkMs)
    {
    }

    /// <summary>Writes a row for one phase under one plan.</summary>
    /// <param name="most">The most services that any phase had under the plan.</param>
    protected abstract void WritePlan(PlanPeriod period, TimeRange span, int phase, in SplitCell cell, int most);

    /// <summary>A percentile in seconds.</summary>
    protected static double? PercentileS(in SplitCell cell, int percent, PercentileRule rule) =>
        Percentiles.Of(CollectionsMarshal.AsSpan(cell.LengthsMs), percent, rule) / 1000;

    private void TakePhase(in ControllerEvent e)
    {
        var ended = _services.Take(e, out var service, out var droppedStartMs);
        if (ended && Context.Coverage.IsBroken(new TimeRange(service.StartMs, service.EndMs)))
        {
            ended = false;
            droppedStartMs = service.StartMs;
        }

        if (droppedStartMs is { } startMs)
        {
            _cells.At(startMs, e.Parameter).Dropped++;
        }

        if (ended)
        {
            _ended.Add(service);
        }
    }

    private void Settle(long watermarkMs, bool isEnd)
    {
        var kept = 0;
        var settledMs = isEnd ? long.MaxValue : Math.Min(watermarkMs, _services.EarliestOpenMs());
        for (var i = 0; i < _ended.Count; i++)
        {
            // A pattern change in the very millisecond of the end may still come.
            var service = _ended[i];
            if (service.EndMs >= watermarkMs)
            {
                _ended[kept++] = service;
                settledMs = Math.Min(settledMs, service.StartMs);
            }
            else
            {
                Add(service);
            }
        }

        _ended.RemoveRange(kept, _ended.Count - kept);
        SettleServices(settledMs, watermarkMs);
        while (_cells.TryClose(settledMs, out var plan))
        {
            WritePlan(plan);
        }

        _plans.ForgetBefore(settledMs);
    }

    private void Add(in PhaseService service)
    {
        TakeService(service);
        if (_onlyWholeInPlan && service.EndMs >= _plans.At(service.StartMs).EndMs)
        {
            return;
        }

        ref var cell = ref _cells.At(service.StartMs, service.Phase);
        (cell.LengthsMs ??= []).Add((int)service.LengthMs);
        switch (service.Termination)
        {
            case TerminationReason.GapOut: cell.GapOuts++; break;
            case TerminationReason.MaxOut: cell.MaxOuts++; break;
            case TerminationReason.ForceOff: cell.ForceOffs++; break;
        }
    }

    private void WritePlan(in ClosedPlan<SplitCell> plan)
    {
        var most = 0;
        foreach (ref readonly var cell in plan.Cells)
        {
            most = Math.Max(most, cell.Services);
        }

        for (var phase = 0; phase < Phases; phase++)
        {
            if (plan.Touched[phase])
            {
                plan.Cells[phase].LengthsMs?.Sort();
                WritePlan(plan.Period, plan.Range, phase, plan.Cells[phase], most);
            }
        }
    }
}
