using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Core;
using Crosstown.Simulation.Traffic;

namespace Crosstown.Simulation.Towns;

/// <summary>Makes one signal of the town from its site and its volumes: lanes, timing, detectors, configuration.</summary>
internal static class SitePlanner
{
    /// <summary>The four legs, in the order of <see cref="TownSignal.Legs"/>.</summary>
    public static readonly ImmutableArray<TravelDirection> Directions =
        [TravelDirection.Northbound, TravelDirection.Southbound, TravelDirection.Eastbound, TravelDirection.Westbound];

    /// <summary>Local minutes whose volumes patterns 1 to 4 are made for: 7:30, 12:00, 17:00, 21:00.</summary>
    public static readonly ImmutableArray<int> PlanMinutes = [450, 720, 1020, 1260];

    private static readonly int[] ArterialCycleS = [120, 100, 130, 90];
    private static readonly int[] GridCycleS = [80, 80, 90, 70];

    // How far off a bad offset is, in cycles. Half where one direction counts; where both do, half would only change which of them meets the green.
    private static readonly double[] s_badOffset = [0.5, 0.3, 0.3, 0.5];

    private const int EveningMinute = 1140;

    // With a second from each actuation, the initial green serves what stands between the advance detectors and the line: 3 s, and 2 s for every 25 ft.
    private const int LongestInitialMs = (3 + (2 * DetectorPlanner.MainSetbackFt / 25)) * 1000;

    private const byte NightPattern = 5;
    private const int NightCycleS = 80;
    // Where the side streets are starved: what the engineer once counted, as a share of today's volume.
    private const double MainOnceCounted = 1.25;
    private const double SidesOnceCounted = 0.62;

    /// <summary>Where buttons stand.</summary>
    public const int ButtonBehindCurbFt = 5;

    /// <summary>From a left turn's line round to where it is out of the way of those who come from across: 48 ft ahead and 30 ft aside, or 36 and 42, on an ellipse.</summary>
    public const int LeftPathFt = 62;

    /// <summary>From a right turn's line over the crosswalk into the lane across.</summary>
    public const int RightPathFt = 42;

    private const int MainWidthFt = 84;
    private const int SideWidthFt = 60;
    private const int GridWidthFt = 44;
    private const double WalkSpeedFtPerS = 3.5;

    /// <summary>The left-turn phase of the direction that a through phase serves.</summary>
    public static byte LeftPhaseOf(int through) => through switch { 2 => 5, 6 => 1, 4 => 7, _ => 3 };

    /// <summary>Vehicles per hour that leave a signal in a direction.</summary>
    public static double Leaving(ImmutableArray<LegPlan> legs, double[][] volumes, int time, TravelDirection direction)
    {
        double VolumeOf(TravelDirection from) => volumes[Directions.IndexOf(from)][time];
        LegPlan LegOf(TravelDirection from) => legs[Directions.IndexOf(from)];
        var (turningLeft, turningRight) = direction switch
        {
            TravelDirection.Northbound => (TravelDirection.Eastbound, TravelDirection.Westbound),
            TravelDirection.Southbound => (TravelDirection.Westbound, TravelDirection.Eastbound),
            TravelDirection.Eastbound => (TravelDirection.Southbound, TravelDirection.Northbound),
            _ => (TravelDirection.Northbound, TravelDirection.Southbound),
        };
        var straight = LegOf(direction);
        return (VolumeOf(direction) * (1 - straight.LeftShare - straight.RightShare))
            + (VolumeOf(turningLeft) * LegOf(turningLeft).LeftShare)
            + (VolumeOf(turningRight) * LegOf(turningRight).RightShare);
    }

