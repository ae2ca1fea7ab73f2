using System.CommandLine;
using Crosstown.Server.Hosting;
using Microsoft.Extensions.Hosting;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown serve --data DIR [--urls URL] [--config FILE]</c></summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var data = SharedOptions.Data(required: true);
        var urls = new Option<string>("--urls") { Description = "Where to listen.", HelpName = "URL", DefaultValueFactory = _ => "http://127.0.0.1:5311" };
        var config = new Option<string>("--config") { Description = "A JSON file with more settings.", HelpName = "FILE" };
        var command = new Command("serve", "Serve the operations centre and the public pages of a data folder.") { data, urls, config };
        command.SetAction(async (parsed, stop) =>
        {
            var settings = new ServerSettings { Data = Path.GetFullPath(parsed.GetValue(data)!), Urls = parsed.GetValue(urls)!, Config = parsed.GetValue(config) };
            await using var app = ServerHost.Create(settings, TimeProvider.System);
            await app.StartAsync(stop);
            Console.WriteLine($"Crosstown is at {string.Join(", ", app.Urls)}");
            await app.WaitForShutdownAsync(stop);
            return CommandLine.Done;
        });
        return command;
    }
}
