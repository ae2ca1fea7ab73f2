using System.Collections.Immutable;
using System.Numerics;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Proof;

/// <summary>Approaches and movements in words.</summary>
public static class ApproachWords
{
    /// <summary>Such as <c>eastbound</c>; <c>other</c> when the direction is unknown.</summary>
    public static string Of(TravelDirection direction) => direction == TravelDirection.Unknown ? "other" : direction.ToString().ToLowerInvariant();

    /// <summary>Such as <c>through and right</c>.</summary>
    public static string Of(LaneMovement movement) => movement switch
    {
        LaneMovement.Left => "left",
        LaneMovement.Through => "through",
        LaneMovement.Right => "right",
        LaneMovement.ThroughLeft => "through and left",
        LaneMovement.ThroughRight => "through and right",
        LaneMovement.LeftThroughRight => "left, through and right",
        _ => "left and right",
    };

    /// <summary>What each phase of a signal serves, such as <c>eastbound left</c>, by phase that serves something.</summary>
    /// <param name="signal">Index of the signal.</param>
    public static ImmutableSortedDictionary<byte, string> ByPhase(TimingNetwork network, int signal)
    {
        var words = new SortedDictionary<byte, List<string>>();
        foreach (var group in network.Groups.Where(g => g.Signal == signal))
        {
            for (var mask = group.Phases; mask != 0; mask &= mask - 1)
            {
                var phase = (byte)BitOperations.TrailingZeroCount(mask);
                words.TryAdd(phase, []);
                words[phase].Add($"{Of(group.Direction)} {Of(group.Movement)}");
            }
        }

        return words.ToImmutableSortedDictionary(w => w.Key, w => string.Join("; ", w.Value.Distinct()));
    }
}
