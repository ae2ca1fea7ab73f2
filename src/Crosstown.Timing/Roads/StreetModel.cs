using Crosstown.Core;
using Crosstown.Core.Networks;

namespace Crosstown.Timing.Roads;

/// <summary>What the lane-queue model says of a set of programs.</summary>
/// <param name="MeanDelayS">Seconds per trip that was asked for, waiting to enter included; what has not arrived is charged to the end.</param>
/// <param name="Trips">Trips that were asked for.</param>
/// <param name="Unfinished">Trips that had not arrived at the end.</param>
/// <param name="Unentered">Of these, trips that had not even entered.</param>
public readonly record struct StreetOutcome(double MeanDelayS, int Trips, int Unfinished, int Unentered);

/// <summary>
/// Lanes as queues of vehicles on a road network: each lane discharges in order at saturation headways, stores what fits, spills back, and yields where it must.
/// </summary>
/// <remarks>
/// Between following every vehicle step by step and profiles of flow: a vehicle costs work only where it enters or leaves a lane, so an hour of a small city takes milliseconds.
/// Headways follow from Krauss' car following: time headway, length and gap over the speed of the turn, and what uneven driving adds. Measured against SUMO 1.15 on one lane at
/// 6.5-20 m/s they are within 5 %. A place that a vehicle leaves is free for the next one when the wave of starting vehicles has come back to it.
/// The same seed gives the same answer.
/// </remarks>
public sealed class StreetModel
{
    /// <summary>Speed at which gaps travel back through a queue, m/s: vehicle length and gap over the headway, 7.5 m in 1.5 s.</summary>
    private const double WaveMps = 5;

    /// <summary>A foe that crosses within this after or before keeps the way closed, s.</summary>
    private const double ClearS = 1;

    private const double GapMarginS = 1;

    /// <summary>Drivers want different speeds, and those behind drive as the slower ones ahead: the mean is so many standard deviations below what is wanted.</summary>
    private const double PlatoonShare = 0.5;

    /// <summary>What the last vehicle's gap may reach over the end of a lane, m.</summary>
    private const double StandingGapM = 2.5;

    /// <summary>After so long a wait a driver takes any gap, s (SUMO's time to impatience).</summary>
    private const double ImpatienceS = 180;

    /// <summary>What a stop before a turn in red takes, s.</summary>
    private const double StopS = 2;

    /// <summary>From one place in a queue to the next, standing at both, s: a vehicle's length and gap at the usual acceleration and braking.</summary>
    private const double MoveUpS = 2;

    /// <summary>After so long inside a junction others find a way around a vehicle, s.</summary>
    private const double ReleaseS = 60;

    /// <summary>Place in the queue of a vehicle that something else than a signal has held: its own start is still to come.</summary>
    private const int Held = -1;

    private const int LooksAhead = 3;

    /// <summary>Length over a junction beyond which no more vehicles are counted as on it, m.</summary>
    private const double InsideBoundM = 60;

    private readonly StreetGraph _graph;
    private readonly double _beginS;
    private readonly double _endS;
    private readonly int[] _slots;
    private readonly int[] _slotStart;
    private readonly double[] _kindSpaceM;
    private readonly double[] _kindDriftMps;
    private readonly double[] _kindSlower;

    // What a run changes; set back at its begin.
    private readonly int[] _queue;
    private readonly double[] _ghostAt;
    private readonly double[] _ghostM;
    private readonly int[] _head;
    private readonly int[] _count;
    private readonly int[] _ghostHead;
    private readonly int[] _ghostCount;
    private readonly double[] _usedM;
    private readonly double[] _nextS;
    private readonly double[] _wakeS;
    private readonly double[] _lastInS;
    private readonly int[] _sinceStop;
    private readonly double[] _lastCrossS;
    private readonly int[] _waitingCount;
    private readonly int[] _waitingVehicle;
    private readonly int[] _place;
    private readonly int[] _leads;
    private readonly double[] _arriveS;
    private readonly double[] _freeS;
    private readonly double[] _departS;
    private readonly bool[] _isActive;
    private readonly List<int> _active = [];
    private readonly List<int> _waitingOn = [];
    private readonly double[] _enterNextS;
    private readonly double[] _laneDelayS;
    private readonly int[] _laneCount;
    private readonly int[][] _origins;
    private readonly int[] _originEdge;
    private readonly int[] _originAt;
    private SignalTimeline?[] _signals = [];
    private double _delayS;
    private int _finished;
    private bool _isScattered;

