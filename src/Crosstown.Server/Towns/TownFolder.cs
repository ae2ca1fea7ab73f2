using System.Text.Json;
using Crosstown.Core.Street;
using Crosstown.Logs.Configuration;
using Crosstown.Server.City;
using Crosstown.Server.Measuring;
using Crosstown.Server.Retiming;
using Crosstown.Simulation.Towns;
using Crosstown.Timing.Guard;

namespace Crosstown.Server.Towns;

/// <summary>Writes what a city would have entered of the town before its first log: signals, what was measured in the field, corridors and the map under them.</summary>
internal static class TownFolder
{
    /// <summary>Places in the town's list of signals that nobody has entered yet: what is learned from their logs waits for a person to accept it.</summary>
    private static readonly int[] s_notEntered = [13, 23];

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <param name="data">The data folder; its files of these names are replaced.</param>
    public static void Write(Town town, string data)
    {
        var signals = Path.Combine(data, SignalConfigurations.Folder);
        Directory.CreateDirectory(signals);
        for (var i = 0; i < town.Signals.Count; i++)
        {
            var configuration = town.Signals[i].Configuration;
            using var file = File.Create(Path.Combine(signals, $"{configuration.Signal}.json"));
            SignalFiles.Write(file, s_notEntered.Contains(i) ? PlaceOf(configuration) : configuration);
        }

        using (var facts = File.Create(Path.Combine(data, RetimingRun.FactsFileName)))
        {
            FactsFile.Write(facts, TownFacts.Of(town));
        }

        File.WriteAllText(Path.Combine(data, Corridors.FileName), JsonSerializer.Serialize(CityOf(town), s_json));
        File.WriteAllText(Path.Combine(data, Basemap.FileName), JsonSerializer.Serialize(MapOf(town), s_json));
    }

    private static SignalConfiguration PlaceOf(SignalConfiguration whole) =>
        new() { Signal = whole.Signal, Name = whole.Name, Zone = whole.Zone, Latitude = whole.Latitude, Longitude = whole.Longitude };

    private static object CityOf(Town town) => new
    {
        name = "Crosstown Demo",
        zone = town.LocalTime.Zone,
        corridors = TownCorridors.ListAll(town).Select(c => new
        {
            id = c.Id,
            name = c.Name,
            forward = c.Forward.ToString().ToLowerInvariant(),
            backward = c.Backward.ToString().ToLowerInvariant(),
            signals = c.Signals.Select(SignalOf),
        }),
    };

    private static Dictionary<string, object> SignalOf(CorridorSignal s)
    {
        var fields = new Dictionary<string, object> { ["signal"] = s.Signal.Value, ["distanceFt"] = s.DistanceFt };
        if (s.SpeedMphToNext is { } speed)
        {
            fields["speedMph"] = speed;
        }

        AddGroup(fields, "forward", s.ForwardGroup);
        AddGroup(fields, "backward", s.BackwardGroup);
        return fields;
    }

    private static void AddGroup(Dictionary<string, object> fields, string side, SignalGroup? group)
    {
        if (group is { } g)
        {
            fields[side + (g.IsOverlap ? "Overlap" : "Phase")] = g.Number;
        }
    }

    private static object MapOf(Town town) => new
    {
        type = "FeatureCollection",
        features = TownMap.Of(town).Select(f =>
        {
            var points = f.Points.Select(p => new[] { p.Longitude, p.Latitude }).ToArray();
            return new
            {
                type = "Feature",
                properties = new { kind = f.Kind.ToString().ToLowerInvariant(), name = f.Name },
                geometry = new { type = f.IsArea ? "Polygon" : "LineString", coordinates = f.IsArea ? new object[] { points } : (object)points },
            };
        }),
    };
}
