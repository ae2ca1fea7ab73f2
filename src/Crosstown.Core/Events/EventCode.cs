namespace Crosstown.Core.Events;

/// <summary>The event codes of the Indiana traffic signal high-resolution log, and the vendor codes that we read.</summary>
/// <remarks>
/// Numbers and meanings: Indiana Traffic Signal Hi Resolution Data Logger Enumerations, August 2020, with Intelight/Q-Free
/// MaxTime and MaxView additions from 300 on. What the parameter holds stands in brackets.
/// </remarks>
public static class EventCode
{
    /// <summary>Phase on: green or walk starts. [phase]</summary>
    public const ushort PhaseOn = 0;

    /// <summary>Begin green. Not repeated while flashing. [phase]</summary>
    public const ushort PhaseBeginGreen = 1;

    /// <summary>A conflicting call is registered: maximum timing starts. [phase]</summary>
    public const ushort PhaseCheck = 2;

    /// <summary>Minimum green complete. [phase]</summary>
    public const ushort PhaseMinimumComplete = 3;

    /// <summary>Green ended because traffic gapped out. [phase]</summary>
    public const ushort PhaseGapOut = 4;

    /// <summary>Green ended at its maximum. [phase]</summary>
    public const ushort PhaseMaxOut = 5;

    /// <summary>Green ended by the coordinator. [phase]</summary>
    public const ushort PhaseForceOff = 6;

    /// <summary>Green termination. [phase]</summary>
    public const ushort PhaseGreenTermination = 7;

    /// <summary>Begin yellow change. [phase]</summary>
    public const ushort PhaseBeginYellow = 8;

    /// <summary>End yellow change. [phase]</summary>
    public const ushort PhaseEndYellow = 9;

    /// <summary>Begin red clearance, logged only when the phase has one. [phase]</summary>
    public const ushort PhaseBeginRedClearance = 10;

    /// <summary>End red clearance, logged only when the phase has one. [phase]</summary>
    public const ushort PhaseEndRedClearance = 11;

    /// <summary>Phase inactive. [phase]</summary>
    public const ushort PhaseInactive = 12;

    /// <summary>The extension timer gapped out. [phase]</summary>
    public const ushort PhaseExtensionGapOut = 13;

    /// <summary>The phase was skipped. [phase]</summary>
    public const ushort PhaseSkipped = 14;

    /// <summary>Gap reduction starts. [phase]</summary>
    public const ushort PhaseExtensionReduction = 15;

    /// <summary>The extension reached its minimum. [phase]</summary>
    public const ushort PhaseExtensionMinimum = 16;

    /// <summary>Added initial complete. [phase]</summary>
    public const ushort PhaseAddedInitialComplete = 17;

    /// <summary>The next phase was decided. [phase]</summary>
    public const ushort PhaseNextDecision = 18;

    /// <summary>Transit priority forced the phase off early. [phase]</summary>
    public const ushort PhaseTransitPriorityEarlyForceOff = 19;

    /// <summary>A preempt forced the phase off. [phase]</summary>
    public const ushort PhasePreemptForceOff = 20;

    /// <summary>Begin walk. [phase]</summary>
    public const ushort PedestrianBeginWalk = 21;

    /// <summary>Begin pedestrian clearance (flashing don't walk). [phase]</summary>
    public const ushort PedestrianBeginClearance = 22;

    /// <summary>Begin solid don't walk. [phase]</summary>
    public const ushort PedestrianBeginDontWalk = 23;

    /// <summary>Pedestrian signal dark. [phase]</summary>
    public const ushort PedestrianDark = 24;

    /// <summary>Extended pedestrian change interval asked for. [phase]</summary>
    public const ushort PedestrianExtendedChange = 25;

    /// <summary>A pedestrian interval longer than the split was served. [phase]</summary>
    public const ushort PedestrianOversized = 26;

    /// <summary>Barrier crossed. [barrier]</summary>
    public const ushort BarrierTermination = 31;

    /// <summary>Permissive flashing yellow arrow begins. [arrow]</summary>
    public const ushort FlashingYellowArrowBegin = 32;

    /// <summary>Permissive flashing yellow arrow ends. [arrow]</summary>
    public const ushort FlashingYellowArrowEnd = 33;

