namespace Crosstown.Logs.Formats;

/// <summary>How a line of text came.</summary>
internal enum LineStatus
{
    /// <summary>There are no more lines.</summary>
    None,

    /// <summary>A line with its line end.</summary>
    Whole,

    /// <summary>The last line, without a line end: many programs write no end, but the file may also be cut.</summary>
    Unended,

    /// <summary>The content ended before its time, inside this line: it cannot be trusted, as <c>27</c> may have become <c>2</c>.</summary>
    Cut,

    /// <summary>A line longer than the limit; it was skipped.</summary>
    TooLong,
}

/// <summary>Cuts content into lines, one after the other, none longer than a limit.</summary>
internal static class LogLines
{
    /// <summary>Consumes the next line.</summary>
    /// <param name="line">Without its line end; good until the next call. Empty for a line that was skipped.</param>
    public static LineStatus Next(LogContent content, int limitBytes, out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            var end = content.Unread.IndexOf((byte)'\n');
            if (end >= 0)
            {
                line = content.Unread[..end].TrimEnd((byte)'\r');
                content.Consume(end + 1);
                return line.Length > limitBytes ? LineStatus.TooLong : LineStatus.Whole;
            }

            if (content.Unread.Length > limitBytes)
            {
                SkipLine(content);
                line = [];
                return LineStatus.TooLong;
            }

            if (!content.Fill())
            {
                line = content.Unread;
                content.Consume(line.Length);
                return line.Trim(" \r\t"u8).Length == 0 ? LineStatus.None : content.Trouble is null ? LineStatus.Unended : LineStatus.Cut;
            }
        }
    }

    private static void SkipLine(LogContent content)
    {
        do
        {
            var end = content.Unread.IndexOf((byte)'\n');
            if (end >= 0)
            {
                content.Consume(end + 1);
                return;
            }

            content.Consume(content.Unread.Length);
        }
        while (content.Fill());
    }
}
