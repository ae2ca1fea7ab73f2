using System.Globalization;
using System.Text;
using Crosstown.Core.Data;
using Crosstown.Core.Privacy;
using Crosstown.Core.Street;
using Crosstown.Logs.Analytics;

namespace Crosstown.Logs.Formats.Parquet;

/// <summary>Event tables as Parquet, with any of the column names that exports use. Needs DuckDB's library; without it the file is refused and says so.</summary>
/// <remarks>
/// Times marked as UTC in the file are that; plain timestamps, and text without offset, are the cabinet's wall clock.
/// Parquet is read from its end, so the content is first laid down in a temporary file. Rows are taken in their order.
/// The format's checksums are optional: damage inside a packed value, unlike a cut, can go unnoticed.
/// </remarks>
public sealed class ParquetFormat : ILogFormat
{
    /// <summary>Most bytes of one file: a year of a busy signal is 1 GiB.</summary>
    private const long MaxFileBytes = 8L << 30;

    private const int MemoryLimitMb = 512;

    /// <summary>What an event takes at least, unpacked: what a file claims to hold is measured against it.</summary>
    private const int EventBytes = 12;

    private const string FileName = "events.parquet";

    private static ReadOnlySpan<byte> Mark => "PAR1"u8;

    public string Name => "parquet";

    /// <summary>Every Parquet file begins, and ends, with the four letters <c>PAR1</c>.</summary>
    public bool Recognizes(ReadOnlySpan<byte> head) => head.StartsWith(Mark);

    public void Read(LogContent content, LogReading reading)
    {
        if (!AnalyticsEngine.TryLoad(out _, out var whyNot))
        {
            reading.RefuseFile(DataIssueKind.UnknownFormat, 0, "", $"a Parquet file is left out. {whyNot}");
            return;
        }

        var folder = Directory.CreateTempSubdirectory("crosstown-parquet-");
        try
        {
            var path = Path.Combine(folder.FullName, FileName);
            if (!TryLayDown(content, path, out var fileBytes))
            {
                reading.RefuseFile(DataIssueKind.Truncated, fileBytes, "", "the file does not end as Parquet does, so it was cut, and Parquet keeps what it holds at its end; it is left out");
                return;
            }

            using var database = AnalyticsEngine.Open(":memory:", Path.Combine(folder.FullName, "spill"), MemoryLimitMb, threads: 1);
            ReadTable(database, AnalyticsDatabase.Literal(path), fileBytes, reading);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool TryLayDown(LogContent content, string path, out long fileBytes)
    {
        content.LimitTo(MaxFileBytes);
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite);
        content.CopyTo(file);
        fileBytes = file.Length;
        if (fileBytes < 2 * Mark.Length)
        {
            return false;
        }

        Span<byte> end = stackalloc byte[Mark.Length];
        file.Position = fileBytes - Mark.Length;
        file.ReadExactly(end);
        return end.SequenceEqual(Mark);
    }

    private static void ReadTable(AnalyticsDatabase database, string file, long fileBytes, LogReading reading)
    {
        long row = 0;
        try
        {
            database.Execute("SET TimeZone = 'UTC'");
            if (FindColumns(database, file, reading) is not { } columns)
            {
                return;
            }

            var unnamed = columns[EventField.Signal] is null ? reading.ForUnnamed() : null;
            if (columns[EventField.Signal] is null && unnamed is null)
            {
                return;
            }

            var limits = reading.Settings.Limits;
            var maxRows = Math.Max(ReadLimits.RatioFloorBytes, fileBytes * limits.CompressionRatio) / EventBytes;
            var wanted = new[] { EventField.Time, EventField.Code, EventField.Parameter, EventField.Signal }
                .Select(f => columns[f] is { } name ? $"CAST({AnalyticsDatabase.Identifier(name)} AS VARCHAR)" : "NULL::VARCHAR");
            using var result = database.Read($"SELECT {string.Join(", ", wanted)} FROM read_parquet({file})");
            var rows = new Rows(reading, unnamed);
            while (result.Next())
            {
                row = rows.Read(result, row);
                if (row > maxRows)
                {
                    reading.Report(
                        DataIssueKind.LimitReached,
                        row,
                        "",
                        $"{fileBytes} bytes hold more than {maxRows} rows, over {limits.CompressionRatio}:1; the rest is left out");
                    return;
                }
            }
        }
        catch (AnalyticsException e)
        {
            var why = e.Message.Split('\n')[0].Replace(file.Trim('\''), "the file", StringComparison.Ordinal);
            reading.RefuseFile(
                row == 0 ? DataIssueKind.BadHeader : DataIssueKind.Truncated,
                row,
                "",
                row == 0 ? $"the file cannot be read and is left out: {why}" : $"the file cannot be read behind row {row}; the rows before are kept: {why}");
        }
    }

    /// <summary>The name of each field's column, null where there is none for the signal; null, with the file refused, when another is missing.</summary>
    private static Dictionary<EventField, string?>? FindColumns(AnalyticsDatabase database, string file, LogReading reading)
    {
        var found = new Dictionary<EventField, (string Name, int Rank)>();
        var names = new List<string>();
        using (var described = database.Read($"DESCRIBE SELECT * FROM read_parquet({file})"))
        {
            while (described.Next())
            {
                for (var row = 0; row < described.RowCount; row++)
                {
                    names.Add(Encoding.UTF8.GetString(described.Column(0).Text(row)));
                }
            }
        }

        if (names.Count > ReadLimits.MaxColumns)
        {
            reading.RefuseFile(DataIssueKind.LimitReached, 0, "", $"the file has {names.Count} columns, more than {ReadLimits.MaxColumns}; it is left out");
            return null;
        }

        foreach (var name in names)
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            var (field, rank) = EventFields.Find(bytes);
            if (field != EventField.None && (!found.TryGetValue(field, out var other) || rank < other.Rank))
            {
                found[field] = (name, rank);
            }
        }

        var missing = new[] { EventField.Time, EventField.Code, EventField.Parameter }.Where(f => !found.ContainsKey(f)).ToList();
        if (RefusedFeeds.RecognizeColumns(names) is { } refused)
        {
            reading.RefuseFeed(refused, 0);
            return null;
        }

        if (missing.Count > 0)
        {
            reading.RefuseFile(
                DataIssueKind.BadHeader,
                0,
                IssueText.Name(Encoding.UTF8.GetBytes(string.Join(' ', names))),
                string.Create(CultureInfo.InvariantCulture, $"the file has no column for {string.Join(" or ", missing.Select(f => f.ToString().ToLowerInvariant()))}; it is left out"));
            return null;
        }

        var taken = found.Values.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in names.Where(n => !taken.Contains(n)))
        {
            reading.DropField(Encoding.UTF8.GetBytes(name), 0);
        }

