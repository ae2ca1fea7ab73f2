using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Logs.Store;

namespace Crosstown.Server.Tests.Live.Intake;

/// <summary>A real server that is killed while events arrive. <c>CROSSTOWN_KILL_CYCLES</c> says how often; 3 times without it.</summary>
public sealed class KilledServerTests : IDisposable
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;
    private readonly string _folder = Directory.CreateTempSubdirectory("crosstown-killed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("rule", "R01")]
    [Trait("rule", "R06")]
    public async Task Killing_the_server_during_live_intake_loses_and_doubles_nothing_that_was_acknowledged()
    {
        var cycles = int.Parse(Environment.GetEnvironmentVariable("CROSSTOWN_KILL_CYCLES") ?? "3", CultureInfo.InvariantCulture);
        var data = Path.Combine(_folder, "data");
        var pushing = new PushingClient(6);
        var random = new Random(1);
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            using var server = await ChildServer.StartAsync(data, _folder);
            using var client = await server.ConnectAsync();
            var before = pushing.Acknowledged;
            var pushes = pushing.RunAsync(client, Stop);
            for (var waited = 0; pushing.Acknowledged < before + 2_000 && waited < 600; waited++)
            {
                await Task.Delay(50, Stop);
            }

            await Task.Delay(random.Next(300), Stop);
            await server.KillAsync();
            await pushes;

            // What the next start will find, read from a copy: the journal as the kill left it stays for the server itself.
            var copy = Path.Combine(_folder, "copy");
            DataCopy.Make(data, copy);
            await using (var live = LiveEvents.Open(copy, new DataIssueLog()))
            {
                pushing.AssertHolds(live, pushing.Snapshot());
            }

            Directory.Delete(copy, recursive: true);
            Assert.True(pushing.Acknowledged >= before + 2_000);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{cycles} kills, {pushing.Acknowledged:N0} events acknowledged, 0 lost or doubled");
    }
}
