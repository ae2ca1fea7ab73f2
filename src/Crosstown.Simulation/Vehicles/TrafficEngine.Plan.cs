namespace Crosstown.Simulation.Vehicles;

public sealed partial class TrafficEngine
{
    /// <summary>A vehicle stops this far before a line, m.</summary>
    private const double LineMarginM = 0.5;

    private const byte HeldByRoom = 1;
    private const byte HeldByOthers = 2;
    private const byte HeldBySignal = 3;

    private void PlanSpeeds()
    {
        if (_settings.Threads > 1)
        {
            const int Part = 64;
            Parallel.For(
                0,
                (_count.Length + Part - 1) / Part,
                new ParallelOptions { MaxDegreeOfParallelism = _settings.Threads },
                part => PlanTracks(part * Part, Math.Min(_count.Length, (part + 1) * Part)));
        }
        else
        {
            PlanTracks(0, _count.Length);
        }
    }

    private void PlanTracks(int from, int to)
    {
        for (var t = from; t < to; t++)
        {
            if (_count[t] > 0)
            {
                PlanTrack(t);
            }
        }
    }

    private void PlanTrack(int track)
    {
        var limit = _streets.LimitMps[track];
        var length = _streets.LengthM[track];
        var leader = -1;
        var needed = 0.0;
        foreach (var slot in On(track))
        {
            var kind = _kind[slot];
            var (speed, factor) = (_speed[slot], _factor[slot]);
            var (acceleration, deceleration, reaction) = (_accelerationOf[kind], _decelerationOf[kind], _reactionOf[kind]);
            var slowest = Math.Max(0, speed - (deceleration * _stepS));
            var wanted = speed + (acceleration * _stepS);
            var top = Math.Min(limit * factor, _topOf[kind]);
            if (wanted > top)
            {
                wanted = Math.Max(top, slowest);
            }

            _heldNext[slot] = 0;
            if (leader >= 0)
            {
                wanted = Math.Min(wanted, Behind(_position[leader] - _length[leader] - _position[slot], leader, kind));
            }

            var toEnd = length - _position[slot];
            var fastest = speed + (acceleration * _stepS);
            var reach = (fastest * (reaction + _stepS)) + DriverModel.BrakingM(fastest, deceleration, _stepS) + _gapOf[kind] + 1;
            if (leader < 0 || toEnd < reach)
            {
                wanted = Math.Min(wanted, Ahead(slot, track, toEnd, reach, leader < 0, needed));
            }

            if (track >= _streets.LaneCount)
            {
                wanted = Math.Min(wanted, Inside(slot, track - _streets.LaneCount));
            }
            else if (_nextStop[slot] < _stops[_departures[_serial[slot]].Trip].Length)
            {
                wanted = Math.Min(wanted, ToStop(slot, track, slowest));
            }

            if (_letsIn[slot] >= 0)
            {
                wanted = Math.Min(wanted, LettingIn(slot, kind, slowest));
                _letsIn[slot] = -1;
            }

            var dawdling = _imperfectionOf[kind] * Math.Min(wanted, acceleration) * _stepS * DriverModel.Draw(_settings.Seed, _serial[slot], _stepIndex);
            _nextSpeed[slot] = Math.Max(0, Math.Max(wanted - dawdling, Math.Min(slowest, wanted)));
            leader = slot;
            needed += _length[slot] + _gapOf[kind];
        }
    }

    /// <summary>The highest safe speed behind a vehicle; the gap is from bumper to bumper.</summary>
    private double Behind(double gapM, int leader, int kind) => DriverModel.SafeSpeed(
        gapM - _gapOf[kind],
        DriverModel.BrakingM(_speed[leader], Math.Max(_decelerationOf[kind], _decelerationOf[_kind[leader]]), _stepS),
        _decelerationOf[kind],
        _reactionOf[kind],
        _stepS);

    private double Before(double wayM, int kind) => DriverModel.SafeSpeed(wayM - LineMarginM, 0, _decelerationOf[kind], _reactionOf[kind], _stepS);

