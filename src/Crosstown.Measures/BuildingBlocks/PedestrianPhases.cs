using Crosstown.Core.Street;

namespace Crosstown.Measures.BuildingBlocks;

/// <summary>Which phase a button calls and a pedestrian overlap's walk serves, as tables.</summary>
/// <remarks>
/// A button whose phase is not configured calls the phase of its own number. A pedestrian overlap serves the protected phase of the approach that names it;
/// without one nobody knows, since overlaps and phases are numbered apart.
/// </remarks>
public sealed class PedestrianPhases
{
    private readonly byte[] _ofChannel = new byte[256];
    private readonly byte[] _ofOverlap = new byte[256];

    public PedestrianPhases(SignalConfiguration configuration)
    {
        for (var channel = 0; channel < _ofChannel.Length; channel++)
        {
            _ofChannel[channel] = configuration.PhaseOfPedestrianChannel((byte)channel);
        }

        foreach (var approach in configuration.Approaches)
        {
            if (approach is { Pedestrian: { IsOverlap: true } overlap, Protected: { IsOverlap: false } phase })
            {
                _ofOverlap[overlap.Number] = phase.Number;
            }
        }
    }

    /// <summary>The phase that a pedestrian channel calls.</summary>
    public byte PhaseOfChannel(byte channel) => _ofChannel[channel];

    /// <summary>The phase that a pedestrian overlap's walk serves; 0 when it is not configured.</summary>
    public byte PhaseOfOverlap(byte overlap) => _ofOverlap[overlap];
}
