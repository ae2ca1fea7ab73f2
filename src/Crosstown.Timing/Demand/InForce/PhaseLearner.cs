using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Crosstown.Core.Controllers;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Timing.Demand.Reading;

namespace Crosstown.Timing.Demand.InForce;

/// <summary>Recovers rings, barrier groups and intervals of phases.</summary>
internal sealed class PhaseLearner(SignalConfiguration configuration, SignalLog log)
{
    private const int EnoughServices = 10;
    private const long NoCircleMs = 3_600_000;
    private const int DefaultPassageMs = 3000;
    private const int DefaultMaximumMs = 30_000;

    // A coordinated phase waits in green; it does not gap out.
    private const double MostGapOuts = 0.05;

    private readonly List<Evidence> _evidence = [];

    public ImmutableArray<Evidence> Evidence => [.. _evidence];

    /// <summary>All phases that were served, by number.</summary>
    public ImmutableArray<PhaseTiming> Learn()
    {
        var served = Enumerable.Range(1, ControllerProgram.MaxPhase).Where(p => log.Services[p].Count > 0).ToList();
        if (served.Count == 0)
        {
            return [];
        }

        var places = PlacesOf(served);
        var coordinated = Coordinated(served, places);
        return [.. served.Select(p => Learn(p, places[p], coordinated.Contains(p)))];
    }

    private PhaseTiming Learn(int phase, (byte Ring, byte Group) place, bool isCoordinated)
    {
        var given = configuration.Phases.FirstOrDefault(p => p.Number == phase);
        var services = log.Services[phase];
        var yellowMs = Interval(phase, "yellow", services.Where(s => s.YellowEndMs > s.YellowMs).Select(s => s.YellowEndMs - s.YellowMs), given?.YellowS, 3000);
        var redMs = services.Exists(s => s.HasRedClearance)
            ? Interval(phase, "redClearance", services.Where(s => s.HasRedClearance && s.RedMs > s.YellowEndMs).Select(s => s.RedMs - s.YellowEndMs), given?.RedClearanceS, 0)
            : 0;
        var minimumMs = MinimumGreen(phase, services, given?.MinimumGreenS);
        var walkMs = Walk(phase, given?.WalkS);
        var walks = log.WalkLengths[phase];
        return new PhaseTiming
        {
            Number = (byte)phase,
            Ring = place.Ring,
            BarrierGroup = place.Group,
            MinimumGreenMs = minimumMs,
            PassageMs = Passage(phase, services),
            MaximumMs = Math.Max(minimumMs, Maximum(phase, services)),
            YellowMs = Math.Clamp(yellowMs, 3000, 6000),
            RedClearanceMs = Math.Clamp(redMs, 0, 6000),
            WalkMs = walkMs,
            PedestrianClearanceMs = walkMs == 0 ? 0
                : Interval(phase, "pedestrianClearance", log.ClearanceLengths[phase].Select(l => (long)l), given?.PedestrianClearanceS, 0),
            IsCoordinated = isCoordinated,
            RestsInWalk = isCoordinated && walks.Count >= EnoughServices && walks.Order().ElementAt(walks.Count / 2) > 1.5 * walkMs,
        };
    }

    /// <summary>Rings and groups as configured; else as NEMA numbers them, if nothing was seen that contradicts it; else from what was green together.</summary>
    private Dictionary<int, (byte Ring, byte Group)> PlacesOf(List<int> served)
    {
        var given = configuration.Phases.Where(p => p.Ring is not null && p.BarrierGroup is not null)
            .ToDictionary(p => (int)p.Number, p => ((byte)p.Ring!, (byte)p.BarrierGroup!));
        if (served.TrueForAll(given.ContainsKey) && Agrees(served, given))
        {
            return given;
        }

        var standard = served.Where(p => p <= 8).ToDictionary(p => p, p => ((byte)(p <= 4 ? 1 : 2), (byte)(p is 1 or 2 or 5 or 6 ? 1 : 2)));
        if (served.TrueForAll(standard.ContainsKey) && Agrees(served, standard))
        {
            Note("rings", "as phases are numbered by NEMA", 0.8, "no phases were green together that this forbids");
            return standard;
        }

        Note("rings", "from what was green together", 0.5, "neither configuration nor numbering agrees with the log");
        return Derived(served);
    }

