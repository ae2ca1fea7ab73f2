using System.Collections.Immutable;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;
using Crosstown.Simulation.Sumo;

namespace Crosstown.Cli.Commands.Retime;

/// <summary>A folder with a network, a demand and a reference plan in SUMO's form, and a <c>scenario.json</c> that says which file is which.</summary>
internal sealed record ScenarioFolder
{
    public required string Name { get; init; }

    public required RoadNetwork Network { get; init; }

    public required RoadDemand Demand { get; init; }

    /// <summary>One program per signal: what runs today, and what may be green together.</summary>
    public required ImmutableArray<FixedProgram> Reference { get; init; }

    /// <summary>Begin of the demand, seconds since midnight.</summary>
    public required double BeginS { get; init; }

    /// <summary>End of the demand.</summary>
    public required double EndS { get; init; }

    /// <summary>Time after the demand's end in which what is on the way may arrive, s.</summary>
    public required double DrainS { get; init; }

    /// <summary>Rows that were left out.</summary>
    public required ImmutableArray<Problem> Problems { get; init; }

    /// <exception cref="ProblemException">XT718: the folder is no scenario; or what its files are refused for.</exception>
    public static ScenarioFolder Open(string folder)
    {
        var file = Path.Combine(folder, "scenario.json");
        if (!File.Exists(file))
        {
            throw new ProblemException("XT718", folder, "There is no scenario.json; give a folder with one.");
        }

        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(File.ReadAllBytes(file));
        }
        catch (JsonException e)
        {
            throw new ProblemException("XT718", file, $"The file is no JSON: {e.Message}");
        }

        using (json)
        {
            var root = json.RootElement;
            var problems = new List<Problem>();
            var network = Read(folder, Text(root, "net", file), (stream, source) => SumoNetworkReader.Read(stream, source, problems));
            var stops = ImmutableArray.CreateBuilder<BusStop>();
            foreach (var additional in List(root, "additional"))
            {
                stops.AddRange(Read(folder, additional, (stream, source) => SumoEquipmentReader.Read(stream, source, network, problems)).BusStops);
            }

            var demand = new SumoDemandReader(network, new RoadEquipment { BusStops = stops.DrainToImmutable() }, problems);
            foreach (var part in List(root, "demand"))
            {
                _ = Read(folder, part, (stream, source) =>
                {
                    demand.Read(stream, source);
                    return source;
                });
            }

            var reference = Read(folder, Text(root, "reference", file), (stream, source) => SumoEquipmentReader.Read(stream, source, network, problems)).Programs;
            if (reference.IsEmpty)
            {
                throw new ProblemException("XT718", file, "The reference plan has no program.");
            }

            return new ScenarioFolder
            {
                Name = root.TryGetProperty("name", out var name) && name.GetString() is { Length: > 0 } text ? text : Path.GetFileName(Path.GetFullPath(folder)),
                Network = network,
                Demand = demand.Finish(),
                Reference = reference,
                BeginS = Number(root, "begin", 0, file),
                EndS = Number(root, "end", 3600, file),
                DrainS = Number(root, "drain", 3600, file),
                Problems = [.. problems],
            };
        }
    }

    private static T Read<T>(string folder, string name, Func<Stream, string, T> read)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            throw new ProblemException("XT718", path, "scenario.json names this file, and it is not there.");
        }

        using var stream = File.OpenRead(path);
        return read(stream, name);
    }

    private static string Text(JsonElement root, string name, string file) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new ProblemException("XT718", file, $"'{name}' is missing; it should name a file of the folder.");

    private static IEnumerable<string> List(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)
            : [];

    private static double Number(JsonElement root, string name, double otherwise, string file) =>
        !root.TryGetProperty(name, out var value) ? otherwise
            : value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and < 1e7 and var number ? number
            : throw new ProblemException("XT718", file, $"'{name}' is {value.GetRawText()}, and should be seconds of 0 or more.");
}
