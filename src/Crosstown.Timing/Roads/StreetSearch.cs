using System.Collections.Immutable;
using Crosstown.Core;
using Crosstown.Core.Networks;

namespace Crosstown.Timing.Roads;

/// <summary>How long and from where a search goes.</summary>
public sealed record StreetSearchOptions
{
    public ulong Seed { get; init; } = 1;

    /// <summary>Plans that are driven through the model.</summary>
    public int Evaluations { get; init; } = 4000;

    /// <summary>Runs per plan, with departures scattered differently, so that no plan lives on one platoon's luck.</summary>
    public int Replications { get; init; } = 3;

    /// <summary>Each departure is later by 0 up to this in each run, s.</summary>
    public double ScatterS { get; init; } = 20;

    /// <summary>Cycles that are tried to begin with, s.</summary>
    public ImmutableArray<int> Cycles { get; init; } = [44, 52, 60, 70, 80, 90, 105, 120];

    /// <summary>Plans to begin with beside those made here, such as an optimizer's, one plan per signal each.</summary>
    public ImmutableArray<ImmutableArray<StagePlan>> Starts { get; init; } = [];

    /// <summary>Asked between plans; true ends the search with the best so far.</summary>
    public Func<bool> ShouldStop { get; init; } = static () => false;

    /// <summary>Share of the time that is over, 0-1, for a search that ends by time; null for one that ends after its evaluations.</summary>
    public Func<double>? Share { get; init; }

    /// <summary>Told the share that is done, 0-1, and the best mean delay, s.</summary>
    public Action<double, double> Progress { get; init; } = static (_, _) => { };
}

/// <summary>The best plans that a search found.</summary>
/// <param name="Plans">One per signal.</param>
/// <param name="MeanDelayS">What the model says of them, s per trip, over departures that the search has not seen.</param>
/// <param name="TodayDelayS">What the model says of the reference over the same departures.</param>
/// <param name="Evaluations">Plans that were driven through the model.</param>
public sealed record StreetSearchResult(ImmutableArray<StagePlan> Plans, double MeanDelayS, double TodayDelayS, int Evaluations);

/// <summary>Finds fixed-time plans for all signals of a network together, by driving its demand through the lane-queue model.</summary>
/// <remarks>
/// Begins with balanced greens at several cycles, keeps the best few, then changes one thing at a time: greens, cycle, offset, order and set of stages of a signal, or the cycle
/// of all. A change that makes it a little worse is accepted now and then, less and less (simulated annealing). Every plan keeps the profile and the card of its signal.
/// The same seed and number of evaluations give the same plans.
/// </remarks>
public sealed class StreetSearch
{
    private const int FinalReplications = 8;

    /// <summary>Changes in a row that come to nothing before a search gives up.</summary>
    private const int FailuresAllowed = 10_000;

    /// <summary>Shorter cycles serve a few vehicles at a time, and what each start and stop costs decides more than any model of queues knows.</summary>
    private const int ShortestCycleS = 40;

    /// <summary>How much denser the densest run is than the demand.</summary>
    private const double PressedBy = 1.2;

    /// <summary>A plan so much worse than what is accepted in its first runs is not driven through the others.</summary>
    private const double HopelessShare = 1.04;

    private readonly StreetPlans _plans;
    private readonly StreetModel _model;
    private readonly StreetSearchOptions _options;
    private readonly int[] _slot;
    private readonly SignalTimeline?[] _timelines;
    private readonly RandomNumbers _random;
    private int _evaluations;
    private int _failures;

    public StreetSearch(StreetPlans plans, StreetModel model, StreetSearchOptions options)
    {
        _plans = plans;
        _model = model;
        _options = options;
        _random = new RandomNumbers(options.Seed, 3);
        var names = model.SignalNames.Select((n, i) => (n, i)).ToDictionary(p => p.n, p => p.i, StringComparer.Ordinal);
        _slot = [.. plans.Menus.Select(m => names.GetValueOrDefault(m.Card.Signal, -1))];
        _timelines = new SignalTimeline?[model.SignalNames.Count];
    }