    /// <param name="network">The streets.</param>
    /// <param name="demand">Who drives; departures outside the time are left out.</param>
    /// <param name="beginS">Begin of the demand, seconds since midnight.</param>
    /// <param name="endS">When the run ends at the latest.</param>
    public StreetModel(RoadNetwork network, RoadDemand demand, double beginS, double endS)
        : this(new StreetGraph(network, demand with { Trips = [.. demand.Trips.Where(t => t.DepartS >= beginS && t.DepartS < endS)] }), beginS, endS)
    {
    }

    private StreetModel(StreetGraph graph, double beginS, double endS)
    {
        _graph = graph;
        _beginS = beginS;
        _endS = endS;
        var kinds = graph.Kinds;
        _kindSpaceM = [.. kinds.Select(k => k.LengthM + k.StandingGapM)];
        _kindSlower = [.. kinds.Select(k => PlatoonShare * k.SpeedFactorDeviation)];
        _kindDriftMps = [.. kinds.Select(k => k.Imperfection * k.AccelerationMps2 / 2)];
        var least = kinds.Length == 0 ? 7.5 : Math.Max(1, _kindSpaceM.Min());
        var lanes = graph.Network.Lanes.Length;
        _slots = new int[lanes];
        _slotStart = new int[lanes + 1];
        for (var l = 0; l < lanes; l++)
        {
            _slots[l] = (int)((graph.Network.Lanes[l].LengthM + InsideBoundM) / least) + 3;
            _slotStart[l + 1] = _slotStart[l] + _slots[l];
        }

        _queue = new int[_slotStart[lanes]];
        _ghostAt = new double[_slotStart[lanes]];
        _ghostM = new double[_slotStart[lanes]];
        _head = new int[lanes];
        _count = new int[lanes];
        _ghostHead = new int[lanes];
        _ghostCount = new int[lanes];
        _usedM = new double[lanes];
        _nextS = new double[lanes];
        _wakeS = new double[lanes];
        _lastInS = new double[lanes];
        _sinceStop = new int[lanes];
        _isActive = new bool[lanes];
        var connections = graph.FromLane.Length;
        _lastCrossS = new double[connections];
        _waitingCount = new int[connections];
        _waitingVehicle = new int[connections * 2];
        var trips = graph.Trips.Length;
        _place = new int[trips];
        _leads = new int[trips];
        _arriveS = new double[trips];
        _freeS = new double[trips];
        _departS = new double[trips];
        var byOrigin = Enumerable.Range(0, trips).GroupBy(v => graph.TripEdge[graph.TripStart[v]]).OrderBy(g => g.Key).ToArray();
        _originEdge = [.. byOrigin.Select(g => g.Key)];
        _origins = [.. byOrigin.Select(g => g.ToArray())];
        _originAt = new int[_origins.Length];
        _enterNextS = new double[lanes];
        _laneDelayS = new double[lanes];
        _laneCount = new int[lanes];
    }

    public int TripCount => _graph.Trips.Length;

    /// <summary>Of the last run: seconds that vehicles waited at the end of each lane of the network, those inside the junction after it included.</summary>
    public ReadOnlySpan<double> DelayByLaneS => _laneDelayS;

    /// <summary>Of the last run: vehicles that left each lane for another.</summary>
    public ReadOnlySpan<int> LeftByLane => _laneCount;

    /// <summary>A model of the same streets that can run at the same time as this one.</summary>
    public StreetModel Twin() => new(_graph, _beginS, _endS);

