using System.Diagnostics;
using System.Globalization;
using Crosstown.Server.Imports;
using Crosstown.Server.Measuring;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;
using Crosstown.Measures;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Bench;

/// <summary>From files to segments, and from segments to measures.</summary>
internal static class PipelineBench
{
    /// <summary>Events per processor second of Oregon's package over its 16 measures at once, as measured on machines of this size.</summary>
    private const double PeerEventsPerSecond = 0.40e6;

    /// <summary>Peak memory of the same package on 48.7 million events.</summary>
    private const double PeerMemoryMb = 2404;

    /// <summary>Processor seconds of Utah's ATSPM 5 for split failures of one signal over 18 hours.</summary>
    private const double PeerSplitFailureSeconds = 10.2;

    private const int BigSignals = 109;
    private const int BigHours = 18;

    /// <summary>CSV to segments, in a process of its own on one processor.</summary>
    public static bool Import(string? shared)
    {
        var folder = Directory.CreateTempSubdirectory("crosstown-bench-").FullName;
        try
        {
            var csv = Path.Combine(folder, "events.csv");
            long rows = 0;
            using (var writer = new StreamWriter(csv))
            {
                writer.WriteLine("TimeStamp,DeviceId,EventId,Parameter");
                foreach (var (configuration, events) in SampleLogs.Repeat(SampleLogs.Read(shared), 24, 15))
                {
                    rows += events.Length;
                    foreach (var e in events)
                    {
                        writer.Write(DateTimeOffset.FromUnixTimeMilliseconds(e.TimeMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture));
                        writer.Write(string.Create(CultureInfo.InvariantCulture, $",{configuration.Signal},{e.Code},{e.Parameter}\n"));
                    }
                }
            }

            var (cpu, memory, _) = Child("import", csv, Path.Combine(folder, "data"));
            Console.WriteLine($"       {rows:N0} rows, {new FileInfo(csv).Length / 1e6:N0} MB of CSV; memory copy of this machine {Figures.MemoryCopyGbps():N1} GB/s, so reading the text once would take {new FileInfo(csv).Length / Figures.MemoryCopyGbps() / 1e9:N3} s");
            return Figures.Hold("import CSV to segments", rows / cpu / 1e6, "M rows per CPU-second", 3, atLeast: true, $"peak memory {memory / 1e6:N0} MB");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>All of the peer's measures at once from segments, on one processor; and split failures of one signal, warm.</summary>
    public static bool Measure(string? shared)
    {
        var folder = Directory.CreateTempSubdirectory("crosstown-bench-").FullName;
        try
        {
            var samples = SampleLogs.Read(shared);
            var isMet = true;
            double smallMemory = 0;
            foreach (var signals in new[] { 10, BigSignals })
            {
                var data = Path.Combine(folder, signals.ToString(CultureInfo.InvariantCulture));
                var events = Fill(data, SampleLogs.Repeat(samples, signals, BigHours));
                var (cpu, memory, measured) = Child("measure", data, Path.Combine(folder, "out"));
                Console.WriteLine($"       {signals} signals x {BigHours} h: {events:N0} events measured, {measured:N0} shown, {cpu:N2} CPU-seconds, peak {memory / 1e6:N0} MB");
                if (signals == BigSignals)
                {
                    var speed = events / cpu;
                    isMet &= Figures.Hold(
                        "all measures of the peer at once, files written", speed / 1e6, "M events per CPU-second", 2, atLeast: true, $"{speed / PeerEventsPerSecond:N1} x the peer's 0.40 M");
                    isMet &= Figures.Hold("peak memory", memory / 1e6, "MB", 300, atLeast: false, $"the peer needs {PeerMemoryMb:N0} MB, {PeerMemoryMb / (memory / 1e6):N1} x");
                    isMet &= Figures.Hold("memory, 109 signals over 10 signals", memory / smallMemory, "x", 1.5, atLeast: false);
                }

                smallMemory = memory;
            }

            isMet &= SplitFailure(samples);
            isMet &= Allocation(samples);
            return isMet;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Does one part of a bench in this process and prints its processor seconds, peak memory and count.</summary>
    public static int RunChild(string what, string[] args)
    {
        var issues = new DataIssueLog();
        long count = 0;
        switch (what)
        {
            case "import":
                count = ImportRun.Run(EventStore.Open(args[1]), [args[0]], "UTC", null, null, issues).Commit.Added;
                break;
            case "measure":
                var store = EventStore.Open(args[0]);
                var options = new MeasureOptions { Set = DefinitionSet.Odot21 };
                var selection = MeasureSelection.Of(MeasureCatalog.All.Select(m => m.Name));
                using (var tables = new TableOutput(args[1], TableFormat.Csv, TimeStyle.Local, selection.TablesIn(options.Set)))
                {
                    var request = new MeasureRequest { Selection = selection, Options = options };
                    count = MeasureRun.Run(new StoredEvents(store, issues), SignalConfigurations.Open(args[0], [], issues), request, tables, issues);
                    tables.Complete();
                }

                break;
            default:
                return 2;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Figures.CpuSeconds()} {Figures.PeakMemoryBytes()} {count}"));
        return 0;
    }

    private static bool SplitFailure(List<(SignalConfiguration Configuration, ControllerEvent[] Events)> samples)
    {
        var (configuration, events) = SampleLogs.Repeat(samples, 1, 21).Single();
        events = events[..Math.Min(events.Length, 579_000)];
        Core.Tables.ITableSink sink = new Discard();
        Measure[] measures = [MeasureCatalog.Find("split-failure")!];
        var best = double.MaxValue;
        for (var pass = 0; pass < 25; pass++)
        {
            var start = Stopwatch.GetTimestamp();
            RunPass(measures, configuration, events, DefinitionSet.Odot21, sink);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return Figures.Hold(
            $"split failure, one signal, {events.Length:N0} events, warm", best, "ms", 50, atLeast: false, $"{PeerSplitFailureSeconds * 1000 / best:N0} x faster than the incumbent's 10.2 CPU-seconds");
    }

    private static bool Allocation(List<(SignalConfiguration Configuration, ControllerEvent[] Events)> samples)
    {
        var bytes = AllocatedPerEvent(samples);
        return Figures.Hold("allocated per event, all of the peer's measures, once buffers have grown", bytes, "B", 0.5, atLeast: false);
    }

    /// <summary>Bytes that a second half-day adds to the first, per event: what is set up once per signal does not count.</summary>
    private static double AllocatedPerEvent(List<(SignalConfiguration Configuration, ControllerEvent[] Events)> samples)
    {
        var (configuration, events) = SampleLogs.Repeat(samples, 1, 18).Single();
        var sink = new Discard();
        var buffers = new RowBuffers();
        Allocated(events);
        var half = Allocated(events.AsSpan(0, events.Length / 2));
        var whole = Allocated(events);
        return (double)Math.Max(0, whole - half) / (events.Length - (events.Length / 2));

        long Allocated(ReadOnlySpan<ControllerEvent> shown)
        {
            var pass = new SignalPass(MeasureCatalog.All, configuration, LocalTimeMap.Utc, new MeasureOptions { Set = DefinitionSet.Odot21 }, null, sink, new DataIssueLog(), buffers);
            var before = GC.GetAllocatedBytesForCurrentThread();
            pass.Append(shown);
            pass.Finish();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static void RunPass(IReadOnlyList<Measure> measures, SignalConfiguration configuration, ReadOnlySpan<ControllerEvent> events, DefinitionSet set, ITableSink sink)
    {
        var pass = new SignalPass(measures, configuration, LocalTimeMap.Utc, new MeasureOptions { Set = set }, null, sink, new DataIssueLog());
        pass.Append(events);
        pass.Finish();
    }

    private static long Fill(string data, IEnumerable<(SignalConfiguration Configuration, ControllerEvent[] Events)> logs)
    {
        long events = 0;
        using var writer = EventStore.Open(data).OpenWriter(new DataIssueLog());
        foreach (var (configuration, log) in logs)
        {
            writer.Add(configuration.Signal, "UTC", log);
            events += log.Length;
            SignalFileOutput.WriteEach([configuration], Path.Combine(data, SignalConfigurations.Folder));
        }

        writer.Commit();
        return events;
    }

    private static (double Cpu, double MemoryBytes, long Count) Child(params string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["child", .. args]) { RedirectStandardOutput = true };
        using var child = Process.Start(start)!;
        var line = child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        child.WaitForExit();
        if (child.ExitCode != 0 || line is null)
        {
            throw new InvalidOperationException($"The bench's child {args[0]} ended with {child.ExitCode}.");
        }

        var figures = line.Split(' ');
        return (
            double.Parse(figures[0], CultureInfo.InvariantCulture), double.Parse(figures[1], CultureInfo.InvariantCulture), long.Parse(figures[2], CultureInfo.InvariantCulture));
    }

    private sealed class Discard : ITableSink
    {
        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
        }
    }
}
