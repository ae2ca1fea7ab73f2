using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests;

/// <summary>Runs measures over events in one go or in pieces.</summary>
internal static class Run
{
    public static CollectedRows OneShot(IReadOnlyList<Measure> measures, SignalConfiguration configuration, ReadOnlySpan<ControllerEvent> events, MeasureOptions? options = null, long movedBackMs = 0)
    {
        var sink = new CollectedRows(movedBackMs);
        var pass = Start(measures, configuration, options, sink);
        pass.Append(events);
        pass.Finish();
        return sink;
    }

    /// <summary>The same, cut at random places, some pieces empty or of one event.</summary>
    public static CollectedRows Chopped(IReadOnlyList<Measure> measures, SignalConfiguration configuration, ReadOnlySpan<ControllerEvent> events, int seed, MeasureOptions? options = null)
    {
        var random = new Random(seed);
        var sink = new CollectedRows();
        var pass = Start(measures, configuration, options, sink);
        while (events.Length > 0)
        {
            var length = Math.Min(events.Length, random.Next(4) == 0 ? random.Next(3) : random.Next(5000));
            pass.Append(events[..length]);
            events = events[length..];
        }

        pass.Finish();
        return sink;
    }

    private static SignalPass Start(IReadOnlyList<Measure> measures, SignalConfiguration configuration, MeasureOptions? options, ITableSink sink) =>
        new(measures, configuration, LocalTimeMap.Utc, options ?? new MeasureOptions(), null, sink, new DataIssueLog());
}
