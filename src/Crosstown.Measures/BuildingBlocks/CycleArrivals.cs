using System.Runtime.InteropServices;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;

namespace Crosstown.Measures.BuildingBlocks;

/// <summary>The common work of measures that put detector hits into the red-to-red cycles of their approach.</summary>
/// <remarks>
/// A hit becomes an arrival at the stop bar, which may lie seconds later or earlier; a cycle is known when its last red begins. So nothing is said
/// of a moment before the log has passed it, all hits that could arrive there were seen, and no cycle that began before is still open. Cycles with
/// a log gap in them, and cycles longer than <see cref="LongestCycleMs"/>, are dropped: arrivals in them lie outside all cycles.
/// </remarks>
public abstract class CycleArrivals : SignalMeasure
{
    /// <summary>
    /// No controller times a cycle of 2 hours: a group that waits longer rests in green or is not called. The limit keeps what is held bounded.
    /// </summary>
    public const long LongestCycleMs = 2 * 3_600_000;

    private readonly Work[] _work;
    private readonly (int Group, long ShiftMs)[][] _targets = new (int, long)[256][];
    private readonly sbyte[] _workOfPhase = new sbyte[256];
    private readonly sbyte[] _workOfOverlap = new sbyte[256];
    private readonly long _holdMs;
    private readonly ushort _hitCode;

    /// <param name="context">Of the signal.</param>
    /// <param name="groups">At most 127.</param>
    /// <param name="projects">True moves hits by travel time, decision point and latency; false takes off the latency only.</param>
    /// <param name="redStart">When red begins.</param>
    /// <param name="hitCode">What counts as a hit: a detector that goes on, or one that goes off.</param>
    protected CycleArrivals(
        MeasureContext context, ApproachGroup[] groups, bool projects, RedStart redStart = RedStart.EndOfYellow, ushort hitCode = EventCode.DetectorOn)
    {
        Context = context;
        Groups = groups;
        Plans = new PlanTracker(context);
        Array.Fill(_targets, []);
        Array.Fill(_workOfPhase, (sbyte)-1);
        Array.Fill(_workOfOverlap, (sbyte)-1);
        _hitCode = hitCode;
        _work = new Work[groups.Length];
        var earliestShiftMs = 0L;
        for (var g = 0; g < groups.Length; g++)
        {
            _work[g] = new Work(groups[g].Group, redStart);
            (groups[g].Group.IsOverlap ? _workOfOverlap : _workOfPhase)[groups[g].Group.Number] = (sbyte)g;
            foreach (var detector in groups[g].Detectors)
            {
                var shift = (long)Math.Round(projects ? Projection.ShiftMs(detector, groups[g].SpeedLimitMph) : -1000 * detector.LatencyS);
                _targets[detector.Channel] = [.. _targets[detector.Channel], (g, shift)];
                earliestShiftMs = Math.Min(earliestShiftMs, shift);
            }
        }

        // What a plan programs is known this long after it began.
        _holdMs = PlanTracker.ProgramMs + 1 - earliestShiftMs;
    }

    /// <summary>All that these measures read.</summary>
    public static CodeSet Codes { get; } = PlanTracker.AddCodes(CodeSet.Of([EventCode.DetectorOn, .. GroupStates.Codes]));

    protected MeasureContext Context { get; }

    protected ApproachGroup[] Groups { get; }

    protected PlanTracker Plans { get; }

    public sealed override void Advance(ReadOnlySpan<ControllerEvent> events)
    {
        foreach (ref readonly var e in events)
        {
            if (e.Code == _hitCode)
            {
                if ((ushort)e.Parameter < 256)
                {
                    foreach (var (group, shiftMs) in _targets[e.Parameter])
                    {
                        TakeHit(group, e.TimeMs + shiftMs, e.Parameter);
                    }
                }
            }
            else if (e.Code <= EventCode.OverlapDark)
            {
                var work = (ushort)e.Parameter >= 256 ? -1 : e.Code < EventCode.OverlapBeginGreen ? _workOfPhase[e.Parameter] : _workOfOverlap[e.Parameter];
                if (work >= 0)
                {
                    TakeDisplay(work, e);
                }

                if (TakesOther)
                {
                    TakeOther(e);
                }
            }
            else if (e.Code >= EventCode.CoordinationPatternChange)
            {
                Plans.Take(e);
            }
        }
    }

    public sealed override void CloseUpTo(long watermarkMs)
    {
        if (Context.Coverage.EventCount == 0)
        {
            return;
        }

        Plans.CutThrough(watermarkMs);
        for (var g = 0; g < _work.Length; g++)
        {
            DropIfLong(g, watermarkMs);
        }

        Resolve(watermarkMs - _holdMs, isEnd: false);
    }

    public sealed override void Finish(long endMs)
    {
        CloseUpTo(endMs);
        Plans.CutThrough(endMs - 1);
        Plans.Finish(endMs);
        Resolve(long.MaxValue, isEnd: true);
    }

