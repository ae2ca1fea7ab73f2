using System.Data.Common;
using Crosstown.Core.Data;
using Crosstown.Server.Store.Records;
using Dapper;

namespace Crosstown.Server.Tests.Store;

public sealed class RecordStoreTests
{
    private static readonly Migration s_first = new(1, "notes", "create table note (id {identity}, word text not null unique, size double precision null, is_new boolean not null);\ncreate table page (id {identity}, note_id bigint not null references note (id));\n");

    public static TheoryData<string> Both => TestRecords.Both;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Both_databases_take_the_same_statements_and_give_the_same_rows(string dialect)
    {
        using var records = TestRecords.Create(dialect, [s_first]);

        var ids = await records.Store.WriteAsync(
            async (c, t) => new[] { await Insert(c, t, "signal", 1.5), await Insert(c, t, "détecteur", null) }, Stop);

        using var connection = records.Store.Open();
        var rows = connection.Query<Note>("select id as Id, word as Word, size as Size, is_new as IsNew from note order by id limit 10 offset 0").ToArray();
        Assert.Equal([new Note { Id = ids[0], Word = "signal", Size = 1.5, IsNew = true }, new Note { Id = ids[1], Word = "détecteur", IsNew = true }], rows);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task A_change_that_throws_leaves_nothing_behind(string dialect)
    {
        using var records = TestRecords.Create(dialect, [s_first]);

        await Assert.ThrowsAsync<TimeoutException>(() => records.Store.WriteAsync<int>(
            async (c, t) =>
            {
                await Insert(c, t, "half", null);
                throw new TimeoutException();
            },
            Stop));
        await Assert.ThrowsAnyAsync<DbException>(() => records.Store.WriteAsync(
            async (c, t) =>
            {
                await Insert(c, t, "twice", null);
                await Insert(c, t, "twice", null);
            },
            Stop));
        await Assert.ThrowsAnyAsync<DbException>(() => records.Store.WriteAsync((c, t) => c.ExecuteAsync("insert into page (note_id) values (99)", transaction: t), Stop));

        Assert.Equal(0, Count(records.Store, "note"));
        Assert.Equal(0, Count(records.Store, "page"));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Writers_of_two_processes_take_turns_and_none_is_lost(string dialect)
    {
        using var records = TestRecords.Create(dialect, [s_first]);
        using var other = RecordStore.Open(records.Folder, records.ConnectionString, [s_first], TimeProvider.System);

        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => (i % 2 == 0 ? records.Store : other).WriteAsync(
            async (c, t) =>
            {
                // Reading what is there and adding to it is only right when nobody comes between.
                var count = await c.ExecuteScalarAsync<long>("select count(*) from note", transaction: t);
                return await Insert(c, t, $"{count}", null);
            },
            Stop))));

        Assert.Equal(60, Count(records.Store, "note"));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void A_connection_for_reading_cannot_write(string dialect)
    {
        using var records = TestRecords.Create(dialect, [s_first]);
        using var connection = records.Store.Open();

        Assert.ThrowsAny<DbException>(() => connection.Execute("insert into note (word, is_new) values ('x', true)"));
    }

    [Fact]
    public async Task A_write_inside_a_write_is_refused_and_does_not_wait_for_itself()
    {
        using var records = TestRecords.Create(nameof(RecordDialect.Sqlite), [s_first]);

        await Assert.ThrowsAsync<InvalidOperationException>(() => records.Store.WriteAsync(
            (_, _) => records.Store.WriteAsync((c, t) => Insert(c, t, "inner", null), Stop), Stop));
    }

