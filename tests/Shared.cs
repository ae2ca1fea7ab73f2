using System.Runtime.CompilerServices;

namespace Crosstown.Tests;

/// <summary>Where reference data lies that is not part of the project; tests that need it are skipped, and counted so, where it is not there.</summary>
internal static class SharedData
{
    public const string Category = "SharedData";

    /// <summary>The folder beside the checkout, or the one that CROSSTOWN_SHARED names; null when there is none.</summary>
    public static string? Root { get; } = Find();

    /// <summary>The full path of a reference file, or a skip of the running test.</summary>
    public static string PathTo(string relative)
    {
        Assert.SkipWhen(Root is null, "Reference data is not here: set CROSSTOWN_SHARED to its folder to run this test.");
        return Path.Combine(Root!, relative.Replace('/', Path.DirectorySeparatorChar));
    }

    private static string? Find([CallerFilePath] string thisFile = "")
    {
        var named = Environment.GetEnvironmentVariable("CROSSTOWN_SHARED");
        var folder = string.IsNullOrEmpty(named)
            ? Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "shared")
            : named;
        return Directory.Exists(Path.Combine(folder, "data")) ? Path.GetFullPath(folder) : null;
    }
}
