using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Crosstown.Server.Public;

/// <summary>A line of the status map, in its own units.</summary>
/// <param name="Kind">What it shows; part of its style class.</param>
/// <param name="Path">SVG path data.</param>
public sealed record MapLine(string Kind, string Path);

/// <summary>An area's letter on the status map.</summary>
public sealed record MapLetter(string Letter, double X, double Y, AreaService Service);

/// <summary>The status map as shapes: streets of the city, areas over them, and a dot for each signal.</summary>
public sealed record StatusMap(double Width, double Height, ImmutableArray<MapLine> Streets, ImmutableArray<MapLine> Areas, ImmutableArray<(double X, double Y)> Signals, ImmutableArray<MapLetter> Letters)
{
    // Wide enough for letters that can be read on a phone, when the picture is scaled to its width.
    private const double MapWidth = 720;
    private const double MostHeight = 620;
    private const double LeastHeight = 160;
    private const double Margin = 36;
    private const double LetterGap = 26;

    /// <summary>Points of streets that are drawn at most, so that the page stays small.</summary>
    private const int MostPoints = 1500;

    // What is drawn first: it stays when a city's own map is too large.
    private static readonly ImmutableArray<string> s_kinds = ["arterial", "water", "rail", "street"];

    /// <summary>The letter of an area, by its place in the list: A to Z, then AA.</summary>
    public static string LetterOf(int index) => index < 26 ? ((char)('A' + index)).ToString() : $"{(char)('A' + (index / 26) - 1)}{(char)('A' + (index % 26))}";

    /// <summary>Draws the map; null when no signal has a place.</summary>
    /// <param name="basemap">The city's own map as GeoJSON; null for none.</param>
    public static StatusMap? Draw(PublicStatus status, JsonElement? basemap)
    {
        var places = status.Areas.SelectMany(a => a.Places).ToArray();
        if (places.Length == 0)
        {
            return null;
        }

        var (west, east) = (places.Min(p => p.Longitude), places.Max(p => p.Longitude));
        var (south, north) = (places.Min(p => p.Latitude), places.Max(p => p.Latitude));
        var squeeze = Math.Cos((south + north) / 2 * Math.PI / 180);
        var scale = Math.Min((MapWidth - (2 * Margin)) / Math.Max((east - west) * squeeze, 1e-6), (MostHeight - (2 * Margin)) / Math.Max(north - south, 1e-6));
        scale = Math.Min(scale, 1e6);
        var height = Math.Max(LeastHeight, ((north - south) * scale) + (2 * Margin));
        var left = (MapWidth - ((east - west) * squeeze * scale)) / 2;
        var top = (height - ((north - south) * scale)) / 2;
        (double X, double Y) Project((double Longitude, double Latitude) p) =>
            (Math.Round(left + ((p.Longitude - west) * squeeze * scale), 1), Math.Round(top + ((north - p.Latitude) * scale), 1));

        var letters = new List<MapLetter>();
        foreach (var (index, area) in status.Areas.Index().Where(a => a.Item.Places.Length > 0))
        {
            letters.Add(Place(LetterOf(index), Project(area.Places[0]), Project(area.Places[^1]), area.Service, letters, height));
        }

        return new StatusMap(
            MapWidth, Math.Round(height),
            basemap is { } map ? ListStreets(map, Project, height) : [],
            [.. status.Areas.Where(a => a.Id != "other" && a.Places.Length > 1).Select(a => new MapLine(a.Service.ToString().ToLowerInvariant(), PathOf(a.Places.Select(Project))))],
            [.. places.Distinct().Select(Project)],
            [.. letters]);
    }

    /// <summary>Behind one end of the street, or beside it, wherever no other letter stands.</summary>
    private static MapLetter Place(string letter, (double X, double Y) first, (double X, double Y) last, AreaService service, List<MapLetter> others, double height)
    {
        var length = Math.Max(1, Math.Sqrt(Math.Pow(last.X - first.X, 2) + Math.Pow(last.Y - first.Y, 2)));
        var (alongX, alongY) = (Math.Round((last.X - first.X) / length * LetterGap, 1), Math.Round((last.Y - first.Y) / length * LetterGap, 1));
        (double X, double Y)[] candidates =
        [
            (first.X - alongX, first.Y - alongY), (last.X + alongX, last.Y + alongY),
            (first.X - LetterGap, first.Y), (last.X + LetterGap, last.Y), (first.X, first.Y - LetterGap), (last.X, last.Y + LetterGap),
        ];
        var free = candidates.Where(c => c.X is > 14 and < MapWidth - 14 && c.Y > 14 && c.Y < height - 14 && others.All(o => Math.Abs(o.X - c.X) + Math.Abs(o.Y - c.Y) > 30)).ToArray();
        var (x, y) = free.Length > 0 ? free[0] : candidates[0];
        return new MapLetter(letter, x, y, service);
    }

    private static ImmutableArray<MapLine> ListStreets(JsonElement map, Func<(double, double), (double X, double Y)> project, double height)
    {
        var lines = ImmutableArray.CreateBuilder<MapLine>();
        var points = 0;
        foreach (var kind in s_kinds)
        {
            foreach (var line in ListLines(map, kind))
            {
                var path = line.Select(project).ToArray();
                var isInside = path.Any(p => p.X is > -MapWidth and < 2 * MapWidth && p.Y > -height && p.Y < 2 * height);
                if (path.Length > 1 && isInside && points + path.Length <= MostPoints)
                {
                    points += path.Length;
                    lines.Add(new MapLine(kind, PathOf(path)));
                }
            }
        }

        return lines.ToImmutable();
    }

    private static IEnumerable<(double, double)[]> ListLines(JsonElement map, string kind)
    {
        if (!map.TryGetProperty("features", out var features) || features.ValueKind != JsonValueKind.Array)
        {
            yield break;
        }

        foreach (var feature in features.EnumerateArray())
        {
            if (feature.TryGetProperty("properties", out var properties) && properties.TryGetProperty("kind", out var k) && k.ValueKind == JsonValueKind.String && k.GetString() == kind
                && feature.TryGetProperty("geometry", out var geometry) && geometry.TryGetProperty("type", out var type) && type.GetString() == "LineString")
            {
                yield return [.. geometry.GetProperty("coordinates").EnumerateArray().Select(c => (c[0].GetDouble(), c[1].GetDouble()))];
            }
        }
    }

    private static string PathOf(IEnumerable<(double X, double Y)> points) =>
        "M" + string.Join('L', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.#} {p.Y:0.#}")));
}
