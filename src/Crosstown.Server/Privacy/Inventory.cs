using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crosstown.Core.Privacy;

namespace Crosstown.Server.Privacy;

/// <summary>What the inventory says about one field.</summary>
public sealed record InventoryField
{
    public required string Name { get; init; }

    /// <summary>One of <see cref="Inventory.Classes"/>.</summary>
    public required string Class { get; init; }

    /// <summary>Why it exists, as a person wrote it.</summary>
    public required string Purpose { get; init; }

    /// <summary>For text: <c>closed: </c> or <c>free: </c>, and what bounds it or why it must be free; null for all else (rule P04).</summary>
    public string? Text { get; init; }

    /// <summary>Why a name that holds a forbidden word may stand; null for all others (rule P05).</summary>
    public string? Exception { get; init; }
}

/// <summary>What the inventory says about one table, file, record or command.</summary>
public sealed record InventoryGroup
{
    public required string Name { get; init; }

    /// <summary>One of <see cref="Inventory.Kinds"/>.</summary>
    public required string Kind { get; init; }

    public required string Purpose { get; init; }

    /// <summary>Who may see it: one of <see cref="Inventory.Tiers"/>.</summary>
    public required string Tier { get; init; }

    /// <summary>How long it is kept: one of <see cref="Inventory.Retentions"/>.</summary>
    public required string Retention { get; init; }

    public required ImmutableArray<InventoryField> Fields { get; init; }
}

/// <summary>The published list of everything that Crosstown holds: <c>privacy/inventory.json</c> (rule P02).</summary>
public sealed class Inventory
{
    /// <summary>What a person still has to fill in; the inventory is not valid with it.</summary>
    public const string Unknown = "?";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private Inventory(ImmutableArray<InventoryGroup> groups) => Groups = groups;

    /// <summary>What a group is. A relation is a table of the records, an api group a kind of answer or the parameters of an endpoint, a log group one line's template.</summary>
    public static ImmutableArray<string> Kinds { get; } =
        ["record", "file", "path", "table", "command", "relation", "api", "cookie", "header", "log", "metric", "setting"];

    /// <summary>What a field holds. Account is what staff sign in with, and the names of accounts; label is a metric's.</summary>
    public static ImmutableArray<string> Classes { get; } =
        ["time", "place", "configuration", "state", "count", "figure", "quality", "text", "command", "account", "label"];

    public static ImmutableArray<string> Tiers { get; } = ["public", "staff", "raw"];

    public static ImmutableArray<string> Retentions { get; } = [$"{PrivacyLimits.RawRetentionDays} days", "until replaced", "for good", "not kept", "while the account exists", "8 hours", "3 years"];

    public ImmutableArray<InventoryGroup> Groups { get; }

    /// <summary>The inventory that this program was built with.</summary>
    public static Inventory Published { get; } = ReadPublished();

    /// <exception cref="JsonException">The text is no inventory; unknown members are not allowed.</exception>
    public static Inventory Parse(string json) => new((JsonSerializer.Deserialize<Content>(json, Json) ?? throw new JsonException("The inventory is null.")).Groups);

    /// <summary>Everything in which the inventory and the running program differ, and every entry that breaks a rule; empty when all is well.</summary>
    /// <param name="running">What the program has. A kind of which it lists nothing is not compared: paths, cookies and headers show only in use.</param>
    public IReadOnlyList<string> ListDifferences(ImmutableArray<RunningGroup> running)
    {
        var differences = new List<string>();
        var kinds = running.Select(r => r.Kind).ToHashSet();
        var comparable = Groups.Where(g => kinds.Contains(g.Kind)).ToArray();
        foreach (var twice in Groups.GroupBy(g => (g.Kind, g.Name)).Where(g => g.Count() > 1))
        {
            differences.Add($"{twice.Key.Kind} {twice.Key.Name} is listed {twice.Count()} times");
        }

        foreach (var group in running)
        {
            if (Find(group) is not { } entry)
            {
                differences.Add($"{group.Kind} {group.Name} is not in the inventory, with its {group.Fields.Length} fields");
                continue;
            }

            differences.AddRange(group.Fields.Where(f => entry.Fields.All(e => e.Name != f.Name)).Select(f => $"{group.Kind} {group.Name}: field {f.Name} is not in the inventory"));

            // A metric's labels show only once something was measured.
            differences.AddRange(entry.Fields.Where(e => e.Class != "label" && group.Fields.All(f => f.Name != e.Name)).Select(e => $"{group.Kind} {group.Name}: field {e.Name} is in the inventory, but not in the program"));
            differences.AddRange(entry.Fields.GroupBy(f => f.Name).Where(f => f.Count() > 1).Select(f => $"{group.Kind} {group.Name}: field {f.Key} is listed twice"));
            differences.AddRange(group.Fields.SelectMany(f => entry.Fields.Where(e => e.Name == f.Name && e.Text is null == f.IsText)
                .Select(e => $"{group.Kind} {group.Name}: field {e.Name} {(f.IsText ? "holds text, and the inventory does not say what bounds it" : "holds no text, but the inventory says so")}")));
        }

        differences.AddRange(comparable.Where(g => running.All(r => (r.Kind, r.Name) != (g.Kind, g.Name))).Select(g => $"{g.Kind} {g.Name} is in the inventory, but not in the program"));
        differences.AddRange(Groups.SelectMany(ListFaults));
        var free = Groups.SelectMany(g => g.Fields.Where(f => f.Text?.StartsWith("free: ", StringComparison.Ordinal) == true).Select(f => $"{g.Name}/{f.Name}")).ToArray();
        if (free.Length > PrivacyLimits.FreeTextFields)
        {
            differences.Add($"{free.Length} fields of free text ({string.Join(", ", free)}); {PrivacyLimits.FreeTextFields} is the limit");
        }

        return differences;
    }

