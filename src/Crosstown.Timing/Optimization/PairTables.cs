using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Crosstown.Timing.Evaluation;

namespace Crosstown.Timing.Optimization;

/// <summary>Cost of every link by the difference of the offsets at its two ends.</summary>
/// <remarks>
/// With cycle, splits and sequence fixed, arrivals from a signal only turn round the cycle as the difference changes. So the cost of each difference is found once, sixteen
/// differences at a time, and a trial of an offset is a few additions. What other signals' flows do meanwhile is held: tables are built anew around each better plan.
/// A difference counts in bins from the offsets at which the tables were built. Rows are written twice in a row, so that any rotation is read in one piece.
/// </remarks>
internal sealed class PairTables
{
    // Four registers of differences at a time hide the latency of the queue's recursion.
    private const int Block = 64;

    private readonly int[] _first;
    private readonly int[] _other;
    private readonly int[] _mirror;
    private readonly Link[] _links;
    private readonly int _stride;
    private readonly float[] _cost;
    private readonly float[] _row;
    private readonly float[] _rest;
    private readonly float[] _work;
    private readonly LaneWidth _kernel;

    /// <param name="engine">An engine with a plan; every engine that is added later has the same network and periods.</param>
    public PairTables(ProfileEngine engine)
    {
        _kernel = engine.Kernel;
        var signals = engine.Network.Signals.Length;
        Bins = [.. Enumerable.Range(0, signals).Select(engine.Bins)];
        var most = Bins.Max();
        _stride = (((2 * most) + 15) / 16 * 16) + Block;
        var links = new List<Link>();
        var neighbors = new SortedSet<int>[signals];
        for (var g = 0; g < engine.GroupCount; g++)
        {
            foreach (var source in engine.SourcesOf(g))
            {
                var down = engine.Network.Groups[g].Signal;
                if (source != down)
                {
                    links.Add(new Link(g, source, down));
                    (neighbors[down] ??= []).Add(source);
                    (neighbors[source] ??= []).Add(down);
                }
            }
        }

        _links = [.. links];
        _first = new int[signals + 1];
        for (var s = 0; s < signals; s++)
        {
            _first[s + 1] = _first[s] + (neighbors[s]?.Count ?? 0);
        }

        _other = new int[_first[signals]];
        _mirror = new int[_first[signals]];
        for (var s = 0; s < signals; s++)
        {
            neighbors[s]?.CopyTo(_other, _first[s]);
        }

        for (var s = 0; s < signals; s++)
        {
            for (var e = _first[s]; e < _first[s + 1]; e++)
            {
                _mirror[e] = FindEdge(_other[e], s);
            }
        }

        _cost = GC.AllocateArray<float>(Math.Max(1, _other.Length) * _stride, pinned: true);
        _row = GC.AllocateArray<float>((3 * most) + (2 * Block), pinned: true);
        _rest = GC.AllocateArray<float>((3 * most) + (2 * Block), pinned: true);
        _work = GC.AllocateArray<float>(2 * (most + Block), pinned: true);
    }

    /// <summary>Bins of each signal's period.</summary>
    public int[] Bins { get; }

    public int SignalCount => _first.Length - 1;

    /// <summary>Edges of a signal: from <c>FirstEdge(s)</c> up to, not including, <c>FirstEdge(s + 1)</c>.</summary>
    public int FirstEdge(int signal) => _first[signal];

    /// <summary>The signal at an edge's other end.</summary>
    public int Other(int edge) => _other[edge];

    /// <summary>The same edge seen from its other end.</summary>
    public int Mirror(int edge) => _mirror[edge];

