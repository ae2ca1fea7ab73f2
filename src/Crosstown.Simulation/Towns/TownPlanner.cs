using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Core;
using Crosstown.Simulation.Detection;
using Crosstown.Simulation.Traffic;

namespace Crosstown.Simulation.Towns;

/// <summary>Lays out the town: sites, streets, volumes, timing, detectors, faults.</summary>
internal static class TownPlanner
{
    private const int FirstSignal = 1001;
    private const double LongestLinkFt = 2600;
    private const double FeetPerDegree = 364_000;

    /// <summary>Where signals stand, in feet east and north of the first, and what is special about each.</summary>
    private static readonly Site[] Sites =
    [
        new(0, 0, "Harrison Avenue", "Orchard Street", SiteKind.Arterial) { IsCoordinatedAtNight = true },
        new(1500, 0, "Harrison Avenue", "Juniper Street", SiteKind.Arterial) { HasArrows = true },
        new(3100, 0, "Harrison Avenue", "Quarry Road", SiteKind.Arterial),
        new(4600, 0, "Harrison Avenue", "Mill Road", SiteKind.Arterial) { HasBadOffset = true, CrossesArterial = true },
        new(4600, 1800, "Mill Road", "Depot Street", SiteKind.Arterial) { MainIsNorthSouth = true, HasRail = true, HasStarvedSides = true },
        new(4600, 3600, "Mill Road", "Station Street", SiteKind.Arterial) { MainIsNorthSouth = true, HasFireStation = true, HasBuses = true, HasStarvedSides = true },
        new(6200, 0, "Harrison Avenue", "School Street", SiteKind.Arterial) { HasSchool = true },
        new(7300, 0, "Harrison Avenue", "First Street", SiteKind.Grid),
        new(7300, -1100, "Market Street", "First Street", SiteKind.Grid),
        new(8400, 0, "Harrison Avenue", "Second Street", SiteKind.Grid),
        new(8400, -1100, "Market Street", "Second Street", SiteKind.Grid),
        new(-1700, 0, "Harrison Avenue", "Hillcrest Drive", SiteKind.Arterial),
        new(4600, -1900, "Mill Road", "Foundry Street", SiteKind.Arterial) { MainIsNorthSouth = true, HasArrows = true, HasStarvedSides = true },
        new(4600, 5500, "Mill Road", "Lakeview Drive", SiteKind.Arterial) { MainIsNorthSouth = true, HasBuses = true, HasStarvedSides = true },
        new(9500, 0, "Harrison Avenue", "Third Street", SiteKind.Grid),
        new(9500, -1100, "Market Street", "Third Street", SiteKind.Grid),
        new(7300, -2200, "Water Street", "First Street", SiteKind.Grid),
        new(8400, -2200, "Water Street", "Second Street", SiteKind.Grid),
        new(9500, -2200, "Water Street", "Third Street", SiteKind.Grid),
        new(-3400, 0, "Harrison Avenue", "Airport Way", SiteKind.Arterial) { HasArrows = true },
        new(4600, -3800, "Mill Road", "Brickyard Lane", SiteKind.Arterial) { MainIsNorthSouth = true, HasStarvedSides = true },
        new(4600, 7300, "Mill Road", "Hospital Drive", SiteKind.Arterial) { MainIsNorthSouth = true, HasFireStation = true },
        new(7300, 1100, "Chapel Street", "First Street", SiteKind.Grid),
        new(8400, 1100, "Chapel Street", "Second Street", SiteKind.Grid),
    ];

    public static Town Plan(ulong seed, int count, LocalTimeMap local, long startMs, int faultRounds)
    {
        var sites = Sites.AsSpan(0, count).ToArray();
        var links = Connect(sites);
        var legs = sites.Select((site, i) => PlanLegs(site, i, seed, links)).ToArray();
        var volumes = Volumes(sites, legs, links);
        var signals = new List<TownSignal>();
        for (var i = 0; i < count; i++)
        {
            var id = IdOf(i);
            var inbound = links.Where(l => l.To == id).ToImmutableArray();
            var random = new RandomNumbers(seed, i, 100);
            var signal = SitePlanner.Plan(
                sites[i], id, legs[i], volumes[i], OffsetsAt(sites, i), inbound, random, local.Zone);
            signals.Add(signal with { Faults = Repeat(PlanFaults(signal, i, random, startMs), faultRounds) });
        }

        return new Town(seed, local, signals, links);
    }

