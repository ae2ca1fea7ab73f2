using Crosstown.Core.Street;

namespace Crosstown.Logs.Store;

/// <summary>Takes a run of one signal's events of one UTC day out of the journal.</summary>
/// <param name="keys">In order, each once; good during the call.</param>
internal delegate void JournalRun(SignalId signal, string zone, int day, ReadOnlySpan<ulong> keys);

/// <summary>Writes and reads one record of the journal: everything that one sync puts on the disk.</summary>
/// <remarks>
/// Zones by name once; then runs, each of one signal and UTC day: signal, zone by place in the list, day, count, and the events in order: time since
/// the one before in ms, code, parameter. An event takes three to four bytes, so that 2,500 signals at 25 events a second write some 220 kB a second.
/// </remarks>
internal static class JournalRecord
{
    /// <summary>Most events of one run; longer ones are split. Keeps a record far below the most that a frame may hold.</summary>
    public const int MaxRunEvents = 1 << 16;

    /// <summary>Most zones of one record.</summary>
    public const int MaxZones = 1024;

    public static int Begin(ByteWriter to, IReadOnlyList<string> zones)
    {
        var start = Frame.Begin(to);
        to.AddNumber((ulong)zones.Count);
        foreach (var zone in zones)
        {
            to.AddText(zone);
        }

        return start;
    }

    public static void AddRun(ByteWriter to, SignalId signal, int zone, int day, ReadOnlySpan<ulong> keys)
    {
        to.AddText(signal.Value);
        to.AddNumber((ulong)zone);
        to.AddSigned(day);
        to.AddNumber((ulong)keys.Length);
        var timeMs = 0;
        foreach (var key in keys)
        {
            var (code, parameter) = EventKey.PairOf((uint)key);
            to.AddNumber((ulong)(EventKey.TimeOf(key) - timeMs));
            to.AddNumber(code);
            to.AddSigned(parameter);
            timeMs = EventKey.TimeOf(key);
        }
    }

    public static void End(ByteWriter to, int start) => Frame.End(to, start, Frame.Record);

    /// <summary>Hands out the runs of a record's content. False when it makes no sense; what came before was handed out.</summary>
    /// <param name="keys">Work space, made longer where needed.</param>
    public static bool TryRead(ReadOnlySpan<byte> content, ref ulong[] keys, JournalRun take)
    {
        var from = new ByteReader(content);
        var zones = new string[from.TakeNumber(MaxZones)];
        for (var i = 0; i < zones.Length; i++)
        {
            zones[i] = from.TakeText(SegmentHead.MaxZoneLength);
        }

        while (from.IsGood && from.Left > 0)
        {
            if (!SignalId.TryParse(from.TakeText(SignalId.MaxLength), out var signal))
            {
                return false;
            }

            var zone = from.TakeNumber(zones.Length - 1);
            var day = from.TakeSigned();
            var count = from.TakeNumber(MaxRunEvents);
            if (!from.IsGood || zone >= zones.Length || zones[zone].Length == 0 || day < EventKey.FirstDay || day > EventKey.LastDay || count > from.Left)
            {
                return false;
            }

            if (keys.Length < count)
            {
                keys = new ulong[MaxRunEvents];
            }

            if (!TryReadKeys(ref from, keys.AsSpan(0, count)))
            {
                return false;
            }

            take(signal, zones[zone], (int)day, keys.AsSpan(0, count));
        }

        return from.IsGood;
    }

    private static bool TryReadKeys(ref ByteReader from, Span<ulong> keys)
    {
        long timeMs = 0;
        ulong last = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            timeMs += from.TakeNumber((int)EventKey.DayMs);
            var code = from.TakeNumber(ushort.MaxValue);
            var parameter = from.TakeSigned();
            if (!from.IsGood || timeMs >= EventKey.DayMs || parameter is < short.MinValue or > short.MaxValue)
            {
                return false;
            }

            var key = ((ulong)timeMs << 32) | EventKey.PairOf((ushort)code, (short)parameter);
            if (i > 0 && key <= last)
            {
                return false;
            }

            keys[i] = last = key;
        }

        return true;
    }
}
