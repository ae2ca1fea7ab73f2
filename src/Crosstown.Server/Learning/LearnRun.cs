using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Logs.Store;
using Crosstown.Logs.Zones;
using Crosstown.Measures.Learning;

namespace Crosstown.Server.Learning;

/// <summary>What was learned from a signal's log.</summary>
/// <param name="Configuration">What the log tells, with its evidence.</param>
/// <param name="Log">The time of the events that were read.</param>
/// <param name="Events">Their number.</param>
internal sealed record Learned(SignalConfiguration Configuration, TimeRange Log, long Events);

/// <summary>Learns the configuration of signals from their logs.</summary>
internal static class LearnRun
{
    /// <summary>One configuration per signal, in the order of signals; the newest <see cref="SignalLearner.MostEvents"/> events of each are read.</summary>
    public static IEnumerable<SignalConfiguration> Run(EventStore store, DataIssueLog issues)
    {
        foreach (var signal in store.ListSignals())
        {
            var clock = store.FindZone(signal) is { } zone ? ZoneRules.For(zone).Map : LocalTimeMap.Utc;
            var log = new StoredEvents(store, issues);
            yield return SignalLearner.Learn(signal, clock, ReadNewest(log, signal, store.ListDays(signal), day => store.CountEvents(signal, day)));
        }
    }

    /// <summary>Learns one signal from the newest <see cref="SignalLearner.MostEvents"/> events of a running server; null when it has none.</summary>
    public static Learned? Run(LiveEvents log, SignalId signal)
    {
        var events = ReadNewest(log, signal, log.ListDays(signal), day => log.CountEvents(signal, day));
        return events.Length == 0
            ? null
            : new Learned(SignalLearner.Learn(signal, log.ClockOf(signal), events), new TimeRange(events[0].TimeMs, events[^1].TimeMs + 1), events.Length);
    }

    /// <summary>Learns one signal from the beginning of a time, <see cref="SignalLearner.MostEvents"/> events of it at most.</summary>
    public static SignalConfiguration Run(IEventSource log, SignalId signal, TimeRange range) => SignalLearner.Learn(signal, log.ClockOf(signal), Read(log, signal, range));

    private static ControllerEvent[] ReadNewest(IEventSource log, SignalId signal, IReadOnlyList<DateOnly> days, Func<DateOnly, long> countEvents)
    {
        long count = 0;
        var first = days.Count;
        while (first > 0 && count < SignalLearner.MostEvents)
        {
            count += countEvents(days[--first]);
        }

        if (first == days.Count || log.FindRange(signal) is not { } all)
        {
            return [];
        }

        var startMs = new DateTimeOffset(days[first], TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds();
        return Read(log, signal, new TimeRange(Math.Max(startMs, all.StartMs), all.EndMs));
    }

    private static ControllerEvent[] Read(IEventSource log, SignalId signal, TimeRange range)
    {
        var events = new List<ControllerEvent>();
        using var reader = log.Open(signal, range);
        while (events.Count < SignalLearner.MostEvents && reader.Next(out var block))
        {
            events.AddRange(block);
        }

        return [.. events];
    }
}