    /// <summary>Runs the search.</summary>
    public StreetSearchResult Run()
    {
        var starts = ListStarts();
        var best = starts[0];
        var bestCost = double.PositiveInfinity;
        var rounds = Math.Min(starts.Count, _plans.Menus.Length > 1 ? 3 : 2);
        var begun = Done();
        for (var round = 0; round < rounds && !_options.ShouldStop(); round++)
        {
            // A third of the work goes to the first steps of each start, the rest to the best of them.
            var (plan, cost) = Anneal(starts[round], double.Lerp(begun, begun + ((1 - begun) / 3), (round + 1.0) / rounds), 0.02);
            if (cost < bestCost)
            {
                (best, bestCost) = (plan, cost);
            }
        }

        (best, _) = Anneal(best, 1, 0.01);
        var today = Enumerable.Range(0, _plans.Menus.Length).Select(_plans.Today).ToImmutableArray();
        var todayCost = Confirm([.. today.Select(p => p.ToProgram("today", _plans.Profile))]);
        return new StreetSearchResult(best, Confirm([.. best.Select(p => p.ToProgram("best", _plans.Profile))]), todayCost, _evaluations);
    }

    /// <summary>Mean delay of programs over departures that no search step has seen, s.</summary>
    public double Confirm(ImmutableArray<FixedProgram> programs)
    {
        Array.Clear(_timelines);
        for (var s = 0; s < programs.Length; s++)
        {
            Place(s, programs[s]);
        }

        var sum = 0.0;
        for (var r = 0; r < FinalReplications; r++)
        {
            sum += _model.Run(_timelines, _options.Seed + 1000 + (ulong)r, _options.ScatterS, double.PositiveInfinity, 1).MeanDelayS;
        }

        return sum / FinalReplications;
    }

    private List<ImmutableArray<StagePlan>> ListStarts()
    {
        var signals = _plans.Menus.Length;
        var starts = new List<(ImmutableArray<StagePlan> Plans, double Cost)>();
        void Try(IEnumerable<StagePlan?> plans)
        {
            var all = plans.ToArray();
            if (all.All(p => p is not null && IsAllowed(p)))
            {
                var whole = all.Select(p => p!).ToImmutableArray();
                starts.Add((whole, Cost(whole, double.PositiveInfinity)));
            }
        }

        Try(Enumerable.Range(0, signals).Select(_plans.Today));
        foreach (var given in _options.Starts)
        {
            Try(given);
        }

        foreach (var cycle in _options.Cycles)
        {
            Try(Enumerable.Range(0, signals).Select(s => Fit(s, _plans.Menus[s].ReferenceOrder, cycle)));
            Try(Enumerable.Range(0, signals).Select(s => Fit(s, _plans.Shortest(s), cycle)));
        }

        if (starts.Count == 0)
        {
            // Nothing fits as it is: the reference's stages at the shortest cycle that holds them.
            return [[.. Enumerable.Range(0, signals).Select(s => _plans.Raise(new StagePlan(_plans.Menus[s], _plans.Menus[s].ReferenceOrder, [.. _plans.Menus[s].ReferenceOrder.Select(_ => 1)], 0)))]];
        }

        return [.. starts.OrderBy(s => s.Cost).Select(s => s.Plans)];
    }

    /// <summary>A plan of the cycle, or of the least above it that holds the signal's stages.</summary>
    private StagePlan? Fit(int signal, ImmutableArray<int> order, int cycle)
    {
        var least = _plans.Raise(new StagePlan(_plans.Menus[signal], order, [.. order.Select(_ => 1)], 0)).CycleS(_plans.Profile);
        return _plans.Balance(signal, order, Math.Max(cycle, least), 0);
    }

    /// <summary>Share of the search that is over, 0-1 and beyond.</summary>
    private double Done() => _options.Share?.Invoke() ?? (double)_evaluations / _options.Evaluations;

    /// <summary>Changes one thing after another until a share of the search is over.</summary>
    private (ImmutableArray<StagePlan> Plans, double Cost) Anneal(ImmutableArray<StagePlan> start, double until, double warmth)
    {
        var now = start;
        var nowCost = Cost(now, double.PositiveInfinity);
        var (best, bestCost) = (now, nowCost);
        var begin = Done();
        for (var done = begin; done < until && !_options.ShouldStop(); done = Done())
        {
            var left = 1 - ((done - begin) / (until - begin));
            if (Change(now) is not { } next)
            {
                // A network that leaves nothing to change must come to its end too.
                if (++_failures > FailuresAllowed)
                {
                    break;
                }

                continue;
            }

            _failures = 0;

            var accept = nowCost * (1 + (warmth * left * left * _random.Exponential(0.5)));
            var cost = Cost(next, accept);
            if (cost <= accept)
            {
                (now, nowCost) = (next, cost);
                if (cost < bestCost)
                {
                    (best, bestCost) = (next, cost);
                }
            }

            _options.Progress(done, bestCost);
        }

        return (best, bestCost);
    }

