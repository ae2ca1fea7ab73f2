using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Data;

namespace Crosstown.Timing.Utdf;

/// <summary>Turning movement counts of one date and time at the intersections that were counted.</summary>
/// <param name="Date">As the file writes it.</param>
/// <param name="Time">Begin of the count, local time.</param>
/// <param name="Minutes">Length of the count: 15 or 60.</param>
/// <param name="VehPerHour">By intersection, then by movement column such as <c>NBL</c>; movements that were not counted have no entry.</param>
public sealed record UtdfCountPeriod(string Date, TimeOnly Time, int Minutes, ImmutableSortedDictionary<int, ImmutableSortedDictionary<string, double>> VehPerHour)
{
    /// <summary>Such as <c>12/20/2016 07:15</c>.</summary>
    public string Title => string.Create(CultureInfo.InvariantCulture, $"{Date} {Time:HH:mm}");
}

/// <summary>Reads turning movement count files (Volume.csv).</summary>
public static class UtdfCounts
{
    /// <summary>The counts of a file, by date and time in file order.</summary>
    /// <param name="document">A count file: <c>Turning Movement Count</c>, the length of a count, and a header with DATE, TIME and INTID.</param>
    /// <param name="issues">Takes rows without a time or an intersection, and cells that are no count; a star or an empty cell is no count and no issue.</param>
    /// <exception cref="ProblemException">XT661: the file has no section with DATE, TIME and INTID.</exception>
    public static ImmutableArray<UtdfCountPeriod> Read(UtdfDocument document, DataIssueLog issues)
    {
        var periods = new List<(string Date, TimeOnly Time, int Minutes)>();
        var counts = new Dictionary<(string, TimeOnly, int), SortedDictionary<int, ImmutableSortedDictionary<string, double>>>();
        var isFound = false;
        foreach (var section in document.Sections)
        {
            if (section.FindColumn("DATE") is not { } date || section.FindColumn("TIME") is not { } time || section.FindColumn("INTID") is null)
            {
                continue;
            }

            isFound = true;
            var minutes = section.Titles.Any(t => t.Contains("60", StringComparison.Ordinal)) ? 60 : 15;
            foreach (var row in section.Rows.Where(r => r.Node is not null))
            {
                var cells = document.GetTexts(row);
                if (Math.Max(date, time) >= cells.Length || TimeOf(cells[time]) is not { } at)
                {
                    issues.Add(DataIssueKind.BadRow, document.Name, row.Line, time < cells.Length ? cells[time] : "", $"Row of node {row.Node}, column TIME: no time from 0000 to 2359; the row is left out");
                    continue;
                }

                var key = (cells[date], at, minutes);
                if (!counts.TryGetValue(key, out var byNode))
                {
                    counts[key] = byNode = [];
                    periods.Add(key);
                }

                if (!byNode.TryAdd(row.Node!.Value, Movements(document, section, row, cells, 60.0 / minutes, issues)))
                {
                    issues.Add(DataIssueKind.Conflict, document.Name, row.Line, $"{row.Node}", "The intersection was counted twice at this time; the first row is used");
                }
            }
        }

        return isFound
            ? [.. periods.Select(p => new UtdfCountPeriod(p.Date, p.Time, p.Minutes, counts[p].ToImmutableSortedDictionary()))]
            : throw new ProblemException("XT661", document.Name, "No turning movement counts are in it: expected is a header with DATE, TIME and INTID.");
    }

    private static ImmutableSortedDictionary<string, double> Movements(
        UtdfDocument document, UtdfSection section, UtdfRow row, ImmutableArray<string> cells, double perHour, DataIssueLog issues)
    {
        var movements = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < cells.Length && i < section.Columns.Length; i++)
        {
            var text = cells[i];
            if (!UtdfMovement.IsMovement(section.Columns[i]) || text.Length == 0 || text == "*")
            {
                continue;
            }

            if (double.TryParse(text.AsSpan().TrimStart('*'), NumberStyles.Float, CultureInfo.InvariantCulture, out var count) && count is >= 0 and <= 20_000)
            {
                movements[section.Columns[i]] = count * perHour;
            }
            else
            {
                issues.Add(DataIssueKind.BadRow, document.Name, row.Line, text, $"Row of node {row.Node}, column {section.Columns[i]}: no count from 0 to 20000; taken as not counted");
            }
        }

        return movements.ToImmutable();
    }

    private static TimeOnly? TimeOf(string text)
    {
        var digits = text.Replace(":", "", StringComparison.Ordinal);
        return digits.Length is >= 1 and <= 4 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time / 100 < 24 && time % 100 < 60
            ? new TimeOnly(time / 100, time % 100)
            : null;
    }
}
