using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Measures.Learning;

/// <summary>Says what the controller's timing is: phases with rings and intervals, and the coordination patterns in force.</summary>
/// <remarks>
/// Intervals are what the log shows most often. Programmed cycle, offset and splits are read from codes 132-149 (and 203-218) where the controller logs them
/// with its pattern; otherwise the cycle is the spacing at which a coordinated phase ends, where most cycles agree.
/// </remarks>
internal static class TimingLearner
{
    /// <summary>Programmed values are logged with the pattern, within two seconds of it.</summary>
    private const long WithPatternMs = 2_000;

    private const int FewestCycles = 6;

    public static (List<PhaseConfiguration> Phases, List<Evidence> Evidence) LearnPhases(ReadOnlySpan<ControllerEvent> events, PhaseDisplays displays)
    {
        var spread = new Dictionary<(byte Phase, char What), Dictionary<long, int>>();
        var lastMs = new Dictionary<(byte, ushort), long>();
        var coordinated = new int[256];
        var forcedOff = new int[256];
        foreach (ref readonly var e in events)
        {
            if (e.Parameter is < 1 or > 255)
            {
                continue;
            }

            var phase = (byte)e.Parameter;
            switch (e.Code)
            {
                case EventCode.PhaseEndYellow:
                    Note('Y', EventCode.PhaseBeginYellow, e);
                    break;
                case EventCode.PhaseEndRedClearance:
                    Note('R', EventCode.PhaseBeginRedClearance, e);
                    break;
                case EventCode.PhaseMinimumComplete:
                    Note('M', EventCode.PhaseBeginGreen, e);
                    break;
                case EventCode.PedestrianBeginClearance:
                    Note('W', EventCode.PedestrianBeginWalk, e);
                    break;
                case EventCode.PedestrianBeginDontWalk:
                    Note('C', EventCode.PedestrianBeginClearance, e);
                    break;
                case EventCode.CoordinatedPhaseYieldPoint or EventCode.CoordinatedPhaseBegin:
                    coordinated[phase]++;
                    break;
                case EventCode.PhaseForceOff:
                    forcedOff[phase]++;
                    break;
                default:
                    break;
            }

            lastMs[(phase, e.Code)] = e.TimeMs;

            void Note(char what, ushort since, in ControllerEvent now)
            {
                if (!lastMs.TryGetValue((phase, since), out var start) || now.TimeMs - start > 120_000)
                {
                    return;
                }

                if (!spread.TryGetValue((phase, what), out var counts))
                {
                    spread[(phase, what)] = counts = [];
                }

                counts[now.TimeMs - start] = counts.GetValueOrDefault(now.TimeMs - start) + 1;
            }
        }

        var evidence = new List<Evidence>();
        var (ring, group, ringBasis) = LearnRings(displays);
        var phases = new List<PhaseConfiguration>();
        for (var p = 0; p < displays.Phases.Length; p++)
        {
            var number = displays.Phases[p];
            var field = string.Create(CultureInfo.InvariantCulture, $"phases/{number}");
            var isCoordinated = coordinated[number] >= FewestCycles;
            evidence.Add(new Evidence(
                $"{field}/ring", ring[p] == 0 ? "unknown" : Text(ring[p]), ring[p] == 0 ? 0 : 0.9, ringBasis));
            evidence.Add(new Evidence(
                $"{field}/is_coordinated",
                isCoordinated ? "true" : "unknown",
                isCoordinated ? 0.98 : 0,
                string.Create(CultureInfo.InvariantCulture, $"{coordinated[number]} yield points and begins of the coordinated phase, {forcedOff[number]} force-offs.")));
            phases.Add(new PhaseConfiguration
            {
                Number = number,
                Ring = ring[p] == 0 ? null : ring[p],
                BarrierGroup = group[p] == 0 ? null : group[p],
                IsCoordinated = isCoordinated,
                YellowS = Usual('Y', "yellow_s"),
                RedClearanceS = Usual('R', "red_clearance_s"),
                MinimumGreenS = Usual('M', "minimum_green_s"),
                WalkS = Usual('W', "walk_s"),
                PedestrianClearanceS = Usual('C', "pedestrian_clearance_s"),
            });

            double? Usual(char what, string name)
            {
                if (!spread.TryGetValue((number, what), out var counts))
                {
                    return null;
                }

                var all = counts.Values.Sum();
                var usual = counts.MaxBy(c => c.Value);
                var share = (double)usual.Value / all;
                var isKnown = all >= FewestCycles && share >= LearningLimits.CyclesAgree;
                evidence.Add(new Evidence(
                    $"{field}/{name}",
                    isKnown ? Text(usual.Key / 1000.0) : "unknown",
                    isKnown ? share : 0,
                    string.Create(CultureInfo.InvariantCulture, $"{usual.Value} of {all} observed intervals last {usual.Key / 1000.0} s.")));
                return isKnown ? usual.Key / 1000.0 : null;
            }
        }

        return (phases, evidence);
    }

