using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;

namespace Crosstown.Logs.Tests.Store;

/// <summary>Rule R06: what the store holds depends on which events came, not on how.</summary>
public sealed class IdempotenceTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [Trait("rule", "R06")]
    [InlineData(101)]
    [InlineData(102)]
    [InlineData(103)]
    [InlineData(104)]
    [InlineData(105)]
    [InlineData(106)]
    public void Pieces_overlaps_and_any_order_give_the_same_state_hash(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var logs = new Dictionary<SignalId, ControllerEvent[]>();
        for (var i = 1; i <= 3; i++)
        {
            logs[SignalId.Parse($"{i}")] =
            [
                .. StoreFixture.MakeLog(random, random.Next(1, 30_000)),
                .. StoreFixture.MakeLog(random, random.Next(1, 5_000), StoreFixture.Day.AddDays(-1)),
            ];
        }

        using (var writer = _fixture.Open().OpenWriter(_fixture.Issues))
        {
            foreach (var (signal, events) in logs)
            {
                writer.Add(signal, StoreFixture.Zone, events);
            }

            writer.Commit();
        }

        using var other = new StoreFixture();
        long added = 0;
        long duplicates = 0;
        long rows = 0;
        foreach (var batch in CutIntoPieces(logs, random).Chunk(7))
        {
            using var writer = other.Open().OpenWriter(other.Issues, bufferBytes: random.Next(64, 512) << 10);
            foreach (var (signal, events) in batch)
            {
                writer.Add(signal, StoreFixture.Zone, events);
                rows += events.Length;
            }

            var summary = writer.Commit();
            (added, duplicates) = (added + summary.Added, duplicates + summary.Duplicates);
        }

        Assert.Equal(_fixture.Open().StateHash(), other.Open().StateHash());
        Assert.Equal(other.Open().CountEvents(), added);
        Assert.Equal(rows, added + duplicates);
        foreach (var (signal, events) in logs)
        {
            Assert.Equal(StoreFixture.SortedDistinct(events), StoreFixture.ReadAll(other.Open(), signal));
            Assert.Equal(StoreFixture.SortedDistinct(events).Count, other.Open().CountEvents(signal));
        }
    }

    [Fact]
    [Trait("rule", "R06")]
    public void A_different_event_signal_or_zone_gives_another_state_hash()
    {
        var hashes = new HashSet<string>();
        foreach (var (signal, zone, e) in new[]
        {
            ("1", "America/Denver", StoreFixture.Event(0, 1, 2)),
            ("2", "America/Denver", StoreFixture.Event(0, 1, 2)),
            ("1", "America/Boise", StoreFixture.Event(0, 1, 2)),
            ("1", "America/Denver", StoreFixture.Event(1, 1, 2)),
            ("1", "America/Denver", StoreFixture.Event(0, 2, 2)),
            ("1", "America/Denver", StoreFixture.Event(0, 1, 1)),
            ("1", "America/Denver", StoreFixture.Event(0, 1, 2, StoreFixture.Day.AddDays(1))),
        })
        {
            using var fixture = new StoreFixture();
            using (var writer = fixture.Open().OpenWriter(fixture.Issues))
            {
                writer.Add(SignalId.Parse(signal), zone, [e]);
                writer.Commit();
            }

            Assert.True(hashes.Add(fixture.Open().StateHash()));
        }

        Assert.All(hashes, h => Assert.Matches("^[0-9a-f]{64}$", h));
    }

    [Fact]
    [Trait("rule", "R06")]
    public void The_same_events_again_write_nothing()
    {
        var events = StoreFixture.MakeLog(new Random(107), 50_000);
        _fixture.Write(events);
        var steps = 0;

        using var writer = EventStore.Open(_fixture.Folder, _fixture.Issues, new Disk((_, _, _) => steps++)).OpenWriter(_fixture.Issues);
        writer.Add(StoreFixture.Signal, StoreFixture.Zone, events);
        var summary = writer.Commit();

        Assert.Equal((0, events.Length), (summary.Added, summary.Duplicates));
        Assert.Empty(summary.Touched);
        Assert.Equal(0, steps);
    }

    [Fact]
    public void A_day_that_comes_a_minute_at_a_time_stays_in_few_files_and_in_order()
    {
        var events = StoreFixture.SortedDistinct(StoreFixture.MakeLog(new Random(108), 6_000));
        using (var writer = _fixture.Open().OpenWriter(_fixture.Issues))
        {
            foreach (var minute in events.Chunk(40))
            {
                writer.Add(StoreFixture.Signal, StoreFixture.Zone, minute);
                writer.Commit();
            }
        }

        Assert.InRange(Directory.EnumerateFiles(_fixture.Folder, "*.seg", SearchOption.AllDirectories).Count(), 1, 8);
        Assert.Equal(events, StoreFixture.ReadAll(_fixture.Open(), StoreFixture.Signal));
        Assert.Equal(events.Count, _fixture.Open().CountEvents());
    }

    private static List<(SignalId Signal, ControllerEvent[] Events)> CutIntoPieces(Dictionary<SignalId, ControllerEvent[]> logs, Random random)
    {
        var pieces = new List<(SignalId, ControllerEvent[])>();
        foreach (var (signal, events) in logs)
        {
            for (var start = 0; start < events.Length;)
            {
                var end = Math.Min(events.Length, start + random.Next(1, 3_000));
                // Some reach back, as files do that overlap; some come twice; some are out of order inside.
                var piece = events[Math.Max(0, start - random.Next(0, 500))..end];
                if (random.Next(4) == 0)
                {
                    random.Shuffle(piece);
                }

                pieces.Add((signal, piece));
                if (random.Next(10) == 0)
                {
                    pieces.Add((signal, piece));
                }

                start = end;
            }
        }

        var all = pieces.ToArray();
        random.Shuffle(all);
        return [.. all];
    }
}
