using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Server.Data;
using Crosstown.Server.Imports;
using Crosstown.Server.Tests.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Tests.Data;

public sealed class DataTests
{
    private const long DayMs = 86_400_000;
    private static readonly DateTimeOffset s_now = new(2026, 5, 13, 12, 0, 0, TimeSpan.Zero);
    private static readonly long s_todayMs = s_now.ToUnixTimeMilliseconds() - (DayMs / 2);

    [Fact]
    [Trait("rule", "R13")]
    public async Task A_day_with_a_silence_shows_the_share_that_was_seen_and_a_day_without_log_shows_nothing()
    {
        await using var server = await DeskServer.StartAsync(new FixedTime(s_now));

        // Two days ago: every minute except from 06:00 to 12:00. Yesterday: nothing. Today: every minute until now.
        await server.AddAsync("5", [.. Minutes(s_todayMs - (2 * DayMs), 0, 360), .. Minutes(s_todayMs - (2 * DayMs), 720, 1440), .. Minutes(s_todayMs, 0, 721)]);
        await server.Get<CoverageLook>().LookAsync(default);

        var days = await server.GetAsync($"data/days?from={s_todayMs - (3 * DayMs)}&to={s_todayMs + DayMs}");
        Assert.Equal(["2026-05-10", "2026-05-11", "2026-05-12", "2026-05-13"], days.GetProperty("days").EnumerateArray().Select(d => d.GetString()));
        var row = Assert.Single(days.GetProperty("items").EnumerateArray());
        var shares = row.GetProperty("seenShare").EnumerateArray().ToArray();
        Assert.Equal(JsonValueKind.Null, shares[0].ValueKind);
        Assert.Equal(0.75, shares[1].GetDouble(), 0.003);
        Assert.Equal(JsonValueKind.Null, shares[2].ValueKind);
        Assert.Equal(1, shares[3].GetDouble(), 0.003);
        Assert.Equal([0L, 1080, 0, 721], row.GetProperty("events").EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Null ? 0 : e.GetInt64()));
        Assert.Equal(2, row.GetProperty("gaps")[1].GetInt64());
        Assert.Equal(361 * 60_000, row.GetProperty("longestGapMs")[1].GetInt64());

