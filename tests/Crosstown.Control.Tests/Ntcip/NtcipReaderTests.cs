using Crosstown.Control.Ntcip;
using Crosstown.Control.Snmp;
using Crosstown.Core.Controllers;

namespace Crosstown.Control.Tests.Ntcip;

public sealed class NtcipReaderTests
{
    private static readonly CommunityAccess s_tunnel = new(SnmpVersion.V1, new SnmpSecret("c4naryWord"), isInsideTunnel: true);

    private readonly ManualTime _time = new();
    private readonly SimulatedCabinet _cabinet = new();
    private readonly SnmpAgent _agent;
    private readonly AgentLink _link;

    public NtcipReaderTests()
    {
        _agent = new SnmpAgent(_time) { ReadCommunity = "c4naryWord" };
        _cabinet.AddTo(_agent);
        _link = new AgentLink(_agent.Answer);
    }

    [Fact]
    public async Task A_controller_shows_its_phases_detectors_and_coordination_and_what_it_lacks_is_null()
    {
        _cabinet.Press(4);
        _cabinet.Advance(300_000);
        var shown = await Reader(new NtcipQuery { PhaseGroups = 2, Preempts = 2, Detectors = [1, 2, 3, 9] }).ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal(_cabinet.State.Greens, shown.Greens);
        Assert.Equal(_cabinet.State.Yellows, shown.Yellows);
        Assert.Equal(_cabinet.Calls & ~_cabinet.State.Greens & ~_cabinet.State.Yellows, shown.Reds);
        Assert.Equal(_cabinet.Calls, shown.VehicleCalls);
        Assert.Equal(shown.Greens | shown.Yellows, shown.PhaseOns);
        Assert.Equal((byte)3, shown.Pattern);
        Assert.Equal((UnitControl.TimeBase, UnitFlash.None, LocalFree.NotFree, 10), (shown.Control, shown.Flash, shown.Free, shown.BackupS));
        Assert.Equal((UnitAlarms1.CoordinationActive, ShortAlarms.None), (shown.Alarms1, shown.ShortAlarms));
        Assert.Equal([PreemptState.NotActive, null], shown.Preempts);
        Assert.Equal(
            [new DetectorReading(1, 12, 0.155, null), new DetectorReading(2, null, 1, null), new DetectorReading(3, 0, null, DetectorFault.NoActivity), new DetectorReading(9, null, null, null)],
            shown.Detectors);
        Assert.Equal(60, shown.PeriodS);

        // This cabinet has no phases to come, no place in the cycle, no second preempt and no detector 9.
        Assert.Null(shown.PhaseNexts);
        Assert.Null(shown.CycleLeftS);
        Assert.Equal((20 + 10 + 2 + 8 + 2 - 2 - 1 - 1 - 2) / 42.0, shown.AnsweredShare, 9);
    }

    [Fact]
    public async Task Every_moment_of_a_cycle_is_shown_as_it_is()
    {
        using var client = new SnmpClient(_link, s_tunnel, new SnmpPatience(), _time, 1);
        using var reader = new NtcipReader(client, new NtcipQuery { IntervalMs = 100 }, _time);
        var walked = 0;
        for (var tick = 0; tick < 1800; tick++)
        {
            _time.Advance(100);
            _cabinet.Advance(100);
            _cabinet.Press(8);
            var shown = await reader.ReadAsync(TestContext.Current.CancellationToken);
            Assert.Equal((_cabinet.State.Greens, _cabinet.State.Yellows), (shown.Greens!.Value, shown.Yellows!.Value));
            Assert.Equal(_cabinet.State.PedestrianOf(8) == PedestrianInterval.Walk, Bits.Has(shown.Walks!.Value, 8));
            Assert.Equal(_cabinet.State.PedestrianOf(8) == PedestrianInterval.Clearance, Bits.Has(shown.PedestrianClearances!.Value, 8));
            walked += Bits.Has(shown.Walks.Value, 8) ? 1 : 0;
        }

        Assert.InRange(walked, 70, 141);
    }

    [Fact]
    public async Task A_controller_is_not_asked_more_often_than_agreed()
    {
        var reader = Reader(new NtcipQuery { IntervalMs = 1000 });
        var first = await reader.ReadAsync(TestContext.Current.CancellationToken);
        var sent = _link.Sent.Count;
        for (var ms = 0; ms < 900; ms += 100)
        {
            _time.Advance(100);
            Assert.Same(first, await reader.ReadAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal(sent, _link.Sent.Count);
        _time.Advance(100);
        Assert.NotSame(first, await reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.True(_link.Sent.Count > sent);
    }

    [Fact]
    [Trait("rule", "C01")]
    public async Task Reading_sends_nothing_that_changes_a_controller()
    {
        var reader = Reader(new NtcipQuery { PhaseGroups = 2, Preempts = 8, Detectors = [.. Enumerable.Range(1, 64)] });
        await reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(_agent.Requests);
        Assert.All(_agent.Requests, tag => Assert.Equal(0, tag));
        Assert.Equal(0, _cabinet.Writes);
        Assert.All(_link.Sent, packet => Assert.InRange(packet.Length, 1, 1400));
    }

    [Fact]
    public async Task A_controller_that_answers_nothing_of_a_traffic_signal_has_a_share_of_zero()
    {
        var bare = new SnmpAgent(_time) { ReadCommunity = "c4naryWord" };
        using var client = new SnmpClient(new AgentLink(bare.Answer), s_tunnel, new SnmpPatience(), _time, 1);
        using var reader = new NtcipReader(client, new NtcipQuery(), _time);
        var shown = await reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, shown.AnsweredShare);
        Assert.Null(shown.Greens);
        Assert.Null(shown.Pattern);
    }

    private NtcipReader Reader(NtcipQuery query) => new(new SnmpClient(_link, s_tunnel, new SnmpPatience(), _time, 1), query, _time);
}
