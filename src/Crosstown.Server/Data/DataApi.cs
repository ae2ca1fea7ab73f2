using System.Globalization;
using Crosstown.Core.Privacy;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Server.Api;
using Crosstown.Server.Hosting;
using Crosstown.Server.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.Data;

/// <summary>What the server holds and how it is.</summary>
/// <param name="Signals">Coverage of each signal over all its days.</param>
/// <param name="Growth">What each kind grew a day.</param>
/// <param name="FullMs">When the disk would be full, ms UTC; null when never, in more than ten years, or not known.</param>
/// <param name="Retention">How long each kind is kept and what is deleted next.</param>
/// <param name="LastRetentionMs">When everything that was due was deleted last, ms UTC; null when not yet.</param>
internal sealed record DataAnswer(
    long NowMs, IReadOnlyList<SignalCoverageAnswer> Signals, IReadOnlyList<KindSize> Sizes, IReadOnlyList<KindGrowth> Growth, DiskAnswer Disk, long? FullMs,
    IReadOnlyList<RetentionPlan> Retention, long? LastRetentionMs, StoreHealthAnswer Store);

/// <summary>Coverage of one signal over all its days.</summary>
/// <param name="Days">UTC days with events.</param>
/// <param name="Events">Events of all days.</param>
/// <param name="SeenShare">Share of the time from the first to the last day that the log saw; null while days are still being looked at.</param>
/// <param name="Gaps">Silences of more than five minutes; null while days are still being looked at.</param>
/// <param name="FirstMs">First event, ms UTC.</param>
/// <param name="LastMs">Last event, ms UTC.</param>
internal sealed record SignalCoverageAnswer(string Signal, int Days, long Events, double? SeenShare, long? Gaps, long FirstMs, long LastMs);

/// <summary>Room on the disk, bytes.</summary>
internal sealed record DiskAnswer(long FreeBytes, long TotalBytes);

/// <summary>How the store is.</summary>
/// <param name="LastCheck">The last look at every block; null when there was none.</param>
/// <param name="IsChecking">Whether one runs now.</param>
/// <param name="QuarantinedFiles">Files that were found damaged and set aside.</param>
internal sealed record StoreHealthAnswer(LiveHealth Health, CheckRow? LastCheck, bool IsChecking, int QuarantinedFiles);

/// <summary>Coverage by signal and day, for a heat map: each list has one entry a day.</summary>
/// <param name="Days">UTC days, as <c>2026-05-13</c>.</param>
/// <param name="Gap">A silence longer than this is a gap, ms.</param>
internal sealed record DataDaysAnswer(IReadOnlyList<string> Days, long Gap, IReadOnlyList<SignalDaysAnswer> Items, int Total, string? Next);

/// <summary>One signal's days.</summary>
/// <param name="Events">Events of each day; null where there are none.</param>
/// <param name="SeenShare">Share of each day that the log saw, 0-1; null where there are no events, or the day was not looked at yet.</param>
/// <param name="Gaps">Silences of more than five minutes of each day; null as the share.</param>
/// <param name="LongestGapMs">The longest of them; null as the share.</param>
internal sealed record SignalDaysAnswer(string Signal, IReadOnlyList<long?> Events, IReadOnlyList<double?> SeenShare, IReadOnlyList<long?> Gaps, IReadOnlyList<long?> LongestGapMs);

/// <summary>What is asked of a preview: days that raw events would be kept.</summary>
internal sealed record RetentionAsked(int? RawDays, int? ImportDays);

