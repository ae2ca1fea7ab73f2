using Crosstown.Core.Events;

namespace Crosstown.Core.Controllers;

/// <summary>One tick of a dual-ring actuated controller: the state and the inputs go in, the state changes and events come out.</summary>
/// <remarks>
/// A pure step machine: no clock, no randomness, no disk. A tick is 100 ms and every tick must be stepped.
/// Nothing here can shorten a yellow, a red clearance, a minimum green, a walk or a pedestrian clearance: each has one place that
/// ends it, and that place compares its own timer with the program. Preempts wait for them too.
/// </remarks>
public static partial class ControllerStep
{
    /// <summary>Length of a tick in ms.</summary>
    public const int TickMs = 100;

    /// <summary>Parameter of code 131 for free operation.</summary>
    public const byte FreePattern = 254;

    // Shortest solid don't walk between a clearance and the next walk.
    private const int BufferMs = 3000;

    /// <summary>Advances a controller by one tick.</summary>
    /// <param name="program">What is programmed; the same object for every step of a state.</param>
    /// <param name="state">A new state begins all red.</param>
    /// <param name="inputs">What holds in this tick; its time must be one tick after the last.</param>
    /// <param name="log">Takes what a cabinet would log.</param>
    public static void Step(ControllerProgram program, ControllerState state, in ControllerInputs inputs, EventBuffer log)
    {
        state.TimeMs = inputs.TimeMs;
        state.SystemHolds = inputs.Holds & program.AllPhases;
        state.SystemForceOffs = inputs.ForceOffs & program.AllPhases;
        if (!state.Started)
        {
            Start(program, state, inputs, log);
        }
        else
        {
            RunTimers(program, state, inputs);
        }

        RegisterCalls(program, state, inputs, log);
        CommandPattern(program, state, inputs, log);
        RunPreempts(program, state, inputs, log);
        Coordinate(program, state, inputs, log);
        RunPriorities(program, state, inputs, log);
        TimePedestrians(program, state, log);
        var demand = Demand(program, state);
        EndChangeIntervals(program, state, log);
        EndGreens(program, state, demand, log);
        StartGreens(program, state, demand, log);
        DriveOverlaps(program, state, log);
        CheckPhases(program, state, demand, log);
        RegisterPedestrianCalls(program, state, inputs, log);
        state.Calls = inputs.VehicleCalls;
    }

    private static void Start(ControllerProgram program, ControllerState state, in ControllerInputs inputs, EventBuffer log)
    {
        state.Started = true;
        state.CommandedPattern = FreePattern;
        state.LastLocalZeroMs = inputs.TimeMs;
        state.PedestrianCalls = 0;
        state.Locked = program.CoordinatedPhases != 0 ? program.CoordinatedPhases : program.AllPhases;
        log.Add(inputs.TimeMs, EventCode.FlashStatus, 2);
    }

    private static void RunTimers(ControllerProgram program, ControllerState state, in ControllerInputs inputs)
    {
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            state.RingMs[ring] += TickMs;
            var phase = state.RingPhase[ring];
            if (phase == 0)
            {
                continue;
            }

            if (state.RingInterval[ring] == VehicleInterval.Green)
            {
                // The gap begins in the tick in which the detector is off again.
                state.RingGapMs[ring] = Bits.Has(inputs.Extensions, phase) ? -TickMs : state.RingGapMs[ring] + TickMs;
                if (Bits.Has(state.Checked, phase))
                {
                    state.RingWaitedForMs[ring] += TickMs;
                }
            }

            state.PedestrianMs[phase] += TickMs;
        }

        for (var i = 0; i < program.Overlaps.Length; i++)
        {
            state.OverlapMs[i] += TickMs;
        }

