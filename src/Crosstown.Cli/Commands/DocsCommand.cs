using System.CommandLine;
using System.Globalization;
using System.Text;
using Crosstown.Cli.Interface;
using Crosstown.Cli.Report.Pictures;
using Crosstown.Core.Data;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown docs [--out DIR]</c>: for those who write the documentation.</summary>
internal static class DocsCommand
{
    private static readonly string s_defaultFolder = Path.Combine("docs", "measures");

    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "The folder of the measures' pages.", HelpName = "DIR", DefaultValueFactory = _ => s_defaultFolder };
        var command = new Command("docs", "Draw the documentation's pictures anew, and write the interface's page and client.") { output };
        command.Hidden = true;
        command.SetAction(async (parsed, stop) =>
        {
            var done = Run(parsed.GetValue(output)!);
            await WriteInterfaceAsync(stop);
            return done;
        });
        return command;
    }

    /// <summary>The interface's files, from the root of the repository on, with their text.</summary>
    public static async Task<IReadOnlyList<(string Path, string Text)>> ListInterfaceFilesAsync(CancellationToken stop)
    {
        var document = await InterfaceDocument.ReadAsync(TimeProvider.System, stop);
        var client = new ClientWriter(document);
        return
        [
            ("docs/api.md", InterfacePage.Write(document)),
            ("src/Crosstown.Client/CrosstownClient.Operations.cs", client.WriteOperations()),
            ("src/Crosstown.Client/Records.cs", client.WriteRecords()),
        ];
    }

    private static async Task WriteInterfaceAsync(CancellationToken stop)
    {
        foreach (var (path, text) in await ListInterfaceFilesAsync(stop))
        {
            await File.WriteAllTextAsync(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), stop);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {text.Length:N0} characters"));
        }
    }

    private static int Run(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new ProblemException("XT143", folder, "There is no such folder; run this at the root of the repository.");
        }

        var scene = PictureScene.Create();
        foreach (var name in MeasurePictures.Names)
        {
            var picture = MeasurePictures.Draw(scene, name);
            File.WriteAllText(Path.Combine(folder, name + ".svg"), picture, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}.svg: {picture.Length:N0} characters"));
        }

        return CommandLine.Done;
    }
}
