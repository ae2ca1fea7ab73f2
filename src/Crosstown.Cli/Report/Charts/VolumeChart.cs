using Crosstown.Server.Measuring;
using System.Collections.Immutable;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;

namespace Crosstown.Cli.Report.Charts;

/// <summary>Volumes: a stepped line of vehicles per hour for each direction, or each phase where directions are unknown, with the day's peak hours marked.</summary>
internal static class VolumeChart
{
    private const double Top = 26;
    private const double PlotHeight = 210;
    private const long HourMs = 3_600_000;

    /// <summary>Lines are told apart by color and by dashes; more than this many would not be.</summary>
    private const int MostLines = 8;

    public static readonly ImmutableArray<string> Tables = ["approach-volume", "approach-volume-peaks"];

    public static Chart? Draw(SignalView view)
    {
        if (view.Find("approach-volume") is not { } rows || ListSeries(view, rows) is not { Count: > 0 } series)
        {
            return null;
        }

        var shown = series.OrderByDescending(s => s.Count).Take(MostLines).OrderBy(s => s.Name, StringComparer.Ordinal).ToArray();
        var canvas = new SvgCanvas();
        var frame = Frame.Wide(canvas, Top, PlotHeight);
        var time = frame.Time(view.Span, view.Clock);
        var flow = frame.Numbers(shown.Max(s => s.Bins.Max(b => b.Value)) ?? 0, "Vehicles per hour");
        frame.Gaps(time, view.Gaps);
        var peaks = ListPeaks(view, [.. shown.Select(s => s.Name)]);
        foreach (var hour in peaks.Where(p => p.HourMs is not null).GroupBy(p => p.DayMs).Select(g => g.MaxBy(p => p.HourVolume)!))
        {
            var (from, to) = (time.Clamped(hour.HourMs!.Value), time.Clamped(hour.HourMs.Value + HourMs));
            canvas.Rectangle("peak", from, Top, to - from, PlotHeight);
            canvas.Text("t", (from + to) / 2, Top - 7, $"Peak hour {view.TimeOfDay(hour.HourMs.Value)}", Anchor.Middle);
        }

        for (var i = 0; i < shown.Length; i++)
        {
            canvas.Steps($"line s{i + 1}", BinRows.Steps(shown[i].Bins, view, time, flow));
        }

        frame.Close();
        return new Chart
        {
            Title = "Approach volumes",
            Reading = Read(view, peaks, shown),
            Measure = "approach-volume",
            Height = frame.Bottom + 26,
            Body = canvas.ToString(),
            Legend = [.. shown.Select((s, i) => new LegendEntry($"line s{i + 1}", Sign.Line, s.Name))],
            Table = new ChartTable(
                ["Day", "Approach", "Vehicles", "Peak hour", "In the peak hour", "Peak hour factor", "K", "D", "Time seen"],
                [
                    .. peaks.Select(p => ImmutableArray.Create(
                        view.Day(p.DayMs), p.Name, Words.Count(p.Volume), p.HourMs is { } h ? view.TimeOfDay(h) : Words.Missing, Words.Count(p.HourVolume),
                        Words.Ratio(p.PeakHourFactor), Words.Ratio(p.K), Words.Ratio(p.D), Words.Percent(p.SeenShare))),
                ]),
        };
    }

    private static string Read(SignalView view, List<Peak> peaks, Series[] series)
    {
        var total = series.Sum(s => s.Count);
        var text = $"{Words.Counted(total, "vehicle")} counted on {Words.Counted(series.Length, "approach", "approaches")}.";
        var peak = peaks.Where(p => p.HourMs is not null).MaxBy(p => p.HourVolume);
        return peak is null
            ? text + " The log holds no whole hour to name a peak."
            : $"{text} Busiest hour: {peak.Name.ToLowerInvariant()} from {view.DayAndTime(peak.HourMs!.Value)}, {Words.Counted(peak.HourVolume ?? 0, "vehicle")}, peak hour factor {Words.Ratio(peak.PeakHourFactor)}.";
    }

    private static List<Series> ListSeries(SignalView view, TableRows rows)
    {
        var byName = new Dictionary<string, Series>(StringComparer.Ordinal);
        var (time, count, flow) = (rows.Column("time"), rows.Column("count"), rows.Column("flow_vph"));
        for (var row = 0; row < rows.Count; row++)
        {
            var name = NameOf(view, rows, row);
            if (!byName.TryGetValue(name, out var series))
            {
                byName[name] = series = new Series(name);
            }

            series.Bins.Add(new BinValue(time.Time(row), flow.Number(row)));
            series.Count += count.Integer(row) ?? 0;
        }

        return [.. byName.Values.Where(s => s.Bins.Exists(b => b.Value is not null))];
    }

    private static List<Peak> ListPeaks(SignalView view, string[] names)
    {
        var list = new List<Peak>();
        if (view.Find("approach-volume-peaks") is not { } rows)
        {
            return list;
        }

        var (time, volume, hour, hourVolume) = (rows.Column("time"), rows.Column("volume"), rows.Column("peak_hour"), rows.Column("peak_hour_volume"));
        var (factor, k, d, seen) = (rows.Column("peak_hour_factor"), rows.Column("k_factor"), rows.Column("d_factor"), rows.Column("seen_share"));
        for (var row = 0; row < rows.Count; row++)
        {
            if (NameOf(view, rows, row) is { } name && names.Contains(name))
            {
                list.Add(new Peak(time.Time(row), name, volume.Integer(row) ?? 0, hour.Integer(row), hourVolume.Integer(row), factor.Number(row), k.Number(row), d.Number(row), seen.Number(row)));
            }
        }

        return list;
    }

    private static string NameOf(SignalView view, TableRows rows, int row)
    {
        var direction = rows.Column("direction").Word(row);
        return direction.Length > 0 && direction != "unknown" ? Words.Capital(direction)
            : rows.Groups().At(row) is { } group ? view.Name(group)
            : "Unknown approach";
    }

    private sealed class Series(string name)
    {
        public string Name { get; } = name;

        public List<BinValue> Bins { get; } = [];

        public long Count { get; set; }
    }

    private sealed record Peak(long DayMs, string Name, long Volume, long? HourMs, long? HourVolume, double? PeakHourFactor, double? K, double? D, double? SeenShare);
}
