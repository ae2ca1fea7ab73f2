using Crosstown.Core.Events;
using Crosstown.Core.Time;
using Crosstown.Tests.Drawing;

namespace Crosstown.Simulation.Tests.Drawing;

public sealed class StripTests
{
    private static string Show(string drawing)
    {
        var log = Strip.Read(drawing);
        return string.Join(" ", log.Select(e => FormattableString.Invariant($"{(e.TimeMs - Strip.DefaultStartMs) / 1000.0}:{e.Code}/{e.Parameter}")));
    }

    [Fact]
    public void A_phase_that_runs_through_all_its_intervals_logs_each_of_their_ends() =>
        Assert.Equal("1:0/2 1:1/2 3:7/2 3:8/2 5:9/2 5:10/2 6:11/2 6:12/2", Show("phase 2 RGGYYCRR"));

    [Fact]
    public void Without_red_clearance_yellow_ends_in_red() =>
        Assert.Equal("1:7/2 1:8/2 3:9/2 3:12/2 4:0/2 4:1/2", Show("phase 2 GYYRG"));

    [Theory]
    [InlineData('o', 4)]
    [InlineData('m', 5)]
    [InlineData('f', 6)]
    public void The_first_yellow_mark_can_say_why_green_ended(char letter, int code) =>
        Assert.Equal($"1:{code}/2 1:7/2 1:8/2 3:9/2 3:12/2", Show($"phase 2 G{letter}YR"));

    [Fact]
    public void A_row_that_begins_on_draws_an_actuation_that_began_before_the_log() =>
        Assert.Equal("2:81/12 4:82/12", Show("det 12 ##..#"));

    [Fact]
    public void Nothing_is_logged_in_a_gap_nor_at_its_ends() =>
        Assert.Equal("1:82/12 6:81/12", Show("det 12 .##??#.\nphase 2 RR??GG"));

    [Fact]
    public void Sub_second_marks_hold_for_the_rows_that_follow() =>
        Assert.Equal("0.2:82/7 1:82/8", Show("det 8 .#\nmark 100ms\ndet 7 ..#"));

    [Fact]
    public void Spaces_group_and_counts_repeat_letters() =>
        Assert.Equal(Show("phase 4 RRRRGGGGGGYYC"), Show("phase 4 R4 GG G4 YYC"));

    [Fact]
    public void A_second_row_of_the_same_name_goes_on_where_the_first_ended() =>
        Assert.Equal(Show("phase 4 RRGGY"), Show("phase 4 RRG\nphase 4 GY"));

    [Fact]
    public void Pedestrian_overlap_and_switch_rows_log_their_own_codes() =>
        Assert.Equal(
            "1:21/2 1:32/3 1:45/4 1:61/1 1:67/27 1:90/9 1:102/6 2:22/2 2:33/3 2:62/1 2:68/27 2:89/9 2:104/6 3:23/2 3:63/1 3:69/27 4:64/1 5:65/1 6:66/1",
            Show("""
                ped 2         .WF.
                overlap A     RGTYCRK
                pedoverlap 27 .WF.
                button 9      .#.
                arrow 3       .#.
                preempt 6     .#.
                at 1s 45 4
                """));

    [Fact]
    public void Start_and_single_events_place_the_drawing_in_time()
    {
        const string drawing = """
            start 2024-05-13T15:00:00Z
            # a plan change just before the first hit
            at 2.9s 131 5
            at 1m 400 -1
            det 1 ...#
            """;
        var start = new DateTimeOffset(2024, 5, 13, 15, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

        Assert.Equal(
            [new ControllerEvent(start + 2900, 131, 5), new ControllerEvent(start + 3000, 82, 1), new ControllerEvent(start + 60_000, 400, -1)],
            Strip.Read(drawing));
        Assert.Equal(new TimeRange(start, start + 60_001), Strip.RangeOf(drawing));
    }

    [Fact]
    public void A_repeated_drawing_logs_the_change_at_its_seams_too()
    {
        Assert.Equal("1:82/1 2:81/1 3:82/1 4:81/1 5:82/1", Show("repeat 3\ndet 1 .#"));
        Assert.Equal(6000, Strip.RangeOf("repeat 3\ndet 1 .#").LengthMs);
    }

    [Fact]
    public void Events_come_in_their_total_order()
    {
        var log = Strip.Read("det 9 .#.#\ndet 3 .#.#\nphase 2 RGYR");

        Assert.Equal(log.Order(), log);
    }

    [Theory]
    [InlineData("phase 2 RRX", "'X' means nothing in a phase row")]
    [InlineData("phase two RRG", "'two' is no number")]
    [InlineData("detector 2 ..#", "a line starts with")]
    [InlineData("mark 1", "has no unit")]
    [InlineData("mark 0s", "longer than 0")]
    [InlineData("at 1.00001s 1 2", "no whole number of milliseconds")]
    [InlineData("at 5 1 2", "has no unit")]
    [InlineData("start yesterday", "start 2024-05-13T15:00:00Z")]
    [InlineData("repeat 0", "repeat 20")]
    [InlineData("det 2 .0#", "0 times")]
    [InlineData("det 2", "and the drawing")]
    public void A_drawing_that_cannot_be_read_says_which_line_and_why(string line, string why)
    {
        var error = Assert.Throws<FormatException>(() => Strip.Read("mark 1s\n" + line));

        Assert.Contains("Line 2", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_different_length_cannot_be_repeated()
    {
        var error = Assert.Throws<FormatException>(() => Strip.Read("repeat 2\ndet 1 ..#\ndet 2 .#"));

        Assert.Contains("det 2", error.Message, StringComparison.Ordinal);
    }
}
