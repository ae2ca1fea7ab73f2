using Crosstown.Core.Data;

namespace Crosstown.Logs.Formats;

/// <summary>One event's values, read from text and checked.</summary>
/// <param name="TimeMs">On the wall clock, or in UTC where <paramref name="IsUtc"/>.</param>
/// <param name="IsUtc">True when the text itself said how it lies to UTC.</param>
/// <param name="Code">As logged.</param>
/// <param name="Parameter">As logged.</param>
internal readonly record struct EventValues(long TimeMs, bool IsUtc, ushort Code, short Parameter)
{
    /// <summary>Reads the three values of a row; false, with the row refused, when one of them is missing, unreadable or out of range.</summary>
    public static bool TryRead(
        LogReading reading,
        long position,
        ReadOnlySpan<byte> time,
        ReadOnlySpan<byte> code,
        ReadOnlySpan<byte> parameter,
        out EventValues values)
    {
        values = default;
        if (!TimestampText.TryParse(time, out var timeMs, out var isUtc))
        {
            reading.RefuseRow(
                DataIssueKind.BadRow,
                position,
                time,
                "no time as yyyy-MM-dd HH:mm:ss.f, M/d/yyyy h:mm:ss tt or milliseconds, in 1970 to 2099; the row is left out");
            return false;
        }

        if (!TryNumber(reading, position, code, ushort.MinValue, ushort.MaxValue, "event code", out var codeValue)
            || !TryNumber(reading, position, parameter, short.MinValue, short.MaxValue, "parameter", out var parameterValue))
        {
            return false;
        }

        values = new EventValues(timeMs, isUtc, (ushort)codeValue, (short)parameterValue);
        return true;
    }

    public void AddTo(SignalEvents signal, long position)
    {
        if (IsUtc)
        {
            signal.AddUtc(TimeMs, Code, Parameter, position);
        }
        else
        {
            signal.AddLocal(TimeMs, Code, Parameter, position);
        }
    }

    private static bool TryNumber(LogReading reading, long position, ReadOnlySpan<byte> text, int smallest, int largest, string what, out long value)
    {
        if (NumberText.TryParse(text, out value) && value >= smallest && value <= largest)
        {
            return true;
        }

        reading.RefuseRow(DataIssueKind.BadRow, position, text, $"the {what} is no whole number from {smallest} to {largest}; the row is left out");
        return false;
    }
}
