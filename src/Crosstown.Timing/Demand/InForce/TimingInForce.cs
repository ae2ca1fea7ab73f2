using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Timing.Demand.InForce;

/// <summary>A time in which one pattern was in force.</summary>
/// <param name="When">Ms UTC.</param>
/// <param name="Number">1-253; <see cref="ControllerStep.FreePattern"/> for free, 255 for flash.</param>
public sealed record PatternSpan(TimeRange When, byte Number);

/// <summary>How well a recovered pattern is known.</summary>
public sealed record RecoveredPattern
{
    /// <summary>Splits are there for every phase that was served.</summary>
    public required PatternTiming Timing { get; init; }

    /// <summary>True when its number is the controller's; false when the plan was seen only by its behavior, and the number is ours.</summary>
    public required bool IsNumberLogged { get; init; }

    /// <summary>Cycles that it was learnt from.</summary>
    public required int Cycles { get; init; }

    /// <summary>
    /// Phases whose split is only bounded: no green was seen to reach the border between it and its neighbor, and no code says it. The first of two has
    /// at least, the second at most what is given; their sum is right.
    /// </summary>
    public ImmutableArray<byte> BoundedSplits { get; init; } = [];

    /// <summary>The coordinated phase whose ends tell most exactly where in its cycle the signal is.</summary>
    internal byte AnchorPhase { get; init; }

    /// <summary>Place on the clock, ms, at which that phase's green ends.</summary>
    internal long AnchorMs { get; init; }

    /// <summary>What each figure rests on; a value that codes and behavior disagree on says so in its basis.</summary>
    public required ImmutableArray<Evidence> Evidence { get; init; }
}

/// <summary>The timing that a signal really ran, recovered from its log.</summary>
public sealed record TimingInForce
{
    public required SignalId Signal { get; init; }

    /// <summary>Phases that were served, with intervals as they were shown.</summary>
    public required ImmutableArray<PhaseTiming> Phases { get; init; }

    public ImmutableArray<OverlapTiming> Overlaps { get; init; } = [];

    /// <summary>Every pattern that was seen, by number.</summary>
    public required ImmutableArray<RecoveredPattern> Patterns { get; init; }

    /// <summary>What was in force when, in time order, without gaps inside the log.</summary>
    public required ImmutableArray<PatternSpan> Spans { get; init; }

    /// <summary>Share of services with a walk, 0-1, by phase that has one.</summary>
    public required ImmutableSortedDictionary<byte, double> WalkCallShare { get; init; }

    /// <summary>What the figures of phases rest on.</summary>
    public required ImmutableArray<Evidence> Evidence { get; init; }

    /// <summary>The pattern of a number; null for free, flash or an unknown number.</summary>
    public RecoveredPattern? FindPattern(byte number) => Patterns.FirstOrDefault(p => p.Timing.Number == number);

    /// <summary>What was in force at a moment; null outside the log.</summary>
    public PatternSpan? FindSpan(long timeMs) => Spans.FirstOrDefault(s => s.When.Contains(timeMs));

    /// <summary>The pattern that was in force longest in some times; null when that was free or flash, or nothing is known.</summary>
    public RecoveredPattern? MostIn(IEnumerable<TimeRange> times)
    {
        var lengths = new Dictionary<byte, long>();
        foreach (var time in times)
        {
            foreach (var span in Spans)
            {
                var lengthMs = Math.Min(span.When.EndMs, time.EndMs) - Math.Max(span.When.StartMs, time.StartMs);
                if (lengthMs > 0)
                {
                    lengths[span.Number] = lengths.GetValueOrDefault(span.Number) + lengthMs;
                }
            }
        }

        return lengths.Count == 0 ? null : FindPattern(lengths.OrderByDescending(l => l.Value).ThenBy(l => l.Key).First().Key);
    }
}
