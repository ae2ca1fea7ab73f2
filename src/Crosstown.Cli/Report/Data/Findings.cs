using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Street;

namespace Crosstown.Cli.Report.Data;

/// <summary>A phase whose queues were not served.</summary>
internal sealed record SplitFailureFinding(SignalView View, int Phase, long Cycles, long Failures, long WorstBinMs, long WorstBinFailures, long WorstBinCycles, double? SeenShare)
{
    public double Share => (double)Failures / Cycles;
}

/// <summary>An approach whose platoons meet red.</summary>
internal sealed record ProgressionFinding(SignalView View, SignalGroup Group, long Arrivals, double ShareOnRed, double? PlatoonRatio, double? SeenShare);

/// <summary>A detector at fault.</summary>
internal sealed record DetectorFinding(SignalView View, int Channel, byte? Phase, string Fault, long SinceMs, long LastMs, int Bins, double? SeenShare)
{
    /// <summary>Time during which the fault was open, as far as bins tell.</summary>
    public double Hours => Bins * View.BinMs / 3_600_000.0;
}

/// <summary>A walk that people wait long for.</summary>
internal sealed record PedestrianFinding(SignalView View, int Phase, long Waits, double MeanS, double MaxS, long LongestBinMs, double? SeenShare);

/// <summary>Something that the watchdog found in a day.</summary>
internal sealed record WatchdogFinding(SignalView View, long DayMs, string Finding, long? Number, double? Value, double? Limit, double? SeenShare);

/// <summary>A bin in which the cabinet's clock was set.</summary>
internal sealed record ClockFinding(SignalView View, long BinMs, long Updates);

/// <summary>What all signals' rows say is worth a look, worst first.</summary>
internal sealed class Findings
{
    /// <summary>Fewer cycles than this say nothing about a phase.</summary>
    private const int LeastCycles = 20;

    /// <summary>Fewer arrivals than this say nothing about an approach.</summary>
    private const int LeastArrivals = 50;

    /// <summary>Fewer waits than this say nothing about a walk.</summary>
    private const int LeastWaits = 5;

    private readonly List<SplitFailureFinding> _splitFailures = [];
    private readonly List<ProgressionFinding> _progression = [];
    private readonly List<DetectorFinding> _detectors = [];
    private readonly List<PedestrianFinding> _pedestrians = [];

    private readonly List<WatchdogFinding> _watchdog = [];
    private readonly List<ClockFinding> _clocks = [];

    /// <summary>The tables that are read.</summary>
    public static readonly ImmutableArray<string> Tables =
        ["split-failures", "coordination-plans", "arrivals-on-red", "detector-health", "pedestrian-delay", "watchdog", "communications-health"];

    /// <summary>Phases by share of failed cycles.</summary>
    public ImmutableArray<SplitFailureFinding> SplitFailures => [.. _splitFailures.OrderByDescending(f => f.Share).ThenBy(f => f.View.Signal).ThenBy(f => f.Phase)];

    /// <summary>Approaches by platoon ratio, lowest first; those without one by share on red behind them.</summary>
    public ImmutableArray<ProgressionFinding> Progression =>
        [.. _progression.OrderBy(f => f.PlatoonRatio ?? double.MaxValue).ThenByDescending(f => f.ShareOnRed).ThenBy(f => f.View.Signal).ThenBy(f => f.Group.Number)];

    /// <summary>Detectors at fault, longest first; one entry for each detector and fault.</summary>
    public ImmutableArray<DetectorFinding> Detectors => [.. _detectors.OrderByDescending(f => f.Hours).ThenBy(f => f.View.Signal).ThenBy(f => f.Channel)];

    /// <summary>Walks by mean wait, longest first.</summary>
    public ImmutableArray<PedestrianFinding> Pedestrians => [.. _pedestrians.OrderByDescending(f => f.MeanS).ThenBy(f => f.View.Signal).ThenBy(f => f.Phase)];

    /// <summary>What the watchdog found, by day.</summary>
    public ImmutableArray<WatchdogFinding> Watchdog => [.. _watchdog.OrderBy(f => f.DayMs).ThenBy(f => f.View.Signal).ThenBy(f => f.Finding, StringComparer.Ordinal).ThenBy(f => f.Number)];

    /// <summary>When clocks were set, in order of time.</summary>
    public ImmutableArray<ClockFinding> Clocks => [.. _clocks.OrderBy(f => f.BinMs).ThenBy(f => f.View.Signal)];

    /// <summary>Takes one signal's rows.</summary>
    public void Add(SignalView view)
    {
        AddSplitFailures(view);
        AddProgression(view);
        AddDetectors(view);
        AddPedestrians(view);
        AddWatchdog(view);
        AddClocks(view);
    }

    /// <summary>A fault as people name it.</summary>
    public static string NameOf(string fault) => fault switch
    {
        "other" => "fault reported by the controller",
        "watchdog" => "reported: no activity",
        "open-loop" => "reported: open loop",
        "shorted-loop" => "reported: shorted loop",
        "excessive-change" => "reported: erratic",
        "constant-on" => "stuck on",
        "constant-off" => "stuck off",
        "quiet" => "silent while its neighbors count",
        _ => Words.Spaced(fault),
    };

    /// <summary>Hours as people say them.</summary>
    public static string Hours(double hours) => hours.ToString("0.#", CultureInfo.InvariantCulture) + " h";

