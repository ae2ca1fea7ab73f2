using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;

namespace Crosstown.Logs.Tests.Store;

/// <summary>Rules R01 to R05 and R12 for events that arrive live: what was acknowledged is there once, whatever ends the process and wherever.</summary>
public sealed class JournalCrashTests : IDisposable
{
    private static readonly TimeRange Always = new(long.MinValue / 4, long.MaxValue / 4);
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;
    private static readonly SignalId[] Signals = [StoreFixture.Signal, SignalId.Parse("452"), SignalId.Parse("7")];
    private static readonly LiveLimits Stepwise = new() { LeavesByItself = false, JournalFileBytes = 3_000, MostSignals = 2 };

    private readonly StoreFixture _fixture = new();
    private int _images;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [Trait("rule", "R01")]
    [Trait("rule", "R04")]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_power_cut_at_any_step_of_live_intake_loses_and_doubles_nothing_that_was_acknowledged(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        _fixture.Write(Signals[0], StoreFixture.MakeLog(new Random(seed), 300));
        var work = new Work(seed, StoreFixture.MakeLog(new Random(seed), 300));
        var disk = new PowerCutDisk(_fixture.Folder);
        var images = 0;
        disk.OnStep = (_, _) =>
        {
            images++;
            AssertImages(disk, work, new Random(seed + images));
        };

        await RunAsync(disk.Disk, work);
        disk.OnStep = null;

        AssertImages(disk, work, new Random(seed));
        Assert.InRange(images, 80, 2_000);
    }

    [Fact]
    [Trait("rule", "R01")]
    public async Task A_restart_that_is_cut_short_as_well_loses_and_doubles_nothing()
    {
        var work = new Work(9, []);
        var live = LiveEvents.Open(_fixture.Folder, _fixture.Issues, TimeProvider.System, Stepwise, new Disk());
        await work.AppendAsync(live, rounds: 12);
        var crashed = CopyOf(_fixture.Folder);
        await live.DisposeAsync();

        // The second run reads the journal, moves it into segments, and is cut at every step of that.
        var disk = new PowerCutDisk(crashed);
        disk.OnStep = (_, _) => AssertImages(disk, work, new Random(9));
        await using (var again = LiveEvents.Open(crashed, _fixture.Issues, TimeProvider.System, Stepwise, disk.Disk))
        {
            AssertHolds(again, work);
            await again.FlushAsync(Stop);
        }

        disk.OnStep = null;
        AssertImages(disk, work, new Random(9));
        Directory.Delete(crashed, recursive: true);
    }

    [Fact]
    [Trait("rule", "R02")]
    [Trait("rule", "R03")]
    public async Task A_step_that_fails_is_never_acknowledged_and_ends_the_taking_until_a_restart()
    {
        var steps = await CountStepsAsync();
        Assert.Contains(DiskStep.Sync, steps);
        Assert.Contains(DiskStep.SyncFolder, steps);
        for (var failing = 0; failing < steps.Count; failing++)
        {
            await AssertFinalAsync(failing, () => new IOException("The disk failed."));
        }
    }

    [Fact]
    [Trait("rule", "R03")]
    public async Task A_sync_that_fails_for_want_of_room_is_final_too()
    {
        var steps = await CountStepsAsync();
        for (var failing = 0; failing < steps.Count; failing++)
        {
            if (steps[failing] is DiskStep.Sync or DiskStep.SyncFolder)
            {
                await AssertFinalAsync(failing, () => new SyncFailedException("No space left on device"));
            }
        }
    }

