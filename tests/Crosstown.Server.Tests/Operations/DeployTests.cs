using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Crosstown.Server.Operations;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Tests.Operations;

public sealed partial class DeployTests
{
    private static readonly string s_root = FindRoot();

    [Fact]
    public async Task The_service_is_one_that_systemd_takes()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd-analyze is not here.");
        var folder = Directory.CreateTempSubdirectory("crosstown-unit-");
        var unit = Path.Combine(folder.FullName, "crosstown.service");
        var text = await File.ReadAllTextAsync(Path.Combine(s_root, "deploy", "crosstown.service"));
        await File.WriteAllTextAsync(unit, text.Replace("/usr/lib/crosstown/crosstown serve", "/bin/true serve", StringComparison.Ordinal).Replace("file:/usr/share", "file:///usr/share", StringComparison.Ordinal));

        using var analyze = Process.Start(new ProcessStartInfo("/usr/bin/systemd-analyze", ["verify", "--man=no", unit]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = await analyze.StandardError.ReadToEndAsync();
        await analyze.WaitForExitAsync();
        folder.Delete(recursive: true);

        Assert.DoesNotContain(said.Split('\n'), l => l.Contains("crosstown.service", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_event_of_the_log_and_every_code_of_health_is_in_the_page_on_operations()
    {
        var page = File.ReadAllText(Path.Combine(s_root, "docs", "operations.md"));
        var events = typeof(LogEvents).GetFields().Select(f => (EventId)f.GetValue(null)!).ToList();

        Assert.Equal(events.Count, events.Select(e => e.Id).Distinct().Count());
        Assert.All(events, e => Assert.Contains($"{e.Id}", page, StringComparison.Ordinal));
        var source = File.ReadAllText(Path.Combine(s_root, "src", "Crosstown.Server", "Operations", "Health.cs"));
        var codes = Code().Matches(source).Select(m => m.Groups[1].Value).ToList();
        Assert.True(codes.Count >= 5);
        Assert.All(codes, c => Assert.Contains($"| `{c}` |", page, StringComparison.Ordinal));
    }

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        var folder = Path.GetDirectoryName(thisFile)!;
        while (!File.Exists(Path.Combine(folder, "Crosstown.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    [GeneratedRegex("codes\\.Add\\(\"([a-z-]+)\"\\)")]
    private static partial Regex Code();
}
