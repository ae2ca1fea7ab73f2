using System.Net;
using System.Text;
using System.Text.Json;
using Crosstown.Server.People;
using Crosstown.Server.People.Audit;
using Crosstown.Server.Retiming;
using Crosstown.Server.Tests.Api;
using Crosstown.Server.Tests.People;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Tests.Retiming;

/// <summary>Studies, proposals and steps as staff meet them.</summary>
public sealed class RetimingApiTests(QueryTown town)
{
    private const string Root = "/api/v1/retimings";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("rule", "C11")]
    public async Task Two_people_take_a_plan_to_the_field_and_back_and_the_audit_names_both()
    {
        await using var server = await PeopleServer.StartAsync();
        var id = await server.Services.GetRequiredService<RetimingRecords>().KeepAsync(MadeProposal.Of(), Stop);
        using var engineer = await server.SignInAsAsync(Role.Operate);
        using var approver = await server.SignInAsAsync(Role.Approve);
        using var viewer = await server.SignInAsAsync(Role.View);
        Task<HttpResponseMessage> Step(PeopleServer.Browser who, string step, string reason, string? day = null) =>
            who.SendAsync(HttpMethod.Post, $"{Root}/{id}/{step}", JsonSerializer.Serialize(new { reason, day }));
        async Task Expect(HttpStatusCode status, string code, Task<HttpResponseMessage> sending)
        {
            using var answer = await sending;
            var text = await answer.Content.ReadAsStringAsync(Stop);
            Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
            Assert.Contains(code, text);
        }

        await Expect(HttpStatusCode.Forbidden, "", Step(viewer, "propose", "complaints"));
        await Expect(HttpStatusCode.Conflict, "XT777", Step(approver, "approve", "sheets-checked"));
        await Expect(HttpStatusCode.BadRequest, "XT779", Step(engineer, "propose", "because I say so"));
        await Expect(HttpStatusCode.OK, "proposed", Step(engineer, "propose", "complaints"));
        await Expect(HttpStatusCode.Forbidden, "", Step(engineer, "approve", "sheets-checked"));
        await Expect(HttpStatusCode.OK, "approved", Step(approver, "approve", "sheets-checked"));
        await Expect(HttpStatusCode.BadRequest, "XT779", Step(engineer, "field", "cabinets-changed", "2999-01-01"));
        await Expect(HttpStatusCode.BadRequest, "XT779", Step(engineer, "field", "cabinets-changed"));
        var today = server.Services.GetRequiredService<RetimingBoard>().Today.ToString("yyyy-MM-dd", null);
        await Expect(HttpStatusCode.OK, "in-field", Step(engineer, "field", "cabinets-changed", today));
        await Expect(HttpStatusCode.OK, "rolled-back", Step(engineer, "roll-back", "complaints", today));
        await Expect(HttpStatusCode.Conflict, "XT777", Step(engineer, "keep", "seen-better"));
        await Expect(HttpStatusCode.NotFound, "XT775", engineer.SendAsync(HttpMethod.Post, $"{Root}/99/propose", "{\"reason\":\"complaints\"}"));

        var acts = server.Services.GetRequiredService<AuditLog>().List(null, null, null, 100).Where(e => e.Subject == $"retiming/{id}").Reverse().Select(e => $"{e.Account} {e.Action}");
        Assert.Equal(
            ["system retiming-found", "as-operate retiming-propose", "as-approve retiming-approve", "as-operate retiming-enter-field", "as-operate retiming-roll-back"], acts);
    }

    [Fact]
    [Trait("rule", "C11")]
    public async Task An_approver_who_proposed_is_refused_and_told_why()
    {
        await using var server = await PeopleServer.StartAsync();
        var id = await server.Services.GetRequiredService<RetimingRecords>().KeepAsync(MadeProposal.Of(), Stop);
        using var approver = await server.SignInAsAsync(Role.Approve);
        using var proposed = await approver.SendAsync(HttpMethod.Post, $"{Root}/{id}/propose", "{\"reason\":\"complaints\"}");
        Assert.Equal(HttpStatusCode.OK, proposed.StatusCode);

        using var approved = await approver.SendAsync(HttpMethod.Post, $"{Root}/{id}/approve", "{\"reason\":\"sheets-checked\"}");

        Assert.Equal(HttpStatusCode.Forbidden, approved.StatusCode);
        Assert.Contains("XT776", await approved.Content.ReadAsStringAsync(Stop));
        using var detail = JsonDocument.Parse(await approver.GetTextAsync($"{Root}/{id}"));
        var possible = detail.RootElement.GetProperty("possible").EnumerateArray().Single(p => p.GetProperty("act").GetString() == "approve");
        Assert.Contains("another person", possible.GetProperty("hindrance").GetString());
    }

    [Fact]
    public async Task A_study_of_the_towns_logs_leads_to_a_proposal_with_its_files_and_to_what_corridors_lose()
    {
        await town.GetJsonAsync($"{Root}/7777", HttpStatusCode.NotFound);
        await ExpectAsync(HttpStatusCode.BadRequest, "XT779", "{\"corridor\":\"nowhere\"}");
        await ExpectAsync(HttpStatusCode.BadRequest, "XT779", "{\"parts\":[\"teatime\"]}");
        await ExpectAsync(HttpStatusCode.BadRequest, "XT779", "{\"accept\":[\"storage\"]}");
        await ExpectAsync(HttpStatusCode.BadRequest, "XT779", "{\"accept\":[\"storage\"],\"reason\":\"call Jane\"}");
        await ExpectAsync(HttpStatusCode.BadRequest, "XT674", "{\"keep\":[\"everything\"]}");
        await ExpectAsync(HttpStatusCode.Accepted, "request", "{\"parts\":[\"morning\"],\"objective\":\"delay\"}");
        await ExpectAsync(HttpStatusCode.Conflict, "XT778", "{}");

        var study = await town.GetJsonAsync($"{Root}/study");
        for (var i = 0; i < 600 && study.GetProperty("state").GetString() != "idle"; i++)
        {
            await Task.Delay(200, Stop);
            study = await town.GetJsonAsync($"{Root}/study");
        }

        Assert.Equal("idle", study.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, study.GetProperty("failure").ValueKind);
        var id = study.GetProperty("proposal").GetInt64();
        var list = await town.GetJsonAsync(Root);
        Assert.Contains(list.GetProperty("items").EnumerateArray(), p => p.GetProperty("id").GetInt64() == id);
        var losses = list.GetProperty("losses").EnumerateArray().ToList();
        Assert.Contains(losses, l => l.GetProperty("corridor").GetString() == "" && l.GetProperty("share").GetDouble() > 0);
        Assert.All(losses, l => Assert.InRange(l.GetProperty("seenShare").GetDouble(), 0, 1));
        Assert.True(losses.Select(l => l.GetProperty("corridor").GetString()).Distinct().Count() > 1);

        var detail = await town.GetJsonAsync($"{Root}/{id}");
        var retimed = detail.GetProperty("content").GetProperty("periods").EnumerateArray().Where(p => p.GetProperty("figures").GetProperty("retimed").GetInt32() > 0).ToList();
        Assert.NotEmpty(retimed);
        var signal = retimed[0].GetProperty("signals").EnumerateArray().First(s => s.GetProperty("isRetimed").GetBoolean());
        var plan = signal.GetProperty("plan");
        foreach (var ring in plan.GetProperty("rings").EnumerateArray())
        {
            Assert.Equal(plan.GetProperty("cycleS").GetDouble(), ring.EnumerateArray().Sum(p => p.GetProperty("splitS").GetDouble()), 6);
        }

        Assert.True(retimed[0].GetProperty("figures").GetProperty("delayPlan").GetDouble() < retimed[0].GetProperty("figures").GetProperty("delayToday").GetDouble());
        foreach (var file in detail.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("name").GetString()!))
        {
            using var answer = await town.Client.GetAsync(new Uri($"{Root}/{id}/files/{file}", UriKind.Relative), Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(RetimingDocuments.TypeOf(file), answer.Content.Headers.ContentType!.ToString());
            Assert.Equal(file.EndsWith(".svg", StringComparison.Ordinal), answer.Content.Headers.ContentDisposition is null);
        }

        await town.GetJsonAsync($"{Root}/{id}/files/secrets.txt", HttpStatusCode.NotFound);
        var changes = await town.Client.GetStringAsync(new Uri($"{Root}/{id}/files/changes.txt", UriKind.Relative), Stop);
        var back = await town.Client.GetStringAsync(new Uri($"{Root}/{id}/files/roll-back.txt", UriKind.Relative), Stop);
        var number = signal.GetProperty("signal").GetString();
        Assert.Contains($"Signal {number}", changes);
        Assert.Contains("because: ", changes);
        Assert.Contains($"cycle {signal.GetProperty("today").GetProperty("cycleS").GetDouble():0.#} s", back);
        Assert.DoesNotContain($"pattern {plan.GetProperty("pattern").GetInt32()}:", back);
    }

    [Fact]
    public async Task What_the_logs_say_of_a_change_in_the_field_is_measured_and_kept()
    {
        var records = town.Get<RetimingRecords>();
        var id = await records.KeepAsync(MadeProposal.Of("measured", at: town.Busy.Value), Stop);
        var day = town.Get<RetimingBoard>().DayOf(town.StartMs + (36 * 3_600_000));
        Assert.Null(await records.StepAsync(id, RetimingAct.Propose, "ada", "complaints", null, Stop));
        Assert.Null(await records.StepAsync(id, RetimingAct.Approve, "ben", "sheets-checked", null, Stop));
        Assert.Null(await records.StepAsync(id, RetimingAct.EnterField, "ada", "cabinets-changed", day, Stop));
        Assert.Null(records.Find(id)!.Effect);

        town.Get<RetimingBoard>().AskEffect(id);

        for (var i = 0; i < 600 && records.Find(id)!.Effect is null; i++)
        {
            await Task.Delay(100, Stop);
        }

        var effect = records.Find(id)!.Effect!;
        Assert.Equal(day.ToString("yyyy-MM-dd", null), effect.Changed);
        Assert.Equal(3, effect.Figures.Count);

        // One day before the change and a part of one after it: too few for a verdict, and it is said.
        Assert.All(effect.Figures, f => Assert.Equal(Timing.Proof.ProofVerdict.TooFew, f.Verdict));
        Assert.All(effect.Figures, f => Assert.NotEmpty(f.Sentence));
        Assert.Contains(effect.Figures, f => f.SeenBefore > 0.5);
        var shown = (await town.GetJsonAsync($"{Root}/{id}")).GetProperty("proposal").GetProperty("effect").GetProperty("figures")[0];
        Assert.Equal("too-few", shown.GetProperty("verdict").GetString());
    }

    private async Task ExpectAsync(HttpStatusCode status, string code, string body)
    {
        var session = await town.GetJsonAsync("/api/v1/session");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{Root}/study", UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("RequestVerificationToken", session.GetProperty("antiforgery").GetString());
        using var answer = await town.Client.SendAsync(request, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
        Assert.Contains(code, text);
    }
}
