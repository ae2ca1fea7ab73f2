using System.Globalization;
using System.Text;
using Crosstown.Core.Tables;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Crosstown.Server.People.Audit;

/// <param name="Next">What to send as <c>before</c> for the next page; null on the last.</param>
internal sealed record AuditPage(IReadOnlyList<AuditEntry> Items, long? Next);

/// <summary>The audit, for administrators: from the newest entry back, as JSON or CSV.</summary>
internal static class AuditApi
{
    private const int MostEntries = 1000;
    private const string Csv = "text/csv";

    public static void Map(RouteGroupBuilder api) => api.MapGet("/audit", List).RequireRole(Role.Admin).WithName("listAudit").WithTags("people");

    private static IResult List(HttpRequest request, AuditLog audit, long? before = null, string? account = null, string? action = null, int size = 100)
    {
        size = Math.Clamp(size, 1, MostEntries);
        var entries = audit.List(before, account, action, size);
        return request.Headers[HeaderNames.Accept].ToString().StartsWith(Csv, StringComparison.OrdinalIgnoreCase)
            ? Results.Text(ToCsv(entries), Csv, Encoding.UTF8)
            : Results.Ok(new AuditPage(entries, entries.Count == size && entries[^1].Number > 1 ? entries[^1].Number : null));
    }

    private static string ToCsv(IReadOnlyList<AuditEntry> entries)
    {
        var csv = new StringBuilder("number,time_ms,account,reason,action,subject,before_hash,after_hash,program,previous_hash,hash\r\n");
        foreach (var e in entries)
        {
            csv.AppendJoin(
                ',',
                e.Number.ToString(CultureInfo.InvariantCulture),
                e.TimeMs.ToString(CultureInfo.InvariantCulture),
                CellText.QuoteForCsv(e.Account),
                CellText.QuoteForCsv(e.Reason),
                CellText.QuoteForCsv(e.Action),
                CellText.QuoteForCsv(e.Subject),
                e.BeforeHash,
                e.AfterHash,
                CellText.QuoteForCsv(e.Program),
                e.PreviousHash,
                e.Hash).Append("\r\n");
        }

        return csv.ToString();
    }
}