    /// <summary>Phase hold active. [phase]</summary>
    public const ushort PhaseHoldOn = 41;

    /// <summary>Phase hold released. [phase]</summary>
    public const ushort PhaseHoldOff = 42;

    /// <summary>A call for the phase is registered. Never under recall. [phase]</summary>
    public const ushort PhaseCallRegistered = 43;

    /// <summary>The call for the phase is dropped. [phase]</summary>
    public const ushort PhaseCallDropped = 44;

    /// <summary>A pedestrian call is registered. [phase]</summary>
    public const ushort PedestrianCallRegistered = 45;

    /// <summary>Phase omit on. [phase]</summary>
    public const ushort PhaseOmitOn = 46;

    /// <summary>Phase omit off. [phase]</summary>
    public const ushort PhaseOmitOff = 47;

    /// <summary>Pedestrian omit on. [phase]</summary>
    public const ushort PedestrianOmitOn = 48;

    /// <summary>Pedestrian omit off. [phase]</summary>
    public const ushort PedestrianOmitOff = 49;

    /// <summary>Maximum 1 in effect. [phase]</summary>
    public const ushort Max1InEffect = 50;

    /// <summary>Maximum 2 in effect. [phase]</summary>
    public const ushort Max2InEffect = 51;

    /// <summary>Dynamic maximum in effect. [phase]</summary>
    public const ushort DynamicMaxInEffect = 52;

    /// <summary>Dynamic maximum stepped up. [phase]</summary>
    public const ushort DynamicMaxStepUp = 53;

    /// <summary>Dynamic maximum stepped down. [phase]</summary>
    public const ushort DynamicMaxStepDown = 54;

    /// <summary>Advance warning sign on. [phase]</summary>
    public const ushort AdvanceWarningSignOn = 55;

    /// <summary>Advance warning sign off. [phase]</summary>
    public const ushort AdvanceWarningSignOff = 56;

    /// <summary>Overlap begin green. [overlap, A = 1]</summary>
    public const ushort OverlapBeginGreen = 61;

    /// <summary>Overlap trailing green extension begins: still green. [overlap]</summary>
    public const ushort OverlapBeginTrailingGreen = 62;

    /// <summary>Overlap begin yellow. [overlap]</summary>
    public const ushort OverlapBeginYellow = 63;

    /// <summary>Overlap begin red clearance. [overlap]</summary>
    public const ushort OverlapBeginRedClearance = 64;

    /// <summary>Overlap off (red). [overlap]</summary>
    public const ushort OverlapOff = 65;

    /// <summary>Overlap dark. [overlap]</summary>
    public const ushort OverlapDark = 66;

    /// <summary>Pedestrian overlap begin walk. [overlap]</summary>
    public const ushort PedestrianOverlapBeginWalk = 67;

    /// <summary>Pedestrian overlap begin clearance. [overlap]</summary>
    public const ushort PedestrianOverlapBeginClearance = 68;

    /// <summary>Pedestrian overlap begin solid don't walk. [overlap]</summary>
    public const ushort PedestrianOverlapBeginDontWalk = 69;

    /// <summary>Pedestrian overlap dark. [overlap]</summary>
    public const ushort PedestrianOverlapDark = 70;

    /// <summary>Overlap advance warning sign on. [overlap]</summary>
    public const ushort OverlapWarningSignOn = 71;

    /// <summary>Overlap advance warning sign off. [overlap]</summary>
    public const ushort OverlapWarningSignOff = 72;

    /// <summary>Detector off, after delay and extension processing. [channel]</summary>
    public const ushort DetectorOff = 81;

    /// <summary>Detector on, after delay and extension processing. [channel]</summary>
    public const ushort DetectorOn = 82;

    /// <summary>Detector restored from a fault. [channel]</summary>
    public const ushort DetectorRestored = 83;

    /// <summary>Detector fault: other. [channel]</summary>
    public const ushort DetectorFaultOther = 84;

    /// <summary>Detector fault: no activity. [channel]</summary>
    public const ushort DetectorFaultWatchdog = 85;

    /// <summary>Detector fault: open loop. [channel]</summary>
    public const ushort DetectorFaultOpenLoop = 86;

    /// <summary>Detector fault: shorted loop. [channel]</summary>
    public const ushort DetectorFaultShortedLoop = 87;

