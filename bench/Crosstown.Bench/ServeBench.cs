using System.Diagnostics;
using System.Net;
using Crosstown.Core.Events;
using Crosstown.Logs.Store;
using Crosstown.Logs.Zones;
using Crosstown.Server.Hosting;
using Crosstown.Server.Query;
using Crosstown.Server.Towns;
using Crosstown.Simulation.Towns;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Bench;

/// <summary>The server's time for a signal-day coordination diagram while twenty users ask: each for another answer (cold), and all for one (warm).</summary>
internal static class ServeBench
{
    private const int Users = 20;
    private const int RequestsOfUser = 15;
    private const double BarMs = 100;
    private const double StretchMs = 20;
    private const long HourMs = 3_600_000;
    private static readonly TimeSpan s_think = TimeSpan.FromSeconds(2);
    private const string Zone = "America/Los_Angeles";

    public static async Task<bool> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("crosstown-serve-");
        try
        {
            var local = ZoneRules.For(Zone).Map;
            // Three days ago: older events than ninety days would be deleted at the start.
            var startMs = local.BinAt(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - (72 * HourMs), 24 * HourMs).StartMs;
            var town = Town.Create(1, 8, local, startMs);
            TownFolder.Write(town, folder.FullName);
            await using var app = ServerHost.Create(new ServerSettings { Data = folder.FullName, Urls = "http://127.0.0.1:0", IsTown = true }, TimeProvider.System);
            var logs = town.Signals.ToDictionary(s => s.Signal, _ => new List<ControllerEvent>());
            new TownSimulation(town, startMs).Advance(startMs + (48 * HourMs), (signal, events) => logs[signal].AddRange(events));
            foreach (var (signal, log) in logs)
            {
                await app.Services.GetRequiredService<LiveEvents>().AppendAsync(signal, Zone, log.ToArray());
            }

            await app.StartAsync();
            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()), DefaultRequestVersion = HttpVersion.Version11 };
            http.DefaultRequestHeaders.Add(RawReasons.Header, "demonstration");
            var busiest = town.Signals.MaxBy(s => logs[s.Signal].Count)!.Signal;
            string Day(long shiftMs) => $"/api/v1/signals/{busiest}/tables/coordination-arrivals?from={startMs + (24 * HourMs) + shiftMs}&to={startMs + (48 * HourMs) + shiftMs}";
            var size = (await http.GetByteArrayAsync(new Uri(Day(0), UriKind.Relative))).Length;
            if (size < 100_000)
            {
                throw new InvalidOperationException($"The day's diagram has {size:N0} bytes: its events are missing.");
            }

            await Task.Delay(TimeSpan.FromSeconds(3));
            Console.WriteLine($"One day of signal {busiest}: {logs[busiest].Count / 2:N0} events, {size:N0} bytes of JSON; {Users} users, {RequestsOfUser} requests each");
            // Outside the clock: what is compiled at its first use, or loaded.
            for (var i = 0; i < 2 * RequestsOfUser; i++)
            {
                await http.GetByteArrayAsync(new Uri(Day(-1_000_000 - i), UriKind.Relative));
            }

            var cold = await AskAsync(http, (user, request) => Day(-1 - (user * RequestsOfUser) - request), s_think);
            var flood = await AskAsync(http, (user, request) => Day(-10_000 - (user * RequestsOfUser) - request), TimeSpan.Zero);
            var warm = await AskAsync(http, (_, _) => Day(0), TimeSpan.Zero);
            Print($"cold (each another answer, a click in {s_think.TotalSeconds:0} s)", cold);
            Print("flood (the same, without a pause)", flood);
            Print("warm (all one answer)", warm);
            Console.WriteLine($"  cold over warm p95: {cold.P95 / warm.P95:0.0}; over the bar of {BarMs:0} ms: warm {warm.P95 / BarMs:0.00}, cold {cold.P95 / BarMs:0.00}, flood {flood.P95 / BarMs:0.00}; stretch {StretchMs:0} ms: warm {warm.P95 / StretchMs:0.00}");
            await app.StopAsync();
            return Math.Max(warm.P95, cold.P95) <= BarMs;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <param name="think">Mean pause of a user between two clicks; each pause lies between half of it and one and a half.</param>
    private static async Task<(double P50, double P95, double Most, double PerSecond)> AskAsync(HttpClient http, Func<int, int, string> pathOf, TimeSpan think)
    {
        var taken = new double[Users * RequestsOfUser];
        var all = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Users).Select(async user =>
        {
            var random = new Random(user);
            for (var request = 0; request < RequestsOfUser; request++)
            {
                await Task.Delay(think * (0.5 + random.NextDouble()));
                var one = Stopwatch.StartNew();
                using var response = await http.GetAsync(new Uri(pathOf(user, request), UriKind.Relative));
                response.EnsureSuccessStatusCode();
                await response.Content.CopyToAsync(Stream.Null);
                taken[(user * RequestsOfUser) + request] = one.Elapsed.TotalMilliseconds;
            }
        }));
        var perSecond = taken.Length / all.Elapsed.TotalSeconds;
        Array.Sort(taken);
        return (taken[taken.Length / 2], taken[(int)(taken.Length * 0.95)], taken[^1], perSecond);
    }

    private static void Print(string what, (double P50, double P95, double Most, double PerSecond) figures) =>
        Console.WriteLine($"  {what,-52} p50 {figures.P50,7:0.0} ms  p95 {figures.P95,7:0.0} ms  most {figures.Most,7:0.0} ms  {figures.PerSecond,6:0} a second");
}
