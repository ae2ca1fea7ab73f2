using System.Collections.Immutable;
using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Guard;

/// <summary>Whether there are facts enough to judge by, and whether they agree with each other. What is missing is named, one finding each.</summary>
internal static class FactRules
{
    /// <summary>Finds what is missing or contradictory.</summary>
    /// <returns>False when rings, barriers and numbers are such that nothing else can be judged.</returns>
    public static bool Check(SignalFacts facts, Findings findings)
    {
        if (!HasSoundPhases(facts.Phases, findings))
        {
            return false;
        }

        CheckStreet(facts, findings);
        CheckConflicts(facts, findings);
        CheckLeftTurns(facts, findings);
        CheckOverlaps(facts, findings);
        if (facts.OffsetReference is not { } reference)
        {
            Missing(findings, "offset reference", "the point of the cycle that the controller counts offsets to");
        }
        else if (!Enum.IsDefined(reference))
        {
            Contradiction(findings, "offset reference", $"{(int)reference} is no reference point.");
        }

        if (facts.Patterns.IsDefault || facts.Patterns.Any(p => p?.SplitMs is null))
        {
            Contradiction(findings, "patterns", $"The cabinet's patterns are not whole: state each with its splits, or none.");
            return false;
        }

        return true;
    }

    /// <summary>Numbers, rings and barrier groups that a ring-barrier controller can have.</summary>
    private static bool HasSoundPhases(ImmutableArray<PhaseTiming> phases, Findings findings)
    {
        if (phases.IsDefaultOrEmpty || phases.Any(p => p is null))
        {
            Missing(findings, "phases", "the phases in the cabinet with their rings and barriers");
            return false;
        }

        var isSound = true;
        var seen = 0u;
        foreach (var phase in phases)
        {
            if (phase.Number is < 1 or > ControllerProgram.MaxPhase || phase.Ring is < 1 or > 4 || phase.BarrierGroup is < 1 or > 8)
            {
                Contradiction(findings, Findings.PhaseName(phase.Number), $"Phase {phase.Number}, ring {phase.Ring}, barrier group {phase.BarrierGroup}: phases are 1-16, rings 1-4, groups 1-8.");
                isSound = false;
            }
            else if (Bits.Has(seen, phase.Number))
            {
                Contradiction(findings, Findings.PhaseName(phase.Number), $"Phase {phase.Number} is stated twice.");
                isSound = false;
            }

            seen |= (uint)1 << phase.Number;
        }

        return isSound;
    }

    private static void CheckStreet(SignalFacts facts, Findings findings)
    {
        foreach (var phase in facts.Phases)
        {
            var entries = facts.Street.IsDefault ? [] : facts.Street.Where(s => s is not null && s.Phase == phase.Number).ToList();
            var where = Findings.PhaseName(phase.Number);
            if (entries.Count != 1)
            {
                if (entries.Count == 0)
                {
                    Missing(findings, where, "the street behind it: role, speed, grade, width, detector setback, bicycles", phase.Number);
                }
                else
                {
                    Contradiction(findings, where, $"The street behind phase {phase.Number} is stated {entries.Count} times.", phase.Number);
                }

                continue;
            }

            var street = entries[0];
            Need(findings, phase.Number, street.Role is not null, street.Role is not { } role || Enum.IsDefined(role), "role (left turn, minor or major)", "one of the three", null);
            CheckApproach(findings, where, phase.Number, street.SpeedMph, street.GradePercent, street.WidthFt);
            Need(findings, phase.Number, street.DetectorSetbackFt is not null, street.DetectorSetbackFt is null or (>= 0 and <= 1000), "detector setback", "0-1000 ft, 0 for a detector at the line", street.DetectorSetbackFt);
            Need(findings, phase.Number, street.BicycleCrossingFt is not null, street.BicycleCrossingFt is null or (>= 0 and <= 400), "bicycle crossing", "0-400 ft, 0 where none ride", street.BicycleCrossingFt);
            if (phase.WalkMs > 0)
            {
                Need(findings, phase.Number, street.CrossingFt is not null, true, "length of the crossing, curb to far curb", "", null);
            }

            Need(findings, phase.Number, true, street.CrossingFt is null or (> 0 and <= 400), "length of the crossing", "above 0, to 400 ft", street.CrossingFt);
            Need(findings, phase.Number, true, street.ButtonToCurbFt is null || (street.ButtonToCurbFt >= (street.CrossingFt ?? 0) && street.ButtonToCurbFt <= 450), "way from the button to the far curb", "at least the crossing, to 450 ft", street.ButtonToCurbFt);
            Need(findings, phase.Number, true, street.WalkingFtPerS is >= 2 and <= 3.5m, "walking speed", "2-3.5 ft/s", street.WalkingFtPerS);
            Need(findings, phase.Number, true, street.LeadingWalkS is >= 0 and <= 30, "leading walk", "0-30 s", street.LeadingWalkS);
        }
    }

