namespace Crosstown.Control.Failure;

/// <summary>Who decides at a signal, best first.</summary>
public enum ControlLevel
{
    /// <summary>The controller that was asked for.</summary>
    Preferred,

    /// <summary>The actuated controller.</summary>
    Actuated,

    /// <summary>The reference plan, which needs no detector.</summary>
    Fixed,
}

/// <summary>A signal went from one level of control to another.</summary>
/// <param name="Signal">Its name.</param>
/// <param name="AtS">Second of the clock.</param>
/// <param name="From">Who decided before.</param>
/// <param name="To">Who decides now.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record LevelChange(string Signal, int AtS, ControlLevel From, ControlLevel To, string Reason);
