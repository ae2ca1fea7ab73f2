using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Evaluation;

/// <summary>Cyclic flow profiles of a network under one demand: what leaves one stop line spreads out and arrives at the next (TRANSYT's model).</summary>
/// <remarks>
/// Every group's departures are a row of bins in its own signal's local time, from the begin of barrier group 1. What leaves one signal for another is spread out once
/// for all lane groups that share it, and again only when a departure changed; that row is written twice in a row, so that any rotation of it by the two offsets is read
/// in one piece. Rows, links and feeders are arrays; evaluating allocates nothing. Not safe for several threads at once: take an engine for each.
/// </remarks>
internal sealed partial class ProfileEngine
{
    // Of flat flow the deterministic part just fits; the rest is the overflow term's.
    private const double FullestScale = 0.9995;

    // The least change of departures that is carried on: vehicles that leave in other bins, each counted twice.
    private const float LeastChangeVeh = 2e-3f;

    // What a second of walkers' wait beyond its limit counts for, and seconds for a vehicle of a queue beyond its own.
    private const double BeyondLimit = 1000;

    private readonly TimingNetwork _network;
    private readonly TrafficDemand _demand;
    private readonly EvaluationOptions _options;
    private readonly TimingObjective _objective;
    private readonly SignalLayout[] _layouts;
    private readonly int[][] _groupsOf;
    private readonly int[][] _fedBy;
    private readonly int[][] _sources;
    private readonly int[][] _yieldTo;
    private readonly Queue<int> _waiting = new();
    private readonly bool[] _isWaiting;
    private readonly Dictionary<DispersionKey, int> _dispersionIndex = [];

    private readonly Group[] _groups;
    private readonly Link[] _links;
    private readonly LinkShare[] _shares;
    private readonly FeederShare[] _feeders;
    private readonly FeederFacts[] _feederFacts;
    private readonly double[] _cost;
    private readonly double[] _walkCost;

    // By group: when its departures last changed, in steps of the clock below.
    private readonly long[] _changedAt;

    // By signal.
    private readonly int[] _bins;
    private readonly double[] _periodS;
    private readonly double[] _binsPerS;
    private readonly double[] _zeroS;
    private readonly int[] _repeats;
    private readonly bool[] _isFlat;
    private readonly bool[] _hasPlan;

    private Dispersion[] _dispersions = new Dispersion[16];
    private int _dispersionCount;
    private AlignedFloats _out = new(0);
    private AlignedFloats _linkRows = new(0);
    private AlignedFloats _service = new(0);
    private AlignedFloats _measured = new(0);
    private AlignedFloats _permitted = new(0);
    private AlignedFloats _sneakers = new(0);
    private AlignedFloats _guarded = new(0);
    private AlignedFloats _scratch = new(0);
    private float[] _before = [];
    private bool _hasNewCapacity;
    private long _clock;
    private long _visit;

    // Floats of a row that is written once, and of one that is written twice.
    private int _width;
    private int _stride;

