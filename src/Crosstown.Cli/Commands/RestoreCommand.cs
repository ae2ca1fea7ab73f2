using System.CommandLine;
using System.Globalization;
using Crosstown.Server.Operations.Backups;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown restore FILE --data DIR</c></summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A file that backup wrote." };
        var data = SharedOptions.Data(required: true);
        var command = new Command("restore", "Put a backup into an empty folder. Every file is compared with its hash first.") { file, data };
        command.SetAction(parsed => Run(parsed.GetValue(file)!, parsed.GetValue(data)!));
        return command;
    }

    private static int Run(string file, string data)
    {
        var list = Restore.Run(file, data);
        var made = DateTimeOffset.FromUnixTimeMilliseconds(list.CreatedMs);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{data}: {list.Files.Count:N0} files of the backup of {made:yyyy-MM-dd HH:mm:ss} UTC, all whole"));
        Console.WriteLine("What has passed its time since then is deleted when the server starts.");
        return CommandLine.Done;
    }
}