    /// <summary>Drives the demand once.</summary>
    /// <param name="programs">A program for each signal; a signal without one shows green that yields.</param>
    /// <param name="seed">Decides what departures scatter by, and where vehicles enter that may enter anywhere.</param>
    /// <param name="scatterS">Each departure is later by 0 up to this, s.</param>
    /// <param name="stopAtS">Ends the run when the delay so far is beyond this sum per trip; the answer is then a lower bound.</param>
    public StreetOutcome Run(IEnumerable<FixedProgram> programs, ulong seed, double scatterS = 0, double stopAtS = double.PositiveInfinity)
    {
        var byName = programs.ToDictionary(p => p.Signal, p => new SignalTimeline(p), StringComparer.Ordinal);
        return Run([.. _graph.SignalNames.Select(s => byName.GetValueOrDefault(s))], seed, scatterS, stopAtS, 1);
    }

    internal IReadOnlyList<string> SignalNames => _graph.SignalNames;

    /// <param name="press">The same trips in a time that is shorter by this factor, 1 or more: a plan's reserve shows.</param>
    internal StreetOutcome Run(SignalTimeline?[] signals, ulong seed, double scatterS, double stopAtS, double press)
    {
        Reset(signals, seed, scatterS, press);
        var trips = _graph.Trips.Length;
        var limit = stopAtS * trips;
        for (var t = _beginS; t < _endS && _finished < trips; t++)
        {
            Enter(t);
            for (var i = 0; i < _waitingOn.Count; i++)
            {
                if (LeaveInside(_waitingOn[i], t + 1))
                {
                    _waitingOn[i] = _waitingOn[^1];
                    _waitingOn.RemoveAt(_waitingOn.Count - 1);
                    i--;
                }
            }

            for (var i = 0; i < _active.Count; i++)
            {
                var lane = _active[i];
                if (_wakeS[lane] < t + 1)
                {
                    Discharge(lane, t, t + 1);
                }

                if (_count[lane] == 0)
                {
                    _isActive[lane] = false;
                    _active[i] = _active[^1];
                    _active.RemoveAt(_active.Count - 1);
                    i--;
                }
            }

            if (_delayS > limit)
            {
                return new StreetOutcome(_delayS / trips, trips, trips - _finished, 0);
            }
        }

        return Charge();
    }

    private void Reset(SignalTimeline?[] signals, ulong seed, double scatterS, double press)
    {
        _signals = signals;
        Array.Clear(_head);
        Array.Clear(_count);
        Array.Clear(_ghostHead);
        Array.Clear(_ghostCount);
        Array.Clear(_usedM);
        Array.Fill(_nextS, _beginS);
        Array.Clear(_wakeS);
        Array.Clear(_lastInS);
        Array.Clear(_sinceStop);
        Array.Clear(_isActive);
        Array.Clear(_lastCrossS);
        Array.Clear(_waitingCount);
        Array.Clear(_originAt);
        Array.Clear(_enterNextS);
        Array.Clear(_freeS);
        Array.Clear(_laneDelayS);
        Array.Clear(_laneCount);
        _active.Clear();
        _waitingOn.Clear();
        _delayS = 0;
        _finished = 0;
        var random = new RandomNumbers(seed, 1);
        for (var v = 0; v < _place.Length; v++)
        {
            _place[v] = -1;
            _departS[v] = _beginS + ((_graph.Trips[v].DepartS - _beginS) / press) + (scatterS > 0 ? random.Between(0, scatterS) : 0);
            _arriveS[v] = random.NextDouble();
        }

        if (scatterS > 0 || _isScattered)
        {
            _isScattered = scatterS > 0;
            foreach (var origin in _origins)
            {
                Array.Sort(origin, (a, b) => _departS[a] != _departS[b] ? _departS[a].CompareTo(_departS[b]) : a.CompareTo(b));
            }
        }
    }

    private StreetOutcome Charge()
    {
        var unentered = 0;
        for (var v = 0; v < _place.Length; v++)
        {
            if (_place[v] == -1)
            {
                unentered++;
                _delayS += Math.Max(0, _endS - _departS[v]);
            }
            else if (_place[v] >= 0)
            {
                _delayS += Math.Max(0, _endS - _departS[v] - _freeS[v]);
            }
        }

        var trips = _place.Length;
        return new StreetOutcome(trips == 0 ? 0 : _delayS / trips, trips, trips - _finished, unentered);
    }

