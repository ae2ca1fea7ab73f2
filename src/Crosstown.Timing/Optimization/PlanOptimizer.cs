using Crosstown.Core.Data;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Optimization;

/// <summary>Finds cycle, splits, sequence and offsets for a whole network at once.</summary>
/// <remarks>
/// Every common cycle is tried with splits of its own and coordinated offsets; networks that do not touch each choose theirs. The best are worked out in full: splits,
/// leading and lagging turns and half cycles given the platoons that arrive, offsets given those, round after round; then the winner is stretched and pressed to cycles
/// near its own. Nothing is random but the order of search, so the
/// same seed gives the same plan however many threads work on it. It can be canceled at any time and then gives the best plan that it has.
/// </remarks>
public sealed class PlanOptimizer
{
    private readonly TimingNetwork _network;
    private readonly OptimizerOptions _options;
    private readonly int[] _component;
    private readonly int _components;
    private readonly SplitRules[] _rules;
    private readonly double[][] _flowRatios;

    /// <exception cref="ArgumentException">The network contradicts itself, or an option lies outside its limits; the message says which.</exception>
    public PlanOptimizer(TimingNetwork network, OptimizerOptions? options = null)
    {
        _network = network;
        _options = options ?? new OptimizerOptions();
        if (_options.MinCycleS < 30 || _options.MaxCycleS > 255 || _options.MinCycleS > _options.MaxCycleS || _options.CycleStepS < 1 || _options.FineCycleStepS < 1 || _options.RefinedCycles < 1
            || _options.Effort < 1 || _options.MaxThreads < 1)
        {
            throw new ArgumentException(
                $"Cycles {_options.MinCycleS}-{_options.MaxCycleS} s by {_options.CycleStepS} and {_options.FineCycleStepS} s, {_options.RefinedCycles} refined, effort {_options.Effort}, {_options.MaxThreads} threads: "
                + "cycles are 30-255 s in order, the rest is 1 or more.", nameof(options));
        }

        if (!_options.Arterials.IsDefaultOrEmpty
            && _options.Arterials.FirstOrDefault(a => a.Signals.Length < 2 || a.Signals.Distinct().Count() < a.Signals.Length || a.Signals.Any(s => (uint)s >= (uint)network.Signals.Length)) is { } odd)
        {
            throw new ArgumentException(
                $"Arterial '{odd.Name}' of signals {string.Join(", ", odd.Signals)}: it needs two signals or more, each once, from 0 to {network.Signals.Length - 1}.", nameof(options));
        }

        _ = new PlanEvaluator(network, _options.Evaluation, _options.Objective);
        (_component, _components) = FindComponents(network);
        _rules = [.. network.Signals.Select(s => new SplitRules(s, _options.KeepsPedestrianMinimums))];
        var search = new NetworkSearch(network, _options, 0, CancellationToken.None);
        _flowRatios = [.. Enumerable.Range(0, network.Signals.Length).Select(search.FlowRatios)];
    }

    /// <summary>Searches until done or canceled.</summary>
    /// <param name="progress">Told after every stage, by several threads.</param>
    /// <param name="cancellation">Ends the search early; the best plan so far is the answer.</param>
    /// <exception cref="ProblemException">
    /// XT691: the minimums of a signal fit in no cycle that may be used; all such signals are listed. XT690: a pattern that has to stay does not fill its cycle.
    /// </exception>
    public OptimizerResult Optimize(IProgress<OptimizerProgress>? progress = null, CancellationToken cancellation = default)
    {
        var candidates = ListCandidates();
        var scanned = Scan(candidates, progress, cancellation);
        var starts = ChooseStarts(scanned);
        var refined = Refine(starts, progress, cancellation);
        refined = TryNearCycles(refined, progress, cancellation);
        var report = new PlanReport(_network, _options, _component, _components);
        return report.Make(scanned, refined, cancellation);
    }

