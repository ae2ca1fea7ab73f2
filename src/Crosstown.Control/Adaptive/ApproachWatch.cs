using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Adaptive;

/// <summary>The lanes of an approach, each from what senses it: its zone, or its loops, or what was learned while it had any.</summary>
/// <remarks>
/// Between the loop before the stop line and the one at it vehicles change lanes, so that the counts of a lane's two loops do not balance; those of the whole approach do. How many go from
/// which to which is learned from the flows: each lane keeps what it can, and lanes with too many give to those with too few. Who passes a stop line where nobody was expected is taken from the lane
/// beside where somebody was.
/// </remarks>
internal sealed class ApproachWatch
{
    /// <summary>How long the flows of the loops are remembered, s.</summary>
    private const double FlowMemoryS = 600;

    /// <summary>What the signals before let go of is trusted to show when vehicles come after so many.</summary>
    private const double EnoughFedVeh = 10;

    /// <summary>What was expected before anything was counted is worth so much, s.</summary>
    private const double PriorS = 60;

    /// <summary>Flows are trusted after so many vehicles in all.</summary>
    private const double EnoughVeh = 20;

    /// <summary>Vehicles that a lane lets go in a second of green, where no loop counts them.</summary>
    private const double SaturationVps = 0.5;

    /// <summary>The part of it for those who yield.</summary>
    private const double YieldingShare = 0.3;

    /// <summary>Seconds of green before the first vehicle leaves.</summary>
    private const int StartS = 2;

    /// <summary>With every way open and nobody leaving for so long, nobody stands there, s.</summary>
    private const int EmptyS = 6;

    /// <summary>The same where the way yields to others.</summary>
    private const int EmptyYieldingS = 25;

    /// <summary>Vehicles that follow one another so closely over the stop line come out of a queue, s.</summary>
    private const int FollowS = 4;

    /// <summary>Vehicles that are expected behind one that comes out of a queue, where nothing is sensed before the stop line.</summary>
    private const int BehindVeh = 2;

    /// <summary>Part of the greens of the reference program that it is expected to use, where nothing was learned.</summary>
    private const double PlanUse = 0.6;

    /// <summary>By how much a flow is held to be higher than the vehicles that left, each time that a green ended before its queue was gone.</summary>
    private const double Boost = 1.5;

    private const double MostBoost = 5;

    /// <summary>Flow at most, vehicles a second.</summary>
    private const double MostVps = 0.3;

    private readonly Approach _approach;
    private readonly LaneWatch[] _lanes;
    private readonly double[] _in;
    private readonly double[] _out;
    private readonly double[] _credit;
    private readonly double[] _leaving;
    private readonly double[] _planVps;
    private readonly double[] _boost;
    private readonly int[] _openS;
    private readonly int[] _greenS;
    private readonly int[] _passedS;
    private readonly bool[] _isQueue;
    private double _weight;
    private double _fed;
    private double _fedS;
    private double _pulse = 1;
    private double _driveS;

    /// <param name="approach">Its lanes.</param>
    /// <param name="lanes">What is known of each.</param>
    /// <param name="reference">The program that shows how much green each lane was once held to need.</param>
    public ApproachWatch(Approach approach, LaneWatch[] lanes, FixedProgram reference)
    {
        _boost = [.. lanes.Select(_ => 1.0)];
        _planVps = [.. approach.Lanes.Select(l => SaturationVps * PlanUse * reference.Phases.Where(p => l.Links.Any(k => SignalCard.IsGreen(p.State[k.Link]))).Sum(p => p.DurationS) / reference.CycleS)];
        _approach = approach;
        _lanes = lanes;
        _in = new double[lanes.Length];
        _out = new double[lanes.Length];
        _credit = new double[lanes.Length];
        _leaving = new double[lanes.Length];
        _openS = new int[lanes.Length];
        _greenS = new int[lanes.Length];
        _passedS = new int[lanes.Length];
        _isQueue = new bool[lanes.Length];
    }

