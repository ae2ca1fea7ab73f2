using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.DetectorVolume;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Composed.DetectorModel;

/// <summary>Detector counts against a model of what each detector usually counts, and a verdict on each detector's day.</summary>
public sealed class DetectorModelMeasure : ComposedMeasure
{
    internal static readonly NumberOption HistoryDays = new("history_days", "d", "Days that the model remembers.", 28, odot: 21, least: 7, most: 90);
    internal static readonly NumberOption LeastDays = new("least_days", "d", "Days with counts that it needs before it says anything.", 14, least: 3, most: 90);

    internal static readonly NumberOption GehLimit = new(
        "geh_limit", "", "A count with a greater GEH is an anomaly: 5 is the criterion of model validation in use, 6 that of Oregon's package.", 5, odot: 6, least: 1, most: 100);

    internal static readonly NumberOption ZLimit = new(
        "z_limit", "", "Its GEH must also be this many times the detector's usual one.", 3.5, least: 0, most: 100);

    internal static readonly NumberOption LeastSeenShare = new("least_seen_share", "0-1", "A bin of which the log saw less has no count for the model.", 0.9, least: 0, most: 1);
    internal static readonly NumberOption MissingMin = new("missing_min", "min", "Counts missing for this long in a row are a finding.", 60, least: 15, most: 1440);

    internal static readonly NumberOption QuietVehicles = new(
        "quiet_vehicles", "veh", "Zeros in a row where this many vehicles were expected are a dead detector.", 30, least: 1);

    internal static readonly NumberOption EqualEvidence = new(
        "equal_evidence", "", "Equal counts in a row with a chance below ten to minus this are a frozen detector.", 6, least: 1, most: 100);

    internal static readonly NumberOption RatioLimit = new(
        "ratio_limit", "", "A day whose bins are off by more than this share in the median, and by more than four times the usual spread, is over or under.", 0.25, least: 0.01, most: 10);

    internal static readonly NumberOption ShiftGain = new(
        "shift_gain", "0-1", "A shifted day fits by this share better than the day as it stands.", 0.4, least: 0, most: 1);

    internal static readonly NumberOption ErraticShare = new("erratic_share", "0-1", "With this share of anomalies a day is erratic: one bin in twenty, over an hour of 15-minute bins.", 0.05, least: 0.001, most: 1);

