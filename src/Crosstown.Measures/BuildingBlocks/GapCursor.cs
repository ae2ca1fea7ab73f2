using Crosstown.Core.Time;
using Crosstown.Measures.Engine;

namespace Crosstown.Measures.BuildingBlocks;

/// <summary>Hands out a log's gaps one after the other, each before the first event behind it is worked on.</summary>
/// <remarks>
/// Coverage runs ahead of a measure by the rest of the piece at hand; asked with the time of each event, this gives the same gaps at the same
/// places however the log is cut.
/// </remarks>
public sealed class GapCursor(SignalCoverage coverage)
{
    private int _passed;

    /// <summary>The next gap that ended at or before a moment.</summary>
    /// <param name="timeMs">Time of the event about to be worked on, or the watermark.</param>
    public bool TryPass(long timeMs, out TimeRange gap)
    {
        if (_passed < coverage.Gaps.Count && coverage.Gaps[_passed].EndMs <= timeMs)
        {
            gap = coverage.Gaps[_passed++];
            return true;
        }

        gap = default;
        return false;
    }
}
