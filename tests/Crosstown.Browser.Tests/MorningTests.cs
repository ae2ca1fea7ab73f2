using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Crosstown.Browser.Tests;

/// <summary>Ten things that a signal technician does in a morning, on the live town: with the mouse, without it, and on a phone.</summary>
public sealed partial class MorningTests(LiveTown town, Browser browser)
{
    /// <summary>A signal whose log and configuration are whole.</summary>
    private const string Signal = "1004";

    /// <summary>A signal that nobody has entered yet.</summary>
    private const string NotEntered = "1014";

    public enum Device
    {
        Mouse,
        Phone,
    }

    [Theory]
    [InlineData(Device.Mouse)]
    [InlineData(Device.Phone)]
    public async Task Which_signals_need_a_look(Device device)
    {
        await using var view = await OpenAsync(device, "/app/");
        var chip = view.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Degraded") });
        var count = int.Parse(await chip.Locator("strong").InnerTextAsync(), CultureInfo.InvariantCulture);
        Assert.True(count > 0, "The town has faults, and the map says that all is well.");

        await chip.ClickAsync();

        await Assertions.Expect(view.Page).ToHaveURLAsync(new Regex("class=degraded"));
        await Assertions.Expect(view.Page.GetByRole(AriaRole.Region, new() { Name = "Signals" }).Locator("li")).ToHaveCountAsync(count, new() { Timeout = 10_000 });
    }

