using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Crosstown.Core;
using Crosstown.Timing.Evaluation;

namespace Crosstown.Timing.Optimization;

/// <summary>Searches offsets on pair tables.</summary>
/// <remarks>
/// A signal's offset is a whole number of bins from where the tables were built. Three moves: the best offset of one signal given its neighbors; the best common shift of
/// a connected set; and the exact best offsets of all signals of a forest, given the others, by dynamic programming from leaves to roots. A street without its side
/// streets is such a forest; random forests of a grid hold about half of its signals, so that a few of them settle the whole. Each move lowers the cost or leaves it.
/// </remarks>
internal sealed class OffsetSearch
{
    private readonly PairTables _tables;
    private readonly int[] _offset;
    private readonly float[]?[] _allowed;
    private readonly float[] _sum;
    private readonly float[] _message;
    private readonly int _stride;
    private readonly int[] _order;
    private readonly int[] _parentEdge;
    private readonly int[] _component;
    private readonly bool[] _isIn;
    private readonly int[] _shuffled;
    private readonly LaneWidth _kernel;

    /// <param name="tables">Closed tables.</param>
    /// <param name="allowed">By signal: 0 where an offset may be, a great cost where not; null for any.</param>
    public OffsetSearch(PairTables tables, float[]?[] allowed)
    {
        _kernel = Lanes512.IsSupported ? LaneWidth.Wide : Lanes256.IsSupported ? LaneWidth.Half : LaneWidth.One;
        _tables = tables;
        _allowed = allowed;
        var signals = tables.SignalCount;
        var most = tables.Bins.Max();
        _stride = (most + 63) / 64 * 64;
        _offset = new int[signals];
        _sum = GC.AllocateArray<float>(signals * _stride, pinned: true);
        _message = GC.AllocateArray<float>(_stride, pinned: true);
        _order = new int[signals];
        _parentEdge = new int[signals];
        _component = new int[signals];
        _isIn = new bool[signals];
        _shuffled = [.. Enumerable.Range(0, signals)];
    }

    public Span<int> Offsets => _offset;

    /// <summary>Offsets that were tried so far.</summary>
    public long Trials { get; private set; }

    /// <summary>Cost of all links.</summary>
    public double Cost()
    {
        var sum = 0.0;
        for (var s = 0; s < _tables.SignalCount; s++)
        {
            for (var e = _tables.FirstEdge(s); e < _tables.FirstEdge(s + 1); e++)
            {
                if (_tables.Other(e) > s)
                {
                    sum += Unsafe.Add(ref _tables.Row(e), Difference(_offset[s], _offset[_tables.Other(e)], _tables.Bins[s]));
                }
            }
        }

        return sum;
    }

    /// <summary>Gives each signal in turn the best offset given its neighbors, until none changes.</summary>
    /// <returns>How often a signal changed.</returns>
    public int Descend(int maxRounds = 100)
    {
        var changes = 0;
        for (var round = 0; round < maxRounds; round++)
        {
            var before = changes;
            for (var s = 0; s < _tables.SignalCount; s++)
            {
                changes += Improve(s) ? 1 : 0;
            }

            if (changes == before)
            {
                break;
            }
        }

        return changes;
    }

    /// <summary>Gives one signal the best offset given its neighbors; false when it has it.</summary>
    public bool Improve(int signal)
    {
        if (_tables.FirstEdge(signal) == _tables.FirstEdge(signal + 1))
        {
            return false;
        }

        var bins = _tables.Bins[signal];
        var row = _sum.AsSpan(signal * _stride, bins);
        var least = AddNeighbors(signal, onlyOutside: false);
        Trials += bins;
        if (least < row[_offset[signal]])
        {
            _offset[signal] = row.IndexOf(least);
            return true;
        }

        return false;
    }

