using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crosstown.Core.Privacy;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Logs.Zones;
using Crosstown.Server.City;
using Crosstown.Server.Hosting;
using Crosstown.Server.People;
using Crosstown.Server.Privacy;
using Crosstown.Server.Public.Counts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Crosstown.Server.Public;

/// <summary>The pages that everybody may read: rendered here, without script, cookie or anything from elsewhere.</summary>
internal static class PublicPages
{
    private const string Forever = "public, max-age=31536000, immutable";
    private const string ForAll = "public, max-age=60";
    private const string ForOne = "private, no-cache";
    private const int GroupsOnPage = 120;
    private const int MostDays = 120;
    private const int LeastPacked = 1024;
    private static readonly string[] s_reading = ["GET", "HEAD"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").WithPublicLimit().OpenToAll().ExcludeFromDescription();
        pages.MapMethods("/", s_reading, Home);
        pages.MapMethods("/status", s_reading, Status);
        pages.MapMethods("/counts", s_reading, Counts);
        pages.MapMethods("/feeds", s_reading, (HttpContext context, PublicSettings settings) =>
            Render<FeedsPage>(context, new() { ["List"] = new FeedList(settings.License, settings.LicenseAddress, PublicFeed.All) }));
        pages.MapMethods("/about", s_reading, (Delegate)About);
        pages.MapMethods("/privacy/data", s_reading, Held);
        pages.MapMethods("/privacy/data/{kind}", s_reading, HeldOfKind);
        pages.MapMethods("/privacy/data/{kind}/{**name}", s_reading, HeldGroup);
        pages.MapMethods("/public/{file}.css", s_reading, (HttpContext context, string file) => Style(context, file));
    }

