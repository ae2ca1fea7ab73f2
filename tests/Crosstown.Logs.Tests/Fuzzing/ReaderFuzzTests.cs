using System.Diagnostics;
using System.Globalization;
using System.Text;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Formats;
using Crosstown.Logs.Store;
using Crosstown.Logs.Tests.Formats;

namespace Crosstown.Logs.Tests.Fuzzing;

/// <summary>Feeds damaged files to each reader: no exception, no hang, bounded memory, and every row either delivered or refused with an issue.</summary>
/// <remarks>CROSSTOWN_FUZZ_SECONDS sets the time for each reader (3), CROSSTOWN_FUZZ_SEED the first seed; a failure prints its seed and the file.</remarks>
[Trait("rule", "R16")]
public sealed class ReaderFuzzTests
{
    private const long AllocationLimit = 64L << 20;
    private const int BytesPerEventKept = 64;
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(1);
    private static readonly long Start = CapturedEvents.Utc("2024-11-03T06:30:00Z");

    /// <summary>Events in the segments that are damaged: without an issue, one of them must have been read whole.</summary>
    private static readonly int[] SegmentCounts = [12, 300];

    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "\n", "\r\n", "\r", ",", ";", "\t", "\"", "\"\"", "'", "<", ">", "/>", "</", "<Event ", "<!--", "-->", "<?", "<![CDATA[", "<!DOCTYPE", "&amp;", "&#x0;", "=", "{", "}", "[", "]", ":", "\\", "\\u0000", "\\ud800",
            "TimeStamp", "EventCode", "Parameter", "SignalID", "Phases in use:", "<IntersectionNumber>", "</EventResponses>", "-", "-1", "65536", "32768", "99999999999999999999", "1e9", "NaN", "null", "true",
            "2024-11-03T01:30:00", "2024-03-10T02:30:00", "1970-01-01T00:00:00", "9999-12-31T23:59:59", "12/31/2099 11:59:59 PM", "Z", "+14:00", "\uFEFF", "\0", "227", "10.1.2.3", "vehicle_id",
        }.Select(Encoding.UTF8.GetBytes),
        [0x1f, 0x8b, 8, 0],
        [0x78, 0x9c],
        new byte[64],
        Encoding.UTF8.GetBytes(new string('x', 70_000)),
    ];

    [Theory]
    [InlineData("csv")]
    [InlineData("csv.gz")]
    [InlineData("ndjson")]
    [InlineData("econolite")]
    [InlineData("econolite.zlib")]
    [InlineData("maxtime")]
    [InlineData("segment")]
    public void A_damaged_file_is_never_fatal_slow_greedy_or_lost_in_silence(string kind)
    {
        var seconds = double.Parse(Environment.GetEnvironmentVariable("CROSSTOWN_FUZZ_SECONDS") ?? "3", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("CROSSTOWN_FUZZ_SEED") ?? "1", CultureInfo.InvariantCulture);
        var originals = Originals(kind);
        var clock = Stopwatch.StartNew();
        var runs = 0;
        for (; clock.Elapsed.TotalSeconds < seconds; runs++, seed++)
        {
            var file = new Mutator(seed, Tokens).Next(originals);
            try
            {
                Check(kind, file);
            }
            catch (Exception failure)
            {
                var kept = Path.Combine(Path.GetTempPath(), $"crosstown-fuzz-{kind}-{seed}.bin");
                File.WriteAllBytes(kept, file);
                Assert.Fail($"Seed {seed}, {kind}, file kept as {kept}: {failure}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {runs} files in {clock.Elapsed.TotalSeconds:F0} s, last seed {seed - 1}");
        Assert.True(runs > 0);
    }

    private static void Check(string kind, byte[] file)
    {
        var settings = new ReadSettings { Zone = "America/Denver", Signal = SignalId.Parse("1") };
        var sink = new CountingSink();
        var issues = new DataIssueLog();
        var allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        using var stream = new MemoryStream(file);
        var summary = LogFiles.Read(stream, "fuzz", settings, sink, issues).Files[0];
        var took = clock.Elapsed;
        var allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;

        Assert.True(allocated <= AllocationLimit + (sink.Events * BytesPerEventKept), $"{allocated} bytes allocated.");
        Assert.Equal(sink.Events, summary.Events);
        Assert.True(summary.Bytes == file.Length || issues.Count > 0, $"{summary.Bytes} of {file.Length} bytes read and no issue.");
        if (took > HangLimit)
        {
            clock.Restart();
            stream.Position = 0;
            LogFiles.Read(stream, "fuzz", settings, new CountingSink(), new DataIssueLog());
            Assert.True(clock.Elapsed <= HangLimit, $"{took} and again {clock.Elapsed} for {file.Length} bytes.");
        }

        if (!IsRefusedWhole(issues, summary))
        {
            CheckNothingLost(kind, file, summary, issues);
        }
        else
        {
            Assert.True(issues.Count > 0, "No event and no issue.");
        }
    }

    private static void CheckNothingLost(string kind, byte[] file, FileSummary summary, DataIssueLog issues)
    {
        var accounted = summary.Events + summary.RowsRefused;
        switch (summary.Format)
        {
            case "csv" when kind == "csv" && file is not [0x1f, 0x8b, ..]:
                Assert.Equal(CountRows(file, hasHeader: true), accounted);
                break;
            case "ndjson" when kind == "ndjson" && file is not [0x1f, 0x8b, ..]:
                Assert.Equal(CountRows(file, hasHeader: false), accounted);
                break;
            case "econolite" when kind == "econolite":
                Assert.Contains(RecordBytes(file), rest => (rest + 3) / 4 == accounted);
                break;
            case "maxtime" when kind == "maxtime":
                Assert.True(accounted >= CountEvents(file), $"{accounted} accounted for of {CountEvents(file)}.");
                break;
            case "segment":
                Assert.True(issues.Count > 0 || SegmentCounts.Any(count => count == summary.Events), $"{summary.Events} events and no issue.");
                break;
            default:
                break;
        }

        Assert.True(summary.RowsRefused == 0 || issues.Count >= summary.RowsRefused);
    }

    private static bool IsRefusedWhole(DataIssueLog issues, FileSummary summary) =>
        summary.Format is null || (summary.Events == 0 && summary.RowsRefused == 0)
        || issues.ListExamples().Any(i => i.Kind is DataIssueKind.BadHeader && i.Assumed.Contains("left out", StringComparison.Ordinal));

    /// <summary>Lines that hold anything, without the header and its repetitions.</summary>
    private static int CountRows(byte[] file, bool hasHeader)
    {
        var text = file.AsSpan();
        text = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
        var rows = 0;
        byte[]? header = null;
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range].TrimEnd((byte)'\r');
            if (hasHeader && header is null)
            {
                header = line.ToArray();
            }
            else if (line.Trim(" \t\r"u8).Length > 0 && !(hasHeader && line.SequenceEqual(header)))
            {
                rows++;
            }
        }

        return rows;
    }

    private static int CountEvents(byte[] file)
    {
        var count = 0;
        for (var rest = file.AsSpan(); rest.IndexOf("<Event "u8) is >= 0 and var at; rest = rest[(at + 1)..])
        {
            count++;
        }

        return count;
    }

    /// <summary>Bytes that may follow the header: behind a line that says which phases are in use, or behind the seventh.</summary>
    private static IEnumerable<int> RecordBytes(byte[] file)
    {
        var end = -1;
        for (var line = 1; line <= 7; line++)
        {
            end = Array.IndexOf(file, (byte)'\n', end + 1);
            if (end < 0)
            {
                yield break;
            }

            yield return file.Length - end - 1;
        }
    }

    /// <summary>The one segment that a store makes of one day's events.</summary>
    private static byte[] Segment(ControllerEvent[] events)
    {
        var folder = Directory.CreateTempSubdirectory("crosstown-fuzz-");
        try
        {
            using (var writer = EventStore.Open(folder.FullName).OpenWriter(new DataIssueLog()))
            {
                writer.Add(SignalId.Parse("227"), "America/Denver", events);
                Assert.Equal(events.Length, writer.Commit().Added);
            }

            return File.ReadAllBytes(Assert.Single(folder.GetFiles("*.seg", SearchOption.AllDirectories)).FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static List<byte[]> Originals(string kind)
    {
        var few = LogText.Events(12, Start);
        var many = LogText.Events(300, Start);
        var clock = Logs.Zones.ZoneRules.MapFor("America/Denver");
        byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
        List<byte[]> csv =
        [
            Bytes(LogText.Csv(few)),
            Bytes(LogText.Csv(many.Select(e => e with { TimeMs = Start + ((e.TimeMs - Start) * 400) }), clock)),
            Bytes(LogText.Csv(few).Replace(',', ';').Replace("\n", "\r\n", StringComparison.Ordinal)),
            Bytes("EventCode,EventParam,Note,SignalID,Time\n" + string.Concat(few.Select(e => $"{e.Code},\"{e.Parameter}\",\"a,b\",227,5/13/2024 3:00:00 PM\n"))),
            Bytes("Time,Code,Param\n" + string.Concat(few.Select(e => $"{e.TimeMs},{e.Code},{e.Parameter}\n"))),
        ];
        List<byte[]> econolite =
        [
            LogText.Dat("11-3-2024 01:15:00.0", [.. many.Select(e => ((int)e.Code & 255, (int)e.Parameter & 255, (int)((e.TimeMs - Start) / 100)))]),
            LogText.Dat("5-13-2024 15:00:00.0", (82, 5, 40_000), (81, 5, 65_535)),
            LogText.Dat("5-13-2024 15:00:00.0"),
        ];
        return kind switch
        {
            "csv" => csv,
            "csv.gz" => [.. csv.Select(c => LogText.Gzip(c)), LogText.Gzip(csv[0], csv[1])],
            "ndjson" =>
            [
                Bytes(LogText.Ndjson(few)),
                Bytes(LogText.Ndjson(many, "452")),
                Bytes("""{"note":{"a":[1,2,{"b":null}]},"time":"5\/13\/2024 3:00:00 PM","code":"82","param":"5"}""" + "\n"),
            ],
            "econolite" => econolite,
            "econolite.zlib" => [.. econolite.Select(LogText.Zlib)],
            "segment" => [.. SegmentCounts.Select(count => Segment([.. LogText.Events(count, Start)]))],
            "maxtime" => [Bytes(LogText.MaxTime(few)), Bytes(LogText.MaxTime(many, "452")), Bytes(LogText.MaxTime(few) + LogText.MaxTime(few, "9"))],
            _ => throw new ArgumentException($"No such kind: {kind}", nameof(kind)),
        };
    }
}