    public static TownSignal Plan(
        Site site, SignalId id, ImmutableArray<LegPlan> legs, double[][] volumes, double travelS, ImmutableArray<TownLink> inbound, RandomNumbers random, string zone)
    {
        var vendor = site.HasArrows || site.HasRail || site.Kind == SiteKind.Grid ? Vendor.Indiana : Vendor.MaxTime;
        var phases = Phases(site);
        var overlaps = Overlaps(site, phases);
        var patterns = Patterns(site, phases, legs, volumes, travelS);
        var program = new ControllerProgram(phases, overlaps, patterns, Preempts(site), Priorities(site));
        var lanes = Lanes(site, overlaps);
        var (detectors, configured) = new DetectorPlanner(site, vendor, lanes, random).Plan();
        var buttons = Buttons(site, vendor);
        var (latitude, longitude) = TownPlanner.Place(site.EastFt, site.NorthFt);
        var configuration = new SignalConfiguration
        {
            Signal = id,
            Name = $"{site.Street} & {site.CrossStreet}",
            Zone = zone,
            Latitude = latitude,
            Longitude = longitude,
            Approaches = Approaches(site, lanes),
            Detectors = configured,
            Phases = [.. phases.Select(ConfigurationOf)],
            Overlaps =
            [
                .. overlaps.Select(o => new OverlapConfiguration
                {
                    Number = o.Number,
                    ParentPhases = o.ProtectedPhase == 0 ? o.Parents : [.. o.Parents.Add(o.ProtectedPhase).Order()],
                    IsFlashingYellowArrow = o.Kind == OverlapKind.FlashingYellowArrow,
                }),
            ],
            PedestrianButtons = [.. buttons.Select(b => new PedestrianButton(b.Channel, b.Phase))],
            Patterns = [.. patterns.Select(ConfigurationOf)],
        };
        var night = site.IsCoordinatedAtNight ? NightPattern : ControllerStep.FreePattern;
        return new TownSignal
        {
            Configuration = configuration,
            Program = program,
            Vendor = vendor,
            Weekdays = [new(0, night), new(360, 1), new(570, 2), new(900, 3), new(1140, 4), new(1320, night)],
            Weekends = [new(0, night), new(480, 2), new(1200, 4), new(1380, night)],
            LinksIn = inbound,
            Story = StoryOf(site),
            Site = site,
            HasBadOffset = site.HasBadOffset,
            StarvedPhases = site.HasStarvedSides ? [3, 4, 7, 8] : [],
            Legs = legs,
            Lanes = lanes,
            Detectors = detectors,
            Buttons = buttons,
            PreemptDemands =
            [
                .. site.HasRail ? [new PreemptDemand(1, 75, 45, 120)] : Array.Empty<PreemptDemand>(),
                .. site.HasFireStation ? [new PreemptDemand(3, 240, 20, 45)] : Array.Empty<PreemptDemand>(),
            ],
            PriorityDemands = site.HasBuses ? [new(1, 2, 12, 330, 1350, 18_000), new(2, 6, 12, 330, 1350, 18_000)] : [],
        };
    }

    private static string StoryOf(Site site)
    {
        var parts = new List<string>();
        if (site.IsCoordinatedAtNight)
        {
            parts.Add("well timed, coordinated all day and night");
        }

        if (site.HasArrows)
        {
            parts.Add("flashing yellow arrows and right-turn overlaps");
        }

        if (site.HasStarvedSides)
        {
            parts.Add($"demand of {site.CrossStreet} has outgrown its splits, while {site.Street} has more green than it needs");
        }

        if (site.HasBadOffset)
        {
            parts.Add("its offset sends platoons into red");
        }

        if (site.HasRail)
        {
            parts.Add("rail crossing");
        }

        if (site.HasFireStation)
        {
            parts.Add("fire station");
        }

        if (site.HasBuses)
        {
            parts.Add("bus line with transit priority");
        }

        if (site.HasSchool)
        {
            parts.Add("school: many walkers twice a day");
        }

        return string.Join("; ", parts);
    }

    /// <summary>Width of the street that a phase's through traffic crosses.</summary>
    public static int CrossedFt(Site site, int phase) => site.Kind == SiteKind.Grid ? GridWidthFt : phase is 1 or 2 or 5 or 6 && !site.CrossesArterial ? SideWidthFt : MainWidthFt;

    /// <summary>Seconds rounded up to a tenth, in ms.</summary>
    private static int UpToTenth(double seconds) => (int)Math.Ceiling((seconds * 10) - 1e-9) * 100;