    private bool Agrees(List<int> served, Dictionary<int, (byte Ring, byte Group)> places) =>
        served.TrueForAll(a => served.TrueForAll(b =>
            a == b || !Bits.Has(log.GreenWith[a], b) || (places[a].Ring != places[b].Ring && places[a].Group == places[b].Group)));

    /// <summary>Groups are what hangs together by common greens; in a group, each phase goes to the first ring with none that it never met.</summary>
    private Dictionary<int, (byte Ring, byte Group)> Derived(List<int> served)
    {
        var places = new Dictionary<int, (byte Ring, byte Group)>();
        var left = served.Aggregate(0u, (mask, p) => mask | ((uint)1 << p));
        byte group = 0;
        while (left != 0)
        {
            group++;
            var found = (uint)1 << BitOperations.TrailingZeroCount(left);
            for (var before = 0u; before != found;)
            {
                before = found;
                var rest = found;
                while (rest != 0)
                {
                    found |= log.GreenWith[Bits.TakeFirst(ref rest)] & left;
                }
            }

            left &= ~found;
            var rings = new List<uint>();
            while (found != 0)
            {
                var phase = Bits.TakeFirst(ref found);
                var ring = rings.FindIndex(r => (r & log.GreenWith[phase]) == 0);
                if (ring < 0)
                {
                    rings.Add(0);
                    ring = rings.Count - 1;
                }

                rings[ring] |= (uint)1 << phase;
                places[phase] = ((byte)Math.Min(4, ring + 1), Math.Min((byte)8, group));
            }
        }

        return places;
    }

    private List<int> Coordinated(List<int> served, Dictionary<int, (byte Ring, byte Group)> places)
    {
        var given = configuration.Phases.Where(p => p.IsCoordinated && served.Contains(p.Number)).Select(p => (int)p.Number).ToList();
        if (given.Count > 0)
        {
            return given;
        }

        var logged = log.Coordination.Where(c => c.Code is EventCode.CoordinatedPhaseYieldPoint or EventCode.CoordinatedPhaseBegin)
            .Select(c => c.Parameter).Where(served.Contains).Distinct().Order().ToList();
        if (logged.Count > 0)
        {
            Note("coordinatedPhases", string.Join(" ", logged), 1, "codes 151 and 152 name them");
            return logged;
        }

        var most = served.Max(p => log.Services[p].Count);
        double GapOuts(int p) => log.Services[p].Count(s => s.Reason == EventCode.PhaseGapOut) / (double)log.Services[p].Count;
        double MeanGreen(int p) => log.Services[p].Average(s => s.GreenLengthMs);
        var waiting = served.Where(p => log.Services[p].Count >= 0.8 * most && GapOuts(p) <= MostGapOuts).ToList();
        if (waiting.Count == 0)
        {
            waiting = [served.MaxBy(MeanGreen)];
        }

        var longest = waiting.MaxBy(MeanGreen);
        var chosen = waiting.Where(p => p == longest || (places[p].Group == places[longest].Group && places[p].Ring != places[longest].Ring
            && MeanGreen(p) >= 0.5 * MeanGreen(longest))).ToList();
        Note("coordinatedPhases", string.Join(" ", chosen), 0.7, "served in every cycle, hardly ever gapped out, and longest green");
        return chosen;
    }

    private int Interval(int phase, string name, IEnumerable<long> lengths, double? givenS, int fallbackMs)
    {
        if (Circle.ModeOf(lengths, NoCircleMs, 0) is not { } mode)
        {
            var ms = givenS is { } s ? Tenth(s * 1000) : fallbackMs;
            Note($"phases/{phase}/{name}", Seconds(ms), givenS is null ? 0 : 0.9, givenS is null ? "never seen: the least that is allowed" : "never seen: as configured");
            return ms;
        }

        var shownMs = Tenth(mode.Value);
        var confidence = mode.Of >= EnoughServices ? mode.Share : mode.Share * mode.Of / EnoughServices;
        var basis = $"{mode.Count} of {mode.Of} times";
        if (givenS is { } configured && Math.Abs((configured * 1000) - shownMs) >= 100)
        {
            basis += $"; configured are {Seconds((int)(configured * 1000))} s";
        }

        Note($"phases/{phase}/{name}", Seconds(shownMs), confidence, basis);
        return shownMs;
    }

