using System.Reflection;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;

namespace Crosstown.Logs.Tests.Store;

public sealed class ReadingTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(201)]
    [InlineData(202)]
    public void A_range_gives_its_events_and_no_others_across_days_and_pieces(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var all = new List<ControllerEvent>();
        for (var part = 0; part < 6; part++)
        {
            var events = StoreFixture.MakeLog(random, random.Next(1, 20_000), StoreFixture.Day.AddDays(part % 3));
            _fixture.Write(events);
            all.AddRange(events);
        }

        var expected = StoreFixture.SortedDistinct(all);
        var store = _fixture.Open();
        Assert.Equal(new TimeRange(expected[0].TimeMs, expected[^1].TimeMs + 1), store.FindRange(StoreFixture.Signal));
        for (var i = 0; i < 300; i++)
        {
            // Ends are often an event's own time, where being half-open shows.
            var ends = new[] { expected[random.Next(expected.Count)].TimeMs, expected[random.Next(expected.Count)].TimeMs + random.Next(-1, 2) }.Order().ToArray();
            var range = new TimeRange(ends[0], ends[1]);
            var read = new List<ControllerEvent>();
            using var reader = store.OpenReader(StoreFixture.Signal, range);
            while (reader.Next(out var block))
            {
                Assert.False(block.IsEmpty);
                read.AddRange(block);
            }

            Assert.Equal(expected.Where(e => range.Contains(e.TimeMs)), read);
            Assert.False(reader.Next(out _));
        }

        Assert.Equal(expected, ReadRange(store, new TimeRange(long.MinValue, long.MaxValue)));
        Assert.Empty(ReadRange(store, new TimeRange(expected[0].TimeMs, expected[0].TimeMs)));
    }

    [Fact]
    public void A_day_is_read_into_the_callers_buffer()
    {
        var events = StoreFixture.MakeLog(new Random(203), 20_000);
        _fixture.Write(events);
        var store = _fixture.Open();
        var buffer = new ControllerEvent[3];

        var count = store.ReadDay(StoreFixture.Signal, StoreFixture.Day, ref buffer);

        Assert.Equal(StoreFixture.SortedDistinct(events), buffer[..count]);
        Assert.Equal(count, store.CountEvents(StoreFixture.Signal, StoreFixture.Day));
        Assert.Equal(0, store.ReadDay(StoreFixture.Signal, StoreFixture.Day.AddDays(1), ref buffer));
        Assert.Equal(0, store.ReadDay(SignalId.Parse("none"), StoreFixture.Day, ref buffer));
        Assert.Equal([StoreFixture.Day], store.ListDays(StoreFixture.Signal));
        Assert.Equal(StoreFixture.Zone, store.ZoneOf(StoreFixture.Signal));
    }

    [Fact]
    public void Reading_allocates_nothing_per_event()
    {
        _fixture.Write(StoreFixture.MakeLog(new Random(204), 130_000));
        using var reader = _fixture.Open().OpenReader(StoreFixture.Signal);
        reader.Next(out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        long events = 0;

        while (reader.Next(out var block))
        {
            events += block.Length;
        }

        Assert.InRange(events, 100_000, 130_000);
        // A list that remembers damage may be made once; that is all.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256);
    }

    [Fact]
    public void A_reader_goes_on_while_a_commit_replaces_its_files()
    {
        var firstDay = StoreFixture.MakeLog(new Random(205), 30_000);
        var secondDay = StoreFixture.MakeLog(new Random(206), 30_000, StoreFixture.Day.AddDays(1));
        _fixture.Write([.. firstDay, .. secondDay]);
        var start = StoreFixture.DayStartMs(StoreFixture.Day);
        using var reader = _fixture.Open().OpenReader(StoreFixture.Signal, new TimeRange(start, start + (3 * EventKey.DayMs)));
        reader.Next(out var block);
        var read = new List<ControllerEvent>(block.ToArray());

        var more = StoreFixture.MakeLog(new Random(207), 30_000, StoreFixture.Day.AddDays(1));
        _fixture.Write([.. StoreFixture.MakeLog(new Random(208), 30_000), .. more]);
        while (reader.Next(out block))
        {
            read.AddRange(block);
        }

        // The day that was open is read as it stood; the next one as it stands.
        Assert.Equal([.. StoreFixture.SortedDistinct(firstDay), .. StoreFixture.SortedDistinct([.. secondDay, .. more])], read);
    }

    [Fact]
    public void Another_process_s_commit_is_seen_after_a_reload()
    {
        var store = _fixture.Open();
        _fixture.Write(StoreFixture.Event(0, 1, 2));

        Assert.Equal(0, store.CountEvents());
        store.Reload();
        Assert.Equal(1, store.CountEvents());
    }

    [Fact]
    [Trait("rule", "P12")]
    public void No_way_of_reading_events_takes_more_than_one_signal()
    {
        var types = typeof(EventStore).Assembly.GetExportedTypes().Where(t => t.Namespace == typeof(EventStore).Namespace).ToList();
        Assert.Contains(typeof(EventReader), types);
        var reading = types.SelectMany(t => t.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .OfType<MethodBase>()
            .Where(m => m.ToString()!.Contains(nameof(ControllerEvent), StringComparison.Ordinal) || (m as MethodInfo)?.ReturnType == typeof(EventReader))
            .ToList();
        Assert.NotEmpty(reading);
        foreach (var method in reading)
        {
            // The signal comes with the call, or with the one object that the method reads on from; never a list of them, never "all".
            // One who listens is told of one signal at a time too.
            var given = method.GetParameters().Select(p => p.ParameterType).ToList();
            var heard = given.Where(p => p.IsSubclassOf(typeof(Delegate))).SelectMany(d => d.GetMethod("Invoke")!.GetParameters().Select(p => p.ParameterType)).ToList();
            var signals = given.Concat(heard).Count(p => p == typeof(SignalId));
            var ofOneSignal = method.DeclaringType == typeof(EventReader) || method.DeclaringType == typeof(SegmentFile);
            Assert.Equal(ofOneSignal ? 0 : 1, signals);
            Assert.DoesNotContain(
                given.Where(p => !p.IsSubclassOf(typeof(Delegate))).Concat(heard), p => p.ToString().Contains($"[{typeof(SignalId).FullName}", StringComparison.Ordinal));
        }
    }

    private static List<ControllerEvent> ReadRange(EventStore store, TimeRange range)
    {
        var read = new List<ControllerEvent>();
        using var reader = store.OpenReader(StoreFixture.Signal, range);
        while (reader.Next(out var block))
        {
            read.AddRange(block);
        }

        return read;
    }
}
