using System.Globalization;
using System.Threading.Channels;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;
using Crosstown.Logs.Zones;
using Crosstown.Server.City;
using Crosstown.Server.Hosting;
using Crosstown.Server.Operations;
using Crosstown.Server.Query;
using Crosstown.Server.Towns;
using Crosstown.Timing.Retiming;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Retiming;

/// <summary>How far a study is.</summary>
internal enum RetimingStudyState
{
    Idle,
    Waiting,
    Reading,
    Searching,
}

/// <summary>Where the studies of this server stand.</summary>
/// <param name="State">Of the study that runs or waits.</param>
/// <param name="Origin">Who asked for it; null when idle.</param>
/// <param name="Corridor">Of the study that runs; empty for all signals.</param>
/// <param name="StartedMs">When it began, ms UTC; null unless it runs.</param>
/// <param name="Period">Which period is searched; null before and after.</param>
/// <param name="Share">Of the search, 0-1.</param>
/// <param name="EndedMs">When the last one ended, ms UTC; null when there was none since the server's start.</param>
/// <param name="TookS">Seconds that it took.</param>
/// <param name="Proposal">Number of the proposal that it led to; null when nothing better was found, or it failed.</param>
/// <param name="Failure">What was wrong, with a code; null when it went well.</param>
internal sealed record RetimingStudyStatus(
    RetimingStudyState State, RetimingOrigin? Origin, string Corridor, long? StartedMs, string? Period, double Share, long? EndedMs, double? TookS, long? Proposal, RetimingFailure? Failure);

/// <summary>Why a study ended without an answer.</summary>
internal sealed record RetimingFailure(string Code, string Message);