    /// <summary>Renders a page of the public kind. Whoever makes such a page elsewhere calls this, and its component lays itself out with <see cref="PublicLayout"/>.</summary>
    /// <param name="parameters">All but the frame.</param>
    /// <param name="isPersonal">True for a page that is only for who asked for it, such as a sign-in form: nothing may keep it.</param>
    public static async Task<IResult> Render<TPage>(HttpContext context, Dictionary<string, object?> parameters, int status = StatusCodes.Status200OK, bool isPersonal = false)
        where TPage : IComponent
    {
        parameters["Frame"] = FrameOf(context);
        await using var renderer = new HtmlRenderer(context.RequestServices, context.RequestServices.GetRequiredService<ILoggerFactory>());
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(parameters)).ConfigureAwait(false)).ToHtmlString()).ConfigureAwait(false);
        return Send(context, Encoding.UTF8.GetBytes(html), "text/html; charset=utf-8", isPersonal ? "no-store" : null, status);
    }

    /// <summary>Sends bytes with a mark of their content, packed where the reader takes it; 304 when the reader has them.</summary>
    /// <param name="keep">How long they may be kept; null for a minute, and for staff not at all without asking.</param>
    public static IResult Send(HttpContext context, byte[] bytes, string type, string? keep = null, int status = StatusCodes.Status200OK)
    {
        var isStaff = context.User.Identity?.IsAuthenticated == true;
        var headers = context.Response.Headers;
        headers.CacheControl = keep ?? (isStaff ? ForOne : ForAll);
        headers.Vary = "Accept-Encoding, Cookie";
        context.Response.StatusCode = status;
        var isPacked = bytes.Length >= LeastPacked && context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.OrdinalIgnoreCase);
        var mark = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
        if (isPacked)
        {
            headers.ContentEncoding = "br";
        }

        return status == StatusCodes.Status200OK
            ? Results.Bytes(isPacked ? Pack(bytes) : bytes, type, entityTag: new EntityTagHeaderValue($"\"{mark}{(isPacked ? "br" : "")}\""))
            : Results.Bytes(isPacked ? Pack(bytes) : bytes, type);
    }

    /// <summary>What is around a page.</summary>
    public static PublicFrame FrameOf(HttpContext context)
    {
        var services = context.RequestServices;
        return new PublicFrame(
            NameOf(services.GetRequiredService<CityModel>().Now), context.Request.Path, PublicStyle.Built.Address, context.User.Identity?.IsAuthenticated == true,
            services.GetRequiredService<ServerSettings>().IsTown);
    }

    /// <summary>The wall clock of the city: of its setting, else of its first signal, else UTC.</summary>
    public static LocalTimeMap ClockOf(CitySnapshot city) =>
        (city.Zone ?? city.Current.Values.Select(c => c.Zone).FirstOrDefault(z => z is not null)) is { } zone && ZoneRules.Find(zone) is { } rules ? rules.Map : LocalTimeMap.Utc;

    private static string NameOf(CitySnapshot city) => city.Name.Length > 0 ? city.Name : "Crosstown";

    private static Task<IResult> Home(HttpContext context, StatusBoard board, CityModel city) =>
        Render<HomePage>(context, new() { ["Status"] = board.Now, ["AsOf"] = TimeText(board.Now.FromMs, city) });

    private static Task<IResult> Status(HttpContext context, StatusBoard board, CityModel city, ServerSettings settings)
    {
        var status = board.Now;
        var path = Path.Combine(settings.Data, Basemap.FileName);
        using var map = File.Exists(path) ? ReadMap(path) : null;
        return Render<StatusPage>(context, new()
        {
            ["Status"] = status,
            ["Map"] = StatusMap.Draw(status, map?.RootElement),
            ["AsOf"] = TimeText(status.FromMs, city),
            ["Until"] = TimeText(status.ToMs, city),
        });
    }

    /// <summary>The city's own map; null when the file is no JSON, since the status does not need it.</summary>
    private static JsonDocument? ReadMap(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Task<IResult> Counts(HttpContext context, PublishedCounts published, CityModel city, IEventSource events, string? signal = null, string? day = null)
    {
        var clock = ClockOf(city.Now);
        var signals = city.Now.Current.Values.OrderBy(c => c.Signal).Select(c => (c.Signal.Value, c.Name)).ToArray();
        var days = published.FindRange() is { } range ? PublicCalendar.ListDays(range, clock).Reverse().Take(MostDays).ToArray() : [];
        var chosenDay = day is not null && days.Contains(day) ? day : days.Length > 1 ? days[1] : days.FirstOrDefault("");
        var chosen = signals.Any(s => s.Value == signal) ? signal! : signals.Select(s => s.Value).FirstOrDefault("");
        var parameters = new Dictionary<string, object?> { ["Signals"] = signals, ["Days"] = days, ["Signal"] = chosen, ["Day"] = chosenDay };
        if (chosenDay.Length > 0 && SignalId.TryParse(chosen, out var id))
        {
            var wall = events.ClockOf(id);
            var time = PublicCalendar.DayAt(PublicCalendar.ParseDay(chosenDay)!.Value, wall);
            CountTable Table(CountSubject subject) => CountTable.Of(published.List(new CountQuery(time, id, subject), 0, PublicApi.MostOnPage), wall);
            parameters["Sections"] = new (string, string, CountTable)[]
            {
                ("Vehicles", "By hour. Four figures are the quarters of the hour.", Table(CountSubject.Vehicles)),
                ("Calls for a walk", "Button presses, each by someone new. They say how much a crosswalk is used, not how many people walk.", Table(CountSubject.PedestrianCalls)),
            };
            parameters["CsvAddress"] = $"/api/v1/public/counts?from={chosenDay}&to={chosenDay}&signal={id.Value}&format=csv";
        }

        return Render<CountsPage>(context, parameters);
    }

    private static Task<IResult> About(HttpContext context) => Render<AboutPage>(context, new() { ["Least"] = PrivacyLimits.PublicCountMinimum });

    private static Task<IResult> Held(HttpContext context, RunningRules rules, CityModel city, TimeProvider time)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return Render<HeldPage>(context, new()
        {
            ["Held"] = Inventory.Published,
            ["Verdict"] = rules.Verdict,
            ["Limits"] = ListLimits(),
            ["Changes"] = (IReadOnlyList<MaterialChange>)MaterialChange.Published,
            ["Today"] = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(ClockOf(city.Now).ToLocalMs(nowMs)).UtcDateTime),
        });
    }

    private static async Task<IResult> HeldOfKind(HttpContext context, string kind, int page = 1)
    {
        if (HeldKind.All.FirstOrDefault(k => k.Kind == kind) is not { } known)
        {
            return Results.NotFound();
        }

        var all = known.GroupsIn(Inventory.Published).ToArray();
        page = Math.Clamp(page, 1, Math.Max(1, (all.Length + GroupsOnPage - 1) / GroupsOnPage));
        return await Render<HeldKindPage>(context, new()
        {
            ["Kind"] = known,
            ["Groups"] = all.Skip((page - 1) * GroupsOnPage).Take(GroupsOnPage).ToArray(),
            ["Next"] = page * GroupsOnPage < all.Length ? string.Create(CultureInfo.InvariantCulture, $"/privacy/data/{kind}?page={page + 1}") : null,
        }).ConfigureAwait(false);
    }

    private static async Task<IResult> HeldGroup(HttpContext context, string kind, string name) =>
        HeldKind.All.FirstOrDefault(k => k.Kind == kind) is { } known && Inventory.Published.Find(kind, Uri.UnescapeDataString(name)) is { } group
            ? await Render<HeldGroupPage>(context, new() { ["Kind"] = known, ["Group"] = group }).ConfigureAwait(false)
            : Results.NotFound();

    private static IResult Style(HttpContext context, string file) =>
        file == PublicStyle.Built.Hash ? Send(context, PublicStyle.Built.Bytes, "text/css; charset=utf-8", Forever) : Results.NotFound();

    private static string TimeText(long ms, CityModel city) => CountTable.LocalText(ms, ClockOf(city.Now), "yyyy-MM-dd HH:mm");

    /// <summary>The limits that the running program keeps.</summary>
    private static (string, string)[] ListLimits() =>
    [
        ("Raw events", $"deleted after {PrivacyLimits.RawRetentionDays} days"),
        ("Public counts", $"{PrivacyLimits.PublicCountMinimum} or more, else withheld"),
        ("Public time", $"no block shorter than {PrivacyLimits.PublicBlockMinutes} minutes"),
        ("Speeds", $"only over {PrivacyLimits.ReadingBinMinutes} minutes and {PrivacyLimits.ReadingMinimum} readings or more"),
        ("Free text", $"at most {PrivacyLimits.FreeTextFields} fields in the whole program"),
    ];

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            brotli.Write(bytes);
        }

        return packed.ToArray();
    }
}
