using System.Collections.Immutable;
using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Traci;

/// <summary>Reads the detectors of a simulation into frames.</summary>
public sealed class TraciSensors
{
    private readonly (int Detector, int At, bool IsLoop)[] _places;

    /// <param name="client">A connected client; the subscriptions go with its next message.</param>
    /// <param name="detectors">All that there are.</param>
    /// <param name="wanted">Indices of those to read, once each.</param>
    public TraciSensors(TraciClient client, ImmutableArray<LaneDetector> detectors, IEnumerable<int> wanted)
    {
        _places = [.. wanted.Select(d => (d, detectors[d].IsLoop
            ? client.Subscribe(TraciDomain.Loop, detectors[d].Name, TraciValue.Vehicles, TraciValue.SinceDetectionS)
            : client.Subscribe(TraciDomain.Zone, detectors[d].Name, TraciValue.Vehicles, TraciValue.Halting, TraciValue.SpeedMps), detectors[d].IsLoop))];
        Frame = new DetectorFrame(detectors.Length);
    }

    /// <summary>What the detectors said of the last step that was taken in.</summary>
    public DetectorFrame Frame { get; }

    /// <summary>Takes in the values of the last step.</summary>
    /// <param name="client">The client that made the step.</param>
    /// <param name="goesOn">True within a second of several steps: who passed a loop is added up, and a loop counts as covered only if it is at the end.</param>
    public void Read(TraciClient client, bool goesOn = false)
    {
        var values = client.Values;
        foreach (var (detector, at, isLoop) in _places)
        {
            if (isLoop)
            {
                // Vehicles on a loop at the end of the step count in its number too: those that left are the others.
                Frame.Covered[detector] = values[at + 1] <= 0 ? 1 : double.IsNaN(values[at + 1]) ? float.NaN : 0;
                Frame.Passed[detector] = (float)Math.Max(0, values[at] - Frame.Covered[detector]) + (goesOn ? Frame.Passed[detector] : 0);
            }
            else
            {
                Frame.Vehicles[detector] = (float)values[at];
                Frame.Halting[detector] = (float)values[at + 1];
                Frame.SpeedMps[detector] = values[at + 2] < 0 ? float.NaN : (float)values[at + 2];
            }
        }
    }
}