/// <summary>What the server holds: coverage, size, retention, health.</summary>
internal static class DataApi
{
    private const int MostDays = 400;
    private const int MostOnPage = 5000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/data", Get).RequireRole(Role.View).WithName("getData").WithTags("data");
        api.MapGet("/data/days", GetDays).RequireRole(Role.View).WithName("getDataDays").WithTags("data").Produces<DataDaysAnswer>();
        api.MapPost("/data/retention/preview", Preview).RequireRole(Role.Admin).WithName("previewRetention").WithTags("data").Produces<IReadOnlyList<RetentionPlan>>();
        api.MapPost("/data/check", Check).RequireRole(Role.Admin).WithName("checkData").WithTags("data");
    }

    private static DataAnswer Get(
        LiveEvents events, CoverageRecords coverage, Storage storage, DiskGauge disk, RetentionSettings settings, IEnumerable<IRetention> kinds, RetentionJob job, CheckJob check, ServerSettings server, TimeProvider time)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var room = disk.Read();
        var growth = storage.Growth();
        var quarantine = new DirectoryInfo(Path.Combine(server.Data, "events", "quarantine"));
        return new DataAnswer(
            nowMs,
            [.. events.ListSignals().Select(s => Of(s, events, coverage, nowMs)).OfType<SignalCoverageAnswer>()],
            storage.Sizes(),
            growth,
            new DiskAnswer(room.FreeBytes, room.TotalBytes),
            storage.FullMs(room, growth, settings.RawDays),
            [.. kinds.Select(k => k.Plan(nowMs))],
            job.LastMs,
            new StoreHealthAnswer(events.Health, check.FindLast(), check.IsRunning, quarantine.Exists ? quarantine.EnumerateFiles().Count() : 0));
    }

    private static SignalCoverageAnswer? Of(SignalId signal, LiveEvents events, CoverageRecords coverage, long nowMs)
    {
        var days = events.ListDays(signal);
        if (days.Count == 0 || events.FindRange(signal) is not { } range)
        {
            return null;
        }

        var known = days.Select(d => coverage.Find(signal, DataDays.NumberOf(d))).OfType<DayCoverage>().ToList();
        var (first, last) = (DataDays.NumberOf(days[0]) * DayCoverage.DayMs, Math.Min(nowMs, (DataDays.NumberOf(days[^1]) + 1) * DayCoverage.DayMs));
        var isKnown = known.Count == days.Count && last > first;
        return new SignalCoverageAnswer(
            signal.Value, days.Count, days.Sum(d => events.CountEvents(signal, d)),
            isKnown ? Math.Round(Math.Min(1, (double)known.Sum(k => k.SeenMs) / (last - first)), 4) : null,
            isKnown ? known.Sum(k => k.Gaps) : null,
            range.StartMs, range.EndMs - 1);
    }

    private static IResult GetDays(long from, long to, LiveEvents events, CoverageRecords coverage, TimeProvider time, string? signal = null, int page = 1, int size = 500)
    {
        var (first, last) = (DataDays.NumberOf(from), DataDays.NumberOf(to - 1));
        if (to <= from || last - first >= MostDays)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, "XT387", "to", string.Create(CultureInfo.InvariantCulture, $"The time from {from} to {to} is not between 1 ms and {MostDays} days."));
        }

        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        size = Math.Clamp(size, 1, MostOnPage);
        page = Math.Clamp(page, 1, int.MaxValue / MostOnPage);
        var signals = events.ListSignals().Where(s => signal is null || s.Value == signal).ToList();
        var days = Enumerable.Range(0, (int)(last - first) + 1).Select(i => first + i).ToArray();
        var items = signals.Skip((page - 1) * size).Take(size).Select(s => Row(s, days, events, coverage, nowMs)).ToList();
        return Results.Ok(new DataDaysAnswer(
            [.. days.Select(d => DataDays.ToDate(d).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))],
            Measures.Engine.SignalCoverage.GapMs,
            items,
            signals.Count,
            (long)page * size < signals.Count ? string.Create(CultureInfo.InvariantCulture, $"/api/v1/data/days?from={from}&to={to}&page={page + 1}&size={size}") : null));
    }

    private static SignalDaysAnswer Row(SignalId signal, long[] days, LiveEvents events, CoverageRecords coverage, long nowMs)
    {
        var stored = events.ListDays(signal).Select(DataDays.NumberOf).ToHashSet();
        var known = days.Select(d => stored.Contains(d) ? coverage.Find(signal, d) : null).ToArray();
        return new SignalDaysAnswer(
            signal.Value,
            [.. days.Select(d => stored.Contains(d) ? events.CountEvents(signal, DataDays.ToDate(d)) : (long?)null)],
            [.. known.Select(k => k?.SeenShare(nowMs) is { } share ? Math.Round(share, 4) : (double?)null)],
            [.. known.Select(k => k?.Gaps)],
            [.. known.Select(k => k?.LongestGapMs)]);
    }

    private static IResult Preview(RetentionAsked asked, IEnumerable<IRetention> kinds, TimeProvider time)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        (string Name, int? Days, int Most)[] days =
            [("rawDays", asked.RawDays, PrivacyLimits.RawRetentionDays), ("importDays", asked.ImportDays, Imports.ImportRecords.KeptDays)];
        var wrong = days.Where(d => d.Days is { } n && (n < 1 || n > d.Most)).ToList();
        if (wrong.Count > 0)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, [.. wrong.Select(d => new Core.Data.Problem(
                "XT386", d.Name, string.Create(CultureInfo.InvariantCulture, $"{d.Days} days are not from 1 to {d.Most}. What is promised may be kept shorter, never longer.")))]);
        }

        return Results.Ok(kinds.Select(k => k.Plan(nowMs, k switch { RawEventRetention => asked.RawDays, ImportRetention => asked.ImportDays, _ => null })).ToArray());
    }

    private static IResult Check(CheckJob check)
    {
        check.Ask();
        return Results.Accepted("/api/v1/data");
    }
}
