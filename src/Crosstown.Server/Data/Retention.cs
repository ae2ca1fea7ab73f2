using Crosstown.Core.Data;
using Crosstown.Core.Privacy;
using Crosstown.Logs.Store;
using Crosstown.Server.Imports;
using Crosstown.Server.Operations;
using Crosstown.Server.Store.Records;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Data;

/// <summary>How long things are kept. Stricter than the promise by a setting, never looser (rules P13, P22).</summary>
/// <param name="RawDays">Days that raw events are kept, 1-90: <c>Retention:RawDays</c>.</param>
/// <param name="ImportDays">Days that records of imports are kept, 1-90: <c>Retention:ImportDays</c>.</param>
internal sealed record RetentionSettings(int RawDays, int ImportDays)
{
    /// <exception cref="ProblemException">XT386: a setting is no number, or longer than what is promised.</exception>
    public static RetentionSettings Read(IConfiguration configuration) =>
        new(Days(configuration, "Retention:RawDays", PrivacyLimits.RawRetentionDays), Days(configuration, "Retention:ImportDays", ImportRecords.KeptDays));

    private static int Days(IConfiguration configuration, string name, int most)
    {
        var text = configuration[name];
        return string.IsNullOrEmpty(text) ? most
            : int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var days) && days >= 1 && days <= most ? days
            : throw new ProblemException("XT386", name, $"'{text}' is no number of days from 1 to {most}. What is promised may be kept shorter, never longer.");
    }
}

/// <summary>What is deleted next.</summary>
/// <param name="Kind">Such as <c>raw-events</c>.</param>
/// <param name="KeptDays">Days that it is kept.</param>
/// <param name="MostDays">Days that it may be kept at most, by promise.</param>
/// <param name="BeforeMs">What is older than this is due, ms UTC.</param>
/// <param name="DueItems">How much is due: signal-days, records.</param>
/// <param name="DueEvents">Events that are due; null for what has none.</param>
/// <param name="NextMs">When the oldest of what is not due yet will be, ms UTC; null when there is nothing.</param>
internal sealed record RetentionPlan(string Kind, int KeptDays, int MostDays, long BeforeMs, long DueItems, long? DueEvents, long? NextMs);

/// <summary>Deletes one kind of data when its time is over. Each part of the server that keeps something for a time has one.</summary>
internal interface IRetention
{
    string Kind { get; }

    /// <summary>What would be deleted now.</summary>
    /// <param name="keptDays">Days that it is to be kept; null for the setting.</param>
    RetentionPlan Plan(long nowMs, int? keptDays = null);

    /// <summary>Deletes what is due, for good. Returns how much.</summary>
    Task<long> DeleteAsync(long nowMs, CancellationToken stop);
}

/// <summary>Raw events, with what is known of their days.</summary>
internal sealed class RawEventRetention(RetentionSettings settings, LiveEvents events, CoverageRecords coverage) : IRetention
{
    public string Kind => Storage.RawEvents;

    public RetentionPlan Plan(long nowMs, int? keptDays = null)
    {
        var days = keptDays ?? settings.RawDays;
        var first = FirstKept(nowMs, days);
        var all = events.ListSignals().SelectMany(s => events.ListDays(s).Select(d => (Signal: s, Day: d))).ToList();
        var due = all.Where(d => d.Day < first).ToList();
        var oldest = all.Where(d => d.Day >= first).Select(d => (DateOnly?)d.Day).Min();
        return new RetentionPlan(
            Kind, days, PrivacyLimits.RawRetentionDays, StartMs(first), due.Count, due.Sum(d => events.CountEvents(d.Signal, d.Day)),
            oldest is { } day ? StartMs(day.AddDays(days + 1)) : null);
    }

    public async Task<long> DeleteAsync(long nowMs, CancellationToken stop)
    {
        var first = FirstKept(nowMs, settings.RawDays);
        var deleted = await events.DeleteBeforeAsync(first, stop);
        await coverage.DeleteBeforeAsync(DataDays.NumberOf(first), stop);
        return deleted.SignalDays;
    }

    private static DateOnly FirstKept(long nowMs, int days) => DataDays.ToDate(DataDays.NumberOf(nowMs)).AddDays(-days);

