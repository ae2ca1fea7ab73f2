using System.Collections.Immutable;

namespace Crosstown.Measures.Timeline;

/// <summary>What an interval of the timeline is. The words of both tables stand in this order.</summary>
internal enum TimelineClass : byte
{
    Green,
    Yellow,
    RedClearance,
    Split,
    PhaseCall,
    PhaseWait,
    PhaseHold,
    PhaseOmit,
    PedestrianService,
    PedestrianDelay,
    PedestrianOmit,
    PedestrianOverlapService,
    PedestrianDetectorFault,
    OverlapGreen,
    OverlapTrailingGreen,
    OverlapYellow,
    OverlapRedClearance,
    FlashingYellowArrow,
    PhaseWarningSign,
    OverlapWarningSign,
    Preempt,
    TransitPriorityCall,
    TransitPriorityAdjustment,
    TransitPriorityService,
    TransitPriorityDetector,
    DetectorFaultOther,
    DetectorFaultWatchdog,
    DetectorFaultOpenLoop,
    DetectorFaultShortedLoop,
    DetectorFaultErratic,
    TransitionAdd,
    TransitionSubtract,
    TransitionDwell,
    PatternChange,
    CycleLengthChange,
    OffsetChange,
    SpecialFunction,
    ManualControl,
    IntervalAdvance,
    StopTime,
    AuxiliarySwitch,
    ClockUpdate,
    PowerFailed,
    PowerRestored,
    CycleFault,
    CoordinationFault,
    CoordinationFail,
    CycleFail,
    ConflictMonitorFlash,
    LocalFlash,
    FlashOther,
    FlashNone,
    FlashAutomatic,
    FlashLocalManual,
    FlashFaultMonitor,
    FlashConflictMonitor,
    FlashStartup,
    FlashPreempt,
    AlarmGroup,
    Count,
}

/// <summary>The classes' words, ours and those of Oregon's package.</summary>
internal static class TimelineWords
{
    public static ImmutableArray<string> Ours { get; } =
    [
        "green", "yellow", "red_clearance", "split", "phase_call", "phase_wait", "phase_hold", "phase_omit",
        "pedestrian_service", "pedestrian_delay", "pedestrian_omit", "pedestrian_overlap_service", "pedestrian_detector_fault",
        "overlap_green", "overlap_trailing_green", "overlap_yellow", "overlap_red_clearance", "flashing_yellow_arrow",
        "phase_warning_sign", "overlap_warning_sign",
        "preempt", "transit_priority_call", "transit_priority_adjustment", "transit_priority_service", "transit_priority_detector",
        "detector_fault_other", "detector_fault_watchdog", "detector_fault_open_loop", "detector_fault_shorted_loop", "detector_fault_erratic",
        "transition_add", "transition_subtract", "transition_dwell", "pattern_change", "cycle_length_change", "offset_change",
        "special_function", "manual_control", "interval_advance", "stop_time", "auxiliary_switch",
        "clock_update", "power_failed", "power_restored",
        "cycle_fault", "coordination_fault", "coordination_fail", "cycle_fail", "conflict_monitor_flash", "local_flash",
        "flash_other", "flash_none", "flash_automatic", "flash_local_manual", "flash_fault_monitor", "flash_conflict_monitor", "flash_startup", "flash_preempt",
        "alarm_group",
    ];

    public static ImmutableArray<string> Odot { get; } =
    [
        "Green", "Yellow", "Red", "Split", "Phase Call", "Phase Wait", "Phase Hold", "Phase Omit",
        "Ped Service", "Ped Delay", "Ped Omit", "Overlap Ped", "Ped Detector Failed",
        "Overlap Green", "Overlap Trail Green", "Overlap Yellow", "Overlap Red", "FYA",
        "Advance Warning Phase", "Advance Warning Overlap",
        "Preempt", "TSP Call", "TSP Adjustment", "TSP Service", "TSP Detector",
        "Other", "Watchdog", "Stuck Off", "Stuck On", "Erratic",
        "Transition Longway", "Transition Shortway", "Transition Dwell", "Pattern Change", "Cycle Length Change", "Offset Change",
        "Special Function", "Manual Control", "Interval Advance", "Stop Time Input", "Aux Switch",
        "Clock Update", "Power Failure", "Power Restored",
        "Cycle Fault", "Coord Fault", "Coord Fail", "Cycle Fail", "MMU Flash", "Local Flash",
        "Flash - Other", "Flash - Not Flash", "Flash - Automatic", "Flash - Local Manual", "Flash - Fault Monitor", "Flash - MMU", "Flash - Startup", "Flash - Preempt",
        "Alarm Group State",
    ];
}
