using Crosstown.Core.Events;

namespace Crosstown.Core.Controllers;

public static partial class ControllerStep
{
    private static void RunPreempts(ControllerProgram program, ControllerState state, in ControllerInputs inputs, EventBuffer log)
    {
        if (state.Preempting == PreemptStage.None && (inputs.Preempts | state.PreemptInputs) == 0)
        {
            return;
        }

        LogMask(state, inputs.Preempts ^ state.PreemptInputs, inputs.Preempts, EventCode.PreemptInputOn, EventCode.PreemptInputOff, log);
        state.PreemptInputs = inputs.Preempts;
        state.PreemptsIgnored &= inputs.Preempts;
        state.PreemptMs += TickMs;
        state.PreemptStageMs += TickMs;
        TakeFirstPreempt(program, state, log);
        if (state.Preempting == PreemptStage.None)
        {
            return;
        }

        var preempt = program.Preempts[state.PreemptIndex];
        var isOn = Bits.Has(state.PreemptInputs, preempt.Number);
        if (state.Preempting == PreemptStage.Delay)
        {
            if (!isOn)
            {
                state.Preempting = PreemptStage.None;
            }
            else if (state.PreemptMs >= preempt.DelayMs)
            {
                EnterPreempt(program, state, log);
            }
        }

        if (state.Preempting >= PreemptStage.Entry && preempt.GateDownMs > 0 && !state.GateDown && state.PreemptMs >= preempt.GateDownMs)
        {
            state.GateDown = true;
            log.Add(state.TimeMs, EventCode.PreemptGateDown, preempt.Number);
        }

        switch (state.Preempting)
        {
            case PreemptStage.Entry when HasArrived(program, state):
                NextPreemptStage(state, preempt, preempt.TrackPhases.IsEmpty ? PreemptStage.Dwell : PreemptStage.Track, log);
                break;
            case PreemptStage.Track when state.PreemptStageMs >= preempt.TrackClearanceMs:
                NextPreemptStage(state, preempt, PreemptStage.Dwell, log);
                break;
            case PreemptStage.Dwell:
                if (isOn && preempt.MaximumPresenceMs > 0 && state.PreemptStageMs >= preempt.MaximumPresenceMs)
                {
                    log.Add(state.TimeMs, EventCode.PreemptMaxPresence, preempt.Number);
                    state.PreemptsIgnored |= (uint)1 << preempt.Number;
                    isOn = false;
                }

                if (!isOn && state.PreemptStageMs >= preempt.MinimumDwellMs)
                {
                    ExitPreempt(state, preempt, log);
                }

                break;
        }
    }

    private static void TakeFirstPreempt(ControllerProgram program, ControllerState state, EventBuffer log)
    {
        var wanted = state.PreemptInputs & ~state.PreemptsIgnored;
        for (var i = 0; i < program.Preempts.Length; i++)
        {
            if (state.Preempting != PreemptStage.None && i >= state.PreemptIndex)
            {
                return;
            }

            if (!Bits.Has(wanted, program.Preempts[i].Number))
            {
                continue;
            }

            // A preempt that takes over from one already at work does not give the street back for its own delay.
            var takesOver = state.Preempting >= PreemptStage.Entry;
            state.PreemptIndex = i;
            state.Preempting = PreemptStage.Delay;
            state.PreemptMs = 0;
            state.GateDown = false;
            if (takesOver)
            {
                EnterPreempt(program, state, log);
            }

            return;
        }
    }

    private static void EnterPreempt(ControllerProgram program, ControllerState state, EventBuffer log)
    {
        var preempt = program.Preempts[state.PreemptIndex];
        log.Add(state.TimeMs, EventCode.PreemptEntryStarted, preempt.Number);
        if (state.PriorityIndex >= 0)
        {
            log.Add(state.TimeMs, EventCode.TransitPriorityPreemptForceOff, program.Priorities[state.PriorityIndex].Number);
            EndPriority(program, state, log);
        }

        StopCoordinating(program, state, log);
        state.Preempting = PreemptStage.Entry;
        state.PreemptMs = 0;
        state.PreemptStageMs = 0;
        state.PreemptAllowed = ControllerProgram.MaskOf(preempt.TrackPhases.IsEmpty ? preempt.DwellPhases : preempt.TrackPhases);
    }

    /// <summary>True when exactly the wanted phases are green and nothing else is timing.</summary>
    private static bool HasArrived(ControllerProgram program, ControllerState state)
    {
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            if (state.RingPhase[ring] != 0 && state.RingInterval[ring] != VehicleInterval.Green)
            {
                return false;
            }
        }

