using System.Collections.Immutable;
using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using Crosstown.Cli.Commands;
using Crosstown.Cli.Privacy;
using Crosstown.Cli.Tests.Structure;
using Crosstown.Core.Privacy;
using Crosstown.Core.Tables;
using Crosstown.Server.Privacy;

namespace Crosstown.Cli.Tests.Privacy;

public sealed class InventoryTests
{
    private static readonly RunningGroup Table = new("volumes", "table", [new("time", false, "time"), new("total", false, "count")]);

    private const string TableEntry = """
        { "groups": [ { "name": "volumes", "kind": "table", "purpose": "Counts by bin.", "tier": "staff", "retention": "for good", "fields": [
          { "name": "time", "class": "time", "purpose": "Start of the bin." },
          { "name": "total", "class": "count", "purpose": "Vehicles in the bin." }
        ] } ] }
        """;

    [Fact]
    [Trait("rule", "P02")]
    [Trait("rule", "P25")]
    public async Task The_running_program_holds_what_the_inventory_lists_and_nothing_else()
    {
        var output = new StringWriter();
        var draft = new StringWriter();
        await PrivacyCommands.PrintDraftAsync(draft, CommandLine.Create(), TestContext.Current.CancellationToken);

        Assert.True(
            await PrivacyCommands.VerifyAsync(output, CommandLine.Create(), stop: TestContext.Current.CancellationToken) == 0, $"{output}\nAdd to privacy/inventory.json and fill in:\n{draft}");
    }

    [Fact]
    [Trait("rule", "P02")]
    public void Every_table_that_any_assembly_defines_is_compared()
    {
        const BindingFlags all = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var defined = Products.Assemblies.SelectMany(a => a.GetTypes()).Where(t => !t.ContainsGenericParameters).SelectMany(t => t.GetFields(all))
            .Where(f => f.FieldType == typeof(TableSchema)).Select(f => ((TableSchema?)f.GetValue(null))?.Name).ToArray();

        Assert.NotEmpty(defined);
        Assert.Empty(defined.Except(SchemaInventory.ListTables().Select(t => t.Name)));
    }

    [Fact]
    [Trait("rule", "P02")]
    public void The_inventory_that_is_built_in_is_the_one_that_is_published() =>
        Assert.Equal(
            PublishedRules.HashOf(Inventory.Parse(File.ReadAllText(Repository.PathTo("privacy/inventory.json")))), PublishedRules.HashOf(Inventory.Published));

    [Fact]
    [Trait("rule", "P02")]
    public void A_matching_inventory_has_no_differences() => Assert.Empty(Inventory.Parse(TableEntry).ListDifferences([Table]));

