using Crosstown.Core.Events;
using Crosstown.Core.Time;
using Crosstown.Core.Street;
using Crosstown.Timing.Demand;
using Crosstown.Timing.Demand.InForce;
using Crosstown.Timing.Demand.Reading;

namespace Crosstown.Timing.Tests.Demand;

public sealed class WeekTests
{
    [Fact]
    public void A_week_gives_types_of_days_periods_by_plan_and_the_scatter_of_days()
    {
        // Wednesday to Tuesday.
        var record = TownRecord.Of(11, 1, 0, 168);
        var result = DemandStudy.Run(record.Signals(), [], new StudyOptions { Periods = PeriodRule.PlansOfToday });
        var weekdays = result.Periods.Where(p => p.DayType.Name == "weekdays").ToList();

        Assert.Equal(["weekdays", "weekends"], result.DayTypes.Select(t => t.Name));
        Assert.Equal([0, 360, 570, 900, 1140, 1320], weekdays.Select(p => p.When.FromMinute));
        Assert.Equal([5, 1, 2, 3, 4, 5], weekdays.Select(p => (int)p.Network.Signals[0].Today!.Number));
        Assert.All(weekdays, p => Assert.Equal(6, p.Network.Demands.Length));
        Assert.All(weekdays.SelectMany(p => p.Groups), g => Assert.NotNull(g.SpreadVehPerHour));

        // The median lies among its days, and days differ.
        var morning = weekdays[1];
        for (var g = 0; g < morning.Groups.Length; g++)
        {
            var days = morning.Network.Demands.Skip(1).Select(d => d.VolumeVehPerHour[g]).Order().ToList();
            Assert.Equal(days[2], morning.Groups[g].MedianVehPerHour, 9);
            Assert.True(days[4] > days[0]);
        }

        Assert.All(result.Periods.Where(p => p.DayType.Name == "weekends").SelectMany(p => p.Groups), g => Assert.Null(g.SpreadVehPerHour));
    }

    [Fact]
    public void A_log_is_the_same_however_it_is_cut()
    {
        var record = TownRecord.Of(7, 8, 5.5, 12);
        var signal = record.Town.Signals[5];
        var events = record.EventsOf(signal.Signal).ToArray();
        var whole = SignalLogReader.Read(signal.Signal, LocalTimeMap.Utc, events);
        var reader = new SignalLogReader(signal.Signal, LocalTimeMap.Utc);
        for (var from = 0; from < events.Length; from += 777)
        {
            reader.Take(events.AsSpan(from, Math.Min(777, events.Length - from)));
        }

        var pieces = reader.Finish();
        Assert.Equal(whole.Range, pieces.Range);
        for (var phase = 1; phase <= 8; phase++)
        {
            Assert.Equal(whole.ServicesOf(phase), pieces.ServicesOf(phase));
        }

        Assert.Throws<ArgumentException>(() => reader.Take([events[0]]));
    }

    [Fact]
    public void An_hour_that_the_log_does_not_hold_is_not_counted_as_empty()
    {
        var record = TownRecord.Of(7, 8, 5.5, 12);
        var signal = record.Town.Signals[0];
        var (fromMs, toMs) = (record.Range.StartMs + (2 * TownRecord.Hour), record.Range.StartMs + (3 * TownRecord.Hour));
        var log = record.LogOf(signal, e => e.TimeMs < fromMs || e.TimeMs >= toMs);
        var result = DemandStudy.Run([new StudySignal(signal.Configuration, log)], [], new StudyOptions { Periods = PeriodRule.Given, GivenPeriods = [new TimeOfDay(420, 540)] });
        var hole = result.Groups[0].Volumes.Bins.Skip(8).Take(4);

        Assert.All(hole, b => Assert.Null(b.Vehicles));
        Assert.All(hole, b => Assert.Equal(0, b.Coverage));
        Assert.All(result.Periods[0].Groups, g => Assert.Equal(0.5, g.Coverage, 6));
        Assert.All(result.Periods[0].Groups, g => Assert.True(g.Confidence < 0.6));
    }

    [Fact]
    public void A_signal_that_runs_free_has_no_pattern_and_is_isolated()
    {
        // At night all but the first signal run free.
        var record = TownRecord.Of(7, 3, 23, 26);
        var result = DemandStudy.Run(record.Signals(TownRecord.IsBehavior), record.Links(), new StudyOptions { Periods = PeriodRule.Given, GivenPeriods = [new TimeOfDay(0, 120)] });

        Assert.False(result.Periods[0].Network.Signals[0].IsIsolated);
        Assert.All(result.Periods[0].Network.Signals.Skip(1), s => Assert.True(s is { IsIsolated: true, Today: null }));
        Assert.Contains(result.Lacks[1].ForOffsets, l => l.Contains("coordinated", StringComparison.Ordinal));
    }

    [Fact]
    public void A_signal_without_a_single_event_is_said_to_lack_its_log()
    {
        var record = TownRecord.Of(7, 8, 5.5, 12);
        var silent = SignalId.Parse("9");
        var result = DemandStudy.Run(
            [new StudySignal(record.Town.Signals[0].Configuration, record.LogOf(record.Town.Signals[0])),
             new StudySignal(SignalConfiguration.Unknown(silent), SignalLogReader.Read(silent, LocalTimeMap.Utc, ReadOnlySpan<ControllerEvent>.Empty))], []);

        Assert.Contains("a log of its phases", result.Lacks[1].ForOffsets);
        Assert.Empty(result.Timings[1].Patterns);
        Assert.NotEmpty(result.Periods);
    }

    [Fact]
    public void Cycles_are_not_found_where_greens_end_at_random()
    {
        var random = new Core.RandomNumbers(3, 1);
        var at = 0.0;
        var ends = Enumerable.Range(0, 60).Select(_ => (long)(at += random.Between(40_000, 140_000))).ToArray();

        Assert.Null(CycleFinder.Find([ends]));
        Assert.Equal(97, CycleFinder.Find([[.. Enumerable.Range(0, 60).Select(i => (i * 97_000L) + 13_000)]])!.Value.CycleS);
    }
}
