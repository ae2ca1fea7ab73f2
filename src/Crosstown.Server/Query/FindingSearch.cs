using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Options;
using Crosstown.Server.Live;
using Crosstown.Server.Measuring;

namespace Crosstown.Server.Query;

/// <summary>Finds what looks wrong at one signal: from its last days' tables, today's, and how it is now.</summary>
internal sealed class FindingSearch(DayTables days, KeptMeasures kept, SignalStates states, TimeProvider time)
{
    /// <summary>So many local days before today are looked at.</summary>
    public const int DaysBack = 14;

    /// <summary>A finding of a day that was not seen for longer is over.</summary>
    private const long OverAfterMs = 2 * LocalDays.DayMs;

    /// <summary>A finding that was away for longer began anew when it came back.</summary>
    private const int MostDaysAway = 7;

    /// <summary>A detector fault that was away for longer is a new one.</summary>
    private const long MostAwayMs = 6 * 3_600_000;

    /// <summary>So many of a signal's detectors at fault are one finding of the cabinet.</summary>
    private const double ShareOfCabinet = 0.75;

    private const int LeastOfCabinet = 4;

    private const double MostGaps = 0.1;
    private const double MostLossPercent = 10;
    private const double MostDriftMs = 1000;
    private const int MostSettings = 1;
    private const long BinMs = MeasureOptions.DefaultBinMs;

    /// <summary>The findings of a signal, worst first.</summary>
    public IReadOnlyList<Finding> Find(SignalId signal, SignalConfiguration? configuration)
    {
        var clock = kept.ClockOf(signal);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var today = KeptMeasures.DayOf(clock, nowMs);
        var look = new Look(signal, clock, nowMs, [.. Enumerable.Range(0, DaysBack + 1).Select(i => today.AddDays(i - DaysBack))]);
        var found = new List<Finding>();
        AddNow(look, found);
        AddWatchdog(look, found);
        AddDetectors(look, found);
        AddCommunications(look, found);
        AddButtons(look, found);
        return Grouped(found, configuration);
    }

    private static IReadOnlyList<Finding> Grouped(List<Finding> found, SignalConfiguration? configuration)
    {
        // A cabinet that says nothing says nothing of its detectors either; what was wrong with them before is not news.
        if (found.FirstOrDefault(f => f.Kind == FindingKind.Silent) is { } silent)
        {
            found.RemoveAll(f => f.Kind.Cause is FindingCause.Detector or FindingCause.Pedestrian && f.LastMs >= silent.SinceMs - BinMs);
        }

        if (found.FirstOrDefault(f => f.Kind == FindingKind.NoData) is { } noData)
        {
            found.RemoveAll(f => f.Kind.Name is "stuck-off" or "quiet" or "low-counts" && f.LastMs >= noData.LastMs);
        }

        var faulted = found.Where(f => f.Kind.Cause == FindingCause.Detector && f.Kind.Severity != FindingSeverity.Check).ToArray();
        var channels = faulted.Select(f => f.Number).Distinct().Count();
        if (configuration is { Detectors.Length: >= LeastOfCabinet } && channels >= LeastOfCabinet && channels >= ShareOfCabinet * configuration.Detectors.Length)
        {
            found.RemoveAll(faulted.Contains);
            var worst = faulted.MaxBy(f => f.Evidence.Length)!;
            found.Add(new Finding(
                FindingKind.DetectorsSilent, worst.Signal, null, faulted.Max(f => f.SinceMs), faulted.Max(f => f.LastMs), faulted.Max(f => f.Count), channels,
                Math.Ceiling(ShareOfCabinet * configuration.Detectors.Length), worst.Evidence, faulted.Average(f => f.SeenShare)));
        }

        return [.. found.OrderBy(f => f.Kind.Severity).ThenBy(f => f.Kind.Cause).ThenBy(f => f.Kind.Name, StringComparer.Ordinal).ThenBy(f => f.Number)];
    }

