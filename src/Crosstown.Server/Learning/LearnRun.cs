using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;
using Crosstown.Logs.Zones;
using Crosstown.Measures.Learning;

namespace Crosstown.Server.Learning;

/// <summary>Learns the configuration of every signal in a store.</summary>
internal static class LearnRun
{
    /// <summary>One configuration per signal, in the order of signals; the newest <see cref="SignalLearner.MostEvents"/> events of each are read.</summary>
    public static IEnumerable<SignalConfiguration> Run(EventStore store, DataIssueLog issues)
    {
        foreach (var signal in store.ListSignals())
        {
            var clock = store.FindZone(signal) is { } zone ? ZoneRules.For(zone).Map : LocalTimeMap.Utc;
            yield return SignalLearner.Learn(signal, clock, ReadNewest(store, signal, issues));
        }
    }

    private static ControllerEvent[] ReadNewest(EventStore store, SignalId signal, DataIssueLog issues)
    {
        var days = store.ListDays(signal);
        long count = 0;
        var first = days.Count;
        while (first > 0 && count < SignalLearner.MostEvents)
        {
            count += store.CountEvents(signal, days[--first]);
        }

        var events = new List<ControllerEvent>((int)Math.Min(count, SignalLearner.MostEvents));
        if (first < days.Count && store.FindRange(signal) is { } all)
        {
            var startMs = new DateTimeOffset(days[first], TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds();
            using var reader = store.OpenReader(signal, new TimeRange(Math.Max(startMs, all.StartMs), all.EndMs), issues);
            while (events.Count < SignalLearner.MostEvents && reader.Next(out var block))
            {
                events.AddRange(block);
            }
        }

        return [.. events];
    }
}
