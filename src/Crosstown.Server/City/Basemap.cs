using Crosstown.Core.Street;

namespace Crosstown.Server.City;

/// <summary>The streets under the map, as GeoJSON: what the corridors of the city join.</summary>
internal static class Basemap
{
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
