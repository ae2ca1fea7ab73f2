using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Server.Store.Records;
using Dapper;

namespace Crosstown.Server.Public.Counts;

/// <summary>A block whose time is over, with what is published of it.</summary>
internal sealed record ClosedBlock(TimeRange Range, ImmutableArray<(CountedPlace Place, PublishedCell Cell)> Cells);

/// <summary>Which published counts are asked for. Whole blocks are found or not; nothing is ever added up (rule P14).</summary>
/// <param name="Time">Blocks that begin in it.</param>
/// <param name="Signal">Null for all.</param>
/// <param name="Subject">Null for both.</param>
internal sealed record CountQuery(TimeRange Time, SignalId? Signal = null, CountSubject? Subject = null);

/// <summary>One published figure: how many passed at a place in a fixed time.</summary>
/// <param name="Signal">The signal.</param>
/// <param name="Subject">What was counted.</param>
/// <param name="Direction">The way vehicles are headed; null for crosswalks and where it is not known.</param>
/// <param name="Movement">Where they turn; null for an approach as a whole and for crosswalks.</param>
/// <param name="Phase">The phase, for crosswalks and where the direction is not known; else null.</param>
/// <param name="Overlap">The overlap, where the direction is not known and one serves it; else null.</param>
/// <param name="StartMs">Begin of the time, ms UTC.</param>
/// <param name="EndMs">End of the time, ms UTC.</param>
/// <param name="Count">Null when withheld, and when the log saw nothing of the time.</param>
/// <param name="IsWithheld">True when fewer than 10 passed; how many is then not told.</param>
/// <param name="SeenShare">0-1: how much of the time the log saw.</param>
/// <param name="FaultedDetectors">Detectors behind the count that were at fault.</param>
public sealed record PublicCount(
    string Signal, CountSubject Subject, TravelDirection? Direction, LaneMovement? Movement, int? Phase, int? Overlap, long StartMs, long EndMs, int? Count, bool IsWithheld, double SeenShare,
    int FaultedDetectors);

/// <summary>The counts that are out. They are written once and never changed.</summary>
internal sealed class PublishedCounts(RecordStore records)
{
    /// <summary>The word of a subject, in the records and in the interface.</summary>
    public static string WordOf(CountSubject subject) => subject == CountSubject.Vehicles ? "vehicles" : "pedestrian-calls";

    /// <summary>Begins of a signal's blocks that are out, from a moment on.</summary>
    public HashSet<long> ListBlocks(SignalId signal, CountSubject subject, long fromMs)
    {
        using var connection = records.Open();
        return [.. connection.Query<long>(
            "select start_ms from published_block where signal = @signal and subject = @subject and start_ms >= @fromMs",
            new { signal = signal.Value, subject = WordOf(subject), fromMs })];
    }

    /// <summary>Lets blocks out, all or none. A block that is out already stays as it is.</summary>
    public Task PublishAsync(SignalId signal, CountSubject subject, IReadOnlyList<ClosedBlock> blocks, long nowMs, CancellationToken stop) => records.WriteAsync(
        async (connection, transaction) =>
        {
            foreach (var block in blocks)
            {
                var isNew = await connection.ExecuteAsync(
                    "insert into published_block (signal, subject, start_ms, end_ms, published_ms) values (@signal, @subject, @StartMs, @EndMs, @nowMs) on conflict do nothing",
                    new { signal = signal.Value, subject = WordOf(subject), block.Range.StartMs, block.Range.EndMs, nowMs }, transaction).ConfigureAwait(false) == 1;
                if (isNew)
                {
                    await connection.ExecuteAsync(
                        """
                        insert into published_count (signal, subject, start_ms, end_ms, direction, movement, phase, overlap, count, is_withheld, seen_share, faulted_detectors)
                        values (@signal, @subject, @StartMs, @EndMs, @Direction, @Movement, @Phase, @Overlap, @Count, @IsWithheld, @SeenShare, @Faulted)
                        """,
                        block.Cells.Select(c => new
                        {
                            signal = signal.Value,
                            subject = WordOf(subject),
                            c.Cell.Range.StartMs,
                            c.Cell.Range.EndMs,
                            Direction = (long)c.Place.Direction,
                            Movement = c.Place.Movement is { } m ? (long)m : -1L,
                            Phase = c.Place.Group is { IsOverlap: false } p ? (long)p.Number : 0L,
                            Overlap = c.Place.Group is { IsOverlap: true } o ? (long)o.Number : 0L,
                            Count = (long?)c.Cell.Count,
                            c.Cell.IsWithheld,
                            c.Cell.SeenShare,
                            Faulted = (long)c.Cell.FaultedDetectors,
                        }).ToArray(),
                        transaction).ConfigureAwait(false);
                }
            }
        },
        stop);

