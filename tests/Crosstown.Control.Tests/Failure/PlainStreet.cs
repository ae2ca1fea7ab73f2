using Crosstown.Control.Sites;
using Crosstown.Control.Tests.Sites;
using Crosstown.Core;

namespace Crosstown.Control.Tests.Failure;

/// <summary>The two lanes of the drawn signal with vehicles on them, by Newell's rule: each goes where the one before it was a second ago, a vehicle's room behind. It says where everybody is.</summary>
internal sealed class PlainStreet(ulong seed, double mainVps, double sideVps)
{
    private const double BeginM = 300;
    private const double EndM = -90;
    private const double StepM = 13;
    private const double RoomM = 7.5;
    private const double VehicleM = 5;
    private const double LineM = 1.5;
    private const double ZoneM = 150;
    private const double StopM = 1;
    private const double AdvanceM = 45;
    private readonly RandomNumbers _random = new(seed);
    private readonly List<(double AtM, double BeforeM)>[] _lanes = [[], []];
    private readonly int[] _outside = [0, 0];

    /// <summary>Vehicles of a lane that stand before its stop line, 0 for the main street and 1 for the side street.</summary>
    public int Standing(int lane) => _lanes[lane].Count(v => v.AtM > 0 && v.BeforeM - v.AtM < 0.1);

    /// <summary>Vehicles of a lane before its stop line that could be at it by now, had nobody been before them.</summary>
    public int Waiting(int lane, double withinM) => _lanes[lane].Count(v => v.AtM > 0 && v.AtM <= withinM);

    /// <summary>Vehicles that did not come in yet.</summary>
    public int Outside(int lane) => _outside[lane];

    /// <summary>Moves on by a second under a state of the signal, and says what its detectors say.</summary>
    public DetectorFrame Step(string state)
    {
        for (var lane = 0; lane < 2; lane++)
        {
            _outside[lane] += _random.NextDouble() < (lane == 0 ? mainVps : sideVps) ? 1 : 0;
            var next = new List<(double, double)>();
            var leaderM = double.MinValue;
            foreach (var (atM, _) in _lanes[lane])
            {
                var wantedM = Math.Max(atM - StepM, leaderM + RoomM);
                var stops = state[lane] is not ('G' or 'g') && atM > LineM - 0.1;
                var movedM = Math.Min(atM, stops ? Math.Max(wantedM, LineM) : wantedM);
                leaderM = atM;
                if (movedM > EndM)
                {
                    next.Add((movedM, atM));
                }
            }

            if (_outside[lane] > 0 && (next.Count == 0 || next[^1].Item1 < BeginM - RoomM))
            {
                _outside[lane]--;
                next.Add((BeginM, BeginM + StepM));
            }

            _lanes[lane] = next;
        }

        return See();
    }

    private DetectorFrame See()
    {
        var frame = DrawnSite.Empty();
        foreach (var (lane, zone, stop, advance) in new[] { (0, DrawnSite.MainZone, DrawnSite.MainStop, DrawnSite.MainAdvance), (1, DrawnSite.SideZone, DrawnSite.SideStop, DrawnSite.SideAdvance) })
        {
            frame.Vehicles[zone] = _lanes[lane].Count(v => v.AtM is > 0 and <= ZoneM);
            frame.Halting[zone] = _lanes[lane].Count(v => v.AtM is > 0 and <= ZoneM && v.BeforeM - v.AtM < 0.1);
            foreach (var (loop, placeM) in new[] { (stop, StopM), (advance, AdvanceM) })
            {
                frame.Passed[loop] = _lanes[lane].Count(v => v.BeforeM + VehicleM > placeM && v.AtM + VehicleM <= placeM);
                frame.Covered[loop] = _lanes[lane].Any(v => v.AtM <= placeM && v.AtM + VehicleM > placeM) ? 1 : 0;
            }
        }

        frame.Vehicles[DrawnSite.MainExit] = _lanes[0].Count(v => v.AtM is <= -10 and > EndM);
        return frame;
    }
}