    private static void CheckApproach(Findings findings, string where, byte? phase, decimal? speedMph, decimal? gradePercent, decimal? widthFt)
    {
        Need(findings, where, phase, speedMph is not null, speedMph is null or (> 0 and <= 80), "approach speed", "above 0, to 80 mph", speedMph);
        Need(findings, where, phase, gradePercent is not null, gradePercent is null or (>= -15 and <= 15), "grade", "-15 to 15 percent", gradePercent);
        Need(findings, where, phase, widthFt is not null, widthFt is null or (> 0 and <= 400), "width to clear", "above 0, to 400 ft", widthFt);
    }

    private static void CheckConflicts(SignalFacts facts, Findings findings)
    {
        if (facts.Conflicts is not { IsDefault: false } conflicts)
        {
            Missing(findings, "conflicts", "which phases the conflict monitor forbids together");
            return;
        }

        if (conflicts.Length != ControllerProgram.MaxPhase + 1)
        {
            Contradiction(findings, "conflicts", $"Conflicts are stated for {conflicts.Length - 1} phases: state them for 16, by phase.");
            return;
        }

        foreach (var phase in facts.Phases)
        {
            foreach (var other in facts.Phases.Where(o => o.Number > phase.Number))
            {
                var forbidden = Bits.Has(conflicts[phase.Number], other.Number);
                if (forbidden != Bits.Has(conflicts[other.Number], phase.Number))
                {
                    Contradiction(findings, "conflicts", $"Phases {phase.Number} and {other.Number} conflict one way only: state it for both.");
                }
                else if (!forbidden && (phase.Ring == other.Ring || phase.BarrierGroup != other.BarrierGroup))
                {
                    Contradiction(findings, "conflicts", $"Phases {phase.Number} and {other.Number} are in one ring or on different sides of a barrier, and the monitor would allow both: one of the two is wrong.");
                }
            }
        }
    }

    private static void CheckLeftTurns(SignalFacts facts, Findings findings)
    {
        if (facts.LeftTurns is not { IsDefault: false } turns)
        {
            Missing(findings, "left turns", "which left turns go on a green that is not their own, and by which display");
            return;
        }

        foreach (var turn in turns)
        {
            if (turn is null || !Enum.IsDefined(turn.Display) || !Knows(facts, turn.Through) || !Knows(facts, turn.Opposing) || (turn.Protected is { } own && !Knows(facts, own)))
            {
                Contradiction(findings, "left turns", $"A left turn with through phase {turn?.Through}, opposing phase {turn?.Opposing} and arrow phase {turn?.Protected} names a phase or display that is not there.");
            }
        }
    }

    private static void CheckOverlaps(SignalFacts facts, Findings findings)
    {
        if (facts.Overlaps.IsDefault || facts.Preempts.IsDefault || facts.Overlaps.Any(o => o is null) || facts.Preempts.Any(p => p is null))
        {
            Contradiction(findings, "overlaps and preempts", $"Overlaps or preempts are not whole: state each, or that there are none.");
            return;
        }

        foreach (var overlap in facts.Overlaps)
        {
            var where = Findings.OverlapName(overlap.Number);
            if (overlap.Number is < 1 or > 16 || !Enum.IsDefined(overlap.Kind) || overlap.Parents.IsDefaultOrEmpty || overlap.Parents.Any(p => !Knows(facts, p))
                || (overlap.ProtectedPhase != 0 && !Knows(facts, overlap.ProtectedPhase)) || facts.Overlaps.Count(o => o.Number == overlap.Number) > 1)
            {
                Contradiction(findings, where, $"An overlap is stated once, A-P, with parents that are phases of the signal.");
                continue;
            }

            var street = facts.OverlapStreet.IsDefault ? [] : facts.OverlapStreet.Where(s => s is not null && s.Overlap == overlap.Number).ToList();
            if (street.Count == 1)
            {
                CheckApproach(findings, where, null, street[0].SpeedMph, street[0].GradePercent, street[0].WidthFt);
            }
            else if (street.Count == 0)
            {
                Missing(findings, where, "the street behind it: speed, grade, width");
            }
            else
            {
                Contradiction(findings, where, $"The street behind it is stated {street.Count} times.");
            }
        }
    }

    private static bool Knows(SignalFacts facts, byte phase) => facts.Phases.Any(p => p.Number == phase);

    private static void Need(Findings findings, byte phase, bool isThere, bool isInRange, string what, string range, decimal? value) =>
        Need(findings, Findings.PhaseName(phase), phase, isThere, isInRange, what, range, value);

    private static void Need(Findings findings, string where, byte? phase, bool isThere, bool isInRange, string what, string range, decimal? value)
    {
        if (!isThere)
        {
            Missing(findings, where, what, phase);
        }
        else if (!isInRange)
        {
            findings.Add("XT622", "C03", null, phase, where, value, null, $"The {what} of {where} is stated as {value}: it is {range}.");
        }
    }

    private static void Missing(Findings findings, string where, string what, byte? phase = null) =>
        findings.Add("XT621", "C03", null, phase, where, null, null, $"A fact is missing for {where}: {what}. Without it nothing is approved.");

    private static void Contradiction(Findings findings, string where, FormattableString message, byte? phase = null) =>
        findings.Add("XT622", "C03", null, phase, where, null, null, message);
}
