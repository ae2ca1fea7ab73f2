namespace Crosstown.Simulation.Vehicles;

/// <summary>What a connection's drivers are told.</summary>
internal enum Aspect : byte
{
    /// <summary>No signal, and the right of way.</summary>
    Major,

    /// <summary>No signal, or one that is dark or flashing: look and yield.</summary>
    Minor,

    /// <summary>No signal: stop, then look and yield.</summary>
    StopThenMinor,
    Green,

    /// <summary>Green, but others go first.</summary>
    GreenYield,
    Yellow,
    Red,

    /// <summary>Red, but one may turn after a stop.</summary>
    RedAfterStop,
}
