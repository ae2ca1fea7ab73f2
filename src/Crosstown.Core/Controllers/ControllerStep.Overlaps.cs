using Crosstown.Core.Events;

namespace Crosstown.Core.Controllers;

public static partial class ControllerStep
{
    private static void DriveOverlaps(ControllerProgram program, ControllerState state, EventBuffer log)
    {
        for (var i = 0; i < program.Overlaps.Length; i++)
        {
            var overlap = program.Overlaps[i];
            FinishChange(state, overlap, i, log);
            if (overlap.Kind == OverlapKind.FlashingYellowArrow)
            {
                DriveArrow(state, overlap, i, log);
            }
            else
            {
                DriveStandard(program, state, overlap, i, log);
            }
        }
    }

    /// <summary>Ends an overlap's yellow and red clearance when they have run their time.</summary>
    private static void FinishChange(ControllerState state, OverlapTiming overlap, int i, EventBuffer log)
    {
        if (state.Overlap[i] == OverlapInterval.Yellow && state.OverlapMs[i] >= overlap.YellowMs)
        {
            SetOverlap(state, i, OverlapInterval.RedClearance);
            if (overlap.RedClearanceMs > 0)
            {
                log.Add(state.TimeMs, EventCode.OverlapBeginRedClearance, overlap.Number);
            }
        }

        if (state.Overlap[i] == OverlapInterval.RedClearance && state.OverlapMs[i] >= overlap.RedClearanceMs)
        {
            SetOverlap(state, i, OverlapInterval.Red);
            log.Add(state.TimeMs, EventCode.OverlapOff, overlap.Number);
        }
    }

    private static void DriveStandard(ControllerProgram program, ControllerState state, OverlapTiming overlap, int i, EventBuffer log)
    {
        var parents = ControllerProgram.MaskOf(overlap.Parents);
        var drivers = state.Greens & parents;
        switch (state.Overlap[i])
        {
            case OverlapInterval.Red when drivers != 0:
                state.OverlapDrivers[i] = drivers;
                SetOverlap(state, i, OverlapInterval.Green);
                log.Add(state.TimeMs, EventCode.OverlapBeginGreen, overlap.Number);
                break;
            case OverlapInterval.Green when drivers != 0:
                state.OverlapDrivers[i] = drivers;
                break;
            case OverlapInterval.Green when !NextIsIn(program, state, parents):
                var isTrailing = overlap.TrailingGreenMs > 0;
                SetOverlap(state, i, isTrailing ? OverlapInterval.TrailingGreen : OverlapInterval.Yellow);
                log.Add(state.TimeMs, isTrailing ? EventCode.OverlapBeginTrailingGreen : EventCode.OverlapBeginYellow, overlap.Number);
                break;
            case OverlapInterval.TrailingGreen when state.OverlapMs[i] >= overlap.TrailingGreenMs:
                SetOverlap(state, i, OverlapInterval.Yellow);
                log.Add(state.TimeMs, EventCode.OverlapBeginYellow, overlap.Number);
                break;
        }
    }

    private static void DriveArrow(ControllerState state, OverlapTiming overlap, int i, EventBuffer log)
    {
        var through = overlap.Parents[0];
        var isProtected = overlap.ProtectedPhase != 0 && Bits.Has(state.Greens, overlap.ProtectedPhase);
        switch (state.Overlap[i])
        {
            case OverlapInterval.Red when isProtected:
                state.OverlapDrivers[i] = (uint)1 << overlap.ProtectedPhase;
                SetOverlap(state, i, OverlapInterval.Protected);
                log.Add(state.TimeMs, EventCode.OverlapDark, overlap.Number);
                break;
            case OverlapInterval.Red when Bits.Has(state.Greens, through):
                state.OverlapDrivers[i] = (uint)1 << through;
                SetOverlap(state, i, OverlapInterval.Green);
                log.Add(state.TimeMs, EventCode.FlashingYellowArrowBegin, overlap.Number);
                log.Add(state.TimeMs, EventCode.OverlapBeginGreen, overlap.Number);
                break;
            case OverlapInterval.Protected when !isProtected:
                SetOverlap(state, i, OverlapInterval.Yellow);
                log.Add(state.TimeMs, EventCode.OverlapBeginYellow, overlap.Number);
                break;
            case OverlapInterval.Green when !Bits.Has(state.Greens, through):
                SetOverlap(state, i, OverlapInterval.Yellow);
                log.Add(state.TimeMs, EventCode.FlashingYellowArrowEnd, overlap.Number);
                log.Add(state.TimeMs, EventCode.OverlapBeginYellow, overlap.Number);
                break;
        }
    }

    private static void SetOverlap(ControllerState state, int i, OverlapInterval interval)
    {
        state.Overlap[i] = interval;
        state.OverlapMs[i] = 0;
        state.DisplayVersion++;
    }

    private static bool NextIsIn(ControllerProgram program, ControllerState state, uint phases)
    {
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            if (state.RingNext[ring] != 0 && Bits.Has(phases, state.RingNext[ring]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True while a phase must wait for an overlap that still runs off what conflicts with the phase.</summary>
    private static bool OverlapsBlock(ControllerProgram program, ControllerState state, int phase)
    {
        for (var i = 0; i < program.Overlaps.Length; i++)
        {
            var overlap = program.Overlaps[i];
            var parents = ControllerProgram.MaskOf(overlap.Parents);
            if ((program.ConflictsOf(phase) & state.OverlapDrivers[i]) == 0 || Bits.Has(parents, phase) || phase == overlap.ProtectedPhase)
            {
                continue;
            }

            var isBlocking = state.Overlap[i] switch
            {
                OverlapInterval.Green => (state.Greens & parents) == 0 && !NextIsIn(program, state, parents),
                OverlapInterval.TrailingGreen => true,
                OverlapInterval.Yellow => state.OverlapMs[i] < overlap.YellowMs || overlap.RedClearanceMs > 0,
                OverlapInterval.RedClearance => state.OverlapMs[i] < overlap.RedClearanceMs,
                _ => false,
            };
            if (isBlocking)
            {
                return true;
            }
        }

        return false;
    }
}