    /// <summary>Lets in what wants to enter and has room.</summary>
    private void Enter(double now)
    {
        for (var o = 0; o < _origins.Length; o++)
        {
            var waiting = _origins[o];
            while (_originAt[o] < waiting.Length && _departS[waiting[_originAt[o]]] <= now)
            {
                var v = waiting[_originAt[o]];
                var trip = _graph.Trips[v];
                var kind = _graph.Kinds[trip.Kind];
                var place = _graph.TripStart[v];
                var option = Choose(_graph.Choice[place], -1, now, _kindSpaceM[trip.Kind]);
                if (option < 0)
                {
                    break;
                }

                var lane = _graph.ChoiceLane[option];
                var gate = trip.EntryLane == EntryChoice.First ? _graph.Network.Edges[_originEdge[o]].Lanes[0] : lane;
                if (_enterNextS[gate] > now)
                {
                    break;
                }

                // From a standstill at the lane's begin, the place is free when the vehicle has moved its own length and gap.
                var isStanding = trip.EntrySpeed == EntryChoice.First;
                var isAnywhere = trip.EntryPlace == EntryChoice.Random;
                var startS = RoadSaturation.StartLossS(kind, _graph.Network.Lanes[lane].SpeedMps);
                var along = isAnywhere ? _arriveS[v] : 0;
                _enterNextS[gate] = now + (isAnywhere ? 0 : isStanding ? Math.Sqrt(2 * _kindSpaceM[trip.Kind] / (kind.AccelerationMps2 * (1 - (kind.Imperfection / 2)))) : 1);
                _place[v] = place;
                Join(v, option, now + (isStanding ? startS : 0), along);
                _originAt[o]++;
            }
        }
    }

    /// <summary>The option with the most room; -1 when none has room for the vehicle.</summary>
    private int Choose(int choice, int by, double now, double spaceM)
    {
        const double ChangeM = 12;
        var straightTo = by < 0 ? -1 : _graph.ToLane[by];

        // What has just crossed the line is still inside the junction; but nobody follows into it behind a queue that stands.
        var insideM = by < 0 ? 0 : Math.Min(InsideBoundM, _graph.InsideM[by]);
        var best = -1;
        var bestCost = double.PositiveInfinity;
        if (by >= 0 && !HasRoom(straightTo, now, spaceM, insideM))
        {
            // It comes onto the lane that its way leads to, whichever it changes to then.
            return -1;
        }

        for (var o = _graph.ChoiceStart[choice]; o < _graph.ChoiceStart[choice + 1]; o++)
        {
            var lane = _graph.ChoiceLane[o];
            if (lane != straightTo && !HasRoom(lane, now, spaceM, insideM))
            {
                continue;
            }

            var cost = _usedM[lane] + (straightTo >= 0 && lane != straightTo ? ChangeM : 0);
            if (cost < bestCost)
            {
                bestCost = cost;
                best = o;
            }
        }

        return best;
    }

    private bool HasRoom(int lane, double now, double spaceM, double insideM)
    {
        ReleaseGhosts(lane, now);
        var used = _usedM[lane];
        var roomM = _graph.Network.Lanes[lane].LengthM + StandingGapM + (IsStanding(lane, now) ? 0 : insideM);
        return used <= 0 || (used + spaceM <= roomM && _count[lane] + _ghostCount[lane] < _slots[lane] - 1);
    }

    /// <summary>True when the first vehicle of a lane is there and knows that it has to wait.</summary>
    private bool IsStanding(int lane, double now) =>
        _count[lane] > 0 && _wakeS[lane] > now + 1 && _arriveS[_queue[_slotStart[lane] + _head[lane]]] <= now;

    private void ReleaseGhosts(int lane, double now)
    {
        while (_ghostCount[lane] > 0)
        {
            var slot = _slotStart[lane] + _ghostHead[lane];
            if (_ghostAt[slot] > now)
            {
                return;
            }

            _usedM[lane] -= _ghostM[slot];
            _ghostHead[lane] = (_ghostHead[lane] + 1) % _slots[lane];
            _ghostCount[lane]--;
            if (_ghostCount[lane] == 0 && _count[lane] == 0)
            {
                _usedM[lane] = 0;
            }
        }
    }

