using System.Collections.Immutable;
using System.Numerics;
using Crosstown.Core;
using Crosstown.Core.Controllers;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Optimization;

/// <summary>One search over a network's timing: offsets on pair tables, and splits, sequence and half cycles signal by signal on the profiles themselves.</summary>
/// <remarks>
/// A trial at one signal updates its own groups and those that they feed; what is farther away follows with the next sweep. After every pass the whole network is
/// evaluated, and a pass that made it worse is taken back. One thread; the same random numbers give the same plan.
/// </remarks>
internal sealed partial class NetworkSearch
{
    private const float Forbidden = 1e9f;

    // A demand three percent better than the worst gets a third of its weight.
    private const double Sharpness = 36;

    private readonly TimingNetwork _network;
    private readonly OptimizerOptions _options;
    private readonly ProfileEngine[] _engines;
    private readonly SplitRules[] _rules;
    private readonly int[][] _fedGroups;
    // Signals at which groups that wait for gaps wait for each other.
    private readonly bool[] _waitsMutually;
    private readonly double[] _weights;
    private readonly RandomNumbers _random;
    private readonly CancellationToken _cancellation;
    private readonly SignalState?[] _states;
    private readonly Dictionary<int, List<(byte[] From, byte[] To)>> _moves = [];
    private PairTables? _tables;

    public NetworkSearch(TimingNetwork network, OptimizerOptions options, int purpose, CancellationToken cancellation)
    {
        _network = network;
        _options = options;
        _cancellation = cancellation;
        _random = new RandomNumbers(options.Seed, purpose);
        _engines = [.. Enumerable.Range(0, network.Demands.Length).Select(d => new ProfileEngine(network, d, options.Evaluation, options.Objective))];
        _rules = [.. network.Signals.Select(s => new SplitRules(s, options.KeepsPedestrianMinimums))];
        _states = new SignalState?[network.Signals.Length];
        _weights = new double[network.Demands.Length];
        _waitsMutually = new bool[network.Signals.Length];
        foreach (var group in network.Groups)
        {
            _waitsMutually[group.Signal] |= group.PermissivePhases != 0 && group.Opposing.Any(o => network.Groups[o].PermissivePhases != 0);
        }

        _room = [.. network.Signals.Select(_ => new List<bool[]>())];
        _isOnArterial = [.. Enumerable.Range(0, network.Signals.Length).Select(s => !options.Arterials.IsDefaultOrEmpty && options.Arterials.Any(a => a.Signals.Contains(s)))];
        _fedGroups = new int[network.Signals.Length][];
        for (var s = 0; s < _fedGroups.Length; s++)
        {
            var fed = new SortedSet<int>();
            foreach (var engine in _engines)
            {
                foreach (var g in engine.GroupsOf(s))
                {
                    fed.UnionWith(engine.FedBy(g).ToArray());
                }
            }

            fed.ExceptWith(_engines[0].GroupsOf(s).ToArray());
            _fedGroups[s] = [.. fed];
        }
    }

    public SignalState?[] States => _states;

    public SplitRules Rules(int signal) => _rules[signal];

    public ProfileEngine Engine(int demand) => _engines[demand];

    /// <summary>Value of the objective as last evaluated.</summary>
    public double Index { get; private set; } = double.PositiveInfinity;

    /// <summary>Volume over saturation flow by phase, the largest over demands; 17 long.</summary>
    public double[] FlowRatios(int signal)
    {
        var ratios = new double[ControllerProgram.MaxPhase + 1];
        foreach (var g in _engines[0].GroupsOf(signal))
        {
            var group = _network.Groups[g];
            var volume = _network.Demands.Max(d => d.VolumeVehPerHour[g]);
            var phases = group.Phases != 0 ? group.Phases : group.PermissivePhases;
            var ratio = volume / group.SaturationVehPerHour / Math.Max(1, BitOperations.PopCount(phases));
            while (phases != 0)
            {
                var phase = Bits.TakeFirst(ref phases);
                if (phase <= ControllerProgram.MaxPhase)
                {
                    ratios[phase] = Math.Max(ratios[phase], ratio);
                }
            }
        }

        return ratios;
    }

