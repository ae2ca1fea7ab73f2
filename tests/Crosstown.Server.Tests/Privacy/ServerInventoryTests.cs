using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crosstown.Core.Privacy;
using Crosstown.Server.Privacy;
using Crosstown.Server.Tests.Public;
using Crosstown.Server.Tests.Store;
using Dapper;

namespace Crosstown.Server.Tests.Privacy;

public sealed class ServerInventoryTests
{
    [Theory]
    [Trait("rule", "P02")]
    [MemberData(nameof(TestRecords.Both), MemberType = typeof(TestRecords))]
    public async Task The_tables_of_the_live_database_are_in_the_inventory_and_a_planted_one_is_found(string dialect)
    {
        using var records = TestRecords.Create(dialect);
        Assert.Empty(Differences(records));

        await records.Store.WriteAsync((c, t) => c.ExecuteAsync("create table walker (id bigint, seen_at text)", transaction: t), TestContext.Current.CancellationToken);
        Assert.Contains(Differences(records), d => d.StartsWith("relation walker is not in the inventory", StringComparison.Ordinal));
        await records.Store.WriteAsync((c, t) => c.ExecuteAsync("alter table published_count add column reader text", transaction: t), TestContext.Current.CancellationToken);
        Assert.Contains("relation published_count: field reader is not in the inventory", Differences(records));
    }

