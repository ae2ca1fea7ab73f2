using System.ComponentModel;
using System.Diagnostics;

namespace Crosstown.Server.Polling;

/// <summary>Runs a program of the system: never through a shell, with an empty environment, and ended with all that it began when its time is over.</summary>
internal static class ChildProgram
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="arguments">One by one; no secret among them, since every user of the machine can list them (rule X09).</param>
    /// <param name="input">What it reads: secrets go here.</param>
    /// <param name="output">Takes what it writes.</param>
    /// <param name="watch">Runs beside it and may end it by throwing; null for none.</param>
    /// <returns>Its exit code. What it says of errors is not kept, since it names addresses.</returns>
    /// <exception cref="PollException">XT347: the program is not installed. XT341: it writes more than an answer may have.</exception>
    public static async Task<int> RunAsync(string program, IEnumerable<string> arguments, string input, AnswerBuffer output, Func<CancellationToken, Task>? watch, CancellationToken stop)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = Path.GetTempPath() };
        var path = Environment.GetEnvironmentVariable("PATH");
        start.Environment.Clear();
        start.Environment["PATH"] = path ?? "/usr/bin:/bin";
        start.Environment["LC_ALL"] = "C";
        using var process = Start(start);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            var watching = watch?.Invoke(limit.Token) ?? Task.Delay(Timeout.Infinite, limit.Token);
            var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, limit.Token);
            var reading = output.ReadAsync(process.StandardOutput.BaseStream, limit.Token);
            await WriteAsync(process, input);
            await await Task.WhenAny(reading, watching);
            await errors;
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode;
        }
        finally
        {
            await limit.CancelAsync();
            End(process);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new PollException("XT347", $"The program {start.FileName} is not installed on the server.");
        }
    }

    private static async Task WriteAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it had read all: its exit code says why.
        }
    }

    private static void End(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It ended in this moment.
        }
    }
}
