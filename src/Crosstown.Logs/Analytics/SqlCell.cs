using System.Globalization;
using System.Text;
using Crosstown.Core.Tables;

namespace Crosstown.Logs.Analytics;

/// <summary>A value of a query's result as text, laid out as our tables are.</summary>
internal static class SqlCell
{
    private const long DayMicroseconds = 86_400_000_000;

    /// <summary>Whether values that lie in memory so can be shown.</summary>
    public static bool CanShow(DuckDbType stored) => stored is (>= DuckDbType.Boolean and <= DuckDbType.Varchar) or (>= DuckDbType.TimestampSeconds and <= DuckDbType.TimestampNs)
        or DuckDbType.TimestampTz or DuckDbType.SqlNull;

    /// <summary>Whether JSON has the value without quotes: numbers, true and false.</summary>
    public static bool IsNumber(DuckDbType type) => type is (>= DuckDbType.Boolean and <= DuckDbType.Double) or DuckDbType.HugeInt or DuckDbType.Decimal;

    /// <summary>Whether the value is free text, which a spreadsheet might run.</summary>
    public static bool IsText(DuckDbType type) => type is DuckDbType.Varchar or DuckDbType.Enum;

    /// <summary>The value; null when it is missing, or a real that is no number.</summary>
    /// <exception cref="AnalyticsException">A time lies outside the years 1 to 9999.</exception>
    public static string? Show(ResultColumn column, ChunkColumn values, int row)
    {
        if (values.IsNull(row))
        {
            return null;
        }

        return column.Type switch
        {
            DuckDbType.Boolean => values.Get<byte>(row) != 0 ? "true" : "false",
            DuckDbType.Float => Real(values.Get<float>(row)),
            DuckDbType.Double => Real(values.Get<double>(row)),
            DuckDbType.Varchar => Encoding.UTF8.GetString(values.Text(row)),
            DuckDbType.Enum => column.Words[(int)Integer(column.Stored, values, row)],
            DuckDbType.Decimal => Decimal(Integer(column.Stored, values, row), column.Scale),
            DuckDbType.Date => Time(values.Get<int>(row) * (Int128)DayMicroseconds, utc: false)[..10],
            DuckDbType.Time => Time(values.Get<long>(row), utc: false)[11..],
            DuckDbType.Timestamp => Time(values.Get<long>(row), utc: false),
            DuckDbType.TimestampTz => Time(values.Get<long>(row), utc: true),
            DuckDbType.TimestampSeconds => Time(values.Get<long>(row) * (Int128)1_000_000, utc: false),
            DuckDbType.TimestampMs => Time(values.Get<long>(row) * (Int128)1000, utc: false),
            DuckDbType.TimestampNs => Time(values.Get<long>(row) / 1000, utc: false),
            DuckDbType.Interval => Interval(values.Get<IntervalValue>(row)),
            _ => Integer(column.Stored, values, row).ToString(CultureInfo.InvariantCulture),
        };
    }

    private static Int128 Integer(DuckDbType stored, ChunkColumn values, int row) => stored switch
    {
        DuckDbType.TinyInt => values.Get<sbyte>(row),
        DuckDbType.SmallInt => values.Get<short>(row),
        DuckDbType.Integer => values.Get<int>(row),
        DuckDbType.BigInt => values.Get<long>(row),
        DuckDbType.UTinyInt => values.Get<byte>(row),
        DuckDbType.USmallInt => values.Get<ushort>(row),
        DuckDbType.UInteger => values.Get<uint>(row),
        DuckDbType.UBigInt => values.Get<ulong>(row),
        _ => new Int128(values.Get<HugeValue>(row).Upper, values.Get<HugeValue>(row).Lower),
    };

    private static string? Real(double value)
    {
        if (!double.IsFinite(value))
        {
            return null;
        }

        Span<byte> text = stackalloc byte[CellText.MaxNumberLength];
        return Encoding.UTF8.GetString(text[..CellText.WriteReal(text, value)]);
    }

    private static string? Real(float value)
    {
        if (!float.IsFinite(value))
        {
            return null;
        }

        Span<byte> text = stackalloc byte[CellText.MaxNumberLength];
        return Encoding.UTF8.GetString(text[..CellText.WriteSingle(text, value)]);
    }

    private static string Decimal(Int128 value, int scale)
    {
        var digits = Int128.Abs(value).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var sign = value < 0 ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }

    /// <summary>Three digits behind the second, or six where three would cut something off.</summary>
    private static string Time(Int128 microseconds, bool utc)
    {
        var ms = microseconds / 1000;
        var rest = (int)(microseconds % 1000);
        if (rest < 0)
        {
            (ms, rest) = (ms - 1, rest + 1000);
        }

        if (ms < CellText.MinTimeMs || ms > CellText.MaxTimeMs)
        {
            throw new AnalyticsException("A time outside the years 1 to 9999 is not shown: cast it to VARCHAR.");
        }

        Span<byte> text = stackalloc byte[CellText.MaxTimeLength];
        var shown = Encoding.UTF8.GetString(text[..CellText.WriteTime(text, (long)ms, utc: false)]);
        return string.Create(CultureInfo.InvariantCulture, $"{shown}{(rest == 0 ? "" : rest.ToString("000", CultureInfo.InvariantCulture))}{(utc ? "Z" : "")}");
    }

    private static string Interval(IntervalValue value)
    {
        var parts = new List<string>();
        if (value.Months != 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{value.Months} months"));
        }

        if (value.Days != 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{value.Days} days"));
        }

        if (value.Microseconds != 0 || parts.Count == 0)
        {
            var size = Int128.Abs(value.Microseconds);
            var seconds = (ulong)(size / 1_000_000);
            parts.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{(value.Microseconds < 0 ? "-" : "")}{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}.{(ulong)(size % 1_000_000):000000}"));
        }

        return string.Join(' ', parts);
    }

    /// <summary>An interval, as DuckDB lays it out.</summary>
    private readonly record struct IntervalValue(int Months, int Days, long Microseconds);

    /// <summary>A whole number of 128 bits, as DuckDB lays it out.</summary>
    private readonly record struct HugeValue(ulong Lower, ulong Upper);
}
