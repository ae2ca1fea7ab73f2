using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Server.Live;

namespace Crosstown.Server.Tests.Live;

public sealed class SignalStateTests
{
    private static readonly DateTimeOffset s_start = new(2026, 5, 13, 14, 0, 0, TimeSpan.Zero);

    private readonly HandClock _clock = new(s_start);
    private readonly SignalState _state;

    public SignalStateTests() => _state = new SignalState(SignalId.Parse("12"), _clock);

    [Fact]
    public void A_phase_shows_what_its_last_change_said_and_since_when()
    {
        Log((-9, EventCode.PhaseBeginGreen, 2), (-6, EventCode.PhaseBeginYellow, 2), (-2, EventCode.PhaseEndYellow, 2), (-2, EventCode.PhaseBeginRedClearance, 2), (-1, EventCode.PhaseEndRedClearance, 2));
        Log((-1, EventCode.PhaseBeginGreen, 6), (-1, EventCode.PhaseOn, 4));

        var state = _state.Describe();

        Assert.Equal([new PhaseState(2, HeadState.Red, At(-2)), new PhaseState(6, HeadState.Green, At(-1))], state.Phases);
        Assert.Equal(At(-1), state.AtMs);
    }

    [Fact]
    public void Events_that_arrive_late_do_not_turn_a_head_back()
    {
        Log((-2, EventCode.PhaseBeginYellow, 2), (-2, EventCode.OverlapBeginYellow, 1), (-2, EventCode.PedestrianBeginDontWalk, 4), (-2, EventCode.DetectorOff, 7));
        Log((-9, EventCode.PhaseBeginGreen, 2), (-9, EventCode.OverlapBeginGreen, 1), (-9, EventCode.PedestrianBeginWalk, 4), (-9, EventCode.DetectorOn, 7));

        var state = _state.Describe();

        Assert.Equal(HeadState.Yellow, Assert.Single(state.Phases).State);
        Assert.Equal(HeadState.Yellow, Assert.Single(state.Overlaps).State);
        Assert.Equal(new PedestrianState(4, null, PedestrianHeadState.DontWalk, At(-2)), Assert.Single(state.Pedestrians));
        Assert.False(Assert.Single(state.Detectors).IsOn);
    }

    [Fact]
    [Trait("rule", "R14")]
    public void A_signal_that_falls_silent_is_lost_within_90_seconds_and_not_before_80()
    {
        Log((0, EventCode.PhaseBeginGreen, 2));
        Assert.Equal(SignalClass.Healthy, _state.Judge().Class);

        _clock.Advance(TimeSpan.FromSeconds(79));
        Assert.Equal(SignalClass.Healthy, _state.Judge().Class);

        _clock.Advance(TimeSpan.FromSeconds(8));
        var lost = _state.Judge();
        Assert.Equal(SignalClass.CommsLost, lost.Class);
        Assert.Equal(s_start.ToUnixTimeMilliseconds(), lost.SinceMs);
        Assert.Equal(["no log arrives"], lost.Reasons);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(24)]
    [InlineData(-24)]
    [Trait("rule", "R10")]
    public void Setting_the_wall_clock_loses_no_signal_and_finds_none_again(int hours)
    {
        Log((0, EventCode.PhaseBeginGreen, 2));
        _clock.Jump(TimeSpan.FromHours(hours));
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.NotEqual(SignalClass.CommsLost, _state.Judge().Class);

        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(SignalClass.CommsLost, _state.Judge().Class);
        _clock.Jump(TimeSpan.FromHours(-hours));
        Assert.Equal(SignalClass.CommsLost, _state.Judge().Class);
    }

    [Fact]
    public void A_source_that_is_polled_every_five_minutes_is_given_so_long()
    {
        _state.Promise(300_000);
        Log((-1, EventCode.PhaseBeginGreen, 2));

        _clock.Advance(TimeSpan.FromSeconds(305));
        Assert.Equal(SignalClass.Healthy, _state.Judge().Class);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(SignalClass.CommsLost, _state.Judge().Class);
    }

    [Fact]
    public void A_quiet_signal_whose_controller_answers_is_not_lost()
    {
        Log((0, EventCode.PhaseBeginGreen, 2));
        for (var i = 0; i < 10; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(9));
            _state.Hear();
        }

