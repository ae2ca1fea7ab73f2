using System.Diagnostics.CodeAnalysis;
using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Failure;

/// <summary>Decides which detectors of a signal have failed, from what they say themselves and from what those near them say.</summary>
/// <remarks>
/// A detector is not blamed for a street where nobody drives: it is silent or stuck only while others saw vehicles that it must have seen, and those others are themselves in order.
/// Between the loop before the stop line and the one at it vehicles change lanes, so that loops are compared over their whole approach. Each verdict is taken back after the detector has moved
/// plausibly for a while, longer with every failure. A few operations for a detector and second; nothing is allocated after the start.
/// </remarks>
public sealed class SiteHealth
{
    /// <summary>Answers that may fail in a row, s.</summary>
    private const int SilentS = 3;

    /// <summary>Vehicles a second that no lane brings for long: 3,060 an hour.</summary>
    private const float MostVps = 0.85f;

    /// <summary>Vehicles beyond that before a loop chatters.</summary>
    private const float ChatterVeh = 5;

    /// <summary>Of these, those that a street in order may show at times.</summary>
    private const float CalmVeh = 1;

    /// <summary>What the count of a zone may change by in a second, again and again: one comes, one goes, one changes lanes.</summary>
    private const float MostChange = 1;

    /// <summary>Part of the surplus changes of a zone that is forgotten in a second, vehicles.</summary>
    private const float ChangeForgottenVps = 0.1f;

    /// <summary>Seconds of red after which nobody drives over a stop line.</summary>
    private const int RedS = 4;

    /// <summary>Vehicles over a stop line in red, less one a minute, before its loop chatters.</summary>
    private const float RedVeh = 4;

    /// <summary>Vehicles that both neighbors must have seen, each, before a zone that did not change is held to have failed.</summary>
    private const int BothVeh = 8;

    /// <summary>Vehicles that a single neighbor must have seen.</summary>
    private const int OneVeh = 8;

    /// <summary>The same of one that has not proven itself, where it cannot have missed any.</summary>
    private const int UnprovenVeh = 2;

    /// <summary>A detector that says the same for longer than this, and than twice as long as it ever did, has to prove itself again, s.</summary>
    private const int ProvenS = 60;

    /// <summary>A vehicle in a zone of this length or more is seen there, however fast it drives, m.</summary>
    private const double LongM = 20;

    /// <summary>Seconds without chatter before a detector's word counts against others.</summary>
    private const int AccuserS = 20;

    /// <summary>Seconds of green for every way of a lane in which something on it must change, if anybody stands there and the exits move.</summary>
    private const int FrozenS = 10;

    /// <summary>Who yields is given so much more time.</summary>
    private const float YieldingPart = 0.25f;

    /// <summary>Who drives slower may stand in a jam, m/s.</summary>
    private const float SlowMps = 3;

    /// <summary>Vehicles that left a zone in green, not long after some stood there, before the loop behind it should have seen one.</summary>
    private const int QueueVeh = 8;

    /// <summary>The same where there is no other lane to which they could have gone.</summary>
    private const int AloneVeh = 4;

    /// <summary>How long ago some may have stood, s.</summary>
    private const int StoodS = 20;

    /// <summary>Vehicles that went to an exit, as far as can be told, before a zone there that says the same all the time is held to have failed.</summary>
    private const float ExitVeh = 5;

    /// <summary>How long it says so then, s.</summary>
    private const int ExitStillS = 90;

    /// <summary>Seconds of a loop covered where the zone around it has nobody who stands.</summary>
    private const int AgainstS = 25;

    /// <summary>Times the longest red for which nothing stands still without a reason.</summary>
    private const int StillReds = 3;

    /// <summary>Length of a lane that a standing vehicle takes, m.</summary>
    private const double VehicleM = 7.5;

    /// <summary>Seconds of answers after which one that said nothing is believed again.</summary>
    private const int AnswersS = 30;

    /// <summary>Seconds without chatter after which a detector is believed again.</summary>
    private const int CalmS = 60;

    /// <summary>Movements after which one that was stuck or silent is believed again, the first time.</summary>
    private const int Movements = 3;

