using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Tests.Guard;

public sealed class NetworkProposalTests
{
    private static readonly ImmutableDictionary<SignalId, ImmutableArray<PlanNote>> NoNotes = ImmutableDictionary<SignalId, ImmutableArray<PlanNote>>.Empty;

    [Fact]
    public void A_networks_plan_becomes_a_proposal_that_the_guard_can_judge()
    {
        var network = Network();
        var predictions = network.Groups.Select((_, i) => new GroupPrediction(0.5 + (i / 100.0), 4)).ToList();
        var proposal = NetworkProposal.Of(network, new NetworkPlan { Patterns = [Crossing.Pattern, null] }, predictions, ChangeKind.Step, NoNotes);

        var pattern = Assert.Single(Assert.Single(proposal.Signals).Patterns);
        Assert.Equal((byte)3, pattern.Replaces);
        Assert.Equal([new ServicePrediction(1, 0.5, 4, 7), new ServicePrediction(2, 0.5, 4, 7), new ServicePrediction(2, 0.51, 4, null), new ServicePrediction(4, 0, 0, null)], pattern.Predictions.Take(4));
        Assert.NotNull(new PlanGuard().Check([Crossing.Facts], proposal).Approval);
    }

    [Fact]
    public void A_signal_that_is_free_today_goes_back_to_free_and_notes_come_along()
    {
        var network = Network();
        network = network with { Signals = [network.Signals[0] with { Today = null }, network.Signals[1]] };
        var note = new PlanNote(NoteKind.NearCapacity, 2, "the bridge is closed");
        var notes = NoNotes.Add(Crossing.Id, [note]);
        var proposal = NetworkProposal.Of(network, new NetworkPlan { Patterns = [Crossing.Pattern, null] }, [default, new GroupPrediction(1.1, 3), default], ChangeKind.Retiming, notes);

        Assert.Equal((byte)254, proposal.Signals[0].Patterns[0].Replaces);
        Assert.Equal([note], proposal.Signals[0].Patterns[0].Notes);
        Assert.NotNull(new PlanGuard().Check([Crossing.Facts], proposal).Approval);
    }

    [Fact]
    public void Patterns_and_predictions_are_one_each()
    {
        Assert.Throws<ArgumentException>(() => NetworkProposal.Of(Network(), new NetworkPlan { Patterns = [Crossing.Pattern] }, new GroupPrediction[3], ChangeKind.Step, NoNotes));
        Assert.Throws<ArgumentException>(() => NetworkProposal.Of(Network(), new NetworkPlan { Patterns = [Crossing.Pattern, null] }, new GroupPrediction[2], ChangeKind.Step, NoNotes));
    }

    /// <summary>The crossing with a left turn that goes in 1 and in gaps in 2, the through beside it, and a group of another signal.</summary>
    private static TimingNetwork Network()
    {
        LaneGroup Group(string id, int signal, uint phases, uint permissive, double? room) => new() { Id = id, Signal = signal, Phases = phases, PermissivePhases = permissive, SaturationVehPerHour = 1800, StorageVeh = room };
        var signal = new TimedSignal { Signal = Crossing.Id, Phases = Crossing.Phases, Overlaps = Crossing.Facts.Overlaps, Today = Crossing.Pattern };
        return new TimingNetwork
        {
            Signals = [signal, signal with { Signal = SignalId.Parse("1005") }],
            Groups = [Group("1004 NBL", 0, 1 << 1, 1 << 2, 7), Group("1004 SBT", 0, 1 << 2, 0, null), Group("1005 SBT", 1, 1 << 4, 0, null)],
            Demands = [],
        };
    }
}
