using Crosstown.Core.Controllers;
using Crosstown.Core.Events;
using Crosstown.Core.Networks;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Simulation.Traffic;

namespace Crosstown.Simulation.Towns;

/// <summary>Takes the events of one signal, sorted in their total order. The span is gone after the call.</summary>
public delegate void TakeEvents(SignalId signal, ReadOnlySpan<ControllerEvent> events);

/// <summary>What one cabinet and the area detectors of its lanes show in a second. The spans are gone after the call.</summary>
public readonly ref struct TownView
{
    public required SignalId Signal { get; init; }

    /// <summary>Ms UTC, a whole second.</summary>
    public required long TimeMs { get; init; }

    /// <summary>What the controller shows.</summary>
    public required ControllerState State { get; init; }

    /// <summary>What each link shows, in the order of <see cref="TownStreets"/>.</summary>
    public required ReadOnlySpan<char> Letters { get; init; }

    /// <summary>Vehicles in each zone of <see cref="CabinetLinks.Zones"/>; for those who pressed a button 1 or 0.</summary>
    public required ReadOnlySpan<float> Vehicles { get; init; }

    /// <summary>Of these, standing.</summary>
    public required ReadOnlySpan<float> Standing { get; init; }

    /// <summary>Vehicles that left each zone in the last second.</summary>
    public required ReadOnlySpan<float> Left { get; init; }
}

/// <summary>Says what is asked of a cabinet until the next second.</summary>
public delegate CabinetOrder AdviseTown(in TownView view);

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
    private const int AdvisedTogetherMs = 1000;

    private readonly SignalRun[] _runs;
    private readonly long _startMs;
    private long[] _waitedBeforeMs = [];
    private AdviseTown? _adviser;

    /// <param name="town">What to simulate.</param>
    /// <param name="startMs">Time of the first event at the earliest, ms UTC, a whole second.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="startMs"/> is no whole second.</exception>
    public TownSimulation(Town town, long startMs)
        : this(town, startMs, town.Seed)
    {
    }

    /// <param name="town">What to simulate.</param>
    /// <param name="startMs">Time of the first event at the earliest, ms UTC, a whole second.</param>
    /// <param name="trafficSeed">Another one brings other vehicles and walkers to the same streets, in the same numbers on average.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="startMs"/> is no whole second.</exception>
    public TownSimulation(Town town, long startMs, ulong trafficSeed)
        : this(town, startMs, trafficSeed, runBackward: false)
    {
    }

    /// <param name="runBackward">Runs the last signal first: changes nothing, which is tested.</param>
    internal TownSimulation(Town town, long startMs, bool runBackward)
        : this(town, startMs, town.Seed, runBackward)
    {
    }

    private TownSimulation(Town town, long startMs, ulong trafficSeed, bool runBackward)
    {
        if (startMs % 1000 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(startMs), startMs, "A simulation starts at a whole second.");
        }

        var warmUpStartMs = startMs - WarmUpMs;
        _runs = [.. town.Signals.Select((s, i) => new SignalRun(s, i, trafficSeed, town.LocalTime, warmUpStartMs))];
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

    /// <summary>Time of the first event at the earliest, ms UTC. The cabinets started <see cref="WarmUpMs"/> before.</summary>
    public long StartMs => _startMs;

    /// <summary>Everything before this moment has been simulated and handed out.</summary>
    public long TimeMs { get; private set; }

    /// <summary>Looks at each signal every second and asks something of its cabinet; null, as at the begin, when nobody does: then each runs its own plan.</summary>
    public AdviseTown? Adviser
    {
        get => _adviser;
        set
        {
            _adviser = value;
            foreach (var run in _runs)
            {
                run.Adviser = value;
            }
        }
    }

    /// <summary>Begins to count what happens at every signal from now on.</summary>
    public void BeginCount()
    {
        foreach (var run in _runs)
        {
            run.Totals.BeginCount(TimeMs);
        }

        _waitedBeforeMs = [.. _runs.Select(r => r.WaitedMs)];
    }

    /// <summary>What happened at every signal since <see cref="BeginCount"/>, and how much was waited in that time, also by those who wait still: vehicle-seconds.</summary>
    /// <exception cref="InvalidOperationException">No count has begun.</exception>
    public IReadOnlyList<(SignalId Signal, SignalCount Count, double WaitedS)> ListCounts()
    {
        if (_waitedBeforeMs.Length == 0)
        {
            throw new InvalidOperationException("No count has begun.");
        }

        foreach (var run in _runs)
        {
            run.Totals.TakeWaiting(TimeMs);
        }

        return [.. _runs.Select((r, i) => (r.Signal, r.Totals.Count, (r.Totals.Count.DelayMs + r.WaitedMs - _waitedBeforeMs[i]) / 1000.0))];
    }

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
            TimeMs = Math.Min(toMs, TimeMs + (_adviser is null ? TogetherMs : AdvisedTogetherMs));
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
