using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Timing.Demand;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Intervals;
using Crosstown.Timing.Model;
using Crosstown.Timing.Optimization;
using Crosstown.Timing.Optimization.Bands;

namespace Crosstown.Timing.Retiming;

/// <summary>From logs to plans for every period of the day, checked together.</summary>
/// <remarks>
/// Each period is retimed by itself, with a pattern number that no cabinet has: today's patterns stay there to go back to. Intervals are the cabinet's, not a pattern's: a
/// signal whose street asks for longer ones changes in all of its periods or in none. The guard judges all patterns of all periods once more together.
/// </remarks>
public sealed class LogRetiming
{
    /// <summary>Controllers hold patterns 1 to 253.</summary>
    private const int MostPatterns = 253;

    private readonly IReadOnlyList<StudySignal> _signals;
    private readonly IReadOnlyList<StreetLink> _links;
    private readonly IReadOnlyList<Corridor> _corridors;
    private readonly LogRetimingOptions _options;
    private readonly IPlanGuard _guard;

    /// <param name="signals">At least one, no signal twice.</param>
    /// <param name="corridors">Their links are studied; each also gets a figure of what it loses. None is fine.</param>
    /// <param name="links">Links beside those of the corridors.</param>
    public LogRetiming(IReadOnlyList<StudySignal> signals, IReadOnlyList<Corridor> corridors, IReadOnlyList<StreetLink> links, LogRetimingOptions options, IPlanGuard guard)
    {
        (_signals, _corridors, _options, _guard) = (signals, corridors, options, guard);
        _links = [.. corridors.SelectMany(StreetLink.Of).Concat(links).DistinctBy(l => (l.From, l.To, l.Direction))];
    }

    /// <summary>Studies the logs and searches every period.</summary>
    /// <param name="measured">What an engineer states of the field, in an order in which later entries count more.</param>
    /// <param name="progress">Told after every stage of each search, by several threads.</param>
    /// <param name="limit">Given how many periods are done and how many there are, gives what ends the next search early, with what was found until then.</param>
    /// <exception cref="ProblemException">Nothing was logged, a signal is given twice, facts name a signal that is not there, or a pattern of today does not fill its cycle.</exception>
    public LogRetimingResult Run(IReadOnlyList<MeasuredFacts> measured, IProgress<LogRetimingProgress>? progress, Func<int, int, CancellationToken> limit)
    {
        var study = DemandStudy.Run(_signals, _links, _options.Study);
        if (study.Periods.IsEmpty)
        {
            throw new ProblemException("XT770", "logs", "No period of any day has traffic that was counted: nothing can be timed from these logs. Configure the detectors, or give logs that have their events.");
        }

        var facts = LogFacts.Of(_signals, study, measured, _options.TrustsIntervals);
        ImmutableArray<PeriodStudy> periods = [.. study.Periods.Select(p => p with { Network = WithFacts(p.Network, facts.Facts) })];
        var withdrawn = new SortedDictionary<SignalId, ImmutableArray<GuardProblem>>();
        while (true)
        {
            var retimed = Search(periods, facts.Facts, withdrawn, progress, limit);
            var refused = Undecided(retimed, facts.Facts);
            var (approval, problems) = refused.Count > 0 ? (null, []) : Judge(retimed, facts.Facts);
            foreach (var signal in problems.GroupBy(p => p.Signal))
            {
                refused[signal.Key] = [.. signal];
            }

            if (refused.Count == 0)
            {
                return new LogRetimingResult
                {
                    Study = study with { Periods = periods },
                    Facts = facts,
                    Periods = retimed,
                    Approval = approval,
                    Withdrawn = [.. withdrawn.Select(w => new RefusedSignal(w.Key, w.Value))],
                    DayPlans = DayPlanMaker.Make(retimed, study.Timings, approval),
                    Losses = LossesOf(retimed),
                };
            }

            foreach (var (signal, reasons) in refused)
            {
                withdrawn[signal] = reasons;
            }
        }
    }

