using System.Globalization;
using Crosstown.Core.Data;

namespace Crosstown.Cli.Demo;

/// <summary>The folder of a demo, which each new demo replaces.</summary>
internal static class DemoFolder
{
    private const string MarkerFile = "demo-seed.txt";

    /// <summary>Empties an earlier demo's folder; keeps its hands off any other.</summary>
    /// <exception cref="ProblemException">XT142: the folder holds something that is not an earlier demo.</exception>
    public static void Prepare(string data, ulong seed)
    {
        var marker = Path.Combine(data, MarkerFile);
        if (Directory.Exists(data) && Directory.EnumerateFileSystemEntries(data).Any())
        {
            if (!File.Exists(marker))
            {
                throw new ProblemException("XT142", data, "The folder holds something that is not a demo; name an empty one with --data.");
            }

            Directory.Delete(data, recursive: true);
        }

        Directory.CreateDirectory(data);
        File.WriteAllText(marker, seed.ToString(CultureInfo.InvariantCulture) + "\n");
    }
}
