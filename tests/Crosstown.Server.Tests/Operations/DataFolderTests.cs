using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Server.Imports;
using Crosstown.Server.Operations;
using Crosstown.Server.Store.Records;
using Crosstown.Server.Tests.Configuration;

namespace Crosstown.Server.Tests.Operations;

/// <summary>Folders of the format before the server existed: events in segments, configuration as files, issues of imports as lines; no journal, records or version.</summary>
public sealed class DataFolderTests : IDisposable
{
    private const string Issues = """
        {"kind":"BadRow","source":"logs/a.csv","count":40}
        {"kind":"BadRow","source":"logs/a.csv","position":12,"value":"25:61","assumed":"the row has no time; it is left out"}

        """;

    private readonly string _data = DeskServer.MakeFolder();

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    [Trait("rule", "R17")]
    public async Task A_folder_from_before_the_server_is_brought_up_whole_wherever_the_upgrade_is_ended()
    {
        var hash = MakeEarlier();
        var steps = new List<string>();
        for (var end = 0; ; end++)
        {
            steps.Clear();
            using var records = RecordStore.Open(_data, null, TimeProvider.System);
            using var folder = DataFolder.Open(_data);
            try
            {
                await folder.UpgradeAsync(records, default, step =>
                {
                    steps.Add(step);
                    if (steps.Count == end + 1 && end < 5)
                    {
                        throw new OperationCanceledException(step);
                    }
                });
                break;
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(1, DataFolder.FormatOf(_data).Format);
                Assert.Equal(hash, EventStore.Open(_data).StateHash());
            }
        }

        Assert.Equal(DataFolder.CurrentFormat, DataFolder.FormatOf(_data).Format);
        Assert.Equal(hash, EventStore.Open(_data).StateHash());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_data, "imports"), "*.ndjson"));
        using var after = RecordStore.Open(_data, null, TimeProvider.System);
        var imports = new ImportRecords(after);
        Assert.Equal(2, imports.List(null, true, 0, 9).Total);
        var (row, _, counts, examples) = imports.Find(1)!.Value;
        Assert.Equal(("command-line", 40L), (row.Door, row.Issues));
        Assert.Equal(new IssueCount("bad-row", "a.csv", 40), Assert.Single(counts));
        Assert.Equal("25:61", examples[0].Value);
    }

    [Fact]
    [Trait("rule", "R17")]
    public async Task A_server_serves_a_folder_from_before_and_gives_it_a_version()
    {
        var hash = MakeEarlier();
        await using (var server = await DeskServer.StartAsync(new FixedTime(new DateTimeOffset(2024, 5, 14, 0, 0, 0, TimeSpan.Zero)), _data))
        {
            Assert.Equal(2, (await server.GetAsync("signals")).GetProperty("total").GetInt32());
        }

        Assert.Equal(hash, EventStore.Open(_data).StateHash());
        Assert.Equal(DataFolder.CurrentFormat, DataFolder.FormatOf(_data).Format);
    }

    [Fact]
    public void A_folder_of_a_newer_program_is_refused_and_left_as_it_is()
    {
        File.WriteAllText(Path.Combine(_data, DataFolder.VersionFile), """{ "format": 99, "program": "9.9.9" }""");

        var problem = Assert.Throws<ProblemException>(() => DataFolder.Open(_data)).Problems.Single();

        Assert.Equal("XT381", problem.Code);
        Assert.Contains("99", problem.Message, StringComparison.Ordinal);
        Assert.Contains("9.9.9", problem.Message, StringComparison.Ordinal);
        Assert.Equal([DataFolder.VersionFile], Directory.EnumerateFiles(_data).Select(p => Path.GetFileName(p)!));
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_is_refused_and_the_first_goes_on()
    {
        await using var server = await DeskServer.StartAsync(data: _data);

        var problem = Assert.Throws<ProblemException>(() => DataFolder.Open(_data)).Problems.Single();

        Assert.Equal("XT380", problem.Code);
        Assert.Equal("ready", (await server.GetAsync("../../health/ready")).GetProperty("status").GetString());
    }

    private string MakeEarlier()
    {
        var store = EventStore.Open(_data);
        using (var writer = store.OpenWriter(new DataIssueLog()))
        {
            var startMs = new DateTimeOffset(2024, 5, 13, 15, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
            writer.Add(SignalId.Parse("227"), "America/Los_Angeles", Enumerable.Range(0, 5_000).Select(i => new ControllerEvent(startMs + (i * 100), 82, (short)(1 + (i % 30)))).ToArray());
            writer.Commit();
        }

        Directory.CreateDirectory(Path.Combine(_data, "signals"));
        File.WriteAllText(Path.Combine(_data, "signals", "5.json"), """{ "signal": "5", "name": "A & B" }""");
        Directory.CreateDirectory(Path.Combine(_data, "imports"));
        File.WriteAllText(Path.Combine(_data, "imports", "20240513T150000000Z.ndjson"), Issues);
        File.WriteAllText(Path.Combine(_data, "imports", "20240514T150000000Z.ndjson"), Issues);
        return store.StateHash();
    }
}
