using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Intervals;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Utdf;

/// <summary>What the guard asks of the signals of a UTDF file: what the file states, what an engineer measured, and what had to be assumed.</summary>
public sealed record UtdfFacts
{
    /// <summary>One per signal of the network, in its order.</summary>
    public required ImmutableArray<SignalFacts> Facts { get; init; }

    /// <summary>What nobody measured, one list per signal in the same order.</summary>
    public required ImmutableArray<ImmutableArray<FactAssumption>> Assumptions { get; init; }

    /// <summary>Takes facts out of a file.</summary>
    /// <remarks>
    /// Stated are phases, patterns, the offset's reference, grades, detectors and which turns go on a green that is not their own. What lacks is assumed to the safe side:
    /// speeds seven above the file's (NCHRP 731), widths and crossings from lanes, medians and crosswalks, bicycles everywhere, left turns in gaps on a circular green. Nothing
    /// says whether a controller prevents backup: that stays unknown until somebody states it.
    /// </remarks>
    /// <param name="document">The document that <paramref name="network"/> was read from.</param>
    /// <param name="measured">What an engineer states, in an order in which later entries count more.</param>
    /// <param name="issues">Takes cells that are no numbers.</param>
    /// <exception cref="ProblemException">XT673: a measured fact names a signal or phase that there is not; all such are listed.</exception>
    public static UtdfFacts Read(UtdfDocument document, UtdfNetwork network, IReadOnlyList<MeasuredFacts> measured, DataIssueLog issues)
    {
        var stated = new UtdfFactsReader(document, network, issues).Read();
        var known = StatedFacts.With(stated, measured);
        return new UtdfFacts { Facts = [.. known.Select(k => k.Facts)], Assumptions = [.. known.Select(k => k.Assumptions)] };
    }
}

/// <summary>Reads the rows of Links and Lanes that facts come from.</summary>
internal sealed class UtdfFactsReader
{
    private readonly UtdfNetwork _network;
    private readonly UtdfRoads _roads;
    private readonly Dictionary<int, Street> _streets = [];
    private readonly Dictionary<UtdfMovement, double> _setbackFt = [];

    public UtdfFactsReader(UtdfDocument document, UtdfNetwork network, DataIssueLog issues)
    {
        _network = network;

        // What the network was read from has been reported.
        _roads = UtdfRoads.Read(new UtdfCells(document, new DataIssueLog()));
        var cells = new UtdfCells(document, issues);
        var (links, lanes) = (document.Named("Links").First(), document.Named("Lanes").First());
        foreach (var node in network.Signals.SelectMany(s => s.Nodes).Distinct().Where(_roads.Nodes.ContainsKey).Select(n => _roads.Nodes[n]))
        {
            _streets[node.Id] = ReadStreet(cells, links, node);
            ReadDetectors(cells, lanes, node);
        }
    }

    public List<StatedFacts> Read()
    {
        var groups = InStep.GroupsOf([_network.Network]);
        return [.. Enumerable.Range(0, _network.Signals.Length).Select(s => Read(s, groups[s]))];
    }

    private Street ReadStreet(UtdfCells cells, UtdfSection links, UtdfNode node)
    {
        double?[] ByDirection(string record, double most)
        {
            var row = cells.Numbers(links, record, node.Id, 0, most);
            return [.. UtdfMovement.Directions.Select(d => links.FindColumn(d) is { } at && at < row.Length ? row[at] : null)];
        }

        var speed = ByDirection("Speed", 200);
        var (median, crosswalk) = (ByDirection("Median", 400), ByDirection("Crosswalk Width", 100));
        return new Street(
            [.. speed.Select((s, d) => s is > 0 ? _roads.IsMetric ? s / 1.609344 : s : node is { DistanceFt: var feet, TravelS: var time } && feet[d] > 0 && time[d] > 0 ? feet[d] / time[d] * 15 / 22 : null)],
            [.. node.GradePercent.Select(g => (decimal?)g)],
            new UtdfLegs(node, _roads.Nodes, [.. median.Select(m => m is { } w ? _roads.Feet(w) : (double?)null)], [.. crosswalk.Select(c => c is > 0 ? _roads.Feet(c.Value) : (double?)null)]));
    }

