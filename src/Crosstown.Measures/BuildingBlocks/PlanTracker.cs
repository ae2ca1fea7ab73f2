using Crosstown.Core.Events;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;

namespace Crosstown.Measures.BuildingBlocks;

/// <summary>A time during which one coordination pattern held, within one local day.</summary>
public sealed class PlanPeriod
{
    private readonly short[] _splitsS;

    internal PlanPeriod(long startMs, PlanPeriod? before, int? number)
    {
        StartMs = startMs;
        Number = number;
        _splitsS = new short[33];
        if (before is not null && before.Number == number)
        {
            CycleLengthS = before.CycleLengthS;
            OffsetS = before.OffsetS;
            before._splitsS.CopyTo(_splitsS, 0);
        }
    }

    public long StartMs { get; }

    /// <summary>The next pattern change or local midnight; <see cref="long.MaxValue"/> while neither has come.</summary>
    public long EndMs { get; internal set; } = long.MaxValue;

    /// <summary>0-255, 254 free, 255 flash; null before the log's first pattern change.</summary>
    public int? Number { get; internal set; }

    /// <summary>Programmed cycle length; null when not logged, or 0.</summary>
    public int? CycleLengthS { get; internal set; }

    /// <summary>Programmed offset; null when not logged.</summary>
    public int? OffsetS { get; internal set; }

    public bool IsFree => Number == 254;

    /// <summary>Programmed split of a phase, yellow and red clearance included; null when not logged, or 0 (not used).</summary>
    public int? SplitS(int phase) => phase < _splitsS.Length && _splitsS[phase] > 0 ? _splitsS[phase] : null;

    internal void SetSplit(int phase, short splitS) => _splitsS[phase] = splitS;

    internal void Renumber(int number)
    {
        Number = number;
        CycleLengthS = null;
        OffsetS = null;
        Array.Clear(_splitsS);
    }
}

/// <summary>Follows which coordination pattern holds, and what was programmed for it.</summary>
/// <remarks>
/// A pattern (131) holds until another comes; the same one again changes nothing. Cycle length, offset and splits are those logged within
/// <see cref="ProgramMs"/> after the change. A pattern that holds over local midnight is cut there into two periods, so that what is summed over a
/// period is never more than a day's.
/// </remarks>
public sealed class PlanTracker(MeasureContext context)
{
    /// <summary>How long after a pattern change its programmed values are logged: 2 s (ATSPM 5).</summary>
    public const long ProgramMs = 2000;

    private const long DayMs = 86_400_000;

    private readonly List<PlanPeriod> _periods = [];
    private long _programUntilMs = long.MinValue;
    private long _midnightMs;
    private bool _isFinished;

    /// <summary>The codes that it reads.</summary>
    public static CodeSet AddCodes(CodeSet codes) => codes
        .AndRange(EventCode.CoordinationPatternChange, EventCode.SplitPhase16)
        .AndRange(EventCode.CycleLengthLong, EventCode.CycleLengthLong)
        .AndRange(EventCode.SplitPhase17, EventCode.SplitPhase32);

    /// <summary>Takes an event; others than those of plans are passed over.</summary>
    public void Take(in ControllerEvent e)
    {
        if (e.Parameter < 0)
        {
            return;
        }

        CutThrough(e.TimeMs);
        switch (e.Code)
        {
            case EventCode.CoordinationPatternChange when e.Parameter <= byte.MaxValue:
                Change(e.TimeMs, e.Parameter);
                break;
            case EventCode.CycleLengthChange when e.TimeMs <= _programUntilMs && e.Parameter is > 0 and < byte.MaxValue:
            case EventCode.CycleLengthLong when e.TimeMs <= _programUntilMs && e.Parameter > 0:
                _periods[^1].CycleLengthS = e.Parameter;
                break;
            case EventCode.OffsetChange when e.TimeMs <= _programUntilMs:
                _periods[^1].OffsetS = e.Parameter;
                break;
            case >= EventCode.SplitPhase1 and <= EventCode.SplitPhase16 when e.TimeMs <= _programUntilMs && e.Parameter > 0:
                _periods[^1].SetSplit(e.Code - EventCode.SplitPhase1 + 1, e.Parameter);
                break;
            case >= EventCode.SplitPhase17 and <= EventCode.SplitPhase32 when e.TimeMs <= _programUntilMs && e.Parameter > 0:
                _periods[^1].SetSplit(e.Code - EventCode.SplitPhase17 + 17, e.Parameter);
                break;
        }
    }

