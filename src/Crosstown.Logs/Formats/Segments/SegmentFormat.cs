using Crosstown.Core.Data;
using Crosstown.Logs.Store;

namespace Crosstown.Logs.Formats.Segments;

/// <summary>Crosstown's own event segments, as they lie in a data folder: one signal's day, with its zone.</summary>
/// <remarks>Blocks are checked one by one: a damaged block is reported and left out, the others are taken. A segment is read at random, so it is first laid down in a temporary file.</remarks>
public sealed class SegmentFormat : ILogFormat
{
    /// <summary>Most bytes of one segment: a day of 60 million events.</summary>
    private const long MaxFileBytes = 64L << 20;

    public string Name => "segment";

    public bool Recognizes(ReadOnlySpan<byte> head) => SegmentFile.IsSegment(head);

    public void Read(LogContent content, LogReading reading)
    {
        var folder = Directory.CreateTempSubdirectory("crosstown-segment-");
        try
        {
            var path = Path.Combine(folder.FullName, "segment");
            content.LimitTo(MaxFileBytes);
            using (var file = File.Create(path))
            {
                content.CopyTo(file);
            }

            using var segment = SegmentFile.TryOpen(path, reading.Source, reading.Issues);
            if (segment is null)
            {
                reading.RefuseFile(DataIssueKind.DamagedBlock, 0, "", "the segment's head cannot be read, so nothing says whose events these are; it is left out");
                return;
            }

            while (segment.Next(out var block))
            {
                reading.TakeStored(segment.Signal, segment.Zone, block);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