    private void ReadDetectors(UtdfCells cells, UtdfSection lanes, UtdfNode node)
    {
        var count = cells.Numbers(lanes, "numDetects", node.Id, 0, 100);
        var last = cells.Numbers(lanes, "LastDetect", node.Id, -1000, 10_000);
        foreach (var movement in node.Movements)
        {
            if (lanes.FindColumn(movement.Column) is { } at && at < count.Length && count[at] > 0 && at < last.Length && last[at] is { } setback)
            {
                _setbackFt[movement] = _roads.Feet(Math.Max(0, setback));
            }
        }
    }

    private StatedFacts Read(int index, string? group)
    {
        var signal = _network.Signals[index];
        var timed = _network.Network.Signals[index];
        var assumptions = ImmutableArray.CreateBuilder<FactAssumption>();
        var nodes = signal.Nodes.Where(_streets.ContainsKey).Select(n => _roads.Nodes[n]).ToList();
        var street = signal.Phases.Select(p => ReadPhase(signal, p, nodes, assumptions)).ToImmutableArray();
        var turns = LeftTurns(signal, nodes);
        assumptions.Add(new FactAssumption(StreetFact.Conflicts, null, null, "from rings, barriers and movements of the file: compare with the conflict monitor's program card"));
        if (turns.Length > 0)
        {
            assumptions.Add(new FactAssumption(StreetFact.LeftTurns, null, turns.Length, "that go in gaps, taken to have a circular green: look whether there are flashing yellow arrows"));
        }

        if (group is not null)
        {
            assumptions.Add(new FactAssumption(StreetFact.CoordinationGroup, null, null, $"{group}: signals that feed each other and share a cycle today"));
        }

        var facts = new SignalFacts
        {
            Signal = timed.Signal,
            Phases = timed.Phases,
            Street = street,
            Patterns = timed.Today is { } today ? [today] : [],
            Conflicts = Conflicts(signal, nodes),
            LeftTurns = turns,
            OffsetReference = UtdfPlans.Core(signal.Reference),
            CoordinationGroup = group,
        };
        return new StatedFacts(facts, assumptions.ToImmutable());
    }

    private PhaseFacts ReadPhase(UtdfSignal signal, UtdfPhase phase, List<UtdfNode> nodes, ImmutableArray<FactAssumption>.Builder assumptions)
    {
        var bit = (uint)1 << phase.Number;
        var all = nodes.SelectMany(n => n.Movements).Where(m => IsServed(m) && ((m.Phases | m.PermissivePhases) & bit) != 0).ToList();
        var served = all.Exists(m => !m.IsRight) ? all.FindAll(m => !m.IsRight) : all;
        void Assume(StreetFact fact, decimal? value, string basis) => assumptions.Add(new FactAssumption(fact, phase.Number, value, basis));

        // A left turn's own phase stands beside the through traffic of its approach; the stem of a T is a street of its own.
        bool IsBesideThrough(UtdfMovement left) => left.IsLeft && _roads.Nodes[left.Node].Movements.Exists(m => m.Direction == left.Direction && m.IsThrough && IsServed(m) && (m.Phases & bit) == 0);
        var role = served.Exists(m => (m.Phases & bit) != 0) && served.Where(m => (m.Phases & bit) != 0).All(IsBesideThrough) ? PhaseRole.LeftTurn
            : served.Count > 0 && signal.Phases.Any(p => p.Barrier == phase.Barrier && signal.ReferencePhases.Contains(p.Number)) ? PhaseRole.Major
            : PhaseRole.Minor;
        Assume(StreetFact.Role, null, $"{role switch { PhaseRole.LeftTurn => "left turn", PhaseRole.Major => "major", _ => "minor" }}, from its movements and the file's reference phases");

        var speed = SpeedOf(served, nodes, Assume);
        var grade = GradeOf(served, Assume);
        var width = Up(served.Count > 0 ? served.Max(m => _streets[m.Node].Legs.WidthFt(m.Direction, !m.IsThrough)) : nodes.Count > 0 ? nodes.Max(n => _streets[n.Id].Legs.WidestFt) : 0);
        Assume(StreetFact.Width, width, "from lanes, medians and crosswalks of the file");
        Assume(StreetFact.BicycleCrossing, width, "as wide as what vehicles clear: bicycles may ride here");
        decimal? crossing = null;
        if (phase.WalkMs > 0)
        {
            var throughs = served.FindAll(m => m.IsThrough);
            crossing = Up(throughs.Count > 0 ? throughs.Max(m => _streets[m.Node].Legs.StreetFt(m.Direction)) : nodes.Count > 0 ? nodes.Max(n => _streets[n.Id].Legs.WidestFt) : 0);
            Assume(StreetFact.Crossing, crossing, "from lanes and medians of the file");
        }

        return new PhaseFacts
        {
            Phase = phase.Number,
            Role = role,
            SpeedMph = speed,
            GradePercent = grade,
            WidthFt = Known(width),
            BicycleCrossingFt = Known(width),
            CrossingFt = crossing is { } feet ? Known(feet) : null,
            DetectorSetbackFt = SetbackOf(signal, phase, served, speed, grade, Assume),
        };
    }

