using System.Collections;
using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;

namespace Crosstown.Measures.BuildingBlocks;

/// <summary>The lanes that one signal group lets go, with the detectors that lie on them: what most measures call an approach.</summary>
/// <remarks>
/// A detector belongs to the protected group of its approach, else to the permissive one. A detector without a known approach belongs to the
/// overlap or phase that it names, so that a plain list of channels and phases makes one approach per phase.
/// </remarks>
public sealed class ApproachGroup
{
    private ApproachGroup(SignalGroup group, TravelDirection direction, int? speedLimitMph, ImmutableArray<Detector> detectors)
    {
        Group = group;
        Direction = direction;
        SpeedLimitMph = speedLimitMph;
        Detectors = detectors;
        Channels = Quality.Channels(detectors.Select(d => d.Channel));
    }

    /// <summary>The columns that name a group in a table.</summary>
    public static ImmutableArray<Column> Columns { get; } =
    [
        new("phase", ColumnType.Integer, "", "The phase that serves the approach; null where an overlap does."),
        new("overlap", ColumnType.Integer, "", "The overlap that serves the approach, A = 1; null where a phase does."),
    ];

    /// <summary>The words of a direction column, in the order of <see cref="TravelDirection"/>.</summary>
    public static ImmutableArray<string> DirectionWords { get; } =
        ["unknown", "northbound", "southbound", "eastbound", "westbound", "northeastbound", "northwestbound", "southeastbound", "southwestbound"];

    public SignalGroup Group { get; }

    /// <summary>The way its traffic is headed; unknown when the configuration does not say.</summary>
    public TravelDirection Direction { get; }

    /// <summary>Posted speed in miles per hour; null when unknown.</summary>
    public int? SpeedLimitMph { get; }

    /// <summary>Those of the asked function only; never empty.</summary>
    public ImmutableArray<Detector> Detectors { get; }

    /// <summary>The channels of <see cref="Detectors"/>, 256 bits.</summary>
    public BitArray Channels { get; }

    /// <summary>All groups that have a vehicle detector of a function: phases first, each kind by number.</summary>
    /// <param name="functions">A detector that has any of these counts.</param>
    public static ApproachGroup[] List(SignalConfiguration configuration, DetectorFunctions functions) =>
    [
        .. configuration.Detectors
            .Where(d => d.Has(functions) && d.LaneType is not (LaneType.Pedestrian or LaneType.Bicycle or LaneType.Exit))
            .Select(d => (Detector: d, Group: FindGroup(configuration, d)))
            .Where(d => d.Group is not null)
            .GroupBy(d => d.Group!.Value)
            .OrderBy(g => g.Key.IsOverlap).ThenBy(g => g.Key.Number)
            .Select(g => new ApproachGroup(
                g.Key,
                g.Select(d => FindDirection(configuration, d.Detector)).FirstOrDefault(d => d != TravelDirection.Unknown),
                g.Select(d => FindApproach(configuration, d.Detector)?.SpeedLimitMph).FirstOrDefault(s => s is > 0),
                [.. g.Select(d => d.Detector)])),
    ];

    /// <summary>The same lanes with some of the detectors only; null when none is left.</summary>
    public ApproachGroup? FindPart(Func<Detector, bool> isWanted) =>
        Detectors.Where(isWanted).ToImmutableArray() is { Length: > 0 } detectors ? new ApproachGroup(Group, Direction, SpeedLimitMph, detectors) : null;

    /// <summary>What displays the detector's movement; null when the configuration does not say.</summary>
    public static SignalGroup? FindGroup(SignalConfiguration configuration, Detector detector) =>
        FindApproach(configuration, detector) is { } approach && (approach.Protected ?? approach.Permissive) is { } group ? group
        : detector.Overlap is { } overlap ? SignalGroup.Overlap(overlap)
        : detector.Phase is { } phase ? SignalGroup.Phase(phase)
        : null;

    /// <summary>The way the detector's traffic is headed.</summary>
    public static TravelDirection FindDirection(SignalConfiguration configuration, Detector detector) =>
        FindApproach(configuration, detector)?.Direction ?? TravelDirection.Unknown;

    /// <summary>The detector's approach; null when unknown.</summary>
    public static Approach? FindApproach(SignalConfiguration configuration, Detector detector) =>
        configuration.Approaches.FirstOrDefault(a => a.Id == detector.ApproachId);

    /// <summary>The direction that comes the other way; unknown for unknown.</summary>
    public static TravelDirection Opposite(TravelDirection direction) => direction switch
    {
        TravelDirection.Northbound => TravelDirection.Southbound,
        TravelDirection.Southbound => TravelDirection.Northbound,
        TravelDirection.Eastbound => TravelDirection.Westbound,
        TravelDirection.Westbound => TravelDirection.Eastbound,
        TravelDirection.Northeastbound => TravelDirection.Southwestbound,
        TravelDirection.Southwestbound => TravelDirection.Northeastbound,
        TravelDirection.Northwestbound => TravelDirection.Southeastbound,
        TravelDirection.Southeastbound => TravelDirection.Northwestbound,
        _ => TravelDirection.Unknown,
    };

    /// <summary>Writes the two cells of <see cref="Columns"/>.</summary>
    public static RowBuffer Write(RowBuffer rows, SignalGroup group) =>
        group.IsOverlap ? rows.Null().Integer(group.Number) : rows.Integer(group.Number).Null();
}
