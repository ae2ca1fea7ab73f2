using System.Collections;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.YellowRed;

/// <summary>Lets hits, moved back by their latency, meet the phase changes in time order, and counts a cycle's hits once the cycle has ended.</summary>
internal sealed class YellowRed : SignalMeasure
{
    private const int Channels = 256;
    private const int Phases = 256;

    /// <summary>Hits later than this after the begin of green belong to no cycle: one day. It bounds what a phase that rests in red may hold.</summary>
    private const long LongestCycleMs = 86_400_000;

    private const long OdotBinMs = 15 * 60_000;

    private readonly MeasureContext _context;
    private readonly bool _isOdot;
    private readonly bool _redIsClearance;
    private readonly RowBuffer? _rows;
    private readonly RowBuffer _offsetRows;
    private readonly long _binMs;
    private readonly long _severeAfterMs;
    private readonly double _earliestOffsetS;
    private readonly sbyte[] _phaseOfChannel = new sbyte[Channels];
    private readonly sbyte[] _indexOfPhase = new sbyte[Phases];
    private readonly long[] _latencyMs = new long[Channels];
    private readonly long _longestLatencyMs;
    private readonly Phase[] _phases;
    private readonly PendingArrivals _pending = new();
    private readonly OpenBins<Cell> _bins;
    private readonly OpenBins<int> _histogramBins;
    private readonly List<HistogramEntry> _histogram = [];

    public YellowRed(MeasureContext context)
    {
        _context = context;
        var options = context.Options;
        _isOdot = options.Set == DefinitionSet.Odot21;
        _redIsClearance = options.Choice(YellowRedMeasure.RedFrom) == RedStart.RedClearance;
        _rows = _isOdot ? null : context.Rows(YellowRedMeasure.Table);
        _offsetRows = context.Rows(_isOdot ? YellowRedMeasure.OdotTable : YellowRedMeasure.OffsetTable);
        _binMs = options[YellowRedMeasure.FollowBinLength] ? options.BinMs : OdotBinMs;
        _severeAfterMs = options.Milliseconds(YellowRedMeasure.SevereAfterS);
        _earliestOffsetS = options[YellowRedMeasure.EarliestOffsetS];
        var detectors = context.Configuration.Detectors.Where(d => d.Has(DetectorFunctions.LaneByLaneSpeed) && d.Phase is not null).ToArray();
        var numbers = detectors.Select(d => d.Phase!.Value).Distinct().Order().ToArray();
        _phases = [.. numbers.Select(n => new Phase(n, Quality.Channels(detectors.Where(d => d.Phase == n).Select(d => d.Channel))))];
        Array.Fill(_phaseOfChannel, (sbyte)-1);
        Array.Fill(_indexOfPhase, (sbyte)-1);
        for (var p = 0; p < numbers.Length; p++)
        {
            _indexOfPhase[numbers[p]] = (sbyte)p;
        }

        foreach (var detector in detectors)
        {
            _phaseOfChannel[detector.Channel] = _indexOfPhase[detector.Phase!.Value];
            _latencyMs[detector.Channel] = options[YellowRedMeasure.DetectorLatency]
                ? (long)Math.Round(detector.LatencyS * 1000)
                : options.Milliseconds(YellowRedMeasure.LatencyS);
            _longestLatencyMs = Math.Max(_longestLatencyMs, _latencyMs[detector.Channel]);
        }

        _bins = new OpenBins<Cell>(context.Clock, _binMs, numbers.Length);
        _histogramBins = new OpenBins<int>(context.Clock, _binMs, 1);
    }

    public override void Advance(ReadOnlySpan<ControllerEvent> events)
    {
        foreach (ref readonly var e in events)
        {
            if ((ushort)e.Parameter >= Channels)
            {
                continue;
            }

            if (e.Code == EventCode.DetectorOn)
            {
                if (_phaseOfChannel[e.Parameter] >= 0)
                {
                    _pending.Add(e.TimeMs - _latencyMs[e.Parameter], _phaseOfChannel[e.Parameter], e.Parameter);
                }
            }
            else if (_indexOfPhase[e.Parameter] >= 0)
            {
                _phases[_indexOfPhase[e.Parameter]].Changes.Enqueue(new Change(e.TimeMs, e.Code));
            }
        }
    }