    /// <summary>Counts in order of signal, time and place.</summary>
    /// <param name="skip">How many to leave out at the start.</param>
    /// <param name="take">The most that come.</param>
    public IReadOnlyList<PublicCount> List(CountQuery query, int skip, int take)
    {
        using var connection = records.Open();
        return [.. connection.Query<Row>(
            $"""
            select signal as Signal, subject as Subject, direction as Direction, movement as Movement, phase as Phase, overlap as Overlap, start_ms as StartMs, end_ms as EndMs,
                   count as Count, is_withheld as IsWithheld, seen_share as SeenShare, faulted_detectors as Faulted
            from published_count where {Condition(query)}
            order by signal, subject desc, start_ms, direction, movement, phase, overlap limit @take offset @skip
            """,
            Values(query, skip, take)).Select(Read)];
    }

    /// <summary>How many counts a query finds.</summary>
    public int CountRows(CountQuery query)
    {
        using var connection = records.Open();
        return (int)connection.ExecuteScalar<long>($"select count(*) from published_count where {Condition(query)}", Values(query));
    }

    /// <summary>Changes with every block that comes out; the same text means the same counts.</summary>
    public string Version()
    {
        using var connection = records.Open();
        var (blocks, last) = connection.QuerySingle<(long, long?)>("select count(*), max(published_ms) from published_block");
        return string.Create(CultureInfo.InvariantCulture, $"{blocks:x}-{last ?? 0:x}");
    }

    /// <summary>From the first to the end of the last block that is out; null when nothing is.</summary>
    public TimeRange? FindRange()
    {
        using var connection = records.Open();
        var (first, last) = connection.QuerySingle<(long?, long?)>("select min(start_ms), max(end_ms) from published_block");
        return first is { } start && last is { } end ? new TimeRange(start, end) : null;
    }

    private static string Condition(CountQuery query) =>
        "start_ms >= @StartMs and start_ms < @EndMs"
        + (query.Signal is null ? "" : " and signal = @signal")
        + (query.Subject is null ? "" : " and subject = @subject");

    private static object Values(CountQuery query, int skip = 0, int take = 0) => new
    {
        query.Time.StartMs,
        query.Time.EndMs,
        signal = query.Signal?.Value,
        subject = query.Subject is { } s ? WordOf(s) : null,
        skip = (long)skip,
        take = (long)take,
    };

    private static PublicCount Read(Row row) => new(
        row.Signal,
        row.Subject == WordOf(CountSubject.Vehicles) ? CountSubject.Vehicles : CountSubject.PedestrianCalls,
        row.Direction == 0 ? null : (TravelDirection)row.Direction,
        row.Movement < 0 ? null : (LaneMovement)row.Movement,
        row.Phase == 0 ? null : (int)row.Phase,
        row.Overlap == 0 ? null : (int)row.Overlap,
        row.StartMs,
        row.EndMs,
        (int?)row.Count,
        row.IsWithheld,
        row.SeenShare,
        (int)row.Faulted);

    private sealed class Row
    {
        public string Signal { get; init; } = "";

        public string Subject { get; init; } = "";

        public long Direction { get; init; }

        public long Movement { get; init; }

        public long Phase { get; init; }

        public long Overlap { get; init; }

        public long StartMs { get; init; }

        public long EndMs { get; init; }

        public long? Count { get; init; }

        public bool IsWithheld { get; init; }

        public double SeenShare { get; init; }

        public long Faulted { get; init; }
    }
}
