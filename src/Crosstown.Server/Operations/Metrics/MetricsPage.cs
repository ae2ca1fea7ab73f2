using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Crosstown.Server.Operations.Metrics;

/// <summary>Collects the figures of this process and writes them as Prometheus' text format, version 0.0.4.</summary>
/// <remarks>Counters are summed, gauges keep the last value, histograms count in fixed steps. A series is a figure with its kept labels; beyond <see cref="MostSeries"/> new ones are dropped.</remarks>
internal sealed class MetricsPage : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Most series: routes times methods times results are some hundreds.</summary>
    public const int MostSeries = 5_000;

    private static readonly double[] s_steps = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<(Instrument Instrument, string Labels), Series> _series = new();
    private readonly MeterListener _listener = new();

    public MetricsPage(ServerMeter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (MetricLabels.IsKeptMeter(instrument.Meter.Name))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((i, v, tags, _) => Take(i, v, tags));
        _listener.SetMeasurementEventCallback<int>((i, v, tags, _) => Take(i, v, tags));
        _listener.SetMeasurementEventCallback<double>((i, v, tags, _) => Take(i, v, tags));
        _listener.Start();
    }

    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var figure in _series.GroupBy(s => NameOf(s.Key.Instrument), StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var instrument = figure.First().Key.Instrument;
            var kind = KindOf(instrument);
            text.Append(CultureInfo.InvariantCulture, $"# HELP {figure.Key} {instrument.Description?.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal)}\n# TYPE {figure.Key} {kind}\n");
            foreach (var ((_, labels), series) in figure.OrderBy(s => s.Key.Labels, StringComparer.Ordinal))
            {
                series.Write(text, figure.Key, labels, kind == "histogram");
            }
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private static string KindOf(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        return type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? "counter" : type == typeof(Histogram<>) ? "histogram" : "gauge";
    }

    /// <summary>The name as the format wants it: letters, digits and <c>_</c>, the unit last, <c>_total</c> for counters.</summary>
    private static string NameOf(Instrument instrument)
    {
        var name = string.Concat(instrument.Name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        return name + (name.EndsWith(unit, StringComparison.Ordinal) ? "" : unit) + (KindOf(instrument) == "counter" ? "_total" : "");
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = (instrument, LabelsOf(tags));
        if (_series.TryGetValue(key, out var series) || (_series.Count < MostSeries && (series = _series.GetOrAdd(key, _ => new Series())) is not null))
        {
            series.Take(value, sums: KindOf(instrument) == "counter" && instrument is not ObservableCounter<long> and not ObservableCounter<double> and not ObservableCounter<int>, adds: instrument is UpDownCounter<long> or UpDownCounter<int>);
        }
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var kept = new List<string>();
        foreach (var (name, value) in tags)
        {
            if (MetricLabels.IsKept(name) && value is not null)
            {
                var text = Convert.ToString(value, CultureInfo.InvariantCulture)!.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
                kept.Add($"{name.Replace('.', '_')}=\"{text}\"");
            }
        }

        kept.Sort(StringComparer.Ordinal);
        return string.Join(',', kept);
    }

    private sealed class Series
    {
        private readonly Lock _one = new();
        private readonly long[] _counts = new long[s_steps.Length + 1];
        private double _value;
        private long _count;
        private double _sum;

        public void Take(double value, bool sums, bool adds)
        {
            lock (_one)
            {
                _value = sums || adds ? _value + value : value;
                _count++;
                _sum += value;
                var step = Array.FindIndex(s_steps, s => value <= s);
                _counts[step < 0 ? s_steps.Length : step]++;
            }
        }

        public void Write(StringBuilder text, string name, string labels, bool isHistogram)
        {
            lock (_one)
            {
                if (!isHistogram)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}{(labels.Length == 0 ? "" : $"{{{labels}}}")} {_value:R}\n");
                    return;
                }

                long below = 0;
                var before = labels.Length == 0 ? "" : labels + ",";
                for (var i = 0; i < s_steps.Length; i++)
                {
                    below += _counts[i];
                    text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{before}le=\"{s_steps[i]:R}\"}} {below}\n");
                }

                var all = labels.Length == 0 ? "" : $"{{{labels}}}";
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{before}le=\"+Inf\"}} {_count}\n{name}_sum{all} {_sum:R}\n{name}_count{all} {_count}\n");
            }
        }
    }
}
