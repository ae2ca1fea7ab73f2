using System.Data.Common;
using Crosstown.Server.People.Audit;
using Crosstown.Server.Retiming;
using Crosstown.Server.Tests.Configuration;
using Crosstown.Server.Tests.Store;
using Dapper;

namespace Crosstown.Server.Tests.Retiming;

/// <summary>What is kept of proposals, and that nobody gets one past the second person (rule C11).</summary>
public sealed class RetimingRecordsTests
{
    private static readonly string[] s_people = ["ada", "ben", "ADA", "cleo"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Any acts by anybody in any order: a model of its own says what must come of them, and the history kept in the database must fit it.</summary>
    [Theory]
    [MemberData(nameof(TestRecords.Both), MemberType = typeof(TestRecords))]
    [Trait("rule", "C11")]
    public async Task Whatever_people_do_a_plan_is_approved_by_two_and_no_step_is_left_out(string dialect)
    {
        using var made = TestRecords.Create(dialect);
        var audit = new AuditLog(made.Store, TimeProvider.System);
        var records = new RetimingRecords(made.Store, audit, TimeProvider.System);
        var rounds = dialect == "Sqlite" ? 60 : 20;
        var (approved, ended) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var random = new Random(round);
            var id = await records.KeepAsync(MadeProposal.Of($"corridor-{round}"), Stop);
            for (var i = 0; i < 25; i++)
            {
                var before = records.Find(id)!;
                var act = (RetimingAct)random.Next(6);
                var account = s_people[random.Next(s_people.Length)];
                var refusal = await records.StepAsync(id, act, account, RetimingSteps.ReasonsOf(act)[0], RetimingSteps.HasDay(act) ? new DateOnly(2026, 5, 13) : null, Stop);

                var after = records.Find(id)!;
                Assert.Equal(refusal is null, after.State != before.State);
                Assert.True(refusal is not null || IsNext($"{before.State}", $"{after.State}"), $"seed {round}: {before.State} -> {after.State} by {act}");
                if (refusal == RetimingStepRefusal.SamePerson)
                {
                    Assert.Equal(RetimingAct.Approve, act);
                    Assert.Equal(before.ProposedBy, account, ignoreCase: true);
                }
            }

            // The history alone tells who did what: two people where there is an approval, and each step follows the one before.
            var steps = records.Open(id).Steps;
            var state = "Found";
            foreach (var step in steps)
            {
                Assert.True(IsNext(state, $"{step.State}"), $"seed {round}: {state} -> {step.State}");
                state = $"{step.State}";
            }

            var end = records.Find(id)!;
            Assert.Equal(state, $"{end.State}");
            ended += end.State is RetimingState.Kept or RetimingState.RolledBack ? 1 : 0;
            if (steps.FirstOrDefault(s => s.Act == RetimingAct.Approve) is { } approval)
            {
                approved++;
                var proposal = Assert.Single(steps, s => s.Act == RetimingAct.Propose);
                Assert.False(string.Equals(proposal.Account, approval.Account, StringComparison.OrdinalIgnoreCase), $"seed {round}: {approval.Account} approved alone");
                Assert.True(proposal.AtMs <= approval.AtMs);
            }
            else
            {
                Assert.True(end.State is RetimingState.Found or RetimingState.Proposed or RetimingState.Declined, $"seed {round}: {end.State} without an approval");
            }

            Assert.Equal(steps.Count + 1, audit.List(null, null, null, 1000).Count(e => e.Subject == $"retiming/{id}"));
        }

        Assert.True(approved > 3 && ended > 0, $"Only {approved} approvals and {ended} ends: the acts say little.");
        Assert.True(audit.Verify().BrokenAt is null);
    }

