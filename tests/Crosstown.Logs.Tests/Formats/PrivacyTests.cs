using System.Text;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Formats;

namespace Crosstown.Logs.Tests.Formats;

public sealed class PrivacyTests
{
    private static readonly ReadSettings Utc = new() { Zone = "UTC" };

    [Theory]
    [InlineData("GTFS-RT vehicle positions", "{\"header\":{\"gtfsRealtimeVersion\":\"2.0\"},\"entity\":[\n{\"id\":\"1\",\"vehicle\":{\"trip\":{\"tripId\":\"T1\"},\"position\":{\"latitude\":1.5,\"longitude\":2.5}}}\n]}\n")]
    [InlineData("J2735 BSM", "{\"messageId\":20,\"value\":{\"BasicSafetyMessage\":{\"coreData\":{\"msgCnt\":1,\"id\":\"0A0B\",\"secMark\":500,\"lat\":1,\"long\":2}}}}\n")]
    [InlineData("J2735 SRM", "{\"time\":\"2024-05-13T15:00:00\",\"requestor\":{\"id\":\"77\"},\"requests\":[]}\n")]
    [InlineData("MDS trips", "{\"provider_id\":\"p\",\"trip_id\":\"t\",\"route\":{}}\n")]
    [InlineData("MDS trips as an array", "[{\"provider_id\":\"p\",\"trip_id\":\"t\"}]")]
    [InlineData("AVL", "timestamp,vehicle_id,latitude,longitude,speed\n2024-05-13T15:00:00,Bus-7,40.1,-111.2,33\n")]
    [InlineData("toll reads", "TimeStamp;Transponder ID;Gantry\n2024-05-13T15:00:00;E0079;4\n")]
    [InlineData("Bluetooth reads", "timestamp,mac,sensor\n2024-05-13T15:00:00,00:04:81:02:80:5c,12\n")]
    [InlineData("plate reads", "TimeStamp,Plate,Camera,EventCode,Parameter\n2024-05-13T15:00:00,ABC123,4,1,2\n")]
    [InlineData("trajectories", "time,lat,lon\n2024-05-13T15:00:00,40.1,-111.2\n")]
    [InlineData("crash records", "CrashID,Date,Severity\n17,2024-05-13,2\n")]
    [InlineData("caller records", "time,caller_name,topic\n2024-05-13T15:00:00,Ann Example,signal out\n")]
    [Trait("rule", "P08")]
    public void A_file_about_single_travelers_is_refused_whole(string kind, string text)
    {
        var read = CapturedEvents.Read(text, Utc);

        Assert.Empty(read.Events);
        var issue = Assert.Single(read.Issues.ListExamples());
        Assert.True(issue.Kind == DataIssueKind.PrivacyRefused, $"{kind}: {issue}");
        Assert.Equal("", issue.Value);
    }

