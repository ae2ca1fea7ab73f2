using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Configuration;
using Crosstown.Server.City;
using Crosstown.Server.Configuration;
using Crosstown.Server.People.Audit;

namespace Crosstown.Server.Tests.Configuration;

public sealed class ConfigurationTests
{
    private const string Five = """
        { "signal": "5", "name": "State & 400 South", "phases": [{ "number": 2, "yellowS": 4 }, { "number": 4 }], "detectors": [{ "channel": 12, "phase": 2 }] }
        """;

    private static readonly DateTimeOffset s_start = new(2026, 5, 13, 15, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_first_configuration_holds_from_the_beginning_and_the_next_from_the_moment_it_is_saved()
    {
        var time = new FixedTime(s_start);
        await using var server = await DeskServer.StartAsync(time);
        await server.AddAsync("5", new Crosstown.Core.Events.ControllerEvent(s_start.ToUnixTimeMilliseconds(), 1, 2));
        var empty = await server.GetAsync("signals/5/configuration");
        Assert.Empty(empty.GetProperty("versions").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, empty.GetProperty("current").ValueKind);

        var first = await PutAsync(server, Five, Tag(empty));
        Assert.Equal(JsonValueKind.Null, Assert.Single(first.GetProperty("versions").EnumerateArray()).GetProperty("validFromMs").ValueKind);

        time.Move(TimeSpan.FromHours(1));
        var second = await PutAsync(server, Five.Replace("\"phase\": 2 }", "\"phase\": 4 }", StringComparison.Ordinal), Tag(first));
        var versions = second.GetProperty("versions").EnumerateArray().ToArray();
        Assert.Equal(2, versions.Length);
        var changeMs = s_start.AddHours(1).ToUnixTimeMilliseconds();
        Assert.Equal(changeMs, versions[1].GetProperty("validFromMs").GetInt64());
        Assert.True(versions[1].GetProperty("isCurrent").GetBoolean());

        var known = server.Get<CityModel>().Now.Configurations;
        Assert.Equal(2, (int)known.Find(SignalId.Parse("5"), changeMs - 1)!.Detectors[0].Phase!);
        Assert.Equal(4, (int)known.Find(SignalId.Parse("5"), changeMs)!.Detectors[0].Phase!);

        var corrected = await server.SendAsync(HttpMethod.Put, "signals/5/configuration?starts=as-written", Five.Replace("\"yellowS\": 4", "\"yellowS\": 3.6", StringComparison.Ordinal), Tag(second));
        Assert.Equal(200, corrected.Status);
        known = server.Get<CityModel>().Now.Configurations;
        Assert.Equal(3.6, known.Find(SignalId.Parse("5"), changeMs - 1)!.Phases[0].YellowS);
        Assert.Equal(4.0, known.Find(SignalId.Parse("5"), changeMs)!.Phases[0].YellowS);
        Assert.Equal(2, SignalFiles.Read(Path.Combine(server.Data, "signals", "5.json"), new DataIssueLog()).Count);
    }

    [Fact]
    public async Task Of_two_people_who_edit_the_same_signal_the_second_is_told_and_nothing_is_lost()
    {
        await using var server = await DeskServer.StartAsync(new FixedTime(s_start));
        var opened = Tag((await PutAsync(server, Five, "*")));

        await PutAsync(server, Five.Replace("\"yellowS\": 4", "\"yellowS\": 4.5", StringComparison.Ordinal), opened);
        var (status, body, _) = await server.SendAsync(HttpMethod.Put, "signals/5/configuration", Five.Replace("400", "500", StringComparison.Ordinal), opened);

        Assert.Equal(412, status);
        var problem = Assert.Single(body.GetProperty("problems").EnumerateArray());
        Assert.Equal("XT373", problem.GetProperty("code").GetString());
        Assert.Contains("somebody else", problem.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(4.5, (await server.GetAsync("signals/5/configuration")).GetProperty("current").GetProperty("phases")[0].GetProperty("yellowS").GetDouble());
        var (without, _, _) = await server.SendAsync(HttpMethod.Put, "signals/5/configuration", Five);
        Assert.Equal(428, without);
    }

    [Fact]
    public async Task All_problems_of_a_configuration_are_said_at_once_and_nothing_is_saved()
    {
        await using var server = await DeskServer.StartAsync();
        var (status, body, _) = await server.SendAsync(HttpMethod.Put, "signals/5/configuration", """
            { "signal": "6", "latitude": 91, "color": "red",
              "phases": [{ "number": 2, "yellowS": -1 }, { "number": 2 }],
              "detectors": [{ "channel": 12, "phase": 6 }, { "channel": 13, "approach": "north" }],
              "patterns": [{ "number": 1, "cycleLengthS": 90, "offsetS": 90, "splits": [{ "phase": 2, "splitS": 95 }] }] }
            """, "*");

        Assert.Equal(400, status);
        var said = string.Join('\n', body.GetProperty("problems").EnumerateArray().Select(p => $"{p.GetProperty("code")} {p.GetProperty("where")}: {p.GetProperty("message")}"));
        foreach (var part in new[] { "latitude", "color", "yellowS", "of signal 6", "phase 2 is listed 2 times", "no phase 6", "no approach 'north'", "offset of 90 s", "split of 95 s" })
        {
            Assert.Contains(part, said, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(Path.Combine(server.Data, "signals", "5.json")));
    }

    [Fact]
    [Trait("rule", "P07")]
    public async Task A_name_shaped_like_an_identifier_is_refused_and_not_repeated()
    {
        await using var server = await DeskServer.StartAsync();
        var (status, body, _) = await server.SendAsync(HttpMethod.Put, "signals/5/configuration", """{ "signal": "5", "name": "call 801-555-0142" }""", "*");

        Assert.Equal(400, status);
        Assert.DoesNotContain("555", body.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Differences_between_versions_are_a_text_that_is_the_same_each_time()
    {
        var time = new FixedTime(s_start);
        await using var server = await DeskServer.StartAsync(time);
        var first = await PutAsync(server, Five, "*");
        time.Move(TimeSpan.FromMinutes(1));
        await PutAsync(server, """
            { "signal": "5", "name": "State & 400 South", "phases": [{ "number": 2, "yellowS": 4.5 }, { "number": 4 }], "detectors": [{ "channel": 9, "phase": 4, "functions": ["advanceCount"] }, { "channel": 12, "phase": 2 }] }
            """, Tag(first));

        var (_, text, _) = await server.SendAsync(HttpMethod.Get, "signals/5/configuration/diff", accept: "text/plain");
        Assert.Equal("""
            signal 5: from the beginning -> from 2026-05-13T15:01:00.000Z
            + detectors/9/functions  advanceCount
            + detectors/9/phase      4
            ~ phases/2/yellowS       4 -> 4.5
            3 settings differ

            """, text.GetString());
        var draft = await server.SendAsync(HttpMethod.Post, "signals/5/configuration/diff", Five);
        Assert.Equal(3, draft.Body.GetProperty("changes").GetArrayLength());
        Assert.Empty(draft.Body.GetProperty("problems").EnumerateArray());
    }

    [Fact]
    public async Task An_import_shows_what_it_changes_and_changes_nothing_before_it_is_accepted()
    {
        await using var server = await DeskServer.StartAsync(new FixedTime(s_start));
        await PutAsync(server, Five, "*");
        const string Table = "SignalID,DetChannel,Phase,Function\n5,12,4,AC\n6,3,2,SBP\n";

        var (status, shown, _) = await server.SendAsync(HttpMethod.Post, "configuration/import", Table, type: "text/csv");
        Assert.Equal(200, status);
        var signals = shown.GetProperty("signals").EnumerateArray().ToArray();
        Assert.Equal(["5", "6"], signals.Select(s => s.GetProperty("signal").GetString()));
        Assert.Equal(["detectors/12/functions", "detectors/12/phase"], signals[0].GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("field").GetString()));
        Assert.True(signals[1].GetProperty("isNew").GetBoolean());
        Assert.False(server.Get<CityModel>().Now.Current.ContainsKey(SignalId.Parse("6")));

        var (accepted, answer, _) = await server.SendAsync(HttpMethod.Post, $"configuration/import/{shown.GetProperty("id").GetString()}/accept", "{}");
        Assert.Equal(200, accepted);
        Assert.Equal(2, answer.GetProperty("signals").GetArrayLength());
        var five = server.Get<ConfigurationStore>().FindCurrent(SignalId.Parse("5"))!;
        Assert.Equal(4, (int)five.Detectors.Single().Phase!);
        Assert.Equal(2, five.Phases.Length);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Post, $"configuration/import/{shown.GetProperty("id").GetString()}/accept", "{}")).Status);
    }

    [Fact]
    public async Task An_import_that_was_shown_before_another_change_is_not_accepted()
    {
        await using var server = await DeskServer.StartAsync(new FixedTime(s_start));
        var (_, shown, _) = await server.SendAsync(HttpMethod.Post, "configuration/import", "SignalID,DetChannel,Phase\n5,12,4\n6,3,2\n", type: "text/csv");
        await PutAsync(server, Five, "*");

        var (status, body, _) = await server.SendAsync(HttpMethod.Post, $"configuration/import/{shown.GetProperty("id").GetString()}/accept", "{}");

        Assert.Equal(412, status);
        Assert.Equal("signal 5", Assert.Single(body.GetProperty("problems").EnumerateArray()).GetProperty("where").GetString());
        Assert.False(server.Get<CityModel>().Now.Current.ContainsKey(SignalId.Parse("6")));
    }

    [Fact]
    public async Task Files_that_people_laid_into_the_folder_are_read_and_kept_when_a_person_changes_a_signal()
    {
        await using var server = await DeskServer.StartAsync(new FixedTime(s_start), prepare: data =>
        {
            Directory.CreateDirectory(Path.Combine(data, "signals"));
            File.WriteAllText(Path.Combine(data, "signals", "all.csv"), "SignalID,DetChannel,Phase\n5,12,4\n6,3,2\n");
        });
        var opened = await server.GetAsync("signals/5/configuration");
        await PutAsync(server, Five, Tag(opened));

        Assert.Equal(["5.json", "6.json"], Directory.EnumerateFiles(Path.Combine(server.Data, "signals")).Select(p => Path.GetFileName(p)!).Order());
        Assert.Single(Directory.EnumerateFiles(Path.Combine(server.Data, ConfigurationStore.ReplacedFolder), "all.csv", SearchOption.AllDirectories));
        var store = server.Get<ConfigurationStore>();
        Assert.Equal([4, 2], store.ListVersions(SignalId.Parse("5")).Select(v => (int)v.Detectors.Single().Phase!));
        Assert.Equal(2, (int)store.FindCurrent(SignalId.Parse("6"))!.Detectors.Single().Phase!);
    }

    [Fact]
    public async Task The_city_file_is_checked_against_the_signals_and_two_editors_do_not_overwrite_each_other()
    {
        await using var server = await DeskServer.StartAsync();
        await PutAsync(server, Five, "*");
        var (_, text, headers) = await server.SendAsync(HttpMethod.Get, "city/file");
        Assert.Equal(JsonValueKind.Object, text.ValueKind);
        var tag = headers.ETag!.Tag;
        const string City = """{ "name": "Town", "corridors": [{ "id": "state", "name": "State", "signals": [{ "signal": "5", "distanceFt": 0 }] }] }""";

        var wrong = await server.SendAsync(HttpMethod.Put, "city/file", City.Replace("\"signal\": \"5\"", "\"signal\": \"55\"", StringComparison.Ordinal), tag);
        Assert.Equal((400, "XT374"), (wrong.Status, wrong.Body.GetProperty("problems")[0].GetProperty("code").GetString()));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, "city/file", City, tag)).Status);
        Assert.Equal("state", Assert.Single(server.Get<CityModel>().Now.Corridors).Id);
        Assert.Equal(412, (await server.SendAsync(HttpMethod.Put, "city/file", City, tag)).Status);
    }

    [Fact]
    public void Taking_all_settings_of_a_configuration_gives_that_configuration()
    {
        var all = SignalFiles.ReadTexts([("all", """
            { "signal": "5", "name": "A & B", "zone": "America/Denver", "latitude": 40.5, "longitude": -111.9,
              "approaches": [{ "id": "N/B ~1", "direction": "northbound", "speedLimitMph": 35, "protected": { "phase": 2 }, "permissive": { "overlap": 3 } }],
              "detectors": [{ "channel": 12, "phase": 2, "functions": ["advanceCount", "advanceSpeed"], "stopBarDistanceFt": 350.5 }, { "channel": 12, "phase": 6 }, { "channel": 13 }],
              "phases": [{ "number": 2, "isCoordinated": true, "yellowS": 4.2 }, { "number": 16 }],
              "overlaps": [{ "number": 1, "parentPhases": [2, 6] }],
              "pedestrianButtons": [{ "channel": 4, "phase": 8 }],
              "patterns": [{ "number": 3, "cycleLengthS": 120, "splits": [{ "phase": 2, "splitS": 40 }, { "phase": 10, "splitS": 12.5 }] }] }
            """)], new DataIssueLog()).Single();

        var copy = SettingList.Take(SignalConfiguration.Unknown(all.Signal), all, SettingList.Of(all).Select(s => s.Field));

        Assert.Equal(SettingList.ToJson(all).ToJsonString(), SettingList.ToJson(copy).ToJsonString());
        Assert.Equal(
            ["name", "zone", "latitude", "longitude", "approaches/N~1B ~01/direction", "approaches/N~1B ~01/permissive", "approaches/N~1B ~01/protected", "approaches/N~1B ~01/speedLimitMph",
             "detectors/12/functions", "detectors/12/phase", "detectors/12/stopBarDistanceFt", "detectors/12#2/phase", "detectors/13", "phases/2/isCoordinated", "phases/2/yellowS", "phases/16",
             "overlaps/1/parentPhases", "pedestrianButtons/4/phase", "patterns/3/cycleLengthS", "patterns/3/splits/2", "patterns/3/splits/10"],
            SettingList.Of(all).Select(s => s.Field));
    }

    [Fact]
    [Trait("rule", "C16")]
    public async Task Who_changed_a_configuration_is_in_the_audit_with_the_hashes_of_before_and_after()
    {
        await using var server = await DeskServer.StartAsync();
        var first = await PutAsync(server, Five, "*");
        await PutAsync(server, Five.Replace("400", "500", StringComparison.Ordinal), Tag(first));

        var entries = server.Get<AuditLog>().List(null, null, "configuration-replace", 9);

        Assert.Equal(["signal/5", "signal/5"], entries.Select(e => e.Subject));
        Assert.All(entries, e => Assert.Equal(("demo", "maintenance"), (e.Account, e.Reason)));
        Assert.Equal("", entries[1].BeforeHash);
        Assert.Equal(entries[1].AfterHash, entries[0].BeforeHash);
        Assert.NotEqual(entries[0].BeforeHash, entries[0].AfterHash);
    }

    private static string Tag(JsonElement answer) => $"\"{answer.GetProperty("entityTag").GetString()}\"";

    private static async Task<JsonElement> PutAsync(DeskServer server, string json, string ifMatch)
    {
        var (status, body, _) = await server.SendAsync(HttpMethod.Put, "signals/5/configuration", json, ifMatch);
        Assert.True(status == 200, $"{status} {body}");
        return body;
    }
}
