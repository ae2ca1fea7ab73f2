using System.Globalization;
using System.Text.Json;
using Crosstown.Server.People;
using Crosstown.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Crosstown.Server.Api;

/// <summary>What looks wrong, worst first.</summary>
/// <param name="Items">The findings.</param>
/// <param name="Total">Number of findings that fit, those left out of the answer included.</param>
/// <param name="CheckedMs">When the signals were looked at last, ms UTC.</param>
/// <param name="Pending">Signals that have not been looked at yet, as just after a start.</param>
internal sealed record FindingsAnswer(IReadOnlyList<FindingAnswer> Items, int Total, long CheckedMs, int Pending);

/// <summary>A finding.</summary>
/// <param name="Id">Stable as long as it is the same one.</param>
/// <param name="Signal">The signal; empty for the city as a whole.</param>
/// <param name="Kind">What kind of finding it is.</param>
/// <param name="Number">Phase, channel or button; null where the whole signal is meant.</param>
/// <param name="SinceMs">Since when, ms UTC.</param>
/// <param name="LastMs">When it was seen last, ms UTC.</param>
/// <param name="Count">How many bins or days it was seen in.</param>
/// <param name="Title">What is wrong.</param>
/// <param name="Action">What to do first.</param>
/// <param name="Value">What was found; null where there is no figure.</param>
/// <param name="Limit">What it was compared with; null where there is none.</param>
/// <param name="Unit">Unit of value and limit.</param>
/// <param name="Evidence">The figure over the last day or the last days, for a sparkline.</param>
/// <param name="SeenShare">Share of the time behind it that the log saw, 0-1; null when unknown.</param>
/// <param name="Snooze">Until when somebody set it aside, and why; null when nobody did.</param>
internal sealed record FindingAnswer(
    string Id, string Signal, string Kind, FindingCause Cause, int? Number, long SinceMs, long LastMs, int Count, FindingSeverity Severity, string Title, string Action,
    double? Value, double? Limit, string Unit, IReadOnlyList<EvidencePoint> Evidence, double? SeenShare, SnoozeAnswer? Snooze);

/// <summary>A finding set aside.</summary>
/// <param name="UntilMs">When it comes back, ms UTC.</param>
/// <param name="Reason">Why: known, scheduled, construction, not-a-fault or waiting-for-parts.</param>
internal sealed record SnoozeAnswer(long UntilMs, string Reason);

internal static class FindingsApi
{
    private const long MostBodyBytes = 1024;