    /// <summary>Puts a vehicle on the lane of an option at a time; <paramref name="along"/> is the share of the lane behind it.</summary>
    private void Join(int v, int option, double atS, double along)
    {
        var lane = _graph.ChoiceLane[option];
        var kind = _graph.Trips[v].Kind;
        var road = _graph.Network.Lanes[lane];
        var restM = road.LengthM * (1 - along);
        var speed = Math.Min(road.SpeedMps, _graph.Kinds[kind].MaximumSpeedMps);
        _freeS[v] += restM / speed;
        var arriveS = atS + (restM / Math.Max(0.5 * speed, (speed * (1 - _kindSlower[kind])) - _kindDriftMps[kind]));
        foreach (var stop in _graph.Trips[v].Stops)
        {
            if (_graph.Network.Lanes[stop.Lane].Edge == road.Edge)
            {
                arriveS += stop.DurationS + (speed / _graph.Kinds[kind].AccelerationMps2);
                _freeS[v] += stop.DurationS;
            }
        }

        // Nobody comes before the one ahead.
        arriveS = Math.Max(arriveS, _lastInS[lane] + 1);
        _lastInS[lane] = arriveS;
        _arriveS[v] = arriveS;
        _leads[v] = _graph.ChoiceConnection[option];
        _queue[_slotStart[lane] + ((_head[lane] + _count[lane]) % _slots[lane])] = v;
        _count[lane]++;
        _usedM[lane] += _kindSpaceM[kind];
        if (_count[lane] == 1)
        {
            _wakeS[lane] = arriveS;
        }

        if (!_isActive[lane])
        {
            _isActive[lane] = true;
            _active.Add(lane);
        }
    }

    private void Leave(int lane, double atS, bool hasStopped)
    {
        var v = _queue[_slotStart[lane] + _head[lane]];
        var spaceM = _kindSpaceM[_graph.Trips[v].Kind];
        _head[lane] = (_head[lane] + 1) % _slots[lane];
        _count[lane]--;
        var slot = _slotStart[lane] + ((_ghostHead[lane] + _ghostCount[lane]) % _slots[lane]);

        // Only behind a vehicle that stood does the queue take time to close up.
        _ghostAt[slot] = atS + (hasStopped ? Math.Min(_graph.Network.Lanes[lane].LengthM, _usedM[lane]) / WaveMps : 0);
        _ghostM[slot] = spaceM;
        _ghostCount[lane]++;
        if (_ghostCount[lane] + _count[lane] >= _slots[lane] - 1)
        {
            ReleaseGhosts(lane, atS);
        }
    }

    private void Discharge(int lane, double now, double until)
    {
        while (_count[lane] > 0)
        {
            var v = _queue[_slotStart[lane] + _head[lane]];
            var connection = _leads[v];
            var readyS = Math.Max(_arriveS[v], connection < 0 ? 0 : _nextS[lane]);
            if (readyS >= until)
            {
                _wakeS[lane] = readyS;
                return;
            }

            if (connection < 0)
            {
                Leave(lane, readyS, false);
                _delayS += Math.Max(0, readyS - _departS[v] - _freeS[v]);
                _place[v] = -2;
                _finished++;
                continue;
            }

            readyS = Math.Max(readyS, now);
            if (!TryCross(lane, v, connection, readyS))
            {
                return;
            }
        }
    }

