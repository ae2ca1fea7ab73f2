using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Crosstown.Core.Events;
using Crosstown.Core.Privacy;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.ApproachSpeed;

/// <summary>Approach speed: how fast vehicles come to the stop bar on green, once the queue has gone.</summary>
/// <remarks>Speeds come beside the event log. Rule P11: they leave in bins of 5 minutes or more with 10 readings or more, else not at all.</remarks>
public sealed class ApproachSpeedMeasure : Measure
{
    private const long LeastBinMs = PrivacyLimits.ReadingBinMinutes * 60_000L;

    private const int Speeds = 128;

    internal static readonly NumberOption AfterGreenS = new(
        "after_green_s", "s", "Readings count from this long after the begin of green, when the queue has gone, to the begin of yellow.", 15, least: 0, most: 120);

    internal static readonly NumberOption LeastSpeedMph = new(
        "least_speed_mph", "mph", "Slower readings are no traffic in flow; a detector's own filter takes its place.", 5, least: 0, most: 60);

    internal static readonly FlagOption RoundSpeeds = new(
        "round_speeds", "Round the mean to whole miles per hour and take whole readings as percentiles, as ATSPM 5 does.", crosstown: false, udot: true);

    private static readonly ImmutableArray<Column> SpeedColumns =
    [
        new("readings", ColumnType.Integer, "", "Readings that count; null when there were fewer than 10."),
        new("mean_mph", ColumnType.Real, "mph", "Mean; null with fewer than 10 readings."),
        new("p15_mph", ColumnType.Real, "mph", "15th percentile; null with fewer than 10 readings."),
        new("p50_mph", ColumnType.Real, "mph", "Median; null with fewer than 10 readings."),
        new("p85_mph", ColumnType.Real, "mph", "85th percentile; null with fewer than 10 readings."),
        new("deviation_mph", ColumnType.Real, "mph", "Standard deviation of the readings; null with fewer than 10."),
        new("speed_limit_mph", ColumnType.Integer, "mph", "Posted speed; null when unknown."),
    ];

    internal static readonly TableSchema Bins = new()
    {
        Name = "approach-speed",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin, 5 minutes or longer."), new("signal", ColumnType.Signal, "", "The signal."),
            .. ApproachGroup.Columns, .. SpeedColumns, .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema PlanTable = new()
    {
        Name = "approach-speed-plans",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the plan, of the local day, or of the log."), new("signal", ColumnType.Signal, "", "The signal."),
            .. ArrivalCells.PlanColumns, .. ApproachGroup.Columns, .. SpeedColumns, .. Quality.Columns,
        ],
    };

    public override string Name => "approach-speed";

    public override string Title => "Approach speed";

    public override CodeSet Codes => CycleArrivals.Codes;

    public override ImmutableArray<Option> Options => [AfterGreenS, LeastSpeedMph, RoundSpeeds];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [] : [Bins, PlanTable];

    public override SignalMeasure? Start(MeasureContext context) =>
        ApproachGroup.List(context.Configuration, DetectorFunctions.AdvanceSpeed) is { Length: > 0 } groups ? new ApproachSpeed(context, groups) : null;

    [InlineArray(Speeds)]
    private struct Histogram
    {
        private int _first;
    }

    /// <summary>Speeds as counts per mile per hour: all that is kept of single readings.</summary>
    private struct Cell
    {
        public Histogram Counts;
        public int Readings;
        public int Dropped;
    }

    private sealed class ApproachSpeed : CycleArrivals, ITakesSpeeds
    {
        private readonly RowBuffer _binRows;
        private readonly RowBuffer _planRows;
        private readonly OpenBins<Cell> _bins;
        private readonly OpenPlans<Cell> _plans;
        private readonly PendingArrivals[] _readings;
        private readonly int[] _groupOfChannel = new int[256];
        private readonly double[] _leastMph = new double[256];
        private readonly long _afterGreenMs;
        private readonly bool _rounds;
        private long _settledMs = long.MinValue;

        public ApproachSpeed(MeasureContext context, ApproachGroup[] groups)
            : base(context, groups, projects: false)
        {
            _binRows = context.Rows(Bins);
            _planRows = context.Rows(PlanTable);
            _bins = new OpenBins<Cell>(context.Clock, Math.Max(LeastBinMs, context.Options.BinMs), groups.Length);
            _plans = new OpenPlans<Cell>(Plans, groups.Length);
            _readings = [.. groups.Select(_ => new PendingArrivals())];
            _afterGreenMs = context.Options.Milliseconds(AfterGreenS);
            _rounds = context.Options[RoundSpeeds];
            Array.Fill(_groupOfChannel, -1);
            for (var g = 0; g < groups.Length; g++)
            {
                foreach (var detector in groups[g].Detectors)
                {
                    _groupOfChannel[detector.Channel] = g;
                    _leastMph[detector.Channel] = detector.MinimumSpeedMph ?? context.Options[LeastSpeedMph];
                }
            }
        }

