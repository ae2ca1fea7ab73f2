using Crosstown.Control.Sites;

namespace Crosstown.Control.Classics;

/// <summary>What the classic controllers need to know of a lane: who waits, who calls, who keeps the green. From its zone or, without one that answers, from its loops.</summary>
/// <remarks>A lane of which nothing answers is on recall: it calls all the time, and keeps its green for as long as the reference program gives it.</remarks>
internal sealed class LaneSense(ApproachLane lane, double recallS)
{
    /// <summary>Longest gap between vehicles that still keeps a green, s: what actuated control commonly uses.</summary>
    private const double PassageS = 3;

    private int _sinceActiveS = int.MaxValue / 2;
    private int _greenS;
    private bool _isOnRecall;

    /// <summary>Vehicles that wait; 0 where nothing senses them.</summary>
    public double Queue { get; private set; }

    /// <summary>True while somebody waits or comes. Kept from a passing vehicle until the lane has its green.</summary>
    public bool HasCall { get; private set; }

    /// <summary>True while vehicles follow one another closely enough to keep a green.</summary>
    public bool Extends => _isOnRecall ? _greenS < recallS : _sinceActiveS < PassageS;

    /// <summary>Takes in what the detectors said of a second.</summary>
    /// <param name="frame">All detectors.</param>
    /// <param name="isGreen">True when any way on from the lane is green.</param>
    public void Update(DetectorFrame frame, bool isGreen)
    {
        var stop = lane.StopLoop >= 0 && !float.IsNaN(frame.Covered[lane.StopLoop]);
        var advance = lane.AdvanceLoop >= 0 && !float.IsNaN(frame.Covered[lane.AdvanceLoop]);
        var zone = lane.Zone >= 0 && !float.IsNaN(frame.Vehicles[lane.Zone]);
        var isActive = (stop && (frame.Covered[lane.StopLoop] > 0 || frame.Passed[lane.StopLoop] > 0))
            || (advance && (frame.Covered[lane.AdvanceLoop] > 0 || frame.Passed[lane.AdvanceLoop] > 0));
        if (!stop && !advance && zone)
        {
            // Where there is no loop: vehicles as close to one another, on average, as the longest gap.
            isActive = frame.Vehicles[lane.Zone] * PassageS >= lane.ZoneM / lane.SpeedMps;
        }

        _sinceActiveS = isActive ? 0 : _sinceActiveS + 1;
        _greenS = isGreen ? _greenS + 1 : 0;
        _isOnRecall = !stop && !advance && !zone;
        HasCall = isActive || _isOnRecall || (zone && frame.Vehicles[lane.Zone] > 0) || (!zone && HasCall && !isGreen);
        if (zone)
        {
            Queue = frame.Halting[lane.Zone];
        }
        else if (stop && advance)
        {
            // Counted in at one loop and out at the other. What is missed is forgotten once the lane is seen to be empty.
            var isEmpty = isGreen && _sinceActiveS > PassageS;
            Queue = isEmpty ? 0 : Math.Max(frame.Covered[lane.StopLoop], Queue + frame.Passed[lane.AdvanceLoop] - frame.Passed[lane.StopLoop]);
        }
        else
        {
            Queue = (stop && frame.Covered[lane.StopLoop] > 0) || (advance && frame.Covered[lane.AdvanceLoop] > 0) ? 1 : 0;
        }
    }
}
