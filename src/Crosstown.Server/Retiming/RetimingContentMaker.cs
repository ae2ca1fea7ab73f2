using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Server.Api;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Model;
using Crosstown.Timing.Proof;
using Crosstown.Timing.Retiming;
using Crosstown.Timing.Sheets;

namespace Crosstown.Server.Retiming;

/// <summary>Says what a study found in the form in which it is kept and shown.</summary>
internal sealed class RetimingContentMaker(RetimingAnswer answer)
{
    private readonly LogRetimingResult _result = answer.Result;
    private readonly HashSet<SignalId> _changed = [.. answer.Result.Approval?.Proposal.Signals.Select(s => s.Signal) ?? []];

    public RetimingSummary MakeSummary(double tookS) => new(
        answer.Source, answer.Log.StartMs, answer.Log.EndMs, answer.Events, answer.Signals.Count, _changed.Count, Math.Round(tookS, 1), [.. _result.Periods.Select(FiguresOf)]);

    /// <param name="atMs">When it was studied.</param>
    public IReadOnlyList<RetimingLoss> MakeLosses(long atMs) =>
        [.. _result.Losses.Select(l => new RetimingLoss(atMs, l.Corridor ?? "", l.Name, l.Period, l.Today, l.Best, l.Share, l.Coverage))];

    /// <param name="atMs">When it was studied.</param>
    /// <param name="details">What stands on the sheets.</param>
    public RetimingContent MakeContent(long atMs, SheetDetails details, IReadOnlyList<RetimingDrawing> drawings) => new(
        [.. _result.Periods.Select(PeriodOf)],
        MakeLosses(atMs),
        [.. _result.Withdrawn.SelectMany(w => w.Problems).Select(Refusal)],
        [.. answer.Learned.Select(s => s.Value)],
        [.. Assumptions()],
        [.. _result.Study.Lacks.Where(l => l.ForOffsets.Length + l.ForSplits.Length > 0).Select(l => new RetimingLack(l.Signal.Value, l.ForOffsets, l.ForSplits))],
        _result.Approval is { } approval ? [.. FieldChecks.Of(approval, details).Select(c => new RetimingChecks(c.Signal.Value, c.Checks))] : [],
        drawings);

    /// <summary>Vehicle hours per hour, weighted over demands.</summary>
    private static double Delay(TimingNetwork network, PlanEvaluation evaluation) => evaluation.CostOf(network, 0, _ => true);

    private static double Stops(TimingNetwork network, PlanEvaluation evaluation) =>
        evaluation.Demands.Select((d, i) => d.Stops * network.Demands[i].Weight).Sum() / network.Demands.Sum(d => d.Weight);

    private static RetimingRefusal Refusal(GuardProblem problem) => new(problem.Signal.Value, problem.Code, problem.Rule, problem.Part, problem.Message);

    private static double Seconds(int ms) => ms / 1000.0;

    private static RetimingPeriodFigures FiguresOf(RetimedPeriod period)
    {
        var when = period.Study.When;
        if (period.Result is not { } result)
        {
            return new RetimingPeriodFigures(period.Study.Name, when.FromMinute, when.ToMinute, null, 0, IsComplete: true, null, null, null, null);
        }

        var network = period.Study.Network;
        return new RetimingPeriodFigures(
            period.Study.Name, when.FromMinute, when.ToMinute, period.Pattern, result.Approval?.Proposal.Signals.Length ?? 0, result.IsComplete,
            Delay(network, result.Before), Delay(result.Network, result.After), Stops(network, result.Before), Stops(result.Network, result.After));
    }

