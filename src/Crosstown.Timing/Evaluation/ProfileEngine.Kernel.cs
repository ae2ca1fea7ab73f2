using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Crosstown.Timing.Evaluation;

internal sealed partial class ProfileEngine
{
    /// <summary>A queue shorter than this is none: sums of single-precision numbers are not exact.</summary>
    internal const float LeastQueueVeh = 1e-3f;

    // An opposing group that leaves at 95 % of what it could is taken to leave from a queue.
    private const float QueuedShare = 0.95f;

    private static readonly float[] TailMasks = MakeTailMasks();

    /// <summary>Updates one group: departures, sums and cost. Returns the largest change of its departures in a bin.</summary>
    /// <param name="g">The group.</param>
    /// <param name="keepsFlow">False to find the cost alone and leave its departures as they were.</param>
    public float Update(int g, bool keepsFlow = true) => Kernel switch
    {
        LaneWidth.Wide => Update<Lanes512>(g, keepsFlow),
        LaneWidth.Half => Update<Lanes256>(g, keepsFlow),
        _ => Update<LanesOneByOne>(g, keepsFlow),
    };

    /// <summary>Arrivals of a group in its local time, before any scaling.</summary>
    /// <param name="g">The group.</param>
    /// <param name="fromSignal">Only what comes from this signal; -1 for everything.</param>
    /// <param name="row">Filled from 0 to the number of bins; as long as that rounded up to 16.</param>
    public void Arrivals(int g, int fromSignal, Span<float> row)
    {
        switch (Kernel)
        {
            case LaneWidth.Wide:
                Arrivals<Lanes512>(g, fromSignal, ref MemoryMarshal.GetReference(row));
                break;
            case LaneWidth.Half:
                Arrivals<Lanes256>(g, fromSignal, ref MemoryMarshal.GetReference(row));
                break;
            default:
                Arrivals<LanesOneByOne>(g, fromSignal, ref MemoryMarshal.GetReference(row));
                break;
        }
    }

    public ReadOnlySpan<float> Departures(int g) => _out.AsSpan(g * _stride, _bins[_groups[g].Signal]);

    public ReadOnlySpan<float> Service(int g) => _service.AsSpan(g * _width, _bins[_groups[g].Signal]);

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
            foreach (var g in _groupsOf[isForward ? n : count - 1 - n])
            {
                Update<T>(g, keepsFlow: true);
            }
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

    private void Arrivals<T>(int g, int fromSignal, ref float arrivals)
        where T : struct, ILanes<T>
    {
        ref var group = ref _groups[g];
        var bins = _bins[group.Signal];
        var vectors = (bins + 15) >> 4;
        var zero = T.Create(0);
        if (group.UsesMeasured)
        {
            var movedS = _zeroS[group.Signal] - group.MeasuredZeroS - (group.MeasuredFrom < 0 ? 0 : _zeroS[group.MeasuredFrom] - group.MeasuredSourceZeroS);
            ref var measured = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_measured), (group.Measured * _stride) + Rotation(-movedS / BinS(group.Signal), bins));
            var isAsked = fromSignal < 0 || fromSignal == group.MeasuredFrom;
            for (var v = 0; v < vectors; v++)
            {
                T.Store(isAsked ? T.Load(ref measured, v << 4) : zero, ref arrivals, v << 4);
            }

