using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Logs.Store;
using Crosstown.Server.Tests.Configuration;

namespace Crosstown.Server.Tests.Live.Intake;

/// <summary>Real file systems that lose their power and run full. They need Linux, root, and leave to mount; without they are skipped and counted so.</summary>
public sealed class RealDiskTests : IDisposable
{
    private const int SignalStop = 19;
    private const int SignalContinue = 18;
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;
    private readonly string _folder = Directory.CreateTempSubdirectory("crosstown-disk-").FullName;
    private readonly List<string> _mounted = [];

    public void Dispose()
    {
        foreach (var mounted in Enumerable.Reverse(_mounted))
        {
            Run("umount", "-l", mounted);
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <remarks>
    /// The server stands still while the image is copied, so that the copy is one moment of the disk; whatever the system had not yet written there
    /// is missing, as after a power cut. <c>CROSSTOWN_POWER_CUTS</c> says how often; 2 times without it.
    /// </remarks>
    [Fact]
    [Trait("rule", "R01")]
    public async Task A_power_cut_under_a_real_file_system_loses_and_doubles_nothing_that_was_acknowledged()
    {
        var cuts = int.Parse(Environment.GetEnvironmentVariable("CROSSTOWN_POWER_CUTS") ?? "2", CultureInfo.InvariantCulture);
        var image = Path.Combine(_folder, "disk");
        RequireMounts();
        using (var file = File.Create(image))
        {
            file.SetLength(192L << 20);
        }

        Assert.SkipUnless(Run("mkfs.ext4", "-q", image) == 0, "mkfs.ext4 is not here.");
        var disk = Mount(image, "mounted", "loop");
        var pushing = new PushingClient(6);
        using var server = await ChildServer.StartAsync(Path.Combine(disk, "data"), _folder);
        using var client = await server.ConnectAsync();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var pushes = pushing.RunAsync(client, enough.Token);
        for (var cut = 0; cut < cuts; cut++)
        {
            var before = pushing.Acknowledged;
            for (var waited = 0; pushing.Acknowledged < before + 1_500 && waited < 600; waited++)
            {
                await Task.Delay(20, Stop);
            }

            Assert.True(pushing.Acknowledged >= before + 1_500);
            Run("kill", $"-{SignalStop}", server.ProcessId.ToString(CultureInfo.InvariantCulture));
            var acknowledged = pushing.Snapshot();
            var copy = Path.Combine(_folder, $"copy-{cut}");
            File.Copy(image, copy);
            Run("kill", $"-{SignalContinue}", server.ProcessId.ToString(CultureInfo.InvariantCulture));

            var found = Mount(copy, $"found-{cut}", "loop");
            var issues = new DataIssueLog();
            await using (var live = LiveEvents.Open(Path.Combine(found, "data"), issues))
            {
                pushing.AssertHolds(live, acknowledged);
            }

            Assert.Equal(0, issues.CountOf(DataIssueKind.DamagedBlock));
            Unmount(found);
            File.Delete(copy);
        }

        await enough.CancelAsync();
        await pushes;
        await server.KillAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{cuts} power cuts, {pushing.Acknowledged:N0} events acknowledged, 0 lost or doubled");
    }

    [Fact]
    [Trait("rule", "R12")]
    public async Task A_full_disk_refuses_with_507_reading_goes_on_and_room_heals_it()
    {
        RequireMounts();
        var data = Path.Combine(_folder, "data");
        var events = Path.Combine(data, "events");
        Directory.CreateDirectory(events);
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", events) == 0, "This place may not mount a file system.");
        _mounted.Add(events);
        var acknowledged = new List<ControllerEvent>();
        await using (var server = await DeskServer.StartAsync(data: data))
        {
            HttpStatusCode status;
            string? retry = null;
            var round = 0;
            do
            {
                (status, retry) = await PushAsync(server, round++, acknowledged);
            }
            while (status == HttpStatusCode.OK && round < 400);

            Assert.Equal(HttpStatusCode.InsufficientStorage, status);
            Assert.NotNull(retry);
            Assert.Equal(LiveHealth.DiskFull, server.Get<LiveEvents>().Health);
            Assert.Equal(LogLines.SortedDistinct(acknowledged), LogLines.Read(server.Get<LiveEvents>(), "1"));

            Assert.Equal(0, Run("mount", "-o", "remount,size=16m", events));
            Assert.Equal(HttpStatusCode.OK, (await PushAsync(server, round, acknowledged)).Status);
            Assert.Equal(LogLines.SortedDistinct(acknowledged), LogLines.Read(server.Get<LiveEvents>(), "1"));
        }

        await using var again = LiveEvents.Open(data, new DataIssueLog());
        Assert.Equal(LogLines.SortedDistinct(acknowledged), LogLines.Read(again, "1"));
    }

    private static async Task<(HttpStatusCode Status, string? Retry)> PushAsync(DeskServer server, int round, List<ControllerEvent> acknowledged)
    {
        // Scattered codes and parameters: dense in the journal, and no denser in a segment, so that the small disk is soon full.
        var random = new Random(round);
        var events = Enumerable.Range(0, 5_000).Select(i => new ControllerEvent(LogLines.StartMs + (round * 500_000L) + (i * 100), (ushort)random.Next(200, 256), (short)random.Next(-30_000, 30_000))).ToArray();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(LogLines.Ndjson("1", events)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var answer = await server.Client.PostAsync(new Uri("events", UriKind.Relative), content, Stop);
        if (answer.IsSuccessStatusCode)
        {
            acknowledged.AddRange(events);
        }

        return (answer.StatusCode, answer.Headers.RetryAfter?.ToString());
    }

    private static void RequireMounts() =>
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "Mounting a file system needs Linux and root.");

    private string Mount(string image, string name, string options)
    {
        var at = Path.Combine(_folder, name);
        Directory.CreateDirectory(at);
        Assert.SkipUnless(Run("mount", "-o", options, image, at) == 0, "This place may not mount a file system.");
        _mounted.Add(at);
        return at;
    }

    private void Unmount(string at)
    {
        Assert.Equal(0, Run("umount", at));
        _mounted.Remove(at);
    }

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
