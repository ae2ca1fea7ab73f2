using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Timing.Demand;
using Crosstown.Timing.Proof;
using Crosstown.Timing.Sheets;

namespace Crosstown.Timing.Retiming;

/// <summary>An approach before and after, in one period.</summary>
/// <param name="Period">Such as <c>weekdays 06:00-09:00</c>.</param>
/// <param name="Pattern">What the signal runs after.</param>
/// <param name="Signal">Whose approach.</param>
/// <param name="IsRetimed">Whether this signal changes in this period.</param>
/// <param name="Before">Null when it was free or without traffic.</param>
/// <param name="After">Null when it is free or without traffic.</param>
public sealed record ApproachChange(string Period, byte? Pattern, SignalId Signal, bool IsRetimed, ApproachFigures? Before, ApproachFigures? After)
{
    /// <summary>Whichever there is.</summary>
    public ApproachFigures Any => (After ?? Before)!;
}

/// <summary>What is written of plans that were made from logs.</summary>
public static class PlanDocuments
{
    /// <summary>Every approach of every period that was searched, by signal and direction.</summary>
    public static ImmutableArray<ApproachChange> ApproachesOf(LogRetimingResult result)
    {
        var rows = ImmutableArray.CreateBuilder<ApproachChange>();
        foreach (var period in result.Periods.Where(p => p.Result is not null))
        {
            var before = ApproachFigures.Of(period.Study.Network, period.Result!.Before).ToDictionary(a => (a.Signal, a.Direction));
            var after = ApproachFigures.Of(period.Result.Network, period.Result.After).ToDictionary(a => (a.Signal, a.Direction));
            foreach (var key in before.Keys.Union(after.Keys).Order())
            {
                var pattern = period.Result.Plan.Patterns[key.Signal]?.Number;
                rows.Add(new ApproachChange(
                    period.Study.Name, pattern, period.Study.Network.Signals[key.Signal].Signal, pattern == period.Pattern, before.GetValueOrDefault(key), after.GetValueOrDefault(key)));
            }
        }

        return rows.ToImmutable();
    }

    /// <summary>What stands on the timing sheets beside the timing.</summary>
    /// <param name="result">With an approval.</param>
    /// <param name="preparedOn">The day that stands on them.</param>
    /// <param name="source">What the logs were, as a sentence.</param>
    /// <param name="judged">What simulators say, by period that was judged; null for the model alone.</param>
    public static SheetDetails SheetsOf(LogRetimingResult result, DateOnly preparedOn, string source, IReadOnlyDictionary<string, JudgedPlans>? judged = null)
    {
        var approaches = ApproachesOf(result);
        return new SheetDetails
        {
            Title = "Timing from logs",
            PreparedOn = preparedOn,
            Source = source,
            Signals = [.. (result.Approval?.Proposal.Signals ?? []).Select(p => SheetOf(result, p, approaches, judged))],
        };
    }

    private static SheetSignal SheetOf(LogRetimingResult result, SignalProposal proposal, ImmutableArray<ApproachChange> approaches, IReadOnlyDictionary<string, JudgedPlans>? judged)
    {
        var network = result.Periods[0].Study.Network;
        var index = Enumerable.Range(0, network.Signals.Length).First(s => network.Signals[s].Signal == proposal.Signal);
        return new SheetSignal
        {
            Signal = proposal.Signal,
            Name = network.Signals[index].Name,
            Movements = ApproachWords.ByPhase(network, index),
            Explanations =
            [
                .. result.Periods.SelectMany(p => (p.Result?.Changes ?? []).Where(c => c.Signal == index).Select(c => $"Pattern {p.Pattern}, {p.Study.Name}: {c.Text}")),
            ],
            Assumptions = result.Facts.Assumptions[index],
            FieldChecks = [.. Lacking(result.Study.Lacks[index])],
            DayPlans = result.DayPlans.GetValueOrDefault(proposal.Signal, []),
            Comparisons = [.. approaches.Where(a => a.Signal == proposal.Signal && a.IsRetimed).SelectMany(a => Compare(a, JudgedIn(judged, a.Period)))],
        };
    }

    private static IEnumerable<string> Lacking(SignalLacks lacks) =>
        lacks.ForOffsets.Select(l => $"The log does not tell {l}.").Concat(lacks.ForSplits.Select(l => $"For splits the log does not tell {l}."));

    private static JudgedPlans JudgedIn(IReadOnlyDictionary<string, JudgedPlans>? judged, string period) => judged?.GetValueOrDefault(period) ?? JudgedPlans.None;