    /// <summary>Takes in what the detectors said of a second.</summary>
    public void Update(DetectorFrame frame, int nowS, StageDriver driver)
    {
        Count(frame);
        Feed(frame);
        var isWhole = true;
        for (var l = 0; l < _lanes.Length; l++)
        {
            var lane = _approach.Lanes[l];
            if (Says(frame.Vehicles, lane.Zone))
            {
                _lanes[l].Update(nowS, (int)frame.Vehicles[lane.Zone], (int)frame.Halting[lane.Zone], Says(frame.Passed, lane.StopLoop) ? (int)frame.Passed[lane.StopLoop] : null);
            }
            else
            {
                isWhole = false;
                _lanes[l].Begin(Says(frame.Passed, lane.StopLoop) || Says(frame.Passed, lane.AdvanceLoop), Says(frame.Passed, lane.AdvanceLoop), _boost[l] > 1 ? 0 : _fedS);
            }
        }

        if (!isWhole)
        {
            Enter(frame, nowS);
            Leave(frame, nowS, driver);
        }
    }

    private static bool Says(float[] values, int detector) => detector >= 0 && !float.IsNaN(values[detector]);

    /// <summary>What the signals before let go of, in parts of what they do on average.</summary>
    private void Feed(DetectorFrame frame)
    {
        const double keep = 1 - (1 / FlowMemoryS);
        var (fed, sum) = (0.0, 0.0);
        _fedS = 0;
        foreach (var feeder in _approach.Feeders)
        {
            if (Says(frame.Passed, feeder.Loop))
            {
                _fedS = _fedS > 0 ? Math.Min(_fedS, feeder.DriveS) : feeder.DriveS;
                fed += frame.Passed[feeder.Loop] * feeder.Share;
                sum += frame.Passed[feeder.Loop] * feeder.Share * feeder.DriveS;
            }
        }

        _fed = (_fed * keep) + fed;
        _fedS = _fed >= EnoughFedVeh ? _fedS : 0;
        _pulse = _fedS > 0 ? fed * _weight / _fed : 1;
        _driveS = fed > 0 ? sum / fed : 0;
    }

    private void Count(DetectorFrame frame)
    {
        const double keep = 1 - (1 / FlowMemoryS);
        _weight = (_weight * keep) + 1;
        for (var l = 0; l < _lanes.Length; l++)
        {
            var lane = _approach.Lanes[l];
            _in[l] = (_in[l] * keep) + (Says(frame.Passed, lane.AdvanceLoop) ? frame.Passed[lane.AdvanceLoop] : 0);
            _out[l] = (_out[l] * keep) + (Says(frame.Passed, lane.StopLoop) ? frame.Passed[lane.StopLoop] : 0);
        }
    }

    private bool IsLearnedFrom(int l, DetectorFrame frame) => Says(frame.Passed, _approach.Lanes[l].AdvanceLoop) && Says(frame.Passed, _approach.Lanes[l].StopLoop);

    /// <summary>Who passes the loops before the stop line is shared out among the lanes; a lane without such a loop gets what was learned.</summary>
    private void Enter(DetectorFrame frame, int nowS)
    {
        var (surplus, deficit, all) = (0.0, 0.0, 0.0);
        for (var l = 0; l < _lanes.Length; l++)
        {
            if (IsLearnedFrom(l, frame))
            {
                surplus += Math.Max(0, _in[l] - _out[l]);
                deficit += Math.Max(0, _out[l] - _in[l]);
                all += _in[l];
            }
        }

        var moves = all >= EnoughVeh && surplus > 0 && deficit > 0 ? Math.Min(surplus, deficit) / surplus : 0;
        for (var l = 0; l < _lanes.Length; l++)
        {
            var lane = _approach.Lanes[l];
            if (!Says(frame.Passed, lane.AdvanceLoop))
            {
                _credit[l] += ExpectedVps(l, frame) * (_boost[l] > 1 ? 1 : _pulse);
                continue;
            }

            var passed = frame.Passed[lane.AdvanceLoop];
            if (passed <= 0)
            {
                continue;
            }

            var gives = moves > 0 && IsLearnedFrom(l, frame) && _in[l] > 0 ? moves * Math.Max(0, _in[l] - _out[l]) / _in[l] : 0;
            _credit[l] += passed * (1 - gives);
            for (var to = 0; gives > 0 && to < _lanes.Length; to++)
            {
                _credit[to] += IsLearnedFrom(to, frame) ? passed * gives * Math.Max(0, _out[to] - _in[to]) / deficit : 0;
            }
        }

        for (var l = 0; l < _lanes.Length; l++)
        {
            // Whole vehicles; what is over waits for the next.
            while (_credit[l] >= 0.5)
            {
                _credit[l]--;
                if (!Says(frame.Vehicles, _approach.Lanes[l].Zone))
                {
                    var hasAdvance = Says(frame.Passed, _approach.Lanes[l].AdvanceLoop);
                    _lanes[l].Enter(nowS + (hasAdvance ? _lanes[l].ReachS : _boost[l] > 1 ? 0 : _driveS), hasAdvance);
                }
            }
        }
    }

