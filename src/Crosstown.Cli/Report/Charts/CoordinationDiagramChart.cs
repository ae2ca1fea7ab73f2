using Crosstown.Server.Measuring;
using System.Collections.Immutable;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Cli.Report.Charts;

/// <summary>The Purdue coordination diagram: each arrival as a dot, at its time of day and its second in the cycle, against the begin of green, yellow and red.</summary>
internal static class CoordinationDiagramChart
{
    private const double Top = 26;
    private const double PlotHeight = 230;

    /// <summary>Without a programmed cycle length the axis ends above this share of the cycles, so that a long night cycle does not flatten the day.</summary>
    private const double ShownCycleShare = 0.9;

    /// <summary>A line that would rise or fall farther than this from one cycle to the next is broken instead: free running is not a trend.</summary>
    private const double LongestRise = 34;

    /// <summary>Room above the longest cycle that is to be seen.</summary>
    private const double Headroom = 1.12;

    /// <summary>Fewer arrivals than this are drawn as larger dots.</summary>
    private const int SparseArrivals = 3000;

    public static readonly ImmutableArray<string> Tables = ["coordination-cycles", "coordination-arrivals", "coordination-plans"];

    /// <summary>One diagram per approach that has advance detectors.</summary>
    public static IEnumerable<Chart> DrawEach(SignalView view, TimeRange day)
    {
        if (view.Find("coordination-cycles") is not { } cycles)
        {
            yield break;
        }

        foreach (var group in cycles.Groups().List(cycles.Count))
        {
            if (Draw(view, day, group, cycles) is { } chart)
            {
                yield return chart;
            }
        }
    }

    private static Chart? Draw(SignalView view, TimeRange day, SignalGroup group, TableRows cycles)
    {
        var shown = ListCycles(cycles, day, group);
        if (shown.Count == 0)
        {
            return null;
        }

        var plans = ListPlans(view, day, group);
        var canvas = new SvgCanvas();
        var frame = Frame.Wide(canvas, Top, PlotHeight);
        var time = frame.Time(day, view.Clock);
        var seconds = frame.Numbers(LongestShownS(shown, plans) * Headroom, "Seconds in cycle", 5);
        frame.Gaps(time, view.Gaps);
        var arrivals = ListArrivals(view, day, group, time, seconds);
        canvas.Marks(arrivals.Count < SparseArrivals ? "dot sparse" : "dot", arrivals);
        canvas.Steps("line red", Line(shown, time, seconds, c => c.CycleS));
        canvas.Steps("line yellow", Line(shown, time, seconds, c => c.RedS + c.GreenS));
        canvas.Steps("line green", Line(shown, time, seconds, c => c.RedS));
        foreach (var plan in plans)
        {
            var name = Words.Capital(Words.Plan(plan.Number));
            var ratio = plan.PlatoonRatio is { } r ? $", ratio {Words.Ratio(r)}" : "";
            frame.Boundary(
                time.Clamped(plan.Span.StartMs), time.Clamped(plan.Span.EndMs),
                $"{name}: {Words.Percent(plan.ShareOnGreen)} on green{ratio}", $"{name}: {Words.Percent(plan.ShareOnGreen)}{ratio.Replace("ratio ", "", StringComparison.Ordinal)}", Words.Percent(plan.ShareOnGreen));
        }

        frame.Close();
        return new Chart
        {
            Title = $"Coordination diagram, {view.Name(group)}, {view.Day(day.StartMs)}",
            Reading = Read(view, plans, shown),
            Measure = "coordination-diagram",
            Height = Top + PlotHeight + 26,
            Body = canvas.ToString(),
            Legend =
            [
                new("dot", Sign.Dot, "Arrival at the stop bar"), new("line green", Sign.Line, "Begin of green"),
                new("line yellow", Sign.Line, "Begin of yellow"), new("line red", Sign.Line, "Begin of red"),
            ],
            Table = new ChartTable(
                ["From", "Plan", "Cycle length", "Cycles", "Arrivals", "On green", "Green share", "Platoon ratio", "Arrival type", "Time seen"],
                [
                    .. plans.Select(p => ImmutableArray.Create(
                        view.DayAndTime(p.Span.StartMs), Words.Plan(p.Number), Words.Seconds(p.CycleLengthS), Words.Count(p.Cycles), Words.Count(p.Arrivals),
                        Words.Percent(p.ShareOnGreen), Words.Percent(p.GreenShare), Words.Ratio(p.PlatoonRatio), Words.Count(p.ArrivalType), Words.Percent(p.SeenShare))),
                ]),
        };
    }

    /// <summary>The longest programmed cycle of the day; what is longer ran free and is cut off.</summary>
    private static double LongestShownS(List<Cycle> cycles, List<Plan> plans)
    {
        var lengths = cycles.Select(c => c.CycleS).Order().ToArray();
        var usual = lengths[(int)((lengths.Length - 1) * ShownCycleShare)];
        return plans.Max(p => p.CycleLengthS) is > 0 and var programmed ? Math.Min(Math.Max(programmed, lengths[lengths.Length / 2]), lengths[^1]) : usual;
    }

