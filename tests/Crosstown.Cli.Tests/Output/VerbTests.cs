using System.Globalization;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Logs.Analytics;
using Crosstown.Logs.Formats;

namespace Crosstown.Cli.Tests.Output;

/// <summary>These name another place for DuckDB's library through the environment, so nothing may run beside them.</summary>
[CollectionDefinition(nameof(Environment), DisableParallelization = true)]
public sealed class EnvironmentTests;

[Collection(nameof(Environment))]
public sealed class VerbTests
{
    private static readonly SignalId s_signal = SignalId.Parse("227");
    private static readonly TimeRange s_always = new(0, CellText.MaxTimeMs);
    private static readonly ControllerEvent[] s_events = [new(1000, 1, 2), new(1500, 400, -1)];

    [Fact]
    public void Without_the_library_sql_says_how_to_get_it_and_fails()
    {
        using var folder = new ScratchFolder();
        var errors = new StringWriter(CultureInfo.InvariantCulture);

        var exit = WithLibraryAt("/nowhere", () => SqlVerb.Run(folder.Path, new NoEvents(), "select 1", SqlFormat.Text, TextWriter.Null, errors, CancellationToken.None));

        Assert.Equal(3, exit);
        Assert.StartsWith("XT701 DuckDB: ", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("npm ci --prefix native/duckdb", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_library_parquet_fails_and_csv_works()
    {
        using var folder = new ScratchFolder();
        var errors = new StringWriter(CultureInfo.InvariantCulture);

        var parquet = WithLibraryAt("/nowhere", () => Export(folder, "e.parquet", TableFormat.Parquet, errors));
        var csv = WithLibraryAt("/nowhere", () => Export(folder, "e.csv", TableFormat.Csv, errors));

        Assert.Equal(3, parquet);
        Assert.Contains("npm ci --prefix native/duckdb", errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, csv);
        Assert.Equal(["e.csv"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
        Assert.Equal(
            "time,signal,code,parameter\n1970-01-01T00:00:01.000Z,227,1,2\n1970-01-01T00:00:01.500Z,227,400,-1\n",
            File.ReadAllText(Path.Combine(folder.Path, "e.csv")));
    }

    [Fact]
    public void Without_the_library_a_parquet_file_is_left_out_with_the_way_to_get_it()
    {
        var issues = new DataIssueLog();
        using var file = new MemoryStream("PAR1 and what follows"u8.ToArray());

        WithLibraryAt("/nowhere", () => LogFiles.Read(file, "events.parquet", new ReadSettings(), new NoSink(), issues).Files.Length);

        var issue = Assert.Single(issues.ListExamples());
        Assert.Equal("events.parquet", issue.Source);
        Assert.Contains("npm ci --prefix native/duckdb", issue.Assumed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_query_is_wrong_use_and_a_file_that_cannot_be_asked_is_worth_a_look()
    {
        Assert.SkipUnless(AnalyticsEngine.TryLoad(out _, out var whyNot), whyNot);
        using var folder = new ScratchFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "measures"));
        File.WriteAllText(Path.Combine(folder.Path, "measures", "bad.parquet"), "no parquet");
        var errors = new StringWriter(CultureInfo.InvariantCulture);

        Assert.Equal(2, SqlVerb.Run(folder.Path, new NoEvents(), "selec", SqlFormat.Text, TextWriter.Null, errors, CancellationToken.None));
        Assert.StartsWith("XT702 sql: ", errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, SqlVerb.Run(folder.Path, new NoEvents(), "select 1", SqlFormat.Text, TextWriter.Null, errors, CancellationToken.None));
        Assert.Contains("bad.parquet", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Events_of_an_unknown_signal_are_not_an_empty_file()
    {
        using var folder = new ScratchFolder();
        var errors = new StringWriter(CultureInfo.InvariantCulture);

        var exit = EventExportVerb.Run(
            new OneSignal(s_signal, s_events), [SignalId.Parse("9")], s_always, TableFormat.Csv, TimeStyle.Utc, Path.Combine(folder.Path, "e.csv"), TextWriter.Null, errors, CancellationToken.None);

        Assert.Equal(2, exit);
        Assert.Contains("227", errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void An_export_into_a_folder_that_is_not_there_fails_with_its_name()
    {
        using var folder = new ScratchFolder();
        var errors = new StringWriter(CultureInfo.InvariantCulture);

        Assert.Equal(3, Export(folder, "none/e.csv", TableFormat.Csv, errors));
        Assert.Contains("none", errors.ToString(), StringComparison.Ordinal);
    }

    private sealed class NoSink : IEventSink
    {
        public void Add(SignalId signal, string zone, ReadOnlySpan<ControllerEvent> events) => throw new InvalidOperationException($"Events of {signal} out of nothing.");
    }

    private static int Export(ScratchFolder folder, string name, TableFormat format, TextWriter errors) => EventExportVerb.Run(
        new OneSignal(s_signal, s_events), null, s_always, format, TimeStyle.Utc, Path.Combine(folder.Path, name), TextWriter.Null, errors, CancellationToken.None);

    private static int WithLibraryAt(string path, Func<int> run)
    {
        var before = Environment.GetEnvironmentVariable(AnalyticsEngine.PathVariable);
        Environment.SetEnvironmentVariable(AnalyticsEngine.PathVariable, path);
        try
        {
            return run();
        }
        finally
        {
            Environment.SetEnvironmentVariable(AnalyticsEngine.PathVariable, before);
        }
    }
}
