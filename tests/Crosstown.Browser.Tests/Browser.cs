using System.Text.Json;
using Microsoft.Playwright;

namespace Crosstown.Browser.Tests;

/// <summary>Debian's Chromium, driven by Playwright: started once for all tests.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(f => Path.Combine(f, "chromium")).FirstOrDefault(File.Exists);
        if (path is null)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = path,
            Args = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
        });
    }

    /// <summary>Opens a fresh window with nothing remembered; skips the running test where there is no browser.</summary>
    public async Task<View> OpenAsync(string address, int width = 1440, int height = 900, bool isDark = false, bool isPhone = false)
    {
        Assert.SkipWhen(_browser is null, "Chromium is not installed.");
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address,
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            HasTouch = isPhone,
            IsMobile = isPhone,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "en-US",
        });
        return new View(context, await context.NewPageAsync(), address);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}

/// <summary>One window, with everything that went wrong in it.</summary>
public sealed class View : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _wrong = [];
    private readonly List<string> _foreign = [];

    internal View(IBrowserContext context, IPage page, string address)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _wrong.Add($"console: {message.Text} at {message.Location}");
            }
        };
        page.PageError += (_, error) => _wrong.Add($"script: {error}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address + "/", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:" + address, StringComparison.Ordinal))
            {
                _foreign.Add(request.Url);
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Errors that scripts threw or wrote, with their places.</summary>
    public IReadOnlyList<string> Wrong => _wrong;

    /// <summary>Requests to any other host.</summary>
    public IReadOnlyList<string> Foreign => _foreign;

    /// <summary>Goes to an address and waits until the page has drawn what it asked for.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path, new PageGotoOptions { WaitUntil = WaitUntilState.Load, Timeout = 30_000 });
        await SettleAsync();
    }

    /// <summary>Waits until nothing on the page says that it is busy.</summary>
    public async Task SettleAsync()
    {
        await Page.WaitForFunctionAsync("() => document.querySelector('main, [role=main]') && !document.querySelector('[aria-busy=true]')", null, new PageWaitForFunctionOptions { Timeout = 30_000 });
        await Page.WaitForTimeoutAsync(150);
    }

    /// <summary>What axe objects to, one line each; empty when nothing.</summary>
    public async Task<IReadOnlyList<string>> ListViolationsAsync()
    {
        await Page.EvaluateAsync(Repository.Axe());
        var json = await Page.EvaluateAsync<string>(
            """
            async () => {
              const r = await axe.run(document, { resultTypes: ['violations'] });
              return JSON.stringify(r.violations.map(v => v.id + ': ' + v.help + ' | ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' (' + (n.any[0] || n.all[0] || n.none[0] || {}).message + ')').join(' | ')));
            }
            """);
        return JsonSerializer.Deserialize<string[]>(json)!;
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