    /// <summary>What holds at this moment, as the log said last.</summary>
    private void AddNow(Look look, List<Finding> found)
    {
        if (states.Describe(look.Signal) is not { } now)
        {
            return;
        }

        var sinceMs = now.Status.SinceMs ?? now.Status.LastEventMs ?? look.NowMs;
        var minutes = Math.Round((look.NowMs - sinceMs) / 60_000.0, 1);
        if (now.Status.Class == SignalClass.CommsLost)
        {
            found.Add(new Finding(FindingKind.Silent, look.Signal.Value, null, sinceMs, look.NowMs, 1, minutes, Math.Round(SignalState.LostAfterMs / 60_000.0, 2), EventsOf(look), null));
        }
        else if (now.Status.Class == SignalClass.Flash)
        {
            found.Add(new Finding(FindingKind.Flash, look.Signal.Value, null, sinceMs, look.NowMs, 1, minutes, null, EventsOf(look), null));
        }

        foreach (var button in now.Buttons.Where(b => b.Fault is not null))
        {
            found.Add(new Finding(FindingKind.ButtonFailed, look.Signal.Value, button.Channel, button.SinceMs ?? sinceMs, now.AtMs ?? look.NowMs, 1, null, null, [], null));
        }
    }

    private void AddWatchdog(Look look, List<Finding> found)
    {
        var seen = new List<(string Word, int? Number, DateOnly Day, long TimeMs, double? Value, double? Limit, double? Seen)>();
        foreach (var day in look.Days)
        {
            if (days.Find(look.Signal, day, "watchdog") is not { } buffer)
            {
                continue;
            }

            var rows = new TableRows(buffer);
            var (finding, number, timeMs) = (rows.Column("finding"), rows.Column("number"), rows.Column("time"));
            var (value, limit, share) = (rows.Column("value"), rows.Column("limit"), rows.Column("seen_share"));
            for (var row = 0; row < rows.Count; row++)
            {
                seen.Add((finding.Word(row), (int?)number.Integer(row), day, timeMs.Time(row), value.Number(row), limit.Number(row), share.Number(row)));
            }
        }

        foreach (var own in seen.GroupBy(s => (s.Word, s.Number)))
        {
            var last = own.MaxBy(s => s.Day);
            var endMs = KeptMeasures.RangeOf(look.Clock, last.Day).EndMs;
            if (KindOf(own.Key.Word) is not { } kind || look.NowMs - endMs > OverAfterMs)
            {
                continue;
            }

            var run = LastRun([.. own.Select(s => s.Day).Distinct().Order()]);
            var byDay = own.ToLookup(s => s.Day);
            found.Add(new Finding(
                kind, look.Signal.Value, own.Key.Number, KeptMeasures.RangeOf(look.Clock, run[0]).StartMs, Math.Min(look.NowMs, endMs), run.Count, last.Value, last.Limit,
                [.. look.Days.Select(d => new EvidencePoint(KeptMeasures.RangeOf(look.Clock, d).StartMs, byDay[d].Select(s => s.Value).FirstOrDefault()))], last.Seen));
        }
    }

    /// <summary>The days from the last one back to where the finding was away for longer than is suppressed.</summary>
    private static List<DateOnly> LastRun(List<DateOnly> days)
    {
        var first = days.Count - 1;
        while (first > 0 && days[first].DayNumber - days[first - 1].DayNumber <= MostDaysAway)
        {
            first--;
        }

        return days[first..];
    }

    private static FindingKind? KindOf(string watchdog) => watchdog switch
    {
        "no-data" => FindingKind.NoData,
        "low-hits" => FindingKind.LowCounts,
        "stuck-pedestrian-button" => FindingKind.ButtonStuck,
        "max-outs" => FindingKind.NightMaxOuts,
        "force-offs" => FindingKind.NightForceOffs,
        "phase-not-configured" => FindingKind.UnknownPhase,
        "channel-not-configured" => FindingKind.UnknownChannel,
        _ => null,
    };

    private static FindingKind KindOfFault(string fault) => fault switch
    {
        "watchdog" => FindingKind.NoActivity,
        "open-loop" => FindingKind.OpenLoop,
        "shorted-loop" => FindingKind.ShortedLoop,
        "excessive-change" => FindingKind.Erratic,
        "constant-on" => FindingKind.StuckOn,
        "constant-off" => FindingKind.StuckOff,
        "quiet" => FindingKind.Quiet,
        _ => FindingKind.FaultReported,
    };

