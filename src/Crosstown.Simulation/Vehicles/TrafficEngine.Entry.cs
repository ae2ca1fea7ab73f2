using Crosstown.Core;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Vehicles;

public sealed partial class TrafficEngine
{
    private const int MaxIssues = 1000;

    // Vehicles that wait to enter, by edge, first come first: lists through _waitingNext.
    private readonly int[] _entryQueue;
    private readonly int[] _entryTail;
    private readonly int[] _waitingNext;
    private readonly List<int> _entryEdges = [];
    private PlannedStop[][] _stops = [];
    private int _nextDeparture;

    private Departure[] LayOutDepartures(RoadDemand demand)
    {
        var departures = new List<Departure>(demand.Trips.Length);
        var stops = new List<PlannedStop[]>(demand.Trips.Length);
        for (var i = 0; i < demand.Trips.Length; i++)
        {
            var trip = demand.Trips[i];
            if (trip.Kind < 0 || trip.Kind >= _kinds.Length || trip.Edges.IsDefaultOrEmpty || trip.Edges.Any(e => e < 0 || e >= _streets.Network.Edges.Length))
            {
                Tell(DataIssueKind.BadRow, i, $"{trip.Kind}", "The kind or an edge of this trip is not there; the trip is left out.");
                continue;
            }

            var departMs = (long)Math.Round(trip.DepartS * 1000);
            if (departMs < _startMs || departMs >= _endMs)
            {
                continue;
            }

            var route = _routes.Find(trip.Edges.AsSpan(), _kinds[trip.Kind].Class, out var broken);
            if (route < 0)
            {
                Tell(DataIssueKind.BadRow, i, _streets.Network.Edges[broken].Name, "From this edge no lane leads on along the trip for its class; the trip is left out.");
                continue;
            }

            departures.Add(new Departure(departMs, trip.Kind, route, trip.EntryLane, trip.EntryPlace, trip.EntrySpeed, stops.Count));
            stops.Add([.. trip.Stops.Where(s => s.Lane >= 0 && s.Lane < _streets.LaneCount)]);
        }

        _stops = [.. stops];
        _sums.Scheduled = departures.Count;
        return [.. departures.OrderBy(d => d.TimeMs).ThenBy(d => d.Trip)];
    }

    private void Tell(DataIssueKind kind, long row, string value, string assumed)
    {
        if (_issues.Count < MaxIssues)
        {
            _issues.Add(new DataIssue(kind, "demand", row, value.Length > DataIssue.MaxValueLength ? value[..DataIssue.MaxValueLength] : value, assumed));
        }
    }

    private void Depart()
    {
        for (; _nextDeparture < _departures.Length && _departures[_nextDeparture].TimeMs <= _nowMs; _nextDeparture++)
        {
            var edge = _routes[_departures[_nextDeparture].Route].Edges[0];
            _waitingNext[_nextDeparture] = -1;
            if (_entryQueue[edge] < 0)
            {
                _entryQueue[edge] = _nextDeparture;
                _entryEdges.Add(edge);
            }
            else
            {
                _waitingNext[_entryTail[edge]] = _nextDeparture;
            }

            _entryTail[edge] = _nextDeparture;
            Waiting++;
        }

        var kept = 0;
        for (var e = 0; e < _entryEdges.Count; e++)
        {
            var edge = _entryEdges[e];
            while (_entryQueue[edge] >= 0 && TryEnter(_entryQueue[edge]))
            {
                _entryQueue[edge] = _waitingNext[_entryQueue[edge]];
                Waiting--;
            }

            if (_entryQueue[edge] >= 0)
            {
                _entryEdges[kept++] = edge;
            }
        }

        _entryEdges.RemoveRange(kept, _entryEdges.Count - kept);
    }