    /// <summary>Writes entries for what the inventory lacks, for a person to fill in.</summary>
    /// <remarks>A column that has the same purpose wherever the inventory has it gets that purpose, so that a person judges it and need not type it.</remarks>
    public void WriteDraft(ImmutableArray<RunningGroup> running, TextWriter output)
    {
        foreach (var group in running)
        {
            var entry = Find(group);
            var missing = group.Fields.Where(f => entry is null || entry.Fields.All(e => e.Name != f.Name)).ToArray();
            if (missing.Length == 0 && entry is not null)
            {
                continue;
            }

            if (entry is null)
            {
                output.WriteLine($$"""    { "name": {{Quote(group.Name)}}, "kind": "{{group.Kind}}", "purpose": {{Quote(Suggest(group.Description))}}, "tier": "?", "retention": "?", "fields": [""");
            }
            else
            {
                output.WriteLine($"    in {group.Kind} {group.Name}:");
            }

            for (var i = 0; i < missing.Length; i++)
            {
                var alike = FindAlike(group.Kind, missing[i].Name);
                var text = missing[i].IsText ? $", \"text\": {Quote(alike?.Text ?? Unknown)}" : "";
                var exception = alike?.Exception is { } reason ? $", \"exception\": {Quote(reason)}" : "";
                output.WriteLine(
                    $$"""      { "name": {{Quote(missing[i].Name)}}, "class": "{{alike?.Class ?? missing[i].Class}}", "purpose": {{Quote(alike?.Purpose ?? Suggest(missing[i].Description))}}{{text}}{{exception}} }{{(i + 1 < missing.Length ? "," : "")}}""");
            }

            if (entry is null)
            {
                output.WriteLine("    ] },");
            }
        }

        static string Suggest(string description) => description.Length == 0 ? Unknown : $"{Unknown} {description}";

        static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
    }

    /// <summary>The field of a name in any group of the kind, when all that have it agree on it.</summary>
    private InventoryField? FindAlike(string kind, string name)
    {
        var fields = Groups.Where(g => g.Kind == kind && (kind != "table" || g.Tier != "raw")).SelectMany(g => g.Fields.Where(f => f.Name == name)).ToArray();
        return fields.DistinctBy(f => f.Purpose).Count() == 1 ? fields[0] : null;
    }

    /// <summary>The group of a kind and name; null when there is none.</summary>
    public InventoryGroup? Find(string kind, string name) => Groups.FirstOrDefault(g => (g.Kind, g.Name) == (kind, name));

    private InventoryGroup? Find(RunningGroup group) => Groups.FirstOrDefault(g => (g.Kind, g.Name) == (group.Kind, group.Name));

    private static IEnumerable<string> ListFaults(InventoryGroup group)
    {
        var where = $"{group.Kind} {group.Name}";
        (string Value, string What, ImmutableArray<string> Allowed)[] choices =
            [(group.Kind, "kind", Kinds), (group.Tier, "tier", Tiers), (group.Retention, "retention", Retentions)];
        foreach (var (value, what, allowed) in choices.Where(c => !c.Allowed.Contains(c.Value)))
        {
            yield return $"{where}: {what} '{value}' is none of {string.Join(", ", allowed)}";
        }

        if (!IsSaid(group.Purpose))
        {
            yield return $"{where}: its purpose is not said";
        }

        if (group.Tier == "raw" && group.Retention is "for good")
        {
            yield return $"{where}: raw data is not kept for good";
        }

        foreach (var field in group.Fields)
        {
            if (!Classes.Contains(field.Class))
            {
                yield return $"{where}: class '{field.Class}' of field {field.Name} is none of {string.Join(", ", Classes)}";
            }

            if (!IsSaid(field.Purpose))
            {
                yield return $"{where}: the purpose of field {field.Name} is not said";
            }

            if (field.Text is { } text && !((text.StartsWith("closed: ", StringComparison.Ordinal) || text.StartsWith("free: ", StringComparison.Ordinal)) && IsSaid(text[6..])))
            {
                yield return $"{where}: the text of field {field.Name} is neither 'closed: ' with what bounds it nor 'free: ' with a reason";
            }

            if (ForbiddenWords.Find(field.Name) is { } word && !IsSaid(field.Exception ?? ""))
            {
                yield return $"{where}: field {field.Name} holds the forbidden word '{word}'";
            }
        }

        if (ForbiddenWords.Find(group.Name) is { } inName)
        {
            yield return $"{where}: its name holds the forbidden word '{inName}'";
        }
    }

    private static bool IsSaid(string text) => text.Trim().Length >= 3 && !text.Contains(Unknown, StringComparison.Ordinal);

    private static Inventory ReadPublished()
    {
        using var stream = typeof(Inventory).Assembly.GetManifestResourceStream("inventory.json")
            ?? throw new InvalidOperationException("This program was built without its inventory.");
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd());
    }

    private sealed record Content
    {
        [JsonPropertyName("$schema")]
        public string? Schema { get; init; }

        public required ImmutableArray<InventoryGroup> Groups { get; init; }
    }
}
