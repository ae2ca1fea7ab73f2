using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Server.Hosting;
using Crosstown.Server.Live;
using Crosstown.Server.Query;
using Crosstown.Server.Tests.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Tests.Api;

/// <summary>Made logs whose faults are known, on a server that was never started: nothing runs in the background.</summary>
public sealed class FindingSearchTests : IAsyncLifetime
{
    private const long StartMs = 1_715_558_400_000;
    private const long HourMs = 3_600_000;

    private static readonly SignalId Signal = SignalId.Parse("7");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crosstown-findings-");
    private readonly HandClock _clock = new(DateTimeOffset.FromUnixTimeMilliseconds(StartMs));
    private WebApplication _app = null!;

    public ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "signals"));
        foreach (var id in (int[])[7, 8, 9, 10, 11])
        {
            File.WriteAllText(Path.Combine(_folder.FullName, "signals", $"{id}.json"), $$"""
                { "signal": "{{id}}", "zone": "UTC", "detectors": [ {{string.Join(',', Enumerable.Range(1, 4).Select(c => $$"""{ "channel": {{c}}, "phase": 2 }"""))}} ], "phases": [ { "number": 2 } ] }
                """);
        }

        _app = ServerHost.Create(new ServerSettings { Data = _folder.FullName, Urls = "http://127.0.0.1:0", IsTown = true }, _clock);
        _ = _app.Services.GetRequiredService<SignalStates>();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private LiveEvents Events => _app.Services.GetRequiredService<LiveEvents>();

    private async Task<IReadOnlyList<Finding>> LookAsync()
    {
        var board = _app.Services.GetRequiredService<FindingBoard>();
        await board.LookAsync(isAll: true, TestContext.Current.CancellationToken);
        return board.Now.All;
    }

    private Task DriveAsync(double hours, params int[] without) => DriveAsync([Signal], hours, without);

    /// <summary>Lets hours pass in which detectors turn on and off each 20 s and a phase is green each minute; what was logged then arrives.</summary>
    private async Task DriveAsync(SignalId[] signals, double hours, int[] without)
    {
        var log = new List<ControllerEvent>();
        var from = _clock.NowMs;
        _clock.Advance(TimeSpan.FromHours(hours));
        for (var ms = from; ms < from + (hours * HourMs); ms += 20_000)
        {
            for (short channel = 1; channel <= 4; channel++)
            {
                if (!without.Contains(channel))
                {
                    log.Add(new ControllerEvent(ms + (channel * 100), EventCode.DetectorOn, channel));
                    log.Add(new ControllerEvent(ms + (channel * 100) + 500, EventCode.DetectorOff, channel));
                }
            }

            if (ms % 60_000 == 0)
            {
                log.Add(new ControllerEvent(ms + 5000, EventCode.PhaseBeginGreen, 2));
                log.Add(new ControllerEvent(ms + 35_000, EventCode.PhaseBeginYellow, 2));
            }
        }

        log.Sort();
        foreach (var signal in signals)
        {
            await Events.AppendAsync(signal, "UTC", log.ToArray());
        }
    }

    [Fact]
    public async Task A_healthy_signal_has_no_finding()
    {
        await DriveAsync(3);
        Assert.Empty(await LookAsync());
    }

    [Fact]
    public async Task A_reported_fault_is_folded_into_one_finding_that_lasts_and_ends()
    {
        await Events.AppendAsync(Signal, "UTC", new ControllerEvent[] { new(StartMs + 600_000, EventCode.DetectorFaultOpenLoop, 3) });
        await DriveAsync(3, 3);
        var finding = Assert.Single(await LookAsync(), f => f.Kind == FindingKind.OpenLoop);
        Assert.Equal(("7:open-loop:3", StartMs + 600_000), (finding.Id, finding.SinceMs));
        Assert.True(finding.Count > 8, $"{finding.Count} bins");

        await Events.AppendAsync(Signal, "UTC", new ControllerEvent[] { new(_clock.NowMs, EventCode.DetectorRestored, 3) });
        await DriveAsync(8);
        Assert.DoesNotContain(await LookAsync(), f => f.Number == 3);
    }

    [Fact]
    public async Task Of_a_silent_cabinet_the_detectors_are_not_listed_one_by_one()
    {
        await Events.AppendAsync(Signal, "UTC", new ControllerEvent[] { new(StartMs + 600_000, EventCode.DetectorFaultShortedLoop, 1), new(StartMs + 600_000, EventCode.DetectorFaultShortedLoop, 2) });
        await DriveAsync(2, 1, 2);
        Assert.Equal(2, (await LookAsync()).Count(f => f.Kind == FindingKind.ShortedLoop));
        _clock.Advance(TimeSpan.FromMinutes(10));
        var silent = Assert.Single(await LookAsync());
        Assert.Equal((FindingKind.Silent, FindingCause.Feed), (silent.Kind, silent.Kind.Cause));
        Assert.InRange(silent.Value!.Value, 8, 11);
    }

    [Fact]
    public async Task Detectors_that_fail_together_are_one_finding_of_the_cabinet()
    {
        await Events.AppendAsync(Signal, "UTC", Enumerable.Range(1, 4).Select(c => new ControllerEvent(StartMs + 600_000, EventCode.DetectorFaultOther, (short)c)).ToArray());
        await DriveAsync(2, 1, 2, 3, 4);
        var finding = Assert.Single(await LookAsync());
        Assert.Equal((FindingKind.DetectorsSilent, 4.0), (finding.Kind, finding.Value));
    }

    [Fact]
    public async Task Signals_that_fall_silent_together_are_one_finding_of_the_city()
    {
        await DriveAsync([.. ((int[])[7, 8, 9, 10, 11]).Select(id => SignalId.Parse($"{id}"))], 1, []);
        _clock.Advance(TimeSpan.FromMinutes(5));
        var finding = Assert.Single(await LookAsync());
        Assert.Equal((FindingKind.AllSilent, "", 5.0), (finding.Kind, finding.Signal, finding.Value));
    }

    [Fact]
    public async Task A_clock_that_is_set_again_and_again_and_a_failed_button_are_named()
    {
        await DriveAsync(2);
        await Events.AppendAsync(Signal, "UTC", new ControllerEvent[]
        {
            new(StartMs + 600_000, EventCode.ClockUpdated, 5), new(StartMs + 1_600_000, EventCode.ClockUpdated, 5), new(StartMs + 2_000_000, EventCode.ClockDrift, 4000),
            new(StartMs + HourMs, EventCode.PedestrianDetectorFailed, 2),
        });
        var found = await LookAsync();
        Assert.Equal(2, Assert.Single(found, f => f.Kind == FindingKind.ClockSet).Value);
        Assert.Equal(4000, Assert.Single(found, f => f.Kind == FindingKind.ClockOff).Value);
        Assert.Equal(2, Assert.Single(found, f => f.Kind == FindingKind.ButtonFailed).Number);
    }
}