    private double Cost(ImmutableArray<StagePlan> plans, double giveUpS)
    {
        _evaluations++;
        Array.Clear(_timelines);
        for (var s = 0; s < plans.Length; s++)
        {
            Place(s, plans[s].ToProgram("trial", _plans.Profile));
        }

        var sum = 0.0;
        var runs = _options.Replications;
        for (var r = 0; r < runs; r++)
        {
            // What is left to the limit after the runs so far bounds this one: a plan that is worse already need not be driven to the end.
            // The last run is a denser one, so that no plan lives on the edge of its capacity, where real traffic locks up.
            var press = r > 0 && r == runs - 1 ? PressedBy : 1;
            sum += _model.Run(_timelines, _options.Seed + (ulong)r, _options.ScatterS, press > 1 ? (giveUpS * runs) - sum : Math.Min((giveUpS * runs) - sum, (giveUpS * HopelessShare * (r + 1)) - sum + 1e-9), press).MeanDelayS;
            if (sum > giveUpS * runs || sum > giveUpS * HopelessShare * (r + 1))
            {
                return double.PositiveInfinity;
            }
        }

        return sum / runs;
    }

    private void Place(int signal, FixedProgram program)
    {
        if (_slot[signal] >= 0)
        {
            _timelines[_slot[signal]] = new SignalTimeline(program);
        }
    }

    private bool IsAllowed(StagePlan plan) =>
        plan.Menu.Serves(plan.Order.AsSpan())
        && plan.CycleS(_plans.Profile) is var cycle && cycle >= ShortestCycleS && cycle <= _plans.Profile.LongestRedS
        && ProgramCheck.Check(plan.Menu.Card, plan.ToProgram("trial", _plans.Profile), _plans.Profile).Count == 0;

    /// <summary>One change; null when it led to nothing that may run.</summary>
    private ImmutableArray<StagePlan>? Change(ImmutableArray<StagePlan> plans)
    {
        var signals = plans.Length;
        var kind = _random.NextDouble();
        if (kind < 0.06)
        {
            return Stretch(plans);
        }

        if (signals > 1 && kind < 0.14)
        {
            return Shift(plans);
        }

        var s = _random.NextInt(signals);
        var plan = plans[s];
        var changed = kind switch
        {
            < 0.44 => Move(plan),
            < 0.56 => Grow(plan),
            < 0.80 when signals > 1 => plan with { OffsetS = Wrap(plan.OffsetS + Step(plan.CycleS(_plans.Profile) / 2), plan.CycleS(_plans.Profile)) },
            < 0.80 => Move(plan),
            < 0.86 => Swap(plan),
            < 0.91 => Drop(plan),
            < 0.96 => Insert(plan),
            _ => Replace(plan),
        };
        return changed is not null && IsAllowed(changed) ? plans.SetItem(s, changed) : null;
    }

    /// <summary>A step of either sign, mostly small.</summary>
    private int Step(int largest)
    {
        var size = Math.Max(1, (int)Math.Round(Math.Min(Math.Max(1, largest), 1 + _random.Exponential(4))));
        return _random.NextDouble() < 0.5 ? size : -size;
    }

    private static int Wrap(int offset, int cycle) => ((offset % cycle) + cycle) % cycle;

    /// <summary>Green from one stage to another; the cycle stays.</summary>
    private StagePlan? Move(StagePlan plan)
    {
        var from = _random.NextInt(plan.Order.Length);
        var to = _random.NextInt(plan.Order.Length);
        var seconds = Math.Abs(Step(20));
        return from == to || plan.GreenS[from] - seconds < 1
            ? null
            : plan with { GreenS = plan.GreenS.SetItem(from, plan.GreenS[from] - seconds).SetItem(to, plan.GreenS[to] + seconds) };
    }

    /// <summary>A stage longer or shorter, and the cycle with it.</summary>
    private StagePlan? Grow(StagePlan plan)
    {
        var stage = _random.NextInt(plan.Order.Length);
        var green = plan.GreenS[stage] + Step(15);
        return green < 1 ? null : plan with { GreenS = plan.GreenS.SetItem(stage, green) };
    }

    private StagePlan? Swap(StagePlan plan)
    {
        if (plan.Order.Length < 3)
        {
            return null;
        }

        var a = _random.NextInt(plan.Order.Length);
        var b = (a + 1) % plan.Order.Length;
        return Keep(plan, plan.Order.SetItem(a, plan.Order[b]).SetItem(b, plan.Order[a]), plan.GreenS.SetItem(a, plan.GreenS[b]).SetItem(b, plan.GreenS[a]));
    }

