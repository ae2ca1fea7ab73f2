using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.PhaseWait;

public sealed class PhaseWaitTests
{
    // Green at 20 s.
    private const string Phase = "phase 4 R20 G10 Y3 C2 R5\n";

    [Fact]
    public void A_call_waits_until_the_green()
    {
        var bin = Assert.Single(Ours(Phase + "call 4 .5 #20 .15"));

        Assert.Equal("1", bin["waits"]);
        Assert.Equal("15.0", bin["mean_s"]);
        Assert.Equal("15.0", bin["max_s"]);
        Assert.Equal("0", bin["skips"]);
    }

    [Fact]
    public void A_dropped_call_waits_for_nothing()
    {
        Assert.Equal("8.0", Assert.Single(Ours(Phase + "call 4 .5 #3 .4 #15 .13"))["mean_s"]);
    }

    [Fact]
    public void A_second_call_does_not_shorten_the_wait_except_in_Oregon_s_package()
    {
        const string Drawing = Phase + "call 4 .5 #20 .15\nat 12s 43 4";

        Assert.Equal("15.0", Assert.Single(Ours(Drawing))["mean_s"]);
        Assert.Equal("8.0", Assert.Single(Drawn.Rows("phase-wait", "phase_wait", Drawing, set: DefinitionSet.Odot21))["AvgPhaseWait"]);
    }

    [Fact]
    public void A_call_that_stands_through_the_green_waits_again_from_its_end()
    {
        // Yellow at 30 s, next green at 60 s.
        var bin = Assert.Single(Ours("phase 4 R20 G10 Y3 C2 R25 G10\ncall 4 .5 #65"));

        Assert.Equal("2", bin["waits"]);
        Assert.Equal("30.0", bin["max_s"]);
    }

    [Fact]
    public void Utah_s_definition_counts_from_the_end_of_clearance()
    {
        var bin = Assert.Single(Drawn.Rows("phase-wait", "phase-wait", "phase 4 R20 G10 Y3 C2 R25 G10\ncall 4 .5 #65", set: DefinitionSet.Udot5));

        Assert.Equal("25.0", bin["max_s"]);
    }

    [Fact]
    public void A_wait_of_more_than_one_and_a_half_cycles_was_passed_over()
    {
        Assert.Equal("0", Assert.Single(Ours(Phase + "call 4 .5 #20 .15\nat 1s 132 10"))["skips"]);
        Assert.Equal("1", Assert.Single(Ours(Phase + "call 4 .4 #21 .15\nat 1s 132 10"))["skips"]);
    }

    [Fact]
    public void A_wait_with_a_preempt_in_it_is_left_out_and_Oregon_s_package_keeps_it()
    {
        const string Drawing = Phase + "call 4 .5 #20 .15\npreempt 1 .10 #2 .28";

        var bin = Assert.Single(Ours(Drawing));
        Assert.Equal("0", bin["waits"]);
        Assert.Equal("", bin["mean_s"]);
        Assert.Equal("1", bin["left_out"]);
        Assert.Equal("15.0", Assert.Single(Drawn.Rows("phase-wait", "phase_wait", Drawing, set: DefinitionSet.Odot21))["AvgPhaseWait"]);
        Assert.Empty(Drawn.Rows("phase-wait", "phase_wait", Phase + "call 4 .15 #20 .5\npreempt 1 .10 #2 .28", set: DefinitionSet.Odot21));
    }

    [Fact]
    public void Waits_are_told_apart_by_how_the_phase_ended_before()
    {
        var bin = Assert.Single(Ours("phase 4 R5 G10 m3 C2 R10 G10\ncall 4 .22 #18"));

        Assert.Equal("8.0", bin["mean_after_max_out_s"]);
        Assert.Equal("", bin["mean_after_gap_out_s"]);
    }

    private static IReadOnlyList<Drawn.Row> Ours(string drawing) => Drawn.Rows("phase-wait", "phase-wait", drawing);
}
