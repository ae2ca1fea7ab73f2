using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.PedestrianVolume;

/// <summary>What a press must be apart from to be someone new.</summary>
public enum UniquePress
{
    /// <summary>From the press before it: one who keeps pressing stays one.</summary>
    AfterAnyPress,

    /// <summary>From the last press that counted (ATSPM 5).</summary>
    AfterCountedPress,
}

/// <summary>Pedestrian volume: how many walk, estimated from how often the button is pressed by someone new.</summary>
public sealed class PedestrianVolumeMeasure : Measure
{
    internal static readonly NumberOption ApartS = new(
        "apart_s", "s", "Presses must be farther apart than this to be two people's (Singleton and Runa 2021: 15 s).", 15, least: 0, most: 600);

    internal static readonly ChoiceOption<UniquePress> Unique = new(
        "unique", "From which press the time is counted.", UniquePress.AfterAnyPress, udot: UniquePress.AfterCountedPress);

    internal static readonly FlagOption CountFirst = new(
        "count_first", "Whether the log's first press counts; Oregon's package forgets it.", crosstown: true, odot: false);

    internal static readonly TableSchema Table = new()
    {
        Name = "pedestrian-volume",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("phase", ColumnType.Integer, "", "The phase whose walk was asked for."),
            new("presses", ColumnType.Integer, "", "Button presses."),
            new("unique_presses", ColumnType.Integer, "", "Of these, by someone new."),
            new("estimated_people", ColumnType.Real, "", "Estimated walkers of the bin; null where 5 minutes or more of the hour that the estimate rests on were not seen."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema OdotTable = new()
    {
        Name = "unique_ped",
        TimeFirst = true,
        Columns =
        [
            new("TimeStamp", ColumnType.Time, "", "Start of the bin."),
            new("DeviceId", ColumnType.Signal, "", "The signal."),
            new("Phase", ColumnType.Integer, "", "Phase."),
            new("Unique_Actuations", ColumnType.Integer, "", "Presses more than 15 s after the one before."),
        ],
    };

    internal static readonly TableSchema OdotVolumeTable = new()
    {
        Name = "full_ped",
        TimeFirst = true,
        Columns =
        [
            new("TimeStamp", ColumnType.Time, "", "Start of the bin."),
            new("DeviceId", ColumnType.Signal, "", "The signal."),
            new("Phase", ColumnType.Integer, "", "Phase, and pedestrian overlaps as if they were phases."),
            new("PedServices", ColumnType.Integer, "", "Walks."),
            new("PedActuation", ColumnType.Integer, "", "Presses."),
            new("Unique_Actuations", ColumnType.Integer, "", "Presses more than 15 s after the one before."),
            new("Estimated_Volumes", ColumnType.Single, "", "Estimated walkers."),
        ],
    };

    public override string Name => "pedestrian-volume";

    public override string Title => "Pedestrian volume";

    public override CodeSet Codes { get; } = CodeSet.Of(
        EventCode.PedestrianBeginWalk, EventCode.PedestrianOverlapBeginWalk, EventCode.PedestrianDetectorOn);

    public override ImmutableArray<Option> Options => [ApartS, Unique, CountFirst];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [OdotTable, OdotVolumeTable] : [Table];

    public override SignalMeasure Start(MeasureContext context) => new PedestrianVolume(context);

    private struct Cell
    {
        public int Services;
        public int Presses;
        public int Unique;
    }

    private sealed class PedestrianVolume : SignalMeasure
    {
        private const int Phases = 256;
        private const long HourMs = 3_600_000;

        // Singleton and Runa 2021, doi 10.1177/0361198121994126: people per hour from unique presses x per hour.
        private const double PerPress = 0.7167;
        private const double PerPressSquared = 0.0599;
        private const double PerHour = 1.1063;

        private readonly MeasureContext _context;
        private readonly bool _isOdot;
        private readonly long _apartMs;
        private readonly UniquePress _unique;
        private readonly bool _countFirst;
        private readonly PedestrianPhases _pedestrians;
        private readonly RowBuffer _rows;
        private readonly RowBuffer? _volumeRows;
        private readonly OpenBins<Cell> _bins;
        private readonly long[] _comparedMs = new long[Phases];
        private readonly List<(TimeRange Bin, Cell[] Cells)> _held = [];
        private readonly Stack<Cell[]> _spare = [];
        private readonly List<long> _binStartsMs = [];
        private readonly List<(int Bin, int Phase, Cell Cell)> _seen = [];

        public PedestrianVolume(MeasureContext context)
        {
            _context = context;
            _isOdot = context.Options.Set == DefinitionSet.Odot21;
            _apartMs = context.Options.Milliseconds(ApartS);
            _unique = context.Options.Choice(Unique);
            _countFirst = context.Options[CountFirst];
            _pedestrians = new PedestrianPhases(context.Configuration);
            _rows = context.Rows(_isOdot ? OdotTable : Table);
            _volumeRows = _isOdot ? context.Rows(OdotVolumeTable) : null;
            _bins = new OpenBins<Cell>(context.Clock, context.Options.BinMs, Phases);
            Array.Fill(_comparedMs, long.MinValue);
        }

        public override void Advance(ReadOnlySpan<ControllerEvent> events)
        {
            foreach (ref readonly var e in events)
            {
                if ((ushort)e.Parameter >= Phases)
                {
                    continue;
                }

                var phase = _isOdot || e.Code == EventCode.PedestrianBeginWalk ? e.Parameter
                    : e.Code == EventCode.PedestrianDetectorOn ? _pedestrians.PhaseOfChannel((byte)e.Parameter)
                    : _pedestrians.PhaseOfOverlap((byte)e.Parameter);
                if (e.Code == EventCode.PedestrianDetectorOn)
                {
                    TakePress(e.TimeMs, phase);
                }
                else if (_isOdot || phase > 0)
                {
                    _bins.At(e.TimeMs, phase).Services++;
                }
            }
        }

        public override void CloseUpTo(long watermarkMs)
        {
            if (_context.Coverage.EventCount > 0)
            {
                _bins.FillThrough(_context.Coverage.FirstMs, watermarkMs);
            }

            while (_bins.TryClose(watermarkMs, out var bin))
            {
                if (_isOdot)
                {
                    HoldOdot(bin);
                }
                else
                {
                    Hold(bin);
                    WriteBefore(bin.Range.EndMs - HourMs);
                }
            }
        }

        public override void Finish(long endMs)
        {
            CloseUpTo(_context.Clock.BinAt(endMs - 1, _context.Options.BinMs).EndMs);
            if (_isOdot)
            {
                WriteOdotVolumes();
            }
            else
            {
                WriteBefore(long.MaxValue);
            }
        }

        private void TakePress(long timeMs, int phase)
        {
            ref var cell = ref _bins.At(timeMs, phase);
            cell.Presses++;
            var lastMs = _comparedMs[phase];
            var isNew = lastMs == long.MinValue ? _countFirst
                : _unique == UniquePress.AfterAnyPress ? timeMs - lastMs > _apartMs
                : timeMs - lastMs >= _apartMs;
            cell.Unique += isNew ? 1 : 0;
            if (isNew || lastMs == long.MinValue || _unique == UniquePress.AfterAnyPress)
            {
                _comparedMs[phase] = timeMs;
            }
        }

        private void Hold(in ClosedBin<Cell> bin)
        {
            var cells = _spare.Count > 0 ? _spare.Pop() : new Cell[Phases];
            bin.Cells.CopyTo(cells);
            _held.Add((bin.Range, cells));
        }

        private void HoldOdot(in ClosedBin<Cell> bin)
        {
            _binStartsMs.Add(bin.Range.StartMs);
            for (var phase = 0; phase < Phases; phase++)
            {
                if (!bin.Touched[phase])
                {
                    continue;
                }

                _seen.Add((_binStartsMs.Count - 1, phase, bin.Cells[phase]));
                if (bin.Cells[phase].Unique > 0)
                {
                    _rows.Time(bin.Range.StartMs).Integer(phase).Integer(bin.Cells[phase].Unique);
                }
            }
        }

        /// <summary>Writes the held bins that began at or before a moment: the hour that follows them is held too.</summary>
        private void WriteBefore(long timeMs)
        {
            while (_held.Count > 0 && _held[0].Bin.StartMs <= timeMs)
            {
                var (bin, cells) = _held[0];
                var hour = new TimeRange(bin.StartMs, bin.StartMs + HourMs);
                var isSeen = _context.Coverage.SeenMs(hour) > HourMs - SignalCoverage.GapMs;
                for (var phase = 0; phase < Phases; phase++)
                {
                    if (cells[phase].Presses > 0 || cells[phase].Services > 0)
                    {
                        _rows.Time(bin.StartMs).Integer(phase).Integer(cells[phase].Presses).Integer(cells[phase].Unique);
                        if (isSeen)
                        {
                            _rows.Real(Estimate(phase, bin));
                        }
                        else
                        {
                            _rows.Null();
                        }

                        Quality.Write(_rows, _context.Coverage, bin, null, null, null);
                    }
                }

                _spare.Push(cells);
                _held.RemoveAt(0);
                Array.Clear(cells);
            }
        }

        private double Estimate(int phase, TimeRange bin)
        {
            var inHour = 0;
            for (var i = 0; i < _held.Count && _held[i].Bin.StartMs < bin.StartMs + HourMs; i++)
            {
                inHour += _held[i].Cells[phase].Unique;
            }

            var perHour = (PerPress * inHour) + (PerPressSquared * inHour * inHour);
            var share = inHour == 0 ? 0 : (double)_held[0].Cells[phase].Unique / inHour;
            return (perHour * share) + (PerHour * bin.LengthMs / HourMs);
        }

        /// <summary>The peer's table has every phase of the whole run in every bin, and looks four bins ahead whatever their length.</summary>
        private void WriteOdotVolumes()
        {
            const int BinsAhead = 4;
            var byPhase = new Cell[Phases][];
            foreach (var (bin, phase, cell) in _seen)
            {
                (byPhase[phase] ??= new Cell[_binStartsMs.Count + BinsAhead])[bin] = cell;
            }

            for (var bin = 0; bin < _binStartsMs.Count; bin++)
            {
                for (var phase = 0; phase < Phases; phase++)
                {
                    if (byPhase[phase] is not { } cells)
                    {
                        continue;
                    }

                    var rolling = cells[bin].Unique + cells[bin + 1].Unique + cells[bin + 2].Unique + cells[bin + 3].Unique;
                    var hourly = (float)((PerPress * rolling) + (PerPressSquared * rolling * rolling));
                    var ratio = rolling == 0 ? 0 : (double)cells[bin].Unique / rolling;
                    _volumeRows!.Time(_binStartsMs[bin]).Integer(phase).Integer(cells[bin].Services).Integer(cells[bin].Presses).Integer(cells[bin].Unique)
                        .Single((float)((hourly * ratio) + (PerHour / BinsAhead)));
                }
            }
        }
    }
}