    private static List<PhaseTiming> Phases(Site site)
    {
        var phases = new List<PhaseTiming>();
        for (byte number = 1; number <= 8; number++)
        {
            var isLeft = number % 2 == 1;
            if (isLeft && site.Kind == SiteKind.Grid)
            {
                continue;
            }

            var isMain = number is 1 or 2 or 5 or 6;
            var direction = site.DirectionOf(number);
            var speedFtPerS = site.SpeedMph(direction) * 22 / 15.0;
            var crossedFt = CrossedFt(site, number);
            var isGrid = site.Kind == SiteKind.Grid;
            phases.Add(new PhaseTiming
            {
                Number = number,
                Ring = (byte)(number <= 4 ? 1 : 2),
                BarrierGroup = (byte)(isMain ? 1 : 2),
                MinimumGreenMs = isLeft ? 5000 : isMain ? 10_000 : 7000,
                PassageMs = isLeft ? 2000 : isMain ? 3000 : 2500,
                MaximumMs = isLeft ? 20_000 : isMain ? 50_000 : 30_000,
                YellowMs = Math.Max(3000, UpToTenth(1 + (speedFtPerS / 20))),
                RedClearanceMs = isLeft ? 2000 : UpToTenth((crossedFt + 20) / speedFtPerS),
                WalkMs = isLeft ? 0 : 7000,
                PedestrianClearanceMs = isLeft ? 0 : (int)Math.Ceiling(crossedFt / WalkSpeedFtPerS) * 1000,
                Recall = isLeft ? Recall.None : isGrid ? Recall.Pedestrian : isMain ? Recall.Minimum : Recall.None,
                IsCoordinated = number is 2 or 6,
                DualEntry = !isLeft,
                RestsInWalk = isGrid && number is 2 or 6,
                TimeBeforeReductionMs = isMain && !isLeft ? 15_000 : 0,
                TimeToReduceMs = isMain && !isLeft ? 15_000 : 0,
                MinimumGapMs = isMain && !isLeft ? 2000 : 0,
                AddedInitialMs = isMain && !isLeft ? 1000 : 0,
                MaximumInitialMs = isMain && !isLeft ? LongestInitialMs : 0,
            });
        }

        return phases;
    }

    private static List<OverlapTiming> Overlaps(Site site, List<PhaseTiming> phases)
    {
        if (!site.HasArrows)
        {
            return [];
        }

        PhaseTiming Phase(int number) => phases.First(p => p.Number == number);
        OverlapTiming Make(byte number, OverlapKind kind, byte left, ImmutableArray<byte> parents, int trailingMs)
        {
            // Yellow is that of its own approach, whose through phase comes first or lies across; its red ends no later than any parent's.
            var all = left == 0 ? parents : parents.Add(left);
            var yellowMs = Phase(parents[0]).YellowMs;
            return new OverlapTiming
            {
                Number = number,
                Kind = kind,
                Parents = parents,
                ProtectedPhase = left,
                TrailingGreenMs = trailingMs,
                YellowMs = yellowMs,
                RedClearanceMs = all.Min(p => Phase(p).ChangeMs) - yellowMs,
            };
        }

        return
        [
            Make(1, OverlapKind.FlashingYellowArrow, 1, [2], 0),
            Make(3, OverlapKind.FlashingYellowArrow, 3, [4], 0),
            Make(5, OverlapKind.FlashingYellowArrow, 5, [6], 0),
            Make(7, OverlapKind.FlashingYellowArrow, 7, [8], 0),
            Make(9, OverlapKind.Standard, 0, [2, 3], 0),
            Make(10, OverlapKind.Standard, 0, [6, 7], 2000),
        ];
    }

    private static ImmutableArray<LanePlan> Lanes(Site site, List<OverlapTiming> overlaps)
    {
        var lanes = new List<LanePlan>();
        for (var leg = 0; leg < Directions.Length; leg++)
        {
            var through = site.ThroughPhase(Directions[leg]);
            var left = LeftPhaseOf(through);
            var isMain = site.IsMain(Directions[leg]);
            lanes.Add(new LanePlan
            {
                Leg = leg,
                Movement = LaneMovement.Left,
                Phase = site.Kind == SiteKind.Grid ? (byte)0 : left,
                PermissivePhase = site.Kind == SiteKind.Grid ? through : (byte)0,
                Arrow = overlaps.FindIndex(o => o.ProtectedPhase == left),
                SaturationHeadwayMs = 2000,
            });
            var hasRightLane = site.HasArrows && isMain;
            if (site.ThroughLanes(Directions[leg]) == 2)
            {
                lanes.Add(new LanePlan { Leg = leg, Movement = LaneMovement.Through, Phase = through });
            }

            lanes.Add(new LanePlan { Leg = leg, Movement = hasRightLane ? LaneMovement.Through : LaneMovement.ThroughRight, Phase = through });
            if (hasRightLane)
            {
                lanes.Add(new LanePlan
                {
                    Leg = leg,
                    Movement = LaneMovement.Right,
                    Phase = through,
                    Overlap = overlaps.FindIndex(o => o.Kind == OverlapKind.Standard && o.Parents.Contains(through)),
                    SaturationHeadwayMs = 2200,
                });
            }
        }

        return [.. lanes.Select(lane => lane.Movement == LaneMovement.Left ? lane with { YieldsTo = Opposing(lanes, lane.Leg) } : lane)];
    }

