using System.Collections.Immutable;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;

namespace Crosstown.Cli.Report.Page;

/// <summary>A ranked list, for the page and for the terminal.</summary>
/// <param name="Title">What is ranked.</param>
/// <param name="About">By what, and what was left out.</param>
/// <param name="WhenEmpty">What it means that the list is empty.</param>
/// <param name="Table">Worst first.</param>
internal sealed record FindingList(string Title, string About, string WhenEmpty, ChartTable Table);

/// <summary>The findings as lists.</summary>
internal static class FindingLists
{
    public static ImmutableArray<FindingList> All(Findings findings) =>
    [
        new FindingList(
            "Worst split failures", "Phases by the share of their judged cycles that failed: green was full, and the first seconds of red still were.",
            "No phase had a split failure.",
            new ChartTable(
                ["Signal", "Phase", "Failed", "Of cycles", "Share", "Worst bin", "Failed in it", "Time seen"],
                [
                    .. findings.SplitFailures.Select(f => ImmutableArray.Create(
                        f.View.Label, $"{f.Phase}", Words.Count(f.Failures), Words.Count(f.Cycles), Words.Percent(f.Share), f.View.DayAndTime(f.WorstBinMs),
                        $"{Words.Count(f.WorstBinFailures)} of {Words.Count(f.WorstBinCycles)}", Words.Percent(f.SeenShare))),
                ])),
        new FindingList(
            "Worst progression", "Approaches by platoon ratio: how much more often their vehicles met green than by chance. Below 1 the offset works against the platoon.",
            "No approach has advance detectors whose arrivals could be told.",
            new ChartTable(
                ["Signal", "Approach", "Platoon ratio", "On red", "Arrivals", "Time seen"],
                [
                    .. findings.Progression.Select(f => ImmutableArray.Create(
                        f.View.Label, f.View.Name(f.Group), Words.Ratio(f.PlatoonRatio), Words.Percent(f.ShareOnRed), Words.Count(f.Arrivals), Words.Percent(f.SeenShare))),
                ])),
        new FindingList(
            "Broken detectors", "Detectors by how long their fault was open, with its cause: reported by the controller, or found in what they saw.",
            "No detector was at fault.",
            new ChartTable(
                ["Signal", "Detector", "Phase", "Cause", "Since", "Until", "Open for", "Time seen"],
                [
                    .. findings.Detectors.Select(f => ImmutableArray.Create(
                        f.View.Label, $"{f.Channel}", f.Phase is { } p ? $"{p}" : Words.Missing, Findings.NameOf(f.Fault), f.View.DayAndTime(f.SinceMs), f.View.DayAndTime(f.LastMs),
                        Findings.Hours(f.Hours), Words.Percent(f.SeenShare))),
                ])),
        new FindingList(
            "Longest pedestrian delays", "Walks by the mean wait from the first press to the walk.",
            "No walk answered five presses or more.",
            new ChartTable(
                ["Signal", "Phase", "Mean wait", "Waits", "Longest", "Longest from", "Time seen"],
                [
                    .. findings.Pedestrians.Select(f => ImmutableArray.Create(
                        f.View.Label, $"{f.Phase}", Words.Seconds(f.MeanS), Words.Count(f.Waits), Words.Seconds(f.MaxS), f.View.DayAndTime(f.LongestBinMs), Words.Percent(f.SeenShare))),
                ])),
        new FindingList(
            "Watchdog", "What each day's check of a busy and a quiet window found.",
            "The watchdog found nothing.",
            new ChartTable(
                ["Signal", "Day", "Finding", "Phase or channel", "Value", "Limit", "Time seen"],
                [
                    .. findings.Watchdog.Select(f => ImmutableArray.Create(
                        f.View.Label, f.View.Day(f.DayMs), Words.Capital(Words.Spaced(f.Finding)), Words.Count(f.Number), Words.Number(f.Value), Words.Number(f.Limit), Words.Percent(f.SeenShare))),
                ])),
    ];
}
