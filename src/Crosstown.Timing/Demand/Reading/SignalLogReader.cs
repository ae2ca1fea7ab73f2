using System.Numerics;
using Crosstown.Core.Controllers;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Timing.Demand.Reading;

/// <summary>Reads one signal's events, in time order and in pieces of any length, into a <see cref="SignalLog"/>.</summary>
public sealed class SignalLogReader
{
    private const int EnoughEvents = 3;
    private const long LongestServiceMs = 1_800_000;

    // After a preempt the coordinator needs a few cycles until its times can be trusted again.
    private const long SettlingMs = 240_000;
    private const long LongestDisturbanceMs = 1_200_000;

    private readonly SignalLog _log;
    private readonly Open[] _open = new Open[ControllerProgram.MaxPhase + 1];
    private readonly long[] _walkMs = new long[ControllerProgram.MaxPhase + 1];
    private readonly long[] _clearanceMs = new long[ControllerProgram.MaxPhase + 1];
    private readonly long[] _onMs = new long[256];
    private readonly long[] _faultMs = new long[256];
    private readonly Dictionary<long, int> _pieces = [];
    private uint _greens;
    private long _firstMs = -1;
    private long _lastMs = -1;
    private bool _isFinished;

    public SignalLogReader(SignalId signal, LocalTimeMap localTime)
    {
        _log = new SignalLog(signal, localTime);
        Array.Fill(_walkMs, -1);
        Array.Fill(_clearanceMs, -1);
        Array.Fill(_onMs, -1);
        Array.Fill(_faultMs, -1);
    }

    /// <summary>Reads everything at once.</summary>
    public static SignalLog Read(SignalId signal, LocalTimeMap localTime, ReadOnlySpan<ControllerEvent> events)
    {
        var reader = new SignalLogReader(signal, localTime);
        reader.Take(events);
        return reader.Finish();
    }

    /// <summary>Reads the next events.</summary>
    /// <exception cref="ArgumentException">An event lies before one that was taken earlier.</exception>
    public void Take(ReadOnlySpan<ControllerEvent> events)
    {
        foreach (ref readonly var one in events)
        {
            if (one.TimeMs < _lastMs)
            {
                throw new ArgumentException($"Signal {_log.Signal}: an event at {one.TimeMs} ms comes after one at {_lastMs} ms; sort them first.", nameof(events));
            }

            _firstMs = _firstMs < 0 ? one.TimeMs : _firstMs;
            _lastMs = one.TimeMs;
            TakeOne(one);
        }
    }

    /// <summary>Closes what is open and hands the log out. Nothing can be taken after.</summary>
    public SignalLog Finish()
    {
        if (!_isFinished)
        {
            _isFinished = true;
            for (var channel = 0; channel < _faultMs.Length; channel++)
            {
                CloseFault(channel, _lastMs + 1);
                if (_onMs[channel] >= 0)
                {
                    _log.Presences[channel].Add((_onMs[channel], _lastMs));
                }
            }

            foreach (var (piece, count) in _pieces)
            {
                if (count >= EnoughEvents)
                {
                    _log.SeenPieces.Add(piece);
                }
            }
        }

        _log.Range = _firstMs < 0 ? default : new TimeRange(_firstMs, _lastMs + 1);
        return _log;
    }

    private void TakeOne(in ControllerEvent one)
    {
        if (one.Code <= EventCode.SplitPhase32)
        {
            var piece = one.TimeMs / SignalLog.PieceMs;
            _pieces[piece] = _pieces.GetValueOrDefault(piece) + 1;
        }

        switch (one.Code)
        {
            case <= EventCode.PhasePreemptForceOff or EventCode.PedestrianBeginWalk or EventCode.PedestrianBeginClearance or EventCode.PedestrianBeginDontWalk:
                if (one.Parameter is >= 1 and <= ControllerProgram.MaxPhase)
                {
                    TakePhase(one.TimeMs, one.Code, one.Parameter);
                }

                break;
            case EventCode.DetectorOff or EventCode.DetectorOn or (>= EventCode.DetectorRestored and <= EventCode.DetectorFaultExcessiveChange):
                if (one.Parameter is >= 0 and < 256)
                {
                    TakeDetector(one.TimeMs, one.Code, one.Parameter);
                }

                break;
            case >= EventCode.PreemptInputOn and <= EventCode.PreemptExit:
                Disturb(one.TimeMs);
                break;
            case (>= EventCode.CoordinationPatternChange and <= EventCode.CoordinatedPhaseBegin) or EventCode.CycleLengthLong
                or (>= EventCode.SplitPhase17 and <= EventCode.SplitPhase32) or (>= EventCode.ActualCycleLength and <= EventCode.MasterZero):
                _log.Coordination.Add(new CoordinationEntry(one.TimeMs, one.Code, one.Parameter));
                break;
        }
    }

