using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;

namespace Crosstown.Measures.TimeSpace;

/// <summary>Writes every green of every phase and overlap in the order in which they began.</summary>
internal sealed class GreenBands
{
    /// <summary>A green that lasts longer rests; it is no band to ride in. It also bounds how long later greens wait for an earlier one.</summary>
    public const long LongestMs = 60 * 60_000;

    private const int Numbers = 256;
    private const long Open = long.MaxValue;
    private const long NotShown = long.MinValue;

    private readonly MeasureContext _context;
    private readonly RowBuffer _rows;
    private readonly GapCursor _gaps;
    private readonly DisplayState[] _states = new DisplayState[2 * Numbers];
    private readonly List<Band> _bands = new(2048);
    private int _first;

    public GreenBands(MeasureContext context)
    {
        _context = context;
        _rows = context.Rows(TimeSpaceMeasure.Bands);
        _gaps = new GapCursor(context.Coverage);
    }

    public void Take(in ControllerEvent e)
    {
        if ((ushort)e.Parameter >= Numbers)
        {
            return;
        }

        var isOverlap = e.Code >= EventCode.OverlapBeginGreen && e.Code <= EventCode.OverlapOff;
        if (GroupStates.StateAfter(new SignalGroup((byte)e.Parameter, isOverlap), RedStart.EndOfYellow, e.Code) is not { } state)
        {
            return;
        }

        PassGaps(e.TimeMs);
        var key = (isOverlap ? Numbers : 0) + e.Parameter;
        if (_states[key] == state)
        {
            return;
        }

        if (_states[key] == DisplayState.Green)
        {
            End(key, e.TimeMs);
        }

        _states[key] = state;
        if (state == DisplayState.Green)
        {
            _bands.Add(new Band(e.TimeMs, Open, key));
        }
    }

    public void CloseUpTo(long watermarkMs)
    {
        PassGaps(watermarkMs);
        while (_first < _bands.Count && (_bands[_first].EndMs != Open || watermarkMs - _bands[_first].StartMs > LongestMs))
        {
            Write(_bands[_first++]);
        }

        if (_first == _bands.Count || _first > 1024)
        {
            _bands.RemoveRange(0, _first);
            _first = 0;
        }
    }

    public void Finish(long endMs)
    {
        CloseUpTo(endMs);
        while (_first < _bands.Count)
        {
            Write(_bands[_first++]);
        }
    }

    private void PassGaps(long timeMs)
    {
        while (_gaps.TryPass(timeMs, out _))
        {
            Array.Clear(_states);
            for (var i = _first; i < _bands.Count; i++)
            {
                if (_bands[i].EndMs == Open)
                {
                    _bands[i] = _bands[i] with { EndMs = NotShown };
                }
            }
        }
    }

    private void End(int key, long timeMs)
    {
        for (var i = _bands.Count - 1; i >= _first; i--)
        {
            if (_bands[i].Key == key)
            {
                _bands[i] = _bands[i] with { EndMs = timeMs };
                return;
            }
        }
    }

    private void Write(in Band band)
    {
        var isKnown = band.EndMs is not (Open or NotShown) && band.EndMs - band.StartMs <= LongestMs;
        _rows.Time(band.StartMs);
        if (isKnown)
        {
            _rows.Time(band.EndMs);
        }
        else
        {
            _rows.Null();
        }

        _rows.Word(band.Key / Numbers).Integer(band.Key % Numbers).Real(isKnown ? (band.EndMs - band.StartMs) / 1000.0 : null);
        Quality.Write(_rows, _context.Coverage, new TimeRange(band.StartMs, isKnown ? band.EndMs : band.StartMs), null, null, null);
    }

    private readonly record struct Band(long StartMs, long EndMs, int Key);
}