    [Theory]
    [MemberData(nameof(TestRecords.Both), MemberType = typeof(TestRecords))]
    [Trait("rule", "C11")]
    public async Task The_database_itself_refuses_an_approval_without_a_second_person(string dialect)
    {
        using var made = TestRecords.Create(dialect);
        var records = new RetimingRecords(made.Store, new AuditLog(made.Store, TimeProvider.System), TimeProvider.System);
        var id = await records.KeepAsync(MadeProposal.Of(), Stop);
        foreach (var change in new[]
        {
            "state = 'approved'", "state = 'proposed'", "proposed_by = 'ada', approved_by = 'ada', state = 'approved'", "proposed_by = 'ada', approved_by = 'Ada', state = 'approved'",
            "approved_by = 'ben', state = 'approved'", "proposed_by = 'ada', approved_by = 'ben', state = 'in-field'",
        })
        {
            await Assert.ThrowsAnyAsync<DbException>(() => made.Store.WriteAsync((connection, transaction) => connection.ExecuteAsync($"update retiming_proposal set {change} where id = {id}", transaction: transaction), Stop));
        }

        Assert.Equal(RetimingState.Found, records.Find(id)!.State);
        Assert.Equal(1, await made.Store.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync($"update retiming_proposal set proposed_by = 'ada', approved_by = 'ben', state = 'approved' where id = {id}", transaction: transaction), Stop));
    }

    [Theory]
    [MemberData(nameof(TestRecords.Both), MemberType = typeof(TestRecords))]
    public async Task A_proposal_comes_back_as_it_was_kept_and_the_newer_takes_the_place_of_one_on_which_nobody_acted(string dialect)
    {
        using var made = TestRecords.Create(dialect);
        var records = new RetimingRecords(made.Store, new AuditLog(made.Store, TimeProvider.System), TimeProvider.System);
        var other = await records.KeepAsync(MadeProposal.Of("mill"), Stop);
        var first = await records.KeepAsync(MadeProposal.Of(), Stop);
        var second = await records.KeepAsync(MadeProposal.Of(), Stop);

        Assert.Equal([second, other], records.List(10).Select(r => r.Id));
        Assert.Null(records.Find(first));
        Assert.Null(records.FindFile(first, RetimingDocuments.Plans));
        Assert.Equal("cycle 90 s", System.Text.Encoding.UTF8.GetString(records.FindFile(second, RetimingDocuments.RollBack)!));
        Assert.Null(records.FindFile(second, "../records.db"));
        Assert.Equal(30, records.FindContent(second)!.Periods[0].Signals[0].Plan!.OffsetS);
        Assert.Equal(8, records.Find(second)!.Summary.Periods[0].DelayPlan);

        Assert.Null(await records.StepAsync(second, RetimingAct.Propose, "ada", "complaints", null, Stop));
        var third = await records.KeepAsync(MadeProposal.Of(), Stop);
        Assert.Equal([third, second, other], records.List(10).Select(r => r.Id));
    }

    [Fact]
    public async Task What_nobody_took_up_goes_after_90_days_and_what_somebody_did_stays_with_the_audit()
    {
        using var made = TestRecords.Create("Sqlite");
        var time = new FixedTime(DateTimeOffset.UnixEpoch.AddDays(20_000));
        var records = new RetimingRecords(made.Store, new AuditLog(made.Store, time), time);
        var retention = new RetimingRetention(records);
        var taken = await records.KeepAsync(MadeProposal.Of("taken"), Stop);
        await records.StepAsync(taken, RetimingAct.Propose, "ada", "complaints", null, Stop);
        var untaken = await records.KeepAsync(MadeProposal.Of("untaken"), Stop);
        var madeMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await records.KeepLossesAsync([new RetimingLoss(madeMs, "mill", "Mill Road", "am", 10, 9, 0.1, 1)], Stop);
        Assert.Equal(0.1, records.ListLosses(0).Single().Share!.Value, 9);

        var laterMs = madeMs + (91 * 86_400_000L);
        Assert.Equal(0, retention.Plan(madeMs).DueItems);
        Assert.Equal(2, retention.Plan(laterMs).DueItems);
        Assert.Equal(2, await retention.DeleteAsync(laterMs, Stop));

        Assert.Null(records.Find(untaken));
        Assert.Empty(records.ListLosses(0));
        Assert.NotNull(records.Find(taken));
        Assert.Equal(1, await retention.DeleteAsync(madeMs + ((RetimingRecords.KeptDays + 1) * 86_400_000L), Stop));
        Assert.Null(records.Find(taken));
    }

    [Theory]
    [InlineData("2026-05-13 02:59:45", "2026-05-13 03:00:15", true)]
    [InlineData("2026-05-13 03:00:15", "2026-05-13 03:00:45", false)]
    [InlineData("2026-05-13 02:59:00", "2026-05-13 02:59:30", false)]
    [InlineData("2026-03-08 01:59:45", "2026-03-08 03:00:15", true)]
    [InlineData("2026-05-12 23:59:45", "2026-05-13 00:00:15", false)]
    public void The_night_comes_once(string last, string now, bool isDue) => Assert.Equal(isDue, RetimingBoard.IsDue(new TimeOnly(3, 0), DateTime.Parse(last, null), DateTime.Parse(now, null)));

    /// <summary>What may follow what, written down once more.</summary>
    private static bool IsNext(string before, string after) =>
        "Found>Proposed Proposed>Approved Approved>InField InField>Kept InField>RolledBack Found>Declined Proposed>Declined Approved>Declined".Split(' ').Contains($"{before}>{after}");
}
