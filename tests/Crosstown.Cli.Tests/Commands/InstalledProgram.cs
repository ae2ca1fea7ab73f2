using System.Diagnostics;

namespace Crosstown.Cli.Tests.Commands;

/// <summary>The program as a shell runs it.</summary>
internal static class InstalledProgram
{
    /// <summary>Runs it to its end.</summary>
    /// <returns>Its exit code, and what it wrote: the standard output, then the errors.</returns>
    public static async Task<(int Exit, string Said)> RunAsync(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "crosstown.exe" : "crosstown"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var wrong = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await said + await wrong);
    }
}
