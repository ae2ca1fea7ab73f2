using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Vehicles;

/// <summary>Moves vehicles and walkers over a road network, lane by lane, under its signals.</summary>
/// <remarks>
/// A step has two halves. All vehicles choose their next speed from what stood at its begin, so the choice can be made by any number of threads;
/// then they move, enter, change lanes and are sensed in one fixed order. The same seed gives the same totals and events.
/// Nothing about a single vehicle leaves the engine: it gives totals, and what detectors say.
/// </remarks>
public sealed partial class TrafficEngine
{
    private const double HaltingMps = 0.1;

    private readonly TrafficSettings _settings;
    private readonly StreetLayout _streets;
    private readonly RouteTable _routes;
    private readonly SignalHeads _heads;
    private readonly VehicleKind[] _kinds;
    private readonly Departure[] _departures;
    private readonly double _stepS;
    private readonly int _stepMs;
    private readonly long _startMs;
    private readonly long _endMs;
    private long _nowMs;
    private long _stepIndex;

    // By track: the vehicles on it, from the most downstream on, as a part of _slots.
    private readonly int[] _base;
    private readonly int[] _capacity;
    private readonly int[] _head;
    private readonly int[] _count;
    private readonly int[] _slots;

    // By track: the vehicle that left it last, whose end may still stand on it.
    private readonly int[] _leftBy;
    private readonly int[] _leftSerial;
    private readonly double[] _leftAtM;

    // By edge: the section that begins there, or -1. Empty without sections.
    private readonly int[] _sectionBegins;

    // By kind.
    private readonly double[] _lengthOf;
    private readonly double[] _gapOf;
    private readonly double[] _accelerationOf;
    private readonly double[] _decelerationOf;
    private readonly double[] _topOf;
    private readonly double[] _reactionOf;
    private readonly double[] _imperfectionOf;
    private readonly double _longestM;

    // By vehicle slot.
    private int[] _serial = [];
    private int[] _kind = [];
    private int[] _track = [];
    private int[] _route = [];
    private int[] _routeStep = [];
    private int[] _nextLink = [];
    private double[] _position = [];
    private double[] _speed = [];
    private double[] _nextSpeed = [];
    private double[] _length = [];
    private double[] _factor = [];
    private double[] _driven = [];
    private double[] _movedM = [];
    private double[] _edgeLossS = [];
    private double[] _totalLossS = [];
    private double[] _waitedS = [];
    private double[] _dwellLeftS = [];
    private double[] _entryDelayS = [];
    private int[] _edgeStops = [];
    private int[] _nextStop = [];
    private int[] _letsIn = [];
    private int[] _stoodAt = [];
    private long[] _changedAt = [];
    private byte[] _held = [];
    private byte[] _heldNext = [];
    private int[] _section = [];
    private readonly Stack<int> _free = new();
    private int _slotCount;