    /// <summary>Lets the first vehicle of a lane over the stop line, or says when to look again.</summary>
    private bool TryCross(int lane, int v, int connection, double readyS)
    {
        var kind = _graph.Kinds[_graph.Trips[v].Kind];
        var speed = _graph.SpeedMps[connection];
        var mustYield = _graph.Yields[connection].Length > 0;
        var onRed = false;
        var signal = _graph.Signal[connection];
        if (signal >= 0 && _signals[signal] is { } timeline)
        {
            var cell = timeline.Cell(_graph.Link[connection], readyS);
            var state = timeline.State(cell);
            mustYield = state == SignalTimeline.Yield && mustYield;
            var isLate = state == SignalTimeline.Yellow && !PassesYellow(lane, readyS, timeline.SinceGreen(cell), kind, speed);
            onRed = state == SignalTimeline.StopThenTurn;
            if (state == SignalTimeline.Stop || isLate || (onRed && readyS < _arriveS[v] + StopS))
            {
                var wait = timeline.UntilGreen(cell);
                var green = wait == SignalTimeline.Never ? double.PositiveInfinity : Math.Floor(readyS) + wait;
                _sinceStop[lane] = 0;
                if (onRed)
                {
                    _wakeS[lane] = Math.Min(green, _arriveS[v] + StopS);
                    if (_wakeS[lane] >= green)
                    {
                        _nextS[lane] = Math.Max(_nextS[lane], green + RoadSaturation.QueueStartLossS(kind, speed));
                    }
                }
                else
                {
                    _nextS[lane] = Math.Max(_nextS[lane], green + RoadSaturation.QueueStartLossS(kind, speed));
                    _wakeS[lane] = _nextS[lane];
                }

                return false;
            }

            if (onRed && !IsClear(_graph.Crosses[connection], connection, readyS, kind, Math.Max(1, readyS - _arriveS[v])))
            {
                return Hold(lane, readyS, 1);
            }
        }

        foreach (var ahead in _graph.Behind[connection])
        {
            if (_waitingCount[ahead] > 0)
            {
                return Hold(lane, readyS, 0.5);
            }
        }

        var waitedS = Math.Max(0, readyS - _arriveS[v]);
        if (mustYield && (_waitingCount[connection] > 0 || !IsClear(_graph.Yields[connection], connection, readyS, kind, waitedS)))
        {
            if (_waitingCount[connection] < Math.Min(2, _graph.Waiting[connection]))
            {
                // It waits in the junction; what comes after it on another way is free to go.
                _laneDelayS[lane] += waitedS;
                _laneCount[lane]++;
                Leave(lane, readyS, waitedS > 1);
                _waitingVehicle[(connection * 2) + _waitingCount[connection]] = v;
                if (_waitingCount[connection]++ == 0)
                {
                    _waitingOn.Add(connection);
                }

                _arriveS[v] = readyS;
                _nextS[lane] = readyS + RoadSaturation.HeadwayS(kind, speed);
                return true;
            }

            return Hold(lane, readyS, 0.5);
        }

        var place = _place[v] + 1;
        var option = Choose(_graph.Choice[place], connection, readyS, _kindSpaceM[_graph.Trips[v].Kind]);
        if (option < 0)
        {
            // A queue that reaches back over the junction moves on as one: only the place is missing, not a start.
            Hold(lane, readyS, 1);
            _sinceStop[lane] = 0;
            return false;
        }

        var hasStopped = _arriveS[v] < readyS - 1;
        _laneDelayS[lane] += Math.Max(0, readyS - _arriveS[v]);
        _laneCount[lane]++;
        Leave(lane, readyS, hasStopped);
        _nextS[lane] = readyS + RoadSaturation.HeadwayS(kind, speed) + (onRed ? MoveUpS + StopS : 0);
        _sinceStop[lane] = onRed ? Held : _sinceStop[lane];
        _lastCrossS[connection] = readyS;
        Advance(v, lane, connection, option, place, readyS, hasStopped, hasStopped ? _sinceStop[lane]++ : int.MaxValue);
        return true;
    }

    /// <summary>Keeps the first vehicle of a lane at the line; false, for the caller to hand on.</summary>
    private bool Hold(int lane, double atS, double forS)
    {
        _sinceStop[lane] = Held;
        _wakeS[lane] = atS + forS;
        _nextS[lane] = Math.Max(_nextS[lane], atS + forS);
        return false;
    }

    /// <summary>True when a vehicle that comes to the line in yellow is too near to stop: it never stopped, and its way to brake is longer than what is left.</summary>
    private bool PassesYellow(int lane, double readyS, int sinceGreen, VehicleKind kind, double speed)
    {
        var isMoving = _nextS[lane] < readyS;
        var intoYellow = sinceGreen - 1 + (readyS - Math.Floor(readyS));
        return isMoving && intoYellow < (speed / (2 * kind.DecelerationMps2)) + 0.5;
    }

