using System.Globalization;
using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Measures.Tests.Learning;

/// <summary>A reference signal whose detectors people have configured, with its log.</summary>
/// <param name="Name">Where it comes from.</param>
/// <param name="Detectors">Channel, phase and function as configured.</param>
/// <param name="Log">Distinct events in the total order.</param>
internal sealed record KnownSignal(string Name, SignalId Signal, IReadOnlyList<Detector> Detectors, ControllerEvent[] Log)
{
    /// <summary>All of them; skips the running test where reference data is not here.</summary>
    public static IEnumerable<KnownSignal> ListAll()
    {
        foreach (var folder in new[] { "odot-3h", "odot-1136" })
        {
            var known = EventLog.ReadOregonDetectors(SharedData.PathTo($"data/hires/{folder}/detectors.csv"));
            foreach (var (signal, log) in EventLog.Read(SharedData.PathTo($"data/hires/{folder}/events.csv")))
            {
                yield return new KnownSignal($"{folder} {signal}", signal, known[signal].Detectors, log);
            }
        }

        var phases = File.ReadLines(SharedData.PathTo("data/hires/udot-7185/approaches.csv")).Skip(1).Select(l => l.Split(',')).ToDictionary(
            c => c[0], c => byte.Parse(c[5] != "0" ? c[5] : c[7], CultureInfo.InvariantCulture));
        var detectors = File.ReadLines(SharedData.PathTo("data/hires/udot-7185/detectors.csv")).Skip(1).Select(l => l.Split(','))
            .Where(c => phases.ContainsKey(c[6]))
            .Select(c => new Detector
            {
                Channel = byte.Parse(c[2], CultureInfo.InvariantCulture),
                Phase = phases[c[6]],
                Functions = c[13].Contains("AC", StringComparison.Ordinal) ? DetectorFunctions.AdvanceCount
                    : c[13].Contains("SBP", StringComparison.Ordinal) ? DetectorFunctions.StopBarPresence
                    : DetectorFunctions.LaneByLaneCount,
            });
        var (utah, events) = EventLog.Read(SharedData.PathTo("data/hires/udot-7185/events_2017-10-17_17h.csv"), onlySignal: "7185").Single();
        yield return new KnownSignal("udot-7185", utah, [.. detectors], events);
    }
}
