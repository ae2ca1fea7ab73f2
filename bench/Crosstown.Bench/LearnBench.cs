using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Configuration;
using Crosstown.Logs.Formats;
using Crosstown.Measures.Learning;

namespace Crosstown.Bench;

/// <summary>How much of what is learnt from logs is right, on signals whose configuration is known.</summary>
internal static class LearnBench
{
    /// <summary>Reference logs with the configuration that people entered.</summary>
    private static readonly (string Log, string[] Configuration, string? Signal)[] s_known =
    [
        ("odot-3h/events.csv", ["odot-3h/detectors.csv"], null),
        ("odot-1136/events.csv", ["odot-1136/detectors.csv"], null),
        ("udot-7185/events_2017-10-17_17h.csv", ["udot-7185/approaches.csv", "udot-7185/detectors.csv"], "7185"),
    ];

    public static bool Run(string? shared)
    {
        var (said, right, known) = (0, 0, 0);
        var isMet = true;
        if (shared is not null)
        {
            foreach (var (log, files, name) in s_known)
            {
                var hires = Path.Combine(shared, "data", "hires");
                var issues = new DataIssueLog();
                SignalId? unnamed = name is null ? null : SignalId.Parse(name);
                var events = new CollectedEvents();
                LogFiles.Read(Path.Combine(hires, log), new ReadSettings { Zone = "UTC", Signal = unnamed }, events, issues);
                foreach (var configuration in SignalFiles.Read(files.Select(f => Path.Combine(hires, f)), issues, unnamed))
                {
                    Count(configuration, SignalLearner.Learn(configuration.Signal, LocalTimeMap.Utc, events.Distinct(configuration.Signal)), ref said, ref right, ref known);
                }
            }

            Console.WriteLine($"       real signals: {right} right of {said} said of {known} configured");
            isMet &= Figures.Hold("phase of detector, precision", (double)right / said, "", 0.95, atLeast: true);
            isMet &= Figures.Hold("phase of detector, recall", (double)right / known, "", 0.8, atLeast: true);
        }

        (said, right, known) = (0, 0, 0);
        foreach (var (configuration, events) in SimulatedLogs.Make(24 * 3_600_000L))
        {
            Count(configuration, SignalLearner.Learn(configuration.Signal, LocalTimeMap.Utc, events), ref said, ref right, ref known);
        }

        Console.WriteLine($"       simulated town: {right} right of {said} said of {known} configured");
        isMet &= Figures.Hold("phase of detector in the town, precision", (double)right / said, "", 0.95, atLeast: true);
        isMet &= Figures.Hold("phase of detector in the town, recall", (double)right / known, "", 0.8, atLeast: true);
        return isMet;
    }

    private static void Count(SignalConfiguration truth, SignalConfiguration learned, ref int said, ref int right, ref int known)
    {
        foreach (var detector in truth.Detectors)
        {
            var approach = truth.Approaches.FirstOrDefault(a => a.Id == detector.ApproachId);
            if ((detector.Phase ?? approach?.Protected?.Number ?? approach?.Permissive?.Number) is not { } phase)
            {
                continue;
            }

            known++;
            if (learned.Detectors.FirstOrDefault(d => d.Channel == detector.Channel)?.Phase is { } answer)
            {
                said++;
                right += answer == phase ? 1 : 0;
                if (answer != phase)
                {
                    var basis = learned.Evidence.FirstOrDefault(e => e.Field == $"detectors/{detector.Channel}/phase")?.Basis;
                    Console.WriteLine($"       signal {truth.Signal}: detector {detector.Channel} ({detector.Functions}) is of phase {phase}, learnt {answer}: {basis}");
                }
            }
        }
    }
}