    private readonly SignalSite _site;
    private readonly RoadProfile _profile;
    private readonly Sensor[] _sensors;
    private readonly LaneSensors[] _lanes;
    private readonly int[] _approachOf;
    private readonly double[] _storage;
    private readonly double[] _balance;
    private readonly bool[] _isBalanced;
    private int? _lastS;

    /// <param name="site">The signal.</param>
    /// <param name="profile">The times it keeps.</param>
    /// <param name="isSensed">By detector of the equipment: true for those that are read at all. Others are no failure.</param>
    public SiteHealth(SignalSite site, RoadProfile profile, Func<int, bool> isSensed)
    {
        _site = site;
        _profile = profile;
        var sensors = new Dictionary<int, Sensor>();
        Sensor? Find(int detector, SensorKind kind, double lengthM)
        {
            if (detector < 0 || !isSensed(detector))
            {
                return null;
            }

            if (!sensors.TryGetValue(detector, out var sensor))
            {
                sensors[detector] = sensor = new Sensor(detector, kind, lengthM);
            }

            return sensor;
        }

        _lanes = [.. site.Lanes.Select(l => new LaneSensors(
            Find(l.Zone, SensorKind.Zone, l.ZoneM), Find(l.StopLoop, SensorKind.Loop, 0), Find(l.AdvanceLoop, SensorKind.Loop, 0),
            [.. l.Links.Select(k => (Find(k.ExitZone, SensorKind.Beyond, k.ExitM), (float)k.Share)).Where(k => k.Item1 is not null).Select(k => (k.Item1!, k.Item2))]))];
        foreach (var upstream in site.Approaches.SelectMany(a => a.Upstream))
        {
            Find(upstream.Zone, SensorKind.Beyond, upstream.ZoneM);
        }

        foreach (var feeder in site.Approaches.SelectMany(a => a.Feeders))
        {
            Find(feeder.Loop, SensorKind.BeyondLoop, 0);
        }

        _sensors = [.. sensors.Values];
        _approachOf = [.. site.Approaches.SelectMany((a, i) => Enumerable.Repeat(i, a.Lanes.Length))];
        _storage = [.. site.Approaches.Select(a => a.Lanes.Sum(l => l.AdvanceM / VehicleM) + 2)];
        _balance = new double[site.Approaches.Length];
        _isBalanced = new bool[site.Approaches.Length];
    }

    /// <summary>Detectors that are read.</summary>
    public int Count => _sensors.Length;

    /// <summary>Of these, failed now.</summary>
    public int Failed { get; private set; }

    /// <summary>Lanes of which nothing in order senses anything, 0-1; half for those with one loop alone. 1 without lanes.</summary>
    public double BlindShare { get; private set; }

    /// <summary>Seconds since any detector in order has seen somebody move.</summary>
    public int StillS { get; private set; }

    /// <summary>What is held of a detector of the equipment; healthy for one that is not the signal's.</summary>
    public DetectorVerdict VerdictOf(int detector)
    {
        foreach (var sensor in _sensors)
        {
            if (sensor.Detector == detector)
            {
                return sensor.Verdict;
            }
        }

        return DetectorVerdict.Healthy;
    }

    /// <summary>Compares the verdicts of this second with what is known to have failed.</summary>
    /// <param name="hasFailed">By detector of the equipment.</param>
    /// <param name="tally">Where it is counted.</param>
    public void Tally(Func<int, bool> hasFailed, DetectorTally tally)
    {
        foreach (var sensor in _sensors)
        {
            tally.Add(hasFailed(sensor.Detector), sensor.Verdict != DetectorVerdict.Healthy);
        }
    }