    public override void CloseUpTo(long watermarkMs)
    {
        var reachedMs = watermarkMs - _longestLatencyMs;
        while (_pending.TryTakeBefore(reachedMs, out var hit))
        {
            var phase = _phases[hit.Key];
            TakeChangesUpTo(phase, hit.TimeMs);
            if (phase.GreenMs != long.MinValue && hit.TimeMs - phase.GreenMs <= LongestCycleMs)
            {
                phase.Hits.Add(new Hit(hit.TimeMs, phase.Reds > 0 ? DisplayState.Red : phase.Yellows > 0 ? DisplayState.Yellow : DisplayState.Green));
            }
        }

        var earliestMs = reachedMs;
        foreach (var phase in _phases)
        {
            TakeChangesUpTo(phase, reachedMs - 1);
            EndIfTooLong(phase, reachedMs);
            earliestMs = Math.Min(earliestMs, phase.GreenMs == long.MinValue ? long.MaxValue : phase.GreenMs);
        }

        WriteBins(earliestMs);
        WriteHistogram(earliestMs);
    }

    public override void Finish(long endMs)
    {
        CloseUpTo(endMs + _longestLatencyMs);
        foreach (var phase in _phases)
        {
            EndCycle(phase, isLogEnd: true);
        }

        CloseUpTo(endMs + _longestLatencyMs + _binMs);
    }

    private void TakeChangesUpTo(Phase phase, long timeMs)
    {
        while (phase.Changes.Count > 0 && phase.Changes.Peek().TimeMs <= timeMs)
        {
            var change = phase.Changes.Dequeue();
            EndIfTooLong(phase, change.TimeMs);
            switch (change.Code)
            {
                case EventCode.PhaseBeginGreen:
                    EndCycle(phase);
                    phase.GreenMs = change.TimeMs;
                    break;
                case EventCode.PhaseBeginYellow:
                    phase.YellowMs = change.TimeMs;
                    phase.Yellows++;
                    break;
                case EventCode.PhaseBeginRedClearance when _redIsClearance:
                    phase.RedMs = change.TimeMs;
                    phase.Reds++;
                    break;
                default:
                    if (!_redIsClearance && phase.Yellows > 0 && phase.Reds == 0)
                    {
                        phase.RedMs = change.TimeMs;
                        phase.Reds = 1;
                    }

                    break;
            }
        }
    }

    private void EndIfTooLong(Phase phase, long timeMs)
    {
        if (phase.GreenMs != long.MinValue && timeMs - phase.GreenMs > LongestCycleMs)
        {
            EndCycle(phase);
        }
    }

    /// <summary>Counts the open cycle if it has one yellow and one red.</summary>
    private void EndCycle(Phase phase, bool isLogEnd = false)
    {
        if (phase.GreenMs != long.MinValue)
        {
            var isWhole = phase.Yellows == 1 && phase.Reds == 1;
            if (isWhole && (_isOdot || !_context.Coverage.IsBroken(new TimeRange(phase.GreenMs, phase.RedMs))))
            {
                CountOffsets(phase);
                Count(phase);
            }
            else if (!isLogEnd)
            {
                _bins.At(phase.GreenMs, _indexOfPhase[phase.Number]).Dropped++;
            }
        }

        phase.Hits.Clear();
        phase.GreenMs = long.MinValue;
        phase.Yellows = 0;
        phase.Reds = 0;
    }

    private void CountOffsets(Phase phase)
    {
        _histogramBins.At(phase.RedMs, 0)++;
        foreach (var hit in phase.Hits)
        {
            var halfSeconds = (int)MathF.Round((float)(hit.TimeMs - phase.RedMs) * 2 / 1000, MidpointRounding.AwayFromZero);
            if (halfSeconds >= _earliestOffsetS * 2)
            {
                _histogram.Add(new HistogramEntry(phase.RedMs, phase.Number, hit.State, halfSeconds));
            }
        }
    }

    private void Count(Phase phase)
    {
        ref var cell = ref _bins.At(phase.RedMs, _indexOfPhase[phase.Number]);
        cell.Cycles++;
        cell.Hits += phase.Hits.Count;
        foreach (var hit in phase.Hits)
        {
            if (hit.State == DisplayState.Yellow)
            {
                cell.OnYellow++;
                cell.IntoYellowMs += hit.TimeMs - phase.YellowMs;
            }
            else if (hit.State == DisplayState.Red)
            {
                cell.OnRed++;
                cell.IntoRedMs += hit.TimeMs - phase.RedMs;
                cell.Severe += hit.TimeMs - phase.RedMs > _severeAfterMs ? 1 : 0;
            }
        }
    }

