namespace Crosstown.Simulation.Vehicles;

public sealed partial class TrafficEngine
{
    /// <summary>Least gap between two vehicles where one had to be set back, m.</summary>
    private const double ContactM = 0.05;

    private readonly Sensors _sensors;
    private readonly TrafficSums _sums;
    private readonly List<(int Slot, int Serial, int Lane, double LeftAtM)> _leaving = [];

    private void Move()
    {
        var steps = 0L;
        for (var t = 0; t < _count.Length; t++)
        {
            if (_count[t] > 0)
            {
                steps += _count[t];
                MoveTrack(t);
            }
        }

        VehicleSteps += steps;
        for (var t = _streets.LaneCount; t < _count.Length; t++)
        {
            HandOn(t);
        }

        for (var t = 0; t < _streets.LaneCount; t++)
        {
            HandOn(t);
        }
    }

    private void MoveTrack(int track)
    {
        var limit = _streets.LimitMps[track];
        var length = _streets.LengthM[track];
        var isLane = track < _streets.LaneCount;
        var lossS = 0.0;
        var standing = 0;
        var stops = 0;
        foreach (var slot in On(track))
        {
            var speed = _nextSpeed[slot];
            var way = speed * _stepS;
            _position[slot] += way;
            _driven[slot] += way;
            _movedM[slot] = way;
            _speed[slot] = speed;
            var isDwelling = isLane && _nextStop[slot] < _stops[_departures[_serial[slot]].Trip].Length && Dwell(slot, track);
            if (isDwelling)
            {
                continue;
            }

            var top = Math.Min(limit * _factor[slot], _topOf[_kind[slot]]);
            var loss = speed < top ? _stepS * (1 - (speed / top)) : 0;
            _edgeLossS[slot] += loss;
            _totalLossS[slot] += loss;
            lossS += loss;
            if (_section[slot] >= 0)
            {
                _sums.Lost(_section[slot], loss);
            }

            if (speed < HaltingMps)
            {
                if (_waitedS[slot] == 0)
                {
                    _edgeStops[slot]++;
                    stops++;
                    if (_section[slot] >= 0)
                    {
                        _sums.Stopped(_section[slot]);
                    }
                }

                _waitedS[slot] += _stepS;
                standing++;
            }
            else
            {
                _waitedS[slot] = 0;
            }

            if (isLane && speed < 1 && length - _position[slot] < 8)
            {
                _stoodAt[slot] = _nextLink[slot];
            }
        }

        _sums.Drove(track, lossS, stops, standing, _stepS);
    }

    private bool Dwell(int slot, int lane)
    {
        var stop = _stops[_departures[_serial[slot]].Trip][_nextStop[slot]];
        if (stop.Lane != lane)
        {
            return false;
        }

        if (_dwellLeftS[slot] > 0)
        {
            _dwellLeftS[slot] -= _stepS;
            if (_dwellLeftS[slot] <= 1e-9)
            {
                if (stop.UntilS > TimeS + _stepS)
                {
                    _dwellLeftS[slot] = _stepS;
                    return true;
                }

                _dwellLeftS[slot] = 0;
                _nextStop[slot]++;
            }

            return true;
        }

        if (_speed[slot] < HaltingMps && stop.EndM - _position[slot] < Math.Max(2, stop.EndM - stop.StartM - _length[slot]))
        {
            _dwellLeftS[slot] = Math.Max(_stepS, stop.DurationS);
            return true;
        }

        return false;
    }

    /// <summary>Hands those who came to a track's end on to what follows.</summary>
    private void HandOn(int track)
    {
        while (_count[track] > 0)
        {
            var slot = _slots[_base[track] + _head[track]];
            var over = _position[slot] - _streets.LengthM[track];
            if (over <= 0)
            {
                return;
            }

            var isLane = track < _streets.LaneCount;
            if (isLane && IsLastEdge(slot))
            {
                Arrive(slot, track);
                continue;
            }

            var next = !isLane ? _streets.ToLane[track - _streets.LaneCount]
                : _nextLink[slot] >= 0 ? _streets.LaneCount + _nextLink[slot]
                : -1;
            var place = next < 0 ? 0 : over;
            if (next >= 0 && _count[next] > 0)
            {
                place = Math.Min(place, _position[Last(next)] - _length[Last(next)] - ContactM);
            }
            else if (next >= 0 && Overhang(next) is var overhang && overhang > 0)
            {
                place = Math.Min(place, _streets.LengthM[next] - overhang - ContactM);
            }

            if (place < over)
            {
                SetBack++;
                PullBack(slot, over - Math.Max(0, place));
            }

            if (place <= 0)
            {
                _position[slot] = _streets.LengthM[track];
                KeepApart(track);
                return;
            }

            _head[track]++;
            _count[track]--;
            _leftBy[track] = slot;
            _leftSerial[track] = _serial[slot];
            _leftAtM[track] = _driven[slot] - place;
            if (isLane)
            {
                Leave(slot, track);
            }
            else
            {
                _routeStep[slot]++;
                _nextLink[slot] = LinkFrom(_route[slot], _routeStep[slot], next);
                _sums.Came(_streets.EdgeOf[next]);
                Begin(slot, _streets.EdgeOf[next]);
            }

            _position[slot] = place;
            PushBack(next, slot);
            if (place > _streets.LengthM[next] && _count[next] == 1)
            {
                HandOn(next);
            }
        }
    }

