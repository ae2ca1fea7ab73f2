using System.Diagnostics;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Measures.Engine;
using Crosstown.Server.Live;
using Crosstown.Server.Measuring;

namespace Crosstown.Bench;

/// <summary>Memory and time of today's rolling measures for a city of 2,500 signals, at the end of a day.</summary>
internal static class RollingBench
{
    private const int City = 2500;

    /// <summary>Signals that are really measured; each has memory of its own, so that a city's is so many times as much.</summary>
    private const int Signals = 250;
    private const int StepMs = 5 * 60_000;

    public static bool Run()
    {
        var day = new TimeRange(Simulation.Towns.Town.DefaultStartMs, Simulation.Towns.Town.DefaultStartMs + 86_400_000);
        var town = SimulatedLogs.Make(day);
        var source = new TownSource(town);
        var configurations = SignalConfigurations.Of(town.Select(t => t.Configuration));
        var before = Settled();
        var buffers = new RowBuffers();
        var tables = new LiveTables[Signals];
        for (var i = 0; i < Signals; i++)
        {
            tables[i] = new LiveTables(town[i % town.Count].Configuration.Signal, source, LiveMeasures.Headline, LiveMeasures.Kept, TimeProvider.System);
        }

        var start = Stopwatch.GetTimestamp();
        var events = 0L;
        for (var at = day.StartMs; at < day.EndMs; at += StepMs)
        {
            source.EndMs = at + StepMs;
            for (var i = 0; i < Signals; i++)
            {
                if (at > day.StartMs)
                {
                    var piece = source.Between(i % town.Count, at, at + StepMs);
                    events += piece.Length;
                    tables[i].Arrive(piece);
                }

                tables[i].Advance(configurations, Math.Min(at + StepMs, day.EndMs - 1), buffers);
            }
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var memory = (Settled() - before) / 1e6 * City / Signals;
        var rows = tables.Sum(t => t.RowBytes) / 1e6 * City / Signals;
        GC.KeepAlive(tables);
        Console.WriteLine($"       {events:N0} events of a day in {seconds:N1} s, {events / seconds / 1e6:N1} M a second; rows {rows:N0} MB, open state {memory - rows:N0} MB");
        return Figures.Hold($"memory of today's measures of {City:N0} signals", memory, "MB", 1000, atLeast: false, $"{memory * 1000 / City:N0} kB a signal, from {Signals} of them");
    }

    private static double Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>The town's logs as far as they have come.</summary>
    private sealed class TownSource(List<(SignalConfiguration Configuration, ControllerEvent[] Events)> town) : IEventSource
    {
        public long EndMs { get; set; }

        public ReadOnlySpan<ControllerEvent> Between(int index, long fromMs, long toMs)
        {
            var events = town[index].Events;
            var (from, to) = (Find(events, fromMs), Find(events, toMs));
            return events.AsSpan(from, to - from);
        }

        public System.Collections.Immutable.ImmutableArray<SignalId> ListSignals() => [.. town.Select(t => t.Configuration.Signal)];

        public LocalTimeMap ClockOf(SignalId signal) => LocalTimeMap.Utc;

        public TimeRange? FindRange(SignalId signal) => null;

        public IEventReader Open(SignalId signal, TimeRange range)
        {
            var index = town.FindIndex(t => t.Configuration.Signal == signal);
            return new Reader(Between(index, range.StartMs, Math.Min(range.EndMs, EndMs)).ToArray());
        }

        private static int Find(ControllerEvent[] events, long timeMs)
        {
            var at = Array.BinarySearch(events, new ControllerEvent(timeMs, 0, short.MinValue));
            return at < 0 ? ~at : at;
        }
    }

    private sealed class Reader(ControllerEvent[] events) : IEventReader
    {
        private bool _isRead;

        public bool Next(out ReadOnlySpan<ControllerEvent> block)
        {
            block = _isRead ? [] : events;
            _isRead = true;
            return !block.IsEmpty;
        }

        public void Dispose()
        {
        }
    }
}
