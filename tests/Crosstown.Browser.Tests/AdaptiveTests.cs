using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Crosstown.Browser.Tests;

/// <summary>Plan and adaptive control side by side, as a visitor of the town sees them.</summary>
public sealed class AdaptiveTests(LiveTown town, Browser browser)
{
    [Theory]
    [InlineData(1440)]
    [InlineData(390)]
    public async Task See_both_copies_of_the_town_at_work_and_what_is_asked_of_the_cabinets(int width)
    {
        await using var view = await browser.OpenAsync(town.Address, width, width == 390 ? 844 : 900, isPhone: width == 390);
        await view.GoAsync("/app/adaptive");
        var now = view.Page.GetByRole(AriaRole.Region, new() { Name = "Plan against adaptive, now" });

        // The second copy drives through two past days first, below everything else.
        await Assertions.Expect(now.Locator("tbody tr").First).ToContainTextAsync("All signals", new() { Timeout = 180_000 });
        await Assertions.Expect(view.Page.Locator(".adaptive-signal")).ToHaveCountAsync(24);
        await Assertions.Expect(view.Page.Locator(".phase-bars")).ToHaveCountAsync(48, new() { Timeout = 20_000 });
        await Assertions.Expect(view.Page.Locator(".bar-part.is-green").First).ToBeVisibleAsync(new() { Timeout = 20_000 });
        var modes = view.Page.GetByRole(AriaRole.Group, new() { Name = "What it may do" });
        await Assertions.Expect(modes.GetByRole(AriaRole.Button, new() { Name = "Shadow" })).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(view.Page.Locator(".adaptive-says").Filter(new() { HasTextRegex = new Regex("Would now (keep|end) [1-8]") }).First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        Assert.Empty(await view.ListViolationsAsync());
        Assert.True(await view.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, "The page is too wide.");

        // To run the town is asked again, and can be left alone.
        await modes.GetByRole(AriaRole.Button, new() { Name = "Live in the town" }).ClickAsync();
        var dialog = view.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog).ToContainTextAsync("seven clean days");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(modes.GetByRole(AriaRole.Button, new() { Name = "Shadow" })).ToHaveAttributeAsync("aria-pressed", "true");
    }
}
