using System.CommandLine;
using Crosstown.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;
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
        var web = Web();
        var command = new Command("serve", "Serve the operations centre and the public pages of a data folder.") { data, urls, config, web };
        command.SetAction((parsed, stop) => Run(
            new ServerSettings { Data = Path.GetFullPath(parsed.GetValue(data)!), Urls = parsed.GetValue(urls)!, Config = parsed.GetValue(config), WebRoot = parsed.GetValue(web) }, null, stop));
        return command;
    }

    /// <summary>Where the client's files are, for those who work on it.</summary>
    public static Option<string> Web() => new("--web") { Description = "Folder of the built client; wwwroot beside the program when not given.", HelpName = "DIR" };

    /// <summary>Serves until it is told to stop; prints the address when the first page can be served.</summary>
    public static async Task<int> Run(ServerSettings settings, Action<IServiceCollection>? add, CancellationToken stop)
    {
        await using var app = ServerHost.Create(settings, TimeProvider.System, add);
        await app.StartAsync(stop);
        Console.WriteLine($"Crosstown is at {string.Join(", ", app.Urls)}");
        await app.WaitForShutdownAsync(stop);
        return CommandLine.Done;
    }
}
