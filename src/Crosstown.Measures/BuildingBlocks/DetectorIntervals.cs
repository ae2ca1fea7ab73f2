using System.Runtime.CompilerServices;
using Crosstown.Core.Events;
using Crosstown.Measures.Engine;

namespace Crosstown.Measures.BuildingBlocks;

/// <summary>What is made of detector events that do not pair: two "on"s or two "off"s in a row.</summary>
public enum PairRepair
{
    /// <summary>
    /// Two "on"s keep the first: a lost "off" is likelier than a vehicle on top of a vehicle. An "off" without its "on" says nothing.
    /// </summary>
    KeepFirst,

    /// <summary>
    /// As Oregon's package: two "on"s up to 2 s apart are one actuation after another; farther apart, the first ended halfway. Of two "off"s, the
    /// second began halfway. A log that begins with an "off" had its "on" 1 ms before it.
    /// </summary>
    Halfway,

    /// <summary>
    /// As ATSPM 5: only an "on" directly followed by its "off" counts. An "off" that opens the log was on from the log's start.
    /// </summary>
    ExactPairs,
}

/// <summary>The recent actuations of some detector channels as intervals, with dirty pairs repaired.</summary>
/// <remarks>
/// What a channel did between two of its events may only be known with the second one: <see cref="ResolvedMs"/> says how far it is. Intervals are kept
/// until they are forgotten. Over a silence of more than <see cref="LongestRepairMs"/> nothing is repaired: the channel stays as it was.
/// </remarks>
public sealed class DetectorIntervals
{
    /// <summary>Nothing is repaired over a longer silence: one day. It bounds how long anyone waits for a channel's next event.</summary>
    public const long LongestRepairMs = 86_400_000;

    /// <summary>Two "on"s up to so far apart are two actuations of a busy detector (Oregon's package): 2 s.</summary>
    private const long RapidMs = 2000;

    private const int Channels = 256;

    private readonly PairRepair _repair;
    private readonly SignalCoverage _coverage;
    private readonly sbyte[] _slotOf = new sbyte[Channels];
    private readonly Slot[] _slots;

    /// <param name="channels">At most 127 different channels.</param>
    /// <param name="repair">How dirty pairs are repaired.</param>
    /// <param name="coverage">The signal's coverage: says when the log begins.</param>
    public DetectorIntervals(IEnumerable<byte> channels, PairRepair repair, SignalCoverage coverage)
    {
        _repair = repair;
        _coverage = coverage;
        Array.Fill(_slotOf, (sbyte)-1);
        var distinct = channels.Distinct().Order().ToArray();
        _slots = new Slot[distinct.Length];
        for (var s = 0; s < distinct.Length; s++)
        {
            _slotOf[distinct[s]] = checked((sbyte)s);
            _slots[s] = new Slot();
        }
    }

    /// <summary>The number of a channel in questions about it; -1 when it was not named.</summary>
    public int SlotOf(byte channel) => _slotOf[channel];

    /// <summary>Takes a detector on or off; other channels are passed over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take(in ControllerEvent e)
    {
        if ((ushort)e.Parameter >= Channels)
        {
            return;
        }

        int number = _slotOf[e.Parameter];
        if (number < 0)
        {
            return;
        }

        var slot = _slots[number];
        var isOn = e.Code == EventCode.DetectorOn;
        if (isOn != slot.IsOn && slot.LastMs != long.MinValue)
        {
            slot.Change(e.TimeMs);
        }
        else
        {
            TakeOdd(slot, e.TimeMs, isOn);
        }

        slot.LastMs = e.TimeMs;
    }

    /// <summary>Up to which moment a channel's state is known for good.</summary>
    /// <param name="slot">From <see cref="SlotOf"/>.</param>
    /// <param name="watermarkMs">No more events come before this.</param>
    public long ResolvedMs(int slot, long watermarkMs)
    {
        var lastMs = _slots[slot].LastMs;
        if (_repair == PairRepair.KeepFirst)
        {
            return watermarkMs;
        }

        if (lastMs == long.MinValue)
        {
            return _repair == PairRepair.Halfway ? watermarkMs - 1
                : watermarkMs - _coverage.FirstMs > LongestRepairMs ? watermarkMs
                : _coverage.FirstMs;
        }

        return watermarkMs - lastMs > LongestRepairMs || (_repair == PairRepair.ExactPairs && !_slots[slot].IsOn) ? watermarkMs : lastMs;
    }

    /// <summary>When a channel was first known to be on or off; <see cref="long.MaxValue"/> while it was not.</summary>
    public long FirstKnownMs(int slot) => _slots[slot].FirstKnownMs;

    /// <summary>How many pairs of a channel were repaired at a moment in a span.</summary>
    public int RepairedCount(int slot, long fromMs, long toMs)
    {
        var count = 0;
        foreach (var ms in _slots[slot].RepairedMs)
        {
            count += ms >= fromMs && ms < toMs ? 1 : 0;
        }

        return count;
    }