    private static IEnumerable<ApproachComparison> Compare(ApproachChange change, JudgedPlans judged)
    {
        ApproachComparison Row(string measure, double? before, double? after, params IEnumerable<ComparedFigure> others) =>
            new(change.Pattern!.Value, ApproachWords.Of(change.Any.Direction), measure, [new ComparedFigure(JudgedPlans.Model, Finite(before), Finite(after)), .. others]);
        yield return Row("delay, s/veh", change.Before?.DelayS, change.After?.DelayS, judged.DelayOf(change.Any.Signal, change.Any.Direction));
        yield return Row("stops per 100 vehicles", 100 * change.Before?.StopsPerVehicle, 100 * change.After?.StopsPerVehicle, judged.StopsOf(change.Any.Signal, change.Any.Direction));
        yield return Row("degree of saturation, %", 100 * change.Before?.DegreeOfSaturation, 100 * change.After?.DegreeOfSaturation);
        yield return Row("queue, veh", change.Before?.QueueVeh, change.After?.QueueVeh);
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    /// <summary>Before and after by approach and period, as comma-separated text.</summary>
    /// <param name="judged">What simulators say, by period that was judged; null for the model alone.</param>
    public static void WriteBeforeAfter(TextWriter writer, LogRetimingResult result, IReadOnlyDictionary<string, JudgedPlans>? judged = null)
    {
        Row(writer, [
            "period", "signal", "approach", "is_retimed", "pattern", "volume_veh_h", "delay_before_s", "delay_after_s", "stops_before_per_veh", "stops_after_per_veh",
            "saturation_before", "saturation_after", "queue_before_veh", "queue_after_veh", .. JudgedPlans.Columns,
        ]);
        foreach (var a in ApproachesOf(result))
        {
            Row(writer, [
                a.Period, a.Signal.Value, ApproachWords.Of(a.Any.Direction), a.IsRetimed ? "true" : "false", $"{a.Pattern}", Cell(a.Any.VolumeVehPerHour, "0"),
                Cell(a.Before?.DelayS, "0.0"), Cell(a.After?.DelayS, "0.0"), Cell(a.Before?.StopsPerVehicle, "0.000"), Cell(a.After?.StopsPerVehicle, "0.000"),
                Cell(a.Before?.DegreeOfSaturation, "0.000"), Cell(a.After?.DegreeOfSaturation, "0.000"), Cell(a.Before?.QueueVeh, "0.0"), Cell(a.After?.QueueVeh, "0.0"),
                .. JudgedIn(judged, a.Period).Cells(a.Any.Signal, a.Any.Direction),
            ]);
        }
    }

    /// <summary>Every figure that the logs gave, with its source, confidence and the share of time that was seen.</summary>
    public static void WriteFigures(TextWriter writer, StudyResult study)
    {
        Row(writer, "where", "what", "value", "unit", "confidence", "coverage", "source");
        foreach (var f in study.Figures)
        {
            Row(writer, f.Where, f.What, Cell(f.Value, "0.###"), f.Unit, Cell(f.Confidence, "0.00"), Cell(f.Coverage, "0.000"), f.Source);
        }
    }

    /// <summary>What each signal still lacks for offsets and for splits.</summary>
    public static void WriteLacks(TextWriter writer, StudyResult study)
    {
        Row(writer, "signal", "for", "lacks");
        foreach (var lacks in study.Lacks)
        {
            foreach (var what in lacks.ForOffsets)
            {
                Row(writer, lacks.Signal.Value, "offsets", what);
            }

            foreach (var what in lacks.ForSplits)
            {
                Row(writer, lacks.Signal.Value, "splits", what);
            }
        }
    }

    /// <summary>What coordination is worth by link and period, the most first.</summary>
    public static void WriteLinks(TextWriter writer, LogRetimingResult result)
    {
        Row(writer, "period", "from", "to", "veh_h", "worth_veh_h_per_h", "gained_by_the_plan_veh_h_per_h");
        foreach (var period in result.Periods.Where(p => p.Result is not null))
        {
            var signals = period.Study.Network.Signals;
            foreach (var link in period.Result!.Links)
            {
                Row(writer, period.Study.Name, signals[link.From].Signal.Value, signals[link.To].Signal.Value, Cell(link.VehPerHour, "0"), Cell(link.Worth, "0.00"), Cell(link.MeanCost - link.Cost, "0.00"));
            }
        }
    }

    /// <summary>What today's timing costs beside the best plan that is known, by corridor and period.</summary>
    public static void WriteLosses(TextWriter writer, LogRetimingResult result)
    {
        Row(writer, "corridor", "name", "period", "today_veh_h_per_h", "best_veh_h_per_h", "loses_share", "coverage");
        foreach (var loss in result.Losses)
        {
            Row(writer, loss.Corridor ?? "", loss.Name, loss.Period, Cell(loss.Today, "0.00"), Cell(loss.Best, "0.00"), Cell(loss.Share, "0.000"), Cell(loss.Coverage, "0.000"));
        }
    }

    /// <summary>Every fact that nobody measured.</summary>
    public static void WriteAssumptions(TextWriter writer, LogRetimingResult result)
    {
        Row(writer, "signal", "phase", "fact", "value", "basis");
        foreach (var (facts, assumption) in result.Facts.Facts.Zip(result.Facts.Assumptions).SelectMany(p => p.Second.Select(a => (p.First, a))))
        {
            Row(writer, facts.Signal.Value, $"{assumption.Phase}", $"{assumption.Fact}", assumption.Value?.ToString(CultureInfo.InvariantCulture) ?? "", assumption.Basis);
        }
    }

    /// <summary>Signals that stay as they are in a period, with every reason.</summary>
    public static void WriteLeftOut(TextWriter writer, LogRetimingResult result)
    {
        Row(writer, "period", "signal", "code", "rule", "phase", "part", "value", "limit", "message");
        void Problems(string period, IEnumerable<GuardProblem> problems)
        {
            foreach (var p in problems)
            {
                Row(writer, period, p.Signal.Value, p.Code, p.Rule, $"{p.Phase}", p.Part, p.Value?.ToString(CultureInfo.InvariantCulture) ?? "", p.Limit?.ToString(CultureInfo.InvariantCulture) ?? "", p.Message);
            }
        }

        Problems("all", result.Withdrawn.SelectMany(w => w.Problems));
        foreach (var period in result.Periods.Where(p => p.Result is not null))
        {
            Problems(period.Study.Name, period.Result!.Refused.SelectMany(r => r.Problems));
            foreach (var (signal, cost) in period.Result.Costly)
            {
                Row(writer, period.Study.Name, signal.Value, "", "", "", "plan", Cell(cost, "0.00"), "", "A plan would cost its own traffic more than it gains elsewhere, vehicle hours per hour: it keeps today's timing.");
            }
        }
    }

    /// <summary>A corridor's greens, bands and measured arrivals in one period under today's timing or the new one; null when fewer than two of its signals are known.</summary>
    /// <param name="corridor">The street.</param>
    /// <param name="isAfter">True for the new timing. Arrivals are drawn for today's only: they were measured under it.</param>
    public static string? DrawingOf(RetimedPeriod period, Corridor corridor, bool isAfter)
    {
        var network = isAfter && period.Result is not null ? period.Result.Network : period.Study.Network;
        var places = corridor.Signals.Select(c => Enumerable.Range(0, network.Signals.Length).Where(s => network.Signals[s].Signal == c.Signal).Cast<int?>().FirstOrDefault()).ToList();
        if (places.Count(p => p is not null) != corridor.Signals.Length || places.Count < 2)
        {
            return null;
        }

        var drawn = places.Select((at, i) =>
        {
            var signal = network.Signals[at!.Value];
            var pattern = isAfter && period.Result is not null ? period.Result.Plan.Patterns[at.Value] : signal.Today;
            return new TimeSpaceSignal(
                signal.Phases, signal.Overlaps, pattern,
                isAfter ? [] : ArrivalsOf(period, at.Value, corridor.Signals[i].ForwardGroup),
                isAfter ? [] : ArrivalsOf(period, at.Value, corridor.Signals[i].BackwardGroup));
        }).ToList();
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        TimeSpaceDrawing.Write(writer, corridor, drawn, $"{(corridor.Name.Length > 0 ? corridor.Name : corridor.Id)}, {period.Study.Name}, {(isAfter ? $"pattern {period.Pattern}" : "today")}");
        return writer.ToString();
    }

    /// <summary>Measured arrivals of the group that a phase serves, from the master's zero; empty where none were measured.</summary>
    private static ImmutableArray<double> ArrivalsOf(RetimedPeriod period, int signal, SignalGroup? group)
    {
        var network = period.Study.Network;
        var measured = network.Demands[0].MeasuredArrivals;
        if (group is not { IsOverlap: false } served || measured.IsDefaultOrEmpty || network.Signals[signal].Today is not { } today || RingDiagram.Of(network.Signals[signal].Phases, today) is not { } diagram)
        {
            return [];
        }

        for (var g = 0; g < network.Groups.Length; g++)
        {
            if (network.Groups[g].Signal == signal && Bits.Has(network.Groups[g].Phases, served.Number) && network.Groups[g].Movement != LaneMovement.Left && !measured[g].IsEmpty)
            {
                // Folded from the begin of barrier group 1.
                var bins = measured[g].Length;
                var shift = (int)Math.Round((double)(today.OffsetMs - diagram.ReferenceMs(today.Reference)) * bins / today.CycleMs);
                return [.. Enumerable.Range(0, bins).Select(b => measured[g][(((b - shift) % bins) + bins) % bins])];
            }
        }

        return [];
    }

    private static void Row(TextWriter writer, params string[] cells) => writer.Write(string.Join(',', cells.Select(CellText.QuoteForCsv)) + "\n");

    private static string Cell(double? value, string format) => value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : "";
}
