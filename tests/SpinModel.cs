using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Crosstown.Tests;

/// <summary>A model of docs/models in the model checker spin, which is not ours. Where spin or gcc is not installed, the test that needs it is skipped.</summary>
internal sealed class SpinModel : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crosstown-spin").FullName;
    private readonly string _file;
    private readonly string _depth;

    /// <param name="file">Of the model.</param>
    /// <param name="depth">Steps that the checker looks at most.</param>
    public SpinModel(string file, int depth)
    {
        _file = file;
        _depth = string.Create(CultureInfo.InvariantCulture, $"-m{depth}");
        File.Copy(Path.Combine(Models(), file), Path.Combine(_folder, file));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Makes the checker.</summary>
    /// <param name="model">Options of spin.</param>
    /// <param name="checker">Options of the compiler.</param>
    public void Build(string[] model, string[] checker)
    {
        Run("spin", [.. model, "-a", _file]);
        Run("gcc", ["-O0", "-w", .. checker, "-o", "pan", "pan.c"]);
    }

    /// <summary>What the checker says.</summary>
    public string Verify(params string[] options) => Run(Path.Combine(_folder, "pan"), [_depth, .. options]);

    /// <summary>True when the model can show these rows, a tick each.</summary>
    /// <param name="rows">All of the same length, at least one.</param>
    /// <param name="model">Options of spin beside that of the trace.</param>
    public bool IsAllowed(List<byte[]> rows, params string[] model)
    {
        var trace = new StringBuilder();
        trace.Append(CultureInfo.InvariantCulture, $"c_decl {{\nstatic const unsigned char trace[][{rows[0].Length}] = {{\n");
        foreach (var row in rows)
        {
            trace.Append(CultureInfo.InvariantCulture, $"{{{string.Join(',', row)}}},\n");
        }

        File.WriteAllText(Path.Combine(_folder, "trace.pml"), trace.Append("};\n}\n").ToString());
        Build([string.Create(CultureInfo.InvariantCulture, $"-DTRACE={rows.Count}"), .. model], ["-DSAFETY"]);

        // A trace that is gone through to its end meets the assert that stands there.
        var answer = Verify("-E");
        var isAllowed = answer.Contains("assertion violated 0", StringComparison.Ordinal);
        Assert.True(isAllowed || answer.Contains("errors: 0", StringComparison.Ordinal), answer);
        return isAllowed;
    }

    private string Run(string program, string[] arguments)
    {
        Assert.SkipUnless(File.Exists(program) || Directories().Any(d => File.Exists(Path.Combine(d, program))), $"{program} is not installed: tests of the model need spin and gcc.");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {text} {errors.GetAwaiter().GetResult()}");
        return text;
    }

    private static string[] Directories() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);

    private static string Models([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "docs", "models"));
}
