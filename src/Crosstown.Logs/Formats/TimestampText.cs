namespace Crosstown.Logs.Formats;

/// <summary>Reads the ways in which logs write a moment, in the invariant culture, from ASCII bytes.</summary>
/// <remarks>
/// <c>yyyy-MM-dd</c> with <c>T</c> or a space, <c>HH:mm</c>, seconds, a fraction of 1 to 9 digits, an offset or <c>Z</c>;
/// <c>M/d/yyyy</c> or <c>M-d-yyyy</c> with 24 hours or AM and PM; and milliseconds since 1970 in UTC, 11 to 13 digits.
/// Leading zeros may be missing, as MaxTime leaves them out even of seconds. Month before day, always: a file that writes the day first is refused row by row where it shows. Fractions finer than a millisecond are cut.
/// Years 1970 to 2099.
/// </remarks>
public static class TimestampText
{
    private const long DayMs = 86_400_000;

    /// <summary>False when the text is no time.</summary>
    /// <param name="text">Without surrounding spaces.</param>
    /// <param name="timeMs">Milliseconds since 1970-01-01T00:00, on the wall clock or in UTC.</param>
    /// <param name="isUtc">True when the text itself says how it lies to UTC.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out long timeMs, out bool isUtc)
    {
        timeMs = 0;
        isUtc = false;
        if (text.Length < 8 || !char.IsAsciiDigit((char)text[0]))
        {
            return false;
        }

        var at = 0;
        var first = Number(text, ref at, 14, out var firstDigits);
        if (at == text.Length)
        {
            isUtc = true;
            timeMs = first;
            return firstDigits is >= 11 and <= 13 && timeMs < LatestMs;
        }

        var separator = text[at];
        if (separator is not ((byte)'-' or (byte)'/'))
        {
            return false;
        }

        at++;
        var second = Number(text, ref at, 2, out var secondDigits);
        if (secondDigits == 0 || at >= text.Length || text[at] != separator)
        {
            return false;
        }

        at++;
        var third = Number(text, ref at, 4, out var thirdDigits);
        var yearFirst = firstDigits == 4;
        if (!(yearFirst ? thirdDigits is 1 or 2 : firstDigits is 1 or 2 && thirdDigits == 4))
        {
            return false;
        }

        var (year, month, day) = yearFirst ? (first, second, third) : (third, first, second);
        if (year is < 1970 or > 2099 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth((int)year, (int)month)
            || !TryClock(text[at..], out var clockMs, out var offsetMs, out isUtc))
        {
            return false;
        }

        timeMs = (DaysSince1970((int)year, (int)month, (int)day) * DayMs) + clockMs - offsetMs;
        return timeMs >= 0;
    }

    /// <summary>A moment as ISO 8601 to the millisecond, without an offset: for messages.</summary>
    public static string Write(long timeMs) =>
        DateTime.UnixEpoch.AddMilliseconds(timeMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture);

    private static readonly long LatestMs = DaysSince1970(2100, 1, 1) * DayMs;

    private static long DaysSince1970(int year, int month, int day) => (new DateTime(year, month, day) - DateTime.UnixEpoch).Days;

    private static bool TryClock(ReadOnlySpan<byte> text, out long clockMs, out long offsetMs, out bool isUtc)
    {
        clockMs = offsetMs = 0;
        isUtc = false;
        if (text.Length < 2 || text[0] is not ((byte)'T' or (byte)' ' or (byte)'t'))
        {
            return false;
        }

        var at = 1;
        if (text[at] == ' ')
        {
            at++;
        }

        var hour = Number(text, ref at, 2, out var hourDigits);
        if (hourDigits == 0 || at >= text.Length || text[at] != ':')
        {
            return false;
        }

        at++;
        var minute = Number(text, ref at, 2, out var minuteDigits);
        if (minuteDigits == 0 || minute > 59)
        {
            return false;
        }

        long secondMs = 0;
        if (at < text.Length && text[at] == ':')
        {
            at++;
            var second = Number(text, ref at, 2, out var secondDigits);
            if (secondDigits == 0 || second > 59)
            {
                return false;
            }

            secondMs = second * 1000;
            if (at < text.Length && text[at] is (byte)'.' or (byte)',')
            {
                at++;
                var fraction = Number(text, ref at, 9, out var digits);
                if (digits == 0)
                {
                    return false;
                }

                for (; digits < 3; digits++)
                {
                    fraction *= 10;
                }

                for (; digits > 3; digits--)
                {
                    fraction /= 10;
                }

                secondMs += fraction;
            }
        }

        var rest = text[at..].Trim((byte)' ');
        if (rest.Length == 2 && (rest[1] | 0x20) == 'm' && (rest[0] | 0x20) is 'a' or 'p')
        {
            if (hour is < 1 or > 12)
            {
                return false;
            }

            hour = (hour % 12) + ((rest[0] | 0x20) == 'p' ? 12 : 0);
        }
        else if (!TryOffset(rest, out offsetMs, out isUtc))
        {
            return false;
        }

        clockMs = (((hour * 60) + minute) * 60_000) + secondMs;
        return hour <= 23;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, out long offsetMs, out bool isUtc)
    {
        offsetMs = 0;
        isUtc = text.Length > 0;
        if (!isUtc || (text.Length == 1 && text[0] is (byte)'Z' or (byte)'z'))
        {
            return true;
        }

        if (text[0] is not ((byte)'+' or (byte)'-'))
        {
            return false;
        }

        var at = 1;
        var hours = Number(text, ref at, 2, out var hourDigits);
        if (at < text.Length && text[at] == ':')
        {
            at++;
        }

        var minutes = Number(text, ref at, 2, out var minuteDigits);
        offsetMs = ((hours * 60) + minutes) * (text[0] == '-' ? -60_000 : 60_000);
        return hourDigits == 2 && minuteDigits is 0 or 2 && at == text.Length && hours <= 18 && minutes <= 59;
    }

    private static long Number(ReadOnlySpan<byte> text, ref int at, int maxDigits, out int digits)
    {
        long value = 0;
        digits = 0;
        while (at < text.Length && digits < maxDigits && (uint)(text[at] - '0') <= 9)
        {
            value = (value * 10) + (text[at] - '0');
            at++;
            digits++;
        }

        return value;
    }
}
