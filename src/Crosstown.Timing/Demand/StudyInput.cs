using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Timing.Demand.Reading;

namespace Crosstown.Timing.Demand;

/// <summary>A signal of a study: what is configured and what it logged.</summary>
public sealed record StudySignal(SignalConfiguration Configuration, SignalLog Log);

/// <summary>One direction of a street between two neighboring signals.</summary>
public sealed record StreetLink
{
    public required SignalId From { get; init; }

    public required SignalId To { get; init; }

    /// <summary>The way the traffic is headed as it leaves the first.</summary>
    public required TravelDirection Direction { get; init; }

    /// <summary>What serves the through traffic at the first; null to go by direction.</summary>
    public SignalGroup? FromGroup { get; init; }

    /// <summary>What serves the through traffic at the second; null to go by direction.</summary>
    public SignalGroup? ToGroup { get; init; }

    /// <summary>Stop bar to stop bar, feet; null when unknown.</summary>
    public double? LengthFt { get; init; }

    /// <summary>What vehicles drive, mph; null when unknown.</summary>
    public double? SpeedMph { get; init; }

    /// <summary>Both directions of every link of a corridor.</summary>
    public static IEnumerable<StreetLink> Of(Corridor corridor)
    {
        for (var i = 0; i + 1 < corridor.Signals.Length; i++)
        {
            var (near, far) = (corridor.Signals[i], corridor.Signals[i + 1]);
            var lengthFt = far.DistanceFt - near.DistanceFt;
            yield return new StreetLink
            {
                From = near.Signal,
                To = far.Signal,
                Direction = corridor.Forward,
                FromGroup = near.ForwardGroup,
                ToGroup = far.ForwardGroup,
                LengthFt = lengthFt > 0 ? lengthFt : null,
                SpeedMph = near.SpeedMphToNext,
            };
            yield return new StreetLink
            {
                From = far.Signal,
                To = near.Signal,
                Direction = corridor.Backward,
                FromGroup = far.BackwardGroup,
                ToGroup = near.BackwardGroup,
                LengthFt = lengthFt > 0 ? lengthFt : null,
                SpeedMph = near.SpeedMphToNext,
            };
        }
    }
}

/// <summary>Where one period of the day ends and the next begins.</summary>
public enum PeriodRule
{
    /// <summary>Where traffic changes, by optimal segmentation.</summary>
    Traffic,

    /// <summary>Where the plans of today change at most signals.</summary>
    PlansOfToday,

    /// <summary>As given.</summary>
    Given,
}

/// <summary>A time of day.</summary>
/// <param name="FromMinute">Minutes after local midnight, a multiple of 15.</param>
/// <param name="ToMinute">One past the last, up to 1440.</param>
public sealed record TimeOfDay(int FromMinute, int ToMinute)
{
    public override string ToString() => $"{FromMinute / 60:00}:{FromMinute % 60:00}-{ToMinute / 60:00}:{ToMinute % 60:00}";
}

/// <summary>How a study is made.</summary>
public sealed record StudyOptions
{
    public PeriodRule Periods { get; init; }

    /// <summary>For <see cref="PeriodRule.Given"/>: rising and not overlapping.</summary>
    public ImmutableArray<TimeOfDay> GivenPeriods { get; init; } = [];

    /// <summary>Each day of a type is a demand of its own beside their median, so that a plan can be made robust against their scatter.</summary>
    public bool WithDays { get; init; } = true;

    /// <summary>Everything that is wrong with it.</summary>
    public IEnumerable<Problem> Problems()
    {
        if (Periods == PeriodRule.Given && GivenPeriods.IsEmpty)
        {
            yield return new Problem("XT699", "periods", "Periods are to be as given, and none is: give at least one.");
        }

        for (var i = 0; i < GivenPeriods.Length; i++)
        {
            var period = GivenPeriods[i];
            if (period.FromMinute < 0 || period.ToMinute > 1440 || period.ToMinute <= period.FromMinute || period.FromMinute % 15 != 0 || period.ToMinute % 15 != 0
                || (i > 0 && period.FromMinute < GivenPeriods[i - 1].ToMinute))
            {
                yield return new Problem(
                    "XT700", $"periods/{i + 1}", $"{period}: periods lie within 00:00-24:00, begin and end on a quarter of an hour, last a while, and follow one another.");
            }
        }
    }
}
