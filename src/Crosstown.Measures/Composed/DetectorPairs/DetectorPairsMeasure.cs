using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Composed.DetectorModel;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Composed.DetectorPairs;

/// <summary>Detector pairs: the vehicles that the advance detectors of a phase count against those that its stop-bar lanes count, day by day.</summary>
/// <remarks>The same vehicles pass both. Their ratio is a detector's own constant (lanes not covered, turns in between); what matters is that it stays.</remarks>
public sealed class DetectorPairsMeasure : ComposedMeasure
{
    internal static readonly NumberOption LeastDays = new("least_days", "d", "Earlier days that it needs before it judges.", 7, least: 3, most: 90);

    internal static readonly NumberOption RatioLimit = new(
        "ratio_limit", "", "A ratio off its usual one by more than this share, and by more than four times its usual spread, is a finding.", 0.25, least: 0.01, most: 10);

    internal static readonly TableSchema Table = new()
    {
        Name = "detector-pairs",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the local day."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("phase", ColumnType.Integer, "", "The phase that serves both."),
            new("advance_count", ColumnType.Integer, "", "Vehicles over the phase's advance detectors; null when one of them has no whole day."),
            new("stop_bar_count", ColumnType.Integer, "", "Vehicles over its lane-by-lane count detectors; null likewise."),
            new("ratio", ColumnType.Real, "", "Advance over stop bar; null when one is missing or nothing was counted."),
            new("usual_ratio", ColumnType.Real, "", "Median of up to 28 earlier days; null with too few."),
            new("verdict", ColumnType.Word, "", "What the day says.") { Words = ["unknown", "healthy", "advance-high", "stop-bar-high"] },
            .. Quality.Columns,
        ],
    };

    public override string Name => "detector-pairs";

    public override string Title => "Detector pairs";

    public override ImmutableArray<Option> Options => [LeastDays, RatioLimit];

    public override ImmutableArray<string> Inputs => [DetectorModelMeasure.Days.Name];

    public override ImmutableArray<TableSchema> Tables => [Table];

    public override ComposedWork? Start(ComposedContext context) =>
        context.Configurations.Values.Any(c => PairsOf(c).Any()) ? new DetectorPairs(context) : null;

    private static IEnumerable<(byte Phase, ImmutableHashSet<byte> Advance, ImmutableHashSet<byte> StopBar)> PairsOf(SignalConfiguration configuration) =>
        configuration.Detectors.Where(d => d.Phase is not null).GroupBy(d => d.Phase!.Value).OrderBy(g => g.Key)
            .Select(g => (
                g.Key,
                g.Where(d => d.Has(DetectorFunctions.AdvanceCount)).Select(d => d.Channel).ToImmutableHashSet(),
                g.Where(d => d.Has(DetectorFunctions.LaneByLaneCount)).Select(d => d.Channel).ToImmutableHashSet()))
            .Where(p => p.Item2.Count > 0 && p.Item3.Count > 0);

    /// <summary>One phase's pair, with the day at hand and the ratios of days before.</summary>
    private sealed class Pair(byte phase, ImmutableHashSet<byte> advance, ImmutableHashSet<byte> stopBar)
    {
        private const int Remembered = 28;
        private readonly Queue<double> _logRatios = [];

        public byte Phase { get; } = phase;

        public long? Total(Dictionary<byte, long?> day, bool isAdvance)
        {
            long sum = 0;
            foreach (var channel in isAdvance ? advance : stopBar)
            {
                if (day.GetValueOrDefault(channel) is not { } count)
                {
                    return null;
                }

                sum += count;
            }

            return sum;
        }

        public double? UsualLogRatio(int leastDays) => _logRatios.Count < leastDays ? null : Statistics.Median([.. _logRatios]);

        public double Spread => Statistics.RobustDeviation([.. _logRatios]) ?? 0;

        public void Remember(double logRatio)
        {
            _logRatios.Enqueue(logRatio);
            if (_logRatios.Count > Remembered)
            {
                _logRatios.Dequeue();
            }
        }
    }

    private sealed class DetectorPairs(ComposedContext context) : ComposedWork
    {
        private readonly RowBuffer _rows = new(Table);
        private readonly SortedDictionary<SignalId, (LocalTimeMap Clock, Pair[] Pairs, Dictionary<byte, long?> Day, long TimeMs, double Seen)> _signals = [];

        public override void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            if (!context.Configurations.TryGetValue(signal, out var configuration))
            {
                return;
            }

            if (!_signals.TryGetValue(signal, out var state))
            {
                state = (clock, [.. PairsOf(configuration).Select(p => new Pair(p.Phase, p.Advance, p.StopBar))], [], long.MinValue, 0);
            }

            var schema = rows.Schema;
            var (time, channel, count) = (schema.IndexOf("time"), schema.IndexOf("channel"), schema.IndexOf("count"));
            var (missing, seen) = (schema.IndexOf("missing_share"), schema.IndexOf("seen_share"));
            for (var row = 0; row < rows.Count; row++)
            {
                if (rows.Bits(row, time) != state.TimeMs)
                {
                    Close(signal, state);
                    state.Day.Clear();
                    state.TimeMs = rows.Bits(row, time);
                }

                state.Day[(byte)rows.Bits(row, channel)] = rows.Number(row, missing) > 0 ? null : rows.Whole(row, count);
                state.Seen = rows.Value(row, seen) ?? 0;
            }

            _signals[signal] = state;
        }

        public override void Finish()
        {
            foreach (var (signal, state) in _signals)
            {
                Close(signal, state);
            }
        }

        private void Close(SignalId signal, (LocalTimeMap Clock, Pair[] Pairs, Dictionary<byte, long?> Day, long TimeMs, double Seen) state)
        {
            if (state.Day.Count == 0)
            {
                return;
            }

            foreach (var pair in state.Pairs)
            {
                var (advance, stopBar) = (pair.Total(state.Day, true), pair.Total(state.Day, false));
                var logRatio = advance > 0 && stopBar > 0 ? Math.Log((double)advance.Value / stopBar.Value) : (double?)null;
                var usual = pair.UsualLogRatio((int)context.Options[LeastDays]);
                var off = logRatio - usual;
                var limit = Math.Max(Math.Log(1 + context.Options[RatioLimit]), 4 * pair.Spread);
                var verdict = off is not { } difference ? 0 : Math.Abs(difference) <= limit ? 1 : difference > 0 ? 2 : 3;
                _rows.Time(state.TimeMs).Integer(pair.Phase).Integer(advance).Integer(stopBar)
                    .Real(logRatio is { } r ? Math.Exp(r) : null).Real(usual is { } u ? Math.Exp(u) : null).Word(verdict);
                Quality.WriteComposed(_rows, state.Seen);
                if (logRatio is { } ratio)
                {
                    pair.Remember(ratio);
                }
            }

            context.HandOver(signal, state.Clock, _rows);
        }
    }
}
