using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Options;
using Crosstown.Server.Measuring;
using Crosstown.Timing.Proof;

namespace Crosstown.Server.Retiming;

/// <summary>A change whose effect is asked for.</summary>
internal sealed record EffectRequest
{
    /// <summary>Whose timing was changed.</summary>
    public required ImmutableArray<SignalId> Signals { get; init; }

    /// <summary>The local day in which it was changed: it counts on neither side.</summary>
    public required DateOnly Changed { get; init; }

    /// <summary>Days of each side, 1 or more.</summary>
    public int Days { get; init; } = 28;

    /// <summary>Times of day that count, minutes after local midnight; empty for whole days.</summary>
    public ImmutableArray<(int FromMinute, int ToMinute)> Times { get; init; } = [];
}

/// <summary>One measured figure before and after.</summary>
/// <param name="Measure">What was measured.</param>
/// <param name="Result">How it ended.</param>
/// <param name="SeenBefore">Share of the time before that the log really saw, 0-1; null without any row.</param>
/// <param name="SeenAfter">The same after.</param>
internal sealed record EffectFigure(ProofMeasure Measure, ProofResult Result, double? SeenBefore, double? SeenAfter);

/// <summary>Whether a change of timing worked, by what the logs of the days before and after measured.</summary>
internal static class MeasuredEffect
{
    private const long DayMs = 86_400_000;

    /// <summary>A quarter of an hour of which the log saw less says nothing.</summary>
    private const double LeastSeen = 0.9;

    private static readonly (ProofMeasure Measure, string Name, string Table, string Weight, Func<double, double, double> Value, string Amount)[] s_figures =
    [
        (new ProofMeasure("delay of vehicles that are counted ahead of the stop bar", "s/veh", LowerIsBetter: true), "approach-delay", "approach-delay", "arrivals", (sum, weight) => sum / weight, "delay_s"),
        (new ProofMeasure("arrivals on green", "%", LowerIsBetter: false), "arrivals-on-green", "arrivals-on-green", "arrivals", (sum, weight) => 100 * sum / weight, "on_green"),
        (new ProofMeasure("split failures", "% of cycles", LowerIsBetter: true), "split-failure", "split-failures", "cycles", (sum, weight) => 100 * sum / weight, "failures"),
    ];

    /// <summary>Delay, arrivals on green and split failures, in this order; the same weekdays and times of day are compared.</summary>
    public static ImmutableArray<EffectFigure> Of(IEventSource log, SignalConfigurations configurations, EffectRequest request, DataIssueLog issues)
    {
        var tables = new CollectedTables(s_figures.Select(f => f.Table));
        var midnight = request.Changed.ToDateTime(TimeOnly.MinValue);
        MeasureRun.Run(
            log, configurations,
            new MeasureRequest
            {
                Selection = MeasureSelection.Of(s_figures.Select(f => f.Name)),
                Options = new MeasureOptions(),
                From = new LocalTime(midnight.AddDays(-request.Days), null),
                To = new LocalTime(midnight.AddDays(request.Days + 1), null),
                Signals = request.Signals,
            },
            tables, issues);
        var changed = request.Changed.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        return
        [
            .. s_figures.Select(figure =>
            {
                var bins = request.Signals.SelectMany(s => tables.Find(s, figure.Table) is { } rows ? BinsOf(rows, log.ClockOf(s), figure.Weight, figure.Amount, figure.Value, request) : []).ToList();
                var (before, after) = (bins.FindAll(b => b.Bin.Day < changed), bins.FindAll(b => b.Bin.Day > changed));
                double? Seen(List<(MeasuredBin Bin, double Seen)> side) => side.Count == 0 ? null : side.Average(b => b.Seen);
                return new EffectFigure(
                    figure.Measure, BeforeAfter.Compare([.. before.Where(b => b.Seen >= LeastSeen).Select(b => b.Bin)], [.. after.Where(b => b.Seen >= LeastSeen).Select(b => b.Bin)], figure.Measure),
                    Seen(before), Seen(after));
            }),
        ];
    }

    private static IEnumerable<(MeasuredBin Bin, double Seen)> BinsOf(TableRows rows, LocalTimeMap clock, string weightColumn, string amountColumn, Func<double, double, double> value, EffectRequest request)
    {
        var (time, weights, amounts, seen) = (rows.Column("time"), rows.Column(weightColumn), rows.Column(amountColumn), rows.Column("seen_share"));
        for (var row = 0; row < rows.Count; row++)
        {
            var localMs = clock.ToLocalMs(time.Time(row));
            var minute = (int)((localMs % DayMs) / 60_000);
            if (weights.Number(row) is not { } weight || weight <= 0 || amounts.Number(row) is not { } amount || !(request.Times.IsEmpty || request.Times.Any(t => minute >= t.FromMinute && minute < t.ToMinute)))
            {
                continue;
            }

            yield return (new MeasuredBin((int)(localMs / DayMs), minute, value(amount, weight), weight), seen.Number(row) ?? 0);
        }
    }
}
