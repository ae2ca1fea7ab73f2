using System.Collections.Immutable;
using System.CommandLine;
using Crosstown.Server.Privacy;

namespace Crosstown.Cli.Privacy;

/// <summary>The commands of the program with their arguments and options, as the inventory compares them.</summary>
public static class CommandInventory
{
    public static ImmutableArray<RunningGroup> ListGroups(Command command)
    {
        var groups = ImmutableArray.CreateBuilder<RunningGroup>();
        Add(command, groups, "");
        return groups.ToImmutable();
    }

    private static void Add(Command command, ImmutableArray<RunningGroup>.Builder groups, string parents)
    {
        // The root takes its name from the process, which a test runner is too.
        var name = command is RootCommand ? "crosstown" : $"{parents}{command.Name}";
        RunningField[] fields =
        [
            .. command.Arguments.Select(a => new RunningField(a.Name, false, "command", a.Description ?? "")),
            .. command.Options.Select(o => new RunningField(o.Name, false, "command", o.Description ?? "")),
        ];
        if (fields.Length > 0)
        {
            groups.Add(new RunningGroup(name, "command", [.. fields], command.Description ?? ""));
        }

        foreach (var inner in command.Subcommands)
        {
            Add(inner, groups, $"{name} ");
        }
    }
}
