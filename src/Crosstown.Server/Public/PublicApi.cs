using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Server.Api;
using Crosstown.Server.City;
using Crosstown.Server.People;
using Crosstown.Server.Public.Counts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Crosstown.Server.Public;

/// <summary>A page of published counts.</summary>
/// <param name="License">The license's name; null when the city has not stated one.</param>
/// <param name="Items">The counts, by signal, time and place.</param>
/// <param name="Total">How many counts the question finds; not a number of vehicles.</param>
/// <param name="Next">Address of the next page; null on the last.</param>
public sealed record PublicCountPage(string? License, IReadOnlyList<PublicCount> Items, int Total, string? Next);

/// <summary>An area's status as a feature of GeoJSON.</summary>
/// <param name="Type">Always <c>Feature</c>.</param>
/// <param name="Geometry">The places of its signals; null when none is known.</param>
/// <param name="Properties">What is said of it.</param>
public sealed record StatusFeature(string Type, StatusGeometry? Geometry, StatusProperties Properties);

/// <summary>Where an area is.</summary>
/// <param name="Type">Always <c>MultiPoint</c>.</param>
/// <param name="Coordinates">Longitude and latitude of each signal, in degrees.</param>
public sealed record StatusGeometry(string Type, IReadOnlyList<IReadOnlyList<double>> Coordinates);

/// <summary>What is said of an area.</summary>
/// <param name="Area">The corridor's id; <c>other</c> for signals on none.</param>
/// <param name="Name">The street.</param>
/// <param name="Service">The area in one word.</param>
/// <param name="Signals">How many signals it has.</param>
/// <param name="InService">Of these, heard and without a finding.</param>
/// <param name="NeedsWork">Heard, and something about them needs a look.</param>
/// <param name="NotReporting">Not heard now.</param>
public sealed record StatusProperties(string Area, string Name, AreaService Service, int Signals, int InService, int NeedsWork, int NotReporting);

/// <summary>The status of all areas as GeoJSON.</summary>
/// <param name="Type">Always <c>FeatureCollection</c>.</param>
/// <param name="FromMs">Begin of the quarter of an hour that it is of, ms UTC.</param>
/// <param name="ToMs">Its end, ms UTC.</param>
/// <param name="License">The license's name; null when the city has not stated one.</param>
/// <param name="Features">One for each area.</param>
public sealed record StatusFeatures(string Type, long FromMs, long ToMs, string? License, IReadOnlyList<StatusFeature> Features);

/// <summary>What machines may read without an account.</summary>
internal static class PublicApi
{
    /// <summary>The most counts that one page has.</summary>
    public const int MostOnPage = 5000;

    private const int DefaultOnPage = 1000;
    private const int MostDays = 31;
    private const long DayMs = 86_400_000;

    private static readonly string[] s_reading = ["GET", "HEAD"];

    private static readonly ImmutableArray<string> s_columns =
        ["signal", "subject", "direction", "movement", "phase", "overlap", "start", "end", "count", "is_withheld", "seen_share", "faulted_detectors"];

    public static void Map(RouteGroupBuilder api)
    {
        var open = api.MapGroup("/public").WithPublicLimit().OpenToAll().WithTags("public");
        open.MapMethods("/counts", s_reading, Counts).Produces<PublicCountPage>().Produces<string>(200, "text/csv").ProducesProblem(400).WithName("listPublicCounts");
        open.MapMethods("/status", s_reading, Status).Produces<StatusFeatures>(200, "application/geo+json").WithName("getPublicStatus");
        open.MapMethods("/feeds", s_reading, Feeds).Produces<FeedList>().WithName("listFeeds");
        open.MapMethods("/inventory", s_reading, (HttpContext context) => Resource(context, "inventory.json", "application/json")).Produces<object>(200, "application/json").WithName("getInventory");
        open.MapMethods("/schemas/{name}", s_reading, (HttpContext context, string name) =>
            Resource(context, name == "inventory" ? "inventory.schema.json" : $"public-{name}.schema.json", "application/schema+json"))
            .Produces<object>(200, "application/schema+json").ProducesProblem(404).WithName("getPublicSchema");
    }

    private static IResult Counts(
        HttpContext context, PublishedCounts published, PublicSettings settings, CityModel city, TimeProvider time, IOptions<JsonOptions> json,
        string? from = null, string? to = null, string? signal = null, string? subject = null, int page = 1, int size = DefaultOnPage, string? format = null)
    {
        var clock = PublicPages.ClockOf(city.Now);
        var yesterday = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(clock.ToLocalMs(time.GetUtcNow().ToUnixTimeMilliseconds() - DayMs)).UtcDateTime);
        var first = from is null ? yesterday : PublicCalendar.ParseDay(from);
        var last = to is null ? first : PublicCalendar.ParseDay(to);
        if (first is not { } fromDay || last is not { } toDay || toDay < fromDay || toDay.DayNumber - fromDay.DayNumber >= MostDays)
        {
            return ApiProblem.Of(400, "XT391", "from, to", $"'{from}' to '{to}' are not two days such as 2026-11-01 and 2026-11-30, at most {MostDays} together.");
        }