    private void TakePhase(long timeMs, ushort code, int phase)
    {
        ref var open = ref _open[phase];
        if (open.IsOpen && timeMs == open.GreenMs && code is >= EventCode.PhaseEndYellow and <= EventCode.PhaseInactive)
        {
            // The end of the service before, sorted behind the begin of this one.
            return;
        }

        switch (code)
        {
            case EventCode.PhaseBeginGreen:
                Close(phase);
                open = new Open { GreenMs = timeMs, IsOpen = true };
                SetGreen(phase, timeMs, true);
                break;
            case EventCode.PhaseCheck when open.YellowMs == 0:
                open.CheckedMs ??= timeMs;
                break;
            case EventCode.PhaseMinimumComplete when open.YellowMs == 0:
                open.MinimumDoneMs ??= timeMs;
                break;
            case EventCode.PhaseGapOut or EventCode.PhaseMaxOut or EventCode.PhaseForceOff when open.YellowMs == 0:
                open.Reason = code;
                break;
            case EventCode.PhaseTransitPriorityEarlyForceOff or EventCode.PhasePreemptForceOff when open.YellowMs == 0 || open.YellowMs == timeMs:
                // Logged beside a common force-off, and sorted behind the yellow of the same moment.
                open.Reason = code;
                break;
            case EventCode.PhaseBeginYellow:
                open.YellowMs = open.YellowMs == 0 ? timeMs : open.YellowMs;
                SetGreen(phase, timeMs, false);
                break;
            case EventCode.PhaseEndYellow:
                open.YellowEndMs = timeMs;
                break;
            case EventCode.PhaseBeginRedClearance:
                open.YellowEndMs = open.YellowEndMs == 0 ? timeMs : open.YellowEndMs;
                open.HasRedClearance = true;
                break;
            case EventCode.PhaseEndRedClearance:
                open.RedMs = timeMs;
                break;
            case EventCode.PhaseInactive:
                SetGreen(phase, timeMs, false);
                Close(phase);
                break;
            case EventCode.PedestrianBeginWalk:
                _walkMs[phase] = timeMs;
                open.WalkMs ??= timeMs;
                break;
            case EventCode.PedestrianBeginClearance:
                AddLength(_log.WalkLengths[phase], _walkMs, phase, timeMs);
                _clearanceMs[phase] = timeMs;
                break;
            case EventCode.PedestrianBeginDontWalk:
                AddLength(_log.ClearanceLengths[phase], _clearanceMs, phase, timeMs);
                break;
        }
    }

    private static void AddLength(List<int> lengths, long[] since, int phase, long timeMs)
    {
        if (since[phase] >= 0 && timeMs - since[phase] < LongestServiceMs)
        {
            lengths.Add((int)(timeMs - since[phase]));
        }

        since[phase] = -1;
    }

    private void SetGreen(int phase, long timeMs, bool isGreen)
    {
        var bit = (uint)1 << phase;
        if (!isGreen)
        {
            // Two greens count as together once the later of them has lasted a second.
            var others = _greens & ~bit;
            while ((_greens & bit) != 0 && others != 0)
            {
                var other = BitOperations.TrailingZeroCount(others);
                others &= others - 1;
                if (timeMs - Math.Max(_open[phase].GreenMs, _open[other].GreenMs) >= 1000)
                {
                    _log.GreenWith[phase] |= (uint)1 << other;
                    _log.GreenWith[other] |= bit;
                }
            }
        }

        _greens = isGreen ? _greens | bit : _greens & ~bit;
    }

    /// <summary>A service counts only with its green, its yellow and no hole in between.</summary>
    private void Close(int phase)
    {
        var open = _open[phase];
        _open[phase] = default;
        if (!open.IsOpen || open.YellowMs == 0 || open.YellowMs - open.GreenMs > LongestServiceMs)
        {
            return;
        }

        var yellowEndMs = open.YellowEndMs == 0 ? open.YellowMs : open.YellowEndMs;
        _log.Services[phase].Add(new PhaseService(
            open.GreenMs, open.YellowMs, yellowEndMs, Math.Max(open.RedMs, yellowEndMs), open.MinimumDoneMs, open.CheckedMs, open.Reason, open.HasRedClearance,
            open.WalkMs));
    }

    private void TakeDetector(long timeMs, ushort code, int channel)
    {
        switch (code)
        {
            case EventCode.DetectorOn:
                _log.Ons[channel].Add(timeMs);
                if (_onMs[channel] < 0)
                {
                    _onMs[channel] = timeMs;
                }

                break;
            case EventCode.DetectorOff:
                if (_onMs[channel] >= 0)
                {
                    _log.Presences[channel].Add((_onMs[channel], timeMs));
                    _onMs[channel] = -1;
                }

                break;
            case EventCode.DetectorRestored:
                CloseFault(channel, timeMs);
                break;
            default:
                if (_faultMs[channel] < 0)
                {
                    _faultMs[channel] = timeMs;
                }

                break;
        }
    }

    private void CloseFault(int channel, long timeMs)
    {
        if (_faultMs[channel] >= 0)
        {
            _log.Faults[channel].Add(new TimeRange(_faultMs[channel], timeMs));
            _faultMs[channel] = -1;
        }
    }

    private void Disturb(long timeMs)
    {
        var disturbances = _log.Disturbances;
        if (disturbances.Count > 0 && timeMs <= disturbances[^1].EndMs && timeMs - disturbances[^1].StartMs < LongestDisturbanceMs)
        {
            disturbances[^1] = new TimeRange(disturbances[^1].StartMs, timeMs + SettlingMs);
        }
        else
        {
            disturbances.Add(new TimeRange(timeMs, timeMs + SettlingMs));
        }
    }

    private struct Open
    {
        public bool IsOpen;
        public long GreenMs;
        public long YellowMs;
        public long YellowEndMs;
        public long RedMs;
        public long? MinimumDoneMs;
        public long? CheckedMs;
        public long? WalkMs;
        public ushort Reason;
        public bool HasRedClearance;
    }
}