    private static (int[] Component, int Count) FindComponents(TimingNetwork network)
    {
        var parent = Enumerable.Range(0, network.Signals.Length).ToArray();
        foreach (var group in network.Groups)
        {
            foreach (var feeder in group.Feeders)
            {
                parent[Find(group.Signal)] = Find(network.Groups[feeder.Group].Signal);
            }
        }

        var number = new Dictionary<int, int>();
        var component = new int[parent.Length];
        for (var s = 0; s < parent.Length; s++)
        {
            var root = Find(s);
            if (!number.TryGetValue(root, out component[s]))
            {
                number.Add(root, component[s] = number.Count);
            }
        }

        return (component, number.Count);

        int Find(int s)
        {
            while (parent[s] != s)
            {
                s = parent[s] = parent[parent[s]];
            }

            return s;
        }
    }

    /// <summary>Whether a signal takes part in the choice of a cycle.</summary>
    private bool MayChangeCycle(TimedSignal signal) =>
        _options is { ChangesCycle: true, ChangesSplits: true } && !signal.IsIsolated && (signal.Locks & (TimingLocks.Cycle | TimingLocks.Splits)) == 0;

    private static bool StaysFree(TimedSignal signal) => signal.Today is null && (signal.IsIsolated || (signal.Locks & (TimingLocks.Cycle | TimingLocks.Splits)) != 0);

    /// <summary>Today's plan, and one start for each cycle.</summary>
    private List<Candidate> ListCandidates()
    {
        var candidates = new List<Candidate>();
        var problems = new List<Problem>();
        var today = new SignalState?[_network.Signals.Length];
        var isToday = true;
        for (var s = 0; s < today.Length && isToday; s++)
        {
            var signal = _network.Signals[s];
            today[s] = StaysFree(signal) ? null : TodayOrFilled(s);
            isToday = StaysFree(signal) || today[s] is not null;
        }

        if (isToday)
        {
            candidates.Add(new Candidate("today's cycles", today, IsToday: true) { Unfit = new bool[_components] });
        }

        var cycles = new SortedSet<int>();
        for (var c = _options.MinCycleS; c <= _options.MaxCycleS; c += _options.CycleStepS)
        {
            cycles.Add(c);
        }

        foreach (var signal in _network.Signals)
        {
            if (signal.Today is { } pattern && pattern.CycleMs % 1000 == 0 && pattern.CycleMs / 1000 >= _options.MinCycleS && pattern.CycleMs / 1000 <= _options.MaxCycleS)
            {
                cycles.Add(pattern.CycleMs / 1000);
            }
        }

        if (_network.Signals.Any(MayChangeCycle))
        {
            foreach (var c in cycles)
            {
                candidates.Add(AtCycle(c));
            }
        }

        for (var s = 0; s < _network.Signals.Length; s++)
        {
            if (!StaysFree(_network.Signals[s]) && candidates.TrueForAll(c => c.States[s] is null))
            {
                var needS = _rules[s].ShortestCycleMs(_rules[s].Minimums([]), []) / 1000;
                problems.Add(new Problem(
                    "XT691", $"signal {_network.Signals[s].Signal}",
                    $"Its minimum splits need a cycle of {needS} s, and none from {_options.MinCycleS} to {_options.MaxCycleS} s may be used: allow longer cycles, or leave out pedestrian minimums."));
            }
        }

        return problems.Count > 0 ? throw new ProblemException(problems) : candidates;
    }

    /// <summary>
    /// Today's timing; where it breaks a minimum and splits may change, the same cycle filled anew, if need be without what an engineer asks for beyond the intervals. A cycle too short
    /// for its minimums, or of no whole seconds, keeps today's splits: walks are then served by override, as today. Null when today is unknown.
    /// </summary>
    private SignalState? TodayOrFilled(int s)
    {
        var rules = _rules[s];
        if (_network.Signals[s].Today is not { } today)
        {
            return null;
        }

        var state = SignalState.Of(today);
        var isFixed = !_options.ChangesSplits || _network.Signals[s].IsIsolated || _network.Signals[s].Locks.HasFlag(TimingLocks.Splits);
        foreach (var keepsAsked in isFixed || state.CycleMs % 1000 != 0 ? [] : new[] { true, false })
        {
            var minimums = rules.Minimums(state.Sequence, keepsAsked);
            if (!_network.Signals[s].Phases.Any(p => state.SplitMs[p.Number] < minimums[p.Number]) && !rules.PartsCoordinated(state.SplitMs, state.Sequence))
            {
                return state;
            }

            if (rules.ShortestCycleMs(minimums, state.Sequence) <= state.CycleMs)
            {
                return state with { SplitMs = rules.Fill(state.CycleMs, minimums, state.Sequence, _flowRatios[s]) };
            }
        }

        return state;
    }

