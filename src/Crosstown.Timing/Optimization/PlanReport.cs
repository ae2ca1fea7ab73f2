using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Model;
using Crosstown.Timing.Optimization.Bands;

namespace Crosstown.Timing.Optimization;

/// <summary>Puts the parts that were found together into one plan, and says what it does and why.</summary>
internal sealed class PlanReport(TimingNetwork network, OptimizerOptions options, int[] component, int components)
{
    // Below this, in vehicle hours per hour, a direction neither gains nor loses.
    private const double Noticeable = 0.005;

    public OptimizerResult Make(List<PlanOptimizer.Candidate> scanned, List<PlanOptimizer.Candidate> refined, CancellationToken cancellation)
    {
        var search = new NetworkSearch(network, options, 2000, CancellationToken.None);
        var states = new SignalState?[network.Signals.Length];
        var isBanded = new bool[components];
        foreach (var arterial in Arterials)
        {
            isBanded[component[arterial.Signals[0]]] = true;
        }

        for (var s = 0; s < states.Length; s++)
        {
            var c = component[s];

            // Where a street is timed for bandwidth, only plans that hold its bands count.
            states[s] = (isBanded[c] ? refined : refined.Concat(scanned)).MinBy(r => r.Indices[c])!.States[s];
        }

        Normalize(states);
        search.Load(states);
        var plan = search.ToPlan();
        var evaluator = new PlanEvaluator(network, options.Evaluation, options.Objective);
        var evaluation = evaluator.Evaluate(plan);
        var today = EvaluateToday(evaluator);
        return new OptimizerResult
        {
            Plan = plan,
            Evaluation = evaluation,
            Today = today,
            Alternatives = Alternatives(plan, evaluation, [.. refined, .. scanned], evaluator),
            Links = Links(search),
            Changes = Changes(search, evaluation, today),
            Arterials = [.. Arterials.Select(a => new ArterialProgression(a, today is null ? null : ArterialBands.FindBand(network, Today(), a.Signals), ArterialBands.FindBand(network, plan, a.Signals)))],
            IsComplete = !cancellation.IsCancellationRequested,
        };
    }

    private ImmutableArray<Arterial> Arterials => options.Arterials.IsDefault ? [] : options.Arterials;

    private NetworkPlan Today() => new() { Patterns = [.. network.Signals.Select(s => s.Today)] };

    private PlanEvaluation? EvaluateToday(PlanEvaluator evaluator)
    {
        if (network.Signals.Any(s => s.Today is null && !s.IsIsolated))
        {
            return null;
        }

        try
        {
            return evaluator.Evaluate(Today());
        }
        catch (ProblemException)
        {
            return null;
        }
    }

    /// <summary>A common shift of a part changes nothing but the cabinets that must be touched: the one that leaves most offsets as they are is taken.</summary>
    private void Normalize(SignalState?[] states)
    {
        if (!options.ChangesOffsets)
        {
            return;
        }

        for (var c = 0; c < components; c++)
        {
            var members = Enumerable.Range(0, states.Length).Where(s => component[s] == c && states[s] is not null).ToList();
            var isBound = members.Exists(s => network.Signals[s].Locks.HasFlag(TimingLocks.Offset) || (options.MaxOffsetChangeS is not null && network.Signals[s].Today is not null));
            var hasMeasured = network.Demands.Any(d => !d.MeasuredArrivals.IsDefaultOrEmpty && members.Exists(s => Enumerable.Range(0, network.Groups.Length)
                .Any(g => network.Groups[g].Signal == s && network.Groups[g].Feeders.IsEmpty && !d.MeasuredArrivals[g].IsDefaultOrEmpty)));
            if (members.Count == 0 || isBound || hasMeasured)
            {
                continue;
            }

            var shift = members
                .Where(s => network.Signals[s].Today?.CycleMs == states[s]!.CycleMs)
                .GroupBy(s => Turn(network.Signals[s].Today!.OffsetMs - states[s]!.OffsetMs, states[s]!.CycleMs))
                .OrderByDescending(g => g.Count()).ThenBy(g => g.Key).FirstOrDefault()?.Key ?? 0;
            foreach (var s in members)
            {
                states[s] = states[s]! with { OffsetMs = Turn(states[s]!.OffsetMs + shift, states[s]!.CycleMs) };
            }
        }
    }

    private static int Turn(int ms, int cycleMs) => ((ms % cycleMs) + cycleMs) % cycleMs;

