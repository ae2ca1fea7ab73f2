using System.Text.Json;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;
using Crosstown.Logs.Zones;
using Crosstown.Server.Configuration;
using Crosstown.Server.Learning;
using Crosstown.Simulation.Towns;

namespace Crosstown.Server.Tests.Configuration;

/// <summary>Configuration that a signal's own log proposes, on three hours of a simulated signal whose truth is known.</summary>
public sealed class ProposalTests
{
    private const string Zone = "America/Los_Angeles";

    // Raw events past their time would be deleted when the server starts.
    private static readonly FixedTime s_clock = new(DateTimeOffset.FromUnixTimeMilliseconds(Town.DefaultStartMs + 86_400_000));

    [Fact]
    public async Task A_signal_with_a_log_and_no_configuration_gets_a_proposal_that_is_accepted_field_by_field()
    {
        var (town, logs) = Simulate();
        var truth = town.Signals[0].Configuration;
        await using var server = await StartAsync(logs, truth.Signal);
        var path = $"signals/{truth.Signal}/configuration";
        var (asked, _, _) = await server.SendAsync(HttpMethod.Post, path + "/proposal");
        Assert.Equal(202, asked);
        var proposal = await WaitAsync(server, path);

        var fields = proposal.GetProperty("fields").EnumerateArray().ToArray();
        var phases = fields.Where(f => f.GetProperty("field").GetString()!.StartsWith("detectors/", StringComparison.Ordinal) && f.GetProperty("field").GetString()!.EndsWith("/phase", StringComparison.Ordinal)).ToArray();
        var said = phases.Where(f => f.GetProperty("proposed").ValueKind == JsonValueKind.String).ToArray();
        Assert.True(said.Length >= 4, $"{said.Length} of {phases.Length} detector phases are proposed");
        Assert.All(said, f =>
        {
            Assert.InRange(f.GetProperty("confidence").GetDouble(), 0.01, 1);
            Assert.NotEmpty(f.GetProperty("basis").GetString()!);
            Assert.Equal(f.GetProperty("confidence").GetDouble() >= ProposedFields.SureEnough, f.GetProperty("isChosen").GetBoolean());
        });

        var one = said[0].GetProperty("field").GetString()!;
        var (accepted, body, _) = await server.SendAsync(HttpMethod.Post, path + "/proposal/accept", JsonSerializer.Serialize(new { fields = new[] { one } }), Tag(proposal));
        Assert.True(accepted == 200, body.ToString());
        var store = server.Get<ConfigurationStore>();
        Assert.Equal([one], SettingList.Of(store.FindCurrent(truth.Signal)!).Select(s => s.Field));
        Assert.Equal(one, Assert.Single(store.FindCurrent(truth.Signal)!.Evidence).Field);

        proposal = await server.GetAsync(path + "/proposal");
        var row = proposal.GetProperty("fields").EnumerateArray().Single(f => f.GetProperty("field").GetString() == one);
        Assert.True(row.GetProperty("isSame").GetBoolean());
        var (all, _, _) = await server.SendAsync(HttpMethod.Post, path + "/proposal/accept", "{}", Tag(proposal));
        Assert.Equal(200, all);
        var learned = store.FindCurrent(truth.Signal)!;
        Assert.Equal(2, store.ListVersions(truth.Signal).Count);
        var right = learned.Detectors.Where(d => d.Phase is not null).ToList();
        Assert.True(right.Count > 0);
        Assert.All(right, d => Assert.Contains(truth.Detectors, t => t.Channel == d.Channel && t.Phase == d.Phase));
        Assert.Empty(ConfigurationCheck.FindContradictions(learned));
    }

