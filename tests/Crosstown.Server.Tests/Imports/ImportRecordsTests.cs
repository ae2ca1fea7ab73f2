using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Server.Imports;
using Crosstown.Server.Tests.Configuration;
using Crosstown.Server.Tests.Store;

namespace Crosstown.Server.Tests.Imports;

public sealed class ImportRecordsTests
{
    public static TheoryData<string> Both => TestRecords.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task A_record_says_what_each_file_gave_and_what_was_wrong(string dialect)
    {
        using var records = TestRecords.Create(dialect);
        var imports = new ImportRecords(records.Store);
        var issues = new DataIssueLog();
        issues.AddMany(40, DataIssueKind.BadRow, "logs/a.csv", 12, "25:61", "the row has no time; it is left out");
        issues.Add(DataIssueKind.UnknownCode, "logs/b.dat", 0, "999", "no list knows the code; the event is kept");

        var id = await imports.KeepAsync(Record(issues, 1_000, new("a.csv", "csv", "7", 1, 500, 40, 9_000), new("b.dat", null, null, 0, 0, 0, 12)), default);

        var (row, files, counts, examples) = imports.Find(id)!.Value;
        Assert.Equal(new ImportRow(id, "upload", 900, 1_000, 2, 9_012, 500, 480, 20, 40, 41), row);
        Assert.Equal([new("a.csv", "csv", "7", 1, 500, 40, 9_000), new ImportedFile("b.dat", null, null, 0, 0, 0, 12)], files);
        Assert.Equal([new("bad-row", "a.csv", 40), new IssueCount("unknown-code", "b.dat", 1)], counts);
        Assert.Equal(new IssueExample("bad-row", "a.csv", 12, "25:61", "the row has no time; it is left out"), examples[0]);
        Assert.Null(imports.Find(id + 1));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Lists_come_newest_first_by_pages_and_by_what_was_wrong(string dialect)
    {
        using var records = TestRecords.Create(dialect);
        var imports = new ImportRecords(records.Store);
        var wrong = new DataIssueLog();
        wrong.Add(DataIssueKind.EmptyFile, "x", 0, "", "the file is empty");
        for (var i = 1; i <= 5; i++)
        {
            await imports.KeepAsync(Record(i == 2 ? wrong : new DataIssueLog(), i * 1_000, new ImportedFile("f", "csv", null, 0, 1, 0, 1)) with { Door = i == 5 ? ImportDoor.Poll : ImportDoor.Upload }, default);
        }

        var (items, total) = imports.List(null, false, 1, 2);
        Assert.Equal([4_000, 3_000], items.Select(r => r.EndedMs));
        Assert.Equal(5, total);
        Assert.Equal(2_000, Assert.Single(imports.List(null, true, 0, 9).Items).EndedMs);
        Assert.Equal("poll", Assert.Single(imports.List(ImportDoor.Poll, false, 0, 9).Items).Door);
    }

    [Theory]
    [Trait("rule", "P22")]
    [MemberData(nameof(Both))]
    public async Task Records_past_their_time_are_gone_with_their_files_and_issues(string dialect)
    {
        using var records = TestRecords.Create(dialect);
        var imports = new ImportRecords(records.Store);
        var issues = new DataIssueLog();
        issues.Add(DataIssueKind.BadRow, "old.csv", 1, "expired-value", "left out");
        var old = await imports.KeepAsync(Record(issues, 1_000, new ImportedFile("old.csv", "csv", "7", 1, 1, 0, 1)), default);
        var kept = await imports.KeepAsync(Record(new DataIssueLog(), 2_000, new ImportedFile("new.csv", "csv", "7", 1, 1, 0, 1)), default);

        Assert.Equal((1, 2_000L), (imports.CountBefore(2_000), imports.FindOldestMs(2_000)));
        Assert.Equal(1, await imports.DeleteBeforeAsync(2_000, default));
        Assert.Null(imports.Find(old));
        Assert.NotNull(imports.Find(kept));
        foreach (var table in new[] { "import_file", "import_issue", "import_issue_count" })
        {
            using var connection = records.Store.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"select count(*) from {table} where import_id = {old.ToString(CultureInfo.InvariantCulture)}";
            Assert.Equal(0L, Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    [Trait("rule", "P07")]
    [Trait("rule", "P10")]
    public async Task No_address_or_identifier_gets_into_a_record_whichever_reader_made_the_issue()
    {
        using var records = TestRecords.Create(nameof(Crosstown.Server.Store.Records.RecordDialect.Sqlite));
        var imports = new ImportRecords(records.Store);
        var issues = new DataIssueLog();
        issues.Add(DataIssueKind.BadRow, "/in/ECON_10.210.8.179_2024_02_21.dat", 1, "call 801-555-0142", "left out");
        issues.Add(DataIssueKind.BadRow, "/in/ECON_10.210.8.179_2024_02_21.dat", 2, "from 10.210.8.179", "left out");
        issues.Add(DataIssueKind.PrivacyRefused, "/in/x", 3, "whatever", "refused");

        var id = await imports.KeepAsync(Record(issues, 1_000, new ImportedFile("/in/ECON_10.210.8.179_2024_02_21.dat", null, null, 0, 0, 2, 1)), default);

        var (_, files, counts, examples) = imports.Find(id)!.Value;
        Assert.Equal("ECON_(address)_2024_02_21.dat", files[0].Name);
        Assert.Contains("ECON_(address)_2024_02_21.dat", counts.Select(c => c.Source));
        Assert.Equal(["", "from (address)", ""], examples.OrderBy(e => e.Position).Select(e => e.Value));
        records.Store.Dispose();
        Assert.All(Directory.GetFiles(records.Folder), f =>
        {
            var bytes = File.ReadAllText(f, System.Text.Encoding.Latin1);
            Assert.DoesNotContain("10.210.8.179", bytes, StringComparison.Ordinal);
            Assert.DoesNotContain("555-0142", bytes, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task The_interface_lists_imports_by_pages_and_shows_one()
    {
        await using var server = await DeskServer.StartAsync();
        var issues = new DataIssueLog();
        issues.Add(DataIssueKind.BadRow, "a.csv", 1, "x", "left out");
        for (var i = 1; i <= 3; i++)
        {
            await server.Get<ImportRecords>().KeepAsync(Record(issues, i * 1_000, new ImportedFile("a.csv", "csv", "7", 1, 5, 1, 10)), default);
        }

        var list = await server.GetAsync("imports?size=2&issues=true&door=upload");
        Assert.Equal((3, 2), (list.GetProperty("total").GetInt32(), list.GetProperty("items").GetArrayLength()));
        var next = list.GetProperty("next").GetString()!;
        Assert.Equal(1, (await server.GetAsync(next["/api/v1/".Length..])).GetProperty("items").GetArrayLength());
        var one = await server.GetAsync("imports/1");
        Assert.Equal("a.csv", one.GetProperty("files")[0].GetProperty("name").GetString());
        Assert.Equal("left out", one.GetProperty("examples")[0].GetProperty("assumed").GetString());
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Get, "imports/99")).Status);
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Get, "imports?door=window")).Status);
        Assert.Empty((await server.GetAsync("imports?door=command-line")).GetProperty("items").EnumerateArray());
    }

    private static ImportRecord Record(DataIssueLog issues, long endedMs, params ImportedFile[] files) => new()
    {
        Door = ImportDoor.Upload,
        StartedMs = endedMs - 100,
        EndedMs = endedMs,
        Files = files,
        EventsAdded = 480,
        Duplicates = 20,
        Issues = issues,
    };
}
