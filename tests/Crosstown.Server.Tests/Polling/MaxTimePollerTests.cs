using System.Net;
using Crosstown.Core.Street;
using Crosstown.Server.Live;
using Crosstown.Server.Polling;

namespace Crosstown.Server.Tests.Polling;

public sealed class MaxTimePollerTests
{
    private static readonly TimeSpan s_denver = TimeZoneInfo.FindSystemTimeZoneById(PollingRig.Zone).GetUtcOffset(TimeProvider.System.GetUtcNow());

    private static readonly PollLimits s_short = new() { Connect = TimeSpan.FromSeconds(1), Whole = TimeSpan.FromSeconds(1.5), Quick = TimeSpan.FromSeconds(0.5), AnswerBytes = 1 << 20 };

    [Fact]
    public async Task Events_are_asked_for_from_the_newest_on_and_taken_once()
    {
        await using var controller = new FakeController(FakeKind.Good, "12", TimeProvider.System, s_denver);
        await using var rig = new PollingRig();
        await Task.Delay(1000);
        var source = await rig.AddAsync("12", SourceKind.MaxTimeHttp, controller.Address);

        var first = (await rig.Scheduler.TestAsync(source.Id, CancellationToken.None))!;
        await Task.Delay(2500);
        var second = (await rig.Scheduler.TestAsync(source.Id, CancellationToken.None))!;

        Assert.Null(first.Problem);
        Assert.Null(second.Problem);
        Assert.StartsWith("GET /v1/asclog/xml/full?since=", controller.LastRequest, StringComparison.Ordinal);
        Assert.InRange(first.Events, 5, 30);
        Assert.InRange(second.Events, 10, 40);
        Assert.True(second.FirstMs > first.LastMs, "an event was taken twice");
        Assert.Equal(first.Events + second.Events, rig.CountEvents("12"));
        Assert.Equal(second.LastMs + 1, rig.Events.FindRange(SignalId.Parse("12"))!.Value.EndMs);
        Assert.InRange(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - second.LastMs!.Value, 0, 2000);
        Assert.Equal(SignalClass.Healthy, rig.States.StatusOf(SignalId.Parse("12")).Class);
        var status = rig.Scheduler.StatusOf(source.Id)!;
        Assert.Equal(0, status.FailureCount);
        Assert.Equal(first.Bytes + second.Bytes, status.Bytes);
        Assert.NotNull(status.LastSuccessMs);
    }

