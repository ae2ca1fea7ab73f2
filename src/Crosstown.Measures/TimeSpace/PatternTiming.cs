using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;

namespace Crosstown.Measures.TimeSpace;

/// <summary>A signal's timing on average: for each pattern's period of a local day, what was programmed and what the greens really were.</summary>
internal sealed class PatternTiming
{
    private const int Phases = 33;
    private const long DayMs = 86_400_000;
    private const int LongCycle = 255;

    /// <summary>Room for a day of greens of a phase that is served at all; a busier one makes more once.</summary>
    private const int HeldGreens = 1024;

    /// <summary>Programmed values this long before a pattern change already belong to the new pattern.</summary>
    private const long BelongsMs = 2000;

    private readonly MeasureContext _context;
    private readonly RowBuffer _rows;
    private readonly GapCursor _gaps;
    private readonly OffsetReference _reference;
    private readonly long _masterZeroMs;
    private readonly long[] _greenSinceMs = new long[Phases];
    private readonly List<int>[] _greenMs = new List<int>[Phases];
    private readonly List<long>[] _startMs = new List<long>[Phases];
    private readonly List<double> _deviations = new(HeldGreens);
    private readonly Programmed[] _splits = new Programmed[Phases];
    private readonly PhaseConfiguration[]?[] _ringFromCoordinated = new PhaseConfiguration[]?[Phases];
    private Programmed _cycle;
    private Programmed _offset;
    private Programmed _actualCycle;
    private int? _pattern;
    private long _periodStartMs = long.MinValue;
    private long _dayEndMs;

    public PatternTiming(MeasureContext context)
    {
        _context = context;
        _rows = context.Rows(TimeSpaceMeasure.Timing);
        _gaps = new GapCursor(context.Coverage);
        _reference = context.Options.Choice(TimeSpaceMeasure.Reference);
        _masterZeroMs = (long)(context.Options[TimeSpaceMeasure.MasterZeroH] * 3_600_000);
        Array.Fill(_greenSinceMs, long.MinValue);
        for (var phase = 0; phase < Phases; phase++)
        {
            _greenMs[phase] = [];
            _startMs[phase] = [];
        }

        foreach (var ring in context.Configuration.Phases.Where(p => p.Ring is not null).GroupBy(p => p.Ring))
        {
            var order = ring.OrderBy(p => p.Number).ToArray();
            var first = Array.FindIndex(order, p => p.IsCoordinated);
            foreach (var phase in order.Where(p => first >= 0 && p.Number < Phases))
            {
                _ringFromCoordinated[phase.Number] = [.. order[first..], .. order[..first]];
            }
        }
    }

    public void Take(in ControllerEvent e)
    {
        PassTo(e.TimeMs);
        switch (e.Code)
        {
            case EventCode.PhaseBeginGreen when e.Parameter is > 0 and < Phases:
                _greenSinceMs[e.Parameter] = e.TimeMs;
                break;
            case EventCode.PhaseBeginYellow when e.Parameter is > 0 and < Phases && _greenSinceMs[e.Parameter] != long.MinValue:
                var lengthMs = e.TimeMs - _greenSinceMs[e.Parameter];
                if (lengthMs <= GreenBands.LongestMs)
                {
                    _greenMs[e.Parameter].EnsureCapacity(HeldGreens);
                    _startMs[e.Parameter].EnsureCapacity(HeldGreens);
                    _greenMs[e.Parameter].Add((int)lengthMs);
                    _startMs[e.Parameter].Add(_greenSinceMs[e.Parameter]);
                }

                _greenSinceMs[e.Parameter] = long.MinValue;
                break;
            case EventCode.CoordinationPatternChange when e.Parameter != _pattern:
                Close(e.TimeMs);
                _pattern = e.Parameter;
                _periodStartMs = e.TimeMs;
                ForgetProgrammedBefore(e.TimeMs - BelongsMs);
                break;
            case EventCode.CycleLengthChange when e.Parameter is > 0 and < LongCycle:
            case EventCode.CycleLengthLong when e.Parameter > 0:
                _cycle = new Programmed(e.TimeMs, e.Parameter);
                break;
            case EventCode.OffsetChange when e.Parameter >= 0:
                _offset = new Programmed(e.TimeMs, e.Parameter);
                break;
            case EventCode.ActualCycleLength when e.Parameter > 0:
                _actualCycle = new Programmed(e.TimeMs, e.Parameter);
                break;
            case >= EventCode.SplitPhase1 and <= EventCode.SplitPhase16 when e.Parameter >= 0:
                _splits[e.Code - EventCode.SplitPhase1 + 1] = new Programmed(e.TimeMs, e.Parameter);
                break;
            case >= EventCode.SplitPhase17 and <= EventCode.SplitPhase32 when e.Parameter >= 0:
                _splits[e.Code - EventCode.SplitPhase17 + 17] = new Programmed(e.TimeMs, e.Parameter);
                break;
            default:
                break;
        }
    }

