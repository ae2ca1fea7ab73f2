using System.Collections.Concurrent;
using System.Net;
using Crosstown.Core.Street;
using Crosstown.Server.Polling;

namespace Crosstown.Server.Tests.Polling;

/// <summary>What a fleet of fake controllers came to.</summary>
/// <param name="P50Ms">From an event's being logged to its being stored, over the good controllers.</param>
/// <param name="SilentCount">Good controllers that nothing came from.</param>
/// <param name="BadEvents">Events taken from bad controllers.</param>
internal sealed record FleetResult(int Good, int Bad, long Events, double P50Ms, double P99Ms, double MostMs, int SilentCount, long BadEvents, double PeakMegabytes);

/// <summary>Many fake controllers on loopback, some of them bad in every way there is, read by one scheduler for a while.</summary>
internal static class FakeFleet
{
    private static readonly FakeKind[] s_bad = [.. Enum.GetValues<FakeKind>().Where(k => k != FakeKind.Good)];

    /// <param name="count">All controllers.</param>
    /// <param name="badShare">0 to 1.</param>
    /// <param name="duration">How long the fleet is read after its first round.</param>
    public static async Task<FleetResult> RunAsync(int count, double badShare, int intervalS, TimeSpan duration)
    {
        var time = TimeProvider.System;
        var offset = TimeZoneInfo.FindSystemTimeZoneById(PollingRig.Zone).GetUtcOffset(time.GetUtcNow());
        await using var rig = new PollingRig(time, lookUp: FindAsync);
        var controllers = new List<FakeController>();
        var kinds = new Dictionary<SignalId, FakeKind?>();
        var every = badShare > 0 ? 1 / badShare : double.PositiveInfinity;
        var bad = 0;
        var sources = new List<Source>();
        for (var i = 0; i < count; i++)
        {
            var isBad = (int)((i + 1) / every) > bad;
            var signal = $"{i + 1}";

            // One bad kind more than controllers can be: a name that the name server does not answer for.
            FakeKind? kind = !isBad ? FakeKind.Good : bad % (s_bad.Length + 1) == s_bad.Length ? null : s_bad[bad % (s_bad.Length + 1)];
            bad += isBad ? 1 : 0;
            kinds[SignalId.Parse(signal)] = kind;
            var address = $"no-{i}.invalid";
            if (kind is { } fake)
            {
                controllers.Add(new FakeController(fake, signal, time, offset));
                address = controllers[^1].Address;
            }

            sources.Add(await rig.Catalog.AddAsync(rig.Rules.Check(0, new SourceRequest(signal, SourceKind.MaxTimeHttp, address, null, intervalS, PollingRig.Zone, null, null)), "tester", CancellationToken.None));
        }

        var delays = new ConcurrentQueue<long>();
        var heard = new ConcurrentDictionary<SignalId, bool>();
        long badEvents = 0;
        long? fromMs = null;
        rig.Events.Appended += (signal, events) =>
        {
            if (kinds[signal] != FakeKind.Good)
            {
                Interlocked.Add(ref badEvents, events.Length);
                return;
            }

            var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            heard[signal] = true;
            foreach (ref readonly var e in events.Span)
            {
                // Events from before the first reading waited for that, not for others.
                if (e.TimeMs >= fromMs)
                {
                    delays.Enqueue(nowMs - e.TimeMs);
                }
            }
        };
        await rig.Scheduler.StartAsync(CancellationToken.None);
        fromMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var started = time.GetTimestamp();
        double peak = 0;
        while (time.GetElapsedTime(started) < duration + TimeSpan.FromSeconds(intervalS))
        {
            await Task.Delay(500);
            peak = Math.Max(peak, Environment.WorkingSet / 1e6);
        }

        await rig.Scheduler.StopAsync(CancellationToken.None);
        foreach (var controller in controllers)
        {
            await controller.DisposeAsync();
        }

        var sorted = delays.Order().ToArray();
        return new FleetResult(
            count - bad, bad, sorted.Length, At(sorted, 0.5), At(sorted, 0.99), At(sorted, 1), kinds.Count(k => k.Value == FakeKind.Good && !heard.ContainsKey(k.Key)), badEvents, peak);
    }

    private static double At(long[] sorted, double share) => sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];

    private static async Task<IPAddress[]> FindAsync(string host, CancellationToken stop)
    {
        await Task.Delay(TimeSpan.FromSeconds(15), stop);
        return [];
    }
}
