using Crosstown.Core;

namespace Crosstown.Simulation.Traffic;

/// <summary>What a lane's drivers see.</summary>
internal enum Display : byte
{
    Stop,
    Go,

    /// <summary>Yellow after <see cref="Go"/>.</summary>
    Caution,

    /// <summary>A left turn that must find a gap.</summary>
    Permissive,

    /// <summary>Yellow after <see cref="Permissive"/>.</summary>
    PermissiveCaution,
}

/// <summary>Where a vehicle goes from the stop bar.</summary>
internal enum Turn : byte
{
    Left,
    Through,
    Right,
}

/// <summary>What a lane tells about its vehicles as they move.</summary>
internal interface ILaneWatcher
{
    /// <summary>A front has passed a watched point.</summary>
    void PassedPoint(int point, long timeMs);

    /// <summary>A front has passed the stop bar.</summary>
    /// <param name="isMoving">False for a vehicle that started from a standstill within the last car length or two, and for a turn on red.</param>
    void CrossedStopBar(Lane lane, Turn turn, bool isMoving, long arrivalMs, long timeMs);
}

/// <summary>One lane toward a stop bar: a first-in-first-out queue whose vehicles follow one another by Newell's rule.</summary>
/// <remarks>
/// A vehicle crosses the stop bar when it has arrived, its leader is a saturation headway ahead, and the display lets it. Its front passes a point
/// x feet upstream at the later of two moments: as if unhindered, and a backward wave after the vehicle that stood k places ahead crossed the
/// bar, k = x / jam spacing. So a queue grows over a detector and clears from it in the right order without following every vehicle tick by tick.
/// The queue may grow without bound: no upstream signal is blocked by it.
/// </remarks>
internal sealed class Lane
{
    /// <summary>Front to front of standing vehicles.</summary>
    public const double JamSpacingFt = 25;

    /// <summary>A vehicle's own length.</summary>
    public const double VehicleFt = 16;

    /// <summary>Time in which a start or stop travels back by one vehicle.</summary>
    public const int WaveMs = 1150;

    /// <summary>Shortest time between two arrivals in one lane.</summary>
    public const int ShortestHeadwayMs = 1200;

    /// <summary>So many that have crossed are remembered, for <see cref="Sense"/>.</summary>
    public const int KeptVehicles = 32;

    // Who has been in one place for so long stands.
    private const int StandsAfterMs = 1000;

    private const int RunOutFtPerS = 25;
    private const int FollowUpMs = 2500;
    private const int CriticalGapMs = 4500;

    // Nobody enters later than this after yellow has ended.
    private const int LatestRunMs = 2000;

    // Added to the saturation headways of the first four vehicles of a queue: two seconds of start-up lost time.
    private static readonly int[] StartUpMs = [1000, 600, 300, 100];

    private readonly RandomNumbers _random;
    private readonly ILaneWatcher _watcher;
    private readonly double _speedFtPerMs;
    private readonly int _saturationHeadwayMs;
    private readonly List<Point> _points = [];
    private Lane[] _opposing = [];
    private Vehicle[] _vehicles = new Vehicle[64];
    private long _joined;
    private long _crossed;
    private long _oldest;
    private long _displaySinceMs;
    private long _cautionSinceMs = long.MinValue / 2;
    private int _crossedInDisplay;
    private long _lastArrivalMs = long.MinValue / 2;
    private long _lastCrossMs = long.MinValue / 2;

    public Lane(double speedMph, int saturationHeadwayMs, RandomNumbers random, ILaneWatcher watcher)
    {
        _speedFtPerMs = speedMph * 5280 / 3_600_000;
        _saturationHeadwayMs = saturationHeadwayMs;
        _random = random;
        _watcher = watcher;
    }

    /// <summary>When something may happen next; looking at the lane before then changes nothing.</summary>
    public long WakeMs { get; private set; } = long.MaxValue;

    /// <summary>Vehicles that have joined and not crossed.</summary>
    public int Waiting => (int)(_joined - _crossed);

    public Display Display { get; private set; }

    /// <summary>Varies headways and drivers' choices; off for checks against hand math.</summary>
    public bool Varies { get; init; } = true;

    /// <summary>How far a queued vehicle may cross after yellow began, on average.</summary>
    public int YellowUsedMs { get; init; } = 2000;

    /// <summary>Vehicles in the last feet before the stop bar, and how many of them stand: what an area detector sees.</summary>
    /// <param name="zoneFt">Above 0, up to <see cref="KeptVehicles"/> standing vehicles long.</param>
    /// <param name="timeMs">Not before the last advance.</param>
    public (int Vehicles, int Standing) Sense(double zoneFt, long timeMs)
    {
        var places = (int)Math.Ceiling(zoneFt / JamSpacingFt);
        var (vehicles, standing) = (0, 0);
        for (var i = _crossed; i < _joined; i++)
        {
            ref var vehicle = ref At(i);
            if (vehicle.ArriveMs - (long)(zoneFt / _speedFtPerMs) > timeMs || !HasMadeWay(i, places, timeMs))
            {
                break;
            }

            vehicles++;

            // It comes up to the nearest place from which those before it have made way, and stands once it has been there for a moment.
            var place = 1;
            while (place < places && !HasMadeWay(i, place, timeMs))
            {
                place++;
            }

            var thereMs = vehicle.ArriveMs - (long)((place - 1) * JamSpacingFt / _speedFtPerMs);
            standing += thereMs <= timeMs - StandsAfterMs && HasMadeWay(i, place, timeMs - StandsAfterMs) ? 1 : 0;
        }

        return (vehicles, standing);
    }