    private void Leave(DetectorFrame frame, int nowS, StageDriver driver)
    {
        for (var l = 0; l < _lanes.Length; l++)
        {
            var lane = _approach.Lanes[l];
            var (open, yielding, all) = (0, 0, lane.Links.Length);
            foreach (var link in lane.Links)
            {
                var isGreen = driver.Aspect(link.Link) == LinkAspect.Green;
                open += isGreen ? 1 : 0;
                yielding += isGreen && driver.State[link.Link] == 'g' ? 1 : 0;
            }

            if (open == 0 && _greenS[l] > 0 && _isQueue[l] && nowS - _passedS[l] <= _greenS[l])
            {
                _boost[l] = Math.Min(_boost[l] * Boost, MostBoost);
            }

            _greenS[l] = open > 0 ? _greenS[l] + 1 : 0;
            if (_greenS[l] > EmptyS && nowS - _passedS[l] > EmptyS)
            {
                _boost[l] = 1;
            }

            _isQueue[l] = _greenS[l] <= StartS + FollowS || (_isQueue[l] && nowS - _passedS[l] <= FollowS);
            if (Says(frame.Vehicles, lane.Zone))
            {
                _openS[l] = 0;
                continue;
            }

            if (Says(frame.Passed, lane.StopLoop))
            {
                var hasAdvance = Says(frame.Passed, lane.AdvanceLoop);
                for (var p = 0; p < (int)frame.Passed[lane.StopLoop]; p++)
                {
                    if (!_lanes[l].Leave() && hasAdvance)
                    {
                        TakeBeside(l, frame, nowS);
                    }
                }

                if (_lanes[l].Left > 0)
                {
                    if (!hasAdvance && open > 0 && _isQueue[l])
                    {
                        _lanes[l].Expect(nowS, BehindVeh);
                    }

                    _passedS[l] = nowS;
                }

                _openS[l] = open == all && _lanes[l].Left == 0 ? _openS[l] + 1 : 0;
                var emptyS = yielding > 0 ? EmptyYieldingS : EmptyS;
                if (_openS[l] >= emptyS)
                {
                    _lanes[l].Forget(nowS - emptyS);
                }
            }
            else
            {
                // Nothing counts who leaves: those who are due do, as fast as a queue discharges.
                _leaving[l] = _greenS[l] > StartS ? _leaving[l] + (SaturationVps * (open - ((1 - YieldingShare) * yielding)) / all) : 0;
                while (_leaving[l] >= 1)
                {
                    _leaving[l]--;
                    if (_lanes[l].DueBy(nowS) > 0)
                    {
                        _lanes[l].Leave();
                    }
                }
            }

            bool? covered = Says(frame.Covered, lane.AdvanceLoop) ? frame.Covered[lane.AdvanceLoop] > 0 : null;
            _lanes[l].End(nowS, covered, ExpectedVps(l, frame), Says(frame.Passed, lane.AdvanceLoop));
        }
    }

    /// <summary>Who left here was expected on the lane of the approach where most wait.</summary>
    private void TakeBeside(int l, DetectorFrame frame, int nowS)
    {
        var (most, waiting) = (-1, 0);
        for (var o = 0; o < _lanes.Length; o++)
        {
            if (o != l && !Says(frame.Vehicles, _approach.Lanes[o].Zone) && Says(frame.Passed, _approach.Lanes[o].AdvanceLoop) && _lanes[o].DueBy(nowS) is var due && due > waiting)
            {
                (most, waiting) = (o, due);
            }
        }

        if (most >= 0)
        {
            _lanes[most].Drop();
        }
    }

    /// <summary>Flow into a lane: what left it in the last minutes where that is counted, else what was learned; what the reference program is made for before.</summary>
    private double ExpectedVps(int l, DetectorFrame frame)
    {
        var lane = _approach.Lanes[l];
        if (!Says(frame.Passed, lane.StopLoop))
        {
            return _lanes[l].LearnedVps(_planVps[l]);
        }

        // What leaves is no more than what comes while a queue stays behind.
        var outVps = (_out[l] + (_planVps[l] * PriorS)) / (_weight + PriorS);
        return Says(frame.Passed, lane.AdvanceLoop) ? outVps : Math.Min(outVps * _boost[l], Math.Max(outVps, MostVps));
    }
}
