using System.Globalization;
using System.Text;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Formats;

namespace Crosstown.Logs.Tests.Formats;

public sealed class BadInputTests
{
    private static readonly long Start = CapturedEvents.Utc("2024-05-13T15:00:00Z");
    private static readonly ReadSettings Signal1 = new() { Signal = SignalId.Parse("1"), Zone = "UTC" };
    private static readonly ReadSettings Utc = new() { Zone = "UTC" };

    /// <summary>Every kind of file, holding the same events.</summary>
    public static TheoryData<string> Kinds => ["csv", "csv.gz", "ndjson", "ndjson.gz", "dat", "datZ", "xml"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_file_gives_the_events_that_were_written(string kind)
    {
        var read = CapturedEvents.Read(File(kind, Events()), Signal1);

        Assert.Equal(Events(), read.Events);
        Assert.Equal((0L, 0L), (read.Issues.Count, read.Summary.RowsRefused));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("rule", "R07")]
    public void A_truncated_file_keeps_its_whole_records_and_says_so(string kind)
    {
        var whole = File(kind, Events());
        for (var length = 1; length < whole.Length; length++)
        {
            var read = CapturedEvents.Read(whole[..length], Signal1);

            if (read.Events.Length < Events().Length && !(IsBetweenRecords(kind, whole, length) && read.Events.Length > 0))
            {
                Assert.True(read.Issues.Count > 0, $"Cut at {length} of {whole.Length}: {read.Events.Length} events and no issue.");
            }

            var isCutRowOfPlainText = kind == "csv" && whole[length - 1] != '\n' && read.Events.Length > 0;
            var sure = isCutRowOfPlainText ? read.Events.Length - 1 : read.Events.Length;
            Assert.Equal(Events().Take(sure), read.Events.Take(sure));
        }
    }

    [Fact]
    public void A_truncated_controller_file_reports_the_record_that_it_lost()
    {
        var read = CapturedEvents.Read(File("dat", Events())[..^3], Signal1);

        Assert.Equal(Events()[..^1], read.Events);
        Assert.Equal(1, read.Summary.RowsRefused);
        Assert.Contains("1 of the 4 bytes", read.Only(DataIssueKind.Truncated).Assumed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("ndjson")]
    [InlineData("xml")]
    public void A_flipped_bit_costs_at_most_the_rows_that_it_touches(string kind)
    {
        var whole = File(kind, Events());
        var body = whole.AsSpan().IndexOf(kind == "xml" ? "<Event "u8 : kind == "csv" ? "2024"u8 : "{"u8);
        for (var at = body; at < whole.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var flipped = whole.ToArray();
                flipped[at] ^= (byte)(1 << bit);

                var read = CapturedEvents.Read(flipped, Signal1);

                var others = kind == "xml" && flipped[at] is (byte)'!' or (byte)'?' ? Events().Length : 2;
                Assert.True(read.Events.Length >= Events().Length - others, $"Byte {at} bit {bit}: {read.Events.Length} of {Events().Length} events.\n{read.IssueText}");
                Assert.True(read.Events.Length >= Events().Length || read.Issues.Count > 0, $"Byte {at} bit {bit}: lost in silence.");
            }
        }
    }

    [Fact]
    [Trait("rule", "R07")]
    public void A_packed_export_with_a_wrong_checksum_is_kept_and_marked_unproven()
    {
        var packed = File("csv.gz", Events());
        packed[^6] ^= 0x40;

        var read = CapturedEvents.Read(packed, Signal1);

        Assert.Equal(Events(), read.Events);
        Assert.Equal(1, read.CountOf(DataIssueKind.ChecksumMismatch));
    }

    [Fact]
    [Trait("rule", "R07")]
    public void A_packed_controller_file_with_a_wrong_checksum_is_refused()
    {
        var packed = File("datZ", Events());
        packed[^2] ^= 0x40;

        var read = CapturedEvents.Read(packed, Signal1);

        Assert.Empty(read.Events);
        Assert.Equal(1, read.CountOf(DataIssueKind.ChecksumMismatch));
    }

    [Fact]
    public void An_export_packed_in_several_members_is_read_whole()
    {
        var text = LogText.Csv(Events(), signal: "1");
        var half = text.Length / 2;

        var read = CapturedEvents.Read(LogText.Gzip(Encoding.UTF8.GetBytes(text[..half]), Encoding.UTF8.GetBytes(text[half..])), Utc);

        Assert.Equal(Events(), read.Events);
        Assert.Equal(0, read.Issues.Count);
    }

    [Fact]
    public void Bytes_behind_packed_data_are_reported()
    {
        var read = CapturedEvents.Read([.. File("csv.gz", Events()), .. "more"u8], Signal1);

        Assert.Equal(Events(), read.Events);
        Assert.Equal(1, read.CountOf(DataIssueKind.BadRow));
    }

    [Fact]
    public void An_empty_file_is_reported_as_empty()
    {
        Assert.Equal(DataIssueKind.EmptyFile, Assert.Single(CapturedEvents.Read([]).Issues.ListExamples()).Kind);
        Assert.Equal(DataIssueKind.EmptyFile, Assert.Single(CapturedEvents.Read(LogText.Gzip([])).Issues.ListExamples()).Kind);
    }

    [Fact]
    public void A_file_with_a_header_and_no_events_is_reported_as_empty()
    {
        foreach (var kind in new[] { "csv", "dat", "xml" })
        {
            Assert.Equal(DataIssueKind.EmptyFile, Assert.Single(CapturedEvents.Read(File(kind, []), Signal1).Issues.ListExamples()).Kind);
        }
    }

    [Fact]
    [Trait("rule", "R08")]
    public void A_bomb_packed_as_an_export_is_stopped_and_what_came_before_is_kept()
    {
        var row = "2024-05-13T15:00:00.000,1,82,5\n";
        var packed = LogText.Gzip(Encoding.UTF8.GetBytes(LogText.CsvHeader + "\n" + string.Concat(Enumerable.Repeat(row, 3_000_000))));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var counted = new CountingSink();
        var issues = new DataIssueLog();
        using var stream = new MemoryStream(packed);
        LogFiles.Read(stream, "bomb", Utc, counted, issues);

        Assert.Equal(1, issues.CountOf(DataIssueKind.LimitReached));
        Assert.InRange(counted.Events, 10_000, 2_900_000);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20);
    }

