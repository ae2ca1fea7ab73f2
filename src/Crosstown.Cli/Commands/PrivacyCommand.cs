using System.CommandLine;
using Crosstown.Cli.Privacy;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown privacy verify | inventory</c></summary>
internal static class PrivacyCommand
{
    public static Command Create()
    {
        var draft = new Option<bool>("--draft") { Description = "Print entries for what the inventory lacks, for a person to fill in." };
        var data = SharedOptions.Data(required: false);
        var config = new Option<string>("--config") { Description = "A JSON file with the server's settings.", HelpName = "FILE" };
        var verify = new Command("verify", "Compare the running program, and a data folder's records, with the published inventory and rules.") { data, config };
        verify.SetAction((parsed, stop) => PrivacyCommands.VerifyAsync(
            Console.Out, CommandLine.Create(), parsed.GetValue(data) is { } folder ? Path.GetFullPath(folder) : null, parsed.GetValue(config), stop));
        var inventory = new Command("inventory", "Print everything that is stored or written, with purpose, class, tier and retention.") { draft };
        inventory.SetAction(async (parsed, stop) => parsed.GetValue(draft)
            ? await PrivacyCommands.PrintDraftAsync(Console.Out, CommandLine.Create(), stop)
            : PrivacyCommands.PrintInventory(Console.Out));
        return new Command("privacy", "What is held, and the proof that it is nothing else.") { verify, inventory };
    }
}
