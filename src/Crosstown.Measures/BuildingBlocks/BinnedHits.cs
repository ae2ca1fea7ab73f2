using System.Collections;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;

namespace Crosstown.Measures.BuildingBlocks;

/// <summary>Lanes whose hits are counted together.</summary>
/// <param name="Direction">The way they are headed; unknown when the configuration does not say.</param>
/// <param name="Group">What serves them; null when several groups of a direction are counted together.</param>
/// <param name="Movement">Where they lead; null when all movements are counted together.</param>
/// <param name="Lane">Lane number; null when unknown, or when several are counted together.</param>
public sealed record CountedLanes(TravelDirection Direction, SignalGroup? Group, LaneMovement? Movement, int? Lane)
{
    /// <summary>The detectors that count them, and how far their hits are moved.</summary>
    public required IReadOnlyList<(byte Channel, long ShiftMs)> Detectors { get; init; }

    internal BitArray Channels => field ??= Quality.Channels(Detectors.Select(d => d.Channel));
}

/// <summary>Counts moved hits per bin, quiet bins included, and hands over each bin and each local day when it is over.</summary>
internal abstract class BinnedHits : SignalMeasure
{
    private const long DayMs = 86_400_000;

    private readonly (int Key, long ShiftMs)[][] _targets = new (int, long)[256][];
    private readonly PendingArrivals _pending = new();
    private readonly OpenBins<int> _bins;
    private readonly List<(TimeRange Bin, int[] Counts)> _day = [];
    private readonly Stack<int[]> _spare = [];
    private readonly long _earliestShiftMs;
    private int[] _series = [];

    protected BinnedHits(MeasureContext context, CountedLanes[] lanes)
    {
        Context = context;
        Lanes = lanes;
        _bins = new OpenBins<int>(context.Clock, context.Options.BinMs, lanes.Length);
        Array.Fill(_targets, []);
        for (var key = 0; key < lanes.Length; key++)
        {
            foreach (var (channel, shiftMs) in lanes[key].Detectors)
            {
                _targets[channel] = [.. _targets[channel], (key, shiftMs)];
                _earliestShiftMs = Math.Min(_earliestShiftMs, shiftMs);
            }
        }
    }

    protected MeasureContext Context { get; }

    protected CountedLanes[] Lanes { get; }

    /// <summary>The bins of the local day so far, in time order, with one count per key.</summary>
    protected IReadOnlyList<(TimeRange Bin, int[] Counts)> Day => _day;

    public sealed override void Advance(ReadOnlySpan<ControllerEvent> events)
    {
        foreach (ref readonly var e in events)
        {
            if ((ushort)e.Parameter < 256)
            {
                foreach (var (key, shiftMs) in _targets[e.Parameter])
                {
                    _pending.Add(e.TimeMs + shiftMs, key, e.Parameter);
                }
            }
        }
    }

    public sealed override void CloseUpTo(long watermarkMs)
    {
        if (Context.Coverage.EventCount > 0)
        {
            Close(watermarkMs + _earliestShiftMs, watermarkMs + _earliestShiftMs);
        }
    }

    public sealed override void Finish(long endMs)
    {
        Close(long.MaxValue, endMs);
        EndDay();
    }

    /// <summary>A bin that will not change any more.</summary>
    protected abstract void WriteBin(TimeRange bin, ReadOnlySpan<int> counts, ReadOnlySpan<bool> touched);

    /// <summary>A local day is over; <see cref="Day"/> holds its bins.</summary>
    protected abstract void WriteDay();

    /// <summary>One count for each bin of <see cref="Day"/>, summed over some keys; good until the next call.</summary>
    protected ReadOnlySpan<int> SumOverKeys(ReadOnlySpan<int> keys)
    {
        if (_series.Length < _day.Count)
        {
            Array.Resize(ref _series, Math.Max(_day.Count, 128));
        }

        for (var i = 0; i < _day.Count; i++)
        {
            _series[i] = 0;
            foreach (var key in keys)
            {
                _series[i] += _day[i].Counts[key];
            }
        }

        return _series.AsSpan(0, _day.Count);
    }

    /// <summary>The hour of consecutive bins with the greatest sum; the first of equals. Null without a whole hour, without vehicles, or when bins do not fill hours.</summary>
    /// <param name="series">One count for each bin of <see cref="Day"/>.</param>
    protected (TimeRange Hour, int Volume, int BusiestBin)? FindPeakHour(ReadOnlySpan<int> series)
    {
        const long hourMs = 3_600_000;
        var binsPerHour = hourMs % Context.Options.BinMs == 0 ? (int)(hourMs / Context.Options.BinMs) : 0;
        (TimeRange, int, int)? peak = null;
        var best = 0;
        for (var i = 0; binsPerHour > 0 && i + binsPerHour <= series.Length; i++)
        {
            var hour = new TimeRange(_day[i].Bin.StartMs, _day[i + binsPerHour - 1].Bin.EndMs);
            var (sum, busiest) = (0, 0);
            foreach (var count in series.Slice(i, binsPerHour))
            {
                sum += count;
                busiest = Math.Max(busiest, count);
            }

            if (hour.LengthMs == hourMs && sum > best)
            {
                best = sum;
                peak = (hour, sum, busiest);
            }
        }

        return peak;
    }

    protected static int Sum(ReadOnlySpan<int> counts)
    {
        var sum = 0;
        foreach (var count in counts)
        {
            sum += count;
        }

        return sum;
    }

    private void Close(long reachedMs, long endMs)
    {
        while (_pending.TryTakeBefore(reachedMs, out var arrival))
        {
            _bins.At(arrival.TimeMs, arrival.Key)++;
        }

        _bins.FillThrough(Context.Coverage.FirstMs, endMs);
        while (_bins.TryClose(reachedMs, out var bin))
        {
            WriteBin(bin.Range, bin.Cells, bin.Touched);
            Keep(bin);
        }
    }

    private void Keep(in ClosedBin<int> bin)
    {
        if (_day.Count > 0 && DayOf(_day[0].Bin.StartMs) != DayOf(bin.Range.StartMs))
        {
            EndDay();
        }

        var counts = _spare.Count > 0 ? _spare.Pop() : new int[Lanes.Length];
        bin.Cells.CopyTo(counts);
        _day.Add((bin.Range, counts));
    }

    private void EndDay()
    {
        if (_day.Count > 0)
        {
            WriteDay();
        }

        foreach (var (_, counts) in _day)
        {
            _spare.Push(counts);
        }

        _day.Clear();
    }

    private long DayOf(long ms) => Context.Clock.ToLocalMs(ms) / DayMs;
}
