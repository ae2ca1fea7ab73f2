using System.Collections;
using System.Collections.Immutable;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;

namespace Crosstown.Measures.BuildingBlocks;

/// <summary>The columns that every row of our own tables ends with: how far its numbers can be trusted.</summary>
public static class Quality
{
    /// <summary>The columns, in order.</summary>
    public static ImmutableArray<Column> Columns { get; } =
    [
        new("seen_share", ColumnType.Real, "0-1", "Share of the row's time that the log really saw: gaps longer than 5 minutes and time before the first or after the last event are not seen."),
        new("dropped_cycles", ColumnType.Integer, "", "Cycles left out because their event sequence was broken; null where the measure uses no cycles."),
        new("repaired_pairs", ColumnType.Integer, "", "Detector on-off pairs that had to be repaired; null where the measure uses none."),
        new("faulted_detectors", ColumnType.Integer, "", "Detectors behind the row that the controller reported at fault, or that stayed on for 30 minutes or longer; null where the measure uses none."),
    ];

    /// <summary>Ends a row with its quality columns.</summary>
    /// <param name="rows">All other cells of the row are written.</param>
    /// <param name="coverage">The signal's coverage.</param>
    /// <param name="span">The time that the row speaks for.</param>
    /// <param name="droppedCycles">Null where the measure uses no cycles.</param>
    /// <param name="repairedPairs">Null where the measure uses no pairs.</param>
    /// <param name="channels">The detectors behind the row, 256 bits; null where there are none.</param>
    public static void Write(RowBuffer rows, SignalCoverage coverage, TimeRange span, long? droppedCycles, long? repairedPairs, BitArray? channels) =>
        rows.Real(coverage.SeenShare(span))
            .Integer(droppedCycles)
            .Integer(repairedPairs)
            .Integer(channels is null ? null : coverage.FaultedCount(span, channels));

    /// <summary>Ends the row of a single detector.</summary>
    public static void Write(RowBuffer rows, SignalCoverage coverage, TimeRange span, long? droppedCycles, long? repairedPairs, int channel) =>
        rows.Real(coverage.SeenShare(span))
            .Integer(droppedCycles)
            .Integer(repairedPairs)
            .Integer(coverage.IsFaulted(span, channel) ? 1 : 0);

    /// <summary>Ends a row that was made from rows of other tables.</summary>
    /// <param name="seenShare">Mean over the rows behind it, weighted as they went in; null when none is known.</param>
    /// <param name="faultedDetectors">Most over the rows behind it; null where they used none.</param>
    public static void WriteComposed(RowBuffer rows, double? seenShare, long? faultedDetectors = null) =>
        rows.Real(seenShare).Null().Null().Integer(faultedDetectors);

    /// <summary>A set of channels, as rows of several detectors take it.</summary>
    public static BitArray Channels(IEnumerable<byte> channels)
    {
        var set = new BitArray(256);
        foreach (var channel in channels)
        {
            set[channel] = true;
        }

        return set;
    }
}
