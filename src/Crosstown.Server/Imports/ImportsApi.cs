using System.Globalization;
using Crosstown.Server.Api;
using Crosstown.Server.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.Imports;

/// <summary>One import with its files and what was wrong with them.</summary>
/// <param name="Counts">How often, by kind and file.</param>
/// <param name="Examples">The first few of each kind and file.</param>
/// <param name="KeptUntilMs">When the record is deleted, ms UTC.</param>
internal sealed record ImportAnswer(ImportRow Import, IReadOnlyList<ImportedFile> Files, IReadOnlyList<IssueCount> Counts, IReadOnlyList<IssueExample> Examples, long KeptUntilMs);

/// <summary>What was imported, and the issues found.</summary>
internal static class ImportsApi
{
    private const int MostOnPage = 500;
    private const long DayMs = 86_400_000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/imports", List).RequireRole(Role.Operate).WithName("listImports").WithTags("imports").Produces<Page<ImportRow>>();
        api.MapGet("/imports/{id}", Find).RequireRole(Role.Operate).WithName("getImport").WithTags("imports").Produces<ImportAnswer>();
    }

    private static IResult List(ImportRecords imports, string? door = null, bool issues = false, int page = 1, int size = 50)
    {
        var by = door is null ? null : EnumWord.Find<ImportDoor>(door);
        if (door is not null && by is null)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, "XT384", "door", $"'{door}' is no door; there are {string.Join(", ", Enum.GetValues<ImportDoor>().Select(EnumWord.Of))}.");
        }

        size = Math.Clamp(size, 1, MostOnPage);
        page = Math.Clamp(page, 1, int.MaxValue / MostOnPage);
        var (items, total) = imports.List(by, issues, (page - 1) * size, size);
        var asked = (by is { } d ? $"&door={EnumWord.Of(d)}" : "") + (issues ? "&issues=true" : "");
        return Results.Ok(new Page<ImportRow>(items, total, (long)page * size < total ? string.Create(CultureInfo.InvariantCulture, $"/api/v1/imports?page={page + 1}&size={size}{asked}") : null));
    }

    private static IResult Find(long id, ImportRecords imports) => imports.Find(id) is { } found
        ? Results.Ok(new ImportAnswer(found.Row, found.Files, found.Counts, found.Examples, found.Row.EndedMs + (ImportRecords.KeptDays * DayMs)))
        : ApiProblem.Of(StatusCodes.Status404NotFound, "XT385", "import", string.Create(CultureInfo.InvariantCulture, $"There is no record of an import {id}; records are kept for {ImportRecords.KeptDays} days."));
}