    private void AddDetectors(Look look, List<Finding> found)
    {
        var bins = new Dictionary<(int Channel, string Fault), List<(long TimeMs, long SinceMs, double? Seen)>>();
        foreach (var day in look.Days)
        {
            if (days.Find(look.Signal, day, "detector-health") is not { } buffer)
            {
                continue;
            }

            var rows = new TableRows(buffer);
            var (timeMs, channel, fault, since, share) = (rows.Column("time"), rows.Column("channel"), rows.Column("fault"), rows.Column("since"), rows.Column("seen_share"));
            for (var row = 0; row < rows.Count; row++)
            {
                var key = ((int)(channel.Integer(row) ?? 0), fault.Word(row));
                if (!bins.TryGetValue(key, out var own))
                {
                    bins[key] = own = [];
                }

                own.Add((timeMs.Time(row), since.Integer(row) ?? timeMs.Time(row), share.Number(row)));
            }
        }

        // What the log has told so far: a fault of the newest bins is still there, one that is hours old is mended.
        var heardMs = states.StatusOf(look.Signal).LastEventMs ?? look.NowMs;
        foreach (var ((channel, fault), own) in bins)
        {
            var lastMs = own[^1].TimeMs + BinMs;
            if (Math.Min(heardMs, look.NowMs) - lastMs > MostAwayMs)
            {
                continue;
            }

            var first = own.Count - 1;
            while (first > 0 && own[first].TimeMs - own[first - 1].TimeMs <= MostAwayMs)
            {
                first--;
            }

            var run = own[first..];
            var sinceMs = run.Min(b => b.SinceMs);
            found.Add(new Finding(
                KindOfFault(fault), look.Signal.Value, channel, sinceMs, lastMs, run.Count, Math.Round((lastMs - sinceMs) / 3_600_000.0, 2), null,
                CountsOf(look, channel, lastMs), run.Average(b => b.Seen)));
        }
    }

    private void AddCommunications(Look look, List<Finding> found)
    {
        // Today's bins, and yesterday's while today has few.
        var bins = new List<(long TimeMs, bool HasData, double? LeastEvents, double? DriftMs, double? Loss, long Settings, double? Seen)>();
        foreach (var day in look.Days.TakeLast(2))
        {
            if (days.Find(look.Signal, day, "communications-health") is not { } buffer)
            {
                continue;
            }

            var rows = new TableRows(buffer);
            var (timeMs, hasData, least, drift, loss, settings, share) = (
                rows.Column("time"), rows.Column("has_data"), rows.Column("least_events"), rows.Column("clock_drift_most_ms"), rows.Column("loss_share"), rows.Column("clock_updates"), rows.Column("seen_share"));
            for (var row = 0; row < rows.Count; row++)
            {
                bins.Add((timeMs.Time(row), hasData.Flag(row) == true, least.Number(row), drift.Number(row), loss.Number(row), settings.Integer(row) ?? 0, share.Number(row)));
            }
        }

        bins.RemoveAll(b => b.TimeMs < look.NowMs - LocalDays.DayMs || b.TimeMs + BinMs > look.NowMs);
        if (bins.Count == 0)
        {
            return;
        }

        AddShare(FindingKind.Gaps, bins.Count(b => !b.HasData) / (double)bins.Count, MostGaps, b => !b.HasData, b => b.LeastEvents);
        if (bins.Any(b => b.Loss is not null))
        {
            AddShare(FindingKind.LineLoss, bins.Average(b => b.Loss)!.Value, MostLossPercent, b => b.Loss > MostLossPercent, b => b.Loss);
        }

        if (bins.Where(b => b.DriftMs is not null).Select(b => b.DriftMs!.Value).OrderByDescending(Math.Abs).FirstOrDefault() is var most && Math.Abs(most) > MostDriftMs)
        {
            AddShare(FindingKind.ClockOff, most, MostDriftMs, b => Math.Abs(b.DriftMs ?? 0) > MostDriftMs, b => b.DriftMs);
        }

        if (bins.Sum(b => b.Settings) is var sets && sets > MostSettings)
        {
            AddShare(FindingKind.ClockSet, sets, MostSettings, b => b.Settings > 0, b => b.Settings);
        }

        void AddShare(
            FindingKind kind, double value, double limit, Func<(long TimeMs, bool HasData, double? LeastEvents, double? DriftMs, double? Loss, long Settings, double? Seen), bool> isBad,
            Func<(long TimeMs, bool HasData, double? LeastEvents, double? DriftMs, double? Loss, long Settings, double? Seen), double?> figure)
        {
            if (Math.Abs(value) > limit && bins.Where(isBad).ToArray() is { Length: > 0 } bad)
            {
                found.Add(new Finding(
                    kind, look.Signal.Value, null, bad[0].TimeMs, bad[^1].TimeMs + BinMs, bad.Length, Math.Round(value, 4), limit,
                    [.. bins.Select(b => new EvidencePoint(b.TimeMs, figure(b)))], bins.Average(b => b.Seen)));
            }
        }
    }

