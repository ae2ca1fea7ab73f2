using Crosstown.Core.Controllers;

namespace Crosstown.Core.Tests.Controllers;

/// <summary>Brings states that can never behave differently to one form: timers stop at the last moment that anything compares them with.</summary>
/// <remarks>That the form keeps behavior is tested by itself: a state and its form are run side by side.</remarks>
internal sealed class StateForm(ControllerProgram program)
{
    private const int BufferMs = 3000;
    private static readonly StateCopy Copy = StateCopy.Shared;
    private static readonly int Ring = Copy.PlaceOf("RingPhase");
    private static readonly int Interval = Copy.PlaceOf("RingInterval");
    private static readonly int RingMs = Copy.PlaceOf("RingMs");
    private static readonly int InitialMs = Copy.PlaceOf("RingInitialMs");
    private static readonly int GapMs = Copy.PlaceOf("RingGapMs");
    private static readonly int WaitedMs = Copy.PlaceOf("RingWaitedForMs");
    private static readonly int Walker = Copy.PlaceOf("Pedestrian");
    private static readonly int WalkerMs = Copy.PlaceOf("PedestrianMs");
    private static readonly int Waiting = Copy.PlaceOf("WaitingVehicles");
    private static readonly int Green = Copy.PlaceOf("GreenStartMs");
    private static readonly int Overlap = Copy.PlaceOf("Overlap");
    private static readonly int OverlapMs = Copy.PlaceOf("OverlapMs");
    private static readonly int[] Logged = [Copy.PlaceOf("TimeMs"), Copy.PlaceOf("LastLocalZeroMs"), Copy.PlaceOf("LastActualCycleMs"), Copy.PlaceOf("DisplayVersion"),
        Copy.PlaceOf("SystemHolds"), Copy.PlaceOf("SystemForceOffs")];
    private static readonly int Pattern = Copy.PlaceOf("PatternIndex");
    private static readonly int Mode = Copy.PlaceOf("Mode");
    private static readonly int Place = Copy.PlaceOf("CyclePlaceMs");
    private static readonly int Dwell = Copy.PlaceOf("DwellUsedMs");
    private static readonly int Preempting = Copy.PlaceOf("Preempting");
    private static readonly int PreemptIndex = Copy.PlaceOf("PreemptIndex");
    private static readonly int PreemptMs = Copy.PlaceOf("PreemptMs");
    private static readonly int StageMs = Copy.PlaceOf("PreemptStageMs");
    private static readonly int Gate = Copy.PlaceOf("GateDown");

    public void Apply(long[] state)
    {
        foreach (var place in Logged)
        {
            state[place] = 0;
        }

        for (var phase = 0; phase <= ControllerProgram.MaxPhase; phase++)
        {
            state[Green + phase] = 0;
            state[Waiting + phase] = 0;
        }

        var timing = 0u;
        for (var ring = 0; ring < 4; ring++)
        {
            var number = (int)state[Ring + ring];
            timing |= (uint)1 << number;
            var isGreen = number != 0 && (VehicleInterval)state[Interval + ring] == VehicleInterval.Green;
            if (!isGreen)
            {
                state[GapMs + ring] = state[WaitedMs + ring] = state[InitialMs + ring] = 0;
                state[RingMs + ring] = number == 0 ? 0 : state[RingMs + ring];
                continue;
            }

            var phase = program.Phase(number);
            var longest = Math.Max(phase.MaximumMs, state[InitialMs + ring]);
            foreach (var pattern in program.Patterns)
            {
                longest = Math.Max(longest, pattern.SplitMs.GetValueOrDefault((byte)number));
            }

            AtMost(state, RingMs + ring, longest);
            AtMost(state, GapMs + ring, phase.PassageMs);
            AtMost(state, WaitedMs + ring, Math.Max(phase.MaximumMs, phase.TimeBeforeReductionMs + phase.TimeToReduceMs));
        }

        for (var phase = 1; phase <= ControllerProgram.MaxPhase; phase++)
        {
            if (!Bits.Has(timing, phase))
            {
                state[WalkerMs + phase] = 0;
                continue;
            }

            AtMost(state, WalkerMs + phase, (PedestrianInterval)state[Walker + phase] switch
            {
                PedestrianInterval.Walk => program.Phase(phase).WalkMs,
                PedestrianInterval.Clearance => program.Phase(phase).PedestrianClearanceMs,
                _ => BufferMs,
            });
        }

        for (var i = 0; i < program.Overlaps.Length; i++)
        {
            AtMost(state, OverlapMs + i, (OverlapInterval)state[Overlap + i] switch
            {
                OverlapInterval.Yellow => program.Overlaps[i].YellowMs,
                OverlapInterval.RedClearance => program.Overlaps[i].RedClearanceMs,
                OverlapInterval.TrailingGreen => program.Overlaps[i].TrailingGreenMs,
                _ => 0,
            });
        }

        if (state[Pattern] < 0 || (CoordinationMode)state[Mode] < CoordinationMode.InStep)
        {
            state[Place] = state[Dwell] = 0;
        }

        ApplyToPreempt(state);
    }

    private void ApplyToPreempt(long[] state)
    {
        if ((PreemptStage)state[Preempting] == PreemptStage.None)
        {
            state[PreemptIndex] = -1;
            state[PreemptMs] = state[StageMs] = state[Gate] = 0;
            return;
        }

        var preempt = program.Preempts[(int)state[PreemptIndex]];
        AtMost(state, PreemptMs, Math.Max(preempt.DelayMs, preempt.GateDownMs));
        AtMost(state, StageMs, Math.Max(Math.Max(preempt.TrackClearanceMs, preempt.MinimumDwellMs), preempt.MaximumPresenceMs));
    }

    private static void AtMost(long[] state, int place, long most) => state[place] = Math.Min(state[place], most);
}
