using System.Collections.Immutable;
using System.Data.Common;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crosstown.Server.Store.Records;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.OpenApi;

namespace Crosstown.Server.Privacy;

/// <summary>Everything that a running server can store, answer, log and measure, read off the server itself (rule P02).</summary>
internal static partial class ServerInventory
{
    /// <summary>The interface's document.</summary>
    public const string ApiDocument = "v1";

    private const string LoggerExtensions = "Microsoft.Extensions.Logging.LoggerExtensions";
    private const string MeterPrefix = "Crosstown";

    private static readonly HashSet<string> s_loggers = [LoggerExtensions];

    private static readonly HashSet<string> s_settings =
    [
        "Microsoft.Extensions.Configuration.IConfiguration", "Microsoft.Extensions.Configuration.ConfigurationExtensions", "Microsoft.Extensions.Configuration.ConfigurationBinder",
    ];

    /// <summary>All groups of a server that is started.</summary>
    public static async Task<ImmutableArray<RunningGroup>> ListGroupsAsync(IServiceProvider services, CancellationToken stop)
    {
        using var records = services.GetRequiredService<RecordStore>().Open();
        var assembly = typeof(ServerInventory).Assembly;
        return
        [
            .. ListRelations(records, services.GetRequiredService<RecordStore>().Dialect),
            .. await ListApiAsync(services, stop).ConfigureAwait(false),
            .. ListLogs(assembly),
            .. ListMetrics(),
            .. ListSettings(assembly),
        ];
    }

    /// <summary>The tables of the live database. Text is a column that can hold letters; what bounds it, the inventory must say.</summary>
    public static ImmutableArray<RunningGroup> ListRelations(DbConnection connection, RecordDialect dialect)
    {
        using var command = connection.CreateCommand();
        command.CommandText = dialect == RecordDialect.Sqlite
            ? "select m.name, c.name, lower(c.type) from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite_%' order by m.name, c.cid"
            : "select table_name, column_name, data_type from information_schema.columns where table_schema = current_schema() order by table_name, ordinal_position";
        var columns = new List<(string Table, string Column, string Type)>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            columns.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        }

