using System.Globalization;

namespace Crosstown.Control.Priority;

/// <summary>What was done for a request.</summary>
public enum PriorityKind
{
    /// <summary>Nothing, though it would have helped: others came first, or the limits did not allow it.</summary>
    None,

    /// <summary>Nothing: the signal was green for it anyway.</summary>
    NoneNeeded,

    /// <summary>Its green ended later.</summary>
    Extension,

    /// <summary>Its green began earlier.</summary>
    EarlyGreen,
}

/// <summary>How a request ended.</summary>
public enum PriorityOutcome
{
    /// <summary>The vehicle left the stop line.</summary>
    Passed,

    /// <summary>The generator took it back.</summary>
    Canceled,

    /// <summary>Nothing more was heard of it.</summary>
    Expired,

    /// <summary>It was not taken.</summary>
    Rejected,

    /// <summary>It had been served for as long as the limits allow.</summary>
    MaximumPresence,

    /// <summary>A preempt of the cabinet's own ended it.</summary>
    Preempted,
}

/// <summary>A line of the log of priority: request, grant, recovery.</summary>
/// <remarks>Times are seconds of the controller's clock. A request's number is not among them: it was worth something only while the request lived.</remarks>
public sealed record PriorityRecord
{
    /// <summary>As the network names it.</summary>
    public required string Signal { get; init; }

    /// <summary>The street on which the vehicle came, as the network names it.</summary>
    public required string Approach { get; init; }

    public required PriorityRole Role { get; init; }

    public required int RequestedS { get; init; }

    /// <summary>When it wanted to be served, as asked last.</summary>
    public required int ServiceS { get; init; }

    public required PriorityKind Kind { get; init; }

    /// <summary>When the signal first did something for it; null without a grant.</summary>
    public int? GrantedS { get; init; }

    /// <summary>When all the links that it wanted were green under the grant; null when they never were or there was no grant.</summary>
    public int? GreenS { get; init; }

    public required int EndedS { get; init; }

    /// <summary>When the signal did again what it would have done by itself; null without a grant.</summary>
    public int? RecoveredS { get; init; }

    public required PriorityOutcome Outcome { get; init; }

    /// <summary>Seconds by which the vehicle left the stop line earlier than the signal would have let it by itself, as far as was seen; 0 when the grant changed nothing, null without a grant.</summary>
    public int? SavedS { get; init; }

    public bool IsGrant => GrantedS is not null;

    /// <summary>True when the grant changed the outcome: without it, the vehicle would have met red.</summary>
    public bool IsUseful => Outcome == PriorityOutcome.Passed && SavedS > 0;

    /// <summary>The line as text, for people.</summary>
    public string Describe()
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{RequestedS} s: {Signal} from {Approach}, {Role}, for {ServiceS} s: {Kind}");
        if (GrantedS is { } granted)
        {
            line += string.Create(CultureInfo.InvariantCulture, $" granted {granted} s");
        }

        if (GreenS is { } green)
        {
            line += string.Create(CultureInfo.InvariantCulture, $", green {green} s");
        }

        line += string.Create(CultureInfo.InvariantCulture, $", {Outcome} {EndedS} s");
        if (RecoveredS is { } recovered)
        {
            line += string.Create(CultureInfo.InvariantCulture, $", recovered {recovered} s, {SavedS ?? 0} s saved");
        }

        return line;
    }
}