    [Fact]
    [Trait("rule", "P06")]
    public void Fields_that_events_do_not_have_are_dropped_and_counted_by_name_only()
    {
        foreach (var text in new[]
        {
            "TimeStamp,SignalID,EventCode,EventParam,Operator,Note\n2024-05-13T15:00:00,1,82,5,canary-ann,canary-note\n",
            "{\"time\":\"2024-05-13T15:00:00\",\"signal\":1,\"code\":82,\"param\":5,\"Operator\":\"canary-ann\",\"Note\":{\"deep\":[\"canary-note\"]}}\n",
            "<EventResponses><EventResponse><Operator>canary-ann</Operator><Description><IntersectionNumber>1</IntersectionNumber><Operator>canary-ann</Operator></Description>"
                + "<Event ID=\"1\" TimeStamp=\"5-13-2024 15:00:00.0\" EventTypeID=\"82\" Parameter=\"5\" Note=\"canary-note\"/></EventResponse></EventResponses>",
        })
        {
            var read = CapturedEvents.Read(text, Utc);

            Assert.Equal(82, Assert.Single(read.Of("1")).Code);
            Assert.Contains(read.Issues.ListExamples(), i => i is { Kind: DataIssueKind.UnknownField, Value: "Operator" });
            Assert.Contains(read.Issues.ListExamples(), i => i is { Kind: DataIssueKind.UnknownField, Value: "Note" });
            Assert.DoesNotContain("canary", read.IssueText, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("rule", "P06")]
    public void Row_numbers_and_addresses_beside_events_are_dropped_unread()
    {
        var read = CapturedEvents.Read("OBJECTID,TimeStamp,SignalID,EventCode,EventParam,MAC\n71,2024-05-13T15:00:00,1,82,5,00:04:81:02:80:5c\n", Utc);

        Assert.Single(read.Events);
        Assert.Equal(["OBJECTID", "MAC"], read.Issues.ListExamples().Select(i => i.Value));
        Assert.DoesNotContain("80:5c", read.IssueText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rule", "P06")]
    public void Fields_made_up_at_random_are_never_kept()
    {
        const int Seed = 7;
        var random = new Random(Seed);
        for (var i = 0; i < 200; i++)
        {
            var name = string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => (char)random.Next('!', '~'))).Replace(',', '_').Replace(';', '_').Replace('"', '_');
            var read = CapturedEvents.Read($"TimeStamp,SignalID,EventCode,EventParam,{name}\n2024-05-13T15:00:00,1,82,5,canary{i}\n", Utc);

            Assert.True(read.Events.Length == 1 || read.CountOf(DataIssueKind.PrivacyRefused) == 1, $"Seed {Seed}, name {name}: {read.IssueText}");
            Assert.DoesNotContain("canary", read.IssueText, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("00:04:81:02:80:5c")]
    [InlineData("00-04-81-02-80-5c")]
    [InlineData("0004.8102.805c")]
    [InlineData("00048102805c")]
    [InlineData("10.210.8.179")]
    [InlineData("ann@example.org")]
    [InlineData("1HGCM82633A004352")]
    [Trait("rule", "P07")]
    public void A_signal_named_by_an_address_or_a_serial_number_is_refused_and_the_name_is_not_kept(string name)
    {
        foreach (var text in new[]
        {
            $"TimeStamp,SignalID,EventCode,EventParam\n2024-05-13T15:00:00,{name},82,5\n",
            $"{{\"time\":\"2024-05-13T15:00:00\",\"signal\":\"{name}\",\"code\":82,\"param\":5}}\n",
            $"<EventResponses><EventResponse><Description><IntersectionNumber>{name}</IntersectionNumber></Description><Event ID=\"1\" TimeStamp=\"5-13-2024 15:00:00.0\" EventTypeID=\"82\" Parameter=\"5\"/></EventResponse></EventResponses>",
        })
        {
            var read = CapturedEvents.Read(text, Utc);

            Assert.Empty(read.Events);
            Assert.Equal(1, read.CountOf(DataIssueKind.PrivacyRefused));
            Assert.DoesNotContain(name, read.IssueText, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("ann@example.org")]
    [InlineData("801-555-0199")]
    [InlineData("00:04:81:02:80:5c")]
    [InlineData("8015550199")]
    [Trait("rule", "P07")]
    public void A_value_that_does_not_belong_is_reported_by_its_shape(string value)
    {
        foreach (var row in new[] { $"{value},1,82,5", $"2024-05-13T15:00:00,1,{value},5", $"2024-05-13T15:00:00,1,82,{value}" })
        {
            var read = CapturedEvents.Read($"TimeStamp,SignalID,EventCode,EventParam\n{row}\n", Utc);

            Assert.Empty(read.Events);
            Assert.Equal(1, read.CountOf(DataIssueKind.BadRow));
            Assert.DoesNotContain(value, read.IssueText, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("rule", "P10")]
    public void Addresses_in_the_headers_of_controller_files_are_read_past()
    {
        var settings = Utc with { Signal = SignalId.Parse("1") };
        var dat = CapturedEvents.Read(LogText.Dat("5-13-2024 15:00:00.0", (82, 5, 0)), settings);
        var xml = CapturedEvents.Read(LogText.MaxTime([new(CapturedEvents.Utc("2024-05-13T15:00:00Z"), 82, 5)], "1"), settings);

        foreach (var read in new[] { dat, xml })
        {
            Assert.Single(read.Events);
            Assert.Equal(0, read.Issues.Count);
            Assert.DoesNotContain("10.", read.Summary.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("rule", "P10")]
    public void Addresses_in_the_header_of_a_damaged_controller_file_are_not_repeated_in_issues()
    {
        var whole = LogText.Dat("5-13-2024 15:00:00.0", (82, 5, 0));
        for (var length = 0; length < whole.Length; length++)
        {
            foreach (var text in new[] { CapturedEvents.Read(whole[..length], Utc), CapturedEvents.Read([.. "x"u8, .. whole[..length]], Utc) })
            {
                Assert.DoesNotContain("10.1.2.3", text.IssueText, StringComparison.Ordinal);
                Assert.DoesNotContain("aa:bb", text.IssueText, StringComparison.OrdinalIgnoreCase);
            }
        }

        var xml = LogText.MaxTime([], "1");
        for (var length = 0; length < xml.Length; length++)
        {
            Assert.DoesNotContain("10.9.8.7", CapturedEvents.Read(Encoding.UTF8.GetBytes(xml[..length]), Utc).IssueText, StringComparison.Ordinal);
        }
    }
}
