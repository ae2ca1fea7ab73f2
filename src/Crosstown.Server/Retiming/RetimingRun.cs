using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Server.Learning;
using Crosstown.Server.Measuring;
using Crosstown.Timing.Demand;
using Crosstown.Timing.Demand.Reading;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Retiming;

namespace Crosstown.Server.Retiming;

/// <summary>What is to be retimed from logs.</summary>
internal sealed record RetimingRequest
{
    /// <summary>Local days that are read when no beginning is asked for.</summary>
    public const int UsualDays = 7;

    /// <summary>First moment of the log that counts; null for <see cref="UsualDays"/> before its end.</summary>
    public LocalTime? From { get; init; }

    /// <summary>First moment after; null for the log's end.</summary>
    public LocalTime? To { get; init; }

    /// <summary>Whose timing; null for all signals that have events.</summary>
    public ImmutableArray<SignalId>? Signals { get; init; }

    public IReadOnlyList<Corridor> Corridors { get; init; } = [];

    /// <summary>What engineers measured in the field.</summary>
    public ImmutableArray<MeasuredFacts> Facts { get; init; } = [];

    public LogRetimingOptions Options { get; init; } = new();
}

/// <summary>Plans from logs, and what they were read from.</summary>
/// <param name="Result">The plans.</param>
/// <param name="Signals">As they were studied.</param>
/// <param name="Learned">Signals whose configuration nobody entered: it was learned from the log.</param>
/// <param name="Events">Number of events that were read.</param>
/// <param name="Log">From the first to the last of them.</param>
internal sealed record RetimingAnswer(LogRetimingResult Result, IReadOnlyList<StudySignal> Signals, ImmutableArray<SignalId> Learned, long Events, TimeRange Log)
{
    /// <summary>What the plans were made from, as a sentence, judged by the model alone.</summary>
    public string Source => SourceBy("the model of cyclic flow profiles");

    /// <summary>What the plans were made from, as a sentence.</summary>
    /// <param name="judges">What told before and after.</param>
    public string SourceBy(string judges)
    {
        var clock = Signals[0].Log.LocalTime;
        string Day(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(clock.ToLocalMs(ms)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"Made from {Events:N0} events of {Signals.Count} signals, {Day(Log.StartMs)} to {Day(Log.EndMs)}; before and after by {judges}.");
    }
}

/// <summary>Reads logs, signal by signal, and makes plans of them.</summary>
internal static class RetimingRun
{
    /// <summary>Where facts that engineers measured lie in a data folder.</summary>
    public const string FactsFileName = "facts.json";

    /// <summary>What a study holds of these fits the memory of a small machine (about 24 bytes each).</summary>
    public const long MostEvents = 300_000_000;

    private const long DayMs = 86_400_000;

    /// <summary>The facts that lie in a data folder; none when there is no such file.</summary>
    /// <exception cref="ProblemException">XT672: the file is wrong.</exception>
    public static ImmutableArray<MeasuredFacts> ReadFacts(string? data)
    {
        if (data is null || Path.Combine(data, FactsFileName) is not { } path || !File.Exists(path))
        {
            return [];
        }

        using var stream = File.OpenRead(path);
        return FactsFile.Read(stream, FactsFileName);
    }

    /// <param name="progress">Told how far reading and searching are.</param>
    /// <param name="limit">Given how many periods are done and how many there are, gives what ends the next search early.</param>
    /// <param name="stop">Ends everything without an answer.</param>
    /// <exception cref="ProblemException">There are no logs in the time, too many for memory, or they cannot be studied; the message says what to do.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> asked for it.</exception>
    public static RetimingAnswer Run(
        IEventSource log, SignalConfigurations configurations, RetimingRequest request, IProgress<LogRetimingProgress>? progress, Func<int, int, CancellationToken> limit, CancellationToken stop)
    {
        var studied = new List<StudySignal>();
        var learned = ImmutableArray.CreateBuilder<SignalId>();
        var (count, firstMs, lastMs) = (0L, long.MaxValue, long.MinValue);
        foreach (var signal in request.Signals ?? log.ListSignals())
        {
            stop.ThrowIfCancellationRequested();
            if (RangeOf(log, signal, request) is not { LengthMs: > 0 } range)
            {
                continue;
            }

            var configuration = configurations.Find(signal, range.EndMs);
            if (configuration is null || configuration.Detectors.IsEmpty)
            {
                var fromLog = LearnRun.Run(log, signal, range);
                configuration = configuration is null ? fromLog : fromLog with { Name = configuration.Name, Latitude = configuration.Latitude, Longitude = configuration.Longitude };
                learned.Add(signal);
            }

            var reader = new SignalLogReader(signal, log.ClockOf(signal));
            using (var events = log.Open(signal, range))
            {
                while (events.Next(out var block))
                {
                    reader.Take(block);
                    count += block.Length;
                }
            }

            if (count > MostEvents)
            {
                throw new ProblemException("XT773", "logs", string.Create(CultureInfo.InvariantCulture, $"More than {MostEvents:N0} events in the time that is asked for: choose fewer days, or one corridor."));
            }

            var read = reader.Finish();
            if (read.Range.LengthMs > 0)
            {
                (firstMs, lastMs) = (Math.Min(firstMs, read.Range.StartMs), Math.Max(lastMs, read.Range.EndMs));
                studied.Add(new StudySignal(configuration, read));
            }
        }

        if (studied.Count == 0)
        {
            throw new ProblemException("XT693", "logs", "No signal that is asked for has events in the time: name a time for which there are logs.");
        }

        var present = studied.Select(s => s.Configuration.Signal).ToHashSet();
        ImmutableArray<MeasuredFacts> facts = [.. request.Facts.Where(f => f.Signal is not { } one || present.Contains(one))];
        var result = new LogRetiming(studied, request.Corridors, [], request.Options, new PlanGuard()).Run(facts, progress, limit);
        stop.ThrowIfCancellationRequested();
        return new RetimingAnswer(result, studied, learned.ToImmutable(), count, new TimeRange(firstMs, lastMs));
    }

    private static TimeRange? RangeOf(IEventSource log, SignalId signal, RetimingRequest request)
    {
        if (log.FindRange(signal) is not { } all)
        {
            return null;
        }

        var clock = log.ClockOf(signal);
        var endMs = Math.Min(all.EndMs, request.To?.ToUtcMs(clock) ?? long.MaxValue);
        var startMs = request.From?.ToUtcMs(clock) ?? clock.BinAt(endMs - (RetimingRequest.UsualDays * DayMs), DayMs).StartMs;
        return new TimeRange(Math.Max(all.StartMs, startMs), Math.Max(Math.Max(all.StartMs, startMs), endMs));
    }
}
