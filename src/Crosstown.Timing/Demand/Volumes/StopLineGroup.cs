using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;

namespace Crosstown.Timing.Demand.Volumes;

/// <summary>A turn at a stop line.</summary>
internal enum TurnKind
{
    Left,
    Through,
    Right,
}

/// <summary>A detector that watches a lane group.</summary>
/// <param name="Channel">1-255.</param>
/// <param name="Lane">Counted from the median; null when unknown.</param>
/// <param name="LatencyMs">How late its detections reach the log.</param>
/// <param name="ToStopBarMs">Driving time from it to the stop bar; 0 at the stop bar, null when it cannot be told.</param>
internal sealed record GroupDetector(byte Channel, int? Lane, long LatencyMs, long? ToStopBarMs);

/// <summary>Lanes at a stop line that share a queue and a signal group, with the detectors that watch them.</summary>
internal sealed record StopLineGroup
{
    public required int Signal { get; init; }

    public required string Id { get; init; }

    public required TravelDirection Direction { get; init; }

    /// <summary>What its lanes serve, together.</summary>
    public required LaneMovement Movement { get; init; }

    /// <summary>What most of its vehicles do.</summary>
    public required TurnKind Turn { get; init; }

    public required uint Phases { get; init; }

    public required uint PermissivePhases { get; init; }

    public required int Lanes { get; init; }

    /// <summary>True when lanes were counted from detectors; false when one was assumed.</summary>
    public required bool AreLanesKnown { get; init; }

    /// <summary>Posted speed, mph; null when unknown.</summary>
    public double? SpeedMph { get; init; }

    /// <summary>Lane counts at the stop bar.</summary>
    public ImmutableArray<GroupDetector> Counts { get; init; } = [];

    /// <summary>Counts ahead of the stop bar.</summary>
    public ImmutableArray<GroupDetector> Advances { get; init; } = [];

    /// <summary>Presence at the stop bar.</summary>
    public ImmutableArray<GroupDetector> Presences { get; init; } = [];

    /// <summary>The phase whose green its queue leaves in; 0 when it has no protected one.</summary>
    public int FirstPhase => Phases == 0 ? 0 : System.Numerics.BitOperations.TrailingZeroCount(Phases);

    /// <summary>Whether some of its vehicles may turn another way than most.</summary>
    public bool MayTurn(TurnKind turn) => turn switch
    {
        TurnKind.Left => Movement is LaneMovement.Left or LaneMovement.ThroughLeft or LaneMovement.LeftThroughRight,
        TurnKind.Right => Movement is LaneMovement.Right or LaneMovement.ThroughRight or LaneMovement.LeftThroughRight,
        _ => Movement is not (LaneMovement.Left or LaneMovement.Right),
    };
}

/// <summary>Headings.</summary>
internal static class Heading
{
    private static readonly TravelDirection[] Compass =
    [
        TravelDirection.Northbound, TravelDirection.Northeastbound, TravelDirection.Eastbound, TravelDirection.Southeastbound,
        TravelDirection.Southbound, TravelDirection.Southwestbound, TravelDirection.Westbound, TravelDirection.Northwestbound,
    ];

    /// <summary>The heading after a turn; unknown stays unknown.</summary>
    public static TravelDirection After(TravelDirection heading, TurnKind turn)
    {
        var at = Array.IndexOf(Compass, heading);
        return at < 0 ? TravelDirection.Unknown : Compass[(at + (turn switch { TurnKind.Left => 6, TurnKind.Right => 2, _ => 0 })) % 8];
    }

    /// <summary>Eighths of a turn from north, clockwise; -1 when unknown.</summary>
    public static int EighthsOf(TravelDirection heading) => Array.IndexOf(Compass, heading);

    public static TravelDirection Opposite(TravelDirection heading)
    {
        var at = Array.IndexOf(Compass, heading);
        return at < 0 ? TravelDirection.Unknown : Compass[(at + 4) % 8];
    }

