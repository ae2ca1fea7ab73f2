using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Microsoft.Win32.SafeHandles;

namespace Crosstown.Logs.Tests.Store;

/// <summary>Rules R01 to R04: what was acknowledged is there, whatever ends the process and wherever.</summary>
public sealed class CrashTests : IDisposable
{
    private static readonly SignalId Other = SignalId.Parse("452");

    private readonly StoreFixture _fixture = new();
    private readonly ControllerEvent[] _first = StoreFixture.MakeLog(new Random(11), 3_000);
    private readonly ControllerEvent[] _second = StoreFixture.MakeLog(new Random(12), 20_000);
    private readonly ControllerEvent[] _nextDay = StoreFixture.MakeLog(new Random(13), 500, StoreFixture.Day.AddDays(1));

    public void Dispose() => _fixture.Dispose();

    [Fact]
    [Trait("rule", "R01")]
    [Trait("rule", "R04")]
    public void A_power_cut_at_any_step_of_a_commit_leaves_the_old_events_or_the_new_ones()
    {
        var (oldHash, newHash) = PrepareAndHash();
        var disk = new PowerCutDisk(_fixture.Folder);
        var images = 0;
        disk.OnStep = (_, _) =>
        {
            AssertWhole(disk, [oldHash, newHash]);
            images++;
        };

        Commit(disk.Disk);
        disk.OnStep = null;

        AssertWhole(disk, [newHash]);
        Assert.InRange(images, 30, 1_000);
    }

    [Fact]
    [Trait("rule", "R01")]
    [Trait("rule", "R04")]
    public void A_power_cut_at_any_step_of_the_first_commit_leaves_nothing_or_its_events()
    {
        var nothing = _fixture.Open().StateHash();
        var disk = new PowerCutDisk(_fixture.Folder);
        var hashes = new List<string>();
        disk.OnStep = (_, _) => hashes.AddRange(HashImages(disk));

        Commit(disk.Disk);
        disk.OnStep = null;

        var all = _fixture.Open().StateHash();
        Assert.Equal([nothing, all], hashes.Distinct());
        Assert.All(HashImages(disk), h => Assert.Equal(all, h));
    }

    [Fact]
    [Trait("rule", "R04")]
    public void A_power_cut_at_any_step_of_a_deletion_leaves_all_days_or_those_that_stay()
    {
        var (_, _) = PrepareAndHash();
        Commit(new Disk());
        var all = _fixture.Open().StateHash();
        var disk = new PowerCutDisk(_fixture.Folder);
        var hashes = new List<string>();
        disk.OnStep = (_, _) => hashes.AddRange(HashImages(disk));

        EventStore.Open(_fixture.Folder, _fixture.Issues, disk.Disk).DeleteBefore(StoreFixture.Day.AddDays(1));
        disk.OnStep = null;

        var left = _fixture.Open().StateHash();
        Assert.NotEqual(all, left);
        Assert.Equal([all, left], hashes.Distinct());
        Assert.All(HashImages(disk), h => Assert.Equal(left, h));
    }

    [Fact]
    [Trait("rule", "R02")]
    [Trait("rule", "R03")]
    public void A_step_that_fails_is_never_acknowledged_and_ends_the_writer()
    {
        var (oldHash, newHash) = PrepareAndHash();
        var steps = new List<DiskStep>();
        var before = CopyOf(_fixture.Folder);
        Commit(new Disk((step, _, _) => steps.Add(step)));
        Assert.Contains(DiskStep.Sync, steps);
        Assert.Contains(DiskStep.SyncFolder, steps);
        Assert.Contains(DiskStep.Rename, steps);
        Assert.Contains(DiskStep.RemoveFile, steps);

        var manifestRename = steps.LastIndexOf(DiskStep.Rename);
        for (var failing = 0; failing < steps.Count; failing++)
        {
            var folder = CopyOf(before);
            var at = 0;
            var disk = new Disk((_, _, _) =>
            {
                if (at++ == failing)
                {
                    throw new IOException("The disk failed.");
                }
            });

            using (var writer = EventStore.Open(folder, _fixture.Issues, disk).OpenWriter(_fixture.Issues, 64 << 10))
            {
                Assert.Throws<IOException>(() => AddAndCommit(writer));
                Assert.Throws<InvalidOperationException>(() => writer.Add(Other, StoreFixture.Zone, _first));
                Assert.Throws<InvalidOperationException>(writer.Commit);
            }

            // Before the manifest has its name nothing may have changed; after it, all.
            Assert.Equal(failing <= manifestRename ? oldHash : newHash, EventStore.Open(folder, _fixture.Issues).StateHash());
            using (var writer = EventStore.Open(folder, _fixture.Issues).OpenWriter(_fixture.Issues))
            {
                AddAndCommit(writer);
            }

            Assert.Equal(newHash, EventStore.Open(folder, _fixture.Issues).StateHash());
            AssertNoStrays(folder);
            Directory.Delete(folder, recursive: true);
        }

        Directory.Delete(before, recursive: true);
    }

