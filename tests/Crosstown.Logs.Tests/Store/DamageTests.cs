using System.Buffers.Binary;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;

namespace Crosstown.Logs.Tests.Store;

/// <summary>Rule R05: every flipped bit is found, and takes no more with it than its own block.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    [Trait("rule", "R05")]
    public void Every_flipped_bit_of_every_frame_is_found()
    {
        _fixture.Write(StoreFixture.MakeLog(new Random(21), 70_000));
        var bytes = File.ReadAllBytes(SegmentPath());
        Assert.True(bytes.Length >= 64 << 10);

        var kinds = new Dictionary<uint, int>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = Frame.HeaderLength + (int)Frame.LengthOf(bytes.AsSpan(at));
            var frame = bytes.AsSpan(at, length);
            var kind = Frame.KindOf(frame);
            Assert.True(Frame.IsGood(frame, kind));
            kinds[kind] = kinds.GetValueOrDefault(kind) + length;
            for (var bit = 0; bit < length * 8; bit++)
            {
                frame[bit >> 3] ^= (byte)(1 << (bit & 7));
                Assert.False(Frame.IsGood(frame, kind));
                frame[bit >> 3] ^= (byte)(1 << (bit & 7));
            }

            at += length;
        }

        Assert.Equal([Frame.Head, Frame.Model, Frame.Data, Frame.Index, Frame.Trailer], kinds.Keys);
    }

    [Fact]
    [Trait("rule", "R05")]
    public void A_flipped_bit_anywhere_in_a_segment_is_reported_and_never_changes_an_event()
    {
        var events = StoreFixture.MakeLog(new Random(22), 60);
        _fixture.Write(events);
        var expected = StoreFixture.SortedDistinct(events);
        var path = SegmentPath();
        var bytes = File.ReadAllBytes(path);
        var dataStart = StartOf(bytes, Frame.Data);
        var dataEnd = dataStart + Frame.HeaderLength + (int)Frame.LengthOf(bytes.AsSpan(dataStart));
        var store = _fixture.Open();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit >> 3] ^= (byte)(1 << (bit & 7));
            File.WriteAllBytes(path, bytes);
            bytes[bit >> 3] ^= (byte)(1 << (bit & 7));

            var issues = new DataIssueLog();
            var read = StoreFixture.ReadAll(store, StoreFixture.Signal, issues);

            Assert.NotEqual(0, issues.CountOf(DataIssueKind.DamagedBlock));
            Assert.Equal(bit >> 3 >= dataStart && bit >> 3 < dataEnd ? [] : expected, read);
        }
    }

    [Fact]
    [Trait("rule", "R05")]
    public void Damage_that_nobody_logs_is_an_exception()
    {
        _fixture.Write(StoreFixture.MakeLog(new Random(35), 60));
        var bytes = File.ReadAllBytes(SegmentPath());
        bytes[StartOf(bytes, Frame.Data) + 40] ^= 1;
        File.WriteAllBytes(SegmentPath(), bytes);

        Assert.Throws<InvalidDataException>(() => StoreFixture.ReadAll(_fixture.Open(), StoreFixture.Signal));
    }

    [Fact]
    [Trait("rule", "R05")]
    public void A_flipped_bit_anywhere_in_the_list_of_segments_is_reported_and_the_list_made_anew()
    {
        _fixture.Write(StoreFixture.MakeLog(new Random(23), 300));
        _fixture.Write(StoreFixture.MakeLog(new Random(24), 200));
        _fixture.Write(SignalId.Parse("452"), StoreFixture.MakeLog(new Random(25), 100));
        var hash = _fixture.Open().StateHash();
        var path = Path.Combine(_fixture.Folder, "events", "manifest");
        var bytes = File.ReadAllBytes(path);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit >> 3] ^= (byte)(1 << (bit & 7));
            File.WriteAllBytes(path, bytes);
            bytes[bit >> 3] ^= (byte)(1 << (bit & 7));

            var issues = new DataIssueLog();
            Assert.Equal(hash, EventStore.Open(_fixture.Folder, issues).StateHash());
            Assert.Equal(1, issues.CountOf(DataIssueKind.DamagedBlock));
            Assert.Throws<InvalidDataException>(() => EventStore.Open(_fixture.Folder));
        }
    }

    [Fact]
    [Trait("rule", "R05")]
    [Trait("rule", "R13")]
    public void A_damaged_block_is_left_out_with_its_place_and_its_time_and_the_others_are_read()
    {
        var events = StoreFixture.SortedDistinct(StoreFixture.MakeLog(new Random(26), 40_000));
        _fixture.Write([.. events]);
        var path = SegmentPath();
        var bytes = File.ReadAllBytes(path);
        var second = StartOf(bytes, Frame.Data, skip: 1);
        bytes[second + 100] ^= 4;
        File.WriteAllBytes(path, bytes);

        var issues = new DataIssueLog();
        using var reader = _fixture.Open().OpenReader(StoreFixture.Signal, issues);
        var read = new List<ControllerEvent>();
        while (reader.Next(out var block))
        {
            read.AddRange(block);
        }

        Assert.Equal([.. events[..SegmentModel.BlockEvents], .. events[(2 * SegmentModel.BlockEvents)..]], read);
        var issue = Assert.Single(issues.ListExamples());
        Assert.Equal((DataIssueKind.DamagedBlock, second), (issue.Kind, (int)issue.Position));
        Assert.EndsWith(".seg", issue.Source, StringComparison.Ordinal);
        Assert.Contains("8192 events", issue.Assumed, StringComparison.Ordinal);
        var gap = Assert.Single(reader.DamagedRanges);
        Assert.Equal(events[SegmentModel.BlockEvents].TimeMs, gap.StartMs);
        Assert.Equal(events[(2 * SegmentModel.BlockEvents) - 1].TimeMs + 1, gap.EndMs);
    }

    [Fact]
    [Trait("rule", "R05")]
    [Trait("rule", "R13")]
    public void A_segment_cut_anywhere_keeps_its_whole_blocks_and_says_what_is_gone()
    {
        var events = StoreFixture.SortedDistinct(StoreFixture.MakeLog(new Random(27), 30_000));
        _fixture.Write([.. events]);
        var path = SegmentPath();
        var bytes = File.ReadAllBytes(path);
        var store = _fixture.Open();
        for (var length = 0; length < bytes.Length; length += 1 + (length % 97))
        {
            File.WriteAllBytes(path, bytes[..length]);
            var issues = new DataIssueLog();
            using var reader = store.OpenReader(StoreFixture.Signal, issues);
            var read = new List<ControllerEvent>();
            while (reader.Next(out var block))
            {
                read.AddRange(block);
            }

            Assert.NotEqual(0, issues.CountOf(DataIssueKind.DamagedBlock));
            Assert.True(read.Count % SegmentModel.BlockEvents == 0 || read.Count == events.Count);
            Assert.Equal(events[..read.Count], read);
            Assert.Equal(read.Count < events.Count, reader.DamagedRanges.Any(r => r.Contains(events[^1].TimeMs)));
        }
    }

    [Fact]
    [Trait("rule", "R05")]
    public void Importing_again_heals_a_damaged_day_and_keeps_the_damaged_file_aside()
    {
        var events = StoreFixture.MakeLog(new Random(28), 40_000);
        _fixture.Write(events);
        var hash = _fixture.Open().StateHash();
        var path = SegmentPath();
        var bytes = File.ReadAllBytes(path);
        bytes[StartOf(bytes, Frame.Data, skip: 2) + 50] ^= 1;
        File.WriteAllBytes(path, bytes);

        var summary = _fixture.Write(events);

        Assert.Equal(SegmentModel.BlockEvents, summary.Added);
        Assert.NotEqual(0, _fixture.Issues.CountOf(DataIssueKind.DamagedBlock));
        Assert.Equal(hash, EventStore.Open(_fixture.Folder).StateHash());
        var aside = Assert.Single(Directory.EnumerateFiles(Path.Combine(_fixture.Folder, "events", "quarantine")));
        Assert.Equal(bytes, File.ReadAllBytes(aside));
    }

    [Fact]
    [Trait("rule", "R05")]
    public void A_segment_that_is_gone_is_reported_and_is_no_quiet_day()
    {
        _fixture.Write(StoreFixture.MakeLog(new Random(29), 100));
        File.Delete(SegmentPath());
        var issues = new DataIssueLog();
        using var reader = _fixture.Open().OpenReader(StoreFixture.Signal, issues);

        Assert.False(reader.Next(out _));
        Assert.Equal(1, issues.CountOf(DataIssueKind.DamagedBlock));
        Assert.Single(reader.DamagedRanges);
    }

    [Fact]
    public void A_lost_list_of_segments_does_not_cost_a_segment_that_cannot_be_read_either()
    {
        _fixture.Write(StoreFixture.MakeLog(new Random(30), 100));
        var path = SegmentPath();
        var bytes = File.ReadAllBytes(path);
        bytes[14] ^= 1;
        File.WriteAllBytes(path, bytes);
        File.Delete(Path.Combine(_fixture.Folder, "events", "manifest"));

        _fixture.Open().OpenWriter(_fixture.Issues).Dispose();

        Assert.Equal(bytes, File.ReadAllBytes(Assert.Single(Directory.EnumerateFiles(Path.Combine(_fixture.Folder, "events", "quarantine")))));
    }

    [Theory]
    [Trait("rule", "R16")]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    public void A_segment_with_right_checksums_and_wrong_content_does_no_harm(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        _fixture.Write(StoreFixture.MakeLog(new Random(seed), 12_000));
        var good = File.ReadAllBytes(SegmentPath());
        var path = Path.Combine(_fixture.Folder, "forged.seg");
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = good.ToArray();
            Forge(bytes, random);
            File.WriteAllBytes(path, bytes);
            var issues = new DataIssueLog();
            using var file = SegmentFile.TryOpen(path, "forged.seg", issues);
            long read = 0;
            while (file is not null && file.Next(out var block))
            {
                var (start, end) = (StoreFixture.DayStartMs(file.Day), StoreFixture.DayStartMs(file.Day.AddDays(1)));
                foreach (var e in block)
                {
                    Assert.InRange(e.TimeMs, start, end - 1);
                }

                read += block.Length;
            }

            Assert.InRange(read, 0, 1_000_000);
        }
    }

    [Fact]
    public void A_segment_can_be_read_on_its_own()
    {
        var events = StoreFixture.MakeLog(new Random(34), 20_000);
        _fixture.Write(events);
        var path = SegmentPath();

        Assert.True(SegmentFile.IsSegment(File.ReadAllBytes(path)));
        Assert.False(SegmentFile.IsSegment("Time"u8));
        using var file = SegmentFile.TryOpen(path, "some.seg", _fixture.Issues)!;
        var read = new List<ControllerEvent>();
        while (file.Next(out var block))
        {
            read.AddRange(block);
        }

        Assert.Equal((StoreFixture.Signal, StoreFixture.Zone, StoreFixture.Day), (file.Signal, file.Zone, file.Day));
        Assert.Equal(StoreFixture.SortedDistinct(events), read);
        Assert.Equal(0, _fixture.Issues.Count);
    }

    /// <summary>Changes a few bytes of one frame's content and makes its checksum fit again.</summary>
    private static void Forge(byte[] bytes, Random random)
    {
        var frames = new List<(int Start, int Length)>();
        for (var at = 0; at < bytes.Length; at += frames[^1].Length)
        {
            frames.Add((at, Frame.HeaderLength + (int)Frame.LengthOf(bytes.AsSpan(at))));
        }

        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var (start, length) = frames[random.Next(frames.Count)];
            var frame = bytes.AsSpan(start, length);
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                // The start of a frame's content says most about the rest.
                var content = length - Frame.HeaderLength;
                frame[Frame.HeaderLength + random.Next(random.Next(2) == 0 ? Math.Min(48, content) : content)] = (byte)random.Next(256);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], Crc32C.Compute(frame[..8], frame[Frame.HeaderLength..]));
        }
    }

    private string SegmentPath() => Assert.Single(Directory.EnumerateFiles(_fixture.Folder, "*.seg", SearchOption.AllDirectories));

    private static int StartOf(byte[] bytes, uint kind, int skip = 0)
    {
        for (var at = 0; ; at += Frame.HeaderLength + (int)Frame.LengthOf(bytes.AsSpan(at)))
        {
            if (Frame.KindOf(bytes.AsSpan(at)) == kind && skip-- == 0)
            {
                return at;
            }
        }
    }
}
