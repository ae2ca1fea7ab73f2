using System.Collections.Immutable;

namespace Crosstown.Control.Ntcip;

/// <summary>Who commands the controller (unitControlStatus).</summary>
public enum UnitControl
{
    Other = 1,
    SystemControl = 2,
    SystemStandby = 3,
    Backup = 4,
    Manual = 5,
    TimeBase = 6,
    Interconnect = 7,
    InterconnectBackup = 8,
}

/// <summary>Whether it flashes, and why (unitFlashStatus).</summary>
public enum UnitFlash
{
    Other = 1,
    None = 2,
    Automatic = 3,
    LocalManual = 4,
    FaultMonitor = 5,
    ConflictMonitor = 6,
    Startup = 7,
    Preempt = 8,
}

/// <summary>Bits of unitAlarmStatus1.</summary>
[Flags]
public enum UnitAlarms1
{
    None = 0,
    CycleFault = 1,
    CoordinationFault = 2,
    CoordinationFail = 4,
    CycleFail = 8,
    MonitorFlash = 16,
    LocalFlash = 32,
    LocalFree = 64,
    CoordinationActive = 128,
}

/// <summary>Bits of unitAlarmStatus2.</summary>
[Flags]
public enum UnitAlarms2
{
    None = 0,
    PowerRestart = 1,
    LowBattery = 2,
    ResponseFault = 4,
    ExternalStart = 8,
    StopTime = 16,
    OffsetTransition = 32,
}

/// <summary>Bits of shortAlarmStatus.</summary>
[Flags]
public enum ShortAlarms
{
    None = 0,
    Preempt = 1,
    Flash = 2,
    LocalCycleZero = 4,
    LocalOverride = 8,
    Coordination = 16,
    DetectorFault = 32,
    NonCritical = 64,
    Critical = 128,
}

/// <summary>Why the controller runs free, if it does (localFreeStatus).</summary>
public enum LocalFree
{
    Other = 1,
    NotFree = 2,
    Command = 3,
    Transition = 4,
    Input = 5,
    Coordination = 6,
    BadPlan = 7,
    BadCycleTime = 8,
    SplitOverrun = 9,
    InvalidOffset = 10,
    Failed = 11,
}

/// <summary>Where a preempt stands (preemptState).</summary>
public enum PreemptState
{
    Other = 1,
    NotActive = 2,
    NotActiveWithCall = 3,
    EntryStarted = 4,
    TrackService = 5,
    Dwell = 6,
    LinkActive = 7,
    ExitStarted = 8,
    MaximumPresence = 9,
}

/// <summary>What is wrong with a detector, as its occupancy says.</summary>
public enum DetectorFault
{
    /// <summary>A number that the standard keeps for later.</summary>
    Other = 0,
    MaximumPresence = 210,
    NoActivity = 211,
    OpenLoop = 212,
    ShortedLoop = 213,
    ExcessiveChange = 214,
    Watchdog = 216,
    ErraticOutput = 217,
}

/// <summary>What one detector counted in the controller's last whole period.</summary>
/// <param name="Channel">1-255.</param>
/// <param name="VolumeVeh">Vehicles, 0 to 254; null when it did not say or there were more.</param>
/// <param name="Occupancy">Share of the period, 0-1; null when it did not say, or is at fault.</param>
/// <param name="Fault">Null when there is none.</param>
public sealed record DetectorReading(int Channel, int? VolumeVeh, double? Occupancy, DetectorFault? Fault);

/// <summary>What one controller showed at one moment. What it did not answer is null. Sets of phases have bit n for phase n.</summary>
public sealed record ControllerSnapshot
{
    /// <summary>When the last answer of it came, on the monotonic clock, as that clock counts.</summary>
    public required long TakenAt { get; init; }

    /// <summary>Share of the objects that were asked for and answered, 0-1.</summary>
    public required double AnsweredShare { get; init; }

    /// <summary>How often the device's engine had started; null unless version 3 is spoken.</summary>
    public int? EngineBoots { get; init; }

    public uint? Reds { get; init; }

    public uint? Yellows { get; init; }

    public uint? Greens { get; init; }

    public uint? DontWalks { get; init; }

    public uint? PedestrianClearances { get; init; }

    public uint? Walks { get; init; }

    public uint? VehicleCalls { get; init; }

    public uint? PedestrianCalls { get; init; }

    public uint? PhaseOns { get; init; }

    public uint? PhaseNexts { get; init; }

    public UnitControl? Control { get; init; }

    public UnitFlash? Flash { get; init; }

    public UnitAlarms1? Alarms1 { get; init; }

    public UnitAlarms2? Alarms2 { get; init; }

    public ShortAlarms? ShortAlarms { get; init; }

    /// <summary>The pattern in effect, 1-253; 254 for free, 255 for flash.</summary>
    public byte? Pattern { get; init; }

    public LocalFree? Free { get; init; }

    /// <summary>What is left of the local cycle, s.</summary>
    public int? CycleLeftS { get; init; }

    /// <summary>Since the system's reference point, s.</summary>
    public int? SinceReferenceS { get; init; }

    /// <summary>Seconds without a command after which the controller goes back to its own plan; 0 for never.</summary>
    public int? BackupS { get; init; }

    /// <summary>Preempts that were asked for, from 1, in order; null for one that was not answered.</summary>
    public ImmutableArray<PreemptState?> Preempts { get; init; } = [];

    /// <summary>Detectors that were asked for, in order.</summary>
    public ImmutableArray<DetectorReading> Detectors { get; init; } = [];

    /// <summary>Number of the period that <see cref="Detectors"/> are of, 0-255: it changes with each period.</summary>
    public int? PeriodNumber { get; init; }

    /// <summary>Length of that period, s.</summary>
    public int? PeriodS { get; init; }
}
