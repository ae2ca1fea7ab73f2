using Crosstown.Cli.Report.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Simulation.Detection;
using Crosstown.Simulation.Towns;

namespace Crosstown.Cli.Demo;

/// <summary>One fault that the town planted, and whether the findings name it.</summary>
internal sealed record PlantedFault(SignalId Signal, PlannedFault Fault, bool IsFound);

/// <summary>Planted detector faults against the report's broken detectors.</summary>
/// <param name="Planted">All that lie in the log.</param>
/// <param name="NotPlanted">Broken detectors that no planted fault explains.</param>
internal sealed record FaultScore(IReadOnlyList<PlantedFault> Planted, IReadOnlyList<DetectorFinding> NotPlanted)
{
    public int Found => Planted.Count(f => f.IsFound);

    /// <summary>A fault counts as found when its channel is listed with a time that overlaps it. Buttons and clocks are no detectors: they are listed, not scored here.</summary>
    public static FaultScore Of(Town town, TimeRange log, Findings findings)
    {
        var planted = new List<PlantedFault>();
        var explained = new HashSet<DetectorFinding>();
        foreach (var signal in town.Signals)
        {
            foreach (var fault in signal.Faults.Where(f => f.When.StartMs < log.EndMs && f.When.EndMs > log.StartMs && IsOfDetector(f)))
            {
                var named = findings.Detectors.Where(d => d.View.Signal == signal.Signal && d.Channel == fault.Channel && d.SinceMs < fault.When.EndMs && d.LastMs > fault.When.StartMs).ToArray();
                explained.UnionWith(named);
                planted.Add(new PlantedFault(signal.Signal, fault, named.Length > 0));
            }
        }

        return new FaultScore(planted, [.. findings.Detectors.Where(d => !explained.Contains(d))]);
    }

    private static bool IsOfDetector(PlannedFault fault) => fault.Kind is not (FaultKind.PedestrianButtonStuck or FaultKind.ClockJump);
}
