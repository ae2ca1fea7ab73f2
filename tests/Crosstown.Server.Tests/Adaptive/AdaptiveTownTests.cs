using System.Net;
using Crosstown.Core.Events;
using Crosstown.Server.Adaptive;
using Crosstown.Server.People;
using Crosstown.Server.Tests.Configuration;
using Crosstown.Server.Tests.People;
using Crosstown.Simulation.Towns;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Tests.Adaptive;

/// <summary>Two copies of a town side by side, what staff see of them, and who may say what they do.</summary>
public sealed class AdaptiveTownTests
{
    private const long Start = Town.DefaultStartMs + (55 * 3_600_000L);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<(AdaptiveTown Adaptive, TownSimulation First)> StartAsync(Town town)
    {
        using var services = new ServiceCollection().BuildServiceProvider();
        var adaptive = new AdaptiveTown(town, new FixedTime(DateTimeOffset.FromUnixTimeMilliseconds(Start + 300_000)), services);
        adaptive.Begin(Start);
        var first = new TownSimulation(town, Start);
        first.Advance(Start + 300_000, (_, _) => { });
        while (!adaptive.Answer.IsRunning)
        {
            await Task.Delay(20, Stop);
            adaptive.Follow(first);
        }

        return (adaptive, first);
    }

    private static List<ControllerEvent> Advance(AdaptiveTown adaptive, TownSimulation first, int seconds)
    {
        var events = new List<ControllerEvent>();
        for (var s = 0; s < seconds; s++)
        {
            first.Advance(first.TimeMs + 1000, (signal, own) =>
            {
                adaptive.Take(signal, own, first.TimeMs);
                events.AddRange(own);
            });
            adaptive.Follow(first);
        }

        return events;
    }

    [Fact]
    [Trait("rule", "C15")]
    public async Task In_shadow_the_town_runs_its_plan_and_the_second_copy_does_not_and_live_it_is_the_other_way_round()
    {
        var town = Town.Create(2, 4);
        var (adaptive, first) = await StartAsync(town);
        using (adaptive)
        {
            Assert.Equal(AdaptiveMode.Shadow, adaptive.Mode);
            var shadowed = Advance(adaptive, first, 420);
            Assert.DoesNotContain(shadowed, e => e.Code == EventCode.CoordinationPatternChange && e.Parameter == 254);
            var answer = adaptive.Answer;
            Assert.Equal(first.TimeMs - 420_000, answer.SinceMs);
            Assert.Equal(4, answer.Signals.Count);
            Assert.NotEqual(answer.Total!.Plan.DelayS, answer.Total.Adaptive.DelayS);
            Assert.InRange(answer.Total.Plan.Vehicles, 100, 2000);
            Assert.Contains(answer.Signals, s => s.Wish is not null);
            Assert.All(adaptive.Bars.Signals, b => Assert.True(b.Plan.Count > 4 && b.Adaptive.Count > 4 && !b.Plan.SequenceEqual(b.Adaptive)));
            Assert.True(answer.SecondMs > 0);

            adaptive.Mode = AdaptiveMode.Live;
            var live = Advance(adaptive, first, 300);
            Assert.Contains(live, e => e.Code == EventCode.CoordinationPatternChange && e.Parameter == 254);
            Assert.Equal(first.TimeMs - 300_000 + 1000, adaptive.Answer.SinceMs);
            Assert.All(adaptive.Answer.Signals, s => Assert.Null(s.Wish));
            Assert.All(adaptive.Answer.Signals, s => Assert.Equal(0, s.Refused));

            adaptive.Mode = AdaptiveMode.Off;
            var back = Advance(adaptive, first, 200);
            Assert.Null(first.Adviser);
            Assert.Contains(back, e => e.Code == EventCode.CoordinationPatternChange && e.Parameter != 254);
            Assert.All(adaptive.Answer.Signals, s => Assert.Null(s.Pause));
        }
    }

    [Fact]
    public void A_trial_tells_how_far_it_is_and_its_differences_have_a_spread()
    {
        var answers = new List<AdaptiveTrialAnswer>();
        new AdaptiveTrial(Town.Create(1, 2), [], Town.DefaultStartMs + (48 * 3_600_000L)).Run(answers.Add, Stop);

        Assert.Equal(answers.Select(a => a.Share).Order(), answers.Select(a => a.Share));
        Assert.Equal(("running", "done", 1.0), (answers[0].State, answers[^1].State, answers[^1].Share));
        Assert.Equal(["07:30-08:30", "12:00-13:00", "17:00-18:00", "22:00-23:00"], answers[^1].Periods.Select(p => p.Name));
        Assert.All(answers[^1].Periods, p =>
        {
            Assert.Equal(AdaptiveTrial.Runs, p.Runs);
            Assert.Equal(2, p.Signals.Count);
            Assert.True(p.All!.Spread > 0 && p.All.PlanS > 0 && p.All.AdaptiveS > 0);
            Assert.InRange(p.All.Change, (p.All.AdaptiveS / p.All.PlanS) - 1.1, (p.All.AdaptiveS / p.All.PlanS) - 0.9);
            Assert.Equal(p.Figures!.Plan.DelayS!.Value, p.All.PlanS, 0);
        });
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.Throws<OperationCanceledException>(() => new AdaptiveTrial(Town.Create(1, 1), [], Town.DefaultStartMs).Run(_ => { }, stopped.Token));
    }

    [Fact]
    [Trait("rule", "C01")]
    public async Task On_a_real_city_nothing_runs_and_nobody_can_begin_it()
    {
        await using var server = await PeopleServer.StartAsync();
        using var viewer = await server.SignInAsAsync(Role.View);
        using var engineer = await server.SignInAsAsync(Role.Operate);
        async Task<string> Expect(HttpStatusCode status, Task<HttpResponseMessage> sending)
        {
            using var answer = await sending;
            var text = await answer.Content.ReadAsStringAsync(Stop);
            Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
            return text;
        }

        var state = await Expect(HttpStatusCode.OK, viewer.SendAsync(HttpMethod.Get, "/api/v1/adaptive"));
        Assert.Contains("\"isTown\":false", state);
        Assert.Contains("\"mode\":\"off\"", state);
        Assert.Contains("\"cleanDaysNeeded\":7", state);
        Assert.Contains("\"signals\":[]", await Expect(HttpStatusCode.OK, viewer.SendAsync(HttpMethod.Get, "/api/v1/adaptive/bars")));
        await Expect(HttpStatusCode.Forbidden, viewer.SendAsync(HttpMethod.Post, "/api/v1/adaptive/mode", "{\"mode\":\"live\"}"));
        await Expect(HttpStatusCode.Forbidden, viewer.SendAsync(HttpMethod.Post, "/api/v1/adaptive/trial", "{}"));
        Assert.Contains("XT801", await Expect(HttpStatusCode.Conflict, engineer.SendAsync(HttpMethod.Post, "/api/v1/adaptive/mode", "{\"mode\":\"live\"}")));
        Assert.Contains("XT801", await Expect(HttpStatusCode.Conflict, engineer.SendAsync(HttpMethod.Post, "/api/v1/adaptive/trial", "{}")));
        Assert.Contains("XT800", await Expect(HttpStatusCode.BadRequest, engineer.SendAsync(HttpMethod.Post, "/api/v1/adaptive/mode", "{\"mode\":\"on\"}")));
    }
}