    private RetimingPeriod PeriodOf(RetimedPeriod period)
    {
        if (period.Result is not { } result)
        {
            return new RetimingPeriod(FiguresOf(period), [], [], []);
        }

        var network = period.Study.Network;
        var whys = result.Changes.GroupBy(c => c.Id).ToDictionary(g => g.Key, g => string.Join(' ', g.Select(c => c.Text)));
        var retimed = result.Approval?.Proposal.Signals.Select(s => s.Signal).Where(_changed.Contains).ToHashSet() ?? [];
        var signals = network.Signals.Select((signal, s) =>
        {
            var words = ApproachWords.ByPhase(network, s);
            return new RetimingSignal(
                signal.Signal.Value, signal.Name, retimed.Contains(signal.Signal),
                PatternOf(signal.Phases, signal.Today, words), retimed.Contains(signal.Signal) ? PatternOf(result.Network.Signals[s].Phases, result.Plan.Patterns[s], words) : null,
                whys.GetValueOrDefault(signal.Signal) ?? StaysBecause(result, signal));
        });
        var refusals = result.Refused.SelectMany(r => r.Problems).Select(Refusal)
            .Concat(result.Costly.Select(c => new RetimingRefusal(
                c.Key.Value, "", "", "plan",
                string.Create(CultureInfo.InvariantCulture, $"The longer intervals that its street asks for cost its own traffic {c.Value:0.00} vehicle hours per hour more than a plan gains: it keeps today's timing."))));
        return new RetimingPeriod(FiguresOf(period), [.. signals.OrderByDescending(s => s.IsRetimed)], [.. ApproachesOf(period)], [.. refusals]);
    }

    private static string StaysBecause(Timing.Optimization.GuardedRetimingResult result, TimedSignal signal) =>
        signal.Today is null ? "It runs free in this period."
        : result.Refused.Any(r => r.Signal == signal.Signal) ? "The guard refused every plan that was found for it: it keeps today's timing."
        : result.Costly.ContainsKey(signal.Signal) ? "A plan costs its own traffic more than it gains: it keeps today's timing."
        : "";

    private IEnumerable<RetimingApproach> ApproachesOf(RetimedPeriod period) => PlanDocuments.ApproachesOf(_result).Where(a => a.Period == period.Study.Name).Select(a => new RetimingApproach(
        a.Signal.Value, ApproachWords.Of(a.Any.Direction), a.Any.VolumeVehPerHour, Finite(a.Before?.DelayS), Finite(a.After?.DelayS), Finite(a.Before?.StopsPerVehicle), Finite(a.After?.StopsPerVehicle),
        Finite(a.Before?.DegreeOfSaturation), Finite(a.After?.DegreeOfSaturation), Finite(a.Before?.QueueVeh), Finite(a.After?.QueueVeh)));

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static RetimingPattern? PatternOf(ImmutableArray<PhaseTiming> phases, PatternTiming? pattern, ImmutableSortedDictionary<byte, string> words)
    {
        if (pattern is null)
        {
            return null;
        }

        var rings = new List<IReadOnlyList<RetimingPhase>>();
        if (RingDiagram.Of(phases, pattern) is { } diagram)
        {
            for (var ring = 0; ring < diagram.RingCount; ring++)
            {
                var inRing = new List<RetimingPhase>();
                foreach (var number in diagram.OrderOf(ring))
                {
                    var phase = phases.First(p => p.Number == number);
                    inRing.Add(new RetimingPhase(
                        number, words.GetValueOrDefault(number, ""), Seconds(diagram.StartMs[number]), Seconds(pattern.SplitMs.GetValueOrDefault(number)), Seconds(phase.YellowMs), Seconds(phase.RedClearanceMs), phase.IsCoordinated));
                }

                rings.Add(inRing);
            }
        }

        return new RetimingPattern(pattern.Number, Seconds(pattern.CycleMs), Seconds(pattern.OffsetMs), EnumWord.Of(pattern.Reference), rings);
    }

    private IEnumerable<RetimingAssumption> Assumptions() => _result.Facts.Facts.Zip(_result.Facts.Assumptions)
        .Where(s => _changed.Contains(s.First.Signal))
        .SelectMany(s => s.Second.GroupBy(a => (a.Fact, a.Basis)).Select(g => new RetimingAssumption(
            s.First.Signal.Value, EnumWord.Of(g.Key.Fact), g.Key.Basis, [.. g.Where(a => a.Phase is not null).Select(a => new RetimingAssumed(a.Phase!.Value, a.Value))])));
}
