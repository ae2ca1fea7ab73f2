using System.Globalization;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Time;
using Crosstown.Logs.Analytics;
using Crosstown.Logs.Tests.Formats;

namespace Crosstown.Logs.Tests.Analytics;

public sealed class SqlQueryTests
{
    private static readonly EventList s_two = new(Duck.Denver, ("227", Duck.RandomEvents(41, 20_000)), ("452", Duck.RandomEvents(42, 500)));

    [Fact]
    public void A_signals_events_are_counted_and_read_in_order()
    {
        using var folder = new ScratchFolder();
        var events = Duck.RandomEvents(41, 20_000);

        Assert.Equal(["20000"], Duck.Rows(folder.Path, s_two, "select count(*) from events('227')"));
        Assert.Equal(
            events.Select(e => string.Create(CultureInfo.InvariantCulture, $"227,{e.TimeMs},{Duck.Denver.ToLocalMs(e.TimeMs)},{e.Code},{e.Parameter}")),
            Duck.Rows(folder.Path, s_two, "select signal, epoch_ms(time), epoch_ms(local_time), code, parameter from events('227')"));
        Assert.Equal(
            [string.Create(CultureInfo.InvariantCulture, $"{events.Max(e => e.Parameter)},{events.Count(e => e.Code < 100)}")],
            Duck.Rows(folder.Path, s_two, "select max(parameter), count(*) filter (code < 100) from events('227')"));
    }

    [Fact]
    public void A_span_of_events_is_half_open()
    {
        using var folder = new ScratchFolder();
        var source = new EventList(Duck.Denver, ("1", [new ControllerEvent(1000, 1, 2), new ControllerEvent(2000, 8, 2), new ControllerEvent(3000, 10, 2)]));

        Assert.Equal(
            ["1", "8"],
            Duck.Rows(folder.Path, source, "select code from events('1', since := timestamp '1970-01-01 00:00:01', before := timestamp '1970-01-01 00:00:03')"));
        Assert.Empty(Duck.Rows(folder.Path, source, "select code from events('1', since := timestamp '1970-01-01 00:00:02', before := timestamp '1970-01-01 00:00:01')"));
    }