        return state.Greens == state.PreemptAllowed;
    }

    private static void NextPreemptStage(ControllerState state, PreemptTiming preempt, PreemptStage stage, EventBuffer log)
    {
        state.Preempting = stage;
        state.PreemptStageMs = 0;
        if (stage == PreemptStage.Dwell)
        {
            state.PreemptAllowed = ControllerProgram.MaskOf(preempt.DwellPhases);
        }

        log.Add(state.TimeMs, stage == PreemptStage.Track ? EventCode.PreemptTrackClearance : EventCode.PreemptDwell, preempt.Number);
    }

    private static void ExitPreempt(ControllerState state, PreemptTiming preempt, EventBuffer log)
    {
        log.Add(state.TimeMs, EventCode.PreemptExit, preempt.Number);
        state.Preempting = PreemptStage.None;
        state.PreemptIndex = -1;
        state.PreemptAllowed = 0;
        state.Locked |= ControllerProgram.MaskOf(preempt.ExitPhases) & ~state.Greens;
        if (state.PatternIndex >= 0)
        {
            SetMode(state, CoordinationMode.Pickup, log);
        }
    }

    private static void RunPriorities(ControllerProgram program, ControllerState state, in ControllerInputs inputs, EventBuffer log)
    {
        var changed = inputs.Priorities ^ state.PriorityInputs;
        state.PriorityInputs = inputs.Priorities;
        if (changed == 0 && state.PriorityIndex < 0)
        {
            return;
        }

        for (var i = 0; i < program.Priorities.Length; i++)
        {
            var priority = program.Priorities[i];
            if (!Bits.Has(changed, priority.Number))
            {
                continue;
            }

            if (Bits.Has(inputs.Priorities, priority.Number))
            {
                log.Add(state.TimeMs, EventCode.TransitPriorityCheckIn, priority.Number);
                if (state.PriorityIndex < 0 && state.PriorityLockoutMs == 0 && IsCoordinating(state))
                {
                    GrantPriority(program, state, i, log);
                }
            }
            else
            {
                log.Add(state.TimeMs, EventCode.TransitPriorityCheckOut, priority.Number);
                if (state.PriorityIndex == i)
                {
                    EndPriority(program, state, log);
                }
            }
        }

        if (state.PriorityIndex < 0)
        {
            return;
        }

        if (!IsCoordinating(state))
        {
            EndPriority(program, state, log);
            return;
        }

        ServePriority(program, state, log);
    }

    private static void GrantPriority(ControllerProgram program, ControllerState state, int index, EventBuffer log)
    {
        var priority = program.Priorities[index];
        state.PriorityIndex = index;
        state.PriorityServed = false;
        if (!Bits.Has(state.Greens & state.Held, priority.Phase))
        {
            state.PriorityEarly = true;
            log.Add(state.TimeMs, EventCode.TransitPriorityEarlyGreen, priority.Number);
            return;
        }

        var layout = program.Layout(state.PatternIndex);
        var remainingMs = layout.After(layout.ForceOffMs[priority.Phase], state.CyclePlaceMs);
        if (remainingMs < priority.TravelMs && remainingMs + priority.MaximumExtensionMs >= priority.TravelMs)
        {
            state.PriorityExtensionLeftMs = priority.MaximumExtensionMs;
            log.Add(state.TimeMs, EventCode.TransitPriorityExtendedGreen, priority.Number);
        }
    }

    private static void ServePriority(ControllerProgram program, ControllerState state, EventBuffer log)
    {
        var priority = program.Priorities[state.PriorityIndex];
        if (Bits.Has(state.Greens, priority.Phase))
        {
            state.PriorityEarly = false;
            if (!state.PriorityServed)
            {
                state.PriorityServed = true;
                log.Add(state.TimeMs, EventCode.TransitPriorityServiceStart, priority.Number);
            }
        }

        state.PriorityCut = 0;
        if (!state.PriorityEarly)
        {
            return;
        }

        var layout = program.Layout(state.PatternIndex);
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            int phase = state.RingPhase[ring];
            if (phase != 0 && state.RingInterval[ring] == VehicleInterval.Green && !Bits.Has(program.CoordinatedPhases, phase)
                && state.RingMs[ring] >= priority.KeptShare * (layout.SplitMs[phase] - program.Phase(phase).ChangeMs))
            {
                state.PriorityCut |= (uint)1 << phase;
            }
        }
    }

    private static void EndPriority(ControllerProgram program, ControllerState state, EventBuffer log)
    {
        var priority = program.Priorities[state.PriorityIndex];
        if (state.PriorityServed)
        {
            log.Add(state.TimeMs, EventCode.TransitPriorityServiceEnd, priority.Number);
        }

        state.PriorityIndex = -1;
        state.PriorityEarly = false;
        state.PriorityServed = false;
        state.PriorityCut = 0;
        state.PriorityExtensionLeftMs = 0;
        state.PriorityLockoutMs = priority.LockoutMs;
    }
}
