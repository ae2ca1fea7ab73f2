using System.Globalization;

namespace Crosstown.Core.Tables;

/// <summary>Cells as UTF-8 text, the same on every machine whatever its culture. Nothing here allocates but <see cref="QuoteForCsv"/>.</summary>
public static class CellText
{
    /// <summary>The longest time, in bytes.</summary>
    public const int MaxTimeLength = 24;

    /// <summary>The longest number, whole or real, in bytes.</summary>
    public const int MaxNumberLength = 32;

    /// <summary>0001-01-01T00:00:00.000, in milliseconds since 1970.</summary>
    public const long MinTimeMs = -62_135_596_800_000;

    /// <summary>9999-12-31T23:59:59.999, in milliseconds since 1970.</summary>
    public const long MaxTimeMs = 253_402_300_799_999;

    private const long DayMs = 86_400_000;

    /// <summary>The most digits before the point that are written without an exponent.</summary>
    private const int MaxWholeDigits = 16;

    /// <summary>Writes an ISO 8601 time with three digits of milliseconds.</summary>
    /// <param name="to">At least <see cref="MaxTimeLength"/> bytes.</param>
    /// <param name="timeMs">Milliseconds since 1970-01-01T00:00 on the calendar that is shown.</param>
    /// <param name="utc">Whether a <c>Z</c> follows.</param>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time lies outside the years 1 to 9999.</exception>
    public static int WriteTime(Span<byte> to, long timeMs, bool utc)
    {
        if (timeMs is < MinTimeMs or > MaxTimeMs)
        {
            throw new ArgumentOutOfRangeException(nameof(timeMs), timeMs, $"A time is shown from {MinTimeMs} to {MaxTimeMs} ms, the years 1 to 9999.");
        }

        var sinceYearOneMs = timeMs - MinTimeMs;
        var day = (int)(sinceYearOneMs / DayMs);
        var ms = (int)(sinceYearOneMs - (day * DayMs));
        var (year, month, dayOfMonth) = DateOnly.FromDayNumber(day);
        to = to[..MaxTimeLength];
        PutTwo(to, 0, year / 100);
        PutTwo(to, 2, year % 100);
        to[4] = (byte)'-';
        PutTwo(to, 5, month);
        to[7] = (byte)'-';
        PutTwo(to, 8, dayOfMonth);
        to[10] = (byte)'T';
        PutTwo(to, 11, ms / 3_600_000);
        to[13] = (byte)':';
        PutTwo(to, 14, ms / 60_000 % 60);
        to[16] = (byte)':';
        PutTwo(to, 17, ms / 1000 % 60);
        to[19] = (byte)'.';
        to[20] = (byte)('0' + (ms / 100 % 10));
        PutTwo(to, 21, ms % 100);
        to[23] = (byte)'Z';
        return utc ? 24 : 23;
    }

    /// <summary>Writes a whole number.</summary>
    /// <param name="to">At least <see cref="MaxNumberLength"/> bytes.</param>
    public static int WriteInteger(Span<byte> to, long value)
    {
        value.TryFormat(to, out var length, default, CultureInfo.InvariantCulture);
        return length;
    }

    /// <summary>Writes the shortest decimal that reads back as the same 64 bits, laid out as <see cref="WriteSingle"/> says.</summary>
    /// <param name="to">At least <see cref="MaxNumberLength"/> bytes.</param>
    /// <param name="value">A finite number.</param>
    public static int WriteReal(Span<byte> to, double value)
    {
        value.TryFormat(to, out var length, default, CultureInfo.InvariantCulture);
        return LayOut(to, length);
    }

    /// <summary>Writes the shortest decimal that reads back as the same 32 bits.</summary>
    /// <remarks>
    /// At least one digit after the point, so that a column of reals never looks like one of whole numbers; an exponent of at least two digits
    /// (<c>1e-05</c>, <c>1e+16</c>) below 0.0001 and from 10^16 on. Python writes its numbers so, and with it the peers whose tables ours are
    /// compared with.
    /// </remarks>
    /// <param name="to">At least <see cref="MaxNumberLength"/> bytes.</param>
    /// <param name="value">A finite number.</param>
    public static int WriteSingle(Span<byte> to, float value)
    {
        value.TryFormat(to, out var length, default, CultureInfo.InvariantCulture);
        return LayOut(to, length);
    }

    /// <summary>A text as a CSV field: quoted where a comma, a quote or a line end asks for it, and harmless in a spreadsheet.</summary>
    /// <remarks>
    /// A spreadsheet runs a field that starts with <c>=</c>, <c>+</c>, <c>-</c> or <c>@</c> (also behind a tab or a carriage return) as a
    /// formula. Such a field is quoted and an apostrophe set before it, which makes it text (rule X06).
    /// </remarks>
    public static string QuoteForCsv(string text)
    {
        var runs = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r';
        return runs || text.AsSpan().ContainsAny(",\"\r\n")
            ? $"\"{(runs ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;
    }

    /// <summary>Turns the shortest digits, as .NET lays them out, into our layout, in place.</summary>
    private static int LayOut(Span<byte> text, int length)
    {
        var first = text[0] == (byte)'-' ? 1 : 0;
        var e = text[..length].IndexOf((byte)'E');
        var point = text[..length].IndexOf((byte)'.');
        if (e < 0 && (point >= 0 ? point : length) - first <= MaxWholeDigits)
        {
            if (point >= 0)
            {
                return length;
            }

            ".0"u8.CopyTo(text[length..]);
            return length + 2;
        }

        Span<byte> digits = stackalloc byte[MaxNumberLength];
        var mantissaEnd = e < 0 ? length : e;
        var count = 0;
        foreach (var b in text[first..mantissaEnd])
        {
            if (b != (byte)'.')
            {
                digits[count++] = b;
            }
        }

        var exponent = 0;
        if (e >= 0)
        {
            foreach (var b in text[(e + 2)..length])
            {
                exponent = (exponent * 10) + (b - '0');
            }

            exponent = text[e + 1] == (byte)'-' ? -exponent : exponent;
        }

        exponent += (point >= 0 ? point : mantissaEnd) - first - 1;
        while (count > 1 && digits[count - 1] == (byte)'0')
        {
            count--;
        }

        var at = first;
        if (exponent is >= 0 and < MaxWholeDigits)
        {
            // .NET goes over to exponents earlier than we do: the whole part is filled up with zeros.
            for (var i = 0; i <= exponent; i++)
            {
                text[at++] = i < count ? digits[i] : (byte)'0';
            }

            text[at++] = (byte)'.';
            if (count <= exponent + 1)
            {
                text[at++] = (byte)'0';
            }

            for (var i = exponent + 1; i < count; i++)
            {
                text[at++] = digits[i];
            }

            return at;
        }

        text[at++] = digits[0];
        if (count > 1)
        {
            text[at++] = (byte)'.';
            digits[1..count].CopyTo(text[at..]);
            at += count - 1;
        }

        text[at++] = (byte)'e';
        text[at++] = exponent < 0 ? (byte)'-' : (byte)'+';
        var size = Math.Abs(exponent);
        if (size >= 100)
        {
            text[at++] = (byte)('0' + (size / 100));
        }

        PutTwo(text, at, size % 100);
        return at + 2;
    }

    private static void PutTwo(Span<byte> to, int at, int value)
    {
        to[at] = (byte)('0' + (value / 10));
        to[at + 1] = (byte)('0' + (value % 10));
    }
}
