using System.Globalization;
using System.Text;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;

namespace Crosstown.Cli.Report.Data;

/// <summary>Numbers and names as people read them, in the invariant culture. A missing number is a dash, never 0.</summary>
internal static class Words
{
    public const string Missing = "–";

    private const int SortedDigits = 6;

    /// <summary>A share in percent. What is not quite all is never rounded up to 100.</summary>
    public static string Percent(double? share) => share is not { } s ? Missing
        : s is > 0 and < 0.1 ? (s * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %"
        : s is > 0.99 and < 1 ? (Math.Floor(s * 1000) / 10).ToString("0.0", CultureInfo.InvariantCulture) + " %"
        : (s * 100).ToString("0", CultureInfo.InvariantCulture) + " %";

    public static string Seconds(double? seconds) => seconds is { } s ? s.ToString("#,0.0", CultureInfo.InvariantCulture) + " s" : Missing;

    public static string Count(long? count) => count is { } c ? c.ToString("#,0", CultureInfo.InvariantCulture) : Missing;

    public static string Ratio(double? ratio) => ratio is { } r ? r.ToString("0.00", CultureInfo.InvariantCulture) : Missing;

    public static string Number(double? number) => number is { } n ? n.ToString("#,0.###", CultureInfo.InvariantCulture) : Missing;

    /// <summary>A count with its noun: <c>1 cycle</c>, <c>1,204 cycles</c>.</summary>
    public static string Counted(long count, string noun) => Counted(count, noun, noun + "s");

    /// <summary>A count with a noun whose plural is not made with an s alone.</summary>
    public static string Counted(long count, string noun, string plural) => $"{Count(count)} {(count == 1 ? noun : plural)}";

    public static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>A kebab- or snake-case word as prose.</summary>
    public static string Spaced(string word) => word.Replace('_', ' ').Replace('-', ' ');

    public static string Of(TravelDirection direction) => direction.ToString().ToLowerInvariant();

    /// <summary>A column's name as prose, its unit left off where the name ends with it.</summary>
    public static string NameOf(Column column) => Capital(Spaced(
        column.Unit.Length > 0 && column.Name.EndsWith('_' + Tail(column.Unit), StringComparison.Ordinal) ? column.Name[..^(Tail(column.Unit).Length + 1)] : column.Name));

    /// <summary>What sorts names that hold numbers as people do: channel 3 before channel 10.</summary>
    public static string SortKey(string name)
    {
        var key = new StringBuilder();
        for (var i = 0; i < name.Length;)
        {
            var end = i;
            while (end < name.Length && char.IsAsciiDigit(name[end]))
            {
                end++;
            }

            key.Append(end > i ? name[i..end].PadLeft(SortedDigits, '0') : name[i].ToString());
            i = Math.Max(end, i + 1);
        }

        return key.ToString();
    }

    /// <summary>A unit as names of columns end with it.</summary>
    private static string Tail(string unit) => unit == "veh/h" ? "vph" : unit;

    /// <summary>A coordination pattern by number, with the two that have names.</summary>
    public static string Plan(long? plan) => plan switch
    {
        null => "plan unknown",
        254 => "free",
        255 => "flash",
        { } p => string.Create(CultureInfo.InvariantCulture, $"plan {p}"),
    };
}
