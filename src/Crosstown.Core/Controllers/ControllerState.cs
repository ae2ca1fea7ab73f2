namespace Crosstown.Core.Controllers;

/// <summary>What a phase's vehicle signal shows.</summary>
public enum VehicleInterval : byte
{
    Red,
    Green,
    Yellow,

    /// <summary>Red, but still timing its clearance.</summary>
    RedClearance,
}

/// <summary>What a phase's pedestrian signal shows.</summary>
public enum PedestrianInterval : byte
{
    DontWalk,
    Walk,

    /// <summary>Flashing don't walk.</summary>
    Clearance,
}

/// <summary>What an overlap shows.</summary>
public enum OverlapInterval : byte
{
    Red,

    /// <summary>Green, or for an arrow the flashing yellow arrow.</summary>
    Green,
    TrailingGreen,
    Yellow,
    RedClearance,

    /// <summary>An arrow while its protected phase shows the green arrow.</summary>
    Protected,
}

/// <summary>How the coordinator stands.</summary>
public enum CoordinationMode : byte
{
    Free,

    /// <summary>A pattern is in force; the controller waits for its coordinated greens to fall in.</summary>
    Pickup,
    InStep,
    Add,
    Subtract,
    Dwell,
}

/// <summary>Where a preempt stands.</summary>
public enum PreemptStage : byte
{
    None,
    Delay,

    /// <summary>Conflicting phases finish their minimum, walk, clearance, yellow and red.</summary>
    Entry,
    Track,
    Dwell,
}

/// <summary>What reaches the controller in one tick. Masks have bit n for phase or number n.</summary>
public struct ControllerInputs
{
    /// <summary>The tick, ms UTC.</summary>
    public long TimeMs { get; set; }

    /// <summary>Milliseconds since local midnight: what cycles are counted from.</summary>
    public int LocalDayMs { get; set; }

    /// <summary>The pattern that the schedule commands; 254 for free.</summary>
    public byte Pattern { get; set; }

    /// <summary>Phases with a vehicle on a calling detector.</summary>
    public uint VehicleCalls { get; set; }

    /// <summary>Phases with a vehicle on an extending detector.</summary>
    public uint Extensions { get; set; }

    /// <summary>Phases whose calling detectors came on in this tick.</summary>
    public uint Actuations { get; set; }

    /// <summary>Phases whose button was pressed in this tick.</summary>
    public uint PedestrianPresses { get; set; }

    /// <summary>Preempt inputs that are on.</summary>
    public uint Preempts { get; set; }

    /// <summary>Transit priority requests that are checked in.</summary>
    public uint Priorities { get; set; }

    /// <summary>Phases whose green a system holds: it ends for a preempt alone until the hold is taken back.</summary>
    public uint Holds { get; set; }

    /// <summary>
    /// Phases whose green a system ends: as soon as minimum and walkers are served and another phase is wanted. A hold, the system's or the coordinator's own, is stronger.
    /// </summary>
    public uint ForceOffs { get; set; }
}

/// <summary>Everything that a controller remembers from one tick to the next.</summary>
public sealed class ControllerState
{
    internal const int Slots = ControllerProgram.MaxPhase + 1;

    // By ring: the phase that is green, yellow or clearing (0 for none), and what follows it.
    internal readonly byte[] RingPhase = new byte[4];
    internal readonly byte[] RingNext = new byte[4];
    internal readonly byte[] RingPosition = new byte[4];
    internal readonly VehicleInterval[] RingInterval = new VehicleInterval[4];
    internal readonly int[] RingMs = new int[4];
    internal readonly int[] RingInitialMs = new int[4];
    internal readonly int[] RingGapMs = new int[4];
    internal readonly int[] RingWaitedForMs = new int[4];

    // By phase.
    internal readonly PedestrianInterval[] Pedestrian = new PedestrianInterval[Slots];
    internal readonly int[] PedestrianMs = new int[Slots];
    internal readonly int[] WaitingVehicles = new int[Slots];
    internal readonly long[] GreenStartMs = new long[Slots];

