using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;

namespace Crosstown.Logs.Tests.Store;

public sealed class WriterTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_second_writer_is_told_that_the_first_is_at_work()
    {
        using (_fixture.Open().OpenWriter(_fixture.Issues))
        {
            var e = Assert.Throws<ProblemException>(() => _fixture.Open().OpenWriter(_fixture.Issues));
            Assert.Equal("XT140", Assert.Single(e.Problems).Code);
            Assert.Throws<ProblemException>(() => _fixture.Open().DeleteBefore(StoreFixture.Day));
        }

        _fixture.Open().OpenWriter(_fixture.Issues).Dispose();
    }

    [Fact]
    public void Two_zones_for_one_signal_are_a_conflict_and_the_second_zone_s_events_are_refused()
    {
        var kept = StoreFixture.Event(0, 1, 2);
        _fixture.Write(kept);
        using var writer = _fixture.Open().OpenWriter(_fixture.Issues);
        writer.Add(StoreFixture.Signal, "America/Denver", [StoreFixture.Event(1, 1, 2), StoreFixture.Event(2, 1, 2)]);

        var summary = writer.Commit();

        Assert.Equal((0, 0, 2), (summary.Added, summary.Duplicates, summary.Refused));
        Assert.Equal(2, _fixture.Issues.CountOf(DataIssueKind.Conflict));
        var issue = _fixture.Issues.ListExamples().First();
        Assert.Equal(("signal 227", "America/Denver"), (issue.Source, issue.Value));
        Assert.Contains(StoreFixture.Zone, issue.Assumed, StringComparison.Ordinal);
        Assert.Equal([kept], StoreFixture.ReadAll(_fixture.Open(), StoreFixture.Signal));
        Assert.Equal(StoreFixture.Zone, _fixture.Open().ZoneOf(StoreFixture.Signal));
    }

    [Fact]
    public void Two_zones_in_one_commit_are_a_conflict_too()
    {
        using var writer = _fixture.Open().OpenWriter(_fixture.Issues);
        writer.Add(StoreFixture.Signal, "America/Denver", [StoreFixture.Event(1, 1, 2)]);
        writer.Add(StoreFixture.Signal, StoreFixture.Zone, [StoreFixture.Event(2, 1, 2)]);

        Assert.Equal((1, 1), (writer.Commit().Added, (int)_fixture.Issues.CountOf(DataIssueKind.Conflict)));
        Assert.Equal("America/Denver", _fixture.Open().ZoneOf(StoreFixture.Signal));
    }

    [Fact]
    public void Another_name_of_the_same_zone_is_no_conflict()
    {
        _fixture.Write(StoreFixture.Event(0, 1, 2));
        using var writer = _fixture.Open().OpenWriter(_fixture.Issues);
        writer.Add(StoreFixture.Signal, "US/Pacific", [StoreFixture.Event(1, 1, 2)]);

        Assert.Equal(1, writer.Commit().Added);
        Assert.Equal(0, _fixture.Issues.Count);
        Assert.Equal(StoreFixture.Zone, _fixture.Open().ZoneOf(StoreFixture.Signal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Zürich")]
    [InlineData("A zone name that is longer than sixty-four characters is not a zone name at all")]
    public void A_zone_that_can_be_none_is_the_caller_s_fault(string zone)
    {
        using var writer = _fixture.Open().OpenWriter(_fixture.Issues);
        Assert.Throws<ArgumentException>(() => writer.Add(StoreFixture.Signal, zone, [StoreFixture.Event(0, 1, 2)]));
    }

    [Fact]
    public void A_time_that_no_calendar_has_is_refused_and_the_events_around_it_are_kept()
    {
        var first = StoreFixture.Event(0, 1, 2);
        var last = StoreFixture.Event(0, 1, 3);

        var summary = _fixture.Write(first, new ControllerEvent(long.MaxValue, 1, 2), new ControllerEvent(long.MinValue, 1, 2), last);

        Assert.Equal((2, 2), (summary.Added, summary.Refused));
        Assert.Equal(2, _fixture.Issues.CountOf(DataIssueKind.ImplausibleTime));
        Assert.Equal([first, last], StoreFixture.ReadAll(_fixture.Open(), StoreFixture.Signal));
    }

    [Fact]
    public void The_first_and_the_last_millisecond_of_a_day_belong_to_it()
    {
        var first = StoreFixture.Event(0, 1, 2);
        var last = StoreFixture.Event(86_399_999, 1, 2);
        var next = StoreFixture.Event(86_400_000, 1, 2);
        var before1970 = new ControllerEvent(-1, 1, 2);

        _fixture.Write(next, last, first, before1970);

        var store = _fixture.Open();
        Assert.Equal([new DateOnly(1969, 12, 31), StoreFixture.Day, StoreFixture.Day.AddDays(1)], store.ListDays(StoreFixture.Signal));
        Assert.Equal(2, store.CountEvents(StoreFixture.Signal, StoreFixture.Day));
        Assert.Equal([before1970, first, last, next], StoreFixture.ReadAll(store, StoreFixture.Signal));
    }

    [Fact]
    public void More_events_than_the_buffer_holds_wait_on_the_disk_unseen()
    {
        var events = StoreFixture.MakeLog(new Random(301), 100_000);
        var store = _fixture.Open();
        using var writer = store.OpenWriter(_fixture.Issues, bufferBytes: 256 << 10);
        writer.Add(StoreFixture.Signal, StoreFixture.Zone, events);

        Assert.NotEmpty(Directory.EnumerateFiles(_fixture.Folder, "*.part", SearchOption.AllDirectories));
        Assert.Equal(0, _fixture.Open().CountEvents());

        var summary = writer.Commit();

        Assert.Equal(events.Length, summary.Added + summary.Duplicates);
        Assert.Equal(StoreFixture.SortedDistinct(events), StoreFixture.ReadAll(store, StoreFixture.Signal));
        Assert.Single(Directory.EnumerateFiles(_fixture.Folder, "s*", SearchOption.AllDirectories));
    }

    [Fact]
    public void What_was_not_committed_leaves_no_file()
    {
        using (var writer = _fixture.Open().OpenWriter(_fixture.Issues, bufferBytes: 64 << 10))
        {
            writer.Add(StoreFixture.Signal, StoreFixture.Zone, StoreFixture.MakeLog(new Random(302), 50_000));
        }

        Assert.Empty(Directory.EnumerateFiles(_fixture.Folder, "s*", SearchOption.AllDirectories));
        Assert.Equal(0, _fixture.Open().CountEvents());
    }

    [Fact]
    [Trait("rule", "P13")]
    [Trait("rule", "P22")]
    public void Deleted_days_are_gone_from_the_list_and_from_the_disk()
    {
        var marks = new List<byte[]>();
        for (var day = 0; day < 4; day++)
        {
            _fixture.Write(StoreFixture.MakeLog(new Random(303 + day), 3_000, StoreFixture.Day.AddDays(day)));
            _fixture.Write(SignalId.Parse("452"), StoreFixture.MakeLog(new Random(403 + day), 3_000, StoreFixture.Day.AddDays(day)));
        }

        foreach (var path in ListFiles().Where(p => p.EndsWith(".seg", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            // From the middle of the coded events.
            var bytes = File.ReadAllBytes(path);
            marks.Add(bytes[(bytes.Length / 2)..((bytes.Length / 2) + 60)]);
        }

        var quarantine = Directory.CreateDirectory(Path.Combine(_fixture.Folder, "events", "quarantine")).FullName;
        File.WriteAllBytes(Path.Combine(quarantine, "20240513-s9-1-1.seg"), marks[0]);
        File.WriteAllBytes(Path.Combine(quarantine, "20240516-s9-1-1.seg"), [1]);
        var stayed = _fixture.Open().StateHash(StoreFixture.Signal, StoreFixture.Day.AddDays(3));
        var before = _fixture.Open().CountEvents();

        var store = _fixture.Open();
        var summary = store.DeleteBefore(StoreFixture.Day.AddDays(2));

        Assert.Equal(4, summary.SignalDays);
        Assert.Equal(before, summary.Events + store.CountEvents());
        Assert.Equal([StoreFixture.Day.AddDays(2), StoreFixture.Day.AddDays(3)], _fixture.Open().ListDays(StoreFixture.Signal));
        Assert.Equal(stayed, _fixture.Open().StateHash(StoreFixture.Signal, StoreFixture.Day.AddDays(3)));
        Assert.Equal("20240516-s9-1-1.seg", Path.GetFileName(Assert.Single(Directory.EnumerateFiles(quarantine))));
        var left = ListFiles().Select(File.ReadAllBytes).ToList();
        Assert.All(marks[..4], m => Assert.DoesNotContain(left, f => f.AsSpan().IndexOf(m) >= 0));
        Assert.All(marks[4..], m => Assert.Contains(left, f => f.AsSpan().IndexOf(m) >= 0));
        Assert.False(Directory.Exists(Path.Combine(_fixture.Folder, "events", "20240513")));
        Assert.Equal(new DeleteSummary(0, 0), store.DeleteBefore(StoreFixture.Day.AddDays(2)));
    }

    [Fact]
    [Trait("rule", "P22")]
    public void A_signal_whose_days_are_all_deleted_is_no_longer_listed()
    {
        _fixture.Write(StoreFixture.Event(0, 1, 2));
        var store = _fixture.Open();

        store.DeleteBefore(StoreFixture.Day.AddDays(1));

        Assert.Empty(store.ListSignals());
        Assert.Empty(_fixture.Open().ListSignals());
        Assert.Equal(["manifest", "writer.lock"], ListFiles().Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private IEnumerable<string> ListFiles() => Directory.EnumerateFiles(_fixture.Folder, "*", SearchOption.AllDirectories);
}