    /// <summary>Takes in a second.</summary>
    /// <param name="frame">What the detectors said.</param>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <param name="driver">What the signal shows.</param>
    public void Update(DetectorFrame frame, int nowS, StageDriver driver)
    {
        if (_lastS is { } last && nowS != last + 1)
        {
            // What was missed cannot be compared.
            foreach (var sensor in _sensors)
            {
                sensor.Forget();
            }
        }

        _lastS = nowS;
        StillS++;
        foreach (var sensor in _sensors)
        {
            Watch(sensor, frame);
            StillS = sensor.Verdict == DetectorVerdict.Healthy && sensor.HasMoved ? 0 : StillS;
        }

        Balance();
        for (var l = 0; l < _lanes.Length; l++)
        {
            Compare(l, driver, nowS);
        }

        Failed = 0;
        foreach (var sensor in _sensors)
        {
            Judge(sensor);
            Failed += sensor.Verdict == DetectorVerdict.Healthy ? 0 : 1;
        }

        var blind = 0.0;
        foreach (var lane in _lanes)
        {
            Doubt(lane);
            var loops = (IsWell(lane.Stop) ? 0.5 : 0) + (IsWell(lane.Advance) ? 0.5 : 0);
            blind += IsWell(lane.Zone) ? 0 : 1 - loops;
        }

        BlindShare = _lanes.Length == 0 ? 1 : blind / _lanes.Length;
    }

    /// <summary>Makes the frame say nothing of detectors that have failed.</summary>
    /// <param name="frame">What the detectors said.</param>
    /// <param name="kept">Where what they said is kept for <see cref="Unmask"/>.</param>
    public void Mask(DetectorFrame frame, List<(int Detector, float Vehicles, float Halting, float SpeedMps, float Passed, float Covered)> kept)
    {
        kept.Clear();
        foreach (var sensor in _sensors)
        {
            if (sensor.Verdict != DetectorVerdict.Healthy || sensor.IsDoubtful)
            {
                var d = sensor.Detector;
                kept.Add((d, frame.Vehicles[d], frame.Halting[d], frame.SpeedMps[d], frame.Passed[d], frame.Covered[d]));
                Set(frame, (d, float.NaN, float.NaN, float.NaN, float.NaN, float.NaN));
            }
        }
    }

    /// <summary>Gives a frame back what <see cref="Mask"/> took: other signals judge for themselves.</summary>
    public static void Unmask(DetectorFrame frame, List<(int Detector, float Vehicles, float Halting, float SpeedMps, float Passed, float Covered)> kept)
    {
        foreach (var values in kept)
        {
            Set(frame, values);
        }
    }

    private static void Set(DetectorFrame frame, (int Detector, float Vehicles, float Halting, float SpeedMps, float Passed, float Covered) values) =>
        (frame.Vehicles[values.Detector], frame.Halting[values.Detector], frame.SpeedMps[values.Detector], frame.Passed[values.Detector], frame.Covered[values.Detector])
            = (values.Vehicles, values.Halting, values.SpeedMps, values.Passed, values.Covered);

    private static bool IsWell(Sensor? sensor) => sensor is { Verdict: DetectorVerdict.Healthy, SaysNothingS: 0 };

    /// <summary>True for one whose word counts against others: one that chatters is not known at once.</summary>
    private static bool IsCalm([NotNullWhen(true)] Sensor? sensor) => sensor is not null && sensor.CalmS >= AccuserS;