    /// <summary>Time by which those who have not crossed are later at the bar than unhindered, ms.</summary>
    public long WaitedMs(long timeMs)
    {
        var sum = 0L;
        for (var i = _crossed; i < _joined; i++)
        {
            sum += Math.Max(0, timeMs - At(i).ArriveMs);
        }

        return sum;
    }

    /// <summary>Vehicles that have crossed since the begin.</summary>
    public long Crossed => _crossed;

    /// <summary>True when the start wave has let a vehicle into a place, counted in standing vehicles from the bar.</summary>
    private bool HasMadeWay(long index, int place, long timeMs)
    {
        var ahead = index - place;
        return ahead < 0 || (ahead < _crossed && At(ahead).CrossMs + (place * (long)WaveMs) <= timeMs);
    }

    /// <summary>Watches a point; negative distances lie past the stop bar.</summary>
    public void Watch(double distanceFt, int id) => _points.Add(new Point(distanceFt, id));

    /// <summary>The lanes that a permissive left turn here must find a gap in.</summary>
    public void YieldTo(Lane[] opposing) => _opposing = opposing;

    /// <summary>Adds a vehicle that would reach the stop bar at a time if nothing hindered it. Must be told before it reaches the farthest point.</summary>
    public void Join(long arrivalMs, Turn turn)
    {
        if (_joined - _oldest >= _vehicles.Length)
        {
            Grow();
        }

        _lastArrivalMs = Math.Max(arrivalMs, _lastArrivalMs + ShortestHeadwayMs);
        ref var vehicle = ref At(_joined++);
        vehicle = new Vehicle
        {
            ArriveMs = _lastArrivalMs,
            HeadwayMs = Varies ? (int)Math.Max(1300, _random.Bell(_saturationHeadwayMs, 250)) : _saturationHeadwayMs,
            YellowMs = Varies ? DrawYellowUse() : YellowUsedMs,
            TurnOnRedWaitMs = Varies ? 2500 + (int)_random.Exponential(6000) : 2500,
            Turn = turn,
        };
        WakeMs = Math.Min(WakeMs, 0);
    }

    /// <summary>Changes what the drivers see.</summary>
    public void Show(Display display, long timeMs)
    {
        if (display == Display)
        {
            return;
        }

        if (display is Display.Go or Display.Permissive)
        {
            _crossedInDisplay = 0;
        }

        if (display == Display.Caution)
        {
            _cautionSinceMs = timeMs;
        }
        else if (display != Display.Stop || Display != Display.Caution)
        {
            _cautionSinceMs = long.MinValue / 2;
        }

        Display = display;
        _displaySinceMs = timeMs;
        WakeMs = 0;
    }

    /// <summary>Moves vehicles up to a time.</summary>
    public void Advance(long timeMs)
    {
        while (_crossed < _joined)
        {
            var canCrossMs = CrossingTime(timeMs);
            if (canCrossMs > timeMs)
            {
                break;
            }

            Cross(timeMs);
        }

        var wake = _crossed < _joined ? Math.Max(CrossingTime(timeMs), timeMs + 100) : long.MaxValue;
        var oldest = _crossed;
        foreach (var point in _points)
        {
            long passMs;
            while ((passMs = PassTime(point)) <= timeMs)
            {
                point.Next++;
                _watcher.PassedPoint(point.Id, timeMs);
            }

            wake = Math.Min(wake, passMs);
            oldest = Math.Min(oldest, point.Next - point.Ahead);
        }

        _oldest = Math.Max(_oldest, Math.Min(oldest, _crossed - KeptVehicles));
        WakeMs = wake;
    }

    /// <summary>When the first vehicle that has not crossed could reach the bar; a driver who waits for a gap looks at this.</summary>
    public long NextCrossingMs() => _crossed == _joined ? long.MaxValue : Math.Max(At(_crossed).ArriveMs, _lastCrossMs + _saturationHeadwayMs);

    private int DrawYellowUse()
    {
        var used = _random.Bell(YellowUsedMs, 700);
        if (_random.NextDouble() < 0.004)
        {
            used += _random.Between(2000, 4500);
        }

        return (int)Math.Max(0, used);
    }

    private ref Vehicle At(long index) => ref _vehicles[index & (_vehicles.Length - 1)];

    private void Grow()
    {
        var larger = new Vehicle[_vehicles.Length * 2];
        for (var i = _oldest; i < _joined; i++)
        {
            larger[i & (larger.Length - 1)] = At(i);
        }

        _vehicles = larger;
    }

