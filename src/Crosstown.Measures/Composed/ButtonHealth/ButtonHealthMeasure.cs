using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.DetectorHealth;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Composed.ButtonHealth;

/// <summary>Push button health: presses per walk of each phase against its own history.</summary>
public sealed class ButtonHealthMeasure : ComposedMeasure
{
    internal static readonly NumberOption LeastDays = new("least_days", "d", "Earlier days that it needs before it judges.", 7, least: 3, most: 90);

    internal static readonly NumberOption ZLimit = new(
        "z_limit", "", "Presses per walk this many robust deviations above their history, and at least twice as many, are chatter.", 3.5, least: 0, most: 100);

    internal static readonly NumberOption DeadPresses = new(
        "dead_presses", "", "A button that is pressed at least this often on a usual day and not once on this one is dead.", 20, least: 1);

    internal static readonly TableSchema Table = new()
    {
        Name = "button-days",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the local day."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("phase", ColumnType.Integer, "", "Phase whose walk the buttons ask for."),
            new("presses", ColumnType.Integer, "", "Actuations of its buttons."),
            new("walks", ColumnType.Integer, "", "Walks that began."),
            new("presses_per_walk", ColumnType.Real, "", "Presses over walks; null without a walk."),
            new("usual_presses", ColumnType.Real, "", "Median of up to 28 earlier days; null with too few."),
            new("usual_presses_per_walk", ColumnType.Real, "", "Median of presses per walk on them."),
            new("z", ColumnType.Real, "", "Robust deviations of presses per walk, in logarithms, from that; null with too little history."),
            new("verdict", ColumnType.Word, "", "What the day says about the button.") { Words = ["unknown", "healthy", "dead", "chatter"] },
            .. Quality.Columns,
        ],
    };

    public override string Name => "button-health";

    public override string Title => "Push button health";

    public override ImmutableArray<Option> Options => [LeastDays, ZLimit, DeadPresses];

    public override ImmutableArray<string> Inputs => [DetectorHealthMeasure.PhaseDays.Name];

    public override ImmutableArray<TableSchema> Tables => [Table];

    public override ComposedWork Start(ComposedContext context) => new ButtonHealth(context);

    private sealed class History
    {
        private const int Remembered = 28;

        /// <summary>A spread below a tenth is chance: few walks, few presses.</summary>
        private const double LeastSpread = 0.1;

        private readonly Queue<double> _presses = [];
        private readonly Queue<double> _logRatios = [];

        public double? UsualPresses(int leastDays) => _presses.Count < leastDays ? null : Statistics.Median([.. _presses]);

        public (double Median, double Spread)? UsualLogRatio(int leastDays) => _logRatios.Count < leastDays
            ? null
            : (Statistics.Median([.. _logRatios])!.Value, Math.Max(LeastSpread, Statistics.RobustDeviation([.. _logRatios])!.Value));

        public void Remember(double presses, double? logRatio)
        {
            Remember(_presses, presses);
            if (logRatio is { } ratio)
            {
                Remember(_logRatios, ratio);
            }
        }

        private static void Remember(Queue<double> values, double value)
        {
            values.Enqueue(value);
            if (values.Count > Remembered)
            {
                values.Dequeue();
            }
        }
    }

    private sealed class ButtonHealth(ComposedContext context) : ComposedWork
    {
        private const int Dead = 2;
        private const int Chatter = 3;

        private readonly RowBuffer _rows = new(Table);
        private readonly Dictionary<(SignalId Signal, long Phase), History> _histories = [];

        public override void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            var schema = rows.Schema;
            var (time, phase, presses, walks, seen) =
                (schema.IndexOf("time"), schema.IndexOf("phase"), schema.IndexOf("presses"), schema.IndexOf("walks"), schema.IndexOf("seen_share"));
            for (var row = 0; row < rows.Count; row++)
            {
                var key = (signal, rows.Bits(row, phase));
                if (!_histories.TryGetValue(key, out var history))
                {
                    // A phase that no walk and no press was ever seen of has no button.
                    if (rows.Bits(row, presses) + rows.Bits(row, walks) == 0)
                    {
                        continue;
                    }

                    _histories[key] = history = new History();
                }

                Judge(rows.Bits(row, time), key.Item2, rows.Bits(row, presses), rows.Bits(row, walks), rows.Value(row, seen), history);
            }

            context.HandOver(signal, clock, _rows);
        }

        public override void Finish()
        {
        }

        private void Judge(long timeMs, long phase, long presses, long walks, double? seen, History history)
        {
            var leastDays = (int)context.Options[LeastDays];
            var usualPresses = history.UsualPresses(leastDays);
            var usual = history.UsualLogRatio(leastDays);

            // Half a press added to both, so that a day without one has a ratio too.
            var logRatio = walks == 0 ? (double?)null : Math.Log((presses + 0.5) / (walks + 0.5));
            var z = (logRatio - usual?.Median) / usual?.Spread;
            var isDead = presses == 0 && usualPresses >= context.Options[DeadPresses];
            var isChatter = z > context.Options[ZLimit] && logRatio - usual?.Median > Math.Log(2);
            var verdict = isDead ? Dead : isChatter ? Chatter : usualPresses is null ? 0 : 1;
            _rows.Time(timeMs).Integer(phase).Integer(presses).Integer(walks).Real(walks == 0 ? null : (double)presses / walks)
                .Real(usualPresses).Real(usual is { } u ? Math.Exp(u.Median) : null).Real(z).Word(verdict);
            Quality.WriteComposed(_rows, seen);
            history.Remember(presses, logRatio);
        }
    }
}
