using System.Collections.Immutable;
using Crosstown.Core.Privacy;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;
using Crosstown.Server.City;
using Crosstown.Server.Store.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Public.Counts;

/// <summary>Closes blocks when their time is over and publishes what may be published of them, once and for good.</summary>
internal sealed class CountPublisher(LiveEvents events, CityModel city, PublishedCounts published, TimeProvider time, ILogger<CountPublisher> logger) : BackgroundService
{
    /// <summary>How long after its end a block waits for logs on their way: two hours, since many controllers hand over their log by the hour.</summary>
    public const long GraceMs = 2 * HourMs;

    /// <summary>How long a block waits of which the log lacks a part: three days, over a weekend without staff. Then it is published as far as it was seen.</summary>
    public const long PatienceMs = 3 * DayMs;

    /// <summary>How far back blocks are looked for that are not published yet.</summary>
    public const long HorizonMs = 7 * DayMs;

    /// <summary>A block that the log saw this much of need not wait.</summary>
    public const double WholeShare = 0.95;

    private const long HourMs = 3_600_000;

    // A block that waits for a late log is looked at again this often; the log is read anew each time.
    private const long RetryMs = HourMs;
    private const long DayMs = 86_400_000;

    private static readonly TimeSpan s_beat = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(SignalId, CountSubject), (int Due, long RetryMs)> _waiting = [];

    /// <summary>The block length of what is counted, on the wall clock: an hour of vehicles, a day of calls.</summary>
    public static long BlockMs(CountSubject subject) => subject == CountSubject.Vehicles ? HourMs : DayMs;

    /// <summary>Publishes all that is due.</summary>
    /// <returns>Blocks published.</returns>
    public async Task<int> PublishDueAsync(CancellationToken stop)
    {
        var blocks = 0;
        foreach (var configuration in city.Now.Current.Values.OrderBy(c => c.Signal))
        {
            foreach (var subject in Enum.GetValues<CountSubject>())
            {
                stop.ThrowIfCancellationRequested();
                blocks += await PublishAsync(configuration.Signal, subject, stop).ConfigureAwait(false);
            }
        }

        return blocks;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_beat, time);
        do
        {
            try
            {
                await PublishDueAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (RecordsUnavailableException)
            {
                logger.LogWarning("Public counts wait: the records cannot be written now.");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task<int> PublishAsync(SignalId signal, CountSubject subject, CancellationToken stop)
    {
        var due = ListDue(signal, subject);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (due.IsEmpty || (_waiting.TryGetValue((signal, subject), out var tried) && tried.Due == due.Length && nowMs < tried.RetryMs))
        {
            return 0;
        }

        var closed = new List<ClosedBlock>();
        foreach (var run in Runs(due))
        {
            var configuration = city.Now.Configurations.Find(signal, run[0].StartMs) ?? SignalConfiguration.Unknown(signal);
            var places = CountedPlace.List(configuration).Where(p => p.Subject == subject).ToArray();
            var read = CountReader.Read(events, configuration, new TimeRange(run[0].StartMs, run[^1].EndMs));
            closed.AddRange(run.Where(b => IsReady(signal, b, read)).Select(b => new ClosedBlock(b, [.. places.SelectMany(p =>
                CountRules.Close(b, read.ListBins(p, b), PrivacyLimits.PublicCountMinimum, subject == CountSubject.Vehicles).Select(c => (p, c)))])));
        }

        if (closed.Count > 0)
        {
            await published.PublishAsync(signal, subject, closed, nowMs, stop).ConfigureAwait(false);
        }

        _waiting[(signal, subject)] = (due.Length - closed.Count, nowMs + RetryMs);
        return closed.Count;
    }

    /// <summary>Whether nothing more is expected of a block: the log goes on behind it and has hardly a gap in it, or it has waited long enough.</summary>
    private bool IsReady(SignalId signal, TimeRange block, CountReader read) =>
        (read.SeenShare(block) >= WholeShare && events.FindRange(signal)?.EndMs > block.EndMs) || time.GetUtcNow().ToUnixTimeMilliseconds() >= block.EndMs + PatienceMs;

    /// <summary>The blocks that have ended, with their grace, and are not published.</summary>
    private ImmutableArray<TimeRange> ListDue(SignalId signal, CountSubject subject)
    {
        if (events.FindRange(signal) is not { } range)
        {
            return [];
        }

        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var clock = events.ClockOf(signal);
        var known = published.ListBlocks(signal, subject, nowMs - HorizonMs - (2 * DayMs));
        var due = ImmutableArray.CreateBuilder<TimeRange>();
        for (var block = clock.BinAt(Math.Max(range.StartMs, nowMs - HorizonMs), BlockMs(subject));
            block.EndMs + GraceMs <= nowMs;
            block = clock.BinAt(block.EndMs, BlockMs(subject)))
        {
            if (!known.Contains(block.StartMs))
            {
                due.Add(block);
            }
        }

        return due.ToImmutable();
    }

    /// <summary>Blocks that follow each other, at most a day together, so that one pass reads them.</summary>
    private static IEnumerable<List<TimeRange>> Runs(ImmutableArray<TimeRange> blocks)
    {
        var run = new List<TimeRange>();
        foreach (var block in blocks)
        {
            if (run.Count > 0 && (run[^1].EndMs != block.StartMs || block.EndMs - run[0].StartMs > DayMs))
            {
                yield return run;
                run = [];
            }

            run.Add(block);
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }
}
