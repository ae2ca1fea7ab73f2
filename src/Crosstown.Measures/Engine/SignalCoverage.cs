using System.Collections;
using System.Numerics;
using Crosstown.Core.Events;
using Crosstown.Core.Time;

namespace Crosstown.Measures.Engine;

/// <summary>What a log really saw: its gaps, and the detectors at fault. Every measure's rows carry the shares that this answers.</summary>
/// <remarks>
/// Time is seen from the first event to the last, less every silence longer than <see cref="GapMs"/>. Answers about a span are final once an event
/// at or after its end was shown, and then stay the same however much of the log follows.
/// </remarks>
public sealed class SignalCoverage
{
    /// <summary>
    /// A silence longer than this is a gap in the log, not a quiet street: 5 minutes, the sub-bin in which Oregon's package wants to see events.
    /// </summary>
    public const long GapMs = 5 * 60_000;

    /// <summary>A detector that stays on longer than this is stuck: 30 minutes, above the longest queue that stands on a loop through a closed cycle.</summary>
    public const long StuckOnMs = 30 * 60_000;

    private const int Channels = 256;

    /// <summary>The begin of what has not begun.</summary>
    private const long Never = long.MaxValue;

    /// <summary>How many 5-minute counts are kept: three and a half days.</summary>
    private const int CountsKept = 1024;

    private readonly List<TimeRange> _gaps = [];
    private readonly List<FaultSpan> _faults = [];
    private readonly long[] _faultSinceMs = new long[Channels];
    private readonly long[] _onSinceMs = new long[Channels];
    private readonly int[] _wanted = new int[Channels / 32];
    private readonly int[] _counts = new int[CountsKept];
    private long _countedMs = long.MinValue;
    private int _count;
    private long _firstMs = long.MaxValue;
    private long _lastMs = long.MinValue;

    internal SignalCoverage()
    {
        Array.Fill(_faultSinceMs, Never);
        Array.Fill(_onSinceMs, Never);
    }

    /// <summary>Time of the first event of any code; <see cref="long.MaxValue"/> before there is one.</summary>
    public long FirstMs => _firstMs;

    /// <summary>Time of the newest event of any code; <see cref="long.MinValue"/> before there is one.</summary>
    public long LastMs => _lastMs;

    /// <summary>The number of events of any code.</summary>
    public long EventCount { get; private set; }

    /// <summary>The silences found so far, in time order.</summary>
    public IReadOnlyList<TimeRange> Gaps => _gaps;

    /// <summary>The share of a span that the log saw, 0-1; null for an empty span.</summary>
    public double? SeenShare(TimeRange span) => span.LengthMs == 0 ? null : (double)SeenMs(span) / span.LengthMs;

    /// <summary>Milliseconds of a span that the log saw.</summary>
    public long SeenMs(TimeRange span)
    {
        var start = Math.Max(span.StartMs, _firstMs);
        var end = Math.Min(span.EndMs, _lastMs);
        var seen = Math.Max(0, end - start);
        for (var i = _gaps.Count - 1; i >= 0 && _gaps[i].EndMs > start; i--)
        {
            seen -= Math.Max(0, Math.Min(_gaps[i].EndMs, end) - Math.Max(_gaps[i].StartMs, start));
        }

        return Math.Max(0, seen);
    }

    /// <summary>True when a gap begins, ends or lies within a span, or the log does not reach over all of it.</summary>
    public bool IsBroken(TimeRange span) => SeenMs(span) < span.LengthMs;

    /// <summary>How many of some channels were at fault at any time in a span: reported by the controller, or stuck on.</summary>
    /// <param name="span">Must have ended at or before the newest event shown.</param>
    /// <param name="channels">256 bits, one per channel.</param>
    public int FaultedCount(TimeRange span, BitArray channels)
    {
        channels.CopyTo(_wanted, 0);
        var count = 0;
        for (var word = 0; word < _wanted.Length; word++)
        {
            for (var bits = (uint)_wanted[word]; bits != 0; bits &= bits - 1)
            {
                count += IsFaulted(span, (word * 32) + BitOperations.TrailingZeroCount(bits)) ? 1 : 0;
            }
        }

        return count;
    }

