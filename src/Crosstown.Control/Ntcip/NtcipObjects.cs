using Crosstown.Control.Snmp;

namespace Crosstown.Control.Ntcip;

/// <summary>Names of the objects of an actuated signal controller (NTCIP 1202, node asc), as far as they are read.</summary>
/// <remarks>
/// Checked against what open compilations of the standard's object list print; not against the printed version 03. Groups hold eight phases: bit 0 of group 1 is phase 1.
/// </remarks>
public static class NtcipObjects
{
    /// <summary>iso.org.dod.internet.private.enterprises.nema.transportation.devices.asc.</summary>
    public static ObjectIdentifier Asc { get; } = new(1, 3, 6, 1, 4, 1, 1206, 4, 2, 1);

    /// <summary>Largest control group or status group: two groups of eight are what this controller model has.</summary>
    public const int MostGroups = 2;

    /// <summary>Seconds without a command after which the controller goes back to its own plan; 0 for never.</summary>
    public static ObjectIdentifier UnitBackupTime { get; } = Asc.With(3, 3, 0);

    public static ObjectIdentifier UnitControlStatus { get; } = Asc.With(3, 5, 0);

    public static ObjectIdentifier UnitFlashStatus { get; } = Asc.With(3, 6, 0);

    public static ObjectIdentifier UnitAlarmStatus2 { get; } = Asc.With(3, 7, 0);

    public static ObjectIdentifier UnitAlarmStatus1 { get; } = Asc.With(3, 8, 0);

    public static ObjectIdentifier ShortAlarmStatus { get; } = Asc.With(3, 9, 0);

    /// <summary>1-253 a pattern, 254 free, 255 flash, 0 none.</summary>
    public static ObjectIdentifier CoordPatternStatus { get; } = Asc.With(4, 10, 0);

    public static ObjectIdentifier LocalFreeStatus { get; } = Asc.With(4, 11, 0);

    /// <summary>Counts down through the local cycle, s.</summary>
    public static ObjectIdentifier CoordCycleStatus { get; } = Asc.With(4, 12, 0);

    /// <summary>Counts up from the system's reference point, s.</summary>
    public static ObjectIdentifier CoordSyncStatus { get; } = Asc.With(4, 13, 0);

    /// <summary>What a system commands: 0 nothing, 1-253 a pattern, 254 free, 255 flash.</summary>
    public static ObjectIdentifier SystemPatternControl { get; } = Asc.With(4, 14, 0);

    /// <summary>Numbers the periods of volume and occupancy, 0-255.</summary>
    public static ObjectIdentifier VolumeOccupancySequence { get; } = Asc.With(2, 5, 1, 0);

    /// <summary>Length of these periods, s.</summary>
    public static ObjectIdentifier VolumeOccupancyPeriod { get; } = Asc.With(2, 5, 2, 0);

    /// <summary>A column of the status of a group of eight phases.</summary>
    public static ObjectIdentifier PhaseStatus(PhaseStatusColumn column, int group) => Asc.With(1, 4, 1, (uint)column, Group(group));

    /// <summary>The phases of a group that a system holds.</summary>
    public static ObjectIdentifier PhaseHold(int group) => Asc.With(1, 5, 1, 4, Group(group));

    /// <summary>The phases of a group whose green a system ends.</summary>
    public static ObjectIdentifier PhaseForceOff(int group) => Asc.With(1, 5, 1, 5, Group(group));

    /// <summary>Vehicles of a detector in the last period, 0-254; 255 is more.</summary>
    public static ObjectIdentifier DetectorVolume(int detector) => Asc.With(2, 5, 4, 1, 1, (uint)detector);

    /// <summary>Half percents of the last period, 0-200; above, what is wrong with the detector.</summary>
    public static ObjectIdentifier DetectorOccupancy(int detector) => Asc.With(2, 5, 4, 1, 2, (uint)detector);

    public static ObjectIdentifier PreemptState(int preempt) => Asc.With(6, 2, 1, 16, (uint)preempt);

    private static uint Group(int group) => group is >= 1 and <= MostGroups ? (uint)group : throw new ArgumentOutOfRangeException(nameof(group), group, $"Groups are 1 to {MostGroups}.");
}

/// <summary>Columns of phaseStatusGroupTable.</summary>
public enum PhaseStatusColumn
{
    Reds = 2,
    Yellows = 3,
    Greens = 4,
    DontWalks = 5,
    PedestrianClearances = 6,
    Walks = 7,
    VehicleCalls = 8,
    PedestrianCalls = 9,
    PhaseOns = 10,
    PhaseNexts = 11,
}
