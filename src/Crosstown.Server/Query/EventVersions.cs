using System.Collections.Concurrent;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;

namespace Crosstown.Server.Query;

/// <summary>Counts how often the events of a signal's days changed, so that what was computed from days that stand still stays good.</summary>
internal sealed class EventVersions
{
    private const long DayMs = 86_400_000;

    private readonly ConcurrentDictionary<(SignalId Signal, long Day), long> _byDay = new();
    private readonly LiveEvents _events;

    public EventVersions(LiveEvents events)
    {
        _events = events;
        events.Appended += (signal, added) => Count(signal, added.Span);
    }

    /// <summary>A number that stays the same as long as a signal's events in a time do, within one run of the program.</summary>
    /// <remarks>What was there before the first change counts 0; the first event that is left tells whether old days were deleted.</remarks>
    public long Of(SignalId signal, TimeRange range)
    {
        var version = new HashCode();
        for (var day = Math.DivRem(range.StartMs, DayMs).Quotient; day * DayMs < range.EndMs; day++)
        {
            if (_byDay.TryGetValue((signal, day), out var changes))
            {
                version.Add(day);
                version.Add(changes);
            }
        }

        version.Add(_events.FindRange(signal) is { } held ? Math.Clamp(held.StartMs, range.StartMs, range.EndMs) : 0);
        return version.ToHashCode();
    }

    private void Count(SignalId signal, ReadOnlySpan<ControllerEvent> added)
    {
        var last = long.MinValue;
        foreach (ref readonly var e in added)
        {
            var day = e.TimeMs / DayMs;
            if (day != last)
            {
                _byDay.AddOrUpdate((signal, day), 1, (_, changes) => changes + 1);
                last = day;
            }
        }
    }
}
