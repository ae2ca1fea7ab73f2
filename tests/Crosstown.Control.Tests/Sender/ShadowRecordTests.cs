using Crosstown.Control.Tests.Ntcip;
using Crosstown.Core.Controllers;
using Crosstown.Sender;
using Crosstown.Timing.Guard;

namespace Crosstown.Control.Tests.Sender;

public sealed class ShadowRecordTests
{
    private const int TickMs = 500;

    private static readonly ControllerStatus s_status = new()
    {
        Pattern = 3,
        IsFlashing = false,
        IsPreempted = false,
        SinceStartMs = 3_600_000,
        Greens = (1 << 2) | (1 << 6),
        Walkers = 0,
        GreenMs = [.. Enumerable.Range(0, 17).Select(p => p is 2 or 6 ? 12_000 : 0)],
        WaitedMs = [.. new int[17]],
    };

    [Fact]
    [Trait("rule", "C15")]
    public void Seven_clean_days_open_the_way_and_not_a_moment_earlier()
    {
        var record = new ShadowRecord();
        for (var day = 1; day <= 7; day++)
        {
            Day(record, lastTick: false);
            Assert.Equal((day - 1, false), (record.CleanDays, record.MayAdvise));
            record.Elapse(TickMs, true);
            Assert.Equal(day, record.CleanDays);
        }

        Assert.True(record.MayAdvise);
        Day(record);
        Assert.True(record.MayAdvise);
    }

    [Theory]
    [Trait("rule", "C15")]
    [InlineData("unheard for six hundredths")]
    [InlineData("hardly any advice")]
    [InlineData("advice that would have cut a minimum")]
    [InlineData("advice into a preempt")]
    [InlineData("an alarm")]
    [InlineData("asleep for two hours")]
    public void A_day_that_is_not_clean_begins_the_count_again(string what)
    {
        var record = ShadowRecord.Of(6, 0, 0, 0, false);
        switch (what)
        {
            case "unheard for six hundredths":
                Day(record, unheardShare: 0.06);
                break;
            case "hardly any advice":
                Day(record, judged: ShadowRecord.LeastJudged - 1);
                break;
            case "advice that would have cut a minimum":
                record.Judge(Verdict(s_status with { GreenMs = [.. new int[17]] }));
                Day(record);
                break;
            case "advice into a preempt":
                record.Judge(Verdict(s_status with { IsPreempted = true }));
                Day(record);
                break;
            case "asleep for two hours":
                record.Elapse(2 * 3_600_000, true);
                for (var ms = 2 * 3_600_000; ms < ShadowRecord.DayMs; ms += TickMs)
                {
                    record.Elapse(TickMs, true);
                }

                break;
            default:
                record.Alarm();
                Assert.Equal(0, record.CleanDays);
                Day(record);
                break;
        }

        // Advice that met a preempt was refused as it should be: the day stays clean.
        Assert.Equal(what == "advice into a preempt" ? 7 : 0, record.CleanDays);
        Day(record);
        Assert.Equal(what == "advice into a preempt" ? 8 : 1, record.CleanDays);
    }

    [Fact]
    [Trait("rule", "C15")]
    public void A_start_in_between_goes_on_where_it_stopped()
    {
        var record = new ShadowRecord();
        for (var day = 0; day < 3; day++)
        {
            Day(record);
        }

        record.Judge(Verdict(s_status));
        record.Elapse(9000, true);
        var again = ShadowRecord.Of(record.CleanDays, record.ElapsedMs, record.HeardMs, record.Judged, record.IsDirty);
        Assert.Equal((3, 9000L, 9000L, 1, false), (again.CleanDays, again.ElapsedMs, again.HeardMs, again.Judged, again.IsDirty));
    }

    private static void Day(ShadowRecord record, double unheardShare = 0, int judged = ShadowRecord.LeastJudged, bool lastTick = true)
    {
        for (var i = 0; i < judged; i++)
        {
            record.Judge(Verdict(s_status));
        }

        var ticks = (int)((ShadowRecord.DayMs - record.ElapsedMs) / TickMs) - (lastTick ? 0 : 1);
        for (var tick = 0; tick < ticks; tick++)
        {
            record.Elapse(TickMs, tick >= unheardShare * ticks);
        }
    }

    private static AdviceVerdict Verdict(ControllerStatus status) => new PlanGuard().Check(
        SimulatedCabinet.Facts, status, 0, new SignalAdvice { Signal = SimulatedCabinet.Id, Fence = 1, Kind = AdviceKind.ForceOff, Number = 2, LifetimeMs = 5000 });
}
