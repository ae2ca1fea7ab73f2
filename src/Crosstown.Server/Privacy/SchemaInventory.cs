using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Logs;
using Crosstown.Measures;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Options;

namespace Crosstown.Server.Privacy;

/// <summary>A field that the running program has.</summary>
/// <param name="Name">As written in files or on the command line.</param>
/// <param name="IsText">True when it can hold letters that no list gives (rule P04).</param>
/// <param name="Class">The inventory class that its type suggests.</param>
/// <param name="Description">What the code itself says of it; a draft shows it to the person who writes the purpose.</param>
public sealed record RunningField(string Name, bool IsText, string Class, string Description = "");

/// <summary>A table, file, record or command that the running program has.</summary>
/// <param name="Kind">One of <see cref="Inventory.Kinds"/>.</param>
/// <param name="Description">What the code itself says of it.</param>
public sealed record RunningGroup(string Name, string Kind, ImmutableArray<RunningField> Fields, string Description = "");

/// <summary>Everything that this program can store, write or ask for, read off the running code (rule P02).</summary>
public static class SchemaInventory
{
    /// <summary>Columns that say where on the street a value holds; they are numbers, but count nothing.</summary>
    private static readonly FrozenSet<string> PlaceNames = new[] { "phase", "channel", "detector", "lane", "overlap", "approach", "movement", "ring", "preempt" }
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> QualityNames = new[] { "seen_share", "dropped_cycles", "repaired_pairs", "faulted_detectors" }
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The tables that can be written: raw events on an engineer's demand, and measures under every definition set.</summary>
    public static ImmutableArray<TableSchema> ListTables() =>
    [
        EventExport.Schema,
        .. Enum.GetValues<DefinitionSet>().SelectMany(set => MeasureCatalog.All.SelectMany(m => m.TablesIn(set)))
            .Concat(ComposedCatalog.All.SelectMany(m => m.Tables))
            .DistinctBy(t => (t.Name, string.Join(',', t.Columns.Select(c => c.Name)))),
    ];

    /// <summary>All groups in the order in which the inventory lists them.</summary>
    /// <param name="more">Groups that only a whole program has: its commands, what its server stores and answers.</param>
    public static ImmutableArray<RunningGroup> ListGroups(IEnumerable<RunningGroup>? more = null)
    {
        var groups = ImmutableArray.CreateBuilder<RunningGroup>();
        groups.Add(new RunningGroup("controller-event", "record", [.. typeof(ControllerEvent)
            .GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
            .Select(f => f.Name[1..f.Name.IndexOf('>', StringComparison.Ordinal)])
            .Select(name => new RunningField(name, false, name == nameof(ControllerEvent.TimeMs) ? "time" : "state"))]));
        groups.Add(new RunningGroup("signal-configuration", "file", [.. ListFileFields("signal.schema.json")]));
        groups.Add(new RunningGroup("city-configuration", "file", [.. ListFileFields("city.schema.json")]));
        foreach (var tables in ListTables().GroupBy(t => t.Name))
        {
            // Two definition sets may write different columns under one name: together they are what the table can hold.
            groups.Add(new RunningGroup(tables.Key, "table", [.. tables.SelectMany(t => t.Columns).DistinctBy(c => c.Name).Select(Column)], TitleOf(tables.Key)));
        }

        groups.AddRange(more ?? []);
        return groups.ToImmutable();
    }

    private static RunningField Column(Column column) => new(column.Name, false, column.Type switch
    {
        _ when QualityNames.Contains(column.Name) => "quality",
        _ when PlaceNames.Contains(column.Name) => "place",
        ColumnType.Time => "time",
        ColumnType.Signal => "place",
        ColumnType.Word or ColumnType.Boolean => "state",
        _ => column.Unit.Length == 0 ? "count" : "figure",
    }, column.Description);

    private static string TitleOf(string table) =>
        MeasureCatalog.All.FirstOrDefault(m => Enum.GetValues<DefinitionSet>().Any(set => m.TablesIn(set).Any(t => t.Name == table)))?.Title
        ?? ComposedCatalog.All.FirstOrDefault(m => m.Tables.Any(t => t.Name == table))?.Title
        ?? "";

    /// <summary>The properties of a file's published schema, as paths such as <c>detectors[].channel</c>.</summary>
    private static RunningField[] ListFileFields(string file)
    {
        using var stream = typeof(SchemaInventory).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"This program was built without {file}.");
        using var schema = JsonDocument.Parse(stream);
        return [.. ListProperties(schema.RootElement, schema.RootElement, "")];
    }

    private static IEnumerable<RunningField> ListProperties(JsonElement root, JsonElement schema, string path)
    {
        foreach (var property in schema.GetProperty("properties").EnumerateObject())
        {
            var name = path + property.Name;
            var held = Follow(root, property.Value);
            if (held.TryGetProperty("items", out var items))
            {
                held = Follow(root, items);
                name += "[]";
            }

            if (held.TryGetProperty("properties", out _))
            {
                foreach (var inner in ListProperties(root, held, name + "."))
                {
                    yield return inner;
                }
            }
            else
            {
                var isText = held.TryGetProperty("type", out var type) && type.GetString() == "string"
                    && !held.TryGetProperty("enum", out _) && !held.TryGetProperty("pattern", out _) && !held.TryGetProperty("format", out _);
                yield return new RunningField(name, isText, isText ? "text" : "configuration");
            }
        }
    }

    private static JsonElement Follow(JsonElement root, JsonElement schema) =>
        schema.TryGetProperty("$ref", out var reference) ? root.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..]) : schema;
}