    [Theory]
    [Trait("rule", "P21")]
    [MemberData(nameof(TestRecords.Both), MemberType = typeof(TestRecords))]
    public async Task A_column_of_random_ids_and_one_whose_values_come_again_elsewhere_are_found_by_their_shape(string dialect)
    {
        using var records = TestRecords.Create(dialect);
        Assert.Empty(Findings(records));
        await records.Store.WriteAsync(async (c, t) =>
        {
            await c.ExecuteAsync("create table passage (signal text, lane bigint, mark text)", transaction: t);
            var random = new Random(5);
            var marks = Enumerable.Range(0, 60).Select(_ => $"{random.NextInt64():x}").ToArray();
            foreach (var (i, mark) in marks.Index())
            {
                await c.ExecuteAsync("insert into passage values ('1', @lane, @mark), ('2', @lane, @mark)", new { lane = i % 3, mark }, t);
            }
        }, TestContext.Current.CancellationToken);

        var findings = Findings(records);
        Assert.Contains(findings, f => f.StartsWith("passage.mark has 60 values", StringComparison.Ordinal));
        Assert.Contains(findings, f => f.StartsWith("passage.mark has 60 rare values that come again", StringComparison.Ordinal));
        Assert.DoesNotContain(findings, f => f.Contains("passage.lane", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("rule", "P21")]
    public async Task Nothing_that_a_working_town_stores_is_shaped_like_an_identifier()
    {
        await using var town = await PublicTown.StartAsync();
        await town.RunAsync(12);
        town.Clock.NowMs = PublicTown.StartMs + (2 * PublicTown.DayMs);
        await town.Publisher.PublishDueAsync(TestContext.Current.CancellationToken);
        using var connection = town.Records.Open();

        Assert.True(connection.ExecuteScalar<long>("select count(*) from published_count") > 500);
        Assert.Empty(ShapeAudit.ListFindings(connection, town.Records.Dialect));
    }

    [Fact]
    [Trait("rule", "P05")]
    public async Task No_name_of_a_column_an_answer_a_parameter_a_log_line_a_metric_or_a_setting_is_named_after_an_identifier()
    {
        await using var town = await PublicTown.StartAsync();
        var groups = ServerInventory.ListGroups(town.Services);

        Assert.All(new[] { "relation", "api", "log", "metric", "setting" }, kind => Assert.Contains(groups, g => g.Kind == kind));
        Assert.DoesNotContain(groups.SelectMany(g => g.Fields.Select(f => f.Name).Append(g.Name)), n => ForbiddenWords.Find(n) is not null);
    }

    [Fact]
    [Trait("rule", "P04")]
    public async Task No_column_of_the_records_holds_bytes_or_documents_and_text_says_what_bounds_it()
    {
        await using var town = await PublicTown.StartAsync();
        using var connection = town.Records.Open();
        var types = connection.Query<string>("select distinct lower(c.type) from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite_%'");

        Assert.Empty(types.Except(["text", "bigint", "integer", "boolean", "double precision"]));
        Assert.Empty(ServerInventory.ListRelations(connection, town.Records.Dialect)
            .SelectMany(g => g.Fields.Where(f => f.IsText && Inventory.Published.Find("relation", g.Name)?.Fields.FirstOrDefault(e => e.Name == f.Name)?.Text is null).Select(f => $"{g.Name}.{f.Name}")));
        Assert.InRange(Inventory.Published.Groups.SelectMany(g => g.Fields).Count(f => f.Text?.StartsWith("free: ", StringComparison.Ordinal) == true), 1, PrivacyLimits.FreeTextFields);
    }

    [Fact]
    [Trait("rule", "P02")]
    public void Log_lines_and_settings_are_read_off_the_compiled_program()
    {
        var assembly = typeof(ServerInventory).Assembly;
        var log = Assert.Single(ServerInventory.ListLogs(assembly), g => g.Name.StartsWith("Deleted {Count}", StringComparison.Ordinal));

        Assert.Equal(["Count", "Kind"], log.Fields.Select(f => f.Name));
        Assert.Contains("ConnectionStrings:Crosstown", Assert.Single(ServerInventory.ListSettings(assembly)).Fields.Select(f => f.Name));
        Assert.Contains("Public:License", Assert.Single(ServerInventory.ListSettings(assembly)).Fields.Select(f => f.Name));
    }

    [Fact]
    [Trait("rule", "P02")]
    public async Task Every_header_and_cookie_of_an_answer_and_every_field_of_the_public_ones_is_in_the_inventory()
    {
        await using var town = await PublicTown.StartAsync(isStaff: true);
        await town.RunAsync(4);
        town.Clock.NowMs = PublicTown.StartMs + (6 * PublicTown.HourMs);
        await town.Publisher.PublishDueAsync(TestContext.Current.CancellationToken);
        var names = Inventory.Published.Groups.Where(g => g.Kind is "header" or "cookie").SelectMany(g => g.Fields.Select(f => f.Name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var fields = Inventory.Published.Groups.Where(g => g.Kind == "api").SelectMany(g => g.Fields.Select(f => f.Name)).ToHashSet();
        foreach (var path in new[] { "/", "/status", "/counts", "/app/", "/sign-in", "/none", "/api/v1/session", "/api/v1/city", "/api/v1/signals", "/api/v1/signals/1001", "/api/v1/signals/none", "/api/v1/public/counts?from=2024-05-12&to=2024-05-12",
            "/api/v1/public/status", "/api/v1/public/feeds", "/api/v1/data", "/api/v1/imports", "/api/v1/audit" })
        {
            using var answer = await town.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            var headers = answer.Headers.Concat(answer.Content.Headers).Select(h => h.Key)
                .Concat(answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Select(c => c.Split('=')[0]) : []);
            Assert.Empty(headers.Where(h => !names.Contains(h)).Select(h => $"{path}: {h}"));
            if (path.StartsWith("/api/v1/public/", StringComparison.Ordinal))
            {
                using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
                Assert.Empty(NamesIn(json.RootElement).Distinct().Except(fields));
            }
        }
    }

    [Fact]
    [Trait("rule", "P02")]
    public async Task Every_file_that_a_server_leaves_in_its_data_folder_has_a_path_in_the_inventory()
    {
        await using var town = await PublicTown.StartAsync(isStaff: true);
        await town.RunAsync(3);
        await town.GetAsync("/status");
        var patterns = Inventory.Published.Groups.Where(g => g.Kind == "path").Select(g => new Regex(
            "^" + string.Join('/', g.Name.Split('/').Select(part => Regex.Replace(Regex.Escape(part), "[A-Z]{3,}", "[A-Za-z0-9._-]+"))) + "$")).ToArray();
        var files = Directory.EnumerateFiles(town.Folder, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(town.Folder, p).Replace('\\', '/')).ToArray();

        Assert.Contains("records.db", files);
        Assert.DoesNotContain(files, f => !patterns.Any(p => p.IsMatch(f)));
    }

    private static IEnumerable<string> NamesIn(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => NamesIn(p.Value).Prepend(p.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(NamesIn),
        _ => [],
    };

    private static IReadOnlyList<string> Findings(TestRecords records)
    {
        using var connection = records.Store.Open();
        return ShapeAudit.ListFindings(connection, records.Store.Dialect);
    }

    private static ImmutableArray<string> Differences(TestRecords records)
    {
        using var connection = records.Store.Open();
        var running = ServerInventory.ListRelations(connection, records.Store.Dialect);
        return [.. Inventory.Published.ListDifferences(running).Where(d => d.StartsWith("relation ", StringComparison.Ordinal))];
    }
}