    /// <summary>Lets a vehicle that waits inside a junction go; true when nobody waits on that way any more.</summary>
    private bool LeaveInside(int connection, double now)
    {
        var v = _waitingVehicle[connection * 2];
        var waitedS = Math.Max(1, now - _arriveS[v]);
        var kind = _graph.Kinds[_graph.Trips[v].Kind];
        if (waitedS < ReleaseS && !IsClear(_graph.Yields[connection], connection, now, kind, waitedS))
        {
            return false;
        }

        var place = _place[v] + 1;
        var option = Choose(_graph.Choice[place], connection, now, _kindSpaceM[_graph.Trips[v].Kind]);
        if (option < 0 || _lastCrossS[connection] > now - 2)
        {
            return false;
        }

        _lastCrossS[connection] = now;
        _laneDelayS[_graph.FromLane[connection]] += Math.Max(0, now - _arriveS[v]);
        Advance(v, _graph.FromLane[connection], connection, option, place, now, hasStopped: true, Held);
        _waitingVehicle[connection * 2] = _waitingVehicle[(connection * 2) + 1];
        return --_waitingCount[connection] == 0;
    }

    private void Advance(int v, int lane, int connection, int option, int place, double atS, bool hasStopped, int sinceStop)
    {
        const int PlacesWithExtra = 5;
        const double ExtraS = 2;
        var kind = _graph.Kinds[_graph.Trips[v].Kind];
        var speed = _graph.SpeedMps[connection];
        var before = _graph.Network.Lanes[lane].SpeedMps;
        var after = _graph.Network.Lanes[_graph.ChoiceLane[option]].SpeedMps;
        var acceleration = kind.AccelerationMps2 * (1 - (kind.Imperfection / 2));

        // Slower over the junction than before and after it: braking, unless it stood, and speeding up again. The first after a stop have not got up to speed at the line.
        var lossS = (after - speed) * (after - speed) / (2 * after * acceleration);
        lossS += sinceStop == Held ? RoadSaturation.QueueStartLossS(kind, speed) + ExtraS
            : hasStopped ? ExtraS * Math.Max(0, PlacesWithExtra - sinceStop) / PlacesWithExtra
            : (before - speed) * (before - speed) / (2 * before * kind.DecelerationMps2);
        _freeS[v] += _graph.InsideS[connection];
        _place[v] = place;
        Join(v, option, atS + _graph.InsideS[connection] + Math.Max(0, lossS), 0);
    }

    /// <summary>True when no vehicle with the right of way has just crossed, or comes before this one is over.</summary>
    private bool IsClear(int[] foes, int connection, double atS, VehicleKind kind, double waitedS)
    {
        var acceleration = kind.AccelerationMps2 * (1 - (kind.Imperfection / 2));
        var overM = _graph.PastWaitingM[connection] + kind.LengthM;
        var gapS = GapMarginS + (waitedS < 1 ? overM / _graph.SpeedMps[connection] : Math.Sqrt(2 * overM / acceleration) * Math.Max(0, 1 - (waitedS / ImpatienceS)));
        foreach (var foe in foes)
        {
            if (_lastCrossS[foe] > atS - ClearS)
            {
                return false;
            }

            var from = _graph.FromLane[foe];
            if (_count[from] == 0 || _wakeS[from] > atS + gapS)
            {
                continue;
            }

            var signal = _graph.Signal[foe];
            if (signal >= 0 && _signals[signal] is { } timeline && timeline.State(timeline.Cell(_graph.Link[foe], atS)) < SignalTimeline.Yield
                && timeline.State(timeline.Cell(_graph.Link[foe], atS + gapS)) < SignalTimeline.Yield)
            {
                continue;
            }

            var comesS = Math.Max(_nextS[from], atS - 1);
            for (var k = 0; k < Math.Min(LooksAhead, _count[from]); k++)
            {
                var other = _queue[_slotStart[from] + ((_head[from] + k) % _slots[from])];
                comesS = Math.Max(comesS, _arriveS[other]);
                if (comesS > atS + gapS)
                {
                    break;
                }

                if (_leads[other] == foe)
                {
                    return false;
                }

                comesS += 1.5;
            }
        }

        return true;
    }
}
