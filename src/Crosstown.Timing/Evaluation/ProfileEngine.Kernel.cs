using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Crosstown.Timing.Evaluation;

// Inner loops are compiled for full speed at once: a search is half over before they would be by their count of calls.
internal sealed partial class ProfileEngine
{
    /// <summary>A queue shorter than this is none: sums of single-precision numbers are not exact.</summary>
    internal const float LeastQueueVeh = 1e-3f;

    // An opposing group that leaves at 95 % of what it could is taken to leave from a queue.
    private const float QueuedShare = 0.95f;

    private static readonly float[] TailMasks = MakeTailMasks();

    // Groups that are updated side by side, so that the processor need not wait for one chain of sums to end; and rows of numbers that each of them needs meanwhile.
    private const int Slots = 8;
    private const int ScratchRows = 3;

    /// <summary>Updates groups, in chunks at the same time: departures, sums and cost. Those that wait for gaps stand behind those that they wait for.</summary>
    /// <param name="groups">Indices of groups.</param>
    /// <param name="keepsFlow">False to find the costs alone and leave departures as they were.</param>
    public void Update(ReadOnlySpan<int> groups, bool keepsFlow = true)
    {
        switch (Kernel)
        {
            case LaneWidth.Wide:
                Update<Lanes512>(groups, keepsFlow);
                break;
            case LaneWidth.Half:
                Update<Lanes256>(groups, keepsFlow);
                break;
            default:
                Update<LanesOneByOne>(groups, keepsFlow);
                break;
        }
    }

    /// <summary>Arrivals of a group in its local time, before any scaling.</summary>
    /// <param name="g">The group.</param>
    /// <param name="fromSignal">Only what comes from this signal; -1 for everything.</param>
    /// <param name="row">Filled from 0 to the number of bins; as long as that rounded up to 16.</param>
    public void Arrivals(int g, int fromSignal, Span<float> row)
    {
        switch (Kernel)
        {
            case LaneWidth.Wide:
                FindArrivals<Lanes512>(g, fromSignal, ref MemoryMarshal.GetReference(row));
                break;
            case LaneWidth.Half:
                FindArrivals<Lanes256>(g, fromSignal, ref MemoryMarshal.GetReference(row));
                break;
            default:
                FindArrivals<LanesOneByOne>(g, fromSignal, ref MemoryMarshal.GetReference(row));
                break;
        }
    }

    public ReadOnlySpan<float> Departures(int g) => _out.Slice(g * _width, _bins[_groups[g].Signal]);

    public ReadOnlySpan<float> Service(int g) => _service.Slice(g * _width, _bins[_groups[g].Signal]);

    private static float[] MakeTailMasks()
    {
        var masks = new float[17 * 16];
        for (var count = 0; count <= 16; count++)
        {
            masks.AsSpan(count * 16, count).Fill(1);
        }

        return masks;
    }

    private void Sweep<T>(bool isForward)
        where T : struct, ILanes<T>
    {
        var count = _groupsOf.Length;
        for (var n = 0; n < count; n++)
        {
            Update<T>(_groupsOf[isForward ? n : count - 1 - n], keepsFlow: true);
        }
    }

    /// <summary>Where a row that is written twice is read from, so that a flow arrives so many bins later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Rotation(double laterBins, int bins)
    {
        var shift = double.ConvertToIntegerNative<int>(Math.Floor(laterBins + 0.5));
        while (shift > 0)
        {
            shift -= bins;
        }

        while (shift <= -bins)
        {
            shift += bins;
        }

        return -shift;
    }

    /// <summary>Brings the links of a group up to date: what their feeders send now, spread out on its way, and how far the offsets turn it.</summary>
    private void Visit<T>(int g)
        where T : struct, ILanes<T>
    {
        ref var group = ref _groups[g];
        for (var i = group.FirstShare; i < group.ShareEnd; i++)
        {
            ref var link = ref _links[_shares[i].Link];
            if (link.VisitedAt == _visit)
            {
                continue;
            }

            link.VisitedAt = _visit;
            if (link.IsFlat)
            {
                continue;
            }

            link.Rotation = Rotation(((_zeroS[link.Up] - _zeroS[link.Down]) * _binsPerS[link.Down]) + link.ShiftBins, _bins[link.Down]);
            var newest = 0L;
            for (var f = link.FirstFeeder; f < link.FeederEnd; f++)
            {
                newest = Math.Max(newest, _changedAt[_feeders[f].Group]);
            }

            if (newest > link.MadeAt)
            {
                link.MadeAt = _clock;
                Disperse<T>(link, ref Unsafe.Add(ref _linkRows.First, (nint)_shares[i].Link * _stride));
            }
        }
    }

