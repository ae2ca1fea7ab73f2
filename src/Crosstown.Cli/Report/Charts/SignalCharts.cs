using System.Collections.Immutable;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Time;

namespace Crosstown.Cli.Report.Charts;

/// <summary>The charts of one signal, in the order in which an engineer reads them.</summary>
internal static class SignalCharts
{
    private const long StripMs = 5 * 60_000;

    /// <summary>The tables that the charts are drawn from.</summary>
    public static readonly ImmutableArray<string> Tables =
    [
        .. CoverageChart.Tables, .. SplitFailureChart.Tables, .. ArrivalsOnRedChart.Tables, .. VolumeChart.Tables, .. PedestrianDelayChart.Tables, .. InterruptionChart.Tables,
        .. CoordinationDiagramChart.Tables, .. PhaseTerminationChart.Tables, .. SplitMonitorChart.Tables, .. TimingActuationChart.Tables,
    ];

    /// <summary>Charts over the whole time.</summary>
    public static IEnumerable<Chart> Overview(SignalView view)
    {
        Chart?[] charts =
        [
            SplitFailureChart.Draw(view), ArrivalsOnRedChart.Draw(view), VolumeChart.Draw(view), PedestrianDelayChart.Draw(view), InterruptionChart.Draw(view), Strip(view),
        ];
        return charts.OfType<Chart>();
    }

    /// <summary>Charts of one local day.</summary>
    public static IEnumerable<Chart> OfDay(SignalView view, TimeRange day)
    {
        Chart?[] charts = [.. CoordinationDiagramChart.DrawEach(view, day), PhaseTerminationChart.Draw(view, day), SplitMonitorChart.Draw(view, day)];
        return charts.OfType<Chart>();
    }

    /// <summary>Five minutes around the first cycle that failed in the worst bin; the first five minutes of the busiest bin where none failed.</summary>
    private static Chart? Strip(SignalView view)
    {
        if (WorstFailureMs(view) is { } failedMs)
        {
            var startMs = Math.Clamp(failedMs - (StripMs / 2), view.Span.StartMs, view.Span.EndMs - StripMs);
            return TimingActuationChart.Draw(view, new TimeRange(startMs, startMs + StripMs), $"Five minutes around a split failure at {view.TimeOfDay(failedMs)}.");
        }

        return BusiestBinMs(view) is { } busyMs
            ? TimingActuationChart.Draw(view, new TimeRange(busyMs, busyMs + StripMs), "The first five minutes of the bin with most services.")
            : null;
    }

    private static long? WorstFailureMs(SignalView view)
    {
        if (view.Find("split-failures-by-cycle") is not { } rows)
        {
            return null;
        }

        var (time, failed) = (rows.Column("time"), rows.Column("failed"));
        var failures = Enumerable.Range(0, rows.Count).Where(r => failed.Flag(r) == true).Select(time.Time).ToArray();
        return failures.Length == 0 ? null : failures.GroupBy(t => view.Clock.BinAt(t, view.BinMs).StartMs).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First().Min();
    }

    private static long? BusiestBinMs(SignalView view)
    {
        if (view.Find("phase-terminations") is not { Count: > 0 } rows)
        {
            return null;
        }

        var time = rows.Column("time");
        return Enumerable.Range(0, rows.Count).GroupBy(r => view.Clock.BinAt(time.Time(r), view.BinMs).StartMs).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First().Key;
    }
}