    /// <summary>Phases as they stand in the cabinet, and patterns of today as it counts their offsets.</summary>
    private static TimingNetwork WithFacts(TimingNetwork network, ImmutableArray<SignalFacts> facts) => network with
    {
        Signals = [.. network.Signals.Select((s, i) => s with { Phases = facts[i].Phases, Today = s.Today is { } today && facts[i].OffsetReference is { } reference ? LogFacts.At(s.Phases, today, reference) : s.Today })],
    };

    private static DayPart PartOf(TimeOfDay when) => ((when.FromMinute + when.ToMinute) / 2) switch
    {
        < 300 or >= 1200 => DayPart.Night,
        < 600 => DayPart.Morning,
        < 900 => DayPart.Midday,
        _ => DayPart.Evening,
    };

    private bool IsAsked(PeriodStudy period) => (_options.Parts.IsEmpty || _options.Parts.Contains(PartOf(period.When))) && period.Network.Signals.Any(s => s.Today is not null);

    private ImmutableArray<RetimedPeriod> Search(
        ImmutableArray<PeriodStudy> periods, ImmutableArray<SignalFacts> facts, SortedDictionary<SignalId, ImmutableArray<GuardProblem>> withdrawn, IProgress<LogRetimingProgress>? progress,
        Func<int, int, CancellationToken> limit)
    {
        var numbers = FreeNumbers(facts, periods.Count(IsAsked));
        var asked = periods.Count(IsAsked);
        var retimed = ImmutableArray.CreateBuilder<RetimedPeriod>();
        foreach (var period in periods)
        {
            if (!IsAsked(period))
            {
                retimed.Add(new RetimedPeriod(period, 0, null));
                continue;
            }

            var done = retimed.Count(r => r.Result is not null);
            var number = numbers[done];
            var network = period.Network with
            {
                Signals = [.. period.Network.Signals.Select(s => s with
                {
                    Locks = withdrawn.ContainsKey(s.Signal) ? TimingLocks.Cycle | TimingLocks.Splits | TimingLocks.Sequence | TimingLocks.Offset : _options.Locks.GetValueOrDefault(s.Signal),
                })],
            };
            var options = _options.Retiming with
            {
                PatternNumber = number,
                Optimizer = _options.Retiming.Optimizer with { Arterials = _options.ForBands ? ArterialsOf(network) : [] },
            };
            var told = progress is null ? null : new Told(p => progress.Report(new LogRetimingProgress(period.Name, (done + p.DoneShare) / asked, p)));
            var result = new GuardedRetiming(network, facts, options, _guard).Run(told, _ => limit(done, asked));
            retimed.Add(new RetimedPeriod(period, number, result));
        }

        return retimed.ToImmutable();
    }

    /// <summary>The corridors' signals that are coordinated; a signal that is free or without a log parts its street.</summary>
    private ImmutableArray<Arterial> ArterialsOf(TimingNetwork network)
    {
        var arterials = ImmutableArray.CreateBuilder<Arterial>();
        foreach (var corridor in _corridors)
        {
            var run = ImmutableArray.CreateBuilder<int>();
            foreach (var place in corridor.Signals.Select(c => Enumerable.Range(0, network.Signals.Length).Where(s => network.Signals[s].Signal == c.Signal && network.Signals[s].Today is not null).DefaultIfEmpty(-1).First()).Append(-1))
            {
                if (place >= 0)
                {
                    run.Add(place);
                    continue;
                }

                if (run.Count > 1)
                {
                    arterials.Add(new Arterial { Name = corridor.Name, Signals = run.ToImmutable() });
                }

                run.Clear();
            }
        }

        return arterials.ToImmutable();
    }

    /// <summary>Pattern numbers that no cabinet has, from the lowest on.</summary>
    private static List<byte> FreeNumbers(ImmutableArray<SignalFacts> facts, int count)
    {
        var used = facts.SelectMany(f => f.Patterns.Select(p => p.Number)).ToHashSet();
        var free = Enumerable.Range(1, MostPatterns).Select(n => (byte)n).Where(n => !used.Contains(n)).Take(count).ToList();
        return free.Count == count
            ? free
            : throw new ProblemException("XT771", "patterns", string.Create(CultureInfo.InvariantCulture, $"{count} patterns are needed and the cabinets have {free.Count} numbers from 1 to {MostPatterns} free: retime fewer periods, or clear patterns that nothing uses."));
    }

