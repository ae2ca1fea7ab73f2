using System.Collections.Concurrent;
using Crosstown.Core.Data;
using Crosstown.Core.Time;
using NodaTime;

namespace Crosstown.Logs.Zones;

/// <summary>The clock rules of a zone, from the IANA database that NodaTime carries.</summary>
/// <remarks>Offsets are laid out from 1970 to 2100; the first and last serve the times outside.</remarks>
public sealed class ZoneRules
{
    private static readonly ConcurrentDictionary<string, ZoneRules> Known = new(StringComparer.Ordinal);
    private static readonly Instant First = Instant.FromUtc(1970, 1, 1, 0, 0);
    private static readonly Instant Last = Instant.FromUtc(2100, 1, 1, 0, 0);

    private readonly long[] _fromMs;
    private readonly int[] _offsetMs;

    private ZoneRules(string zone, DateTimeZone rules)
    {
        var from = new List<long>();
        var offsets = new List<int>();
        foreach (var interval in rules.GetZoneIntervals(First, Last))
        {
            var offset = interval.WallOffset.Milliseconds;
            if (offsets.Count > 0 && offsets[^1] == offset)
            {
                continue;
            }

            from.Add(from.Count == 0 ? First.ToUnixTimeMilliseconds() : interval.Start.ToUnixTimeMilliseconds());
            offsets.Add(offset);
        }

        _fromMs = [.. from];
        _offsetMs = [.. offsets];
        Map = new LocalTimeMap(zone, _fromMs, _offsetMs);
    }

    /// <summary>UTC to wall clock.</summary>
    public LocalTimeMap Map { get; }

    /// <summary>IANA name.</summary>
    public string Zone => Map.Zone;

    /// <summary>The number of stretches of time with one offset.</summary>
    internal int Count => _fromMs.Length;

    /// <summary>The rules of a zone.</summary>
    /// <param name="ianaZone">IANA name, such as <c>America/Denver</c>; case matters.</param>
    /// <exception cref="ProblemException">XT101: no such zone.</exception>
    public static ZoneRules For(string ianaZone) => Find(ianaZone) ?? throw new ProblemException(
        "XT101",
        "zone",
        $"'{ianaZone}' is no IANA time zone. Use a name such as America/Denver, Europe/Berlin or UTC.");

    /// <summary>The rules of a zone; null when there is no such zone.</summary>
    public static ZoneRules? Find(string ianaZone)
    {
        if (Known.TryGetValue(ianaZone, out var known))
        {
            return known;
        }

        var rules = ianaZone == LocalTimeMap.Utc.Zone ? DateTimeZone.Utc : DateTimeZoneProviders.Tzdb.GetZoneOrNull(ianaZone);
        return rules is null ? null : Known.GetOrAdd(ianaZone, new ZoneRules(ianaZone, rules));
    }

    /// <summary>UTC to wall clock of a zone.</summary>
    /// <exception cref="ProblemException">XT101: no such zone.</exception>
    public static LocalTimeMap MapFor(string ianaZone) => For(ianaZone).Map;

    internal int OffsetMs(int index) => _offsetMs[index];

    /// <summary>The wall clock just as an offset begins to hold; open for the first.</summary>
    internal long LocalStartMs(int index) => index == 0 ? long.MinValue : _fromMs[index] + _offsetMs[index];

    /// <summary>The wall clock that would show when an offset ceases to hold; open for the last.</summary>
    internal long LocalEndMs(int index) => index == _fromMs.Length - 1 ? long.MaxValue : _fromMs[index + 1] + _offsetMs[index];

    /// <summary>The last offset whose wall clock starts at or before a local time.</summary>
    internal int LastStartingBy(long localMs)
    {
        var low = 0;
        var high = _fromMs.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) >> 1;
            if (LocalStartMs(middle) <= localMs)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }
}