    // By overlap index.
    internal readonly OverlapInterval[] Overlap = new OverlapInterval[Slots];
    internal readonly int[] OverlapMs = new int[Slots];
    internal readonly uint[] OverlapDrivers = new uint[Slots];

    internal bool Started;
    internal int Group;
    internal int CrossingTo = -1;
    internal uint Locked;
    internal uint Calls;
    internal uint PedestrianCalls;
    internal uint Omitted;
    internal uint PedestriansOmitted;
    internal uint Held;
    internal uint SystemHolds;
    internal uint SystemForceOffs;
    internal uint Checked;
    internal uint MinimumDone;

    internal byte CommandedPattern;
    internal int PatternIndex = -1;
    internal int PendingPattern = -1;
    internal CoordinationMode Mode;
    internal int CyclePlaceMs;
    internal int DwellUsedMs;
    internal int LastActualCycleMs;
    internal long LastLocalZeroMs;

    internal PreemptStage Preempting;
    internal int PreemptIndex = -1;
    internal int PreemptMs;
    internal int PreemptStageMs;
    internal bool GateDown;
    internal uint PreemptInputs;
    internal uint PreemptsIgnored;
    internal uint PreemptAllowed;

    internal int PriorityIndex = -1;
    internal uint PriorityInputs;
    internal bool PriorityEarly;
    internal int PriorityExtensionLeftMs;
    internal bool PriorityServed;
    internal int PriorityLockoutMs;
    internal uint PriorityCut;

    /// <summary>The last tick that was stepped, ms UTC.</summary>
    public long TimeMs { get; internal set; }

    /// <summary>Grows whenever a signal display changes, so that traffic looks only then.</summary>
    public int DisplayVersion { get; internal set; }

    public CoordinationMode Coordination => Mode;

    public PreemptStage Preempt => Preempting;

    /// <summary>The pattern in force; 254 for free.</summary>
    public byte Pattern => CommandedPattern;

    /// <summary>Phases that are green, bit n for phase n.</summary>
    public uint Greens { get; internal set; }

    /// <summary>Phases that are yellow.</summary>
    public uint Yellows { get; internal set; }

    /// <summary>Phases with a vehicle that waits, seen or remembered; recalls do not count.</summary>
    public uint VehiclesWaiting => (Calls | Locked) & ~Greens;

    /// <summary>Phases with a walker who waits.</summary>
    public uint WalkersWaiting => PedestrianCalls;

    /// <summary>Ms until the walk and the clearance of a phase that run are over; 0 when none does. A walk that rests ends as late as its coordinator lets it, which is not in this.</summary>
    public int WalkersLeftMs(ControllerProgram program, int phase)
    {
        var timing = program.Phase(phase);
        return Pedestrian[phase] switch
        {
            PedestrianInterval.Walk => Math.Max(0, timing.WalkMs - PedestrianMs[phase]) + timing.PedestrianClearanceMs,
            PedestrianInterval.Clearance => Math.Max(0, timing.PedestrianClearanceMs - PedestrianMs[phase]),
            _ => 0,
        };
    }

    /// <summary>What a phase's vehicle signal shows.</summary>
    public VehicleInterval IntervalOf(int phase)
    {
        for (var ring = 0; ring < RingPhase.Length; ring++)
        {
            if (RingPhase[ring] == phase)
            {
                return RingInterval[ring];
            }
        }

        return VehicleInterval.Red;
    }

    public PedestrianInterval PedestrianOf(int phase) => Pedestrian[phase];

    /// <summary>What an overlap shows, by its place in <see cref="ControllerProgram.Overlaps"/>.</summary>
    public OverlapInterval OverlapAt(int index) => Overlap[index];

    /// <summary>When the phase's green, present or last, began; 0 when it never was green.</summary>
    public long GreenStartOf(int phase) => GreenStartMs[phase];
}