    /// <summary>Such as <c>NB</c>; empty when unknown.</summary>
    public static string Letters(TravelDirection heading) => heading switch
    {
        TravelDirection.Northbound => "NB",
        TravelDirection.Northeastbound => "NE",
        TravelDirection.Eastbound => "EB",
        TravelDirection.Southeastbound => "SE",
        TravelDirection.Southbound => "SB",
        TravelDirection.Southwestbound => "SW",
        TravelDirection.Westbound => "WB",
        TravelDirection.Northwestbound => "NW",
        _ => "",
    };
}

/// <summary>Makes lane groups of a signal's approaches and detectors.</summary>
internal static class StopLine
{
    /// <summary>The lane groups of a signal that its phases serve.</summary>
    /// <param name="signal">Index of the signal in the study.</param>
    /// <param name="configuration">Its approaches and detectors.</param>
    /// <param name="phases">Phases that were served.</param>
    public static List<StopLineGroup> GroupsOf(int signal, SignalConfiguration configuration, ImmutableArray<PhaseTiming> phases)
    {
        var served = phases.Aggregate(0u, (mask, p) => mask | ((uint)1 << p.Number));
        var groups = new List<StopLineGroup>();
        var placed = new HashSet<byte>();
        foreach (var approach in configuration.Approaches)
        {
            var own = configuration.Detectors.Where(d => d.ApproachId == approach.Id && IsForVehicles(d)).ToList();
            placed.UnionWith(own.Select(d => d.Channel));
            var protectedPhases = PhasesOf(configuration, approach.Protected, isPermissive: false) & served;
            var permissive = PhasesOf(configuration, approach.Permissive, isPermissive: true) & served & ~protectedPhases;
            if ((protectedPhases | permissive) == 0)
            {
                continue;
            }

            var usual = UsualTurn(approach.Protected ?? approach.Permissive);
            var byTurn = own.GroupBy(d => TurnOf(d.Movement, usual)).ToList();
            if (byTurn.Count == 0)
            {
                groups.Add(Make(signal, configuration, approach.Direction, usual, protectedPhases, permissive, approach.SpeedLimitMph, []));
            }

            groups.AddRange(byTurn.Select(g => Make(signal, configuration, approach.Direction, g.Key, protectedPhases, permissive, approach.SpeedLimitMph, [.. g])));
        }

        // Detectors that name a phase but no approach.
        foreach (var byPhase in configuration.Detectors.Where(d => IsForVehicles(d) && d.Phase is { } p && Bits.Has(served, p) && !placed.Contains(d.Channel)).GroupBy(d => (byte)d.Phase!))
        {
            if (!groups.Exists(g => Bits.Has(g.Phases, byPhase.Key)))
            {
                groups.AddRange(byPhase.GroupBy(d => TurnOf(d.Movement, UsualTurn(SignalGroup.Phase(byPhase.Key))))
                    .Select(g => Make(signal, configuration, TravelDirection.Unknown, g.Key, (uint)1 << byPhase.Key, 0, null, [.. g])));
            }
        }

        return [.. groups.GroupBy(g => g.Id).SelectMany(g => g.Count() == 1 ? g : g.Select(one => one with { Id = $"{one.Id} {PhaseName(one)}" }))
            .GroupBy(g => g.Id).SelectMany(g => g.Select((one, i) => i == 0 ? one : one with { Id = $"{one.Id} {i + 1}" }))];
    }

    private static StopLineGroup Make(
        int signal, SignalConfiguration configuration, TravelDirection direction, TurnKind turn, uint phases, uint permissive, int? speedMph, List<Detector> detectors)
    {
        var numbered = detectors.Where(d => d.Lane is not null).Select(d => d.Lane!.Value).Distinct().Count();
        var channels = detectors.Where(d => d.Functions != DetectorFunctions.None)
            .SelectMany(d => Enum.GetValues<DetectorFunctions>().Where(f => f != DetectorFunctions.None && d.Has(f)))
            .GroupBy(f => f).Select(f => f.Count()).DefaultIfEmpty(0).Max();
        var lanes = numbered > 0 ? numbered : channels;
        var letter = turn switch { TurnKind.Left => "L", TurnKind.Right => "R", _ => "T" };
        var heading = Heading.Letters(direction);
        var name = heading.Length > 0 ? heading + letter : $"P{FirstOf(phases | permissive)}{letter}";
        return new StopLineGroup
        {
            Signal = signal,
            Id = $"{configuration.Signal} {name}",
            Direction = direction,
            Movement = MovementOf(turn, detectors),
            Turn = turn,
            Phases = phases,
            PermissivePhases = permissive,
            Lanes = Math.Max(1, lanes),
            AreLanesKnown = numbered > 0,
            SpeedMph = speedMph,
            Counts = Pick(detectors, DetectorFunctions.LaneByLaneCount, speedMph, atStopBar: true),
            Advances = Pick(detectors, DetectorFunctions.AdvanceCount, speedMph, atStopBar: false),
            Presences = Pick(detectors, DetectorFunctions.StopBarPresence, speedMph, atStopBar: true),
        };
    }

