using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Guard;

/// <summary>What an evaluator expects of one lane group, at the worst of the demands.</summary>
/// <param name="DegreeOfSaturation">0 or more.</param>
/// <param name="QueueVeh">Farthest back of the queue, vehicles, 0 or more.</param>
public readonly record struct GroupPrediction(double DegreeOfSaturation, double QueueVeh);

/// <summary>Turns a plan for a network into what the guard is asked about.</summary>
public static class NetworkProposal
{
    /// <summary>The proposal; signals that the plan leaves free are not in it.</summary>
    /// <param name="predictions">One per lane group of the network, in its order, by whichever evaluator made the plan.</param>
    /// <param name="notes">What an engineer accepted, by signal; empty for nothing.</param>
    /// <exception cref="ArgumentException">Patterns or predictions are not those of the network.</exception>
    public static PlanProposal Of(
        TimingNetwork network, NetworkPlan plan, IReadOnlyList<GroupPrediction> predictions, ChangeKind kind, IReadOnlyDictionary<SignalId, ImmutableArray<PlanNote>> notes)
    {
        if (plan.Patterns.Length != network.Signals.Length || predictions.Count != network.Groups.Length)
        {
            throw new ArgumentException(
                $"{plan.Patterns.Length} patterns for {network.Signals.Length} signals and {predictions.Count} predictions for {network.Groups.Length} lane groups: one each.", nameof(plan));
        }

        var signals = ImmutableArray.CreateBuilder<SignalProposal>();
        for (var i = 0; i < network.Signals.Length; i++)
        {
            if (plan.Patterns[i] is not { } timing)
            {
                continue;
            }

            var signal = network.Signals[i];
            signals.Add(new SignalProposal
            {
                Signal = signal.Signal,
                Patterns =
                [
                    new PatternProposal
                    {
                        Timing = timing,
                        Replaces = signal.Today?.Number ?? PatternChanges.Free,
                        Predictions = Predict(network, i, predictions),
                        Notes = notes.TryGetValue(signal.Signal, out var own) ? own : [],
                    },
                ],
            });
        }

        return new PlanProposal { Signals = signals.ToImmutable(), Kind = kind };
    }

    /// <summary>A phase is expected to do as its lane groups; one that none uses serves walkers alone and has no queue.</summary>
    private static ImmutableArray<ServicePrediction> Predict(TimingNetwork network, int signal, IReadOnlyList<GroupPrediction> predictions)
    {
        var expected = ImmutableArray.CreateBuilder<ServicePrediction>();
        foreach (var phase in network.Signals[signal].Phases)
        {
            var before = expected.Count;
            for (var i = 0; i < network.Groups.Length; i++)
            {
                var group = network.Groups[i];
                if (group.Signal == signal && Bits.Has(group.Phases | group.PermissivePhases, phase.Number))
                {
                    expected.Add(new ServicePrediction(phase.Number, predictions[i].DegreeOfSaturation, predictions[i].QueueVeh, group.StorageVeh));
                }
            }

            if (expected.Count == before)
            {
                expected.Add(new ServicePrediction(phase.Number, 0, 0, null));
            }
        }

        return expected.ToImmutable();
    }
}