    /// <summary>What a detector says by itself.</summary>
    private static void Watch(Sensor sensor, DetectorFrame frame)
    {
        var d = sensor.Detector;
        var isLoop = sensor.IsLoop;
        var value = isLoop ? frame.Passed[d] : frame.Vehicles[d];
        var other = isLoop ? frame.Covered[d] : frame.Halting[d];
        sensor.HasMoved = false;
        sensor.Change = 0;
        if (float.IsNaN(value) || float.IsNaN(other))
        {
            sensor.SaysNothingS++;
            sensor.AnswersS = 0;
            return;
        }

        var isFirst = float.IsNaN(sensor.Value);
        sensor.AnswersS++;
        sensor.SaysNothingS = 0;
        if (isLoop)
        {
            sensor.HasMoved = value > 0;
            sensor.Change = value;
            sensor.Chatter = Math.Clamp(sensor.Chatter + value - MostVps, 0, 2 * ChatterVeh);
            sensor.CoveredS = other > 0 && value == 0 ? sensor.CoveredS + 1 : 0;
        }
        else if (!isFirst)
        {
            sensor.Change = value - sensor.Value;
            sensor.HasMoved = sensor.Change != 0 || other != sensor.Other || (value > 0 && !frame.SpeedMps[d].Equals(sensor.SpeedMps));
            sensor.Chatter = Math.Clamp(sensor.Chatter + Math.Max(0, Math.Abs(sensor.Change) - MostChange) - ChangeForgottenVps, 0, 2 * ChatterVeh);
        }

        sensor.Value = value;
        sensor.Other = other;
        sensor.SpeedMps = frame.SpeedMps[d];
        if (sensor.HasMoved)
        {
            sensor.LongestUnmovedS = Math.Max(sensor.LongestUnmovedS, sensor.Verdict == DetectorVerdict.Healthy ? sensor.UnmovedS : 0);
            sensor.IsProven = true;
            sensor.IsDoubtful = false;
            sensor.UnmovedS = 0;
        }
        else
        {
            sensor.UnmovedS++;
            if (sensor.Kind is SensorKind.Beyond or SensorKind.BeyondLoop)
            {
                // A street behind may be full for long.
                sensor.IsProven &= sensor.Value > 0 || !IsStillFor(sensor, 0);
                sensor.IsDoubtful = !sensor.IsProven;
            }
        }

        sensor.CalmS = sensor.Chatter > CalmVeh ? 0 : sensor.CalmS + 1;
        if (sensor.HasMoved)
        {
            sensor.Moves++;
            (sensor.SeenByStop, sensor.SeenByAdvance, sensor.SeenByZone, sensor.AgainstS) = (0, 0, 0, 0);
        }
    }

    /// <summary>True when it has said the same for longer than it is wont to.</summary>
    private static bool IsStillFor(Sensor sensor, int lessS) => sensor.UnmovedS - lessS > Math.Max(ProvenS, 2 * sensor.LongestUnmovedS);

    /// <summary>A detector of a lane has to prove itself again when it rests while the others there do not; until it has, a zone counts for nothing beside a loop that has, and nothing counts beside one that failed.</summary>
    private static void Doubt(LaneSensors lane)
    {
        var movedS = int.MaxValue;
        foreach (var sensor in lane.Own)
        {
            movedS = IsWell(sensor) ? Math.Min(movedS, sensor.UnmovedS) : movedS;
        }

        var (isProven, hasFailed) = (false, false);
        foreach (var sensor in lane.Own)
        {
            sensor.IsProven &= !IsStillFor(sensor, movedS);
            isProven |= sensor.IsProven;
            hasFailed |= sensor.Verdict != DetectorVerdict.Healthy;
        }

        foreach (var sensor in lane.Own)
        {
            // Who stands in the zone has not passed the loop behind it yet.
            sensor.IsDoubtful = !sensor.IsProven && (hasFailed || (!sensor.IsLoop && (isProven || IsCovered(lane.Stop) || IsCovered(lane.Advance))));
        }
    }

    /// <summary>What came over the loops before the stop lines of an approach, less what left over those at them.</summary>
    private void Balance()
    {
        Array.Fill(_isBalanced, true);
        for (var l = 0; l < _lanes.Length; l++)
        {
            var (lane, approach) = (_lanes[l], _approachOf[l]);
            _isBalanced[approach] &= IsWell(lane.Stop) && IsWell(lane.Advance);
            _balance[approach] += (IsWell(lane.Advance) ? lane.Advance!.Change : 0) - (IsWell(lane.Stop) ? lane.Stop!.Change : 0);
        }

        for (var l = 0; l < _lanes.Length; l++)
        {
            foreach (var loop in (ReadOnlySpan<Sensor?>)[_lanes[l].Stop, _lanes[l].Advance])
            {
                if (loop is not null && (loop.HasMoved || !_isBalanced[_approachOf[l]]))
                {
                    loop.BalanceThen = _balance[_approachOf[l]];
                }
            }
        }
    }

