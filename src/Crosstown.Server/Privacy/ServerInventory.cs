using System.Collections.Immutable;
using System.Data.Common;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Crosstown.Server.Store.Records;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Privacy;

/// <summary>Everything that a running server can store, answer, log and measure, read off the server itself (rule P02).</summary>
internal static partial class ServerInventory
{
    private const string LoggerExtensions = "Microsoft.Extensions.Logging.LoggerExtensions";
    private const string MeterPrefix = "Crosstown";

    private static readonly HashSet<string> s_loggers = [LoggerExtensions];

    private static readonly HashSet<string> s_settings =
    [
        "Microsoft.Extensions.Configuration.IConfiguration", "Microsoft.Extensions.Configuration.ConfigurationExtensions", "Microsoft.Extensions.Configuration.ConfigurationBinder",
    ];

    /// <summary>All groups of a server that is started.</summary>
    public static ImmutableArray<RunningGroup> ListGroups(IServiceProvider services)
    {
        using var records = services.GetRequiredService<RecordStore>().Open();
        var assembly = typeof(ServerInventory).Assembly;
        return
        [
            .. ListRelations(records, services.GetRequiredService<RecordStore>().Dialect),
            .. ApiInventory.ListGroups(services.GetRequiredService<EndpointDataSource>()),
            .. ListLogs(assembly),
            .. ListMetrics(assembly),
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

    /// <summary>The templates of all log lines that the program can write, each with the names of its values.</summary>
    public static ImmutableArray<RunningGroup> ListLogs(Assembly assembly)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        var templates = SourceLiterals.ListCalls(assembly, s_loggers).Select(c => c.Texts.IsEmpty ? $"(no constant, in {c.MadeIn})" : c.Texts.MaxBy(t => t.Length)!)
            .Concat(assembly.GetTypes().SelectMany(t => t.GetMethods(all)).Select(m => m.GetCustomAttribute<LoggerMessageAttribute>()?.Message).OfType<string>());
        return [.. templates.Distinct().Order(StringComparer.Ordinal).Select(t => new RunningGroup(
            t, "log", [.. Placeholder().Matches(t).Select(m => m.Groups[1].Value).Distinct().Select(n => new RunningField(n, false, "state"))]))];
    }

    /// <summary>The instruments of our meters; their labels show in use.</summary>
    public static ImmutableArray<RunningGroup> ListMetrics(Assembly assembly)
    {
        // An instrument is known from the moment at which its class is first used.
        foreach (var type in assembly.GetTypes().Where(t => !t.ContainsGenericParameters
            && t.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public).Any(f => f.FieldType == typeof(Meter) || f.FieldType.IsAssignableTo(typeof(Instrument)))))
        {
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }

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

    /// <summary>The keys of settings that the program reads; those inside a section by their own name.</summary>
    public static ImmutableArray<RunningGroup> ListSettings(Assembly assembly) =>
    [
        new("settings", "setting",
        [
            .. SourceLiterals.ListCalls(assembly, s_settings)
                .Where(c => !c.Texts.IsEmpty && c.Method != "set_Item")
                .Select(c => c.Method == "GetConnectionString" ? $"ConnectionStrings:{c.Texts[^1]}" : c.Texts[^1])
                .Distinct().Order(StringComparer.Ordinal).Select(k => new RunningField(k, false, "configuration")),
        ]),
    ];

    private static bool IsText(string type) => type.Contains("char", StringComparison.Ordinal) || type.Contains("text", StringComparison.Ordinal) || type.Contains("json", StringComparison.Ordinal)
        || type.Contains("blob", StringComparison.Ordinal) || type.Contains("bytea", StringComparison.Ordinal) || type.Length == 0;

    private static string ClassOf(string name, string type) =>
        name.EndsWith("_ms", StringComparison.Ordinal) || name.EndsWith("Ms", StringComparison.Ordinal) ? "time"
        : IsText(type) ? "text"
        : type == "boolean" ? "state"
        : name.Contains("count", StringComparison.OrdinalIgnoreCase) ? "count"
        : name is "signal" or "phase" or "overlap" or "direction" or "movement" ? "place"
        : "state";

    [GeneratedRegex(@"\{@?([A-Za-z0-9_.]+)[^}]*\}")]
    private static partial Regex Placeholder();
}