/// <summary>Studies the server's own logs for better timing: by night, when staff ask, and once in the made-up town. One at a time, on one thread below all others.</summary>
/// <remarks>It writes proposals into the records and nothing else: no study and no step sends anything to a cabinet (rule C01).</remarks>
internal sealed class RetimingBoard(
    LiveEvents events, CityModel city, ServerSettings settings, RetimingSettings night, RetimingRecords records, FindingBoard findings, IServiceProvider services, TimeProvider time, ILogger<RetimingBoard> log)
    : BackgroundService
{
    /// <summary>A city with more signals is studied corridor by corridor at night, so that a study fits the memory of a small machine.</summary>
    private const int MostTogether = 60;

    private const long DayMs = 86_400_000;

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_townLook = TimeSpan.FromSeconds(1);

    private readonly Channel<Work> _waiting = Channel.CreateUnbounded<Work>();
    private readonly Lock _one = new();
    private volatile RetimingStudyStatus _status = new(RetimingStudyState.Idle, null, "", null, null, 0, null, null, null, null);

    /// <summary>Where the studies stand.</summary>
    public RetimingStudyStatus Status => _status;

    /// <summary>Today, by the city's clock.</summary>
    public DateOnly Today => DayOf(NowMs());

    /// <summary>The local day of a moment, by the city's clock.</summary>
    public DateOnly DayOf(long ms) => DateOnly.FromDateTime(DateTime.UnixEpoch.AddMilliseconds(Clock().ToLocalMs(ms)));

    /// <summary>Asks for a study.</summary>
    /// <returns>False when one waits or runs.</returns>
    public bool Ask(RetimingOrder order, RetimingOrigin origin)
    {
        lock (_one)
        {
            if (_status.State != RetimingStudyState.Idle)
            {
                return false;
            }

            _status = _status with { State = RetimingStudyState.Waiting, Origin = origin, Corridor = order.Corridor ?? "", StartedMs = null, Period = null, Share = 0, Failure = null };
        }

        _waiting.Writer.TryWrite(new Study(order, origin));
        return true;
    }

    /// <summary>Asks that what the logs say of a change in the field is measured soon.</summary>
    public void AskEffect(long id) => _waiting.Writer.TryWrite(new Effect(id));

    /// <summary>Whether the night's study is due between two looks.</summary>
    /// <param name="last">When it was looked last, by the city's clock.</param>
    /// <param name="now">When it is looked now, by the city's clock.</param>
    internal static bool IsDue(TimeOnly night, DateTime last, DateTime now) => now.Date.Add(night.ToTimeSpan()) is var due && last < due && now >= due;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        Task[] looking = [LookAtTheClockAsync(stoppingToken), WaitForTheTownAsync(stoppingToken)];
        try
        {
            await foreach (var work in _waiting.Reader.ReadAllAsync(stoppingToken))
            {
                await (work is Study study ? StudyAsync(study, stoppingToken) : MeasureAsync(((Effect)work).Id, stoppingToken));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(looking);
        }
    }

    private LocalTimeMap Clock() => ZoneRules.MapFor(city.Now.Zone ?? "UTC");

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task LookAtTheClockAsync(CancellationToken stop)
    {
        DateTime Local() => DateTime.UnixEpoch.AddMilliseconds(Clock().ToLocalMs(NowMs()));
        if (night.Night is not { } at)
        {
            return;
        }

        try
        {
            var (last, done) = (Local(), DateOnly.MinValue);
            using var timer = new PeriodicTimer(s_look, time);
            while (await timer.WaitForNextTickAsync(stop))
            {
                // In autumn an hour comes twice, and the night's study once.
                var now = Local();
                if (IsDue(at, last, now) && DateOnly.FromDateTime(now) != done)
                {
                    done = DateOnly.FromDateTime(now);
                    BeginNight();
                }

                last = now;
            }
        }
        catch (OperationCanceledException)
        {
            log.LogDebug(LogEvents.RetimingStopped, "Retiming stopped with the server.");
        }
    }

    private void BeginNight()
    {
        var corridors = city.Now.Corridors;
        IEnumerable<RetimingOrder> orders = events.ListSignals().Length <= MostTogether || corridors.IsEmpty ? [new RetimingOrder()] : corridors.Select(c => new RetimingOrder(c.Id));
        foreach (var order in orders)
        {
            _waiting.Writer.TryWrite(new Study(order, RetimingOrigin.Night));
        }

        foreach (var changed in records.List(int.MaxValue).Where(p => p.FieldDay is not null && NowMs() - p.MadeMs < RetimingRecords.UntakenDays * DayMs))
        {
            AskEffect(changed.Id);
        }
    }

    /// <summary>In the made-up town: once its past days are in and everything else has looked at them.</summary>
    private async Task WaitForTheTownAsync(CancellationToken stop)
    {
        if (!settings.IsTown || services.GetServices<IHostedService>().OfType<TownFeed>().FirstOrDefault() is not { } feed)
        {
            return;
        }

        try
        {
            using var timer = new PeriodicTimer(s_townLook, time);
            while (feed.Progress < 1 || findings.Now.Pending > 0)
            {
                await timer.WaitForNextTickAsync(stop);
            }

            Ask(new RetimingOrder(), RetimingOrigin.Town);
        }
        catch (OperationCanceledException)
        {
            log.LogDebug(LogEvents.RetimingStopped, "Retiming stopped with the server.");
        }
    }

    private async Task StudyAsync(Study study, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        _status = _status with { State = RetimingStudyState.Reading, Origin = study.Origin, Corridor = study.Order.Corridor ?? "", StartedMs = NowMs(), Period = null, Share = 0, Failure = null };
        var (proposal, failure) = ((long?)null, (RetimingFailure?)null);
        try
        {
            var (answer, corridors) = await LowPriority.RunAsync("retiming", () => Run(study.Order, stop)).WaitAsync(stop);
            proposal = await KeepAsync(study, answer, corridors, time.GetElapsedTime(started).TotalSeconds, stop);
            if (study.Origin == RetimingOrigin.Town && services.GetService<IRetimingAudience>() is { } audience)
            {
                await LowPriority.RunAsync("rehearsal", () =>
                {
                    audience.Tell(answer, corridors, stop);
                    return true;
                }).WaitAsync(stop);
            }
        }
        catch (ProblemException e)
        {
            failure = new RetimingFailure(e.Problems[0].Code, e.Problems[0].Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // An odd log or a full disk must not end the server, which would lose the live path of all signals.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.LogWarning(LogEvents.RetimingFailed, "A retiming study failed: {Reason}", e.GetType().Name);
            failure = new RetimingFailure("XT778", "The study ended without an answer; the server's log says more. Ask for it again.");
        }

        lock (_one)
        {
            _status = new RetimingStudyStatus(RetimingStudyState.Idle, null, "", null, null, 0, NowMs(), Math.Round(time.GetElapsedTime(started).TotalSeconds, 1), proposal, failure);
        }
    }

    private (RetimingAnswer Answer, IReadOnlyList<Corridor> Corridors) Run(RetimingOrder order, CancellationToken stop)
    {
        var now = city.Now;
        var corridor = order.FindCorridor(now.Corridors);
        IReadOnlyList<Corridor> corridors = corridor is null ? now.Corridors : [corridor];
        var request = new RetimingRequest
        {
            Signals = corridor is null ? null : [.. corridor.Signals.Select(s => s.Signal)],
            Corridors = corridors,
            Facts = RetimingRun.ReadFacts(settings.Data),
            Options = order.ToOptions(),
        };
        return (RetimingRun.Run(events, now.Configurations, request, new Told(this), (_, _) => stop, stop), corridors);
    }

    private async Task<long?> KeepAsync(Study study, RetimingAnswer answer, IReadOnlyList<Corridor> corridors, double tookS, CancellationToken stop)
    {
        var (atMs, maker) = (NowMs(), new RetimingContentMaker(answer));
        await records.KeepLossesAsync([.. maker.MakeLosses(atMs).Where(l => l.Corridor.Length > 0 || string.IsNullOrEmpty(study.Order.Corridor))], stop);
        if (answer.Result.Approval is null)
        {
            return null;
        }

        var found = await LowPriority.RunAsync("retiming", () =>
        {
            var documents = RetimingDocuments.Make(answer, corridors, DayOf(atMs));
            return new RetimingFound(study.Origin, study.Order.Corridor ?? "", study.Order, maker.MakeSummary(tookS), maker.MakeContent(atMs, documents.Details, documents.Drawings), documents);
        }).WaitAsync(stop);
        return await records.KeepAsync(found, stop);
    }

    /// <summary>Compares the days before a change in the field with those after it.</summary>
    private async Task MeasureAsync(long id, CancellationToken stop)
    {
        try
        {
            if (records.Find(id) is { FieldDay: { } day } && records.FindContent(id) is { } content)
            {
                var periods = content.Periods.Where(p => p.Figures.Retimed > 0).ToList();
                var request = new EffectRequest
                {
                    Signals = [.. periods.SelectMany(p => p.Signals).Where(s => s.IsRetimed).Select(s => SignalId.Parse(s.Signal)).Distinct()],
                    Changed = DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture),
                    Times = [.. periods.Select(p => (p.Figures.FromMinute, p.Figures.ToMinute)).Distinct()],
                };
                var figures = await LowPriority.RunAsync("effect", () => MeasuredEffect.Of(events, city.Now.Configurations, request, new DataIssueLog())).WaitAsync(stop);
                await records.KeepEffectAsync(id, new RetimingEffect(NowMs(), day, [.. figures.Select(Figure)]), stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // What cannot be measured today may be tomorrow night; the server goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.LogWarning(LogEvents.RetimingFailed, "A retiming study failed: {Reason}", e.GetType().Name);
        }
    }

    private static RetimingEffectFigure Figure(EffectFigure figure) => new(
        figure.Measure.Name, figure.Measure.Unit, figure.Result.Verdict, figure.Result.Sentence, figure.Result.Before, figure.Result.After, figure.Result.Low, figure.Result.High,
        figure.Result.DaysBefore, figure.Result.DaysAfter, figure.SeenBefore, figure.SeenAfter);

    private abstract record Work;

    private sealed record Study(RetimingOrder Order, RetimingOrigin Origin) : Work;

    private sealed record Effect(long Id) : Work;

    private sealed class Told(RetimingBoard board) : IProgress<LogRetimingProgress>
    {
        public void Report(LogRetimingProgress value) => board._status = board._status with { State = RetimingStudyState.Searching, Period = value.Period, Share = Math.Clamp(value.Share, 0, 1) };
    }
}
