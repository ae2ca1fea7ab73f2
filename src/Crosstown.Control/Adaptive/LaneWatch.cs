namespace Crosstown.Control.Adaptive;

/// <summary>How many vehicles are before the end of a lane, and when each of them may be expected there, from counts alone.</summary>
/// <remarks>
/// With a zone, a vehicle enters the list when the count of the zone rises beyond what left it, and is due after the zone's free travel time. Those that stand are due now. Without one,
/// <see cref="ApproachWatch"/> says who enters and who leaves, from loops or from what was learned. Nothing tells one vehicle from another: the list is a queue of times.
/// </remarks>
internal sealed class LaneWatch(double zoneM, double speedMps, double advanceM = 0)
{
    /// <summary>Length of a lane that a standing vehicle takes, m.</summary>
    private const double VehicleM = 7.5;

    /// <summary>Flow that is expected where nothing was learned yet, vehicles a second.</summary>
    private const double LeastRateVps = 0.02;

    /// <summary>A loop that is covered for so long has a standing vehicle on it, s.</summary>
    private const int StandsS = 3;

    /// <summary>Vehicles that wait unseen are not expected to be more than come in so many seconds.</summary>
    private const double MostHiddenS = 120;

    /// <summary>Vehicles that are expected at most where nothing is sensed before the stop line.</summary>
    private const int MostUnseen = 15;

    private const double RateMemoryS = 300;
    private const double PriorS = 60;
    private readonly double _freeS = zoneM / speedMps;
    private readonly double _advanceS = advanceM / speedMps;
    private readonly int _room = Math.Max(1, (int)(zoneM / VehicleM));
    private readonly int _advanceRoom = Math.Max(1, (int)(advanceM / VehicleM));
    private readonly List<double> _dueS = [];
    private double _rateSum;
    private double _rateWeight;
    private double? _expectedVps;
    private int _coveredS;

    /// <summary>Seconds of the clock at which the vehicles on the lane could be at its end, first to last.</summary>
    public IReadOnlyList<double> DueS => _dueS;

    /// <summary>Vehicles that entered in the last step.</summary>
    public int Entered { get; private set; }

    /// <summary>Vehicles that left in the last step.</summary>
    public int Left { get; private set; }

    /// <summary>Vehicles that stand.</summary>
    public int Halting { get; private set; }

    /// <summary>Vehicles that may be expected to stand before the begin of what is sensed, while that is full; 0 while it is not.</summary>
    public double Hidden { get; private set; }

    /// <summary>Flow into the lane, vehicles a second: as counted, the last five minutes most, or as expected where nobody counts. 0 before anything came.</summary>
    public double RateVps => _expectedVps ?? (_rateWeight > 0 ? _rateSum / _rateWeight : 0);

    /// <summary>Flow into the lane while it was counted, vehicles a second.</summary>
    /// <param name="priorVps">What was expected before anything was counted; it is worth a minute.</param>
    public double LearnedVps(double priorVps) => (_rateSum + (priorVps * PriorS)) / (_rateWeight + PriorS);

    /// <summary>True when a detector told of the last step.</summary>
    public bool IsSensed { get; private set; }

    /// <summary>Seconds before the end of the lane from which on vehicles are sensed; 0 when none is before it gets there.</summary>
    public double ReachS { get; private set; }

    /// <summary>Takes in what the detectors said of a second.</summary>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <param name="vehicles">In the zone now.</param>
    /// <param name="halting">Of these, standing.</param>
    /// <param name="passed">Over the loop at the zone's end in the last second; null without one.</param>
    public void Update(double nowS, int vehicles, int halting, int? passed)
    {
        (IsSensed, ReachS, _expectedVps) = (true, _freeS, null);
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

        Learn();
    }

    /// <summary>Begins a second without a zone: nobody has entered or left yet.</summary>
    /// <param name="isSensed">True when a loop tells of this second.</param>
    /// <param name="hasAdvance">True when the loop before the stop line does.</param>
    /// <param name="reachS">Seconds from where vehicles are sensed before that; 0 when they are not.</param>
    public void Begin(bool isSensed, bool hasAdvance, double reachS = 0)
    {
        (Entered, Left) = (0, 0);
        IsSensed = isSensed;
        ReachS = hasAdvance ? _advanceS : reachS;
    }

    /// <summary>Somebody enters, at the loop before the stop line or unseen: then no more than a few are expected.</summary>
    /// <param name="dueS">Second of the clock at which it could be at the stop line.</param>
    /// <param name="isSeen">True when the loop saw it.</param>
    public void Enter(double dueS, bool isSeen)
    {
        Entered++;
        if (isSeen || _dueS.Count < MostUnseen)
        {
            var place = _dueS.Count;
            while (place > 0 && _dueS[place - 1] > dueS)
            {
                place--;
            }

            _dueS.Insert(place, dueS);
        }
    }

    /// <summary>The first leaves.</summary>
    /// <returns>False when nobody was expected to be there.</returns>
    public bool Leave()
    {
        Left++;
        return Drop();
    }

    /// <summary>The first turns out not to be on this lane.</summary>
    /// <returns>False when nobody was expected to be there.</returns>
    public bool Drop()
    {
        if (_dueS.Count == 0)
        {
            return false;
        }

        _dueS.RemoveAt(0);
        return true;
    }

    /// <summary>Vehicles that could be at the end by a second of the clock.</summary>
    public int DueBy(double atS)
    {
        var count = 0;
        while (count < _dueS.Count && _dueS[count] <= atS)
        {
            count++;
        }

        return count;
    }

    /// <summary>More stand here than were expected: as many as are given at the least.</summary>
    public void Expect(double nowS, int vehicles)
    {
        while (_dueS.Count < vehicles)
        {
            _dueS.Add(nowS);
        }

        for (var i = 0; i < vehicles; i++)
        {
            _dueS[i] = Math.Min(_dueS[i], nowS);
        }
    }

    /// <summary>Nobody stands here after all: forgets those who could be at the end by a second of the clock.</summary>
    public void Forget(double atS)
    {
        _dueS.RemoveRange(0, DueBy(atS));
        Hidden = 0;
    }

    /// <summary>Ends a second without a zone.</summary>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <param name="advanceCovered">True while somebody is on the loop before the stop line; null when it says nothing.</param>
    /// <param name="expectedVps">Flow that is expected into the lane, vehicles a second.</param>
    /// <param name="isLearning">True when those who entered were counted, by the loop before the stop line.</param>
    public void End(double nowS, bool? advanceCovered, double expectedVps, bool isLearning)
    {
        _coveredS = advanceCovered == true && Entered == 0 ? _coveredS + 1 : 0;
        var isFull = _coveredS >= StandsS;
        if (isFull)
        {
            // Who stands on the loop stands behind others.
            Expect(nowS, _advanceRoom);
        }

        isFull |= isLearning && Left == 0 && DueBy(nowS) >= _advanceRoom;
        Hidden = isFull ? Math.Min(Hidden + expectedVps, MostHiddenS * expectedVps) : _dueS.Count < _advanceRoom - 1 ? 0 : Math.Max(0, Hidden - Entered);
        Halting = DueBy(nowS - 1);
        _expectedVps = isLearning ? null : expectedVps;
        if (isLearning)
        {
            Learn();
        }
    }

    private void Learn()
    {
        const double keep = 1 - (1 / RateMemoryS);
        // More than one in a second is a detector that came or went, and no flow.
        _rateSum = (_rateSum * keep) + Math.Min(Entered, 1);
        _rateWeight = (_rateWeight * keep) + 1;
    }
}