    /// <summary>What a link's feeders send, spread out, in the upstream signal's local time; written twice in a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Disperse<T>(in Link link, ref float row)
        where T : struct, ILanes<T>
    {
        var bins = _bins[link.Down];
        var vectors = (bins + 15) >> 4;
        var zero = T.Create(0);
        ref var dispersion = ref _dispersions[link.Dispersion];
        ref var powers = ref MemoryMarshal.GetArrayDataReference(dispersion.Powers);
        ref var rows = ref _out.First;
        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_feeders), link.FirstFeeder);
        var count = link.FeederEnd - link.FirstFeeder;
        nint width = _width;
        var ramp = T.Load(ref powers, 0);
        var keep1 = T.Create(powers);
        var keep2 = T.Create(Unsafe.Add(ref powers, 1));
        var keep4 = T.Create(Unsafe.Add(ref powers, 3));
        var keep8 = T.Create(Unsafe.Add(ref powers, 7));
        var carry = zero;
        for (var v = 0; v < vectors; v++)
        {
            var x = zero;
            for (var f = 0; f < count; f++)
            {
                ref var feeder = ref Unsafe.Add(ref first, f);
                x = T.MultiplyAdd(T.Load(ref rows, (feeder.Group * width) + (v << 4)), T.Create(feeder.Scaled), x);
            }

            x = T.MultiplyAdd(T.Up1(x, zero), keep1, x);
            x = T.MultiplyAdd(T.Up2(x, zero), keep2, x);
            x = T.MultiplyAdd(T.Up4(x, zero), keep4, x);
            x = T.MultiplyAdd(T.Up8(x, zero), keep8, x);
            x = T.MultiplyAdd(carry, ramp, x);
            T.Store(x, ref row, v << 4);
            carry = T.Last(x);
        }

        var keep16 = T.Create(Unsafe.Add(ref powers, 15));
        var start = T.Create(Unsafe.Add(ref row, bins - 1) * dispersion.Closing) * ramp;
        for (var v = 0; v < vectors; v++)
        {
            T.Store(T.Load(ref row, v << 4) + start, ref row, v << 4);
            start *= keep16;
        }

        for (var v = 0; v < vectors; v++)
        {
            T.Store(T.Load(ref row, v << 4), ref row, bins + (v << 4));
        }
    }

    private void FindArrivals<T>(int g, int fromSignal, ref float arrivals)
        where T : struct, ILanes<T>
    {
        _visit++;
        Visit<T>(g);
        Arrivals<T>(g, fromSignal, ref arrivals);
    }

    /// <summary>Arrivals of a group whose links are up to date.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Arrivals<T>(int g, int fromSignal, ref float arrivals)
        where T : struct, ILanes<T>
    {
        ref var group = ref _groups[g];
        var bins = _bins[group.Signal];
        var vectors = (bins + 15) >> 4;
        if (group.UsesMeasured)
        {
            var movedS = _zeroS[group.Signal] - group.MeasuredZeroS - (group.MeasuredFrom < 0 ? 0 : _zeroS[group.MeasuredFrom] - group.MeasuredSourceZeroS);
            ref var measured = ref Unsafe.Add(ref _measured.First, (group.Measured * _stride) + Rotation(-movedS * _binsPerS[group.Signal], bins));
            var isAsked = fromSignal < 0 || fromSignal == group.MeasuredFrom;
            for (var v = 0; v < vectors; v++)
            {
                T.Store(isAsked ? T.Load(ref measured, v << 4) : T.Create(0), ref arrivals, v << 4);
            }

            return;
        }

        var even = fromSignal < 0 ? group.Uniform : 0;
        for (var i = group.FirstShare; i < group.ShareEnd; i++)
        {
            ref var link = ref _links[_shares[i].Link];
            if (link.IsFlat && (fromSignal < 0 || fromSignal == link.Up))
            {
                even += EvenFlow(link) * _shares[i].Factor;
            }
        }

        var sum = T.Create(even);
        var isFirst = true;
        for (var i = group.FirstShare; i < group.ShareEnd; i++)
        {
            ref var link = ref _links[_shares[i].Link];
            if (link.IsFlat || (fromSignal >= 0 && fromSignal != link.Up))
            {
                continue;
            }

            var factor = T.Create(_shares[i].Factor);
            ref var row = ref Unsafe.Add(ref _linkRows.First, ((nint)_shares[i].Link * _stride) + link.Rotation);
            if (isFirst)
            {
                for (var v = 0; v < vectors; v++)
                {
                    T.Store(T.MultiplyAdd(T.Load(ref row, v << 4), factor, sum), ref arrivals, v << 4);
                }

                isFirst = false;
                continue;
            }

            for (var v = 0; v < vectors; v++)
            {
                T.Store(T.MultiplyAdd(T.Load(ref row, v << 4), factor, T.Load(ref arrivals, v << 4)), ref arrivals, v << 4);
            }
        }

        for (var v = 0; isFirst && v < vectors; v++)
        {
            T.Store(sum, ref arrivals, v << 4);
        }
    }

    /// <summary>What comes per bin of a signal by a link from one that is out of step with it.</summary>
    private float EvenFlow(in Link link)
    {
        var flow = 0.0;
        for (var f = link.FirstFeeder; f < link.FeederEnd; f++)
        {
            flow += _feederFacts[f].Fed / Math.Max(1, _groups[_feeders[f].Group].Saturation);
        }

        return (float)(flow * BinS(link.Down) / 3600);
    }

    private void Update<T>(ReadOnlySpan<int> groups, bool keepsFlow)
        where T : struct, ILanes<T>
    {
        for (var from = 0; from < groups.Length;)
        {
            if (!_hasPlan[_groups[groups[from]].Signal])
            {
                from++;
                continue;
            }

            var waits = _groups[groups[from]].Permissive >= 0;
            var end = from + 1;
            while (end < groups.Length && end - from < Slots && _groups[groups[end]].Permissive >= 0 == waits && _hasPlan[_groups[groups[end]].Signal])
            {
                end++;
            }

            UpdateChunk<T>(groups[from..end], keepsFlow);
            from = end;
        }
    }

    /// <summary>Step by step for all groups of a chunk, up to <see cref="Slots"/>.</summary>
    private void UpdateChunk<T>(ReadOnlySpan<int> groups, bool keepsFlow)
        where T : struct, ILanes<T>
    {
        _visit++;
        foreach (var g in groups)
        {
            Visit<T>(g);
        }

        ref var arrivals = ref _scratch.First;
        for (var slot = 0; slot < groups.Length; slot++)
        {
            var g = groups[slot];
            Arrivals<T>(g, -1, ref Unsafe.Add(ref arrivals, slot * _width));
            if (_groups[g].Permissive >= 0)
            {
                AddPermissive<T>(g, ref Unsafe.Add(ref arrivals, Slots * _width));
                SetOverflow(g);
            }
        }

        Queue<T>(groups);
        Release<T>(groups, keepsFlow);
    }

    /// <summary>Arrivals less service summed up from the begin of the cycle, and the least of that so far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Queue<T>(ReadOnlySpan<int> groups)
        where T : struct, ILanes<T>
    {
        nint width = _width;
        ref var arrivals = ref _scratch.First;
        ref var work = ref Unsafe.Add(ref arrivals, Slots * width);
        ref var lowest = ref Unsafe.Add(ref work, Slots * width);
        var zero = T.Create(0);
        var most = T.Create(float.MaxValue);
        foreach (var g in groups)
        {
            ref var group = ref _groups[g];
            var vectors = (_bins[group.Signal] + 15) >> 4;
            var scale = T.Create(group.Scale);
            ref var service = ref Unsafe.Add(ref _service.First, g * width);
            var carry = zero;
            var least = most;
            for (var v = 0; v < vectors; v++)
            {
                var a = T.Load(ref arrivals, v << 4) * scale;
                T.Store(a, ref arrivals, v << 4);
                var w = a - T.Load(ref service, v << 4);
                w += T.Up1(w, zero);
                w += T.Up2(w, zero);
                w += T.Up4(w, zero);
                w += T.Up8(w, zero);
                w += carry;
                carry = T.Last(w);
                T.Store(w, ref work, v << 4);
                var m = T.Min(T.Up1(w, most), w);
                m = T.Min(T.Up2(m, most), m);
                m = T.Min(T.Up4(m, most), m);
                m = T.Min(T.Up8(m, most), m);
                m = T.Min(least, m);
                least = T.Last(m);
                T.Store(m, ref lowest, v << 4);
            }

            arrivals = ref Unsafe.Add(ref arrivals, width);
            work = ref Unsafe.Add(ref work, width);
            lowest = ref Unsafe.Add(ref lowest, width);
        }
    }

    /// <summary>Queues, stops, costs and departures from those sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Release<T>(ReadOnlySpan<int> groups, bool keepsFlow)
        where T : struct, ILanes<T>
    {
        nint width = _width;
        ref var arrivals = ref _scratch.First;
        ref var work = ref Unsafe.Add(ref arrivals, Slots * width);
        ref var lowest = ref Unsafe.Add(ref work, Slots * width);
        ref var masks = ref MemoryMarshal.GetArrayDataReference(TailMasks);
        var zero = T.Create(0);
        var half = T.Create(0.5f);
        foreach (var g in groups)
        {
            ref var group = ref _groups[g];
            var bins = _bins[group.Signal];
            var vectors = (bins + 15) >> 4;

            // One cycle from an empty stop line ends with the queue that the next one begins with.
            var leastEnd = Unsafe.Add(ref lowest, bins - 1);
            var atStart = T.Create(Unsafe.Add(ref work, bins - 1) - (leastEnd < 0 ? leastEnd : 0));
            var before = atStart;
            var queued = zero;
            var stopped = zero;
            ref var departures = ref keepsFlow ? ref Unsafe.Add(ref _out.First, g * width) : ref work;
            for (var v = 0; v < vectors; v++)
            {
                var q = T.Load(ref work, v << 4) + T.Max(atStart, zero - T.Load(ref lowest, v << 4));
                var a = T.Load(ref arrivals, v << 4);
                var previous = T.Up1(q, before);
                before = q;
                var leaves = T.Max(previous + a - q, zero);
                if (v == vectors - 1)
                {
                    // Nothing is beyond the last bin.
                    var mask = T.Load(ref masks, (bins - (v << 4)) << 4);
                    q *= mask;
                    a *= mask;
                    leaves *= mask;
                }

                T.Store(leaves, ref departures, v << 4);
                queued += q;
                stopped += T.Max(T.WhereAbove(a, q, LeastQueueVeh), T.WhereAbove(a * half, previous, LeastQueueVeh));
            }

            group.QueueSum = T.Sum(queued);
            group.StoppedSum = T.Sum(stopped);
            SetCost(g);
            if (keepsFlow)
            {
                _changedAt[g] = ++_clock;
            }

            arrivals = ref Unsafe.Add(ref arrivals, width);
            work = ref Unsafe.Add(ref work, width);
            lowest = ref Unsafe.Add(ref lowest, width);
        }
    }

    /// <summary>The same before any flow is known: gaps of the opposing volume throughout.</summary>
    private void AddPermissive(int g)
    {
        ref var group = ref _groups[g];
        var facts = _network.Groups[g];
        var opposing = 0.0;
        foreach (var other in facts.Opposing)
        {
            opposing += _groups[other].Volume;
        }

        var gap = DelayFormulas.PermissiveFlowVehPerHour(opposing, facts.CriticalGapS, facts.FollowUpS);
        var perBin = (float)(Math.Min(gap * facts.Lanes, facts.SaturationVehPerHour) * BinS(group.Signal) / 3600);
        var bins = _bins[group.Signal];
        var at = group.Permissive * _width;
        var guarded = _guarded.Slice(at, bins);
        var sneakers = _sneakers.Slice(at, bins);
        var permitted = _permitted.Slice(at, bins);
        var service = _service.Slice(g * _width, bins);
        var sum = 0.0;
        for (var t = 0; t < bins; t++)
        {
            var value = guarded[t] + sneakers[t] + (permitted[t] * perBin);
            service[t] = value;
            sum += value;
        }

        SetCapacity(g, sum);
    }

    /// <summary>Service in permissive greens: nothing while an opposing queue leaves, gaps of the mean opposing flow after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddPermissive<T>(int g, ref float open)
        where T : struct, ILanes<T>
    {
        ref var group = ref _groups[g];
        var facts = _network.Groups[g];
        var bins = _bins[group.Signal];
        var vectors = (bins + 15) >> 4;
        var one = T.Create(1);
        var zero = T.Create(0);
        var at = group.Permissive * _width;
        ref var rows = ref _out.First;
        ref var services = ref _service.First;
        var time = zero;
        var flow = zero;
        for (var v = 0; v < vectors; v++)
        {
            var free = T.Load(ref _permitted.First, at + (v << 4));
            var against = zero;
            foreach (var other in facts.Opposing)
            {
                var leaves = T.Load(ref rows, ((nint)other * _width) + (v << 4));
                var could = T.Load(ref services, ((nint)other * _width) + (v << 4));
                var isQueued = T.WhereAbove(one, T.Min(leaves - (could * T.Create(QueuedShare)) + T.Create(1e-5f), could), 5e-6f);
                free *= one - isQueued;
                against += leaves;
            }

            T.Store(free, ref open, v << 4);
            time += free;
            flow += free * against;
        }

        var openBins = T.Sum(time);
        var meanFlow = openBins > 0 ? T.Sum(flow) / openBins * 3600 / BinS(group.Signal) : 0;
        var gap = DelayFormulas.PermissiveFlowVehPerHour(meanFlow, facts.CriticalGapS, facts.FollowUpS);
        var perBin = T.Create((float)(Math.Min(gap * facts.Lanes, facts.SaturationVehPerHour) * BinS(group.Signal) / 3600));
        var sum = zero;
        for (var v = 0; v < vectors; v++)
        {
            var value = T.Load(ref _guarded.First, at + (v << 4))
                + T.Load(ref _sneakers.First, at + (v << 4)) + (T.Load(ref open, v << 4) * perBin);
            T.Store(value, ref services, ((nint)g * _width) + (v << 4));
            sum += value;
        }

        SetCapacity(g, T.Sum(sum));
    }
}
