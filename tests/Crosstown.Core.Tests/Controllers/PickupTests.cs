using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Events;

namespace Crosstown.Core.Tests.Controllers;

/// <summary>From free into coordination, whatever the order of phases and however busy the street.</summary>
public sealed class PickupTests
{
    public static TheoryData<byte[][], int, bool> Streets()
    {
        var data = new TheoryData<byte[][], int, bool>();
        foreach (var first in new byte[][] { [1, 2], [2, 1] })
        {
            foreach (var second in new byte[][] { [5, 6], [6, 5] })
            {
                foreach (var maximumS in new[] { 20, 60, 200 })
                {
                    data.Add([[.. first, 3, 4], [.. second, 8, 7]], maximumS, true);
                    data.Add([[.. first, 3, 4], [.. second, 8, 7]], maximumS, false);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Streets))]
    [Trait("rule", "C07")]
    public void A_busy_street_comes_into_step_and_everybody_is_served(byte[][] sequence, int maximumS, bool isRecalled)
    {
        var splits = new[] { 18, 32, 20, 30, 15, 35, 22, 28 };
        var pattern = new PatternTiming
        {
            Number = 3,
            CycleMs = 100_000,
            OffsetMs = 37_000,
            SplitMs = splits.Select((s, i) => ((byte)(i + 1), s * 1000)).ToImmutableSortedDictionary(s => s.Item1, s => s.Item2),
            Sequence = [.. sequence.Select(ring => ring.ToImmutableArray())],
        };
        var program = new ControllerProgram(
            Enumerable.Range(1, 8).Select(p => new PhaseTiming
            {
                Number = (byte)p,
                Ring = (byte)(p <= 4 ? 1 : 2),
                BarrierGroup = (byte)(p is 1 or 2 or 5 or 6 ? 1 : 2),
                MinimumGreenMs = 5000,
                MaximumMs = maximumS * 1000,
                YellowMs = 4000,
                RedClearanceMs = 1000,
                IsCoordinated = p is 2 or 6,
                Recall = isRecalled ? Recall.Maximum : Recall.None,
            }),
            patterns: [pattern]);
        var (state, log) = (new ControllerState(), new EventBuffer());
        var lastGreenMs = new long[9];
        var inStepMs = -1L;

        // Nobody waits longer than the greens of all others at their longest, and once in step no longer than two cycles.
        for (var time = 0L; time < 3_600_000; time += ControllerStep.TickMs)
        {
            ControllerStep.Step(program, state, new ControllerInputs { TimeMs = time, LocalDayMs = (int)time, Pattern = 3, VehicleCalls = 0x1FE, Extensions = 0x1FE }, log);
            inStepMs = inStepMs < 0 && state.Mode == CoordinationMode.InStep ? time : inStepMs;
            for (var p = 1; p <= 8; p++)
            {
                lastGreenMs[p] = Bits.Has(state.Greens, p) ? time : lastGreenMs[p];
                var mostMs = inStepMs >= 0 && time - inStepMs > 200_000 ? 200_000 : 8L * ((maximumS * 1000) + 5000);
                Assert.True(time - lastGreenMs[p] <= mostMs, $"phase {p} has waited {(time - lastGreenMs[p]) / 1000} s at {time / 1000} s, mode {state.Mode}");
            }
        }

        Assert.InRange(inStepMs, 0, (8L * ((maximumS * 1000) + 5000)) + 1_000_000);
    }
}