    /// <summary>Cost by own offset less the other's: 0 up to, not including, twice the bins.</summary>
    public ref float Row(int edge) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_cost), (nint)edge * _stride);

    /// <summary>Groups, the signals that feed them, and their own.</summary>
    public ReadOnlySpan<Link> Links => _links;

    public void Clear() => Array.Clear(_cost);

    /// <summary>Adds the tables of one demand around the offsets and flows that its engine has.</summary>
    public void Add(ProfileEngine engine, float weight)
    {
        foreach (var link in _links)
        {
            var edge = FindEdge(link.Down, link.Up);
            var bins = Bins[link.Down];
            Tabulate(engine, link);
            ref var own = ref Row(edge);
            ref var mirrored = ref Row(_mirror[edge]);
            for (var d = 0; d < bins; d++)
            {
                Unsafe.Add(ref own, d) += weight * _work[d];
                Unsafe.Add(ref mirrored, d == 0 ? 0 : bins - d) += weight * _work[d];
            }
        }
    }

    /// <summary>Writes every row a second time; after the last demand was added.</summary>
    public void Close()
    {
        for (var s = 0; s < SignalCount; s++)
        {
            for (var e = _first[s]; e < _first[s + 1]; e++)
            {
                var row = _cost.AsSpan(e * _stride, _stride);
                row[..Bins[s]].CopyTo(row[Bins[s]..]);
                row[(2 * Bins[s])..].Clear();
            }
        }
    }

    /// <summary>Cost of one group by the difference of offsets, from the last <see cref="Tabulate"/>.</summary>
    public ReadOnlySpan<float> LastCosts(int bins) => _work.AsSpan(0, bins);

    /// <summary>Costs of one group for each turn of what comes from one signal; the flow from others stays.</summary>
    public void Tabulate(ProfileEngine engine, Link link)
    {
        var bins = Bins[link.Down];
        var hasOthers = engine.SourcesOf(link.Group).Length > 1;
        engine.Arrivals(link.Group, hasOthers ? link.Up : -1, _row);
        var (scale, queueWeight, stopWeight, room, roomWeight) = engine.TableFacts(link.Group);
        if (hasOthers)
        {
            engine.Arrivals(link.Group, -1, _rest);
            for (var t = 0; t < bins; t++)
            {
                _rest[t] = (_rest[t] - _row[t]) * scale;
            }
        }

        for (var t = 0; t < bins; t++)
        {
            _row[t] *= scale;
        }

        var reach = bins + ((bins + Block - 1) / Block * Block) + 16;
        for (var t = bins; t < reach; t++)
        {
            _row[t] = _row[t - bins];
        }

        switch (_kernel)
        {
            case LaneWidth.Wide:
                Tabulate<Lanes512>(engine.Service(link.Group), bins, queueWeight, stopWeight, hasOthers);
                break;
            case LaneWidth.Half:
                Tabulate<Lanes256>(engine.Service(link.Group), bins, queueWeight, stopWeight, hasOthers);
                break;
            default:
                Tabulate<LanesOneByOne>(engine.Service(link.Group), bins, queueWeight, stopWeight, hasOthers);
                break;
        }

        if (!float.IsPositiveInfinity(room))
        {
            var stopped = _work.AsSpan(_work.Length / 2, bins);
            for (var d = 0; d < bins; d++)
            {
                _work[d] += Math.Max(0, stopped[d] - room) * roomWeight;
            }
        }
    }

    private int FindEdge(int signal, int other) => Array.BinarySearch(_other, _first[signal], _first[signal + 1] - _first[signal], other);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tabulate<T>(ReadOnlySpan<float> service, int bins, float queueWeight, float stopWeight, bool hasOthers)
        where T : struct, ILanes<T>
    {
        ref var row = ref MemoryMarshal.GetArrayDataReference(_row);
        ref var rest = ref MemoryMarshal.GetArrayDataReference(_rest);
        ref var serves = ref MemoryMarshal.GetReference(service);
        ref var work = ref MemoryMarshal.GetArrayDataReference(_work);
        var zero = T.Create(0);
        var half = T.Create(0.5f);
        for (var d = 0; d < bins; d += Block)
        {
            T q0 = zero, q1 = zero, q2 = zero, q3 = zero;
            for (var t = 0; t < bins; t++)
            {
                var s = T.Create(hasOthers ? Unsafe.Add(ref serves, t) - Unsafe.Add(ref rest, t) : Unsafe.Add(ref serves, t));
                q0 = T.Max(q0 + T.Load(ref row, t + d) - s, zero);
                q1 = T.Max(q1 + T.Load(ref row, t + d + 16) - s, zero);
                q2 = T.Max(q2 + T.Load(ref row, t + d + 32) - s, zero);
                q3 = T.Max(q3 + T.Load(ref row, t + d + 48) - s, zero);
            }

            T w0 = zero, w1 = zero, w2 = zero, w3 = zero;
            T c0 = zero, c1 = zero, c2 = zero, c3 = zero;
            for (var t = 0; t < bins; t++)
            {
                var b = T.Create(hasOthers ? Unsafe.Add(ref rest, t) : 0);
                var s = T.Create(Unsafe.Add(ref serves, t));
                var a0 = T.Load(ref row, t + d) + b;
                var a1 = T.Load(ref row, t + d + 16) + b;
                var a2 = T.Load(ref row, t + d + 32) + b;
                var a3 = T.Load(ref row, t + d + 48) + b;
                var n0 = T.Max(q0 + a0 - s, zero);
                var n1 = T.Max(q1 + a1 - s, zero);
                var n2 = T.Max(q2 + a2 - s, zero);
                var n3 = T.Max(q3 + a3 - s, zero);
                c0 += T.Max(T.WhereAbove(a0, n0, ProfileEngine.LeastQueueVeh), T.WhereAbove(a0 * half, q0, ProfileEngine.LeastQueueVeh));
                c1 += T.Max(T.WhereAbove(a1, n1, ProfileEngine.LeastQueueVeh), T.WhereAbove(a1 * half, q1, ProfileEngine.LeastQueueVeh));
                c2 += T.Max(T.WhereAbove(a2, n2, ProfileEngine.LeastQueueVeh), T.WhereAbove(a2 * half, q2, ProfileEngine.LeastQueueVeh));
                c3 += T.Max(T.WhereAbove(a3, n3, ProfileEngine.LeastQueueVeh), T.WhereAbove(a3 * half, q3, ProfileEngine.LeastQueueVeh));
                w0 += q0 = n0;
                w1 += q1 = n1;
                w2 += q2 = n2;
                w3 += q3 = n3;
            }

            var byQueue = T.Create(queueWeight);
            var byStop = T.Create(stopWeight);
            ref var stops = ref Unsafe.Add(ref work, _work.Length / 2);
            T.Store((w0 * byQueue) + (c0 * byStop), ref work, d);
            T.Store((w1 * byQueue) + (c1 * byStop), ref work, d + 16);
            T.Store((w2 * byQueue) + (c2 * byStop), ref work, d + 32);
            T.Store((w3 * byQueue) + (c3 * byStop), ref work, d + 48);
            T.Store(c0, ref stops, d);
            T.Store(c1, ref stops, d + 16);
            T.Store(c2, ref stops, d + 32);
            T.Store(c3, ref stops, d + 48);
        }
    }

    /// <summary>A lane group and one of the signals that feed it.</summary>
    internal readonly record struct Link(int Group, int Up, int Down);
}