    /// <summary>Detector fault: erratic. [channel]</summary>
    public const ushort DetectorFaultExcessiveChange = 88;

    /// <summary>Pedestrian detector off. [pedestrian channel]</summary>
    public const ushort PedestrianDetectorOff = 89;

    /// <summary>Pedestrian detector on: a button was pressed. [pedestrian channel]</summary>
    public const ushort PedestrianDetectorOn = 90;

    /// <summary>Pedestrian detector failed. [pedestrian channel]</summary>
    public const ushort PedestrianDetectorFailed = 91;

    /// <summary>Pedestrian detector restored. [pedestrian channel]</summary>
    public const ushort PedestrianDetectorRestored = 92;

    /// <summary>Transit priority detector off. [request]</summary>
    public const ushort TransitPriorityDetectorOff = 93;

    /// <summary>Transit priority detector on. [request]</summary>
    public const ushort TransitPriorityDetectorOn = 94;

    /// <summary>Preempt advance warning input. [preempt]</summary>
    public const ushort PreemptAdvanceWarning = 101;

    /// <summary>Preempt input on. May repeat. [preempt]</summary>
    public const ushort PreemptInputOn = 102;

    /// <summary>Gate down input. [preempt]</summary>
    public const ushort PreemptGateDown = 103;

    /// <summary>Preempt input off. [preempt]</summary>
    public const ushort PreemptInputOff = 104;

    /// <summary>Preempt entry started: the delay is over. [preempt]</summary>
    public const ushort PreemptEntryStarted = 105;

    /// <summary>Track clearance begins. [preempt]</summary>
    public const ushort PreemptTrackClearance = 106;

    /// <summary>Dwell or limited service begins. [preempt]</summary>
    public const ushort PreemptDwell = 107;

    /// <summary>Preempt link active on. [preempt]</summary>
    public const ushort PreemptLinkOn = 108;

    /// <summary>Preempt link active off. [preempt]</summary>
    public const ushort PreemptLinkOff = 109;

    /// <summary>Preempt maximum presence exceeded. [preempt]</summary>
    public const ushort PreemptMaxPresence = 110;

    /// <summary>Preempt exit interval begins. [preempt]</summary>
    public const ushort PreemptExit = 111;

    /// <summary>Transit priority check-in. [request]</summary>
    public const ushort TransitPriorityCheckIn = 112;

    /// <summary>Transit priority adjusts to an early green. [request]</summary>
    public const ushort TransitPriorityEarlyGreen = 113;

    /// <summary>Transit priority adjusts to an extended green. [request]</summary>
    public const ushort TransitPriorityExtendedGreen = 114;

    /// <summary>Transit priority check-out. [request]</summary>
    public const ushort TransitPriorityCheckOut = 115;

    /// <summary>A preempt forces the priority request off. [request]</summary>
    public const ushort TransitPriorityPreemptForceOff = 116;

    /// <summary>Transit priority early force-off, cycle. [request]</summary>
    public const ushort TransitPriorityEarlyForceOff = 117;

    /// <summary>Transit priority service starts. [request]</summary>
    public const ushort TransitPriorityServiceStart = 118;

    /// <summary>Transit priority service ends. [request]</summary>
    public const ushort TransitPriorityServiceEnd = 119;

    /// <summary>Coordination pattern in force: 0-253, 254 free, 255 flash. [pattern]</summary>
    public const ushort CoordinationPatternChange = 131;

    /// <summary>Programmed cycle length; 255 means: see 156. [s]</summary>
    public const ushort CycleLengthChange = 132;

    /// <summary>Programmed offset. [s]</summary>
    public const ushort OffsetChange = 133;

    /// <summary>Programmed split of phase 1; phase n is code 133 + n to 149. [s]</summary>
    public const ushort SplitPhase1 = 134;

    /// <summary>Programmed split of phase 16. [s]</summary>
    public const ushort SplitPhase16 = 149;

    /// <summary>0 free, 1 in step, 2 transition add, 3 transition subtract, 4 dwell, 5 local zero, 6 pickup, 7 master zero.</summary>
    public const ushort CoordinationState = 150;

    /// <summary>Yield point of the coordinated phase. [phase]</summary>
    public const ushort CoordinatedPhaseYieldPoint = 151;