    private void Begin(int slot, int edge)
    {
        if (_sectionBegins.Length == 0 || _sectionBegins[edge] is not (>= 0 and var section))
        {
            return;
        }

        if (_section[slot] >= 0)
        {
            _sums.Ended(_section[slot]);
        }

        _section[slot] = section;
        _sums.Began(section);
    }

    private void PullBack(int slot, double way)
    {
        _driven[slot] -= way;
        _movedM[slot] -= way;
        _speed[slot] = Math.Max(0, Math.Min(_speed[slot], _movedM[slot] / _stepS));
    }

    /// <summary>Sets followers back behind one that was set back itself.</summary>
    private void KeepApart(int track)
    {
        var on = On(track);
        for (var i = 1; i < on.Length; i++)
        {
            var excess = _position[on[i]] - (_position[on[i - 1]] - _length[on[i - 1]] - ContactM);
            if (excess <= 0)
            {
                return;
            }

            _position[on[i]] -= excess;
            PullBack(on[i], excess);
        }
    }

    private void Leave(int slot, int lane)
    {
        _sums.Passed(_nextLink[slot], _edgeLossS[slot], _edgeStops[slot]);
        _edgeLossS[slot] = 0;
        _edgeStops[slot] = 0;
        _stoodAt[slot] = -1;
        if (_sensors.HasLane(lane))
        {
            _leaving.Add((slot, _serial[slot], lane, _leftAtM[lane]));
        }

        var stops = _stops[_departures[_serial[slot]].Trip];
        while (_nextStop[slot] < stops.Length && _streets.EdgeOf[stops[_nextStop[slot]].Lane] == _streets.EdgeOf[lane])
        {
            _nextStop[slot]++;
            _dwellLeftS[slot] = 0;
        }
    }

    private void Arrive(int slot, int lane)
    {
        _head[lane]++;
        _count[lane]--;
        if (_sensors.HasLane(lane))
        {
            // Its end leaves the lane as fast as its front did.
            _sensors.Pass(lane, _position[slot] - _movedM[slot], _position[slot], _length[slot], _nowMs, _stepMs);
            _sensors.Vanish(lane, _position[slot], _position[slot] - _length[slot], _nowMs + _stepMs);
        }

        if (_section[slot] >= 0)
        {
            _sums.Ended(_section[slot]);
        }

        _sums.Arrived(_kind[slot], _totalLossS[slot], _entryDelayS[slot]);
        _serial[slot] = -1;
        Driving--;
        _free.Push(slot);
    }

    private void Sense()
    {
        foreach (var lane in _sensors.Lanes)
        {
            foreach (var slot in On(lane))
            {
                _sensors.Pass(lane, _position[slot] - _movedM[slot], _position[slot], _length[slot], _nowMs, _stepMs);
            }
        }

        var kept = 0;
        for (var i = 0; i < _leaving.Count; i++)
        {
            var (slot, serial, lane, leftAt) = _leaving[i];
            if (_serial[slot] != serial)
            {
                continue;
            }

            var front = _streets.LengthM[lane] + _driven[slot] - leftAt;
            _sensors.Pass(lane, front - _movedM[slot], front, _length[slot], _nowMs, _stepMs);
            if (front - _length[slot] <= _streets.LengthM[lane])
            {
                _leaving[kept++] = (slot, serial, lane, leftAt);
            }
        }

        _leaving.RemoveRange(kept, _leaving.Count - kept);
    }

    /// <summary>The totals so far; those who still drive or wait are charged up to now.</summary>
    public TrafficTotals Finish()
    {
        var left = new LeftOver(new int[_kinds.Length], new double[_kinds.Length], new double[_entryQueue.Length]);
        for (var t = 0; t < _count.Length; t++)
        {
            foreach (var slot in On(t))
            {
                left.DelayS[_kind[slot]] += _totalLossS[slot] + _entryDelayS[slot];
            }
        }

        foreach (var edge in _entryEdges)
        {
            for (var i = _entryQueue[edge]; i >= 0; i = _waitingNext[i])
            {
                var waited = (_nowMs - _departures[i].TimeMs) / 1000.0;
                left.NeverEntered[_departures[i].Kind]++;
                left.DelayS[_departures[i].Kind] += waited;
                left.EntryDelayS[edge] += waited;
            }
        }

        return _sums.Close((_nowMs - _startMs) / 1000.0, Driving, Waiting, left);
    }
}