        SignalId? one = null;
        if (signal is not null)
        {
            if (!SignalId.TryParse(signal, out var id) || !city.Now.Current.ContainsKey(id))
            {
                return ApiProblem.NoSignal(signal);
            }

            one = id;
        }

        var isCsv = format is null ? context.Request.Headers.Accept.ToString().Contains("text/csv", StringComparison.OrdinalIgnoreCase) : format == "csv";
        if (format is not (null or "csv" or "json"))
        {
            return ApiProblem.Of(400, "XT392", "format", $"There is no format '{format}'; there are json and csv.");
        }

        CountSubject? counted = null;
        if (subject is not null)
        {
            var known = Enum.GetValues<CountSubject>().Where(s => PublishedCounts.WordOf(s) == subject).ToArray();
            if (known.Length == 0)
            {
                return ApiProblem.Of(400, "XT392", "subject", $"Nothing is counted as '{subject}'; there are {string.Join(" and ", Enum.GetValues<CountSubject>().Select(PublishedCounts.WordOf))}.");
            }

            counted = known[0];
        }

        size = Math.Clamp(size, 1, MostOnPage);
        page = Math.Clamp(page, 1, int.MaxValue / MostOnPage);
        var query = new CountQuery(new TimeRange(PublicCalendar.DayAt(fromDay, clock).StartMs, PublicCalendar.DayAt(toDay, clock).EndMs), one, counted);
        var items = published.List(query, (page - 1) * size, size);
        var total = published.CountRows(query);
        var next = (long)page * size < total ? Next(fromDay, toDay, one, counted, page + 1, size, isCsv) : null;
        if (next is not null)
        {
            context.Response.Headers.Link = $"<{next}>; rel=\"next\"";
        }

        return isCsv
            ? PublicPages.Send(context, Encoding.UTF8.GetBytes(Csv(items)), "text/csv; charset=utf-8")
            : PublicPages.Send(context, JsonSerializer.SerializeToUtf8Bytes(new PublicCountPage(settings.License, items, total, next), json.Value.SerializerOptions), "application/json");
    }

    private static IResult Status(HttpContext context, StatusBoard board, PublicSettings settings, IOptions<JsonOptions> json)
    {
        var status = board.Now;
        var features = status.Areas.Select(a => new StatusFeature(
            "Feature",
            a.Places.IsEmpty ? null : new StatusGeometry("MultiPoint", [.. a.Places.Select(p => (IReadOnlyList<double>)[p.Longitude, p.Latitude])]),
            new StatusProperties(a.Id, a.Name, a.Service, a.Signals, a.InService, a.NeedsWork, a.NotReporting)));
        return PublicPages.Send(
            context, JsonSerializer.SerializeToUtf8Bytes(new StatusFeatures("FeatureCollection", status.FromMs, status.ToMs, settings.License, [.. features]), json.Value.SerializerOptions),
            "application/geo+json");
    }

    private static IResult Feeds(HttpContext context, PublicSettings settings, IOptions<JsonOptions> json) => PublicPages.Send(
        context, JsonSerializer.SerializeToUtf8Bytes(new FeedList(settings.License, settings.LicenseAddress, PublicFeed.All), json.Value.SerializerOptions), "application/json");

    private static IResult Resource(HttpContext context, string name, string type)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name);
        if (stream is null)
        {
            return ApiProblem.Of(404, "XT393", "schema", "There is no schema of this name; the list of feeds names them all.");
        }

        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return PublicPages.Send(context, bytes.ToArray(), type);
    }

    private static string Next(DateOnly from, DateOnly to, SignalId? signal, CountSubject? subject, int page, int size, bool isCsv) =>
        string.Create(CultureInfo.InvariantCulture, $"/api/v1/public/counts?from={from:yyyy-MM-dd}&to={to:yyyy-MM-dd}")
        + (signal is { } s ? $"&signal={s.Value}" : "")
        + (subject is { } c ? $"&subject={PublishedCounts.WordOf(c)}" : "")
        + string.Create(CultureInfo.InvariantCulture, $"&page={page}&size={size}{(isCsv ? "&format=csv" : "")}");

    /// <summary>All values are numbers, times, ids of signals or words from a list, so that none can start a formula (rule X06).</summary>
    private static string Csv(IReadOnlyList<PublicCount> items)
    {
        var text = new StringBuilder().AppendJoin(',', s_columns).Append("\r\n");
        foreach (var c in items)
        {
            text.Append(CultureInfo.InvariantCulture, $"{c.Signal},{PublishedCounts.WordOf(c.Subject)},{Word(c.Direction)},{Word(c.Movement)},{c.Phase},{c.Overlap},")
                .Append(CultureInfo.InvariantCulture, $"{Time(c.StartMs)},{Time(c.EndMs)},{c.Count},{(c.IsWithheld ? "true" : "false")},{c.SeenShare},{c.FaultedDetectors}\r\n");
        }

        return text.ToString();

        static string Word<T>(T? word)
            where T : struct, Enum => word is { } w ? JsonNamingPolicy.KebabCaseLower.ConvertName(w.ToString()) : "";

        static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}
