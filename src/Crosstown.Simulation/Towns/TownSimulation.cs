using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Simulation.Traffic;

namespace Crosstown.Simulation.Towns;

/// <summary>Takes the events of one signal, sorted in their total order. The span is gone after the call.</summary>
public delegate void TakeEvents(SignalId signal, ReadOnlySpan<ControllerEvent> events);

/// <summary>The town at work. It can be advanced in steps of any length: the events are the same as in one go.</summary>
public sealed class TownSimulation
{
    /// <summary>Time that is simulated and thrown away before the start, so that streets are filled and controllers in step.</summary>
    public const int WarmUpMs = 900_000;

    /// <summary>Totals are kept by so long.</summary>
    public const int QuarterMs = 900_000;

    /// <summary>So far back totals are known: two weeks.</summary>
    public const long KeptTotalsMs = 14 * 86_400_000L;

    // Signals run one after the other for this long. No vehicle gets from one to the next any faster, so their order cannot matter.
    private const int TogetherMs = 5000;

    private readonly SignalRun[] _runs;
    private readonly long _startMs;

    /// <param name="town">What to simulate.</param>
    /// <param name="startMs">Time of the first event at the earliest, ms UTC, a whole second.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="startMs"/> is no whole second.</exception>
    public TownSimulation(Town town, long startMs)
        : this(town, startMs, runBackward: false)
    {
    }

    /// <param name="runBackward">Runs the last signal first: changes nothing, which is tested.</param>
    internal TownSimulation(Town town, long startMs, bool runBackward)
    {
        if (startMs % 1000 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(startMs), startMs, "A simulation starts at a whole second.");
        }

        var warmUpStartMs = startMs - WarmUpMs;
        _runs = [.. town.Signals.Select((s, i) => new SignalRun(s, i, town.Seed, town.LocalTime, warmUpStartMs))];
        foreach (var link in town.Links)
        {
            var from = Array.Find(_runs, r => r.Signal == link.From)!;
            var to = Array.Find(_runs, r => r.Signal == link.To)!;
            var leg = town.FindSignal(link.To)!.Legs.ToList().FindIndex(l => l.Direction == link.Direction);
            from.Downstream[(int)link.Direction] = (to, leg, link);
        }

        if (runBackward)
        {
            Array.Reverse(_runs);
        }

        _startMs = startMs;
        TimeMs = warmUpStartMs;
        Run(startMs, (_, _) => { });
    }

    /// <summary>Everything before this moment has been simulated and handed out.</summary>
    public long TimeMs { get; private set; }

    /// <summary>What really happened on every approach in a time, signal by signal and quarter by quarter; quarters in which nobody crossed are there, with zeros.</summary>
    /// <param name="range">
    /// Whole quarters of an hour. Those before the start and more than <see cref="KeptTotalsMs"/> before the newest are not known and left out; one that is still
    /// under way holds what has happened so far. Where the start is no whole quarter, the first holds what crossed before it in the warm-up too.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An end of <paramref name="range"/> is no whole quarter.</exception>
    public IReadOnlyList<TownTotals> ListTotals(TimeRange range)
    {
        if (range.StartMs % QuarterMs != 0 || range.EndMs % QuarterMs != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(range), range, "Totals are kept by whole quarters of an hour.");
        }

        var all = new List<TownTotals>();
        var fromMs = Math.Max(range.StartMs, Math.Max(_startMs - (_startMs % QuarterMs), TimeMs - (TimeMs % QuarterMs) - KeptTotalsMs + QuarterMs));
        var toMs = Math.Min(range.EndMs, TimeMs + QuarterMs - 1);
        foreach (var run in _runs)
        {
            for (var startMs = fromMs; startMs < toMs - (toMs % QuarterMs); startMs += QuarterMs)
            {
                for (var leg = 0; leg < run.LegCount; leg++)
                {
                    var (vehicles, delayMs, stops) = run.Totals.At(leg, null, startMs / QuarterMs);
                    all.Add(new TownTotals(run.Signal, SitePlanner.Directions[leg], startMs, vehicles, delayMs / 1000.0, stops));
                }
            }
        }

        return all;
    }

    /// <summary>What really happened to one turn of an approach in a time, whatever detectors made of it.</summary>
    /// <param name="signal">A signal of the town.</param>
    /// <param name="direction">The way they came in.</param>
    /// <param name="turn">The way they went.</param>
    /// <param name="range">Whole quarters of an hour.</param>
    internal (int Vehicles, double DelayS, int Stops) Total(SignalId signal, TravelDirection direction, Turn turn, TimeRange range)
    {
        var run = Array.Find(_runs, r => r.Signal == signal)!;
        var leg = SitePlanner.Directions.IndexOf(direction);
        var sum = (Vehicles: 0, DelayMs: 0L, Stops: 0);
        for (var quarter = range.StartMs / QuarterMs; quarter < range.EndMs / QuarterMs; quarter++)
        {
            var (vehicles, delayMs, stops) = run.Totals.At(leg, turn, quarter);
            sum = (sum.Vehicles + vehicles, sum.DelayMs + delayMs, sum.Stops + stops);
        }

        return (sum.Vehicles, sum.DelayMs / 1000.0, sum.Stops);
    }

    /// <summary>Simulates up to a moment and hands out what the cabinets logged before it, signal by signal.</summary>
    /// <param name="toMs">Ms UTC, a whole tenth of a second; nothing happens when it has passed.</param>
    /// <param name="take">Called once per signal; the span may be empty.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="toMs"/> is no whole tenth of a second.</exception>
    public void Advance(long toMs, TakeEvents take)
    {
        if (toMs % 100 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(toMs), toMs, "A simulation stops at a whole tenth of a second.");
        }

        if (toMs > TimeMs)
        {
            Run(toMs, take);
        }
    }

    private void Run(long toMs, TakeEvents take)
    {
        while (TimeMs < toMs)
        {
            TimeMs = Math.Min(toMs, TimeMs + TogetherMs);
            foreach (var run in _runs)
            {
                run.Advance(TimeMs);
            }
        }

        foreach (var run in _runs)
        {
            take(run.Signal, run.Log.TakeBefore(toMs));
        }
    }
}

/// <summary>Writes the log of a whole town over a time, hour by hour, in constant memory.</summary>
public static class TownLog
{
    private const int HourMs = 3_600_000;

    /// <summary>Simulates a range from <see cref="TownSimulation.WarmUpMs"/> before its start and hands out every event in it.</summary>
    /// <param name="town">What to simulate.</param>
    /// <param name="range">Ms UTC; the start a whole second, the end a whole tenth.</param>
    /// <param name="take">Called for every signal and hour, in time order for each signal.</param>
    public static void Write(Town town, TimeRange range, TakeEvents take)
    {
        var simulation = new TownSimulation(town, range.StartMs);
        while (simulation.TimeMs < range.EndMs)
        {
            var hourEndMs = simulation.TimeMs - (simulation.TimeMs % HourMs) + HourMs;
            simulation.Advance(Math.Min(hourEndMs, range.EndMs), take);
        }
    }
}