    /// <summary>A start at a common cycle, s.</summary>
    private Candidate AtCycle(int cycleS)
    {
        var states = new SignalState?[_network.Signals.Length];
        var unfit = new bool[_components];
        for (var s = 0; s < states.Length; s++)
        {
            var signal = _network.Signals[s];
            states[s] = StaysFree(signal) ? null : MayChangeCycle(signal) ? AtCycle(s, cycleS * 1000) : TodayOrFilled(s);
            unfit[_component[s]] |= states[s] is null && !StaysFree(signal);
        }

        return new Candidate($"cycle {cycleS} s", states, IsToday: false) { Unfit = unfit };
    }

    /// <summary>A start at a cycle: flow shares, offsets as today. Null when the minimums fit neither it nor its double.</summary>
    private SignalState? AtCycle(int s, int cycleMs)
    {
        var rules = _rules[s];
        var today = _network.Signals[s].Today;
        var sequence = today is null || today.Sequence.IsDefault ? [] : today.Sequence;
        var minimums = rules.Minimums(sequence);
        var shortest = rules.ShortestCycleMs(minimums, sequence);
        if (shortest > cycleMs && _options.UsesHalfAndDoubleCycles && cycleMs * 2 <= 255_000)
        {
            cycleMs *= 2;
        }

        if (IsHeld(s, cycleMs))
        {
            return TodayOrFilled(s);
        }

        return shortest > cycleMs
            ? null
            : new SignalState(cycleMs, sequence, rules.Fill(cycleMs, minimums, sequence, _flowRatios[s]), (today?.OffsetMs ?? 0) % cycleMs, today?.Reference ?? default);
    }

    /// <summary>Splits and offsets of every candidate, quickly.</summary>
    private List<Candidate> Scan(List<Candidate> candidates, IProgress<OptimizerProgress>? progress, CancellationToken cancellation)
    {
        var done = 0;
        var best = double.PositiveInfinity;
        Parallel.For(0, candidates.Count, new ParallelOptions { MaxDegreeOfParallelism = _options.MaxThreads }, i =>
        {
            var candidate = candidates[i];
            if (cancellation.IsCancellationRequested && !candidate.IsToday)
            {
                return;
            }

            var search = new NetworkSearch(_network, _options, i + 1, cancellation);
            var isWhole = !candidate.Unfit.Contains(true);
            search.Load(candidate.States);
            if (!candidate.IsToday)
            {
                search.SearchSplitsAlone([4000, 2000]);
            }

            search.SearchOffsets(rounds: 2, forests: 10);
            candidate.Take(search, _component, _components);
            for (var c = 0; c < _components; c++)
            {
                candidate.Indices[c] = candidate.Unfit[c] ? double.PositiveInfinity : candidate.Indices[c];
            }

            lock (candidates)
            {
                done++;
                best = isWhole ? Math.Min(best, candidate.Index) : best;
                progress?.Report(new OptimizerProgress(candidate.Name, 0.3 * done / candidates.Count, double.IsInfinity(best) ? null : best));
            }
        });
        return candidates.FindAll(c => c.Indices.Length > 0);
    }

    /// <summary>For each rank, every part of the network at its own cycle of that rank; and today's.</summary>
    private List<Candidate> ChooseStarts(List<Candidate> scanned)
    {
        var starts = new List<Candidate>();
        var ranked = Enumerable.Range(0, _components).Select(c => scanned.Where(s => !double.IsInfinity(s.Indices[c])).OrderBy(s => s.Indices[c]).ToList()).ToList();
        for (var rank = 0; rank < _options.RefinedCycles; rank++)
        {
            var states = new SignalState?[_network.Signals.Length];
            for (var s = 0; s < states.Length; s++)
            {
                var list = ranked[_component[s]];
                states[s] = list[Math.Min(rank, list.Count - 1)].States[s];
            }

            if (rank == 0 || ranked.Exists(list => list.Count > rank))
            {
                int[] cyclesS = [.. states.OfType<SignalState>().Select(s => s.CycleMs / 1000).Distinct().Order()];
                starts.Add(new Candidate(cyclesS.Length > 3 ? $"{cyclesS.Length} cycles, worked out" : $"cycle {string.Join(" and ", cyclesS)} s, worked out", states, IsToday: false));
            }
        }

        return starts;
    }

