using System.Collections.Immutable;

namespace Crosstown.Server.Query;

/// <summary>A figure that signals are ranked by: a sum over a time, or a sum over another.</summary>
/// <param name="Name">As in the address.</param>
/// <param name="Title">As people say it.</param>
/// <param name="Unit">Unit of the value; empty for counts.</param>
/// <param name="Description">What the value says.</param>
/// <param name="Table">The binned table that it is summed from.</param>
/// <param name="Counted">Column that is summed up; empty to count rows.</param>
internal sealed record Ranking(string Name, string Title, string Unit, string Description, string Table, string Counted)
{
    /// <summary>Columns that the sum is divided by; empty for a plain sum.</summary>
    public ImmutableArray<string> OutOf { get; init; } = [];

    /// <summary>Column that each counted value is weighted with, for means; null for plain sums.</summary>
    public string? Weight { get; init; }

    /// <summary>Columns that tell apart what a signal has several of; the first that is set names it.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>A column that must be missing: rows of single detectors beside those of a phase.</summary>
    public string? Without { get; init; }

    /// <summary>The value is multiplied with it, as for bins into hours.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>True when the sum is divided by the bins that the time has: a signal without a log then has 0, and is not left out.</summary>
    public bool IsOverTime { get; init; }

    /// <summary>True where little is bad.</summary>
    public bool IsLeastFirst { get; init; }

    /// <summary>Fewer than this of what the value is out of say nothing; such rows are left out.</summary>
    public double LeastCount { get; init; } = 1;

    /// <summary>All rankings, in the order in which people look at them.</summary>
    public static ImmutableArray<Ranking> All { get; } =
    [
        new("split-failures", "Split failures", "0-1", "Share of cycles in which a phase could not serve all who waited.", "split-failures", "failures")
        {
            OutOf = ["cycles"], Groups = ["phase"], Without = "channel", LeastCount = 10,
        },
        new("arrivals-on-red", "Arrivals on red", "0-1", "Share of vehicles that arrived while their light was red.", "arrivals-on-red", "on_red")
        {
            OutOf = ["on_red", "on_yellow", "on_green"], Groups = ["phase", "overlap"], LeastCount = 20,
        },
        new("approach-delay", "Approach delay", "s", "Mean seconds between a vehicle's arrival and the green that serves it.", "approach-delay", "delay_s")
        {
            OutOf = ["arrivals"], Groups = ["phase", "overlap"], LeastCount = 20,
        },
        new("pedestrian-delay", "Pedestrian delay", "s", "Mean seconds from a button's press to the walk.", "pedestrian-delay", "total_s") { OutOf = ["waits"], Groups = ["phase"], LeastCount = 3 },
        new("phase-wait", "Phase wait", "s", "Mean seconds from a call for a phase to its green.", "phase-wait", "mean_s") { OutOf = ["waits"], Weight = "waits", Groups = ["phase"], LeastCount = 5 },
        new("max-outs", "Max-outs", "0-1", "Share of greens that ended at their maximum.", "phase-termination", "max_outs") { OutOf = ["services"], Groups = ["phase"], LeastCount = 10 },
        new("force-offs", "Force-offs", "0-1", "Share of greens that the coordinator ended.", "phase-termination", "force_offs") { OutOf = ["services"], Groups = ["phase"], LeastCount = 10 },
        new("volume-to-capacity", "Volume to capacity", "0-1", "Vehicles over those that the green had room for.", "volume-to-capacity", "count") { OutOf = ["capacity"], Groups = ["phase", "overlap"], LeastCount = 10 },
        new("blocked-green", "Blocked green", "0-1", "Share of green in which a queue stood on the advance detector.", "queue-spillback", "blocked_green_s") { OutOf = ["green_s"], Groups = ["phase"], LeastCount = 60 },
        new("detector-faults", "Detector faults", "h", "Hours in which a detector was at fault, as the cabinet reports or the log shows.", "detector-health", "") { Groups = ["channel"], Factor = 0.25 },
        new("preemptions", "Preemptions", "", "Preemptions that began.", "preemption-counts", "entries") { Groups = ["preempt"] },
        new("yellow-actuations", "Actuations on yellow", "0-1", "Share of stop bar actuations while yellow was shown.", "yellow-red", "on_yellow") { OutOf = ["hits"], Groups = ["phase"], LeastCount = 20 },
        new("red-actuations", "Actuations on red", "0-1", "Share of stop bar actuations after the end of yellow.", "yellow-red", "on_red") { OutOf = ["hits"], Groups = ["phase"], LeastCount = 20 },
        new("data-coverage", "Data coverage", "0-1", "Share of 15-minute bins in which the log has data all the time.", "communications-health", "has_data") { IsOverTime = true, IsLeastFirst = true },
        new("volume", "Volume", "", "Vehicles counted on approaches.", "approach-volume", "count") { Groups = ["direction", "phase", "overlap"] },
        new("pedestrian-presses", "Pedestrian presses", "", "Presses of push buttons, those within seconds of another counted once.", "pedestrian-volume", "unique_presses") { Groups = ["phase"] },
    ];

    /// <summary>The ranking of a name; null when there is none.</summary>
    public static Ranking? Find(string name) => All.FirstOrDefault(r => r.Name == name);
}
