using System.Globalization;
using System.Runtime.CompilerServices;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Configuration;
using Crosstown.Logs.Formats;

namespace Crosstown.Bench;

/// <summary>The logs that benches run on: three hours of two signals, repeated in time and over signals.</summary>
internal static class SampleLogs
{
    private const long SampleMs = 3 * 3_600_000;

    /// <summary>The folder of reference data; null when it is not here.</summary>
    public static string? FindShared([CallerFilePath] string thisFile = "")
    {
        var named = Environment.GetEnvironmentVariable("CROSSTOWN_SHARED");
        var folder = string.IsNullOrEmpty(named) ? Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "shared") : named;
        return Directory.Exists(Path.Combine(folder, "data", "hires")) ? Path.GetFullPath(folder) : null;
    }

    /// <summary>Signals with their sorted, distinct events and configuration.</summary>
    public static List<(SignalConfiguration Configuration, ControllerEvent[] Events)> Read(string? shared)
    {
        if (shared is null)
        {
            return SimulatedLogs.Make(SampleMs);
        }

        var issues = new DataIssueLog();
        var events = new CollectedEvents();
        LogFiles.Read(Path.Combine(shared, "data", "hires", "odot-3h", "events.csv"), new ReadSettings { Zone = "UTC" }, events, issues);
        var configurations = SignalFiles.Read(Path.Combine(shared, "data", "hires", "odot-3h", "detectors.csv"), issues);
        return [.. configurations.Select(c => (c, events.Distinct(c.Signal)))];
    }

    /// <summary>The samples as <paramref name="signals"/> signals, each <paramref name="hours"/> long.</summary>
    public static IEnumerable<(SignalConfiguration Configuration, ControllerEvent[] Events)> Repeat(
        List<(SignalConfiguration Configuration, ControllerEvent[] Events)> samples, int signals, int hours)
    {
        for (var s = 0; s < signals; s++)
        {
            var (configuration, events) = samples[s % samples.Count];
            var id = SignalId.Parse((s + 1).ToString(CultureInfo.InvariantCulture));
            var all = new ControllerEvent[events.Length * (hours * 3_600_000L / SampleMs)];
            for (var i = 0; i < all.Length; i++)
            {
                var e = events[i % events.Length];
                all[i] = e with { TimeMs = e.TimeMs + (i / events.Length * SampleMs) };
            }

            yield return (configuration with { Signal = id }, all);
        }
    }
}