    public static (List<CoordinationPattern> Patterns, List<Evidence> Evidence) LearnPatterns(
        ReadOnlySpan<ControllerEvent> events, LocalTimeMap clock, IReadOnlyList<PhaseConfiguration> phases)
    {
        var programmed = new SortedDictionary<byte, Programmed>();
        var current = -1;
        long currentSinceMs = 0;
        var early = new List<ControllerEvent>();
        foreach (ref readonly var e in events)
        {
            if (e.Code == EventCode.CoordinationPatternChange && e.Parameter is >= 0 and <= 255)
            {
                current = e.Parameter;
                currentSinceMs = e.TimeMs;
                foreach (var value in early)
                {
                    if (e.TimeMs - value.TimeMs <= WithPatternMs)
                    {
                        Get(current).Take(value);
                    }
                }

                early.Clear();
            }
            else if (IsProgrammed(e.Code))
            {
                if (current >= 0 && e.TimeMs - currentSinceMs <= WithPatternMs)
                {
                    Get(current).Take(e);
                }
                else
                {
                    early.Add(e);
                }
            }
            else if (e.Code == EventCode.PhaseBeginYellow && current >= 0 && IsCoordinated(e.Parameter))
            {
                Get(current).Ends.Add((e.Parameter, clock.ToLocalMs(e.TimeMs)));
            }
        }

        var patterns = new List<CoordinationPattern>();
        var evidence = new List<Evidence>();
        foreach (var (number, values) in programmed)
        {
            var (cycleS, cycleBasis, cycleConfidence) = values.Cycle();
            var field = string.Create(CultureInfo.InvariantCulture, $"patterns/{number}");
            evidence.Add(new Evidence($"{field}/cycle_length_s", cycleS is { } c ? Text(c) : "unknown", cycleConfidence, cycleBasis));
            evidence.Add(new Evidence(
                $"{field}/offset_s", values.OffsetS is { } o ? Text(o) : "unknown", values.OffsetS is null ? 0 : 0.98, "Logged by the controller (133) with the pattern, or not at all."));
            foreach (var (phase, split) in values.SplitS)
            {
                evidence.Add(new Evidence(string.Create(CultureInfo.InvariantCulture, $"{field}/splits/{phase}"), Text(split), 0.98, "Logged by the controller with the pattern."));
            }

            patterns.Add(new CoordinationPattern
            {
                Number = number,
                CycleLengthS = cycleS,
                OffsetS = values.OffsetS,
                SplitS = values.SplitS.ToImmutableSortedDictionary(),
            });
        }

        return (patterns, evidence);

        Programmed Get(int number)
        {
            if (!programmed.TryGetValue((byte)number, out var values))
            {
                programmed[(byte)number] = values = new Programmed();
            }

            return values;
        }

        bool IsCoordinated(int phase) => phases.Any(p => p.Number == phase && p.IsCoordinated);
    }

    private static bool IsProgrammed(ushort code) =>
        code is (>= EventCode.CycleLengthChange and <= EventCode.SplitPhase16) or EventCode.CycleLengthLong or (>= EventCode.SplitPhase17 and <= EventCode.SplitPhase32);

