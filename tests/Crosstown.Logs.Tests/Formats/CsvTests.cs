using System.Globalization;
using Crosstown.Core.Events;

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
}