    /// <summary>Coordinated phase begins. [phase]</summary>
    public const ushort CoordinatedPhaseBegin = 152;

    /// <summary>A logic statement became true. [statement]</summary>
    public const ushort LogicStatementTrue = 153;

    /// <summary>A logic statement became false. [statement]</summary>
    public const ushort LogicStatementFalse = 154;

    /// <summary>Unit control status 1-10.</summary>
    public const ushort UnitControlStatus = 155;

    /// <summary>Programmed cycle length above 255 s. [s]</summary>
    public const ushort CycleLengthLong = 156;

    /// <summary>Test input on. [input]</summary>
    public const ushort TestInputOn = 171;

    /// <summary>Test input off. [input]</summary>
    public const ushort TestInputOff = 172;

    /// <summary>Unit flash status 1-8; 2 is not in flash.</summary>
    public const ushort FlashStatus = 173;

    /// <summary>Alarm status 1, a bit set.</summary>
    public const ushort UnitAlarm1 = 174;

    /// <summary>Alarm group inputs, a bit set.</summary>
    public const ushort AlarmGroupState = 175;

    /// <summary>Special function on. [output]</summary>
    public const ushort SpecialFunctionOn = 176;

    /// <summary>Special function off. [output]</summary>
    public const ushort SpecialFunctionOff = 177;

    /// <summary>Manual control enable. [1 on, 0 off]</summary>
    public const ushort ManualControlEnable = 178;

    /// <summary>Interval advance input. [1 on, 0 off]</summary>
    public const ushort IntervalAdvance = 179;

    /// <summary>Stop time input. [1 on, 0 off]</summary>
    public const ushort StopTime = 180;

    /// <summary>The controller's clock was updated. [s]</summary>
    public const ushort ClockUpdated = 181;

    /// <summary>Power failed.</summary>
    public const ushort PowerFailed = 182;

    /// <summary>Power restored.</summary>
    public const ushort PowerRestored = 184;

    /// <summary>Vendor-specific alarm. [code]</summary>
    public const ushort VendorAlarm = 185;

    /// <summary>Alarm on. [alarm]</summary>
    public const ushort AlarmOn = 200;

    /// <summary>Alarm off. [alarm]</summary>
    public const ushort AlarmOff = 201;

    /// <summary>Auxiliary switch. [1 on, 0 off]</summary>
    public const ushort AuxiliarySwitch = 202;

    /// <summary>Programmed split of phase 17; phase n is code 186 + n to 218. [s]</summary>
    public const ushort SplitPhase17 = 203;

    /// <summary>Programmed split of phase 32. [s]</summary>
    public const ushort SplitPhase32 = 218;

    /// <summary>MaxTime: actual split of phase 1, logged at the end of its clearance; phase n is 299 + n to 315. [s]</summary>
    public const ushort ActualSplitPhase1 = 300;

    /// <summary>MaxTime: actual split of phase 16. [s]</summary>
    public const ushort ActualSplitPhase16 = 315;

    /// <summary>MaxTime: actual cycle length. [s]</summary>
    public const ushort ActualCycleLength = 316;

    /// <summary>MaxTime: natural cycle length. [s]</summary>
    public const ushort NaturalCycleLength = 317;

    /// <summary>MaxTime: actual offset. [s]</summary>
    public const ushort ActualOffset = 318;

    /// <summary>MaxTime: phase sequence in effect. [sequence]</summary>
    public const ushort SequenceChange = 319;

    /// <summary>MaxTime: master zero.</summary>
    public const ushort MasterZero = 320;

    /// <summary>MaxTime: clock drift, may be negative. [ms]</summary>
    public const ushort ClockDrift = 400;

    /// <summary>MaxView: communication attempts.</summary>
    public const ushort CommunicationAttempts = 500;

    /// <summary>MaxView: communication failures.</summary>
    public const ushort CommunicationFailures = 501;

    /// <summary>MaxView: share of polls lost. [%]</summary>
    public const ushort CommunicationLossPercent = 502;

    /// <summary>MaxView: response time. [ms]</summary>
    public const ushort CommunicationResponseMs = 503;

    /// <summary>One above the largest code that any reader passes on as standard or known vendor code; larger ones are kept raw.</summary>
    public const int TableSize = 1024;
}
