using System.CommandLine;
using System.Globalization;
using Crosstown.Server.Operations.Backups;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown backup --data DIR --out FILE</c></summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var data = SharedOptions.Data(required: true);
        var output = new Option<string>("--out") { Description = "The file to write, best on another disk; its owner alone may read it.", HelpName = "FILE", Required = true };
        var command = new Command("backup", "Write everything in a data folder into one file, also while a server works in it.") { data, output };
        command.SetAction(parsed => Run(parsed.GetValue(data)!, parsed.GetValue(output)!, TimeProvider.System));
        return command;
    }

    private static int Run(string data, string output, TimeProvider time)
    {
        var isElsewhere = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(SharedOptions.RecordsVariable));
        var list = Backup.Run(data, output, !isElsewhere, time);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{output}: {list.Files.Count:N0} files, {list.Files.Sum(f => f.Bytes):N0} bytes of data"));
        if (isElsewhere)
        {
            Console.WriteLine("The records are in PostgreSQL and not in this file; back that database up with its own tools.");
        }

        return CommandLine.Done;
    }
}