    [Fact]
    [Trait("rule", "R03")]
    public async Task SQLite_syncs_each_commit_fully_in_reads_and_writes_and_its_file_is_the_owners_alone()
    {
        using var records = TestRecords.Create(nameof(RecordDialect.Sqlite));
        using var connection = records.Store.Open();

        Assert.Equal(2, connection.ExecuteScalar<long>("pragma synchronous"));
        Assert.Equal(2, await records.Store.WriteAsync((c, t) => c.ExecuteScalarAsync<long>("pragma synchronous", transaction: t), Stop));
        Assert.Equal("wal", connection.ExecuteScalar<string>("pragma journal_mode"));
        Assert.Equal(1, connection.ExecuteScalar<long>("pragma foreign_keys"));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal([UnixFileMode.UserRead | UnixFileMode.UserWrite], Directory.GetFiles(records.Folder).Select(File.GetUnixFileMode).Distinct());
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void A_step_that_was_applied_may_not_change(string dialect)
    {
        using var records = TestRecords.Create(dialect, [s_first]);

        var refused = Assert.Throws<ProblemException>(() => records.Reopen([s_first with { Text = s_first.Text + " " }]));

        Assert.Equal("XT350", Assert.Single(refused.Problems).Code);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void A_database_that_a_newer_program_has_made_is_refused(string dialect)
    {
        using var records = TestRecords.Create(dialect, [s_first, new Migration(7, "later", "create table later (id {identity});")]);

        var refused = Assert.Throws<ProblemException>(() => records.Reopen([s_first]));

        Assert.Equal("XT351", Assert.Single(refused.Problems).Code);
    }

    [Theory]
    [MemberData(nameof(Both))]
    [Trait("rule", "R17")]
    public void A_step_that_fails_half_way_leaves_the_schema_of_the_step_before(string dialect)
    {
        using var records = TestRecords.Create(dialect, [s_first]);
        var broken = new Migration(2, "broken", "create table left_over (id {identity});\ncreate table note (id {identity});");

        Assert.Throws<ProblemException>(() => records.Reopen([s_first, broken]));
        records.Reopen([s_first, new Migration(2, "mended", "create table left_over (id {identity});"), new Migration(3, "more", "create table more (id {identity});")]);

        Assert.Equal(0, Count(records.Store, "left_over"));
    }

    [Fact]
    [Trait("rule", "R17")]
    public void An_upgrade_cut_off_at_any_byte_of_the_log_comes_out_whole_on_the_next_start()
    {
        Migration[] steps = [s_first, new Migration(2, "more", "create table more (id {identity}, word text);\ncreate index more_word on more (word);\ninsert into more (word) values ('kept');")];
        using var records = TestRecords.Create(nameof(RecordDialect.Sqlite), [s_first]);
        records.Store.Dispose();
        var before = File.ReadAllBytes(Path.Combine(records.Folder, RecordStore.FileName));
        byte[] log;

        // A reader that stays open keeps the log from being folded back into the file.
        using (records.Reopen([s_first]))
        using (records.Store.Open())
        {
            using var upgraded = RecordStore.Open(records.Folder, null, steps, TimeProvider.System);
            log = File.ReadAllBytes(Path.Combine(records.Folder, RecordStore.FileName + "-wal"));
        }

        Assert.True(log.Length > 10_000, $"{log.Length} bytes of log");
        for (var length = 0; length <= log.Length; length += 997)
        {
            var folder = Directory.CreateTempSubdirectory("crosstown-cut-").FullName;
            File.WriteAllBytes(Path.Combine(folder, RecordStore.FileName), before);
            File.WriteAllBytes(Path.Combine(folder, RecordStore.FileName + "-wal"), log[..length]);

            using (var whole = RecordStore.Open(folder, null, steps, TimeProvider.System))
            {
                Assert.Equal(1, Count(whole, "more"));
                Assert.Equal(2, Count(whole, "schema_step"));
                using var connection = whole.Open();
                Assert.Equal("ok", connection.ExecuteScalar<string>("pragma integrity_check"));
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task All_steps_of_the_program_apply_at_once_when_two_programs_start_together(string dialect)
    {
        using var records = TestRecords.Create(dialect, []);

        var stores = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => RecordStore.Open(records.Folder, records.ConnectionString, TimeProvider.System))));

        Assert.Equal(Migration.ListAll().Length, Count(stores[0], "schema_step"));
        foreach (var store in stores)
        {
            store.Dispose();
        }
    }

    [Fact]
    public void Steps_have_each_a_number_of_their_own()
    {
        var numbers = Migration.ListAll().Select(m => m.Number).ToArray();

        Assert.NotEmpty(numbers);
        Assert.Equal(numbers.Distinct(), numbers);
    }

    [Fact]
    [Trait("rule", "R12")]
    public async Task A_full_disk_refuses_the_change_and_takes_the_next_once_there_is_room()
    {
        using var records = TestRecords.Create(nameof(RecordDialect.Sqlite), [s_first]);
        async Task Fill(int pages) => await records.Store.WriteAsync(
            async (c, t) =>
            {
                await c.ExecuteAsync($"pragma max_page_count={pages}", transaction: t);
                await Insert(c, t, new string('x', 60_000), null);
            },
            Stop);

        var refused = await Assert.ThrowsAsync<RecordsUnavailableException>(() => Fill(1));
        Assert.Equal("XT354", refused.Problem.Code);
        Assert.True(refused.IsFull);

        await Fill(1_000_000);
        Assert.Equal(1, Count(records.Store, "note"));
    }

    [Fact]
    public void A_server_that_does_not_answer_is_a_problem_that_shows_no_secret()
    {
        var refused = Assert.Throws<ProblemException>(() => RecordStore.Open(Path.GetTempPath(), "Host=/nonexistent;Username=x;Password=canary-word;Database=y", TimeProvider.System));

        Assert.Equal("XT352", Assert.Single(refused.Problems).Code);
        Assert.DoesNotContain("canary-word", refused.ToString(), StringComparison.Ordinal);
    }

    private static Task<long> Insert(DbConnection connection, DbTransaction transaction, string word, double? size) => connection.ExecuteScalarAsync<long>(
        "insert into note (word, size, is_new) values (@word, @size, true) returning id", new { word, size }, transaction);

    private static long Count(RecordStore store, string table)
    {
        using var connection = store.Open();
        return connection.ExecuteScalar<long>($"select count(*) from {table}");
    }

    private sealed record Note
    {
        public long Id { get; init; }

        public string Word { get; init; } = "";

        public double? Size { get; init; }

        public bool IsNew { get; init; }
    }
}