    private int MinimumGreen(int phase, List<PhaseService> services, double? givenS)
    {
        // Added initial green and walks lengthen what is logged, nothing shortens it: the shortest is nearest to what is programmed.
        var logged = services.Where(s => s.MinimumDoneMs is not null).Select(s => s.MinimumDoneMs!.Value - s.GreenMs).Where(l => l >= 1000).Order().ToList();
        if (logged.Count > 0)
        {
            var agrees = givenS is { } s && Math.Abs((s * 1000) - logged[0]) < 100;
            Note($"phases/{phase}/minimumGreen", Seconds(Tenth(logged[0])), agrees ? 1 : logged.Count >= EnoughServices ? 0.8 : 0.5, $"shortest of {logged.Count} (3)");
            return Tenth(logged[0]);
        }

        var shortest = Tenth(services.Where(s => s.Reason != EventCode.PhasePreemptForceOff).Select(s => s.GreenLengthMs).DefaultIfEmpty(5000).Min());
        var ms = givenS is { } configured ? Tenth(configured * 1000) : Math.Max(1000, shortest);
        Note($"phases/{phase}/minimumGreen", Seconds(ms), givenS is null ? 0.3 : 0.9, givenS is null ? "shortest green that was shown; not logged" : "as configured; not logged");
        return ms;
    }

    private int Walk(int phase, double? givenS)
    {
        var walks = log.WalkLengths[phase];
        if (walks.Count == 0)
        {
            return givenS is { } s ? Tenth(s * 1000) : 0;
        }

        // A walk that rests is longer than programmed.
        var shortest = Tenth(walks.Min());
        Note($"phases/{phase}/walk", Seconds(shortest), walks.Count >= EnoughServices ? 0.9 : 0.5, $"shortest of {walks.Count} walks");
        return shortest;
    }

    /// <summary>From the last detector of the phase going off to its gap-out.</summary>
    private int Passage(int phase, List<PhaseService> services)
    {
        var channels = configuration.Detectors.Where(d => d.Phase == phase).Select(d => (int)d.Channel).ToList();
        var offs = channels.SelectMany(c => log.Presences[c]).Select(p => p.OffMs).Order().ToArray();
        var gaps = new List<long>();
        foreach (var service in services.Where(s => s.Reason == EventCode.PhaseGapOut))
        {
            var at = Array.BinarySearch(offs, service.YellowMs);
            at = at >= 0 ? at : ~at - 1;
            if (at >= 0 && offs[at] > service.GreenMs)
            {
                gaps.Add(service.YellowMs - offs[at]);
            }
        }

        if (Circle.ModeOf(gaps.Where(g => g is >= 500 and <= 8000), NoCircleMs, 100) is { } mode && mode.Of >= EnoughServices && mode.Share >= 0.3)
        {
            Note($"phases/{phase}/passage", Seconds(Tenth(mode.Value)), mode.Share, $"{mode.Count} of {mode.Of} gap-outs that long after the last detector went off");
            return Tenth(mode.Value);
        }

        Note($"phases/{phase}/passage", Seconds(DefaultPassageMs), 0, "not to be seen in the log: a common value");
        return DefaultPassageMs;
    }

    private int Maximum(int phase, List<PhaseService> services)
    {
        var maximums = services.Where(s => s.Reason == EventCode.PhaseMaxOut && s.CheckedMs is not null).Select(s => s.YellowMs - s.CheckedMs!.Value);
        if (Circle.ModeOf(maximums, NoCircleMs, 0) is { Count: >= 3 } mode)
        {
            Note($"phases/{phase}/maximum", Seconds(Tenth(mode.Value)), mode.Share, $"{mode.Count} of {mode.Of} max-outs");
            return Tenth(mode.Value);
        }

        Note($"phases/{phase}/maximum", Seconds(DefaultMaximumMs), 0, "no max-outs in the log: a common value");
        return DefaultMaximumMs;
    }

    private void Note(string field, string value, double confidence, string basis) => _evidence.Add(new Evidence(field, value, Math.Clamp(confidence, 0, 1), basis));

    private static int Tenth(double ms) => (int)Math.Round(ms / 100) * 100;

    private static string Seconds(int ms) => (ms / 1000.0).ToString("0.#", CultureInfo.InvariantCulture);
}
