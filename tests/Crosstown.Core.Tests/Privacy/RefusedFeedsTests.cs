using System.Text;
using Crosstown.Core.Privacy;

namespace Crosstown.Core.Tests.Privacy;

[Trait("rule", "P08")]
public sealed class RefusedFeedsTests
{
    /// <summary>One file of each kind that is refused, made here.</summary>
    public static TheoryData<string, string> RefusedTexts => new()
    {
        { "GTFS-RT", """{"header":{"gtfs_realtime_version":"2.0"},"entity":[{"id":"7","vehicle":{"position":{"latitude":40.7,"longitude":-111.9},"timestamp":1}}]}""" },
        { "GTFS-RT", """<Siri xmlns="http://www.siri.org.uk/siri"><VehicleActivity><MonitoredVehicleJourney><LineRef>2</LineRef></MonitoredVehicleJourney></VehicleActivity></Siri>""" },
        { "BSM", """{"metadata":{"recordType":"bsmTx"},"payload":{"data":{"coreData":{"msgCnt":3,"id":"31325433","secMark":40,"position":{},"accelSet":{}}}}}""" },
        { "BSM", "<MessageFrame><messageId>20</messageId><value><BasicSafetyMessage><coreData><msgCnt>3</msgCnt></coreData></BasicSafetyMessage></value></MessageFrame>" },
        { "BSM", "secMark,lat,long,speed,heading\n1,40.7,-111.9,13,90\n" },
        { "SRM", """{"messageId":29,"value":{"SignalRequestMessage":{"timeStamp":1,"requests":[],"requestor":{"id":{"stationID":4}}}}}""" },
        { "SRM", "<MessageFrame><value><SignalRequestMessage><requestor/></SignalRequestMessage></value></MessageFrame>" },
        { "MDS", """{"version":"1.2.0","data":{"trips":[{"provider_id":"a","device_id":"b","trip_id":"c","start_time":1,"route":{}}]}}""" },
        { "MDS", "provider_id,trip_id,trip_duration,start_time\na,b,300,1\n" },
        { "AVL", "timestamp;vehicle_id;lat;lon;speed\n2024-05-13T15:00:00;4021;40.7;-111.9;31\n" },
        { "AVL", "# fleet export\nReportedAt\tBusNumber\tLatitude\tLongitude\n2024-05-13\t12\t40\t-111\n" },
        { "radio", "TimeStamp,ReaderId,BluetoothMAC\n2024-05-13T15:00:00,7,00:1b:44:11:3a:b7\n" },
        { "toll", "read_time,plaza,transponder_id\n2024-05-13T15:00:00,3,0071234\n" },
        { "one a row", "15:00:01,7,00:1b:44:11:3a:b7\n15:00:02,7,00:1b:44:11:3a:b8\n15:00:03,7,00:1b:44:11:3a:b9\n15:00:04,8,00:1b:44:11:3a:c0\n" },
        { "registrations", "Time,Camera,License_Plate,State\n15:00,4,7ABC123,CA\n" },
        { "registrations", """{"reads":[{"plateNumber":"7ABC123","confidence":0.98}]}""" },
        { "trajectories", "Vehicle_ID,Frame_ID,Total_Frames,Global_Time,Local_X,Local_Y,v_Vel\n2,13,437,1118846980200,16.4,35.3,40\n" },
        { "trajectories", string.Concat(Enumerable.Range(13, 6).Select(f => $"2 {f} 437 11188469{f}200 16.467 35.381 6451137.641 1873344.962 14.5 4.9 2 40.00 0.00 2 0 0 0.00 0.00\n")) },
        { "trajectories", """<fcd-export><timestep time="0.00"><vehicle id="a" x="1" y="2" angle="90" speed="3" pos="5" lane="e_0"/></timestep></fcd-export>""" },
        { "trajectories", """{"trackId":3,"frame":1,"xCenter":2.0,"yCenter":3.0,"xVelocity":1.0}""" },
        { "trajectories", """<gpx><trk><trkseg><trkpt lat="40" lon="-111"><time>2024-05-13T15:00:00Z</time></trkpt></trkseg></trk></gpx>""" },
        { "handsets", "device_id,timestamp,latitude,longitude,horizontal_accuracy\na,1,40,-111,5\n" },
        { "crash", "CrashID,CrashDate,Injury_Severity,Latitude,Longitude\n1,2024-05-13,2,40,-111\n" },
        { "crash", """[{"collision_id":4,"collision_date":"2024-05-13","number_injured":2,"at_fault":"Y"}]""" },
        { "callers", "IncidentNumber,CallTaker,CallerName,Address\n1,9,A. Person,1 Main St\n" },
        { "callers", """{"service_code":"4","description":"light out","first_name":"A","last_name":"P","phone":"801-555-1234"}""" },
    };

