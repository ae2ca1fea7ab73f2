using Crosstown.Core.Events;

namespace Crosstown.Core.Controllers;

public static partial class ControllerStep
{
    // A transition makes the cycle a quarter longer or a sixth shorter: the clock of the cycle runs at these ms per tick.
    private const int SlowMs = 80;
    private const int FastMs = 120;

    private static void CommandPattern(ControllerProgram program, ControllerState state, in ControllerInputs inputs, EventBuffer log)
    {
        if (inputs.Pattern == state.CommandedPattern)
        {
            return;
        }

        state.CommandedPattern = inputs.Pattern;
        var index = program.IndexOfPattern(inputs.Pattern);
        log.Add(inputs.TimeMs, EventCode.CoordinationPatternChange, inputs.Pattern);
        if (index < 0)
        {
            state.PatternIndex = state.PendingPattern = -1;
            StopCoordinating(program, state, log);
            FindPositions(program, state);
            return;
        }

        var layout = program.Layout(index);
        log.Add(inputs.TimeMs, EventCode.CycleLengthChange, layout.CycleMs / 1000);
        log.Add(inputs.TimeMs, EventCode.OffsetChange, layout.Pattern.OffsetMs / 1000);
        for (var phase = 1; phase <= ControllerProgram.MaxPhase; phase++)
        {
            log.Add(inputs.TimeMs, EventCode.SplitPhase1 + phase - 1, layout.SplitMs[phase] / 1000);
        }

        if (IsCoordinating(state))
        {
            state.PendingPattern = index;
            return;
        }

        state.PatternIndex = index;
        FindPositions(program, state);
        if (state.Mode == CoordinationMode.Free && state.Preempting < PreemptStage.Entry)
        {
            SetMode(state, CoordinationMode.Pickup, log);
        }
    }

    private static void SetMode(ControllerState state, CoordinationMode mode, EventBuffer log)
    {
        if (state.Mode == mode)
        {
            return;
        }

        state.Mode = mode;
        log.Add(state.TimeMs, EventCode.CoordinationState, mode switch
        {
            CoordinationMode.Free => 0,
            CoordinationMode.InStep => 1,
            CoordinationMode.Add => 2,
            CoordinationMode.Subtract => 3,
            CoordinationMode.Dwell => 4,
            _ => 6,
        });
    }

    private static void StopCoordinating(ControllerProgram program, ControllerState state, EventBuffer log)
    {
        SetMode(state, CoordinationMode.Free, log);
        state.Held = 0;
        SetOmits(program, state, 0, 0, log);
    }

    private static void SetOmits(ControllerProgram program, ControllerState state, uint omitted, uint pedestriansOmitted, EventBuffer log)
    {
        LogMask(state, state.Omitted ^ omitted, omitted, EventCode.PhaseOmitOn, EventCode.PhaseOmitOff, log);
        LogMask(state, state.PedestriansOmitted ^ pedestriansOmitted, pedestriansOmitted, EventCode.PedestrianOmitOn, EventCode.PedestrianOmitOff, log);
        state.Omitted = omitted & program.AllPhases;
        state.PedestriansOmitted = pedestriansOmitted & program.AllPhases;
    }

    private static void LogMask(ControllerState state, uint changed, uint now, ushort on, ushort off, EventBuffer log)
    {
        while (changed != 0)
        {
            var phase = Bits.TakeFirst(ref changed);
            log.Add(state.TimeMs, Bits.Has(now, phase) ? on : off, phase);
        }
    }

