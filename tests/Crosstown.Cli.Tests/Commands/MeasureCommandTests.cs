using Crosstown.Cli.Commands;
using Crosstown.Cli.Tests.Output;
using Crosstown.Server.Imports;
using Crosstown.Server.Store.Records;

namespace Crosstown.Cli.Tests.Commands;

/// <summary>The verbs as a script uses them: files in, files out, exit codes.</summary>
public sealed class MeasureCommandTests
{
    private const string Log = """
        TimeStamp,DeviceId,EventId,Parameter
        2026-05-13T15:00:00.000,7,8,2
        2026-05-13T15:00:04.000,7,9,2
        2026-05-13T15:00:04.000,7,10,2
        2026-05-13T15:00:06.000,7,11,2
        2026-05-13T15:00:10.000,7,82,5
        2026-05-13T15:00:11.000,7,81,5
        2026-05-13T15:00:30.000,7,1,2
        2026-05-13T15:00:31.000,7,82,5
        2026-05-13T15:00:32.000,7,81,5
        2026-05-13T15:20:00.000,7,82,5

        """;

    public static TheoryData<string> PeerTables() => SharedFiles("data/hires/odot-3h/expected");

    [Theory]
    [Trait("Category", SharedData.Category)]
    [MemberData(nameof(PeerTables))]
    public void The_command_writes_the_peer_s_file_byte_for_byte(string table)
    {
        using var folder = new ScratchFolder();
        var hires = SharedData.PathTo("data/hires/odot-3h");

        var code = CommandLine.Run(["measure", Path.Combine(hires, "events.csv"), "--signals", Path.Combine(hires, "detectors.csv"), "--options", "odot-2.1", "--out", folder.Path]);

        Assert.InRange(code, CommandLine.Done, CommandLine.DoneWithProblems);
        Assert.Equal(File.ReadAllText(Path.Combine(hires, "expected", table)), File.ReadAllText(Path.Combine(folder.Path, table)));
    }

    [Theory]
    [Trait("Category", SharedData.Category)]
    [InlineData("redtored_input.csv", "detectors.csv", "redtored.csv", "redtored_expected.csv")]
    [InlineData("adjust1_input.csv", "adjust1_detectors.csv", "adjusted-detections.csv", "adjust1_expected.csv")]
    public void A_configuration_table_that_names_no_signal_is_of_the_signal_that_the_command_names(string log, string detectors, string table, string expected)
    {
        using var folder = new ScratchFolder();
        var hires = SharedData.PathTo("data/hires/udot-7115");

        CommandLine.Run(
            ["measure", Path.Combine(hires, log), "--signals", Path.Combine(hires, detectors), "--signal", "7115", "--options", "udot-5", "--measure", "coordination-diagram", "--out", folder.Path]);

        Assert.Equal(File.ReadAllLines(Path.Combine(hires, expected)), File.ReadAllLines(Path.Combine(folder.Path, table)));
    }