        public void Take(ReadOnlySpan<SpeedReading> readings)
        {
            foreach (var reading in readings)
            {
                var group = _groupOfChannel[reading.Channel];
                if (group >= 0 && reading.Mph >= _leastMph[reading.Channel] && reading.Mph < Speeds && reading.TimeMs >= _settledMs)
                {
                    _readings[group].Add(reading.TimeMs, group, reading.Mph);
                }
            }
        }

        protected override void TakeCycle(int group, in ObservedCycle cycle, ReadOnlySpan<Arrival> arrivals, int droppedBefore)
        {
            var readings = _readings[group];
            while (readings.TryTakeBefore(Math.Min(cycle.GreenMs + _afterGreenMs, cycle.YellowMs), out _))
            {
            }

            while (readings.TryTakeBefore(cycle.YellowMs, out var reading))
            {
                Add(ref _bins.At(reading.TimeMs, group), reading.Channel);
                Add(ref _plans.At(cycle.StartMs, group), reading.Channel);
            }
        }

        protected override void TakeOutside(int group, in Arrival arrival)
        {
        }

        protected override void TakeDropped(int group, long startMs)
        {
            _bins.At(startMs, group).Dropped++;
            _plans.At(startMs, group).Dropped++;
        }

        protected override void Settle(long beforeMs)
        {
            _settledMs = beforeMs;
            foreach (var readings in _readings)
            {
                while (readings.TryTakeBefore(beforeMs, out _))
                {
                }
            }

            while (_bins.TryClose(beforeMs, out var bin))
            {
                for (var g = 0; g < Groups.Length; g++)
                {
                    if (bin.Cells[g].Readings > 0)
                    {
                        ApproachGroup.Write(_binRows.Time(bin.Range.StartMs), Groups[g].Group);
                        WriteSpeeds(_binRows, bin.Range, g, bin.Cells[g]);
                    }
                }
            }

            while (_plans.TryClose(beforeMs, out var plan))
            {
                for (var g = 0; g < Groups.Length; g++)
                {
                    if (plan.Cells[g].Readings > 0)
                    {
                        ApproachGroup.Write(ArrivalCells.WritePlan(_planRows, plan.Period), Groups[g].Group);
                        WriteSpeeds(_planRows, plan.Range, g, plan.Cells[g]);
                    }
                }
            }
        }

        private static void Add(ref Cell cell, int mph)
        {
            cell.Counts[mph]++;
            cell.Readings++;
        }

        private void WriteSpeeds(RowBuffer rows, TimeRange span, int group, in Cell cell)
        {
            if (cell.Readings < PrivacyLimits.ReadingMinimum || span.LengthMs < LeastBinMs)
            {
                rows.Null().Null().Null().Null().Null().Null();
            }
            else
            {
                ReadOnlySpan<int> counts = cell.Counts;
                var (sum, squares) = (0L, 0L);
                for (var mph = 0; mph < Speeds; mph++)
                {
                    sum += (long)counts[mph] * mph;
                    squares += (long)counts[mph] * mph * mph;
                }

                var mean = (double)sum / cell.Readings;
                rows.Integer(cell.Readings)
                    .Real(_rounds ? Math.Round(mean) : mean)
                    .Real(PercentileOf(counts, cell.Readings, 15))
                    .Real(PercentileOf(counts, cell.Readings, 50))
                    .Real(PercentileOf(counts, cell.Readings, 85))
                    .Real(Math.Sqrt(Math.Max(0, ((double)squares / cell.Readings) - (mean * mean))));
            }

            rows.Integer(Groups[group].SpeedLimitMph);
            Quality.Write(rows, Context.Coverage, span, cell.Dropped, null, Groups[group].Channels);
        }

        private double PercentileOf(ReadOnlySpan<int> counts, int readings, int percent)
        {
            if (_rounds)
            {
                // The peer takes the reading at place n x q - 0.5, counted from 0 and rounded, half to even.
                return ReadingAt(counts, (int)Math.Round(((readings * percent) - 50) / 100.0));
            }

            var place = (readings - 1) * percent;
            var lower = ReadingAt(counts, place / 100);
            return lower + ((ReadingAt(counts, Math.Min(readings - 1, (place / 100) + 1)) - lower) * (place % 100) / 100.0);
        }

        /// <summary>The reading at a place in rising order, counted from 0.</summary>
        private static int ReadingAt(ReadOnlySpan<int> counts, int place)
        {
            var mph = 0;
            for (var before = counts[0]; before <= place; before += counts[mph])
            {
                mph++;
            }

            return mph;
        }
    }
}
