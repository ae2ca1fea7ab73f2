using System.Globalization;
using System.Text.Json.Nodes;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Configuration;

namespace Crosstown.Server.Configuration;

/// <summary>One setting of a signal.</summary>
/// <param name="Field">Where it stands, such as <c>detectors/12/phase</c>: the section, the item's own number or id, the field.</param>
/// <param name="Value">What it says, as people write it; <see cref="SettingList.Listed"/> for an item of which nothing else is said.</param>
internal readonly record struct Setting(string Field, string Value);

/// <summary>A signal's configuration as a flat list of settings, in the order of the schema and of the items' numbers: what is compared, shown and chosen from.</summary>
/// <remarks>
/// What a configuration rests on (its evidence) and from when on it holds are no settings. A detector channel that is listed for several phases is
/// told apart as <c>12</c>, <c>12#2</c> and so on, by phase and overlap. <c>/</c> and <c>~</c> in an approach's id are written <c>~1</c> and <c>~0</c>.
/// </remarks>
internal static class SettingList
{
    /// <summary>The value of an item of which nothing is said but that it is there.</summary>
    public const string Listed = "listed";

    private static readonly string[] s_sections = ["name", "zone", "latitude", "longitude", "approaches", "detectors", "phases", "overlaps", "pedestrianButtons", "patterns"];

    private static readonly Dictionary<string, string> s_identity = new(StringComparer.Ordinal)
    {
        ["approaches"] = "id", ["detectors"] = "channel", ["phases"] = "number", ["overlaps"] = "number",
        ["pedestrianButtons"] = "channel", ["patterns"] = "number", ["splits"] = "phase",
    };

    /// <summary>All settings in their order.</summary>
    public static IReadOnlyList<Setting> Of(SignalConfiguration configuration)
    {
        var settings = new List<Setting>();
        Collect(settings, "", ToJson(configuration));
        settings.RemoveAll(s => s.Field is "signal" or "validFrom" || s.Field.StartsWith("evidence", StringComparison.Ordinal));
        settings.Sort((a, b) => Compare(a.Field, b.Field));
        return settings;
    }

    /// <summary>The order of settings: sections as in the schema, items by number, fields by name.</summary>
    public static int Compare(string left, string right)
    {
        var (a, b) = (left.Split('/'), right.Split('/'));
        var bySection = SectionOf(a[0]).CompareTo(SectionOf(b[0]));
        for (var i = 1; bySection == 0 && i < Math.Min(a.Length, b.Length); i++)
        {
            bySection = CompareParts(a[i], b[i]);
        }

        return bySection != 0 ? bySection : a.Length.CompareTo(b.Length);
    }

    /// <summary>A configuration with some fields taken from another one, and all else as it was.</summary>
    /// <param name="fields">Fields of <paramref name="from"/>; an item that is not there yet is made.</param>
    public static SignalConfiguration Take(SignalConfiguration now, SignalConfiguration from, IEnumerable<string> fields)
    {
        var (target, source) = (ToJson(now), ToJson(from));
        foreach (var field in fields)
        {
            Copy(target, source, field.Split('/'));
        }

        return SignalFiles.ReadTexts([("signal", target.ToJsonString())], new DataIssueLog()).Single();
    }

    /// <summary>A configuration with everything that another one says laid over it; items that the other one does not list stay.</summary>
    public static SignalConfiguration Overlay(SignalConfiguration now, SignalConfiguration from) => Take(now, from, Of(from).Select(s => s.Field));

    /// <summary>The configuration as its JSON, <c>docs/schema/signal.schema.json</c>.</summary>
    public static JsonObject ToJson(SignalConfiguration configuration)
    {
        using var stream = new MemoryStream();
        SignalFiles.Write(stream, configuration);
        return JsonNode.Parse(stream.GetBuffer().AsSpan(0, (int)stream.Length))!.AsObject();
    }

