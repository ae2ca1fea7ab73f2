using System.Globalization;
using System.IO.Compression;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Formats;

namespace Crosstown.Logs.Tests.Formats;

public sealed class CsvTests
{
    private static readonly ControllerEvent On5 = new(CapturedEvents.Utc("2024-05-13T15:00:00.100Z"), 82, 5);

    [Theory]
    [InlineData("TimeStamp,DeviceId,EventId,Parameter\n2024-05-13T15:00:00.100,227,82,5\n")]
    [InlineData("timestamp;SignalID;EventCode;EventParam\r\n2024-05-13 15:00:00.1;227;82;5\r\n")]
    [InlineData("param\tevent_code\tlocation_id\tDate Time\n5\t82\t227\t5/13/2024 3:00:00.1 PM\n")]
    [InlineData("\uFEFF\"Parameter\",\"EventTypeID\",\"Signal\",\"Time\"\n\"5\",\"82\",\"227\",\"5-13-2024 15:00:00.1\"\n")]
    [InlineData("EventCode,EventParam,SignalID,TimeStamp\n82,5,227,1715612400100\n")]
    [InlineData("EventCode,EventParam,SignalID,TimeStamp\n82,5,227,2024-05-13T09:00:00.100-06:00\n")]
    [InlineData("EventCode,EventParam,SignalID,TimeStamp\n82.0,5.0,227,2024-05-13 15:00:00.1000000Z\n")]
    [InlineData("EventCode;EventParam;SignalID;TimeStamp\n 82 ; 5 ; 227 ; 2024-05-13 15:00:00,1 \n")]
    [InlineData("EventID,EventTypeID,EventParam,SignalID,TimeStamp\n991,82,5,227,2024-05-13T15:00:00.100\n")]
    public void The_same_actuation_is_read_from_every_shape_of_export(string text)
    {
        var read = CapturedEvents.Read(text);

        Assert.Equal("csv", read.Summary.Format);
        Assert.Equal(On5, Assert.Single(read.Of("227")));
        Assert.Equal(0, read.Summary.RowsRefused);
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Every_row_of_the_Oregon_sample_arrives_in_file_order()
    {
        var path = SharedData.PathTo("data/hires/odot-3h/events.csv");

        var read = CapturedEvents.ReadFile(path);

        var expected = File.ReadLines(path).Skip(1).Select(line => line.Split(',')).ToList();
        Assert.Equal(expected.Count, read.Summary.Events);
        Assert.Equal(0, read.Summary.RowsRefused);
        foreach (var signal in new[] { "227", "452" })
        {
            Assert.Equal(
                expected.Where(f => f[1] == signal).Select(f => new ControllerEvent(
                    CapturedEvents.Utc(f[0] + "Z"),
                    ushort.Parse(f[2], CultureInfo.InvariantCulture),
                    short.Parse(f[3], CultureInfo.InvariantCulture))),
                read.Of(signal));
        }
    }

    [Theory]
    [InlineData("odot-1136/events.csv")]
    [InlineData("odot-ped-day/events.csv.gz")]
    [InlineData("udot-7115/adjust1_input.csv")]
    [InlineData("udot-7115/events_ph2_ph6.csv")]
    [InlineData("udot-7115/ped_input.csv")]
    [InlineData("udot-7115/plan_changes_oct2022.csv")]
    [InlineData("udot-7115/redtored_input.csv")]
    [InlineData("udot-7115/terminations_2023-04-17_19h.csv")]
    [InlineData("udot-7185/events_2017-10-17_17h.csv")]
    [InlineData("udot-preempt-priority/preempt_7706_2021-09-17.csv")]
    [InlineData("udot-preempt-priority/priority_7706_2021-09-17.csv")]
    [Trait("Category", SharedData.Category)]
    public void No_row_of_a_real_export_is_refused(string file)
    {
        var path = SharedData.PathTo($"data/hires/{file}");
        using var stream = File.OpenRead(path);
        using var text = new StreamReader(path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream);
        var rows = text.ReadToEnd().AsSpan().TrimEnd('\n').Count('\n');

        var read = CapturedEvents.ReadFile(path, new ReadSettings { Signal = SignalId.Parse("7185"), Zone = "America/Denver" });

        Assert.Equal((rows, 0L), (read.All.Count, read.Summary.RowsRefused));
        Assert.Equal(0, read.CountOf(DataIssueKind.UnknownField));
    }

    [Theory]
    [InlineData("odot-3h/detectors.csv")]
    [InlineData("odot-3h/expected/terminations.csv")]
    [InlineData("udot-7115/adjust1_expected.csv")]
    [InlineData("odot-signals/signals.csv")]
    [Trait("Category", SharedData.Category)]
    public void A_table_that_holds_no_events_is_refused_by_its_header(string file)
    {
        var read = CapturedEvents.ReadFile(SharedData.PathTo($"data/hires/{file}"));

        Assert.Empty(read.All);
        Assert.Equal(1, read.CountOf(DataIssueKind.BadHeader));
    }
}
