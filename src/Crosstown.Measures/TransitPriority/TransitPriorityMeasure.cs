using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.TransitPriority;

/// <summary>Transit priority: what became of each request, and how much split each phase could give.</summary>
public sealed class TransitPriorityMeasure : Measure
{
    /// <summary>A service end is logged up to this long after the check-out (ATSPM 5).</summary>
    private const long ServiceEndMs = 1000;

    /// <summary>No bus takes an hour over one intersection: its check-out was lost.</summary>
    private const long LongestMs = 3_600_000;

    private const int Numbers = 256;

    internal static readonly ChoiceOption<PercentileRule> Percentile = new(
        "percentile_rule", "How a percentile between two services is found.", PercentileRule.Linear, udot: PercentileRule.Utah);

    internal static readonly TableSchema Requests = new()
    {
        Name = "transit-priority",
        Columns =
        [
            new("time", ColumnType.Time, "", "Check-in."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("request", ColumnType.Integer, "", "Number of the priority request input."),
            new("end", ColumnType.Time, "", "Check-out, or the next check-in; null when neither came within an hour."),
            new("ended_by", ColumnType.Word, "", "How it ended.") { Words = ["check-out", "next-check-in", "lost", "log-end"] },
            new("length_s", ColumnType.Real, "s", "Check-in to end; null without an end."),
            new("early_greens", ColumnType.Integer, "", "Adjustments to an early green (113)."),
            new("extended_greens", ColumnType.Integer, "", "Adjustments to an extended green (114)."),
            new("early_force_offs", ColumnType.Integer, "", "Early force-offs of the cycle (117)."),
            new("preempted", ColumnType.Boolean, "", "Whether a preempt forced it off (116)."),
            new("first_adjustment_s", ColumnType.Real, "s", "Check-in to the first adjustment; null without one."),
            new("service_offset_s", ColumnType.Real, "s", "Check-in to the begin of service (118); null when not logged."),
            new("service_s", ColumnType.Real, "s", "Begin to end of service (118 to 119); null when not logged."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Bins = new()
    {
        Name = "transit-priority-bins",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("request", ColumnType.Integer, "", "Number of the priority request input."),
            new("check_ins", ColumnType.Integer, "", "Requests that checked in in the bin."),
            new("early_greens", ColumnType.Integer, "", "Of these, with at least one adjustment to an early green."),
            new("extended_greens", ColumnType.Integer, "", "Of these, with at least one adjustment to an extended green."),
            new("preempted", ColumnType.Integer, "", "Of these, forced off by a preempt."),
            new("adjusted_share", ColumnType.Real, "0-1", "Share with an adjustment of either kind."),
            new("mean_length_s", ColumnType.Real, "s", "Mean length of those with an end; null without any."),
            new("mean_service_offset_s", ColumnType.Real, "s", "Mean time from check-in to begin of service; null when not logged."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Splits = new()
    {
        Name = "transit-priority-splits",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the plan, of the local day, or of the log."),
            new("signal", ColumnType.Signal, "", "The signal."),
            .. ArrivalCells.PlanColumns,
            new("phase", ColumnType.Integer, "", "Phase."),
            new("services", ColumnType.Integer, "", "Services that began under the plan."),
            new("skip_share", ColumnType.Real, "0-1", "Services fewer than the plan's most served phase had, over that phase's; null without any."),
            new("force_off_share", ColumnType.Real, "0-1", "Force-offs, in free operation max-outs, over the services of the most served phase; null without any."),
            new("programmed_split_s", ColumnType.Integer, "s", "Programmed split; null when not logged with the pattern."),
            new("minimum_s", ColumnType.Real, "s", "Minimum green, yellow and red clearance as configured; where not configured, the shortest service; null without either."),
            new("p50_s", ColumnType.Real, "s", "Median length of services; null without services."),
            new("p85_s", ColumnType.Real, "s", "85th percentile of length; null without services."),
            new("reduction_s", ColumnType.Integer, "s", "Seconds of split that the phase could give to a bus; null without a programmed split or services."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "transit-priority";

    public override string Title => "Transit signal priority";

    public override CodeSet Codes { get; } =
        PlanTracker.AddCodes(CodeSet.Of(PhaseServices.Codes).AndRange(EventCode.TransitPriorityCheckIn, EventCode.TransitPriorityServiceEnd));

    public override ImmutableArray<Option> Options => [Percentile];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [] : [Requests, Bins, Splits];

    public override SignalMeasure Start(MeasureContext context) => new TransitPriority(context);

    private enum EndedBy
    {
        CheckOut,
        NextCheckIn,
        Lost,
        LogEnd,
    }

    private struct Cell
    {
        public int CheckIns;
        public int EarlyGreens;
        public int ExtendedGreens;
        public int Adjusted;
        public int Preempted;
        public int Lengths;
        public long LengthMs;
        public int Offsets;
        public long OffsetMs;
    }

    private struct Request
    {
        public int Number;
        public long StartMs;
        public long LastMs;
        public long? EndMs;
        public EndedBy EndedBy;
        public int EarlyGreens;
        public int ExtendedGreens;
        public int EarlyForceOffs;
        public bool IsPreempted;
        public long? FirstAdjustmentMs;
        public long? ServiceStartMs;
        public long? ServiceEndMs;
    }

    private sealed class TransitPriority(MeasureContext context) : PlanSplits(context, onlyWholeInPlan: false)
    {
        private readonly RowBuffer _requests = context.Rows(Requests);
        private readonly RowBuffer _binRows = context.Rows(Bins);
        private readonly RowBuffer _splits = context.Rows(Splits);
        private readonly PercentileRule _rule = context.Options.Choice(Percentile);
        private readonly OpenBins<Cell> _bins = new(context.Clock, context.Options.BinMs, Numbers);
        private readonly Request[] _open = new Request[Numbers];
        private readonly bool[] _isOpen = new bool[Numbers];
        private readonly HeldItems<Request> _ended = new();

        protected override void TakeOther(in ControllerEvent e)
        {
            if ((ushort)e.Parameter >= Numbers)
            {
                return;
            }

            var number = e.Parameter;
            EndIfOver(number, e.TimeMs);
            if (e.Code == EventCode.TransitPriorityCheckIn)
            {
                if (_isOpen[number])
                {
                    End(number, _open[number].EndMs ?? e.TimeMs, _open[number].EndMs is null ? EndedBy.NextCheckIn : EndedBy.CheckOut);
                }

                _isOpen[number] = true;
                _open[number] = new Request { Number = number, StartMs = e.TimeMs, LastMs = e.TimeMs };
            }
            else if (_isOpen[number])
            {
                Take(ref _open[number], e);
            }
        }

        protected override void SettleServices(long beforeMs, long watermarkMs)
        {
            var settledMs = watermarkMs;
            for (var number = 0; number < Numbers; number++)
            {
                EndIfOver(number, watermarkMs);
                if (_isOpen[number])
                {
                    settledMs = Math.Min(settledMs, _open[number].StartMs);
                }
            }

            while (_ended.TryTakeBefore(settledMs, out var request))
            {
                Write(request);
            }

            while (_bins.TryClose(settledMs, out var bin))
            {
                for (var number = 0; number < Numbers; number++)
                {
                    if (bin.Touched[number])
                    {
                        WriteBin(bin.Range, number, bin.Cells[number]);
                    }
                }
            }
        }

        protected override void WritePlan(PlanPeriod period, TimeRange span, int phase, in SplitCell cell, int most)
        {
            var services = cell.Services;
            var split = period.SplitS(phase);
            var skips = most == 0 ? (double?)null : (double)(most - services) / most;
            var limits = most == 0 ? (double?)null : (double)(period.IsFree ? cell.MaxOuts : cell.ForceOffs) / most;
            var minimum = MinimumS(phase) ?? (services == 0 ? null : cell.LengthsMs![0] / 1000.0);
            var p50 = services == 0 ? null : PercentileS(cell, 50, _rule);
            var p85 = services == 0 ? null : PercentileS(cell, 85, _rule);
            ArrivalCells.WritePlan(_splits, period).Integer(phase).Integer(services).Real(skips).Real(limits).Integer(split).Real(minimum).Real(p50).Real(p85)
                .Integer(split is { } s && services > 0 ? Reduction(s, skips!.Value, limits!.Value, minimum!.Value, p50!.Value, p85!.Value) : (long?)null);
            Quality.Write(_splits, Context.Coverage, span, cell.Dropped, null, null);
        }

        /// <summary>The rule of ATSPM 5's transit priority report: the less a phase is used to its limit, the more of its split is free.</summary>
        private static long Reduction(int splitS, double skips, double limits, double minimumS, double p50S, double p85S)
        {
            var needS = skips > 0.7 ? minimumS
                : limits < 0.4 ? (minimumS + p50S) / 2
                : limits < 0.6 ? p50S
                : limits < 0.8 ? p85S
                : splitS;
            return Math.Max(0, (long)Math.Floor(splitS - needS));
        }

        private static void Take(ref Request request, in ControllerEvent e)
        {
            if (request.EndMs is not null && e.Code != EventCode.TransitPriorityServiceEnd)
            {
                return;
            }

            request.LastMs = e.TimeMs;
            switch (e.Code)
            {
                case EventCode.TransitPriorityEarlyGreen:
                    request.EarlyGreens++;
                    request.FirstAdjustmentMs ??= e.TimeMs;
                    break;
                case EventCode.TransitPriorityExtendedGreen:
                    request.ExtendedGreens++;
                    request.FirstAdjustmentMs ??= e.TimeMs;
                    break;
                case EventCode.TransitPriorityCheckOut:
                    request.EndMs = e.TimeMs;
                    break;
                case EventCode.TransitPriorityPreemptForceOff:
                    request.IsPreempted = true;
                    break;
                case EventCode.TransitPriorityEarlyForceOff:
                    request.EarlyForceOffs++;
                    break;
                case EventCode.TransitPriorityServiceStart:
                    request.ServiceStartMs ??= e.TimeMs;
                    break;
                case EventCode.TransitPriorityServiceEnd:
                    request.ServiceEndMs = e.TimeMs;
                    break;
            }
        }

        /// <summary>Ends a request whose check-out lies too far back for a service end to follow, or that never checked out.</summary>
        private void EndIfOver(int number, long nowMs)
        {
            if (!_isOpen[number])
            {
                return;
            }

            if (_open[number].EndMs is { } endMs)
            {
                if (nowMs - endMs > ServiceEndMs)
                {
                    End(number, endMs, EndedBy.CheckOut);
                }
            }
            else if (nowMs == long.MaxValue)
            {
                End(number, null, EndedBy.LogEnd);
            }
            else if (nowMs - _open[number].StartMs > LongestMs)
            {
                End(number, null, EndedBy.Lost);
            }
        }

        private void End(int number, long? endMs, EndedBy endedBy)
        {
            _isOpen[number] = false;
            var request = _open[number];
            request.EndMs = endMs;
            request.EndedBy = endedBy;
            _ended.Add(request.StartMs, number, request);
            ref var cell = ref _bins.At(request.StartMs, number);
            cell.CheckIns++;
            cell.EarlyGreens += request.EarlyGreens > 0 ? 1 : 0;
            cell.ExtendedGreens += request.ExtendedGreens > 0 ? 1 : 0;
            cell.Adjusted += request.FirstAdjustmentMs is null ? 0 : 1;
            cell.Preempted += request.IsPreempted ? 1 : 0;
            if (endMs is not null)
            {
                cell.Lengths++;
                cell.LengthMs += endMs.Value - request.StartMs;
            }

            if (request.ServiceStartMs is { } serviceMs)
            {
                cell.Offsets++;
                cell.OffsetMs += serviceMs - request.StartMs;
            }
        }

        private void Write(in Request r)
        {
            _requests.Time(r.StartMs).Integer(r.Number);
            if (r.EndMs is { } endMs)
            {
                _requests.Time(endMs);
            }
            else
            {
                _requests.Null();
            }

            _requests.Word((int)r.EndedBy).Real(Seconds(r.StartMs, r.EndMs))
                .Integer(r.EarlyGreens).Integer(r.ExtendedGreens).Integer(r.EarlyForceOffs).Boolean(r.IsPreempted)
                .Real(Seconds(r.StartMs, r.FirstAdjustmentMs)).Real(Seconds(r.StartMs, r.ServiceStartMs)).Real(Seconds(r.ServiceStartMs, r.ServiceEndMs));
            Quality.Write(_requests, Context.Coverage, new TimeRange(r.StartMs, Math.Max(r.LastMs, r.EndMs ?? r.LastMs)), null, null, null);
        }

        private void WriteBin(TimeRange bin, int number, in Cell cell)
        {
            _binRows.Time(bin.StartMs).Integer(number).Integer(cell.CheckIns).Integer(cell.EarlyGreens).Integer(cell.ExtendedGreens).Integer(cell.Preempted)
                .Real((double)cell.Adjusted / cell.CheckIns)
                .Real(cell.Lengths == 0 ? null : cell.LengthMs / 1000.0 / cell.Lengths)
                .Real(cell.Offsets == 0 ? null : cell.OffsetMs / 1000.0 / cell.Offsets);
            Quality.Write(_binRows, Context.Coverage, bin, null, null, null);
        }

        private double? MinimumS(int phase)
        {
            foreach (var configured in Context.Configuration.Phases)
            {
                if (configured.Number == phase)
                {
                    return configured.MinimumGreenS + configured.YellowS + configured.RedClearanceS;
                }
            }

            return null;
        }

        private static double? Seconds(long? fromMs, long? toMs) => (toMs - fromMs) / 1000.0;
    }
}