    private static long StartMs(DateOnly day) => DataDays.NumberOf(day) * DayCoverage.DayMs;
}

/// <summary>Records of imports, with their files and issues.</summary>
internal sealed class ImportRetention(RetentionSettings settings, ImportRecords imports) : IRetention
{
    public string Kind => "imports";

    public RetentionPlan Plan(long nowMs, int? keptDays = null)
    {
        var days = keptDays ?? settings.ImportDays;
        var beforeMs = nowMs - (days * DayCoverage.DayMs);
        return new RetentionPlan(Kind, days, ImportRecords.KeptDays, beforeMs, imports.CountBefore(beforeMs), null, imports.FindOldestMs(beforeMs) is { } oldest ? oldest + (days * DayCoverage.DayMs) : null);
    }

    public Task<long> DeleteAsync(long nowMs, CancellationToken stop) => imports.DeleteBeforeAsync(nowMs - (settings.ImportDays * DayCoverage.DayMs), stop);
}

/// <summary>Daily sizes and checks of the data folder: they hold nothing but sums.</summary>
internal sealed class SizeRetention(RecordStore records) : IRetention
{
    private const int KeptDays = 400;

    public string Kind => "sizes";

    public RetentionPlan Plan(long nowMs, int? keptDays = null)
    {
        var first = DataDays.NumberOf(nowMs) - KeptDays;
        using var connection = records.Open();
        return new RetentionPlan(
            Kind, KeptDays, KeptDays, first * DayCoverage.DayMs, connection.ExecuteScalar<long>("select count(*) from data_size where day < @first", new { first }), null,
            connection.ExecuteScalar<long?>("select min(day) from data_size where day >= @first", new { first }) is { } oldest ? (oldest + KeptDays + 1) * DayCoverage.DayMs : null);
    }

    public Task<long> DeleteAsync(long nowMs, CancellationToken stop)
    {
        var first = DataDays.NumberOf(nowMs) - KeptDays;
        return records.WriteAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync("delete from data_check where ended_ms < @beforeMs", new { beforeMs = first * DayCoverage.DayMs }, transaction);
                return (long)await connection.ExecuteAsync("delete from data_size where day < @first", new { first }, transaction);
            },
            stop);
    }
}

/// <summary>Deletes what is past its time: when the server has started, and once a UTC day from then on.</summary>
internal sealed class RetentionJob(IEnumerable<IRetention> kinds, Storage storage, TimeProvider time, ILogger<RetentionJob> log) : BackgroundService
{
    private static readonly TimeSpan s_look = TimeSpan.FromMinutes(10);

    private long _lastDay = long.MinValue;

    /// <summary>When everything that was due was deleted last, ms UTC; null when it was not yet.</summary>
    public long? LastMs { get; private set; }

    /// <summary>Deletes what is due, each kind by itself: one that fails holds up no other. Returns whether all went well.</summary>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var isWell = true;
        foreach (var kind in kinds)
        {
            try
            {
                if (await kind.DeleteAsync(nowMs, stop) is > 0 and var deleted)
                {
                    log.LogInformation(LogEvents.RetentionDone, "Deleted {Count} of {Kind} that were past their time", deleted, kind.Kind);
                }
            }
            catch (Exception e) when (e is IOException or RecordsUnavailableException)
            {
                isWell = false;
                log.LogError(LogEvents.RetentionFailed, "Deleting {Kind} that is past its time failed and is tried again: {Reason}", kind.Kind, e.GetType().Name);
            }
        }

        LastMs = isWell ? nowMs : LastMs;
        return isWell;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(s_look, time);
            do
            {
                var day = DataDays.NumberOf(time.GetUtcNow().ToUnixTimeMilliseconds());
                if (day != _lastDay && await RunAsync(stoppingToken))
                {
                    _lastDay = day;
                    await KeepSizesAsync(stoppingToken);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            log.LogDebug(LogEvents.RetentionStopped, "Retention stopped with the server.");
        }
    }

    private async Task KeepSizesAsync(CancellationToken stop)
    {
        try
        {
            await storage.KeepSizesAsync(stop);
        }
        catch (RecordsUnavailableException e)
        {
            log.LogWarning(LogEvents.RetentionFailed, "The sizes of today were not kept: {Reason}", e.Problem.Code);
        }
    }
}