    private StagePlan? Drop(StagePlan plan)
    {
        if (plan.Order.Length < 2)
        {
            return null;
        }

        var k = _random.NextInt(plan.Order.Length);
        return Keep(plan, plan.Order.RemoveAt(k), plan.GreenS.RemoveAt(k));
    }

    private StagePlan? Insert(StagePlan plan)
    {
        const int MostStages = 8;
        if (plan.Order.Length >= MostStages)
        {
            return null;
        }

        var stage = _random.NextInt(plan.Menu.Stages.Length);
        var k = _random.NextInt(plan.Order.Length + 1);
        if (plan.Order[k % plan.Order.Length] == stage || plan.Order[(k + plan.Order.Length - 1) % plan.Order.Length] == stage)
        {
            return null;
        }

        return Keep(plan, plan.Order.Insert(k, stage), plan.GreenS.Insert(k, 4 + _random.NextInt(6)));
    }

    private StagePlan? Replace(StagePlan plan)
    {
        var stage = _random.NextInt(plan.Menu.Stages.Length);
        var k = _random.NextInt(plan.Order.Length);
        return plan.Order.Contains(stage) ? null : Keep(plan, plan.Order.SetItem(k, stage), plan.GreenS);
    }

    /// <summary>Another order at the cycle of the plan where it fits, so that it stays in step with its neighbors.</summary>
    private StagePlan? Keep(StagePlan plan, ImmutableArray<int> order, ImmutableArray<int> greens)
    {
        var other = _plans.Raise(plan with { Order = order, GreenS = greens });
        return ToCycle(other, plan.CycleS(_plans.Profile)) ?? other;
    }

    /// <summary>The plan with its greens stretched or shrunk to a cycle; null when it does not fit.</summary>
    private StagePlan? ToCycle(StagePlan plan, int cycle)
    {
        var least = Enumerable.Range(0, plan.Order.Length).Select(k => plan.LeastGreenS(k, _plans.Profile)).ToArray();
        var greens = plan.GreenS.ToArray();
        var spare = cycle - plan.CycleS(_plans.Profile);
        while (spare != 0)
        {
            // The longest gives first, and the longest gets first: shares stay about as they are.
            var k = -1;
            for (var i = 0; i < greens.Length; i++)
            {
                if ((spare > 0 || greens[i] > least[i]) && (k < 0 || (double)greens[i] / Math.Max(1, plan.GreenS[i]) * Math.Sign(spare) < (double)greens[k] / Math.Max(1, plan.GreenS[k]) * Math.Sign(spare)))
                {
                    k = i;
                }
            }

            if (k < 0)
            {
                return null;
            }

            greens[k] += Math.Sign(spare);
            spare -= Math.Sign(spare);
        }

        return plan with { GreenS = [.. greens] };
    }

    /// <summary>Another cycle for all signals that have the same one.</summary>
    private ImmutableArray<StagePlan>? Stretch(ImmutableArray<StagePlan> plans)
    {
        var pick = plans[_random.NextInt(plans.Length)].CycleS(_plans.Profile);
        var cycle = pick + Step(20);
        if (cycle < 16)
        {
            return null;
        }

        var isAll = _random.NextDouble() < 0.4;
        var changed = plans.ToBuilder();
        for (var s = 0; s < changed.Count; s++)
        {
            var today = changed[s].CycleS(_plans.Profile);
            if (!isAll && today != pick)
            {
                continue;
            }

            if (ToCycle(changed[s], cycle) is not { } fitted || !IsAllowed(fitted))
            {
                if (today == pick && !isAll)
                {
                    return null;
                }

                continue;
            }

            changed[s] = fitted with { OffsetS = Wrap((int)Math.Round((double)fitted.OffsetS * cycle / today), cycle) };
        }

        return changed.DrainToImmutable();
    }

    /// <summary>Several signals' offsets together: groups that fit each other stay so.</summary>
    private ImmutableArray<StagePlan> Shift(ImmutableArray<StagePlan> plans)
    {
        var share = _random.Between(0.1, 0.6);
        var step = Step(30);
        var changed = plans.ToBuilder();
        for (var s = 0; s < changed.Count; s++)
        {
            if (_random.NextDouble() < share)
            {
                changed[s] = changed[s] with { OffsetS = Wrap(changed[s].OffsetS + step, changed[s].CycleS(_plans.Profile)) };
            }
        }

        return changed.DrainToImmutable();
    }
}
