using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Server.Live;
using Crosstown.Server.Polling;
using Crosstown.Server.Tests.Live;

namespace Crosstown.Server.Tests.Polling;

public sealed class KilledFeedTests
{
    [Fact]
    [Trait("rule", "R14")]
    public async Task A_feed_that_is_killed_shows_as_lost_within_90_seconds_and_says_why()
    {
        var clock = new HandClock(new DateTimeOffset(2026, 5, 13, 14, 0, 0, TimeSpan.Zero));
        var feed = new Feed(clock);
        await using var rig = new PollingRig(clock, poller: feed);
        feed.Rig = rig;
        await rig.AddAsync("12", SourceKind.MaxTimeHttp, "cabinet.example", intervalS: 10);
        await RunAsync(120, stopWhen: _ => false);
        Assert.Equal(SignalClass.Healthy, Status().Class);

        feed.IsDead = true;
        var seconds = await RunAsync(120, stopWhen: s => s.Class == SignalClass.CommsLost);

        Assert.InRange(seconds, 60, 89);
        Assert.Equal(["no log arrives", "The controller does not take the connection."], Status().Reasons);

        feed.IsDead = false;
        Assert.InRange(await RunAsync(400, stopWhen: s => s.Class == SignalClass.Healthy), 0, 200);

        SignalStatus Status() => rig.States.StatusOf(SignalId.Parse("12"));

        async Task<int> RunAsync(int most, Func<SignalStatus, bool> stopWhen)
        {
            for (var second = 1; second <= most; second++)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                rig.Scheduler.Tick();
                while (rig.Scheduler.RunningCount > 0)
                {
                    await Task.Yield();
                }

                if (stopWhen(Status()))
                {
                    return second;
                }
            }

            return most;
        }
    }

    private sealed class Feed(HandClock clock) : IPoller
    {
        public bool IsDead { get; set; }

        public PollingRig? Rig { get; set; }

        public async Task PollAsync(PollContext context)
        {
            if (IsDead)
            {
                throw new PollException("XT339", "The controller does not take the connection.");
            }

            await Rig!.Events.AppendAsync(context.Source.Signal, context.Zone, new[] { new ControllerEvent(clock.NowMs - 100, EventCode.DetectorOn, 1) });
        }
    }
}
