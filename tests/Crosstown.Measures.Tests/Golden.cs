using System.Runtime.CompilerServices;

namespace Crosstown.Measures.Tests;

/// <summary>Stored answers: what a measure said of a real log when it was last checked by hand. They change only in a commit that says why.</summary>
internal static class Golden
{
    /// <summary>Compares lines with <c>tests/golden/NAME.csv</c>, whose first lines start with <c>#</c> and say where the log came from.</summary>
    /// <remarks>With CROSSTOWN_GOLDEN=write the file is written anew and the test fails, so that this cannot be left on.</remarks>
    /// <param name="origin">Where the log came from, one line.</param>
    public static void Check(string name, string origin, IEnumerable<string> lines, [CallerFilePath] string thisFile = "")
    {
        var folder = Path.GetDirectoryName(thisFile)!;
        while (Path.GetFileName(folder) != "tests")
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        var file = Path.Combine(folder, "golden", name + ".csv");
        string[] actual = [$"# {origin}", .. lines];
        if (Environment.GetEnvironmentVariable("CROSSTOWN_GOLDEN") == "write")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllLines(file, actual);
            Assert.Fail($"Wrote {file}; read it, and run again without CROSSTOWN_GOLDEN.");
        }

        Assert.True(File.Exists(file), $"There is no stored answer {file}; run once with CROSSTOWN_GOLDEN=write and read what it wrote.");
        Assert.Equal(File.ReadAllLines(file), actual);
    }
}
