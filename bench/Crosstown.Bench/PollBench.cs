using Crosstown.Server.Tests.Polling;

namespace Crosstown.Bench;

/// <summary>A thousand fake controllers on loopback, 21 of a hundred bad in all ways that we know (rule R11), read by the server's own pollers.</summary>
internal static class PollBench
{
    private const int Controllers = 1000;
    private const double BadShare = 0.21;
    private const int IntervalS = 10;

    private static readonly TimeSpan s_duration = TimeSpan.FromMinutes(5);

    public static bool Run()
    {
        Console.WriteLine($"       {Controllers:N0} controllers, each with 5 events a second and read every {IntervalS} s for {s_duration.TotalMinutes:N0} min");
        var result = FakeFleet.RunAsync(Controllers, BadShare, IntervalS, s_duration).GetAwaiter().GetResult();
        return Figures.Hold(
                "from an event to the store, p99 of the good controllers", result.P99Ms / 1000, "s", IntervalS + 10, atLeast: false,
                $"p50 {result.P50Ms / 1000:N1} s, most {result.MostMs / 1000:N1} s; {result.Bad} bad ones; {result.Events:N0} events; peak memory {result.PeakMegabytes:N0} MB, the fakes' own included")
            & Figures.Hold("good controllers that nothing came from", result.SilentCount, "", 0, atLeast: false)
            & Figures.Hold("events taken from bad controllers", result.BadEvents, "", 0, atLeast: false);
    }
}