    private static SignalId IdOf(int index) => SignalId.Parse((FirstSignal + index).ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Neighbors along a street, both ways, unless another signal stands between.</summary>
    private static List<TownLink> Connect(Site[] sites)
    {
        var links = new List<TownLink>();
        for (var i = 0; i < sites.Length; i++)
        {
            for (var j = 0; j < sites.Length; j++)
            {
                var (a, b) = (sites[i], sites[j]);
                var lengthFt = Math.Abs(a.EastFt - b.EastFt) + Math.Abs(a.NorthFt - b.NorthFt);
                var isOneStreet = a.EastFt == b.EastFt || a.NorthFt == b.NorthFt;
                if (i == j || !isOneStreet || lengthFt > LongestLinkFt || sites.Any(c => c != a && c != b && IsBetween(a, b, c)))
                {
                    continue;
                }

                var direction = b.EastFt > a.EastFt ? TravelDirection.Eastbound
                    : b.EastFt < a.EastFt ? TravelDirection.Westbound
                    : b.NorthFt > a.NorthFt ? TravelDirection.Northbound
                    : TravelDirection.Southbound;
                links.Add(new TownLink(IdOf(i), IdOf(j), direction, lengthFt, b.SpeedMph(direction)));
            }
        }

        return links;
    }

    private static bool IsBetween(Site a, Site b, Site c) =>
        c.EastFt >= Math.Min(a.EastFt, b.EastFt) && c.EastFt <= Math.Max(a.EastFt, b.EastFt)
        && c.NorthFt >= Math.Min(a.NorthFt, b.NorthFt) && c.NorthFt <= Math.Max(a.NorthFt, b.NorthFt);

    private static ImmutableArray<LegPlan> PlanLegs(Site site, int index, ulong seed, List<TownLink> links)
    {
        var random = new RandomNumbers(seed, index, 101);
        var plans = ImmutableArray.CreateBuilder<LegPlan>();
        foreach (var direction in SitePlanner.Directions)
        {
            var isMain = site.IsMain(direction);
            var isLinked = links.Exists(l => l.To == IdOf(index) && l.Direction == direction);
            var peak = site.Kind == SiteKind.Grid ? (isMain ? 420 : 300)
                : isMain ? (site.MainIsNorthSouth ? 850 : 1150)
                : site.HasStarvedSides ? 500 : 360;
            var shape = site.Kind == SiteKind.Grid ? DemandShape.Midday
                : direction is TravelDirection.Eastbound or TravelDirection.Southbound ? DemandShape.MorningPeak
                : DemandShape.EveningPeak;
            if (!isMain && site.Kind == SiteKind.Arterial)
            {
                shape = DemandShape.BothPeaks;
            }

            // Along a link most traffic comes from the signal upstream; driveways and side streets add a little.
            var outsideVph = (isLinked ? peak * 0.1 : peak) * random.Between(0.9, 1.1);
            var left = isMain ? random.Between(0.09, 0.14) : random.Between(0.22, 0.30);
            var right = isMain ? random.Between(0.08, 0.13) : random.Between(0.22, 0.30);
            plans.Add(new LegPlan(direction, site.SpeedMph(direction), outsideVph, shape, left, right));
        }

        return plans.ToImmutable();
    }

    /// <summary>Vehicles per hour on every leg at 7:30, 12:00, 17:00 and 21:00: what flows in from outside, carried along the links.</summary>
    private static double[][][] Volumes(Site[] sites, ImmutableArray<LegPlan>[] legs, List<TownLink> links)
    {
        var all = new double[sites.Length][][];
        for (var i = 0; i < sites.Length; i++)
        {
            all[i] = [.. legs[i].Select(_ => new double[SitePlanner.PlanMinutes.Length])];
        }

        for (var time = 0; time < SitePlanner.PlanMinutes.Length; time++)
        {
            var localMs = SitePlanner.PlanMinutes[time] * 60_000L;
            for (var round = 0; round < 40; round++)
            {
                for (var i = 0; i < sites.Length; i++)
                {
                    for (var leg = 0; leg < legs[i].Length; leg++)
                    {
                        var plan = legs[i][leg];
                        var sum = plan.PeakVph * DemandProfile.At(plan.Shape, localMs);
                        foreach (var link in links.Where(l => l.To == IdOf(i) && l.Direction == plan.Direction))
                        {
                            var from = Array.FindIndex(sites, s => IdOf(Array.IndexOf(sites, s)) == link.From);
                            sum += 0.9 * SitePlanner.Leaving(legs[from], all[from], time, link.Direction);
                        }

                        all[i][leg][time] = sum;
                    }
                }
            }
        }

        return all;
    }

    /// <summary>Travel time in seconds from the first signal of the street, eastward or northward.</summary>
    private static double OffsetsAt(Site[] sites, int index)
    {
        var site = sites[index];
        var feet = site.MainIsNorthSouth ? site.NorthFt : site.EastFt;
        return feet * 3600 / (site.SpeedMph(site.MainIsNorthSouth ? TravelDirection.Northbound : TravelDirection.Eastbound) * 5280.0);
    }

    /// <summary>Which detectors break in the first two days. The first signal stays whole, so that there is one to compare with.</summary>
    private static List<PlannedFault> PlanFaults(TownSignal signal, int index, RandomNumbers random, long startMs)
    {
        var faults = new List<PlannedFault>();
        var presence = signal.Configuration.Detectors.Where(d => d.Has(DetectorFunctions.StopBarPresence)).ToList();
        var counting = signal.Configuration.Detectors.Where(d => d.Has(DetectorFunctions.LaneByLaneCount)).ToList();
        var advance = signal.Configuration.Detectors.Where(d => d.Has(DetectorFunctions.AdvanceCount)).ToList();
        TimeRange Hours(double from, double to)
        {
            var fromMs = startMs + ((long)(random.Between(from, from + 1) * 3600) * 1000);
            return new TimeRange(fromMs, fromMs + ((long)((to - from) * 3600) * 1000));
        }

        switch (index % 8)
        {
            case 1:
                faults.Add(new PlannedFault(FaultKind.StuckOn, presence[random.NextInt(presence.Count)].Channel, Hours(9, 28)));
                break;
            case 2:
                faults.Add(new PlannedFault(FaultKind.LowCounts, counting[random.NextInt(counting.Count)].Channel, Hours(13, 46)));
                break;
            case 3:
                faults.Add(new PlannedFault(FaultKind.StuckOff, advance[random.NextInt(advance.Count)].Channel, Hours(6, 40)));
                break;
            case 4:
                faults.Add(new PlannedFault(FaultKind.Chattering, counting[random.NextInt(counting.Count)].Channel, Hours(30, 33)));
                break;
            case 5:
                faults.Add(new PlannedFault(FaultKind.ClockJump, 0, Hours(34, 37), 7300));
                break;
            case 6:
                faults.Add(new PlannedFault(FaultKind.PedestrianButtonStuck, signal.Configuration.PedestrianButtons[0].Channel, Hours(22, 31)));
                break;
            case 7:
                faults.Add(new PlannedFault(FaultKind.Erratic, presence[random.NextInt(presence.Count)].Channel, Hours(10, 20)));
                break;
        }

        return faults;
    }

    private static List<PlannedFault> Repeat(List<PlannedFault> faults, int rounds) =>
    [
        .. Enumerable.Range(0, rounds).SelectMany(round => faults.Select(f =>
            f with { When = new TimeRange(f.When.StartMs + (round * Town.FaultRoundMs), f.When.EndMs + (round * Town.FaultRoundMs)) })),
    ];

    /// <summary>Degrees of the town's south-west corner: open water, so that no real town is meant.</summary>
    internal static (double Latitude, double Longitude) Place(int eastFt, int northFt) =>
        (Math.Round(44.0 + (northFt / FeetPerDegree), 6), Math.Round(-130.0 + (eastFt / (FeetPerDegree * 0.72)), 6));

    /// <summary>The sites of a town with so many signals.</summary>
    internal static ImmutableArray<Site> SitesOf(int count) => [.. Sites.AsSpan(0, count)];
}

internal enum SiteKind
{
    /// <summary>Eight phases with protected left turns.</summary>
    Arterial,

