using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Crosstown.Logs.Store;
using Crosstown.Server.Live.Intake;
using Crosstown.Server.Tests.Configuration;

namespace Crosstown.Server.Tests.Live.Intake;

/// <summary>What other programs and people hand in over the wire.</summary>
public sealed class IntakeTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Theory]
    [Trait("rule", "R06")]
    [InlineData("application/x-ndjson")]
    [InlineData("text/csv")]
    public async Task A_batch_is_answered_when_it_is_stored_and_the_same_again_adds_nothing(string type)
    {
        await using var server = await DeskServer.StartAsync();
        var events = LogLines.Make(1, 500);
        var body = type == "text/csv" ? LogLines.Csv("1136", events) : LogLines.Ndjson("1136", events);
        var distinct = LogLines.SortedDistinct(events);

        var (status, first, _) = await server.SendAsync(HttpMethod.Post, "events?zone=America/Denver", body, type: type);
        var (_, again, _) = await server.SendAsync(HttpMethod.Post, "events?zone=America/Denver", body, type: type);

        Assert.Equal((200, distinct.Count, 0), (status, first.GetProperty("added").GetInt32(), first.GetProperty("refused").GetInt32()));
        Assert.Equal((first.GetProperty("taken").GetInt32(), 0), (again.GetProperty("taken").GetInt32(), again.GetProperty("added").GetInt32()));
        Assert.Equal(distinct, LogLines.Read(server.Get<LiveEvents>(), "1136"));
        Assert.Equal("America/Denver", server.Get<LiveEvents>().FindZone(Core.Street.SignalId.Parse("1136")));
    }

    [Fact]
    [Trait("rule", "R06")]
    public async Task Pieces_and_overlaps_in_any_order_and_by_any_door_give_one_state()
    {
        var events = LogLines.Make(2, 4_000);
        var hashes = new HashSet<string>();
        for (var order = 0; order < 3; order++)
        {
            var random = new Random(order);
            await using var server = await DeskServer.StartAsync();
            var starts = Enumerable.Range(0, 20).Select(i => i * 200).ToArray();
            random.Shuffle(starts);
            foreach (var start in starts)
            {
                var piece = events.Skip(Math.Max(0, start - random.Next(100))).Take(200 + random.Next(100)).Concat(events.Skip(start).Take(200)).ToArray();
                random.Shuffle(piece);
                var (status, _, _) = random.Next(2) == 0
                    ? await server.SendAsync(HttpMethod.Post, "events", LogLines.Ndjson("7", piece), type: "application/x-ndjson")
                    : await server.SendAsync(HttpMethod.Post, "files", LogLines.Csv("7", piece), type: "application/octet-stream");
                Assert.Equal(200, status);
                if (random.Next(5) == 0)
                {
                    await server.Get<LiveEvents>().FlushAsync(Stop);
                }
            }

            await server.Get<LiveEvents>().FlushAsync(Stop);
            hashes.Add(EventStore.Open(server.Data).StateHash());
        }

        Assert.Single(hashes);
    }

    [Fact]
    [Trait("rule", "P09")]
    public async Task A_picture_film_or_sound_is_turned_away_and_counted_whatever_it_calls_itself()
    {
        await using var server = await DeskServer.StartAsync();
        byte[] picture = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, .. "IHDR"u8, 0, 0, 1, 0, 0, 0, 1, 0, 8, 2, 0, 0, 0];
        foreach (var (path, type) in new[] { ("events", "image/png"), ("files", "video/mp4"), ("events", "audio/ogg"), ("events", "text/csv"), ("files", "application/octet-stream") })
        {
            using var content = new ByteArrayContent(picture);
            content.Headers.ContentType = new MediaTypeHeaderValue(type);
            using var answer = await server.Client.PostAsync(new Uri(path, UriKind.Relative), content, Stop);
            Assert.Equal((HttpStatusCode.UnsupportedMediaType, "XT320"), (answer.StatusCode, await CodeOf(answer)));
        }

        using var parts = new MultipartFormDataContent();
        using var part = new ByteArrayContent(picture);
        part.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        parts.Add(part, "file", "corner.csv");
        using var answered = await server.Client.PostAsync(new Uri("files", UriKind.Relative), parts, Stop);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answered.StatusCode);
        Assert.Equal(6, server.Get<IntakeLog>().RecordingsRefused);
        Assert.Empty(server.Get<LiveEvents>().ListSignals());
    }

    [Fact]
    [Trait("rule", "X05")]
    public async Task What_cannot_be_taken_is_refused_with_a_code()
    {
        await using var server = await DeskServer.StartAsync();

        await AssertRefused(server, "events", "{}", "application/json", 415, "XT321");
        await AssertRefused(server, "events", "nothing that anybody knows", "text/csv", 422, "XT329");
        await AssertRefused(server, "events?zone=Nowhere/Else", LogLines.Ndjson("1", LogLines.Make(3, 3)), "application/x-ndjson", 400, "XT101");
        await AssertRefused(server, "files?signal=not%20one!", "x", "application/octet-stream", 400, "XT322");
        await AssertRefused(server, "files", "--x--", "multipart/form-data; boundary=x", 400, "XT322");
    }

    [Fact]
    [Trait("rule", "X05")]
    [Trait("rule", "R08")]
    public async Task A_body_beyond_the_limit_is_refused_before_it_is_read()
    {
        await using var server = await DeskServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("files", UriKind.Relative));
        request.Headers.ExpectContinue = true;
        request.Content = new ByteArrayContent(new byte[IntakeApi.MostBytes + 1]);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");

        using var answer = await server.Client.SendAsync(request, Stop);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "XT323"), (answer.StatusCode, await CodeOf(answer)));
    }

    [Fact]
    [Trait("rule", "P10")]
    [Trait("rule", "X06")]
    public async Task Files_of_several_kinds_are_taken_at_once_and_their_names_are_never_paths()
    {
        await using var server = await DeskServer.StartAsync();
        var (plain, packed) = (LogLines.Make(4, 300), LogLines.Make(5, 400));
        using var zipped = new MemoryStream();
        await using (var zip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            await zip.WriteAsync(Encoding.UTF8.GetBytes(LogLines.Csv("22", packed)), Stop);
        }

        using var parts = new MultipartFormDataContent();
        using var zone = new StringContent("America/Denver");
        using var first = new StringContent(LogLines.Ndjson("11", plain));
        using var second = new ByteArrayContent(zipped.ToArray());
        using var third = new StringContent("no log at all");
        parts.Add(zone, "zone");
        parts.Add(first, "files", "../../../evil-10.1.2.33.ndjson");
        parts.Add(second, "files", "/etc/b.csv.gz");
        parts.Add(third, "files", "c.txt");
        using var answer = await server.Client.PostAsync(new Uri("files", UriKind.Relative), parts, Stop);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var files = json.RootElement.GetProperty("files").EnumerateArray().ToList();
        Assert.Equal(["evil-(address).ndjson", "b.csv.gz", "c.txt"], files.Select(f => f.GetProperty("name").GetString()));
        Assert.Equal(JsonValueKind.Null, files[2].GetProperty("format").ValueKind);
        Assert.NotEqual(0, json.RootElement.GetProperty("issueCount").GetInt64());
        Assert.Equal(LogLines.SortedDistinct(plain), LogLines.Read(server.Get<LiveEvents>(), "11"));
        Assert.Equal(LogLines.SortedDistinct(packed), LogLines.Read(server.Get<LiveEvents>(), "22"));
        Assert.DoesNotContain(Directory.EnumerateFiles(server.Data, "*", SearchOption.AllDirectories), f => f.Contains("evil", StringComparison.Ordinal));
        var report = Assert.Single(server.Get<IntakeLog>().List());
        Assert.Equal((IntakeDoor.Upload, 3), (report.Door, report.Files.Count));
        Assert.DoesNotContain(report.Issues.ListExamples(), i => i.Source.Contains('/', StringComparison.Ordinal) || i.Source.Contains("10.1.2.33", StringComparison.Ordinal));
    }

    [Fact]
    public void Pushes_without_anything_wrong_are_counted_only_and_of_others_a_few_a_minute_are_kept()
    {
        var clock = new HandClock(DateTimeOffset.UnixEpoch);
        var log = new IntakeLog(clock);
        var told = 0;
        log.Added += _ => told++;
        for (var i = 0; i < 20; i++)
        {
            log.Add(Report(IntakeDoor.Push, isBad: false));
            log.Add(Report(IntakeDoor.Push, isBad: true));
        }

        Assert.Equal((IntakeLog.PushesPerMinute, IntakeLog.PushesPerMinute), (log.List().Count, told));
        clock.Advance(TimeSpan.FromMinutes(2));
        log.Add(Report(IntakeDoor.Push, isBad: true));
        for (var i = 0; i < IntakeLog.Kept + 5; i++)
        {
            log.Add(Report(IntakeDoor.Upload, isBad: false));
        }

        Assert.Equal(IntakeLog.Kept, log.List().Count);
        Assert.Equal(IntakeLog.PushesPerMinute + 1 + IntakeLog.Kept + 5, told);
    }

    private static IntakeReport Report(IntakeDoor door, bool isBad)
    {
        var issues = new Core.Data.DataIssueLog();
        if (isBad)
        {
            issues.Add(Core.Data.DataIssueKind.BadRow, "body", 1, "", "left out");
        }

        return new IntakeReport(door, 0, 1, [], 1, 1, 0, issues);
    }

    private static async Task AssertRefused(DeskServer server, string path, string body, string type, int status, string code)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var answer = await server.Client.PostAsync(new Uri(path, UriKind.Relative), content, Stop);
        Assert.Equal((status, code), ((int)answer.StatusCode, await CodeOf(answer)));
    }

    private static async Task<string?> CodeOf(HttpResponseMessage answer)
    {
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop));
        return json.RootElement.GetProperty("problems")[0].GetProperty("code").GetString();
    }
}