    private static ImmutableArray<GroupDetector> Pick(List<Detector> detectors, DetectorFunctions function, int? speedMph, bool atStopBar) =>
    [
        .. detectors.Where(d => d.Has(function)).OrderBy(d => d.Channel).Select(d => new GroupDetector(
            d.Channel, d.Lane, (long)(d.LatencyS * 1000), atStopBar ? 0
                : d.TravelTimeS is { } s ? (long)(s * 1000)
                : d.StopBarDistanceFt is { } ft && speedMph is > 0 ? (long)(ft * 1000 / (Corridor.FeetPerSecondPerMph * speedMph.Value))
                : null)),
    ];

    private static bool IsForVehicles(Detector detector) =>
        detector.LaneType is LaneType.Vehicle or LaneType.Bus or LaneType.HighOccupancy
        && (detector.Functions & (DetectorFunctions.AdvanceCount | DetectorFunctions.LaneByLaneCount | DetectorFunctions.StopBarPresence)) != 0;

    private static TurnKind TurnOf(LaneMovement movement, TurnKind usual) => movement switch
    {
        LaneMovement.Left => TurnKind.Left,
        LaneMovement.Right => TurnKind.Right,
        LaneMovement.Unknown => usual,
        _ => TurnKind.Through,
    };

    /// <summary>Odd phases of the first eight serve left turns in the usual numbering.</summary>
    private static TurnKind UsualTurn(SignalGroup? group) => group is { IsOverlap: false, Number: <= 8 } g && g.Number % 2 == 1 ? TurnKind.Left : TurnKind.Through;

    private static LaneMovement MovementOf(TurnKind turn, List<Detector> detectors)
    {
        if (turn != TurnKind.Through)
        {
            return turn == TurnKind.Left ? LaneMovement.Left : LaneMovement.Right;
        }

        var hasLeft = detectors.Exists(d => d.Movement is LaneMovement.ThroughLeft or LaneMovement.LeftThroughRight);
        var hasRight = detectors.Exists(d => d.Movement is LaneMovement.ThroughRight or LaneMovement.LeftThroughRight);
        return hasLeft && hasRight ? LaneMovement.LeftThroughRight : hasLeft ? LaneMovement.ThroughLeft : hasRight ? LaneMovement.ThroughRight : LaneMovement.Through;
    }

    private static uint PhasesOf(SignalConfiguration configuration, SignalGroup? group, bool isPermissive)
    {
        if (group is not { } one)
        {
            return 0;
        }

        if (!one.IsOverlap)
        {
            return one.Number <= ControllerProgram.MaxPhase ? (uint)1 << one.Number : 0;
        }

        var overlap = configuration.Overlaps.FirstOrDefault(o => o.Number == one.Number);
        var mask = 0u;
        foreach (var parent in overlap?.ParentPhases ?? [])
        {
            mask |= parent <= ControllerProgram.MaxPhase ? (uint)1 << parent : 0;
        }

        if (isPermissive && overlap is { IsFlashingYellowArrow: true })
        {
            // Under its own left-turn phase the arrow is green, not flashing.
            foreach (var approach in configuration.Approaches.Where(a => a.Permissive == group && a.Protected is { IsOverlap: false }))
            {
                mask &= ~((uint)1 << approach.Protected!.Value.Number);
            }
        }

        return mask;
    }

    private static int FirstOf(uint mask) => System.Numerics.BitOperations.TrailingZeroCount(mask);

    private static string PhaseName(StopLineGroup group) => $"phase {FirstOf(group.Phases | group.PermissivePhases)}";
}