    /// <summary>Two through phases per street, all left turns through gaps, fixed recalls.</summary>
    Grid,
}

/// <summary>One place where a signal stands.</summary>
internal sealed record Site(int EastFt, int NorthFt, string Street, string CrossStreet, SiteKind Kind)
{
    public bool MainIsNorthSouth { get; init; }

    public bool IsCoordinatedAtNight { get; init; }

    public bool HasArrows { get; init; }

    /// <summary>Timed when the side streets carried less than today, and the main street more.</summary>
    public bool HasStarvedSides { get; init; }

    public bool HasBadOffset { get; init; }

    /// <summary>Two through lanes on all approaches.</summary>
    public bool CrossesArterial { get; init; }

    public bool HasRail { get; init; }

    public bool HasFireStation { get; init; }

    public bool HasBuses { get; init; }

    public bool HasSchool { get; init; }

    public bool IsMain(TravelDirection direction) =>
        (direction is TravelDirection.Northbound or TravelDirection.Southbound) == MainIsNorthSouth;

    public int ThroughLanes(TravelDirection direction) => Kind == SiteKind.Arterial && (IsMain(direction) || CrossesArterial) ? 2 : 1;

    public int SpeedMph(TravelDirection direction) => Kind == SiteKind.Grid ? 25 : IsMain(direction) ? 40 : 30;

    /// <summary>The through phase of a direction: 2 and 6 on the main street, 4 and 8 on the cross street.</summary>
    public byte ThroughPhase(TravelDirection direction) => direction switch
    {
        TravelDirection.Eastbound => (byte)(MainIsNorthSouth ? 4 : 2),
        TravelDirection.Westbound => (byte)(MainIsNorthSouth ? 8 : 6),
        TravelDirection.Northbound => (byte)(MainIsNorthSouth ? 2 : 8),
        _ => (byte)(MainIsNorthSouth ? 6 : 4),
    };

    public TravelDirection DirectionOf(int phase) =>
        SitePlanner.Directions.First(d => ThroughPhase(d) == phase || SitePlanner.LeftPhaseOf(ThroughPhase(d)) == phase);
}