    [Fact]
    [Trait("rule", "R12")]
    public async Task A_disk_without_room_refuses_and_takes_again_once_there_is_room()
    {
        var steps = await CountStepsAsync();
        var recovered = 0;
        for (var failing = 0; failing < steps.Count; failing++)
        {
            if (steps[failing] is DiskStep.Sync or DiskStep.SyncFolder or DiskStep.Cut or DiskStep.RemoveFile)
            {
                continue;
            }

            var folder = _fixture.Folder + $"-full-{failing}";
            Directory.CreateDirectory(folder);
            var (at, isFull) = (0, false);
            var disk = new Disk((step, _, _) =>
            {
                isFull |= at++ == failing;
                if (isFull && step is not (DiskStep.Cut or DiskStep.RemoveFile or DiskStep.Sync or DiskStep.SyncFolder))
                {
                    throw NoRoom();
                }
            });
            var work = new Work(4, []);
            LiveEvents live;
            try
            {
                live = LiveEvents.Open(folder, _fixture.Issues, TimeProvider.System, Stepwise, disk);
            }
            catch (IOException) when (isFull)
            {
                // Not even an empty list of segments found room; the program says so and does not start.
                Directory.Delete(folder, recursive: true);
                continue;
            }

            await using (live)
            {
                await work.TryAppendAsync(live, rounds: 12);
                AssertHolds(live, work);
                if (isFull)
                {
                    recovered++;
                    isFull = false;
                    at = int.MinValue;
                    await work.AppendAsync(live, rounds: 3);
                    await live.FlushAsync(Stop);
                    Assert.Equal(LiveHealth.Taking, live.Health);
                    AssertHolds(live, work);
                }
            }

            await using (var again = LiveEvents.Open(folder, _fixture.Issues, TimeProvider.System, Stepwise, new Disk()))
            {
                AssertHolds(again, work);
            }

            Directory.Delete(folder, recursive: true);
        }

        Assert.Equal(0, _fixture.Issues.Count);
        Assert.InRange(recovered, 40, 1_000);
    }

    [Fact]
    [Trait("rule", "R12")]
    public async Task Who_brings_more_than_can_leave_waits_and_is_refused_when_that_lasts()
    {
        var isFull = true;
        var limits = new LiveLimits { TailBytes = 16 << 10, MaxWait = TimeSpan.FromMilliseconds(50), PauseWhenFull = TimeSpan.FromMilliseconds(5), Pause = TimeSpan.FromMilliseconds(5) };
        var disk = new Disk((step, path, _) =>
        {
            if (isFull && step == DiskStep.Write && path.EndsWith(".part", StringComparison.Ordinal) && path.Contains(".seg", StringComparison.Ordinal))
            {
                throw NoRoom();
            }
        });
        await using var live = LiveEvents.Open(_fixture.Folder, _fixture.Issues, TimeProvider.System, limits, disk);
        var work = new Work(5, []) { Flushes = false };
        var refused = await Assert.ThrowsAsync<AppendRefusedException>(() => work.AppendAsync(live, rounds: 300));
        Assert.Equal(AppendRefusal.DiskFull, refused.Refusal);
        Assert.Equal(LiveHealth.DiskFull, live.Health);
        AssertHolds(live, work);

        isFull = false;
        for (var tries = 0; live.Health != LiveHealth.Taking && tries < 1_000; tries++)
        {
            await work.TryAppendAsync(live, rounds: 1);
        }

        Assert.Equal(LiveHealth.Taking, live.Health);
        await work.TryAppendAsync(live, rounds: 100);
        AssertHolds(live, work);
    }

