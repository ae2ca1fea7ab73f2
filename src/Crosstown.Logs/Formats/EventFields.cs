using System.Collections.Frozen;
using System.Text;

namespace Crosstown.Logs.Formats;

/// <summary>What a column of an event table holds.</summary>
public enum EventField
{
    /// <summary>Something that an event has no place for.</summary>
    None,
    Time,
    Signal,
    Code,
    Parameter,
}

/// <summary>The names that agencies' and vendors' exports give the columns of an event table.</summary>
/// <remarks>Case, spaces, <c>_</c>, <c>-</c> and <c>.</c> do not count. Of two columns for one field the one named more exactly is taken.</remarks>
public static class EventFields
{
    /// <summary>Longest field name that is looked at, in bytes.</summary>
    public const int MaxNameBytes = 64;

    private static readonly FrozenDictionary<string, (EventField Field, int Rank)> ByName = Names(
        (EventField.Time, ["timestamp", "datetime", "eventtime", "eventtimestamp", "timestamplocal", "localtime", "date", "time"]),
        (EventField.Signal, ["signalid", "deviceid", "locationid", "signalidentifier", "locationidentifier", "intersectionid", "controllerid", "signal", "device", "location", "intersection"]),
        (EventField.Code, ["eventcode", "eventcodeid", "eventtypeid", "code", "eventtype", "eventid", "event"]),
        (EventField.Parameter, ["eventparam", "eventparameter", "parameter", "param", "eventvalue", "parm"]));

    private static readonly FrozenDictionary<string, (EventField Field, int Rank)>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        ByName.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>What a column of that name holds, and how exactly the name says so: 0 is best.</summary>
    public static (EventField Field, int Rank) Find(ReadOnlySpan<byte> name)
    {
        Span<char> plain = stackalloc char[MaxNameBytes];
        var length = Plain(name, plain);
        return length > 0 && Lookup.TryGetValue(plain[..length], out var found) ? found : default;
    }

    /// <summary>All names of a field, in lower case without separators, sorted.</summary>
    public static IReadOnlyList<string> ListNames(EventField field) =>
        [.. ByName.Where(n => n.Value.Field == field).Select(n => n.Key).Order(StringComparer.Ordinal)];

    /// <summary>A name in lower case without spaces and separators, as names are compared.</summary>
    /// <returns>The number of characters written; 0 when the name is longer than <see cref="MaxNameBytes"/> or not ASCII.</returns>
    internal static int Plain(ReadOnlySpan<byte> name, Span<char> plain)
    {
        if (name.Length > MaxNameBytes || !Ascii.IsValid(name))
        {
            return 0;
        }

        var length = 0;
        foreach (var b in name)
        {
            if (b is not ((byte)' ' or (byte)'_' or (byte)'-' or (byte)'.' or (byte)'"'))
            {
                plain[length++] = char.ToLowerInvariant((char)b);
            }
        }

        return length;
    }

    private static FrozenDictionary<string, (EventField Field, int Rank)> Names(params ReadOnlySpan<(EventField Field, string[] Names)> fields)
    {
        var names = new Dictionary<string, (EventField Field, int Rank)>(StringComparer.Ordinal);
        foreach (var (field, aliases) in fields)
        {
            for (var rank = 0; rank < aliases.Length; rank++)
            {
                names.Add(aliases[rank], (field, rank));
            }
        }

        return names.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
