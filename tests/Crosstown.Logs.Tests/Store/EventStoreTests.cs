using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;

namespace Crosstown.Logs.Tests.Store;

public sealed class EventStoreTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Events_come_back_in_order_and_once_each()
    {
        var off = StoreFixture.Event(1_000, EventCode.DetectorOff, 5);
        var on = StoreFixture.Event(900, EventCode.DetectorOn, 5);
        var tied = StoreFixture.Event(1_000, EventCode.DetectorOff, -1);

        var summary = _fixture.Write(off, on, tied, off);

        Assert.Equal((3, 1, 0), (summary.Added, summary.Duplicates, summary.Refused));
        Assert.Equal([new SignalDay(StoreFixture.Signal, StoreFixture.Day)], summary.Touched);
        Assert.Equal([on, tied, off], StoreFixture.ReadAll(_fixture.Open(), StoreFixture.Signal));
    }

    [Fact]
    public void Nothing_is_seen_before_the_commit()
    {
        var store = _fixture.Open();
        using var writer = store.OpenWriter(_fixture.Issues);
        writer.Add(StoreFixture.Signal, StoreFixture.Zone, [StoreFixture.Event(0, 1, 2)]);

        Assert.Empty(store.ListSignals());
        Assert.Empty(_fixture.Open().ListSignals());

        writer.Commit();

        Assert.Equal([StoreFixture.Signal], store.ListSignals());
        Assert.Equal([StoreFixture.Signal], _fixture.Open().ListSignals());
    }

    [Fact]
    public void An_empty_folder_is_an_empty_store_and_stays_empty()
    {
        var store = _fixture.Open();

        Assert.Empty(store.ListSignals());
        Assert.Empty(store.ListDays(StoreFixture.Signal));
        Assert.Equal(0, store.CountEvents());
        Assert.Null(store.FindRange(StoreFixture.Signal));
        Assert.Throws<KeyNotFoundException>(() => store.ZoneOf(StoreFixture.Signal));
        Assert.Empty(StoreFixture.ReadAll(store, StoreFixture.Signal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_fixture.Folder));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Whatever_an_event_can_hold_comes_back_whole(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        foreach (var size in new[] { 1, 2, 3, 5, 7, 63, 8_191, 8_192, 8_193, 30_000, 300_000 })
        {
            var day = StoreFixture.Day.AddDays(random.Next(-900_00, 900_00));
            var wild = new ControllerEvent[size];
            var span = random.Next(4) switch { 0 => 1, 1 => 5_000, 2 => 86_400_000, _ => 86_400_000 / 100 };
            var scale = span == 864_000 ? 100 : 1;
            var pairs = random.Next(3) switch { 0 => 1, 1 => 300, _ => 65_536 };
            for (var i = 0; i < size; i++)
            {
                wild[i] = StoreFixture.Event(
                    random.Next(span) * (long)scale, random.Next(pairs) * (65_536 / pairs) % 65_536, random.Next(Math.Min(pairs, 65_536)) - 32_768, day);
            }

            var signal = SignalId.Parse($"s{size}");
            _fixture.Write(signal, wild);

            Assert.Equal(StoreFixture.SortedDistinct(wild), StoreFixture.ReadAll(_fixture.Open(), signal));
        }
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Oregon_logs_come_back_event_by_event_in_a_byte_and_a_tenth_each()
    {
        var signals = StoreFixture.ReadOregon();
        using (var writer = _fixture.Open().OpenWriter(_fixture.Issues))
        {
            foreach (var (signal, events) in signals)
            {
                writer.Add(signal, StoreFixture.Zone, events);
            }

            writer.Commit();
        }

        var store = _fixture.Open();
        foreach (var (signal, events) in signals)
        {
            Assert.Equal(StoreFixture.SortedDistinct(events), StoreFixture.ReadAll(store, signal));
        }

        var bytes = Directory.EnumerateFiles(_fixture.Folder, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
        var perEvent = bytes / (double)store.CountEvents();
        TestContext.Current.TestOutputHelper?.WriteLine($"{perEvent:F4} bytes per event");
        Assert.InRange(perEvent, 0.5, 1.1);
    }
}
