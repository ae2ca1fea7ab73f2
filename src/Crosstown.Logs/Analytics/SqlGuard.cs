using System.Text.Json;

namespace Crosstown.Logs.Analytics;

/// <summary>Looks at a statement, as the engine understands it, before it is run.</summary>
/// <remarks>
/// A statement that only reads can still call table functions, and some of those open files, change what the engine logs, or read memory at an
/// address that they are given. Only those that are known to be harmless are let through; a new one of a new version is not.
/// </remarks>
internal static class SqlGuard
{
    private const int MaxDepth = 512;

    private static readonly string[] s_tableFunctions =
    [
        "duckdb_columns", "duckdb_functions", "duckdb_tables", "duckdb_views", "events", "generate_series", "histogram", "histogram_values",
        "pg_timezone_names", "pragma_table_info", "range", "repeat", "unnest",
    ];

    /// <exception cref="AnalyticsException">The text is no statement that reads, or calls a table function that is not let through.</exception>
    public static void Check(AnalyticsDatabase database, string sql)
    {
        string tree;
        using (var result = database.Read($"SELECT json_serialize_sql({AnalyticsDatabase.Literal(sql)})"))
        {
            result.Next();
            tree = System.Text.Encoding.UTF8.GetString(result.Column(0).Text(0));
        }

        using var json = Parse(tree);
        if (json.RootElement.GetProperty("error").GetBoolean())
        {
            throw new AnalyticsException(json.RootElement.GetProperty("error_type").GetString() == "parser"
                ? json.RootElement.GetProperty("error_message").GetString()!
                : "Only statements that read are run: SELECT, WITH, FROM, DESCRIBE, SHOW, SUMMARIZE.");
        }

        Check(json.RootElement);
    }

    private static JsonDocument Parse(string tree)
    {
        try
        {
            return JsonDocument.Parse(tree, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException)
        {
            throw new AnalyticsException($"The statement is nested too deeply: {MaxDepth} levels are the limit.");
        }
    }

    private static void Check(JsonElement node)
    {
        if (node.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in node.EnumerateArray())
            {
                Check(item);
            }
        }
        else if (node.ValueKind == JsonValueKind.Object)
        {
            if (node.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("TABLE_FUNCTION"))
            {
                var name = node.GetProperty("function").GetProperty("function_name").GetString()!;
                if (!s_tableFunctions.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    throw new AnalyticsException($"The table function {name} is not run here. These are: {string.Join(", ", s_tableFunctions)}.");
                }
            }

            foreach (var property in node.EnumerateObject())
            {
                Check(property.Value);
            }
        }
    }
}