    [Theory]
    [InlineData(Device.Mouse)]
    [InlineData(Device.Phone)]
    public async Task Find_a_signal_by_its_streets(Device device)
    {
        await using var view = await OpenAsync(device, "/app/signals");
        await view.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("Search") }).First.ClickAsync();
        await view.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Combobox).FillAsync("harrison mill");

        await view.Page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex(Signal) }).ClickAsync();

        await Assertions.Expect(view.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Harrison Avenue & Mill Road");
    }

    [Theory]
    [InlineData(Device.Mouse)]
    [InlineData(Device.Phone)]
    public async Task Read_what_the_night_brought_and_go_to_the_detector(Device device)
    {
        await using var view = await OpenAsync(device, "/app/findings?cause=detector");
        var finding = view.Page.Locator(".finding").First;
        await Assertions.Expect(finding).ToBeVisibleAsync(new() { Timeout = 30_000 });
        Assert.NotEqual("", await finding.Locator(".finding-title").InnerTextAsync());
        Assert.NotEqual("", await finding.Locator(".finding-action").InnerTextAsync());

        await finding.GetByRole(AriaRole.Link).First.ClickAsync();

        await Assertions.Expect(view.Page).ToHaveURLAsync(new Regex("/app/signals/[0-9]+/detectors/[0-9]+"));
    }

    [Theory]
    [InlineData(Device.Mouse)]
    [InlineData(Device.Phone)]
    public async Task Silence_a_finding_that_is_known_with_a_reason_and_wake_it_again(Device device)
    {
        await using var view = await OpenAsync(device, "/app/findings");
        var finding = view.Page.Locator(".finding").First;
        await Assertions.Expect(finding).ToBeVisibleAsync(new() { Timeout = 30_000 });
        var before = await view.Page.Locator(".finding").CountAsync();
        await finding.GetByRole(AriaRole.Button, new() { Name = "Snooze…" }).ClickAsync();
        var dialog = view.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Radio).First.CheckAsync();

        await dialog.GetByRole(AriaRole.Button, new() { Name = "Snooze", Exact = true }).ClickAsync();

        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        await Assertions.Expect(view.Page.Locator(".finding")).ToHaveCountAsync(before - 1, new() { Timeout = 10_000 });
        await view.Page.GetByLabel(new Regex("Show snoozed")).CheckAsync();
        await view.Page.GetByRole(AriaRole.Button, new() { Name = "Wake" }).First.ClickAsync();
        await Assertions.Expect(view.Page.GetByRole(AriaRole.Button, new() { Name = "Wake" })).ToHaveCountAsync(0, new() { Timeout = 10_000 });
    }

    [Theory]
    [InlineData(Device.Mouse)]
    [InlineData(Device.Phone)]
    public async Task Look_at_the_coordination_of_one_phase_yesterday(Device device)
    {
        await using var view = await OpenAsync(device, $"/app/signals/{Signal}?p=coordination");
        await view.Page.GetByRole(AriaRole.Button, new() { NameRegex = TimesWord() }).First.ClickAsync();
        await view.Page.GetByRole(AriaRole.Button, new() { Name = "Yesterday" }).ClickAsync();
        await PhaseOf(view).SelectOptionAsync("2");
        await view.SettleAsync();

        await Assertions.Expect(view.Page.Locator(".chart-panel canvas").First).ToBeVisibleAsync();
        await Assertions.Expect(view.Page.Locator(".chart-panel")).ToContainTextAsync("sees");
        Assert.True(await InkAsync(view) > 2000, "The diagram is next to empty.");
    }

    [Theory]
    [InlineData(Device.Mouse)]
    [InlineData(Device.Phone)]
    public async Task See_the_log_rows_behind_a_dot(Device device)
    {
        await using var view = await OpenAsync(device, $"/app/signals/{Signal}?p=coordination&phase=2&t=now-3h");
        var canvas = view.Page.Locator(".chart-panel [role=slider]").First;
        await canvas.FocusAsync();
        for (var i = 0; i < 5; i++)
        {
            await canvas.PressAsync("ArrowRight");
        }

        await canvas.PressAsync("Enter");

        var drawer = view.Page.GetByRole(AriaRole.Complementary, new() { Name = "Log rows behind the chosen mark" });
        await Assertions.Expect(drawer).ToBeVisibleAsync();
        await Assertions.Expect(drawer.GetByRole(AriaRole.Row).Nth(1)).ToBeVisibleAsync(new() { Timeout = 10_000 });
    }

    [Theory]
    [InlineData(Device.Mouse)]
    [InlineData(Device.Phone)]
    public async Task Compare_today_with_the_day_before(Device device)
    {
        await using var view = await OpenAsync(device, $"/app/signals/{Signal}?p=termination&t=now-3h&cmp=-1d");

        await Assertions.Expect(view.Page.Locator(".compare-table")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        Assert.True(await view.Page.Locator(".compare-table tbody tr").CountAsync() > 0);
    }

    [Theory]
    [InlineData(Device.Mouse)]
    [InlineData(Device.Phone)]
    public async Task Send_a_colleague_a_link_that_shows_the_same(Device device)
    {
        await using var view = await OpenAsync(device, $"/app/signals/{Signal}?p=split-monitor&phase=4");
        await view.Page.GetByRole(AriaRole.Button, new() { NameRegex = TimesWord() }).First.ClickAsync();
        await view.Page.GetByRole(AriaRole.Button, new() { Name = "Yesterday" }).ClickAsync();
        await view.SettleAsync();
        var link = view.Page.Url;

        await using var other = await browser.OpenAsync(town.Address, device == Device.Phone ? 390 : 1440, device == Device.Phone ? 844 : 900, isPhone: device == Device.Phone);
        await other.GoAsync(link[town.Address.Length..]);

        Assert.Equal(link, other.Page.Url);
        Assert.Equal(await view.Page.Locator(".scrubber-range").InnerTextAsync(), await other.Page.Locator(".scrubber-range").InnerTextAsync());
        Assert.Equal(await PhaseOf(view).InputValueAsync(), await PhaseOf(other).InputValueAsync());
    }

    [Theory]
    [InlineData(Device.Mouse)]
    [InlineData(Device.Phone)]
    public async Task Take_the_split_monitor_home_as_a_table(Device device)
    {
        await using var view = await OpenAsync(device, $"/app/signals/{Signal}?p=split-monitor&t=now-6h");
        await view.Page.GetByRole(AriaRole.Button, new() { Name = "Export" }).First.ClickAsync();

        var download = await view.Page.RunAndWaitForDownloadAsync(() => view.Page.Locator(".export-menu").GetByRole(AriaRole.Button, new() { NameRegex = new Regex("CSV") }).First.ClickAsync());

        var lines = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.True(lines.Length > 10, $"{lines.Length} lines");
        Assert.Contains("phase", lines[0]);
    }

    [Theory]
    [InlineData(Device.Mouse)]
    [InlineData(Device.Phone)]
    public async Task Open_what_the_log_says_of_a_signal_that_nobody_entered(Device device)
    {
        await using var view = await OpenAsync(device, $"/app/configuration/{NotEntered}");

        await Assertions.Expect(view.Page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex("[Pp]roposal|[Ll]earned") }).First).ToBeVisibleAsync(new() { Timeout = 60_000 });
    }

    [Fact]
    public async Task The_morning_without_a_mouse()
    {
        await using var view = await OpenAsync(Device.Mouse, "/app/");
        var keys = view.Page.Keyboard;

        // To a signal by its number.
        await keys.PressAsync("/");
        await Assertions.Expect(view.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Combobox)).ToBeFocusedAsync();
        await keys.TypeAsync(Signal);
        await keys.PressAsync("Enter");
        await Assertions.Expect(view.Page).ToHaveURLAsync(new Regex($"/app/signals/{Signal}"));
        await view.SettleAsync();

        // Stop the time, a day back, live again.
        await keys.PressAsync("Space");
        await Assertions.Expect(view.Page.Locator(".scrubber-live")).ToContainTextAsync("Paused");
        var paused = await view.Page.Locator(".scrubber-range").InnerTextAsync();
        await keys.PressAsync("Shift+ArrowLeft");
        await Assertions.Expect(view.Page.Locator(".scrubber-range")).Not.ToHaveTextAsync(paused);
        await keys.PressAsync("l");
        await Assertions.Expect(view.Page.Locator(".scrubber-live")).ToContainTextAsync("Live");

        // The next signal and back.
        await keys.PressAsync("]");
        await Assertions.Expect(view.Page).ToHaveURLAsync(new Regex("/app/signals/1005"));
        await view.SettleAsync();
        await keys.PressAsync("[");
        await Assertions.Expect(view.Page).ToHaveURLAsync(new Regex($"/app/signals/{Signal}"));

        // Findings, the map, and the help.
        await keys.PressAsync("g");
        await keys.PressAsync("a");
        await Assertions.Expect(view.Page).ToHaveURLAsync(new Regex("/app/findings"));
        await keys.PressAsync("g");
        await keys.PressAsync("m");
        await Assertions.Expect(view.Page).ToHaveURLAsync(new Regex("/app/(\\?|$)"));
        await view.SettleAsync();
        await keys.TypeAsync("?");
        await Assertions.Expect(view.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Assertions.Expect(view.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);

        // From the list of signals by Tab and Enter alone.
        await keys.PressAsync("g");
        await keys.PressAsync("s");
        await Assertions.Expect(view.Page).ToHaveURLAsync(new Regex("/app/signals"));
        await view.SettleAsync();
        for (var i = 0; i < 80 && !await view.Page.EvaluateAsync<bool>("() => /\\/app\\/signals\\/[0-9]/.test(document.activeElement?.getAttribute('href') ?? '')"); i++)
        {
            await keys.PressAsync("Tab");
        }

        await keys.PressAsync("Enter");
        await Assertions.Expect(view.Page).ToHaveURLAsync(new Regex("/app/signals/[0-9]+"));
    }

    [GeneratedRegex("[0-9]{2}:[0-9]{2}")]
    private static partial Regex TimesWord();

    private static ILocator PhaseOf(View view) => view.Page.Locator("label.chart-control", new() { HasText = "Phase" }).Locator("select").First;

    private async Task<View> OpenAsync(Device device, string path)
    {
        var isPhone = device == Device.Phone;
        var view = await browser.OpenAsync(town.Address, isPhone ? 390 : 1440, isPhone ? 844 : 900, isPhone: isPhone);
        await view.GoAsync(path);
        return view;
    }

    /// <summary>How many pixels of the first chart's canvases are drawn.</summary>
    private static Task<int> InkAsync(View view) => view.Page.EvaluateAsync<int>(
        """
        () => [...document.querySelectorAll('.chart-panel canvas')].reduce((sum, c) => {
          const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
          let n = 0;
          for (let i = 3; i < d.length; i += 4) n += d[i] > 0 ? 1 : 0;
          return sum + n;
        }, 0)
        """);
}