    /// <summary>Signals that would have longer intervals under the new patterns of some periods while those of others were made for today's.</summary>
    private static SortedDictionary<SignalId, ImmutableArray<GuardProblem>> Undecided(ImmutableArray<RetimedPeriod> periods, ImmutableArray<SignalFacts> facts)
    {
        var undecided = new SortedDictionary<SignalId, ImmutableArray<GuardProblem>>();
        for (var s = 0; s < facts.Length; s++)
        {
            var signal = facts[s].Signal;
            var coordinated = periods.Where(p => p.Study.Network.Signals[s].Today is not null).ToList();
            var without = coordinated.FindAll(p => ProposalOf(p, signal) is null);
            if (without.Count > 0 && without.Count < coordinated.Count && !NeededIntervals.Of(facts[s]).SequenceEqual(facts[s].Phases))
            {
                undecided[signal] =
                [
                    new GuardProblem("XT772", signal, null, null, "intervals", null, null, "C04",
                        $"Its street asks for longer intervals than the cabinet has, and these hold for all patterns: a plan would be needed for {string.Join(", ", without.Select(p => p.Study.Name))} as well, and none passes or none was asked for."),
                ];
            }
        }

        return undecided;
    }

    private static SignalProposal? ProposalOf(RetimedPeriod period, SignalId signal) => period.Result?.Approval?.Proposal.Signals.FirstOrDefault(s => s.Signal == signal);

    /// <summary>All patterns of all periods, once more.</summary>
    private (ApprovedPlan? Approval, ImmutableArray<GuardProblem> Problems) Judge(ImmutableArray<RetimedPeriod> periods, ImmutableArray<SignalFacts> facts)
    {
        var signals = ImmutableArray.CreateBuilder<SignalProposal>();
        foreach (var known in facts)
        {
            var own = periods.Select(p => ProposalOf(p, known.Signal)).OfType<SignalProposal>().ToList();
            if (own.Count > 0)
            {
                signals.Add(own[0] with { Patterns = [.. own.SelectMany(p => p.Patterns)] });
            }
        }

        if (signals.Count == 0)
        {
            return (null, []);
        }

        var verdict = _guard.Check(facts, new PlanProposal { Signals = signals.ToImmutable(), Kind = ChangeKind.Retiming });
        return (verdict.Approval, verdict.Problems);
    }

    private ImmutableArray<CorridorLoss> LossesOf(ImmutableArray<RetimedPeriod> periods)
    {
        var losses = ImmutableArray.CreateBuilder<CorridorLoss>();
        var all = _signals.Select(s => s.Configuration.Signal).ToHashSet();
        var places = _corridors.Select(c => ((string?)c.Id, c.Name.Length > 0 ? c.Name : c.Id, c.Signals.Select(s => s.Signal).Where(all.Contains).ToHashSet())).Append((null, "all signals", all));
        foreach (var (corridor, name, members) in places.Where(p => p.Item3.Count > 0))
        {
            foreach (var period in periods.Where(p => p.Result is not null))
            {
                var (today, best) = (CostOf(period.Study.Network, period.Result!.Before, members), CostOf(period.Study.Network, period.Result.After, members));
                losses.Add(new CorridorLoss(corridor, name, period.Study.Name, today, best, CoverageOf(period.Study, members)));
            }
        }

        return losses.ToImmutable();
    }

    private double CostOf(TimingNetwork network, PlanEvaluation evaluation, HashSet<SignalId> members) =>
        evaluation.CostOf(network, _options.Retiming.Optimizer.Objective.StopPenaltyS, g => members.Contains(network.Signals[g.Signal].Signal));

    /// <summary>Mean share of the period's time that counts at the signals really saw.</summary>
    private static double CoverageOf(PeriodStudy period, HashSet<SignalId> members) => period.Groups
        .Where((_, g) => members.Contains(period.Network.Signals[period.Network.Groups[g].Signal].Signal)).Select(g => g.Coverage).DefaultIfEmpty(0).Average();

    private sealed class Told(Action<OptimizerProgress> tell) : IProgress<OptimizerProgress>
    {
        public void Report(OptimizerProgress value) => tell(value);
    }
}
