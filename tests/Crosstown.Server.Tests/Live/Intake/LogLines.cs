using System.Globalization;
using System.Text;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;

namespace Crosstown.Server.Tests.Live.Intake;

/// <summary>Batches as another program sends them, and the store as it is read.</summary>
internal static class LogLines
{
    private const long DayMs = 86_400_000;

    /// <summary>A midnight three weeks ago: a server deletes what is older than three months.</summary>
    public static readonly long StartMs = ((TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / DayMs) - 21) * DayMs;

    private static readonly TimeRange s_always = new(0, 4_000_000_000_000);

    public static ControllerEvent[] Make(int seed, int count) => Make(seed, count, StartMs);

    public static ControllerEvent[] Make(int seed, int count, long startMs)
    {
        var random = new Random(seed);
        var events = new ControllerEvent[count];
        for (var i = 0; i < count; i++)
        {
            startMs += random.Next(4) * 100;
            events[i] = random.Next(3) == 0 ? new(startMs, (ushort)random.Next(0, 12), (short)random.Next(1, 9)) : new(startMs, (ushort)random.Next(81, 83), (short)random.Next(1, 40));
        }

        return events;
    }

    public static string Ndjson(string signal, IEnumerable<ControllerEvent> events)
    {
        var text = new StringBuilder();
        foreach (var e in events)
        {
            text.Append(CultureInfo.InvariantCulture, $"{{\"timestamp\":\"{Time(e):yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\",\"signal\":\"{signal}\",\"code\":{e.Code},\"parameter\":{e.Parameter}}}\n");
        }

        return text.ToString();
    }

    public static string Csv(string signal, IEnumerable<ControllerEvent> events)
    {
        var text = new StringBuilder("TimeStamp,DeviceId,EventId,Parameter\n");
        foreach (var e in events)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Time(e):yyyy-MM-dd'T'HH:mm:ss.fff'Z'},{signal},{e.Code},{e.Parameter}\n");
        }

        return text.ToString();
    }

    public static List<ControllerEvent> Read(LiveEvents live, string signal)
    {
        var all = new List<ControllerEvent>();
        using var reader = live.Open(SignalId.Parse(signal), s_always);
        while (reader.Next(out var block))
        {
            all.AddRange(block);
        }

        return all;
    }

    public static List<ControllerEvent> SortedDistinct(IEnumerable<ControllerEvent> events) => [.. events.Distinct().Order()];

    private static DateTimeOffset Time(ControllerEvent e) => DateTimeOffset.FromUnixTimeMilliseconds(e.TimeMs);
}
