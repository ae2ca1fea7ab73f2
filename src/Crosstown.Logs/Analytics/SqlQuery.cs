using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Crosstown.Core.Data;

namespace Crosstown.Logs.Analytics;

/// <summary>How the rows of a query are written.</summary>
public enum SqlFormat
{
    /// <summary>Aligned columns for people to read.</summary>
    Text,

    /// <summary>As <see cref="Core.Tables.CsvTableWriter"/> writes.</summary>
    Csv,

    /// <summary>One JSON object a line.</summary>
    Ndjson,
}

/// <summary>What a query found.</summary>
/// <param name="RowCount">The number of rows written.</param>
/// <param name="Notes">Files of the data folder that could not be made tables, and why; the rest was there to be asked.</param>
public sealed record SqlAnswer(long RowCount, ImmutableArray<string> Notes);

/// <summary>Answers questions in SQL over a data folder. Reads, and only what lies in the folder.</summary>
/// <remarks>
/// <para>The tables are: one for each file in <c>measures/</c>, under the file's name with <c>_</c> for whatever is no letter or digit;
/// <c>signals</c>, with the signals that have events; and the function <c>events('227')</c>, one signal's raw events.</para>
/// <para>A statement that writes, or calls what could reach further, is refused before it runs (<see cref="SqlGuard"/>). Beside that the engine itself is shut off from every other file, from the network and from
/// extensions, and its settings are locked.</para>
/// </remarks>
public static class SqlQuery
{
    /// <summary>The code of the problem that a query is wrong, is refused, or fails.</summary>
    public const string FailedCode = "XT702";

    /// <summary>Where measures lie in a data folder.</summary>
    public const string MeasuresFolder = "measures";

    private const int MemoryLimitMb = 1024;

    private const string NoEvents = "Name one signal: events('227'), or events('227', since := TIMESTAMP '2024-05-13 22:00', before := TIMESTAMP '2024-05-14'). "
        + "There is no table of all signals' events, because it could follow one vehicle (rule P12). The table signals lists the signals.";

    /// <summary>The kinds of file that make a table; where two kinds have one name, the earlier here is taken.</summary>
    private static readonly string[] s_endings = [".parquet", ".csv", ".ndjson"];

    private static readonly string[] s_signalColumns = ["signal", "signalid", "deviceid", "locationid"];

    /// <summary>Runs one statement and writes its rows as they come.</summary>
    /// <param name="engine">Shows that the library is here.</param>
    /// <param name="dataFolder">May lack a folder of measures.</param>
    /// <param name="events">The folder's raw events.</param>
    /// <exception cref="ProblemException">
    /// <see cref="FailedCode"/>: the statement is wrong, is none that reads, or fails; <c>XT703</c>: it asks for single events of two signals.
    /// </exception>
    /// <exception cref="OperationCanceledException">The query was stopped.</exception>
    public static SqlAnswer Run(
        AnalyticsEngine engine, string dataFolder, IEventSource events, string sql, SqlFormat format, TextWriter output, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(engine);
        var spill = Directory.CreateTempSubdirectory("crosstown-sql-");
        EventTableFunction? function = null;
        try
        {
            using var database = AnalyticsEngine.Open(":memory:", spill.FullName, MemoryLimitMb, Environment.ProcessorCount);
            function = EventTableFunction.Register(database, events);
            var notes = Prepare(database, dataFolder, events, sql);
            SqlGuard.Check(database, sql);
            using var stopping = stop.Register(() => DuckDb.Interrupt(database.Connection));
            using var result = database.Read(sql);
            var rowCount = SqlRows.Write(result, format, output);
            return new SqlAnswer(rowCount, notes);
        }
        catch (AnalyticsException e)
        {
            stop.ThrowIfCancellationRequested();
            throw function?.Problem is { } problem ? new ProblemException([problem]) : new ProblemException(FailedCode, "sql", e.Message);
        }
        finally
        {
            function?.Dispose();
            spill.Delete(recursive: true);
        }
    }