    /// <summary>Takes timing for every signal and evaluates it.</summary>
    public double Load(IReadOnlyList<SignalState?> states)
    {
        for (var s = 0; s < _states.Length; s++)
        {
            _states[s] = states[s];
        }

        var plan = ToPlan();
        foreach (var engine in _engines)
        {
            engine.SetPlan(plan);
        }

        _tables = null;
        return Evaluate();
    }

    public NetworkPlan ToPlan() =>
        new() { Patterns = [.. _states.Select((state, s) => state?.ToPattern(_network.Signals[s], _options.PatternNumber))] };

    /// <summary>Index of each set of signals, from the last evaluation.</summary>
    public double[] IndexByComponent(int[] component, int count)
    {
        var byDemand = new double[_engines.Length][];
        for (var d = 0; d < _engines.Length; d++)
        {
            byDemand[d] = new double[count];
            for (var s = 0; s < _states.Length; s++)
            {
                var sum = _engines[d].WalkCost(s);
                foreach (var g in _engines[d].GroupsOf(s))
                {
                    sum += _engines[d].Cost(g);
                }

                byDemand[d][component[s]] += sum;
            }
        }

        return [.. Enumerable.Range(0, count).Select(c => PlanEvaluator.Combine(_network, _options.Objective, [.. byDemand.Select(b => b[c])]))];
    }

    public double Evaluate()
    {
        Span<double> indices = stackalloc double[_engines.Length];
        var worst = 0.0;
        var sum = 0.0;
        for (var d = 0; d < _engines.Length; d++)
        {
            indices[d] = _engines[d].Evaluate();
            worst = Math.Max(worst, indices[d]);
            sum += _network.Demands[d].Weight;
        }

        // Demands nearly as bad as the worst share its weight: served alone, it would only change places with them.
        var sharp = 0.0;
        for (var d = 0; d < _engines.Length; d++)
        {
            sharp += _weights[d] = worst > 0 ? Math.Exp(Sharpness * ((indices[d] / worst) - 1)) : 1;
        }

        for (var d = 0; d < _engines.Length; d++)
        {
            var share = _options.Objective.WorstShare;
            _weights[d] = ((1 - share) * _network.Demands[d].Weight / sum) + (share * _weights[d] / sharp);
        }

        return Index = PlanEvaluator.Combine(_network, _options.Objective, indices);
    }

    /// <summary>Splits from the flows alone, each signal by itself: everybody arrives evenly.</summary>
    public void SearchSplitsAlone(ReadOnlySpan<int> stepsMs)
    {
        foreach (var engine in _engines)
        {
            engine.ResetFlow();
        }

        for (var s = 0; s < _states.Length && !_cancellation.IsCancellationRequested; s++)
        {
            if (MayChangeSplits(s))
            {
                SearchSplits(s, stepsMs, withFed: false);
                foreach (var engine in _engines)
                {
                    engine.ResetFlow(s);
                }
            }
        }

        Evaluate();
    }

    /// <summary>Splits given what arrives now, counting what the signal's departures do to the next ones. False when it brought nothing.</summary>
    public bool SearchSplits(int[] stepsMs) => Keep(s =>
    {
        if (MayChangeSplits(s))
        {
            SearchSplits(s, stepsMs, withFed: true);
        }
    });

    /// <summary>Leading and lagging phases. False when it brought nothing.</summary>
    public bool SearchSequences() => Keep(s =>
    {
        if (_states[s] is not null && MayChangeSequence(s))
        {
            SearchSequence(s);
        }
    });

    /// <summary>Two cycles in one where that serves better. False when it brought nothing.</summary>
    public bool SearchHalfCycles() => Keep(s =>
    {
        if (_options is { UsesHalfAndDoubleCycles: true, ChangesCycle: true } && MayChangeSplits(s) && !_network.Signals[s].Locks.HasFlag(TimingLocks.Cycle)
            && MayChangeOffset(s) && !_engines[0].IsFlat(s) && !_isOnArterial[s])
        {
            TryHalfCycle(s);
        }
    });

