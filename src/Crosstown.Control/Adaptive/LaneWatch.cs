namespace Crosstown.Control.Adaptive;

/// <summary>How many vehicles are in a zone of a lane, and when each of them may be expected at its end, from counts alone.</summary>
/// <remarks>
/// A vehicle enters the list when the count of the zone rises beyond what left it, and is due after the zone's free travel time. Those that stand are due now. Nothing tells one vehicle
/// from another: the list is a queue of times.
/// </remarks>
internal sealed class LaneWatch(double zoneM, double speedMps)
{
    private const double VehicleM = 7.5;
    private const double LeastRateVps = 0.02;
    private readonly double _freeS = zoneM / speedMps;
    private readonly int _room = Math.Max(1, (int)(zoneM / VehicleM));
    private const double RateMemoryS = 300;
    private readonly List<double> _dueS = [];
    private double _rateSum;
    private double _rateWeight;

    /// <summary>Seconds of the clock at which the vehicles in the zone could be at its end, first to last.</summary>
    public IReadOnlyList<double> DueS => _dueS;

    /// <summary>Vehicles that entered in the last step.</summary>
    public int Entered { get; private set; }

    /// <summary>Vehicles that left in the last step.</summary>
    public int Left { get; private set; }

    /// <summary>Vehicles that stand.</summary>
    public int Halting { get; private set; }

    /// <summary>Vehicles that may be expected to stand before the begin of the zone, while it is full; 0 while it is not.</summary>
    public double Hidden { get; private set; }

    /// <summary>Mean flow into the zone, vehicles a second; the last five minutes count most. 0 before anything came.</summary>
    public double RateVps => _rateWeight > 0 ? _rateSum / _rateWeight : 0;

    /// <summary>Takes in what the detectors said of a second.</summary>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <param name="vehicles">In the zone now.</param>
    /// <param name="halting">Of these, standing.</param>
    /// <param name="passed">Over the loop at the zone's end in the last second; null without one.</param>
    public void Update(double nowS, int vehicles, int halting, int? passed)
    {
        var before = _dueS.Count;
        Left = passed ?? Math.Max(0, before - vehicles);
        var gone = Math.Min(Left, before);
        _dueS.RemoveRange(0, gone);
        Entered = Math.Max(0, vehicles - _dueS.Count);
        if (_dueS.Count > vehicles)
        {
            _dueS.RemoveRange(vehicles, _dueS.Count - vehicles);
        }

        while (_dueS.Count < vehicles)
        {
            _dueS.Add(nowS + _freeS);
        }

        Halting = Math.Min(halting, vehicles);
        for (var i = 0; i < Halting; i++)
        {
            _dueS[i] = Math.Min(_dueS[i], nowS);
        }

        var isFull = vehicles >= _room && Halting > 0;
        Hidden = Math.Max(0, Hidden - Entered) + (isFull ? Math.Max(RateVps, LeastRateVps) : 0);
        if (vehicles < _room - 1 || (vehicles < _room && Entered == 0 && Left == 0 && Halting == 0))
        {
            Hidden = 0;
        }

        const double keep = 1 - (1 / RateMemoryS);
        _rateSum = (_rateSum * keep) + Entered;
        _rateWeight = (_rateWeight * keep) + 1;
    }
}