    public ProfileEngine(TimingNetwork network, int demand, EvaluationOptions options, TimingObjective objective)
    {
        _network = network;
        _demand = network.Demands[demand];
        _options = options;
        _objective = objective;
        CheckNetwork(network, _demand);
        Kernel = Lanes512.IsSupported ? LaneWidth.Wide : Lanes256.IsSupported ? LaneWidth.Half : LaneWidth.One;
        _layouts = [.. network.Signals.Select(s => new SignalLayout(s))];
        var signals = network.Signals.Length;

        // Those that wait for gaps come last: what they wait for is known by then.
        var bySignal = Enumerable.Range(0, network.Groups.Length).ToLookup(g => network.Groups[g].Signal);
        _groupsOf = [.. Enumerable.Range(0, signals).Select(s => bySignal[s].OrderBy(g => network.Groups[g].PermissivePhases != 0).ToArray())];
        _groups = new Group[network.Groups.Length];
        _sources = new int[network.Groups.Length][];
        _isWaiting = new bool[network.Groups.Length];
        _yieldTo = [.. Enumerable.Range(0, network.Groups.Length).Select(_ => Array.Empty<int>())];
        foreach (var pair in network.Groups.SelectMany((group, g) => group.PermissivePhases == 0 ? [] : group.Opposing.Select(o => (Over: o, Group: g))).GroupBy(p => p.Over, p => p.Group))
        {
            _yieldTo[pair.Key] = [.. pair];
        }

        _cost = new double[network.Groups.Length];
        _changedAt = new long[network.Groups.Length];
        _walkCost = new double[signals];
        _bins = new int[signals];
        _periodS = new double[signals];
        _binsPerS = new double[signals];
        _zeroS = new double[signals];
        _repeats = new int[signals];
        _isFlat = new bool[signals];
        _hasPlan = new bool[signals];
        var links = new List<Link>();
        var shares = new List<LinkShare>();
        var feeders = new List<FeederShare>();
        var facts = new List<FeederFacts>();
        var permissive = 0;
        var measured = 0;
        var fed = new List<int>[network.Groups.Length];
        var linksTo = new List<int>[signals];
        for (var g = 0; g < network.Groups.Length; g++)
        {
            var group = network.Groups[g];
            ref var state = ref _groups[g];
            state.Signal = group.Signal;
            state.Volume = _demand.VolumeVehPerHour[g];
            state.Weight = objective.DelayWeight * group.DelayWeight * (objective.CountsPersons ? group.Occupancy ?? 1 : 1);
            state.Permissive = group.PermissivePhases != 0 ? permissive++ : -1;
            state.Measured = g < _demand.MeasuredArrivals.Length && !_demand.MeasuredArrivals[g].IsDefaultOrEmpty ? measured++ : -1;
            state.FirstShare = shares.Count;
            var bySource = Enumerable.Range(0, group.Feeders.Length)
                .Where(f => _demand.FedVehPerHour[g][f] > 0 && _demand.VolumeVehPerHour[group.Feeders[f].Group] > 0)
                .GroupBy(f => (network.Groups[group.Feeders[f].Group].Signal, group.Feeders[f].TravelS, group.Feeders[f].Alpha, group.Feeders[f].Beta));
            foreach (var source in bySource)
            {
                var link = new Link { FirstFeeder = feeders.Count, Up = source.Key.Signal, Down = group.Signal, TravelS = source.Key.TravelS, Alpha = source.Key.Alpha, Beta = source.Key.Beta };
                foreach (var f in source)
                {
                    var from = group.Feeders[f].Group;
                    feeders.Add(new FeederShare { Group = from });
                    facts.Add(new FeederFacts((float)(_demand.FedVehPerHour[g][f] / _demand.VolumeVehPerHour[from]), _demand.FedVehPerHour[g][f]));
                    link.Fed += _demand.FedVehPerHour[g][f];
                    (fed[from] ??= []).Add(g);
                }

                link.FeederEnd = feeders.Count;
                var known = (linksTo[group.Signal] ??= []).FindIndex(l => IsSharedBy(links[l], link, feeders, facts));
                if (known >= 0)
                {
                    known = linksTo[group.Signal][known];
                    feeders.RemoveRange(link.FirstFeeder, feeders.Count - link.FirstFeeder);
                    facts.RemoveRange(link.FirstFeeder, facts.Count - link.FirstFeeder);
                }
                else
                {
                    known = links.Count;
                    linksTo[group.Signal].Add(known);
                    links.Add(link);
                }

                shares.Add(new LinkShare { Link = known, Factor = (float)(link.Fed / links[known].Fed) });
            }

            state.ShareEnd = shares.Count;
        }

        _links = [.. links];
        _shares = [.. shares];
        _feeders = [.. feeders];
        _feederFacts = [.. facts];
        _fedBy = [.. fed.Select(list => list?.Distinct().Order().ToArray() ?? [])];
        PermissiveCount = permissive;
        MeasuredCount = measured;
    }

    /// <summary>How many numbers the kernel takes at a time; the answer does not depend on it.</summary>
    public LaneWidth Kernel { get; init; }

    public TimingNetwork Network => _network;

    public int GroupCount => _groups.Length;

    /// <summary>Platoons that are followed from signal to signal; one for all groups that take the same share of each of its feeders.</summary>
    public int LinkCount => _links.Length;

    private int PermissiveCount { get; }

    private int MeasuredCount { get; }

    /// <summary>Groups that the last <see cref="Propagate"/> updated.</summary>
    public int UpdateCount { get; private set; }

    /// <summary>Sweeps of the last evaluation.</summary>
    public int SweepCount { get; private set; }

    public SignalLayout Layout(int signal) => _layouts[signal];

    public ReadOnlySpan<int> GroupsOf(int signal) => _groupsOf[signal];

    public ReadOnlySpan<int> FedBy(int group) => _fedBy[group];

    /// <summary>True for a signal that neither takes nor gives platoons.</summary>
    public bool IsFlat(int signal) => _isFlat[signal];

    public int Bins(int signal) => _bins[signal];

    public double PeriodS(int signal) => _periodS[signal];

    public double BinS(int signal) => _periodS[signal] / _bins[signal];

    /// <summary>Master time of the begin of barrier group 1, s.</summary>
    public double ZeroS(int signal) => _zeroS[signal];

    public int Repeats(int signal) => _repeats[signal];

    public double Cost(int group) => _cost[group];

    public double WalkCost(int signal) => _walkCost[signal];

