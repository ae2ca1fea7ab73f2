using Crosstown.Core.Street;
using Crosstown.Server.City;
using Crosstown.Server.Hosting;
using Crosstown.Server.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.Api;

/// <summary>The city as a whole.</summary>
/// <param name="Name">The city, as people call it; empty when not configured.</param>
/// <param name="Zone">IANA zone of its clocks; UTC when not configured.</param>
/// <param name="NowMs">The server's clock, ms UTC.</param>
/// <param name="Bounds">West, south, east, north in degrees around all signals with a place; null when none has one.</param>
/// <param name="Version">Rises when configuration changes.</param>
internal sealed record CityAnswer(string Name, string Zone, long NowMs, double[]? Bounds, IReadOnlyList<CorridorAnswer> Corridors, long Version);

/// <summary>A street whose signals are timed together.</summary>
internal sealed record CorridorAnswer(string Id, string Name, TravelDirection Forward, TravelDirection Backward, IReadOnlyList<CorridorSignalAnswer> Signals);

/// <summary>A signal's place on a corridor: feet from the first, platoon speed to the next in miles per hour (null at the last, or unknown), and the groups that serve it.</summary>
internal sealed record CorridorSignalAnswer(string Signal, double DistanceFt, double? SpeedMphToNext, string? ForwardGroup, string? BackwardGroup);

internal static class CityApi
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/city", (CityModel city, TimeProvider time) => Answer(city.Now, time)).RequireRole(Role.View).WithName("getCity").WithTags("city");
        api.MapGet("/basemap", IResult (CityModel city, ServerSettings settings) =>
        {
            var path = Path.Combine(settings.Data, Basemap.FileName);
            return File.Exists(path)
                ? Results.File(path, "application/geo+json", lastModified: File.GetLastWriteTimeUtc(path))
                : Results.Json(Basemap.Of(city.Now), contentType: "application/geo+json");
        }).RequireRole(Role.View).WithName("getBasemap").WithTags("city");
    }

    private static CityAnswer Answer(CitySnapshot city, TimeProvider time)
    {
        var placed = city.Current.Values.Where(c => c.Latitude is not null && c.Longitude is not null).ToArray();
        return new CityAnswer(
            city.Name,
            city.Zone ?? "UTC",
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            placed.Length == 0 ? null : [placed.Min(c => c.Longitude!.Value), placed.Min(c => c.Latitude!.Value), placed.Max(c => c.Longitude!.Value), placed.Max(c => c.Latitude!.Value)],
            [.. city.Corridors.Select(c => new CorridorAnswer(
                c.Id, c.Name, c.Forward, c.Backward,
                [.. c.Signals.Select(s => new CorridorSignalAnswer(s.Signal.Value, s.DistanceFt, s.SpeedMphToNext, s.ForwardGroup?.ToString(), s.BackwardGroup?.ToString()))]))],
            city.Version);
    }
}