    /// <summary>When the first waiting vehicle crosses, as far as is known now; MaxValue when it waits for the display or a gap.</summary>
    private long CrossingTime(long nowMs)
    {
        ref var vehicle = ref At(_crossed);
        switch (Display)
        {
            case Display.Go:
                return ReleaseTime(ref vehicle);
            case Display.Caution or Display.Stop:
                var releaseMs = ReleaseTime(ref vehicle);
                return releaseMs <= LatestRelease(ref vehicle) ? releaseMs : TurnOnRed(ref vehicle);
            case Display.Permissive:
                var readyMs = Math.Max(vehicle.ArriveMs, Math.Max(_lastCrossMs + FollowUpMs, _displaySinceMs + 1500));
                return readyMs > nowMs ? readyMs : HasGap(nowMs) ? nowMs : nowMs + 100;
            default:
                // Those who already stand in the intersection clear it: two at most.
                return vehicle.ArriveMs <= _displaySinceMs && _crossedInDisplay < 2 ? Math.Max(_displaySinceMs + 800, _lastCrossMs + FollowUpMs) : long.MaxValue;
        }
    }

    /// <summary>Until when the driver goes on after green has ended, in yellow or into red.</summary>
    private long LatestRelease(ref Vehicle vehicle)
    {
        var latestMs = _cautionSinceMs + vehicle.YellowMs;
        return Display == Display.Stop ? Math.Min(latestMs, _displaySinceMs + LatestRunMs) : latestMs;
    }

    private long TurnOnRed(ref Vehicle vehicle) =>
        vehicle.Turn == Turn.Right ? Math.Max(vehicle.ArriveMs, _lastCrossMs + 2000) + vehicle.TurnOnRedWaitMs : long.MaxValue;

    private long ReleaseTime(ref Vehicle vehicle)
    {
        if (_crossedInDisplay > 0)
        {
            var startUp = _crossedInDisplay < StartUpMs.Length && vehicle.ArriveMs < _lastCrossMs + vehicle.HeadwayMs ? StartUpMs[_crossedInDisplay] : 0;
            return Math.Max(vehicle.ArriveMs, _lastCrossMs + vehicle.HeadwayMs + startUp);
        }

        // The first one: a full start from rest when it has stood for a while, a rolling start when it was still coming.
        var stood = Math.Clamp(_displaySinceMs - vehicle.ArriveMs + 1500, 0, 3000);
        var fromRest = _displaySinceMs + ((vehicle.HeadwayMs + StartUpMs[0]) * stood / 3000);
        return Math.Max(Math.Max(vehicle.ArriveMs, fromRest), _lastCrossMs + vehicle.HeadwayMs);
    }

    private bool HasGap(long nowMs)
    {
        foreach (var lane in _opposing)
        {
            if (lane.Display is Display.Go && lane.NextCrossingMs() < nowMs + CriticalGapMs)
            {
                return false;
            }
        }

        return true;
    }

    private void Cross(long timeMs)
    {
        ref var vehicle = ref At(_crossed);
        var isTurnOnRed = Display is Display.Caution or Display.Stop && ReleaseTime(ref vehicle) > LatestRelease(ref vehicle);
        vehicle.CrossMs = timeMs;
        _crossed++;
        _crossedInDisplay++;
        _lastCrossMs = timeMs;
        var isMoving = !isTurnOnRed && (timeMs - vehicle.ArriveMs < 1500 || _crossedInDisplay > 2);
        _watcher.CrossedStopBar(this, vehicle.Turn, isMoving, vehicle.ArriveMs, timeMs);
    }

    private long PassTime(Point point)
    {
        if (point.Next >= _joined)
        {
            return long.MaxValue;
        }

        ref var vehicle = ref At(point.Next);
        if (point.DistanceFt <= 0)
        {
            if (point.Next >= _crossed)
            {
                return long.MaxValue;
            }

            var speed = vehicle.CrossMs - vehicle.ArriveMs > 1000 ? RunOutFtPerS / 1000.0 : _speedFtPerMs;
            return vehicle.CrossMs + (long)(-point.DistanceFt / speed);
        }

        var freeMs = vehicle.ArriveMs - (long)(point.DistanceFt / _speedFtPerMs);
        var ahead = point.Next - point.Ahead;
        if (ahead < 0)
        {
            return freeMs;
        }

        return ahead >= _crossed ? long.MaxValue : Math.Max(freeMs, At(ahead).CrossMs + (point.Ahead * (long)WaveMs));
    }

    private struct Vehicle
    {
        public long ArriveMs;
        public long CrossMs;
        public int HeadwayMs;
        public int YellowMs;
        public int TurnOnRedWaitMs;
        public Turn Turn;
    }

    private sealed class Point(double distanceFt, int id)
    {
        public double DistanceFt { get; } = distanceFt;

        public int Id { get; } = id;

        /// <summary>Standing vehicles between the point and the bar.</summary>
        public int Ahead { get; } = Math.Max(0, (int)Math.Ceiling(distanceFt / JamSpacingFt));

        public long Next { get; set; }
    }
}
