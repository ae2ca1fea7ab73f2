using System.CommandLine;
using System.Globalization;
using Crosstown.Control.Adaptive;
using Crosstown.Control.Traci;
using Crosstown.Core.Networks;

namespace Crosstown.Cli.Commands;

internal static class ControlCommand
{
    public static Command Create()
    {
        var traci = new Option<string>("--traci") { Description = "Where a SUMO waits for its client, as HOST:PORT.", Required = true };
        var scenario = new Option<string>("--scenario") { Description = "Folder with scenario.json, the network, the detectors and the reference plan.", Required = true };
        var controller = new Option<string>("--controller") { Description = "Who decides.", DefaultValueFactory = _ => "adaptive" };
        var profile = new Option<string>("--profile") { Description = "Times to keep: bench for comparisons, field for a street.", DefaultValueFactory = _ => "bench" };
        var command = new Command("control", "Controls the signals of a simulation second by second.") { traci, scenario, controller, profile };
        command.SetAction(result =>
        {
            var place = result.GetRequiredValue(traci).Split(':');
            var street = ScenarioFolder.Open(result.GetRequiredValue(scenario));
            using var client = TraciClient.Connect(place[0], int.Parse(place[1], CultureInfo.InvariantCulture), TimeSpan.FromSeconds(30));
            var roads = result.GetRequiredValue(profile) == "field" ? RoadProfile.Field : RoadProfile.Bench;
            var times = TraciRun.Drive(client, street.Network, street.Equipment, street.Reference, roads, s => new RollingController(s, roads));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times.Count} steps, {times.Average():0.000} ms on average, p99 {times.Order().ElementAt(times.Count * 99 / 100):0.000} ms"));
            return 0;
        });
        return command;
    }
}