    [Fact]
    [Trait("rule", "R08")]
    public void A_bomb_packed_as_a_controller_file_is_refused_before_it_fills_memory()
    {
        var packed = LogText.Zlib(new byte[80 << 20]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var read = CapturedEvents.Read(packed, Signal1);

        Assert.Empty(read.Events);
        Assert.Equal(1, read.CountOf(DataIssueKind.LimitReached));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 << 20);
    }

    [Fact]
    [Trait("rule", "R08")]
    public void A_controller_file_above_64_MiB_is_cut_there_with_an_issue()
    {
        var limits = Signal1 with { Limits = new ReadLimits { ControllerFileBytes = 4000 } };

        var read = CapturedEvents.Read(File("xml", LogText.Events(100, Start)), limits);

        Assert.InRange(read.Events.Length, 20, 60);
        Assert.Equal(1, read.CountOf(DataIssueKind.LimitReached));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReadLimits { ControllerFileBytes = (64L << 20) + 1 });
    }

    [Theory]
    [InlineData("TimeStamp,DeviceId,EventId,Parameter\n", "2024-05-13T15:00:00.000,227,82,5\n2024-05-13T15:00:00.100,452,81,5\n")]
    [InlineData("TimeStamp,DeviceId,EventId,Parameter\n", "5/13/2024 3:00:00.1 PM,227,82,5\n2024-05-13T15:00:00.1Z,\"signal-452\",81,5\n")]
    [InlineData("\n", "{\"time\":\"2024-05-13T15:00:00\",\"signal\":227,\"code\":82,\"param\":5}\n{\"note\":{},\"time\":\"2024-05-13T15:00:00\",\"signal\":\"452\",\"code\":82,\"param\":5}\n")]
    [Trait("rule", "R08")]
    public void A_huge_export_is_read_in_the_memory_of_a_small_one(string header, string rows)
    {
        const int Times = 1_000_000;
        using var huge = new RepeatedRows(header, rows, Times);
        var counted = new CountingSink();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var summary = LogFiles.Read(huge, "huge", Utc, counted, new DataIssueLog());

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal((2L * Times, 2L * Times), (counted.Events, summary.Events));
        Assert.True(allocated < 2 << 20, $"{allocated} bytes allocated for {summary.Bytes} bytes read.");
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("ndjson")]
    [Trait("rule", "R08")]
    public void A_line_without_end_is_left_out_and_the_lines_after_it_are_read(string kind)
    {
        var good = Encoding.UTF8.GetString(File(kind, Events()));
        var firstRow = good.IndexOf(kind == "csv" ? "2024" : "{", StringComparison.Ordinal);

        var read = CapturedEvents.Read(good[..firstRow] + new string('x', 300_000) + "\n" + new string('y', 70_000) + "\n" + good[firstRow..], Signal1);

        Assert.Equal(kind == "csv" ? Events() : [], read.Events);
        Assert.Equal(kind == "csv" ? 2 : 0, read.CountOf(DataIssueKind.LimitReached));
        Assert.True(kind == "csv" || read.Issues.Count > 0);
    }

    [Fact]
    public void A_machine_that_is_set_to_German_reads_the_same()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            foreach (var kind in Kinds)
            {
                var read = CapturedEvents.Read(File(kind.Data, Events()), Signal1);
                Assert.Equal(Events(), read.Events);
            }

            var american = CapturedEvents.Read(LogText.CsvHeader + "\n5/6/2024 3:00:00.5 PM,1,82,5\n", Utc);
            Assert.Equal(CapturedEvents.Utc("2024-05-06T15:00:00.5Z"), Assert.Single(american.Events).TimeMs);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void A_file_that_a_German_spreadsheet_wrote_is_refused_row_by_row_with_the_value()
    {
        var read = CapturedEvents.Read("TimeStamp;DeviceId;EventId;Parameter\n13.05.2024 15:00:00,5;1;82;5\n2024-05-13 15:00:01,5;1;81;5\n", Utc);

        Assert.Equal(CapturedEvents.Utc("2024-05-13T15:00:01.5Z"), Assert.Single(read.Events).TimeMs);
        Assert.Equal((2L, "13.05.2024 15:00:00,5"), (read.Only(DataIssueKind.BadRow).Position, read.Only(DataIssueKind.BadRow).Value));
    }

    [Fact]
    public void A_table_without_the_columns_of_an_event_is_refused_with_what_is_missing()
    {
        var read = CapturedEvents.Read("Stamp,Signal,Phase\n2024-05-13T15:00:00,1,2\n");

        Assert.Empty(read.Events);
        var issue = read.Only(DataIssueKind.BadHeader);
        Assert.Contains("TimeStamp", issue.Assumed, StringComparison.Ordinal);
        Assert.Contains("EventCode", issue.Assumed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_controller_file_whose_header_lines_disagree_takes_the_time_of_most()
    {
        var file = File("dat", Events());
        file[3] = (byte)'4';

        var read = CapturedEvents.Read(file, Signal1);

        Assert.Equal(Events(), read.Events);
        Assert.Contains("1 of 7", read.Only(DataIssueKind.Conflict).Assumed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_controller_file_whose_first_header_line_is_unreadable_is_still_known_by_the_others()
    {
        var file = File("dat", Events());
        file[0] = 0xff;

        Assert.Equal(Events(), CapturedEvents.Read(file, Signal1).Events);
    }

    [Fact]
    public void A_controller_file_with_a_damaged_header_is_refused()
    {
        var read = CapturedEvents.Read([.. "5-13-2024 15:00:00.0,Version #:,3.\n"u8, .. "no header at all"u8, .. new byte[600]], Signal1);

        Assert.Empty(read.Events);
        Assert.Equal(1, read.CountOf(DataIssueKind.BadHeader));
    }

    [Fact]
    public void Unknown_codes_are_kept_and_counted()
    {
        var read = CapturedEvents.Read(LogText.CsvHeader + "\n2024-05-13T15:00:00,1,27,5\n2024-05-13T15:00:01,1,1171,5\n2024-05-13T15:00:02,1,1171,6\n2024-05-13T15:00:03,1,82,6\n", Utc);

        Assert.Equal([27, 1171, 1171, 82], read.Events.Select(e => (int)e.Code));
        Assert.Equal(3, read.CountOf(DataIssueKind.UnknownCode));
        Assert.Equal(["27", "1171"], read.Issues.ListExamples().Select(i => i.Value));
    }

    [Fact]
    public void Negative_parameters_are_kept_as_they_are()
    {
        foreach (var text in new[] { LogText.Csv([new ControllerEvent(Start, 400, -1)]), LogText.Ndjson([new ControllerEvent(Start, 400, -1)]), LogText.MaxTime([new ControllerEvent(Start, 400, -1)]) })
        {
            var read = CapturedEvents.Read(text, Utc);
            Assert.Equal(new ControllerEvent(Start, 400, -1), Assert.Single(read.Events));
            Assert.Equal(0, read.Issues.Count);
        }
    }

    [Fact]
    public void A_code_or_parameter_out_of_range_refuses_its_row_with_value_and_limit()
    {
        var read = CapturedEvents.Read(
            LogText.CsvHeader + "\n2024-05-13T15:00:00,1,65536,5\n2024-05-13T15:00:00,1,82,32768\n2024-05-13T15:00:00,1,82,-32769\n2024-05-13T15:00:00,1,-1,5\n2024-05-13T15:00:00,1,82,\n2024-05-13T15:00:00,1,82,5\n",
            Utc);

        Assert.Single(read.Events);
        Assert.Equal(5, read.Summary.RowsRefused);
        Assert.Equal(["65536", "32768", "-32769", "-1", ""], read.Issues.ListExamples().Select(i => i.Value));
        Assert.Equal([2L, 3, 4, 5, 6], read.Issues.ListExamples().Select(i => i.Position));
        Assert.Contains("-32768 to 32767", read.IssueText, StringComparison.Ordinal);
    }

    [Fact]
    public void Time_that_goes_back_is_counted_with_an_example_and_all_events_are_kept()
    {
        var read = CapturedEvents.Read(
            LogText.CsvHeader + "\n2024-05-13T15:00:10,1,82,5\n2024-05-13T15:00:04,1,82,6\n2024-05-13T15:00:05,2,82,6\n2024-05-13T15:00:20,1,82,6\n2024-05-13T15:00:19,1,82,7\n",
            Utc);

        Assert.Equal(5, read.Events.Length);
        Assert.Equal(2, read.CountOf(DataIssueKind.TimeWentBack));
        var issue = read.Only(DataIssueKind.TimeWentBack);
        Assert.Equal((3L, "2024-05-13T15:00:04.000"), (issue.Position, issue.Value));
        Assert.Contains("6000 ms", issue.Assumed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_controller_that_lost_its_clock_is_kept_and_reported()
    {
        var read = CapturedEvents.Read(LogText.CsvHeader + "\n1980-01-01T00:00:10,1,82,5\n1969-12-31T23:00:00,1,82,5\n", Utc);

        Assert.Single(read.Events);
        Assert.Equal((1L, 1L), (read.CountOf(DataIssueKind.ImplausibleTime), read.CountOf(DataIssueKind.BadRow)));
    }

    [Fact]
    public void Missing_IDs_of_a_MaxTime_log_are_a_gap_with_its_size()
    {
        var text = LogText.MaxTime(Events()).Replace("ID=\"103\"", "ID=\"110\"", StringComparison.Ordinal);

        var read = CapturedEvents.Read(text, Utc);

        Assert.Equal(Events(), read.Events);
        Assert.Equal(["110", "104"], read.Issues.ListExamples().Select(i => i.Value));
        Assert.Contains("7 events are missing", read.IssueText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rule", "X06")]
    public void A_document_type_declaration_refuses_the_file()
    {
        var text = LogText.MaxTime(Events()).Replace("<EventResponses>", "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><EventResponses>", StringComparison.Ordinal);

        var read = CapturedEvents.Read(text, Signal1);

        Assert.Empty(read.Events);
        Assert.Equal(1, read.CountOf(DataIssueKind.BadHeader));
    }

    [Fact]
    [Trait("rule", "R08")]
    public void JSON_nested_deeper_than_the_limit_is_refused_row_by_row()
    {
        var good = LogText.Ndjson(Events());
        var deep = """{"timestamp":"2024-05-13T15:00:00","a":""" + new string('[', 40) + new string(']', 40) + "}\n";

        var read = CapturedEvents.Read(good + deep + good, Utc);

        Assert.Equal([.. Events(), .. Events()], read.Events);
        Assert.Equal(1, read.Summary.RowsRefused);
    }

    [Fact]
    public void A_file_of_no_known_kind_is_refused()
    {
        Assert.Equal(DataIssueKind.UnknownFormat, Assert.Single(CapturedEvents.Read([0x89, (byte)'P', (byte)'N', (byte)'G', 0, 1, 2, 3]).Issues.ListExamples()).Kind);
        Assert.Equal(DataIssueKind.UnknownFormat, Assert.Single(CapturedEvents.Read("just words\n").Issues.ListExamples()).Kind);
        Assert.Equal(DataIssueKind.UnknownFormat, Assert.Single(CapturedEvents.Read(Encoding.Unicode.GetBytes("\uFEFF" + LogText.Csv(Events()))).Issues.ListExamples()).Kind);
    }

    [Fact]
    public void A_file_that_names_no_signal_takes_the_one_given_or_the_number_in_its_name()
    {
        const string Text = "TimeStamp,EventId,Parameter\n2024-05-13T15:00:00,82,5\n";

        Assert.Single(CapturedEvents.Read(Text, Signal1).Of("1"));
        Assert.Equal(DataIssueKind.BadHeader, Assert.Single(CapturedEvents.Read(Text, Utc).Issues.ListExamples()).Kind);
        Assert.Single(CapturedEvents.Read(Encoding.UTF8.GetBytes(Text), Utc, "econolite_4895_2024_02_21_1115.dat").Of("4895"));
        Assert.Empty(CapturedEvents.Read(Encoding.UTF8.GetBytes(Text), Utc, "ECON_10.210.8.179_2024_02_21_1115.dat").Events);
    }

    [Fact]
    public void Rows_are_read_alike_the_short_way_and_the_long_way()
    {
        const int Seed = 20240513;
        var random = new Random(Seed);
        for (var i = 0; i < 3000; i++)
        {
            var fields = new[] { Time(random), random.Next(3) == 0 ? $"{random.Next(100_000_000)}" : "227", Number(random, 70_000), Number(random, 40_000) };
            var row = string.Join(',', fields);
            var settled = LogText.CsvHeader + "\n2024-05-13T15:00:59.9,227,0,1\n";
            var shortWay = CapturedEvents.Read($"{settled}{row}\n", Utc);
            var longWay = CapturedEvents.Read($"{settled}\"{fields[0]}\",{fields[1]},{fields[2]},\"{fields[3]}\"\n", Utc);

            Assert.True(shortWay.Events.AsSpan().SequenceEqual(longWay.Events), $"Seed {Seed}, row {i}: {row}");
            Assert.Equal(longWay.Summary.RowsRefused, shortWay.Summary.RowsRefused);
        }
    }

    private static string Time(Random random) => random.Next(12) switch
    {
        0 => "2024-05-13 15:00:07.25",
        1 => "2024-05-13T15:00:07",
        2 => "2024-05-13T15:00:7.1",
        3 => "2024-05-13T15:00:67.1",
        4 => "2024-05-13T15:00:07.1Z",
        5 => "2024-05-13T15:00:07.12345",
        6 => "2024-05-13T15:00",
        _ => $"2024-05-13T15:{random.Next(0, 2):D2}:{random.Next(60):D2}.{random.Next(1000)}",
    };

    private static string Number(Random random, int limit) => random.Next(10) switch
    {
        0 => $"-{random.Next(limit)}",
        1 => $"{random.Next(300)}.0",
        2 => $" {random.Next(300)} ",
        3 => $"{random.Next(300)}x",
        4 => "",
        5 => $"+{random.Next(300)}",
        6 => $"0000{random.Next(300)}",
        _ => $"{random.Next(limit)}",
    };

    /// <summary>Where a file without packing, IDs or an end mark may be cut and nobody can tell.</summary>
    private static bool IsBetweenRecords(string kind, byte[] whole, int length) => kind switch
    {
        "csv" => whole[length - 1] == '\n',
        "ndjson" => whole[length - 1] == '\n' || whole[length] == '\n',
        "dat" => (whole.Length - length) % 4 == 0,
        _ => false,
    };

    private static ControllerEvent[] Events() =>
    [
        new(Start, 1, 2),
        new(Start + 100, 82, 5),
        new(Start + 700, 82, 27),
        new(Start + 1_200, 81, 5),
        new(Start + 9_000, 44, 2),
        new(Start + 12_300, 8, 2),
    ];

    private static byte[] File(string kind, ControllerEvent[] events) => kind switch
    {
        "csv" => Encoding.UTF8.GetBytes(LogText.Csv(events, signal: "1")),
        "csv.gz" => LogText.Gzip(Encoding.UTF8.GetBytes(LogText.Csv(events, signal: "1"))),
        "ndjson" => Encoding.UTF8.GetBytes(LogText.Ndjson(events, "1")),
        "ndjson.gz" => LogText.Gzip(Encoding.UTF8.GetBytes(LogText.Ndjson(events, "1"))),
        "dat" => LogText.Dat("5-13-2024 15:00:00.0", [.. events.Select(e => ((int)e.Code, (int)e.Parameter, (int)((e.TimeMs - Start) / 100)))]),
        "datZ" => LogText.Zlib(File("dat", events)),
        "xml" => Encoding.UTF8.GetBytes(LogText.MaxTime(events, "1")),
        _ => throw new ArgumentException($"No such kind: {kind}", nameof(kind)),
    };
}