    /// <summary>Signals in step whose flows reach a group; the one that measured arrivals came from, where they are used.</summary>
    public ReadOnlySpan<int> SourcesOf(int g) => _sources[g];

    /// <summary>Veh/h that reach a group from one signal.</summary>
    public double FedFrom(int g, int signal)
    {
        var sum = 0.0;
        for (var i = _groups[g].FirstShare; i < _groups[g].ShareEnd; i++)
        {
            ref var link = ref _links[_shares[i].Link];
            sum += link.Up == signal ? link.Fed * _shares[i].Factor : 0;
        }

        return sum;
    }

    /// <summary>What a table of a group needs: the scale of its arrivals, weights of queue and stop sums, and where the storage penalty begins and how steep it is, by stop sum.</summary>
    public (float Scale, float QueueWeight, float StopWeight, float Room, float RoomWeight) TableFacts(int g)
    {
        ref var group = ref _groups[g];
        var repeats = _repeats[group.Signal];
        return (
            group.Scale, (float)group.QueueWeight, (float)group.StopWeight,
            (float)((group.StoragePerPeriod - group.OverflowVeh) * repeats), (float)(group.StorageWeight / repeats));
    }

    /// <summary>Takes a plan: finds the period that signals in step share, lays out all greens and starts from flat flow.</summary>
    /// <exception cref="ProblemException">XT690: a pattern does not fit its signal; all are listed.</exception>
    public void SetPlan(NetworkPlan plan)
    {
        LayOut(plan);
        FindPeriods();
        Allocate();
        for (var s = 0; s < _layouts.Length; s++)
        {
            if (_hasPlan[s])
            {
                PlaceZero(s, plan.Patterns[s]!.OffsetMs / 1000.0, plan.Patterns[s]!.Reference);
            }
        }

        SetLinks();
        for (var s = 0; s < _layouts.Length; s++)
        {
            WriteService(s);
        }

        SetMeasured();
        SetSources();
        SetOverflows();
        ResetFlow();
    }

    /// <summary>Takes the patterns of some signals, whose cycles are as before.</summary>
    /// <exception cref="ProblemException">XT690: a pattern does not fit its signal; all are listed.</exception>
    public void ChangePatterns(NetworkPlan plan, ReadOnlySpan<int> signals)
    {
        LayOut(plan);
        foreach (var s in signals)
        {
            if (_hasPlan[s])
            {
                PlaceZero(s, plan.Patterns[s]!.OffsetMs / 1000.0, plan.Patterns[s]!.Reference);
                WriteService(s);
            }
        }
    }

    /// <summary>Moves a signal's offset.</summary>
    public void SetOffset(int signal, double offsetS, OffsetReference reference) => PlaceZero(signal, offsetS, reference);

    /// <summary>Moves the begin of a signal's barrier group 1 in master time, s.</summary>
    public void SetZero(int signal, double zeroS)
    {
        var cycle = _layouts[signal].CycleS;
        zeroS %= cycle;
        _zeroS[signal] = zeroS < 0 ? zeroS + cycle : zeroS;
    }

    /// <summary>Gives a signal other splits or another order in the cycle that it has, or a half or double of it within the period.</summary>
    public void SetTiming(int signal, ImmutableArray<ImmutableArray<byte>> sequence, ReadOnlySpan<int> splitMs)
    {
        _layouts[signal].LayOut(sequence, splitMs);
        _repeats[signal] = (int)Math.Round(_periodS[signal] / _layouts[signal].CycleS);
        WriteService(signal);
    }

    /// <summary>Departures as if nobody had to wait for a green.</summary>
    public void ResetFlow()
    {
        for (var s = 0; s < _groupsOf.Length; s++)
        {
            ResetFlow(s);
        }
    }

    /// <summary>The same for one signal.</summary>
    public void ResetFlow(int signal)
    {
        var bins = _bins[signal];
        var perBin = BinS(signal) / 3600;
        foreach (var g in _groupsOf[signal])
        {
            ref var group = ref _groups[g];
            var row = _out.Slice(g * _width, _width);
            row[..bins].Fill((float)(Math.Min(group.Volume, group.Capacity) * perBin));
            row[bins..].Clear();
            _changedAt[g] = ++_clock;
        }
    }

    /// <summary>Sweeps over the network until the index stands still; returns it.</summary>
    public double Evaluate()
    {
        var before = double.MaxValue;
        for (SweepCount = 0; SweepCount < _options.MaxSweeps;)
        {
            Sweep(isForward: SweepCount % 2 == 0);
            SweepCount++;
            if (_options.Tolerance <= 0)
            {
                continue;
            }

            var index = Index();
            if (Math.Abs(before - index) <= _options.Tolerance * Math.Abs(index))
            {
                break;
            }

            before = index;
        }

        // Offsets alone change no capacity but that of permissive greens.
        if (_hasNewCapacity || PermissiveCount > 0)
        {
            SetOverflows();
        }

        return Index();
    }