    private ImmutableArray<PlanAlternative> Alternatives(NetworkPlan plan, PlanEvaluation evaluation, List<PlanOptimizer.Candidate> candidates, PlanEvaluator evaluator)
    {
        var found = new List<PlanAlternative> { PlanAlternative.Of(network, "best", plan, evaluation) };
        foreach (var candidate in candidates.Where(c => !c.Unfit.Contains(true) && Enumerable.Range(0, network.Signals.Length).All(s => c.States[s] is not null || network.Signals[s].Today is null)))
        {
            var other = new NetworkPlan { Patterns = [.. candidate.States.Select((state, s) => state?.ToPattern(network.Signals[s], options.PatternNumber))] };
            found.Add(PlanAlternative.Of(network, candidate.Name, other, evaluator.Evaluate(other)));
        }

        var kept = found.Where((a, i) => i == 0 || !found.Exists(b => b.Beats(a)));
        return [.. kept.OrderBy(a => a.DelayVehHours)];
    }

    private ImmutableArray<LinkBenefit> Links(NetworkSearch search)
    {
        var tables = search.Tables();
        var found = new Dictionary<(int From, int To), LinkBenefit>();
        var rows = new Dictionary<(int From, int To), double[]>();
        for (var d = 0; d < network.Demands.Length; d++)
        {
            var engine = search.Engine(d);
            foreach (var link in tables.Links)
            {
                tables.Tabulate(engine, link);
                var key = (link.Up, link.Down);
                var bins = tables.Bins[link.Down];
                if (!rows.TryGetValue(key, out var row))
                {
                    rows.Add(key, row = new double[bins + 1]);
                }

                for (var x = 0; x < bins; x++)
                {
                    row[x] += tables.LastCosts(bins)[x] * search.Weight(d);
                }

                row[bins] += engine.FedFrom(link.Group, link.Up) * search.Weight(d);
            }
        }

        foreach (var ((from, to), row) in rows)
        {
            var costs = row.AsSpan(0, row.Length - 1);
            var best = double.MaxValue;
            var sum = 0.0;
            foreach (var cost in costs)
            {
                best = Math.Min(best, cost);
                sum += cost;
            }

            found.Add((from, to), new LinkBenefit(from, to, row[^1], sum / costs.Length, best, row[0]));
        }

        return [.. found.Values.OrderByDescending(l => l.Worth).ThenBy(l => l.From).ThenBy(l => l.To)];
    }

    private ImmutableArray<PlanChange> Changes(NetworkSearch search, PlanEvaluation evaluation, PlanEvaluation? todayEvaluation)
    {
        var changes = new List<PlanChange>();
        for (var s = 0; s < network.Signals.Length; s++)
        {
            if (search.States[s] is not { } state || network.Signals[s].Today is not { } pattern)
            {
                continue;
            }

            var today = SignalState.Of(pattern);
            var splits = network.Signals[s].Phases
                .Where(p => state.SplitMs[p.Number] != today.SplitMs[p.Number])
                .ToImmutableSortedDictionary(p => p.Number, p => (state.SplitMs[p.Number] - today.SplitMs[p.Number]) / 1000.0);
            var hasNewOrder = !SameOrder(s, state, today);
            var isSameCycle = state.CycleMs == today.CycleMs;
            var turn = Turn(state.OffsetMs - today.OffsetMs, state.CycleMs);
            double? offset = isSameCycle && state.Reference == today.Reference ? (turn > state.CycleMs / 2 ? turn - state.CycleMs : turn) / 1000.0 : null;
            if (isSameCycle && offset == 0 && splits.IsEmpty && !hasNewOrder)
            {
                continue;
            }

            var gains = isSameCycle ? GoingBack(search, s, state, today) : AgainstToday(s, evaluation, todayEvaluation);
            changes.Add(new PlanChange(
                s, network.Signals[s].Signal, (state.CycleMs - today.CycleMs) / 1000.0, offset, splits, hasNewOrder, gains,
                Sentence(network.Signals[s].Signal, (state.CycleMs - today.CycleMs) / 1000, offset, splits, hasNewOrder, gains)));
        }

        return [.. changes.OrderByDescending(c => c.Gain).ThenBy(c => c.Signal)];
    }

