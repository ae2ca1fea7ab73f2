using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Optimization;

/// <summary>One signal's timing while it is searched for. Splits by phase number, 17 long.</summary>
internal sealed record SignalState(int CycleMs, ImmutableArray<ImmutableArray<byte>> Sequence, int[] SplitMs, int OffsetMs, OffsetReference Reference)
{
    public static SignalState Of(PatternTiming pattern)
    {
        var splits = new int[ControllerProgram.MaxPhase + 1];
        foreach (var (phase, ms) in pattern.SplitMs)
        {
            splits[phase] = ms;
        }

        return new SignalState(pattern.CycleMs, pattern.Sequence.IsDefault ? [] : pattern.Sequence, splits, pattern.OffsetMs, pattern.Reference);
    }

    /// <summary>As a pattern: today's with these times, or a new one.</summary>
    public PatternTiming ToPattern(TimedSignal signal, byte number)
    {
        var pattern = signal.Today ?? new PatternTiming { Number = number, CycleMs = CycleMs, OffsetMs = 0, SplitMs = ImmutableSortedDictionary<byte, int>.Empty };
        return pattern with
        {
            CycleMs = CycleMs,
            OffsetMs = OffsetMs,
            Sequence = Sequence,
            Reference = Reference,
            SplitMs = signal.Phases.ToImmutableSortedDictionary(p => p.Number, p => SplitMs[p.Number]),
        };
    }
}
