using System.CommandLine;

namespace Crosstown.Cli.Privacy;

/// <summary>The verbs <c>privacy verify</c> and <c>privacy inventory</c>.</summary>
public static class PrivacyCommands
{
    /// <summary>Compares the running program with the inventory that it was built with; 0 when they agree, 1 when not.</summary>
    /// <param name="output">Takes one line per difference, or the proofs of the rules in force.</param>
    /// <param name="commandLine">The program's commands; null leaves them out of the comparison.</param>
    public static int Verify(TextWriter output, Command? commandLine = null)
    {
        var differences = Inventory.Published.ListDifferences(SchemaInventory.ListGroups(commandLine));
        foreach (var difference in differences)
        {
            output.WriteLine(difference);
        }

        if (differences.Count > 0)
        {
            output.WriteLine($"{differences.Count} differences: these are not the published rules.");
            return 1;
        }

        output.WriteLine($"The program holds what the inventory lists and nothing else: {Inventory.Published.Groups.Sum(g => g.Fields.Length)} fields in {Inventory.Published.Groups.Length} groups.");
        foreach (var proof in PublishedRules.ListProofs(Inventory.Published))
        {
            output.WriteLine(proof);
        }

        return 0;
    }

    /// <summary>Prints everything that Crosstown holds, with purpose, class, tier and retention; always 0.</summary>
    public static int PrintInventory(TextWriter output)
    {
        foreach (var group in Inventory.Published.Groups)
        {
            output.WriteLine($"{group.Kind} {group.Name} — {group.Purpose} [{group.Tier}; kept {group.Retention}]");
            foreach (var field in group.Fields)
            {
                output.WriteLine($"  {field.Name} ({field.Class}): {field.Purpose}{(field.Text is null ? "" : $" Text, {field.Text}.")}");
            }
        }

        return 0;
    }

    /// <summary>Prints entries for what the inventory lacks, with '?' where a person must decide; 0 when it lacks nothing, else 1.</summary>
    public static int PrintDraft(TextWriter output, Command? commandLine = null)
    {
        var running = SchemaInventory.ListGroups(commandLine);
        Inventory.Published.WriteDraft(running, output);
        return Inventory.Published.ListDifferences(running).Count == 0 ? 0 : 1;
    }
}
