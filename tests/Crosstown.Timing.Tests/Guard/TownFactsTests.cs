using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Simulation.Towns;
using Crosstown.Timing.Guard;

namespace Crosstown.Timing.Tests.Guard;

/// <summary>The made-up town as a guard sees it: what is measured in its streets, and what stands in its cabinets.</summary>
public sealed class TownFactsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(11)]
    public void Todays_patterns_of_every_signal_pass_as_a_proposal(ulong seed)
    {
        var town = Town.Create(seed, Town.MaxSignals);
        var verdict = new PlanGuard().Check(TownFacts.Of(town), Today(town));

        Assert.Empty(verdict.Problems.Select(p => $"{p.Signal} {p.Part} {p.Code} {p.Message}"));
        Assert.NotNull(verdict.Approval);
    }

    [Fact]
    public void Facts_are_those_of_the_street_and_bind()
    {
        var town = Town.Create(1, Town.MaxSignals);
        var facts = TownFacts.Of(town);
        ImmutableArray<SignalFacts> With(Func<PhaseFacts, PhaseFacts> change) => [.. facts.Select(f => f with { Street = [.. f.Street.Select(change)] })];
        IEnumerable<string> Codes(ImmutableArray<SignalFacts> changed) => new PlanGuard().Check(changed, Today(town)).Problems.Select(p => p.Code).Distinct().Order();

        Assert.Contains("XT624", Codes(With(s => s with { SpeedMph = s.SpeedMph + 4 })));
        Assert.Contains("XT624", Codes(With(s => s with { GradePercent = -4 })));
        Assert.Equal(["XT626"], Codes(With(s => s.Role == PhaseRole.LeftTurn ? s : s with { WidthFt = s.WidthFt + 7 })));
        Assert.Equal(["XT651", "XT653"], Codes(With(s => s with { CrossingFt = s.CrossingFt + 15, ButtonToCurbFt = s.ButtonToCurbFt + 15 })));
        Assert.Equal(["XT642"], Codes(With(s => s with { DetectorSetbackFt = s.DetectorSetbackFt + 60 })));
        Assert.Equal(["XT633"], Codes([.. facts.Select(f => f with { OffsetReference = OffsetReference.BeginRed })]));
        Assert.Equal(["XT635"], Codes([.. facts.Select(f => f with { LeftTurns = [.. f.LeftTurns!.Value.Select(t => t with { Opposing = t.Through })] })]).Take(1));
        Assert.Equal(["XT646"], Codes([.. facts.Select(f => f with { CoordinationGroup = "all" })]));
    }

    [Fact]
    public void A_plan_in_force_is_what_facts_then_say_of_the_cabinet()
    {
        var signal = Town.Create(1).Signals[3];
        var facts = TownFacts.Of(signal);

        Assert.Equal(signal.Program.Patterns, facts.Patterns);
        Assert.Equal(signal.Program.Phases, facts.Phases);
        Assert.Equal(8, facts.Street.Length);
        Assert.Equal([300m, 300m], facts.Street.Where(s => s.Role == PhaseRole.Major).Select(s => s.DetectorSetbackFt!.Value));
        Assert.All(facts.Street.Where(s => s.Role != PhaseRole.Major), s => Assert.Equal(0m, s.DetectorSetbackFt));
        Assert.Equal("arterials", facts.CoordinationGroup);
    }

    /// <summary>What runs, proposed anew. Walks that do not fit today's splits are rare, and an engineer said so.</summary>
    private static PlanProposal Today(Town town) => new()
    {
        Kind = ChangeKind.Retiming,
        Signals = [.. town.Signals.Select(signal => new SignalProposal
        {
            Signal = signal.Signal,
            Phases = signal.Program.Phases,
            Overlaps = signal.Program.Overlaps,
            Preempts = signal.Program.Preempts,
            Patterns = [.. signal.Program.Patterns.Select(pattern => new PatternProposal
            {
                Timing = pattern,
                Predictions = [.. signal.Program.Phases.Select(p => new ServicePrediction(p.Number, 0.9, 8, 12))],
                Notes = [.. signal.Program.Phases.Where(p => p.Recall != Recall.Pedestrian && pattern.SplitMs[p.Number] < p.WalkMs + p.PedestrianClearanceMs + p.ChangeMs)
                    .Select(p => new PlanNote(NoteKind.PedestriansByOverride, p.Number, "few walk here at these times"))],
            })],
        })],
    };
}
