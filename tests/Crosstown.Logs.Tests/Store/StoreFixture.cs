using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;

namespace Crosstown.Logs.Tests.Store;

/// <summary>An empty data folder of one test, and what tests do with stores.</summary>
public sealed class StoreFixture : IDisposable
{
    private static int made;

    public const string Zone = "America/Los_Angeles";

    public static readonly SignalId Signal = SignalId.Parse("227");

    public static readonly DateOnly Day = new(2024, 5, 13);

    public StoreFixture()
    {
        Folder = Path.Combine(Path.GetTempPath(), $"crosstown-store-{Environment.ProcessId}-{Interlocked.Increment(ref made)}");
        Directory.CreateDirectory(Folder);
    }

    public string Folder { get; }

    public DataIssueLog Issues { get; } = new();

    public static long DayStartMs(DateOnly day) => (day.DayNumber - new DateOnly(1970, 1, 1).DayNumber) * 86_400_000L;

    public static ControllerEvent Event(long sinceMidnightMs, int code, int parameter, DateOnly? day = null) =>
        new(DayStartMs(day ?? Day) + sinceMidnightMs, (ushort)code, (short)parameter);

    public EventStore Open() => EventStore.Open(Folder, Issues);

    public CommitSummary Write(params ControllerEvent[] events) => Write(Signal, events);

    public CommitSummary Write(SignalId signal, params ReadOnlySpan<ControllerEvent> events)
    {
        using var writer = Open().OpenWriter(Issues);
        writer.Add(signal, Zone, events);
        return writer.Commit();
    }

    public static List<ControllerEvent> ReadAll(EventStore store, SignalId signal, DataIssueLog? issues = null)
    {
        var all = new List<ControllerEvent>();
        using var reader = store.OpenReader(signal, issues);
        while (reader.Next(out var block))
        {
            all.AddRange(block);
        }

        return all;
    }

    /// <summary>The order and the set that the store promises, by the framework's own sort.</summary>
    public static List<ControllerEvent> SortedDistinct(IEnumerable<ControllerEvent> events) => [.. events.Distinct().Order()];

    /// <summary>Events of the kinds that a cabinet logs, with odd ones between them, in order of time only.</summary>
    public static ControllerEvent[] MakeLog(Random random, int count, DateOnly? day = null)
    {
        var events = new ControllerEvent[count];
        long time = DayStartMs(day ?? Day);
        for (var i = 0; i < count; i++)
        {
            time += random.Next(5) == 0 ? random.Next(60) * 100 : random.Next(3) == 0 ? 100 : 0;
            time += random.Next(500) == 0 ? random.Next(100) : 0;
            events[i] = random.Next(100) switch
            {
                < 70 => new ControllerEvent(time, (ushort)random.Next(81, 83), (short)random.Next(1, 40)),
                < 85 => new ControllerEvent(time, (ushort)random.Next(0, 13), (short)random.Next(1, 9)),
                < 99 => new ControllerEvent(time, (ushort)random.Next(31, 200), (short)random.Next(0, 20)),
                _ => new ControllerEvent(time, (ushort)random.Next(65_536), (short)random.Next(-32_768, 32_768)),
            };
        }

        return events;
    }

    public static List<(SignalId Signal, ControllerEvent[] Events)> ReadOregon()
    {
        var signals = new Dictionary<string, List<ControllerEvent>>();
        foreach (var file in new[] { "odot-3h", "odot-1136" })
        {
            foreach (var line in File.ReadLines(SharedData.PathTo($"data/hires/{file}/events.csv")).Skip(1))
            {
                var cells = line.Split(',');
                var time = new DateTimeOffset(DateTime.ParseExact(cells[0], "yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture), TimeSpan.Zero);
                if (!signals.TryGetValue(cells[1], out var events))
                {
                    signals[cells[1]] = events = [];
                }

                events.Add(new ControllerEvent(
                    time.ToUnixTimeMilliseconds(), ushort.Parse(cells[2], CultureInfo.InvariantCulture), short.Parse(cells[3], CultureInfo.InvariantCulture)));
            }
        }

        return [.. signals.Select(s => (SignalId.Parse(s.Key), s.Value.ToArray()))];
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