    private decimal SpeedOf(List<UtdfMovement> served, List<UtdfNode> nodes, Action<StreetFact, decimal?, string> assume)
    {
        var stated = served.Select(m => _streets[m.Node].SpeedMph[m.Direction]).ToList();
        if (stated.Count > 0 && stated.TrueForAll(s => s is not null))
        {
            var speed = Up(stated.Max()!.Value) + ChangeIntervals.AboveLimitMph;
            assume(StreetFact.Speed, speed, "the file's speed and seven");
            return speed;
        }

        var highest = Up(nodes.SelectMany(n => _streets[n.Id].SpeedMph).Select(s => s ?? 0).Append(SafeSide.SpeedMph).Max()) + ChangeIntervals.AboveLimitMph;
        assume(StreetFact.Speed, highest, "the file gives no speed: the highest of the signal's approaches, 45 mph at least, and seven");
        return highest;
    }

    private decimal GradeOf(List<UtdfMovement> served, Action<StreetFact, decimal?, string> assume)
    {
        var stated = served.Select(m => _streets[m.Node].GradePercent[m.Direction]).ToList();
        if (stated.Count > 0 && stated.TrueForAll(g => g is not null))
        {
            return stated.Min()!.Value;
        }

        assume(StreetFact.Grade, SafeSide.GradePercent, "the file gives no grade: downhill");
        return SafeSide.GradePercent;
    }

    /// <summary>The farthest last detector of the phase's lanes. A green that always lasts to the end of its split leaves nobody behind a detector.</summary>
    private decimal SetbackOf(UtdfSignal signal, UtdfPhase phase, List<UtdfMovement> served, decimal speedMph, decimal gradePercent, Action<StreetFact, decimal?, string> assume)
    {
        var lanes = served.FindAll(m => m.Lanes > 0);
        if (lanes.Count > 0 && lanes.TrueForAll(_setbackFt.ContainsKey))
        {
            return Up(lanes.Max(m => _setbackFt[m]));
        }

        if (signal.Control == UtdfControl.Pretimed || phase.Recall >= 3 || lanes.Count == 0)
        {
            assume(StreetFact.DetectorSetback, 0, lanes.Count == 0 ? "no lane has this phase" : "no detector ends this green: it lasts to the end of its split");
            return 0;
        }

        var stopping = ChangeIntervals.UnroundedYellowS(speedMph, Math.Max(-15, gradePercent)) * speedMph * 22 / 15;
        var farthest = Up(lanes.Max(m => _setbackFt.TryGetValue(m, out var known) ? known : Math.Min((double)stopping, m.StorageFt ?? double.MaxValue)));
        assume(StreetFact.DetectorSetback, farthest, "the file gives no detector: the stopping distance, or the length of the bay");
        return farthest;
    }