    /// <summary>What the detectors of a lane say of one another.</summary>
    private void Compare(int l, StageDriver driver, int nowS)
    {
        var (lane, site) = (_lanes[l], _site.Lanes[l]);
        var (isGreen, mayTurn, redS) = (false, false, int.MaxValue);
        foreach (var link in site.Links)
        {
            isGreen |= driver.Aspect(link.Link) != LinkAspect.Red;
            mayTurn |= _site.Card.TurnsOnRed(link.Link);
            redS = Math.Min(redS, driver.Aspect(link.Link) == LinkAspect.Red ? nowS - driver.SinceS(link.Link) : 0);
        }

        var (zone, stop, advance) = (IsWell(lane.Zone) ? lane.Zone : null, IsWell(lane.Stop) ? lane.Stop : null, IsWell(lane.Advance) ? lane.Advance : null);
        if (lane.Stop is { SaysNothingS: 0 } counting)
        {
            counting.InRed = Math.Min(RedVeh + 1, Math.Max(0, counting.InRed - (1 / 60f)) + (redS > RedS && !mayTurn ? counting.Change : 0));
            counting.Suspect = counting.InRed >= RedVeh ? DetectorVerdict.Chattering : counting.Suspect;
        }

        var gone = IsCalm(stop) ? stop.Change : 0;
        if (zone is not null)
        {
            var isAlone = _site.Approaches[_approachOf[l]].Lanes.Length == 1;
            zone.StoodS = zone.Other > 0 ? 0 : zone.StoodS + 1;
            var left = isGreen && IsCalm(zone) && (isAlone || zone.StoodS <= StoodS) ? Math.Clamp(-zone.Change, 0, 1) : 0;
            gone = stop is null ? left : gone;
            Add(zone, stop, advance);
            var (byStop, byAdvance) = (zone.SeenByStop, zone.SeenByAdvance);
            var isUnproven = !zone.IsProven && zone.LengthM >= LongM;
            if ((byStop >= BothVeh && byAdvance >= BothVeh) || (advance is null && byStop >= OneVeh) || (stop is null && byAdvance >= OneVeh)
                || (isUnproven && (IsSeen(stop, byStop) || IsSeen(advance, byAdvance) || (zone.Value == 0 && ((IsCovered(stop) && stop.IsProven) || (IsCovered(advance) && advance.IsProven))))))
            {
                zone.Suspect = zone.Value > 0 ? DetectorVerdict.Stuck : DetectorVerdict.Silent;
            }
            else if (byStop >= OneVeh && advance is not null && byAdvance == 0)
            {
                stop!.Suspect = DetectorVerdict.Chattering;
            }
            else if (byAdvance >= OneVeh && stop is not null && byStop == 0)
            {
                advance!.Suspect = DetectorVerdict.Chattering;
            }

            foreach (var loop in (ReadOnlySpan<Sensor?>)[stop, advance])
            {
                // A vehicle on a loop within the zone is in the zone, and one that stays there stands.
                if (loop is not null)
                {
                    loop.AgainstS += zone.IsProven && loop.CoveredS > SilentS && zone.Other == 0 && byStop + byAdvance < 2 ? 1 : 0;
                    loop.Suspect = loop.AgainstS >= AgainstS ? DetectorVerdict.Stuck : loop.Suspect;
                }
            }

            if (stop is not null)
            {
                stop.SeenByZone += left;
                if (stop.SeenByZone >= (!stop.IsProven ? UnprovenVeh + 1 : isAlone ? AloneVeh : QueueVeh) && (!stop.IsProven || isAlone || advance is null || !_isBalanced[_approachOf[l]] || Missing(l, stop) >= _storage[_approachOf[l]]))
                {
                    stop.Suspect = stop.CoveredS > 0 ? DetectorVerdict.Stuck : DetectorVerdict.Silent;
                }
            }
        }
        else if (stop is not null && advance is not null && _isBalanced[_approachOf[l]])
        {
            stop.SeenByAdvance += IsCalm(advance) ? advance.Change : 0;
            if (stop.SeenByAdvance >= OneVeh && Missing(l, stop) >= _storage[_approachOf[l]])
            {
                stop.Suspect = stop.CoveredS > 0 ? DetectorVerdict.Stuck : DetectorVerdict.Silent;
            }
        }

        if (stop is not null && advance is not null && _isBalanced[_approachOf[l]])
        {
            advance.SeenByStop += IsCalm(stop) ? stop.Change : 0;
            if (advance.SeenByStop >= OneVeh && -Missing(l, advance) >= _storage[_approachOf[l]])
            {
                advance.Suspect = advance.CoveredS > 0 ? DetectorVerdict.Stuck : DetectorVerdict.Silent;
            }
        }

        Thaw(lane, site, driver);
        foreach (var (exit, share) in lane.Exits)
        {
            exit.SeenByStop += gone * share;
            exit.SeenByZone += lane.Exits.Length == 1 && site.Links.Length == 1 ? gone : 0;
        }
    }

