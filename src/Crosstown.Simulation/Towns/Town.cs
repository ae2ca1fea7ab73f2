using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Simulation.Towns;

/// <summary>A made-up town: its signals, what is true of them, and the streets between them.</summary>
/// <remarks>
/// Two arterials that cross, and a grid downtown. Streets, volumes and faults follow from the seed alone. Along Harrison Avenue one offset
/// sends platoons into red; on Mill Road side streets have outgrown the splits of an old plan that gives the arterial more than it needs. The first
/// eight signals hold one of everything: both of these, a rail crossing, a fire station, a bus line, flashing yellow arrows and a school.
/// </remarks>
public sealed class Town
{
    /// <summary>2024-05-13T00:00:00Z, a Monday: the first local midnight when no other start is given.</summary>
    public const long DefaultStartMs = 1_715_558_400_000;

    /// <summary>The most signals that the town has.</summary>
    public const int MaxSignals = 24;

    /// <summary>From one coming of a planned fault to the next: a day and a half, so that what is broken at a time of day differs from day to day.</summary>
    public const long FaultRoundMs = 36 * 3_600_000L;

    internal Town(ulong seed, LocalTimeMap localTime, IReadOnlyList<TownSignal> signals, IReadOnlyList<TownLink> links)
    {
        Seed = seed;
        LocalTime = localTime;
        Signals = signals;
        Links = links;
    }

    public ulong Seed { get; }

    /// <summary>What the town's clocks show.</summary>
    public LocalTimeMap LocalTime { get; }

    public IReadOnlyList<TownSignal> Signals { get; }

    public IReadOnlyList<TownLink> Links { get; }

    /// <summary>Makes the town.</summary>
    /// <param name="seed">The same seed gives the same town and, over the same start, the same log to the last byte.</param>
    /// <param name="signalCount">1 to <see cref="MaxSignals"/>; a smaller town is the beginning of a larger one.</param>
    /// <param name="localTime">The zone's clock; UTC when null.</param>
    /// <param name="startMs">Where the first two days begin, in which the planned faults lie; ms UTC, a whole second.</param>
    /// <param name="faultRounds">How often each planned fault comes, <see cref="FaultRoundMs"/> apart: a town that runs on needs more than its first two days'.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range, or <paramref name="startMs"/> no whole second.</exception>
    public static Town Create(ulong seed, int signalCount = 8, LocalTimeMap? localTime = null, long startMs = DefaultStartMs, int faultRounds = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(faultRounds, 1);
        if (signalCount is < 1 or > MaxSignals)
        {
            throw new ArgumentOutOfRangeException(nameof(signalCount), signalCount, $"The town has 1 to {MaxSignals} signals.");
        }

        if (startMs % 1000 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(startMs), startMs, "The town starts at a whole second.");
        }

        return TownPlanner.Plan(seed, signalCount, localTime ?? LocalTimeMap.Utc, startMs, faultRounds);
    }

    /// <summary>
    /// The same town under other timing: the same seed, the same vehicles and walkers from outside at the same moments, the same faults, stories and labels. So a day can be
    /// simulated again under a new plan, and the two compared.
    /// </summary>
    /// <param name="plans">At most one for a signal; signals without one stay as they are.</param>
    /// <exception cref="ProblemException">
    /// XT795: a plan is for a signal that the town does not have, or a second one for the same. XT796: its phases are not the signal's. XT797: its days are not whole or
    /// name a pattern that there is not. XT601-XT617: the controller cannot run it. Every reason is listed.
    /// </exception>
    public Town WithPlans(IEnumerable<TownPlan> plans)
    {
        var problems = new List<Problem>();
        var bySignal = plans.ToLookup(p => p.Signal);
        foreach (var plan in bySignal)
        {
            if (FindSignal(plan.Key) is null)
            {
                problems.Add(new Problem("XT795", $"signal {plan.Key}", $"The town has no such signal, but {Signals[0].Signal} to {Signals[^1].Signal}."));
            }
            else if (plan.Count() > 1)
            {
                problems.Add(new Problem("XT795", $"signal {plan.Key}", $"There are {plan.Count()} plans for it: give one."));
            }
        }

        var signals = Signals.Select(s => bySignal[s.Signal].FirstOrDefault()?.ApplyTo(s, problems) ?? s).ToList();
        return problems.Count > 0 ? throw new ProblemException(problems) : new Town(Seed, LocalTime, signals, Links);
    }

    /// <summary>The signal of an id; null when the town has none.</summary>
    public TownSignal? FindSignal(SignalId signal)
    {
        foreach (var one in Signals)
        {
            if (one.Signal == signal)
            {
                return one;
            }
        }

        return null;
    }
}
