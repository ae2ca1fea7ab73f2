using Crosstown.Server.Hosting;

namespace Crosstown.Server.Tests.Live.Intake;

/// <summary>What runs in the process of a <see cref="ChildServer"/>.</summary>
public sealed class ChildServerBody
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(20);

    /// <summary>The child's own body: it serves until it is killed. Run by <see cref="ChildServer.StartAsync"/> alone.</summary>
    [Fact(Explicit = true)]
    public static async Task Serve()
    {
        var data = Environment.GetEnvironmentVariable(ChildServer.DataName);
        Assert.SkipWhen(data is null, "This is the body of a child process; other tests start it.");
        await using var app = ServerHost.Create(new ServerSettings { Data = data!, Urls = "http://127.0.0.1:0", IsTown = true }, TimeProvider.System);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = Environment.GetEnvironmentVariable(ChildServer.AddressName)!;
        await File.WriteAllTextAsync(address + ".part", app.Urls.First(), TestContext.Current.CancellationToken);
        File.Move(address + ".part", address);
        await Task.Delay(s_longest, TestContext.Current.CancellationToken);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }
}