    /// <summary>What rings and barriers forbid, and movements of one intersection that cross each other.</summary>
    private ImmutableArray<uint> Conflicts(UtdfSignal signal, List<UtdfNode> nodes)
    {
        var conflicts = new uint[ControllerProgram.MaxPhase + 1];
        foreach (var phase in signal.Phases)
        {
            foreach (var other in signal.Phases.Where(o => o.Number > phase.Number && (o.Ring == phase.Ring || o.Barrier != phase.Barrier || nodes.Exists(n => Cross(n, phase.Number, o.Number)))))
            {
                conflicts[phase.Number] |= (uint)1 << other.Number;
                conflicts[other.Number] |= (uint)1 << phase.Number;
            }
        }

        return [.. conflicts];
    }

    /// <summary>Whether protected movements of two phases cross: through traffic of two streets, or a left turn and the through traffic against it.</summary>
    private bool Cross(UtdfNode node, byte phase, byte other)
    {
        List<UtdfMovement> Protected(byte number) => node.Movements.FindAll(m => IsServed(m) && (m.Phases >> number & 1) != 0);
        var (first, second) = (Protected(phase), Protected(other));
        bool LeftMeets(UtdfMovement left, UtdfMovement through) => left.IsLeft && IsAgainst(node, left, through);
        bool AreOpposite(UtdfMovement a, UtdfMovement b) => a.Destination == node.Upstream[b.Direction] || b.Destination == node.Upstream[a.Direction];
        bool ThroughsMeet(UtdfMovement a, UtdfMovement b) => a.IsThrough && b.IsThrough && !AreOpposite(a, b) && _streets[node.Id].Legs.Cross(a.Direction, b.Direction);
        return first.Exists(a => second.Exists(b => a != b && (ThroughsMeet(a, b) || LeftMeets(a, b) || LeftMeets(b, a))));
    }

    private static bool IsAgainst(UtdfNode node, UtdfMovement left, UtdfMovement through) =>
        through.IsThrough && through.Direction != left.Direction && through.Destination is { } to && to == node.Upstream[left.Direction];

    private static bool IsServed(UtdfMovement movement) => movement is { Phases: not uint.MaxValue, PermissivePhases: not uint.MaxValue } && (movement.Lanes > 0 || movement.Volume > 0);

    /// <summary>Left turns in gaps, where through traffic may come against them in the same green.</summary>
    private static ImmutableArray<LeftTurnFacts> LeftTurns(UtdfSignal signal, List<UtdfNode> nodes)
    {
        byte[] PhasesOf(uint mask) => [.. signal.Phases.Select(p => p.Number).Where(n => (mask >> n & 1) != 0)];
        UtdfPhase Find(byte number) => signal.Phases.First(p => p.Number == number);
        bool RunTogether(byte a, byte b) => Find(a).Barrier == Find(b).Barrier && Find(a).Ring != Find(b).Ring;
        var turns = new List<LeftTurnFacts>();
        foreach (var node in nodes)
        {
            foreach (var left in node.Movements.Where(m => IsServed(m) && m.IsLeft && m.PermissivePhases != 0))
            {
                byte? own = PhasesOf(left.Phases) is [var first, ..] ? first : null;
                var against = node.Movements.Where(m => IsServed(m) && IsAgainst(node, left, m)).SelectMany(m => PhasesOf(m.Phases)).Distinct().Order().ToList();
                turns.AddRange(PhasesOf(left.PermissivePhases).SelectMany(through => against.Where(o => RunTogether(through, o)).Select(o => new LeftTurnFacts(LeftTurnDisplay.CircularGreen, through, o, own))));
            }
        }

        return [.. turns.Distinct()];
    }

    private static decimal Up(double value) => (decimal)Math.Ceiling(value - 1e-6);

    private static decimal? Known(decimal feet) => feet > 0 ? feet : null;

    /// <summary>By direction of travel.</summary>
    private sealed record Street(double?[] SpeedMph, decimal?[] GradePercent, UtdfLegs Legs);
}
