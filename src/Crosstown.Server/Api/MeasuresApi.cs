using Crosstown.Core.Tables;
using Crosstown.Measures;
using Crosstown.Measures.Options;
using Crosstown.Server.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.Api;

/// <summary>A measure: what it is called, what it writes, and its page in the documentation.</summary>
internal sealed record MeasureAnswer(string Name, string Title, IReadOnlyList<TableAnswer> Tables, IReadOnlyList<string> Options);

/// <summary>A table and its columns.</summary>
internal sealed record TableAnswer(string Name, IReadOnlyList<ColumnAnswer> Columns);

/// <summary>A column: its type, its unit (empty for counts and labels) and what it says; the words that may stand in it.</summary>
internal sealed record ColumnAnswer(string Name, ColumnType Type, string Unit, string Description, IReadOnlyList<string>? Words);

internal static class MeasuresApi
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/measures", () => MeasureCatalog.All.Select(m => new MeasureAnswer(
            m.Name, m.Title, [.. m.TablesIn(DefinitionSet.Crosstown).Select(Answer)], [.. m.Options.Select(o => o.Name)])).ToArray())
            .RequireRole(Role.View).WithName("listMeasures").WithTags("measures");
        api.MapGet("/measures/{name}/definition", (string name) =>
        {
            using var stream = MeasureCatalog.Find(name) is null && Measures.Composed.ComposedCatalog.Find(name) is null ? null : typeof(MeasuresApi).Assembly.GetManifestResourceStream($"measures/{name}.md");
            if (stream is null)
            {
                return ApiProblem.Of(StatusCodes.Status404NotFound, "XT402", "measure", $"There is no measure '{name}'.");
            }

            using var reader = new StreamReader(stream);
            return Results.Text(reader.ReadToEnd(), "text/markdown; charset=utf-8");
        }).RequireRole(Role.View).WithName("getMeasureDefinition").WithTags("measures");
    }

    public static TableAnswer Answer(TableSchema schema) => new(
        schema.Name, [.. schema.Columns.Select(c => new ColumnAnswer(c.Name, c.Type, c.Unit, c.Description, c.Type == ColumnType.Word ? c.Words : null))]);
}
