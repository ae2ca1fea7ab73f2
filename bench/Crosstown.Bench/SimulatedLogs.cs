using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Simulation.Towns;

namespace Crosstown.Bench;

/// <summary>Logs of the made-up town, whose configuration is known because it was made.</summary>
internal static class SimulatedLogs
{
    /// <summary>All signals of the town from its first afternoon on.</summary>
    /// <param name="lengthMs">How long the logs are.</param>
    public static List<(SignalConfiguration Configuration, ControllerEvent[] Events)> Make(long lengthMs) =>
        Make(new TimeRange(Town.DefaultStartMs + (14 * 3_600_000), Town.DefaultStartMs + (14 * 3_600_000) + lengthMs));

    /// <summary>All signals of the town for a time.</summary>
    public static List<(SignalConfiguration Configuration, ControllerEvent[] Events)> Make(TimeRange range)
    {
        var town = Town.Create(seed: 1);
        var logs = town.Signals.ToDictionary(s => s.Signal, _ => new List<ControllerEvent>());
        new TownSimulation(town, range.StartMs).Advance(range.EndMs, (signal, events) => logs[signal].AddRange(events));
        return [.. town.Signals.Select(s => (s.Configuration, logs[s.Signal].Order().ToArray()))];
    }
}