    /// <param name="network">Where it drives.</param>
    /// <param name="demand">Who drives and walks. Trips that cannot be driven are left out and told in <see cref="Issues"/>.</param>
    /// <param name="control">What rules the signals.</param>
    /// <param name="settings">How the run is made.</param>
    /// <exception cref="ProblemException">A program or detector does not fit the network, or a setting is out of range.</exception>
    public TrafficEngine(RoadNetwork network, RoadDemand demand, TrafficControl control, TrafficSettings settings)
    {
        var problems = new List<Problem>();
        if (settings.StepMs is not (1000 or 500 or 200 or 100) || settings.Threads < 1 || settings.EndS < settings.StartS || settings.DrainS < 0)
        {
            problems.Add(new Problem("XT730", "settings", $"Step {settings.StepMs} ms, {settings.Threads} threads, from {settings.StartS} s to {settings.EndS} s and {settings.DrainS} s on: use a step of 1000, 500, 200 or 100 ms, a thread or more, and an end after the begin."));
            throw new ProblemException(problems);
        }

        _settings = settings;
        _stepMs = settings.StepMs;
        _stepS = settings.StepMs / 1000.0;
        _startMs = (long)Math.Round(settings.StartS * 1000);
        _endMs = (long)Math.Round(settings.EndS * 1000);
        _nowMs = _startMs;
        _streets = new StreetLayout(network);
        _routes = new RouteTable(_streets);
        _heads = new SignalHeads(_streets, control, settings.MidnightMs, problems);
        _kinds = [.. demand.Kinds];
        _lengthOf = [.. _kinds.Select(k => k.LengthM)];
        _gapOf = [.. _kinds.Select(k => k.StandingGapM)];
        _accelerationOf = [.. _kinds.Select(k => k.AccelerationMps2)];
        _decelerationOf = [.. _kinds.Select(k => k.DecelerationMps2)];
        _topOf = [.. _kinds.Select(k => k.MaximumSpeedMps)];
        _reactionOf = [.. _kinds.Select(k => k.HeadwayS)];
        _imperfectionOf = [.. _kinds.Select(k => k.Imperfection)];

        _longestM = _lengthOf.DefaultIfEmpty(0).Max();

        var tracks = _streets.TrackCount;
        _base = new int[tracks];
        _capacity = new int[tracks];
        _head = new int[tracks];
        _count = new int[tracks];
        _leftBy = new int[tracks];
        _leftSerial = new int[tracks];
        _leftAtM = new double[tracks];
        Array.Fill(_leftBy, -1);
        var shortest = _kinds.Length == 0 ? 5 : Math.Max(1, _lengthOf.Min());
        var total = 0;
        for (var t = 0; t < tracks; t++)
        {
            _base[t] = total;
            _capacity[t] = (2 * (int)(_streets.LengthM[t] / shortest)) + 8;
            total += _capacity[t];
        }

        _slots = new int[total];
        _entryQueue = new int[network.Edges.Length];
        _entryTail = new int[network.Edges.Length];
        Array.Fill(_entryQueue, -1);
        Array.Fill(_entryTail, -1);
        _sectionBegins = [.. control.SectionBegins];
        if (_sectionBegins.Length > 0 && _sectionBegins.Length != network.Edges.Length)
        {
            throw new ArgumentException($"Sections have {_sectionBegins.Length} entries for {network.Edges.Length} edges: one for each, or none.", nameof(control));
        }

        _sums = new TrafficSums(_streets, _kinds.Length, _sectionBegins.DefaultIfEmpty(-1).Max() + 1);
        _sensors = new Sensors(_streets, control.Detectors, _heads, problems);
        LayOutWalks(demand);
        _departures = LayOutDepartures(demand);
        _waitingNext = new int[_departures.Length];
        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }

