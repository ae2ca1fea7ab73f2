using System.CommandLine;
using Crosstown.Cli.Privacy;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown privacy verify | inventory</c></summary>
internal static class PrivacyCommand
{
    public static Command Create()
    {
        var draft = new Option<bool>("--draft") { Description = "Print entries for what the inventory lacks, for a person to fill in." };
        var verify = new Command("verify", "Compare the running program with the published inventory and rules.");
        verify.SetAction(_ => PrivacyCommands.Verify(Console.Out, CommandLine.Create()));
        var inventory = new Command("inventory", "Print everything that is stored or written, with purpose, class, tier and retention.") { draft };
        inventory.SetAction(parsed => parsed.GetValue(draft)
            ? PrivacyCommands.PrintDraft(Console.Out, CommandLine.Create())
            : PrivacyCommands.PrintInventory(Console.Out));
        return new Command("privacy", "What is held, and the proof that it is nothing else.") { verify, inventory };
    }
}
