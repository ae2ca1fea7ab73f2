using Crosstown.Core.Street;
using Crosstown.Logs.Configuration;

namespace Crosstown.Cli.Output;

/// <summary>Writes signal configurations; a file appears when it is whole.</summary>
internal static class SignalFileOutput
{
    /// <summary>One file per signal in a folder, named after the signal.</summary>
    public static void WriteEach(IEnumerable<SignalConfiguration> configurations, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var configuration in configurations)
        {
            Publish(Path.Combine(folder, configuration.Signal.Value + ".json"), s => SignalFiles.Write(s, configuration));
        }
    }

    /// <summary>All in one file.</summary>
    public static void WriteAll(IReadOnlyList<SignalConfiguration> configurations, string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        Publish(path, s =>
        {
            if (configurations.Count == 1)
            {
                SignalFiles.Write(s, configurations[0]);
            }
            else
            {
                SignalFiles.WriteAll(s, configurations);
            }
        });
    }

    private static void Publish(string path, Action<Stream> write)
    {
        var temporary = path + ".partial";
        using (var file = File.Create(temporary))
        {
            write(file);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
