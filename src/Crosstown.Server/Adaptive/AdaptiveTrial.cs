using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Street;
using Crosstown.Simulation.Towns;

namespace Crosstown.Server.Adaptive;

/// <summary>Hours of a past day of the made-up town, simulated once under its plan and once under adaptive control, with the same vehicles and walkers from outside; several times, each with others.</summary>
internal sealed class AdaptiveTrial
{
    /// <summary>Runs of each period: fewer than three have no spread worth the name.</summary>
    public const int Runs = 3;

    private const int HourMs = 3_600_000;
    private const int StepMs = 60_000;

    /// <summary>Minutes of the local day at which the tried hours begin.</summary>
    private static readonly ImmutableArray<int> s_beginMinutes = [450, 720, 1020, 1320];

    private readonly Town _town;
    private readonly IReadOnlyList<Corridor> _corridors;
    private readonly long _dayMs;
    private readonly string _day;
    private readonly List<AdaptiveRun>[] _runs = [.. s_beginMinutes.Select(_ => new List<AdaptiveRun>())];

    /// <param name="town">The town.</param>
    /// <param name="corridors">Streets to look at.</param>
    /// <param name="dayMs">Begin of the local day, ms UTC.</param>
    public AdaptiveTrial(Town town, IReadOnlyList<Corridor> corridors, long dayMs)
    {
        (_town, _corridors, _dayMs) = (town, corridors, dayMs);
        _day = DateTime.UnixEpoch.AddMilliseconds(town.LocalTime.ToLocalMs(dayMs)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    /// <summary>Runs it all.</summary>
    /// <param name="tell">Told how far it is after every minute that was simulated.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> asked for it.</exception>
    public void Run(Action<AdaptiveTrialAnswer> tell, CancellationToken stop)
    {
        var done = 0;
        var all = Runs * s_beginMinutes.Length;
        for (var run = 0; run < Runs; run++)
        {
            for (var period = 0; period < s_beginMinutes.Length; period++)
            {
                var startMs = _dayMs + (s_beginMinutes[period] * 60_000L);
                _runs[period].Add(Try(_town, startMs, HourMs, _town.Seed + ((ulong)run << 32), share => tell(Answer("running", (done + share) / all)), stop));
                done++;
                tell(Answer(done == all ? "done" : "running", (double)done / all));
            }
        }
    }

    /// <summary>One time under both.</summary>
    /// <param name="town">The town.</param>
    /// <param name="startMs">Begin, ms UTC.</param>
    /// <param name="lengthMs">Whole minutes.</param>
    /// <param name="trafficSeed">Which vehicles come.</param>
    /// <param name="tell">Told the share that is done.</param>
    /// <param name="stop">Ends it early.</param>
    internal static AdaptiveRun Try(Town town, long startMs, int lengthMs, ulong trafficSeed, Action<double> tell, CancellationToken stop)
    {
        var advisers = new TownAdvisers(town, startMs, startMs - TownSimulation.WarmUpMs) { MayAsk = true };
        var plan = new TownSimulation(town, startMs, trafficSeed);
        var adaptive = new TownSimulation(town, startMs, trafficSeed) { Adviser = advisers.Advise };
        plan.BeginCount();
        adaptive.BeginCount();
        for (var toMs = StepMs; toMs <= lengthMs; toMs += StepMs)
        {
            stop.ThrowIfCancellationRequested();
            plan.Advance(startMs + toMs, static (_, _) => { });
            adaptive.Advance(startMs + toMs, static (_, _) => { });
            tell((double)toMs / lengthMs);
        }

        return new AdaptiveRun(plan.ListCounts(), adaptive.ListCounts(), town.Signals.Sum(s => advisers.Of(s.Signal).Refused));
    }

    private AdaptiveTrialAnswer Answer(string state, double share) => new(state, share, _day, Runs, 0, [.. s_beginMinutes.Select((m, i) => PeriodOf(m, _runs[i]))]);

    private AdaptiveTrialPeriod PeriodOf(int minute, List<AdaptiveRun> runs)
    {
        var name = $"{Clock(minute)}-{Clock(minute + (HourMs / 60_000))}";
        if (runs.Count == 0)
        {
            return new AdaptiveTrialPeriod(name, 0, null, null, [], []);
        }

        return new AdaptiveTrialPeriod(
            name, runs.Count, ChangeOf("", runs, null),
            new AdaptivePair(AdaptiveSums.FiguresOf(runs.SelectMany(r => r.Plan)), AdaptiveSums.FiguresOf(runs.SelectMany(r => r.Adaptive))),
            [.. _corridors.Select(c => ChangeOf(c.Id, runs, [.. c.Signals.Select(s => s.Signal)]))],
            [.. _town.Signals.Select(s => ChangeOf(s.Signal.Value, runs, [s.Signal]))]);
    }

    private static AdaptiveChange ChangeOf(string name, List<AdaptiveRun> runs, HashSet<SignalId>? signals)
    {
        double Delay(IEnumerable<(SignalId Signal, SignalCount Count, double WaitedS)> counts) =>
            counts.Where(c => signals is null || signals.Contains(c.Signal)).ToList() is var own ? own.Sum(c => c.WaitedS) / Math.Max(1, own.Sum(c => c.Count.Vehicles)) : 0;
        var pairs = runs.Select(r => (Plan: Delay(r.Plan), Adaptive: Delay(r.Adaptive))).ToList();
        var changes = pairs.Select(p => p.Plan > 0 ? (p.Adaptive / p.Plan) - 1 : 0).ToList();
        var mean = changes.Average();
        return new AdaptiveChange(
            name, pairs.Average(p => p.Plan), pairs.Average(p => p.Adaptive), mean, changes.Count < 2 ? null : Math.Sqrt(changes.Sum(c => (c - mean) * (c - mean)) / (changes.Count - 1)));
    }

    private static string Clock(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}");
}

/// <summary>What one run counted under both.</summary>
/// <param name="Plan">By signal.</param>
/// <param name="Adaptive">By signal.</param>
/// <param name="Refused">Advice that the guard refused.</param>
internal sealed record AdaptiveRun(
    IReadOnlyList<(SignalId Signal, SignalCount Count, double WaitedS)> Plan, IReadOnlyList<(SignalId Signal, SignalCount Count, double WaitedS)> Adaptive, int Refused);

/// <summary>Counts in the figures that are shown.</summary>
internal static class AdaptiveSums
{
    /// <summary>Several signals or runs together; longest waits are the longest of any.</summary>
    public static AdaptiveFigures FiguresOf(IEnumerable<(SignalId Signal, SignalCount Count, double WaitedS)> counts)
    {
        var all = counts.ToList();
        var (vehicles, walkers) = (all.Sum(c => c.Count.Vehicles), all.Sum(c => c.Count.Walkers));
        return new AdaptiveFigures(
            vehicles, vehicles == 0 ? null : all.Sum(c => c.WaitedS) / vehicles, vehicles == 0 ? null : (double)all.Sum(c => c.Count.Stops) / vehicles,
            walkers, walkers == 0 ? null : all.Sum(c => c.Count.WalkersWaitMs) / 1000.0 / walkers,
            all.Count == 0 ? 0 : all.Max(c => c.Count.LongestWalkWaitMs) / 1000.0, all.Count == 0 ? 0 : all.Max(c => c.Count.LongestRedMs) / 1000.0);
    }
}