    [Fact]
    public async Task Signals_without_configuration_are_learned_by_themselves_and_a_restart_learns_nothing_twice()
    {
        var (town, logs) = Simulate();
        var signal = town.Signals[0].Signal;
        var data = DeskServer.MakeFolder();
        try
        {
            long learnedMs;
            await using (var server = await DeskServer.StartAsync(s_clock, data))
            {
                await server.Get<LiveEvents>().AppendAsync(signal, Zone, logs[signal].ToArray());
                server.Get<LearnQueue>().AskForUnknown();
                learnedMs = (await WaitAsync(server, $"signals/{signal}/configuration")).GetProperty("learnedMs").GetInt64();
            }

            await using var again = await DeskServer.StartAsync(s_clock, data);
            var kept = await again.GetAsync($"signals/{signal}/configuration/proposal");
            Assert.Equal(("ready", learnedMs), (kept.GetProperty("state").GetString(), kept.GetProperty("learnedMs").GetInt64()));
            again.Get<LearnQueue>().AskForUnknown();
            Assert.Equal(ProposalState.Ready, again.Get<LearnQueue>().StandingOf(signal).State);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task What_cannot_be_learned_or_accepted_is_said()
    {
        await using var server = await DeskServer.StartAsync(s_clock);
        await server.SendAsync(HttpMethod.Put, "signals/5/configuration", """{ "signal": "5" }""", "*");
        Assert.Equal((409, "XT376"), await CodeAsync(server, "signals/5/configuration/proposal", null));
        Assert.Equal((404, "XT375"), await CodeAsync(server, "signals/5/configuration/proposal/accept", "*"));
        await server.AddAsync("5", new ControllerEvent(1_715_558_400_000, 1, 2), new ControllerEvent(1_715_558_410_000, 7, 2));
        server.Get<LearnQueue>().Ask(SignalId.Parse("5"));
        await WaitAsync(server, "signals/5/configuration");
        Assert.Equal((400, "XT377"), await CodeAsync(server, "signals/5/configuration/proposal/accept", "*", """{ "fields": ["detectors/99/phase"] }"""));
        Assert.Equal((428, "XT372"), await CodeAsync(server, "signals/5/configuration/proposal/accept", null, """{ "fields": ["phases/2"] }"""));
        Assert.Equal((412, "XT373"), await CodeAsync(server, "signals/5/configuration/proposal/accept", "\"0123\"", """{ "fields": ["zone"] }"""));
    }

    private static (Town Town, Dictionary<SignalId, List<ControllerEvent>> Logs) Simulate()
    {
        var clock = ZoneRules.For(Zone).Map;
        var startMs = Town.DefaultStartMs - clock.OffsetMs(Town.DefaultStartMs) + (7 * 3_600_000L);
        var town = Town.Create(3, 2, clock, startMs);
        var logs = new Dictionary<SignalId, List<ControllerEvent>>();
        TownLog.Write(town, new TimeRange(startMs, startMs + (3 * 3_600_000L)), (signal, events) =>
        {
            if (!logs.TryGetValue(signal, out var log))
            {
                logs[signal] = log = [];
            }

            log.AddRange(events);
        });
        return (town, logs);
    }

    private static async Task<DeskServer> StartAsync(Dictionary<SignalId, List<ControllerEvent>> logs, SignalId signal)
    {
        var server = await DeskServer.StartAsync(s_clock);
        await server.Get<LiveEvents>().AppendAsync(signal, Zone, logs[signal].ToArray());
        return server;
    }

    private static async Task<JsonElement> WaitAsync(DeskServer server, string path)
    {
        for (var i = 0; i < 300; i++)
        {
            var answer = await server.GetAsync(path + "/proposal");
            if (answer.GetProperty("state").GetString() == "ready")
            {
                return answer;
            }

            await Task.Delay(100);
        }

        throw new TimeoutException("Nothing was learned in 30 s.");
    }

    private static string Tag(JsonElement answer) => $"\"{answer.GetProperty("entityTag").GetString()}\"";

    private static async Task<(int Status, string? Code)> CodeAsync(DeskServer server, string path, string? ifMatch, string? body = "{}")
    {
        var (status, answer, _) = await server.SendAsync(HttpMethod.Post, path, body, ifMatch);
        return (status, answer.TryGetProperty("problems", out var problems) ? problems[0].GetProperty("code").GetString() : null);
    }
}
