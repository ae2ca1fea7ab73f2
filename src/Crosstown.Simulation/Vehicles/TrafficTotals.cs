using System.Collections.Immutable;

namespace Crosstown.Simulation.Vehicles;

/// <summary>What a run came to. Sums over many; no vehicle is told from another.</summary>
public sealed record TrafficTotals
{
    /// <summary>Vehicles whose departure lies in the run.</summary>
    public required int Scheduled { get; init; }

    public required int Arrived { get; init; }

    /// <summary>On the network when the run ended.</summary>
    public required int StillDriving { get; init; }

    /// <summary>Found no room to enter before the run ended.</summary>
    public required int NeverEntered { get; init; }

    /// <summary>Seconds from the begin to the end of the run.</summary>
    public required double DurationS { get; init; }

    /// <summary>Departure delay and time lost against free speed, over every scheduled vehicle, s.</summary>
    public required double DelayS { get; init; }

    /// <summary>The part of <see cref="DelayS"/> spent waiting to enter, s.</summary>
    public required double EntryDelayS { get; init; }

    /// <summary>Times that a vehicle came to a stop.</summary>
    public required long Stops { get; init; }

    /// <summary>By connection of the network between two streets that anybody passed, in its order.</summary>
    public required ImmutableArray<MovementTotals> Movements { get; init; }

    /// <summary>By edge of the network that anybody drove on, in its order.</summary>
    public required ImmutableArray<EdgeTotals> Edges { get; init; }

    /// <summary>By section of <see cref="TrafficControl.SectionBegins"/>, from 0 on; empty when none were asked for.</summary>
    public required ImmutableArray<SectionTotals> Sections { get; init; }

    /// <summary>By kind of vehicle of the demand, in its order.</summary>
    public required ImmutableArray<KindTotals> Kinds { get; init; }

    /// <summary>Walkers that came, times that one crossed, and how long they waited to, s.</summary>
    public required int Walkers { get; init; }

    public required long Crossings { get; init; }

    /// <summary>Wait before crossings, s.</summary>
    public required double CrossingWaitS { get; init; }

    /// <summary>Seconds per scheduled vehicle; null when nobody was scheduled.</summary>
    public double? MeanDelayS => Scheduled > 0 ? DelayS / Scheduled : null;

    /// <summary>Seconds per crossing; null when nobody crossed.</summary>
    public double? MeanCrossingWaitS => Crossings > 0 ? CrossingWaitS / Crossings : null;
}

/// <summary>What passed one connection, and what it lost on the edge before it.</summary>
/// <param name="Connection">Index in the network.</param>
/// <param name="Vehicles">That passed.</param>
/// <param name="DelayS">Lost on the edge before and the way over the junction before it, s.</param>
/// <param name="Stops">Made there.</param>
public sealed record MovementTotals(int Connection, int Vehicles, double DelayS, long Stops);

/// <summary>What happened on one edge.</summary>
/// <param name="Edge">Index in the network.</param>
/// <param name="Vehicles">That came onto it.</param>
/// <param name="DelayS">Lost on it, s.</param>
/// <param name="EntryDelayS">Waited to enter on it, s.</param>
/// <param name="Stops">Made on it.</param>
/// <param name="MaximumQueue">Most vehicles that stood on one of its lanes at once.</param>
/// <param name="MeanQueue">Vehicles that stood on it, mean over the run.</param>
public sealed record EdgeTotals(int Edge, int Vehicles, double DelayS, double EntryDelayS, long Stops, int MaximumQueue, double MeanQueue);

/// <summary>What happened in one section.</summary>
/// <param name="Came">Vehicles that began it.</param>
/// <param name="Left">Vehicles that began the next one after it, or arrived.</param>
/// <param name="DelayS">Lost in it, s, by those too who are still there; without the wait to enter.</param>
/// <param name="Stops">Made in it.</param>
public sealed record SectionTotals(int Came, int Left, double DelayS, long Stops);

/// <summary>What one kind of vehicle came to.</summary>
/// <param name="Kind">Index in the demand.</param>
/// <param name="Scheduled">Vehicles of it.</param>
/// <param name="Arrived">Of them.</param>
/// <param name="DelayS">Departure delay and time lost, s.</param>
public sealed record KindTotals(int Kind, int Scheduled, int Arrived, double DelayS);

