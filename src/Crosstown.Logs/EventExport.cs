using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;

namespace Crosstown.Logs;

/// <summary>Raw events as a table: what an agency needs to leave us, or to ask a question that we do not answer.</summary>
/// <remarks>
/// Raw events are of the tier that only engineers see (rule P13): no public page and no link measure is made from this table.
/// In UTC the file can be imported again to the same events; on the wall clock the two passes of autumn's repeated hour look the same.
/// </remarks>
public static class EventExport
{
    /// <summary>How many events are turned into rows at once.</summary>
    private const int BatchRows = 4096;

    /// <summary>The columns of the file, sorted by signal and then by time.</summary>
    public static TableSchema Schema { get; } = new()
    {
        Name = "events",
        Columns =
        [
            new Column("time", ColumnType.Time, "", "When the controller logged the event; never missing."),
            new Column("signal", ColumnType.Signal, "", "The signal whose controller logged it."),
            new Column("code", ColumnType.Integer, "", "Event code: 0-255 of the Indiana/Purdue list, a vendor's own above; never missing."),
            new Column("parameter", ColumnType.Integer, "", "Phase, overlap, channel, pattern or seconds, as the code says; a vendor's may be negative; never missing."),
        ],
    };

    /// <summary>Writes events, signal after signal, in memory that does not grow with their number.</summary>
    /// <param name="range">The time to write.</param>
    /// <param name="signals">Whose events, in the order in which they are written.</param>
    /// <param name="writer">Takes <see cref="Schema"/>; is not completed here.</param>
    /// <returns>The number of events written.</returns>
    /// <exception cref="OperationCanceledException">The work was stopped; what is written so far is to be thrown away.</exception>
    public static long Write(IEventSource source, TimeRange range, IEnumerable<SignalId> signals, ITableWriter writer, CancellationToken stop)
    {
        var rows = new RowBuffer(Schema, BatchRows);
        long written = 0;
        foreach (var signal in signals)
        {
            var clock = source.ClockOf(signal);
            using var reader = source.Open(signal, range);
            while (reader.Next(out var block))
            {
                stop.ThrowIfCancellationRequested();
                written += block.Length;
                while (!block.IsEmpty)
                {
                    var batch = block[..Math.Min(block.Length, BatchRows)];
                    block = block[batch.Length..];
                    rows.Clear();
                    foreach (ref readonly var e in batch)
                    {
                        rows.Time(e.TimeMs).Integer((long)e.Code).Integer((long)e.Parameter);
                    }

                    writer.Write(signal, clock, rows, 0, batch.Length);
                }
            }
        }

        return written;
    }
}