        return new[] { EventField.Time, EventField.Signal, EventField.Code, EventField.Parameter }
            .ToDictionary(f => f, f => found.TryGetValue(f, out var column) ? column.Name : null);
    }

    private sealed class Rows(LogReading reading, SignalEvents? unnamed)
    {
        private readonly byte[] _name = new byte[SignalId.MaxLength];
        private int _nameLength;
        private SignalEvents? _named;

        /// <returns>The number of rows read so far.</returns>
        public long Read(AnalyticsResult result, long row)
        {
            var times = result.Column(0);
            var codes = result.Column(1);
            var parameters = result.Column(2);
            var signals = result.Column(3);
            for (var i = 0; i < result.RowCount; i++)
            {
                row++;
                if (EventValues.TryRead(reading, row, Text(times, i), Text(codes, i), Text(parameters, i), out var values)
                    && (unnamed ?? FindSignal(Text(signals, i), row)) is { } signal)
                {
                    values.AddTo(signal, row);
                }
            }

            return row;
        }

        private static ReadOnlySpan<byte> Text(ChunkColumn column, int row) => column.IsNull(row) ? [] : column.Text(row);

        private SignalEvents? FindSignal(ReadOnlySpan<byte> text, long row)
        {
            if (_named is not null && text.SequenceEqual(_name.AsSpan(0, _nameLength)))
            {
                return _named;
            }

            Span<char> name = stackalloc char[SignalId.MaxLength + 1];
            var length = Encoding.Latin1.GetChars(text[..Math.Min(text.Length, name.Length)], name);
            if (!SignalName.TryParse(name[..length], out var id))
            {
                reading.RefuseRow(DataIssueKind.PrivacyRefused, row, [], $"{SignalName.Refusal}; the row is left out and the name is not kept");
                return null;
            }

            text.CopyTo(_name);
            _nameLength = text.Length;
            _named = reading.For(id);
            return _named;
        }
    }
}
