using System.Collections.Immutable;
using Crosstown.Control.Sites;
using Crosstown.Core;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Failure;

/// <summary>How detectors are made to fail.</summary>
public enum FaultKind
{
    /// <summary>It says nothing, or sees nobody ever: half of them each.</summary>
    Silent,

    /// <summary>A loop is covered all the time, a zone says one and the same count.</summary>
    Stuck,

    /// <summary>It counts at random.</summary>
    Chatter,

    /// <summary>Each of them as chance will have it.</summary>
    Mixed,
}

/// <summary>Makes a part of the detectors fail, between the street and who controls it, to see what comes of it: the street itself is untouched.</summary>
/// <remarks>Which fail, how, and what those say that chatter follows from the seed alone. They fail from the first second to the last.</remarks>
public sealed class DetectorFaults
{
    private const int MostVehicles = 20;
    private const int MostPasses = 4;
    private const float MovingMps = 10;
    private readonly ImmutableArray<LaneDetector> _detectors;
    private readonly (int Detector, FaultKind Kind, bool SaysNothing, float Vehicles, float Halting)[] _failed;
    private readonly RandomNumbers _chatter;

    /// <param name="detectors">All that there are.</param>
    /// <param name="sensed">Indices of those that are read: the lot is drawn over these, in the order given.</param>
    /// <param name="share">Part of them that fails, 0-1; rounded to whole detectors.</param>
    /// <param name="kind">How.</param>
    /// <param name="seed">Decides all that is left to chance.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not 0-1.</exception>
    public DetectorFaults(ImmutableArray<LaneDetector> detectors, IReadOnlyList<int> sensed, double share, FaultKind kind, ulong seed)
    {
        if (!(share >= 0 && share <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "A share is 0 to 1.");
        }

        _detectors = detectors;
        var random = new RandomNumbers(seed, 1);
        _chatter = new RandomNumbers(seed, 2);
        var order = sensed.ToArray();
        for (var i = order.Length - 1; i > 0; i--)
        {
            var other = random.NextInt(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        _failed = [.. order.Take((int)Math.Round(share * order.Length)).Select(Make)];

        (int, FaultKind, bool, float, float) Make(int detector)
        {
            var drawn = (FaultKind)random.NextInt(3);
            var vehicles = random.NextInt(MostVehicles / 2);
            return (detector, kind == FaultKind.Mixed ? drawn : kind, random.NextInt(2) == 0, vehicles, random.NextInt(vehicles + 1));
        }
    }

    /// <summary>Detectors that fail.</summary>
    public IEnumerable<int> Failed => _failed.Select(f => f.Detector);

    /// <summary>Puts into a frame what the failed detectors say in place of what they should.</summary>
    public void Apply(DetectorFrame frame)
    {
        foreach (var (d, kind, saysNothing, vehicles, halting) in _failed)
        {
            if (_detectors[d].IsLoop)
            {
                (frame.Passed[d], frame.Covered[d]) = kind switch
                {
                    FaultKind.Silent => saysNothing ? (float.NaN, float.NaN) : (0, 0),
                    FaultKind.Stuck => (0, 1),
                    _ => (_chatter.NextInt(MostPasses), _chatter.NextInt(2)),
                };
                continue;
            }

            var (count, standing) = kind switch
            {
                FaultKind.Silent => saysNothing ? (float.NaN, float.NaN) : (0f, 0f),
                FaultKind.Stuck => (vehicles, halting),
                _ => ((float)_chatter.NextInt(MostVehicles), 0f),
            };
            (frame.Vehicles[d], frame.Halting[d]) = (count, kind == FaultKind.Chatter ? _chatter.NextInt((int)count + 1) : standing);
            frame.SpeedMps[d] = count > 0 ? MovingMps * (1 - (frame.Halting[d] / count)) : float.NaN;
        }
    }
}
