using Crosstown.Core.Data;
using Crosstown.Logs.Store;

namespace Crosstown.Server.Data;

/// <summary>What reading every stored block found.</summary>
/// <param name="SignalDays">Signal-days that were read.</param>
/// <param name="Events">Events that could be read.</param>
/// <param name="Damaged">Blocks and files that are damaged or missing.</param>
/// <param name="MissingEvents">Events that the list of segments promises and that could not be read.</param>
internal sealed record StoreCheckResult(long SignalDays, long Events, long Damaged, long MissingEvents)
{
    public bool IsWhole => Damaged == 0 && MissingEvents == 0;
}

/// <summary>Reads every block of the event store and compares it with its checksum (rule R05). Changes nothing, and may run beside a server.</summary>
internal static class StoreCheck
{
    /// <param name="issues">Takes what is damaged, with its file and place.</param>
    /// <param name="progress">Called after each signal-day with the number of those that are done and of all.</param>
    public static StoreCheckResult Run(string data, DataIssueLog issues, Action<int, int>? progress, CancellationToken stop)
    {
        var found = new DataIssueLog();
        var store = EventStore.Open(data, found);
        var days = store.ListSignals().SelectMany(s => store.ListDays(s).Select(d => (Signal: s, Day: d))).OrderBy(d => d.Day).ToList();
        long events = 0, missing = 0;
        var done = 0;
        var buffer = Array.Empty<Core.Events.ControllerEvent>();
        foreach (var (signal, day) in days)
        {
            stop.ThrowIfCancellationRequested();

            // A day that is deleted or merged meanwhile is looked up anew by the reader; what it promises now counts.
            var damagedBefore = found.Count;
            var read = store.ReadDay(signal, day, ref buffer, found);
            events += read;
            missing += found.Count > damagedBefore ? Math.Max(0, store.CountEvents(signal, day) - read) : 0;
            progress?.Invoke(++done, days.Count);
        }

        foreach (var issue in found.ListExamples())
        {
            issues.Add(issue.Kind, issue.Source, issue.Position, issue.Value, issue.Assumed);
        }

        return new StoreCheckResult(days.Count, events, found.Count, missing);
    }
}