    /// <summary>The highest speed that what lies beyond the end of a track allows.</summary>
    private double Ahead(int slot, int track, double toEnd, double reach, bool findLeader, double neededM)
    {
        var kind = _kind[slot];
        var safe = double.MaxValue;
        var dist = toEnd;
        var step = _routeStep[slot];
        var lastStep = _routes[_route[slot]].Edges.Length - 1;
        var isNear = true;
        while (dist < reach || (findLeader && dist < reach + _longestM))
        {
            if (findLeader)
            {
                var overhang = Overhang(track);
                if (overhang > 0)
                {
                    safe = Math.Min(safe, Behind(dist - overhang, _leftBy[track], kind));
                }
            }

            int next;
            if (track < _streets.LaneCount)
            {
                if (step == lastStep)
                {
                    return safe;
                }

                var link = isNear ? _nextLink[slot] : LinkFrom(_route[slot], step, track);
                if (link < 0)
                {
                    _heldNext[slot] = HeldByRoom;
                    return Math.Min(safe, Before(dist, kind));
                }

                var held = dist < reach ? Hold(slot, link, dist, isNear ? neededM : 0, isNear) : (byte)0;
                if (held != 0)
                {
                    if (isNear)
                    {
                        _heldNext[slot] = held;
                    }

                    return Math.Min(safe, Before(dist, kind));
                }

                if (isNear && _streets.WaitM[link] > 0 && dist < reach)
                {
                    safe = Math.Min(safe, ToWaitingPlace(slot, link, dist));
                }

                next = _streets.LaneCount + link;
            }
            else
            {
                next = _streets.ToLane[track - _streets.LaneCount];
                step++;
                if (isNear && findLeader)
                {
                    safe = Math.Min(safe, Joining(slot, track, next, dist, kind));
                }
            }

            var bound = _streets.LimitMps[next] * _factor[slot];
            if (bound < _speed[slot] + (_accelerationOf[kind] * _stepS))
            {
                var way = dist + DriverModel.BrakingM(bound, _decelerationOf[kind], _stepS);
                safe = Math.Min(safe, Math.Max(bound, DriverModel.SafeSpeed(way, 0, _decelerationOf[kind], _reactionOf[kind], _stepS)));
            }

            if (findLeader && _count[next] > 0)
            {
                var ahead = Last(next);
                safe = Math.Min(safe, Behind(dist + _position[ahead] - _length[ahead], ahead, kind));
                findLeader = false;
            }

            dist += _streets.LengthM[next];
            track = next;
            isNear = false;
        }

        return safe;
    }

    /// <summary>Behind those who come over another way onto the same lane and are nearer to it.</summary>
    private double Joining(int slot, int track, int lane, double dist, int kind)
    {
        var safe = double.MaxValue;
        foreach (var link in _streets.Incoming[lane])
        {
            var other = _streets.LaneCount + link;
            if (other == track)
            {
                continue;
            }

            foreach (var rival in On(other))
            {
                var theirs = _streets.LengthM[other] - _position[rival];
                if (_position[rival] >= _streets.WaitM[link] && (theirs < dist || (theirs == dist && other < track)) && theirs + _length[rival] > -_gapOf[kind])
                {
                    safe = Math.Min(safe, Behind(dist - theirs - _length[rival], rival, kind));
                }
            }
        }

        // Two whose ends are side by side before the lane begins: the one behind waits, but never forever.
        return _waitedS[slot] > _settings.BlockerReleaseS ? double.MaxValue : safe;
    }

    /// <summary>Whether a vehicle must stop before a connection: 0 for no, or why.</summary>
    private byte Hold(int slot, int link, double dist, double aheadM, bool isNear)
    {
        var kind = _kind[slot];
        var canStop = Before(dist, kind) >= _speed[slot] - (_decelerationOf[kind] * _stepS) - 1e-9;
        if (!canStop)
        {
            return 0;
        }

        var aspect = _heads.Aspects[link];
        if (aspect is Aspect.Red or Aspect.Yellow)
        {
            return HeldBySignal;
        }

        if (!isNear)
        {
            return 0;
        }

        if (_streets.CrossesOthers[link] && !HasRoom(slot, link, aheadM))
        {
            return HeldByRoom;
        }

        var mustStop = aspect is Aspect.RedAfterStop or Aspect.StopThenMinor;
        if (mustStop && _stoodAt[slot] != link)
        {
            return HeldByOthers;
        }

        var yields = mustStop || aspect is Aspect.GreenYield or Aspect.Minor;
        return _streets.WaitM[link] > 0 && aspect != Aspect.RedAfterStop
            ? IsFree(slot, link, dist, false, true) ? (byte)0 : HeldByOthers
            : IsFree(slot, link, dist, yields, false) ? (byte)0 : HeldByOthers;
    }

