using Crosstown.Core.Controllers;
using Crosstown.Timing.Intervals;

namespace Crosstown.Timing.Guard;

/// <summary>Rules C04, C06 and C07: what every phase and overlap shows for at least, whatever the pattern.</summary>
internal static class IntervalRules
{
    /// <param name="field">What the cabinet has.</param>
    /// <param name="phase">What is proposed, or the cabinet's own.</param>
    /// <param name="street">Facts of the phase; what is null in them was already found missing.</param>
    public static void Check(PhaseTiming field, PhaseTiming phase, PhaseFacts? street, Findings findings)
    {
        var number = phase.Number;
        var name = Findings.PhaseName(number);
        if (phase.YellowMs < field.YellowMs)
        {
            findings.Add("XT623", "C05", number, Findings.Seconds(phase.YellowMs), Findings.Seconds(field.YellowMs),
                $"Yellow of {Findings.Seconds(phase.YellowMs)} s where the cabinet has {Findings.Seconds(field.YellowMs)} s: a plan does not shorten it.");
        }

        if (phase.RedClearanceMs < field.RedClearanceMs)
        {
            findings.Add("XT625", "C05", number, Findings.Seconds(phase.RedClearanceMs), Findings.Seconds(field.RedClearanceMs),
                $"Red clearance of {Findings.Seconds(phase.RedClearanceMs)} s where the cabinet has {Findings.Seconds(field.RedClearanceMs)} s: a plan does not shorten it.");
        }

        CheckChange(name, number, phase.YellowMs, phase.RedClearanceMs, street?.SpeedMph, street?.GradePercent, street?.WidthFt, findings);
        CheckWalk(field, phase, street, findings);
        CheckMinimumGreen(phase, street, findings);
    }

    public static void Check(OverlapTiming overlap, OverlapFacts? street, Findings findings) =>
        CheckChange(Findings.OverlapName(overlap.Number), null, overlap.YellowMs, overlap.RedClearanceMs, street?.SpeedMph, street?.GradePercent, street?.WidthFt, findings);

    private static void CheckChange(string name, byte? phase, int yellowMs, int redMs, decimal? speedMph, decimal? gradePercent, decimal? widthFt, Findings findings)
    {
        var yellowS = Findings.Seconds(yellowMs);
        var redS = Findings.Seconds(redMs);
        var isDrivable = speedMph is null or (> 0 and <= 80) && gradePercent is null or (>= -15 and <= 15);
        var neededYellowS = (isDrivable ? ChangeIntervals.YellowS(speedMph, gradePercent) : null) ?? ChangeIntervals.MinimumYellowS;
        if (yellowS < neededYellowS)
        {
            findings.Add("XT624", "C04", null, phase, name, yellowS, neededYellowS, $"Yellow of {yellowS} s; {speedMph} mph at {gradePercent} percent needs {neededYellowS} s.");
        }

        var neededRedS = speedMph is > 0 && widthFt is > 0 ? ChangeIntervals.RedClearanceS(widthFt, speedMph) : null;
        if (redS < (neededRedS ?? 0))
        {
            findings.Add("XT626", "C04", null, phase, name, redS, neededRedS, $"Red clearance of {redS} s; {widthFt} ft and a vehicle's length at {speedMph} mph need {neededRedS} s.");
        }

        AtMost(Math.Max(yellowS, neededYellowS), ChangeIntervals.MaximumYellowS, "yellow", name, phase, findings);
        AtMost(Math.Max(redS, neededRedS ?? 0), ChangeIntervals.MaximumRedClearanceS, "red clearance", name, phase, findings);
    }

    private static void AtMost(decimal valueS, decimal limitS, string what, string name, byte? phase, Findings findings)
    {
        if (valueS > limitS)
        {
            findings.Add("XT627", "C04", null, phase, name, valueS, limitS,
                $"A {what} of {valueS} s, programmed or needed, is longer than the {limitS} s that drivers respect: lower the speed or move the stop line.");
        }
    }

