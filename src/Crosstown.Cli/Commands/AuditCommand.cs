using System.CommandLine;
using System.Globalization;
using Crosstown.Server.People;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown audit verify --data DIR [--holds NUMBER:HASH]</c></summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var data = SharedOptions.Data(required: true);
        var config = new Option<string>("--config") { Description = "The settings file of the server, where it has one.", HelpName = "FILE" };
        var holds = new Option<string>("--holds") { Description = "Number and hash of a last entry that was noted down before; shows that the end was not cut off.", HelpName = "NUMBER:HASH" };
        var verify = new Command("verify", "Walk along the chain of the audit, and name the first entry that does not hold.") { data, config, holds };
        verify.SetAction(async (parsed, _) =>
        {
            await using var people = PeopleConsole.Open(Path.GetFullPath(parsed.GetValue(data)!), parsed.GetValue(config), TimeProvider.System);
            var check = people.Audit.Verify();
            if (check.BrokenAt is { } number)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The audit does not hold at entry {number}: {check.Why}. {check.Count} entries before it do."));
                return CommandLine.DoneWithProblems;
            }

            if (parsed.GetValue(holds) is { } noted)
            {
                var parts = noted.Split(':');
                if (parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var notedNumber) || !people.Audit.Holds(notedNumber, parts[1]))
                {
                    Console.WriteLine($"The audit has no entry {noted}: its end was cut off, or it was made anew.");
                    return CommandLine.DoneWithProblems;
                }
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{check.Count} entries hold. The last is {check.LastNumber}:{check.LastHash}"));
            return CommandLine.Done;
        });
        return new Command("audit", "The record of who did what.") { verify };
    }
}