    [Theory]
    [InlineData(nameof(FakeKind.Refused), "XT339")]
    [InlineData(nameof(FakeKind.Silent), "XT340")]
    [InlineData(nameof(FakeKind.SlowHeader), "XT340")]
    [InlineData(nameof(FakeKind.SlowBody), "XT340")]
    [InlineData(nameof(FakeKind.Endless), "XT341")]
    [InlineData(nameof(FakeKind.Huge), "XT341")]
    [InlineData(nameof(FakeKind.EndlessHeader), "XT339")]
    [InlineData(nameof(FakeKind.Garbage), "XT343")]
    [InlineData(nameof(FakeKind.PackedBomb), "XT343")]
    [InlineData(nameof(FakeKind.Redirect), "XT342")]
    [InlineData(nameof(FakeKind.OtherSignal), "XT344")]
    [InlineData(nameof(FakeKind.BreaksOff), "XT339")]
    [InlineData(nameof(FakeKind.Error), "XT342")]
    [InlineData(nameof(FakeKind.Expanding), "XT343")]
    [Trait("rule", "R11")]
    public async Task A_bad_controller_is_left_within_its_limits_and_says_how_it_is_bad(string kind, string code)
    {
        await using var controller = new FakeController(Enum.Parse<FakeKind>(kind), "12", TimeProvider.System, s_denver);
        await using var rig = new PollingRig(limits: s_short);
        var started = TimeProvider.System.GetTimestamp();

        var answer = await rig.ReadOnceAsync("12", SourceKind.MaxTimeHttp, controller.Address);

        Assert.Equal(code, answer.Problem?.Code);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < s_short.Whole + TimeSpan.FromSeconds(3));
        Assert.True(answer.Bytes <= s_short.AnswerBytes + 1, $"{answer.Bytes} bytes were read");
        Assert.Equal(0, answer.Events);
        Assert.Empty(rig.Events.ListSignals());
        Assert.True(controller.MostOpen <= 1);
        Assert.DoesNotContain("127.0.0.1", answer.Problem!.Message + answer.Problem.Where, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_controller_with_a_number_of_its_own_is_read_under_the_signals()
    {
        await using var controller = new FakeController(FakeKind.Good, "4711", TimeProvider.System, s_denver);
        await using var rig = new PollingRig();

        var answer = await rig.ReadOnceAsync("12", SourceKind.MaxTimeHttp, controller.Address, reportedAs: "4711");

        Assert.Null(answer.Problem);
        Assert.Equal([SignalId.Parse("12")], rig.Events.ListSignals());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("169.254.169.254")]
    [InlineData("[fe80::1]")]
    [InlineData("224.0.0.251")]
    [InlineData("[ff02::1]")]
    [InlineData("0.0.0.0")]
    [InlineData("[::]")]
    [InlineData("255.255.255.255")]
    [InlineData("100.100.100.200")]
    [InlineData("[fd00:ec2::254]")]
    [InlineData("[64:ff9b::a9fe:a9fe]")]
    [InlineData("[2002:7f00:1::]")]
    [InlineData("localhost")]
    [Trait("rule", "X01")]
    public async Task No_address_of_the_machine_itself_or_of_no_controller_is_connected_to(string host)
    {
        await using var rig = new PollingRig(allowLoopback: false, lookUp: (_, _) => Task.FromResult(new[] { IPAddress.Loopback }));

        var answer = await rig.ReadOnceAsync("12", SourceKind.MaxTimeHttp, host);

        Assert.Equal("XT332", answer.Problem?.Code);
    }

    [Theory]
    [InlineData("http://10.1.2.3/")]
    [InlineData("10.1.2.3/other")]
    [InlineData("10.1.2.3:80?x")]
    [InlineData("user@10.1.2.3")]
    [InlineData("10.1.2.0-10.1.2.255")]
    [InlineData("10.1.2.0/24")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.1")]
    [InlineData("[fe80::1%eth0]")]
    [InlineData("[::1")]
    [InlineData("10.1.2.3,10.1.2.4")]
    [InlineData("10.1.2.3:0")]
    [InlineData("10.1.2.3:65536")]
    [InlineData("")]
    [InlineData("a b")]
    [Trait("rule", "X01")]
    public async Task A_source_is_one_host_and_nothing_else(string address)
    {
        await using var rig = new PollingRig();

        var refused = Assert.Throws<Core.Data.ProblemException>(() => rig.Rules.Check(0, new SourceRequest("12", SourceKind.MaxTimeHttp, address, null, 60, PollingRig.Zone, null, null)));

        Assert.Equal("XT331", Assert.Single(refused.Problems).Code);
    }

    [Fact]
    [Trait("rule", "X01")]
    public async Task A_name_that_answers_differently_the_second_time_gains_nothing()
    {
        await using var controller = new FakeController(FakeKind.Good, "12", TimeProvider.System, s_denver);
        var answers = 0;
        await using var rig = new PollingRig(
            allowLoopback: false,
            limits: s_short,
            lookUp: (_, _) => Task.FromResult(new[] { Interlocked.Increment(ref answers) == 1 ? IPAddress.Parse("192.0.2.1") : IPAddress.Loopback }));
        var source = await rig.AddAsync("12", SourceKind.MaxTimeHttp, $"rebind.example:{controller.Port}");

        var first = await rig.Scheduler.TestAsync(source.Id, CancellationToken.None);
        var second = await rig.Scheduler.TestAsync(source.Id, CancellationToken.None);

        Assert.Contains(first!.Problem!.Code, new[] { "XT339", "XT340" });
        Assert.Equal("XT332", second!.Problem?.Code);
        Assert.Equal(0, controller.Requests);
    }

    [Fact]
    [Trait("rule", "R11")]
    public async Task Names_that_nobody_answers_for_keep_no_known_name_waiting()
    {
        await using var controller = new FakeController(FakeKind.Good, "12", TimeProvider.System, s_denver);
        await using var rig = new PollingRig(limits: s_short, lookUp: async (host, _) =>
        {
            await Task.Delay(host == "good.example" ? 0 : 20_000, CancellationToken.None);
            return [IPAddress.Loopback];
        });
        var good = await rig.AddAsync("12", SourceKind.MaxTimeHttp, $"good.example:{controller.Port}");
        Assert.Null((await rig.Scheduler.TestAsync(good.Id, CancellationToken.None))!.Problem);
        var dead = new List<Task<PollAnswer?>>();
        for (var i = 0; i < 20; i++)
        {
            var source = await rig.AddAsync($"dead-{i}", SourceKind.MaxTimeHttp, $"dead-{i}.example");
            dead.Add(rig.Scheduler.TestAsync(source.Id, CancellationToken.None));
        }

        Assert.Null((await rig.Scheduler.TestAsync(good.Id, CancellationToken.None))!.Problem);
        Assert.All(await Task.WhenAll(dead), a => Assert.Equal("XT340", a!.Problem!.Code));
    }

    [Fact]
    public async Task A_position_is_saved_and_read_again_after_a_start()
    {
        await using var controller = new FakeController(FakeKind.Good, "12", TimeProvider.System, s_denver);
        await using var rig = new PollingRig();
        var source = await rig.AddAsync("12", SourceKind.MaxTimeHttp, controller.Address);
        var answer = await rig.Scheduler.TestAsync(source.Id, CancellationToken.None);

        await rig.Scheduler.SaveAsync(CancellationToken.None);

        Assert.Equal(answer!.LastMs, SourceMemory.Parse(rig.Catalog.ListPositions()[source.Id]).NewestMs);
        Assert.True(await rig.Catalog.ReplaceAsync(source with { Address = "127.0.0.1:1" }, "tester", CancellationToken.None));
        Assert.Empty(rig.Catalog.ListPositions());
    }
}
