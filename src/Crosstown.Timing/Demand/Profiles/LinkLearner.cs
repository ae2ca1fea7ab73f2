using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Street;
using Crosstown.Timing.Demand.InForce;
using Crosstown.Timing.Demand.Volumes;

namespace Crosstown.Timing.Demand.Profiles;

/// <summary>Learns travel time and dispersion of a link.</summary>
internal static class LinkLearner
{
    // Cycles that both ends must have run in step together, and variance that platoons must explain.
    private const int EnoughCycles = 20;
    private const double EnoughFit = 0.3;

    // Share of cycles in which a queue may stand over the advance detector before it no longer tells when vehicles came.
    public const double MostStanding = 0.2;
    private const double EnoughVehicles = 150;

    // Platoons drive between these when only the length is known.
    private const double FastestMph = 65;
    private const double SlowestMph = 12;

    public static LinkTravel Learn(
        LinkEnds street, IReadOnlyList<StudySignal> signals, ImmutableArray<TimingInForce> timings, List<StopLineGroup> groups, PeriodFlows flows)
    {
        var arrivalDetectors = street.Receiving.Where(g => groups[g].Turn == TurnKind.Through).SelectMany(g => groups[g].Advances).ToList();
        var counted = street.Sources.Where(s => groups[s.Group].Counts.Length > 0).ToList();
        var toLineS = arrivalDetectors.Count > 0 && arrivalDetectors.TrueForAll(a => a.ToStopBarMs is not null)
            ? arrivalDetectors.Average(a => a.ToStopBarMs!.Value) / 1000.0 : (double?)null;
        if (arrivalDetectors.Count == 0 || counted.Count == 0)
        {
            return Reckoned(street.Link, arrivalDetectors.Count == 0 ? "no advance detector at its end" : "no count at its begin");
        }

        if (street.Receiving.Where(g => groups[g].Turn == TurnKind.Through).Max(g => StandingShare(signals[street.To].Log, groups[g])) > MostStanding)
        {
            return Reckoned(street.Link, "queues stand over the advance detector at its end");
        }

        var (leastS, mostS, isBounded) = Bounds(street.Link, toLineS ?? 0);
        var pairs = Pairs(street, signals, timings, groups, flows, counted, arrivalDetectors);
        if (!isBounded)
        {
            mostS = pairs.Count == 0 ? mostS : pairs.Min(p => p.Arrivals.CycleS) - 1;
        }

        if (PlatoonFit.Of(pairs, leastS, mostS) is not { } fit || fit.Fit < EnoughFit || !fit.IsInside)
        {
            return Reckoned(street.Link, pairs.Count == 0 ? "its ends were never in step together for long enough" : "its arrivals show no platoons from upstream");
        }

        if (toLineS is null)
        {
            return Reckoned(street.Link, $"{Text(fit.TravelS)} s to its advance detector, whose distance from the stop bar is not known");
        }

        var meanS = fit.TravelS + toLineS.Value;
        var tailS = Math.Min((1 / fit.Smoothing) - 1, 0.9 * meanS);
        var beta = Math.Clamp((meanS - tailS) / meanS, 0.01, 1);
        var cycles = string.Join(", ", pairs.Select(p => p.Arrivals.CycleS).Distinct().Order());
        return new LinkTravel(
            street.Link, meanS, tailS / (beta * meanS), beta, true, fit.Fit,
            $"platoons of {pairs.Sum(p => p.Departures.Total):0} departures explain {fit.Fit:P0} of how arrivals vary, at cycles of {cycles} s"
            + (isBounded ? "" : "; up to whole cycles, because neither length nor speed is known"));
    }

