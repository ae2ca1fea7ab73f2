using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Crosstown.Server.Privacy;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Formats;
using Crosstown.Logs.Store;

namespace Crosstown.Cli.Tests.Privacy;

/// <summary>Made-up people enter through every door of import; none of them may be found afterwards.</summary>
public sealed class CanaryTests : IDisposable
{
    private const int GoodRows = 9;
    private const string HardwareAddress = "7c:2e:bd:91:04:f6";
    private const string OtherHardwareAddress = "a4b1c2d3e4f5";
    private const string Plate = "QZX7294K";
    private const string Mailbox = "canary.person@example.org";
    private const string DialNumber = "801-736-4412";
    private const string BareDialNumber = "8017364412";
    private const string HandsetNumber = "490154203237518";
    private const string Uuid = "3f0c9d2a-71b4-4e8e-9a55-0d6be1f7c812";
    private const string NetworkAddress = "10.77.203.118";

    private static readonly string[] Canaries = [HardwareAddress, OtherHardwareAddress, Plate, Mailbox, DialNumber, BareDialNumber, HandsetNumber, Uuid, NetworkAddress];

    private readonly string _folder = Directory.CreateTempSubdirectory("crosstown-canary-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("rule", "P06")]
    [Trait("rule", "P10")]
    [Trait("rule", "P19")]
    public void No_identifier_that_enters_through_import_is_found_in_any_byte_that_it_leaves()
    {
        var data = Path.Combine(_folder, "data");
        var (events, issues) = Import(Path.Combine(_folder, "in"), data, MakeDoors());
        File.WriteAllLines(Path.Combine(data, "issues.txt"), issues.ListExamples().Select(i => i.ToString())
            .Concat(issues.ListCounts().Select(c => c.ToString())));

        Assert.Equal(GoodRows, events);
        Assert.Equal(4, issues.ListCounts().Where(c => c.Kind == DataIssueKind.UnknownField).Select(c => c.Source).Distinct().Count());
        Assert.True(issues.CountOf(DataIssueKind.PrivacyRefused) >= 9, string.Join('\n', issues.ListCounts()));
        Assert.Empty(new CanarySweep(Canaries).Search(data));
    }

    [Fact]
    [Trait("rule", "P19")]
    public void A_planted_leak_is_found_in_every_form()
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder, "leaks")).FullName;
        var sweep = new CanarySweep(Canaries);
        Assert.Empty(sweep.Search(data));
        var leaks = new Dictionary<string, byte[]>
        {
            ["text"] = Encoding.UTF8.GetBytes($"x{Mailbox}y"),
            ["recased"] = Encoding.UTF8.GetBytes(Mailbox.ToUpperInvariant()),
            ["bare"] = Encoding.UTF8.GetBytes(HardwareAddress.Replace(":", "", StringComparison.Ordinal)),
            ["base64"] = Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes($"ab{Plate}cd"))),
            ["hex"] = Encoding.UTF8.GetBytes(Convert.ToHexString(Encoding.UTF8.GetBytes(Plate))),
            ["url"] = Encoding.UTF8.GetBytes(Uri.EscapeDataString(Mailbox)),
            ["utf16"] = Encoding.Unicode.GetBytes(DialNumber),
            ["hash"] = System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(HardwareAddress)),
            ["number"] = BitConverter.GetBytes(long.Parse(BareDialNumber, CultureInfo.InvariantCulture)),
            ["bytes"] = [1, 2, .. Convert.FromHexString(OtherHardwareAddress), 3],
            ["zlib"] = [9, 9, .. Pack(s => new ZLibStream(s, CompressionLevel.Optimal), Uuid)],
            ["gzip"] = [9, .. Pack(s => new GZipStream(s, CompressionLevel.Optimal), NetworkAddress)],
        };
        foreach (var (name, bytes) in leaks)
        {
            File.WriteAllBytes(Path.Combine(data, name), bytes);
        }

        Directory.CreateDirectory(Path.Combine(data, HandsetNumber));
        var hits = sweep.Search(data);

        Assert.All(leaks.Keys, name => Assert.Contains(hits, h => h.Contains(Path.Combine(data, name), StringComparison.Ordinal)));
        Assert.Contains(hits, h => h.StartsWith(HandsetNumber, StringComparison.Ordinal) && h.Contains("name of", StringComparison.Ordinal));

        static byte[] Pack(Func<Stream, Stream> open, string text)
        {
            using var packed = new MemoryStream();
            using (var stream = open(packed))
            {
                stream.Write(Encoding.UTF8.GetBytes($"a header, {text}, and so on"));
            }

            return packed.ToArray();
        }
    }

    [Fact]
    [Trait("rule", "P02")]
    public void Every_file_that_import_leaves_has_a_path_in_the_inventory()
    {
        var data = Path.Combine(_folder, "data");
        Import(Path.Combine(_folder, "in"), data, MakeDoors());
        var patterns = Inventory.Published.Groups.Where(g => g.Kind == "path").Select(g => new Regex(
            "^" + string.Join('/', g.Name.Split('/').Select(part => Regex.Replace(Regex.Escape(part), "[A-Z]{3,}", "[A-Za-z0-9._-]+"))) + "$")).ToArray();
        var files = Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(data, p).Replace('\\', '/')).ToArray();

        Assert.NotEmpty(files);
        Assert.All(files, f => Assert.Contains(patterns, p => p.IsMatch(f)));
    }

    [Fact]
    [Trait("rule", "P11")]
    public void A_table_of_single_speed_readings_leaves_nothing_on_the_disk()
    {
        var data = Path.Combine(_folder, "data");
        var (events, _) = Import(Path.Combine(_folder, "in"), data, [("speeds.csv", Text("TimeStamp,DetectorId,Mph\n2018-02-01T00:00:14.530,718518,87.4321\n"))]);

        Assert.Equal(0, events);
        Assert.Empty(new CanarySweep(["87.4321", "718518"]).Search(data));
    }

    /// <summary>Every door of import with canaries in it, beside <see cref="GoodRows"/> good rows.</summary>
    private static (string Name, byte[] Content)[] MakeDoors()
    {
        const string header = "TimeStamp,SignalId,EventCode,Parameter";
        var econolite = string.Concat(new[]
        {
            "Version #:,3", $"ECON_{NetworkAddress}_2024_05_13_1500.dat", $"Intersection #:,{NetworkAddress}", $"IP Address:,{NetworkAddress}", $"MAC Address:,{HardwareAddress}",
            "Controller Data Log Beginning:,5/13/2024,15:00:00.0", "Phases in use:,1,2",
        }.Select(l => $"5-13-2024 15:00:00.0,{l}\n"));
        var decimalAddress = string.Join(',', HardwareAddress.Split(':').Select(p => Convert.ToInt32(p, 16)));
        return
        [
            ("extra.csv", Text($"{header},Note,Mac\n2024-05-13T15:00:00,7,1,2,{Mailbox},{HardwareAddress}\n2024-05-13T15:00:01,7,8,2,{DialNumber},{OtherHardwareAddress}\n")),
            ("header.csv", Text($"{header},{Mailbox},{BareDialNumber}\n2024-05-13T15:00:02,7,10,2,1,1\n")),
            ("signals.csv", Text(
                $"{header}\n2024-05-13T15:00:03,{OtherHardwareAddress},1,2\n2024-05-13T15:00:03,{BareDialNumber},1,2\n2024-05-13T15:00:03,{HandsetNumber},1,2\n"
                + $"2024-05-13T15:00:03,{Uuid},1,2\n2024-05-13T15:00:03,{Mailbox},1,2\n2024-05-13T15:00:03,{NetworkAddress},1,2\n2024-05-13T15:00:03,7,11,2\n")),
            ("values.csv", Text($"{header}\n{Mailbox},7,1,2\n2024-05-13T15:00:04,7,{Plate},2\n2024-05-13T15:00:04,7,1,{BareDialNumber}\n2024-05-13T15:00:04,7,12,2\n")),
            ("events.ndjson", Text(
                $$"""{"time":"2024-05-13T15:00:05Z","signal":"7","code":1,"parameter":4,"note":"{{Mailbox}}","more":{"deep":["{{Uuid}}"]} }""" + "\n"
                + $$"""{"time":"2024-05-13T15:00:06Z","signal":"{{HandsetNumber}}","code":1,"parameter":4}""" + "\n")),
            ("econolite.dat", [.. Text(econolite), 1, 6, 0, 70, 8, 6, 0, 90]),
            ("maxtime.xml", Text(
                "<?xml version=\"1.0\" encoding=\"utf-8\"?><EventResponses><EventResponse><Description><IntersectionNumber>7</IntersectionNumber>"
                + $"<IP>{NetworkAddress}</IP><MAC>{decimalAddress}</MAC><StartTime>5-13-2024 15:00:00.0</StartTime><PhasesInUse>1,2</PhasesInUse></Description>"
                + $"<Event ID=\"1\" TimeStamp=\"5-13-2024 15:00:20.0\" EventTypeID=\"1\" Parameter=\"8\" Note=\"{Mailbox}\"/></EventResponse></EventResponses>")),
            ("reads.csv", Text($"Time,Reader,LicensePlate\n2024-05-13T15:00:00,1,{Plate}\n")),
            ("radio.csv", Text($"{HardwareAddress},4\n{OtherHardwareAddress},4\n{HardwareAddress},5\n{OtherHardwareAddress},5\n")),
            ("positions.json", Text($$"""{"header":{"gtfs_realtime_version":"2.0"},"entity":[{"id":"{{Plate}}","vehicle":{"position":{"latitude":1,"longitude":2} } }]}""")),
        ];
    }

    private static (long Events, DataIssueLog Issues) Import(string input, string data, (string Name, byte[] Content)[] files)
    {
        Directory.CreateDirectory(input);
        foreach (var (name, content) in files)
        {
            File.WriteAllBytes(Path.Combine(input, name), content);
        }

        var issues = new DataIssueLog();
        var store = EventStore.Open(data, issues);
        using (var writer = store.OpenWriter(issues))
        {
            LogFiles.Read(input, new ReadSettings { Zone = "UTC", Signal = SignalId.Parse("7") }, writer, issues);
            writer.Commit();
        }

        store.Reload();
        Assert.All(store.ListSignals(), signal => Assert.Equal("7", signal.Value));
        Assert.Equal(LocalTimeMap.Utc.Zone, store.CountEvents() == 0 ? "UTC" : store.ZoneOf(SignalId.Parse("7")));
        return (store.CountEvents(), issues);
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
