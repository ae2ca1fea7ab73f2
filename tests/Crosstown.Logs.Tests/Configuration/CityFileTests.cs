using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Configuration;

namespace Crosstown.Logs.Tests.Configuration;

public sealed class CityFileTests
{
    private const string Good = """
        { "name": "Springfield", "zone": "America/Denver", "corridors": [
          { "id": "main", "name": "Main St", "forward": "northbound", "backward": "southbound", "speedMph": 30, "signals": [
            { "signal": "7115", "distanceFt": 0, "forwardPhase": 2, "backwardPhase": 6 },
            { "signal": "7116", "distanceFt": 1320, "speedMph": 45, "forwardOverlap": 1, "backwardPhase": 6 },
            { "signal": "7117", "distanceFt": 3300, "forwardPhase": 2 } ] } ] }
        """;

    [Fact]
    public void A_corridor_has_its_signals_in_order_with_distance_speed_and_phases()
    {
        var city = CityFile.Read(Good, "city.json", new DataIssueLog());

        var corridor = Assert.Single(city.Corridors);
        Assert.Equal(("America/Denver", "main", TravelDirection.Northbound), (city.Zone, corridor.Id, corridor.Forward));
        Assert.Equal(["7115", "7116", "7117"], corridor.Signals.Select(s => s.Signal.Value));
        Assert.Equal(30, corridor.TravelTimeS(0));
        Assert.Equal(30, corridor.TravelTimeS(1));
        Assert.Equal(SignalGroup.Overlap(1), corridor.GroupAt(1, forward: true));
        Assert.Null(corridor.GroupAt(2, forward: false));
        Assert.Equal(2, corridor.FindIndex(SignalId.Parse("7117")));
        Assert.Null(corridor.FindIndex(SignalId.Parse("9")));
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
    {
        var problems = Assert.Throws<ProblemException>(() => CityFile.Read(
            """
            { "corridors": [ { "id": "a b", "forward": "up", "signals": [
              { "signal": "1", "distanceFt": 100, "forwardPhase": 300 }, { "signal": "1", "distanceFt": 50, "speedMph": 0 }, { "signal": "2" } ] } ] }
            """, "city.json", new DataIssueLog())).Problems;

        Assert.Equal(
            [
                "corridors/0/forward", "corridors/0/id", "corridors/0/signals", "corridors/0/signals/0/forwardPhase", "corridors/0/signals/1/distanceFt",
                "corridors/0/signals/1/speedMph", "corridors/0/signals/2/distanceFt", "corridors/0/signals/2/distanceFt",
            ],
            problems.Select(p => p.Where["city.json: ".Length..]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{ "corridors": 3 }""")]
    [InlineData("""{ "corridors": [ { "id": "a", "signals": [] } ] }""")]
    [InlineData("""{ "corridors": [ 7 ] }""")]
    public void What_is_no_city_is_refused(string json) => Assert.NotEmpty(Assert.Throws<ProblemException>(() => CityFile.Read(json, "city.json", new DataIssueLog())).Problems);

    [Fact]
    [Trait("rule", "P06")]
    public void A_field_that_the_schema_does_not_know_is_dropped_and_counted()
    {
        var issues = new DataIssueLog();

        CityFile.Read(Good.Replace("\"name\": \"Main St\"", "\"mayor\": \"x\"", StringComparison.Ordinal), "city.json", issues);

        Assert.Equal("corridors/0/mayor", Assert.Single(issues.ListExamples()).Value);
    }

    [Fact]
    [Trait("rule", "P07")]
    public void A_name_that_holds_an_identifier_is_dropped_and_not_kept()
    {
        var issues = new DataIssueLog();

        var city = CityFile.Read("""{"name":"call 801-555-1234","corridors":[{"id":"main","name":"ann@example.org","signals":[{"signal":"1","distanceFt":0}]}]}""", "city.json", issues);

        Assert.Equal(("", ""), (city.Name, Assert.Single(city.Corridors).Name));
        Assert.Equal(2, issues.CountOf(DataIssueKind.PrivacyRefused));
        Assert.All(issues.ListExamples(), i => Assert.DoesNotMatch("555|example", i.ToString()));
    }

    [Fact]
    public void Two_corridors_of_one_name_are_refused()
    {
        var twice = """{ "corridors": [ { "id": "a", "signals": [ { "signal": "1", "distanceFt": 0 } ] }, { "id": "a", "signals": [ { "signal": "2", "distanceFt": 0 } ] } ] }""";

        Assert.Equal("XT122", Assert.Single(Assert.Throws<ProblemException>(() => CityFile.Read(twice, "city.json", new DataIssueLog())).Problems).Code);
    }

    [Fact]
    public void The_published_schema_names_the_fields_that_are_read()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Crosstown.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "docs", "schema", "city.schema.json")));
        var definitions = schema.RootElement.GetProperty("$defs");
        string[] Fields(JsonElement element) => [.. element.GetProperty("properties").EnumerateObject().Select(p => p.Name)];

        foreach (var (path, fields) in new[] { ("", Fields(schema.RootElement)), ("corridors/0/", Fields(definitions.GetProperty("corridor"))), ("corridors/0/signals/0/", Fields(definitions.GetProperty("signal"))) })
        {
            var all = string.Join(",", fields.Select(f => $"\"{f}\": null"));
            var json = path switch
            {
                "" => $"{{ {all} }}",
                "corridors/0/" => $"{{ \"corridors\": [ {{ {all} }} ] }}",
                _ => $"{{ \"corridors\": [ {{ \"id\": \"a\", \"signals\": [ {{ {all} }} ] }} ] }}",
            };
            var issues = new DataIssueLog();

            // The nulls themselves are refused; that no name is unknown is what is asked here.
            Record.Exception(() => CityFile.Read(json, "city.json", issues));
            Assert.Equal(0, issues.Count);
        }
    }
}
