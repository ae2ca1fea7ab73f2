using System.Collections.Immutable;
using Crosstown.Cli.Report.Charts;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Cli.Report.Page;
using Crosstown.Measures;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Options;

namespace Crosstown.Cli.Report.Pictures;

/// <summary>The documentation's picture of each measure.</summary>
internal static class MeasurePictures
{
    private const double MorningFrom = 6;
    private const double MorningTo = 10;
    private const int ModelDays = 5;
    private const int BusyArrivals = 1500;

    /// <summary>Measures that have a page, and so a picture: those of single signals and the composed ones.</summary>
    public static ImmutableArray<string> Names { get; } = [.. MeasureCatalog.All.Select(m => m.Name), .. ComposedCatalog.All.Select(m => m.Name)];

    /// <summary>One measure's picture as an SVG file.</summary>
    /// <exception cref="InvalidOperationException">The town's day gives the measure no rows to draw.</exception>
    public static string Draw(PictureScene scene, string measure)
    {
        var chart = Charts(scene, measure).OfType<Chart>().FirstOrDefault()
            ?? throw new InvalidOperationException($"The simulated town gives {measure} nothing to draw.");
        return ChartMarkup.Picture(chart);
    }

    /// <summary>The charts that would do, best first; null where a signal has no rows.</summary>
    private static IEnumerable<Chart?> Charts(PictureScene scene, string measure) => measure switch
    {
        "coordination-diagram" => BestProgression(scene),
        "phase-termination" => scene.Views(MorningFrom, MorningTo).Select(v => PhaseTerminationChart.Draw(v, v.Span)),
        "split-monitor" => scene.Views(MorningFrom, MorningTo).Select(v => SplitMonitorChart.Draw(v, v.Span)),
        "split-failure" => scene.Views(MorningFrom, MorningTo).Select(SplitFailureChart.Draw),
        "pedestrian-delay" => scene.Views().Select(PedestrianDelayChart.Draw),
        "approach-volume" => scene.Views().Select(VolumeChart.Draw),
        "arrivals-on-red" => scene.Views().Select(ArrivalsOnRedChart.Draw),
        "timing-and-actuation" => scene.Views().Select(v => TimingActuationChart.Draw(v, scene.Hours(7.5, 7.5 + (5 / 60.0)), "Five minutes of a morning.")),
        "preemption" => scene.Views().Where(v => v.Find("preemption") is not null).Select(InterruptionChart.Draw),
        "transit-priority" => scene.Views().Where(v => v.Find("transit-priority") is not null).Select(InterruptionChart.Draw),
        "communications-health" => [CoverageChart.Draw([.. scene.Views()])],
        "arrivals-on-green" => Series(scene, measure, "arrivals-on-green", ["share_on_green"], ["phase"]),
        "approach-delay" => Series(scene, measure, "approach-delay", ["delay_per_vehicle_s"], ["phase", "overlap"]),
        "detector-volume" => Series(scene, measure, "detector-volume", ["flow_vph"], ["channel"]),
        "turning-movements" => Series(scene, measure, "turning-movements", ["flow_vph"], ["direction", "movement", "lane"]),
        "actual-splits" => Series(scene, measure, "actual-splits", ["mean_s"], ["quantity", "phase"]),
        "pedestrian-volume" => Series(scene, measure, "pedestrian-volume", ["estimated_people"], ["phase"]),
        "pedestrian-services" => Series(scene, measure, "pedestrian-services", ["services"], ["group", "number"]),
        "phase-wait" => Series(scene, measure, "phase-wait", ["mean_s"], ["phase"]),
        "coordination-quality" => Series(scene, measure, "coordination-quality", ["in_step_share", "transition_share", "free_share"], []),
        "approach-speed" => Series(scene, measure, "approach-speed", ["p85_mph", "p50_mph", "p15_mph"], ["phase"], ("phase", "2")),
        "left-turn-gap" => Series(scene, measure, "left-turn-gap", ["turnable_share"], ["direction"]),
        "volume-to-capacity" => Series(scene, measure, "volume-to-capacity", ["volume_to_capacity"], ["phase", "overlap"]),
        "queue-spillback" => Series(scene, measure, "queue-spillback", ["queued_red_s"], ["phase", "channel"]),
        "yellow-red" => scene.Views().Select(v => new ProfileChart(measure, Title(measure), "yellow-red-offsets", "offset_s", "hits", "shown").Draw(v)),
        "green-time-use" => scene.Views().Select(v => new ProfileChart(measure, Title(measure), "green-time-use", "from_s", "hits", "phase").Draw(v)),
        "arrivals-by-shift" => scene.Views(MorningFrom + 1, MorningTo - 1).Select(v => new ProfileChart(measure, Title(measure), "arrivals-by-shift", "shift_s", "on_green_later", "number").Draw(v)),
        "link-pivot" => scene.Views().Select(v => new ProfileChart(measure, Title(measure), "link-pivot-shifts", "shift_s", "weighted", "cycle_s").Draw(v)),
        "timeline" => scene.Views().Select(v => new SpansChart(measure, Title(measure), "timeline", "start_time", "time", ["class", "number"]).Draw(v, scene.Hours(7.5, 7.5 + (10 / 60.0)))),
        "time-space" => scene.Views().Select(v => new SpansChart(measure, Title(measure), "time-space-bands", "time", "end", ["group", "number"]).Draw(v, scene.Hours(7.5, 7.5 + (15 / 60.0)))),
        "detector-health" => scene.Views().Select(v => new SpansChart(measure, Title(measure), "detector-health", "time", null, ["channel", "fault"]).Draw(v, v.Span)),
        "watchdog" => scene.DayViews().Select(v => new SpansChart(measure, Title(measure), "watchdog", "time", null, ["finding", "number"]).Draw(v, v.Span)),
        "watchdog-report" => scene.MonthViews().Select(v => new SpansChart(measure, Title(measure), "watchdog-report", "time", null, ["finding", "number"]).Draw(v, v.Span)),
        "time-space-diagram" => [TimeSpaceChart.Draw(scene.Corridor, scene.CorridorViews(), scene.Hours(7.5, 7.5 + (10 / 60.0)))],
        "corridor-summary" => Series(scene, measure, "corridor-summary", ["value"], ["direction"], ("figure", "arrivals-on-green")),
        "before-after" => scene.MonthViews().Select(IntervalChart.Draw),
        "detector-model" => scene.MonthViews(ModelDays, MeasureOptions.DefaultBinMs).SelectMany(v => BlindChannels(v).Select(c => new SeriesChart(measure, Title(measure), "detector-model", ["count", "expected"], ["channel"]) { Only = ("channel", c) }.Draw(v))),
        "detector-pairs" => scene.MonthViews().Select(v => new SeriesChart(measure, Title(measure), "detector-pairs", ["ratio"], ["phase"]).Draw(v)),
        "button-health" => scene.MonthViews().Select(v => new SeriesChart(measure, Title(measure), "button-days", ["presses_per_walk"], ["phase"]).Draw(v)),
        "daily-alerts" => scene.MonthViews().Select(v => new SeriesChart(measure, Title(measure), "daily-alerts", ["share"], ["subject", "number"]) { Only = ("subject", "detector-anomalies") }.Draw(v)),
        _ => Generic(scene, measure),
    };

