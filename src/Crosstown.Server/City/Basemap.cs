using Crosstown.Core.Street;

namespace Crosstown.Server.City;

/// <summary>What lies under the map, as GeoJSON: the city's own file, or else the streets that its corridors follow.</summary>
/// <remarks>
/// Each feature has a <c>kind</c> (arterial, street, rail, water, park, building) and a <c>name</c>. The file is the city's to make, from its own
/// network or an extract of a map that it may use; Crosstown asks no other host for one.
/// </remarks>
internal static class Basemap
{
    /// <summary>In the data folder.</summary>
    public const string FileName = "basemap.geojson";

    /// <summary>One line a corridor, through the places of its signals.</summary>
    public static object Of(CitySnapshot city) => new
    {
        type = "FeatureCollection",
        features = city.Corridors.Select(c => new
        {
            type = "Feature",
            properties = new { kind = "arterial", name = c.Name },
            geometry = new { type = "LineString", coordinates = c.Signals.Select(s => PlaceOf(city, s.Signal)).OfType<double[]>().ToArray() },
        }).Where(f => f.geometry.coordinates.Length > 1).ToArray(),
    };

    private static double[]? PlaceOf(CitySnapshot city, SignalId signal) =>
        city.Current.TryGetValue(signal, out var c) && c is { Latitude: { } latitude, Longitude: { } longitude } ? [longitude, latitude] : null;
}
