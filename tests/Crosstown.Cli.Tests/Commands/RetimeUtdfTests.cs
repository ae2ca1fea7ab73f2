using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crosstown.Cli.Tests.Output;
using Crosstown.Timing.Tests.Utdf;

namespace Crosstown.Cli.Tests.Commands;

/// <summary>The program itself on a file of two signals, one of them locked.</summary>
public sealed class RetimeUtdfTests
{
    [Fact]
    [Trait("rule", "C03")]
    public async Task Plans_that_pass_the_guard_are_written_in_every_form_and_without_its_facts_only_the_reasons_are()
    {
        using var folder = new ScratchFolder();
        var file = folder.Write("main.csv", UtdfFiles.Small);
        var facts = folder.Write("facts.json", """{"version": 1, "signals": [{"signal": "*", "preventsBackup": true}]}""");
        var (bare, whole) = (Path.Combine(folder.Path, "bare"), Path.Combine(folder.Path, "whole"));

        var refused = await RunAsync("retime", "--utdf", file, "--out", bare);
        var passed = await RunAsync("retime", "--utdf", file, "--out", whole, "--facts", facts, "--proof", "simulation", "--proof-seeds", "2", "--json");

        Assert.Equal((1, 0), (refused.Exit, passed.Exit));
        Assert.Equal(["assumptions.csv", "left-out.csv"], Names(bare));
        Assert.Contains("XT621", File.ReadAllText(Path.Combine(bare, "left-out.csv")), StringComparison.Ordinal);
        Assert.Contains("1 refused by the guard", refused.Said, StringComparison.Ordinal);
        Assert.Equal(["assumptions.csv", "before-after.csv", "left-out.csv", "main.csv", "patterns.csv", "plans.json", "sheets.html"], Names(whole));

        using var summary = JsonDocument.Parse(passed.Said);
        Assert.Equal((2, 1, 1), (Number(summary, "signals"), Number(summary, "retimed"), Number(summary, "not_asked")));
        using var plans = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(whole, "plans.json")));
        var signal = Assert.Single(plans.RootElement.GetProperty("signals").EnumerateArray());
        Assert.Equal("1", signal.GetProperty("signal").GetString());
        Assert.Contains(signal.GetProperty("assumptions").EnumerateArray(), a => a.GetProperty("fact").GetString() == "width to clear" && a.GetProperty("phase").GetInt32() == 2);
        var sheet = File.ReadAllText(Path.Combine(whole, "sheets.html"));
        Assert.Contains("Not measured: width to clear", sheet, StringComparison.Ordinal);
        Assert.Contains("degree of saturation", sheet, StringComparison.Ordinal);

        // Four approaches at each of two signals, and a header; what the simulator saw stands beside the model's, with its spread.
        var rows = File.ReadLines(Path.Combine(whole, "before-after.csv")).Select(r => r.Split(',')).ToList();
        Assert.Equal(9, rows.Count);
        double Cell(string[] row, string column) => double.Parse(row[Array.IndexOf(rows[0], column)], CultureInfo.InvariantCulture);
        var busy = rows.Skip(1).Where(r => Cell(r, "volume_veh_h") >= 100).ToList();
        Assert.NotEmpty(busy);
        Assert.All(busy, r => Assert.InRange(Cell(r, "simulation_delay_after_s") / Cell(r, "delay_after_s"), 0.4, 2.5));
        Assert.All(busy, r => Assert.True(Cell(r, "simulation_delay_after_s_deviation") >= 0));
        Assert.All(rows.Skip(1), r => Assert.Equal("", r[Array.IndexOf(rows[0], "sumo_delay_after_s")]));
        Assert.Contains("<th scope=\"colgroup\" colspan=\"3\">simulation</th>", sheet, StringComparison.Ordinal);
        Assert.Equal(["model", "simulation"], summary.RootElement.GetProperty("judges").EnumerateArray().Select(j => j.GetProperty("judge").GetString()));
        Assert.True(summary.RootElement.GetProperty("judges")[1].GetProperty("delay_plan_veh_h").GetDouble() > 0);
        var again = await RunAsync("utdf", "read", Path.Combine(whole, "main.csv"));
        Assert.Equal(0, again.Exit);
        Assert.Equal(UtdfFiles.Small, File.ReadAllText(file));
    }

    [Fact]
    public async Task Options_that_cannot_be_used_are_all_named()
    {
        using var folder = new ScratchFolder();
        var file = folder.Write("main.csv", UtdfFiles.Small);
        var wrong = await RunAsync(
            "retime", "--utdf", file, "--out", Path.Combine(folder.Path, "out"), "--keep", "cycle,greens", "--accept", "storage", "--cycle", "20", "--objective", "beauty", "--within", "-1");
        Assert.Equal(2, wrong.Exit);
        Assert.All(["--keep: 'greens'", "--reason: Say why", "--cycle: 20", "--objective: 'beauty'", "--within: -1"], part => Assert.Contains($"XT674 {part}", wrong.Said, StringComparison.Ordinal));

        var over = await RunAsync("retime", "--utdf", file, "--out", folder.Path);
        Assert.Equal(2, over.Exit);
        Assert.Contains("XT675 --out", over.Said, StringComparison.Ordinal);
        var both = await RunAsync("retime", "--utdf", file, "--scenario", folder.Path, "--out", folder.Path);
        Assert.Equal(2, both.Exit);
        Assert.Equal(["main.csv"], Names(folder.Path));
    }

    private static int Number(JsonDocument json, string name) => json.RootElement.GetProperty(name).GetInt32();

    private static IEnumerable<string?> Names(string folder) => Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private static async Task<(int Exit, string Said)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "crosstown.exe" : "crosstown"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var wrong = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, process.ExitCode == 0 ? await said : await said + await wrong);
    }
}