    /// <summary>Milliseconds of a span during which any of some channels was on; one still on counts as on to the span's end.</summary>
    /// <remarks>One pass over the intervals in the span; <paramref name="slots"/> are few.</remarks>
    public long OccupiedMs(ReadOnlySpan<int> slots, long fromMs, long toMs)
    {
        if (slots.Length == 1)
        {
            return OccupiedMs(_slots[slots[0]], fromMs, toMs);
        }

        Span<int> next = stackalloc int[slots.Length];
        for (var k = 0; k < slots.Length; k++)
        {
            next[k] = _slots[slots[k]].FirstEndingAfter(fromMs);
        }

        var occupiedMs = 0L;
        var coveredToMs = fromMs;
        while (true)
        {
            var earliest = -1;
            var startMs = toMs;
            for (var k = 0; k < slots.Length; k++)
            {
                var slot = _slots[slots[k]];
                if (next[k] < slot.End && slot.Changes[next[k]] < startMs)
                {
                    startMs = slot.Changes[next[k]];
                    earliest = k;
                }
            }

            if (earliest < 0)
            {
                return occupiedMs;
            }

            var endMs = Math.Min(_slots[slots[earliest]].EndMs(next[earliest]), toMs);
            next[earliest] += 2;
            if (endMs > coveredToMs)
            {
                occupiedMs += endMs - Math.Max(startMs, coveredToMs);
                coveredToMs = endMs;
            }
        }
    }

    /// <summary>Drops what no question about a moment at or after this one needs.</summary>
    public void ForgetBefore(int slot, long timeMs) => _slots[slot].ForgetBefore(timeMs);

    private static long OccupiedMs(Slot slot, long fromMs, long toMs)
    {
        var occupiedMs = 0L;
        for (var i = slot.FirstEndingAfter(fromMs); i < slot.End && slot.Changes[i] < toMs; i += 2)
        {
            occupiedMs += Math.Min(slot.EndMs(i), toMs) - Math.Max(slot.Changes[i], fromMs);
        }

        return occupiedMs;
    }

    private void TakeOdd(Slot slot, long timeMs, bool isOn)
    {
        if (slot.LastMs == long.MinValue)
        {
            TakeFirst(slot, timeMs, isOn);
            return;
        }

        slot.RepairedMs.Add(timeMs);
        var silenceMs = timeMs - slot.LastMs;
        if (_repair == PairRepair.KeepFirst || silenceMs > LongestRepairMs)
        {
            return;
        }

        if (isOn)
        {
            if (_repair == PairRepair.ExactPairs)
            {
                slot.TakeBack();
                slot.Change(timeMs);
            }
            else if (silenceMs > RapidMs)
            {
                slot.Change(timeMs - (silenceMs / 2));
                slot.Change(timeMs);
            }
        }
        else if (_repair == PairRepair.Halfway)
        {
            slot.Change(timeMs - (silenceMs / 2));
            slot.Change(timeMs);
        }
    }

    private void TakeFirst(Slot slot, long timeMs, bool isOn)
    {
        slot.FirstKnownMs = timeMs;
        if (isOn)
        {
            slot.Change(timeMs);
            return;
        }

        var startMs = _repair switch
        {
            PairRepair.Halfway => timeMs - 1,
            PairRepair.ExactPairs when timeMs - _coverage.FirstMs <= LongestRepairMs => _coverage.FirstMs,
            _ => timeMs,
        };
        if (startMs < timeMs)
        {
            slot.RepairedMs.Add(timeMs);
            slot.FirstKnownMs = startMs;
            slot.Change(startMs);
            slot.Change(timeMs);
        }
    }

    /// <summary>One channel's changes: on at even places, off at odd ones, so that a clean event is one number more.</summary>
    private sealed class Slot
    {
        public long[] Changes = new long[128];
        public long LastMs = long.MinValue;
        private int _first;

        /// <summary>The place behind the last change.</summary>
        public int End { get; private set; }

        public bool IsOn => (End & 1) != 0;

        public long FirstKnownMs { get; set; } = long.MaxValue;

        public List<long> RepairedMs { get; } = [];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Change(long timeMs)
        {
            if (End == Changes.Length)
            {
                MakeRoom();
            }

            Changes[End++] = timeMs;
        }

        public void TakeBack() => End--;

        /// <summary>The end of the actuation that begins at a place; far in the future while it is on.</summary>
        public long EndMs(int place) => place + 1 < End ? Changes[place + 1] : long.MaxValue;

        public int FirstEndingAfter(long timeMs)
        {
            var place = _first;
            while (place < End && EndMs(place) <= timeMs)
            {
                place += 2;
            }

            return place;
        }

        public void ForgetBefore(long timeMs)
        {
            _first = FirstEndingAfter(timeMs);
            if (_first == End)
            {
                _first = 0;
                End = 0;
            }

            var past = 0;
            while (past < RepairedMs.Count && RepairedMs[past] < timeMs)
            {
                past++;
            }

            RepairedMs.RemoveRange(0, past);
        }

        private void MakeRoom()
        {
            if (_first > Changes.Length / 2)
            {
                Array.Copy(Changes, _first, Changes, 0, End - _first);
                End -= _first;
                _first = 0;
            }
            else
            {
                Array.Resize(ref Changes, Changes.Length * 2);
            }
        }
    }
}
