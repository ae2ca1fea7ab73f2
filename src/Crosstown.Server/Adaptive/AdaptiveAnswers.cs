namespace Crosstown.Server.Adaptive;

/// <summary>What adaptive control may do in the made-up town.</summary>
internal enum AdaptiveMode
{
    /// <summary>Nobody looks: both copies of the town run their plans.</summary>
    Off,

    /// <summary>It looks at the town and says what it would do, and asks nothing of any cabinet; a second copy of the town runs under it.</summary>
    Shadow,

    /// <summary>The town runs under it, and a second copy under the plan.</summary>
    Live,
}

/// <summary>What happened to those who came through, under one of the two.</summary>
/// <param name="Vehicles">That crossed a stop bar.</param>
/// <param name="DelayS">Delay for each of them, s, with what those have waited who wait still; null without any.</param>
/// <param name="Stops">Share of them that stopped, 0-1; null without any.</param>
/// <param name="Walkers">Calls of walkers that were served.</param>
/// <param name="WalkWaitS">From the call to the walk, s; null without any.</param>
/// <param name="LongestWalkWaitS">The longest of them, also of those who wait still, s.</param>
/// <param name="LongestRedS">The longest time for which a phase with a vehicle before it was not green, s.</param>
internal sealed record AdaptiveFigures(long Vehicles, double? DelayS, double? Stops, long Walkers, double? WalkWaitS, double LongestWalkWaitS, double LongestRedS);

/// <summary>The plan and adaptive control, over the same time with the same vehicles and walkers from outside.</summary>
internal sealed record AdaptivePair(AdaptiveFigures Plan, AdaptiveFigures Adaptive);

/// <summary>One signal, in both copies of the town.</summary>
/// <param name="Signal">Its id.</param>
/// <param name="Figures">Since the comparison began.</param>
/// <param name="Wish">In shadow, what it would ask of the town's cabinet now, such as <c>end 2 and 6, for 3 and 8</c>; null while it has nothing to ask.</param>
/// <param name="Pause">Why its cabinet is left to its own plan now: <c>preempt</c>, <c>start</c>, <c>guard</c>; null while it is advised.</param>
/// <param name="Pauses">How often it was left to its own plan since the comparison began.</param>
/// <param name="PausedShare">For which share of that time, 0-1.</param>
/// <param name="Refused">Advice that the guard refused since then.</param>
internal sealed record AdaptiveSignal(string Signal, AdaptivePair Figures, string? Wish, string? Pause, int Pauses, double PausedShare, int Refused);

/// <summary>A street, over all its signals.</summary>
internal sealed record AdaptiveStreet(string Corridor, AdaptivePair Figures);

/// <summary>The difference of delay over several runs, each with vehicles of its own.</summary>
/// <param name="Name">The signal or corridor; empty for all.</param>
/// <param name="PlanS">Mean delay for each crossing under the plan, s.</param>
/// <param name="AdaptiveS">The same under adaptive control.</param>
/// <param name="Change">Mean over the runs of the change, as a share: below 0 is less delay.</param>
/// <param name="Spread">Standard deviation of the change over the runs; null with one run.</param>
internal sealed record AdaptiveChange(string Name, double PlanS, double AdaptiveS, double Change, double? Spread);

/// <summary>A period of the day in a trial.</summary>
/// <param name="Name">Such as <c>07:30-08:30</c>.</param>
/// <param name="Runs">Runs that are done.</param>
/// <param name="All">Over all signals; null before the first run.</param>
/// <param name="Figures">Over all signals and runs; null before the first run.</param>
/// <param name="Corridors">By corridor.</param>
/// <param name="Signals">By signal.</param>
internal sealed record AdaptiveTrialPeriod(string Name, int Runs, AdaptiveChange? All, AdaptivePair? Figures, IReadOnlyList<AdaptiveChange> Corridors, IReadOnlyList<AdaptiveChange> Signals);

/// <summary>A trial: hours of the town's past day, each simulated under the plan and under adaptive control, with different vehicles in each run.</summary>
/// <param name="State"><c>waiting</c>, <c>running</c> or <c>done</c>; null before one was begun.</param>
/// <param name="Share">How much of it is done, 0-1.</param>
/// <param name="Day">The local day, yyyy-mm-dd; empty before one was begun.</param>
/// <param name="RunsOfEach">Runs that each period gets.</param>
/// <param name="TookS">Seconds that it took so far.</param>
/// <param name="Periods">In the order of the day.</param>
internal sealed record AdaptiveTrialAnswer(string? State, double Share, string Day, int RunsOfEach, double TookS, IReadOnlyList<AdaptiveTrialPeriod> Periods);

/// <summary>Where adaptive control stands.</summary>
/// <param name="IsTown">False on a real city: nothing here runs there.</param>
/// <param name="Mode">What it may do.</param>
/// <param name="IsRunning">False until both copies of the town have come to the present.</param>
/// <param name="AtMs">Moment of the figures, ms UTC; null before they run.</param>
/// <param name="SinceMs">Since when is compared, ms UTC; null before they run.</param>
/// <param name="CleanDaysNeeded">Days in shadow that a signal on a street needs before adaptive control may ask anything of it.</param>
/// <param name="Total">Over all signals; null before they run.</param>
/// <param name="Streets">By corridor.</param>
/// <param name="Signals">By signal.</param>
/// <param name="SecondMs">Computing time for one signal and second, mean, ms; null before it was measured.</param>
/// <param name="Trial">The trial that runs or ran last.</param>
internal sealed record AdaptiveAnswer(
    bool IsTown, AdaptiveMode Mode, bool IsRunning, long? AtMs, long? SinceMs, int CleanDaysNeeded, AdaptivePair? Total, IReadOnlyList<AdaptiveStreet> Streets, IReadOnlyList<AdaptiveSignal> Signals,
    double? SecondMs, AdaptiveTrialAnswer Trial);

/// <summary>What one ring of a cabinet showed for a while.</summary>
/// <param name="Ring">1-4.</param>
/// <param name="Phase">1-16.</param>
/// <param name="FromMs">Begin of green, ms UTC.</param>
/// <param name="YellowMs">Begin of yellow; null while it is green.</param>
/// <param name="EndMs">End of yellow; null before.</param>
internal sealed record AdaptiveGreen(byte Ring, byte Phase, long FromMs, long? YellowMs, long? EndMs);

/// <summary>What a signal showed in the last minutes, under both.</summary>
/// <param name="Signal">Its id.</param>
/// <param name="Coordinated">Its coordinated phases.</param>
internal sealed record AdaptiveBars(string Signal, IReadOnlyList<byte> Coordinated, IReadOnlyList<AdaptiveGreen> Plan, IReadOnlyList<AdaptiveGreen> Adaptive);

/// <summary>What all signals showed in the last minutes.</summary>
/// <param name="FromMs">Begin of the time, ms UTC.</param>
/// <param name="AtMs">Its end, ms UTC; null before both copies run.</param>
internal sealed record AdaptiveBarsAnswer(long FromMs, long? AtMs, IReadOnlyList<AdaptiveBars> Signals);

/// <summary>What adaptive control shall do in the made-up town.</summary>
/// <param name="Mode"><c>off</c>, <c>shadow</c> or <c>live</c>.</param>
internal sealed record AdaptiveModeOrder(string? Mode = null);
