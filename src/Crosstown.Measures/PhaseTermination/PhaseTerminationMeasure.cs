using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.PhaseTermination;

/// <summary>Phase termination: why each green ended, and where one reason comes again and again.</summary>
public sealed class PhaseTerminationMeasure : Measure
{
    internal static readonly NumberOption ConsecutiveCount = new(
        "consecutive_count", "", "A service is flagged when it and those before it, so many in all, ended for the same reason.", 3, udot: 1, least: 1, most: 10);

    /// <summary>The words of a reason, in the order of <see cref="GapOut"/> and its fellows.</summary>
    private static readonly ImmutableArray<string> Reasons = ["gap_out", "max_out", "force_off", "unknown"];

    private const byte GapOut = 0;
    private const byte MaxOut = 1;
    private const byte ForceOff = 2;
    private const byte Unknown = 3;

    internal static readonly TableSchema Table = new()
    {
        Name = "phase-termination",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("phase", ColumnType.Integer, "", "The phase."),
            new("services", ColumnType.Integer, "", "Greens that ended in the bin."),
            new("gap_outs", ColumnType.Integer, "", "Of these, because traffic gapped out."),
            new("max_outs", ColumnType.Integer, "", "Of these, at the phase's maximum."),
            new("force_offs", ColumnType.Integer, "", "Of these, forced off by the coordinator."),
            new("unknown", ColumnType.Integer, "", "Of these, without a logged reason: a preempt, manual control, recall, or a lost event."),
            new("share_max_out_or_force_off", ColumnType.Real, "0-1", "Max-outs and force-offs over services; null without services."),
            new("flagged", ColumnType.Integer, "", "Services that were one of a run of equal reasons."),
            new("walks", ColumnType.Integer, "", "Walks that began in the bin."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema ServiceTable = new()
    {
        Name = "phase-terminations",
        Columns =
        [
            new("time", ColumnType.Time, "", "End of the green."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("phase", ColumnType.Integer, "", "The phase."),
            new("reason", ColumnType.Word, "", "Why it ended.") { Words = Reasons },
            new("run", ColumnType.Integer, "", "How many services in a row, this one included, ended so."),
            new("flagged", ColumnType.Boolean, "", "The run is as long as asked for or longer."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema OdotTable = new()
    {
        Name = "terminations",
        TimeFirst = true,
        Columns =
        [
            new("TimeStamp", ColumnType.Time, "", "Start of the bin."),
            new("DeviceId", ColumnType.Signal, "", "The signal."),
            new("Phase", ColumnType.Integer, "", "Phase."),
            new("PerformanceMeasure", ColumnType.Word, "", "The reason.") { Words = ["ForceOff", "GapOut", "MaxOut"] },
            new("Total", ColumnType.Integer, "", "How often it was logged."),
        ],
    };

    public override string Name => "phase-termination";

    public override string Title => "Purdue phase termination";

    public override CodeSet Codes { get; } = CodeSet.Of(
        EventCode.PhaseBeginGreen, EventCode.PhaseGapOut, EventCode.PhaseMaxOut, EventCode.PhaseForceOff, EventCode.PhaseBeginYellow,
        EventCode.PedestrianBeginWalk, EventCode.PedestrianOverlapBeginWalk);

    public override ImmutableArray<Option> Options => [ConsecutiveCount];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [OdotTable] : [Table, ServiceTable];

    public override SignalMeasure Start(MeasureContext context) =>
        context.Options.Set == DefinitionSet.Odot21 ? new OdotTerminations(context) : new PhaseTerminations(context);

    private struct Counts
    {
        public int GapOuts;
        public int MaxOuts;
        public int ForceOffs;
        public int Unknown;
        public int Flagged;
        public int Walks;
        public int Dropped;
    }

    private sealed class PhaseTerminations : SignalMeasure
    {
        private const int Phases = 256;

        private readonly MeasureContext _context;
        private readonly RowBuffer _bins;
        private readonly RowBuffer _services;
        private readonly OpenBins<Counts> _open;
        private readonly Phase[] _phases = new Phase[Phases];
        private readonly PedestrianPhases _pedestrians;
        private readonly int _flagFrom;

        public PhaseTerminations(MeasureContext context)
        {
            _context = context;
            _bins = context.Rows(Table);
            _services = context.Rows(ServiceTable);
            _open = new OpenBins<Counts>(context.Clock, context.Options.BinMs, Phases);
            _pedestrians = new PedestrianPhases(context.Configuration);
            _flagFrom = (int)context.Options[ConsecutiveCount];
            Array.Fill(_phases, new Phase { GreenMs = long.MinValue, Reason = Unknown, LastReason = Unknown });
        }

        public override void Advance(ReadOnlySpan<ControllerEvent> events)
        {
            foreach (ref readonly var e in events)
            {
                if ((ushort)e.Parameter >= Phases)
                {
                    continue;
                }

                ref var phase = ref _phases[e.Parameter];
                switch (e.Code)
                {
                    case EventCode.PhaseBeginGreen:
                        if (phase.GreenMs != long.MinValue)
                        {
                            _open.At(e.TimeMs, e.Parameter).Dropped++;
                            phase.Run = 0;
                        }

                        phase.GreenMs = e.TimeMs;
                        phase.Reason = Unknown;
                        break;
                    case EventCode.PhaseGapOut:
                        phase.Reason = GapOut;
                        break;
                    case EventCode.PhaseMaxOut:
                        phase.Reason = MaxOut;
                        break;
                    case EventCode.PhaseForceOff:
                        phase.Reason = ForceOff;
                        break;
                    case EventCode.PhaseBeginYellow:
                        End(ref phase, e.TimeMs, e.Parameter);
                        break;
                    default:
                        var walkOf = e.Code == EventCode.PedestrianBeginWalk ? e.Parameter : _pedestrians.PhaseOfOverlap((byte)e.Parameter);
                        if (walkOf > 0)
                        {
                            _open.At(e.TimeMs, walkOf).Walks++;
                        }

                        break;
                }
            }
        }

        public override void CloseUpTo(long watermarkMs)
        {
            while (_open.TryClose(watermarkMs, out var bin))
            {
                for (var phase = 0; phase < Phases; phase++)
                {
                    if (bin.Touched[phase])
                    {
                        Write(bin.Range, phase, bin.Cells[phase]);
                    }
                }
            }
        }

        public override void Finish(long endMs) => CloseUpTo(endMs + _context.Options.BinMs);

        private void End(ref Phase phase, long timeMs, int number)
        {
            var startMs = phase.GreenMs == long.MinValue ? timeMs : phase.GreenMs;
            phase.GreenMs = long.MinValue;
            phase.Run = phase.Run > 0 && phase.Reason == phase.LastReason ? phase.Run + 1 : 1;
            phase.LastReason = phase.Reason;
            var isFlagged = phase.Reason != Unknown && phase.Run >= _flagFrom;
            ref var counts = ref _open.At(timeMs, number);
            counts.GapOuts += phase.Reason == GapOut ? 1 : 0;
            counts.MaxOuts += phase.Reason == MaxOut ? 1 : 0;
            counts.ForceOffs += phase.Reason == ForceOff ? 1 : 0;
            counts.Unknown += phase.Reason == Unknown ? 1 : 0;
            counts.Flagged += isFlagged ? 1 : 0;
            _services.Time(timeMs).Integer(number).Word(phase.Reason).Integer(phase.Run).Boolean(isFlagged);
            Quality.Write(_services, _context.Coverage, new TimeRange(startMs, timeMs), 0, null, null);
            phase.Reason = Unknown;
        }

        private void Write(TimeRange bin, int phase, in Counts counts)
        {
            var services = counts.GapOuts + counts.MaxOuts + counts.ForceOffs + counts.Unknown;
            _bins.Time(bin.StartMs).Integer(phase).Integer(services)
                .Integer(counts.GapOuts).Integer(counts.MaxOuts).Integer(counts.ForceOffs).Integer(counts.Unknown)
                .Real(services == 0 ? null : (double)(counts.MaxOuts + counts.ForceOffs) / services)
                .Integer(counts.Flagged).Integer(counts.Walks);
            Quality.Write(_bins, _context.Coverage, bin, counts.Dropped, null, null);
        }

        private struct Phase
        {
            public long GreenMs;
            public int Run;
            public byte Reason;
            public byte LastReason;
        }
    }

    /// <summary>The peer's plain count of every logged reason.</summary>
    private sealed class OdotTerminations(MeasureContext context) : SignalMeasure
    {
        private const int Phases = 256;

        private readonly RowBuffer _rows = context.Rows(OdotTable);
        private readonly OpenBins<Counts> _open = new(context.Clock, context.Options.BinMs, Phases);

        public override void Advance(ReadOnlySpan<ControllerEvent> events)
        {
            foreach (ref readonly var e in events)
            {
                if (e.Code is < EventCode.PhaseGapOut or > EventCode.PhaseForceOff || (ushort)e.Parameter >= Phases)
                {
                    continue;
                }

                ref var counts = ref _open.At(e.TimeMs, e.Parameter);
                counts.GapOuts += e.Code == EventCode.PhaseGapOut ? 1 : 0;
                counts.MaxOuts += e.Code == EventCode.PhaseMaxOut ? 1 : 0;
                counts.ForceOffs += e.Code == EventCode.PhaseForceOff ? 1 : 0;
            }
        }

        public override void CloseUpTo(long watermarkMs)
        {
            while (_open.TryClose(watermarkMs, out var bin))
            {
                for (var phase = 0; phase < Phases; phase++)
                {
                    if (bin.Touched[phase])
                    {
                        Write(bin.Range.StartMs, phase, 0, bin.Cells[phase].ForceOffs);
                        Write(bin.Range.StartMs, phase, 1, bin.Cells[phase].GapOuts);
                        Write(bin.Range.StartMs, phase, 2, bin.Cells[phase].MaxOuts);
                    }
                }
            }
        }

        public override void Finish(long endMs) => CloseUpTo(endMs + context.Options.BinMs);

        private void Write(long binMs, int phase, int word, int count)
        {
            if (count > 0)
            {
                _rows.Time(binMs).Integer(phase).Word(word).Integer(count);
            }
        }
    }
}
