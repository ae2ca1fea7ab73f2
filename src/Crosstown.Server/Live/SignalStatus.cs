namespace Crosstown.Server.Live;

/// <summary>How a signal is, in one word; the worst that holds.</summary>
internal enum SignalClass
{
    /// <summary>Nothing was ever heard of it.</summary>
    Unknown,

    /// <summary>Logs arrive and nothing is found wrong.</summary>
    Healthy,

    /// <summary>Logs arrive, and something about it needs a look.</summary>
    Degraded,

    /// <summary>A preempt is being served.</summary>
    Preempt,

    /// <summary>The controller is in flash.</summary>
    Flash,

    /// <summary>No log has arrived for longer than it should take.</summary>
    CommsLost,
}

/// <summary>How a signal is now.</summary>
/// <param name="SinceMs">Since when, ms UTC; null when unknown.</param>
/// <param name="LastEventMs">The controller's time of the newest event, ms UTC; null without events.</param>
/// <param name="DataAgeS">Seconds from the newest event to now; null without events.</param>
/// <param name="Pattern">Coordination pattern in force (254 free, 255 flash); null when unknown.</param>
/// <param name="Reasons">What is wrong, in words; empty when healthy.</param>
internal sealed record SignalStatus(SignalClass Class, long? SinceMs, long? LastEventMs, double? DataAgeS, int? Pattern, IReadOnlyList<string> Reasons);
