using Crosstown.Server.Polling;
using Crosstown.Server.Tests.Live;

namespace Crosstown.Server.Tests.Polling;

public sealed class ScheduleTests
{
    private static readonly DateTimeOffset s_start = new(2026, 5, 13, 14, 0, 0, TimeSpan.Zero);

    private readonly HandClock _clock = new(s_start);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(24)]
    [InlineData(-24)]
    [Trait("rule", "R10")]
    public async Task Setting_the_wall_clock_changes_no_schedule(int hours)
    {
        var poller = new NotingPoller(_clock);
        await using var rig = new PollingRig(_clock, poller: poller);
        for (var i = 0; i < 20; i++)
        {
            await rig.AddAsync($"s{i}", SourceKind.MaxTimeHttp, $"c{i}.example", intervalS: 10);
        }

        for (var second = 0; second < 300; second++)
        {
            if (second is 100 or 200)
            {
                _clock.Jump(TimeSpan.FromHours(second == 100 ? hours : -hours));
            }

            await AdvanceAsync(rig, poller, TimeSpan.FromSeconds(1));
        }

        foreach (var times in poller.Times.Values)
        {
            Assert.InRange(times.Count, 29, 31);
            for (var i = 1; i < times.Count; i++)
            {
                Assert.InRange((times[i] - times[i - 1]) / 1e7, 8.9, 11.6);
            }
        }
    }

    [Fact]
    public async Task Sources_with_one_interval_are_spread_over_it()
    {
        var poller = new NotingPoller(_clock);
        await using var rig = new PollingRig(_clock, poller: poller);
        for (var i = 0; i < 100; i++)
        {
            await rig.AddAsync($"s{i}", SourceKind.MaxTimeHttp, $"c{i}.example", intervalS: 50);
        }

        var most = 0;
        for (var second = 0; second < 50; second++)
        {
            var before = poller.Count;
            await AdvanceAsync(rig, poller, TimeSpan.FromSeconds(1));
            most = Math.Max(most, poller.Count - before);
        }

        Assert.InRange(poller.Count, 95, 105);
        Assert.InRange(most, 1, 10);
    }

    [Fact]
    [Trait("rule", "R11")]
    public async Task A_source_that_fails_is_asked_less_and_less_often_and_at_once_again_when_it_answers()
    {
        var poller = new NotingPoller(_clock) { Fails = true };
        await using var rig = new PollingRig(_clock, poller: poller);
        var source = await rig.AddAsync("1", SourceKind.MaxTimeHttp, "c.example", intervalS: 10);
        for (var second = 0; second < 3600; second++)
        {
            await AdvanceAsync(rig, poller, TimeSpan.FromSeconds(1));
        }

        var times = poller.Times[source.Id];
        var waits = times.Zip(times.Skip(1), (a, b) => (b - a) / 1e7).ToArray();
        Assert.InRange(waits[0], 10, 12);
        Assert.InRange(waits[1], 20, 22);
        Assert.InRange(waits[2], 40, 43);
        Assert.InRange(waits[^1], 300, 320);
        Assert.InRange(rig.Scheduler.StatusOf(source.Id)!.FailureCount, 14, 18);

        poller.Fails = false;
        for (var second = 0; second < 400; second++)
        {
            await AdvanceAsync(rig, poller, TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, rig.Scheduler.StatusOf(source.Id)!.FailureCount);
        Assert.InRange((times[^1] - times[^2]) / 1e7, 8.9, 11.6);
    }

    [Fact]
    public async Task A_source_that_is_off_or_removed_is_not_read()
    {
        var poller = new NotingPoller(_clock);
        await using var rig = new PollingRig(_clock, poller: poller);
        var off = await rig.AddAsync("1", SourceKind.MaxTimeHttp, "a.example", intervalS: 10);
        var gone = await rig.AddAsync("2", SourceKind.MaxTimeHttp, "b.example", intervalS: 10);
        await rig.Catalog.ReplaceAsync(off with { IsEnabled = false }, "tester", CancellationToken.None);
        await rig.Catalog.RemoveAsync(gone.Id, "tester", CancellationToken.None);
        rig.Scheduler.Reload();

        for (var second = 0; second < 60; second++)
        {
            await AdvanceAsync(rig, poller, TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, poller.Count);
        Assert.Null(rig.Scheduler.StatusOf(gone.Id));
    }

    [Fact]
    [Trait("rule", "R11")]
    public async Task Sources_that_hang_take_only_places_of_their_own()
    {
        var limits = new PollLimits { QuickPlaces = 4, AsidePlaces = 8, SuspectPlaces = 2, Quick = TimeSpan.FromSeconds(2), Whole = TimeSpan.FromSeconds(20) };
        var poller = new NotingPoller(_clock) { Hangs = s => s.Signal.Value.StartsWith('h') };
        await using var rig = new PollingRig(_clock, limits, poller: poller);
        var good = new List<long>();
        for (var i = 0; i < 40; i++)
        {
            var source = await rig.AddAsync($"{(i % 2 == 0 ? 'h' : 'g')}{i}", SourceKind.MaxTimeHttp, $"c{i}.example", intervalS: 20);
            if (i % 2 == 1)
            {
                good.Add(source.Id);
            }
        }

        for (var second = 0; second < 200; second++)
        {
            await AdvanceAsync(rig, poller, TimeSpan.FromSeconds(1));
        }

        foreach (var times in good.Select(g => poller.Times[g]))
        {
            Assert.True(times.Zip(times.Skip(1), (a, b) => (b - a) / 1e7).All(w => w <= 30), "a good source waited for those that hang");
            Assert.True(times[0] / 1e7 <= 30, "a good source had to wait for its first reading");
        }
    }

    private async Task AdvanceAsync(PollingRig rig, NotingPoller poller, TimeSpan by)
    {
        _clock.Advance(by);
        rig.Scheduler.Tick();

        // Readings run on other threads; the hand clock stands still until all that began have ended or hang.
        while (rig.Scheduler.RunningCount > poller.Hanging)
        {
            await Task.Yield();
        }
    }

    /// <summary>Notes when each source is read, in ticks of the monotonic clock.</summary>
    private sealed class NotingPoller(HandClock clock) : IPoller
    {
        private int _count;
        private int _hanging;

        public bool Fails { get; set; }

        public Func<Source, bool> Hangs { get; init; } = _ => false;

        public int Count => Volatile.Read(ref _count);

        public int Hanging => Volatile.Read(ref _hanging);

        public Dictionary<long, List<long>> Times { get; } = [];

        public async Task PollAsync(PollContext context)
        {
            lock (Times)
            {
                if (!Times.TryGetValue(context.Source.Id, out var times))
                {
                    Times[context.Source.Id] = times = [];
                }

                times.Add(clock.GetTimestamp());
            }

            Interlocked.Increment(ref _count);
            if (Hangs(context.Source))
            {
                Interlocked.Increment(ref _hanging);
                await Task.Delay(Timeout.Infinite, context.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                Interlocked.Decrement(ref _hanging);
                context.Stop.ThrowIfCancellationRequested();
            }

            if (Fails)
            {
                throw new PollException("XT339", "The controller does not take the connection.");
            }
        }
    }
}
