using System.Text.RegularExpressions;

namespace Crosstown.Browser.Tests;

/// <summary>The address of a page is its whole state.</summary>
public sealed partial class LinkTests(LiveTown town, Browser browser)
{
    [Fact]
    public void Each_page_of_the_client_is_looked_at()
    {
        var routes = Route().Matches(File.ReadAllText(Repository.PathTo("web/src/pages/index.ts"))).Select(m => m.Groups[1].Value).ToArray();

        Assert.True(routes.Length > 10, $"{routes.Length} routes");
        Assert.DoesNotContain(routes, r => !PageList.Client.Any(p => new Regex("^/app" + Regex.Replace(r, ":[a-z]+", "[^/?]+") + "/?(\\?|$)").IsMatch(p)));
    }

    [Theory]
    [InlineData("/app/?class=degraded")]
    [InlineData("/app/signals?q=mill")]
    [InlineData("/app/findings?cause=detector&severity=failing")]
    [InlineData("/app/rankings/split-failures?t=now-3h")]
    [InlineData("/app/signals/1004?p=split-failure,termination&phase=2&t=now-3h&bin=1h")]
    [InlineData("/app/corridors/harrison?t=now-15m")]
    public async Task A_link_that_is_opened_elsewhere_shows_the_same(string link)
    {
        await using var first = await browser.OpenAsync(town.Address);
        await first.GoAsync(link);
        var address = first.Page.Url[town.Address.Length..];
        await using var second = await browser.OpenAsync(town.Address);
        await second.GoAsync(address);

        Assert.Equal(address, second.Page.Url[town.Address.Length..]);
        Assert.Contains(link.Split('?')[1].Split('&')[0], Uri.UnescapeDataString(address));
        Assert.Equal(await Controls(first), await Controls(second));
    }

    /// <summary>What is chosen on a page, as a person sees it.</summary>
    private static Task<string> Controls(View view) => view.Page.EvaluateAsync<string>(
        """
        () => [...document.querySelectorAll('select, input, [aria-pressed], [aria-current]')]
          .map(e => (e.getAttribute('aria-label') ?? e.textContent?.trim().replace(/[0-9,]+/g, '') ?? '') + '=' + (e.value ?? '') + (e.checked ?? '') + (e.getAttribute('aria-pressed') ?? '') + (e.getAttribute('aria-current') ?? '')).join('\n')
        """);

    [GeneratedRegex("path: '([^']+)'")]
    private static partial Regex Route();
}