        return [.. columns.GroupBy(c => c.Table).Select(t => new RunningGroup(t.Key, "relation", [.. t.Select(c => new RunningField(c.Column, IsText(c.Type), ClassOf(c.Column, c.Type)))]))];
    }

    /// <summary>What the interface answers and asks for, from its own description.</summary>
    public static ImmutableArray<RunningGroup> ListApi(JsonElement document)
    {
        var groups = ImmutableArray.CreateBuilder<RunningGroup>();
        if (document.TryGetProperty("components", out var components) && components.TryGetProperty("schemas", out var schemas))
        {
            foreach (var schema in schemas.EnumerateObject())
            {
                var fields = ListProperties(schema.Value, document).ToImmutableArray();
                if (!fields.IsEmpty)
                {
                    groups.Add(new RunningGroup(schema.Name, "api", fields, DescriptionOf(schema.Value)));
                }
            }
        }

        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(o => o.Value.ValueKind == JsonValueKind.Object && o.Value.TryGetProperty("responses", out _)))
            {
                var fields = operation.Value.TryGetProperty("parameters", out var parameters)
                    ? parameters.EnumerateArray().Select(p => FieldOf(p.GetProperty("name").GetString()!, p.TryGetProperty("schema", out var s) ? s : default, document, DescriptionOf(p))).DistinctBy(f => f.Name).ToImmutableArray()
                    : [];
                if (!fields.IsEmpty)
                {
                    groups.Add(new RunningGroup($"{operation.Name.ToUpperInvariant()} {path.Name}", "api", fields, DescriptionOf(operation.Value)));
                }
            }
        }

        return groups.ToImmutable();
    }

    /// <summary>The templates of all log lines that the program can write, each with the names of its values.</summary>
    public static ImmutableArray<RunningGroup> ListLogs(Assembly assembly)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        var templates = SourceLiterals.ListCalls(assembly, s_loggers).Select(c => c.Texts.IsEmpty ? $"(no constant, in {c.Caller})" : c.Texts[0])
            .Concat(assembly.GetTypes().SelectMany(t => t.GetMethods(all)).Select(m => m.GetCustomAttribute<LoggerMessageAttribute>()?.Message).OfType<string>());
        return [.. templates.Distinct().Order(StringComparer.Ordinal).Select(t => new RunningGroup(
            t, "log", [.. Placeholder().Matches(t).Select(m => m.Groups[1].Value).Distinct().Select(n => new RunningField(n, false, "state"))]))];
    }

    /// <summary>The instruments of our meters; their labels show in use.</summary>
    public static ImmutableArray<RunningGroup> ListMetrics()
    {
        var groups = new List<RunningGroup>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.OrdinalIgnoreCase))
                {
                    groups.Add(new RunningGroup(instrument.Name, "metric", [new RunningField("value", false, "figure", instrument.Unit ?? "")], instrument.Description ?? ""));
                }
            },
        };
        listener.Start();
        return [.. groups.DistinctBy(g => g.Name).OrderBy(g => g.Name, StringComparer.Ordinal)];
    }

    /// <summary>The keys of settings that the program reads, by their sections.</summary>
    public static ImmutableArray<RunningGroup> ListSettings(Assembly assembly) =>
    [
        .. SourceLiterals.ListCalls(assembly, s_settings)
            .Where(c => !c.Texts.IsEmpty)
            .Select(c => c.Method == "GetConnectionString" ? $"ConnectionStrings:{c.Texts[0]}" : c.Texts[0])
            .Distinct()
            .Select(k => k.Split(':', 2))
            .GroupBy(k => k[0], k => k.Length > 1 ? k[1] : "(section)")
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new RunningGroup(g.Key, "setting", [.. g.Order(StringComparer.Ordinal).Select(k => new RunningField(k, false, "configuration"))])),
    ];

    private static async Task<ImmutableArray<RunningGroup>> ListApiAsync(IServiceProvider services, CancellationToken stop)
    {
        if (services.GetKeyedService<IOpenApiDocumentProvider>(ApiDocument) is not { } provider)
        {
            return [];
        }

        var document = await provider.GetOpenApiDocumentAsync(stop).ConfigureAwait(false);
        using var json = JsonDocument.Parse(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, stop).ConfigureAwait(false));
        return ListApi(json.RootElement);
    }

    private static IEnumerable<RunningField> ListProperties(JsonElement schema, JsonElement document)
    {
        foreach (var part in schema.TryGetProperty("allOf", out var parts) ? parts.EnumerateArray() : default)
        {
            foreach (var field in ListProperties(part, document))
            {
                yield return field;
            }
        }

        if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject())
            {
                yield return FieldOf(property.Name, property.Value, document, DescriptionOf(property.Value));
            }
        }
    }

    private static RunningField FieldOf(string name, JsonElement schema, JsonElement document, string description)
    {
        var isText = schema.ValueKind == JsonValueKind.Object && IsTextSchema(Follow(schema, document), document);
        return new RunningField(name, isText, ClassOf(name, isText ? "text" : ""), description);
    }

    private static bool IsTextSchema(JsonElement schema, JsonElement document)
    {
        if (schema.TryGetProperty("items", out var items))
        {
            return IsTextSchema(Follow(items, document), document);
        }

        return schema.TryGetProperty("type", out var type)
            && (type.ValueKind == JsonValueKind.String ? [type] : type.EnumerateArray().ToArray()).Any(t => t.GetString() == "string")
            && !schema.TryGetProperty("enum", out _) && !schema.TryGetProperty("format", out _)
            && !(schema.TryGetProperty("pattern", out _) && type.ValueKind == JsonValueKind.Array && type.GetArrayLength() > 1);
    }

    private static JsonElement Follow(JsonElement schema, JsonElement document) =>
        schema.TryGetProperty("$ref", out var reference) && reference.GetString()!.StartsWith("#/components/schemas/", StringComparison.Ordinal)
            ? document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!["#/components/schemas/".Length..])
            : schema;

    private static string DescriptionOf(JsonElement element) =>
        element.TryGetProperty("description", out var d) ? d.GetString() ?? "" : element.TryGetProperty("summary", out var s) ? s.GetString() ?? "" : "";

    private static bool IsText(string type) => type.Contains("char", StringComparison.Ordinal) || type.Contains("text", StringComparison.Ordinal) || type.Contains("json", StringComparison.Ordinal)
        || type.Contains("blob", StringComparison.Ordinal) || type.Contains("bytea", StringComparison.Ordinal) || type.Length == 0;

    private static string ClassOf(string name, string type) =>
        name.EndsWith("_ms", StringComparison.Ordinal) || name.EndsWith("Ms", StringComparison.Ordinal) ? "time"
        : IsText(type) && type.Length > 0 ? "text"
        : type == "boolean" || name.StartsWith("is", StringComparison.Ordinal) ? "state"
        : name.Contains("count", StringComparison.OrdinalIgnoreCase) ? "count"
        : name is "signal" or "phase" or "overlap" or "direction" or "movement" or "latitude" or "longitude" ? "place"
        : "state";

    [GeneratedRegex(@"\{@?([A-Za-z0-9_.]+)[^}]*\}")]
    private static partial Regex Placeholder();
}