    /// <summary>Share of a group's cycles, 0-1, in which a vehicle stands on one of its advance detectors.</summary>
    public static double StandingShare(Reading.SignalLog log, StopLineGroup group)
    {
        const long standsMs = 4000;
        var services = group.FirstPhase is > 0 and <= Core.Controllers.ControllerProgram.MaxPhase ? log.Services[group.FirstPhase] : [];
        if (services.Count == 0 || group.Advances.IsEmpty)
        {
            return 0;
        }

        var greens = services.Select(s => s.GreenMs).ToArray();
        int CycleAt(long timeMs) => Array.BinarySearch(greens, timeMs) is var i && i >= 0 ? i : ~i;
        return group.Advances.SelectMany(a => log.Presences[a.Channel]).Where(p => p.OffMs - p.OnMs >= standsMs).Select(p => CycleAt(p.OnMs)).Distinct().Count()
            / (double)services.Count;
    }

    private static (double LeastS, double MostS, bool IsBounded) Bounds(StreetLink link, double toLineS)
    {
        if (link.LengthFt is not { } ft)
        {
            return (1, 120, false);
        }

        var (least, most) = link.SpeedMph is { } mph and > 0
            ? (0.6 * ft / (Corridor.FeetPerSecondPerMph * mph), 1.8 * ft / (Corridor.FeetPerSecondPerMph * mph))
            : (ft / (Corridor.FeetPerSecondPerMph * FastestMph), ft / (Corridor.FeetPerSecondPerMph * SlowestMph));
        return (Math.Max(0.5, least - toLineS), Math.Max(2, most - toLineS), true);
    }

    private static LinkTravel Reckoned(StreetLink link, string why)
    {
        double? travelS = link is { LengthFt: { } ft, SpeedMph: { } mph and > 0 } ? ft / (Corridor.FeetPerSecondPerMph * mph) : null;
        return new LinkTravel(link, travelS, 0.35, 0.8, false, 0, travelS is null ? $"{why}, and length or speed is not known" : $"{why}: length over speed");
    }

    private static List<(CycleProfile Departures, CycleProfile Arrivals)> Pairs(
        LinkEnds street, IReadOnlyList<StudySignal> signals, ImmutableArray<TimingInForce> timings, List<StopLineGroup> groups, PeriodFlows flows,
        List<LinkSource> sources, List<GroupDetector> arrivalDetectors)
    {
        var pairs = new List<(CycleProfile, CycleProfile)>();
        var (fromLog, toLog) = (signals[street.From].Log, signals[street.To].Log);
        foreach (var up in timings[street.From].Patterns)
        {
            var upTimes = new InStepTimes(fromLog, timings[street.From], up);
            foreach (var down in timings[street.To].Patterns.Where(d => d.Timing.CycleMs == up.Timing.CycleMs))
            {
                var downTimes = new InStepTimes(toLog, timings[street.To], down);
                if (upTimes.SharedMs(downTimes) < EnoughCycles * (long)up.Timing.CycleMs)
                {
                    continue;
                }

                bool Both(long timeMs) => upTimes.Contains(timeMs) && downTimes.Contains(timeMs);
                var cycleS = up.Timing.CycleMs / 1000;
                var departures = new CycleProfile(cycleS);
                foreach (var source in sources)
                {
                    var counts = groups[source.Group].Counts.ToDictionary(c => c.Channel);
                    var part = CycleProfile.Fold(fromLog, counts.Keys, c => -counts[c].LatencyMs, cycleS, 0, Both);
                    var share = flows.ShareOf(source);
                    for (var t = 0; t < cycleS; t++)
                    {
                        departures.Bins[t] += share * part.Bins[t];
                    }
                }

                var detectors = arrivalDetectors.DistinctBy(d => d.Channel).ToDictionary(d => d.Channel);
                var arrivals = CycleProfile.Fold(toLog, detectors.Keys, c => -detectors[c].LatencyMs, cycleS, 0, Both);
                if (departures.Total >= EnoughVehicles && arrivals.Total >= EnoughVehicles)
                {
                    pairs.Add((departures, arrivals));
                }
            }
        }

        return pairs;
    }

    private static string Text(double seconds) => seconds.ToString("0.#", CultureInfo.InvariantCulture);
}