    /// <summary>The period that holds a moment; the first one for moments before the log.</summary>
    /// <param name="timeMs">Not before what was forgotten; the log has reached it.</param>
    public PlanPeriod At(long timeMs)
    {
        CutThrough(timeMs);
        var i = _periods.Count - 1;
        while (i > 0 && _periods[i].StartMs > timeMs)
        {
            i--;
        }

        return _periods[i];
    }

    /// <summary>Ends the periods at the midnights up to a moment.</summary>
    public void CutThrough(long timeMs)
    {
        if (_periods.Count == 0)
        {
            _periods.Add(new PlanPeriod(context.Coverage.FirstMs, null, null));
            _midnightMs = MidnightAfter(context.Coverage.FirstMs);
        }

        while (_midnightMs <= timeMs && !_isFinished)
        {
            Begin(_midnightMs, _periods[^1].Number);
            _midnightMs = MidnightAfter(_midnightMs);
        }
    }

    /// <summary>The log has ended: so has the period.</summary>
    public void Finish(long endMs)
    {
        _isFinished = true;
        if (_periods.Count > 0)
        {
            _periods[^1].EndMs = Math.Max(_periods[^1].StartMs, endMs);
        }
    }

    /// <summary>Drops periods that ended at or before a moment.</summary>
    public void ForgetBefore(long timeMs)
    {
        while (_periods.Count > 1 && _periods[0].EndMs <= timeMs)
        {
            _periods.RemoveAt(0);
        }
    }

    private long MidnightAfter(long ms)
    {
        // A day's bin is cut where the clock changes; its other part goes on to midnight.
        var endMs = context.Clock.BinAt(ms, DayMs).EndMs;
        return context.Clock.ToLocalMs(endMs) % DayMs == 0 ? endMs : context.Clock.BinAt(endMs, DayMs).EndMs;
    }

    private void Change(long timeMs, int number)
    {
        var current = _periods[^1];
        if (current.Number == number)
        {
            return;
        }

        _programUntilMs = timeMs + ProgramMs;

        if (current.StartMs == timeMs)
        {
            current.Renumber(number);
        }
        else
        {
            Begin(timeMs, number);
        }
    }

    private void Begin(long timeMs, int? number)
    {
        var before = _periods[^1];
        before.EndMs = timeMs;
        _periods.Add(new PlanPeriod(timeMs, before, number));
    }
}

/// <summary>Plan periods that may still change, with one cell per key in each; they leave in time order.</summary>
public sealed class OpenPlans<TCell>(PlanTracker plans, int keys)
    where TCell : struct
{
    private readonly List<Entry> _open = [];
    private Entry? _last;

    /// <summary>The cell of a moment and key, made if needed; marked as touched.</summary>
    public ref TCell At(long timeMs, int key)
    {
        var period = plans.At(timeMs);
        var entry = _last?.Period == period ? _last : Find(period);
        entry.Touched[key] = true;
        return ref entry.Cells[key];
    }

    /// <summary>Takes out the earliest period that ended at or before a moment.</summary>
    public bool TryClose(long ms, out ClosedPlan<TCell> plan)
    {
        if (_open.Count == 0 || _open[0].Period.EndMs > ms)
        {
            plan = default;
            return false;
        }

        var entry = _open[0];
        _open.RemoveAt(0);
        _last = null;
        plan = new ClosedPlan<TCell>(entry.Period, entry.Cells, entry.Touched);
        return true;
    }

    private Entry Find(PlanPeriod period)
    {
        var i = _open.Count;
        while (i > 0 && _open[i - 1].Period.StartMs > period.StartMs)
        {
            i--;
        }

        if (i > 0 && _open[i - 1].Period == period)
        {
            return _last = _open[i - 1];
        }

        _open.Insert(i, new Entry(period, new TCell[keys], new bool[keys]));
        return _last = _open[i];
    }

    private sealed record Entry(PlanPeriod Period, TCell[] Cells, bool[] Touched);
}

/// <summary>A plan period that will not change any more.</summary>
/// <param name="period">When, and what was programmed.</param>
/// <param name="cells">One cell per key.</param>
/// <param name="touched">Which keys anything happened for.</param>
public readonly ref struct ClosedPlan<TCell>(PlanPeriod period, Span<TCell> cells, ReadOnlySpan<bool> touched)
    where TCell : struct
{
    public PlanPeriod Period { get; } = period;

    public TimeRange Range => new(Period.StartMs, Period.EndMs);

    public Span<TCell> Cells { get; } = cells;

    public ReadOnlySpan<bool> Touched { get; } = touched;
}