    /// <summary>Offsets on tables that are built anew around each better plan. False when it brought nothing.</summary>
    public bool SearchOffsets(int rounds, int forests)
    {
        if (!_options.ChangesOffsets)
        {
            return false;
        }

        var begin = Index;
        var best = (SignalState?[])_states.Clone();
        var bestIndex = Index;
        var allowed = new float[]?[_states.Length];
        for (var round = 0; round < rounds && !_cancellation.IsCancellationRequested; round++)
        {
            Allow(allowed);
            var search = new OffsetSearch(BuildTables(), allowed);
            search.Descend();
            for (var forest = 0; forest < forests && !_cancellation.IsCancellationRequested; forest++)
            {
                search.SolveRandomForest(_random);
            }

            search.Descend();
            ShiftClusters(search);
            Apply(search.Offsets);
            Evaluate();
            if (Index < bestIndex * (1 - 1e-5))
            {
                _states.CopyTo(best, 0);
                bestIndex = Index;
            }
            else
            {
                break;
            }
        }

        Restore(best);
        return bestIndex < begin * (1 - 1e-5);
    }

    /// <summary>Gives states back to the engines, which keep their period, and evaluates.</summary>
    public void Restore(SignalState?[] states)
    {
        var hasChanged = false;
        for (var s = 0; s < _states.Length; s++)
        {
            if (!ReferenceEquals(_states[s], states[s]) && states[s] is { } state)
            {
                _states[s] = state;
                Set(s, state);
                hasChanged = true;
            }
        }

        if (hasChanged)
        {
            Evaluate();
        }
    }

    /// <summary>Gives one signal timing in all engines; its groups are not updated yet.</summary>
    public void Set(int signal, SignalState state)
    {
        foreach (var engine in _engines)
        {
            engine.SetTiming(signal, state.Sequence, state.SplitMs);
            engine.SetOffset(signal, state.OffsetMs / 1000.0, state.Reference);
        }
    }

    /// <summary>Weighted cost of a signal's groups and walks, and of the groups that they feed when asked so.</summary>
    public double LocalCost(int signal, bool withFed)
    {
        var sum = 0.0;
        for (var d = 0; d < _engines.Length; d++)
        {
            var engine = _engines[d];
            var own = engine.GroupsOf(signal);
            for (var pass = _waitsMutually[signal] ? 2 : 1; pass > 0; pass--)
            {
                engine.Update(own);
            }

            var cost = engine.WalkCost(signal);
            foreach (var g in own)
            {
                cost += engine.Cost(g);
            }

            if (withFed)
            {
                engine.Update(_fedGroups[signal], keepsFlow: false);
                foreach (var g in _fedGroups[signal])
                {
                    cost += engine.Cost(g);
                }
            }

            sum += cost * _weights[d];
        }

        return sum;
    }

    public ReadOnlySpan<int> FedGroups(int signal) => _fedGroups[signal];

    public double Weight(int demand) => _weights[demand];

    /// <summary>Tables around the plan as it stands; for what coordination is worth.</summary>
    public PairTables Tables() => _tables ??= new PairTables(_engines[0]);

    private bool MayChangeSplits(int s) => _options.ChangesSplits && _states[s] is not null && !_network.Signals[s].Locks.HasFlag(TimingLocks.Splits);

    private PairTables BuildTables()
    {
        _tables ??= new PairTables(_engines[0]);
        _tables.Clear();
        for (var d = 0; d < _engines.Length; d++)
        {
            _tables.Add(_engines[d], (float)_weights[d]);
        }

        _tables.Close();
        return _tables;
    }

    private bool MayChangeSequence(int s) => _options.ChangesSequence && !_network.Signals[s].Locks.HasFlag(TimingLocks.Sequence) && !CouldTrap(s);

    private bool MayChangeOffset(int s) => _options.ChangesOffsets && !_network.Signals[s].Locks.HasFlag(TimingLocks.Offset);

