using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.Composed;

/// <summary>Runs measures of one signal and keeps their rows as rows.</summary>
internal static class Capture
{
    public static void Run(Measure[] measures, SignalConfiguration configuration, ReadOnlySpan<ControllerEvent> log, Action<SignalId, RowBuffer> take)
    {
        var pass = new SignalPass(measures, configuration, LocalTimeMap.Utc, new MeasureOptions(), null, new Sink(take), new DataIssueLog());
        pass.Append(log);
        pass.Finish();
    }

    private sealed class Sink(Action<SignalId, RowBuffer> take) : ITableSink
    {
        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows) => take(signal, Rows.Copy(rows, 0, rows.Count));
    }
}
