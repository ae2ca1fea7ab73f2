using System.Collections.Immutable;

namespace Crosstown.Simulation.Towns;

/// <summary>What is drawn under the town's signals.</summary>
public enum MapFeatureKind
{
    Arterial,
    Street,
    Rail,
    Water,
    Park,
    Building,
}

/// <summary>A line, or an area when the first point comes again at the end.</summary>
/// <param name="Name">As on a map; empty for none.</param>
/// <param name="Points">Longitude and latitude in degrees.</param>
public sealed record MapFeature(MapFeatureKind Kind, string Name, ImmutableArray<(double Longitude, double Latitude)> Points)
{
    /// <summary>True for water, parks and buildings.</summary>
    public bool IsArea => Kind is MapFeatureKind.Water or MapFeatureKind.Park or MapFeatureKind.Building;
}

/// <summary>The town's streets, railway, lake and landmarks.</summary>
public static class TownMap
{
    private const int StreetBeyondFt = 1300;

    /// <summary>All features, areas first, so that what is drawn later lies above.</summary>
    public static ImmutableArray<MapFeature> Of(Town town)
    {
        var sites = TownPlanner.SitesOf(town.Signals.Count);
        return
        [
            Area(MapFeatureKind.Water, "Mirror Lake", (700, 5200), (1500, 4300), (2700, 4100), (3500, 4700), (3650, 5700), (3000, 6600), (1700, 6900), (800, 6200)),
            Area(MapFeatureKind.Park, "Lakeside Park", (3500, 4300), (4300, 4300), (4300, 5200), (3800, 5200), (3500, 4700)),
            Area(MapFeatureKind.Park, "Market Square", (7500, -900), (8200, -900), (8200, -250), (7500, -250)),
            Area(MapFeatureKind.Building, "Hospital", (4900, 7500), (5500, 7500), (5500, 8000), (4900, 8000)),
            Area(MapFeatureKind.Building, "School", (5700, 250), (6050, 250), (6050, 700), (5700, 700)),
            Area(MapFeatureKind.Building, "Fire Station", (4780, 3720), (5000, 3720), (5000, 3920), (4780, 3920)),
            .. Streets(sites),
            Line(MapFeatureKind.Rail, "Railroad", (-4800, 3050), (-800, 2450), (2500, 2120), (4600, 1960), (7200, 2060), (10800, 2700)),
        ];
    }

    private static IEnumerable<MapFeature> Streets(ImmutableArray<Site> sites)
    {
        var names = sites.Select(s => s.CrossStreet).Concat(sites.Select(s => s.Street)).Distinct(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var own = sites.Where(s => s.Street == name || s.CrossStreet == name).ToArray();
            var isNorthSouth = own[0].Street == name ? own[0].MainIsNorthSouth : !own[0].MainIsNorthSouth;
            var isArterial = own.Any(s => s.Street == name && s.Kind == SiteKind.Arterial);
            var along = own.Select(s => isNorthSouth ? s.NorthFt : s.EastFt).Order().ToArray();
            var across = isNorthSouth ? own[0].EastFt : own[0].NorthFt;
            int[] stops = [along[0] - StreetBeyondFt, .. along, along[^1] + StreetBeyondFt];
            yield return Line(isArterial ? MapFeatureKind.Arterial : MapFeatureKind.Street, name, [.. stops.Select(s => isNorthSouth ? (across, s) : (s, across))]);
        }
    }

    private static MapFeature Area(MapFeatureKind kind, string name, params (int EastFt, int NorthFt)[] corners) => Line(kind, name, [.. corners, corners[0]]);

    private static MapFeature Line(MapFeatureKind kind, string name, params (int EastFt, int NorthFt)[] points) =>
        new(kind, name, [.. points.Select(p =>
        {
            var (latitude, longitude) = TownPlanner.Place(p.EastFt, p.NorthFt);
            return (longitude, latitude);
        })]);
}
