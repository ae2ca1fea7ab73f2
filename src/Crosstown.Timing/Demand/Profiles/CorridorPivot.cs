using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Timing.Demand.InForce;
using Crosstown.Timing.Demand.Reading;
using Crosstown.Timing.Demand.Volumes;

namespace Crosstown.Timing.Demand.Profiles;

/// <summary>Measures what <see cref="LinkPivot"/> needs along a corridor.</summary>
public static class CorridorPivot
{
    /// <summary>Arrivals and greens of every link of a corridor, folded by the clock while both of its ends run one cycle in step.</summary>
    /// <param name="corridor">Its signals, in order, must be among the study's.</param>
    /// <param name="signals">The study's signals.</param>
    /// <param name="timings">Their timing in force, in the same order.</param>
    /// <param name="when">Times that count.</param>
    /// <param name="cycleS">The cycle that all of them run.</param>
    public static ImmutableArray<PivotLink> Measure(
        Corridor corridor, IReadOnlyList<StudySignal> signals, IReadOnlyList<TimingInForce> timings, IReadOnlyList<TimeRange> when, int cycleS)
    {
        var links = ImmutableArray.CreateBuilder<PivotLink>();
        for (var i = 0; i + 1 < corridor.Signals.Length; i++)
        {
            var (near, far) = (IndexOf(signals, corridor.Signals[i].Signal), IndexOf(signals, corridor.Signals[i + 1].Signal));
            links.Add(new PivotLink(
                Approach(signals[far], timings[far], corridor.Signals[i + 1].ForwardGroup, when, cycleS),
                Approach(signals[near], timings[near], corridor.Signals[i].BackwardGroup, when, cycleS)));
        }

        return links.ToImmutable();
    }

    private static int IndexOf(IReadOnlyList<StudySignal> signals, SignalId signal)
    {
        for (var i = 0; i < signals.Count; i++)
        {
            if (signals[i].Configuration.Signal == signal)
            {
                return i;
            }
        }

        throw new ArgumentException($"Signal {signal} of the corridor is not among those that are studied.", nameof(signals));
    }

    private static MeasuredApproach? Approach(StudySignal signal, TimingInForce timing, SignalGroup? group, IReadOnlyList<TimeRange> when, int cycleS)
    {
        if (group is not { IsOverlap: false, Number: <= ControllerProgram.MaxPhase } phase || timing.MostIn(when) is not { } pattern || pattern.Timing.CycleMs != cycleS * 1000)
        {
            return null;
        }

        var lanes = StopLine.GroupsOf(0, signal.Configuration, timing.Phases).Find(g => g.Turn == TurnKind.Through && Bits.Has(g.Phases, phase.Number));
        var detectors = lanes?.Advances.Where(a => a.ToStopBarMs is not null).DistinctBy(a => a.Channel).ToDictionary(a => a.Channel);
        if (detectors is null || detectors.Count == 0)
        {
            return null;
        }

        var inStep = new InStepTimes(signal.Log, timing, pattern, when);
        var arrivals = CycleProfile.Fold(signal.Log, detectors.Keys, c => detectors[c].ToStopBarMs!.Value - detectors[c].LatencyMs, cycleS, 0, inStep.Contains);
        return new MeasuredApproach([.. arrivals.Bins], Greens(signal.Log, phase.Number, cycleS, inStep));
    }

    private static ImmutableArray<double> Greens(SignalLog log, int phase, int cycleS, InStepTimes inStep)
    {
        var greens = new double[cycleS];
        var all = new double[cycleS];
        foreach (var service in log.Services[phase].Where(s => inStep.Contains(s.YellowMs)))
        {
            for (var timeMs = service.GreenMs; timeMs < service.YellowMs; timeMs += 1000)
            {
                greens[log.LocalDayMs(timeMs) / 1000 % cycleS]++;
            }
        }

        foreach (var range in inStep.Ranges)
        {
            for (var timeMs = range.StartMs; timeMs < range.EndMs; timeMs += 1000)
            {
                all[log.LocalDayMs(timeMs) / 1000 % cycleS]++;
            }
        }

        return [.. greens.Select((g, t) => all[t] > 0 ? Math.Min(1, g / all[t]) : 0)];
    }
}
