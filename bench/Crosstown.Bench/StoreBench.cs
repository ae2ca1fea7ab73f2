using System.Diagnostics;
using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;

namespace Crosstown.Bench;

/// <summary>Event store: bytes on disk, cost of writing, speed and allocation of reading, beside the machine's own memory copy.</summary>
internal static class StoreBench
{
    /// <summary>How long each figure is measured. The best pass counts: early ones wait for the compiler, others for who shares the machine.</summary>
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(2);

    private const string Zone = "America/Los_Angeles";

    /// <summary>Measures on the Oregon logs under a folder, or where it is null or lacks them on a log made by code.</summary>
    public static void Run(TextWriter output, string? sharedRoot)
    {
        var logs = sharedRoot is not null && File.Exists(PathOf(sharedRoot, "odot-3h")) ? ReadOregon(sharedRoot) : MakeLogs(seed: 1);
        var rows = logs.Sum(l => (long)l.Events.Length);
        var folder = Path.Combine(Path.GetTempPath(), $"crosstown-store-bench-{Environment.ProcessId}");
        try
        {
            MeasureWriting(output, logs, rows, folder);
            MeasureReading(output, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Print(output, $"memory copy: {MeasureCopy():F1} GB/s");
    }

    private static void MeasureWriting(TextWriter output, List<(SignalId Signal, ControllerEvent[] Events)> logs, long rows, string folder)
    {
        var best = double.MaxValue;
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < Measured;)
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            best = Math.Min(best, Write(logs, folder));
        }

        var store = EventStore.Open(folder);
        Figures.Hold("segments on disk", store.CountBytes() / (double)store.CountEvents(), "B/event", 1.5, atLeast: false);
        Print(output, $"size: {store.CountBytes() / (double)store.CountEvents():F3} B/event ({store.CountEvents()} events of {rows} rows)");
        Print(output, $"write (add, sort, remove duplicates, code, sync): {best / rows * 1e9:F1} ns/row, {rows / best / 1e6:F1} M rows per CPU-second");

        best = double.MaxValue;
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < Measured;)
        {
            best = Math.Min(best, Write(logs, folder));
        }

        Print(output, $"write again what is there: {best / rows * 1e9:F1} ns/row");
    }

    /// <summary>Adds and commits all; returns the CPU time in seconds.</summary>
    private static double Write(List<(SignalId Signal, ControllerEvent[] Events)> logs, string folder)
    {
        var start = CpuSeconds();
        using var writer = EventStore.Open(folder).OpenWriter(new DataIssueLog());
        foreach (var (signal, events) in logs)
        {
            writer.Add(signal, Zone, events);
        }

        writer.Commit();
        return CpuSeconds() - start;
    }

    private static void MeasureReading(TextWriter output, string folder)
    {
        var store = EventStore.Open(folder);
        var signals = store.ListSignals();
        var best = double.MaxValue;
        long allocated = 0;
        long events = 0;
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < Measured;)
        {
            var seconds = 0.0;
            events = allocated = 0;
            foreach (var signal in signals)
            {
                using var reader = store.OpenReader(signal);
                // The first block opens the file; the rest is the steady state.
                reader.Next(out var block);
                var before = GC.GetAllocatedBytesForCurrentThread();
                var start = Stopwatch.GetTimestamp();
                while (reader.Next(out block))
                {
                    events += block.Length;
                }

                seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            }

            best = Math.Min(best, seconds);
        }

        Figures.Hold("read back", events / best / 1e6, "M events/s on one core", 50, atLeast: true);
        Print(output, $"read: {events / best / 1e6:F0} M events/s on one core, {best / events * 1e9:F2} ns/event, {allocated / (double)events:F3} B allocated per event");
    }

    private static double MeasureCopy()
    {
        var from = new byte[64 << 20];
        var to = new byte[from.Length];
        var best = double.MaxValue;
        for (var pass = 0; pass < 10; pass++)
        {
            var start = Stopwatch.GetTimestamp();
            from.AsSpan().CopyTo(to);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return from.Length / best / 1e9;
    }

    private static double CpuSeconds() => Environment.CpuUsage.TotalTime.TotalSeconds;

    private static string PathOf(string sharedRoot, string name) => Path.Combine(sharedRoot, "data", "hires", name, "events.csv");

    private static List<(SignalId Signal, ControllerEvent[] Events)> ReadOregon(string sharedRoot)
    {
        var logs = new Dictionary<string, List<ControllerEvent>>();
        foreach (var name in new[] { "odot-3h", "odot-1136" })
        {
            foreach (var line in File.ReadLines(PathOf(sharedRoot, name)).Skip(1))
            {
                var cells = line.Split(',');
                var time = DateTimeOffset.ParseExact(cells[0], "yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
                if (!logs.TryGetValue(cells[1], out var events))
                {
                    logs[cells[1]] = events = [];
                }

                events.Add(new ControllerEvent(
                    time.ToUnixTimeMilliseconds(), ushort.Parse(cells[2], CultureInfo.InvariantCulture), short.Parse(cells[3], CultureInfo.InvariantCulture)));
            }
        }

        return [.. logs.Select(l => (SignalId.Parse(l.Key), l.Value.ToArray()))];
    }

    /// <summary>Two signals, three hours: detectors that go on and off as vehicles pass, phases that take turns, and a call before each green.</summary>
    private static List<(SignalId Signal, ControllerEvent[] Events)> MakeLogs(int seed)
    {
        const int Detectors = 40;
        const long HoursMs = 3 * 3_600_000L;
        var logs = new List<(SignalId, ControllerEvent[])>();
        var random = new Random(seed);
        var startMs = new DateTimeOffset(2024, 5, 13, 15, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        foreach (var signal in new[] { "101", "102" })
        {
            var events = new List<ControllerEvent>();
            for (short channel = 1; channel <= Detectors; channel++)
            {
                for (var time = startMs; time < startMs + HoursMs;)
                {
                    time += (1 + random.Next(20 + (4 * channel))) * 100;
                    events.Add(new ControllerEvent(time, EventCode.DetectorOn, channel));
                    time += (2 + random.Next(12)) * 100;
                    events.Add(new ControllerEvent(time, EventCode.DetectorOff, channel));
                }
            }

            short phase = 0;
            for (var time = startMs; time < startMs + HoursMs; phase = (short)((phase + 1) % 8))
            {
                var number = (short)(phase + 1);
                events.Add(new ControllerEvent(time - 100 - (random.Next(200) * 100), EventCode.PhaseCallRegistered, number));
                events.Add(new ControllerEvent(time, EventCode.PhaseOn, number));
                events.Add(new ControllerEvent(time, EventCode.PhaseBeginGreen, number));
                time += (50 + random.Next(250)) * 100;
                events.Add(new ControllerEvent(time, EventCode.PhaseGreenTermination, number));
                events.Add(new ControllerEvent(time, EventCode.PhaseBeginYellow, number));
                time += 4_000;
                events.Add(new ControllerEvent(time, EventCode.PhaseEndYellow, number));
                time += 1_000;
                events.Add(new ControllerEvent(time, EventCode.PhaseInactive, number));
            }

            events.Sort((a, b) => a.TimeMs.CompareTo(b.TimeMs));
            logs.Add((SignalId.Parse(signal), events.ToArray()));
        }

        return logs;
    }

    private static void Print(TextWriter output, FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
