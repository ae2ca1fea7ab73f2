using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;

namespace Crosstown.Logs.Tests.Store;

/// <summary>What arrives is readable at once, in one sorted view with what lies in segments, and stays when it moves there.</summary>
public sealed class LiveEventsTests : IDisposable
{
    private static readonly SignalId Other = SignalId.Parse("452");
    private static readonly TimeRange Always = new(long.MinValue / 4, long.MaxValue / 4);
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [Trait("rule", "R06")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_moves_when_the_view_is_the_sorted_set_of_what_was_taken(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        ControllerEvent[] log = [.. StoreFixture.MakeLog(random, 30_000), .. StoreFixture.MakeLog(random, 3_000, StoreFixture.Day.AddDays(1))];
        var taken = new List<ControllerEvent>();
        await using (var live = Open(byItself: false))
        {
            for (var round = 0; round < 60; round++)
            {
                var start = random.Next(log.Length);
                var piece = log.AsMemory(start, Math.Min(random.Next(1, 2_000), log.Length - start)).ToArray();
                random.Shuffle(piece);
                var receipt = await live.AppendAsync(StoreFixture.Signal, StoreFixture.Zone, piece, Stop);
                taken.AddRange(piece);

                Assert.Equal((piece.Length, 0), (receipt.Taken, receipt.Refused));
                if (random.Next(4) == 0)
                {
                    await live.FlushAsync(Stop);
                    Assert.Empty(ListJournal());
                }

                AssertHolds(live, taken, random);
            }
        }

        Assert.Empty(ListJournal());
        Assert.Equal(StoreFixture.SortedDistinct(taken), StoreFixture.ReadAll(_fixture.Open(), StoreFixture.Signal));
        Assert.Equal(0, _fixture.Issues.Count);
    }

    [Fact]
    public async Task Readers_see_every_acknowledged_event_while_events_move_to_segments()
    {
        var limits = new LiveLimits { MaxAge = TimeSpan.FromMilliseconds(20), Pause = TimeSpan.FromMilliseconds(1), JournalFileBytes = 4_096 };
        await using var live = LiveEvents.Open(_fixture.Folder, _fixture.Issues, TimeProvider.System, limits, new Disk());
        var signals = Enumerable.Range(1, 8).Select(i => SignalId.Parse($"{i}")).ToArray();
        await Task.WhenAll(signals.Select(signal => Task.Run(
            async () =>
            {
                var acknowledged = 0;
                for (var round = 0; round < 150; round++)
                {
                    var events = Enumerable.Range(acknowledged, 40).Select(i => StoreFixture.Event(i * 100, 82, i % 30)).ToArray();
                    await live.AppendAsync(signal, StoreFixture.Zone, events, Stop);
                    acknowledged += events.Length;
                    var read = Read(live, signal, Always);
                    Assert.Equal(acknowledged, read.Count);
                    Assert.Equal(acknowledged, live.CountEvents(signal, StoreFixture.Day));
                    Assert.Equal(StoreFixture.Event((acknowledged - 1) * 100, 82, (acknowledged - 1) % 30), read[^1]);
                }
            },
            Stop)));

        Assert.Equal(0, _fixture.Issues.Count);
    }

    [Fact]
    public async Task Events_leave_by_themselves_and_their_journal_with_them()
    {
        var limits = new LiveLimits { MaxAge = TimeSpan.FromMilliseconds(100), Pause = TimeSpan.FromMilliseconds(10), JournalFileBytes = 1_024, MostSignals = 2 };
        await using var live = LiveEvents.Open(_fixture.Folder, _fixture.Issues, TimeProvider.System, limits, new Disk());
        for (var i = 0; i < 12; i++)
        {
            await live.AppendAsync(SignalId.Parse($"{i + 1}"), StoreFixture.Zone, StoreFixture.MakeLog(new Random(i), 400), Stop);
        }

        for (var tries = 0; ListJournal().Length > 0 && tries < 500; tries++)
        {
            await Task.Delay(10, Stop);
        }

        Assert.Empty(ListJournal());
        Assert.Equal(12, _fixture.Open().ListSignals().Count);
    }

    [Fact]
    public async Task A_known_event_is_counted_and_neither_written_nor_kept_twice()
    {
        var log = StoreFixture.SortedDistinct(StoreFixture.MakeLog(new Random(5), 2_000)).ToArray();
        await using var live = Open(byItself: false);
        Assert.Equal(log.Length, (await live.AppendUnknownAsync(StoreFixture.Signal, StoreFixture.Zone, log, Stop)).Added);
        Assert.Equal(0, (await live.AppendUnknownAsync(StoreFixture.Signal, StoreFixture.Zone, log, Stop)).Added);
        await live.FlushAsync(Stop);
        var version = live.VersionOf(StoreFixture.Signal);

        var again = await live.AppendUnknownAsync(StoreFixture.Signal, StoreFixture.Zone, log, Stop);
        var more = await live.AppendUnknownAsync(StoreFixture.Signal, StoreFixture.Zone, (ControllerEvent[])[.. log, StoreFixture.Event(86_399_900, 1, 2)], Stop);

        Assert.Equal((log.Length, 0, 0), (again.Taken, again.Refused, again.Added));
        Assert.Equal((log.Length + 1, 1), (more.Taken, more.Added));
        Assert.True(live.VersionOf(StoreFixture.Signal) > version);
        Assert.Equal(log.Length + 1, live.CountEvents(StoreFixture.Signal, StoreFixture.Day));
    }

    [Fact]
    public async Task Events_under_another_zone_or_outside_every_calendar_are_refused_and_reported()
    {
        await using var live = Open(byItself: false);
        await live.AppendAsync(StoreFixture.Signal, "America/Los_Angeles", (ControllerEvent[])[StoreFixture.Event(0, 1, 2)], Stop);

        var other = await live.AppendAsync(StoreFixture.Signal, "America/Denver", (ControllerEvent[])[StoreFixture.Event(100, 1, 2)], Stop);
        var alias = await live.AppendAsync(StoreFixture.Signal, "US/Pacific", (ControllerEvent[])[StoreFixture.Event(200, 1, 2)], Stop);
        var never = await live.AppendAsync(Other, StoreFixture.Zone, (ControllerEvent[])[new ControllerEvent(long.MaxValue / 2, 1, 2), StoreFixture.Event(300, 1, 2)], Stop);

        Assert.Equal((0, 1), (other.Taken, other.Refused));
        Assert.Equal((1, 0), (alias.Taken, alias.Refused));
        Assert.Equal((1, 1), (never.Taken, never.Refused));
        Assert.Equal("America/Los_Angeles", live.FindZone(StoreFixture.Signal));
        Assert.Equal((1, 1), (_fixture.Issues.CountOf(DataIssueKind.Conflict), _fixture.Issues.CountOf(DataIssueKind.ImplausibleTime)));
        Assert.Equal(2, Read(live, StoreFixture.Signal, Always).Count);
    }

    [Fact]
    [Trait("rule", "P22")]
    public async Task Deleted_days_are_gone_from_memory_journal_and_segments_and_do_not_come_back()
    {
        var old = StoreFixture.MakeLog(new Random(6), 500);
        var kept = StoreFixture.MakeLog(new Random(7), 500, StoreFixture.Day.AddDays(1));
        await using (var live = Open(byItself: false))
        {
            await live.AppendAsync(StoreFixture.Signal, StoreFixture.Zone, old, Stop);
            await live.AppendAsync(StoreFixture.Signal, StoreFixture.Zone, kept, Stop);
            var version = live.VersionOf(StoreFixture.Signal);

            var summary = await live.DeleteBeforeAsync(StoreFixture.Day.AddDays(1), Stop);

            Assert.Equal(1, summary.SignalDays);
            Assert.True(live.VersionOf(StoreFixture.Signal) > version);
            Assert.Empty(ListJournal());
            Assert.Equal(StoreFixture.SortedDistinct(kept), Read(live, StoreFixture.Signal, Always));
            await live.AppendAsync(StoreFixture.Signal, StoreFixture.Zone, kept, Stop);
        }

        await using var again = Open(byItself: false);
        Assert.Equal(StoreFixture.SortedDistinct(kept), Read(again, StoreFixture.Signal, Always));
    }

    [Fact]
    public async Task Another_process_may_read_and_is_told_who_holds_the_folder_when_it_wants_to_write()
    {
        await using var live = Open(byItself: false);
        await live.AppendAsync(StoreFixture.Signal, StoreFixture.Zone, StoreFixture.MakeLog(new Random(8), 100), Stop);
        await live.FlushAsync(Stop);

        Assert.NotEmpty(StoreFixture.ReadAll(EventStore.Open(_fixture.Folder), StoreFixture.Signal));
        Assert.Equal("XT140", Assert.Throws<ProblemException>(() => EventStore.Open(_fixture.Folder).OpenWriter(_fixture.Issues)).Problems[0].Code);
        Assert.Equal("XT140", Assert.Throws<ProblemException>(() => Open(byItself: false)).Problems[0].Code);
    }

    private LiveEvents Open(bool byItself) => LiveEvents.Open(_fixture.Folder, _fixture.Issues, TimeProvider.System, new LiveLimits { LeavesByItself = byItself }, new Disk());

    private static void AssertHolds(LiveEvents live, List<ControllerEvent> taken, Random random)
    {
        var expected = StoreFixture.SortedDistinct(taken);
        Assert.Equal(new TimeRange(expected[0].TimeMs, expected[^1].TimeMs + 1), live.FindRange(StoreFixture.Signal));
        Assert.Equal([StoreFixture.Signal], live.ListSignals());
        var days = expected.GroupBy(e => EventKey.ToDate((int)EventKey.DayOf(e.TimeMs))).ToDictionary(d => d.Key, d => (long)d.Count());
        Assert.Equal(days.Keys.Order(), live.ListDays(StoreFixture.Signal));
        Assert.All(days, d => Assert.Equal(d.Value, live.CountEvents(StoreFixture.Signal, d.Key)));
        Assert.Equal(expected, Read(live, StoreFixture.Signal, Always));
        var (from, until) = (expected[random.Next(expected.Count)].TimeMs, expected[random.Next(expected.Count)].TimeMs);
        var range = new TimeRange(Math.Min(from, until), Math.Max(from, until));
        Assert.Equal(expected.Where(e => range.Contains(e.TimeMs)), Read(live, StoreFixture.Signal, range));
    }

    private string[] ListJournal() =>
        Directory.Exists(Path.Combine(_fixture.Folder, "events", "journal")) ? Directory.GetFiles(Path.Combine(_fixture.Folder, "events", "journal"), "*.journal") : [];

    internal static List<ControllerEvent> Read(LiveEvents live, SignalId signal, TimeRange range)
    {
        var all = new List<ControllerEvent>();
        using var reader = live.Open(signal, range);
        while (reader.Next(out var block))
        {
            Assert.False(block.IsEmpty);
            all.AddRange(block);
        }

        return all;
    }
}