    internal static readonly TableSchema Bins = new()
    {
        Name = "detector-model",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("channel", ColumnType.Integer, "", "Detector channel."),
            new("count", ColumnType.Integer, "", "Counted; null when missing."),
            new("expected", ColumnType.Real, "", "What the model says; null with too little history."),
            new("geh", ColumnType.Real, "", "GEH of the two, below 0 when less was counted than expected; null with either."),
            new("is_anomaly", ColumnType.Boolean, "", "Whether that is an anomaly; null with geh."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Days = new()
    {
        Name = "detector-days",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the local day."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("channel", ColumnType.Integer, "", "Detector channel."),
            new("verdict", ColumnType.Word, "", "What the day says about the detector.") { Words = ["unknown", "healthy", "missing", "dead", "saturated", "frozen", "shifted", "over", "under", "erratic"] },
            new("from", ColumnType.Time, "", "Begin of the bins that the verdict rests on; null when healthy or unknown."),
            new("to", ColumnType.Time, "", "Their end."),
            new("count", ColumnType.Integer, "", "Vehicles counted in the day; null without any count."),
            new("expected", ColumnType.Real, "", "Expected in the bins that were counted; null with too little history."),
            new("anomalous_share", ColumnType.Real, "0-1", "Anomalies over compared bins; null without any."),
            new("missing_share", ColumnType.Real, "0-1", "Bins of the day without a count."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "detector-model";

    public override string Title => "Detector model";

    public override ImmutableArray<Option> Options =>
        [HistoryDays, LeastDays, GehLimit, ZLimit, LeastSeenShare, MissingMin, QuietVehicles, EqualEvidence, RatioLimit, ShiftGain, ErraticShare];

    public override ImmutableArray<string> Inputs => [DetectorVolumeMeasure.Table.Name];

    public override ImmutableArray<TableSchema> Tables => [Bins, Days];

    public override ComposedWork Start(ComposedContext context) => new DetectorModel(context);

    /// <summary>One detector: its model, and how it usually strays from it.</summary>
    private sealed class Channel(int bins, int historyDays)
    {
        private const int Remembered = 28;

        private readonly Queue<double> _medianGehs = [];
        private readonly Queue<double> _logRatios = [];

        public CountModel Model { get; } = new(bins, historyDays);

        public double?[] Counts { get; } = new double?[bins];

        public bool[] IsLogged { get; } = new bool[bins];

        public long[] Faulted { get; } = new long[bins];

        public double[] Expected { get; } = new double[bins];

        /// <summary>A detector that strays less than Poisson counts would is not held to less.</summary>
        public double UsualGeh => Math.Max(1, (Statistics.Median([.. _medianGehs]) ?? 0) * Statistics.DeviationsPerMad);

        /// <summary>0 until a week of days says more: the ratio limit alone decides.</summary>
        public double LogRatioDeviation => _logRatios.Count < 7 ? 0 : Statistics.RobustDeviation([.. _logRatios])!.Value;

        public void Remember(double? medianGeh, double? logRatio)
        {
            Remember(_medianGehs, medianGeh);
            Remember(_logRatios, logRatio);
        }

        private static void Remember(Queue<double> values, double? value)
        {
            if (value is { } v)
            {
                values.Enqueue(v);
                if (values.Count > Remembered)
                {
                    values.Dequeue();
                }
            }
        }
    }

    /// <summary>One signal's day at hand.</summary>
    private sealed class Signal(LocalTimeMap clock)
    {
        public LocalTimeMap Clock { get; } = clock;

        public SortedDictionary<int, Channel> Channels { get; } = [];

        public TimeRange? Day { get; set; }

        /// <summary>Start of each bin of the day at hand; 0 where the wall clock skips it.</summary>
        public long[] BinStartMs { get; set; } = [];
    }

    private sealed class DetectorModel : ComposedWork
    {
        private readonly ComposedContext _context;
        private readonly RowBuffer _bins = new(Bins);
        private readonly RowBuffer _days = new(Days);
        private readonly SortedDictionary<SignalId, Signal> _signals = [];
        private readonly long _binMs;
        private readonly int _binsPerDay;
        private readonly int _historyDays;
        private readonly int _leastDays;
        private readonly double _gehLimit;
        private readonly double _zLimit;
        private readonly double _leastSeenShare;
        private readonly VerdictLimits _limits;

        public DetectorModel(ComposedContext context)
        {
            _context = context;
            _binMs = context.Options.BinMs;
            _binsPerDay = (int)((LocalDays.DayMs + _binMs - 1) / _binMs);
            _historyDays = (int)context.Options[HistoryDays];
            _leastDays = (int)context.Options[LeastDays];
            _gehLimit = context.Options[GehLimit];
            _zLimit = context.Options[ZLimit];
            _leastSeenShare = context.Options[LeastSeenShare];
            _limits = new VerdictLimits(
                Math.Max(1, context.Options[MissingMin] * 60_000 / _binMs), context.Options[QuietVehicles], context.Options[EqualEvidence],
                context.Options[RatioLimit], context.Options[ShiftGain], context.Options[ErraticShare]);
        }

        public override void Take(SignalId id, LocalTimeMap clock, RowBuffer rows)
        {
            if (!_signals.TryGetValue(id, out var signal))
            {
                _signals[id] = signal = new Signal(clock);
            }

            var schema = rows.Schema;
            var (time, channel, count) = (schema.IndexOf("time"), schema.IndexOf("channel"), schema.IndexOf("count"));
            var (seen, faulted) = (schema.IndexOf("seen_share"), schema.IndexOf("faulted_detectors"));
            for (var row = 0; row < rows.Count; row++)
            {
                var timeMs = rows.Bits(row, time);
                if (signal.Day is not { } day || !day.Contains(timeMs))
                {
                    Close(id, signal);
                    Begin(signal, timeMs);
                }

                var number = (int)rows.Bits(row, channel);
                if (!signal.Channels.TryGetValue(number, out var detector))
                {
                    signal.Channels[number] = detector = new Channel(_binsPerDay, _historyDays);
                }

                var bin = BinOf(signal.Clock, timeMs);
                detector.IsLogged[bin] = true;
                detector.Counts[bin] = (rows.Value(row, seen) ?? 0) >= _leastSeenShare ? rows.Whole(row, count) : null;
                detector.Faulted[bin] = rows.Whole(row, faulted) ?? 0;
            }
        }

        public override void Finish()
        {
            foreach (var (id, signal) in _signals)
            {
                Close(id, signal);
            }
        }

        private int BinOf(LocalTimeMap clock, long timeMs)
        {
            var localMs = clock.ToLocalMs(timeMs);
            return (int)((localMs - (LocalDays.NumberOf(localMs) * LocalDays.DayMs)) / _binMs);
        }

        private void Begin(Signal signal, long timeMs)
        {
            var day = LocalDay.At(signal.Clock, timeMs);
            signal.Day = day;
            signal.BinStartMs = new long[_binsPerDay];
            for (var at = day.StartMs; at < day.EndMs; at = signal.Clock.BinAt(at, _binMs).EndMs)
            {
                signal.BinStartMs[BinOf(signal.Clock, at)] = at;
            }
        }

        private void Close(SignalId id, Signal signal)
        {
            if (signal.Day is not { } day)
            {
                return;
            }

            var dayOfWeek = LocalDays.DayOfWeek(LocalDays.NumberOf(signal.Clock.ToLocalMs(day.StartMs)));
            foreach (var channel in signal.Channels.Values)
            {
                if (channel.Model.UsableDays >= _leastDays)
                {
                    channel.Model.Expect(dayOfWeek, channel.Expected, _leastDays);
                }
                else
                {
                    Array.Fill(channel.Expected, double.NaN);
                }
            }

            WriteBins(signal);
            WriteDays(signal, day);
            _context.HandOver(id, signal.Clock, _bins);
            _context.HandOver(id, signal.Clock, _days);
            foreach (var channel in signal.Channels.Values)
            {
                channel.Model.Add(dayOfWeek, channel.Counts);
                Array.Clear(channel.Counts);
                Array.Clear(channel.IsLogged);
                Array.Clear(channel.Faulted);
            }

            signal.Day = null;
        }

        private void WriteBins(Signal signal)
        {
            for (var bin = 0; bin < _binsPerDay; bin++)
            {
                foreach (var (number, channel) in signal.Channels)
                {
                    if (!channel.IsLogged[bin])
                    {
                        continue;
                    }

                    _bins.Time(signal.BinStartMs[bin]).Integer(number).Integer((long?)channel.Counts[bin]).Real(Known(channel.Expected[bin]));
                    if (GehOf(channel, bin) is { } geh)
                    {
                        _bins.Real(geh).Boolean(IsAnomaly(channel, geh));
                    }
                    else
                    {
                        _bins.Null().Null();
                    }

                    Quality.WriteComposed(_bins, channel.Counts[bin] is null ? 0 : 1, channel.Faulted[bin]);
                }
            }
        }

        private void WriteDays(Signal signal, TimeRange day)
        {
            var isQuietAll = new bool[_binsPerDay];
            var isTold = new bool[_binsPerDay];
            for (var bin = 0; bin < _binsPerDay; bin++)
            {
                isQuietAll[bin] = IsQuietAll(signal, bin);
                isTold[bin] = signal.Channels.Values.Any(c => c.IsLogged[bin]);
            }

            var isMostlyTold = isTold.Count(t => t) * 2 >= _binsPerDay;

            var logRatios = signal.Channels.ToDictionary(c => c.Key, c => LogRatio(c.Value));
            foreach (var (number, channel) in signal.Channels)
            {
                if (!channel.IsLogged.AsSpan().Contains(true))
                {
                    continue;
                }

                var gehs = Enumerable.Range(0, _binsPerDay).Select(bin => GehOf(channel, bin)).OfType<double>().ToArray();
                var anomalous = gehs.Count(g => IsAnomaly(channel, g));

                // What all detectors of the signal do together is the street's: a holiday, a closure, snow.
                var others = logRatios.Where(r => r.Key != number && r.Value is not null).Select(r => r.Value!.Value).ToList();
                var logRatio = logRatios[number] - (others.Count >= 2 ? Statistics.Median(others) : 0);
                var finding = !isMostlyTold || (gehs.Length == 0 && channel.Model.UsableDays < _leastDays)
                    ? new DayFinding(Verdict.Unknown, 0, _binsPerDay)
                    : DayCheck.Judge(Padded(channel, isTold), channel.Expected, isQuietAll, anomalous, logRatio, channel.LogRatioDeviation, _limits);
                WriteDay(signal, day, number, channel, finding, gehs.Length, anomalous);
                if (gehs.Length > 0)
                {
                    channel.Remember(Statistics.Median([.. gehs.Select(Math.Abs)]), logRatio);
                }
            }
        }

        private void WriteDay(Signal signal, TimeRange day, int number, Channel channel, DayFinding finding, int compared, int anomalous)
        {
            _days.Time(day.StartMs).Integer(number).Word((int)finding.Verdict);
            if (finding.Verdict is Verdict.Healthy or Verdict.Unknown)
            {
                _days.Null().Null();
            }
            else
            {
                var end = finding.EndBin;
                while (end < _binsPerDay && signal.BinStartMs[end] == 0)
                {
                    end++;
                }

                var first = finding.FirstBin;
                while (first < _binsPerDay - 1 && signal.BinStartMs[first] == 0)
                {
                    first++;
                }

                _days.Time(signal.BinStartMs[first]).Time(end < _binsPerDay ? signal.BinStartMs[end] : day.EndMs);
            }

            var counted = channel.Counts.Count(c => c is not null);
            var bins = signal.BinStartMs.Count(s => s != 0);
            _days.Integer(counted == 0 ? null : (long)channel.Counts.Sum(c => c ?? 0)).Real(ExpectedTotal(channel))
                .Real(compared == 0 ? null : (double)anomalous / compared).Real(1 - ((double)counted / bins));
            Quality.WriteComposed(_days, (double)counted / bins, channel.Faulted.Max());
        }

        /// <summary>The day's counts; a bin that the wall clock skipped, or that the rows do not reach, is no missing count: the expected one stands in.</summary>
        private double?[] Padded(Channel channel, bool[] isTold)
        {
            var counts = (double?[])channel.Counts.Clone();
            for (var bin = 0; bin < _binsPerDay; bin++)
            {
                if (!isTold[bin])
                {
                    counts[bin] = double.IsNaN(channel.Expected[bin]) ? 0 : Math.Round(channel.Expected[bin]);
                }
            }

            return counts;
        }

        /// <summary>At least three detectors should have counted, and none did.</summary>
        private static bool IsQuietAll(Signal signal, int bin)
        {
            const double shouldCount = 5;
            var due = 0;
            foreach (var channel in signal.Channels.Values)
            {
                if (channel.Expected[bin] >= shouldCount && channel.Counts[bin] is { } count)
                {
                    if (count > 0)
                    {
                        return false;
                    }

                    due++;
                }
            }

            return due >= 3;
        }

        /// <summary>The median over the day's busier bins, when there are some hours of them: a miscounting detector is off all day, an event on the street for a while.</summary>
        private static double? LogRatio(Channel channel)
        {
            const double busy = 5;
            const int leastBusyBins = 16;
            var ratios = new List<double>(channel.Counts.Length);
            for (var bin = 0; bin < channel.Counts.Length; bin++)
            {
                if (channel.Counts[bin] is { } count && channel.Expected[bin] >= busy)
                {
                    ratios.Add(Math.Log((count + 0.5) / (channel.Expected[bin] + 0.5)));
                }
            }

            return ratios.Count < leastBusyBins ? null : Statistics.Median(ratios);
        }

        private static double? ExpectedTotal(Channel channel)
        {
            double? total = null;
            for (var bin = 0; bin < channel.Counts.Length; bin++)
            {
                if (channel.Counts[bin] is not null && !double.IsNaN(channel.Expected[bin]))
                {
                    total = (total ?? 0) + channel.Expected[bin];
                }
            }

            return total;
        }

        private bool IsAnomaly(Channel channel, double geh) => Math.Abs(geh) > _gehLimit && Math.Abs(geh) / channel.UsualGeh > _zLimit;

        private static double? GehOf(Channel channel, int bin) =>
            channel.Counts[bin] is { } count && !double.IsNaN(channel.Expected[bin]) ? Statistics.Geh(count, channel.Expected[bin]) : null;

        private static double? Known(double value) => double.IsNaN(value) ? null : value;
    }
}
