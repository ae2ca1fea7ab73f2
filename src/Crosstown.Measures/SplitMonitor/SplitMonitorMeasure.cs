using System.Collections.Immutable;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.SplitMonitor;

/// <summary>Split monitor: how long each phase was served, against what was programmed, and how its greens ended.</summary>
public sealed class SplitMonitorMeasure : Measure
{
    internal static readonly ChoiceOption<PercentileRule> Percentile = new(
        "percentile_rule", "How a percentile between two services is found.", PercentileRule.Linear, udot: PercentileRule.Utah);

    internal static readonly FlagOption SharesOfMost = new(
        "shares_of_most_services", "Divide gap-outs, max-outs and force-offs by the services of the plan's most served phase, as ATSPM 5 does; else by the phase's own.",
        crosstown: false, udot: true);

    internal static readonly FlagOption OneLimit = new(
        "one_limit_only", "Write max-outs in free operation only and force-offs otherwise only, 0 for the other, as ATSPM 5 does.", crosstown: false, udot: true);

    internal static readonly FlagOption WholeInPlan = new(
        "only_whole_in_plan", "Leave out a service that ends after its plan, as ATSPM 5 does; else it counts where it began.", crosstown: false, udot: true);

    internal static readonly TableSchema Services = new()
    {
        Name = "split-monitor",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of green."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("phase", ColumnType.Integer, "", "Phase."),
            new("length_s", ColumnType.Real, "s", "Green, yellow and red clearance."),
            new("termination", ColumnType.Word, "", "Why the green ended.") { Words = ["unknown", "gap-out", "max-out", "force-off"] },
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Plans = new()
    {
        Name = "split-monitor-plans",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the plan, of the local day, or of the log."),
            new("signal", ColumnType.Signal, "", "The signal."),
            .. ArrivalCells.PlanColumns,
            new("phase", ColumnType.Integer, "", "Phase."),
            new("programmed_split_s", ColumnType.Integer, "s", "Programmed split; null when not logged with the pattern, or not used."),
            new("services", ColumnType.Integer, "", "Services that began under the plan."),
            new("mean_s", ColumnType.Real, "s", "Mean length; null without services."),
            new("p50_s", ColumnType.Real, "s", "Median length; null without services."),
            new("p85_s", ColumnType.Real, "s", "85th percentile of length; null without services."),
            new("min_s", ColumnType.Real, "s", "Shortest; null without services."),
            new("max_s", ColumnType.Real, "s", "Longest; null without services."),
            new("gap_out_share", ColumnType.Real, "0-1", "Share of services that gapped out; null without services."),
            new("max_out_share", ColumnType.Real, "0-1", "Share of services that maxed out; null without services."),
            new("force_off_share", ColumnType.Real, "0-1", "Share of services that were forced off; null without services."),
            new("skips", ColumnType.Integer, "", "Services fewer than the plan's most served phase had."),
            new("skip_share", ColumnType.Real, "0-1", "Skips over the services of the most served phase; null without any."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "split-monitor";

    public override string Title => "Split monitor";

    public override CodeSet Codes { get; } = PlanTracker.AddCodes(CodeSet.Of(PhaseServices.Codes));

    public override ImmutableArray<Option> Options => [Percentile, SharesOfMost, OneLimit, WholeInPlan];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [] : [Services, Plans];

    public override SignalMeasure Start(MeasureContext context) => new SplitMonitor(context);

    private sealed class SplitMonitor(MeasureContext context) : PlanSplits(context, context.Options[WholeInPlan])
    {
        private readonly RowBuffer _services = context.Rows(Services);
        private readonly RowBuffer _plans = context.Rows(Plans);
        private readonly PercentileRule _rule = context.Options.Choice(Percentile);
        private readonly bool _sharesOfMost = context.Options[SharesOfMost];
        private readonly bool _oneLimit = context.Options[OneLimit];
        private readonly HeldItems<PhaseService> _held = new();

        protected override void TakeService(in PhaseService service) => _held.Add(service.StartMs, service.Phase, service);

        protected override void SettleServices(long beforeMs, long watermarkMs)
        {
            while (_held.TryTakeBefore(beforeMs, out var service))
            {
                _services.Time(service.StartMs).Integer(service.Phase).Real(service.LengthMs / 1000.0).Word((int)service.Termination);
                Quality.Write(_services, Context.Coverage, new TimeRange(service.StartMs, service.EndMs), 0, null, null);
            }
        }

        protected override void WritePlan(PlanPeriod period, TimeRange span, int phase, in SplitCell cell, int most)
        {
            var services = cell.Services;
            var shareOf = _sharesOfMost ? most : services;
            ArrivalCells.WritePlan(_plans, period).Integer(phase).Integer(period.SplitS(phase)).Integer(services);
            if (services == 0)
            {
                _plans.Null().Null().Null().Null().Null();
            }
            else
            {
                _plans.Real(cell.LengthsMs!.Average() / 1000).Real(PercentileS(cell, 50, _rule)).Real(PercentileS(cell, 85, _rule))
                    .Real(cell.LengthsMs![0] / 1000.0).Real(cell.LengthsMs[^1] / 1000.0);
            }

            _plans.Real(Share(cell.GapOuts, shareOf))
                .Real(Share(_oneLimit && !period.IsFree ? 0 : cell.MaxOuts, shareOf))
                .Real(Share(_oneLimit && period.IsFree ? 0 : cell.ForceOffs, shareOf))
                .Integer(most - services).Real(Share(most - services, most));
            Quality.Write(_plans, Context.Coverage, span, cell.Dropped, null, null);
        }

        private static double? Share(int part, int whole) => whole == 0 ? null : (double)part / whole;
    }
}
