using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Crosstown.Browser.Tests;

/// <summary>From what a corridor loses to the text of what would change, and as far as one person may go.</summary>
public sealed class RetimingTests(LiveTown town, Browser browser)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1440)]
    [InlineData(390)]
    public async Task See_what_corridors_lose_open_the_proposal_and_take_its_changes_home(int width)
    {
        await town.FindProposalAsync(Stop);
        await using var view = await browser.OpenAsync(town.Address, width, width == 390 ? 844 : 900, isPhone: width == 390);
        await view.GoAsync("/app/retiming");
        var losses = view.Page.GetByRole(AriaRole.Region, new() { Name = "What each corridor loses now" });
        await Assertions.Expect(losses.Locator("tbody tr").First).ToContainTextAsync("%");

        await view.Page.GetByRole(AriaRole.Region, new() { Name = "Proposals" }).GetByRole(AriaRole.Link).First.ClickAsync();
        await Assertions.Expect(view.Page).ToHaveURLAsync(new Regex("/app/retiming/[0-9]+"));
        await Assertions.Expect(view.Page.Locator(".retiming-signal").First).ToBeVisibleAsync(new() { Timeout = 20_000 });
        Assert.True(await view.Page.Locator(".retiming-signal").First.Locator(".ring-phase").CountAsync() >= 8, "Both patterns of a signal are drawn.");

        var download = await view.Page.RunAndWaitForDownloadAsync(() => view.Page.GetByRole(AriaRole.Link, new() { Name = "What changes, as text" }).ClickAsync());

        var text = await File.ReadAllTextAsync(await download.PathAsync(), Stop);
        Assert.Contains("today -> plan", text);
        Assert.Contains("offset:", text);
        Assert.Contains("because: ", text);
    }

    [Fact]
    [Trait("rule", "C11")]
    public async Task One_visitor_may_propose_and_is_told_why_nobody_can_approve_here()
    {
        var id = await town.FindProposalAsync(Stop);
        await using var view = await browser.OpenAsync(town.Address);
        await view.GoAsync($"/app/retiming/{id}");
        var propose = view.Page.GetByRole(AriaRole.Button, new() { Name = "Propose…" });
        if (await propose.CountAsync() > 0)
        {
            await propose.ClickAsync();
            var dialog = view.Page.GetByRole(AriaRole.Dialog);
            await dialog.GetByRole(AriaRole.Radio).First.CheckAsync();
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Propose", Exact = true }).ClickAsync();
        }

        await Assertions.Expect(view.Page.GetByRole(AriaRole.Note)).ToContainTextAsync("Two people are needed", new() { Timeout = 10_000 });
        await Assertions.Expect(view.Page.GetByRole(AriaRole.Button, new() { Name = "Approve…" })).ToHaveCountAsync(0);
        await Assertions.Expect(view.Page.Locator("[aria-current=step]")).ToContainTextAsync("Proposed");
    }
}
