using System.Diagnostics;

namespace Crosstown.Bench;

/// <summary>Clocks and meters.</summary>
internal static class Figures
{
    /// <summary>Processor seconds that this process has used.</summary>
    public static double CpuSeconds() => Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;

    /// <summary>Peak memory of this process in bytes; 0 where the system does not tell.</summary>
    public static long PeakMemoryBytes()
    {
        const string Status = "/proc/self/status";
        if (!File.Exists(Status))
        {
            return Process.GetCurrentProcess().PeakWorkingSet64;
        }

        var line = File.ReadLines(Status).FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), System.Globalization.CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Prints a figure beside its bar, and says whether it is met.</summary>
    public static bool Hold(string what, double value, string unit, double bar, bool atLeast, string peer = "")
    {
        var isMet = atLeast ? value >= bar : value <= bar;
        Console.WriteLine($"{(isMet ? "met   " : "MISSED")} {what}: {value:N2} {unit} (bar {(atLeast ? ">=" : "<=")} {bar:N2}){(peer.Length == 0 ? "" : "; " + peer)}");
        return isMet;
    }

    /// <summary>The machine's memory copy in GB/s: one read and one write of each byte counted once.</summary>
    public static double MemoryCopyGbps()
    {
        var from = new byte[64 << 20];
        var to = new byte[64 << 20];
        from.CopyTo(to, 0);
        var best = double.MaxValue;
        for (var pass = 0; pass < 8; pass++)
        {
            var start = Stopwatch.GetTimestamp();
            from.CopyTo(to, 0);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return from.Length / best / 1e9;
    }
}