    private static void CheckWalk(PhaseTiming field, PhaseTiming phase, PhaseFacts? street, Findings findings)
    {
        if (phase.WalkMs <= 0)
        {
            if (field.WalkMs > 0)
            {
                findings.Add("XT654", "C06", phase.Number, Findings.Seconds(phase.WalkMs), Findings.Seconds(field.WalkMs),
                    $"The walk of {Findings.Seconds(field.WalkMs)} s that the cabinet has is gone: a plan does not take a crossing away.");
            }

            return;
        }

        var walkS = Findings.Seconds(phase.WalkMs);
        var clearanceS = Findings.Seconds(phase.PedestrianClearanceMs);
        if (walkS < PedestrianIntervals.MinimumWalkS)
        {
            findings.Add("XT650", "C06", phase.Number, walkS, PedestrianIntervals.MinimumWalkS, $"Walk of {walkS} s: at least {PedestrianIntervals.MinimumWalkS} s.");
        }

        var bufferS = Findings.Seconds(phase.ChangeMs);
        if (bufferS < PedestrianIntervals.MinimumBufferS)
        {
            findings.Add("XT652", "C06", phase.Number, bufferS, PedestrianIntervals.MinimumBufferS,
                $"Yellow and red clearance leave {bufferS} s of don't walk before others start: at least {PedestrianIntervals.MinimumBufferS} s.");
        }

        if (street is null)
        {
            return;
        }

        if (street.LeadingWalkS is > 0 and < PedestrianIntervals.MinimumLeadS)
        {
            findings.Add("XT639", "C06", phase.Number, street.LeadingWalkS, PedestrianIntervals.MinimumLeadS,
                $"The walk leads by {street.LeadingWalkS} s: at least {PedestrianIntervals.MinimumLeadS} s, or not at all.");
        }

        var speed = street.WalkingFtPerS is > 0 and <= PedestrianIntervals.WalkingFtPerS ? street.WalkingFtPerS : PedestrianIntervals.WalkingFtPerS;
        var crossingFt = street.CrossingFt is > 0 ? street.CrossingFt : null;
        var neededS = PedestrianIntervals.ClearanceS(crossingFt, speed);
        if (clearanceS < (neededS ?? 0))
        {
            findings.Add("XT651", "C06", phase.Number, clearanceS, neededS, $"Pedestrian clearance of {clearanceS} s; {crossingFt} ft at {speed} ft/s need {neededS} s.");
        }

        var totalS = PedestrianIntervals.WalkAndClearanceS(street.ButtonToCurbFt is > 0 ? street.ButtonToCurbFt : null, crossingFt);
        if (walkS + clearanceS < (totalS ?? 0))
        {
            findings.Add("XT653", "C06", phase.Number, walkS + clearanceS, totalS, $"Walk and clearance of {walkS + clearanceS} s together; the way from the button to the far curb needs {totalS} s.");
        }
    }

    private static void CheckMinimumGreen(PhaseTiming phase, PhaseFacts? street, Findings findings)
    {
        if (street is null || (street.Role is { } role && !Enum.IsDefined(role)) || street.DetectorSetbackFt is < 0 || street.BicycleCrossingFt is < 0)
        {
            return;
        }

        // A walk is timed by itself and never cut, so it does not belong to the minimum green; a variable initial serves the queue in its place.
        var setbackFt = phase.AddedInitialMs > 0 && Findings.Seconds(phase.MaximumInitialMs) >= (GreenIntervals.QueueS(street.DetectorSetbackFt) ?? decimal.MaxValue) ? 0 : street.DetectorSetbackFt;
        var neededS = GreenIntervals.MinimumS(street.Role, setbackFt, street.BicycleCrossingFt, Findings.Seconds(phase.ChangeMs), 0) ?? 0;
        var minimumS = Findings.Seconds(phase.MinimumGreenMs);
        if (minimumS < neededS)
        {
            findings.Add("XT642", "C07", phase.Number, minimumS, neededS,
                $"Minimum green of {minimumS} s: its role ({street.Role}), the queue behind {street.DetectorSetbackFt} ft and bicycles over {street.BicycleCrossingFt} ft need {neededS} s.");
        }
    }
}