    private static void Collect(List<Setting> settings, string path, JsonObject json)
    {
        foreach (var (name, value) in json)
        {
            var field = path + name;
            switch (value)
            {
                case JsonObject group:
                    var (kind, number) = group.Single();
                    settings.Add(new Setting(field, kind == "overlap" ? SignalGroup.Overlap((int)number!).ToString() : SignalGroup.Phase((int)number!).ToString()));
                    break;
                case JsonArray items when s_identity.TryGetValue(name, out var identity):
                    foreach (var (key, item) in Keyed(items, identity))
                    {
                        CollectItem(settings, $"{field}/{key}", identity, item);
                    }

                    break;
                case JsonArray words when words.All(w => w is JsonValue):
                    settings.Add(new Setting(field, string.Join(", ", words.Select(Text))));
                    break;
                case JsonValue single:
                    settings.Add(new Setting(field, Text(single)));
                    break;
            }
        }
    }

    private static void CollectItem(List<Setting> settings, string path, string identity, JsonObject item)
    {
        if (item.ContainsKey("splitS"))
        {
            settings.Add(new Setting(path, Text(item["splitS"])));
            return;
        }

        var rest = item.Where(m => m.Key != identity).ToList();
        if (rest.Count == 0)
        {
            settings.Add(new Setting(path, Listed));
            return;
        }

        var said = new JsonObject(rest.Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())));
        Collect(settings, path + "/", said);
    }

    /// <summary>Items with the key by which each is named; a key that several have is numbered, by phase and overlap.</summary>
    private static IEnumerable<(string Key, JsonObject Item)> Keyed(JsonArray? items, string identity) =>
        (items ?? []).OfType<JsonObject>().GroupBy(i => Text(i[identity]), StringComparer.Ordinal).SelectMany(same => same
            .OrderBy(i => (int?)i["overlap"] ?? 0).ThenBy(i => i["phase"] is JsonValue phase ? (int?)phase : 0)
            .Select((item, i) => (Escape(same.Key) + (i == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"#{i + 1}")), item)));

    private static void Copy(JsonObject target, JsonObject source, ReadOnlySpan<string> way)
    {
        var name = way[0];
        if (way.Length == 1)
        {
            target[name] = source[name]?.DeepClone();
            return;
        }

        var identity = s_identity[name];
        if (Keyed(source[name] as JsonArray, identity).Where(Named(way[1])).Select(k => k.Item).FirstOrDefault() is not { } from)
        {
            return;
        }

        if (target[name] is not JsonArray items)
        {
            target[name] = items = [];
        }

        var item = Keyed(items, identity).Where(Named(way[1])).Select(k => k.Item).FirstOrDefault();
        if (item is null)
        {
            item = new JsonObject { [identity] = from[identity]!.DeepClone() };
            items.Add(item);
        }

        if (way.Length > 2)
        {
            Copy(item, from, way[2..]);
        }
        else if (from.ContainsKey("splitS"))
        {
            item["splitS"] = from["splitS"]!.DeepClone();
        }
    }

    private static Func<(string Key, JsonObject Item), bool> Named(string key) => k => k.Key == key;

    private static string Escape(string key) => key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static string Text(JsonNode? value) => value is JsonValue single && single.TryGetValue<string>(out var text) ? text : value?.ToJsonString() ?? "";

    private static int SectionOf(string name) => Array.IndexOf(s_sections, name) is >= 0 and var index ? index : s_sections.Length;

    private static int CompareParts(string a, string b)
    {
        var (aNumber, aRest) = Number(a);
        var (bNumber, bRest) = Number(b);
        var byNumber = aNumber.CompareTo(bNumber);
        return byNumber != 0 ? byNumber : string.CompareOrdinal(aRest, bRest);
    }

    /// <summary>The number that a part starts with; words come after all numbers.</summary>
    private static (long Number, string Tail) Number(string part)
    {
        var digits = part.TakeWhile(char.IsAsciiDigit).Take(15).Count();
        return digits == 0 ? (long.MaxValue, part) : (long.Parse(part.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture), part[digits..]);
    }
}