    /// <summary>The speed toward the waiting place inside a junction, for one who may have to wait there.</summary>
    private double ToWaitingPlace(int slot, int link, double dist)
    {
        var kind = _kind[slot];
        var stop = Before(dist + _streets.WaitM[link], kind);
        var canStop = stop >= _speed[slot] - (_decelerationOf[kind] * _stepS) - 1e-9;
        return canStop && _heads.Aspects[link] is not (Aspect.Green or Aspect.Major) && !IsFree(slot, link, dist, true, false) ? stop : double.MaxValue;
    }

    /// <summary>What a vehicle inside a junction still heeds: its waiting place, and walkers on a crossing ahead.</summary>
    private double Inside(int slot, int link)
    {
        var kind = _kind[slot];
        var safe = double.MaxValue;
        var position = _position[slot];
        var wait = _streets.WaitM[link];
        if (wait > 0 && position < wait)
        {
            var aspect = _heads.Aspects[link];
            var canStop = Before(wait - position, kind) >= _speed[slot] - (_decelerationOf[kind] * _stepS) - 1e-9;
            if (canStop && aspect != Aspect.Green && aspect != Aspect.Major
                && (!HasRoom(slot, link, 0) || !IsFree(slot, link, -position, true, false)))
            {
                _heldNext[slot] = HeldByOthers;
                safe = Before(wait - position, kind);
            }
        }

        foreach (var foe in _streets.Foes[link])
        {
            if (_streets.IsWalked[foe.Link])
            {
                if (_walkerCount > 0 && foe.MineM > position + 0.5 && IsWalkedNow(foe)
                    && Before(foe.MineM - 1.5 - position, kind) is var stop
                    && stop >= _speed[slot] - (2 * _decelerationOf[kind] * _stepS))
                {
                    safe = Math.Min(safe, stop);
                }
            }
            else if (!foe.Joins && foe.MineM > position && _count[_streets.LaneCount + foe.Link] > 0
                && _waitedS[slot] < _settings.BlockerReleaseS && IsCovered(foe))
            {
                safe = Math.Min(safe, Before(foe.MineM - position, kind));
            }
        }

        return safe;
    }