        state.PriorityLockoutMs = Math.Max(0, state.PriorityLockoutMs - TickMs);
    }

    private static void RegisterCalls(ControllerProgram program, ControllerState state, in ControllerInputs inputs, EventBuffer log)
    {
        var changed = (state.Calls ^ inputs.VehicleCalls) & program.AllPhases;
        while (changed != 0)
        {
            var phase = Bits.TakeFirst(ref changed);
            log.Add(inputs.TimeMs, Bits.Has(inputs.VehicleCalls, phase) ? EventCode.PhaseCallRegistered : EventCode.PhaseCallDropped, phase);
        }

        var came = inputs.Actuations & program.AllPhases & ~state.Greens;
        while (came != 0)
        {
            var phase = Bits.TakeFirst(ref came);
            state.WaitingVehicles[phase]++;
            if (program.Phase(phase).LocksCalls)
            {
                state.Locked |= (uint)1 << phase;
            }
        }
    }

    /// <summary>Last in a tick, so that a call lies before its walk in the log: of one tick's events a walk (21) would sort before its call (45).</summary>
    private static void RegisterPedestrianCalls(ControllerProgram program, ControllerState state, in ControllerInputs inputs, EventBuffer log)
    {
        var pressed = inputs.PedestrianPresses & program.AllPhases & ~state.PedestrianCalls;
        while (pressed != 0)
        {
            var phase = Bits.TakeFirst(ref pressed);
            if (program.Phase(phase).WalkMs > 0 && state.Pedestrian[phase] != PedestrianInterval.Walk)
            {
                state.PedestrianCalls |= (uint)1 << phase;
                log.Add(inputs.TimeMs, EventCode.PedestrianCallRegistered, phase);
            }
        }
    }

    /// <summary>Phases that want green: bit n for phase n.</summary>
    private static uint Demand(ControllerProgram program, ControllerState state)
    {
        if (state.Preempting >= PreemptStage.Entry)
        {
            return state.Preempting == PreemptStage.Dwell && (state.Greens & state.PreemptAllowed) != 0
                ? state.PreemptAllowed & (state.Calls | state.Locked)
                : state.PreemptAllowed;
        }

        var demand = state.Calls | state.Locked | (state.PedestrianCalls & ~state.PedestriansOmitted);
        foreach (var phase in program.Phases)
        {
            if (phase.Recall != Recall.None)
            {
                demand |= (uint)1 << phase.Number;
            }
        }

        if (state.Mode != CoordinationMode.Free)
        {
            demand |= program.CoordinatedPhases;
        }

        return demand & program.AllPhases & ~state.Omitted;
    }

    private static bool IsCoordinating(ControllerState state) => state.Mode >= CoordinationMode.InStep;

    private static void TimePedestrians(ControllerProgram program, ControllerState state, EventBuffer log)
    {
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            var number = state.RingPhase[ring];
            if (number == 0 || state.Pedestrian[number] == PedestrianInterval.DontWalk)
            {
                continue;
            }

            var phase = program.Phase(number);
            if (state.Pedestrian[number] == PedestrianInterval.Walk)
            {
                if (state.PedestrianMs[number] >= phase.WalkMs && !RestsInWalk(program, state, phase))
                {
                    state.Pedestrian[number] = PedestrianInterval.Clearance;
                    state.PedestrianMs[number] = 0;
                    state.DisplayVersion++;
                    log.Add(state.TimeMs, EventCode.PedestrianBeginClearance, number);
                }
            }
            else if (state.PedestrianMs[number] >= phase.PedestrianClearanceMs)
            {
                state.Pedestrian[number] = PedestrianInterval.DontWalk;
                state.PedestrianMs[number] = 0;
                state.DisplayVersion++;
                log.Add(state.TimeMs, EventCode.PedestrianBeginDontWalk, number);
            }
        }
    }

    private static bool RestsInWalk(ControllerProgram program, ControllerState state, PhaseTiming phase)
    {
        if (!phase.RestsInWalk || !IsCoordinating(state) || !Bits.Has(state.Held, phase.Number))
        {
            return false;
        }

        var layout = program.Layout(state.PatternIndex);
        return layout.After(layout.ForceOffMs[phase.Number], state.CyclePlaceMs) > phase.PedestrianClearanceMs;
    }

    private static void BeginWalk(ControllerState state, PhaseTiming phase, EventBuffer log)
    {
        state.Pedestrian[phase.Number] = PedestrianInterval.Walk;
        state.PedestrianMs[phase.Number] = 0;
        state.PedestrianCalls &= ~((uint)1 << phase.Number);
        state.DisplayVersion++;
        log.Add(state.TimeMs, EventCode.PedestrianBeginWalk, phase.Number);
    }

    private static void EndChangeIntervals(ControllerProgram program, ControllerState state, EventBuffer log)
    {
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            var number = state.RingPhase[ring];
            if (number == 0)
            {
                continue;
            }

            var phase = program.Phase(number);
            if (state.RingInterval[ring] == VehicleInterval.Yellow && state.RingMs[ring] >= phase.YellowMs)
            {
                log.Add(state.TimeMs, EventCode.PhaseEndYellow, number);
                state.Yellows &= ~((uint)1 << number);
                state.RingMs[ring] = 0;
                state.DisplayVersion++;
                state.RingInterval[ring] = VehicleInterval.RedClearance;
                if (phase.RedClearanceMs > 0)
                {
                    log.Add(state.TimeMs, EventCode.PhaseBeginRedClearance, number);
                }
            }

            if (state.RingInterval[ring] == VehicleInterval.RedClearance && state.RingMs[ring] >= phase.RedClearanceMs)
            {
                if (phase.RedClearanceMs > 0)
                {
                    log.Add(state.TimeMs, EventCode.PhaseEndRedClearance, number);
                }

                log.Add(state.TimeMs, EventCode.PhaseInactive, number);
                log.Add(state.TimeMs, EventCode.ActualSplitPhase1 + number - 1, (int)((state.TimeMs - state.GreenStartMs[number] + 500) / 1000));
                state.RingPhase[ring] = 0;
                state.RingInterval[ring] = VehicleInterval.Red;
                state.RingMs[ring] = 0;
            }
        }
    }

    /// <summary>The next phase of a ring in the present barrier group that has demand: after its position, or before it.</summary>
    private static byte NextInGroup(ControllerProgram program, ControllerState state, int ring, uint demand, bool ahead)
    {
        var order = OrderOf(program, state)[ring];
        var position = state.RingPosition[ring];
        for (var i = 0; i < order.Length; i++)
        {
            var phase = order[i];
            if (program.Phase(phase).BarrierGroup - 1 == state.Group && Bits.Has(demand, phase) && phase != state.RingPhase[ring] && i + 1 > position == ahead)
            {
                return phase;
            }
        }

        return 0;
    }

    private static byte[][] OrderOf(ControllerProgram program, ControllerState state) =>
        state.PatternIndex >= 0 ? program.Layout(state.PatternIndex).Order : program.DefaultOrder;

    /// <summary>The next barrier group, going round, that has demand; -1 when none but the present one has.</summary>
    private static int NextGroup(ControllerProgram program, ControllerState state, uint demand)
    {
        for (var step = 1; step < program.GroupCount; step++)
        {
            var group = (state.Group + step) % program.GroupCount;
            foreach (var phase in program.Phases)
            {
                if (phase.BarrierGroup - 1 == group && Bits.Has(demand, phase.Number))
                {
                    return group;
                }
            }
        }

        return -1;
    }

    private static void EndGreens(ControllerProgram program, ControllerState state, uint demand, EventBuffer log)
    {
        if (state.CrossingTo >= 0)
        {
            return;
        }

        var nextGroup = NextGroup(program, state, demand);
        var allReady = nextGroup >= 0;
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            if (state.RingInterval[ring] is VehicleInterval.Yellow or VehicleInterval.RedClearance)
            {
                allReady = false;
                continue;
            }

            var next = NextInGroup(program, state, ring, demand, ahead: true);
            if (next == 0 && nextGroup < 0)
            {
                next = NextInGroup(program, state, ring, demand, ahead: false);
            }

            if (state.RingPhase[ring] == 0)
            {
                // What was chosen as the last green ended still comes, even if its window has closed since.
                allReady &= next == 0 && state.RingNext[ring] == 0;
                continue;
            }

            if (next != 0)
            {
                allReady = false;
                if (ReasonToEnd(program, state, ring) is var reason and not 0)
                {
                    Terminate(state, ring, reason, next, log);
                }
            }
            else if (nextGroup < 0 && state.Preempting >= PreemptStage.Entry && !Bits.Has(state.PreemptAllowed, state.RingPhase[ring]))
            {
                EndForPreempt(program, state, ring, log);
            }
            else if (allReady)
            {
                allReady = ReasonToEnd(program, state, ring) != 0;
            }
        }

        if (allReady)
        {
            CrossBarrier(program, state, demand, nextGroup, log);
        }
    }

    /// <summary>A preempt wants this ring dark: its green ends with nothing to follow.</summary>
    private static void EndForPreempt(ControllerProgram program, ControllerState state, int ring, EventBuffer log)
    {
        if (ReasonToEnd(program, state, ring) is var reason and not 0)
        {
            Terminate(state, ring, reason, 0, log);
        }
    }

    private static void CrossBarrier(ControllerProgram program, ControllerState state, uint demand, int nextGroup, EventBuffer log)
    {
        state.CrossingTo = nextGroup;
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            var next = FirstInGroup(program, state, ring, demand, nextGroup);
            if (state.RingPhase[ring] == 0)
            {
                state.RingNext[ring] = next;
            }
            else
            {
                Terminate(state, ring, ReasonToEnd(program, state, ring), next, log);
            }
        }
    }

    private static byte FirstInGroup(ControllerProgram program, ControllerState state, int ring, uint demand, int group)
    {
        var order = OrderOf(program, state)[ring];
        foreach (var phase in order)
        {
            if (program.Phase(phase).BarrierGroup - 1 == group && Bits.Has(demand, phase))
            {
                return phase;
            }
        }

        foreach (var phase in order)
        {
            if (program.Phase(phase).BarrierGroup - 1 == group && program.Phase(phase).DualEntry && !Bits.Has(state.Omitted, phase)
                && state.Preempting < PreemptStage.Entry)
            {
                return phase;
            }
        }

        return 0;
    }

    /// <summary>The code that says why a green may end now; 0 when it may not.</summary>
    private static ushort ReasonToEnd(ControllerProgram program, ControllerState state, int ring)
    {
        var phase = program.Phase(state.RingPhase[ring]);
        if (state.RingMs[ring] < state.RingInitialMs[ring] || state.Pedestrian[phase.Number] != PedestrianInterval.DontWalk)
        {
            return 0;
        }

        if (state.Preempting >= PreemptStage.Entry && !Bits.Has(state.PreemptAllowed, phase.Number))
        {
            return EventCode.PhasePreemptForceOff;
        }

        if (Bits.Has(state.Held | state.SystemHolds, phase.Number))
        {
            return 0;
        }

        if (Bits.Has(state.SystemForceOffs, phase.Number))
        {
            return EventCode.PhaseForceOff;
        }

        if (state.Mode == CoordinationMode.Pickup && phase.IsCoordinated && WaitsForPartners(program, state, ring))
        {
            return 0;
        }

        var isCoordinating = IsCoordinating(state);
        if (isCoordinating && phase.IsCoordinated)
        {
            return EventCode.PhaseForceOff;
        }

        // What ran out of traffic has gapped out, even when its bound comes before the other ring lets it go.
        var keepsGreen = state.Preempting == PreemptStage.None && phase.Recall == Recall.Maximum;
        if (!keepsGreen && state.RingGapMs[ring] >= AllowedGapMs(phase, state.RingWaitedForMs[ring]))
        {
            return EventCode.PhaseGapOut;
        }

        if (!isCoordinating)
        {
            return state.RingWaitedForMs[ring] >= phase.MaximumMs && state.RingMs[ring] >= phase.MaximumMs ? EventCode.PhaseMaxOut : (ushort)0;
        }

        return IsPastForceOff(program, state, ring, phase) ? EventCode.PhaseForceOff
            : state.PriorityEarly && Bits.Has(state.PriorityCut, phase.Number) ? EventCode.PhaseTransitPriorityEarlyForceOff
            : (ushort)0;
    }

    /// <summary>
    /// Whether a ring's coordinated green waits for those of the other rings, so that coordination can begin: each of them is green, or still to come before the barrier.
    /// Else a ring that has its coordinated phase first and one that has it last would pass each other on a busy street for ever.
    /// </summary>
    private static bool WaitsForPartners(ControllerProgram program, ControllerState state, int ring)
    {
        var order = OrderOf(program, state);
        for (var other = 0; other < program.RingCount; other++)
        {
            var place = other == ring ? -1 : Array.FindIndex(order[other], p => program.Phase(p).IsCoordinated && program.Phase(p).BarrierGroup - 1 == state.Group);
            if (place >= 0 && state.RingPhase[other] != order[other][place] && place + 1 <= state.RingPosition[other])
            {
                return false;
            }

            if (place >= 0 && state.RingPhase[other] == order[other][place] && state.RingInterval[other] != VehicleInterval.Green)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsPastForceOff(ControllerProgram program, ControllerState state, int ring, PhaseTiming phase)
    {
        var layout = program.Layout(state.PatternIndex);
        return layout.After(state.CyclePlaceMs, layout.YieldMs) >= layout.ForceOffAfterYieldMs[phase.Number]
            || (layout.Pattern.ForceOff == ForceOffMode.Floating && state.RingMs[ring] >= layout.SplitMs[phase.Number] - phase.ChangeMs);
    }

    private static int AllowedGapMs(PhaseTiming phase, int waitedForMs)
    {
        if (phase.TimeToReduceMs == 0 || waitedForMs <= phase.TimeBeforeReductionMs)
        {
            return phase.PassageMs;
        }

        var reduced = Math.Min(waitedForMs - phase.TimeBeforeReductionMs, phase.TimeToReduceMs);
        return phase.PassageMs - (int)((long)(phase.PassageMs - phase.MinimumGapMs) * reduced / phase.TimeToReduceMs);
    }

    private static void Terminate(ControllerState state, int ring, ushort reason, byte next, EventBuffer log)
    {
        int phase = state.RingPhase[ring];
        var bit = (uint)1 << phase;
        if ((state.MinimumDone & bit) == 0)
        {
            log.Add(state.TimeMs, EventCode.PhaseMinimumComplete, phase);
        }

        log.Add(state.TimeMs, reason, phase);
        if (reason == EventCode.PhaseTransitPriorityEarlyForceOff)
        {
            log.Add(state.TimeMs, EventCode.PhaseForceOff, phase);
        }

        log.Add(state.TimeMs, EventCode.PhaseGreenTermination, phase);
        log.Add(state.TimeMs, EventCode.PhaseBeginYellow, phase);
        state.Greens &= ~bit;
        state.Yellows |= bit;
        state.Checked &= ~bit;
        state.MinimumDone &= ~bit;
        state.Held &= ~bit;
        state.RingInterval[ring] = VehicleInterval.Yellow;
        state.RingMs[ring] = 0;
        state.RingNext[ring] = next;
        state.WaitingVehicles[phase] = 0;
        state.DisplayVersion++;
    }

    private static void StartGreens(ControllerProgram program, ControllerState state, uint demand, EventBuffer log)
    {
        if (state.CrossingTo < 0)
        {
            StartInGroup(program, state, demand, log);
            if (AllIdle(program, state))
            {
                var group = NextGroup(program, state, demand);
                if (group >= 0)
                {
                    state.CrossingTo = group;
                    for (var ring = 0; ring < program.RingCount; ring++)
                    {
                        state.RingNext[ring] = FirstInGroup(program, state, ring, demand, group);
                    }
                }
            }
        }

        if (state.CrossingTo < 0 || !AllRed(program, state))
        {
            return;
        }

        if (state.Preempting >= PreemptStage.Entry && !AnyNextAllowed(program, state))
        {
            RedirectCrossing(program, state, demand);
        }

        for (var ring = 0; ring < program.RingCount; ring++)
        {
            if (state.RingNext[ring] != 0 && OverlapsBlock(program, state, state.RingNext[ring]))
            {
                return;
            }
        }

        if (state.CrossingTo != state.Group)
        {
            log.Add(state.TimeMs, EventCode.BarrierTermination, state.Group + 1);
        }

        state.Group = state.CrossingTo;
        state.CrossingTo = -1;
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            state.RingPosition[ring] = 0;
            if (state.RingNext[ring] != 0)
            {
                BeginGreen(program, state, ring, state.RingNext[ring], log);
            }
        }
    }

    private static void StartInGroup(ControllerProgram program, ControllerState state, uint demand, EventBuffer log)
    {
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            if (state.RingPhase[ring] != 0)
            {
                continue;
            }

            var next = state.RingNext[ring];
            if (state.Preempting >= PreemptStage.Entry && next != 0 && !Bits.Has(state.PreemptAllowed, next))
            {
                state.RingNext[ring] = next = 0;
            }

            if (next == 0)
            {
                next = NextInGroup(program, state, ring, demand, ahead: true);
                if (next == 0 && NextGroup(program, state, demand) < 0)
                {
                    next = NextInGroup(program, state, ring, demand, ahead: false);
                }
            }

            if (next != 0 && !OverlapsBlock(program, state, next))
            {
                BeginGreen(program, state, ring, next, log);
            }
        }
    }

    private static bool AllIdle(ControllerProgram program, ControllerState state)
    {
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            if (state.RingPhase[ring] != 0 || state.RingNext[ring] != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static bool AllRed(ControllerProgram program, ControllerState state)
    {
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            if (state.RingPhase[ring] != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static bool AnyNextAllowed(ControllerProgram program, ControllerState state)
    {
        var any = false;
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            if (state.RingNext[ring] != 0 && !Bits.Has(state.PreemptAllowed, state.RingNext[ring]))
            {
                state.RingNext[ring] = 0;
            }

            any |= state.RingNext[ring] != 0;
        }

        return any;
    }

    /// <summary>A preempt came while the rings were crossing to where it does not want them: everything is red, so they may go anywhere.</summary>
    private static void RedirectCrossing(ControllerProgram program, ControllerState state, uint demand)
    {
        var group = NextGroup(program, state, demand);
        state.CrossingTo = group >= 0 ? group : state.Group;
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            state.RingNext[ring] = FirstInGroup(program, state, ring, demand, state.CrossingTo);
        }
    }

    private static void BeginGreen(ControllerProgram program, ControllerState state, int ring, byte number, EventBuffer log)
    {
        var phase = program.Phase(number);
        var bit = (uint)1 << number;
        state.RingPhase[ring] = number;
        state.RingNext[ring] = 0;
        state.RingInterval[ring] = VehicleInterval.Green;
        state.RingMs[ring] = 0;
        state.RingGapMs[ring] = 0;
        state.RingWaitedForMs[ring] = 0;
        state.RingInitialMs[ring] = Math.Max(
            phase.MinimumGreenMs, Math.Min(phase.MaximumInitialMs, phase.AddedInitialMs * state.WaitingVehicles[number]));
        state.RingPosition[ring] = (byte)(Array.IndexOf(OrderOf(program, state)[ring], number) + 1);
        state.Greens |= bit;
        state.Locked &= ~bit;
        state.GreenStartMs[number] = state.TimeMs;
        state.PedestrianMs[number] = BufferMs;
        state.DisplayVersion++;
        log.Add(state.TimeMs, EventCode.PhaseOn, number);
        log.Add(state.TimeMs, EventCode.PhaseBeginGreen, number);
        if (phase.IsCoordinated && IsCoordinating(state))
        {
            state.Held |= bit;
            log.Add(state.TimeMs, EventCode.CoordinatedPhaseBegin, number);
        }

        if (phase.WalkMs > 0 && state.Preempting == PreemptStage.None && WalksWithGreen(state, phase))
        {
            BeginWalk(state, phase, log);
        }
    }

    /// <summary>
    /// A waiting call is served with the next green, however late that begins: the window says only how late a call may bring the phase,
    /// and has closed by the begin of a green that was chosen in time but comes after another phase's change interval.
    /// </summary>
    private static bool WalksWithGreen(ControllerState state, PhaseTiming phase) =>
        Bits.Has(state.PedestrianCalls, phase.Number) || phase.Recall == Recall.Pedestrian || (phase.RestsInWalk && IsCoordinating(state));

    /// <summary>Logs the minimum's end and the first waiting call, and lets a walk join a green that is in no hurry.</summary>
    private static void CheckPhases(ControllerProgram program, ControllerState state, uint demand, EventBuffer log)
    {
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            if (state.RingPhase[ring] == 0 || state.RingInterval[ring] != VehicleInterval.Green || state.RingMs[ring] == 0)
            {
                continue;
            }

            var number = state.RingPhase[ring];
            var bit = (uint)1 << number;
            if ((state.MinimumDone & bit) == 0 && state.RingMs[ring] >= state.RingInitialMs[ring])
            {
                state.MinimumDone |= bit;
                log.Add(state.TimeMs, EventCode.PhaseMinimumComplete, number);
            }

            var isWaitedFor = state.CrossingTo >= 0 || (demand & program.ConflictsOf(number)) != 0;
            if (isWaitedFor && (state.Checked & bit) == 0)
            {
                state.Checked |= bit;
                state.RingWaitedForMs[ring] = state.RingMs[ring] == TickMs ? TickMs : 0;
                log.Add(state.TimeMs, EventCode.PhaseCheck, number);
            }

            if (Bits.Has(state.PedestrianCalls, number) && MayWalkAgain(state, number)
                && state.Preempting == PreemptStage.None && HasTimeForWalk(program, state, program.Phase(number), isWaitedFor))
            {
                BeginWalk(state, program.Phase(number), log);
            }
        }
    }

    /// <summary>Between a pedestrian clearance and the next walk of the same green lies a solid don't walk.</summary>
    private static bool MayWalkAgain(ControllerState state, int phase) =>
        state.Pedestrian[phase] == PedestrianInterval.DontWalk && state.PedestrianMs[phase] >= BufferMs;

    private static bool HasTimeForWalk(ControllerProgram program, ControllerState state, PhaseTiming phase, bool isWaitedFor)
    {
        if (!IsCoordinating(state))
        {
            return !isWaitedFor;
        }

        var layout = program.Layout(state.PatternIndex);
        return Bits.Has(state.Held, phase.Number)
            && layout.After(layout.ForceOffMs[phase.Number], state.CyclePlaceMs) >= phase.WalkMs + phase.PedestrianClearanceMs;
    }
}