    [Theory]
    [Trait("rule", "P02")]
    [InlineData("\"name\": \"total\"", "\"name\": \"sum\"", "field total is not in the inventory")]
    [InlineData("\"name\": \"total\"", "\"name\": \"sum\"", "field sum is in the inventory, but not in the program")]
    [InlineData("\"name\": \"volumes\"", "\"name\": \"counts\"", "table volumes is not in the inventory")]
    [InlineData("\"name\": \"volumes\"", "\"name\": \"counts\"", "table counts is in the inventory, but not in the program")]
    [InlineData("Vehicles in the bin.", "?", "the purpose of field total is not said")]
    [InlineData("Counts by bin.", " ", "its purpose is not said")]
    [InlineData("\"staff\"", "\"everyone\"", "tier 'everyone' is none of public, staff, raw")]
    [InlineData("\"staff\"", "\"raw\"", "raw data is not kept for good")]
    [InlineData("\"for good\"", "\"10 years\"", "retention '10 years' is none of")]
    [InlineData("\"class\": \"count\"", "\"class\": \"person\"", "class 'person' of field total is none of")]
    [InlineData("\"purpose\": \"Vehicles in the bin.\"", "\"purpose\": \"Vehicles.\", \"text\": \"closed: digits\"", "field total holds no text")]
    public void A_difference_fails_with_a_message_that_names_it(string from, string to, string message)
    {
        var changed = TableEntry.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(TableEntry, changed);

        Assert.Contains(Inventory.Parse(changed).ListDifferences([Table]), d => d.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("rule", "P05")]
    public void A_column_with_a_forbidden_name_fails_unless_its_exception_says_why()
    {
        var table = Table with { Fields = [Table.Fields[0], new("vehicleId", false, "count")] };
        var entry = TableEntry.Replace("\"total\"", "\"vehicleId\"", StringComparison.Ordinal);

        Assert.Contains("'vehicle id'", Assert.Single(Inventory.Parse(entry).ListDifferences([table])), StringComparison.Ordinal);
        Assert.Empty(Inventory.Parse(entry.Replace("\"class\": \"count\",", "\"class\": \"count\", \"exception\": \"A peer's name for a signal.\",", StringComparison.Ordinal)).ListDifferences([table]));
    }

    [Fact]
    [Trait("rule", "P05")]
    public void The_only_exceptions_are_names_that_peers_give_to_signals()
    {
        var exceptions = Inventory.Published.Groups.SelectMany(g => g.Fields.Where(f => f.Exception is not null).Select(f => f.Name)).Distinct();

        Assert.Empty(exceptions.Except(["DeviceId"]));
    }

    [Fact]
    [Trait("rule", "P04")]
    public void A_column_of_a_table_cannot_hold_free_text() =>
        Assert.Equal(["Boolean", "Integer", "Real", "Signal", "Single", "Time", "Word"], Enum.GetNames<ColumnType>().Order(StringComparer.Ordinal));

    [Fact]
    [Trait("rule", "P04")]
    public void A_column_of_words_lists_them_all() =>
        Assert.DoesNotContain(SchemaInventory.ListTables().SelectMany(t => t.Columns), c => c.Type == ColumnType.Word && c.Words.IsEmpty);

    [Fact]
    [Trait("rule", "P04")]
    public void A_text_field_must_say_what_bounds_it_and_a_seventh_free_one_fails()
    {
        var table = Table with { Fields = [.. Enumerable.Range(1, 7).Select(i => new RunningField($"note{(char)('A' + i)}", true, "text"))] };
        string Entry(string text) => "{ \"groups\": [ { \"name\": \"volumes\", \"kind\": \"table\", \"purpose\": \"Notes.\", \"tier\": \"staff\", \"retention\": \"for good\", \"fields\": ["
            + string.Join(',', table.Fields.Select(f => $"{{ \"name\": \"{f.Name}\", \"class\": \"text\", \"purpose\": \"A note.\"{text} }}")) + "] } ] }";

        Assert.Equal(7, Inventory.Parse(Entry("")).ListDifferences([table]).Count(d => d.Contains("does not say what bounds it", StringComparison.Ordinal)));
        Assert.Contains("7 fields of free text", Assert.Single(Inventory.Parse(Entry(", \"text\": \"free: people write it\"")).ListDifferences([table])), StringComparison.Ordinal);
        Assert.Empty(Inventory.Parse(Entry(", \"text\": \"closed: IANA names\"")).ListDifferences([table]));
    }

    [Fact]
    [Trait("rule", "P02")]
    public void A_draft_lists_what_is_missing_and_is_not_valid_until_a_person_has_filled_it_in()
    {
        var draft = new StringWriter();
        Inventory.Parse("""{ "groups": [] }""").WriteDraft([Table], draft);
        var filled = Inventory.Parse($"{{ \"groups\": [ {draft.ToString().TrimEnd().TrimEnd(',')} ] }}");

        Assert.Equal(5, filled.ListDifferences([Table]).Count);
        Assert.All(filled.ListDifferences([Table]), d => Assert.Matches("purpose|tier|retention", d));
    }

    [Fact]
    [Trait("rule", "P02")]
    public void An_option_of_a_command_is_part_of_what_is_compared()
    {
        var root = new RootCommand { new Command("import") { new Option<string>("--zone") } };
        var groups = CommandInventory.ListGroups(root);

        Assert.Contains(groups, g => g.Kind == "command" && g.Name.EndsWith(" import", StringComparison.Ordinal) && g.Fields.Any(f => f.Name == "--zone"));
    }

    [Fact]
    [Trait("rule", "P02")]
    public void The_inventory_keeps_to_its_schema()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Repository.PathTo("privacy/inventory.schema.json")));
        using var inventory = JsonDocument.Parse(File.ReadAllText(Repository.PathTo("privacy/inventory.json")));
        Assert.Empty(SchemaCheck.ListFaults(schema.RootElement, inventory.RootElement));

        var group = schema.RootElement.GetProperty("properties").GetProperty("groups").GetProperty("items").GetProperty("properties");
        Assert.Equal(Inventory.Kinds, Words(group.GetProperty("kind")));
        Assert.Equal(Inventory.Tiers, Words(group.GetProperty("tier")));
        Assert.Equal(Inventory.Retentions, Words(group.GetProperty("retention")));
        Assert.Equal(Inventory.Classes, Words(group.GetProperty("fields").GetProperty("items").GetProperty("properties").GetProperty("class")));

        static ImmutableArray<string> Words(JsonElement property) => [.. property.GetProperty("enum").EnumerateArray().Select(e => e.GetString()!)];
    }

    [Fact]
    [Trait("rule", "P24")]
    public void The_last_material_change_records_the_rules_in_force()
    {
        var text = File.ReadAllText(Repository.PathTo("privacy/material-changes.md"));
        var entries = text.Split("\n## ")[1..];
        var last = entries[^1];

        Assert.True(
            PublishedRules.ListProofs(Inventory.Published).All(proof => last.Contains($"`{proof}`", StringComparison.Ordinal)),
            "The inventory, the limits or the gate changed. Say in privacy/material-changes.md who gains what by it, and record:\n"
            + string.Join('\n', PublishedRules.ListProofs(Inventory.Published).Select(p => $"`{p}`")));
        Assert.All(entries, e => Assert.Matches("(?s)Who gains.+What changes", e));
    }

    [Fact]
    [Trait("rule", "P24")]
    public void A_loosened_limit_a_dropped_word_and_a_longer_retention_each_change_the_proof()
    {
        Assert.NotEqual(PublishedRules.HashOfLimits(typeof(PrivacyLimits)), PublishedRules.HashOfLimits(typeof(LooserLimits)));
        Assert.NotEqual(PublishedRules.HashOfGate(ForbiddenWords.ListEntries()), PublishedRules.HashOfGate(ForbiddenWords.ListEntries().Skip(1)));
        Assert.NotEqual(
            PublishedRules.HashOf(Inventory.Parse(TableEntry)),
            PublishedRules.HashOf(Inventory.Parse(TableEntry.Replace("staff", "public", StringComparison.Ordinal))));
    }

    private static class LooserLimits
    {
        public const int PublicCountMinimum = 1;
    }
}