    [Fact]
    public void A_log_without_configuration_still_gives_what_needs_none_and_says_what_is_missing()
    {
        using var folder = new ScratchFolder();
        var log = folder.Write("log.csv", Log);
        var output = Path.Combine(folder.Path, "out");

        var code = CommandLine.Run(["measure", log, "--zone", "UTC", "--measure", "detector-volume,arrivals-on-green", "--out", output]);

        Assert.Equal(CommandLine.DoneWithProblems, code);
        Assert.Equal(
            ["time,signal,channel,count,flow_vph,seen_share,dropped_cycles,repaired_pairs,faulted_detectors"],
            File.ReadLines(Path.Combine(output, "detector-volume.csv")).Take(1));
        Assert.Contains("2026-05-13T15:00:00.000,7,5,2,", File.ReadAllText(Path.Combine(output, "detector-volume.csv")), StringComparison.Ordinal);
        Assert.Single(File.ReadAllLines(Path.Combine(output, "arrivals-on-green.csv")));
        Assert.Contains("MissingConfiguration", File.ReadAllText(Path.Combine(output, "issues.ndjson")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_phase_without_detectors_has_no_rows_and_the_others_are_not_harmed()
    {
        using var folder = new ScratchFolder();
        var log = folder.Write("log.csv", Log);
        var signals = folder.Write("detectors.csv", "DeviceId,Phase,Function,Detector\n7,2,Advance,5\n7,4,Advance,9\n");
        var output = Path.Combine(folder.Path, "out");

        Assert.Equal(CommandLine.Done, CommandLine.Run(["measure", log, "--zone", "UTC", "--signals", signals, "--measure", "arrivals-on-green", "--out", output]));

        Assert.Equal(
            ["2026-05-13T15:00:00.000,7,2,2,1,0,1,0,0.5", "2026-05-13T15:15:00.000,7,2,1,1,0,0,0,1.0"],
            File.ReadLines(Path.Combine(output, "arrivals-on-green.csv")).Skip(1).Select(l => string.Join(',', l.Split(',')[..9])));
    }

    [Fact]
    public void The_asked_time_is_on_the_signal_s_clock_and_history_before_it_is_used()
    {
        using var folder = new ScratchFolder();
        var log = folder.Write("log.csv", Log);
        var signals = folder.Write("detectors.csv", "DeviceId,Phase,Function,Detector\n7,2,Advance,5\n");
        var output = Path.Combine(folder.Path, "out");

        CommandLine.Run(["measure", log, "--zone", "America/Denver", "--signals", signals, "--measure", "arrivals-on-green", "--from", "2026-05-13T15:15", "--to", "2026-05-13T15:30", "--out", output]);

        Assert.Equal(
            ["2026-05-13T15:15:00.000,7,2,1,1,0,0,0,1.0"],
            File.ReadLines(Path.Combine(output, "arrivals-on-green.csv")).Skip(1).Select(l => string.Join(',', l.Split(',')[..9])));
    }

    [Theory]
    [InlineData("--measure", "nonsense")]
    [InlineData("--options", "no-such-set")]
    [InlineData("--format", "xlsx")]
    [InlineData("--bin", "15")]
    [InlineData("--from", "yesterday")]
    [InlineData("--zone", "Mars/Olympus")]
    public void Wrong_use_is_refused_with_exit_code_two_and_writes_nothing(string option, string value)
    {
        using var folder = new ScratchFolder();
        var log = folder.Write("log.csv", Log);
        var output = Path.Combine(folder.Path, "out");

        Assert.Equal(CommandLine.WrongUse, CommandLine.Run(["measure", log, option, value, "--out", output]));

        Assert.False(Directory.Exists(output) && Directory.EnumerateFiles(output, "*.csv").Any());
    }

    [Fact]
    public void An_options_file_changes_a_definition_and_a_wrong_one_names_every_mistake()
    {
        using var folder = new ScratchFolder();
        var log = folder.Write("log.csv", Log);
        var good = folder.Write("good.json", """{"base": "odot-2.1", "detector-volume": {"known_for_days": 1}}""");
        var bad = folder.Write("bad.json", """{"base": "x", "detector-volume": {"known_for_days": -1, "nothing": 2}}""");
        var output = Path.Combine(folder.Path, "out");

        Assert.InRange(CommandLine.Run(["measure", log, "--zone", "UTC", "--options", good, "--measure", "detector-volume", "--out", output]), CommandLine.Done, CommandLine.DoneWithProblems);
        Assert.True(File.Exists(Path.Combine(output, "actuations.csv")));
        Assert.Equal(CommandLine.WrongUse, CommandLine.Run(["measure", log, "--options", bad, "--out", output]));
    }

    [Fact]
    public void The_same_import_twice_changes_nothing_and_retention_removes_what_is_old()
    {
        using var folder = new ScratchFolder();
        var log = folder.Write("log.csv", Log);
        var data = Path.Combine(folder.Path, "data");

        Assert.Equal(CommandLine.Done, CommandLine.Run(["import", log, "--data", data, "--zone", "UTC"]));
        var once = Logs.Store.EventStore.Open(data).StateHash();
        Assert.Equal(CommandLine.Done, CommandLine.Run(["import", log, "--data", data, "--zone", "UTC"]));
        Assert.Equal(once, Logs.Store.EventStore.Open(data).StateHash());

        Assert.Equal(CommandLine.WrongUse, CommandLine.Run(["retention", "--data", data, "--days", "91"]));
        Assert.Equal(CommandLine.Done, CommandLine.Run(["retention", "--data", data, "--days", "1"]));
        Assert.Equal(0, Logs.Store.EventStore.Open(data).CountEvents());
    }

    [Fact]
    [Trait("rule", "P10")]
    public void The_address_in_a_controller_s_file_name_is_not_kept_with_what_was_wrong()
    {
        using var folder = new ScratchFolder();
        var log = folder.Write("ECON_10.210.8.179_2024_02_21_1115.csv", Log + "no,row\n");
        var data = Path.Combine(folder.Path, "data");

        Assert.Equal(CommandLine.DoneWithProblems, CommandLine.Run(["import", log, "--data", data, "--zone", "UTC"]));

        using (var records = RecordStore.Open(data, null, TimeProvider.System))
        {
            var kept = new ImportRecords(records).Find(1)!.Value;
            Assert.Equal("ECON_(address)_2024_02_21_1115.csv", Assert.Single(kept.Files).Name);
            Assert.Equal("ECON_(address)_2024_02_21_1115.csv", kept.Examples[0].Source);
        }

        Assert.All(Directory.GetFiles(data, "records.db*"), f => Assert.DoesNotContain("10.210.8.179", File.ReadAllText(f, System.Text.Encoding.Latin1), StringComparison.Ordinal));
    }

    [Theory]
    [Trait("rule", "P10")]
    [InlineData("logs/ECON_10.210.8.179_2024_02_21_1115.dat", "logs/ECON_(address)_2024_02_21_1115.dat")]
    [InlineData("00:04:81:02:80:5c.xml", "(address).xml")]
    [InlineData("econolite_4895_2024_02_21_1115.dat", "econolite_4895_2024_02_21_1115.dat")]
    public void A_file_s_name_is_shown_and_kept_without_the_controller_s_address(string name, string shown) => Assert.Equal(shown, SourceName.WithoutAddress(name));

    [Fact]
    public void Learning_writes_a_file_that_measuring_takes()
    {
        using var folder = new ScratchFolder();
        var log = folder.Write("log.csv", Log);
        var learned = Path.Combine(folder.Path, "7.json");

        Assert.Equal(CommandLine.Done, CommandLine.Run(["learn", log, "--zone", "UTC", "--out", learned]));
        Assert.Equal(CommandLine.Done, CommandLine.Run(["measure", log, "--zone", "UTC", "--signals", learned, "--measure", "detector-volume", "--out", folder.Path]));
    }

    private static TheoryData<string> SharedFiles(string folder)
    {
        var files = SharedData.Root is { } root ? Directory.GetFiles(Path.Combine(root, folder), "*.csv").Select(f => Path.GetFileName(f)!).Order() : Enumerable.Empty<string>();
        return new TheoryData<string>(files.DefaultIfEmpty("actuations.csv"));
    }
}
