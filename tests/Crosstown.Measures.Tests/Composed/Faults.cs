using System.Globalization;
using System.IO.Compression;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Composed.DetectorModel;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.Composed;

/// <summary>Real counts of Melbourne in October 2006 with injected faults from the 22nd on: how many the detector model finds.</summary>
internal static class Faults
{
    private const long QuarterMs = 900_000;

    /// <summary>
    /// Melbourne's clock. On 29 October 2006 it jumped an hour at 02:00; in the file's slots, which are named by their ends, the hour without
    /// traffic begins at 01:45.
    /// </summary>
    private static readonly LocalTimeMap Clock = new("Australia/Melbourne", [0, ChangeMs], [10 * 3_600_000, 11 * 3_600_000]);
    private const long ChangeMs = 1_162_050_300_000;

    private static readonly Dictionary<string, string[]> Classes = new()
    {
        ["stuck_off"] = ["dead"],
        ["dropout"] = ["missing"],
        ["frozen"] = ["frozen"],
        ["overcount"] = ["over"],
        ["undercount"] = ["under"],
        ["clock_shift"] = ["shifted"],
        ["chatter"] = ["erratic"],
        ["stuck_on_cap"] = ["saturated", "frozen"],
    };

    /// <summary>One decision per approach and day from the 22nd on.</summary>
    public static (double Precision, double Recall, double RightClass) Score()
    {
        var labels = File.ReadLines(SharedData.PathTo("data/anomaly/detector_faults_dev_labels.csv")).Skip(1).Select(l => l.Split(','))
            .ToDictionary(c => (c[0], int.Parse(c[1], CultureInfo.InvariantCulture)), c => c[2]);
        var sink = new Verdicts();
        var run = new ComposedRun([new DetectorModelMeasure()], new ComposedContext(new MeasureOptions(), sink, new DataIssueLog()));
        var approaches = Read().GroupBy(r => r.Approach).ToArray();
        foreach (var site in approaches.GroupBy(a => a.Key.Split('_')[0]))
        {
            var names = site.Select(a => a.Key).Order(StringComparer.Ordinal).ToList();
            foreach (var day in site.SelectMany(a => a).GroupBy(r => r.Day).OrderBy(d => d.Key))
            {
                for (var slot = 0; slot < 96; slot++)
                {
                    var localMs = new DateTimeOffset(2006, 10, day.Key, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() + (slot * QuarterMs);
                    var timeMs = localMs - (localMs - (11 * 3_600_000) >= ChangeMs ? 11 * 3_600_000 : 10 * 3_600_000);
                    if (Clock.ToLocalMs(timeMs) != localMs)
                    {
                        continue;
                    }

                    foreach (var row in day.OrderBy(r => names.IndexOf(r.Approach)))
                    {
                        sink.Names[(site.Key, names.IndexOf(row.Approach))] = row.Approach;
                        run.Take(SignalId.Parse(site.Key), Clock, Rows.Of(
                            "detector-volume", "time channel count seen_share faulted_detectors",
                            [[timeMs, names.IndexOf(row.Approach), row.Counts[slot], row.Counts[slot] is null ? 0.0 : 1.0, 0]]));
                    }
                }
            }
        }

        run.Finish();
        var (hits, rights, raised) = (0, 0, 0);
        foreach (var ((approach, day), verdict) in sink.All.Where(v => v.Key.Day >= 22))
        {
            var isRaised = verdict is not ("healthy" or "unknown");
            var fault = labels.GetValueOrDefault((approach, day), "none");
            raised += isRaised ? 1 : 0;
            hits += isRaised && fault != "none" ? 1 : 0;
            rights += isRaised && fault != "none" && Classes[fault].Contains(verdict) ? 1 : 0;
        }

        return ((double)hits / raised, (double)hits / labels.Count, (double)rights / labels.Count);
    }

    private static IEnumerable<(string Approach, int Day, int?[] Counts)> Read()
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(SharedData.PathTo("data/anomaly/detector_faults_dev.csv.gz")), CompressionMode.Decompress));
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            yield return (cells[0], int.Parse(cells[1].AsSpan(8), CultureInfo.InvariantCulture), [.. cells.Skip(2).Select(c => c.Length == 0 ? (int?)null : int.Parse(c, CultureInfo.InvariantCulture))]);
        }
    }

    private sealed class Verdicts : ITableSink
    {
        public Dictionary<(string Site, int Channel), string> Names { get; } = [];

        public Dictionary<(string Approach, int Day), string> All { get; } = [];

        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            if (rows.Schema.Name != "detector-days")
            {
                return;
            }

            for (var row = 0; row < rows.Count; row++)
            {
                var day = DateTimeOffset.FromUnixTimeMilliseconds(clock.ToLocalMs(rows.Bits(row, 0))).Day;
                All[(Names[(signal.Value, (int)rows.Bits(row, 2))], day)] = rows.Schema.Columns[3].Words[(int)rows.Bits(row, 3)];
            }
        }
    }
}
