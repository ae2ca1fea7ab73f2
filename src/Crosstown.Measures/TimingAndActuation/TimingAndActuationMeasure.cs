using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.TimingAndActuation;

/// <summary>Timing and actuation chart: what each phase, overlap and walk displayed and when each detector was on, as bars on one time axis.</summary>
public sealed class TimingAndActuationMeasure : Measure
{
    internal static readonly FlagOption ShowDetectors = new(
        "show_detectors", "Bars of detectors and push buttons too; without them the chart is the display alone.", crosstown: true);

    private static readonly ImmutableArray<string> Subjects =
        ["phase", "overlap", "pedestrian", "pedestrian-overlap", "flashing-yellow-arrow", "detector", "push-button"];

    private static readonly ImmutableArray<string> States =
        ["green", "trailing-green", "yellow", "red-clearance", "red", "dark", "walk", "pedestrian-clearance", "dont-walk", "permissive", "on"];

    internal static readonly TableSchema Table = new()
    {
        Name = "timing-and-actuation",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the bar."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("end", ColumnType.Time, "", "End of the bar."),
            new("subject", ColumnType.Word, "", "What the bar belongs to.") { Words = Subjects },
            new("number", ColumnType.Integer, "", "Phase, overlap (A = 1), detector channel or pedestrian channel."),
            new("state", ColumnType.Word, "", "What was displayed, or that the detector was on.") { Words = States },
            new("length_s", ColumnType.Real, "s", "Length of the bar."),
            new("begins", ColumnType.Boolean, "", "True when the state began here; false when the bar goes on from the bin before."),
            new("ends", ColumnType.Boolean, "", "True when the state ended here; false when it goes on, or the log has a gap or ends."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "timing-and-actuation";

    public override string Title => "Timing and actuation chart";

    public override ImmutableArray<Option> Options => [ShowDetectors];

    public override CodeSet Codes { get; } = CodeSet.Of([.. Bars.ListChanges().Select(c => c.Code)]);

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [] : [Table];

    public override SignalMeasure Start(MeasureContext context) => new Bars(context);

    private enum Subject
    {
        Phase,
        Overlap,
        Pedestrian,
        PedestrianOverlap,
        FlashingYellowArrow,
        Detector,
        PushButton,
    }

    private enum State : sbyte
    {
        None = -1,
        Green,
        TrailingGreen,
        Yellow,
        RedClearance,
        Red,
        Dark,
        Walk,
        PedestrianClearance,
        DontWalk,
        Permissive,
        On,
    }

    /// <summary>A code and the state that it begins.</summary>
    private readonly record struct Change(ushort Code, Subject Subject, State State);

    private readonly record struct Bar(long StartMs, long EndMs, int Key, State State, bool Begins, bool Ends) : IComparable<Bar>
    {
        public int CompareTo(Bar other)
        {
            var byStart = StartMs.CompareTo(other.StartMs);
            var byKey = byStart != 0 ? byStart : Key.CompareTo(other.Key);
            return byKey != 0 ? byKey : EndMs.CompareTo(other.EndMs);
        }
    }

    private struct Open
    {
        public State State;
        public bool Begins;
        public long SinceMs;
    }

    /// <remarks>
    /// Bars are cut where bins end, so that a display that rests in one state for days is told in pieces and memory stays bounded. A bin's bars
    /// leave, sorted, once an event lies behind its end: one at the end itself may still be an end that falls together with the cut.
    /// </remarks>
    private sealed class Bars : SignalMeasure
    {
        private const int Numbers = 256;

        private static readonly Change[] ChangeOfCode = MakeTable();

        private readonly MeasureContext _context;
        private readonly bool _showDetectors;
        private readonly RowBuffer _rows;
        private readonly Open[] _open = new Open[Subjects.Length * Numbers];
        private readonly List<int> _keysSeen = [];
        private readonly bool[] _isSeen = new bool[Subjects.Length * Numbers];
        private readonly List<Bar> _bars = new(8192);
        private TimeRange? _bin;
        private int _gapsPassed;

        public Bars(MeasureContext context)
        {
            _context = context;
            _showDetectors = context.Options[ShowDetectors];
            _rows = context.Rows(Table);
            Array.Fill(_open, new Open { State = State.None });
        }

        public static Change[] ListChanges() =>
        [
            new(EventCode.PhaseBeginGreen, Subject.Phase, State.Green),
            new(EventCode.PhaseBeginYellow, Subject.Phase, State.Yellow),
            new(EventCode.PhaseEndYellow, Subject.Phase, State.Red),
            new(EventCode.PhaseBeginRedClearance, Subject.Phase, State.RedClearance),
            new(EventCode.PhaseEndRedClearance, Subject.Phase, State.Red),
            new(EventCode.PhaseInactive, Subject.Phase, State.Red),
            new(EventCode.OverlapBeginGreen, Subject.Overlap, State.Green),
            new(EventCode.OverlapBeginTrailingGreen, Subject.Overlap, State.TrailingGreen),
            new(EventCode.OverlapBeginYellow, Subject.Overlap, State.Yellow),
            new(EventCode.OverlapBeginRedClearance, Subject.Overlap, State.RedClearance),
            new(EventCode.OverlapOff, Subject.Overlap, State.Red),
            new(EventCode.OverlapDark, Subject.Overlap, State.Dark),
            new(EventCode.PedestrianBeginWalk, Subject.Pedestrian, State.Walk),
            new(EventCode.PedestrianBeginClearance, Subject.Pedestrian, State.PedestrianClearance),
            new(EventCode.PedestrianBeginDontWalk, Subject.Pedestrian, State.DontWalk),
            new(EventCode.PedestrianDark, Subject.Pedestrian, State.Dark),
            new(EventCode.PedestrianOverlapBeginWalk, Subject.PedestrianOverlap, State.Walk),
            new(EventCode.PedestrianOverlapBeginClearance, Subject.PedestrianOverlap, State.PedestrianClearance),
            new(EventCode.PedestrianOverlapBeginDontWalk, Subject.PedestrianOverlap, State.DontWalk),
            new(EventCode.PedestrianOverlapDark, Subject.PedestrianOverlap, State.Dark),
            new(EventCode.FlashingYellowArrowBegin, Subject.FlashingYellowArrow, State.Permissive),
            new(EventCode.FlashingYellowArrowEnd, Subject.FlashingYellowArrow, State.None),
            new(EventCode.DetectorOn, Subject.Detector, State.On),
            new(EventCode.DetectorOff, Subject.Detector, State.None),
            new(EventCode.PedestrianDetectorOn, Subject.PushButton, State.On),
            new(EventCode.PedestrianDetectorOff, Subject.PushButton, State.None),
        ];

        public override void Advance(ReadOnlySpan<ControllerEvent> events)
        {
            foreach (ref readonly var e in events)
            {
                var change = ChangeOfCode[e.Code];
                if ((ushort)e.Parameter >= Numbers || (!_showDetectors && change.Subject >= Subject.Detector))
                {
                    continue;
                }

                PassTo(e.TimeMs);
                var key = ((int)change.Subject * Numbers) + e.Parameter;
                ref var open = ref _open[key];
                if (open.State == change.State)
                {
                    continue;
                }

                if (open.State != State.None)
                {
                    Add(key, open, e.TimeMs, ends: true);
                }
                else if (!_isSeen[key])
                {
                    _isSeen[key] = true;
                    _keysSeen.Add(key);
                }

                open = new Open { State = change.State, Begins = true, SinceMs = e.TimeMs };
            }
        }

        public override void CloseUpTo(long watermarkMs) => PassTo(watermarkMs);

        public override void Finish(long endMs)
        {
            PassTo(endMs);
            Interrupt(endMs - 1);
            Write();
        }

        private static Change[] MakeTable()
        {
            var table = new Change[EventCode.TableSize];
            foreach (var change in ListChanges())
            {
                table[change.Code] = change;
            }

            return table;
        }

        /// <summary>Cuts bars at the gaps and bin ends that lie before a moment.</summary>
        private void PassTo(long timeMs)
        {
            _bin ??= BinAt(_context.Coverage.FirstMs);
            var bin = _bin.Value;
            if (timeMs <= bin.EndMs && _gapsPassed == _context.Coverage.Gaps.Count)
            {
                return;
            }

            while (true)
            {
                var gap = _gapsPassed < _context.Coverage.Gaps.Count && _context.Coverage.Gaps[_gapsPassed].EndMs <= timeMs
                    ? _context.Coverage.Gaps[_gapsPassed].StartMs
                    : long.MaxValue;
                if (gap <= bin.EndMs)
                {
                    Interrupt(gap);
                    _gapsPassed++;
                }
                else if (bin.EndMs < timeMs)
                {
                    CutAt(bin.EndMs);
                    Write();
                    bin = HasOpen() || gap != long.MaxValue ? BinAt(bin.EndMs) : BinAt(timeMs);
                    _bin = bin;
                }
                else
                {
                    return;
                }
            }
        }

        private bool HasOpen()
        {
            foreach (var key in _keysSeen)
            {
                if (_open[key].State != State.None)
                {
                    return true;
                }
            }

            return false;
        }

        private void CutAt(long timeMs)
        {
            foreach (var key in _keysSeen)
            {
                ref var open = ref _open[key];
                if (open.State != State.None && open.SinceMs < timeMs)
                {
                    Add(key, open, timeMs, ends: false);
                    open.Begins = false;
                    open.SinceMs = timeMs;
                }
            }
        }

        /// <summary>Ends all bars where the log goes silent: what was displayed after that is not known.</summary>
        private void Interrupt(long timeMs)
        {
            foreach (var key in _keysSeen)
            {
                ref var open = ref _open[key];
                if (open.State != State.None)
                {
                    Add(key, open, timeMs, ends: false);
                    open.State = State.None;
                }
            }
        }

        private void Add(int key, in Open open, long endMs, bool ends)
        {
            // What lasts no time, such as the red between end of yellow and begin of red clearance in one instant, is no bar.
            if (endMs > open.SinceMs)
            {
                _bars.Add(new Bar(open.SinceMs, endMs, key, open.State, open.Begins, ends));
            }
        }

        private void Write()
        {
            _bars.Sort();
            foreach (var bar in _bars)
            {
                var (subject, number) = (bar.Key / Numbers, bar.Key % Numbers);
                _rows.Time(bar.StartMs).Time(bar.EndMs).Word(subject).Integer(number).Word((int)bar.State)
                    .Real((bar.EndMs - bar.StartMs) / 1000.0).Boolean(bar.Begins).Boolean(bar.Ends);
                var span = new TimeRange(bar.StartMs, bar.EndMs);
                if (subject == (int)Subject.Detector)
                {
                    Quality.Write(_rows, _context.Coverage, span, null, null, number);
                }
                else
                {
                    Quality.Write(_rows, _context.Coverage, span, null, null, null);
                }
            }

            _bars.Clear();
        }

        private TimeRange BinAt(long timeMs) => _context.Clock.BinAt(timeMs, _context.Options.BinMs);
    }
}