    /// <summary>Carries the changes of some signals on to whatever they reach, group by group, until flows stand still; returns the index.</summary>
    /// <param name="signals">Signals whose timing or offset was set.</param>
    public double Propagate(ReadOnlySpan<int> signals)
    {
        foreach (var s in signals)
        {
            foreach (var g in _groupsOf[s])
            {
                Enqueue(g);
            }
        }

        UpdateCount = 0;
        var most = (long)_options.MaxSweeps * _groups.Length;
        while (_waiting.TryDequeue(out var g) && UpdateCount < most)
        {
            _isWaiting[g] = false;
            UpdateCount++;
            var before = _before.AsSpan(0, _bins[_groups[g].Signal]);
            Departures(g).CopyTo(before);
            Update(new ReadOnlySpan<int>(in g));
            if (Distance(before, Departures(g)) > LeastChangeVeh)
            {
                foreach (var fed in _fedBy[g])
                {
                    Enqueue(fed);
                }

                foreach (var yielding in _yieldTo[g])
                {
                    Enqueue(yielding);
                }
            }
        }

        _waiting.Clear();
        Array.Clear(_isWaiting);
        return Index();
    }

    /// <summary>Value of the objective as it stands, vehicle hours per hour.</summary>
    public double Index()
    {
        var sum = 0.0;
        foreach (var cost in _cost)
        {
            sum += cost;
        }

        foreach (var cost in _walkCost)
        {
            sum += cost;
        }

        return sum;
    }

    /// <summary>One update of every group, in the order of signals or against it.</summary>
    public void Sweep(bool isForward)
    {
        switch (Kernel)
        {
            case LaneWidth.Wide:
                Sweep<Lanes512>(isForward);
                break;
            case LaneWidth.Half:
                Sweep<Lanes256>(isForward);
                break;
            default:
                Sweep<LanesOneByOne>(isForward);
                break;
        }
    }

    /// <summary>Whether a link to the same signal carries the same feeders over the same way in the same proportions.</summary>
    private static bool IsSharedBy(in Link known, in Link link, List<FeederShare> feeders, List<FeederFacts> facts)
    {
        if ((known.Up, known.TravelS, known.Alpha, known.Beta) != (link.Up, link.TravelS, link.Alpha, link.Beta) || known.FeederEnd - known.FirstFeeder != link.FeederEnd - link.FirstFeeder)
        {
            return false;
        }

        var factor = link.Fed / known.Fed;
        for (int f = link.FirstFeeder, k = known.FirstFeeder; f < link.FeederEnd; f++, k++)
        {
            if (feeders[f].Group != feeders[k].Group || Math.Abs(facts[f].Fed - (facts[k].Fed * factor)) > 1e-6 * facts[f].Fed)
            {
                return false;
            }
        }

        return true;
    }

    private static void CheckNetwork(TimingNetwork network, TrafficDemand demand)
    {
        if (demand.VolumeVehPerHour.Length != network.Groups.Length || demand.FedVehPerHour.Length != network.Groups.Length)
        {
            throw new ArgumentException(
                $"Demand '{demand.Name}' has volumes for {demand.VolumeVehPerHour.Length} lane groups and feeds for {demand.FedVehPerHour.Length}; the network has {network.Groups.Length}.", nameof(network));
        }

        for (var g = 0; g < network.Groups.Length; g++)
        {
            var group = network.Groups[g];
            if ((uint)group.Signal >= (uint)network.Signals.Length || group.SaturationVehPerHour <= 0 || demand.FedVehPerHour[g].Length != group.Feeders.Length
                || group.Feeders.Any(f => (uint)f.Group >= (uint)network.Groups.Length || f.TravelS < 0) || group.Opposing.Any(o => (uint)o >= (uint)network.Groups.Length)
                || !(demand.VolumeVehPerHour[g] >= 0))
            {
                throw new ArgumentException(
                    $"Lane group {group.Id}: signal, feeders and opposing groups must exist, saturation flow be above 0, volume and travel times 0 or more, and each feeder have its volume.", nameof(network));
            }
        }
    }