    public void CloseUpTo(long watermarkMs) => PassTo(watermarkMs);

    public void Finish(long endMs)
    {
        PassTo(endMs);
        Close(endMs);
    }

    private void PassTo(long timeMs)
    {
        while (_gaps.TryPass(timeMs, out _))
        {
            Array.Fill(_greenSinceMs, long.MinValue);
        }

        if (_periodStartMs == long.MinValue)
        {
            _periodStartMs = _context.Coverage.FirstMs;
            _dayEndMs = EndOfDay(_periodStartMs);
        }

        while (timeMs >= _dayEndMs)
        {
            Close(_dayEndMs);
            _periodStartMs = _dayEndMs;
            _dayEndMs = EndOfDay(_dayEndMs);
        }
    }

    private long EndOfDay(long timeMs) => _context.Clock.BinAt(timeMs, DayMs).EndMs;

    private void ForgetProgrammedBefore(long timeMs)
    {
        _cycle = _cycle.TimeMs < timeMs ? default : _cycle;
        _offset = _offset.TimeMs < timeMs ? default : _offset;
        _actualCycle = _actualCycle.TimeMs < timeMs ? default : _actualCycle;
        for (var phase = 0; phase < Phases; phase++)
        {
            _splits[phase] = _splits[phase].TimeMs < timeMs ? default : _splits[phase];
        }
    }

    private void Close(long endMs)
    {
        var cycleS = _cycle.Value ?? _actualCycle.Value;
        for (var phase = 1; phase < Phases; phase++)
        {
            var greens = _greenMs[phase];
            if (greens.Count > 0)
            {
                greens.Sort();
                var span = new TimeRange(_periodStartMs, endMs);
                _rows.Time(_periodStartMs).Time(endMs).Integer(_pattern).Integer(phase)
                    .Real(cycleS).Real(_offset.Value).Real(SplitS(phase))
                    .Real(ProgrammedStartS(phase, cycleS)).Real(MeasuredStartS(_startMs[phase], cycleS))
                    .Real(Median(greens) / 1000).Integer(greens.Count);
                Quality.Write(_rows, _context.Coverage, span, null, null, null);
            }

            greens.Clear();
            _startMs[phase].Clear();
        }
    }

    private double? SplitS(int phase) => _splits[phase].Value is > 0 and var split ? split : null;

    /// <summary>Offset plus the splits of the phases from the ring's coordinated phase on.</summary>
    private double? ProgrammedStartS(int phase, double? cycleS)
    {
        if (cycleS is not { } cycle || _offset.Value is not { } offset || _ringFromCoordinated[phase] is not { } ring
            || SplitS(ring[0].Number) is not { } coordinatedS)
        {
            return null;
        }

        var start = offset;
        if (_reference == OffsetReference.BeginYellow)
        {
            if (ring[0].YellowS is not { } yellowS || ring[0].RedClearanceS is not { } redClearanceS)
            {
                return null;
            }

            start -= coordinatedS - yellowS - redClearanceS;
        }

        foreach (var served in ring)
        {
            if (served.Number == phase)
            {
                return ((start % cycle) + cycle) % cycle;
            }

            // A phase of the ring whose split is not logged is not in use.
            start += SplitS(served.Number) ?? 0;
        }

        return null;
    }

    /// <summary>The median on the circle of the master cycle: of the distances from the starts' mean direction.</summary>
    private double? MeasuredStartS(List<long> startMs, double? cycleS)
    {
        if (cycleS is not { } cycle)
        {
            return null;
        }

        var (x, y) = (0.0, 0.0);
        foreach (var ms in startMs)
        {
            var angle = SecondOfCycle(ms, cycle) / cycle * Math.Tau;
            x += Math.Cos(angle);
            y += Math.Sin(angle);
        }

        var mean = Math.Atan2(y, x) / Math.Tau * cycle;
        var deviations = _deviations;
        deviations.Clear();
        foreach (var ms in startMs)
        {
            var deviation = SecondOfCycle(ms, cycle) - mean;
            deviations.Add(deviation - (cycle * Math.Round(deviation / cycle)));
        }

        deviations.Sort();
        var middle = deviations.Count / 2;
        var median = mean + (deviations.Count % 2 == 1 ? deviations[middle] : (deviations[middle - 1] + deviations[middle]) / 2);
        return Math.Round(((median % cycle) + cycle) % cycle, 3) % cycle;
    }

    private double SecondOfCycle(long timeMs, double cycleS)
    {
        var sinceZeroMs = ((_context.Clock.ToLocalMs(timeMs) - _masterZeroMs) % DayMs + DayMs) % DayMs;
        return sinceZeroMs / 1000.0 % cycleS;
    }

    private static double Median(List<int> sorted) =>
        sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + (double)sorted[sorted.Count / 2]) / 2;

    /// <summary>A value that a controller logged, and when; nothing while the time is 0.</summary>
    private readonly record struct Programmed(long TimeMs, int Seconds)
    {
        public double? Value => TimeMs == 0 ? null : Seconds;
    }
}
