using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Logs.Formats;

namespace Crosstown.Logs.Configuration;

/// <summary>The fields of one JSON object: each is asked for by name, what is wrong is reported and read as not given, and what nobody asked for is reported by name.</summary>
internal sealed class JsonFields(JsonElement element, string path, string source, DataIssueLog issues)
{
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>An enumeration value as the file writes it.</summary>
    public static string WordOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public void Skip(string name) => _asked.Add(name);

    public string? Text(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String ? value.GetString() : Wrong<string>(name, "text");
    }

    /// <summary>Text that people wrote as they liked; null, and reported, when it is shaped like an identifier (rule P07).</summary>
    public string? FreeText(string name) => Text(name) is { } text && Configuration.FreeText.TryTake(text, $"{path}/{name}", source, 0, issues) ? text : null;

    public double? Number(string name, double smallest, double largest)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= smallest && number <= largest
            ? number
            : Wrong<double?>(name, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"a number from {smallest} to {largest}"));
    }

    public int? Whole(string name, int smallest, int largest)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= smallest && number <= largest
            ? number
            : Wrong<int?>(name, $"a whole number from {smallest} to {largest}");
    }

    /// <summary>A phase, overlap, ring or channel: 1 to 255.</summary>
    public byte? Byte(string name) => (byte?)Whole(name, 1, byte.MaxValue);

    public ImmutableArray<byte> Bytes(string name)
    {
        var numbers = ImmutableArray.CreateBuilder<byte>();
        foreach (var item in Items(name))
        {
            if (item.ValueKind == JsonValueKind.Number && item.TryGetByte(out var number) && number > 0)
            {
                numbers.Add(number);
            }
            else
            {
                Wrong<string>(name, "a list of whole numbers from 1 to 255");
            }
        }

        return numbers.ToImmutable();
    }

    public bool Flag(string name) => Find(name) is { } value
        && (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : Wrong<bool>(name, "true or false"));

    public long? Moment(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return TimestampText.TryParse(Encoding.UTF8.GetBytes(text), out var timeMs, out var isUtc) && isUtc
            ? timeMs
            : Wrong<long?>(name, "a time such as 2024-05-13T15:00:00.000Z, in 1970 to 2099");
    }

    public string? Zone(string name)
    {
        var zone = Text(name);
        return zone is null || Zones.ZoneRules.Find(zone) is not null ? zone : Wrong<string>(name, "an IANA time zone such as America/Denver");
    }

    public T? Word<T>(string name)
        where T : struct, Enum => Text(name) is { } text ? ToWord<T>(name, text) : null;

    public IReadOnlyList<T> Words<T>(string name)
        where T : struct, Enum
    {
        var words = new List<T>();
        foreach (var item in Items(name))
        {
            var word = item.ValueKind == JsonValueKind.String ? ToWord<T>(name, item.GetString()!) : Wrong<T?>(name, "a list of words");
            if (word is { } value)
            {
                words.Add(value);
            }
        }

        return words;
    }

    public T? Object<T>(string name, Func<JsonFields, T?> read)
        where T : struct
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return Wrong<T?>(name, "an object");
        }

        var fields = new JsonFields(value, $"{path}/{name}", source, issues);
        var result = read(fields);
        fields.ReportUnknown();
        return result;
    }

    public ImmutableArray<T> List<T>(string name, Func<JsonFields, T?> read)
        where T : class => [.. Each(name).Select(f => Whole(f, read(f))).OfType<T>()];

    public ImmutableArray<T> List<T>(string name, Func<JsonFields, T?> read)
        where T : struct => [.. Each(name).Select(f => Whole(f, read(f))).Where(v => v.HasValue).Select(v => v!.Value)];

    /// <summary>Reports that a field without which the object says nothing is not there; the object is left out.</summary>
    public T? Missing<T>(string name)
    {
        Refuse(DataIssueKind.BadRow, $"{path} has no '{name}', or it is wrong; it is left out");
        return default;
    }

    public void Refuse(DataIssueKind kind, string assumed) => issues.Add(kind, source, 0, "", assumed);

    public void ReportUnknown()
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in element.EnumerateObject())
        {
            if (!_asked.Contains(property.Name))
            {
                issues.Add(DataIssueKind.UnknownField, source, 0, IssueText.Name(Encoding.UTF8.GetBytes(property.Name)), $"{path} has no such field; it is dropped unread");
            }
        }
    }

    private static T Whole<T>(JsonFields fields, T value)
    {
        fields.ReportUnknown();
        return value;
    }

    private IEnumerable<JsonFields> Each(string name)
    {
        var index = 0;
        foreach (var item in Items(name))
        {
            yield return new JsonFields(item, $"{path}/{name}/{index++}", source, issues);
        }
    }

    private JsonElement[] Items(string name)
    {
        if (Find(name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            return [.. value.EnumerateArray()];
        }

        Wrong<string>(name, "a list");
        return [];
    }

    private JsonElement? Find(string name)
    {
        _asked.Add(name);
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private T? ToWord<T>(string name, string text)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (WordOf(value) == text)
            {
                return value;
            }
        }

        return Wrong<T?>(name, $"one of {string.Join(", ", Enum.GetValues<T>().Select(WordOf))}");
    }

    private T? Wrong<T>(string name, string expected)
    {
        issues.Add(DataIssueKind.BadRow, source, 0, "", $"{path}/{name} is not {expected}; it is read as not given");
        return default;
    }
}
