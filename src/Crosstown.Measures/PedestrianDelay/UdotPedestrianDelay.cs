using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Measures.Engine;

namespace Crosstown.Measures.PedestrianDelay;

/// <summary>The pedestrian table of ATSPM 5's aggregation, one row per phase and bin, bins without pedestrians included.</summary>
/// <remarks>
/// Two views of one stream. Cycles run from the clearance before a walk to the next walk or clearance; presses and calls in them count in the bin of the
/// walk. Waits are a run of presses between two walks or clearances: before a walk it waited for it, after a walk it waited 0 s, between two
/// clearances it is nothing. A walk without anything logged before it, and the log's last one, are no cycles.
/// </remarks>
internal sealed class UdotPedestrianDelay : SignalMeasure
{
    private const int Phases = 256;

    /// <summary>Presses farther apart than this are two people's.</summary>
    private const long ApartMs = 15_000;

    /// <summary>Nothing that comes later than this after a walk belongs to it: one day.</summary>
    private const long LongestMs = 86_400_000;

    private readonly MeasureContext _context;
    private readonly RowBuffer _rows;
    private readonly OpenBins<Cell> _bins;
    private readonly Phase[] _phases = new Phase[Phases];
    private readonly bool[] _isListed = new bool[Phases];
    private readonly bool _isConfigured;

    public UdotPedestrianDelay(MeasureContext context)
    {
        _context = context;
        _rows = context.Rows(PedestrianDelayMeasure.UdotTable);
        _bins = new OpenBins<Cell>(context.Clock, context.Options.BinMs, Phases);
        Array.Fill(_phases, new Phase { PressedMs = long.MinValue, LastPressMs = long.MinValue, ImputedFromMs = long.MinValue, WalkMs = long.MinValue });
        foreach (var approach in context.Configuration.Approaches)
        {
            if (approach.Protected is { IsOverlap: false } phase)
            {
                _isListed[phase.Number] = true;
                _isConfigured = true;
                _phases[phase.Number].UsesOverlap |= approach.Pedestrian is { IsOverlap: true };
            }
        }
    }

    public override void Advance(ReadOnlySpan<ControllerEvent> events)
    {
        foreach (ref readonly var e in events)
        {
            if ((ushort)e.Parameter >= Phases || (_isConfigured && !_isListed[e.Parameter]))
            {
                continue;
            }

            _isListed[e.Parameter] = true;
            ref var phase = ref _phases[e.Parameter];
            switch (e.Code)
            {
                case EventCode.PhaseOn:
                    Impute(ref phase, e);
                    break;
                case EventCode.PedestrianDetectorOn:
                    Impute(ref phase, e);
                    TakePress(ref phase, e.TimeMs);
                    break;
                case EventCode.PedestrianCallRegistered:
                    phase.SinceLast.Calls++;
                    break;
                case EventCode.PedestrianBeginWalk:
                case EventCode.PedestrianOverlapBeginWalk:
                    if (e.Code == EventCode.PedestrianOverlapBeginWalk == phase.UsesOverlap)
                    {
                        TakeChange(ref phase, e, isWalk: true);
                    }

                    Impute(ref phase, e);
                    break;
                default:
                    if (e.Code == EventCode.PedestrianOverlapBeginClearance == phase.UsesOverlap)
                    {
                        TakeChange(ref phase, e, isWalk: false);
                    }

                    break;
            }
        }
    }

    public override void CloseUpTo(long watermarkMs)
    {
        if (_context.Coverage.EventCount > 0)
        {
            _bins.FillThrough(_context.Coverage.FirstMs, watermarkMs);
        }

        var reachedMs = watermarkMs;
        foreach (ref readonly var phase in _phases.AsSpan())
        {
            if (phase.WalkMs != long.MinValue && !phase.IsSettled && watermarkMs - phase.WalkMs <= LongestMs)
            {
                reachedMs = Math.Min(reachedMs, phase.WalkMs);
            }
        }

        Write(reachedMs);
    }

    public override void Finish(long endMs)
    {
        var lastEndMs = _context.Clock.BinAt(endMs - 1, _context.Options.BinMs).EndMs;
        _bins.FillThrough(_context.Coverage.FirstMs, lastEndMs);
        Write(lastEndMs);
    }

    private static void TakePress(ref Phase phase, long timeMs)
    {
        phase.SinceLast.Presses++;
        phase.SinceLast.Unique += phase.LastPressMs != long.MinValue && timeMs - phase.LastPressMs > ApartMs ? 1 : 0;
        phase.LastPressMs = timeMs;
        if (phase.PressedMs == long.MinValue && phase.Last != Change.None)
        {
            phase.PressedMs = timeMs;
        }
    }