        _heads.Show(_nowMs, true);
    }

    /// <summary>Trips and walks that were left out, and why.</summary>
    public IReadOnlyList<DataIssue> Issues => _issues;

    /// <summary>Seconds since the network's midnight.</summary>
    public double TimeS => _nowMs / 1000.0;

    /// <summary>Steps of single vehicles made so far: what speed is measured in.</summary>
    public long VehicleSteps { get; private set; }

    /// <summary>Vehicles on the network.</summary>
    public int Driving { get; private set; }

    /// <summary>Vehicles whose time to depart has come and that found no room yet.</summary>
    public int Waiting { get; private set; }

    /// <summary>Times that a vehicle had to be set back because two ways joined in one step; part of the checks.</summary>
    public long SetBack { get; private set; }

    /// <summary>Whether everybody has arrived, or the time is over.</summary>
    public bool IsDone => _nowMs >= _endMs + (long)(_settings.DrainS * 1000) || (_nowMs >= _endMs && Driving == 0 && Waiting == 0 && _nextDeparture >= _departures.Length);

    private readonly List<DataIssue> _issues = [];

    /// <summary>Names of the signals, in order.</summary>
    public IEnumerable<string> Signals => _heads.Signals;

    /// <summary>The log of a signal: detector events, and its controller's.</summary>
    public EventBuffer LogOf(string signal) => _heads.LogOf(signal);

    /// <summary>Runs to the end.</summary>
    public TrafficTotals Run(CancellationToken cancel = default)
    {
        while (!IsDone)
        {
            cancel.ThrowIfCancellationRequested();
            Step();
        }

        return Finish();
    }

    /// <summary>Advances by one step.</summary>
    public void Step()
    {
        _heads.Show(_nowMs, false);
        Depart();
        PlanSpeeds();
        Move();
        Sense();
        ChangeLanes();
        Walk();
        _sensors.Report(_heads, _settings.MidnightMs);
        _heads.Advance(_nowMs, _nowMs + _stepMs);
        (_held, _heldNext) = (_heldNext, _held);
        _nowMs += _stepMs;
        _stepIndex++;
    }

    private ReadOnlySpan<int> On(int track) => _slots.AsSpan(_base[track] + _head[track], _count[track]);

    private int Last(int track) => _slots[_base[track] + _head[track] + _count[track] - 1];

    private void PushBack(int track, int slot) => Insert(track, _count[track], slot);

    private void Insert(int track, int place, int slot)
    {
        if (_head[track] + _count[track] == _capacity[track])
        {
            On(track).CopyTo(_slots.AsSpan(_base[track]));
            _head[track] = 0;
        }

        var start = _base[track] + _head[track];
        _slots.AsSpan(start + place, _count[track] - place).CopyTo(_slots.AsSpan(start + place + 1));
        _slots[start + place] = slot;
        _count[track]++;
        _track[slot] = track;
    }

    private void RemoveAt(int track, int place)
    {
        if (place == 0)
        {
            _head[track]++;
        }
        else
        {
            var start = _base[track] + _head[track];
            _slots.AsSpan(start + place + 1, _count[track] - place - 1).CopyTo(_slots.AsSpan(start + place));
        }

        _count[track]--;
    }

    private int TakeSlot()
    {
        if (_free.TryPop(out var slot))
        {
            return slot;
        }

        if (_slotCount == _serial.Length)
        {
            Grow(Math.Max(256, _slotCount * 2));
        }

        return _slotCount++;
    }

    private void Grow(int size)
    {
        Array.Resize(ref _serial, size);
        Array.Resize(ref _kind, size);
        Array.Resize(ref _track, size);
        Array.Resize(ref _route, size);
        Array.Resize(ref _routeStep, size);
        Array.Resize(ref _nextLink, size);
        Array.Resize(ref _position, size);
        Array.Resize(ref _speed, size);
        Array.Resize(ref _nextSpeed, size);
        Array.Resize(ref _length, size);
        Array.Resize(ref _factor, size);
        Array.Resize(ref _driven, size);
        Array.Resize(ref _movedM, size);
        Array.Resize(ref _edgeLossS, size);
        Array.Resize(ref _totalLossS, size);
        Array.Resize(ref _waitedS, size);
        Array.Resize(ref _dwellLeftS, size);
        Array.Resize(ref _entryDelayS, size);
        Array.Resize(ref _edgeStops, size);
        Array.Resize(ref _nextStop, size);
        Array.Resize(ref _letsIn, size);
        Array.Resize(ref _stoodAt, size);
        Array.Resize(ref _changedAt, size);
        Array.Resize(ref _held, size);
        Array.Resize(ref _heldNext, size);
        Array.Resize(ref _section, size);
    }

    /// <summary>The connection that a vehicle takes at the end of a lane; -1 for none.</summary>
    private int LinkFrom(int route, int step, int lane)
    {
        var r = _routes[route];
        return step < r.Edges.Length ? r.Link[r.LaneStart[step] + _streets.Network.Lanes[lane].Position] : -1;
    }

    private bool IsLastEdge(int slot) => _routeStep[slot] == _routes[_route[slot]].Edges.Length - 1;

    /// <summary>Checks that no vehicle overlaps another of its lane or way; the number that do.</summary>
    internal int CountOverlaps()
    {
        var overlaps = 0;
        for (var t = 0; t < _count.Length; t++)
        {
            var on = On(t);
            for (var i = 1; i < on.Length; i++)
            {
                overlaps += _position[on[i]] > _position[on[i - 1]] - _length[on[i - 1]] + 1e-6 ? 1 : 0;
            }

            if (t < _streets.LaneCount || on.Length == 0)
            {
                continue;
            }

            var to = _streets.ToLane[t - _streets.LaneCount];
            if (_count[to] > 0 && _leftBy[t] == Last(to) && _leftSerial[t] == _serial[Last(to)])
            {
                overlaps += _position[on[0]] - _streets.LengthM[t] > _position[Last(to)] - _length[Last(to)] + 1e-6 ? 1 : 0;
            }
        }

        return overlaps;
    }

    /// <summary>Pairs of vehicles that stand in the same crossing of two ways inside a junction.</summary>
    internal int CountBoxConflicts()
    {
        var conflicts = 0;
        for (var c = 0; c < _streets.LinkCount; c++)
        {
            var on = On(_streets.LaneCount + c);
            foreach (var foe in _streets.Foes[c])
            {
                if (foe.Link < c || foe.Joins || !_streets.IsDriven[foe.Link])
                {
                    continue;
                }

                foreach (var mine in on)
                {
                    foreach (var other in On(_streets.LaneCount + foe.Link))
                    {
                        conflicts += Covers(mine, foe.MineM) && Covers(other, foe.TheirsM) ? 1 : 0;
                    }
                }
            }
        }

        return conflicts;
    }

    private bool Covers(int slot, double placeM) => _position[slot] > placeM && _position[slot] - _length[slot] < placeM;

    /// <summary>A trip, ready to enter.</summary>
    private readonly record struct Departure(long TimeMs, int Kind, int Route, EntryChoice Lane, EntryChoice Place, EntryChoice Speed, int Trip);
}
