using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests;

/// <summary>Whoever writes a table may rely on it: a signal's rows come in the order of their first time.</summary>
public sealed class RowOrderLaw
{
    [Theory]
    [MemberData(nameof(MeasureLaws.All), MemberType = typeof(MeasureLaws))]
    public void Rows_come_in_time_order(string name, DefinitionSet set)
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            var sink = new OrderChecked();
            var pass = new SignalPass(
                [MeasureCatalog.Find(name)!], RandomLog.Configuration, LocalTimeMap.Utc, new MeasureOptions { Set = set }, null, sink, new DataIssueLog());
            foreach (var piece in RandomLog.Make(seed + 40, 6000).Chunk(700))
            {
                pass.Append(piece);
            }

            pass.Finish();
            Assert.True(sink.OutOfOrder.Count == 0, $"seed {seed}: {string.Join("; ", sink.OutOfOrder.Take(3))}");
        }
    }

    private sealed class OrderChecked : ITableSink
    {
        private readonly Dictionary<string, long> _last = [];

        public List<string> OutOfOrder { get; } = [];

        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            var time = rows.Schema.Columns.ToList().FindIndex(c => c.Type == ColumnType.Time);
            for (var row = 0; row < rows.Count; row++)
            {
                var ms = rows.Bits(row, time);
                if (_last.TryGetValue(rows.Schema.Name, out var last) && ms < last)
                {
                    OutOfOrder.Add($"{rows.Schema.Name}: {ms} after {last}");
                }

                _last[rows.Schema.Name] = ms;
            }
        }
    }
}
