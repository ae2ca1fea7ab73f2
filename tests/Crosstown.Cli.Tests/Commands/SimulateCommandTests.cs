using System.Text.Json;
using Crosstown.Cli.Tests.Output;

namespace Crosstown.Cli.Tests.Commands;

public sealed class SimulateCommandTests
{
    [Fact]
    [Trait("Category", SharedData.Category)]
    public async Task A_scenario_is_driven_the_same_way_twice_and_what_its_signals_log_can_be_imported()
    {
        var scenario = SharedData.PathTo("data/scenarios/xt-grid2x3");
        using var folder = new ScratchFolder();
        var events = Path.Combine(folder.Path, "events");

        var first = await InstalledProgram.RunAsync("", "simulate", scenario, "--seed", "3", "--events", events, "--day", "2024-05-15", "--json");
        var second = await InstalledProgram.RunAsync("", "simulate", scenario, "--seed", "3", "--events", Path.Combine(folder.Path, "again"), "--day", "2024-05-15", "--json");
        var other = await InstalledProgram.RunAsync("", "simulate", scenario, "--seed", "4", "--json");
        var import = await InstalledProgram.RunAsync("", "import", events, "--data", Path.Combine(folder.Path, "data"));

        Assert.Equal((0, first.Said), (second.Exit, second.Said));
        Assert.NotEqual(first.Said, other.Said);
        using var summary = JsonDocument.Parse(first.Said);
        var root = summary.RootElement;
        Assert.Equal(root.GetProperty("scheduled").GetInt32(), root.GetProperty("arrived").GetInt32());
        Assert.InRange(root.GetProperty("mean_delay_s").GetDouble(), 10, 200);
        Assert.Equal(6, Directory.GetFiles(events).Length);
        Assert.All(Directory.GetFiles(events), f => Assert.Equal(File.ReadAllText(f), File.ReadAllText(Path.Combine(folder.Path, "again", Path.GetFileName(f)))));
        Assert.Equal(0, import.Exit);
        Assert.Contains($"{root.GetProperty("events").GetInt64():N0} events added", import.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_driven_is_named()
    {
        using var folder = new ScratchFolder();
        folder.Write("scenario.json", "{\"name\": \"x\", \"net\": \"net.net.xml\"}");

        var missing = await InstalledProgram.RunAsync("", "simulate", folder.Path);
        var day = await InstalledProgram.RunAsync("", "simulate", folder.Path, "--day", "15.5.2024");

        Assert.Equal((2, 2), (missing.Exit, day.Exit));
        Assert.Contains("XT102", missing.Said, StringComparison.Ordinal);
        Assert.Contains("net.net.xml", missing.Said, StringComparison.Ordinal);
        Assert.Contains("XT739 --day: '15.5.2024' is no day", day.Said, StringComparison.Ordinal);
    }
}
