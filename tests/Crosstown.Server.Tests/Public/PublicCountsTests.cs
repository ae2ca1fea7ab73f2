using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crosstown.Core.Events;
using Crosstown.Core.Privacy;
using Crosstown.Server.Public;
using Crosstown.Server.Public.Counts;
using Crosstown.Server.Tests.Store;
using Dapper;

namespace Crosstown.Server.Tests.Public;

public sealed class PublicCountsTests
{
    private const string Counts = "/api/v1/public/counts?from=2024-05-12&to=2024-05-13";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) } };

    [Fact]
    [Trait("rule", "P14")]
    public async Task Nothing_withheld_can_be_solved_from_all_pages_and_versions_of_a_town_whose_logs_come_late()
    {
        await using var town = await PublicTown.StartAsync();
        var late = new Dictionary<Core.Street.SignalId, ControllerEvent[]>();
        var cutMs = PublicTown.StartMs + (9 * PublicTown.HourMs);
        await town.RunAsync(20, (signal, events) =>
        {
            late[signal] = [.. events.Where(e => e.TimeMs >= cutMs && e.TimeMs % 7 < 2)];
            return [.. events.Where(e => e.TimeMs < cutMs || e.TimeMs % 7 >= 2)];
        });
        var everything = new List<PublicCount>();
        for (var hour = 3; hour <= 26; hour += 4)
        {
            town.Clock.NowMs = PublicTown.StartMs + (hour * PublicTown.HourMs);
            await town.Publisher.PublishDueAsync(TestContext.Current.CancellationToken);
            everything.AddRange(await ListAllAsync(town, 700));
            if (hour == 15)
            {
                // Two of seven events of the afternoon arrive after some of their hours are out.
                foreach (var (signal, events) in late)
                {
                    await town.Events.AppendAsync(signal, Crosstown.Server.Towns.TownFeed.Zone, events, TestContext.Current.CancellationToken);
                }
            }
        }

        town.Clock.NowMs = PublicTown.StartMs + (5 * PublicTown.DayMs);
        await town.Publisher.PublishDueAsync(TestContext.Current.CancellationToken);
        everything.AddRange(await ListAllAsync(town, PublicApi.MostOnPage));
        everything.AddRange(await ListCsvAsync(town));
        var solver = new CountSolver(everything);

        Assert.True(solver.FigureCount > 1000, $"{solver.FigureCount} figures");
        Assert.Contains(everything, c => c.IsWithheld);
        Assert.Contains(everything, c => c.Subject == CountSubject.PedestrianCalls);
        Assert.False(solver.IsContradictory);
        Assert.Empty(solver.ListNarrow());
        Assert.DoesNotContain(everything, c => c.Count < PrivacyLimits.PublicCountMinimum || c.EndMs - c.StartMs < PrivacyLimits.PublicBlockMinutes * 60_000);
    }

    [Fact]
    [Trait("rule", "P14")]
    public async Task An_hour_comes_out_two_hours_after_its_end_and_then_never_changes()
    {
        await using var town = await PublicTown.StartAsync();
        await town.RunAsync(6);
        town.Clock.NowMs = PublicTown.StartMs + (3 * PublicTown.HourMs) - 1;
        Assert.Equal(0, await town.Publisher.PublishDueAsync(TestContext.Current.CancellationToken));

        town.Clock.NowMs++;
        Assert.Equal(PublicTown.Signals, await town.Publisher.PublishDueAsync(TestContext.Current.CancellationToken));
        var before = await town.GetAsync(Counts);

        var signal = town.Town.Signals[0].Signal;
        var more = Enumerable.Range(0, 500).Select(i => new ControllerEvent(PublicTown.StartMs + (i * 7000) + 3, EventCode.DetectorOn, 1)).ToArray();
        await town.Events.AppendAsync(signal, Crosstown.Server.Towns.TownFeed.Zone, more, TestContext.Current.CancellationToken);
        Assert.Equal(0, await town.Publisher.PublishDueAsync(TestContext.Current.CancellationToken));
        Assert.Equal(before, await town.GetAsync(Counts));
    }

    [Fact]
    [Trait("rule", "R13")]
    public async Task An_hour_with_a_hole_waits_three_days_for_the_rest_of_its_log_and_then_says_what_was_seen()
    {
        await using var town = await PublicTown.StartAsync();
        var (fromMs, toMs) = (PublicTown.StartMs + PublicTown.HourMs + 900_000, PublicTown.StartMs + PublicTown.HourMs + 2_700_000);
        await town.RunAsync(4, (_, events) => [.. events.Where(e => e.TimeMs < fromMs || e.TimeMs >= toMs)]);
        town.Clock.NowMs = PublicTown.StartMs + (6 * PublicTown.HourMs);
        await town.Publisher.PublishDueAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(await ListAllAsync(town, 5000), c => c.StartMs >= PublicTown.StartMs + PublicTown.HourMs && c.EndMs <= PublicTown.StartMs + (2 * PublicTown.HourMs));

        town.Clock.NowMs = PublicTown.StartMs + (2 * PublicTown.HourMs) + CountPublisher.PatienceMs;
        await town.Publisher.PublishDueAsync(TestContext.Current.CancellationToken);
        var hour = (await ListAllAsync(town, 5000)).Where(c => c.StartMs >= PublicTown.StartMs + PublicTown.HourMs && c.EndMs <= PublicTown.StartMs + (2 * PublicTown.HourMs)).ToArray();

        Assert.NotEmpty(hour);
        Assert.All(hour.Where(c => c.EndMs - c.StartMs == PublicTown.HourMs), c => Assert.InRange(c.SeenShare, 0.45, 0.55));
    }

    [Theory]
    [Trait("rule", "P14")]
    [MemberData(nameof(TestRecords.Both), MemberType = typeof(TestRecords))]
    public async Task The_database_itself_refuses_to_change_what_is_out(string dialect)
    {
        using var records = TestRecords.Create(dialect);
        var published = new PublishedCounts(records.Store);
        var signal = Core.Street.SignalId.Parse("7");
        var place = new CountedPlace(CountSubject.Vehicles, Core.Street.TravelDirection.Eastbound, null, Core.Street.LaneMovement.Left);
        var block = new Core.Time.TimeRange(0, PublicTown.HourMs);
        var cell = new PublishedCell(block, 12, false, 0.97, 1);
        await published.PublishAsync(signal, CountSubject.Vehicles, [new ClosedBlock(block, [(place, cell)])], 99, TestContext.Current.CancellationToken);
        await published.PublishAsync(signal, CountSubject.Vehicles, [new ClosedBlock(block, [(place, cell with { Count = 40 })])], 100, TestContext.Current.CancellationToken);

        var count = Assert.Single(published.List(new CountQuery(new Core.Time.TimeRange(0, 1), signal), 0, 10));
        Assert.Equal(new PublicCount("7", CountSubject.Vehicles, Core.Street.TravelDirection.Eastbound, Core.Street.LaneMovement.Left, null, null, 0, PublicTown.HourMs, 12, false, 0.97, 1), count);
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => records.Store.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync("update published_count set count = 3", transaction: transaction), TestContext.Current.CancellationToken));
        Assert.Contains("final", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counts_are_those_of_the_measure_tables()
    {
        await using var town = await PublicTown.StartAsync();
        await town.RunAsync(10);
        town.Clock.NowMs = PublicTown.StartMs + (12 * PublicTown.HourMs);
        await town.Publisher.PublishDueAsync(TestContext.Current.CancellationToken);
        var signal = town.Town.Signals[0].Configuration;
        var range = new Core.Time.TimeRange(PublicTown.StartMs + (8 * PublicTown.HourMs), PublicTown.StartMs + (9 * PublicTown.HourMs));
        var rows = Measuring.SignalTables.Run(
            town.Events, [new Measures.TurningMovements.TurningMovementsMeasure()], signal, range, new Measures.Options.MeasureOptions(), new Core.Data.DataIssueLog()).Find(signal.Signal, "turning-movements")!;
        var expected = Enumerable.Range(0, rows.Count).GroupBy(r => (rows.Column("direction").Word(r), rows.Column("movement").Word(r), rows.Column("time").Time(r)))
            .ToDictionary(g => g.Key, g => g.Sum(r => rows.Column("count").Integer(r) ?? 0));

        var published = (await ListAllAsync(town, 5000)).Where(c => c.Signal == signal.Signal.Value && range.Contains(c.StartMs) && c.Movement is not null && c.Count is not null).ToArray();

        Assert.NotEmpty(published);
        Assert.All(published, c => Assert.Equal(
            expected.Where(e => e.Key.Item1 == Word($"{c.Direction}") && e.Key.Item2 == Word($"{c.Movement}") && e.Key.Item3 >= c.StartMs && e.Key.Item3 < c.EndMs).Sum(e => (int)e.Value), c.Count!.Value));

        static string Word(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);
    }

    [Fact]
    public async Task Pages_follow_each_other_answers_carry_a_mark_and_a_reader_who_has_them_gets_304()
    {
        await using var town = await PublicTown.StartAsync();
        await town.RunAsync(8);
        town.Clock.NowMs = PublicTown.StartMs + (10 * PublicTown.HourMs);
        await town.Publisher.PublishDueAsync(TestContext.Current.CancellationToken);
        Assert.Equal(await ListAllAsync(town, 5000), await ListAllAsync(town, 77));
        Assert.Equal((await ListAllAsync(town, 5000)).Count, (await ListCsvAsync(town)).Count);

        using var first = await town.Client.GetAsync(new Uri(Counts, UriKind.Relative), TestContext.Current.CancellationToken);
        using var again = new HttpRequestMessage(HttpMethod.Get, new Uri(Counts, UriKind.Relative));
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await town.Client.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.False(first.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("?from=2024-05-13T10:00", "XT391")]
    [InlineData("?from=2024-05-13&to=2024-05-12", "XT391")]
    [InlineData("?from=2024-01-01&to=2024-12-31", "XT391")]
    [InlineData("?format=xlsx", "XT392")]
    [InlineData("?subject=people", "XT392")]
    [InlineData("?signal=none", "XT401")]
    [Trait("rule", "P14")]
    public async Task A_question_for_anything_but_whole_days_and_known_signals_is_refused_with_a_reason(string query, string code)
    {
        await using var town = await PublicTown.StartAsync();
        using var answer = await town.Client.GetAsync(new Uri("/api/v1/public/counts" + query, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.True((int)answer.StatusCode is 400 or 404);
        Assert.Contains(code, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    internal static async Task<IReadOnlyList<PublicCount>> ListAllAsync(PublicTown town, int size)
    {
        var all = new List<PublicCount>();
        for (var next = $"{Counts}&size={size}"; next is not null;)
        {
            var page = JsonSerializer.Deserialize<PublicCountPage>(await town.GetAsync(next), s_json)!;
            all.AddRange(page.Items);
            next = page.Next;
        }

        return all;
    }

    private static async Task<IReadOnlyList<PublicCount>> ListCsvAsync(PublicTown town)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{Counts}&size=5000", UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        using var answer = await town.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var lines = (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var total = JsonDocument.Parse(await town.GetAsync($"{Counts}&size=1")).RootElement.GetProperty("total").GetInt32();
        var all = lines[1..].Select(l => l.Split(',')).Select(f => new PublicCount(
            f[0], Enum.Parse<CountSubject>(f[1].Replace("-", "", StringComparison.Ordinal), true), f[2].Length == 0 ? null : Enum.Parse<Core.Street.TravelDirection>(f[2], true),
            f[3].Length == 0 ? null : Enum.Parse<Core.Street.LaneMovement>(f[3].Replace("-", "", StringComparison.Ordinal), true), Number(f[4]), Number(f[5]),
            DateTimeOffset.Parse(f[6], System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), DateTimeOffset.Parse(f[7], System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(),
            Number(f[8]), bool.Parse(f[9]), double.Parse(f[10], System.Globalization.CultureInfo.InvariantCulture), Number(f[11])!.Value)).ToArray();
        Assert.Equal(Math.Min(total, 5000), all.Length);
        return all;

        static int? Number(string text) => text.Length == 0 ? null : int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }
}
