using System.Collections.Immutable;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;
using Crosstown.Simulation.Sumo;

namespace Crosstown.Simulation.Vehicles;

/// <summary>A network, who drives on it, and the plan that it begins with: one folder of SUMO's files.</summary>
public sealed record Scenario
{
    public required string Name { get; init; }

    public required RoadNetwork Network { get; init; }

    public required RoadDemand Demand { get; init; }

    /// <summary>Detectors and bus stops.</summary>
    public required RoadEquipment Equipment { get; init; }

    /// <summary>The fixed programs of its reference plan; empty when it has none.</summary>
    public ImmutableArray<FixedProgram> Reference { get; init; } = [];

    /// <summary>Begin of the demand, seconds since midnight.</summary>
    public double StartS { get; init; }

    /// <summary>End of the demand, seconds since midnight.</summary>
    public double EndS { get; init; }

    /// <summary>Time to empty the network after it, s.</summary>
    public double DrainS { get; init; } = 3600;

    /// <summary>What was wrong with its files and left out.</summary>
    public ImmutableArray<Problem> Problems { get; init; } = [];

    /// <summary>The loops of its signals' lanes as detectors that log, numbered by signal in the order of the file, 255 at most for each.</summary>
    public ImmutableArray<StreetDetector> Detectors()
    {
        var signalOf = new string?[Network.Lanes.Length];
        foreach (var connection in Network.Connections.Where(c => c.Signal is not null))
        {
            signalOf[connection.FromLane] ??= connection.Signal;
        }

        // A loop before a bay belongs to the signal that the bay leads to.
        foreach (var connection in Network.Connections.Where(c => c.Signal is null))
        {
            signalOf[connection.FromLane] ??= signalOf[connection.ToLane];
        }

        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        var detectors = ImmutableArray.CreateBuilder<StreetDetector>();
        foreach (var detector in Equipment.Detectors.Where(d => d.IsLoop && signalOf[d.Lane] is not null))
        {
            var signal = signalOf[detector.Lane]!;
            var channel = next.GetValueOrDefault(signal) + 1;
            if (channel <= 255)
            {
                next[signal] = channel;
                detectors.Add(new StreetDetector { Signal = signal, Channel = channel, Lane = detector.Lane, StartM = detector.StartM, EndM = detector.StartM });
            }
        }

        return detectors.ToImmutable();
    }

    /// <summary>Reads a scenario.</summary>
    /// <param name="open">Opens a file of the folder by the name that <c>scenario.json</c> gives it.</param>
    /// <exception cref="ProblemException">The description or the network cannot be read.</exception>
    public static Scenario Read(Func<string, Stream> open)
    {
        const string File = "scenario.json";
        var problems = new List<Problem>();
        JsonElement about;
        try
        {
            using var stream = open(File);
            using var document = JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = 32 });
            about = document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ProblemException("XT734", File, $"It is not JSON: {e.Message}");
        }

        if (about.ValueKind != JsonValueKind.Object)
        {
            throw new ProblemException("XT734", File, "It must be an object with the names of the network's and the demand's files.");
        }

        var network = ReadFile(open, Text(about, "net"), s => SumoNetworkReader.Read(s, Text(about, "net"), problems));
        var equipment = new RoadEquipment();
        foreach (var name in Names(about, "additional").Concat(Names(about, "detectors")))
        {
            var read = ReadFile(open, name, s => SumoEquipmentReader.Read(s, name, network, problems));
            equipment = new RoadEquipment
            {
                Programs = [.. equipment.Programs, .. read.Programs],
                BusStops = [.. equipment.BusStops, .. read.BusStops],
                Detectors = [.. equipment.Detectors, .. read.Detectors],
            };
        }

        var demand = new SumoDemandReader(network, equipment, problems);
        foreach (var name in Names(about, "demand"))
        {
            ReadFile(open, name, s =>
            {
                demand.Read(s, name);
                return true;
            });
        }

        ImmutableArray<FixedProgram> reference = [];
        foreach (var name in Names(about, "reference"))
        {
            reference = ReadFile(open, name, s => SumoEquipmentReader.Read(s, name, network, problems)).Programs;
        }

        return new Scenario
        {
            Name = Names(about, "name").FirstOrDefault() ?? "",
            Network = network,
            Demand = demand.Finish(),
            Equipment = equipment,
            Reference = reference,
            StartS = Number(about, "begin", 0),
            EndS = Number(about, "end", 3600),
            DrainS = Number(about, "drain", 3600),
            Problems = [.. problems],
        };
    }

    private static T ReadFile<T>(Func<string, Stream> open, string name, Func<Stream, T> read)
    {
        using var stream = open(name);
        return read(stream);
    }

    private static string Text(JsonElement about, string field) =>
        Names(about, field).FirstOrDefault() ?? throw new ProblemException("XT734", $"scenario.json {field}", "It must name a file of the folder.");

    private static IEnumerable<string> Names(JsonElement about, string field) =>
        !about.TryGetProperty(field, out var value) ? []
        : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)]
        : [];

    private static double Number(JsonElement about, string field, double otherwise) =>
        !about.TryGetProperty(field, out var value) ? otherwise
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) && number >= 0 ? number
        : throw new ProblemException("XT734", $"scenario.json {field}", $"'{value}' must be a number of seconds, 0 or more.");
}