    /// <summary>The through and right lanes of the leg across.</summary>
    private static ImmutableArray<int> Opposing(List<LanePlan> lanes, int leg) =>
        [.. Enumerable.Range(0, lanes.Count).Where(i => lanes[i].Leg == (leg ^ 1) && lanes[i].Movement != LaneMovement.Left)];

    private static ImmutableArray<Approach> Approaches(Site site, ImmutableArray<LanePlan> lanes)
    {
        var approaches = new List<Approach>();
        foreach (var lane in lanes)
        {
            var id = ApproachId(site, lane);
            if (approaches.Exists(a => a.Id == id))
            {
                continue;
            }

            var direction = Directions[lane.Leg];
            var through = site.ThroughPhase(direction);
            var isOverlap = lane.Overlap >= 0;
            approaches.Add(new Approach
            {
                Id = id,
                Description = $"{direction} {(lane.Movement == LaneMovement.Left ? "left" : isOverlap ? "right" : "through")}",
                Direction = direction,
                SpeedLimitMph = site.SpeedMph(direction),
                Protected = lane.Phase == 0 ? null : isOverlap ? SignalGroup.Overlap(OverlapNumber(through)) : SignalGroup.Phase(lane.Phase),
                Permissive = lane.PermissivePhase != 0 ? SignalGroup.Phase(lane.PermissivePhase)
                    : lane.Arrow >= 0 ? SignalGroup.Overlap(lane.Phase)
                    : null,
                Pedestrian = lane.Movement == LaneMovement.Left || isOverlap ? null : SignalGroup.Phase(through),
            });
        }

        return [.. approaches];
    }

    /// <summary>The right-turn overlap of a direction.</summary>
    public static int OverlapNumber(int through) => through == 2 ? 9 : 10;

    public static string ApproachId(Site site, LanePlan lane)
    {
        var direction = Directions[lane.Leg];
        var letter = direction.ToString()[0];
        return lane.Movement == LaneMovement.Left ? $"{letter}BL" : lane.Overlap >= 0 ? $"{letter}BR" : $"{letter}BT{site.ThroughPhase(direction)}";
    }

    private static List<PatternTiming> Patterns(Site site, List<PhaseTiming> phases, ImmutableArray<LegPlan> legs, double[][] volumes, double travelS)
    {
        var patterns = new List<PatternTiming>();
        for (var time = 0; time < PlanMinutes.Length; time++)
        {
            var cycleS = site.Kind == SiteKind.Grid ? GridCycleS[time] : ArterialCycleS[time];
            patterns.Add(Pattern(site, phases, legs, volumes, travelS, time, (byte)(time + 1), cycleS));
        }

        if (site.IsCoordinatedAtNight)
        {
            patterns.Add(Pattern(site, phases, legs, volumes, travelS, PlanMinutes.Length - 1, NightPattern, NightCycleS));
        }

        return patterns;
    }

