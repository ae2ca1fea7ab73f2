using Crosstown.Core.Data;
using Crosstown.Core.Events;

namespace Crosstown.Simulation.Vehicles;

/// <summary>The detectors of a run: how many vehicles are over each, and what it tells its signal.</summary>
internal sealed class Sensors
{
    private readonly StreetDetector[] _detectors;
    private readonly int[][] _onLane;
    private readonly int[] _covering;
    private readonly int[] _log;
    private readonly SignalHeads.Controlled?[] _controller;
    private readonly int[] _place;
    private readonly List<(int Detector, double TimeMs, int Change)> _changes = [];

    public Sensors(StreetLayout streets, IEnumerable<StreetDetector> detectors, SignalHeads heads, List<Problem> problems)
    {
        _detectors = [.. detectors];
        _covering = new int[_detectors.Length];
        _log = new int[_detectors.Length];
        _controller = new SignalHeads.Controlled?[_detectors.Length];
        _place = new int[_detectors.Length];
        var onLane = new List<int>[streets.LaneCount];
        for (var d = 0; d < _detectors.Length; d++)
        {
            var detector = _detectors[d];
            var where = $"detector {detector.Channel} of signal {detector.Signal}";
            if (detector.Lane < 0 || detector.Lane >= streets.LaneCount || detector.StartM < 0 || detector.EndM < detector.StartM || detector.EndM > streets.LengthM[detector.Lane] + 0.1)
            {
                problems.Add(new Problem("XT733", where, $"It lies from {detector.StartM} m to {detector.EndM} m of lane {detector.Lane}: it must lie inside a lane of the network."));
                continue;
            }

            _log[d] = heads.LogIndexOf(detector.Signal);
            if (_log[d] < 0 || detector.Channel is < 1 or > 255)
            {
                problems.Add(new Problem("XT733", where, "Its signal must be one of the network's, and its channel 1-255."));
                continue;
            }

            _controller[d] = heads.ControllerOf(detector.Signal);
            _place[d] = _controller[d]?.PlaceOf(detector) ?? -1;
            (onLane[detector.Lane] ??= []).Add(d);
        }

        _onLane = [.. onLane.Select(l => l?.ToArray() ?? [])];
        Lanes = [.. Enumerable.Range(0, streets.LaneCount).Where(l => _onLane[l].Length > 0)];
    }

    /// <summary>Lanes that have a detector.</summary>
    public int[] Lanes { get; }

    public bool HasLane(int lane) => _onLane[lane].Length > 0;

    /// <summary>A vehicle drove along a lane: its front from one place to another in a step.</summary>
    public void Pass(int lane, double fromM, double toM, double lengthM, double startMs, int stepMs)
    {
        foreach (var d in _onLane[lane])
        {
            var detector = _detectors[d];
            if (fromM < detector.StartM && toM >= detector.StartM)
            {
                _changes.Add((d, startMs + (stepMs * (detector.StartM - fromM) / (toM - fromM)), 1));
            }

            if (fromM - lengthM <= detector.EndM && toM - lengthM > detector.EndM)
            {
                _changes.Add((d, startMs + (stepMs * (detector.EndM - fromM + lengthM) / (toM - fromM)), -1));
            }
        }
    }

    /// <summary>A vehicle is now on a lane that was not: it entered there or came from beside.</summary>
    public void Appear(int lane, double frontM, double endM, double timeMs) => Jump(lane, frontM, endM, timeMs, 1);

    /// <summary>A vehicle is no more on a lane: it arrived or went beside.</summary>
    public void Vanish(int lane, double frontM, double endM, double timeMs) => Jump(lane, frontM, endM, timeMs, -1);

    /// <summary>Logs what changed.</summary>
    public void Report(SignalHeads heads, long midnightMs)
    {
        if (_changes.Count == 0)
        {
            return;
        }

        // Of one moment, what comes goes before what leaves, so that a vehicle that follows close behind does not blink.
        _changes.Sort(static (a, b) => a.Detector != b.Detector ? a.Detector.CompareTo(b.Detector)
            : a.TimeMs != b.TimeMs ? a.TimeMs.CompareTo(b.TimeMs)
            : b.Change.CompareTo(a.Change));
        foreach (var (d, time, change) in _changes)
        {
            var tick = (long)Math.Floor(time / 100) * 100;
            var detector = _detectors[d];
            if (detector.Mode == SensingMode.Pulse)
            {
                if (change > 0)
                {
                    Switch(heads, d, tick, midnightMs, true);
                    Switch(heads, d, tick + 100, midnightMs, false);
                }

                continue;
            }

            _covering[d] += change;
            if (_covering[d] == Math.Max(0, change))
            {
                Switch(heads, d, tick, midnightMs, change > 0);
            }
        }

        _changes.Clear();
    }

    private void Jump(int lane, double frontM, double endM, double timeMs, int change)
    {
        foreach (var d in _onLane[lane])
        {
            if (frontM >= _detectors[d].StartM && endM <= _detectors[d].EndM)
            {
                _changes.Add((d, timeMs, change));
            }
        }
    }

    private void Switch(SignalHeads heads, int d, long tick, long midnightMs, bool isOn)
    {
        heads.LogAt(_log[d]).Add(midnightMs + tick, isOn ? EventCode.DetectorOn : EventCode.DetectorOff, _detectors[d].Channel);
        _controller[d]?.Sense(tick, _place[d], isOn);
    }
}
