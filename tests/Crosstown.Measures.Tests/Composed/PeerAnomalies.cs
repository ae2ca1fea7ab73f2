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

/// <summary>Three weeks of Oregon counts with what Oregon's package predicted and flagged; no truth, but two methods should see much the same street.</summary>
public sealed class PeerAnomalies
{
    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Our_expected_counts_follow_the_peer_s_and_most_of_its_anomalous_bins_are_far_off_for_us_too()
    {
        var peer = new Dictionary<(string, long, long), (double Count, double Prediction, bool Anomaly)>();
        var sink = new Bins();
        var options = new MeasureOptions { Set = DefinitionSet.Odot21 };
        var run = new ComposedRun([new DetectorModelMeasure()], new ComposedContext(options, sink, new DataIssueLog()));
        var names = new Dictionary<string, string>();
        foreach (var cells in Read())
        {
            if (!names.TryGetValue(cells[1], out var signal))
            {
                names[cells[1]] = signal = $"{names.Count + 1}";
            }

            var timeMs = EventLog.TimeMs(cells[0]);
            var count = double.Parse(cells[3], CultureInfo.InvariantCulture);
            peer[(signal, timeMs, long.Parse(cells[2], CultureInfo.InvariantCulture))] = (count, double.Parse(cells[4], CultureInfo.InvariantCulture), cells[5] == "true");
            run.Take(SignalId.Parse(signal), LocalTimeMap.Utc, Rows.Of(
                "detector-volume", "time channel count seen_share faulted_detectors", [[timeMs, long.Parse(cells[2], CultureInfo.InvariantCulture), count, 1.0, 0]]));
        }

        run.Finish();
        var both = sink.All.Where(b => b.Value.Expected is not null && peer.ContainsKey(b.Key)).Select(b => (Ours: b.Value, Peer: peer[b.Key])).ToArray();
        var correlation = Correlation([.. both.Select(b => (b.Ours.Expected!.Value, b.Peer.Prediction))]);
        var (ours, theirs, shared) = (both.Count(b => b.Ours.Anomaly), both.Count(b => b.Peer.Anomaly), both.Count(b => b.Ours.Anomaly && b.Peer.Anomaly));
        var farOff = both.Where(b => b.Peer.Anomaly).Average(b => Math.Abs(b.Ours.Geh!.Value));
        var near = both.Where(b => !b.Peer.Anomaly).Average(b => Math.Abs(b.Ours.Geh!.Value));
        var figures = string.Create(
            CultureInfo.InvariantCulture, $"{both.Length} bins, correlation {correlation:0.000}, ours {ours}, theirs {theirs}, both {shared}, mean |GEH| in theirs {farOff:0.00}, in others {near:0.00}");
        Assert.True(both.Length > 50_000, figures);
        Assert.True(correlation > 0.97, figures);
        Assert.True(farOff > 4 * near, figures);
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void The_days_of_real_detectors_are_judged_as_they_were_when_this_was_checked()
    {
        // The file lists bins with vehicles only; in between, from a device's first bin to its last, nothing was counted.
        using var reader = new StreamReader(new GZipStream(File.OpenRead(SharedData.PathTo("data/hires/odot-counts-3wk/counts15.csv.gz")), CompressionMode.Decompress));
        reader.ReadLine();
        var counts = new SortedDictionary<string, Dictionary<(long TimeMs, long Channel), double>>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            counts.TryAdd(cells[1], []);
            counts[cells[1]][(EventLog.TimeMs(cells[0]), long.Parse(cells[2], CultureInfo.InvariantCulture))] = double.Parse(cells[3], CultureInfo.InvariantCulture);
        }

        var sink = new CollectedRows();
        var run = new ComposedRun([new DetectorModelMeasure()], new ComposedContext(new MeasureOptions(), sink, new DataIssueLog()));
        foreach (var (signal, bins) in counts)
        {
            var channels = bins.Keys.Select(k => k.Channel).Distinct().Order().ToArray();
            for (var timeMs = bins.Keys.Min(k => k.TimeMs); timeMs <= bins.Keys.Max(k => k.TimeMs); timeMs += 900_000)
            {
                run.Take(SignalId.Parse(signal), LocalTimeMap.Utc, Rows.Of(
                    "detector-volume", "time channel count seen_share faulted_detectors",
                    channels.Select(c => new object?[] { timeMs, c, bins.GetValueOrDefault((timeMs, c)), 1.0, 0 })));
            }
        }

        run.Finish();

        Golden.Check("detector-model", "Oregon devices 2 and 3, 15-minute counts of May 2024, atspm test data, days with a verdict", sink["detector-days"].Where(r => !r.Contains(",unknown,", StringComparison.Ordinal)));
    }

    private static IEnumerable<string[]> Read()
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(SharedData.PathTo("data/hires/odot-binned-3wk/detector_health.csv.gz")), CompressionMode.Decompress));
        var rows = new List<string[]>();
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            rows.Add(line.Split(','));
        }

        return rows.OrderBy(r => r[0], StringComparer.Ordinal);
    }

    private static double Correlation((double A, double B)[] pairs)
    {
        var (a, b) = (pairs.Average(p => p.A), pairs.Average(p => p.B));
        return pairs.Sum(p => (p.A - a) * (p.B - b)) / Math.Sqrt(pairs.Sum(p => (p.A - a) * (p.A - a)) * pairs.Sum(p => (p.B - b) * (p.B - b)));
    }

    private sealed class Bins : ITableSink
    {
        public Dictionary<(string Signal, long TimeMs, long Channel), (double? Expected, double? Geh, bool Anomaly)> All { get; } = [];

        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            for (var row = 0; row < rows.Count && rows.Schema.Name == "detector-model"; row++)
            {
                All[(signal.Value, rows.Bits(row, 0), rows.Bits(row, 2))] =
                    (rows.IsNull(row, 4) ? null : rows.Number(row, 4), rows.IsNull(row, 5) ? null : rows.Number(row, 5), !rows.IsNull(row, 6) && rows.Bits(row, 6) != 0);
            }
        }
    }
}