    private void LayOut(NetworkPlan plan)
    {
        var problems = new List<Problem>();
        if (plan.Patterns.Length != _layouts.Length)
        {
            throw new ArgumentException($"The plan has {plan.Patterns.Length} patterns, the network {_layouts.Length} signals.", nameof(plan));
        }

        Span<int> splits = stackalloc int[ControllerProgram.MaxPhase + 1];
        for (var s = 0; s < _layouts.Length; s++)
        {
            _hasPlan[s] = plan.Patterns[s] is not null;
            if (plan.Patterns[s] is not { } pattern)
            {
                continue;
            }

            splits.Clear();
            foreach (var (phase, ms) in pattern.SplitMs)
            {
                splits[phase] = _layouts[s].Phase(phase) is null ? 0 : ms;
            }

            var isEven = _layouts[s].LayOut(pattern.Sequence, splits);
            if (!isEven || _layouts[s].Diagram.CycleMs != pattern.CycleMs || pattern.CycleMs <= 0)
            {
                problems.Add(new Problem(
                    "XT690", $"signal {_network.Signals[s].Signal}, pattern {pattern.Number}",
                    $"Splits fill {_layouts[s].Diagram.CycleMs} ms{(isEven ? "" : ", and not the same in every ring,")} of a cycle of {pattern.CycleMs} ms: make them equal."));
            }
        }

        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }
    }

    /// <summary>Whether two cycles are equal, or one is the double of the other.</summary>
    private static bool AreInStep(int cycleMs, int otherMs) => cycleMs == otherMs || cycleMs == 2 * otherMs || otherMs == 2 * cycleMs;

    /// <summary>Signals that feed each other and are in step share the longest cycle among them as period.</summary>
    private void FindPeriods()
    {
        var parent = Enumerable.Range(0, _layouts.Length).ToArray();
        for (var s = 0; s < _layouts.Length; s++)
        {
            _isFlat[s] = !_hasPlan[s] || _network.Signals[s].IsIsolated;
        }

        foreach (ref var link in _links.AsSpan())
        {
            var (a, b) = (link.Down, link.Up);
            link.IsFlat = _isFlat[a] || _isFlat[b] || !AreInStep(_layouts[a].Diagram.CycleMs, _layouts[b].Diagram.CycleMs);
            if (!link.IsFlat)
            {
                parent[Find(a)] = Find(b);
            }
        }

        var longest = new double[_layouts.Length];
        for (var s = 0; s < _layouts.Length; s++)
        {
            var root = Find(s);
            longest[root] = Math.Max(longest[root], _hasPlan[s] ? _layouts[s].CycleS : 60);
        }

        for (var s = 0; s < _layouts.Length; s++)
        {
            _periodS[s] = longest[Find(s)];
            _bins[s] = _options.Bins ?? Math.Max(16, (int)Math.Round(_periodS[s]));
            _binsPerS[s] = _bins[s] / _periodS[s];
            _repeats[s] = _hasPlan[s] ? Math.Max(1, (int)Math.Round(_periodS[s] / _layouts[s].CycleS)) : 1;
        }

        int Find(int s)
        {
            while (parent[s] != s)
            {
                s = parent[s] = parent[parent[s]];
            }

            return s;
        }
    }

    private void Allocate()
    {
        var most = _bins.Max();
        _width = (most + 15) / 16 * 16;
        var stride = (((2 * most) + 15) / 16 * 16) + 16;
        if (stride != _stride)
        {
            _stride = stride;
            _out = new AlignedFloats(_groups.Length * _width);
            _linkRows = new AlignedFloats(_links.Length * stride);
            _service = new AlignedFloats(_groups.Length * _width);
            _measured = new AlignedFloats(MeasuredCount * stride);
            _permitted = new AlignedFloats(PermissiveCount * _width);
            _sneakers = new AlignedFloats(PermissiveCount * _width);
            _guarded = new AlignedFloats(PermissiveCount * _width);
            _scratch = new AlignedFloats(ScratchRows * Slots * _width);
            _before = new float[_width];
        }

        _service.Clear();
        _permitted.Clear();
        _sneakers.Clear();
        _guarded.Clear();
    }

    private void PlaceZero(int signal, double offsetS, OffsetReference reference) =>
        SetZero(signal, offsetS - (_layouts[signal].Diagram.ReferenceMs(reference) / 1000.0));

    /// <summary>Shares, dispersion and shift of every link in bins; links between signals out of step become an even flow.</summary>
    private void SetLinks()
    {
        _dispersionIndex.Clear();
        _dispersionCount = 0;
        foreach (ref var link in _links.AsSpan())
        {
            link.MadeAt = -1;
            if (link.IsFlat)
            {
                continue;
            }

            link.Dispersion = FindDispersion(link.TravelS, link.Alpha, link.Beta, BinS(link.Down), _bins[link.Down]);
            link.ShiftBins = _dispersions[link.Dispersion].ShiftBins;
            for (var f = link.FirstFeeder; f < link.FeederEnd; f++)
            {
                _feeders[f].Scaled = _feederFacts[f].Share * _dispersions[link.Dispersion].Now;
            }
        }

        for (var g = 0; g < _groups.Length; g++)
        {
            ref var group = ref _groups[g];
            var even = group.Volume;
            for (var i = group.FirstShare; i < group.ShareEnd; i++)
            {
                even -= _links[_shares[i].Link].Fed * _shares[i].Factor;
            }

            group.Uniform = (float)(Math.Max(0, even) * BinS(group.Signal) / 3600);
        }
    }

    private int FindDispersion(double travelS, double alpha, double beta, double binS, int bins)
    {
        var key = new DispersionKey(travelS, alpha, beta, binS, bins);
        if (_dispersionIndex.TryGetValue(key, out var index))
        {
            return index;
        }

        if (_dispersionCount == _dispersions.Length)
        {
            Array.Resize(ref _dispersions, _dispersionCount * 2);
        }

        _dispersions[_dispersionCount] = Dispersion.Of(key);
        _dispersionIndex.Add(key, _dispersionCount);
        return _dispersionCount++;
    }

    /// <summary>Writes a signal's greens into rows of service, and what follows from them alone: capacity, scale and costs of walks.</summary>
    private void WriteService(int signal)
    {
        if (!_hasPlan[signal])
        {
            foreach (var g in _groupsOf[signal])
            {
                _groups[g].Capacity = double.PositiveInfinity;
            }

            return;
        }

        _hasNewCapacity = true;
        var layout = _layouts[signal];
        var bins = _bins[signal];
        var binS = BinS(signal);
        foreach (var g in _groupsOf[signal])
        {
            ref var group = ref _groups[g];
            var row = _service.Slice(g * _width, bins);
            group.GreenCount = Math.Max(1, layout.WriteProtected(_network.Groups[g], row, bins, binS, _repeats[signal]));
            if (group.Permissive >= 0)
            {
                var at = group.Permissive * _width;
                row.CopyTo(_guarded.Slice(at, bins));
                layout.WritePermissive(_network.Groups[g], _permitted.Slice(at, bins), _sneakers.Slice(at, bins), bins, binS, _repeats[signal]);
            }
        }

        foreach (var g in _groupsOf[signal])
        {
            if (_groups[g].Permissive >= 0)
            {
                AddPermissive(g);
            }
            else
            {
                SetCapacity(g, SumOf(_service.Slice(g * _width, bins)));
            }

            SetOverflow(g);
        }

        _walkCost[signal] = 0;
        if (_objective.PedestrianWeight > 0 || _objective.PedestrianWaitLimitS is not null)
        {
            Span<WalkService> walks = stackalloc WalkService[ControllerProgram.MaxPhase];
            foreach (var (_, wait, calls) in walks[..layout.ListWalks(_options.WalkAllowanceS, walks)])
            {
                var beyond = _objective.PedestrianWaitLimitS is { } limit ? Math.Max(0, wait - limit) * BeyondLimit : 0;
                _walkCost[signal] += ((_objective.PedestrianWeight * wait) + beyond) * calls / 3600;
            }
        }
    }

    private static double SumOf(ReadOnlySpan<float> row)
    {
        var sum = 0.0;
        foreach (var value in row)
        {
            sum += value;
        }

        return sum;
    }

    private void SetCapacity(int g, double perPeriod)
    {
        ref var group = ref _groups[g];
        group.Capacity = perPeriod * 3600 / _periodS[group.Signal];
        group.Saturation = group.Volume == 0 ? 0 : group.Capacity > 0 ? group.Volume / group.Capacity : double.PositiveInfinity;
        group.Scale = (float)Math.Min(1, FullestScale / Math.Max(FullestScale, group.Saturation));
        SetWeights(ref group, _network.Groups[g]);
    }

    private void SetWeights(ref Group group, LaneGroup facts)
    {
        var excess = group.Saturation > FullestScale && group.Scale > 0 ? 1 / group.Scale : 1.0;
        var stopsPerHour = excess * 3600 / _periodS[group.Signal];
        group.QueueWeight = group.Weight * excess / _bins[group.Signal];
        group.StopWeight = stopsPerHour / 3600 * ((group.Weight * _options.AccelerationLossS) + (_objective.StopPenaltyS * facts.StopWeight));
        var penaltyS = _objective.QueueLimitShare is null ? _objective.StoragePenaltyS : Math.Max(BeyondLimit, _objective.StoragePenaltyS);
        group.StoragePerPeriod = facts.StorageVeh is { } room && penaltyS > 0 ? room * (_objective.QueueLimitShare ?? 1) : double.PositiveInfinity;
        group.StorageWeight = penaltyS / (_periodS[group.Signal] / _repeats[group.Signal]);
    }

    /// <summary>Overflow terms of all groups, with the metering by signals upstream.</summary>
    private void SetOverflows()
    {
        _hasNewCapacity = false;
        for (var g = 0; g < _groups.Length; g++)
        {
            SetOverflow(g);
            SetCost(g);
        }
    }

    /// <summary>
    /// Vehicles that wait because of randomness and overflow. A group without any green keeps all its volume waiting through half the period.
    /// </summary>
    private void SetOverflow(int g)
    {
        ref var group = ref _groups[g];
        if (!_hasPlan[group.Signal] || group.Volume <= 0)
        {
            group.OverflowVeh = 0;
            return;
        }

        var hours = _demand.Hours;
        if (group.Capacity <= 0)
        {
            group.OverflowVeh = group.Volume * hours / 2;
            return;
        }

        group.OverflowVeh = _options.Overflow switch
        {
            OverflowModel.Hcm => group.Volume / 3600 * DelayFormulas.IncrementalDelayS(group.Saturation, group.Capacity, hours, IncrementalFactor(g), Metering(g)),
            OverflowModel.Transyt => DelayFormulas.TransytOverflowVeh(group.Volume, group.Capacity, hours),
            _ => group.Saturation * DelayFormulas.AkcelikOverflowVeh(
                group.Saturation, group.Capacity / 3600, hours * 3600, group.Capacity * _layouts[group.Signal].CycleS / 3600 / group.GreenCount),
        };
    }

    private double IncrementalFactor(int g)
    {
        if (!_options.CountsActuation)
        {
            return 0.5;
        }

        var factor = 0.0;
        var left = _network.Groups[g].Phases | _network.Groups[g].PermissivePhases;
        while (left != 0)
        {
            if (_layouts[_groups[g].Signal].Phase(Bits.TakeFirst(ref left)) is { } phase)
            {
                var isFixed = phase.IsCoordinated || phase.Recall == Recall.Maximum;
                factor = Math.Max(factor, isFixed ? 0.5 : DelayFormulas.ActuatedFactor(_groups[g].Saturation, phase.PassageMs / 1000.0));
            }
        }

        return factor == 0 ? 0.5 : factor;
    }

    /// <summary>I of the HCM for the part of the volume that comes from signals; 1 for the rest.</summary>
    private double Metering(int g)
    {
        ref var group = ref _groups[g];
        if (!_options.CountsUpstreamMetering || group.FirstShare == group.ShareEnd)
        {
            return 1;
        }

        var fed = 0.0;
        var sum = 0.0;
        for (var i = group.FirstShare; i < group.ShareEnd; i++)
        {
            ref var link = ref _links[_shares[i].Link];
            for (var f = link.FirstFeeder; f < link.FeederEnd; f++)
            {
                var flow = _feederFacts[f].Fed * _shares[i].Factor;
                fed += flow;
                sum += flow * Math.Min(1, _groups[_feeders[f].Group].Saturation);
            }
        }

        var share = Math.Min(1, fed / group.Volume);
        return (share * DelayFormulas.UpstreamFactor(sum / fed)) + 1 - share;
    }

    private void SetCost(int g)
    {
        ref var group = ref _groups[g];
        if (!_hasPlan[group.Signal])
        {
            _cost[g] = 0;
            return;
        }

        var overflow = group.Weight * group.OverflowVeh;
        var cost = (group.QueueWeight * group.QueueSum) + (group.StopWeight * group.StoppedSum) + overflow;
        if (!double.IsPositiveInfinity(group.StoragePerPeriod))
        {
            cost += Math.Max(0, (group.StoppedSum / _repeats[group.Signal]) + group.OverflowVeh - group.StoragePerPeriod) * group.StorageWeight;
        }

        _cost[g] = cost;
    }

    private static float Distance(ReadOnlySpan<float> row, ReadOnlySpan<float> other)
    {
        var sum = 0f;
        for (var t = 0; t < row.Length; t++)
        {
            sum += Math.Abs(row[t] - other[t]);
        }

        return sum;
    }

    private void Enqueue(int g)
    {
        if (!_isWaiting[g])
        {
            _isWaiting[g] = true;
            _waiting.Enqueue(g);
        }
    }

    /// <summary>Brings measured arrivals into the bins of the period, from the begin of barrier group 1 of today's plan.</summary>
    private void SetMeasured()
    {
        for (var g = 0; g < _groups.Length; g++)
        {
            ref var group = ref _groups[g];
            group.UsesMeasured = false;
            var s = group.Signal;
            if (group.Measured < 0 || _isFlat[s] || _network.Signals[s].Today is not { } today || today.CycleMs != _layouts[s].Diagram.CycleMs)
            {
                continue;
            }

            group.UsesMeasured = true;
            group.MeasuredFrom = MainSource(g);
            group.MeasuredZeroS = TodayZeroS(s) ?? 0;
            group.MeasuredSourceZeroS = group.MeasuredFrom < 0 ? 0 : TodayZeroS(group.MeasuredFrom) ?? _zeroS[group.MeasuredFrom];
            var shares = _demand.MeasuredArrivals[g];
            var bins = _bins[s];
            var row = _measured.Slice(group.Measured * _stride, _stride);
            row.Clear();
            var perPeriod = group.Volume * _periodS[s] / 3600;
            var referenceS = (TodayDiagram(s)?.ReferenceMs(today.Reference) ?? 0) / 1000.0;
            var cycleBins = (double)bins / _repeats[s];
            var width = cycleBins / shares.Length;
            for (var repeat = 0; repeat < _repeats[s]; repeat++)
            {
                for (var k = 0; k < shares.Length; k++)
                {
                    Spread(row, bins, (referenceS / BinS(s)) + (repeat * cycleBins) + (k * width), width, shares[k] * perPeriod / _repeats[s]);
                }
            }

            row[..bins].CopyTo(row[bins..]);
        }
    }

    private void SetSources()
    {
        for (var g = 0; g < _groups.Length; g++)
        {
            if (_groups[g].UsesMeasured)
            {
                _sources[g] = _groups[g].MeasuredFrom < 0 ? [] : [_groups[g].MeasuredFrom];
                continue;
            }

            var found = new SortedSet<int>();
            for (var i = _groups[g].FirstShare; i < _groups[g].ShareEnd; i++)
            {
                ref var link = ref _links[_shares[i].Link];
                if (!link.IsFlat)
                {
                    found.Add(link.Up);
                }
            }

            _sources[g] = [.. found];
        }
    }

    private static void Spread(Span<float> row, int bins, double start, double width, double amount)
    {
        var end = start + width;
        while (start < end - 1e-9)
        {
            var stop = Math.Min(Math.Floor(start + 1e-9) + 1, end);
            row[(int)Math.Floor(start + 1e-9) % bins] += (float)(amount * (stop - start) / width);
            start = stop;
        }
    }

    private int MainSource(int g)
    {
        var most = 0.0;
        var signal = -1;
        for (var i = _groups[g].FirstShare; i < _groups[g].ShareEnd; i++)
        {
            ref var link = ref _links[_shares[i].Link];
            if (!link.IsFlat && link.Fed * _shares[i].Factor > most)
            {
                (most, signal) = (link.Fed * _shares[i].Factor, link.Up);
            }
        }

        return signal;
    }

    private RingDiagram? TodayDiagram(int signal)
    {
        if (_network.Signals[signal].Today is not { } today)
        {
            return null;
        }

        var diagram = new RingDiagram(_network.Signals[signal].Phases);
        diagram.SetSequence(today.Sequence);
        Span<int> splits = stackalloc int[ControllerProgram.MaxPhase + 1];
        foreach (var (phase, ms) in today.SplitMs)
        {
            splits[phase] = ms;
        }

        _ = diagram.LayOut(splits);
        return diagram;
    }

    private double? TodayZeroS(int signal) =>
        TodayDiagram(signal) is { } diagram
            ? (_network.Signals[signal].Today!.OffsetMs - diagram.ReferenceMs(_network.Signals[signal].Today!.Reference)) / 1000.0
            : null;

    /// <summary>What is known of a group; numbers of the last update beside those that only a plan changes.</summary>
    private struct Group
    {
        public int Signal;
        public int FirstShare;
        public int ShareEnd;
        public int Permissive;
        public int Measured;
        public int GreenCount;
        public int MeasuredFrom;
        public bool UsesMeasured;
        public float Uniform;
        public float Scale;
        public float QueueSum;
        public float StoppedSum;
        public double Volume;
        public double Capacity;
        public double Saturation;
        public double Weight;
        public double QueueWeight;
        public double StopWeight;
        public double StoragePerPeriod;
        public double StorageWeight;
        public double OverflowVeh;
        public double MeasuredZeroS;
        public double MeasuredSourceZeroS;
    }

    /// <summary>What goes one way from one signal to another in fixed proportions of its feeders: one platoon, whichever lanes its vehicles take at the end.</summary>
    private struct Link
    {
        public int FirstFeeder;
        public int FeederEnd;
        public int Up;
        public int Down;
        public int Dispersion;
        public int Rotation;
        public bool IsFlat;
        public long MadeAt;
        public long VisitedAt;
        public double ShiftBins;
        public double TravelS;
        public double Alpha;
        public double Beta;
        public double Fed;
    }

    /// <summary>What a group takes of a link, in parts of the flow that the link was made with.</summary>
    private struct LinkShare
    {
        public int Link;
        public float Factor;
    }

    private struct FeederShare
    {
        public int Group;
        public float Scaled;
    }

    /// <summary>What a plan does not change of a feeder: its share of the group's departures, and veh/h.</summary>
    private readonly record struct FeederFacts(float Share, double Fed);
}

/// <summary>How many numbers a kernel takes at a time.</summary>
internal enum LaneWidth
{
    One,
    Half,
    Wide,
}