            return;
        }

        var uniform = T.Create(fromSignal < 0 ? group.Uniform : 0);
        var isFirst = true;
        ref var y = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_scratch), _stride + 16);
        ref var rows = ref MemoryMarshal.GetArrayDataReference(_out);
        ref var feeders = ref MemoryMarshal.GetArrayDataReference(_feeders);
        var stride = _stride;
        var perBin = bins / _periodS[group.Signal];
        for (var i = group.FirstStream; i < group.StreamEnd; i++)
        {
            ref var stream = ref _streams[i];
            if (stream.IsFlat)
            {
                uniform += T.Create(fromSignal < 0 || fromSignal == stream.Signal ? EvenFlow(stream, group.Signal) : 0);
                continue;
            }

            if (fromSignal >= 0 && stream.Signal != fromSignal)
            {
                continue;
            }

            ref var dispersion = ref _dispersions[stream.Dispersion];
            ref var powers = ref MemoryMarshal.GetArrayDataReference(dispersion.Powers);
            var rotation = Rotation(((_zeroS[stream.Signal] - _zeroS[group.Signal]) * perBin) + stream.ShiftBins, bins);
            var ramp = T.Load(ref powers, 0);
            var keep1 = T.Create(powers);
            var keep2 = T.Create(Unsafe.Add(ref powers, 1));
            var keep4 = T.Create(Unsafe.Add(ref powers, 3));
            var keep8 = T.Create(Unsafe.Add(ref powers, 7));
            var carry = zero;
            for (var v = 0; v < vectors; v++)
            {
                var x = zero;
                for (var f = stream.FirstFeeder; f < stream.FeederEnd; f++)
                {
                    ref var feeder = ref Unsafe.Add(ref feeders, f);
                    x = T.MultiplyAdd(T.Load(ref rows, ((nint)feeder.Group * stride) + rotation + (v << 4)), T.Create(feeder.Scaled), x);
                }

                x = T.MultiplyAdd(T.Up1(x, zero), keep1, x);
                x = T.MultiplyAdd(T.Up2(x, zero), keep2, x);
                x = T.MultiplyAdd(T.Up4(x, zero), keep4, x);
                x = T.MultiplyAdd(T.Up8(x, zero), keep8, x);
                x = T.MultiplyAdd(carry, ramp, x);
                T.Store(x, ref y, v << 4);
                carry = T.Last(x);
            }

            var keep16 = T.Create(Unsafe.Add(ref powers, 15));
            var start = T.Create(Unsafe.Add(ref y, bins - 1) * dispersion.Closing) * ramp;
            for (var v = 0; v < vectors; v++)
            {
                var sum = T.Load(ref y, v << 4) + start;
                T.Store(isFirst ? sum : T.Load(ref arrivals, v << 4) + sum, ref arrivals, v << 4);
                start *= keep16;
            }

            isFirst = false;
        }

        for (var v = 0; v < vectors; v++)
        {
            T.Store(isFirst ? uniform : T.Load(ref arrivals, v << 4) + uniform, ref arrivals, v << 4);
        }
    }

    /// <summary>What comes per bin of a signal from one that is out of step with it.</summary>
    private float EvenFlow(in Stream stream, int signal)
    {
        var flow = 0.0;
        for (var f = stream.FirstFeeder; f < stream.FeederEnd; f++)
        {
            flow += _feederFacts[f].Fed / Math.Max(1, _groups[_feeders[f].Group].Saturation);
        }

        return (float)(flow * BinS(signal) / 3600);
    }

    private float Update<T>(int g, bool keepsFlow)
        where T : struct, ILanes<T>
    {
        ref var group = ref _groups[g];
        if (!_hasPlan[group.Signal])
        {
            return 0;
        }

        ref var arrivals = ref MemoryMarshal.GetArrayDataReference(_scratch);
        Arrivals<T>(g, -1, ref arrivals);
        if (group.Permissive >= 0)
        {
            AddPermissive<T>(g);
            SetOverflow(g);
        }

        var bins = _bins[group.Signal];
        var vectors = (bins + 15) >> 4;
        var zero = T.Create(0);
        var scale = T.Create(group.Scale);
        ref var work = ref Unsafe.Add(ref arrivals, 2 * (_stride + 16));
        ref var lowest = ref Unsafe.Add(ref arrivals, 3 * (_stride + 16));
        ref var service = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_service), (nint)g * _width);
        var carry = zero;
        var least = T.Create(float.MaxValue);
        var most = least;
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

        // One cycle from an empty stop line ends with the queue that the next one begins with.
        var end = Unsafe.Add(ref work, bins - 1);
        var leastEnd = Unsafe.Add(ref lowest, bins - 1);
        var first = end - (leastEnd < 0 ? leastEnd : 0);
        var atStart = T.Create(first);
        var before = atStart;
        var queued = zero;
        var stopped = zero;
        var change = zero;
        var half = T.Create(0.5f);
        ref var departures = ref keepsFlow
            ? ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_out), (nint)g * _stride)
            : ref Unsafe.Add(ref arrivals, 4 * (_stride + 16));
        for (var v = 0; v < vectors; v++)
        {
            var q = T.Load(ref work, v << 4) + T.Max(atStart, zero - T.Load(ref lowest, v << 4));
            var a = T.Load(ref arrivals, v << 4);
            var was = T.Load(ref departures, v << 4);
            var previous = T.Up1(q, before);
            before = q;
            var leaves = T.Max(previous + a - q, zero);
            if (v == vectors - 1)
            {
                // Beyond the last bin lies the second copy of the row.
                var mask = T.Load(ref MemoryMarshal.GetArrayDataReference(TailMasks), (bins - (v << 4)) << 4);
                q *= mask;
                a *= mask;
                leaves *= mask;
                was *= mask;
            }

            var moved = leaves - was;
            change = T.Max(change, T.Max(moved, zero - moved));
            T.Store(leaves, ref departures, v << 4);
            queued += q;
            stopped += T.Max(T.WhereAbove(a, q, LeastQueueVeh), T.WhereAbove(a * half, previous, LeastQueueVeh));
        }

        group.QueueSum = T.Sum(queued);
        group.StoppedSum = T.Sum(stopped);
        SetCost(g);
        if (!keepsFlow)
        {
            return 0;
        }

        for (var v = 0; v < vectors; v++)
        {
            T.Store(T.Load(ref departures, v << 4), ref departures, bins + (v << 4));
        }

        return T.Sum(change);
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
        var at = group.Permissive * _width;
        var sum = 0.0;
        for (var t = 0; t < _bins[group.Signal]; t++)
        {
            var value = _guarded[at + t] + _sneakers[at + t] + (_permitted[at + t] * perBin);
            _service[(g * _width) + t] = value;
            sum += value;
        }

        SetCapacity(g, sum);
    }

    /// <summary>Service in permissive greens: nothing while an opposing queue leaves, gaps of the mean opposing flow after it.</summary>
    private void AddPermissive<T>(int g)
        where T : struct, ILanes<T>
    {
        ref var group = ref _groups[g];
        var facts = _network.Groups[g];
        var bins = _bins[group.Signal];
        var vectors = (bins + 15) >> 4;
        var one = T.Create(1);
        var zero = T.Create(0);
        var at = group.Permissive * _width;
        ref var open = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_scratch), 2 * (_stride + 16));
        ref var rows = ref MemoryMarshal.GetArrayDataReference(_out);
        ref var services = ref MemoryMarshal.GetArrayDataReference(_service);
        var time = zero;
        var flow = zero;
        for (var v = 0; v < vectors; v++)
        {
            var free = T.Load(ref MemoryMarshal.GetArrayDataReference(_permitted), at + (v << 4));
            var against = zero;
            foreach (var other in facts.Opposing)
            {
                var leaves = T.Load(ref rows, ((nint)other * _stride) + (v << 4));
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
            var value = T.Load(ref MemoryMarshal.GetArrayDataReference(_guarded), at + (v << 4))
                + T.Load(ref MemoryMarshal.GetArrayDataReference(_sneakers), at + (v << 4)) + (T.Load(ref open, v << 4) * perBin);
            T.Store(value, ref services, ((nint)g * _width) + (v << 4));
            sum += value;
        }

        SetCapacity(g, T.Sum(sum));
    }
}
