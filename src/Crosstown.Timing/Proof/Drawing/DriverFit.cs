using System.Collections.Immutable;
using Crosstown.Core.Networks;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;
using Crosstown.Timing.Roads;

namespace Crosstown.Timing.Proof.Drawing;

/// <summary>Chooses headways of vehicles and speeds over the intersection so that every stop line passes its saturation flow.</summary>
/// <remarks>
/// A vehicle keeps the shortest headway that a stop line on its way needs, and the other stop lines are made to fit by the speed at which they are crossed
/// (<see cref="RoadSaturation"/>). Headways under a second, which steps of a second cannot hold, and speeds above the limit are not used: such a stop line passes less.
/// </remarks>
internal sealed class DriverFit
{
    private const double LeastHeadwayS = 1;
    private const double MostHeadwayS = 4;

    /// <summary>Headways are told apart by so much, s.</summary>
    private const double HeadwayStepS = 0.05;
    private const double LeftMps = 9;
    private const double RightMps = 7.5;

    /// <summary>The fastest that a turn is made when its saturation flow asks for it.</summary>
    private const double FastestTurnMps = 12;
    private const double LeastSpeedShare = 0.6;
    private static readonly VehicleKind s_car = new() { Name = "car", Imperfection = 0.2 };

    private readonly TimingNetwork _network;
    private readonly FlowSketch _sketch;
    private readonly double[] _headwayS;
    private readonly double[] _crossingMps;
    private readonly SortedDictionary<int, int> _kinds = [];

    public DriverFit(TimingNetwork network, FlowSketch sketch, List<PlannedTrip> trips)
    {
        (_network, _sketch) = (network, sketch);
        _headwayS = new double[network.Groups.Length];
        _crossingMps = new double[network.Groups.Length];
        for (var g = 0; g < _headwayS.Length; g++)
        {
            if (sketch.ApproachOf[g] is { } approach)
            {
                _headwayS[g] = Math.Clamp(WantedS(g) - Following(UsualMps(approach, Main(g))), LeastHeadwayS, MostHeadwayS);
            }
        }

        var (sums, counts) = (new double[_headwayS.Length], new int[_headwayS.Length]);
        foreach (var trip in trips)
        {
            var headway = HeadwayOf(trip);
            _kinds.TryAdd(headway, 0);
            foreach (var way in trip.Ways)
            {
                sums[way.Group] += headway * HeadwayStepS;
                counts[way.Group]++;
            }
        }

        foreach (var (headway, index) in _kinds.Keys.Select((h, i) => (h, i)).ToList())
        {
            _kinds[headway] = index;
        }

        var saturation = new double?[_headwayS.Length];
        for (var g = 0; g < saturation.Length; g++)
        {
            if (sketch.ApproachOf[g] is not { } approach)
            {
                continue;
            }

            var headway = counts[g] > 0 ? sums[g] / counts[g] : _headwayS[g];
            var (usual, isStraight) = (UsualMps(approach, Main(g)), Main(g) == TurnDirection.Straight);
            var left = WantedS(g) - headway - (Following(usual) - (SpaceM / usual));
            var most = isStraight ? approach.LimitMps : Math.Min(approach.LimitMps, FastestTurnMps);
            _crossingMps[g] = Math.Clamp(left > 0 ? SpaceM / left : most, Math.Min(most, usual * LeastSpeedShare), most);
            saturation[g] = 3600 * network.Groups[g].Lanes / (headway + Following(_crossingMps[g]));
        }

        SaturationVehPerHour = [.. saturation];
    }

    /// <summary>Room that a standing vehicle takes, m.</summary>
    public static double SpaceM => s_car.LengthM + s_car.StandingGapM;

    /// <summary>By group: what its stop line passes in green; null where it is not drawn.</summary>
    public ImmutableArray<double?> SaturationVehPerHour { get; }

    public ImmutableArray<VehicleKind> Kinds => [.. _kinds.Keys.Select(k => s_car with { Name = $"headway{k}", HeadwayS = k * HeadwayStepS })];

    public int KindOf(PlannedTrip trip) => _kinds.TryGetValue(HeadwayOf(trip), out var kind) ? kind : _kinds.Where(k => k.Key <= HeadwayOf(trip)).Select(k => k.Value).LastOrDefault();

    /// <summary>Speed over the intersection.</summary>
    public double CrossingMps(int group, TurnDirection turn) => turn == Main(group) ? _crossingMps[group] : UsualMps(_sketch.ApproachOf[group]!, turn);

    private static double UsualMps(Approach approach, TurnDirection turn) => turn switch
    {
        TurnDirection.Left => Math.Min(LeftMps, approach.LimitMps),
        TurnDirection.Right => Math.Min(RightMps, approach.LimitMps),
        _ => approach.LimitMps,
    };

    /// <summary>What a headway is longer than the time that the driver keeps.</summary>
    private static double Following(double speedMps) => RoadSaturation.HeadwayS(s_car with { HeadwayS = 0 }, speedMps);

    private double WantedS(int g) => 3600 * _network.Groups[g].Lanes / _network.Groups[g].SaturationVehPerHour;

    /// <summary>The turn that its saturation flow is about.</summary>
    private TurnDirection Main(int g) => _network.Groups[g].Movement switch
    {
        LaneMovement.Left or LaneMovement.Unknown => TurnDirection.Left,
        LaneMovement.Right => TurnDirection.Right,
        _ => TurnDirection.Straight,
    };

    private int HeadwayOf(PlannedTrip trip) => (int)Math.Round(trip.Ways.Min(w => _headwayS[w.Group]) / HeadwayStepS);
}
