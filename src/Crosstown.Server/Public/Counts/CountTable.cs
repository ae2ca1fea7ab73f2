using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Server.Public.Counts;

/// <summary>One cell of the counts page.</summary>
/// <param name="Figures">Counts as text: one for the block, or one for each quarter of an hour; what is withheld and what was not seen say so.</param>
/// <param name="IsPartlySeen">True when the log saw less than 95 % of it.</param>
public sealed record CountCell(ImmutableArray<string> Figures, bool IsPartlySeen);

/// <summary>A signal's published counts of one day, laid out to be read: a row for each block, a column for each place.</summary>
/// <param name="Places">Column heads.</param>
/// <param name="Rows">Begin of each block on the wall clock, with a cell for each place; null where nothing is out yet.</param>
public sealed record CountTable(ImmutableArray<string> Places, ImmutableArray<(string Time, ImmutableArray<CountCell?> Cells)> Rows)
{
    private const double WholeShare = 0.95;
    private const long HourMs = 3_600_000;

    /// <summary>Lays out counts of one subject.</summary>
    /// <param name="clock">The signal's wall clock.</param>
    public static CountTable Of(IReadOnlyList<PublicCount> counts, LocalTimeMap clock)
    {
        var places = counts.Select(PlaceOf).Distinct().ToArray();
        var rows = counts.GroupBy(c => BlockOf(c, clock)).OrderBy(g => g.Key).Select(block => (
            block.First().Subject == CountSubject.Vehicles ? LocalText(block.Key, clock, "HH:mm") : "whole day",
            places.Select(p => block.Where(c => PlaceOf(c) == p).ToArray() is { Length: > 0 } cell ? CellOf(cell) : null).ToImmutableArray()));
        return new CountTable([.. places], [.. rows]);
    }

    /// <summary>A moment on a wall clock.</summary>
    public static string LocalText(long utcMs, LocalTimeMap clock, string format) =>
        DateTimeOffset.FromUnixTimeMilliseconds(clock.ToLocalMs(utcMs)).ToString(format, CultureInfo.InvariantCulture);

    private static long BlockOf(PublicCount count, LocalTimeMap clock) => count.Subject == CountSubject.Vehicles ? clock.BinAt(count.StartMs, HourMs).StartMs : count.StartMs;

    private static CountCell CellOf(PublicCount[] counts) => new(
        [.. counts.Select(c => c.Count?.ToString(CultureInfo.InvariantCulture) ?? (c.IsWithheld ? "under 10" : "not seen"))],
        counts.Any(c => c.SeenShare < WholeShare));

    /// <summary>The place in words, such as <c>Northbound left</c>.</summary>
    private static string PlaceOf(PublicCount count)
    {
        var where = count.Direction?.ToString() ?? (count.Phase is { } phase ? $"Phase {phase}" : count.Overlap is { } overlap ? $"Overlap {(char)('A' + overlap - 1)}" : "Unknown direction");
        return count.Subject == CountSubject.PedestrianCalls ? $"Walk {where.ToLowerInvariant()}" : count.Movement switch
        {
            null => $"{where}, all lanes",
            LaneMovement.Unknown => $"{where}, counted lanes",
            LaneMovement.ThroughLeft => $"{where} through and left",
            LaneMovement.ThroughRight => $"{where} through and right",
            LaneMovement.LeftThroughRight => $"{where}, every way",
            var m => $"{where} {m.Value.ToString().ToLowerInvariant()}",
        };
    }
}