    private void AddSplitFailures(SignalView view)
    {
        if (view.Find("split-failures") is not { } rows)
        {
            return;
        }

        var (time, phase, channel, cycles, failures, seen) = (rows.Column("time"), rows.Column("phase"), rows.Column("channel"), rows.Column("cycles"), rows.Column("failures"), rows.Column("seen_share"));
        var bins = Enumerable.Range(0, rows.Count).Where(r => channel.Integer(r) is null);
        foreach (var own in bins.GroupBy(r => phase.Integer(r) ?? 0).OrderBy(g => g.Key))
        {
            var judged = own.Sum(r => cycles.Integer(r) ?? 0);
            var failed = own.Sum(r => failures.Integer(r) ?? 0);
            if (judged >= LeastCycles && failed > 0)
            {
                var worst = own.MaxBy(r => failures.Integer(r) ?? 0);
                _splitFailures.Add(new SplitFailureFinding(
                    view, (int)own.Key, judged, failed, time.Time(worst), failures.Integer(worst) ?? 0, cycles.Integer(worst) ?? 0, own.Average(r => seen.Number(r))));
            }
        }
    }

    private void AddProgression(SignalView view)
    {
        if (view.Find("coordination-plans") is not { } rows)
        {
            return;
        }

        var (arrivals, onGreen, onRed, greenShare, seen) = (rows.Column("arrivals"), rows.Column("on_green"), rows.Column("on_red"), rows.Column("green_share"), rows.Column("seen_share"));
        var groups = rows.Groups();
        foreach (var own in Enumerable.Range(0, rows.Count).GroupBy(groups.At))
        {
            var all = own.Sum(r => arrivals.Integer(r) ?? 0);
            if (own.Key is not { } group || all < LeastArrivals)
            {
                continue;
            }

            // Each plan's green share is weighted by its arrivals: the ratio then says how much more often these vehicles met green than by chance.
            var byChance = own.Where(r => greenShare.Number(r) is not null).Sum(r => (arrivals.Integer(r) ?? 0) * greenShare.Number(r)!.Value);
            _progression.Add(new ProgressionFinding(
                view, group, all, (double)own.Sum(r => onRed.Integer(r) ?? 0) / all, byChance > 0 ? own.Sum(r => onGreen.Integer(r) ?? 0) / byChance : null, own.Average(r => seen.Number(r))));
        }
    }

    private void AddDetectors(SignalView view)
    {
        if (view.Find("detector-health") is not { } rows)
        {
            return;
        }

        var (time, channel, fault, since, seen) = (rows.Column("time"), rows.Column("channel"), rows.Column("fault"), rows.Column("since"), rows.Column("seen_share"));
        foreach (var own in Enumerable.Range(0, rows.Count).GroupBy(r => (Channel: (int)(channel.Integer(r) ?? 0), Fault: fault.Word(r))))
        {
            _detectors.Add(new DetectorFinding(
                view, own.Key.Channel, view.Configuration.Detectors.FirstOrDefault(d => d.Channel == own.Key.Channel)?.Phase, own.Key.Fault,
                own.Min(r => since.Integer(r) ?? time.Time(r)), view.Clock.BinAt(own.Max(time.Time), view.BinMs).EndMs, own.Count(), own.Average(r => seen.Number(r))));
        }
    }

    private void AddPedestrians(SignalView view)
    {
        if (view.Find("pedestrian-delay") is not { } rows)
        {
            return;
        }

        var (time, phase, waits, mean, max, seen) = (rows.Column("time"), rows.Column("phase"), rows.Column("waits"), rows.Column("mean_s"), rows.Column("max_s"), rows.Column("seen_share"));
        var bins = Enumerable.Range(0, rows.Count).Where(r => mean.Number(r) is not null && max.Number(r) is not null);
        foreach (var own in bins.GroupBy(r => phase.Integer(r) ?? 0).OrderBy(g => g.Key))
        {
            var all = own.Sum(r => waits.Integer(r) ?? 0);
            if (all >= LeastWaits)
            {
                var longest = own.MaxBy(r => max.Number(r));
                _pedestrians.Add(new PedestrianFinding(
                    view, (int)own.Key, all, own.Sum(r => (waits.Integer(r) ?? 0) * mean.Number(r)!.Value) / all, max.Number(longest)!.Value, time.Time(longest), own.Average(r => seen.Number(r))));
            }
        }
    }

    private void AddWatchdog(SignalView view)
    {
        if (view.Find("watchdog") is not { } rows)
        {
            return;
        }

        var (time, finding, number, value, limit, seen) = (rows.Column("time"), rows.Column("finding"), rows.Column("number"), rows.Column("value"), rows.Column("limit"), rows.Column("seen_share"));
        for (var row = 0; row < rows.Count; row++)
        {
            _watchdog.Add(new WatchdogFinding(view, time.Time(row), finding.Word(row), number.Integer(row), value.Number(row), limit.Number(row), seen.Number(row)));
        }
    }

    private void AddClocks(SignalView view)
    {
        if (view.Find("communications-health") is not { } rows)
        {
            return;
        }

        var (time, updates) = (rows.Column("time"), rows.Column("clock_updates"));
        for (var row = 0; row < rows.Count; row++)
        {
            if (updates.Integer(row) is > 0 and var count)
            {
                _clocks.Add(new ClockFinding(view, time.Time(row), count));
            }
        }
    }
}
