using Crosstown.Core.Controllers;
using Crosstown.Timing.Guard;

namespace Crosstown.Timing.Tests.Guard;

/// <summary>Facts as a file.</summary>
public sealed class FactsFileTests
{
    [Fact]
    public void What_is_written_states_every_fact_again()
    {
        var facts = Crossing.Facts;
        using var file = new MemoryStream();
        FactsFile.Write(file, [facts]);
        file.Position = 0;

        var measured = Assert.Single(FactsFile.Read(file, "facts.json"));

        // Applied to a signal of which only the phases are known.
        var bare = new SignalFacts
        {
            Signal = facts.Signal,
            Phases = facts.Phases,
            Street = [.. facts.Phases.Select(p => new PhaseFacts { Phase = p.Number })],
            Conflicts = [.. Enumerable.Range(0, ControllerProgram.MaxPhase + 1).Select(n => facts.Phases.Where(p => p.Number == n)
                .SelectMany(p => facts.Phases.Where(o => o.Number != p.Number && (o.Ring == p.Ring || o.BarrierGroup != p.BarrierGroup))).Aggregate(0u, (mask, o) => mask | ((uint)1 << o.Number)))],
        };
        var known = Assert.Single(StatedFacts.With([new StatedFacts(bare, [])], [measured])).Facts;
        Assert.Equal(facts.Street.OrderBy(s => s.Phase), known.Street.OrderBy(s => s.Phase));
        Assert.Equal(facts.LeftTurns!.Value, known.LeftTurns!.Value);
        Assert.Equal(facts.Conflicts!.Value, known.Conflicts!.Value);
        Assert.Equal((facts.OffsetReference, facts.PreventsBackup, facts.CoordinationGroup ?? ""), (known.OffsetReference, known.PreventsBackup, known.CoordinationGroup ?? ""));
        Assert.Equal(facts.Signal, measured.Signal);
    }
}