    private static PatternTiming Pattern(
        Site site, List<PhaseTiming> phases, ImmutableArray<LegPlan> legs, double[][] volumes, double travelS, int time, byte number, int cycleS)
    {
        var weight = new double[9];
        foreach (var phase in phases)
        {
            weight[phase.Number] = WeightOf(site, legs, volumes, time, phase.Number);
        }

        // Both sides of the barrier, each with its two rings.
        byte[][][] sides = [[[1, 2], [5, 6]], [[3, 4], [7, 8]]];
        int[] SideNeedS(int[] needS) => [.. sides.Select(rings => rings.Max(ring => ring.Sum(p => needS[p])))];

        // A left turn's split holds half as many again as come in a mean cycle: random cycles would fail otherwise. Where the street's cycle has no room for that, fewer.
        var spare = 1.5;
        var needS = NeedS(site, phases, weight, time, cycleS, spare);
        while (SideNeedS(needS).Sum() > cycleS && spare > 0)
        {
            spare -= 0.1;
            needS = NeedS(site, phases, weight, time, cycleS, spare);
        }

        var sideNeedS = SideNeedS(needS);
        var sideWeight = sides.Select(rings => rings.Max(ring => ring.Sum(p => weight[p]))).ToArray();
        var wantedS = (int)Math.Round(cycleS * sideWeight[0] / sideWeight.Sum());
        var firstS = Math.Clamp(wantedS, sideNeedS[0], cycleS - sideNeedS[1]);
        int[] sideS = [firstS, cycleS - firstS];
        var splits = ImmutableSortedDictionary.CreateBuilder<byte, int>();
        for (var side = 0; side < sides.Length; side++)
        {
            foreach (var ring in sides[side])
            {
                var present = ring.Where(p => needS[p] > 0).ToArray();
                var first = present[0];
                var total = present.Sum(p => weight[p]);
                var split = present.Length == 1
                    ? sideS[side]
                    : Math.Clamp((int)Math.Round(sideS[side] * weight[first] / total), needS[first], sideS[side] - needS[present[1]]);
                splits[first] = split * 1000;
                if (present.Length == 2)
                {
                    splits[present[1]] = (sideS[side] - split) * 1000;
                }
            }
        }

        var splitMs = splits.ToImmutable();
        return new PatternTiming
        {
            Number = number,
            CycleMs = cycleS * 1000,
            OffsetMs = OffsetS(site, travelS, time, cycleS, splitMs, phases) * 1000,
            SplitMs = splitMs,
            Reference = ReferenceOf(site),
            Transition = site.HasFireStation ? TransitionMode.Dwell : TransitionMode.Shortway,
            ForceOff = site.Kind == SiteKind.Grid ? ForceOffMode.Floating : ForceOffMode.Fixed,
        };
    }

    /// <summary>The least split of each phase, s: minimum green, or its walk where that has to fit, and change; for a left turn also what comes in a cycle.</summary>
    /// <param name="spare">Vehicles that a left turn's split holds, for each that comes in a mean cycle.</param>
    private static int[] NeedS(Site site, List<PhaseTiming> phases, double[] weight, int time, int cycleS, double spare)
    {
        var needS = new int[9];
        foreach (var phase in phases)
        {
            // Nobody walks to school in the evening.
            var fitsWalk = phase.IsCoordinated || (site.HasSchool && PlanMinutes[time] < EveningMinute) || site.Kind == SiteKind.Grid;
            var greenMs = fitsWalk ? Math.Max(phase.MinimumGreenMs, phase.WalkMs + phase.PedestrianClearanceMs) : phase.MinimumGreenMs;
            if (phase.Number % 2 == 1)
            {
                greenMs = Math.Max(greenMs, (int)(1000 * (2 + (spare * weight[phase.Number] * cycleS))));
            }

            needS[phase.Number] = (greenMs + phase.ChangeMs + 999) / 1000;
        }

        return needS;
    }

    /// <summary>Flow ratio of a phase's busiest lane. Where the side streets are starved it is what the engineer once counted.</summary>
    private static double WeightOf(Site site, ImmutableArray<LegPlan> legs, double[][] volumes, int time, int phase)
    {
        var leg = Directions.IndexOf(site.DirectionOf(phase));
        var vph = volumes[leg][time];
        if (site.HasStarvedSides)
        {
            vph *= site.IsMain(Directions[leg]) ? MainOnceCounted : SidesOnceCounted;
        }

        var isLeft = phase % 2 == 1;
        var laneVph = isLeft ? vph * legs[leg].LeftShare
            : vph * (1 - legs[leg].LeftShare) / site.ThroughLanes(Directions[leg]);
        return Math.Max(0.02, laneVph / 1800);
    }

