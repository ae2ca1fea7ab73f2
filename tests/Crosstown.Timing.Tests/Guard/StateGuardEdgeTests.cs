using Crosstown.Core.Data;
using Crosstown.Core.Networks;
using Crosstown.Timing.Guard;

namespace Crosstown.Timing.Tests.Guard;

/// <summary>The guard of single states at the edges of its rules: the last second that is refused and the first that is accepted, what is told, and how often.</summary>
[Trait("rule", "C05")]
[Trait("rule", "C06")]
[Trait("rule", "C07")]
[Trait("rule", "C08")]
[Trait("rule", "C17")]
public sealed class StateGuardEdgeTests
{
    private static readonly RoadProfile Field = RoadProfile.Field;

    /// <summary>Two streets that cross, and a crossing of 12.6 m over the second: 11 s at 1.2 m/s, half a second less than that exactly.</summary>
    private static SignalCard Card() => DrawnCard.Make(
        [new HashSet<int> { 1 }, new HashSet<int> { 0, 2 }, new HashSet<int> { 1 }], [0, 0, 12.6], [new FixedPhase(20, "GrG"), new FixedPhase(20, "rGr")]);

    [Fact]
    public void Another_number_of_letters_is_told_with_both_numbers()
    {
        var problem = Assert.Single(new StateGuard(Card(), Field, 0, "rrr").Judge(1, "rr"));

        Assert.Equal(("XT791", "signal x", "The state 'rr' has 2 letters; the signal has 3 links."), (problem.Code, problem.Where, problem.Message));
        Assert.Contains("'rr' has 2 letters", Assert.Throws<ArgumentException>(() => new StateGuard(Card(), Field, 0, "rr")).Message, StringComparison.Ordinal);
        Assert.Contains("'rrrr' has 4 letters", Assert.Throws<ArgumentException>(() => new StateGuard(Card(), Field, 0, "rrr").Note(1, "rrrr")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_shown_already_is_not_judged_again_but_for_its_reds()
    {
        var guard = new StateGuard(Card(), Field, 0, "GGO");

        Assert.Empty(guard.Judge(1, "GGO"));
        Assert.Empty(guard.Judge(Field.LongestRedS - 1, "GGO"));
        Assert.Equal(["XT798 Link 2 would be red for 151 s; 150 s is the most."], Texts(guard.Judge(Field.LongestRedS, "GGO")));
    }

    [Theory]
    [InlineData("rrO", "XT791 Link 2 would be dark or flash in rrO.")]
    [InlineData("rro", "XT791 Link 2 would be dark or flash in rro.")]
    [InlineData("rrs", "XT791 Link 2 has no turn on red, which rrs gives it.")]
    [InlineData("rrR", "XT791 The letter 'R' of link 2 in rrR is none of G, g, y, r, s.")]
    public void A_letter_that_may_not_be_is_told_once(string state, string told) => Assert.Equal([told], Texts(new StateGuard(Card(), Field, 0, "rrr").Judge(60, state)));

    [Fact]
    public void A_turn_on_red_that_there_is_and_a_capital_yellow_are_right()
    {
        var card = DrawnCard.Make([new HashSet<int> { 1 }, new HashSet<int> { 0 }], [0, 0], [new FixedPhase(20, "Gs"), new FixedPhase(20, "rG")]);
        var guard = new StateGuard(card, Field, 0, "Gr");

        Assert.Empty(guard.Judge(9, "Gs"));
        Assert.Empty(guard.Judge(9, "Yr"));
        Assert.Equal(["XT791 Link 0 has no turn on red, which ss gives it.", "XT792 Link 0 would go from green to red without yellow."], Texts(guard.Judge(9, "ss")));
        guard.Note(9, "Yr");
        Assert.Equal(["XT792 Link 0 would go from yellow back to green."], Texts(guard.Judge(14, "Gr")));
        Assert.Equal(["XT792 Link 0 would have 3 s of yellow; 4 s is the least."], Texts(guard.Judge(12, "rr")));
        Assert.Empty(guard.Judge(13, "rr"));
    }

    [Theory]
    [InlineData('G')]
    [InlineData('g')]
    public void A_green_that_the_reference_never_shows_is_told_once(char green)
    {
        var card = DrawnCard.Make([new HashSet<int>(), new HashSet<int>()], [0, 0], [new FixedPhase(20, "Gr"), new FixedPhase(20, "rr")]);

        Assert.Equal([$"XT791 Link 1 is green in r{green}; the reference program never shows that."], Texts(new StateGuard(card, Field, 0, "rr").Judge(60, $"r{green}")));
    }

    [Fact]
    public void A_link_that_is_never_served_may_be_red_for_ever()
    {
        var card = DrawnCard.Make([new HashSet<int>(), new HashSet<int>()], [0, 0], [new FixedPhase(20, "Gr"), new FixedPhase(20, "rr")]);
        var guard = new StateGuard(card, Field, 0, "Gr");

        Assert.Empty(guard.Judge(10_000, "Gr"));
    }

    [Fact]
    public void Two_that_cross_are_told_once_the_lower_first_whichever_is_green()
    {
        var none = "; the reference program never shows them green together.";
        var guard = new StateGuard(Card(), Field, 0, "rrr");

        Assert.Equal(["XT791 Links 0 and 1 cross, and neither is red in GGr" + none], Texts(guard.Judge(60, "GGr")));
        Assert.Equal(["XT791 Links 1 and 2 cross, and neither is red in rGG" + none], Texts(guard.Judge(60, "rGG")));
        Assert.Equal(["XT791 Links 0 and 1 cross, and neither is red in GGG" + none, "XT791 Links 1 and 2 cross, and neither is red in GGG" + none], Texts(guard.Judge(60, "GGG")));
        guard.Note(60, "GrG");
        guard.Note(70, "yrr");
        Assert.Equal(
            ["XT791 Links 1 and 0 cross, and neither is red in yGr" + none, "XT794 Link 1 would begin in yGr 3 s after link 0 ended; 6 s is the least.", "XT794 Link 1 would begin in yGr 3 s after link 2 ended; 11 s is the least."],
            Texts(guard.Judge(73, "yGr")));
    }

    [Fact]
    public void Two_that_may_go_together_with_one_yielding_may_not_both_lead_and_need_no_clearance()
    {
        var card = DrawnCard.Make([new HashSet<int> { 1 }, new HashSet<int> { 0 }], [0, 0], [new FixedPhase(20, "Gg"), new FixedPhase(20, "rG")]);
        var guard = new StateGuard(card, Field, 0, "Gr");

        Assert.Empty(guard.Judge(1, "Gg"));
        Assert.Empty(guard.Judge(1, "gG"));
        Assert.Empty(guard.Judge(1, "gg"));
        Assert.Equal(["XT791 Links 0 and 1 cross, and neither yields in GG; the reference program lets one of them yield."], Texts(guard.Judge(1, "GG")));
        Assert.Empty(guard.Judge(9, "yG"));
    }

    [Fact]
    public void Two_that_both_lead_in_the_reference_may_do_so()
    {
        var card = DrawnCard.Make([new HashSet<int> { 1 }, new HashSet<int> { 0 }], [0, 0], [new FixedPhase(20, "GG"), new FixedPhase(20, "rr")]);

        Assert.Empty(new StateGuard(card, Field, 0, "rr").Judge(60, "GG"));
    }

    [Theory]
    [InlineData(10, 6, "yrG", "XT793 Link 0 would end after 6 s of green; 7 s is the least.")]
    [InlineData(10, 6, "Grr", "XT793 Link 2 would end after 6 s of walk; 7 s is the least.")]
    [InlineData(10, 7, "yrG", null)]
    [InlineData(10, 7, "Grr", null)]
    public void A_green_or_walk_may_end_in_its_last_needed_second(int beginS, int shownS, string state, string? told)
    {
        var guard = new StateGuard(Card(), Field, 0, "rrr");
        guard.Note(beginS, "GrG");

        Assert.Equal(told is null ? [] : [told], Texts(guard.Judge(beginS + shownS, state)));
    }

    [Fact]
    public void A_walk_that_has_a_yellow_keeps_it()
    {
        var guard = new StateGuard(Card(), Field, 0, "rrG");

        Assert.Equal(["XT793 Link 2 would end after 6 s of walk; 7 s is the least."], Texts(guard.Judge(6, "rry")));
        Assert.Empty(guard.Judge(7, "rry"));
        guard.Note(7, "rry");
        Assert.Equal(["XT792 Link 2 would have 3 s of yellow; 4 s is the least."], Texts(guard.Judge(10, "rrr")));
        Assert.Empty(guard.Judge(11, "rrr"));
        Assert.Equal(["XT792 Link 0 would go from red to yellow."], Texts(guard.Judge(11, "yrr")));
    }

    [Theory]
    [InlineData(5, "XT794 Link 1 would begin in rGr 5 s after link 0 ended; 6 s is the least.")]
    [InlineData(6, null)]
    public void Vehicles_clear_through_yellow_and_red(int afterS, string? told)
    {
        var guard = new StateGuard(Card(), Field, 0, "rrr");
        guard.Note(20, "Grr");
        guard.Note(40, "yrr");
        guard.Note(44, "rrr");

        Assert.Equal(told is null ? [] : [told], Texts(guard.Judge(40 + afterS, "rGr")));
    }

    [Theory]
    [InlineData(10, "XT794 Link 1 would begin in rGr 10 s after link 2 ended; 11 s is the least.")]
    [InlineData(11, null)]
    public void Walkers_clear_at_their_speed(int afterS, string? told)
    {
        var guard = new StateGuard(Card(), Field, 0, "rrG");
        guard.Note(40, "rrr");

        Assert.Equal(told is null ? [] : [told], Texts(guard.Judge(40 + afterS, "rGr")));
    }

    [Fact]
    public void Walkers_of_a_crossing_that_takes_whole_seconds_need_no_second_more()
    {
        var card = DrawnCard.Make([new HashSet<int> { 1 }, new HashSet<int> { 0 }], [0, 12], [new FixedPhase(20, "Gr"), new FixedPhase(20, "rG")]);
        var guard = new StateGuard(card, Field, 0, "rG");
        guard.Note(40, "rr");

        Assert.Equal(["XT794 Link 0 would begin in Gr 9 s after link 1 ended; 10 s is the least."], Texts(guard.Judge(49, "Gr")));
        Assert.Empty(guard.Judge(50, "Gr"));
    }

    [Fact]
    public void What_ended_before_the_first_state_counts_as_ended_then()
    {
        var guard = new StateGuard(Card(), Field, 100, "rrr");

        Assert.Equal(["XT794 Link 0 would begin in Grr 5 s after link 1 ended; 6 s is the least."], Texts(guard.Judge(105, "Grr")));
        Assert.Empty(guard.Judge(106, "Grr"));
        Assert.Equal(["XT798 Link 0 would be red for 151 s; 150 s is the most.", "XT798 Link 1 would be red for 151 s; 150 s is the most.", "XT798 Link 2 would be red for 151 s; 150 s is the most."], Texts(guard.Judge(250, "rrr")));
        Assert.Empty(guard.Judge(249, "rrr"));
    }

    [Fact]
    public void A_red_is_counted_from_the_end_of_its_yellow_and_ends_with_green()
    {
        var guard = new StateGuard(Card(), Field, 0, "GrG");
        guard.Note(20, "yrr");
        guard.Note(24, "rrr");
        guard.Note(34, "rGr");

        Assert.Equal(["XT798 Link 2 would be red for 151 s; 150 s is the most."], Texts(guard.Judge(170, "rGr")));
        Assert.Equal(["XT798 Link 0 would be red for 151 s; 150 s is the most.", "XT798 Link 2 would be red for 155 s; 150 s is the most."], Texts(guard.Judge(174, "rGr")));
        guard.Note(174, "ryr");
        guard.Note(178, "rrr");
        guard.Note(180, "GrG");
        Assert.Empty(guard.Judge(327, "GrG"));
        Assert.Equal(["XT798 Link 1 would be red for 151 s; 150 s is the most."], Texts(guard.Judge(328, "GrG")));
    }

    private static string[] Texts(IEnumerable<Problem> problems) => [.. problems.Select(p => $"{p.Code} {p.Message}")];
}
