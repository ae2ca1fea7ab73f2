using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Server.Configuration;
using Crosstown.Server.Operations;
using Crosstown.Server.Operations.Backups;
using Crosstown.Server.People.Audit;
using Crosstown.Server.Tests.Configuration;

namespace Crosstown.Server.Tests.Operations;

public sealed class BackupTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 5, 13, 12, 0, 0, TimeSpan.Zero);
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("crosstown-backup-");

    private string File1 => Path.Combine(_scratch.FullName, "one.tar");

    private string Target => Path.Combine(_scratch.FullName, "restored");

    public void Dispose() => _scratch.Delete(recursive: true);

    [Fact]
    [Trait("rule", "R17")]
    public async Task A_backup_of_a_server_that_takes_events_holds_all_that_was_acknowledged_before_and_restores_to_the_same_state()
    {
        await using var server = await DeskServer.StartAsync(new FixedTime(s_now));
        await server.SendAsync(HttpMethod.Put, "signals/5/configuration", """{ "signal": "5", "name": "State & 400 South" }""", "*");
        var live = server.Get<LiveEvents>();
        using var stop = new CancellationTokenSource();
        var acknowledged = 0L;
        var taking = Task.Run(async () =>
        {
            for (var batch = 0; !stop.IsCancellationRequested; batch++)
            {
                await live.AppendAsync(SignalId.Parse((1 + (batch % 5)).ToString(System.Globalization.CultureInfo.InvariantCulture)), "America/Denver", Batch(batch));
                Interlocked.Increment(ref acknowledged);
                if (batch % 40 == 39)
                {
                    await live.FlushAsync();
                }
            }
        });
        while (Interlocked.Read(ref acknowledged) < 100)
        {
            await Task.Delay(5);
        }

        for (var round = 0; round < 3; round++)
        {
            var before = Interlocked.Read(ref acknowledged);
            Backup.Run(server.Data, File1, hasRecords: true, TimeProvider.System);
            var after = Interlocked.Read(ref acknowledged) + 1;
            Restore.Run(File1, Target);
            var found = CountWholeBatches(Target);
            Assert.InRange(found, before, after);
            Directory.Delete(Target, recursive: true);
        }

        await stop.CancelAsync();
        await taking;
        Backup.Run(server.Data, File1, hasRecords: true, TimeProvider.System);
        await live.FlushAsync();
        var hash = EventStore.Open(server.Data).StateHash();
        Restore.Run(File1, Target);
        await using (var restored = await DeskServer.StartAsync(new FixedTime(s_now), Target))
        {
            await restored.Get<LiveEvents>().FlushAsync();
            Assert.Equal(hash, EventStore.Open(Target).StateHash());
            Assert.Equal("State & 400 South", restored.Get<ConfigurationStore>().FindCurrent(SignalId.Parse("5"))!.Name);
            Assert.Single(restored.Get<AuditLog>().List(null, null, "configuration-replace", 9));
        }
    }

    [Fact]
    [Trait("rule", "R17")]
    public async Task A_backup_or_restore_that_is_ended_at_any_step_leaves_nothing_that_looks_whole_and_can_be_done_again()
    {
        var data = await MakeAsync();
        var steps = new List<string>();
        Backup.Run(data, File1, hasRecords: true, TimeProvider.System, steps.Add);
        var good = await File.ReadAllBytesAsync(File1);
        File.Delete(File1);
        for (var i = 0; i < steps.Count; i++)
        {
            Assert.Throws<EndedException>(() => Backup.Run(data, File1, true, TimeProvider.System, EndAt(i)));
            Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.FullName, "one.tar*"));
        }

        await File.WriteAllBytesAsync(File1, good);
        var hash = EventStore.Open(data).StateHash();
        steps.Clear();
        Restore.Run(File1, Target, steps.Add);
        Directory.Delete(Target, recursive: true);
        for (var i = 0; i < steps.Count; i++)
        {
            Assert.Throws<EndedException>(() => Restore.Run(File1, Target, EndAt(i)));
            Assert.Equal("XT388", Assert.Throws<ProblemException>(() => DataFolder.Check(Target)).Problems[0].Code);
        }

        Restore.Run(File1, Target);
        DataFolder.Check(Target);
        Assert.Equal(hash, EventStore.Open(Target).StateHash());
        Assert.Equal("XT383", Assert.Throws<ProblemException>(() => Restore.Run(File1, Target)).Problems[0].Code);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    [Trait("rule", "R17")]
    public async Task A_damaged_backup_is_refused_naming_the_file_wherever_it_is_damaged()
    {
        var data = await MakeAsync();
        var list = Backup.Run(data, File1, hasRecords: true, TimeProvider.System);
        var good = await File.ReadAllBytesAsync(File1);
        var segment = list.Files.First(f => f.Name.EndsWith(".seg", StringComparison.Ordinal));
        var content = await File.ReadAllBytesAsync(Path.Combine(data, segment.Name));
        var at = good.AsSpan().IndexOf(content);
        Assert.True(at > 0);

        var bad = (byte[])good.Clone();
        bad[at + (content.Length / 2)] ^= 1;
        await File.WriteAllBytesAsync(File1, bad);
        var problem = Assert.Throws<ProblemException>(() => Restore.Run(File1, Target)).Problems.Single();
        Assert.Equal("XT382", problem.Code);
        Assert.Contains(segment.Name, problem.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Target) && Directory.EnumerateFileSystemEntries(Target).Any());

        foreach (var length in new[] { 0, 100, 512, at + 10, good.Length / 2, good.Length - 1536 })
        {
            await File.WriteAllBytesAsync(File1, good[..length]);
            Assert.Equal("XT382", Assert.Throws<ProblemException>(() => Restore.Check(File1)).Problems[0].Code);
        }

        await File.WriteAllBytesAsync(File1, good);
        Assert.Equal(list.Files.Count, Restore.Check(File1).Files.Count);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(File1) is var mode && (mode & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) == 0);
        Directory.Delete(data, recursive: true);
    }

    private static async Task<string> MakeAsync()
    {
        var data = DeskServer.MakeFolder();
        await using var server = await DeskServer.StartAsync(new FixedTime(s_now), data);
        for (var batch = 0; batch < 4; batch++)
        {
            await server.Get<LiveEvents>().AppendAsync(SignalId.Parse("5"), "America/Denver", Batch(batch));
        }

        return data;
    }

    private static Action<string> EndAt(int step)
    {
        var at = 0;
        return _ =>
        {
            if (at++ == step)
            {
                throw new EndedException();
            }
        };
    }

    /// <summary>Ten events whose parameter and time name their batch.</summary>
    private static ControllerEvent[] Batch(int batch) =>
        [.. Enumerable.Range(0, 10).Select(i => new ControllerEvent(s_now.ToUnixTimeMilliseconds() - 40_000_000 + (batch * 1_000L) + (i * 100), 82, (short)(1 + (batch % 32_000))))];

    /// <summary>Batches that a restored folder has, after its journal was taken up; half a batch fails.</summary>
    private static long CountWholeBatches(string data)
    {
        var issues = new DataIssueLog();
        long count = 0;
        var live = LiveEvents.Open(data, issues);
        try
        {
            foreach (var signal in live.ListSignals())
            {
                var events = live.FindRange(signal) is { } range ? Read(live, signal, range) : [];
                Assert.All(events.GroupBy(e => (short)e.Parameter), g => Assert.Equal(10, g.Count()));
                count += events.Count / 10;
            }
        }
        finally
        {
            live.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        Assert.Equal(0, issues.Count);
        return count;
    }

    private static List<ControllerEvent> Read(LiveEvents live, SignalId signal, Core.Time.TimeRange range)
    {
        var all = new List<ControllerEvent>();
        using var reader = live.Open(signal, range);
        while (reader.Next(out var block))
        {
            all.AddRange(block);
        }

        return all;
    }

    private sealed class EndedException : Exception;
}