    /// <summary>
    /// The through green meets the platoons into town in the morning and those out of town at night. At midday and in the evening both directions
    /// count the same: greens of neighbors begin together or half a cycle apart, whichever is nearer to the travel time.
    /// </summary>
    private static int OffsetS(Site site, double travelS, int time, int cycleS, ImmutableSortedDictionary<byte, int> splitMs, List<PhaseTiming> phases)
    {
        var isInbound = time < 2;
        var startOf2S = splitMs.GetValueOrDefault((byte)1) / 1000;
        var startOf6S = splitMs.GetValueOrDefault((byte)5) / 1000;
        var startS = isInbound ? startOf2S : startOf6S;
        var sideS = startOf2S + (splitMs[2] / 1000);
        var referenceS = ReferenceOf(site) == OffsetReference.BeginGreen
            ? Math.Min(startOf2S, startOf6S)
            : sideS - (phases.Where(p => p.IsCoordinated).Max(p => p.ChangeMs) / 1000.0);
        var phaseOfTravel = Math.Abs(travelS) / cycleS % 1;
        var platoonS = time switch
        {
            0 => travelS,
            1 or 2 => phaseOfTravel is > 0.25 and < 0.75 ? cycleS / 2.0 : 0,
            _ => -travelS,
        };
        var offset = platoonS + referenceS - startS + (site.HasBadOffset ? cycleS * s_badOffset[time] : 0);
        var whole = (int)Math.Round(offset) % cycleS;
        return whole < 0 ? whole + cycleS : whole;
    }

    private static OffsetReference ReferenceOf(Site site) => site.MainIsNorthSouth ? OffsetReference.BeginYellow : OffsetReference.BeginGreen;

    private static List<PreemptTiming> Preempts(Site site)
    {
        var preempts = new List<PreemptTiming>();
        if (site.HasRail)
        {
            preempts.Add(new PreemptTiming
            {
                Number = 1,
                TrackPhases = [4],
                TrackClearanceMs = 15_000,
                GateDownMs = 12_000,
                DwellPhases = [2, 6],
                MinimumDwellMs = 10_000,
                ExitPhases = [4, 8],
                MaximumPresenceMs = 600_000,
            });
        }

        if (site.HasFireStation)
        {
            preempts.Add(new PreemptTiming { Number = 3, DelayMs = 1000, DwellPhases = [4, 7], MinimumDwellMs = 8000, ExitPhases = [2, 6] });
        }

        return preempts;
    }

    private static List<PriorityTiming> Priorities(Site site) =>
        site.HasBuses
            ?
            [
                new PriorityTiming { Number = 1, Phase = 2, TravelMs = 18_000, MaximumExtensionMs = 10_000 },
                new PriorityTiming { Number = 2, Phase = 6, TravelMs = 18_000, MaximumExtensionMs = 10_000 },
            ]
            : [];

    private static ImmutableArray<ButtonPlan> Buttons(Site site, Vendor vendor)
    {
        var shape = site.HasSchool ? DemandShape.School : DemandShape.Midday;
        var buttons = ImmutableArray.CreateBuilder<ButtonPlan>();
        byte[] phases = [2, 4, 6, 8];
        for (var i = 0; i < phases.Length; i++)
        {
            var channel = vendor == Vendor.MaxTime ? phases[i] : (byte)(i + 1);
            var peak = site.HasSchool ? 70 : site.Kind == SiteKind.Grid ? 30 : 4;
            buttons.Add(new ButtonPlan(channel, phases[i], peak, shape));
        }

        return buttons.ToImmutable();
    }

    public static PhaseConfiguration ConfigurationOf(PhaseTiming phase) => new()
    {
        Number = phase.Number,
        Ring = phase.Ring,
        BarrierGroup = phase.BarrierGroup,
        IsCoordinated = phase.IsCoordinated,
        YellowS = phase.YellowMs / 1000.0,
        RedClearanceS = phase.RedClearanceMs / 1000.0,
        MinimumGreenS = phase.MinimumGreenMs / 1000.0,
        WalkS = phase.WalkMs == 0 ? null : phase.WalkMs / 1000.0,
        PedestrianClearanceS = phase.WalkMs == 0 ? null : phase.PedestrianClearanceMs / 1000.0,
    };

    public static CoordinationPattern ConfigurationOf(PatternTiming pattern) => new()
    {
        Number = pattern.Number,
        CycleLengthS = pattern.CycleMs / 1000.0,
        OffsetS = pattern.OffsetMs / 1000.0,
        SplitS = pattern.SplitMs.ToImmutableSortedDictionary(p => p.Key, p => p.Value / 1000.0),
    };
}