    private static string Read(SignalView view, List<Plan> plans, List<Cycle> cycles)
    {
        var judged = plans.Where(p => p.PlatoonRatio is not null && p.Arrivals > 0).ToArray();
        var all = judged.Sum(p => p.Arrivals);
        if (all == 0)
        {
            return $"{Words.Counted(cycles.Count, "cycle")} were seen, and no arrival in any of them: look at the advance detectors.";
        }

        var onGreen = judged.Sum(p => p.Arrivals * p.ShareOnGreen!.Value) / all;
        var text = $"{Words.Percent(onGreen)} of {Words.Counted(all, "arrival")} came on green.";
        if (judged.Length < 2)
        {
            return $"{text} Platoon ratio {Words.Ratio(judged[0].PlatoonRatio)}; 1 is arrival at random.";
        }

        var best = judged.MaxBy(p => p.PlatoonRatio)!;
        var worst = judged.MinBy(p => p.PlatoonRatio)!;
        return $"{text} Best progression from {view.TimeOfDay(best.Span.StartMs)} ({Words.Plan(best.Number)}, platoon ratio {Words.Ratio(best.PlatoonRatio)}), "
            + $"worst from {view.TimeOfDay(worst.Span.StartMs)} ({Words.Plan(worst.Number)}, {Words.Ratio(worst.PlatoonRatio)}); 1 is arrival at random.";
    }

    /// <summary>One step a cycle, from its begin to its end; broken where cycles do not follow each other, where it would leap, and where it lies beyond the axis.</summary>
    private static List<Point> Line(List<Cycle> cycles, TimeAxis time, NumberAxis seconds, Func<Cycle, double> height)
    {
        var points = new List<Point>(cycles.Count);
        var reachedMs = long.MinValue;
        foreach (var cycle in cycles)
        {
            var y = height(cycle) <= seconds.Most ? seconds.At(height(cycle)) : double.NaN;
            if (reachedMs != cycle.Span.StartMs || (points.Count > 0 && Math.Abs(points[^1].Y - y) > LongestRise))
            {
                points.Add(new Point(double.NaN, double.NaN));
            }

            points.Add(new Point(time.Clamped(cycle.Span.StartMs), y));
            points.Add(new Point(time.Clamped(cycle.Span.EndMs), y));
            reachedMs = cycle.Span.EndMs;
        }

        return points;
    }

    private static List<Cycle> ListCycles(TableRows rows, TimeRange day, SignalGroup group)
    {
        var list = new List<Cycle>();
        var (time, end, red, green, length) = (rows.Column("time"), rows.Column("end"), rows.Column("red_s"), rows.Column("green_s"), rows.Column("cycle_s"));
        var groups = rows.Groups();
        for (var row = 0; row < rows.Count; row++)
        {
            if (day.Contains(time.Time(row)) && groups.At(row) == group)
            {
                list.Add(new Cycle(new TimeRange(time.Time(row), end.Time(row)), red.Number(row) ?? 0, green.Number(row) ?? 0, length.Number(row) ?? 0));
            }
        }

        return list;
    }

    private static List<Point> ListArrivals(SignalView view, TimeRange day, SignalGroup group, TimeAxis time, NumberAxis seconds)
    {
        var points = new List<Point>();
        if (view.Find("coordination-arrivals") is not { } rows)
        {
            return points;
        }

        var (at, inCycle) = (rows.Column("time"), rows.Column("in_cycle_s"));
        var groups = rows.Groups();
        for (var row = 0; row < rows.Count; row++)
        {
            if (day.Contains(at.Time(row)) && inCycle.Number(row) is { } s && s <= seconds.Most && groups.At(row) == group)
            {
                points.Add(new Point(time.At(at.Time(row)), seconds.At(s)));
            }
        }

        return points;
    }

    private static List<Plan> ListPlans(SignalView view, TimeRange day, SignalGroup group)
    {
        var list = new List<Plan>();
        if (view.Find("coordination-plans") is not { } rows)
        {
            return list;
        }

        var (time, end, plan, length) = (rows.Column("time"), rows.Column("end"), rows.Column("plan"), rows.Column("cycle_length_s"));
        var (cycles, arrivals, onGreen, greenShare) = (rows.Column("cycles"), rows.Column("arrivals"), rows.Column("share_on_green"), rows.Column("green_share"));
        var (ratio, type, seen) = (rows.Column("platoon_ratio"), rows.Column("arrival_type"), rows.Column("seen_share"));
        var groups = rows.Groups();
        for (var row = 0; row < rows.Count; row++)
        {
            if (day.Contains(time.Time(row)) && groups.At(row) == group)
            {
                list.Add(new Plan
                {
                    Span = new TimeRange(time.Time(row), end.Time(row)),
                    Number = plan.Integer(row),
                    CycleLengthS = length.Number(row),
                    Cycles = cycles.Integer(row) ?? 0,
                    Arrivals = arrivals.Integer(row) ?? 0,
                    ShareOnGreen = onGreen.Number(row),
                    GreenShare = greenShare.Number(row),
                    PlatoonRatio = ratio.Number(row),
                    ArrivalType = type.Integer(row),
                    SeenShare = seen.Number(row),
                });
            }
        }

        return list;
    }

    private readonly record struct Cycle(TimeRange Span, double RedS, double GreenS, double CycleS);

    private sealed record Plan
    {
        public required TimeRange Span { get; init; }

        public required long? Number { get; init; }

        public required double? CycleLengthS { get; init; }

        public required long Cycles { get; init; }

        public required long Arrivals { get; init; }

        public required double? ShareOnGreen { get; init; }

        public required double? GreenShare { get; init; }

        public required double? PlatoonRatio { get; init; }

        public required long? ArrivalType { get; init; }

        public required double? SeenShare { get; init; }
    }
}