/// <summary>Sums while a run goes on.</summary>
internal sealed class TrafficSums(StreetLayout streets, int kinds, int sections)
{
    private readonly int[] _passed = new int[streets.LinkCount];
    private readonly double[] _passedDelayS = new double[streets.LinkCount];
    private readonly long[] _passedStops = new long[streets.LinkCount];
    private readonly int[] _came = new int[streets.Network.Edges.Length];
    private readonly double[] _entryDelayS = new double[streets.Network.Edges.Length];
    private readonly double[] _lossS = new double[streets.TrackCount];
    private readonly long[] _stops = new long[streets.TrackCount];
    private readonly int[] _mostStanding = new int[streets.TrackCount];
    private readonly double[] _standingS = new double[streets.TrackCount];
    private readonly int[] _kindScheduled = new int[kinds];
    private readonly int[] _kindArrived = new int[kinds];
    private readonly double[] _kindDelayS = new double[kinds];
    private readonly int[] _sectionCame = new int[sections];
    private readonly int[] _sectionLeft = new int[sections];
    private readonly double[] _sectionLossS = new double[sections];
    private readonly long[] _sectionStops = new long[sections];
    private int _arrived;
    private double _crossingWaitS;
    private long _crossings;

    public int Scheduled { get; set; }

    public int Walkers { get; set; }

    public void Entered(int kind, int edge, double delayS)
    {
        _came[edge]++;
        _entryDelayS[edge] += delayS;
        _kindScheduled[kind]++;
    }

    public void Came(int edge) => _came[edge]++;

    public void Passed(int link, double delayS, int stops)
    {
        _passed[link]++;
        _passedDelayS[link] += delayS;
        _passedStops[link] += stops;
    }

    public void Drove(int track, double lossS, int stops, int standing, double stepS)
    {
        _lossS[track] += lossS;
        _stops[track] += stops;
        _mostStanding[track] = Math.Max(_mostStanding[track], standing);
        _standingS[track] += standing * stepS;
    }

    public void Arrived(int kind, double lossS, double entryDelayS)
    {
        _arrived++;
        _kindArrived[kind]++;
        _kindDelayS[kind] += lossS + entryDelayS;
    }

    public void Began(int section) => _sectionCame[section]++;

    public void Ended(int section) => _sectionLeft[section]++;

    public void Lost(int section, double lossS) => _sectionLossS[section] += lossS;

    public void Stopped(int section) => _sectionStops[section]++;

    public void Walked(double waitS)
    {
        _crossings++;
        _crossingWaitS += waitS;
    }

    public TrafficTotals Close(double durationS, int driving, int waiting, LeftOver left)
    {
        var edges = ImmutableArray.CreateBuilder<EdgeTotals>();
        for (var e = 0; e < _came.Length; e++)
        {
            if (_came[e] == 0 && left.EntryDelayS[e] == 0)
            {
                continue;
            }

            var lanes = streets.Network.Edges[e].Lanes;
            edges.Add(new EdgeTotals(
                e, _came[e], lanes.Sum(l => _lossS[l]), _entryDelayS[e] + left.EntryDelayS[e], lanes.Sum(l => _stops[l]), lanes.Max(l => _mostStanding[l]), durationS > 0 ? lanes.Sum(l => _standingS[l]) / durationS : 0));
        }

        return new TrafficTotals
        {
            Scheduled = Scheduled,
            Arrived = _arrived,
            StillDriving = driving,
            NeverEntered = waiting,
            DurationS = durationS,
            DelayS = _kindDelayS.Sum() + left.DelayS.Sum(),
            EntryDelayS = _entryDelayS.Sum() + left.EntryDelayS.Sum(),
            Stops = _stops.Sum(),
            Movements = [.. Enumerable.Range(0, _passed.Length).Where(c => _passed[c] > 0).Select(c => new MovementTotals(c, _passed[c], _passedDelayS[c], _passedStops[c]))],
            Edges = edges.ToImmutable(),
            Sections = [.. Enumerable.Range(0, sections).Select(s => new SectionTotals(_sectionCame[s], _sectionLeft[s], _sectionLossS[s], _sectionStops[s]))],
            Kinds = [.. Enumerable.Range(0, _kindScheduled.Length).Select(k => new KindTotals(k, _kindScheduled[k] + left.NeverEntered[k], _kindArrived[k], _kindDelayS[k] + left.DelayS[k]))],
            Walkers = Walkers,
            Crossings = _crossings,
            CrossingWaitS = _crossingWaitS,
        };
    }
}

/// <summary>What those who still drive or wait have lost so far: by kind, by kind and by edge.</summary>
internal readonly record struct LeftOver(int[] NeverEntered, double[] DelayS, double[] EntryDelayS);
