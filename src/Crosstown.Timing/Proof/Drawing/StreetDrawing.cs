using System.Collections.Immutable;
using Crosstown.Core.Networks;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Proof.Drawing;

/// <summary>How a timing network is drawn.</summary>
public sealed record StreetDrawingOptions
{
    /// <summary>Index of the demand that is drawn.</summary>
    public int Demand { get; init; }

    /// <summary>By signal: whether it is drawn. Traffic from signals that are not comes evenly. Empty: all.</summary>
    public ImmutableArray<bool> Signals { get; init; } = [];

    /// <summary>Speed of streets whose length nothing says, m/s.</summary>
    public double SpeedMps { get; init; } = 13.4;

    /// <summary>Length of approaches that no signal feeds, m. Who finds no room there waits outside and is counted.</summary>
    public double EntryM { get; init; } = 300;
}

/// <summary>An approach of a drawing.</summary>
/// <param name="Signal">Index of the signal.</param>
/// <param name="Direction">Of travel, toward the signal.</param>
/// <param name="Groups">Its lane groups.</param>
/// <param name="Edges">From where it begins to its stop line.</param>
/// <param name="VolumeVehPerHour">As demanded.</param>
public sealed record DrawnApproach(int Signal, TravelDirection Direction, ImmutableArray<int> Groups, ImmutableArray<int> Edges, double VolumeVehPerHour);

/// <summary>A timing network as streets that a traffic simulator can drive on.</summary>
/// <remarks>
/// Every lane group becomes lanes at its stop line, with bays as long as its storage says. Streets between signals are as long as their travel times at their speed; a leg
/// behind each intersection, and from there the approach of the next. Demand that no feeder brings enters where the approach begins. Routes follow the feeders' shares.
/// A vehicle that the network knows nothing more of leaves at the end of the leg. Groups without traffic, or without any phase that their signal has, are not drawn;
/// turns on red, walkers and gaps in coordination are not either.
/// </remarks>
public sealed class StreetDrawing
{
    private const double PlannedS = 3600;

    private readonly FlowSketch _sketch;
    private readonly DriverFit _fit;
    private readonly (int Group, int[] YieldsTo)[][] _links;

    private StreetDrawing(TimingNetwork network, StreetDrawingOptions options)
    {
        _sketch = new FlowSketch(network, options.Demand, s => options.Signals.IsDefaultOrEmpty || options.Signals[s]);
        if (_sketch.Approaches.Count == 0)
        {
            throw new ArgumentException("No lane group of the drawn signals has traffic and a phase.", nameof(network));
        }

        var builder = new RoadBuilder(network, options, _sketch);
        _fit = new DriverFit(network, _sketch, new TripPlanner(_sketch).Plan(0, PlannedS, 0));
        Network = builder.Build(_fit);
        _links = new (int, int[])[network.Signals.Length][];
        for (var s = 0; s < _links.Length; s++)
        {
            _links[s] = [.. Enumerable.Range(0, Network.Connections.Length)
                .Where(c => builder.GroupOf[c] >= 0 && _sketch.ApproachOf[builder.GroupOf[c]]!.Signal == s)
                .OrderBy(c => Network.Connections[c].SignalLink)
                .Select(c => (builder.GroupOf[c], Network.Connections[c].YieldsTo.Select(o => Network.Connections[o].SignalLink).ToArray()))];
        }

        var volumes = network.Demands[options.Demand].VolumeVehPerHour;
        Approaches = [.. _sketch.Approaches.Select(a => new DrawnApproach(a.Signal, a.Direction, [.. a.Groups], [.. a.Stretches.Select(s => s.Edge)], a.Groups.Sum(g => volumes[g])))];
    }

    /// <summary>The streets. Signals are named as <see cref="NameOf"/> says; programs are not in it.</summary>
    public RoadNetwork Network { get; }

    public ImmutableArray<DrawnApproach> Approaches { get; }

    /// <summary>By edge of the network: the approach that begins there, or -1.</summary>
    public ImmutableArray<int> ApproachBegins
    {
        get
        {
            var begins = new int[Network.Edges.Length];
            Array.Fill(begins, -1);
            for (var a = 0; a < Approaches.Length; a++)
            {
                begins[Approaches[a].Edges[0]] = a;
            }

            return [.. begins];
        }
    }

    /// <summary>By lane group: the saturation flow that its lanes and drivers are drawn for, veh/h; null for one that is not drawn.</summary>
    public ImmutableArray<double?> SaturationVehPerHour => _fit.SaturationVehPerHour;

    /// <summary>Name of a signal in the drawing, by its index.</summary>
    public static string NameOf(int signal) => $"S{signal}";

    /// <summary>Draws a network.</summary>
    /// <exception cref="ArgumentException">Nothing is left to draw.</exception>
    public static StreetDrawing Draw(TimingNetwork network, StreetDrawingOptions? options = null) => new(network, options ?? new StreetDrawingOptions());

    /// <summary>Who drives where over a time: as many as the demand asks for, at random moments.</summary>
    /// <param name="startS">Seconds since midnight.</param>
    /// <param name="endS">Seconds since midnight.</param>
    /// <param name="seed">The same seed gives the same trips.</param>
    public RoadDemand Demand(double startS, double endS, ulong seed)
    {
        var trips = new TripPlanner(_sketch).Plan(startS, endS, seed);
        return new RoadDemand
        {
            Kinds = _fit.Kinds,
            Trips = [.. trips.Select(t => new RouteDemand
            {
                DepartS = t.DepartS,
                Kind = _fit.KindOf(t),
                Edges = [.. t.Ways.SelectMany(w => _sketch.ApproachOf[w.Group]!.Stretches.Select(s => s.Edge).Append(w.Leg.Edge))],
                EntryLane = EntryChoice.Best,
                EntryPlace = EntryChoice.First,
                EntrySpeed = EntryChoice.Best,
            })],
        };
    }

    /// <summary>What a plan shows on the drawing's signals.</summary>
    /// <param name="network">The drawn one, or one that differs from it in the phases of its signals: a plan may come with change intervals of its own.</param>
    /// <param name="plan">A pattern for every drawn signal.</param>
    /// <exception cref="ArgumentException">A drawn signal has no pattern.</exception>
    public ImmutableArray<FixedProgram> Programs(TimingNetwork network, NetworkPlan plan)
    {
        var programs = ImmutableArray.CreateBuilder<FixedProgram>();
        for (var s = 0; s < _links.Length; s++)
        {
            if (_links[s].Length > 0)
            {
                var pattern = plan.Patterns[s] ?? throw new ArgumentException($"Signal {network.Signals[s].Signal} has no pattern.", nameof(plan));
                var (phases, offset) = ProgramDrawing.Draw(network.Signals[s], pattern, _links[s], network.Groups);
                programs.Add(new FixedProgram { Signal = NameOf(s), Name = "plan", OffsetS = offset, Phases = phases });
            }
        }

        return programs.ToImmutable();
    }
}
