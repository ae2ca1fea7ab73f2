using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Formats;
using Crosstown.Logs.Tests.Formats;
using Crosstown.Logs.Zones;

namespace Crosstown.Logs.Tests.Zones;

[Trait("rule", "R09")]
public sealed class ClockChangeTests
{
    private const long MinuteMs = 60_000;

    /// <summary>Zone, and the UTC moment at which its clock is put back in 2024.</summary>
    public static TheoryData<string, string> Autumns => new()
    {
        { "America/Denver", "2024-11-03T08:00:00Z" },
        { "Europe/Berlin", "2024-10-27T01:00:00Z" },
        { "Australia/Lord_Howe", "2024-04-06T15:00:00Z" },
    };

    /// <summary>Zone, and the UTC moment at which its clock is put forward in 2024.</summary>
    public static TheoryData<string, string> Springs => new()
    {
        { "America/Denver", "2024-03-10T09:00:00Z" },
        { "Europe/Berlin", "2024-03-31T01:00:00Z" },
        { "Australia/Lord_Howe", "2024-10-05T15:30:00Z" },
    };

    [Theory]
    [MemberData(nameof(Autumns))]
    [MemberData(nameof(Springs))]
    public void A_night_whose_clock_changes_is_read_back_to_the_moments_that_were_written(string zone, string change)
    {
        var written = Night(CapturedEvents.Utc(change), fromMinutes: -95, toMinutes: 95);

        var read = CapturedEvents.Read(LogText.Csv(written, ZoneRules.MapFor(zone)), new ReadSettings { Zone = zone });

        Assert.Equal(written, read.Events);
        Assert.Equal(0, read.CountOf(DataIssueKind.AmbiguousLocalTime));
        Assert.All(read.All, e => Assert.Equal(zone, e.Zone));
    }

    [Theory]
    [MemberData(nameof(Autumns))]
    public void Rows_slightly_out_of_order_do_not_confuse_the_two_passes_of_the_repeated_hour(string zone, string change)
    {
        var written = Night(CapturedEvents.Utc(change), fromMinutes: -95, toMinutes: 95);
        for (var i = 0; i + 3 < written.Length; i += 3)
        {
            (written[i], written[i + 2]) = (written[i + 2], written[i]);
        }

        var read = CapturedEvents.Read(LogText.Csv(written, ZoneRules.MapFor(zone)), new ReadSettings { Zone = zone });

        Assert.Equal(written, read.Events);
        Assert.Equal(0, read.CountOf(DataIssueKind.AmbiguousLocalTime));
        Assert.True(read.CountOf(DataIssueKind.TimeWentBack) > 100);
    }

    [Theory]
    [MemberData(nameof(Autumns))]
    public void A_file_that_starts_in_the_second_pass_is_told_by_what_follows(string zone, string change)
    {
        var written = Night(CapturedEvents.Utc(change), fromMinutes: 10, toMinutes: 95);

        var read = CapturedEvents.Read(LogText.Csv(written, ZoneRules.MapFor(zone)), new ReadSettings { Zone = zone });

        Assert.Equal(written, read.Events);
        Assert.Equal(0, read.CountOf(DataIssueKind.AmbiguousLocalTime));
    }

    [Theory]
    [MemberData(nameof(Autumns))]
    public void A_file_that_starts_in_the_first_pass_is_told_by_the_step_back(string zone, string change)
    {
        var written = Night(CapturedEvents.Utc(change), fromMinutes: -20, toMinutes: 12);

        var read = CapturedEvents.Read(LogText.Csv(written, ZoneRules.MapFor(zone)), new ReadSettings { Zone = zone });

        Assert.Equal(written, read.Events);
        Assert.Equal(0, read.CountOf(DataIssueKind.AmbiguousLocalTime));
    }

    [Fact]
    public void Events_after_a_gap_belong_to_the_second_pass_when_the_time_after_the_hour_follows_at_once()
    {
        var change = CapturedEvents.Utc("2024-11-03T08:00:00Z");
        ControllerEvent[] written = [.. Night(change, -95, -55), .. Night(change, 50, 70)];

        var read = CapturedEvents.Read(LogText.Csv(written, ZoneRules.MapFor("America/Denver")), new ReadSettings { Zone = "America/Denver" });

        Assert.Equal(written, read.Events);
        Assert.Equal(0, read.CountOf(DataIssueKind.AmbiguousLocalTime));
    }

    [Fact]
    public void A_file_that_lies_in_the_repeated_hour_alone_is_read_as_summer_time_and_marked_unsure()
    {
        var written = Night(CapturedEvents.Utc("2024-11-03T08:00:00Z"), fromMinutes: 10, toMinutes: 30);

        var read = CapturedEvents.Read(LogText.Csv(written, ZoneRules.MapFor("America/Denver")), new ReadSettings { Zone = "America/Denver" });

        Assert.Equal(written.Select(e => e with { TimeMs = e.TimeMs - (60 * MinuteMs) }), read.Events);
        Assert.Equal(written.Length, read.CountOf(DataIssueKind.AmbiguousLocalTime));
    }

