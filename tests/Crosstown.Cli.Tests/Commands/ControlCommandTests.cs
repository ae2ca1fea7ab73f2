using System.Globalization;
using System.Text.Json;
using Crosstown.Cli.Tests.Output;

namespace Crosstown.Cli.Tests.Commands;

public sealed class ControlCommandTests
{
    [Theory]
    [InlineData("adaptive", "bench")]
    [InlineData("fixed", "field")]
    [InlineData("actuated", "field")]
    [InlineData("max-pressure", "bench")]
    [InlineData("cyclic-max-pressure", "field")]
    public async Task Each_controller_drives_a_simulation_to_its_end_without_a_refused_state(string controller, string profile)
    {
        using var sumo = DrawnSumo.Start();
        using var relay = new TraciRelay(sumo.Port, steps: 250);

        var (exit, said) = await InstalledProgram.RunAsync(
            "", "control", "--traci", Place(relay.Port), "--scenario", sumo.Folder, "--controller", controller, "--profile", profile, "--seed", "3");

        Assert.True(exit == 0, said);
        Assert.Matches(@"^25[01] steps of 2 signals; own time for a signal and second \d+\.\d{3} ms on average, \d+\.\d{3} ms at the 99th percentile; 0 states refused; 0 seconds with another state than ordered\s*(Detectors: .*\s*)?$", said);
        Assert.InRange(relay.Commands[0xC2], 8, 250);
        Assert.Contains((byte)0xDD, relay.Commands.Keys);
    }

    [Fact]
    public async Task What_a_run_took_is_recorded_where_it_is_asked_for()
    {
        using var sumo = DrawnSumo.Start();
        using var relay = new TraciRelay(sumo.Port, steps: 60);
        using var folder = new ScratchFolder();
        var file = Path.Combine(folder.Path, "record.json");

        var (exit, said) = await InstalledProgram.RunAsync("", "control", "--traci", Place(relay.Port), "--scenario", sumo.Folder, "--controller", "actuated", "--record", file);

        Assert.True(exit == 0, said);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        var record = json.RootElement;
        Assert.Equal((1, 2, 0, 0), (record.GetProperty("version").GetInt32(), record.GetProperty("signals").GetInt32(), record.GetProperty("refused_states").GetInt32(), record.GetProperty("fallen_back").GetArrayLength()));
        Assert.InRange(record.GetProperty("steps").GetInt32(), 60, 61);
        Assert.InRange(record.GetProperty("mean_ms").GetDouble(), 0, record.GetProperty("p99_ms").GetDouble());
    }

    [Theory]
    [InlineData("adaptive")]
    [InlineData("actuated")]
    public async Task With_loops_alone_nothing_else_is_asked_of_the_street(string controller)
    {
        using var sumo = DrawnSumo.Start();
        using var relay = new TraciRelay(sumo.Port, steps: 250);

        var (exit, said) = await InstalledProgram.RunAsync("", "control", "--traci", Place(relay.Port), "--scenario", sumo.Folder, "--controller", controller, "--sensing", "loops");

        Assert.True(exit == 0, said);
        Assert.Contains("; 0 states refused", said, StringComparison.Ordinal);
        Assert.Contains((byte)0xD0, relay.Commands.Keys);
        Assert.DoesNotContain((byte)0xDD, relay.Commands.Keys);
    }

    [Fact]
    public async Task All_bad_options_are_named_at_once_with_what_they_may_be()
    {
        using var folder = new ScratchFolder();

        var (exit, said) = await InstalledProgram.RunAsync(
            "", "control", "--traci", "127.0.0.1:70000", "--scenario", folder.Path, "--controller", "best", "--sensing", "full", "--profile", "fast");

        Assert.Equal(2, exit);
        Assert.Contains("XT799 --traci: '127.0.0.1:70000' is no place of a simulator; write HOST:PORT with a port of 1 to 65535.", said, StringComparison.Ordinal);
        Assert.Contains("XT799 --controller: 'best' is none of adaptive, fixed, actuated, max-pressure, cyclic-max-pressure.", said, StringComparison.Ordinal);
        Assert.Contains("XT799 --sensing: 'full' is none of area, loops.", said, StringComparison.Ordinal);
        Assert.Contains("XT799 --profile: 'fast' is none of bench, field.", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_scenario_is_named_and_missing_options_too()
    {
        using var folder = new ScratchFolder();

        var missing = await InstalledProgram.RunAsync("", "control", "--traci", "127.0.0.1:1", "--scenario", folder.Path);
        var unsaid = await InstalledProgram.RunAsync("", "control");

        Assert.Equal((2, 2), (missing.Exit, unsaid.Exit));
        Assert.Contains("XT102", missing.Said, StringComparison.Ordinal);
        Assert.Contains("--traci", unsaid.Said, StringComparison.Ordinal);
        Assert.Contains("--scenario", unsaid.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_names_every_option_and_what_it_may_be()
    {
        var (exit, said) = await InstalledProgram.RunAsync("", "control", "--help");

        Assert.Equal(0, exit);
        Assert.All(
            new[] { "--traci", "--scenario", "--controller", "--sensing", "--profile", "--seed", "adaptive", "fixed", "actuated", "max-pressure", "cyclic-max-pressure", "area", "loops", "bench", "field" },
            word => Assert.Contains(word, said, StringComparison.Ordinal));
    }

    private static string Place(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
}