    /// <summary>Whether another order could trap a left turn on yellow: protected-permissive without an arrow that the opposing through drives.</summary>
    private bool CouldTrap(int s)
    {
        foreach (var g in _engines[0].GroupsOf(s))
        {
            var group = _network.Groups[g];
            if (group.PermissivePhases != 0 && !_network.Signals[s].Overlaps.Any(o => o.Kind == OverlapKind.FlashingYellowArrow && (group.Phases == 0 || Bits.Has(group.Phases, o.ProtectedPhase))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Visits every signal, evaluates, and takes everything back if that made it worse.</summary>
    private bool Keep(Action<int> visit)
    {
        var before = (SignalState?[])_states.Clone();
        var index = Index;
        for (var s = 0; s < _states.Length && !_cancellation.IsCancellationRequested; s++)
        {
            visit(s);
        }

        Evaluate();
        if (Index < index * (1 - 1e-5))
        {
            return true;
        }

        Restore(before);
        return false;
    }

    private void SearchSplits(int s, ReadOnlySpan<int> stepsMs, bool withFed)
    {
        var state = _states[s]!;
        var (least, most) = Bounds(s, state);
        var splits = (int[])state.SplitMs.Clone();
        var best = LocalCost(s, withFed);
        var start = best;
        var trial = new int[splits.Length];
        foreach (var step in stepsMs)
        {
            for (var hasImproved = true; hasImproved;)
            {
                hasImproved = false;
                foreach (var (from, to) in Moves(s))
                {
                    while (Try(s, state, splits, trial, from, to, step, least, most, withFed, ref best))
                    {
                        hasImproved = true;
                    }
                }
            }
        }

        if (best < start)
        {
            _states[s] = state with { SplitMs = splits };
        }

        Set(s, _states[s]!);
        LocalCost(s, withFed: false);
    }

    private bool Try(
        int s, SignalState state, int[] splits, int[] trial, byte[] from, byte[] to, int step, int[] least, int[] most, bool withFed, ref double best)
    {
        splits.CopyTo(trial, 0);
        for (var i = 0; i < from.Length; i++)
        {
            trial[from[i]] -= step;
            trial[to[i]] += step;
        }

        for (var i = 0; i < from.Length; i++)
        {
            if (trial[from[i]] < least[from[i]] || trial[to[i]] > most[to[i]])
            {
                return false;
            }
        }

        foreach (var engine in _engines)
        {
            engine.SetTiming(s, state.Sequence, trial);
            engine.SetOffset(s, state.OffsetMs / 1000.0, state.Reference);
        }

        if (!IsCoordinatedTogether(s))
        {
            return false;
        }

        var cost = LocalCost(s, withFed);
        if (cost >= best * (1 - 1e-7))
        {
            return false;
        }

        best = cost;
        trial.CopyTo(splits, 0);
        return true;
    }

    /// <summary>Ways to give time: from one phase to another of the same ring and barrier group, or from one barrier group to another in all rings at once.</summary>
    private List<(byte[] From, byte[] To)> Moves(int s)
    {
        if (_moves.TryGetValue(s, out var known))
        {
            return known;
        }

        var rules = _rules[s];
        var moves = new List<(byte[] From, byte[] To)>();
        foreach (var ring in rules.Cells)
        {
            foreach (var cell in ring)
            {
                moves.AddRange(from p in cell from q in cell where p != q select (new[] { p }, new[] { q }));
            }
        }

        foreach (var a in rules.Groups)
        {
            foreach (var b in rules.Groups.Where(b => b != a))
            {
                IEnumerable<(byte[] From, byte[] To)> combined = [([], [])];
                foreach (var ring in rules.Cells)
                {
                    if (ring[a].Length > 0 && ring[b].Length > 0)
                    {
                        combined = from soFar in combined from p in ring[a] from q in ring[b] select ((byte[])[.. soFar.From, p], (byte[])[.. soFar.To, q]);
                    }
                }

                // A ring that has phases on one side alone cannot give what the others take.
                if (rules.Cells.All(ring => (ring[a].Length > 0) == (ring[b].Length > 0)))
                {
                    moves.AddRange(combined);
                }
            }
        }

        return _moves[s] = moves;
    }

    private (int[] Least, int[] Most) Bounds(int s, SignalState state)
    {
        // Where today is below a minimum and had to stay so, it at least gets no shorter.
        int[] least = [.. _rules[s].Minimums(state.Sequence).Select((ms, p) => Math.Min(ms, state.SplitMs[p]))];
        var most = new int[least.Length];
        Array.Fill(most, state.CycleMs);
        if (_options.MaxSplitChangeS is { } limit && _network.Signals[s].Today is { } today && today.CycleMs == state.CycleMs)
        {
            foreach (var (phase, ms) in today.SplitMs)
            {
                least[phase] = Math.Max(least[phase], ms - (limit * 1000));
                most[phase] = Math.Max(least[phase], ms + (limit * 1000));
            }
        }

        return (least, most);
    }

    /// <summary>Coordinated phases must all be green for a while, or there is nothing to coordinate on.</summary>
    private bool IsCoordinatedTogether(int s)
    {
        var diagram = _engines[0].Layout(s).Diagram;
        return !_network.Signals[s].Phases.Any(p => p.IsCoordinated) || diagram.ReferenceMs(OffsetReference.BeginYellow) > diagram.ReferenceMs(OffsetReference.BeginLastGreen);
    }

    private void SearchSequence(int s)
    {
        var state = _states[s]!;
        var bestState = state;
        var best = LocalCost(s, withFed: true);
        foreach (var turned in OtherOrders(s, state))
        {
            var zeroMs = (int)Math.Round(_engines[0].ZeroS(s) * 1000);
            Set(s, turned);
            if (!IsCoordinatedTogether(s))
            {
                continue;
            }

            // The same offset keeps the begin of the coordinated green, the same zero the barrier; around both the best place is near.
            var held = zeroMs + _engines[0].Layout(s).Diagram.ReferenceMs(state.Reference);
            ReadOnlySpan<int> places = MayChangeOffset(s) ? [state.OffsetMs, held, state.OffsetMs + 5000, state.OffsetMs - 5000] : [state.OffsetMs];
            foreach (var place in places)
            {
                var offset = Whole(place, state.CycleMs);
                if (!IsOffsetAllowed(s, state.CycleMs, offset))
                {
                    continue;
                }

                foreach (var engine in _engines)
                {
                    engine.SetOffset(s, offset / 1000.0, state.Reference);
                }

                var cost = LocalCost(s, withFed: true);
                if (cost < best * (1 - 1e-6))
                {
                    best = cost;
                    bestState = turned with { OffsetMs = offset };
                }
            }
        }

        _states[s] = bestState;
        Set(s, bestState);
        LocalCost(s, withFed: false);
    }

    /// <summary>The same splits in every other order that leaves each phase its minimum.</summary>
    private IEnumerable<SignalState> OtherOrders(int s, SignalState state)
    {
        var rules = _rules[s];
        var swaps = new List<(int Ring, int Group)>();
        for (var ring = 0; ring < rules.RingCount; ring++)
        {
            swaps.AddRange(rules.Groups.Where(b => rules.Cells[ring][b].Length == 2).Select(b => (ring, b)));
        }

        for (var mask = 1; mask < 1 << Math.Min(4, swaps.Count); mask++)
        {
            var sequence = Swapped(s, state, swaps, mask);
            if (!rules.Minimums(sequence).Where((ms, p) => state.SplitMs[p] < ms).Any())
            {
                yield return state with { Sequence = sequence };
            }
        }
    }

    private ImmutableArray<ImmutableArray<byte>> Swapped(int s, SignalState state, List<(int Ring, int Group)> swaps, int mask)
    {
        var diagram = new RingDiagram(_network.Signals[s].Phases);
        diagram.SetSequence(state.Sequence);
        var rings = Enumerable.Range(0, diagram.RingCount).Select(ring => diagram.OrderOf(ring).ToArray()).ToArray();
        for (var i = 0; i < swaps.Count; i++)
        {
            if ((mask >> i & 1) != 0)
            {
                var order = rings[swaps[i].Ring];
                var cell = _rules[s].Cells[swaps[i].Ring][swaps[i].Group];
                var (a, b) = (Array.IndexOf(order, cell[0]), Array.IndexOf(order, cell[1]));
                (order[a], order[b]) = (order[b], order[a]);
            }
        }

        return [.. rings.Select(ring => ring.ToImmutableArray())];
    }

    private void TryHalfCycle(int s)
    {
        var state = _states[s]!;
        var half = state.CycleMs / 2;
        var minimums = _rules[s].Minimums(state.Sequence);
        var isHeld = (_options.MaxOffsetChangeS ?? _options.MaxSplitChangeS) is not null && _network.Signals[s].Today?.CycleMs == half;
        if (isHeld || half % 1000 != 0 || half < 30_000 || state.CycleMs / 1000.0 < _engines[0].PeriodS(s) || _rules[s].ShortestCycleMs(minimums, state.Sequence) > half)
        {
            return;
        }

        var whole = LocalCost(s, withFed: true);
        var trial = state with { CycleMs = half, SplitMs = _rules[s].Fill(half, minimums, state.Sequence, FlowRatios(s)), OffsetMs = state.OffsetMs % half };
        var best = double.MaxValue;
        var bestOffset = 0;
        Set(s, trial);
        if (IsCoordinatedTogether(s))
        {
            for (var offset = 0; offset < half; offset += 4000)
            {
                foreach (var engine in _engines)
                {
                    engine.SetOffset(s, offset / 1000.0, state.Reference);
                }

                var cost = LocalCost(s, withFed: true);
                if (cost < best)
                {
                    (best, bestOffset) = (cost, offset);
                }
            }
        }

        if (best < whole * (1 - 1e-3))
        {
            _states[s] = trial with { OffsetMs = bestOffset };
        }

        Set(s, _states[s]!);
        LocalCost(s, withFed: false);
        if (best < whole * (1 - 1e-3))
        {
            SearchSplits(s, [2000, 1000], withFed: true);
        }
    }

    private static int Whole(int ms, int cycleMs)
    {
        var whole = (int)Math.Round(ms / 1000.0) * 1000 % cycleMs;
        return whole < 0 ? whole + cycleMs : whole;
    }

    private bool IsOffsetAllowed(int s, int cycleMs, int offsetMs)
    {
        var signal = _network.Signals[s];
        if (signal.Today is not { } today || today.CycleMs != cycleMs)
        {
            return true;
        }

        var apart = Math.Abs(offsetMs - today.OffsetMs) % cycleMs;
        apart = Math.Min(apart, cycleMs - apart);
        return _options.MaxOffsetChangeS is not { } limit || apart <= limit * 1000;
    }

    /// <summary>Which turns of each offset its lock and limit allow; null where all.</summary>
    private void Allow(float[]?[] allowed)
    {
        for (var s = 0; s < _states.Length; s++)
        {
            allowed[s] = null;
            if (_states[s] is not { } state)
            {
                continue;
            }

            var isLocked = !MayChangeOffset(s);
            if (MayMoveFreely(s) && _room[s].Count == 0)
            {
                continue;
            }

            var bins = _engines[0].Bins(s);
            allowed[s] = new float[bins];
            for (var x = 0; x < bins; x++)
            {
                var offset = Whole(state.OffsetMs + (int)(x * _engines[0].BinS(s) * 1000), state.CycleMs);
                var isFree = x == 0 || (!isLocked && IsOffsetAllowed(s, state.CycleMs, offset) && KeepsBands(s, state, offset));
                allowed[s]![x] = isFree ? 0 : Forbidden;
            }
        }
    }

    /// <summary>Connected balls of signals, from small to large, are shifted against the rest.</summary>
    private void ShiftClusters(OffsetSearch search)
    {
        var tables = _tables!;
        var cluster = new List<int>();
        for (var size = 2; size <= 64; size *= 2)
        {
            for (var n = 0; n < tables.SignalCount / size && !_cancellation.IsCancellationRequested; n++)
            {
                cluster.Clear();
                cluster.Add(_random.NextInt(tables.SignalCount));
                for (var i = 0; i < cluster.Count && cluster.Count < size; i++)
                {
                    for (var e = tables.FirstEdge(cluster[i]); e < tables.FirstEdge(cluster[i] + 1) && cluster.Count < size; e++)
                    {
                        if (!cluster.Contains(tables.Other(e)))
                        {
                            cluster.Add(tables.Other(e));
                        }
                    }
                }

                search.ShiftTogether(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(cluster));
            }
        }

        search.Descend();
    }

    private void Apply(ReadOnlySpan<int> offsets)
    {
        for (var s = 0; s < _states.Length; s++)
        {
            if (_states[s] is { } state && offsets[s] != 0)
            {
                var ms = Whole(state.OffsetMs + (int)Math.Round(offsets[s] * _engines[0].BinS(s) * 1000), state.CycleMs);
                _states[s] = state with { OffsetMs = ms };
                foreach (var engine in _engines)
                {
                    engine.SetOffset(s, ms / 1000.0, state.Reference);
                }
            }
        }
    }
}