    /// <summary>Where all is green, nobody is in the way, and nothing changes though somebody is said to be there, nobody is.</summary>
    private static void Thaw(LaneSensors lane, ApproachLane site, StageDriver driver)
    {
        var (isFree, isYielding, isMoving) = (true, false, false);
        foreach (var link in site.Links)
        {
            isFree &= driver.Aspect(link.Link) == LinkAspect.Green;
            isYielding |= driver.State[link.Link] != 'G';
        }

        foreach (var (exit, _) in lane.Exits)
        {
            isFree &= exit.Verdict != DetectorVerdict.Healthy || !exit.IsProven || !(exit.Other > 0 && exit.SpeedMps < SlowMps);
        }

        foreach (var sensor in lane.Own)
        {
            isMoving |= IsWell(sensor) && sensor.HasMoved;
        }

        lane.FrozenS = isMoving ? 0 : !isFree ? lane.FrozenS : lane.FrozenS + (isYielding ? YieldingPart : 1);
        if (lane.FrozenS < FrozenS)
        {
            return;
        }

        foreach (var sensor in lane.Own)
        {
            var stands = sensor.IsLoop ? sensor.CoveredS >= FrozenS : sensor.Value > 0 && sensor.UnmovedS >= FrozenS;
            sensor.Suspect = IsWell(sensor) && !sensor.IsProven && isFree && stands ? DetectorVerdict.Stuck : sensor.Suspect;
        }
    }

    private static bool IsSeen(Sensor? loop, float vehicles) => IsCalm(loop) && vehicles >= UnprovenVeh;

    private static bool IsCovered([NotNullWhen(true)] Sensor? loop) => loop is not null && loop.CoveredS > SilentS;

    private double Missing(int l, Sensor loop) => _balance[_approachOf[l]] - loop.BalanceThen;

    private static void Add(Sensor zone, Sensor? stop, Sensor? advance)
    {
        // What one that has failed itself said before counts no more.
        zone.SeenByStop = stop is null ? 0 : zone.SeenByStop + (zone.HasMoved || !IsCalm(stop) ? 0 : stop.Change);
        zone.SeenByAdvance = advance is null ? 0 : zone.SeenByAdvance + (zone.HasMoved || !IsCalm(advance) ? 0 : advance.Change);
    }

    private void Judge(Sensor sensor)
    {
        var stillS = StillReds * _profile.LongestRedS;
        var found = sensor.Suspect;
        sensor.Suspect = DetectorVerdict.Healthy;
        if (sensor.SaysNothingS >= SilentS)
        {
            found = DetectorVerdict.Silent;
        }
        else if (sensor.Chatter > ChatterVeh)
        {
            found = DetectorVerdict.Chattering;
        }
        else if (sensor.IsLoop && sensor.CoveredS >= stillS)
        {
            found = DetectorVerdict.Stuck;
        }
        else if (!sensor.IsLoop && sensor.Value > 0 && sensor.UnmovedS >= stillS && sensor.Value < sensor.Room - 1)
        {
            // Vehicles that stand for so long are a jam, which fills the zone.
            found = DetectorVerdict.Stuck;
        }
        else if (!sensor.IsLoop && sensor.Value > 0 && sensor.Other < sensor.Value && (sensor.UnmovedS - 1) * sensor.SpeedMps > 2 * sensor.LengthM && sensor.SpeedMps > SlowMps)
        {
            // Who drives so fast would have left.
            found = DetectorVerdict.Stuck;
        }
        else if (sensor.Kind == SensorKind.Beyond && (sensor.SeenByZone >= OneVeh || (sensor.Value > 0 && sensor.SeenByStop >= ExitVeh && sensor.UnmovedS >= ExitStillS)))
        {
            found = sensor.Value > 0 ? DetectorVerdict.Stuck : DetectorVerdict.Silent;
        }

        if (found != DetectorVerdict.Healthy)
        {
            if (sensor.Verdict == DetectorVerdict.Healthy)
            {
                sensor.Failures = Math.Min(sensor.Failures + 1, 4);
            }

            sensor.Verdict = found;
            sensor.SaidNothing = sensor.SaysNothingS >= SilentS;
            sensor.Moves = 0;
            sensor.CalmS = 0;
            return;
        }

        var isWell = sensor.Verdict switch
        {
            DetectorVerdict.Chattering => sensor.CalmS >= CalmS * sensor.Failures,
            DetectorVerdict.Silent when sensor.AnswersS < AnswersS => false,
            DetectorVerdict.Silent when sensor.SaidNothing => true,
            _ => sensor.Moves >= Movements << (sensor.Failures - 1),
        };
        if (sensor.Verdict != DetectorVerdict.Healthy && isWell)
        {
            sensor.Verdict = DetectorVerdict.Healthy;
            sensor.Forget();
        }
    }