    /// <summary>Whether a channel was at fault at any time in a span.</summary>
    public bool IsFaulted(TimeRange span, int channel)
    {
        if (_faultSinceMs[channel] < span.EndMs || Math.Min(_lastMs, span.EndMs) - _onSinceMs[channel] >= StuckOnMs)
        {
            return true;
        }

        // Faults were added as they ended, so those that ended before the span are all in front.
        for (var i = _faults.Count - 1; i >= 0 && _faults[i].EndMs > span.StartMs; i--)
        {
            if (_faults[i].Channel == channel && span.EndMs >= _faults[i].KnownFromMs && _faults[i].StartMs < span.EndMs)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The smallest number of standard events that any 5 minutes of a bin hold.</summary>
    /// <remarks>
    /// Oregon's package takes a bin for one with data when this is at least 3. Only codes up to 218 count, so that a controller that still reports its
    /// own health while its log is lost is not taken for one that sees traffic; negative parameters, which that package drops, do not count either.
    /// </remarks>
    /// <param name="bin">Ended at or before the newest event, and not more than three days ago.</param>
    public int LeastEventsInFiveMinutes(TimeRange bin)
    {
        var least = int.MaxValue;
        for (var start = bin.StartMs - PositiveRemainder(bin.StartMs, GapMs); start < bin.EndMs; start += GapMs)
        {
            var count = start == _countedMs ? _count
                : start > _countedMs || start <= _firstMs - GapMs ? 0
                : _counts[Slot(start)];
            least = Math.Min(least, count);
        }

        return least;
    }

    internal void Advance(ReadOnlySpan<ControllerEvent> events)
    {
        if (events.Length == 0)
        {
            return;
        }

        var last = _lastMs;
        if (_firstMs == long.MaxValue)
        {
            _firstMs = last = events[0].TimeMs;
            _countedMs = last - PositiveRemainder(last, GapMs);
        }

        EventCount += events.Length;
        var nextGapMs = last + GapMs;
        var nextCountMs = _countedMs + GapMs;
        var count = _count;
        var onSince = _onSinceMs.AsSpan();
        foreach (ref readonly var e in events)
        {
            var timeMs = e.TimeMs;
            if (timeMs > nextGapMs)
            {
                _gaps.Add(new TimeRange(nextGapMs - GapMs, timeMs));
            }

            nextGapMs = timeMs + GapMs;
            if (timeMs >= nextCountMs)
            {
                _count = count;
                CountAnew(timeMs);
                nextCountMs = _countedMs + GapMs;
                count = 0;
            }

            count += e.Code <= EventCode.SplitPhase32 && e.Parameter >= 0 ? 1 : 0;
            var place = (uint)(e.Code - EventCode.DetectorOff);
            if (place <= EventCode.DetectorFaultExcessiveChange - EventCode.DetectorOff && (ushort)e.Parameter < onSince.Length)
            {
                if (place > EventCode.DetectorOn - EventCode.DetectorOff)
                {
                    TakeFault(e.Code, e.Parameter, timeMs);
                    continue;
                }

                // Ons and offs come in no order that a processor could foresee: an off sets all bits instead of taking another way.
                ref var sinceMs = ref onSince[(ushort)e.Parameter];
                var offBits = ((long)place - 1) & Never;
                if ((offBits == 0) & (sinceMs != Never))
                {
                    continue;
                }

                if (sinceMs <= timeMs - StuckOnMs)
                {
                    _faults.Add(new FaultSpan(e.Parameter, sinceMs, timeMs, sinceMs + StuckOnMs));
                }

                sinceMs = timeMs | offBits;
            }
        }

        _count = count;
        last = nextGapMs - GapMs;
        _lastMs = last;
    }

    private static long PositiveRemainder(long value, long divisor) => ((value % divisor) + divisor) % divisor;

    private static int Slot(long fiveMinutesMs) => (int)(fiveMinutesMs / GapMs) & (CountsKept - 1);

    private void CountAnew(long timeMs)
    {
        _counts[Slot(_countedMs)] = _count;
        _count = 0;
        var nextMs = timeMs - PositiveRemainder(timeMs, GapMs);
        for (var ms = Math.Max(_countedMs + GapMs, nextMs - (CountsKept * GapMs)); ms < nextMs; ms += GapMs)
        {
            _counts[Slot(ms)] = 0;
        }

        _countedMs = nextMs;
    }

    private void TakeFault(ushort code, short channel, long timeMs)
    {
        ref var sinceMs = ref _faultSinceMs[channel];
        if (code != EventCode.DetectorRestored)
        {
            sinceMs = Math.Min(sinceMs, timeMs);
            return;
        }

        if (sinceMs != Never)
        {
            _faults.Add(new FaultSpan(channel, sinceMs, timeMs, sinceMs));
        }

        sinceMs = Never;
    }

    /// <param name="Channel">Channel.</param>
    /// <param name="StartMs">When it began.</param>
    /// <param name="EndMs">When it ended.</param>
    /// <param name="KnownFromMs">The moment from which it counted as a fault: a stuck detector is one only after <see cref="StuckOnMs"/>.</param>
    private readonly record struct FaultSpan(int Channel, long StartMs, long EndMs, long KnownFromMs);
}
