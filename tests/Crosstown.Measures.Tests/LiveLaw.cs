using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests;

/// <summary>Live operation ends with the same rows as one pass over the whole log, however the events came.</summary>
public sealed class LiveLaw
{
    [Theory]
    [MemberData(nameof(MeasureLaws.All), MemberType = typeof(MeasureLaws))]
    public void Late_and_repeated_events_end_in_the_rows_of_one_shot(string name, DefinitionSet set)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var random = new Random(seed);
            var log = RandomLog.Make(seed + 100, 4000);
            var options = new MeasureOptions { Set = set };
            Measure[] measures = [MeasureCatalog.Find(name)!];
            var sink = new LiveRows();
            var store = new Store();
            var live = new LiveSignal(
                RandomLog.Configuration.Signal,
                () => new SignalPass(measures, RandomLog.Configuration, LocalTimeMap.Utc, options, null, sink, new DataIssueLog()),
                store,
                sink);

            foreach (var piece in Deliver(log, random))
            {
                store.Add(piece);
                live.Append(piece);
                if (random.Next(4) == 0)
                {
                    live.HandOver();
                }
            }

            live.Finish();

            Assert.True(live.RestartCount > 0, $"seed {seed}: no event came late enough to test anything");
            var expected = Run.OneShot(measures, RandomLog.Configuration, log, options);
            foreach (var (table, lines) in expected.Tables)
            {
                Assert.True(lines.SequenceEqual(sink.Rows[table]), $"seed {seed}, table {table}: live rows differ from one shot");
            }
        }
    }

    /// <summary>The log in pieces: shuffled a little, some events repeated, a few withheld for an hour.</summary>
    private static IEnumerable<ControllerEvent[]> Deliver(ControllerEvent[] log, Random random)
    {
        var withheld = new List<ControllerEvent>();
        for (var i = 0; i < log.Length;)
        {
            var piece = log.Skip(i).Take(random.Next(1, 150)).ToList();
            i += piece.Count;
            if (piece.Count > 10 && random.Next(3) == 0)
            {
                withheld.Add(piece[3]);
                piece.RemoveAt(3);
            }

            piece.AddRange(piece.Take(3).ToArray());
            if (withheld.Count > 0 && random.Next(8) == 0)
            {
                piece.AddRange(withheld);
                withheld.Clear();
            }

            var shuffled = piece.ToArray();
            random.Shuffle(shuffled);
            yield return shuffled;
        }

        yield return [.. withheld];
    }

    private sealed class Store : IEventHistory
    {
        private readonly SortedSet<ControllerEvent> _events = [];

        public void Add(IEnumerable<ControllerEvent> events) => _events.UnionWith(events);

        public void Read(long beforeMs, EventsShown show) => show(_events.TakeWhile(e => e.TimeMs < beforeMs).ToArray());
    }

    private sealed class LiveRows : ILiveTableSink
    {
        public CollectedRows Rows { get; private set; } = new();

        public void Restart(SignalId signal) => Rows = new CollectedRows();

        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows) => Rows.Take(signal, clock, rows);
    }
}
