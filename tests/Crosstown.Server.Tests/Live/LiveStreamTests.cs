using System.Net.ServerSentEvents;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Server.Imports;
using Crosstown.Server.Live;

namespace Crosstown.Server.Tests.Live;

public sealed class LiveStreamTests : IAsyncDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 5, 13, 14, 0, 0, TimeSpan.Zero);

    private readonly PassingFolder _folder = PassingFolder.Create();
    private readonly HandClock _clock = new(s_start);
    private readonly LiveEvents _events;
    private readonly SignalStates _states;
    private readonly LiveStream _stream;

    public LiveStreamTests()
    {
        _events = LiveEvents.Open(_folder.Path, new DataIssueLog());
        _states = new SignalStates(_events, _clock);
        _stream = new LiveStream(_events, _states, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _stream.Dispose();
        _states.Dispose();
        await _events.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_browser_gets_everything_once_and_then_what_changes()
    {
        await Log("1", EventCode.PhaseBeginGreen);
        await Log("2", EventCode.PhaseBeginGreen);
        _stream.Beat();
        await using var browser = _stream.Listen(CancellationToken.None).GetAsyncEnumerator();

        Assert.Equal(["1", "2"], Signals(await Next(browser, "status")));
        Assert.Equal(["1", "2"], Signals(await Next(browser, "tables")));
        Assert.Equal(_clock.NowMs, JsonDocument.Parse((await Next(browser, "clock")).Data).RootElement.GetProperty("nowMs").GetInt64());

        await Log("2", EventCode.FlashStatus);
        await Log("1", EventCode.PhaseBeginYellow);
        var next = Next(browser, "status");
        _stream.Beat();

        Assert.Equal(["2"], Signals(await next));
    }

    [Fact]
    public async Task Newer_tables_are_told_at_most_every_five_seconds_for_a_signal()
    {
        _stream.Beat();
        await using var browser = _stream.Listen(CancellationToken.None).GetAsyncEnumerator();
        await Next(browser, "status");
        await Next(browser, "tables");
        await Next(browser, "clock");
        for (var beat = 0; beat < 20; beat++)
        {
            await Log("1", EventCode.DetectorOn, 5);
            _stream.Beat();
        }

        var kinds = new List<string>();
        for (var i = 0; i < 9; i++)
        {
            Assert.True(await browser.MoveNextAsync());
            kinds.Add(browser.Current.EventType);
        }

        Assert.Equal(4, kinds.Count(k => k == "tables"));
        Assert.Equal(4, kinds.Count(k => k == "clock"));
        Assert.Equal(1, kinds.Count(k => k == "status"));
    }

    [Fact]
    public async Task A_browser_that_does_not_read_delays_nobody_and_gets_everything_anew()
    {
        await using var slow = _stream.Listen(CancellationToken.None).GetAsyncEnumerator();
        await using var quick = _stream.Listen(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await slow.MoveNextAsync());
        await Next(quick, "clock");
        for (var i = 0; i < 5 * LiveStream.MostWaiting; i++)
        {
            await Log("7", EventCode.CoordinationPatternChange, (short)(i % 200));
            var next = Next(quick, "status");
            _stream.Beat();
            await next;
        }

        var kinds = new List<string>();
        while (kinds.Count < 3 || kinds[^1] != "status")
        {
            Assert.True(await slow.MoveNextAsync());
            kinds.Add(slow.Current.EventType);
            Assert.True(kinds.Count <= LiveStream.MostWaiting + 4, "the slow browser was sent more than what fits into its queue");
        }

        Assert.Equal(["7"], Signals(slow.Current));
    }

    [Fact]
    public async Task A_stream_ends_when_the_program_stops_and_is_forgotten()
    {
        using var stop = new CancellationTokenSource();
        await using var browser = _stream.Listen(stop.Token).GetAsyncEnumerator();
        await Next(browser, "clock");
        Assert.Equal(1, _stream.ListenerCount);
        var next = browser.MoveNextAsync().AsTask();
        await stop.CancelAsync();

        Assert.False(await next);
        Assert.Equal(0, _stream.ListenerCount);
    }

    private static string[] Signals(SseItem<string> item) =>
        [.. JsonDocument.Parse(item.Data).RootElement.GetProperty("signals").EnumerateArray().Select(s => s.GetProperty("id").GetString()!)];

    private static async Task<SseItem<string>> Next(IAsyncEnumerator<SseItem<string>> browser, string kind)
    {
        do
        {
            Assert.True(await browser.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)));
        }
        while (browser.Current.EventType != kind);
        return browser.Current;
    }

    private async Task Log(string signal, ushort code, short parameter = 3)
    {
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await _events.AppendAsync(SignalId.Parse(signal), "UTC", new[] { new ControllerEvent(_clock.NowMs, code, parameter) });
    }
}
