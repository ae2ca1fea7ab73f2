using System.Collections.Immutable;
using System.CommandLine;
using Crosstown.Server.Privacy;

namespace Crosstown.Cli.Privacy;

/// <summary>The verbs <c>privacy verify</c> and <c>privacy inventory</c>.</summary>
public static class PrivacyCommands
{
    /// <summary>Compares the running program with the inventory that it was built with and with the rules that are published; 0 when they agree, 1 when not.</summary>
    /// <param name="output">Takes one line per difference, or the proofs of the rules in force.</param>
    /// <param name="commandLine">The program's commands.</param>
    /// <param name="data">A data folder whose database is compared too; null for a new one.</param>
    /// <param name="config">The server's settings; null for none.</param>
    public static async Task<int> VerifyAsync(TextWriter output, Command commandLine, string? data = null, string? config = null, CancellationToken stop = default)
    {
        var verdict = RulesVerdict.Of(Inventory.Published, await ListGroupsAsync(commandLine, data, config, stop).ConfigureAwait(false), MaterialChange.Published);
        foreach (var difference in verdict.Differences)
        {
            output.WriteLine(difference);
        }

        if (!verdict.IsPublished)
        {
            output.WriteLine($"{verdict.Differences.Length} differences: these are not the published rules.");
            return 1;
        }

        output.WriteLine(
            $"These are the published rules: the program holds what the inventory lists and nothing else, {Inventory.Published.Groups.Sum(g => g.Fields.Length)} fields in {Inventory.Published.Groups.Length} groups.");
        foreach (var proof in verdict.Proofs)
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
    public static async Task<int> PrintDraftAsync(TextWriter output, Command commandLine, CancellationToken stop = default)
    {
        var running = await ListGroupsAsync(commandLine, null, null, stop).ConfigureAwait(false);
        Inventory.Published.WriteDraft(running, output);
        return Inventory.Published.ListDifferences(running).Count == 0 ? 0 : 1;
    }

    private static async Task<ImmutableArray<RunningGroup>> ListGroupsAsync(Command commandLine, string? data, string? config, CancellationToken stop) =>
        SchemaInventory.ListGroups([.. CommandInventory.ListGroups(commandLine), .. await SilentServer.ListGroupsAsync(data, config, stop).ConfigureAwait(false)]);
}