    /// <summary>The busy approach whose platoons meet green best: that is what a coordination diagram is for.</summary>
    private static IEnumerable<Chart> BestProgression(PictureScene scene)
    {
        var findings = new Findings();
        foreach (var view in scene.Views(MorningFrom, MorningTo))
        {
            findings.Add(view);
        }

        var best = findings.Progression.LastOrDefault(f => f.PlatoonRatio is not null && f.Arrivals >= BusyArrivals);
        return best is null ? [] : CoordinationDiagramChart.DrawEach(best.View, best.View.Span).Where(c => c.Title.Contains($"{best.View.Name(best.Group)},", StringComparison.Ordinal));
    }

    /// <summary>Channels that the model calls anomalous, most anomalous bins first.</summary>
    private static IEnumerable<string> BlindChannels(SignalView view)
    {
        if (view.Find("detector-model") is not { } rows)
        {
            return [];
        }

        var (channel, anomaly) = (rows.Column("channel"), rows.Column("is_anomaly"));
        return Enumerable.Range(0, rows.Count).Where(r => anomaly.Flag(r) == true).GroupBy(channel.Text).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key);
    }

    private static IEnumerable<Chart?> Series(PictureScene scene, string measure, string table, ImmutableArray<string> values, ImmutableArray<string> keys, (string, string)? only = null) =>
        scene.Views().Select(v => new SeriesChart(measure, Title(measure), table, values, keys) { Only = only }.Draw(v));

    /// <summary>For a measure without a picture of its own: its main table over time.</summary>
    private static IEnumerable<Chart?> Generic(PictureScene scene, string measure)
    {
        var table = MeasureCatalog.Find(measure)?.TablesIn(DefinitionSet.Crosstown)[0] ?? ComposedCatalog.Find(measure)!.Tables[0];
        return SeriesChart.For(measure, Title(measure), table) is { } series ? scene.Views().Concat(scene.MonthViews()).Select(series.Draw) : [];
    }

    private static string Title(string measure) => MeasureCatalog.Find(measure)?.Title ?? ComposedCatalog.Find(measure)?.Title ?? measure;
}
