using System.Buffers.Binary;
using Crosstown.Core.Data;

namespace Crosstown.Logs.Formats.Econolite;

/// <summary>The <c>.dat</c> files of Econolite ASC/3, Cobalt and EOS controllers, packed (<c>.datZ</c>) or not.</summary>
/// <remarks>
/// Seven lines of text, each beginning with the wall-clock time at which the file starts; the last says which phases are in use. Then records of four
/// bytes: code, parameter, and the unsigned 16-bit big-endian number of tenths of a second since the start, up to 109 minutes. The lines between hold the
/// controller's network and hardware address: only the time before the first comma of a line is looked at (rule P10).
/// Offsets are time elapsed, so a clock change inside the file does not touch them; only the start has to be told apart.
/// </remarks>
public sealed class EconoliteFormat : ILogFormat
{
    private const int HeaderLines = 7;
    private const int LongestHeaderLine = 512;
    private const int LongestTime = 32;
    private const int RecordBytes = 4;
    private const int TenthMs = 100;

    public string Name => "econolite";

    /// <summary>A time, a comma and a word on the first line, or the header's own words on one of the next.</summary>
    public bool Recognizes(ReadOnlySpan<byte> head)
    {
        for (var line = 0; line < HeaderLines && head.Length > 0; line++)
        {
            var end = head.IndexOf((byte)'\n');
            if (IsHeaderLine(end < 0 ? head : head[..end], anyWord: line == 0))
            {
                return true;
            }

            head = end < 0 ? [] : head[(end + 1)..];
        }

        return false;
    }

    public void Read(LogContent content, LogReading reading)
    {
        content.LimitTo(reading.Settings.Limits.ControllerFileBytes);
        if (!TryHeader(content, reading, out var startLocalMs) || reading.ForUnnamed() is not { } signal)
        {
            return;
        }

        var startMs = signal.StartOfElapsed(startLocalMs, 1);
        do
        {
            var position = content.Position;
            var records = content.Unread[..(content.Unread.Length / RecordBytes * RecordBytes)];
            for (var at = 0; at < records.Length; at += RecordBytes)
            {
                var tenths = BinaryPrimitives.ReadUInt16BigEndian(records[(at + 2)..]);
                signal.AddUtc(startMs + (tenths * (long)TenthMs), records[at], records[at + 1], position + at);
            }

            content.Consume(records.Length);
        }
        while (content.Fill());

        if (content.Unread.Length > 0)
        {
            reading.RefuseRow(
                DataIssueKind.Truncated,
                content.Position,
                [],
                $"the file ends after {content.Unread.Length} of the {RecordBytes} bytes of a record, which is left out");
        }
    }

    private static bool IsHeaderLine(ReadOnlySpan<byte> line, bool anyWord)
    {
        var comma = line[..Math.Min(line.Length, LongestTime)].IndexOf((byte)',');
        if (comma < 0 || !TimestampText.TryParse(line[..comma], out _, out var isUtc) || isUtc)
        {
            return false;
        }

        var word = line[(comma + 1)..];
        return (anyWord && word.Length > 0 && char.IsAsciiLetter((char)word[0]))
            || word.StartsWith("Intersection #"u8) || word.StartsWith("Controller Data Log"u8) || word.StartsWith("Phases in use"u8);
    }

    /// <summary>Reads the header. All lines carry the same time, so a damaged one is outvoted; without four that agree the file is refused.</summary>
    private static bool TryHeader(LogContent content, LogReading reading, out long startLocalMs)
    {
        Span<long> starts = stackalloc long[HeaderLines];
        var count = 0;
        for (var line = 1; line <= HeaderLines; line++)
        {
            var end = content.Unread.IndexOf((byte)'\n');
            if (end is < 0 or > LongestHeaderLine)
            {
                reading.RefuseFile(
                    end < 0 && content.Unread.Length <= LongestHeaderLine ? DataIssueKind.Truncated : DataIssueKind.BadHeader,
                    line,
                    "",
                    $"line {line} of the header's {HeaderLines} has no end within {LongestHeaderLine} bytes; the file is left out");
                startLocalMs = 0;
                return false;
            }

            var text = content.Unread[..end];
            var comma = text.IndexOf((byte)',');
            if (comma > 0 && TimestampText.TryParse(text[..comma], out var startMs, out _))
            {
                starts[count++] = startMs;
            }

            var isLast = text[(comma + 1)..].StartsWith("Phases in use"u8);
            content.Consume(end + 1);
            if (isLast)
            {
                return TryAgree(starts[..count], line, reading, out startLocalMs);
            }
        }

        reading.Report(DataIssueKind.BadHeader, HeaderLines, "", "line 7 of the header is not 'Phases in use:'; the records are taken to begin after it");
        return TryAgree(starts[..count], HeaderLines, reading, out startLocalMs);
    }

    private static bool TryAgree(ReadOnlySpan<long> starts, int lines, LogReading reading, out long startLocalMs)
    {
        startLocalMs = 0;
        var most = 0;
        foreach (var start in starts)
        {
            var agreeing = starts.Count(start);
            if (agreeing > most)
            {
                (most, startLocalMs) = (agreeing, start);
            }
        }

        if (most * 2 <= lines)
        {
            reading.RefuseFile(DataIssueKind.BadHeader, 1, "", $"{most} of {lines} header lines agree on the time at which the file starts; more than half must; the file is left out");
            return false;
        }

        if (most < lines)
        {
            reading.Report(DataIssueKind.Conflict, 1, TimestampText.Write(startLocalMs), $"{lines - most} of {lines} header lines disagree about the time at which the file starts; that of the others is taken");
        }

        return true;
    }
}