    [Theory]
    [MemberData(nameof(RefusedTexts))]
    public void A_feed_about_vehicles_or_people_is_refused_whole(string reason, string text)
    {
        var found = RefusedFeeds.Recognize(Encoding.UTF8.GetBytes(text));
        Assert.NotNull(found);
        Assert.Contains(reason, found, StringComparison.Ordinal);
        Assert.Equal(found, RefusedFeeds.Recognize([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)]));
        Assert.Equal(found, RefusedFeeds.Recognize([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)]));
        Assert.Equal(found, RefusedFeeds.Recognize(Encoding.UTF8.GetBytes("\r\n" + text)));
    }

    [Theory]
    [InlineData(0x22, true)] // vehicle position
    [InlineData(0x1A, true)] // trip update
    [InlineData(0x2A, false)] // alert
    public void A_realtime_feed_in_protocol_buffers_is_told_by_its_entities(byte entityTag, bool isRefused)
    {
        byte[] header = [0x0A, 0x0B, 0x0A, 0x03, (byte)'2', (byte)'.', (byte)'0', 0x18, 0xD0, 0xB2, 0x88, 0xB2, 0x06];
        byte[] entity = [0x12, 0x0B, 0x0A, 0x01, (byte)'7', entityTag, 0x06, 0x12, 0x04, 0x0D, 0, 0, 0x20];

        Assert.Equal(isRefused, RefusedFeeds.Recognize([.. header, .. entity]) is not null);
    }

    [Theory]
    [InlineData(0x14, "BSM")]
    [InlineData(0x1D, "SRM")]
    public void A_radio_message_of_a_vehicle_is_told_by_its_frame(byte messageId, string reason)
    {
        byte[] frame = [0, messageId, 37, .. Enumerable.Range(1, 37).Select(i => (byte)i)];

        Assert.Contains(reason, RefusedFeeds.Recognize(frame)!, StringComparison.Ordinal);
        Assert.Contains(reason, RefusedFeeds.Recognize([.. frame, .. frame])!, StringComparison.Ordinal);
        Assert.Null(RefusedFeeds.Recognize(frame.AsSpan()[..20]));
    }

    [Fact]
    public void A_picture_is_refused() => Assert.NotNull(RefusedFeeds.Recognize([0xFF, 0xD8, 0xFF, 0xE0, 0, 16, (byte)'J', (byte)'F', (byte)'I', (byte)'F']));

    [Theory]
    [InlineData("TimeStamp,DeviceId,EventId,Parameter\n2024-05-13T15:00:00.000,227,82,5\n")]
    [InlineData("SignalID,Timestamp,EventCode,EventParam\n7115,2024-05-13 15:00:00.0,1,2\n")]
    [InlineData("LocationId;TimeStamp;EventId;Parameter\n7115;2024-05-13T15:00:00;1;2\n")]
    [InlineData("parameter,mac,time,code\n1,00:1b:44:11:3a:b7,2024-05-13,1\n")]
    [InlineData("""{"timestamp":"2024-05-13T15:00:00","eventCode":82,"parameter":5,"signal":"7"}""")]
    [InlineData("DeviceID,Name,Latitude,Longitude\n1188,OR99E @ Berg Pkwy,45.25635,-122.70392\n")]
    [InlineData("SignalID,Latitude,Longitude,PrimaryName,SecondaryName,RegionID,ControllerTypeID,VersionID,Start\n1001,40.7,-111.9,1200 West,600 North,2,1,2,2012-01-01\n")]
    [InlineData("DeviceId,Phase,Function,Detector\n227,1,Presence,13\n")]
    [InlineData("TimeStamp,DeviceId,Detector,Total\n2024-05-13T15:00:00.000,227,2,186\n")]
    [InlineData("TimeStamp,DetectorId,Mph\n2018-02-01T00:00:14.530,718518,40\n")]
    [InlineData("id,timestamp,travel_time,group\n448838574,2022-09-02T06:00:00.000,20.71,SE SUNNYSIDE RD\n")]
    [InlineData("2-21-2024 11:15:00.0,Version #:,3\n2-21-2024 11:15:00.0,IP Address:,10.210.8.179\n2-21-2024 11:15:00.0,MAC Address:,00:04:81:02:80:5c\n2-21-2024 11:15:00.0,Phases in use:,1,2\n")]
    [InlineData("""<?xml version="1.0"?><EventResponses><EventResponse><Description><IP>10.2.1.1</IP><MAC>100,85,99,0,66,190</MAC></Description><Event ID="1" TimeStamp="7-22-2024 13:33:19.3" EventTypeID="4" Parameter="1"/></EventResponse></EventResponses>""")]
    [InlineData("""{"signal":"7115","name":"Redwood Rd & 7000 S","latitude":40.6,"longitude":-111.9,"detectors":[{"channel":2,"phase":2,"lane":1,"movement":"through"}]}""")]
    [InlineData("""<net><edge id="e"><lane id="e_0" speed="13.9" length="100"/></edge><junction id="j" x="1" y="2"/></net>""")]
    [InlineData("a")]
    [InlineData("")]
    public void A_controller_log_or_a_street_description_is_not_refused(string text) => Assert.Null(RefusedFeeds.Recognize(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("TimeStamp EventId Parameter Plate", true)]
    [InlineData("TimeStamp EventId Parameter Vehicle_ID", true)]
    [InlineData("TimeStamp EventId Parameter MAC ObjectId", false)]
    [InlineData("TimeStamp MAC Reader", true)]
    [InlineData("TimeStamp X Y", true)]
    [InlineData("Signal X Y", false)]
    [InlineData("TimeStamp Detector Total", false)]
    public void A_table_is_judged_by_its_columns_and_by_whether_it_holds_events(string columns, bool isRefused) =>
        Assert.Equal(isRefused, RefusedFeeds.RecognizeColumns(columns.Split(' ')) is not null);

    [Theory]
    [InlineData("vehicle_id", true)]
    [InlineData("License-Plate", true)]
    [InlineData("mac", false)]
    [InlineData("signal", false)]
    [InlineData("", false)]
    [InlineData("the_vehicle_id_of_a_feed_whose_names_are_longer_than_all_that_we_know_of", false)]
    public void A_field_is_judged_by_its_name_alone(string name, bool isTraveler) => Assert.Equal(isTraveler, RefusedFeeds.IsTraveler(Encoding.UTF8.GetBytes(name)));

    [Fact]
    public void Any_bytes_at_all_get_an_answer()
    {
        const int seed = 11;
        var random = new Random(seed);
        var starts = RefusedTexts.Select(t => Encoding.UTF8.GetBytes(t.Data.Item2)).ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = starts[random.Next(starts.Length)].AsSpan()[..random.Next(40)].ToArray().Concat(RandomBytes(random.Next(60))).ToArray();
            var error = Record.Exception(() => RefusedFeeds.Recognize(bytes));
            Assert.True(error is null, $"seed {seed}, turn {i}: {Convert.ToHexString(bytes)} gives {error}");
        }

        byte[] RandomBytes(int count)
        {
            var bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    [Fact]
    [Trait("Category", Crosstown.Tests.SharedData.Category)]
    public void No_real_controller_file_or_table_is_refused()
    {
        var folder = Crosstown.Tests.SharedData.PathTo("data/hires");
        var refused = new List<string>();
        var count = 0;
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(p => Path.GetExtension(p) is ".csv" or ".dat" or ".datZ" or ".xml" or ".gz"))
        {
            using var file = File.OpenRead(path);
            using Stream content = path.EndsWith(".gz", StringComparison.Ordinal) ? new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress) : file;
            var head = new byte[RefusedFeeds.HeadLength];
            var length = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            count++;
            if (RefusedFeeds.Recognize(head.AsSpan()[..length]) is { } reason)
            {
                refused.Add($"{Path.GetFileName(path)}: {reason}");
            }
        }

        Assert.True(count > 40, $"{count} files");
        Assert.Empty(refused);
    }
}
