using System.Text.Json;
using Crosstown.Cli.Demo;
using Crosstown.Cli.Tests.Output;
using Crosstown.Core.Time;
using Crosstown.Logs.Zones;
using Crosstown.Server.Towns;
using Crosstown.Simulation.Towns;

namespace Crosstown.Cli.Tests.Commands.Retime;

/// <summary>The cabinet files of a street's morning, and a data folder that they were imported into.</summary>
public sealed class StreetMorning : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public StreetMorning()
    {
        var clock = ZoneRules.For(TownFeed.Zone).Map;
        var midnightMs = Town.DefaultStartMs - clock.OffsetMs(Town.DefaultStartMs);
        var town = Town.Create(1, 4, clock, midnightMs);
        TownLog.Write(town, new TimeRange(midnightMs + (330 * 60_000), midnightMs + (600 * 60_000)), new CabinetFiles(Logs, town).Write);
        TownFolder.Write(town, Data);
    }

    public string Logs => Path.Combine(_folder.Path, "logs");

    public string Data => Path.Combine(_folder.Path, "data");

    public string PathTo(string name) => Path.Combine(_folder.Path, name);

    public void Dispose() => _folder.Dispose();
}

/// <summary>The program itself on logs.</summary>
public sealed class RetimeLogsTests(StreetMorning street) : IClassFixture<StreetMorning>
{
    private static readonly string[] s_word = ["--accept", "pedestrians-by-override,near-capacity,storage", "--reason", "walks are rare here"];

    [Fact]
    [Trait("rule", "C03")]
    public async Task Logs_alone_give_plans_sheets_and_what_they_lack()
    {
        var plan = street.PathTo("from-files");
        var (exit, said) = await InstalledProgram.RunAsync("", ["retime", street.Logs, "--zone", TownFeed.Zone, "--out", plan, "--for", "am", "--proof", "model", .. s_word]);

        Assert.True(exit is 0 or 1, said);
        Assert.Contains("it was learned from the log", said, StringComparison.Ordinal);
        foreach (var name in new[] { "figures.csv", "lacks.csv", "assumptions.csv", "left-out.csv", "links.csv", "losses.csv", "before-after.csv" })
        {
            Assert.True(File.ReadLines(Path.Combine(plan, name)).Any(), name);
        }

        // What a log cannot tell is said, and every assumption is named.
        Assert.Contains(File.ReadLines(Path.Combine(plan, "lacks.csv")), l => l.Contains("splits", StringComparison.Ordinal));
        Assert.True(File.ReadLines(Path.Combine(plan, "assumptions.csv")).Count() > 50);
    }

    [Fact]
    [Trait("rule", "C03")]
    public async Task A_data_folder_gives_plans_for_its_corridors_and_a_watch_says_what_they_lose()
    {
        var (imported, importSaid) = await InstalledProgram.RunAsync("", "import", street.Logs, "--data", street.Data, "--zone", TownFeed.Zone);
        Assert.True(imported is 0 or 1, importSaid);
        var plan = street.PathTo("from-data");
        var (exit, said) = await InstalledProgram.RunAsync("", ["retime", "--data", street.Data, "--out", plan, "--json", "--proof", "simulation", "--proof-seeds", "2", .. s_word]);

        Assert.True(exit is 0 or 1, said);
        using var summary = JsonDocument.Parse(said[said.IndexOf('{', StringComparison.Ordinal)..(said.LastIndexOf('}') + 1)]);
        Assert.Equal((4, 0), (summary.RootElement.GetProperty("signals").GetInt32(), summary.RootElement.GetProperty("learned").GetInt32()));
        Assert.True(summary.RootElement.GetProperty("retimed").GetInt32() >= 2, said);
        var morning = summary.RootElement.GetProperty("periods").EnumerateArray().MaxBy(p => p.GetProperty("delay_today_veh_h").GetDouble());
        Assert.True(morning.GetProperty("delay_plan_veh_h").GetDouble() < morning.GetProperty("delay_today_veh_h").GetDouble());
        var judges = morning.GetProperty("judges").EnumerateArray().ToList();
        Assert.Equal(["model", "simulation"], judges.Select(j => j.GetProperty("judge").GetString()));
        Assert.All(judges, j => Assert.True(j.GetProperty("delay_today_veh_h").GetDouble() > 0));
        Assert.Contains("simulation_delay_after_s_deviation", File.ReadLines(Path.Combine(plan, "before-after.csv")).First(), StringComparison.Ordinal);
        Assert.Contains(summary.RootElement.GetProperty("losses").EnumerateArray(), l => l.GetProperty("corridor").GetString() == "harrison" && l.GetProperty("share").GetDouble() > 0.02);
        Assert.Contains(Directory.GetFiles(Path.Combine(plan, "time-space")), f => f.EndsWith("-plan.svg", StringComparison.Ordinal));
        using var plans = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(plan, "plans.json")));
        Assert.Equal(summary.RootElement.GetProperty("retimed").GetInt32(), plans.RootElement.GetProperty("signals").GetArrayLength());

        var (watched, seen) = await InstalledProgram.RunAsync("", "watch", "--data", street.Data, "--out", street.PathTo("watch"));
        Assert.True(watched is 0 or 1, seen);
        Assert.Contains("(harrison), weekdays", seen, StringComparison.Ordinal);
        Assert.Contains("of the time was seen", seen, StringComparison.Ordinal);
        Assert.Contains("losses.csv", Directory.GetFiles(street.PathTo("watch")).Select(Path.GetFileName));

        // One morning is no before and after: it says so instead of a number.
        var (_, effect) = await InstalledProgram.RunAsync("", "effect", "--data", street.Data, "--changed", "2024-05-13", "--corridor", "harrison", "--hours", "06:00-09:00", "--json");
        using var figures = JsonDocument.Parse(effect);
        Assert.Equal(3, figures.RootElement.GetArrayLength());
        Assert.All(figures.RootElement.EnumerateArray(), f => Assert.Equal(("TooFew", JsonValueKind.Null), (f.GetProperty("verdict").GetString(), f.GetProperty("before").ValueKind)));
    }

    [Fact]
    public async Task What_cannot_be_used_is_refused_before_anything_is_read()
    {
        var output = street.PathTo("refused");
        var (exit, said) = await InstalledProgram.RunAsync("", "retime", street.Logs, "--out", output, "--for", "noon", "--periods", "never", "--intervals", "guess");
        Assert.Equal(2, exit);
        Assert.All(["--for: 'noon'", "--periods: 'never'", "--intervals: 'guess'"], part => Assert.Contains($"XT674 {part}", said, StringComparison.Ordinal));

        var (both, two) = await InstalledProgram.RunAsync("", "retime", street.Logs, "--data", street.Data, "--out", output);
        Assert.Equal(2, both);
        Assert.Contains("XT718", two, StringComparison.Ordinal);
        Assert.False(Directory.Exists(output));

        var (day, wrong) = await InstalledProgram.RunAsync("", "effect", "--data", street.Data, "--changed", "yesterday");
        Assert.Equal(2, day);
        Assert.Contains("XT123 --changed", wrong, StringComparison.Ordinal);
    }
}
