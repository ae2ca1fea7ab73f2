using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.PedestrianDelay;

/// <summary>From the first press that no walk has answered yet to the next walk. Oregon's package's rule differs in what opens and what ends a wait.</summary>
internal sealed class PedestrianDelay : SignalMeasure
{
    private const int Phases = 256;

    private readonly MeasureContext _context;
    private readonly bool _isOdot;
    private readonly long _shortestMs;
    private readonly long _longestMs;
    private readonly PedestrianPhases _pedestrians;
    private readonly RowBuffer _rows;
    private readonly OpenBins<Cell> _bins;
    private readonly Phase[] _phases = new Phase[Phases];

    public PedestrianDelay(MeasureContext context)
    {
        _context = context;
        _isOdot = context.Options.Set == DefinitionSet.Odot21;
        _shortestMs = context.Options.Milliseconds(PedestrianDelayMeasure.ShortestS);
        _longestMs = context.Options.Milliseconds(PedestrianDelayMeasure.LongestS);
        _pedestrians = new PedestrianPhases(context.Configuration);
        _rows = context.Rows(_isOdot ? PedestrianDelayMeasure.OdotTable : PedestrianDelayMeasure.Table);
        _bins = new OpenBins<Cell>(context.Clock, context.Options.BinMs, Phases);
        Array.Fill(_phases, new Phase { PressedMs = long.MinValue });
    }

    public override void Advance(ReadOnlySpan<ControllerEvent> events)
    {
        foreach (ref readonly var e in events)
        {
            if ((ushort)e.Parameter < Phases && e.Code != EventCode.PhaseOn)
            {
                if (_isOdot)
                {
                    TakeOdot(ref _phases[e.Parameter], e);
                }
                else
                {
                    Take(e);
                }
            }
        }
    }

    public override void CloseUpTo(long watermarkMs)
    {
        while (_bins.TryClose(watermarkMs, out var bin))
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

    private void Take(in ControllerEvent e)
    {
        int number = e.Code switch
        {
            EventCode.PedestrianDetectorOn => _pedestrians.PhaseOfChannel((byte)e.Parameter),
            EventCode.PedestrianOverlapBeginWalk or EventCode.PedestrianOverlapBeginClearance => _pedestrians.PhaseOfOverlap((byte)e.Parameter),
            _ => e.Parameter,
        };
        if (number == 0)
        {
            return;
        }

        ref var phase = ref _phases[number];
        switch (e.Code)
        {
            case EventCode.PedestrianDetectorOn:
                ref var cell = ref _bins.At(e.TimeMs, number);
                cell.Presses++;
                if (phase.IsWalk)
                {
                    cell.InWalk++;
                }
                else if (phase.PressedMs == long.MinValue)
                {
                    phase.PressedMs = e.TimeMs;
                }

                break;
            case EventCode.PedestrianCallRegistered:
                _bins.At(e.TimeMs, number).Calls++;
                break;
            case EventCode.PedestrianBeginWalk:
            case EventCode.PedestrianOverlapBeginWalk:
                _bins.At(e.TimeMs, number).Walks++;
                EndWait(ref phase, e.TimeMs, number);
                phase.IsWalk = true;
                break;
            default:
                phase.IsWalk = false;
                break;
        }
    }

    /// <summary>Only a press right after a clearance, or the log's first event, opens a wait; a walk or a clearance ends it.</summary>
    private void TakeOdot(ref Phase phase, in ControllerEvent e)
    {
        switch (e.Code)
        {
            case EventCode.PedestrianDetectorOn:
                if (phase.Before is 0 or EventCode.PedestrianBeginClearance)
                {
                    phase.PressedMs = e.TimeMs;
                }

                phase.Before = e.Code;
                break;
            case EventCode.PedestrianBeginWalk:
            case EventCode.PedestrianBeginClearance:
                EndWait(ref phase, e.TimeMs, e.Parameter);
                phase.Before = e.Code;
                break;
            default:
                break;
        }
    }

    private void EndWait(ref Phase phase, long timeMs, int number)
    {
        if (phase.PressedMs == long.MinValue)
        {
            return;
        }

        var waitMs = timeMs - phase.PressedMs;
        phase.PressedMs = long.MinValue;
        if (waitMs < _shortestMs)
        {
            return;
        }

        ref var cell = ref _bins.At(timeMs, number);
        if (waitMs > _longestMs)
        {
            cell.GivenUp++;
            return;
        }

        cell.MinMs = cell.Waits == 0 ? waitMs : Math.Min(cell.MinMs, waitMs);
        cell.MaxMs = Math.Max(cell.MaxMs, waitMs);
        cell.Waits++;
        cell.SumMs += waitMs;
        cell.OdotSumS += (float)waitMs / 1000;
    }

    private void Write(TimeRange bin, int phase, in Cell cell)
    {
        if (_isOdot)
        {
            if (cell.Waits > 0)
            {
                _rows.Time(bin.StartMs).Integer(phase).Real(cell.OdotSumS / cell.Waits).Integer(cell.Waits);
            }

            return;
        }

        _rows.Time(bin.StartMs).Integer(phase).Integer(cell.Waits);
        if (cell.Waits == 0)
        {
            _rows.Null().Null().Null();
        }
        else
        {
            _rows.Real(cell.SumMs / (1000.0 * cell.Waits)).Real(cell.MinMs / 1000.0).Real(cell.MaxMs / 1000.0);
        }

        _rows.Real(cell.SumMs / 1000.0).Integer(cell.Presses).Integer(cell.InWalk).Integer(cell.Calls).Integer(cell.Walks).Integer(cell.GivenUp);
        Quality.Write(_rows, _context.Coverage, bin, null, null, null);
    }

    private struct Phase
    {
        public long PressedMs;
        public ushort Before;
        public bool IsWalk;
    }

    private struct Cell
    {
        public int Waits;
        public int Presses;
        public int InWalk;
        public int Calls;
        public int Walks;
        public int GivenUp;
        public long MinMs;
        public long MaxMs;
        public long SumMs;

        /// <summary>Of waits in 32-bit seconds, as the peer holds them.</summary>
        public double OdotSumS;
    }
}
