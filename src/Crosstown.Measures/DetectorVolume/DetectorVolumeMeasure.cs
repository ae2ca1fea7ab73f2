using System.Collections;
using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.DetectorVolume;

/// <summary>Detector volume: how often each detector was actuated, per bin.</summary>
public sealed class DetectorVolumeMeasure : Measure
{
    internal static readonly NumberOption KnownForDays = new(
        "known_for_days", "d", "A channel that was quiet for longer gets no more zeros; Oregon's package says 2 days.", 2, least: 0, most: 365);

    internal static readonly NumberOption LeastEvents = new(
        "least_events", "", "Oregon's package fills zeros only into bins whose every 5 minutes hold so many standard events.", 3, least: 0, most: 10_000);

    internal static readonly TableSchema Table = new()
    {
        Name = "detector-volume",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("channel", ColumnType.Integer, "", "Detector channel."),
            new("count", ColumnType.Integer, "", "Actuations (82) that began in the bin; null when the log saw nothing of it."),
            new("flow_vph", ColumnType.Real, "veh/h", "Actuations per hour of time seen; null when the log saw nothing of the bin."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema OdotTable = PeerTable("actuations");
    internal static readonly TableSchema OdotIncrementalTable = PeerTable("actuations_zeros_incremental");
    internal static readonly TableSchema OdotOneShotTable = PeerTable("actuations_zeros_oneshot");

    public override string Name => "detector-volume";

    public override string Title => "Detector volume (actuations)";

    public override CodeSet Codes { get; } = CodeSet.Of(EventCode.DetectorOn);

    public override ImmutableArray<Option> Options => [KnownForDays, LeastEvents];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21
        ? [OdotTable, OdotIncrementalTable, OdotOneShotTable]
        : [Table];

    public override SignalMeasure Start(MeasureContext context) =>
        context.Options.Set == DefinitionSet.Odot21 ? new OdotActuations(context) : new DetectorVolume(context);

    private static TableSchema PeerTable(string name) => new()
    {
        Name = name,
        TimeFirst = true,
        Columns =
        [
            new("TimeStamp", ColumnType.Time, "", "Start of the bin."),
            new("DeviceId", ColumnType.Signal, "", "The signal."),
            new("Detector", ColumnType.Integer, "", "Detector channel."),
            new("Total", ColumnType.Integer, "", "Actuations (82) in the bin."),
        ],
    };

    /// <summary>Counts 82s per channel and bin, and knows which channels are in use.</summary>
    private abstract class ActuationCounter(MeasureContext context) : SignalMeasure
    {
        protected const int Channels = 256;

        private readonly long[] _lastOnMs = NewTimes();

        protected OpenBins<int> Bins { get; } = new(context.Clock, context.Options.BinMs, Channels);

        protected long KnownForMs { get; } = (long)(context.Options[KnownForDays] * 86_400_000);

        public sealed override void Advance(ReadOnlySpan<ControllerEvent> events)
        {
            foreach (ref readonly var e in events)
            {
                if ((ushort)e.Parameter < Channels)
                {
                    Bins.At(e.TimeMs, e.Parameter)++;
                }
            }
        }

        public sealed override void CloseUpTo(long watermarkMs)
        {
            if (context.Coverage.EventCount > 0)
            {
                Bins.FillThrough(context.Coverage.FirstMs, watermarkMs);
            }

            while (Bins.TryClose(watermarkMs, out var bin))
            {
                for (var channel = 0; channel < Channels; channel++)
                {
                    if (bin.Touched[channel])
                    {
                        _lastOnMs[channel] = bin.Range.EndMs;
                    }
                }

                Close(bin);
            }
        }

        protected abstract void Close(in ClosedBin<int> bin);

        /// <summary>Whether a channel was on at all within the days before a bin's end, the bin included.</summary>
        protected bool IsKnown(int channel, TimeRange bin) => _lastOnMs[channel] != long.MinValue && bin.EndMs - _lastOnMs[channel] <= KnownForMs;

        private static long[] NewTimes()
        {
            var times = new long[Channels];
            Array.Fill(times, long.MinValue);
            return times;
        }
    }

    private sealed class DetectorVolume : ActuationCounter
    {
        private readonly MeasureContext _context;
        private readonly RowBuffer _rows;
        private readonly BitArray _one = new(Channels);

        public DetectorVolume(MeasureContext context)
            : base(context)
        {
            _context = context;
            _rows = context.Rows(Table);
        }

        public override void Finish(long endMs) => CloseUpTo(_context.Clock.BinAt(endMs - 1, _context.Options.BinMs).EndMs);

        protected override void Close(in ClosedBin<int> bin)
        {
            var seenMs = _context.Coverage.SeenMs(bin.Range);
            for (var channel = 0; channel < Channels; channel++)
            {
                if (!IsKnown(channel, bin.Range))
                {
                    continue;
                }

                _rows.Time(bin.Range.StartMs).Integer(channel);
                if (seenMs == 0 && !bin.Touched[channel])
                {
                    _rows.Null().Null();
                }
                else
                {
                    _rows.Integer(bin.Cells[channel]).Real(seenMs == 0 ? null : bin.Cells[channel] * 3_600_000.0 / seenMs);
                }

                _one.SetAll(false);
                _one[channel] = true;
                Quality.Write(_rows, _context.Coverage, bin.Range, null, null, _one);
            }
        }
    }

    /// <summary>The peer's three ways of counting: as is, with zeros when run bin by bin, and with zeros when run once over all.</summary>
    private sealed class OdotActuations : ActuationCounter
    {
        private readonly MeasureContext _context;
        private readonly RowBuffer _plain;
        private readonly RowBuffer _incremental;
        private readonly RowBuffer _oneShot;
        private readonly int _leastEvents;
        private readonly List<(long StartMs, bool HasData)> _binsSeen = [];
        private readonly List<(int Bin, int Channel, int Count)> _counts = [];
        private readonly bool[] _everOn = new bool[Channels];

        public OdotActuations(MeasureContext context)
            : base(context)
        {
            _context = context;
            _plain = context.Rows(OdotTable);
            _incremental = context.Rows(OdotIncrementalTable);
            _oneShot = context.Rows(OdotOneShotTable);
            _leastEvents = (int)context.Options[LeastEvents];
        }

        public override void Finish(long endMs)
        {
            CloseUpTo(_context.Clock.BinAt(endMs - 1, _context.Options.BinMs).EndMs);
            var totals = new int[Channels];
            var touched = new bool[Channels];
            var next = 0;
            for (var bin = 0; bin < _binsSeen.Count; bin++)
            {
                Array.Clear(totals);
                Array.Clear(touched);
                for (; next < _counts.Count && _counts[next].Bin == bin; next++)
                {
                    totals[_counts[next].Channel] = _counts[next].Count;
                    touched[_counts[next].Channel] = true;
                }

                for (var channel = 0; channel < Channels; channel++)
                {
                    if (touched[channel] || (_everOn[channel] && _binsSeen[bin].HasData))
                    {
                        _oneShot.Time(_binsSeen[bin].StartMs).Integer(channel).Integer(totals[channel]);
                    }
                }
            }
        }

        protected override void Close(in ClosedBin<int> bin)
        {
            var hasData = _context.Coverage.LeastEventsInFiveMinutes(bin.Range) >= _leastEvents;
            for (var channel = 0; channel < Channels; channel++)
            {
                if (bin.Touched[channel])
                {
                    _everOn[channel] = true;
                    _counts.Add((_binsSeen.Count, channel, bin.Cells[channel]));
                    _plain.Time(bin.Range.StartMs).Integer(channel).Integer(bin.Cells[channel]);
                }

                if (bin.Touched[channel] || (hasData && IsKnown(channel, bin.Range)))
                {
                    _incremental.Time(bin.Range.StartMs).Integer(channel).Integer(bin.Cells[channel]);
                }
            }

            _binsSeen.Add((bin.Range.StartMs, hasData));
        }
    }
}
