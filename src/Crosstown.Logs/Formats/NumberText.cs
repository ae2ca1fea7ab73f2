namespace Crosstown.Logs.Formats;

/// <summary>Reads whole numbers as exports write them.</summary>
internal static class NumberText
{
    /// <summary>
    /// An optional sign and 1 to 18 digits; a fraction of nothing but zeros is let pass, as tables write it that once held a missing value.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        var at = text.Length > 0 && (text[0] == '-' || text[0] == '+') ? 1 : 0;
        var digits = 0;
        for (; at < text.Length && (uint)(text[at] - '0') <= 9; at++, digits++)
        {
            if (digits == 18)
            {
                return false;
            }

            value = (value * 10) + (text[at] - '0');
        }

        if (digits == 0 || (at < text.Length && (text[at] != '.' || at + 1 == text.Length || text[(at + 1)..].IndexOfAnyExcept((byte)'0') >= 0)))
        {
            return false;
        }

        value = text[0] == '-' ? -value : value;
        return true;
    }
}