    private void AddButtons(Look look, List<Finding> found)
    {
        var health = ComposedCatalog.Find("button-health")!;
        var rows = new CollectedTables(health.Tables.Select(t => t.Name));
        var run = new ComposedRun([health], new ComposedContext(new MeasureOptions(), rows, new DataIssueLog()));
        foreach (var day in look.Days)
        {
            if (days.Find(look.Signal, day, "phase-days") is { } buffer)
            {
                run.Take(look.Signal, look.Clock, buffer);
            }
        }

        run.Finish();
        if (rows.Find(look.Signal, "button-days") is not { } table)
        {
            return;
        }

        var (timeMs, phase, presses, perWalk) = (table.Column("time"), table.Column("phase"), table.Column("presses"), table.Column("presses_per_walk"));
        var (usual, usualPerWalk, verdict, share) = (table.Column("usual_presses"), table.Column("usual_presses_per_walk"), table.Column("verdict"), table.Column("seen_share"));
        foreach (var own in Enumerable.Range(0, table.Count).GroupBy(r => phase.Integer(r)))
        {
            // Days that are over: of today nobody can say yet that no button was pressed.
            var over = own.Where(r => timeMs.Time(r) < KeptMeasures.RangeOf(look.Clock, look.Days[^1]).StartMs).ToArray();
            if (over.Length == 0 || verdict.Word(over[^1]) is not ("dead" or "chatter"))
            {
                continue;
            }

            var last = over[^1];
            var word = verdict.Word(last);
            var first = over.Length - 1;
            while (first > 0 && verdict.Word(over[first - 1]) == word)
            {
                first--;
            }

            var isDead = word == "dead";
            found.Add(new Finding(
                isDead ? FindingKind.ButtonDead : FindingKind.ButtonChatter, look.Signal.Value, (int?)own.Key, timeMs.Time(over[first]), timeMs.Time(last) + LocalDays.DayMs, over.Length - first,
                isDead ? presses.Number(last) : perWalk.Number(last), isDead ? usual.Number(last) : usualPerWalk.Number(last),
                [.. over.Select(r => new EvidencePoint(timeMs.Time(r), isDead ? presses.Number(r) : perWalk.Number(r)))], share.Number(last)));
        }
    }

    /// <summary>What a detector counted in the day before a moment, bin by bin.</summary>
    private ImmutableArray<EvidencePoint> CountsOf(Look look, int channel, long untilMs) =>
        Series(look, "detector-volume", "count", untilMs, (rows, row) => rows.Column("channel").Integer(row) == channel);

    /// <summary>The fewest events of five minutes in each bin of the last day.</summary>
    private ImmutableArray<EvidencePoint> EventsOf(Look look) => Series(look, "communications-health", "least_events", look.NowMs, (_, _) => true);

    private ImmutableArray<EvidencePoint> Series(Look look, string table, string column, long untilMs, Func<TableRows, int, bool> isWanted)
    {
        var points = ImmutableArray.CreateBuilder<EvidencePoint>();
        foreach (var day in look.Days.TakeLast(2))
        {
            if (days.Find(look.Signal, day, table) is not { } buffer)
            {
                continue;
            }

            var rows = new TableRows(buffer);
            var (timeMs, value) = (rows.Column("time"), rows.Column(column));
            for (var row = 0; row < rows.Count; row++)
            {
                if (timeMs.Time(row) >= untilMs - LocalDays.DayMs && timeMs.Time(row) < untilMs && isWanted(rows, row))
                {
                    points.Add(new EvidencePoint(timeMs.Time(row), value.Number(row)));
                }
            }
        }

        return points.ToImmutable();
    }

    /// <param name="Days">The local days that are looked at, today last.</param>
    private sealed record Look(SignalId Signal, LocalTimeMap Clock, long NowMs, ImmutableArray<DateOnly> Days);
}