    /// <summary>Whether somebody is where another way crosses.</summary>
    private bool IsCovered(in StreetLayout.Foe foe)
    {
        foreach (var other in On(_streets.LaneCount + foe.Link))
        {
            if (_position[other] > foe.TheirsM && _position[other] - _length[other] < foe.TheirsM)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a vehicle would find room behind the junction, so that it does not stand in others' way.</summary>
    /// <remarks>Room ends at the first who stands; those who move need their own room before it. Short lanes that nobody stands on are looked over.</remarks>
    private bool HasRoom(int slot, int link, double aheadM)
    {
        var needed = _length[slot] + _gapOf[_kind[slot]] + aheadM;
        var offset = 0.0;
        var step = _routeStep[slot] + 1;
        for (var part = 0; ; part++)
        {
            var lane = _streets.ToLane[link];
            foreach (var other in _streets.Incoming[lane])
            {
                if (part > 0 && other != link)
                {
                    continue;
                }

                foreach (var inside in On(_streets.LaneCount + other))
                {
                    needed += inside == slot ? 0 : _length[inside] + _gapOf[_kind[inside]];
                }
            }

            var on = On(lane);
            for (var i = on.Length - 1; i >= 0; i--)
            {
                var end = offset + _position[on[i]] - _length[on[i]];
                if (_speed[on[i]] < HaltingMps)
                {
                    return end >= needed;
                }

                needed += _length[on[i]] + _gapOf[_kind[on[i]]];
                if (end >= needed)
                {
                    return true;
                }
            }

            offset += _streets.LengthM[lane];
            if (offset >= needed || step == _routes[_route[slot]].Edges.Length - 1)
            {
                return true;
            }

            link = LinkFrom(_route[slot], step++, lane);
            if (part == 3 || link < 0 || _heads.Aspects[link] is Aspect.Red or Aspect.Yellow)
            {
                return false;
            }

            offset += _streets.LengthM[_streets.LaneCount + link];
        }
    }

    /// <summary>Whether the ways that cross a connection are free for as long as a vehicle needs to get over them.</summary>
    /// <param name="toLine">Way to the connection's begin, m; negative for a vehicle on it.</param>
    /// <param name="yields">Whether those who go first must be let past as they come; else only what stands or drives in the way counts.</param>
    /// <param name="toWait">Whether the vehicle only goes to its waiting place inside.</param>
    private bool IsFree(int slot, int link, double toLine, bool yields, bool toWait)
    {
        var kind = _kind[slot];
        var (speed, acceleration, length) = (_speed[slot], MeanAcceleration(kind), _length[slot]);
        var top = Math.Min(_streets.LimitMps[_streets.LaneCount + link] * _factor[slot], _topOf[kind]);
        foreach (var foe in _streets.Foes[link])
        {
            if (toWait && foe.MineM >= _streets.WaitM[link] - StreetLayout.ConflictM)
            {
                continue;
            }

            if (_streets.IsWalked[foe.Link])
            {
                if (foe.MineM < 6 && toLine > -foe.MineM && IsWalkedNow(foe))
                {
                    return false;
                }

                continue;
            }

            // Who stands across another's way cannot be stopped by those who wait for it to clear.
            if (!foe.Joins && toLine < 0 && -toLine > foe.MineM)
            {
                continue;
            }

            var inS = DriverModel.TravelS(toLine + foe.MineM - StreetLayout.ConflictM, speed, acceleration, top);
            var outS = DriverModel.TravelS(toLine + foe.MineM + StreetLayout.ConflictM + (foe.Joins ? 0 : length), Math.Min(speed, top), acceleration, top);
            var isFirst = foe.GoesFirst || _heads.Aspects[link] == Aspect.RedAfterStop;
            if (!IsBoxFree(slot, foe, inS, outS, isFirst) || (yields && isFirst && !LetsPast(slot, foe, inS, outS, top)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What an uneven driver makes of the possible acceleration, on the mean.</summary>
    private double MeanAcceleration(int kind) => _accelerationOf[kind] * (1 - (_imperfectionOf[kind] / 2));

    private bool IsBoxFree(int slot, in StreetLayout.Foe foe, double inS, double outS, bool goesFirst)
    {
        var wait = _streets.WaitM[foe.Link];
        var top = _streets.LimitMps[_streets.LaneCount + foe.Link];
        foreach (var other in On(_streets.LaneCount + foe.Link))
        {
            var position = _position[other];
            if (position - _length[other] > foe.TheirsM + StreetLayout.ConflictM || other == slot)
            {
                continue;
            }

            if (position <= wait && _held[other] == HeldByOthers && foe.Yields)
            {
                continue;
            }

            if (_speed[other] < HaltingMps && _waitedS[other] > 0)
            {
                // It stands: in the way or before it.
                if (position > foe.TheirsM - StreetLayout.ConflictM && _waitedS[slot] < _settings.BlockerReleaseS && !foe.Joins)
                {
                    return false;
                }

                if (!goesFirst)
                {
                    continue;
                }
            }

            var acceleration = MeanAcceleration(_kind[other]);
            var arrives = DriverModel.TravelS(foe.TheirsM - StreetLayout.ConflictM - position, _speed[other], acceleration, top * _factor[other]);
            var leaves = DriverModel.TravelS(foe.TheirsM + StreetLayout.ConflictM + (foe.Joins ? 0 : _length[other]) - position, _speed[other], acceleration, top * _factor[other]);
            if (arrives < outS + 1 && leaves > inS && _waitedS[slot] < _settings.BlockerReleaseS)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether nobody who goes first arrives at the crossing of both ways while a vehicle is on it.</summary>
    private bool LetsPast(int slot, in StreetLayout.Foe foe, double inS, double outS, double myTop)
    {
        var aspect = _heads.Aspects[foe.Link];
        if (aspect is Aspect.Red or Aspect.RedAfterStop)
        {
            return true;
        }

        var lane = _streets.FromLane[foe.Link];
        var track = _streets.LaneCount + foe.Link;
        var way = foe.TheirsM + _streets.LengthM[lane];
        foreach (var other in On(lane))
        {
            if (_nextLink[other] != foe.Link)
            {
                if (_held[other] is HeldByRoom or HeldByOthers && _waitedS[other] > 0)
                {
                    return true;
                }

                continue;
            }

            if (_held[other] == HeldByRoom && _waitedS[other] > 1)
            {
                return true;
            }

            if (_held[other] == HeldByOthers && _waitedS[other] > 1
                && (_waitedS[slot] > _waitedS[other] || (_waitedS[slot] == _waitedS[other] && _serial[slot] < _serial[other])))
            {
                return true;
            }

            if (aspect == Aspect.Yellow && Before(_streets.LengthM[lane] - _position[other], _kind[other]) >= _speed[other] - (_decelerationOf[_kind[other]] * _stepS))
            {
                return true;
            }

            if (!IsClearOf(other, way - _position[other], _streets.LimitMps[lane], foe, inS, outS, myTop, out var isLater))
            {
                return false;
            }

            if (isLater)
            {
                return true;
            }
        }

        if (aspect == Aspect.Yellow)
        {
            return true;
        }

        return IsClearUpstream(foe, lane, way, inS, outS, myTop, _streets.LimitMps[track]);
    }

    /// <summary>Looks one junction back, where the lane of those who go first is short.</summary>
    private bool IsClearUpstream(in StreetLayout.Foe foe, int lane, double way, double inS, double outS, double myTop, double pathLimit)
    {
        var limit = Math.Max(_streets.LimitMps[lane], pathLimit);
        if (way > (outS + 4) * limit)
        {
            return true;
        }

        foreach (var link in _streets.Incoming[lane])
        {
            var track = _streets.LaneCount + link;
            foreach (var other in On(track))
            {
                if (LinkFrom(_route[other], _routeStep[other] + 1, lane) == foe.Link
                    && !IsClearOf(other, way + _streets.LengthM[track] - _position[other], limit, foe, inS, outS, myTop, out _))
                {
                    return false;
                }
            }

            if (_heads.Aspects[link] == Aspect.Red)
            {
                continue;
            }

            var from = _streets.FromLane[link];
            foreach (var other in On(from))
            {
                if (_held[other] is HeldByRoom or HeldBySignal)
                {
                    break;
                }

                if (_nextLink[other] == link && LinkFrom(_route[other], _routeStep[other] + 1, lane) == foe.Link)
                {
                    if (!IsClearOf(other, way + _streets.LengthM[track] + _streets.LengthM[from] - _position[other], limit, foe, inS, outS, myTop, out var isLater))
                    {
                        return false;
                    }

                    if (isLater)
                    {
                        break;
                    }
                }
            }
        }

        return true;
    }

    private bool IsClearOf(int other, double way, double limit, in StreetLayout.Foe foe, double inS, double outS, double myTop, out bool isLater)
    {
        var kind = _kind[other];
        var top = Math.Min(limit * _factor[other], _topOf[kind]);
        var arrives = DriverModel.TravelS(way - StreetLayout.ConflictM, _speed[other], _accelerationOf[kind], top);
        var leaves = DriverModel.TravelS(way + StreetLayout.ConflictM + _length[other], _speed[other], _accelerationOf[kind], top);

        // Where ways join, the one who comes behind must not have to brake hard to the other's speed.
        var margin = foe.Joins ? 1.5 + Math.Max(0, (top - myTop) / 4) : 1.5;
        isLater = arrives > outS + margin;
        return isLater || leaves + 0.5 < inS;
    }

    /// <summary>The speed toward the next stop on this edge; one that can no longer be reached is left out.</summary>
    private double ToStop(int slot, int lane, double slowest)
    {
        var stop = _stops[_departures[_serial[slot]].Trip][_nextStop[slot]];
        if (_streets.EdgeOf[stop.Lane] != _streets.EdgeOf[lane])
        {
            return double.MaxValue;
        }

        if (_dwellLeftS[slot] > 0)
        {
            return 0;
        }

        if (_position[slot] > stop.EndM + LineMarginM)
        {
            _nextStop[slot]++;
            return double.MaxValue;
        }

        return Math.Max(slowest, DriverModel.SafeSpeed(stop.EndM - _position[slot], 0, _decelerationOf[_kind[slot]], _reactionOf[_kind[slot]], _stepS));
    }

    /// <summary>Opens a gap for one who must change into this lane, as far as comfortable braking allows.</summary>
    private double LettingIn(int slot, int kind, double slowest)
    {
        var other = _letsIn[slot];
        var gap = _position[other] - _length[other] - _position[slot];
        return _track[other] >= _streets.LaneCount || gap < ContactM ? double.MaxValue : Math.Max((slowest + _speed[slot]) / 2, Behind(gap, other, kind));
    }
}