    [Fact]
    [Trait("rule", "R05")]
    public async Task Every_flipped_bit_of_the_journal_is_found_and_costs_its_own_record_only()
    {
        var records = Enumerable.Range(0, 6).Select(i => StoreFixture.MakeLog(new Random(40 + i), 25, StoreFixture.Day.AddDays(i))).ToList();
        await using (var live = LiveEvents.Open(_fixture.Folder, _fixture.Issues, TimeProvider.System, Stepwise with { JournalFileBytes = 1 << 20 }, new Disk()))
        {
            foreach (var record in records)
            {
                await live.AppendAsync(StoreFixture.Signal, StoreFixture.Zone, record, Stop);
            }

            File.Copy(Assert.Single(JournalFiles(_fixture.Folder)), Path.Combine(_fixture.Folder, "kept"));
        }

        Directory.Delete(Path.Combine(_fixture.Folder, "events"), recursive: true);
        var bytes = File.ReadAllBytes(Path.Combine(_fixture.Folder, "kept"));
        var starts = FrameStarts(bytes);
        Assert.Equal(records.Count + 1, starts.Count);
        var journal = Path.Combine(_fixture.Folder, "events", "journal", "0000000001.journal");
        Directory.CreateDirectory(Path.GetDirectoryName(journal)!);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit >> 3] ^= (byte)(1 << (bit & 7));
            File.WriteAllBytes(journal, bytes);
            bytes[bit >> 3] ^= (byte)(1 << (bit & 7));
            var hit = starts.FindLastIndex(s => s <= bit >> 3);
            var issues = new DataIssueLog();
            var found = new List<ControllerEvent>();
            JournalFile.Read(new StoreFolder(_fixture.Folder, new Disk()), journal, 1, issues, (_, _, day, keys) => found.AddRange(EventKey.ToEvents(keys, day * EventKey.DayMs)));

