using Crosstown.Cli.Report.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Simulation.Detection;
using Crosstown.Simulation.Towns;

namespace Crosstown.Cli.Demo;

/// <summary>One fault that the town planted, and whether the findings name it.</summary>
internal sealed record PlantedFault(SignalId Signal, PlannedFault Fault, bool IsFound);

/// <summary>The town's planted faults against what the report finds.</summary>
/// <param name="Planted">All that lie in the log.</param>
/// <param name="NotPlanted">Broken detectors that no planted fault explains.</param>
internal sealed record FaultScore(IReadOnlyList<PlantedFault> Planted, IReadOnlyList<DetectorFinding> NotPlanted)
{
    private const long DayMs = 86_400_000;

    public int Found => Planted.Count(f => f.IsFound);

    /// <summary>
    /// A detector's fault counts as found when its channel is among the broken detectors at the time; a button's when the watchdog names its phase that
    /// day; a clock's when its being set is seen at the begin or the end.
    /// </summary>
    public static FaultScore Of(Town town, TimeRange log, Findings findings)
    {
        var planted = new List<PlantedFault>();
        var explained = new HashSet<DetectorFinding>();
        foreach (var signal in town.Signals)
        {
            foreach (var fault in signal.Faults.Where(f => f.When.StartMs < log.EndMs && f.When.EndMs > log.StartMs))
            {
                var isFound = fault.Kind switch
                {
                    FaultKind.PedestrianButtonStuck => findings.Watchdog.Any(w =>
                        w.View.Signal == signal.Signal && w.Finding == "stuck-pedestrian-button" && w.Number == signal.Configuration.PhaseOfPedestrianChannel(fault.Channel)
                        && w.DayMs < fault.When.EndMs && w.DayMs + DayMs > fault.When.StartMs),
                    FaultKind.ClockJump => findings.Clocks.Any(c => c.View.Signal == signal.Signal && Bin(c).Contains(fault.When.StartMs + fault.ClockAheadMs)),
                    _ => Detectors(signal.Signal, fault).Length > 0,
                };
                explained.UnionWith(Detectors(signal.Signal, fault));
                planted.Add(new PlantedFault(signal.Signal, fault, isFound));
            }
        }

        return new FaultScore(planted, [.. findings.Detectors.Where(d => !explained.Contains(d))]);

        DetectorFinding[] Detectors(SignalId signal, PlannedFault fault) =>
            [.. findings.Detectors.Where(d => d.View.Signal == signal && d.Channel == fault.Channel && d.SinceMs < fault.When.EndMs && d.LastMs > fault.When.StartMs)];

        static TimeRange Bin(ClockFinding clock) => clock.View.Clock.BinAt(clock.BinMs, clock.View.BinMs);
    }
}
