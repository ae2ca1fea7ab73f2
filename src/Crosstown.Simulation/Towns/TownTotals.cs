using System.Collections.Immutable;
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

/// <summary>One signal's sums by leg and turn, quarter after quarter, bounded in number.</summary>
internal sealed class SignalTotals
{
    private const int Turns = 3;

    private readonly int[] _stopMs;
    private readonly Dictionary<long, Cell[]> _quarters = [];
    private Cell[] _cells = [];
    private long _quarter = long.MinValue;

    /// <param name="legs">In the order of <see cref="SitePlanner.Directions"/>.</param>
    public SignalTotals(ImmutableArray<LegPlan> legs) => _stopMs = [.. legs.Select(l => (int)(l.SpeedMph * 5280 / 3600.0 / 20 * 1000))];

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
