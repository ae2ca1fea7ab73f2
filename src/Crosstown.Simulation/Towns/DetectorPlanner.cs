using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core;

namespace Crosstown.Simulation.Towns;

/// <summary>Puts detectors into a signal's lanes and writes down what they are.</summary>
/// <remarks>
/// Channels come in blocks by purpose, shuffled inside each: an engineer cannot guess a phase from a number, and neither should a program.
/// </remarks>
internal sealed class DetectorPlanner
{
    /// <summary>From the detectors ahead of the main street's line to the line.</summary>
    public const int MainSetbackFt = 300;

    private const int SideSetbackFt = 140;
    private const double PresenceFt = 40;
    private const double LoopFt = 6;
    private const int RadarLatencyMs = 1200;

    private readonly Site _site;
    private readonly bool _isRadar;
    private readonly ImmutableArray<LanePlan> _lanes;
    private readonly byte[] _advanceChannels;
    private readonly byte[] _presenceChannels;
    private readonly byte[] _countChannels;
    private readonly byte[] _redLightChannels;
    private readonly List<(DetectorPlan Plan, Detector Configured)> _detectors = [];

    public DetectorPlanner(Site site, Vendor vendor, ImmutableArray<LanePlan> lanes, RandomNumbers random)
    {
        _site = site;
        _isRadar = vendor == Vendor.MaxTime;
        _lanes = lanes;
        _advanceChannels = Shuffled(1, 10, random);
        _presenceChannels = Shuffled(11, 14, random);
        _countChannels = Shuffled(25, 16, random);
        _redLightChannels = Shuffled(41, 8, random);
    }

    public (ImmutableArray<DetectorPlan> Plans, ImmutableArray<Detector> Configured) Plan()
    {
        var (advance, presence, count, redLight) = (0, 0, 0, 0);
        for (var i = 0; i < _lanes.Length; i++)
        {
            var lane = _lanes[i];
            var direction = SitePlanner.Directions[lane.Leg];
            var isMain = _site.IsMain(direction);
            var isThrough = lane.Movement is LaneMovement.Through or LaneMovement.ThroughRight;
            var isArterial = _site.Kind == SiteKind.Arterial;
            if (isThrough && isArterial)
            {
                var setbackFt = isMain ? MainSetbackFt : SideSetbackFt;
                Add(_advanceChannels[advance++], i, DetectorFunctions.AdvanceCount, setbackFt + LoopFt, setbackFt, false, 0, calls: true, extends: true);
            }

            if (lane.Movement != LaneMovement.Right)
            {
                // At the main street's line a vehicle calls, but only those still coming extend.
                Add(_presenceChannels[presence++], i, DetectorFunctions.StopBarPresence, PresenceFt, 0, false, 0, calls: true, extends: !(isThrough && isMain));
            }

            Add(_countChannels[count++], i, DetectorFunctions.LaneByLaneCount, 0, 0, true, 0, calls: false, extends: false);
            if (isThrough && isMain && isArterial)
            {
                var latencyMs = _isRadar ? RadarLatencyMs : 0;
                Add(_redLightChannels[redLight++], i, DetectorFunctions.LaneByLaneSpeed, 0, 0, true, latencyMs, calls: false, extends: false);
            }
        }

        var sorted = _detectors.OrderBy(d => d.Plan.Channel).ToList();
        return ([.. sorted.Select(d => d.Plan)], [.. sorted.Select(d => d.Configured)]);
    }

    private void Add(
        byte channel, int laneIndex, DetectorFunctions function, double farFt, double nearFt, bool isPulse, int latencyMs, bool calls, bool extends)
    {
        var lane = _lanes[laneIndex];
        var through = _site.ThroughPhase(SitePlanner.Directions[lane.Leg]);
        var phase = lane.Phase != 0 ? lane.Phase : through;
        var bit = (uint)1 << phase;
        var isRedLight = function == DetectorFunctions.LaneByLaneSpeed;
        var plan = new DetectorPlan(channel, [laneIndex], farFt, nearFt, isPulse, isRedLight, latencyMs, calls ? bit : 0, extends ? bit : 0);
        var isOverlap = lane.Overlap >= 0;
        _detectors.Add((plan, new Detector
        {
            Channel = channel,
            Phase = isOverlap ? null : phase,
            Overlap = isOverlap ? (byte)SitePlanner.OverlapNumber(through) : null,
            ApproachId = SitePlanner.ApproachId(_site, lane),
            Functions = function,
            Lane = LaneNumber(laneIndex),
            Movement = lane.Movement,
            LaneType = LaneType.Vehicle,
            StopBarDistanceFt = nearFt,
            LatencyS = latencyMs / 1000.0,
            MinimumSpeedMph = isRedLight ? 15 : null,
        }));
    }

    /// <summary>Counted from the median within the leg.</summary>
    private int LaneNumber(int laneIndex)
    {
        var number = 1;
        for (var i = 0; i < laneIndex; i++)
        {
            number += _lanes[i].Leg == _lanes[laneIndex].Leg ? 1 : 0;
        }

        return number;
    }

    private static byte[] Shuffled(int first, int count, RandomNumbers random)
    {
        var channels = new byte[count];
        for (var i = 0; i < count; i++)
        {
            channels[i] = (byte)(first + i);
        }

        for (var i = count - 1; i > 0; i--)
        {
            var j = random.NextInt(i + 1);
            (channels[i], channels[j]) = (channels[j], channels[i]);
        }

        return channels;
    }
}