    [Fact]
    public void A_file_sorted_by_the_wall_clock_lays_both_passes_over_each_other_and_is_marked_unsure()
    {
        var clock = ZoneRules.MapFor("America/Denver");
        var written = Night(CapturedEvents.Utc("2024-11-03T08:00:00Z"), fromMinutes: -95, toMinutes: 95).OrderBy(e => clock.ToLocalMs(e.TimeMs)).ToArray();

        var read = CapturedEvents.Read(LogText.Csv(written, clock), new ReadSettings { Zone = "America/Denver" });

        Assert.Equal(written.Length, read.Events.Length);
        Assert.InRange(read.CountOf(DataIssueKind.AmbiguousLocalTime), written.Length / 2, written.Length);
    }

    [Fact]
    public void A_time_that_spring_skips_is_kept_by_the_old_offset_and_reported()
    {
        var read = CapturedEvents.Read(
            LogText.CsvHeader + "\n2024-03-10T01:59:59.900,1,81,5\n2024-03-10T02:30:00.000,1,82,5\n2024-03-10T03:31:00.000,1,81,5\n",
            new ReadSettings { Zone = "America/Denver" });

        Assert.Equal(
            [CapturedEvents.Utc("2024-03-10T08:59:59.900Z"), CapturedEvents.Utc("2024-03-10T09:30:00Z"), CapturedEvents.Utc("2024-03-10T09:31:00Z")],
            read.Events.Select(e => e.TimeMs));
        var issue = read.Only(DataIssueKind.AmbiguousLocalTime);
        Assert.Equal((3L, "2024-03-10T02:30:00.000"), (issue.Position, issue.Value));
    }

    [Fact]
    public void More_undecided_events_than_the_limit_are_let_go_as_summer_time_and_none_is_lost()
    {
        var start = CapturedEvents.Utc("2024-11-03T08:00:00Z");
        var written = Enumerable.Range(0, ReadLimits.MaxUndecidedEvents + 1000).Select(i => new ControllerEvent(start + (i * 50L), 82, 1)).ToArray();

        var read = CapturedEvents.Read(LogText.Csv(written, ZoneRules.MapFor("America/Denver")), new ReadSettings { Zone = "America/Denver" });

        Assert.Equal(written.Length, read.Events.Length);
        Assert.True(read.CountOf(DataIssueKind.AmbiguousLocalTime) >= ReadLimits.MaxUndecidedEvents);
    }

    [Fact]
    public void Offsets_of_a_controller_file_are_unsigned()
    {
        var read = CapturedEvents.Read(LogText.Dat("5-13-2024 15:00:00.0", (82, 5, 40_000), (81, 5, 65_535)), new ReadSettings { Signal = SignalId.Parse("1"), Zone = "UTC" });

        Assert.Equal([CapturedEvents.Utc("2024-05-13T16:06:40Z"), CapturedEvents.Utc("2024-05-13T16:49:13.5Z")], read.Events.Select(e => e.TimeMs));
        Assert.Equal(0, read.Issues.Count);
    }

    [Fact]
    public void Elapsed_time_of_a_controller_file_runs_on_through_a_clock_change()
    {
        var read = CapturedEvents.Read(LogText.Dat("11-3-2024 00:50:00.0", (82, 5, 0), (81, 5, 60_000)), new ReadSettings { Signal = SignalId.Parse("1"), Zone = "America/Denver" });

        Assert.Equal([CapturedEvents.Utc("2024-11-03T06:50:00Z"), CapturedEvents.Utc("2024-11-03T08:30:00Z")], read.Events.Select(e => e.TimeMs));
    }