    [Theory]
    [Trait("rule", "P12")]
    [InlineData("select * from events('227') a join events('452') b on a.time = b.time")]
    [InlineData("with a as (select * from events('227')) select * from a union all select * from events('452')")]
    [InlineData("select (select count(*) from events('452')) from events('227') limit 1")]
    [InlineData("select * from events('227') a where exists (from events('452') b where b.code = a.code)")]
    public void Single_events_of_two_signals_are_never_joined(string sql)
    {
        using var folder = new ScratchFolder();

        var problem = Assert.Single(Refusal(folder.Path, sql).Problems);

        Assert.Equal("XT703", problem.Code);
        Assert.Contains("P12", problem.Message, StringComparison.Ordinal);
        Assert.Contains("227", problem.Message, StringComparison.Ordinal);
        Assert.Contains("452", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signal_may_be_joined_with_itself()
    {
        using var folder = new ScratchFolder();

        Assert.Equal(["500"], Duck.Rows(folder.Path, s_two, "select count(*) from (select distinct * from events('452')) a semi join events('452') b using (time, code, parameter)"));
    }

    [Fact]
    [Trait("rule", "P12")]
    public void There_is_no_table_of_all_signals_events()
    {
        using var folder = new ScratchFolder();

        Assert.Contains("events('227')", Refusal(folder.Path, "select count(*) from events").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_signal_is_answered_with_the_known_ones()
    {
        using var folder = new ScratchFolder();

        var message = Refusal(folder.Path, "from events('7')").Message;

        Assert.Contains("'7'", message, StringComparison.Ordinal);
        Assert.Contains("227, 452", message, StringComparison.Ordinal);
        Assert.Equal(["227,America/Denver", "452,America/Denver"], Duck.Rows(folder.Path, s_two, "from signals order by signal"));
    }

    [Fact]
    public void Every_file_of_measures_is_a_table()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder["measures/split-failures.csv"], "TimeStamp,DeviceId,Phase,Share\n2024-05-13T15:00:00.000,007,2,0.5\n2024-05-13T15:15:00.000,227,4,\n");
        File.WriteAllText(folder["measures/Ped [1].ndjson"], """{"TimeStamp":"2024-05-13T15:00:00.000","DeviceId":"007","Delay":12.5}""" + "\n");
        File.WriteAllText(folder["measures/notes.txt"], "not a table");

        Assert.Equal(["007,2,0.5", "227,4,"], Duck.Rows(folder.Path, s_two, "select DeviceId, Phase, Share from split_failures order by TimeStamp"));
        Assert.Equal(
            ["2024-05-13T15:00:00.000,0.5,12.5"],
            Duck.Rows(folder.Path, s_two, "select s.TimeStamp, Share, Delay from split_failures s join ped__1_ p using (DeviceId, TimeStamp)"));
        Assert.Equal(["events", "ped__1_", "signals", "split_failures"], Duck.Rows(folder.Path, s_two, "show tables").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_damaged_file_is_named_and_the_others_can_be_asked()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder["measures/good.csv"], "a\n1\n");
        File.WriteAllText(folder["measures/good.ndjson"], "{\"a\":2}\n");
        File.WriteAllText(folder["measures/bad.parquet"], "PAR1 and no more");
        File.WriteAllText(folder["measures/signals.csv"], "a\n1\n");
        var output = new StringWriter(CultureInfo.InvariantCulture);

        var answer = SqlQuery.Run(Duck.Engine(), folder.Path, s_two, "from good", SqlFormat.Csv, output, CancellationToken.None);

        Assert.Equal("a\n1\n", output.ToString());
        Assert.Equal(1, answer.RowCount);
        Assert.Equal(3, answer.Notes.Length);
        Assert.Contains(answer.Notes, n => n.StartsWith("bad.parquet", StringComparison.Ordinal));
        Assert.Contains(answer.Notes, n => n.StartsWith("good.ndjson", StringComparison.Ordinal));
        Assert.Contains(answer.Notes, n => n.StartsWith("signals.csv", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("copy (select 1) to '{0}/out.csv'")]
    [InlineData("copy signals to '{0}/out.csv'")]
    [InlineData("copy (select 2 as a) to '{0}/measures/one.csv'")]
    [InlineData("explain analyze copy (select 2 as a) to '{0}/measures/one.csv'")]
    [InlineData("export database '{0}/out'")]
    [InlineData("select * from read_csv('/etc/passwd')")]
    [InlineData("select * from read_csv('{0}/secret.csv')")]
    [InlineData("select * from '{0}/secret.csv'")]
    [InlineData("select * from read_text('/etc/hostname')")]
    [InlineData("select * from read_blob('{0}/secret.csv')")]
    [InlineData("select * from read_csv('{0}/measures/../secret.csv')")]
    [InlineData("select * from sniff_csv('{0}/secret.csv')")]
    [InlineData("select * from glob('{0}/*')")]
    [InlineData("select * from query('copy (select 1) to ''{0}/out.csv''')")]
    [InlineData("attach '{0}/out.db'")]
    [InlineData("install httpfs")]
    [InlineData("load httpfs")]
    [InlineData("set enable_external_access = true")]
    [InlineData("set lock_configuration = false")]
    [InlineData("reset allowed_paths")]
    [InlineData("select * from enable_logging(storage = 'file', storage_path = '{0}/log')")]
    [InlineData("call enable_logging(storage = 'file', storage_path = '{0}/log')")]
    [InlineData("pragma enable_profiling = 'json'")]
    [InlineData("select * from enable_profiling(save_location = '{0}/profile')")]
    [InlineData("select * from system.main.arrow_scan(null, null, null)")]
    [InlineData("select (select count(*) from read_parquet('{0}/secret.parquet'))")]
    [InlineData("describe select * from read_csv('{0}/secret.csv')")]
    [InlineData("with a as (select * from read_json('{0}/secret.csv')) from a")]
    [InlineData("select * from query('select 1')")]
    [InlineData("create table t as select 1")]
    [InlineData("drop view one")]
    [InlineData("delete from signals")]
    [InlineData("insert into signals values ('a', 'b')")]
    [InlineData("select 1; copy (select 1) to '{0}/out.csv'")]
    [InlineData("checkpoint")]
    [InlineData("selec 1")]
    [InlineData("")]
    [InlineData("-- nothing")]
    [InlineData("select [1, 2] as a")]
    [InlineData("select 'x'::integer")]
    public void What_does_not_read_the_data_folder_is_refused(string statement)
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder["measures/one.csv"], "a\n1\n");
        File.WriteAllText(folder["secret.csv"], "a\n42\n");

        var refusal = Refusal(folder.Path, string.Format(CultureInfo.InvariantCulture, statement, folder.Path));

        Assert.Equal("XT702", Assert.Single(refusal.Problems).Code);
        Assert.Equal("a\n1\n", File.ReadAllText(folder["measures/one.csv"]));
        Assert.Equal(["measures", "secret.csv"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Values_of_every_kind_are_shown_as_our_tables_show_them()
    {
        using var folder = new ScratchFolder();
        const string Sql =
            """
            select true as a, 1::tinyint as b, -2::hugeint as c, 1.50::decimal(4, 2) as d, -0.05::decimal(3, 2) as e, 1::double as f, 0.1::float as g, 'nan'::double as h,
            date '2024-02-29' as i, time '01:02:03.5' as j, timestamp '2024-05-13 15:00:00' as k, timestamp '2024-05-13 15:00:00.000001' as l,
            timestamptz '2024-05-13 15:00:00+00' as m, interval '1 day 90 minutes' as n, null as o, '=1+1' as p, 'x'::enum('w', 'x') as q,
            '1969-12-31 23:59:59.999'::timestamp_ms as r, 18446744073709551615::ubigint as s, '2024-01-01'::timestamp_s as t, 1 as a
            """;

        var row = Assert.Single(Duck.Rows(folder.Path, Duck.NoEvents, Sql));
        Assert.Equal(
            "true,1,-2,1.50,-0.05,1.0,0.1,,2024-02-29,01:02:03.500,2024-05-13T15:00:00.000,2024-05-13T15:00:00.000001,2024-05-13T15:00:00.000Z,"
            + "1 days 01:30:00.000000,,\"'=1+1\",x,1969-12-31T23:59:59.999,18446744073709551615,2024-01-01T00:00:00.000,1",
            row);
        var json = Assert.Single(Duck.Objects(folder.Path, Duck.NoEvents, Sql));
        Assert.True(json.GetProperty("a").GetBoolean());
        Assert.Equal(1, json.GetProperty("a_2").GetInt32());
        Assert.Equal("=1+1", json.GetProperty("p").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("h").ValueKind);
        Assert.Equal(1.5m, json.GetProperty("d").GetDecimal());
    }

    [Fact]
    public void An_answer_for_people_is_aligned_and_cannot_command_the_terminal()
    {
        using var folder = new ScratchFolder();
        var output = new StringWriter(CultureInfo.InvariantCulture);

        SqlQuery.Run(Duck.Engine(), folder.Path, Duck.NoEvents, "select * from (values ('GapOut', 5), (chr(27) || '[2J', 1234)) t(Reason, Count)", SqlFormat.Text, output, CancellationToken.None);

        Assert.Equal("Reason  Count\n------  -----\nGapOut      5\n?[2J     1234\n(2 rows)\n", output.ToString());
    }

    [Fact]
    public void The_question_in_the_documentation_is_answered()
    {
        using var folder = new ScratchFolder();
        var text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "..", "docs", "export.md"));
        var sql = text.Split("```sql\n")[1].Split("```")[0];
        var from = CapturedEvents.Utc("2024-05-13T22:00");
        var source = new EventList(Duck.Denver, ("227", [new(from - 100, 82, 12), new(from, 82, 12), new(from + 1000, 81, 12), new(from + 1_000_000, 82, 12), new(from + 1_100_000, 82, 12)]));

        Assert.Equal(["2024-05-13T16:00:00.000,1", "2024-05-13T16:15:00.000,2"], Duck.Rows(folder.Path, source, sql));

        static string ThisFile([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;
    }

    [Fact]
    public void A_long_answer_is_written_to_the_end()
    {
        using var folder = new ScratchFolder();
        var output = new StringWriter(CultureInfo.InvariantCulture);

        var answer = SqlQuery.Run(Duck.Engine(), folder.Path, Duck.NoEvents, "from range(5000)", SqlFormat.Text, output, CancellationToken.None);

        Assert.Equal(5000, answer.RowCount);
        Assert.Equal(5003, output.ToString().Split('\n').Length - 1);
        Assert.EndsWith("4999\n(5000 rows)\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_query_that_is_stopped_ends_soon()
    {
        using var folder = new ScratchFolder();
        var engine = Duck.Engine();
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        Assert.Throws<OperationCanceledException>(() => SqlQuery.Run(
            engine, folder.Path, Duck.NoEvents, "select count(*) from range(1000000) a, range(1000000) b where (a.range * b.range) % 7 = 1", SqlFormat.Csv, TextWriter.Null, stop.Token));
    }

    [Fact]
    public void A_failing_reader_of_events_fails_the_query_with_its_message()
    {
        using var folder = new ScratchFolder();
        var engine = Duck.Engine();

        var problem = Assert.Throws<ProblemException>(() => SqlQuery.Run(
            engine, folder.Path, new BrokenEvents(), "from events('1')", SqlFormat.Csv, TextWriter.Null, CancellationToken.None));

        Assert.Contains("block 3 is damaged", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_runtime_still_turns_a_null_reference_into_an_exception_beside_the_engine()
    {
        Duck.Engine();

        Assert.Throws<NullReferenceException>(() => Length(null!));

        static int Length(string text) => text.Length;
    }

    private static ProblemException Refusal(string folder, string sql)
    {
        var engine = Duck.Engine();
        return Assert.Throws<ProblemException>(() => SqlQuery.Run(engine, folder, s_two, sql, SqlFormat.Csv, TextWriter.Null, CancellationToken.None));
    }

    private sealed class BrokenEvents : IEventSource, IEventReader
    {
        public System.Collections.Immutable.ImmutableArray<Core.Street.SignalId> ListSignals() => [Core.Street.SignalId.Parse("1")];

        public LocalTimeMap ClockOf(Core.Street.SignalId signal) => LocalTimeMap.Utc;

        public TimeRange? FindRange(Core.Street.SignalId signal) => new TimeRange(0, 1);

        public IEventReader Open(Core.Street.SignalId signal, TimeRange range) => this;

        public bool Next(out ReadOnlySpan<ControllerEvent> block) => throw new InvalidDataException("block 3 is damaged");

        public void Dispose()
        {
        }
    }
}
