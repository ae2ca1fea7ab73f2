using System.Globalization;
using System.Text.Json;
using Crosstown.Core.Events;
using Crosstown.Core.Time;
using Crosstown.Logs.Analytics;

namespace Crosstown.Logs.Tests.Analytics;

/// <summary>DuckDB for tests, which are skipped, and counted so, where its library is not installed.</summary>
internal static class Duck
{
    public static LocalTimeMap Denver { get; } = new("America/Denver", [0, 1_710_061_200_000, 1_730_620_800_000], [-25_200_000, -21_600_000, -25_200_000]);

    public static EventList NoEvents { get; } = new(Denver);

    public static AnalyticsEngine Engine()
    {
        var found = AnalyticsEngine.TryLoad(out var engine, out var whyNot);
        Assert.SkipUnless(found, whyNot);
        return engine!;
    }

    /// <summary>The lines of a query's answer as CSV, without the header.</summary>
    public static string[] Rows(string dataFolder, IEventSource events, string sql)
    {
        var output = new StringWriter(CultureInfo.InvariantCulture);
        SqlQuery.Run(Engine(), dataFolder, events, sql, SqlFormat.Csv, output, CancellationToken.None);
        return output.ToString().Split('\n')[1..^1];
    }

    public static List<JsonElement> Objects(string dataFolder, IEventSource events, string sql)
    {
        var output = new StringWriter(CultureInfo.InvariantCulture);
        SqlQuery.Run(Engine(), dataFolder, events, sql, SqlFormat.Ndjson, output, CancellationToken.None);
        return [.. output.ToString().Split('\n')[..^1].Select(l => JsonDocument.Parse(l).RootElement)];
    }

    /// <summary>A busy signal's log, with ties, negative parameters and vendor codes.</summary>
    public static ControllerEvent[] RandomEvents(int seed, int count)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var timeMs = 1_715_637_600_000;
        var events = new ControllerEvent[count];
        for (var i = 0; i < count; i++)
        {
            timeMs += random.Next(3) == 0 ? 0 : random.Next(500);
            events[i] = new ControllerEvent(timeMs, (ushort)random.Next(65_536), (short)random.Next(short.MinValue, short.MaxValue + 1));
        }

        Array.Sort(events);
        return events;
    }
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crosstown-test-");

    public string Path => _folder.FullName;

    public string this[string name]
    {
        get
        {
            var path = System.IO.Path.Combine(Path, name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            return path;
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
