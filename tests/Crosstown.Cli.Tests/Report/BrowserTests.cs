using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crosstown.Cli.Tests.Output;

namespace Crosstown.Cli.Tests.Report;

/// <summary>The report in a real browser: it can be used by everyone, and it fits narrow and wide screens.</summary>
public sealed partial class BrowserTests(SmallTown town, ITestOutputHelper output) : IClassFixture<SmallTown>
{
    [Theory]
    [InlineData(1440, false)]
    [InlineData(1440, true)]
    [InlineData(390, false)]
    [InlineData(390, true)]
    public void Axe_finds_nothing_to_object_to(int width, bool isDark)
    {
        var axe = Path.Combine(Folder(), "node_modules", "axe-core", "axe.min.js");
        Assert.SkipUnless(File.Exists(axe), "axe is not installed: npm ci --prefix tests/web --ignore-scripts");
        using var folder = new ScratchFolder();
        var page = Path.Combine(folder.Path, "page.html");
        // Everything is opened, so that axe sees it; naming an open part so twice does no harm.
        var report = File.ReadAllText(town.Report).Replace("<details", "<details open", StringComparison.Ordinal);
        File.WriteAllText(page, report.Replace("</body>", $"<script>{File.ReadAllText(axe)}</script><script>{Probe}</script></body>", StringComparison.Ordinal));

        var dom = Chromium(folder, page, width, isDark, "--virtual-time-budget=120000", "--dump-dom");

        var found = Answer().Match(dom);
        Assert.True(found.Success, "The page did not answer: " + dom[..Math.Min(400, dom.Length)]);
        using var answer = JsonDocument.Parse(Convert.FromBase64String(found.Groups[1].Value));
        foreach (var violation in answer.RootElement.GetProperty("violations").EnumerateArray())
        {
            output.WriteLine(violation.ToString());
        }

        Assert.Equal(0, answer.RootElement.GetProperty("violations").GetArrayLength());
        Assert.True(answer.RootElement.GetProperty("passes").GetInt32() > 15, "axe checked next to nothing");
        Assert.Equal(isDark, answer.RootElement.GetProperty("dark").GetBoolean());
        Assert.True(answer.RootElement.GetProperty("overflow").GetInt32() <= 0, $"The page is {answer.RootElement.GetProperty("overflow").GetInt32()} px wider than the screen.");
        Assert.Equal(0, answer.RootElement.GetProperty("requests").GetInt32());
    }

    [Theory]
    [InlineData(1440, false)]
    [InlineData(390, true)]
    public void A_screenshot_is_not_empty(int width, bool isDark)
    {
        using var folder = new ScratchFolder();
        var picture = Path.Combine(folder.Path, "page.png");

        Chromium(folder, town.Report, width, isDark, $"--screenshot={picture}");

        // A page of one color packs into a few kilobytes.
        Assert.True(new FileInfo(picture).Length > 30_000, $"{new FileInfo(picture).Length} bytes");
    }

    /// <summary>Runs axe, then writes what it found into the page, which Chromium prints.</summary>
    private const string Probe =
        """
        axe.run(document, { resultTypes: ['violations'] }).then(r => {
          const answer = {
            violations: r.violations.map(v => ({ id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' :: ' + n.failureSummary) })),
            passes: r.passes.length,
            dark: matchMedia('(prefers-color-scheme: dark)').matches,
            overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
            requests: performance.getEntriesByType('resource').length,
          };
          document.body.innerHTML = '<p id="answer">' + btoa(unescape(encodeURIComponent(JSON.stringify(answer)))) + '</p>';
        });
        """;

    private static string Chromium(ScratchFolder folder, string page, int width, bool isDark, params string[] wanted)
    {
        var browser = FindOnPath("chromium");
        Assert.SkipWhen(browser is null, "Chromium is not installed.");
        var start = new ProcessStartInfo(browser!) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            $"--user-data-dir={Path.Combine(folder.Path, "profile")}", string.Create(CultureInfo.InvariantCulture, $"--window-size={width},2000"),
            .. isDark ? ["--blink-settings=preferredColorScheme=0"] : (string[])["--blink-settings=preferredColorScheme=1"], .. wanted, new Uri(page).AbsoluteUri,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(2)), "Chromium did not end.");
        errors.GetAwaiter().GetResult();
        return text;
    }

    private static string? FindOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(p => Path.Combine(p, program)).FirstOrDefault(File.Exists);

    private static string Folder([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "web"));

    [GeneratedRegex("<p id=\"answer\">([A-Za-z0-9+/=]+)</p>")]
    private static partial Regex Answer();
}
