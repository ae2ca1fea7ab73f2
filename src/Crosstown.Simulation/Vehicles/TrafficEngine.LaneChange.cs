namespace Crosstown.Simulation.Vehicles;

public sealed partial class TrafficEngine
{
    private const double CalmS = 4;

    /// <summary>Moves vehicles beside: first of all for their way, else to where it goes faster.</summary>
    private void ChangeLanes()
    {
        foreach (var lane in _streets.LanesWithNeighbors)
        {
            for (var i = 0; i < _count[lane];)
            {
                var slot = On(lane)[i];
                if (_changedAt[slot] == _stepIndex || _dwellLeftS[slot] > 0)
                {
                    i++;
                    continue;
                }

                var offset = FindOffset(slot, lane, out var usable);
                var target = offset == 0 ? ChooseFaster(slot, lane, i) : offset > 0 ? _streets.LeftOf[lane] : _streets.RightOf[lane];
                if (target >= 0 && (offset == 0 || Fits(slot, target)))
                {
                    RemoveAt(lane, i);
                    PutBeside(slot, lane, target, PlaceOn(target, _position[slot]));
                    continue;
                }

                if (target >= 0 && usable < Math.Abs(offset) * ((_speed[slot] * 10) + 50))
                {
                    AskForGap(slot, lane, i, target);
                }

                i++;
            }
        }
    }

    private void PutBeside(int slot, int lane, int target, int place)
    {
        Insert(target, place, slot);
        _nextLink[slot] = LinkFrom(_route[slot], _routeStep[slot], target);
        _changedAt[slot] = _stepIndex;
        _sensors.Vanish(lane, _position[slot], _position[slot] - _length[slot], _nowMs + _stepMs);
        _sensors.Appear(target, _position[slot], _position[slot] - _length[slot], _nowMs + _stepMs);
    }

    /// <summary>How many lanes to the left a vehicle must go for its way or its next stop, and how far it gets on this lane.</summary>
    private int FindOffset(int slot, int lane, out double usable)
    {
        var route = _routes[_route[slot]];
        var position = _streets.Network.Lanes[lane].Position;
        var at = route.LaneStart[_routeStep[slot]] + position;
        var stops = _stops[_departures[_serial[slot]].Trip];
        if (_nextStop[slot] < stops.Length && _streets.EdgeOf[stops[_nextStop[slot]].Lane] == _streets.EdgeOf[lane])
        {
            var stop = stops[_nextStop[slot]];
            usable = stop.EndM - _position[slot];
            return _streets.Network.Lanes[stop.Lane].Position - position;
        }

        usable = route.UsableM[at] - _position[slot];
        return route.Offset[at];
    }

    /// <summary>Asks the driver behind, in the lane beside, for a gap; two who stand side by side and want each other's lane change places.</summary>
    private void AskForGap(int slot, int lane, int place, int target)
    {
        var on = On(target);
        var there = PlaceOn(target, _position[slot]);
        if (there < on.Length)
        {
            _letsIn[on[there]] = slot;
        }

        if (_waitedS[slot] < CalmS)
        {
            return;
        }

        for (var n = Math.Max(0, there - 1); n <= there && n < on.Length; n++)
        {
            var other = on[n];
            var offset = FindOffset(other, target, out _);
            if (_waitedS[other] >= CalmS && offset != 0 && (offset > 0 ? _streets.LeftOf[target] : _streets.RightOf[target]) == lane
                && _position[other] - _length[other] < _position[slot] && _position[slot] - _length[slot] < _position[other]
                && TakesPlace(slot, target, n, other) && TakesPlace(other, lane, place, slot))
            {
                RemoveAt(lane, place);
                RemoveAt(target, n);
                (_position[slot], _position[other]) = (_position[other], _position[slot]);
                PutBeside(slot, lane, target, n);
                PutBeside(other, target, lane, place);
                return;
            }
        }
    }

    /// <summary>Whether a vehicle fits in the place of another.</summary>
    private bool TakesPlace(int slot, int lane, int place, int other)
    {
        var on = On(lane);
        var end = _position[other] - _length[slot];
        return end >= 0 && (place + 1 >= on.Length || _position[on[place + 1]] + ContactM <= end);
    }

    /// <summary>The lane beside that is as good for the way and where it goes faster; -1 for none.</summary>
    private int ChooseFaster(int slot, int lane, int place)
    {
        if (_position[slot] < _length[slot] || ((_serial[slot] + _stepIndex) & 1) != 0 || (_stepIndex - _changedAt[slot]) * _stepS < CalmS || place == 0)
        {
            return -1;
        }

        var kind = _kind[slot];
        var route = _routes[_route[slot]];
        var at = route.LaneStart[_routeStep[slot]] + _streets.Network.Lanes[lane].Position;
        var top = Math.Min(_streets.LimitMps[lane] * _factor[slot], _topOf[kind]);
        var leader = On(lane)[place - 1];
        var mine = Math.Min(top, Behind(_position[leader] - _length[leader] - _position[slot], leader, kind));
        if (mine > 0.9 * top)
        {
            return -1;
        }

        for (var side = -1; side <= 1; side += 2)
        {
            var target = side > 0 ? _streets.LeftOf[lane] : _streets.RightOf[lane];
            if (target < 0 || route.Offset[at + side] != 0 || route.UsableM[at + side] < 0)
            {
                continue;
            }

            var there = PlaceOn(target, _position[slot]);
            if (there > place)
            {
                continue;
            }

            var theirs = top;
            if (there > 0)
            {
                var ahead = On(target)[there - 1];
                theirs = Math.Min(top, Behind(_position[ahead] - _length[ahead] - _position[slot], ahead, kind));
            }

            if ((theirs > mine + 1 || (there + 2 <= place && theirs >= mine)) && Fits(slot, target))
            {
                return target;
            }
        }

        return -1;
    }

    /// <summary>How many vehicles of a lane are ahead of a place.</summary>
    private int PlaceOn(int lane, double position)
    {
        var on = On(lane);
        var (low, high) = (0, on.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_position[on[middle]] > position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Whether a vehicle finds a gap beside in which neither it nor the one behind must brake hard.</summary>
    private bool Fits(int slot, int target)
    {
        var follower = -1;
        var kind = _kind[slot];
        var on = On(target);
        if (Before(_streets.LengthM[target] - _position[slot], kind) < _speed[slot] - (_decelerationOf[kind] * _stepS))
        {
            // Too near the line: one who changed here could not stop at it.
            return false;
        }

        var place = PlaceOn(target, _position[slot]);
        if (place < on.Length)
        {
            follower = on[place];
        }

        if (place > 0)
        {
            var ahead = on[place - 1];
            var gap = _position[ahead] - _length[ahead] - _position[slot];
            if (gap < (_speed[slot] < HaltingMps ? ContactM : _gapOf[kind]) || Behind(gap, ahead, kind) < _speed[slot] - (_decelerationOf[kind] * _stepS))
            {
                return false;
            }
        }
        else if (_streets.LengthM[target] - Overhang(target) - _position[slot] < _gapOf[kind] && Overhang(target) > 0)
        {
            return false;
        }

        if (follower >= 0)
        {
            return CanFollow(follower, _position[slot] - _length[slot] - _position[follower], _speed[slot]);
        }

        return LeavesRoom(target, _position[slot] - _length[slot], _speed[slot]);
    }
}