        Assert.Equal(SignalClass.Healthy, _state.Judge().Class);
    }

    [Fact]
    public void A_source_that_never_answered_is_lost_and_says_why()
    {
        _state.Promise(10_000);
        Assert.Equal(SignalClass.Unknown, _state.Judge().Class);
        _state.Fail("the controller refused the connection");

        _clock.Advance(TimeSpan.FromSeconds(81));

        Assert.Equal(SignalClass.CommsLost, _state.Judge().Class);
        Assert.Equal(["never heard", "the controller refused the connection"], _state.Judge().Reasons);
    }

    [Fact]
    public void Old_events_that_arrive_now_are_behind_and_not_lost()
    {
        var fiveHours = 5 * 3600;
        Log((-fiveHours, EventCode.PhaseBeginGreen, 2));

        var status = _state.Judge();

        Assert.Equal(SignalClass.Degraded, status.Class);
        Assert.Equal(["catching up, 5 h behind"], status.Reasons);
        Assert.Equal(fiveHours, status.DataAgeS);
    }

    [Fact]
    public void An_old_file_handed_in_is_no_sign_of_life()
    {
        Log((0, EventCode.PhaseBeginGreen, 2));
        _clock.Advance(TimeSpan.FromSeconds(85));
        Log((-4000, EventCode.PhaseBeginGreen, 2));

        Assert.Equal(SignalClass.CommsLost, _state.Judge().Class);
    }

    [Fact]
    public void A_clock_far_ahead_is_named_and_its_events_are_not_shown()
    {
        Log((0, EventCode.PhaseBeginGreen, 2));
        Log((3600, EventCode.PhaseBeginYellow, 2));

        var state = _state.Describe();

        Assert.Equal(HeadState.Green, Assert.Single(state.Phases).State);
        Assert.Equal(["its clock is 60 min ahead, so what it shows now is not known"], state.Status.Reasons);
    }

    [Fact]
    public void The_worst_that_holds_gives_the_class()
    {
        Log((-5, EventCode.DetectorFaultShortedLoop, 12), (-5, EventCode.PedestrianDetectorFailed, 3));
        Assert.Equal(SignalClass.Degraded, _state.Judge().Class);
        Log((-4, EventCode.PreemptInputOn, 1), (-4, EventCode.PreemptEntryStarted, 1));
        Assert.Equal(SignalClass.Preempt, _state.Judge().Class);
        Log((-3, EventCode.FlashStatus, 6));

        var status = _state.Judge();

        Assert.Equal(SignalClass.Flash, status.Class);
        Assert.Equal(At(-3), status.SinceMs);
        Assert.Equal(["flash: conflict monitor (MMU)", "preempt 1", "detector 12: shorted loop", "push button 3: failed"], status.Reasons);
    }

    [Fact]
    public void What_is_over_is_shown_a_little_longer_and_then_no_more()
    {
        Log((-9, EventCode.FlashStatus, 4));
        Assert.Equal(SignalClass.Flash, _state.Judge().Class);
        Log((-1, EventCode.FlashStatus, 2));
        Assert.Equal(SignalClass.Flash, _state.Judge().Class);

        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(SignalClass.Flash, _state.Judge().Class);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(SignalClass.Healthy, _state.Judge().Class);
    }

    [Fact]
    public void A_fault_that_comes_and_goes_does_not_flicker()
    {
        var classes = new List<SignalClass>();
        for (var i = 0; i < 20; i++)
        {
            Log((0, i % 2 == 0 ? EventCode.DetectorFaultExcessiveChange : EventCode.DetectorRestored, 9));
            classes.Add(_state.Judge().Class);
            _clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.All(classes, c => Assert.Equal(SignalClass.Degraded, c));
    }

    [Theory]
    [InlineData(new[] { 102 }, 1)]
    [InlineData(new[] { 102, 104 }, null)]
    [InlineData(new[] { 102, 105, 107 }, 1)]
    [InlineData(new[] { 102, 105, 107, 104 }, 1)]
    [InlineData(new[] { 102, 105, 107, 104, 111 }, null)]
    [InlineData(new[] { 102, 105, 107, 110, 111 }, null)]
    [InlineData(new[] { 102, 105, 111, 104, 102 }, 1)]
    public void A_preempt_lasts_from_its_input_to_its_exit(int[] codes, int? preempt)
    {
        Log([.. codes.Select((c, i) => (i - codes.Length, (ushort)c, (short)1))]);

        Assert.Equal(preempt, _state.Describe().Preempt);
    }

    [Fact]
    public void Stored_events_are_shown_after_a_start_and_an_old_log_is_lost_at_once()
    {
        var lastMs = At(-600);
        _state.Remember([new ControllerEvent(lastMs, EventCode.PhaseBeginGreen, 2)], lastMs);

        Assert.Equal(SignalClass.CommsLost, _state.Judge().Class);
        Assert.Equal(lastMs, _state.Judge().SinceMs);
        Assert.Equal(HeadState.Green, Assert.Single(_state.Describe().Phases).State);
    }

    [Fact]
    public void A_revision_rises_with_what_is_shown_and_not_with_the_age()
    {
        Log((0, EventCode.CoordinationPatternChange, 3));
        Assert.Equal(3, _state.Judge(out var first).Pattern);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Log((0, EventCode.PhaseBeginGreen, 2));
        _state.Judge(out var second);
        Log((0, EventCode.CoordinationPatternChange, 4));
        _state.Judge(out var third);

        Assert.Equal(first, second);
        Assert.Equal(second + 1, third);
    }

    private long At(int seconds) => _clock.NowMs + (seconds * 1000L);

    private void Log(params (int Seconds, ushort Code, short Parameter)[] events) =>
        _state.Arrive([.. events.Select(e => new ControllerEvent(At(e.Seconds), e.Code, e.Parameter))]);
}