    private static void FindPositions(ControllerProgram program, ControllerState state)
    {
        var order = OrderOf(program, state);
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            if (state.RingPhase[ring] != 0)
            {
                state.RingPosition[ring] = (byte)(Array.IndexOf(order[ring], state.RingPhase[ring]) + 1);
            }
        }
    }

    private static void Coordinate(ControllerProgram program, ControllerState state, in ControllerInputs inputs, EventBuffer log)
    {
        if (state.PatternIndex < 0 || state.Preempting >= PreemptStage.Entry)
        {
            return;
        }

        var coordinated = program.CoordinatedPhases;
        if (state.Mode == CoordinationMode.Pickup)
        {
            if ((state.Greens & coordinated) == coordinated)
            {
                state.CyclePlaceMs = program.Layout(state.PatternIndex).CoordinatedStartMs;
                Hold(state, coordinated);
                state.LastLocalZeroMs = state.TimeMs;
                ChooseTransition(program, state, inputs, log);
            }

            return;
        }

        if (state.PendingPattern >= 0 && (state.Greens & state.Held & coordinated) == coordinated)
        {
            TakePendingPattern(program, state, inputs, log);
        }

        AdvanceCycle(program, state, inputs, log);
    }

    private static void Hold(ControllerState state, uint phases) => state.Held |= phases;

    /// <summary>Carries the place in the coordinated green over to the new pattern; the transition does the rest.</summary>
    private static void TakePendingPattern(ControllerProgram program, ControllerState state, in ControllerInputs inputs, EventBuffer log)
    {
        var old = program.Layout(state.PatternIndex);
        state.PatternIndex = state.PendingPattern;
        state.PendingPattern = -1;
        var layout = program.Layout(state.PatternIndex);
        var sinceStart = old.After(state.CyclePlaceMs, old.CoordinatedStartMs);
        var room = layout.After(layout.YieldMs, layout.CoordinatedStartMs) - TickMs;
        state.CyclePlaceMs = (layout.CoordinatedStartMs + Math.Min(sinceStart, room)) % layout.CycleMs;
        FindPositions(program, state);
        ChooseTransition(program, state, inputs, log);
    }

    /// <summary>Where the cycle should stand in this tick.</summary>
    private static int TargetPlace(PatternLayout layout, in ControllerInputs inputs) =>
        layout.After(inputs.LocalDayMs + layout.ReferenceMs, layout.Pattern.OffsetMs);

    private static void ChooseTransition(ControllerProgram program, ControllerState state, in ControllerInputs inputs, EventBuffer log)
    {
        var layout = program.Layout(state.PatternIndex);
        var behindMs = layout.After(TargetPlace(layout, inputs), state.CyclePlaceMs);
        if (behindMs == 0)
        {
            SetMode(state, CoordinationMode.InStep, log);
            return;
        }

        SetMode(
            state,
            layout.Pattern.Transition switch
            {
                TransitionMode.Dwell => CoordinationMode.Dwell,
                TransitionMode.SubtractOnly when layout.CanSubtract => CoordinationMode.Subtract,
                TransitionMode.Shortway when layout.CanSubtract && behindMs <= layout.CycleMs / 2 => CoordinationMode.Subtract,
                _ => CoordinationMode.Add,
            },
            log);
    }

    private static void AdvanceCycle(ControllerProgram program, ControllerState state, in ControllerInputs inputs, EventBuffer log)
    {
        var layout = program.Layout(state.PatternIndex);
        var neededMs = layout.After(TargetPlace(layout, inputs), state.CyclePlaceMs);
        var stepMs = IsFrozen(program, state, layout) ? 0 : CycleStep(state, layout, neededMs);
        var before = state.CyclePlaceMs;
        state.CyclePlaceMs = (before + stepMs) % layout.CycleMs;
        if (stepMs == neededMs)
        {
            SetMode(state, CoordinationMode.InStep, log);
        }
        else if (state.Mode == CoordinationMode.InStep)
        {
            ChooseTransition(program, state, inputs, log);
        }

        if (inputs.LocalDayMs % layout.CycleMs == 0)
        {
            log.Add(state.TimeMs, EventCode.ActualCycleLength, state.LastActualCycleMs / 1000);
            log.Add(state.TimeMs, EventCode.ActualOffset, (int)((state.TimeMs - state.LastLocalZeroMs) % layout.CycleMs is var since and not 0 ? (layout.CycleMs - since) / 1000 : 0));
            log.Add(state.TimeMs, EventCode.MasterZero, 0);
        }

        if (Crosses(layout, before, stepMs, layout.ReferenceMs))
        {
            log.Add(state.TimeMs, EventCode.CoordinationState, 5);
            state.LastActualCycleMs = (int)Math.Min(state.TimeMs - state.LastLocalZeroMs, 600_000);
            state.LastLocalZeroMs = state.TimeMs;
            state.DwellUsedMs = 0;
            if (state.Mode is CoordinationMode.Add or CoordinationMode.Subtract)
            {
                ChooseTransition(program, state, inputs, log);
            }
        }

        PassCoordinatedPoints(program, state, layout, before, stepMs, log);
        OpenAndCloseWindows(program, state, layout, log);
    }

    private static bool Crosses(PatternLayout layout, int beforeMs, int stepMs, int pointMs) =>
        layout.After(pointMs, beforeMs) is var distance && distance > 0 && distance <= stepMs;

    private static int CycleStep(ControllerState state, PatternLayout layout, int neededMs)
    {
        switch (state.Mode)
        {
            case CoordinationMode.Subtract:
                return Math.Min(neededMs, FastMs);
            case CoordinationMode.Add:
                // Ahead of where it should be: needed is then a whole cycle less the lead.
                return neededMs is >= SlowMs and <= TickMs ? neededMs : SlowMs;
            case CoordinationMode.Dwell:
                if (neededMs != TickMs && state.DwellUsedMs < layout.CycleMs / 5 && Crosses(layout, state.CyclePlaceMs, TickMs, layout.YieldMs))
                {
                    state.DwellUsedMs += TickMs;
                    return 0;
                }

                return TickMs;
            default:
                return TickMs;
        }
    }

    /// <summary>
    /// The clock of the cycle waits while a green is past its force-off but owes a minimum or a pedestrian interval or is held by a system, and while transit
    /// priority extends a coordinated green: phases that follow keep their time, and a transition makes up for it.
    /// </summary>
    private static bool IsFrozen(ControllerProgram program, ControllerState state, PatternLayout layout)
    {
        var afterYield = layout.After(state.CyclePlaceMs, layout.YieldMs);
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            int phase = state.RingPhase[ring];
            if (phase == 0 || state.RingInterval[ring] != VehicleInterval.Green)
            {
                continue;
            }

            var isDue = Bits.Has(program.CoordinatedPhases, phase) ? !Bits.Has(state.Held, phase) : afterYield >= layout.ForceOffAfterYieldMs[phase];
            if (isDue && (state.RingMs[ring] < state.RingInitialMs[ring] || state.Pedestrian[phase] != PedestrianInterval.DontWalk || Bits.Has(state.SystemHolds, phase)))
            {
                return true;
            }
        }

        if (state.PriorityExtensionLeftMs <= 0 || state.PriorityIndex < 0)
        {
            return false;
        }

        var served = program.Priorities[state.PriorityIndex].Phase;
        if (!Bits.Has(state.Greens & state.Held, served) || !Crosses(layout, state.CyclePlaceMs, FastMs, layout.ForceOffMs[served]))
        {
            return false;
        }

        state.PriorityExtensionLeftMs -= TickMs;
        return true;
    }

    private static void PassCoordinatedPoints(ControllerProgram program, ControllerState state, PatternLayout layout, int before, int stepMs, EventBuffer log)
    {
        var left = program.CoordinatedPhases & state.Greens;
        while (left != 0)
        {
            var phase = Bits.TakeFirst(ref left);
            var bit = (uint)1 << phase;
            if (Crosses(layout, before, stepMs, layout.ForceOffMs[phase]))
            {
                state.Held &= ~bit;
                log.Add(state.TimeMs, EventCode.CoordinatedPhaseYieldPoint, phase);
            }
            else if (Crosses(layout, before, stepMs, layout.StartMs[phase]) && !Bits.Has(state.Held, phase))
            {
                Hold(state, bit);
                if (program.Phase(phase).RestsInWalk && MayWalkAgain(state, phase) && program.Phase(phase).WalkMs > 0)
                {
                    BeginWalk(state, program.Phase(phase), log);
                }
            }
        }
    }

    private static void OpenAndCloseWindows(ControllerProgram program, ControllerState state, PatternLayout layout, EventBuffer log)
    {
        var afterYield = layout.After(state.CyclePlaceMs, layout.YieldMs);
        var omitted = 0u;
        var pedestriansOmitted = 0u;
        foreach (var phase in program.Phases)
        {
            if (phase.IsCoordinated)
            {
                continue;
            }

            var bit = (uint)1 << phase.Number;
            omitted |= afterYield > layout.LastVehicleMs[phase.Number] ? bit : 0;
            pedestriansOmitted |= phase.WalkMs > 0 && afterYield > layout.LastWalkMs[phase.Number] ? bit : 0;
        }

        if (omitted != state.Omitted || pedestriansOmitted != state.PedestriansOmitted)
        {
            SetOmits(program, state, omitted, pedestriansOmitted, log);
        }
    }
}
