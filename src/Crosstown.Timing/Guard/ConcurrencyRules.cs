using System.Collections.Immutable;
using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Guard;

/// <summary>Rule C08: rings and barriers as proposed must be the cabinet's, and let nothing run together that the monitor forbids.</summary>
internal static class ConcurrencyRules
{
    public static void Check(SignalFacts facts, ImmutableArray<PhaseTiming> phases, Findings findings)
    {
        foreach (var phase in phases)
        {
            var field = facts.Phases.First(p => p.Number == phase.Number);
            if (phase.Ring != field.Ring || phase.BarrierGroup != field.BarrierGroup)
            {
                findings.Add("XT634", "C08", phase.Number, null, null,
                    $"Ring {phase.Ring}, barrier group {phase.BarrierGroup} where the cabinet has ring {field.Ring}, barrier group {field.BarrierGroup}: a plan does not move phases.");
            }
        }

        if (facts.Conflicts is not { IsDefault: false, Length: ControllerProgram.MaxPhase + 1 } conflicts)
        {
            return;
        }

        foreach (var phase in phases)
        {
            foreach (var other in phases.Where(o => o.Number > phase.Number && o.Ring != phase.Ring && o.BarrierGroup == phase.BarrierGroup))
            {
                if (Bits.Has(conflicts[phase.Number] | conflicts[other.Number], other.Number) || Bits.Has(conflicts[other.Number], phase.Number))
                {
                    findings.Add("XT634", "C08", null, null, $"phases {phase.Number} and {other.Number}", null, null,
                        $"Phases {phase.Number} and {other.Number} are in different rings of one barrier group, so they run together, and the conflict monitor forbids it.");
                }
            }
        }

        CheckArrows(facts, findings);
    }

    /// <summary>A flashing yellow arrow is only free of the yellow trap when the opposing through drives it.</summary>
    private static void CheckArrows(SignalFacts facts, Findings findings)
    {
        if (facts.LeftTurns is not { IsDefault: false } turns || facts.Overlaps.IsDefault)
        {
            return;
        }

        foreach (var turn in turns.Where(t => t is not null && t.Display == LeftTurnDisplay.FlashingYellowArrow))
        {
            var isDriven = facts.Overlaps.Any(o => o is not null && o.Kind == OverlapKind.FlashingYellowArrow && !o.Parents.IsDefault
                && o.Parents.Length == 1 && o.Parents[0] == turn.Opposing && o.ProtectedPhase == (turn.Protected ?? 0));
            if (!isDriven)
            {
                findings.Add("XT635", "C08", turn.Through, null, null,
                    $"The flashing yellow arrow beside phase {turn.Through} has no overlap that opposing phase {turn.Opposing} alone drives: it could flash while that phase ends or stays, a yellow trap.");
            }
        }
    }
}
