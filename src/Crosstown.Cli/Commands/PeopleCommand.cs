using System.CommandLine;
using System.Text;
using Crosstown.Core.Data;
using Crosstown.Server.People;
using Crosstown.Server.People.Accounts;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown people add | list | disable | enable | reset</c>: the first account, and help for who cannot get in.</summary>
/// <remarks>Passwords come from a prompt, from standard input or from a file, never from the command line, which other people on the machine can see (rule X09).</remarks>
internal static class PeopleCommand
{
    public static Command Create() => new("people", "Accounts of the operations centre.") { Add(), List(), Disable(), Enable(), Reset() };

    private static Command Add()
    {
        var (name, data, config, password) = (Name(), SharedOptions.Data(required: true), Config(), PasswordFile());
        var role = new Option<string[]>("--role") { Description = "view, operate, approve or admin; more than one may be given.", HelpName = "ROLE", Required = true, AllowMultipleArgumentsPerToken = true };
        var command = new Command("add", "Add an account. Its password is asked for, or read from standard input.") { name, role, data, config, password };
        command.SetAction(async (parsed, stop) =>
        {
            var roles = parsed.GetValue(role)!.Select(ParseRole).Distinct().ToArray();
            await using var people = Open(parsed.GetValue(data)!, parsed.GetValue(config));
            await people.Accounts.AddAsync(parsed.GetValue(name)!, roles, ReadPassword(parsed.GetValue(password)), mustChangePassword: false, PeopleConsole.By, stop);
            Console.WriteLine($"'{parsed.GetValue(name)}' may sign in as {string.Join(", ", roles.Select(Access.PolicyOf))}.");
            if (roles.Any(r => r is Role.Approve or Role.Admin))
            {
                Console.WriteLine("The roles approve and admin count once a second factor is set up, at /account.");
            }

            return CommandLine.Done;
        });
        return command;
    }

    private static Command List()
    {
        var (data, config) = (SharedOptions.Data(required: true), Config());
        var command = new Command("list", "List the accounts.") { data, config };
        command.SetAction(async (parsed, _) =>
        {
            await using var people = Open(parsed.GetValue(data)!, parsed.GetValue(config));
            foreach (var (account, roles) in people.Store.List())
            {
                string[] marks =
                [
                    account.Origin == Account.Local ? "" : $"through {account.Origin}", account.SecondFactorEnabled ? "second factor" : "", account.IsDisabled ? "disabled" : "",
                ];
                Console.WriteLine($"{account.Name}\t{string.Join(',', roles.Select(Access.PolicyOf))}\t{string.Join(", ", marks.Where(m => m.Length > 0))}");
            }

            return CommandLine.Done;
        });
        return command;
    }

    private static Command Disable() => Change("disable", "Let an account sign in no more; its sessions end at once.", (people, account, stop) => people.Accounts.SetDisabledAsync(account, isDisabled: true, PeopleConsole.By, stop));

    private static Command Enable() => Change("enable", "Let a disabled account sign in again.", (people, account, stop) => people.Accounts.SetDisabledAsync(account, isDisabled: false, PeopleConsole.By, stop));

    private static Command Reset()
    {
        var password = PasswordFile();
        var command = Change(
            "reset",
            "Give an account a password that must be changed at the next sign-in, and take its second factor away.",
            (people, account, parsed, stop) => people.Accounts.ResetAsync(account, ReadPassword(parsed.GetValue(password)), PeopleConsole.By, stop));
        command.Options.Add(password);
        return command;
    }

    private static Command Change(string verb, string description, Func<PeopleConsole, Account, CancellationToken, Task> change) =>
        Change(verb, description, (people, account, _, stop) => change(people, account, stop));

    private static Command Change(string verb, string description, Func<PeopleConsole, Account, ParseResult, CancellationToken, Task> change)
    {
        var (name, data, config) = (Name(), SharedOptions.Data(required: true), Config());
        var command = new Command(verb, description) { name, data, config };
        command.SetAction(async (parsed, stop) =>
        {
            await using var people = Open(parsed.GetValue(data)!, parsed.GetValue(config));
            var account = await people.Accounts.FindByNameAsync(parsed.GetValue(name)!) ?? throw new ProblemException("XT362", "NAME", $"There is no account '{parsed.GetValue(name)}'.");
            await change(people, account, parsed, stop);
            Console.WriteLine($"{verb}: {account.Name}");
            return CommandLine.Done;
        });
        return command;
    }

    private static Argument<string> Name() => new("NAME") { Description = "The account: letters, digits, '.', '_' and '-'." };

    private static Option<string> Config() => new("--config") { Description = "The settings file of the server, where it has one.", HelpName = "FILE" };

    private static Option<string> PasswordFile() => new("--password-file") { Description = "Read the password from the first line of a file instead of asking.", HelpName = "FILE" };

    private static PeopleConsole Open(string data, string? config) => PeopleConsole.Open(Path.GetFullPath(data), config, TimeProvider.System);

    private static Role ParseRole(string text) => Enum.TryParse<Role>(text, ignoreCase: true, out var role) && Enum.IsDefined(role) && !char.IsAsciiDigit(text[0])
        ? role
        : throw new ProblemException("XT363", "--role", $"'{text}' is no role; there are view, operate, approve and admin.");

    private static string ReadPassword(string? file)
    {
        if (file is not null)
        {
            return File.ReadLines(file).FirstOrDefault() ?? "";
        }

        if (Console.IsInputRedirected)
        {
            return Console.In.ReadLine() ?? "";
        }

        Console.Write("Password: ");
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed.Append(key.KeyChar);
            }
        }

        Console.WriteLine();
        return typed.ToString();
    }
}
