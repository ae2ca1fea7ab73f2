using System.Diagnostics;
using Crosstown.Core.Time;

namespace Crosstown.Measures.Engine;

/// <summary>Bins of the wall clock that may still change, with one cell per key (a phase, a channel) in each.</summary>
/// <remarks>
/// A cell is a struct of sums. Cells are reached by reference and bins leave in time order, so that nothing is allocated once the few bins that
/// are open at a time have been made. Bins without any touched cell appear too when they lie between others, so that a measure can fill zeros.
/// </remarks>
public sealed class OpenBins<TCell>
    where TCell : struct
{
    private readonly LocalTimeMap _clock;
    private readonly long _binMs;
    private readonly int _keys;
    private readonly List<Bin> _open = [];
    private readonly Stack<Bin> _spare = [];
    private Bin? _last;
    private Bin? _leaving;
    private long _filledMs = long.MinValue;

    /// <param name="clock">The wall clock on which bins are counted.</param>
    /// <param name="binMs">Length of a bin in milliseconds.</param>
    /// <param name="keys">Number of keys; a key is 0 to <paramref name="keys"/> - 1.</param>
    public OpenBins(LocalTimeMap clock, long binMs, int keys)
    {
        _clock = clock;
        _binMs = binMs;
        _keys = keys;
    }

    /// <summary>The cell of a moment and key, made if needed; marked as touched.</summary>
    public ref TCell At(long timeMs, int key)
    {
        var bin = _last is not null && timeMs >= _last.StartMs && timeMs < _last.EndMs ? _last : Find(timeMs);
        bin.Touched[key] = true;
        return ref bin.Cells[key];
    }

    /// <summary>Makes all bins exist from the one that holds a moment to the one before another, so that quiet ones leave too.</summary>
    /// <param name="firstMs">A moment in the first bin; on later calls it goes on where the last call ended.</param>
    /// <param name="ms">Bins that start before this are made.</param>
    public void FillThrough(long firstMs, long ms)
    {
        _filledMs = Math.Max(_filledMs, firstMs);
        while (_filledMs < ms)
        {
            _filledMs = Find(_filledMs).EndMs;
        }
    }

    /// <summary>Takes out the earliest bin that ended at or before a moment.</summary>
    /// <param name="ms">Bins that end after this stay.</param>
    /// <param name="bin">The bin; good until the next call.</param>
    /// <returns>False when no bin has ended.</returns>
    public bool TryClose(long ms, out ClosedBin<TCell> bin)
    {
        if (_leaving is not null)
        {
            _leaving.Reset();
            _spare.Push(_leaving);
            _leaving = null;
        }

        if (_open.Count == 0 || _open[0].EndMs > ms)
        {
            bin = default;
            return false;
        }

        _leaving = _open[0];
        _open.RemoveAt(0);
        if (ReferenceEquals(_last, _leaving))
        {
            _last = null;
        }

        bin = new ClosedBin<TCell>(new TimeRange(_leaving.StartMs, _leaving.EndMs), _leaving.Cells, _leaving.Touched);
        return true;
    }

    private Bin Find(long timeMs)
    {
        var i = _open.Count;
        while (i > 0 && _open[i - 1].StartMs > timeMs)
        {
            i--;
        }

        if (i > 0 && timeMs < _open[i - 1].EndMs)
        {
            return _last = _open[i - 1];
        }

        var range = _clock.BinAt(timeMs, _binMs);
        Debug.Assert(i == 0 || _open[i - 1].EndMs <= range.StartMs, "Bins overlap.");
        var bin = _spare.Count > 0 ? _spare.Pop() : new Bin(_keys);
        bin.StartMs = range.StartMs;
        bin.EndMs = range.EndMs;
        _open.Insert(i, bin);
        return _last = bin;
    }

    private sealed class Bin(int keys)
    {
        public long StartMs { get; set; }

        public long EndMs { get; set; }

        public TCell[] Cells { get; } = new TCell[keys];

        public bool[] Touched { get; } = new bool[keys];

        public void Reset()
        {
            Array.Clear(Cells);
            Array.Clear(Touched);
        }
    }
}

/// <summary>A bin that will not change any more.</summary>
/// <param name="range">Its span.</param>
/// <param name="cells">One cell per key.</param>
/// <param name="touched">Which keys anything happened for.</param>
public readonly ref struct ClosedBin<TCell>(TimeRange range, ReadOnlySpan<TCell> cells, ReadOnlySpan<bool> touched)
    where TCell : struct
{
    public TimeRange Range { get; } = range;

    public ReadOnlySpan<TCell> Cells { get; } = cells;

    public ReadOnlySpan<bool> Touched { get; } = touched;
}