            Assert.Equal(1, issues.Count);
            Assert.Equal(starts[hit], issues.ListExamples().Single().Position);
            Assert.Equal(records.Where((_, i) => i + 1 != hit).SelectMany(StoreFixture.SortedDistinct), found);
        }

        Assert.Equal(starts.Count, Directory.EnumerateFiles(Path.Combine(_fixture.Folder, "events", "quarantine")).Count());
    }

    [Fact]
    [Trait("rule", "R05")]
    public async Task A_journal_cut_anywhere_keeps_its_whole_records_and_says_so()
    {
        var work = new Work(6, []);
        byte[] bytes;
        await using (var live = LiveEvents.Open(_fixture.Folder, _fixture.Issues, TimeProvider.System, Stepwise with { JournalFileBytes = 1 << 20 }, new Disk()))
        {
            await work.AppendAsync(live, rounds: 4);
            bytes = File.ReadAllBytes(Assert.Single(JournalFiles(_fixture.Folder)));
        }

        var starts = FrameStarts(bytes);
        var path = Path.Combine(_fixture.Folder, "events", "journal", "0000000001.journal");
        for (var length = 1; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            var issues = new DataIssueLog();
            var runs = 0;
            JournalFile.Read(new StoreFolder(_fixture.Folder, new Disk()), path, 1, issues, (_, _, _, _) => runs++);

            Assert.Equal(Math.Max(0, starts.FindLastIndex(s => s <= length) - 1), runs);
            Assert.Equal(starts.Contains(length) ? 0 : 1, issues.CountOf(DataIssueKind.Truncated) + issues.CountOf(DataIssueKind.DamagedBlock));
        }
    }

    [Fact]
    [Trait("rule", "P22")]
    public async Task An_import_or_a_clean_up_after_a_crash_takes_up_the_journal_first()
    {
        var work = new Work(7, []);
        var live = LiveEvents.Open(_fixture.Folder, _fixture.Issues, TimeProvider.System, Stepwise, new Disk());
        await work.AppendAsync(live, rounds: 8);
        var (imported, cleaned) = (CopyOf(_fixture.Folder), CopyOf(_fixture.Folder));
        await live.DisposeAsync();

        EventStore.Open(imported, _fixture.Issues).OpenWriter(_fixture.Issues).Dispose();
        EventStore.Open(cleaned).DeleteBefore(StoreFixture.Day.AddDays(1));

        Assert.Empty(JournalFiles(imported));
        Assert.Empty(JournalFiles(cleaned));
        Assert.Equal(EventStore.Open(_fixture.Folder).StateHash(), EventStore.Open(imported).StateHash());
        await using (var again = LiveEvents.Open(cleaned, _fixture.Issues, TimeProvider.System, Stepwise, new Disk()))
        {
            Assert.All(Signals, s => Assert.DoesNotContain(LiveEventsTests.Read(again, s, Always), e => e.TimeMs < StoreFixture.DayStartMs(StoreFixture.Day.AddDays(1))));
        }

        Directory.Delete(imported, recursive: true);
        Directory.Delete(cleaned, recursive: true);
    }

    private static IOException NoRoom() => new("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);

    /// <summary>Twelve appends with a move into segments after every fifth, then the end.</summary>
    private static async Task RunAsync(Disk disk, Work work, string? folder = null)
    {
        await using var live = LiveEvents.Open(folder!, new DataIssueLog(), TimeProvider.System, Stepwise, disk);
        await work.AppendAsync(live, rounds: 12);
    }

    private Task RunAsync(Disk disk, Work work) => RunAsync(disk, work, _fixture.Folder);

    private async Task<List<DiskStep>> CountStepsAsync()
    {
        var steps = new List<DiskStep>();
        var folder = _fixture.Folder + "-steps";
        Directory.CreateDirectory(folder);
        await RunAsync(new Disk((step, _, _) => steps.Add(step)), new Work(4, []), folder);
        Directory.Delete(folder, recursive: true);
        return steps;
    }

    /// <summary>One step fails: nothing is acknowledged from there on, and a restart has all that was.</summary>
    private async Task AssertFinalAsync(int failing, Func<IOException> failure)
    {
        var folder = _fixture.Folder + $"-failing-{failing}";
        Directory.CreateDirectory(folder);
        var at = 0;
        var hasFailed = false;
        var disk = new Disk((_, _, _) =>
        {
            if (at++ == failing)
            {
                hasFailed = true;
                throw failure();
            }
        });
        var work = new Work(4, []);
        try
        {
            var live = LiveEvents.Open(folder, _fixture.Issues, TimeProvider.System, Stepwise, disk);
            await work.TryAppendAsync(live, rounds: 12, () => Assert.False(hasFailed, "Something was acknowledged after the failure."));
            if (hasFailed)
            {
                Assert.Equal(LiveHealth.DiskFailed, live.Health);
                var refused = await Assert.ThrowsAsync<AppendRefusedException>(() => live.AppendAsync(Signals[0], StoreFixture.Zone, new[] { StoreFixture.Event(1, 1, 1) }, Stop).AsTask());
                Assert.Equal(AppendRefusal.DiskFailed, refused.Refusal);
                AssertHolds(live, work);
            }

            await live.DisposeAsync();
        }
        catch (IOException) when (hasFailed)
        {
            // It failed while it was opened: nothing was taken at all.
        }

        await using (var again = LiveEvents.Open(folder, _fixture.Issues, TimeProvider.System, Stepwise, new Disk()))
        {
            AssertHolds(again, work);
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>What a power cut right now leaves: nothing unsynced, all of it, and a part of it with the rest torn.</summary>
    private void AssertImages(PowerCutDisk disk, Work work, Random random)
    {
        foreach (var write in new Action<string>[] { disk.WriteKept, to => disk.WriteTorn(to, random), CopyTo })
        {
            var image = $"{_fixture.Folder}-image-{_images++}";
            Directory.CreateDirectory(image);
            write(image);
            var live = LiveEvents.Open(image, new DataIssueLog(), TimeProvider.System, Stepwise, new Disk());
            AssertHolds(live, work);
            live.DisposeAsync().AsTask().GetAwaiter().GetResult();
            foreach (var (signal, events) in work.ReadAll(EventStore.Open(image)))
            {
                work.AssertHolds(signal, events);
            }

            Directory.Delete(image, recursive: true);
        }

        void CopyTo(string to) => Copy(disk.Folder, to);
    }

    private static void AssertHolds(LiveEvents live, Work work)
    {
        foreach (var signal in Signals)
        {
            work.AssertHolds(signal, LiveEventsTests.Read(live, signal, Always));
        }
    }

    private static List<int> FrameStarts(byte[] bytes)
    {
        var starts = new List<int>();
        for (var at = 0; at < bytes.Length; at += Frame.HeaderLength + (int)Frame.LengthOf(bytes.AsSpan(at)))
        {
            starts.Add(at);
        }

        return starts;
    }

    private static string[] JournalFiles(string folder) => Directory.GetFiles(Path.Combine(folder, "events", "journal"), "*.journal");

    private string CopyOf(string folder)
    {
        var copy = $"{_fixture.Folder}-copy-{_images++}";
        Directory.CreateDirectory(copy);
        Copy(folder, copy);
        return copy;
    }

    private static void Copy(string folder, string to)
    {
        foreach (var path in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(folder, path)));
        }

        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(p => Path.GetFileName(p) != "writer.lock"))
        {
            File.Copy(path, Path.Combine(to, Path.GetRelativePath(folder, path)));
        }
    }

    /// <summary>Events that are handed in, and which of them were acknowledged.</summary>
    private sealed class Work
    {
        private readonly Random _random;
        private readonly Dictionary<SignalId, HashSet<ControllerEvent>> _acknowledged = Signals.ToDictionary(s => s, _ => new HashSet<ControllerEvent>());
        private readonly Dictionary<SignalId, HashSet<ControllerEvent>> _offered = Signals.ToDictionary(s => s, _ => new HashSet<ControllerEvent>());
        private int _round;

        /// <summary>Whether everything is moved into segments after every fifth.</summary>
        public bool Flushes { get; init; } = true;

        public Work(int seed, ControllerEvent[] stored)
        {
            _random = new Random(seed);
            _acknowledged[Signals[0]].UnionWith(stored);
            _offered[Signals[0]].UnionWith(stored);
        }

        public async Task AppendAsync(LiveEvents live, int rounds)
        {
            for (var i = 0; i < rounds; i++)
            {
                await AppendOneAsync(live);
            }
        }

        /// <summary>Goes on after refusals and failed moves.</summary>
        public async Task TryAppendAsync(LiveEvents live, int rounds, Action? afterAcknowledgement = null)
        {
            for (var i = 0; i < rounds; i++)
            {
                try
                {
                    await AppendOneAsync(live);
                    afterAcknowledgement?.Invoke();
                }
                catch (IOException)
                {
                    // Refused, or a failed move: not acknowledged, and counted so.
                }
            }
        }

        /// <summary>Every acknowledged event once, in order, and none that was never offered.</summary>
        public void AssertHolds(SignalId signal, List<ControllerEvent> read)
        {
            lock (_offered)
            {
                Assert.Equal(StoreFixture.SortedDistinct(read), read);
                Assert.Subset(_offered[signal], read.ToHashSet());
                Assert.Superset(_acknowledged[signal], read.ToHashSet());
            }
        }

        public IEnumerable<(SignalId Signal, List<ControllerEvent> Events)> ReadAll(EventStore store) =>
            Signals.Where(s => store.FindZone(s) is not null).Select(s => (s, StoreFixture.ReadAll(store, s)));

        private async Task AppendOneAsync(LiveEvents live)
        {
            var signal = Signals[_random.Next(Signals.Length)];
            var events = StoreFixture.MakeLog(_random, _random.Next(1, 200), StoreFixture.Day.AddDays(_random.Next(2)));
            lock (_offered)
            {
                _offered[signal].UnionWith(events);
            }

            await live.AppendAsync(signal, StoreFixture.Zone, events, Stop);
            lock (_offered)
            {
                _acknowledged[signal].UnionWith(events);
            }

            if (++_round % 5 == 0 && Flushes)
            {
                await live.FlushAsync(Stop);
            }
        }
    }
}
