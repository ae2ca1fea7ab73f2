using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Logs.Store;

/// <summary>One segment read as a file of its own, wherever it lies: how segments are imported into another store.</summary>
/// <remarks>Nothing the file says is trusted: what is damaged or contradicts itself is reported and left out.</remarks>
public sealed class SegmentFile : IDisposable
{
    private readonly SegmentCursor _cursor;
    private readonly ControllerEvent[] _events = new ControllerEvent[SegmentModel.BlockEvents];

    private SegmentFile(SegmentCursor cursor) => _cursor = cursor;

    /// <summary>Whose events these are.</summary>
    public SignalId Signal => _cursor.Head.Signal;

    /// <summary>IANA zone of the signal's wall clock.</summary>
    public string Zone => _cursor.Head.Zone;

    /// <summary>The UTC day of all of the events.</summary>
    public DateOnly Day => EventKey.ToDate(_cursor.Head.Day);

    /// <summary>Whether a file that starts like this is a segment. Four bytes are enough.</summary>
    public static bool IsSegment(ReadOnlySpan<byte> start) => start.Length >= sizeof(uint) && Frame.KindOf(start) == Frame.Head;

    /// <summary>Opens a segment; null when its head cannot be read.</summary>
    /// <param name="name">What issues call the file.</param>
    /// <param name="issues">Takes what is damaged.</param>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static SegmentFile? TryOpen(string path, string name, DataIssueLog issues)
    {
        var cursor = new SegmentCursor();
        if (cursor.TryOpen(path, name, null, null, issues))
        {
            return new SegmentFile(cursor);
        }

        cursor.Dispose();
        return null;
    }

    /// <summary>Reads the next block; false at the end.</summary>
    /// <param name="block">Events in order within the block, good until the next call.</param>
    public bool Next(out ReadOnlySpan<ControllerEvent> block)
    {
        var count = _cursor.Read(_events);
        block = _events.AsSpan(0, count);
        return count > 0;
    }

    public void Dispose() => _cursor.Dispose();
}