    private enum SensorKind
    {
        Loop,
        Zone,

        /// <summary>A zone that is not at the stop line.</summary>
        Beyond,

        /// <summary>A loop at another signal.</summary>
        BeyondLoop,
    }

    private sealed class LaneSensors(Sensor? zone, Sensor? stop, Sensor? advance, (Sensor Exit, float Share)[] exits)
    {
        public Sensor? Zone => zone;

        public Sensor? Stop => stop;

        public Sensor? Advance => advance;

        public (Sensor Exit, float Share)[] Exits => exits;

        public Sensor[] Own { get; } = [.. new[] { zone, stop, advance }.OfType<Sensor>()];

        /// <summary>Seconds of green for all ways in which nothing changed.</summary>
        public float FrozenS { get; set; }
    }

    private sealed class Sensor(int detector, SensorKind kind, double lengthM)
    {
        public int Detector { get; } = detector;

        public SensorKind Kind { get; } = kind;

        public bool IsLoop => Kind is SensorKind.Loop or SensorKind.BeyondLoop;

        /// <summary>Vehicles that fit in.</summary>
        public int Room { get; } = Math.Max(1, (int)(lengthM / VehicleM));

        public double LengthM => lengthM;

        public DetectorVerdict Verdict { get; set; }

        /// <summary>What this second brought against it.</summary>
        public DetectorVerdict Suspect { get; set; }

        public float Value { get; set; } = float.NaN;

        public float Other { get; set; } = float.NaN;

        public float SpeedMps { get; set; } = float.NaN;

        /// <summary>Seconds since somebody stood in it.</summary>
        public int StoodS { get; set; }

        /// <summary>Loops: vehicles that passed. Zones: change of the count.</summary>
        public float Change { get; set; }

        public bool HasMoved { get; set; }

        /// <summary>True while it is seen to work: it has moved, and does not rest for longer than it is wont to.</summary>
        public bool IsProven { get; set; }

        /// <summary>True while it has not proven itself and there is better to go by.</summary>
        public bool IsDoubtful { get; set; }

        /// <summary>For how long it said the same at most, while nothing spoke against it, s.</summary>
        public int LongestUnmovedS { get; set; }

        public int SaysNothingS { get; set; }

        public bool SaidNothing { get; set; }

        public int AnswersS { get; set; }

        public int CoveredS { get; set; }

        public int UnmovedS { get; set; }

        public int CalmS { get; set; }

        public int Moves { get; set; }

        public int Failures { get; set; }

        public int AgainstS { get; set; }

        public float Chatter { get; set; }

        public float InRed { get; set; }

        /// <summary>Vehicles that others have seen since it last moved.</summary>
        public float SeenByStop { get; set; }

        public float SeenByAdvance { get; set; }

        public float SeenByZone { get; set; }

        /// <summary>Balance of the approach when it last moved.</summary>
        public double BalanceThen { get; set; }

        public void Forget()
        {
            Value = float.NaN;
            (CoveredS, UnmovedS, AgainstS, Chatter, InRed, SeenByStop, SeenByAdvance, SeenByZone) = (0, 0, 0, 0, 0, 0, 0, 0);
        }
    }
}