    [Fact]
    public void Controller_files_that_follow_each_other_tell_the_two_passes_apart()
    {
        var folder = Directory.CreateTempSubdirectory("crosstown-clock-");
        try
        {
            var clock = ZoneRules.MapFor("America/Denver");
            var starts = Enumerable.Range(0, 14).Select(i => CapturedEvents.Utc("2024-11-03T06:30:00Z") + (i * 15 * MinuteMs)).ToArray();
            for (var i = 0; i < starts.Length; i++)
            {
                File.WriteAllBytes(Path.Combine(folder.FullName, $"{i:D2}.dat"), LogText.Dat(LogText.Local(clock, starts[i], "M-d-yyyy HH:mm:ss.f"), (82, 5, 0), (81, 5, 8_990)));
            }

            var captured = new CapturedEvents();
            LogFiles.Read(folder.FullName, new ReadSettings { Signal = SignalId.Parse("1"), Zone = "America/Denver" }, captured, captured.Issues);

            Assert.Equal(starts.SelectMany(s => new[] { s, s + 899_000 }), captured.Events.Select(e => e.TimeMs));
            Assert.Equal(0, captured.Issues.Count);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_lone_controller_file_that_starts_in_the_repeated_hour_is_marked_unsure()
    {
        var read = CapturedEvents.Read(LogText.Dat("11-3-2024 01:15:00.0", (82, 5, 0)), new ReadSettings { Signal = SignalId.Parse("1"), Zone = "America/Denver" });

        Assert.Equal(CapturedEvents.Utc("2024-11-03T07:15:00Z"), Assert.Single(read.Events).TimeMs);
        Assert.Equal(1, read.CountOf(DataIssueKind.AmbiguousLocalTime));
    }

    [Fact]
    public void A_time_with_its_offset_needs_no_guess()
    {
        var read = CapturedEvents.Read(
            LogText.CsvHeader + "\n2024-11-03T01:30:00.0-06:00,1,82,5\n2024-11-03T01:30:00.0-07:00,1,82,5\n2024-11-03T09:30:00.0Z,1,82,5\n",
            new ReadSettings { Zone = "America/Denver" });

        Assert.Equal(
            [CapturedEvents.Utc("2024-11-03T07:30:00Z"), CapturedEvents.Utc("2024-11-03T08:30:00Z"), CapturedEvents.Utc("2024-11-03T09:30:00Z")],
            read.Events.Select(e => e.TimeMs));
        Assert.Equal(0, read.Issues.Count);
    }

    [Fact]
    public void Without_a_zone_the_wall_clock_is_read_as_utc_and_reported_once_per_signal()
    {
        var read = CapturedEvents.Read(LogText.CsvHeader + "\n2024-05-13T15:00:00,1,82,5\n2024-05-13T15:00:01,2,82,5\n2024-05-13T15:00:02,1,81,5\n");

        Assert.Equal(["1", "2"], read.Issues.ListExamples().Where(i => i.Kind == DataIssueKind.AssumedDefault).Select(i => i.Value));
        Assert.All(read.All, e => Assert.Equal("UTC", e.Zone));
        Assert.Equal(CapturedEvents.Utc("2024-05-13T15:00:00Z"), read.Events[0].TimeMs);
    }

    [Fact]
    public void Each_signal_is_read_by_its_own_zone()
    {
        var read = CapturedEvents.Read(
            LogText.CsvHeader + "\n2024-05-13T15:00:00,1,82,5\n2024-05-13T15:00:00,2,82,5\n",
            new ReadSettings { Zone = "America/Denver", ZoneOfSignal = s => s.Value == "2" ? "America/Los_Angeles" : null });

        Assert.Equal(CapturedEvents.Utc("2024-05-13T21:00:00Z"), Assert.Single(read.Of("1")).TimeMs);
        Assert.Equal(CapturedEvents.Utc("2024-05-13T22:00:00Z"), Assert.Single(read.Of("2")).TimeMs);
    }

    [Fact]
    public void An_unknown_zone_is_refused_with_a_hint()
    {
        var problem = Assert.Throws<ProblemException>(() => CapturedEvents.Read("x", new ReadSettings { Zone = "Denver" }));

        Assert.Equal("XT101", Assert.Single(problem.Problems).Code);
        Assert.Contains("America/Denver", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_of_a_zone_covers_1970_to_2100()
    {
        var map = ZoneRules.MapFor("America/Denver");

        Assert.Equal(-7 * 60 * (int)MinuteMs, map.OffsetMs(CapturedEvents.Utc("1971-01-15T00:00:00Z")));
        Assert.Equal(-6 * 60 * (int)MinuteMs, map.OffsetMs(CapturedEvents.Utc("2024-07-01T00:00:00Z")));
        Assert.Equal(-6 * 60 * (int)MinuteMs, map.OffsetMs(CapturedEvents.Utc("2099-07-01T00:00:00Z")));
        Assert.Equal(new TimeRange(CapturedEvents.Utc("2024-11-03T08:00:00Z"), CapturedEvents.Utc("2024-11-03T08:15:00Z")), map.BinAt(CapturedEvents.Utc("2024-11-03T08:00:01Z"), 15 * MinuteMs));
    }

    private static ControllerEvent[] Night(long changeMs, int fromMinutes, int toMinutes) =>
    [
        .. Enumerable.Range(0, (toMinutes - fromMinutes) * 10).Select(i => new ControllerEvent(changeMs + (fromMinutes * MinuteMs) + (i * 6_100L), (ushort)(81 + (i % 2)), (short)(1 + (i % 9))))
            .TakeWhile(e => e.TimeMs < changeMs + (toMinutes * MinuteMs)),
    ];
}