    [Fact]
    [Trait("rule", "R02")]
    public void A_sync_that_the_system_refuses_is_an_exception()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes are refused on Unix; Windows lets them pass.");
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream();
        using var handle = new SafeFileHandle(pipe.SafePipeHandle.DangerousGetHandle(), ownsHandle: false);

        Assert.Throws<SyncFailedException>(() => DurableFile.Sync(handle, "a pipe"));
        Assert.Throws<SyncFailedException>(() => DurableFile.SyncFolder(Path.Combine(_fixture.Folder, "not there")));
    }

    [Fact]
    public void What_an_import_left_that_was_ended_half_way_is_cleared_away_by_the_next()
    {
        PrepareAndHash();
        var store = EventStore.Open(_fixture.Folder, _fixture.Issues, new Disk((step, _, _) =>
        {
            if (step == DiskStep.Rename)
            {
                throw new IOException("The disk failed.");
            }
        }));
        using (var writer = store.OpenWriter(_fixture.Issues, 64 << 10))
        {
            Assert.Throws<IOException>(() => AddAndCommit(writer));
        }

        Assert.NotEmpty(Directory.EnumerateFiles(_fixture.Folder, "*.part", SearchOption.AllDirectories));

        _fixture.Open().OpenWriter(_fixture.Issues).Dispose();

        AssertNoStrays(_fixture.Folder);
    }

    /// <summary>A store with a commit, and the hashes before and after the next one.</summary>
    private (string Old, string New) PrepareAndHash()
    {
        _fixture.Write(StoreFixture.Signal, _first);
        var folder = CopyOf(_fixture.Folder);
        using (var writer = EventStore.Open(folder, _fixture.Issues).OpenWriter(_fixture.Issues))
        {
            AddAndCommit(writer);
        }

        var newHash = EventStore.Open(folder, _fixture.Issues).StateHash();
        Directory.Delete(folder, recursive: true);
        return (_fixture.Open().StateHash(), newHash);
    }

    /// <summary>A commit that spills, merges with what is stored, makes a new day's folder and touches two signals.</summary>
    private void Commit(Disk disk)
    {
        using var writer = EventStore.Open(_fixture.Folder, _fixture.Issues, disk).OpenWriter(_fixture.Issues, 64 << 10);
        AddAndCommit(writer);
    }

    private void AddAndCommit(EventStoreWriter writer)
    {
        writer.Add(StoreFixture.Signal, StoreFixture.Zone, _second);
        writer.Add(Other, StoreFixture.Zone, _nextDay);
        writer.Commit();
    }

    private void AssertWhole(PowerCutDisk disk, string[] allowed) => Assert.All(HashImages(disk), h => Assert.Contains(h, allowed));

    /// <summary>The state hash after a power cut right now: where nothing unsynced got through, and where all of it did.</summary>
    private string[] HashImages(PowerCutDisk disk)
    {
        var kept = _fixture.Folder + "-kept";
        Directory.CreateDirectory(kept);
        disk.WriteKept(kept);
        var live = CopyOf(_fixture.Folder);
        var hashes = new[] { kept, live }.Select(f =>
        {
            // Without a log, anything damaged is an exception.
            using (EventStore.Open(f).OpenWriter(new DataIssueLog()))
            {
                AssertNoStrays(f);
            }

            return EventStore.Open(f).StateHash();
        }).ToArray();
        Directory.Delete(kept, recursive: true);
        Directory.Delete(live, recursive: true);
        return hashes;
    }

    private static void AssertNoStrays(string folder)
    {
        var store = EventStore.Open(folder);
        var named = store.Content.Signals.SelectMany(s => s.Value.Days.SelectMany(d => d.Value.Select(p => store.Folder.PathOf(s.Key, d.Key, p))));
        var there = Directory.EnumerateDirectories(Path.Combine(folder, "events")).SelectMany(Directory.EnumerateFiles);
        Assert.Equal(named.Order(StringComparer.Ordinal), there.Order(StringComparer.Ordinal));
    }

    private string CopyOf(string folder)
    {
        var copy = $"{_fixture.Folder}-copy-{Interlocked.Increment(ref copies)}";
        Directory.CreateDirectory(copy);
        foreach (var path in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(copy, Path.GetRelativePath(folder, path)));
        }

        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            // The lock is held while a commit runs, and says nothing.
            if (Path.GetFileName(path) != "writer.lock")
            {
                File.Copy(path, Path.Combine(copy, Path.GetRelativePath(folder, path)));
            }
        }

        return copy;
    }

    private static int copies;
}