        var data = await server.GetAsync("data");
        var signal = Assert.Single(data.GetProperty("signals").EnumerateArray());
        Assert.Equal((2, 1801L), (signal.GetProperty("days").GetInt32(), signal.GetProperty("events").GetInt64()));
        Assert.Equal(1.25 / 2.5, signal.GetProperty("seenShare").GetDouble(), 0.003);
    }

    [Fact]
    public async Task Coverage_is_looked_at_anew_only_when_events_were_added_and_a_restart_looks_at_nothing_twice()
    {
        var data = DeskServer.MakeFolder();
        try
        {
            await using (var server = await DeskServer.StartAsync(new FixedTime(s_now), data))
            {
                await server.AddAsync("5", Minutes(s_todayMs - DayMs, 0, 700));
                Assert.Equal(1, await server.Get<CoverageLook>().LookAsync(default));
                Assert.Equal(0, await server.Get<CoverageLook>().LookAsync(default));
            }

            await using var again = await DeskServer.StartAsync(new FixedTime(s_now), data);
            Assert.Equal(0, await again.Get<CoverageLook>().LookAsync(default));
            await again.AddAsync("5", Minutes(s_todayMs - DayMs, 700, 1440));
            Assert.Equal(1, await again.Get<CoverageLook>().LookAsync(default));
            Assert.Equal(1, again.Get<CoverageRecords>().Find(SignalId.Parse("5"), DataDays.NumberOf(s_todayMs) - 1)!.SeenShare(s_now.ToUnixTimeMilliseconds())!.Value, 0.003);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    [Trait("rule", "P13")]
    [Trait("rule", "P22")]
    public async Task After_91_days_raw_events_and_records_of_imports_are_gone_from_the_disk_without_anybody_asking()
    {
        var time = new FixedTime(s_now);
        await using var server = await DeskServer.StartAsync(time);
        await server.AddAsync("5", Minutes(s_todayMs, 0, 300));
        await server.Get<CoverageLook>().LookAsync(default);
        await server.Get<ImportRecords>().KeepAsync(
            new ImportRecord { Door = ImportDoor.Upload, StartedMs = 1, EndedMs = s_now.ToUnixTimeMilliseconds(), Files = [], EventsAdded = 300, Duplicates = 0, Issues = new DataIssueLog() }, default);
        await server.Get<LiveEvents>().FlushAsync();
        Assert.NotEmpty(Segments(server));

        time.Move(TimeSpan.FromDays(90));
        await WaitAsync(() => server.Get<RetentionJob>().LastMs == time.GetUtcNow().ToUnixTimeMilliseconds());
        Assert.NotEmpty(Segments(server));
        time.Move(TimeSpan.FromDays(1));
        await WaitAsync(() => server.Get<RetentionJob>().LastMs == time.GetUtcNow().ToUnixTimeMilliseconds());

        Assert.Empty(Segments(server));
        Assert.Null(server.Get<LiveEvents>().FindRange(SignalId.Parse("5")));
        Assert.Null(server.Get<CoverageRecords>().Find(SignalId.Parse("5"), DataDays.NumberOf(s_todayMs)));
        Assert.Equal(0, server.Get<ImportRecords>().List(null, false, 0, 9).Total);
    }

    [Fact]
    public async Task What_is_deleted_next_is_shown_for_the_setting_and_for_a_stricter_one()
    {
        await using var server = await DeskServer.StartAsync(new FixedTime(s_now));
        await server.AddAsync("5", [.. Minutes(s_todayMs - (40 * DayMs), 0, 100), .. Minutes(s_todayMs, 0, 10)]);

        var plan = Raw((await server.GetAsync("data")).GetProperty("retention"));
        Assert.Equal((90, 0L), (plan.GetProperty("keptDays").GetInt32(), plan.GetProperty("dueItems").GetInt64()));
        Assert.Equal(s_todayMs + (51 * DayMs), plan.GetProperty("nextMs").GetInt64());

        var (status, preview, _) = await server.SendAsync(HttpMethod.Post, "data/retention/preview", """{ "rawDays": 30 }""");
        Assert.Equal(200, status);
        Assert.Equal((30, 1L, 100L), (Raw(preview).GetProperty("keptDays").GetInt32(), Raw(preview).GetProperty("dueItems").GetInt64(), Raw(preview).GetProperty("dueEvents").GetInt64()));
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Post, "data/retention/preview", """{ "rawDays": 91 }""")).Status);
        Assert.Equal(110, (await server.GetAsync("data")).GetProperty("signals")[0].GetProperty("events").GetInt64());
    }

    [Theory]
    [Trait("rule", "P13")]
    [InlineData("91")]
    [InlineData("0")]
    [InlineData("long")]
    public void A_setting_cannot_keep_raw_events_longer_than_promised(string days)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Retention:RawDays", (string?)days)]).Build();

        var problem = Assert.Throws<ProblemException>(() => RetentionSettings.Read(configuration)).Problems.Single();

        Assert.Equal(("XT386", "Retention:RawDays"), (problem.Code, problem.Where));
    }

    [Fact]
    public async Task The_day_on_which_the_disk_is_full_follows_from_growth_and_what_is_deleted_meanwhile()
    {
        await using var server = await DeskServer.StartAsync(new FixedTime(s_now));
        var storage = server.Get<Storage>();
        var nowMs = s_now.ToUnixTimeMilliseconds();

        // 10 a day of raw events, kept 20 days: at most 200 ever; 1 a day of measures for good.
        KindGrowth[] growth = [new(Storage.RawEvents, 10, 7), new(Storage.Measures, 1, 7)];
        Assert.Equal(nowMs + (10 * DayMs), storage.FullMs(new DiskRoom(110, 1_000), growth, 20));
        Assert.Equal(nowMs + (100 * DayMs), storage.FullMs(new DiskRoom(300, 1_000), growth, 20));
        Assert.Null(storage.FullMs(new DiskRoom(300, 1_000), [new(Storage.RawEvents, 10, 7), new(Storage.Measures, null, 0)], 20));
    }

    [Fact]
    public async Task Sizes_are_told_by_kind_and_their_growth_from_day_to_day()
    {
        var time = new FixedTime(s_now);
        await using var server = await DeskServer.StartAsync(time);
        await server.SendAsync(HttpMethod.Put, "signals/5/configuration", """{ "signal": "5" }""", "*");
        var storage = server.Get<Storage>();
        await storage.KeepSizesAsync(default);
        var before = storage.Sizes().Single(s => s.Kind == "configuration").Bytes;
        Assert.True(before > 0);
        time.Move(TimeSpan.FromDays(2));
        File.WriteAllBytes(Path.Combine(server.Data, "signals", "notes.txt"), new byte[5_000]);
        await storage.KeepSizesAsync(default);

        Assert.Equal(before + 5_000, storage.Sizes().Single(s => s.Kind == "configuration").Bytes);
        Assert.Equal(new KindGrowth("configuration", 2_500, 2), storage.Growth().Single(g => g.Kind == "configuration"));

        // The records grew by the very rows that say so.
        Assert.Equal(
            Directory.EnumerateFiles(server.Data, "*", SearchOption.AllDirectories).Where(f => !Path.GetFileName(f).StartsWith("records.db", StringComparison.Ordinal)).Sum(f => new FileInfo(f).Length),
            storage.Sizes().Where(s => s.Kind != "records").Sum(s => s.Bytes));
    }

    [Fact]
    [Trait("rule", "R05")]
    public async Task A_flipped_bit_is_found_by_the_look_at_every_block_and_shown()
    {
        await using var server = await DeskServer.StartAsync(new FixedTime(s_now));
        await server.AddAsync("5", Minutes(s_todayMs, 0, 700));
        await server.Get<LiveEvents>().FlushAsync();
        Assert.True((await server.Get<CheckJob>().RunAsync(default)).IsWhole);

        var segment = Segments(server).Single();
        var bytes = File.ReadAllBytes(segment);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(segment, bytes);
        var result = await server.Get<CheckJob>().RunAsync(default);

        Assert.False(result.IsWhole);
        Assert.True(result.Damaged > 0);
        var shown = (await server.GetAsync("data")).GetProperty("store").GetProperty("lastCheck");
        Assert.True(shown.ValueKind == JsonValueKind.Object);
    }

    private static JsonElement Raw(JsonElement plans) => plans.EnumerateArray().Single(p => p.GetProperty("kind").GetString() == Storage.RawEvents);

    private static ControllerEvent[] Minutes(long dayMs, int first, int end) =>
        [.. Enumerable.Range(first, end - first).Select(m => new ControllerEvent(dayMs + (m * 60_000L), 82, (short)(1 + (m % 8))))];

    private static IEnumerable<string> Segments(DeskServer server) => Directory.EnumerateFiles(Path.Combine(server.Data, "events"), "*.seg", SearchOption.AllDirectories);

    private static async Task WaitAsync(Func<bool> isDone)
    {
        for (var i = 0; i < 100 && !isDone(); i++)
        {
            await Task.Delay(50);
        }

        Assert.True(isDone());
    }
}