    private bool SameOrder(int s, SignalState a, SignalState b)
    {
        var first = new RingDiagram(network.Signals[s].Phases);
        var second = new RingDiagram(network.Signals[s].Phases);
        first.SetSequence(a.Sequence);
        second.SetSequence(b.Sequence);
        return Enumerable.Range(0, first.RingCount).All(ring => first.OrderOf(ring).SequenceEqual(second.OrderOf(ring)));
    }

    /// <summary>What the groups around a signal would lose if it alone went back to today's timing, by direction.</summary>
    private ImmutableSortedDictionary<TravelDirection, double> GoingBack(NetworkSearch search, int s, SignalState state, SignalState today)
    {
        var gains = new SortedDictionary<TravelDirection, double>();
        search.LocalCost(s, withFed: true);
        Add(-1);
        search.Set(s, today);
        search.LocalCost(s, withFed: true);
        Add(1);
        search.Set(s, state);
        search.LocalCost(s, withFed: true);
        return gains.Where(g => Math.Abs(g.Value) >= Noticeable).ToImmutableSortedDictionary();

        void Add(int sign)
        {
            for (var d = 0; d < network.Demands.Length; d++)
            {
                var engine = search.Engine(d);
                foreach (var g in (ReadOnlySpan<int>)[.. engine.GroupsOf(s), .. search.FedGroups(s)])
                {
                    var direction = network.Groups[g].Direction;
                    gains[direction] = gains.GetValueOrDefault(direction) + (sign * engine.Cost(g) * search.Weight(d));
                }
            }
        }
    }

    private ImmutableSortedDictionary<TravelDirection, double> AgainstToday(int s, PlanEvaluation evaluation, PlanEvaluation? todayEvaluation)
    {
        var gains = new SortedDictionary<TravelDirection, double>();
        if (todayEvaluation is null)
        {
            return ImmutableSortedDictionary<TravelDirection, double>.Empty;
        }

        var weight = network.Demands.Sum(d => d.Weight);
        for (var g = 0; g < network.Groups.Length; g++)
        {
            for (var d = 0; d < network.Demands.Length && network.Groups[g].Signal == s; d++)
            {
                if (evaluation.Demands[d].Groups[g] is { } now && todayEvaluation.Demands[d].Groups[g] is { } then)
                {
                    double Cost(GroupEvaluation e) => e.DelayVehHours + (e.Stops * options.Objective.StopPenaltyS / 3600);
                    var direction = network.Groups[g].Direction;
                    gains[direction] = gains.GetValueOrDefault(direction) + ((Cost(then) - Cost(now)) * network.Demands[d].Weight / weight);
                }
            }
        }

        return gains.Where(g => Math.Abs(g.Value) >= Noticeable).ToImmutableSortedDictionary();
    }

    private static string Sentence(
        SignalId signal, int cycleS, double? offsetS, ImmutableSortedDictionary<byte, double> splits, bool hasNewOrder, ImmutableSortedDictionary<TravelDirection, double> gains)
    {
        var culture = CultureInfo.InvariantCulture;
        var what = new List<string>();
        if (cycleS != 0)
        {
            what.Add(string.Create(culture, $"cycle {cycleS:+0;-0} s"));
        }

        if (offsetS is { } o and not 0)
        {
            what.Add(string.Create(culture, $"offset {o:+0.#;-0.#} s"));
        }

        if (!splits.IsEmpty)
        {
            what.Add("splits " + string.Join(", ", splits.Select(p => string.Create(culture, $"phase {p.Key} {p.Value:+0.#;-0.#} s"))));
        }

        if (hasNewOrder)
        {
            what.Add("another order of phases");
        }

        string Part(string verb, IEnumerable<KeyValuePair<TravelDirection, double>> parts)
        {
            var list = string.Join(", ", parts.OrderByDescending(p => Math.Abs(p.Value)).Select(p => string.Create(culture, $"{Math.Abs(p.Value):0.00} {Name(p.Key)}")));
            return list.Length == 0 ? "" : $"{verb} {list}";
        }

        var effects = string.Join("; ", new[] { Part("saves", gains.Where(g => g.Value > 0)), Part("costs", gains.Where(g => g.Value < 0)) }.Where(t => t.Length > 0));
        return $"Signal {signal}: {string.Join("; ", what)}: {(effects.Length == 0 ? "no direction gains or loses notably" : effects + " (vehicle hours per hour, stops counted)")}.";
    }

    private static string Name(TravelDirection direction) => direction == TravelDirection.Unknown ? "in other directions" : "on " + direction.ToString().ToLowerInvariant();
}
