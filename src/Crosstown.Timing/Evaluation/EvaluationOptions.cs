namespace Crosstown.Timing.Evaluation;

/// <summary>Formula for the delay that random arrivals and overflow add to the uniform one.</summary>
public enum OverflowModel
{
    /// <summary>HCM d2.</summary>
    Hcm,

    /// <summary>TRANSYT's random and oversaturation term.</summary>
    Transyt,

    /// <summary>Akçelik's overflow queue (ARR 123).</summary>
    Akcelik,
}

/// <summary>How a plan is evaluated.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Equal bins of the cycle, 16-512; null: one per second of it.</summary>
    /// <remarks>Fewer bins are faster and coarser: travel times are then rounded to a bin.</remarks>
    public int? Bins { get; init; }

    /// <summary>Sweeps over the network at most, 1 or more.</summary>
    public int MaxSweeps { get; init; } = 8;

    /// <summary>Sweeps end when the index moves by less than this share of it.</summary>
    public double Tolerance { get; init; } = 1e-4;

    public OverflowModel Overflow { get; init; } = OverflowModel.Hcm;

    /// <summary>HCM only: signals upstream take out some of the randomness (I below 1).</summary>
    public bool CountsUpstreamMetering { get; init; } = true;

    /// <summary>HCM only: phases that are not coordinated and have no maximum recall use k of their passage time instead of 0.5.</summary>
    public bool CountsActuation { get; init; }

    /// <summary>Time that a vehicle that stopped loses beyond the stop line until it is back at speed, s.</summary>
    /// <remarks>
    /// The vertical queue already holds what is lost before the line. At 2 m/s² and 13 m/s the first vehicle loses 3.3 s beyond it, the tenth under 0.5 s; 1 s is
    /// about the mean of a queue of ten.
    /// </remarks>
    public double AccelerationLossS { get; init; } = 1;

    /// <summary>Longest time that walkers may begin after the begin of don't walk, s, added to the walk (HCM: 4).</summary>
    public double WalkAllowanceS { get; init; } = 4;
}

/// <summary>What a plan is judged by: the index is the sum of these parts, in vehicle hours per hour.</summary>
public sealed record TimingObjective
{
    /// <summary>Weight of delay.</summary>
    public double DelayWeight { get; init; } = 1;

    /// <summary>Seconds of delay that a stop counts for, 0 or more; 5-20 are usual.</summary>
    public double StopPenaltyS { get; init; } = 10;

    /// <summary>Delay is counted for persons: each group's delay times its occupancy.</summary>
    public bool CountsPersons { get; init; }

    /// <summary>Seconds of delay that each vehicle of a queue beyond its storage counts for, each cycle.</summary>
    public double StoragePenaltyS { get; init; } = 60;

    /// <summary>
    /// Longest queue, overflow included, as a share of what its lanes hold, above 0; null for no limit. Each vehicle beyond it counts as a thousand seconds of delay each cycle, in place of
    /// <see cref="StoragePenaltyS"/>: no plan breaks it where another can keep it. Lanes without a known storage have no limit.
    /// </summary>
    public double? QueueLimitShare { get; init; }

    /// <summary>Weight of the walkers' wait; each called walk counts as one walker.</summary>
    public double PedestrianWeight { get; init; }

    /// <summary>No walker waits longer than this on average, s; null for no limit. Beyond it every second counts as a thousand.</summary>
    public double? PedestrianWaitLimitS { get; init; }

    /// <summary>
    /// Share, 0-1, of the worst demand beside the weighted mean of all: 0 serves the mean, 1 serves the worst.
    /// </summary>
    public double WorstShare { get; init; }
}
