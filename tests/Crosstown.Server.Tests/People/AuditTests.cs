using System.Data.Common;
using System.Security.Claims;
using System.Text.Json;
using Crosstown.Core.Street;
using Crosstown.Server.People;
using Crosstown.Server.People.Audit;
using Crosstown.Server.Query;
using Crosstown.Server.Store.Records;
using Crosstown.Server.Tests.Configuration;
using Crosstown.Server.Tests.Store;
using Dapper;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Tests.People;

public sealed class AuditTests
{
    private static readonly string[] s_columns = ["number", "time_ms", "account", "reason", "action", "subject", "before_hash", "after_hash", "program", "previous_hash", "hash"];

    public static TheoryData<string> Both => TestRecords.Both;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Both))]
    [Trait("rule", "C16")]
    public async Task A_change_of_any_field_of_any_entry_is_found_at_that_entry(string dialect)
    {
        using var records = TestRecords.Create(dialect);
        var audit = new AuditLog(records.Store, TimeProvider.System);
        await FillAsync(audit, 5);
        Assert.Equal(new AuditCheck(5, 5, audit.List(null, null, null, 1)[0].Hash, null, null), audit.Verify());
        await DropGuardsAsync(records);

        foreach (var column in s_columns)
        {
            for (var number = 1; number <= 5; number++)
            {
                var isNumber = column is "number" or "time_ms";
                var change = isNumber ? $"{column} + 1000" : $"case when {column} = '' then 'x' else substr({column}, 1, length({column}) - 1) || case when {column} like '%z' then 'y' else 'z' end end";
                var back = isNumber ? $"{column} - 1000" : "@old";
                using var reader = records.Store.Open();
                var old = reader.ExecuteScalar<string>($"select cast({column} as text) from audit_entry where number = {number}");
                await records.Store.WriteAsync((c, t) => c.ExecuteAsync($"update audit_entry set {column} = {change} where number = {number}", transaction: t), Stop);

                var check = audit.Verify();
                Assert.True(check.BrokenAt == number, $"{column} of entry {number}: {check}");
                Assert.Equal(number - 1, check.Count);

                var changed = column == "number" ? number + 1000 : number;
                await records.Store.WriteAsync((c, t) => c.ExecuteAsync($"update audit_entry set {column} = {back} where number = {changed}", isNumber ? null : new { old }, t), Stop);
                Assert.Null(audit.Verify().BrokenAt);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    [Trait("rule", "C16")]
    public async Task An_entry_left_out_put_in_or_swapped_is_found_and_a_cut_end_by_a_noted_hash(string dialect)
    {
        using var records = TestRecords.Create(dialect);
        var audit = new AuditLog(records.Store, TimeProvider.System);
        await FillAsync(audit, 6);
        await DropGuardsAsync(records);
        var noted = audit.Verify();
        Task Write(string sql) => records.Store.WriteAsync((c, t) => c.ExecuteAsync(sql, transaction: t), Stop);

        await Write("update audit_entry set number = 99 where number = 2");
        Assert.Equal(2, audit.Verify().BrokenAt);
        await Write("update audit_entry set number = 2 where number = 3");
        await Write("update audit_entry set number = 3 where number = 99");
        Assert.Equal(2, audit.Verify().BrokenAt);
        await Write("update audit_entry set number = 99 where number = 3");
        await Write("update audit_entry set number = 3 where number = 2");
        await Write("update audit_entry set number = 2 where number = 99");
        Assert.Null(audit.Verify().BrokenAt);

        await Write("delete from audit_entry where number = 6");
        Assert.Null(audit.Verify().BrokenAt);
        Assert.False(audit.Holds(noted.LastNumber, noted.LastHash));
    }

    [Theory]
    [MemberData(nameof(Both))]
    [Trait("rule", "C16")]
    public async Task The_database_itself_refuses_to_change_or_remove_entries(string dialect)
    {
        using var records = TestRecords.Create(dialect);
        var audit = new AuditLog(records.Store, TimeProvider.System);
        await FillAsync(audit, 2);
        await records.Store.WriteAsync((c, t) => c.ExecuteAsync("insert into audit_cut (number, hash, time_ms) values (0, @Beginning, 0)", new { AuditEntry.Beginning }, t), Stop);

        foreach (var sql in (string[])["update audit_entry set account = 'x'", "delete from audit_entry where number = 1", "delete from audit_entry", "update audit_cut set number = 9", "delete from audit_cut"])
        {
            await Assert.ThrowsAnyAsync<DbException>(() => records.Store.WriteAsync((c, t) => c.ExecuteAsync(sql, transaction: t), Stop));
        }

        Assert.Equal(2, audit.Verify().Count);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Entries_older_than_three_years_are_removed_and_the_rest_still_holds(string dialect)
    {
        using var records = TestRecords.Create(dialect);
        var time = new FixedTime(new DateTimeOffset(2026, 5, 13, 6, 0, 0, TimeSpan.Zero));
        var audit = new AuditLog(records.Store, time);
        await FillAsync(audit, 4);
        time.Move(TimeSpan.FromDays(AuditLog.KeptDays - 1));
        await FillAsync(audit, 2);
        Assert.Equal(0, await audit.CutAsync(Stop));
        time.Move(TimeSpan.FromDays(2));

        Assert.Equal(4, await audit.CutAsync(Stop));

        var check = audit.Verify();
        Assert.Null(check.BrokenAt);
        Assert.Equal((3, 7), (check.Count, check.LastNumber));
        Assert.Equal("audit-cut", audit.List(null, null, null, 1)[0].Action);
        await DropGuardsAsync(records);
        await records.Store.WriteAsync((c, t) => c.ExecuteAsync("delete from audit_entry where number = 5", transaction: t), Stop);
        Assert.Equal(5, audit.Verify().BrokenAt);
    }

    [Fact]
    public async Task Entries_written_at_once_make_one_chain_without_gaps()
    {
        using var records = TestRecords.Create(nameof(RecordDialect.Sqlite));
        var audit = new AuditLog(records.Store, TimeProvider.System);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => audit.AppendAsync(new AuditAct("rosa", "test", "act", $"n/{i}"), Stop))));

        Assert.Equal(50, audit.Verify().Count);
    }

    [Theory]
    [InlineData("rosa", "Because I wanted", "act", "x")]
    [InlineData("rosa", "test", "act", "free text")]
    [InlineData("rosa", "test", "act now", "x")]
    [InlineData("", "test", "act", "x")]
    public async Task Words_that_are_not_of_their_form_are_refused_so_that_no_free_text_gets_in(string account, string reason, string action, string subject)
    {
        using var records = TestRecords.Create(nameof(RecordDialect.Sqlite));
        var audit = new AuditLog(records.Store, TimeProvider.System);

        await Assert.ThrowsAsync<ArgumentException>(() => audit.AppendAsync(new AuditAct(account, reason, action, subject), Stop));
        Assert.Equal(0, audit.Verify().Count);
    }

    [Fact]
    [Trait("rule", "P13")]
    public async Task Looking_at_raw_events_stands_in_the_audit_with_its_reason_once_an_hour()
    {
        await using var server = await PeopleServer.StartAsync();
        using var admin = await server.SignInAsAsync(Role.Admin);
        var gate = server.Services.GetRequiredService<RawAccessGate>();
        var context = new DefaultHttpContext
        {
            User = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, "rosa"), new(ClaimTypes.Role, "operate")], "test")),
        };
        context.Request.Headers[RawReasons.Header] = "complaint";

        Assert.Null(await gate.EnterAsync(context, SignalId.Parse("7"), "events"));
        Assert.Null(await gate.EnterAsync(context, SignalId.Parse("7"), "events"));

        var entry = Assert.Single((await PageAsync(admin, "?action=raw-access")).GetProperty("items").EnumerateArray());
        Assert.Equal(("rosa", "complaint", "signal/7/events"), (entry.GetProperty("account").GetString(), entry.GetProperty("reason").GetString(), entry.GetProperty("subject").GetString()));
    }

    [Fact]
    public async Task An_administrator_reads_the_audit_in_pages_and_as_csv()
    {
        await using var server = await PeopleServer.StartAsync();
        using var admin = await server.SignInAsAsync(Role.Admin);
        await FillAsync(server.Services.GetRequiredService<AuditLog>(), 30);
        var numbers = new List<long>();
        for (long? before = null; ;)
        {
            var page = await PageAsync(admin, before is null ? "?size=7" : $"?size=7&before={before}");
            numbers.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("number").GetInt64()));
            if (page.GetProperty("next").ValueKind == JsonValueKind.Null)
            {
                break;
            }

            before = page.GetProperty("next").GetInt64();
        }

        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(n => (long)n).Reverse(), numbers);
        admin.Client.DefaultRequestHeaders.Remove("Accept");
        admin.Client.DefaultRequestHeaders.Add("Accept", "text/csv");
        var lines = (await admin.GetTextAsync("/api/v1/audit?size=1000")).TrimEnd().Split("\r\n");
        Assert.Equal(string.Join(',', s_columns), lines[0]);
        Assert.Equal(numbers.Count, lines.Length - 1);
    }

    private static async Task<JsonElement> PageAsync(PeopleServer.Browser browser, string query)
    {
        using var json = JsonDocument.Parse(await browser.GetTextAsync("/api/v1/audit" + query));
        return json.RootElement.Clone();
    }

    private static async Task FillAsync(AuditLog audit, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await audit.AppendAsync(new AuditAct("rosa", "maintenance", "configuration-replace", $"signal/{i}") { BeforeHash = i == 0 ? "" : AuditLog.HashOf($"{i}"), AfterHash = AuditLog.HashOf($"{i + 1}") }, Stop);
        }
    }

    /// <summary>What somebody with the database's own password would do first.</summary>
    private static Task DropGuardsAsync(TestRecords records) => records.Store.WriteAsync(
        async (c, t) =>
        {
            foreach (var trigger in (string[])(records.Store.Dialect == RecordDialect.Sqlite ? ["audit_entry_no_update", "audit_entry_no_delete"] : ["audit_entry_no_change on audit_entry"]))
            {
                await c.ExecuteAsync($"drop trigger {trigger}", transaction: t);
            }
        },
        Stop);
}
