using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crosstown.Core.Events;
using Crosstown.Server.Privacy;
using Crosstown.Server.Public;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Tests.Public;

public sealed partial class PublicPageTests
{
    private const int MostBytes = 60_000;
    private static readonly string[] s_first = ["/", "/status", "/counts", "/feeds", "/about", "/privacy/data"];

    [Fact]
    [Trait("rule", "P03")]
    [Trait("rule", "P18")]
    [Trait("rule", "X07")]
    public async Task Every_public_page_is_small_has_no_script_no_cookie_and_asks_nothing_of_any_other_host_and_the_data_pages_say_what_the_inventory_says()
    {
        await using var town = await PublicTown.StartAsync();
        await town.RunAsync(6);
        town.Clock.NowMs = PublicTown.StartMs + (8 * PublicTown.HourMs);
        await town.Publisher.PublishDueAsync(TestContext.Current.CancellationToken);
        var (seen, waiting, held) = (new HashSet<string>(s_first), new Queue<string>(s_first), new HashSet<string>());
        while (waiting.TryDequeue(out var path))
        {
            // A reader of hundreds of pages takes minutes for it.
            town.Clock.NowMs += 2000;
            using var answer = await town.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode}");
            Assert.True(html.Length < MostBytes, $"{path} has {html.Length} characters");
            Assert.DoesNotMatch("<script|<style|style=\"| on[a-z]+=\"|<iframe|<img", html);
            Assert.DoesNotMatch("(src|href|action)=\"(https?:)?//", html);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            Assert.StartsWith("default-src 'self'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.NotNull(answer.Headers.ETag);
            Assert.Contains("<html lang=\"en\">", html, StringComparison.Ordinal);
            Assert.Single(Heading().Matches(html));
            held.UnionWith(ListHeld(path, html));
            foreach (var link in Link().Matches(html).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value)).Where(l => l.StartsWith("/privacy/", StringComparison.Ordinal) && seen.Add(l)))
            {
                waiting.Enqueue(link);
            }
        }

        var listed = Inventory.Published.Groups.SelectMany(g => g.Fields.Select(f => f.Name).DefaultIfEmpty("")
            .Select(f => $"{g.Kind}|{g.Name}|{g.Purpose}|{g.Tier}|{g.Retention}|{f}|{g.Fields.FirstOrDefault(x => x.Name == f)?.Class}")).ToHashSet();
        Assert.Equal(listed.Order(), held.Order());
    }

    [Fact]
    [Trait("rule", "P15")]
    [Trait("rule", "P16")]
    public async Task A_train_or_a_fire_engine_that_passes_changes_nothing_that_is_askedand_nothing_askedhas_a_minute_or_a_place_but_a_signal()
    {
        string[] asked = ["/", "/status", "/api/v1/public/status", "/api/v1/public/counts?from=2024-05-12&to=2024-05-12", "/counts"];
        var answers = new List<string[]>();
        foreach (var hasPreempt in new[] { false, true })
        {
            await using var town = await PublicTown.StartAsync();
            var nowMs = PublicTown.StartMs + (4 * PublicTown.HourMs);
            await town.RunAsync(4, (_, events) => !hasPreempt ? events :
            [
                .. events,
                .. new ushort[] { 102, 105, 107 }.Select((code, i) => new ControllerEvent(nowMs - 120_000 + (i * 1000), code, 1)),
            ]);
            town.Clock.NowMs = nowMs + 10_000;
            await town.Publisher.PublishDueAsync(TestContext.Current.CancellationToken);
            answers.Add([.. await Task.WhenAll(asked.Select(town.GetAsync))]);
            if (hasPreempt)
            {
                var places = town.Town.Signals.Select(s => (s.Configuration.Longitude, s.Configuration.Latitude)).ToHashSet();
                using var status = JsonDocument.Parse(await town.GetAsync("/api/v1/public/status"));
                Assert.All(
                    status.RootElement.GetProperty("features").EnumerateArray().SelectMany(f => f.GetProperty("geometry").GetProperty("coordinates").EnumerateArray()),
                    c => Assert.Contains((c[0].GetDouble(), c[1].GetDouble()), places));
            }
        }

        Assert.Equal(answers[0], answers[1]);
        foreach (var answer in answers[1])
        {
            Assert.DoesNotMatch("(?i)preempt|priority|incident|flash", answer);
            Assert.All(Moment().Matches(answer), m => Assert.Equal(0, long.Parse(m.Value, System.Globalization.CultureInfo.InvariantCulture) % 900_000));
            Assert.All(ClockTime().Matches(answer), m => Assert.Contains(m.Groups[1].Value, new[] { "00", "15", "30", "45" }));
        }
    }

    [Fact]
    [Trait("rule", "P15")]
    public async Task The_status_holds_for_a_quarter_of_an_hour_whatever_happens_in_it()
    {
        await using var town = await PublicTown.StartAsync();
        await town.RunAsync(2);
        town.Clock.NowMs = PublicTown.StartMs + (2 * PublicTown.HourMs) + 1000;
        var first = await town.GetAsync("/api/v1/public/status");
        town.Clock.NowMs += 14 * 60_000;
        Assert.Equal(first, await town.GetAsync("/api/v1/public/status"));
        town.Clock.NowMs += 60_000;
        Assert.NotEqual(first, await town.GetAsync("/api/v1/public/status"));
    }

    [Fact]
    [Trait("rule", "P18")]
    public async Task Who_asks_too_often_waits_and_the_next_day_nothing_is_left_of_who_that_was()
    {
        await using var town = await PublicTown.StartAsync();
        var limiter = town.Services.GetRequiredService<PublicLimiter>();
        for (var i = 0; i < PublicLimiter.Burst; i++)
        {
            await town.GetAsync("/about");
        }

        using var refused = await town.Client.GetAsync(new Uri("/about", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        town.Clock.NowMs += 1000;
        await town.GetAsync("/about");

        var yesterday = limiter.ListHashes();
        Assert.Single(yesterday);
        town.Clock.NowMs += PublicTown.DayMs;
        await town.GetAsync("/about");
        Assert.Empty(limiter.ListHashes().Intersect(yesterday));
    }

    [Fact]
    [Trait("rule", "P18")]
    public void A_reader_of_the_same_network_of_version_6_is_one_and_a_flood_of_readers_does_not_fill_the_memory()
    {
        var limiter = new PublicLimiter(new SetClock(0));
        limiter.WaitSeconds(IPAddress.Parse("2001:db8:1:2::1"));
        limiter.WaitSeconds(IPAddress.Parse("2001:db8:1:2:ffff::9"));
        Assert.Equal(1, limiter.Count);
        for (var i = 0; i < PublicLimiter.MostReaders + 5000; i++)
        {
            limiter.WaitSeconds(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]));
        }

        Assert.InRange(limiter.Count, 1, PublicLimiter.MostReaders + 1);
    }

    [Fact]
    [Trait("rule", "P25")]
    public async Task A_program_that_differs_from_its_list_says_so_to_everybody()
    {
        using var built = new StreamReader(typeof(Inventory).Assembly.GetManifestResourceStream("inventory.json")!);
        const string planted = """ "groups": [ { "name": "walkers", "kind": "relation", "purpose": "A table that nobody announced.", "tier": "staff", "retention": "for good", "fields": [] }, """;
        var altered = Inventory.Parse((await built.ReadToEndAsync(TestContext.Current.CancellationToken)).Replace("\"groups\": [", planted, StringComparison.Ordinal));
        await using var town = await PublicTown.StartAsync(add: services => services.AddSingleton(altered));
        var page = await town.GetAsync("/privacy/data");

        Assert.Contains("These are not the published rules.", page, StringComparison.Ordinal);
        Assert.Contains("relation walkers is in the inventory, but not in the program", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<strong>These are the published rules.", page, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rule", "P24")]
    public void A_change_must_be_announced_thirty_days_before_it_takes_effect_and_is_coming_until_then()
    {
        const string text = "# Changes\n\n## 1. First\n\n**Who gains:** all.\n\n**What changes:** much.\n\nProofs: `inventory 0123456789abcdef`.\n\n"
            + "## 2. Second\n\n**Announced:** 2027-01-01.\n\n**In force:** 2027-01-31.\n\n**Who gains:** some.\n\n**What changes:** `k`.\n\nProofs: `inventory 0123456789abcdef`.\n";
        var changes = MaterialChange.Parse(text);

        Assert.True(changes[0].HasNotice && !changes[0].IsComing(new DateOnly(2026, 1, 1)));
        Assert.True(changes[1].HasNotice && changes[1].IsComing(new DateOnly(2027, 1, 30)) && !changes[1].IsComing(new DateOnly(2027, 1, 31)));
        Assert.False(MaterialChange.Parse(text.Replace("2027-01-31", "2027-01-30", StringComparison.Ordinal))[1].HasNotice);
        Assert.All(MaterialChange.Published, c => Assert.True(c.HasNotice));
        Assert.Throws<FormatException>(() => MaterialChange.Parse("# Changes\n\n## 1. First\n\n**What changes:** much.\n"));
    }

    [Fact]
    public async Task What_is_not_there_is_404_and_a_license_is_shown_as_the_city_set_it()
    {
        var config = Path.GetTempFileName();
        await File.WriteAllTextAsync(config, """{ "Public": { "License": "CC0 1.0", "LicenseAddress": "https://creativecommons.org/publicdomain/zero/1.0/" } }""", TestContext.Current.CancellationToken);
        await using var town = await PublicTown.StartAsync(config: config);
        foreach (var path in new[] { "/privacy/data/person", "/privacy/data/table/none", "/public/none.css", "/api/v1/public/schemas/none" })
        {
            using var answer = await town.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, path);
        }

        Assert.Contains("CC0 1.0", await town.GetAsync("/feeds"), StringComparison.Ordinal);
        using var feeds = JsonDocument.Parse(await town.GetAsync("/api/v1/public/feeds"));
        Assert.Equal("CC0 1.0", feeds.RootElement.GetProperty("license").GetString());
        foreach (var feed in feeds.RootElement.GetProperty("feeds").EnumerateArray())
        {
            using var schema = JsonDocument.Parse(await town.GetAsync(feed.GetProperty("schema").GetString()!));
            Assert.NotEmpty(schema.RootElement.GetProperty("title").GetString()!);
            Assert.All(feed.GetProperty("forms").EnumerateArray(), f => Assert.NotEmpty(town.GetAsync(f.GetProperty("address").GetString()!).GetAwaiter().GetResult()));
        }

        File.Delete(config);
    }

    /// <summary>What a data page says: groups from the page of a kind, fields from the page of a group.</summary>
    private static IEnumerable<string> ListHeld(string path, string html)
    {
        var parts = path.Split('/', 5, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 4)
        {
            yield break;
        }

        var (kind, name) = (parts[2], Uri.UnescapeDataString(string.Join('/', parts[3..])));
        var purpose = Text(Regex.Match(html, "<p class=\"lead\">(.*?)</p>", RegexOptions.Singleline).Groups[1].Value);
        var tier = Text(Regex.Match(html, "<dt>Seen by</dt><dd>(\\w+):", RegexOptions.Singleline).Groups[1].Value);
        var retention = Text(Regex.Match(html, "<dt>Kept</dt><dd>(.*?)</dd>", RegexOptions.Singleline).Groups[1].Value);
        var fields = Regex.Matches(html, "<tr><th scope=\"row\"><code>(.*?)</code></th><td>(.*?)</td>", RegexOptions.Singleline).Select(m => $"{Text(m.Groups[1].Value)}|{m.Groups[2].Value}").DefaultIfEmpty("|");
        foreach (var field in fields)
        {
            yield return $"{kind}|{name}|{purpose}|{tier}|{retention}|{field}";
        }

        static string Text(string markup) => WebUtility.HtmlDecode(markup);
    }

    [GeneratedRegex("href=\"(/[^\"]*)\"")]
    private static partial Regex Link();

    [GeneratedRegex("<h1>")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\b\d{13}\b")]
    private static partial Regex Moment();

    [GeneratedRegex(@"\b\d{2}:(\d{2})\b")]
    private static partial Regex ClockTime();
}