    private void WriteOffset(TimeRange bin, in HistogramEntry entry, int count)
    {
        _offsetRows.Time(bin.StartMs).Integer(entry.Phase);
        if (_isOdot)
        {
            _offsetRows.Integer(StateCode(entry.State)).Single(entry.HalfSeconds / 2f).Single(count);
            return;
        }

        _offsetRows.Word((int)entry.State - (int)DisplayState.Green).Real(entry.HalfSeconds / 2.0).Integer(count);
        Quality.Write(_offsetRows, _context.Coverage, bin, null, null, _phases[_indexOfPhase[entry.Phase]].Channels);
    }

    private static int StateCode(DisplayState state) => state switch
    {
        DisplayState.Green => EventCode.PhaseBeginGreen,
        DisplayState.Yellow => EventCode.PhaseBeginYellow,
        _ => EventCode.PhaseBeginRedClearance,
    };

    private void WriteBins(long reachedMs)
    {
        while (_bins.TryClose(reachedMs, out var bin))
        {
            for (var p = 0; p < _phases.Length; p++)
            {
                if (_rows is null || !bin.Touched[p])
                {
                    continue;
                }

                ref readonly var cell = ref bin.Cells[p];
                _rows.Time(bin.Range.StartMs).Integer(_phases[p].Number).Integer(cell.Cycles).Integer(cell.Hits)
                    .Integer(cell.OnYellow).Integer(cell.OnRed).Integer(cell.Severe)
                    .Real(cell.Hits == 0 ? null : (double)cell.OnYellow / cell.Hits)
                    .Real(cell.Hits == 0 ? null : (double)cell.OnRed / cell.Hits)
                    .Real(cell.OnYellow == 0 ? null : cell.IntoYellowMs / 1000.0 / cell.OnYellow)
                    .Real(cell.OnRed == 0 ? null : cell.IntoRedMs / 1000.0 / cell.OnRed);
                Quality.Write(_rows, _context.Coverage, bin.Range, cell.Dropped, null, _phases[p].Channels);
            }
        }
    }

    private void WriteHistogram(long reachedMs)
    {
        while (_histogramBins.TryClose(reachedMs, out var bin))
        {
            _histogram.Sort();
            var i = 0;
            while (i < _histogram.Count && _histogram[i].RedMs < bin.Range.EndMs)
            {
                i++;
            }

            var inBin = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_histogram)[..i];
            inBin.Sort((a, b) => (a.Phase, a.State, a.HalfSeconds).CompareTo((b.Phase, b.State, b.HalfSeconds)));
            for (var from = 0; from < inBin.Length;)
            {
                var to = from;
                while (to < inBin.Length && inBin[to].IsAlike(inBin[from]))
                {
                    to++;
                }

                WriteOffset(bin.Range, inBin[from], to - from);
                from = to;
            }

            _histogram.RemoveRange(0, i);
        }
    }

    private struct Cell
    {
        public int Cycles;
        public int Dropped;
        public int Hits;
        public int OnYellow;
        public int OnRed;
        public int Severe;
        public long IntoYellowMs;
        public long IntoRedMs;
    }

    private readonly record struct Change(long TimeMs, ushort Code);

    private readonly record struct Hit(long TimeMs, DisplayState State);

    private readonly record struct HistogramEntry(long RedMs, int Phase, DisplayState State, int HalfSeconds) : IComparable<HistogramEntry>
    {
        public int CompareTo(HistogramEntry other) => RedMs.CompareTo(other.RedMs);

        public bool IsAlike(HistogramEntry other) => (Phase, State, HalfSeconds) == (other.Phase, other.State, other.HalfSeconds);
    }

    private sealed class Phase(byte number, BitArray channels)
    {
        public long GreenMs = long.MinValue;
        public long YellowMs;
        public long RedMs;
        public int Yellows;
        public int Reds;

        public byte Number { get; } = number;

        public BitArray Channels { get; } = channels;

        public Queue<Change> Changes { get; } = new();

        public List<Hit> Hits { get; } = [];
    }
}