    private bool TryEnter(int index)
    {
        var departure = _departures[index];
        var kind = _kinds[departure.Kind];
        var route = _routes[departure.Route];
        var lanes = _streets.Network.Edges[route.Edges[0]].Lanes;
        var random = new RandomNumbers(_settings.Seed, 1, index);
        var factor = DrawFactor(kind, random);
        var best = -1;
        var bestScore = double.NegativeInfinity;
        var first = random.NextInt(lanes.Length);
        for (var n = 0; n < lanes.Length; n++)
        {
            var p = departure.Lane == EntryChoice.Random ? (first + n) % lanes.Length : n;
            var usable = route.UsableM[p];
            if (usable < 0)
            {
                continue;
            }

            if (departure.Lane == EntryChoice.First)
            {
                best = p;
                break;
            }

            // Among the lanes that lead farthest, the emptiest one.
            var score = departure.Lane == EntryChoice.Random
                ? -n
                : (-1000.0 * Math.Abs(route.Offset[p])) - _count[lanes[p]];
            if (score > bestScore)
            {
                (best, bestScore) = (p, score);
            }
        }

        var lane = lanes[best];
        var length = _streets.LengthM[lane];
        var top = Math.Min(_streets.LimitMps[lane] * factor, kind.MaximumSpeedMps);
        var position = Math.Min(length, kind.LengthM + 0.1);
        var speed = departure.Speed == EntryChoice.First ? 0 : top;
        if (_count[lane] > 0)
        {
            var ahead = Last(lane);
            var gap = _position[ahead] - _length[ahead] - kind.StandingGapM - position;
            if (gap < 0)
            {
                return false;
            }

            var safe = DriverModel.SafeSpeed(
                gap, DriverModel.BrakingM(_speed[ahead], Math.Max(kind.DecelerationMps2, _decelerationOf[_kind[ahead]]), _stepS), kind.DecelerationMps2, kind.HeadwayS, _stepS);
            speed = Math.Min(speed, safe);
        }
        else if (Overhang(lane) is var overhang && overhang > 0 && length - overhang - kind.StandingGapM < position)
        {
            return false;
        }

        speed = Math.Min(speed, Math.Max(0, DriverModel.SafeSpeed(length - position, 0, kind.DecelerationMps2, kind.HeadwayS, _stepS)));
        if (!LeavesRoom(lane, position - kind.LengthM, speed))
        {
            return false;
        }

        Enter(index, departure, lane, position, speed, factor);
        return true;
    }

    private static double DrawFactor(VehicleKind kind, RandomNumbers random)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var factor = random.Bell(kind.SpeedFactor, kind.SpeedFactorDeviation);
            if (factor >= kind.LeastSpeedFactor && factor <= kind.GreatestSpeedFactor)
            {
                return factor;
            }
        }

        return Math.Clamp(kind.SpeedFactor, kind.LeastSpeedFactor, kind.GreatestSpeedFactor);
    }

    /// <summary>Whether those who come over a junction onto a lane could still brake behind a vehicle whose end is there.</summary>
    private bool LeavesRoom(int lane, double endM, double speed)
    {
        foreach (var link in _streets.Incoming[lane])
        {
            var track = _streets.LaneCount + link;
            if (_count[track] > 0 && !CanFollow(On(track)[0], _streets.LengthM[track] - _position[On(track)[0]] + endM, speed))
            {
                return false;
            }
        }

        return true;
    }

    private bool CanFollow(int follower, double gap, double leaderSpeed)
    {
        var kind = _kind[follower];
        if (_speed[follower] < HaltingMps)
        {
            // One that stands need not keep its distance to be let in front of.
            return gap >= ContactM;
        }

        gap -= _gapOf[kind];
        return gap >= 0 && DriverModel.SafeSpeed(gap, DriverModel.BrakingM(leaderSpeed, _decelerationOf[kind], _stepS), _decelerationOf[kind], _reactionOf[kind], _stepS)
            >= _speed[follower] - (_decelerationOf[kind] * _stepS);
    }

    private void Enter(int index, Departure departure, int lane, double position, double speed, double factor)
    {
        var slot = TakeSlot();
        _serial[slot] = index;
        _kind[slot] = departure.Kind;
        _route[slot] = departure.Route;
        _routeStep[slot] = 0;
        _nextLink[slot] = LinkFrom(departure.Route, 0, lane);
        _position[slot] = position;
        _speed[slot] = _nextSpeed[slot] = speed;
        _length[slot] = _lengthOf[departure.Kind];
        _factor[slot] = factor;
        _driven[slot] = 0;
        _edgeLossS[slot] = _totalLossS[slot] = _waitedS[slot] = _dwellLeftS[slot] = 0;
        _entryDelayS[slot] = (_nowMs - departure.TimeMs) / 1000.0;
        _edgeStops[slot] = _nextStop[slot] = 0;
        _letsIn[slot] = -1;
        _stoodAt[slot] = -1;
        _movedM[slot] = 0;
        _changedAt[slot] = long.MinValue / 2;
        _held[slot] = _heldNext[slot] = 0;
        _section[slot] = -1;
        Begin(slot, _streets.EdgeOf[lane]);
        PushBack(lane, slot);
        Driving++;
        _sums.Entered(departure.Kind, _streets.EdgeOf[lane], _entryDelayS[slot]);
        _sensors.Appear(lane, position, position - _lengthOf[departure.Kind], _nowMs);
    }

    /// <summary>How far the end of the vehicle that left a track last still reaches back onto it, m; 0 for not at all.</summary>
    private double Overhang(int track)
    {
        var slot = _leftBy[track];
        return slot < 0 || _serial[slot] != _leftSerial[track] ? 0 : Math.Max(0, _length[slot] - (_driven[slot] - _leftAtM[track]));
    }
}