    private static ImmutableArray<string> Prepare(AnalyticsDatabase database, string dataFolder, IEventSource events, string sql)
    {
        database.Execute("SET TimeZone = 'UTC'");
        database.Execute("CREATE TABLE signals (signal VARCHAR, zone VARCHAR)");
        foreach (var signal in events.ListSignals())
        {
            database.Execute($"INSERT INTO signals VALUES ({AnalyticsDatabase.Literal(signal.Value)}, {AnalyticsDatabase.Literal(events.ClockOf(signal).Zone)})");
        }

        database.Execute(
            $"""
            CREATE VIEW events AS SELECT NULL::VARCHAR AS signal, NULL::TIMESTAMP AS time, NULL::TIMESTAMP AS local_time, NULL::INTEGER AS code,
            NULL::INTEGER AS parameter WHERE error({AnalyticsDatabase.Literal(NoEvents)}) IS NULL
            """);
        var notes = ImmutableArray.CreateBuilder<string>();
        var paths = new List<string>();
        var taken = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["signals"] = "our own table", ["events"] = "our own table" };
        foreach (var path in ListTables(Path.Combine(dataFolder, MeasuresFolder)))
        {
            var name = TableName(path);
            if (!taken.TryAdd(name, Path.GetFileName(path)))
            {
                notes.Add($"{Path.GetFileName(path)} is left out: {taken[name]} has the name {name} already.");
                continue;
            }

            try
            {
                database.Execute($"CREATE VIEW {AnalyticsDatabase.Identifier(name)} AS SELECT * FROM {Source(database, path, sql.Contains(name, StringComparison.OrdinalIgnoreCase))}");
                paths.Add(AnalyticsDatabase.Literal(path));
                paths.Add(AnalyticsDatabase.Literal(Pattern(path)));
            }
            catch (AnalyticsException e)
            {
                notes.Add($"{Path.GetFileName(path)} is left out, for it cannot be read: {e.Message.Split('\n')[0]}");
            }
        }

        database.Execute($"SET allowed_paths = [{string.Join(", ", paths)}]");
        database.Execute("SET enable_external_access = false");
        database.Execute("SET lock_configuration = true");
        return notes.ToImmutable();
    }

    private static IEnumerable<string> ListTables(string folder) => !Directory.Exists(folder)
        ? []
        : Directory.EnumerateFiles(Path.GetFullPath(folder))
            .Where(p => s_endings.Contains(Path.GetExtension(p)))
            .OrderBy(p => Array.IndexOf(s_endings, Path.GetExtension(p)))
            .ThenBy(p => p, StringComparer.Ordinal);

    private static string TableName(string path)
    {
        var name = new StringBuilder(Path.GetFileNameWithoutExtension(path));
        for (var i = 0; i < name.Length; i++)
        {
            name[i] = char.IsAsciiLetterOrDigit(name[i]) ? char.ToLowerInvariant(name[i]) : '_';
        }

        return name.ToString();
    }

    /// <summary>The engine takes every path as a pattern: the pattern that means this path only.</summary>
    private static string Pattern(string path) =>
        path.Replace("[", "[[]", StringComparison.Ordinal).Replace("*", "[*]", StringComparison.Ordinal).Replace("?", "[?]", StringComparison.Ordinal);

    /// <summary>The SQL that reads a file, with the types of its columns settled now rather than anew at each use.</summary>
    /// <param name="whole">Whether the whole file is looked at to settle them, which a table that is asked for deserves.</param>
    private static string Source(AnalyticsDatabase database, string path, bool whole)
    {
        var file = AnalyticsDatabase.Literal(Pattern(path));
        switch (Path.GetExtension(path))
        {
            case ".parquet":
                return $"read_parquet({file})";
            case ".ndjson":
                return $"read_json({file}, format = 'newline_delimited', sample_size = {(whole ? -1 : 20_480)})";
        }

        const string Dialect = "header = true, delim = ',', quote = '\"', escape = '\"', new_line = '\\n'";
        var columns = new List<string>();
        using (var described = database.Read($"DESCRIBE SELECT * FROM read_csv({file}, {Dialect}, sample_size = {(whole ? -1 : 20_480)})"))
        {
            while (described.Next())
            {
                var names = described.Column(0);
                var types = described.Column(1);
                for (var row = 0; row < described.RowCount; row++)
                {
                    var name = Encoding.UTF8.GetString(names.Text(row));
                    var isSignal = s_signalColumns.Contains(name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant());
                    var type = isSignal ? "VARCHAR" : Encoding.UTF8.GetString(types.Text(row));
                    columns.Add($"{AnalyticsDatabase.Literal(name)}: {AnalyticsDatabase.Literal(type)}");
                }
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"read_csv({file}, {Dialect}, auto_detect = false, columns = {{{string.Join(", ", columns)}}})");
    }
}