    /// <summary>Shifts a set of signals of one period together by what is best for its links to the rest.</summary>
    /// <param name="inSet">Members, in any order.</param>
    /// <returns>False when no shift is better, or a member is bound to certain offsets.</returns>
    public bool ShiftTogether(ReadOnlySpan<int> inSet)
    {
        foreach (var s in inSet)
        {
            if (_allowed[s] is not null)
            {
                return false;
            }
        }

        foreach (var s in inSet)
        {
            _isIn[s] = true;
        }

        var bins = _tables.Bins[inSet[0]];
        var total = _message.AsSpan(0, bins);
        total.Clear();
        foreach (var s in inSet)
        {
            for (var e = _tables.FirstEdge(s); e < _tables.FirstEdge(s + 1); e++)
            {
                var other = _tables.Other(e);
                if (!_isIn[other])
                {
                    var row = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _tables.Row(e), Difference(_offset[s], _offset[other], bins)), bins);
                    for (var shift = 0; shift < bins; shift++)
                    {
                        total[shift] += row[shift];
                    }
                }
            }
        }

        Trials += bins;
        var best = LeastOf(total);
        var isBetter = total[best] < total[0] - 1e-6f;
        foreach (var s in inSet)
        {
            _isIn[s] = false;
            _offset[s] = isBetter ? (_offset[s] + best) % bins : _offset[s];
        }

        return isBetter;
    }

    /// <summary>Signals in random order, each taken unless it would close a circle: then solved exactly together.</summary>
    public void SolveRandomForest(RandomNumbers random)
    {
        for (var i = _shuffled.Length - 1; i > 0; i--)
        {
            var j = random.NextInt(i + 1);
            (_shuffled[i], _shuffled[j]) = (_shuffled[j], _shuffled[i]);
        }

        SolveForest(_shuffled);
    }

    /// <summary>Takes signals in order, leaving out those that would close a circle, and gives all that were taken their exact best offsets, the others staying.</summary>
    public void SolveForest(ReadOnlySpan<int> candidates)
    {
        for (var s = 0; s < _isIn.Length; s++)
        {
            _isIn[s] = false;
            _component[s] = s;
        }

        foreach (var s in candidates)
        {
            if (Closes(s))
            {
                continue;
            }

            _isIn[s] = true;
            for (var e = _tables.FirstEdge(s); e < _tables.FirstEdge(s + 1); e++)
            {
                if (_isIn[_tables.Other(e)])
                {
                    _component[Root(_tables.Other(e))] = Root(s);
                }
            }
        }

        SolveTaken(candidates);
        Array.Clear(_isIn);
    }

    private static int Difference(int own, int other, int bins) => own >= other ? own - other : own - other + bins;

    private static int LeastOf(ReadOnlySpan<float> row)
    {
        var best = 0;
        for (var i = 1; i < row.Length; i++)
        {
            best = row[i] < row[best] ? i : best;
        }

        return best;
    }

    private bool Closes(int s)
    {
        Span<int> seen = stackalloc int[32];
        var count = 0;
        for (var e = _tables.FirstEdge(s); e < _tables.FirstEdge(s + 1); e++)
        {
            if (!_isIn[_tables.Other(e)])
            {
                continue;
            }

            var root = Root(_tables.Other(e));
            if (count == seen.Length || seen[..count].Contains(root))
            {
                return true;
            }

            seen[count++] = root;
        }

        return false;
    }

    private int Root(int s)
    {
        while (_component[s] != s)
        {
            s = _component[s] = _component[_component[s]];
        }

        return s;
    }

    /// <summary>From leaves to roots: the least cost of everything below, by a signal's own offset; then back down.</summary>
    private void SolveTaken(ReadOnlySpan<int> candidates)
    {
        var count = 0;
        foreach (var s in candidates)
        {
            _parentEdge[s] = -2;
        }

        foreach (var root in candidates)
        {
            if (!_isIn[root] || _parentEdge[root] != -2)
            {
                continue;
            }

            _parentEdge[root] = -1;
            var head = count;
            _order[count++] = root;
            while (head < count)
            {
                var s = _order[head++];
                AddNeighbors(s, onlyOutside: true);
                for (var e = _tables.FirstEdge(s); e < _tables.FirstEdge(s + 1); e++)
                {
                    var other = _tables.Other(e);
                    if (_isIn[other] && _parentEdge[other] == -2)
                    {
                        _parentEdge[other] = _tables.Mirror(e);
                        _order[count++] = other;
                    }
                }
            }
        }

        for (var i = count - 1; i >= 0; i--)
        {
            var s = _order[i];
            if (_parentEdge[s] >= 0)
            {
                Pass(s, _parentEdge[s]);
            }
        }

        for (var i = 0; i < count; i++)
        {
            var s = _order[i];
            var bins = _tables.Bins[s];
            var row = _sum.AsSpan(s * _stride, bins);
            if (_parentEdge[s] >= 0)
            {
                var parent = _tables.Other(_parentEdge[s]);
                var link = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _tables.Row(_parentEdge[s]), Difference(0, _offset[parent], bins)), bins);
                for (var x = 0; x < bins; x++)
                {
                    row[x] += link[x];
                }
            }

            var best = LeastOf(row);
            _offset[s] = row[best] < row[_offset[s]] ? best : _offset[s];
            Trials += bins;
        }
    }

    private float AddNeighbors(int signal, bool onlyOutside) => _kernel switch
    {
        LaneWidth.Wide => AddNeighbors<Lanes512>(signal, onlyOutside),
        LaneWidth.Half => AddNeighbors<Lanes256>(signal, onlyOutside),
        _ => AddNeighbors<LanesOneByOne>(signal, onlyOutside),
    };

    private void Pass(int child, int parentEdge)
    {
        switch (_kernel)
        {
            case LaneWidth.Wide:
                Pass<Lanes512>(child, parentEdge);
                break;
            case LaneWidth.Half:
                Pass<Lanes256>(child, parentEdge);
                break;
            default:
                Pass<LanesOneByOne>(child, parentEdge);
                break;
        }
    }

    /// <summary>Cost of a signal's links by its own offset; only of those that leave the forest when asked so. Returns the least.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float AddNeighbors<T>(int signal, bool onlyOutside)
        where T : struct, ILanes<T>
    {
        var bins = _tables.Bins[signal];
        ref var sum = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_sum), (nint)signal * _stride);
        for (var x = 0; x < bins; x += 16)
        {
            T.Store(T.Create(0), ref sum, x);
        }

        for (var e = _tables.FirstEdge(signal); e < _tables.FirstEdge(signal + 1); e++)
        {
            var other = _tables.Other(e);
            if (onlyOutside && _isIn[other])
            {
                continue;
            }

            ref var row = ref Unsafe.Add(ref _tables.Row(e), Difference(0, _offset[other], bins));
            for (var x = 0; x < bins; x += 16)
            {
                T.Store(T.Load(ref sum, x) + T.Load(ref row, x), ref sum, x);
            }
        }

        if (_allowed[signal] is { } bound)
        {
            for (var x = 0; x < bins; x++)
            {
                Unsafe.Add(ref sum, x) += bound[x];
            }
        }

        // What lies beyond the last bin is no offset.
        for (var x = bins; x < (bins + 15) / 16 * 16; x++)
        {
            Unsafe.Add(ref sum, x) = float.MaxValue;
        }

        var least = T.Load(ref sum, 0);
        for (var x = 16; x < bins; x += 16)
        {
            least = T.Min(least, T.Load(ref sum, x));
        }

        return T.Least(least);
    }

    /// <summary>Adds to a parent, for each of its offsets, the least that the child and all below it can cost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pass<T>(int child, int parentEdge)
        where T : struct, ILanes<T>
    {
        var bins = _tables.Bins[child];
        var parent = _tables.Other(parentEdge);
        ref var below = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_sum), (nint)child * _stride);
        ref var above = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_sum), (nint)parent * _stride);
        ref var link = ref _tables.Row(_tables.Mirror(parentEdge));
        var most = T.Create(float.MaxValue);
        for (var x = 0; x < bins; x += 64)
        {
            T m0 = most, m1 = most, m2 = most, m3 = most;
            for (var y = 0; y < bins; y++)
            {
                var cost = T.Create(Unsafe.Add(ref below, y));
                var at = (y == 0 ? 0 : bins - y) + x;
                m0 = T.Min(m0, cost + T.Load(ref link, at));
                m1 = T.Min(m1, cost + T.Load(ref link, at + 16));
                m2 = T.Min(m2, cost + T.Load(ref link, at + 32));
                m3 = T.Min(m3, cost + T.Load(ref link, at + 48));
            }

            T.Store(T.Load(ref above, x) + m0, ref above, x);
            T.Store(T.Load(ref above, x + 16) + m1, ref above, x + 16);
            T.Store(T.Load(ref above, x + 32) + m2, ref above, x + 32);
            T.Store(T.Load(ref above, x + 48) + m3, ref above, x + 48);
        }
    }
}
