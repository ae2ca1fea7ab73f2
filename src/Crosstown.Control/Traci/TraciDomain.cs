namespace Crosstown.Control.Traci;

/// <summary>What a value is read from. The number is the protocol's command for reading one value.</summary>
public enum TraciDomain
{
    /// <summary>A loop at one place of a lane.</summary>
    Loop = 0xA0,

    /// <summary>A signal.</summary>
    Signal = 0xA2,

    /// <summary>The simulation as a whole.</summary>
    Simulation = 0xAB,

    /// <summary>A zone of a lane.</summary>
    Zone = 0xAD,
}

/// <summary>What can be read of loops, zones, signals and the simulation. The protocol has more: nothing that tells one vehicle from another is listed here.</summary>
public enum TraciValue
{
    /// <summary>Loops and zones: vehicles in the last step.</summary>
    Vehicles = 0x10,

    /// <summary>Loops and zones: mean speed in the last step, m/s; negative with no vehicle.</summary>
    SpeedMps = 0x11,

    /// <summary>Loops and zones: share of time or space covered in the last step, percent.</summary>
    OccupancyPercent = 0x13,

    /// <summary>Zones: vehicles that stand.</summary>
    Halting = 0x14,

    /// <summary>Loops: seconds since a vehicle left it or 0 while it is covered.</summary>
    SinceDetectionS = 0x16,

    /// <summary>Signals: letters of all links.</summary>
    State = 0x20,

    /// <summary>The simulation's clock, s.</summary>
    TimeS = 0x66,
}
