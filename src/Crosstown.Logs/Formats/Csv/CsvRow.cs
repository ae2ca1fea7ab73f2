namespace Crosstown.Logs.Formats.Csv;

/// <summary>Cuts a line of a text table into fields, with quotes as RFC 4180 has them. A field does not go over the end of its line.</summary>
internal static class CsvRow
{
    /// <summary>Finds where fields end.</summary>
    /// <param name="line">Without its line end.</param>
    /// <param name="ends">Takes the index behind each field.</param>
    /// <returns>The number of fields; -1 when there are more than <paramref name="ends"/> holds or a quote is not closed.</returns>
    public static int Split(ReadOnlySpan<byte> line, byte delimiter, Span<int> ends)
    {
        var count = 0;
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var b = line[i];
            if (b == '"')
            {
                quoted = !quoted;
            }
            else if (b == delimiter && !quoted)
            {
                if (count == ends.Length)
                {
                    return -1;
                }

                ends[count++] = i;
            }
        }

        if (quoted || count == ends.Length)
        {
            return -1;
        }

        ends[count++] = line.Length;
        return count;
    }

    /// <summary>A field without surrounding spaces and quotes. Doubled quotes inside are left as they are: no field that we read may hold one.</summary>
    public static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> line, ReadOnlySpan<int> ends, int index)
    {
        var start = index == 0 ? 0 : ends[index - 1] + 1;
        var field = line[start..ends[index]].Trim(" \r"u8);
        return field.Length >= 2 && field[0] == '"' && field[^1] == '"' ? field[1..^1].Trim((byte)' ') : field;
    }
}
