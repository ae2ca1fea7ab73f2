using Crosstown.Core.Data;

namespace Crosstown.Logs.Formats.Csv;

/// <summary>Event tables as text: comma, semicolon or tab, any column order, any of the names that exports use.</summary>
public sealed class CsvFormat : ILogFormat
{
    public string Name => "csv";

    /// <summary>Text whose first line has a comma, semicolon or tab. Asked last: other formats are text too.</summary>
    public bool Recognizes(ReadOnlySpan<byte> head)
    {
        var text = WithoutByteOrderMark(head);
        var end = text.IndexOfAny((byte)'\n', (byte)'\r');
        var line = end < 0 ? text : text[..end];
        return line.IndexOf((byte)0) < 0 && line.Length > 0 && CsvLayout.DelimiterOf(line) != 0;
    }

    public void Read(LogContent content, LogReading reading)
    {
        while (content.Unread.Length < LogFormats.HeadBytes && content.Fill())
        {
        }

        content.Consume(content.Unread.Length - WithoutByteOrderMark(content.Unread).Length);
        while (content.Unread.IndexOf((byte)'\n') < 0 && content.Fill())
        {
        }

        var end = content.Unread.IndexOf((byte)'\n');
        var header = (end < 0 ? content.Unread : content.Unread[..end]).TrimEnd((byte)'\r').ToArray();
        if (header.Length > reading.Settings.Limits.LineBytes)
        {
            reading.RefuseFile(DataIssueKind.LimitReached, 1, "", $"the header line is longer than {reading.Settings.Limits.LineBytes} bytes; the file is left out");
            return;
        }

        if (CsvLayout.Read(header, reading) is not { } layout)
        {
            return;
        }

        var unnamed = layout.Signal < 0 ? reading.ForUnnamed() : null;
        if (layout.Signal >= 0 || unnamed is not null)
        {
            content.Consume(end < 0 ? content.Unread.Length : end + 1);
            new CsvReader(content, reading, layout, header, unnamed).ReadRows();
        }
    }

    private static ReadOnlySpan<byte> WithoutByteOrderMark(ReadOnlySpan<byte> text) => text.StartsWith("\uFEFF"u8) ? text[3..] : text;
}