    private static readonly ApiParameter s_id = new("id", ParameterKind.Name, "The finding.") { In = "path", IsRequired = true, Example = "101:stuck-on:12" };
    private static readonly ApiParameter s_from = Parameters.From with { IsRequired = false, Description = "Only findings that were seen at or after this, milliseconds UTC." };
    private static readonly ApiParameter s_to = Parameters.To with { IsRequired = false, Description = "Only findings that began before this, milliseconds UTC." };
    private static readonly ApiParameter s_class = new("class", ParameterKind.Word, "Only findings with this cause.") { Words = [.. Enum.GetNames<FindingCause>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName)] };
    private static readonly ApiParameter s_severity = new("severity", ParameterKind.Word, "Only findings of this severity.") { Words = [.. Enum.GetNames<FindingSeverity>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName)] };
    private static readonly ApiParameter s_kind = new("kind", ParameterKind.Word, "Only findings of this kind.") { Words = [.. FindingKind.All.Select(k => k.Name)] };
    private static readonly ApiParameter s_signal = new("signal", ParameterKind.Signals, "Only findings of these signals.") { Least = 1, Most = 5000, Example = "101" };
    private static readonly ApiParameter s_limit = new("limit", ParameterKind.Whole, "Most findings of the answer, worst first.") { Least = 1, Most = 20_000, Default = "1000" };

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/findings", ListAsync).RequireRole(Role.View).WithName("listFindings").WithTags("findings")
            .WithSummary("What looks wrong in the city, worst first: repeats folded into one, detectors of a silent cabinet left out. Kept ready in the background.")
            .Takes(s_from, s_to, s_class, s_severity, s_kind, s_signal, s_limit)
            .Produces<FindingsAnswer>().Problems(StatusCodes.Status304NotModified, StatusCodes.Status400BadRequest);
        api.MapPost("/findings/{id}/snooze", SnoozeAsync).RequireRole(Role.Operate).WithName("snoozeFinding").WithTags("findings")
            .WithSummary("Sets a finding aside for up to 21 days, with a reason of a closed list. Written into the audit.")
            .Takes(s_id).WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MostBodyBytes))
            .Produces<SnoozeAnswer>().Problems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        api.MapDelete("/findings/{id}/snooze", WakeAsync).RequireRole(Role.Operate).WithName("wakeFinding").WithTags("findings")
            .WithSummary("Brings a finding back that was set aside. Written into the audit.")
            .Takes(s_id)
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent)).Problems(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ListAsync(HttpContext context, FindingBoard board, Snoozes snoozes, AnswerCache cache, AnswerTag tags, TimeProvider time, IOptions<JsonOptions> json)
    {
        var reader = new RequestReader(context);
        var (from, to) = (reader.Whole(s_from) ?? 0, reader.Whole(s_to) ?? long.MaxValue);
        var (cause, severity, kind) = (reader.Word(s_class), reader.Word(s_severity), reader.Word(s_kind));
        var signals = reader.Signals(s_signal);
        var limit = (int)(reader.Whole(s_limit) ?? 1);
        if (to <= from)
        {
            reader.Add(RequestReader.RangeCode, s_to.Name, string.Create(CultureInfo.InvariantCulture, $"The time from {from} to {to} is empty."));
        }

        if (reader.Problems.Count > 0)
        {
            return ApiProblem.OfRequest(reader.Problems);
        }

        // A snooze may end between two looks, so that the minute is part of the tag.
        var now = board.Now;
        var tag = tags.Of("findings", now.Version, now.Pending, snoozes.Version, time.GetUtcNow().ToUnixTimeMilliseconds() / 60_000, context.Request.QueryString);
        if (AnswerTag.IsKnown(context, tag, isRaw: false))
        {
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        return new JsonAnswer(await cache.GetAsync(tag, Compute, context.RequestAborted));

        CachedAnswer Compute()
        {
            var wanted = signals is { } named ? named.Select(s => s.Value).ToHashSet(StringComparer.Ordinal) : null;
            var fits = now.All.Where(f =>
                f.LastMs >= from && f.SinceMs < to
                && (cause is null || (int)f.Kind.Cause == cause) && (severity is null || (int)f.Kind.Severity == severity)
                && (kind is null || f.Kind == FindingKind.All[kind.Value]) && (wanted is null || wanted.Contains(f.Signal))).ToArray();
            var answer = new FindingsAnswer([.. fits.Take(limit).Select(f => Answer(f, snoozes))], fits.Length, now.CheckedMs, now.Pending);
            return new CachedAnswer(JsonSerializer.SerializeToUtf8Bytes(answer, json.Value.SerializerOptions), fits.Length);
        }
    }

    private static FindingAnswer Answer(Finding f, Snoozes snoozes) => new(
        f.Id, f.Signal, f.Kind.Name, f.Kind.Cause, f.Number, f.SinceMs, f.LastMs, f.Count, f.Kind.Severity, f.Title, f.Kind.Action, f.Value, f.Limit, f.Kind.Unit, f.Evidence, f.SeenShare,
        snoozes.Find(f.Id) is { } snooze ? new SnoozeAnswer(snooze.UntilMs, snooze.Reason) : null);

    private static async Task<IResult> SnoozeAsync(string id, SnoozeAnswer wanted, HttpContext context, FindingBoard board, Snoozes snoozes, TimeProvider time)
    {
        if (board.Now.All.FirstOrDefault(f => f.Id == id) is not { } finding)
        {
            return NoFinding(id);
        }

        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var reader = new RequestReader(context);
        if (wanted.UntilMs <= nowMs || wanted.UntilMs > nowMs + Snoozes.MostMs)
        {
            reader.Add("XT414", "untilMs", string.Create(CultureInfo.InvariantCulture, $"{wanted.UntilMs} does not lie between now ({nowMs}) and 21 days from now ({nowMs + Snoozes.MostMs})."));
        }

        if (!Snoozes.Reasons.Contains(wanted.Reason))
        {
            reader.Add("XT414", "reason", $"'{RequestReader.Shown(wanted.Reason ?? "")}' is not one of {string.Join(", ", Snoozes.Reasons)}.");
        }

        if (reader.Problems.Count > 0)
        {
            return ApiProblem.OfRequest(reader.Problems);
        }

        await snoozes.SetAsync(new Snooze(finding.Id, wanted.Reason!, wanted.UntilMs), context.User.Identity?.Name ?? "", context.RequestAborted);
        return Results.Ok(wanted);
    }

    private static async Task<IResult> WakeAsync(string id, HttpContext context, Snoozes snoozes) =>
        await snoozes.EndAsync(id, context.User.Identity?.Name ?? "", context.RequestAborted) ? Results.NoContent() : NoFinding(id);

    private static IResult NoFinding(string id) => ApiProblem.Of(StatusCodes.Status404NotFound, "XT413", "id", $"There is no such finding, or it is not set aside: '{RequestReader.Shown(id)}'.");
}