    private List<Candidate> Refine(List<Candidate> starts, IProgress<OptimizerProgress>? progress, CancellationToken cancellation)
    {
        var done = 0;
        var best = double.PositiveInfinity;
        var stages = 1 + (2 * _options.Effort);
        Parallel.For(0, starts.Count, new ParallelOptions { MaxDegreeOfParallelism = _options.MaxThreads }, i =>
        {
            var start = starts[i];
            var search = new NetworkSearch(_network, _options, 1000 + i, cancellation);
            search.Load(start.States);
            var forests = 50 * _options.Effort;
            search.SearchOffsets(3, forests);
            Tell("offsets");
            for (var round = 0; round < 2 * _options.Effort; round++)
            {
                search.ReleaseBands();
                var hasGained = search.SearchSplits(round == 0 ? [4000, 2000, 1000] : [2000, 1000]);
                hasGained |= round == 0 && search.SearchHalfCycles();
                hasGained |= search.SearchSequences();
                search.HoldBands();
                hasGained |= search.SearchOffsets(4, forests);
                Tell($"splits, sequence and offsets, round {round + 1}");
                if (!hasGained || cancellation.IsCancellationRequested)
                {
                    break;
                }
            }

            start.Take(search, _component, _components);

            void Tell(string stage)
            {
                lock (starts)
                {
                    done++;
                    best = Math.Min(best, search.Index);
                    progress?.Report(new OptimizerProgress(stage, 0.3 + (0.4 * Math.Min(1, done / (double)(stages * starts.Count))), best));
                }
            }
        });
        return starts;
    }

    /// <summary>The best plan of each part of the network, stretched and pressed to cycles around its own in steps of half and half again, and its splits and offsets searched there.</summary>
    private List<Candidate> TryNearCycles(List<Candidate> refined, IProgress<OptimizerProgress>? progress, CancellationToken cancellation)
    {
        var all = new List<Candidate>(refined);
        var tried = Enumerable.Range(0, _components).Select(_ => new HashSet<int>()).ToArray();
        for (var step = _options.CycleStepS; step > _options.FineCycleStepS && !cancellation.IsCancellationRequested;)
        {
            step = Math.Max(_options.FineCycleStepS, step / 2);
            var near = ListNear(all, tried, step * 1000);
            Parallel.For(0, near.Count, new ParallelOptions { MaxDegreeOfParallelism = _options.MaxThreads }, i =>
            {
                var search = new NetworkSearch(_network, _options, 3000 + (100 * step) + i, cancellation);
                search.Load(near[i].States);
                search.SearchOffsets(2, 20 * _options.Effort);
                search.SearchSplits([2000, 1000]);
                search.HoldBands();
                search.SearchOffsets(3, 50 * _options.Effort);
                near[i].Take(search, _component, _components);
                for (var c = 0; c < _components; c++)
                {
                    near[i].Indices[c] = near[i].Unfit[c] ? double.PositiveInfinity : near[i].Indices[c];
                }
            });
            all.AddRange(near);
            progress?.Report(new OptimizerProgress($"cycles {step} s around the best", step > _options.FineCycleStepS ? 0.85 : 1, BestIndex(all)));
        }

        return all;
    }

    /// <summary>Sum over parts of the network of the best that is known.</summary>
    private double BestIndex(List<Candidate> candidates) => Enumerable.Range(0, _components).Sum(c => candidates.Min(k => k.Indices[c]));