    /// <summary>Whether <see cref="TakeOther"/> is to be called.</summary>
    protected virtual bool TakesOther => false;

    /// <summary>An event of a phase or overlap, whatever its code, that the measure asked for.</summary>
    protected virtual void TakeOther(in ControllerEvent e)
    {
    }

    /// <summary>Has hits of a detector handed to <see cref="TakeCounted"/>, at the moment of the hit, with a key of the measure's own.</summary>
    protected void Count(byte channel, int key) => _targets[channel] = [.. _targets[channel], (~key, 0)];

    /// <summary>A hit, at its arrival; in order of hits, not of arrivals.</summary>
    protected virtual void TakeHitOf(int group, long arrivalMs, int channel)
    {
    }

    /// <summary>A hit of a detector that <see cref="Count"/> named.</summary>
    protected virtual void TakeCounted(int key, long timeMs)
    {
    }

    /// <summary>A whole cycle and its arrivals, in time order; the cycles of a group come in time order.</summary>
    /// <param name="droppedBefore">Cycles of the group that were dropped since the last whole one.</param>
    protected abstract void TakeCycle(int group, in ObservedCycle cycle, ReadOnlySpan<Arrival> arrivals, int droppedBefore);

    /// <summary>An arrival that lies in no whole cycle.</summary>
    protected abstract void TakeOutside(int group, in Arrival arrival);

    /// <summary>A cycle was begun and could not be used.</summary>
    protected abstract void TakeDropped(int group, long startMs);

    /// <summary>Nothing before a moment can change any more.</summary>
    protected abstract void Settle(long beforeMs);

    private void TakeHit(int group, long arrivalMs, short channel)
    {
        if (group < 0)
        {
            TakeCounted(~group, arrivalMs);
            return;
        }

        _work[group].Pending.Add(arrivalMs, group, channel);
        TakeHitOf(group, arrivalMs, channel);
    }

    private void TakeDisplay(int group, in ControllerEvent e)
    {
        DropIfLong(group, e.TimeMs);
        var work = _work[group];
        var since = work.Cycles.OpenSinceMs;
        var dropped = work.Cycles.Dropped;
        if (work.Cycles.Take(e, out var cycle))
        {
            if (Context.Coverage.IsBroken(new TimeRange(cycle.StartMs, cycle.EndMs)))
            {
                Drop(group, cycle.StartMs);
            }
            else
            {
                work.Finished.Add((cycle, work.DroppedSince));
                work.DroppedSince = 0;
            }
        }
        else if (work.Cycles.Dropped > dropped)
        {
            Drop(group, since!.Value);
        }
    }

    private void DropIfLong(int group, long nowMs)
    {
        if (_work[group].Cycles.OpenSinceMs is { } since && nowMs - since > LongestCycleMs)
        {
            _work[group].Cycles.Break();
            Drop(group, since);
        }
    }

    private void Drop(int group, long startMs)
    {
        _work[group].DroppedSince++;
        TakeDropped(group, startMs);
    }

    private void Resolve(long reachedMs, bool isEnd)
    {
        var settledMs = reachedMs;
        for (var g = 0; g < _work.Length; g++)
        {
            var work = _work[g];
            while (work.Finished.Count > 0 && work.Finished[0].Cycle.EndMs <= reachedMs)
            {
                var (cycle, dropped) = work.Finished[0];
                work.Finished.RemoveAt(0);
                TakeOutsideBefore(g, cycle.StartMs);
                work.InCycle.Clear();
                while (work.Pending.TryTakeBefore(cycle.EndMs, out var arrival))
                {
                    work.InCycle.Add(arrival);
                }

                TakeCycle(g, cycle, CollectionsMarshal.AsSpan(work.InCycle), dropped);
            }

            var openMs = work.Finished.Count > 0 ? work.Finished[0].Cycle.StartMs : isEnd ? null : work.Cycles.OpenSinceMs;
            TakeOutsideBefore(g, Math.Min(reachedMs, openMs ?? long.MaxValue));
            settledMs = Math.Min(settledMs, Math.Min(openMs ?? long.MaxValue, work.Pending.FirstMs ?? long.MaxValue));
        }

        Settle(settledMs);
        Plans.ForgetBefore(settledMs);
    }

    private void TakeOutsideBefore(int group, long ms)
    {
        while (_work[group].Pending.TryTakeBefore(ms, out var arrival))
        {
            TakeOutside(group, arrival);
        }
    }

    private sealed class Work(SignalGroup group, RedStart redStart)
    {
        public CycleBuilder Cycles { get; } = new(group, CycleBoundary.RedToRed, redStart);

        public PendingArrivals Pending { get; } = new();

        public List<(ObservedCycle Cycle, int DroppedBefore)> Finished { get; } = [];

        public int DroppedSince { get; set; }

        public List<Arrival> InCycle { get; } = [];
    }
}
