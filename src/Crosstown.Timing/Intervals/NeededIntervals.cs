using System.Collections.Immutable;
using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Intervals;

/// <summary>The intervals that a signal's street asks for where the cabinet has less.</summary>
/// <remarks>A proposal like any other: the guard reckons by itself whether they suffice.</remarks>
public static class NeededIntervals
{
    /// <summary>The cabinet's phases, with yellow, red clearance, minimum green, walk and pedestrian clearance lengthened to what the facts ask for; nothing is shortened.</summary>
    /// <remarks>Yellow and red clearance come in tenths, the others in whole seconds, as controllers hold them. A phase whose facts are missing or out of their limits stays as it is.</remarks>
    public static ImmutableArray<PhaseTiming> Of(SignalFacts facts) =>
        [.. facts.Phases.Select(p => facts.Street.FirstOrDefault(s => s.Phase == p.Number) is { } street ? Lengthen(p, street) : p)];

    private static PhaseTiming Lengthen(PhaseTiming phase, PhaseFacts street)
    {
        if (street.SpeedMph is > 0 and <= 80 && street.GradePercent is null or (>= -15 and <= 15))
        {
            var yellowS = ChangeIntervals.YellowS(street.SpeedMph, street.GradePercent) ?? ChangeIntervals.MinimumYellowS;
            var redS = street.WidthFt is > 0 ? ChangeIntervals.RedClearanceS(street.WidthFt, street.SpeedMph) ?? 0 : 0;
            phase = phase with { YellowMs = Math.Max(phase.YellowMs, (int)(yellowS * 1000)), RedClearanceMs = Math.Max(phase.RedClearanceMs, (int)(redS * 1000)) };
        }

        phase = phase.WalkMs > 0 ? LengthenWalk(phase, street) : phase;
        var setbackFt = phase.AddedInitialMs > 0 && phase.MaximumInitialMs / 1000m >= (GreenIntervals.QueueS(street.DetectorSetbackFt) ?? decimal.MaxValue) ? 0 : street.DetectorSetbackFt;
        if (setbackFt is >= 0 && street.BicycleCrossingFt is >= 0 && GreenIntervals.MinimumS(street.Role, setbackFt, street.BicycleCrossingFt, phase.ChangeMs / 1000m, 0) is { } needed)
        {
            var minimumMs = phase.MinimumGreenMs / 1000m < needed ? WholeMs(needed) : phase.MinimumGreenMs;
            phase = phase with { MinimumGreenMs = minimumMs, MaximumMs = Math.Max(phase.MaximumMs, minimumMs) };
        }

        return phase;
    }

    private static PhaseTiming LengthenWalk(PhaseTiming phase, PhaseFacts street)
    {
        var crossingFt = street.CrossingFt is > 0 ? street.CrossingFt : null;
        var speed = street.WalkingFtPerS is > 0 and <= PedestrianIntervals.WalkingFtPerS ? street.WalkingFtPerS : PedestrianIntervals.WalkingFtPerS;
        var clearanceS = PedestrianIntervals.ClearanceS(crossingFt, speed) ?? 0;
        var clearanceMs = phase.PedestrianClearanceMs / 1000m < clearanceS ? WholeMs(clearanceS) : phase.PedestrianClearanceMs;
        var walkS = Math.Max(PedestrianIntervals.MinimumWalkS, (PedestrianIntervals.WalkAndClearanceS(street.ButtonToCurbFt is > 0 ? street.ButtonToCurbFt : null, crossingFt) ?? 0) - (clearanceMs / 1000m));
        return phase with { PedestrianClearanceMs = clearanceMs, WalkMs = phase.WalkMs / 1000m < walkS ? WholeMs(walkS) : phase.WalkMs };
    }

    private static int WholeMs(decimal seconds) => (int)decimal.Ceiling(seconds) * 1000;
}