    /// <summary>A press directly after a walk or a phase on stands for a call; it counts where the walk or the phase on was.</summary>
    private void Impute(ref Phase phase, in ControllerEvent e)
    {
        var fromMs = phase.ImputedFromMs;
        if (e.Code != EventCode.PedestrianDetectorOn)
        {
            phase.ImputedFromMs = e.TimeMs;
        }
        else
        {
            phase.ImputedFromMs = long.MinValue;
            if (fromMs != long.MinValue)
            {
                if (fromMs >= phase.LastMs)
                {
                    phase.SinceLast.Imputed++;
                }
                else if (phase.Last == Change.Walk && phase.BeforeLast == Change.Clearance)
                {
                    phase.BetweenLast.Imputed++;
                }
                else if (phase.WalkIsCycle && e.TimeMs - phase.WalkMs <= LongestMs && fromMs >= phase.CycleFromMs)
                {
                    _bins.At(phase.WalkMs, e.Parameter).Imputed++;
                }
            }
        }

        phase.IsSettled |= phase.Last == Change.Clearance;
    }

    private void TakeChange(ref Phase phase, in ControllerEvent e, bool isWalk)
    {
        EndWait(ref phase, e, isWalk);
        if (!isWalk && phase.Last == Change.Clearance)
        {
            return;
        }

        if (phase.Last == Change.Walk)
        {
            EndCycle(ref phase, e);
        }

        phase.BeforeLast = phase.Last;
        phase.BeforeLastMs = phase.LastMs;
        phase.BetweenLast = phase.SinceLast;
        phase.Last = isWalk ? Change.Walk : Change.Clearance;
        phase.LastMs = e.TimeMs;
        phase.SinceLast = default;
        if (isWalk)
        {
            phase.WalkMs = e.TimeMs;
            phase.WalkIsCycle = false;
            phase.IsSettled = false;
        }
    }

    private void EndWait(ref Phase phase, in ControllerEvent e, bool isWalk)
    {
        var pressedMs = phase.PressedMs;
        phase.PressedMs = long.MinValue;
        if (pressedMs == long.MinValue)
        {
            return;
        }

        if (isWalk)
        {
            var waitMs = e.TimeMs - pressedMs;
            ref var cell = ref _bins.At(e.TimeMs, e.Parameter);
            cell.Waits++;
            cell.DelayMs += waitMs;
            cell.MinMs = waitMs > 0 && (cell.MinMs == 0 || waitMs < cell.MinMs) ? waitMs : cell.MinMs;
            cell.MaxMs = Math.Max(cell.MaxMs, waitMs);
        }
        else if (phase.Last == Change.Walk && e.TimeMs - phase.WalkMs <= LongestMs)
        {
            _bins.At(phase.WalkMs, e.Parameter).Waits++;
        }
    }

    private void EndCycle(ref Phase phase, in ControllerEvent e)
    {
        // Utah's code looks for code 21 here even where the walk is an overlap's.
        if (phase.BeforeLast == Change.None || phase.UsesOverlap || e.TimeMs - phase.WalkMs > LongestMs)
        {
            return;
        }

        phase.WalkIsCycle = true;
        phase.CycleFromMs = phase.BeforeLast == Change.Walk ? phase.LastMs : phase.BeforeLastMs;
        ref var cell = ref _bins.At(phase.WalkMs, e.Parameter);
        cell.Walks++;
        cell.Add(phase.SinceLast);
        if (phase.BeforeLast == Change.Clearance)
        {
            cell.Add(phase.BetweenLast);
        }
    }

    private void Write(long reachedMs)
    {
        while (_bins.TryClose(reachedMs, out var bin))
        {
            for (var phase = 0; phase < Phases; phase++)
            {
                if (_isConfigured ? _isListed[phase] : bin.Touched[phase])
                {
                    ref readonly var cell = ref bin.Cells[phase];
                    _rows.Integer(phase).Time(bin.Range.StartMs).Time(bin.Range.EndMs)
                        .Integer(cell.Waits).Real(Math.Round(cell.DelayMs / 1000.0, 1)).Real(cell.MinMs / 1000.0).Real(cell.MaxMs / 1000.0)
                        .Integer(cell.Imputed).Integer(cell.Unique).Integer(cell.Walks).Integer(cell.Calls).Integer(cell.Presses);
                }
            }
        }
    }

    private enum Change : byte
    {
        None,
        Walk,
        Clearance,
    }

    private struct Tally
    {
        public int Presses;
        public int Unique;
        public int Calls;
        public int Imputed;
    }

    private struct Phase
    {
        public Change Last;
        public Change BeforeLast;
        public bool UsesOverlap;
        public bool IsSettled;
        public bool WalkIsCycle;
        public long LastMs;
        public long BeforeLastMs;
        public long WalkMs;
        public long CycleFromMs;
        public long PressedMs;
        public long LastPressMs;
        public long ImputedFromMs;

        /// <summary>Since the last walk or clearance.</summary>
        public Tally SinceLast;

        /// <summary>Between the one before the last and the last.</summary>
        public Tally BetweenLast;
    }

    private struct Cell
    {
        public int Waits;
        public int Walks;
        public int Presses;
        public int Unique;
        public int Calls;
        public int Imputed;
        public long DelayMs;
        public long MinMs;
        public long MaxMs;

        public void Add(in Tally tally)
        {
            Presses += tally.Presses;
            Unique += tally.Unique;
            Calls += tally.Calls;
            Imputed += tally.Imputed;
        }
    }
}