    /// <summary>A start for each cycle that lies a step from the best of some part of the network; other parts are left out of it.</summary>
    private List<Candidate> ListNear(List<Candidate> known, HashSet<int>[] tried, int stepMs)
    {
        var near = new SortedDictionary<int, Candidate>();
        for (var c = 0; c < _components; c++)
        {
            var best = known.MinBy(k => k.Indices[c])!.States;
            var members = Enumerable.Range(0, best.Length).Where(s => _component[s] == c && best[s] is not null).ToList();
            var moving = members.FindAll(s => MayChangeCycle(_network.Signals[s]));
            if (moving.Count == 0)
            {
                continue;
            }

            var sharedMs = moving.GroupBy(s => best[s]!.CycleMs).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First().Key;
            tried[c].Add(sharedMs);
            foreach (var cycleMs in new[] { sharedMs - stepMs, sharedMs + stepMs }.Where(x => x >= _options.MinCycleS * 1000 && x <= _options.MaxCycleS * 1000))
            {
                var states = members.ToDictionary(s => s, s => MayChangeCycle(_network.Signals[s]) ? Stretch(s, best[s]!, sharedMs, cycleMs) : best[s]);
                if (!tried[c].Add(cycleMs) || states.ContainsValue(null))
                {
                    continue;
                }

                if (!near.TryGetValue(cycleMs, out var candidate))
                {
                    candidate = new Candidate($"cycle {cycleMs / 1000} s", new SignalState?[best.Length], IsToday: false) { Unfit = [.. Enumerable.Repeat(true, _components)] };
                    near.Add(cycleMs, candidate);
                }

                candidate.Unfit[c] = false;
                foreach (var (s, state) in states)
                {
                    candidate.States[s] = state;
                }
            }
        }

        return [.. near.Values];
    }

    /// <summary>A signal's timing at another common cycle: greens in the same proportions, the offset at the same share of the cycle. Null when the minimums do not fit.</summary>
    private SignalState? Stretch(int s, SignalState state, int sharedMs, int cycleMs)
    {
        var ownMs = (int)((long)state.CycleMs * cycleMs / sharedMs);
        ownMs = (long)state.CycleMs * cycleMs % sharedMs == 0 && ownMs % 1000 == 0 ? ownMs : cycleMs;
        if (IsHeld(s, ownMs))
        {
            return TodayOrFilled(s);
        }

        var greens = new double[state.SplitMs.Length];
        foreach (var phase in _network.Signals[s].Phases)
        {
            greens[phase.Number] = Math.Max(0, state.SplitMs[phase.Number] - phase.ChangeMs);
        }

        var minimums = _rules[s].Minimums(state.Sequence);
        return _rules[s].ShortestCycleMs(minimums, state.Sequence) > ownMs || ownMs > 255_000
            ? null
            : state with
            {
                CycleMs = ownMs,
                SplitMs = _rules[s].Fill(ownMs, minimums, state.Sequence, greens),
                OffsetMs = MayChangeOffset(_network.Signals[s]) ? (int)Math.Round(state.OffsetMs / 1000.0 * ownMs / state.CycleMs) * 1000 % ownMs : (_network.Signals[s].Today?.OffsetMs ?? 0) % ownMs,
            };
    }

    private bool MayChangeOffset(TimedSignal signal) => _options.ChangesOffsets && !signal.Locks.HasFlag(TimingLocks.Offset);

    /// <summary>Whether a signal has to stay near today at this cycle, because it is today's.</summary>
    private bool IsHeld(int s, int cycleMs) => (_options.MaxOffsetChangeS ?? _options.MaxSplitChangeS) is not null && _network.Signals[s].Today?.CycleMs == cycleMs;

    /// <summary>Timing of all signals, and what it costs by part of the network.</summary>
    internal sealed record Candidate(string Name, SignalState?[] States, bool IsToday)
    {
        /// <summary>Parts in which a signal's minimums do not fit, or that were left out.</summary>
        public bool[] Unfit { get; init; } = [];

        public double[] Indices { get; private set; } = [];

        public double Index { get; private set; } = double.PositiveInfinity;

        public void Take(NetworkSearch search, int[] component, int components)
        {
            search.States.CopyTo(States, 0);
            Indices = search.IndexByComponent(component, components);
            Index = search.Index;
        }
    }
}
