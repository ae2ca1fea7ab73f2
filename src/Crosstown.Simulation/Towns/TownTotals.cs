using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Simulation.Traffic;

namespace Crosstown.Simulation.Towns;

/// <summary>What really happened on one approach in a quarter of an hour, as the simulation itself knows it, whatever detectors made of it.</summary>
/// <remarks>Sums only: nothing is kept of any one vehicle. A vehicle counts in the quarter in which it crosses the stop bar, with all its delay.</remarks>
/// <param name="Signal">A signal of the town.</param>
/// <param name="Direction">The way the traffic is headed as it comes in.</param>
/// <param name="StartMs">Begin of the quarter, ms UTC.</param>
/// <param name="Vehicles">Vehicles that crossed the stop bar, all turns.</param>
/// <param name="DelayS">Vehicle-seconds between the moment at which each would have crossed unhindered and the one at which it did.</param>
/// <param name="Stops">
/// Vehicles that were held at least as long as braking to a stand takes longer than driving on: the approach's speed over twice 10 ft/s², 2.9 s at 40 mph. One that
/// stands several times in one queue counts once.
/// </param>
public sealed record TownTotals(SignalId Signal, TravelDirection Direction, long StartMs, int Vehicles, double DelayS, int Stops);

/// <summary>What happened at a signal since a count began, as the simulation itself knows it. Sums and longest waits only.</summary>
public sealed class SignalCount
{
    /// <summary>Vehicles that crossed the stop bar.</summary>
    public long Vehicles { get; internal set; }

    /// <summary>All their delay, ms: also what they had waited before the count began.</summary>
    public long DelayMs { get; internal set; }

    /// <summary>Those that were held at least as long as braking to a stand takes longer than driving on.</summary>
    public long Stops { get; internal set; }

    /// <summary>Calls of walkers that were served with a walk.</summary>
    public long Walkers { get; internal set; }

    /// <summary>From the call of each to its walk, ms.</summary>
    public long WalkersWaitMs { get; internal set; }

    /// <summary>The longest of these, ms; 0 when there was none.</summary>
    public long LongestWalkWaitMs { get; internal set; }

    /// <summary>The longest time for which a phase with a vehicle before it, seen by a detector that calls it, was not green, ms.</summary>
    public long LongestRedMs { get; internal set; }
}

/// <summary>One signal's sums by leg and turn, quarter after quarter, bounded in number.</summary>
internal sealed class SignalTotals
{
    private const int Turns = 3;

    private readonly int[] _stopMs;
    private readonly Dictionary<long, Cell[]> _quarters = [];
    private readonly long[] _pressedMs = new long[ControllerProgram.MaxPhase + 1];
    private readonly long[] _waitsSinceMs = new long[ControllerProgram.MaxPhase + 1];
    private uint _pressed;
    private uint _waiting;
    private Cell[] _cells = [];
    private long _quarter = long.MinValue;

    /// <param name="legs">In the order of <see cref="SitePlanner.Directions"/>.</param>
    public SignalTotals(ImmutableArray<LegPlan> legs) => _stopMs = [.. legs.Select(l => (int)(l.SpeedMph * 5280 / 3600.0 / 20 * 1000))];

    /// <summary>Since the count began: all that crossed, and those who walked.</summary>
    public SignalCount Count { get; private set; } = new();

    /// <summary>Begins a new count.</summary>
    public void BeginCount(long timeMs)
    {
        Count = new SignalCount();
        var waiting = _waiting;
        while (waiting != 0)
        {
            _waitsSinceMs[Bits.TakeFirst(ref waiting)] = timeMs;
        }
    }

    /// <summary>Takes those who wait still into the longest waits.</summary>
    public void TakeWaiting(long timeMs)
    {
        var waiting = _waiting;
        while (waiting != 0)
        {
            Count.LongestRedMs = Math.Max(Count.LongestRedMs, timeMs - _waitsSinceMs[Bits.TakeFirst(ref waiting)]);
        }

        var pressed = _pressed;
        while (pressed != 0)
        {
            Count.LongestWalkWaitMs = Math.Max(Count.LongestWalkWaitMs, timeMs - _pressedMs[Bits.TakeFirst(ref pressed)]);
        }
    }

    /// <summary>Looks at buttons and at what the controller shows after a tick: whose wait begins, whose is over.</summary>
    /// <param name="state">After the tick.</param>
    /// <param name="timeMs">Of the tick.</param>
    public void Watch(ControllerState state, long timeMs)
    {
        var began = state.WalkersWaiting & ~_pressed;
        _pressed |= began;
        while (began != 0)
        {
            _pressedMs[Bits.TakeFirst(ref began)] = timeMs;
        }

        var served = _pressed & ~state.WalkersWaiting;
        _pressed &= ~served;
        while (served != 0)
        {
            var waitedMs = timeMs - _pressedMs[Bits.TakeFirst(ref served)];
            Count.Walkers++;
            Count.WalkersWaitMs += waitedMs;
            Count.LongestWalkWaitMs = Math.Max(Count.LongestWalkWaitMs, waitedMs);
        }

        var changed = state.VehiclesWaiting ^ _waiting;
        _waiting = state.VehiclesWaiting;
        while (changed != 0)
        {
            var phase = Bits.TakeFirst(ref changed);
            if (Bits.Has(_waiting, phase))
            {
                _waitsSinceMs[phase] = timeMs;
            }
            else
            {
                Count.LongestRedMs = Math.Max(Count.LongestRedMs, timeMs - _waitsSinceMs[phase]);
            }
        }
    }

    public void Add(int leg, Turn turn, long delayMs, long timeMs)
    {
        var quarter = timeMs / TownSimulation.QuarterMs;
        if (quarter != _quarter)
        {
            _quarter = quarter;
            _quarters[quarter] = _cells = new Cell[_stopMs.Length * Turns];
            _ = _quarters.Remove(quarter - (TownSimulation.KeptTotalsMs / TownSimulation.QuarterMs));
        }

        ref var cell = ref _cells[(leg * Turns) + (int)turn];
        cell.Vehicles++;
        cell.DelayMs += delayMs;
        cell.Stops += delayMs >= _stopMs[leg] ? 1 : 0;
        Count.Vehicles++;
        Count.DelayMs += delayMs;
        Count.Stops += delayMs >= _stopMs[leg] ? 1 : 0;
    }

    /// <summary>Vehicles, ms of delay and stops of a leg in a quarter since 1970.</summary>
    /// <param name="turn">Null for all.</param>
    public (int Vehicles, long DelayMs, int Stops) At(int leg, Turn? turn, long quarter)
    {
        var sum = (Vehicles: 0, DelayMs: 0L, Stops: 0);
        for (var t = 0; t < Turns && _quarters.TryGetValue(quarter, out var cells); t++)
        {
            if (turn is null || (int)turn == t)
            {
                var cell = cells[(leg * Turns) + t];
                sum = (sum.Vehicles + cell.Vehicles, sum.DelayMs + cell.DelayMs, sum.Stops + cell.Stops);
            }
        }

        return sum;
    }

    private struct Cell
    {
        public int Vehicles;
        public long DelayMs;
        public int Stops;
    }
}
