using System.Text;

namespace Crosstown.Timing.Utdf;

/// <summary>Where a cell lies in its line, with quotes and blanks.</summary>
internal readonly record struct UtdfCell(int Start, int Length, bool IsQuoted)
{
    /// <summary>Cuts a line into cells, the first <paramref name="most"/> of them.</summary>
    /// <remarks>
    /// Quotes count where a cell begins with one (<c>="0715"</c>, as spreadsheets write text, too) and a closing one ends it; any other quote is text. A line is never
    /// continued in the next.
    /// </remarks>
    public static void Split(ReadOnlySpan<byte> line, List<UtdfCell> cells, int most = int.MaxValue)
    {
        cells.Clear();
        var at = 0;
        while (cells.Count < most)
        {
            var rest = line[at..];
            var end = EndOfQuoted(rest);
            var isQuoted = end >= 0;
            if (!isQuoted)
            {
                end = rest.IndexOf((byte)',');
                end = end < 0 ? rest.Length : end;
            }

            cells.Add(new UtdfCell(at, end, isQuoted));
            at += end + 1;
            if (at > line.Length)
            {
                return;
            }
        }
    }

    /// <summary>The cell without blanks around it and, if it has no quotes, as it stands.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line)
    {
        var value = line.Slice(Start, Length).Trim(" \t"u8);
        if (!IsQuoted)
        {
            return value;
        }

        var open = value.IndexOf((byte)'"');
        return value[(open + 1)..^1].Trim(" \t"u8);
    }

    /// <summary>What a new text replaces: the cell with its quotes, without blanks around it and without the sign that spreadsheets put before quotes.</summary>
    public (int Start, int End) Content(ReadOnlySpan<byte> line)
    {
        var value = line.Slice(Start, Length);
        var blanks = value.Length - value.TrimStart(" \t"u8).Length;
        var start = IsQuoted ? value.IndexOf((byte)'"') : blanks;
        return (Start + start, Start + Math.Max(start, value.TrimEnd(" \t"u8).Length));
    }

    public string Text(ReadOnlySpan<byte> line, Encoding encoding)
    {
        var text = encoding.GetString(Value(line));
        return IsQuoted ? text.Replace("\"\"", "\"", StringComparison.Ordinal) : text;
    }

    /// <summary>A cell that reads back as the text.</summary>
    public static string Quote(string text, bool keepQuotes)
    {
        var oneLine = text.ReplaceLineEndings(" ");
        return keepQuotes || oneLine.AsSpan().IndexOfAny(',', '"') >= 0 ? $"\"{oneLine.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : oneLine;
    }

    /// <summary>Length of a quoted cell at the begin of the text; -1 when it is not quoted or the quote is not closed before the next comma.</summary>
    private static int EndOfQuoted(ReadOnlySpan<byte> rest)
    {
        if (rest is not [(byte)'"' or (byte)'=' or (byte)' ' or (byte)'\t', ..])
        {
            return -1;
        }

        var open = rest.IndexOfAnyExcept((byte)' ', (byte)'\t');
        open += open >= 0 && rest[open] == '=' ? 1 : 0;
        if (open < 0 || open >= rest.Length || rest[open] != '"')
        {
            return -1;
        }

        for (var i = open + 1; i < rest.Length; i++)
        {
            if (rest[i] != '"')
            {
                continue;
            }

            if (i + 1 < rest.Length && rest[i + 1] == '"')
            {
                i++;
                continue;
            }

            var after = rest[(i + 1)..].IndexOfAnyExcept((byte)' ', (byte)'\t');
            return after < 0 ? rest.Length : rest[i + 1 + after] == ',' ? i + 1 + after : -1;
        }

        return -1;
    }
}