    /// <summary>Rings and barrier groups from which phases ever go together.</summary>
    /// <remarks>Phases that go together lie in one group and in different rings. The ring of a group's lowest phase is called 1, as NEMA numbers them.</remarks>
    private static (byte[] Ring, byte[] Group, string Basis) LearnRings(PhaseDisplays displays)
    {
        var n = displays.Phases.Length;
        var ring = new byte[n];
        var group = new byte[n];
        var together = new bool[n, n];
        for (var a = 0; a < n; a++)
        {
            for (var b = a + 1; b < n; b++)
            {
                together[a, b] = together[b, a] = displays.TogetherMs(displays.Phases[a], displays.Phases[b]) > 10_000;
            }
        }

        byte groups = 0;
        var isTwoRings = true;
        for (var start = 0; start < n; start++)
        {
            if (ring[start] != 0)
            {
                continue;
            }

            groups++;
            var open = new Queue<int>([start]);
            ring[start] = 1;
            group[start] = groups;
            while (open.TryDequeue(out var a))
            {
                for (var b = 0; b < n; b++)
                {
                    if (!together[a, b])
                    {
                        continue;
                    }

                    if (ring[b] == 0)
                    {
                        ring[b] = (byte)(3 - ring[a]);
                        group[b] = groups;
                        open.Enqueue(b);
                    }
                    else if (ring[b] == ring[a])
                    {
                        isTwoRings = false;
                    }
                }
            }
        }

        if (!isTwoRings)
        {
            Array.Clear(ring);
        }

        return (ring, group, isTwoRings ? "Phases that went together lie in different rings; no pair contradicts two rings." : "Three phases went together, which two rings do not allow.");
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private sealed class Programmed
    {
        private double? _cycleS;

        public double? OffsetS { get; private set; }

        public SortedDictionary<byte, double> SplitS { get; } = [];

        /// <summary>When coordinated phases ended, on the wall clock.</summary>
        public List<(int Phase, long LocalMs)> Ends { get; } = [];

        public void Take(in ControllerEvent e)
        {
            switch (e.Code)
            {
                case EventCode.CycleLengthChange when e.Parameter is > 0 and < 255:
                case EventCode.CycleLengthLong when e.Parameter > 0:
                    _cycleS = e.Parameter;
                    break;
                case EventCode.OffsetChange:
                    OffsetS = e.Parameter;
                    break;
                case >= EventCode.SplitPhase1 and <= EventCode.SplitPhase16 when e.Parameter > 0:
                    SplitS[(byte)(e.Code - EventCode.SplitPhase1 + 1)] = e.Parameter;
                    break;
                case >= EventCode.SplitPhase17 and <= EventCode.SplitPhase32 when e.Parameter > 0:
                    SplitS[(byte)(e.Code - EventCode.SplitPhase17 + 17)] = e.Parameter;
                    break;
                default:
                    break;
            }
        }

        public (double? CycleS, string Basis, double Confidence) Cycle()
        {
            if (_cycleS is { } logged)
            {
                return (logged, "Logged by the controller (132) with the pattern.", 0.98);
            }

            var lengths = Ends.GroupBy(e => e.Phase)
                .SelectMany(g => g.Zip(g.Skip(1), (a, b) => Math.Round((b.LocalMs - a.LocalMs) / 1000.0)))
                .Where(s => s is >= 30 and <= 300)
                .GroupBy(s => s)
                .Select(g => (Seconds: g.Key, Count: g.Count()))
                .ToArray();
            var all = lengths.Sum(l => l.Count);
            if (all < FewestCycles)
            {
                return (null, "The controller logs no cycle length, and too few cycles were seen.", 0);
            }

            var usual = lengths.MaxBy(l => l.Count);
            var share = (double)usual.Count / all;
            var basis = string.Create(CultureInfo.InvariantCulture, $"Coordinated phases ended {usual.Seconds} s apart in {usual.Count} of {all} cycles.");
            return share >= LearningLimits.CyclesAgree ? (usual.Seconds, basis, share) : (null, basis, 0);
        }
    }
}
