using System.Globalization;
using System.Text;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs.Analytics;
using Crosstown.Logs.Store;

namespace Crosstown.Logs.Tests.Analytics;

public sealed class EventExportTests
{
    private static readonly TimeRange s_always = new(0, CellText.MaxTimeMs);

    [Fact]
    public void Every_event_is_found_in_csv_and_ndjson_in_utc_and_on_the_wall_clock()
    {
        var first = Duck.RandomEvents(5, 9_000);
        var second = Duck.RandomEvents(6, 1_000);
        var source = new EventList(Duck.Denver, ("10", second), ("9", first));
        (string Signal, ControllerEvent Event)[] expected = [.. first.Select(e => ("9", e)), .. second.Select(e => ("10", e))];

        var csv = Export(source, (s, t) => new CsvTableWriter(s, EventExport.Schema, t), TimeStyle.Utc).Split('\n');
        var ndjson = Export(source, (s, t) => new NdjsonTableWriter(s, EventExport.Schema, t), TimeStyle.Local).Split('\n');

        Assert.Equal("time,signal,code,parameter", csv[0]);
        Assert.Equal(expected.Length + 2, csv.Length);
        Assert.Equal(expected.Length + 1, ndjson.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var (signal, e) = expected[i];
            Assert.Equal(
                string.Create(CultureInfo.InvariantCulture, $"{DateTime.UnixEpoch.AddMilliseconds(e.TimeMs):yyyy-MM-dd'T'HH:mm:ss.fff}Z,{signal},{e.Code},{e.Parameter}"),
                csv[i + 1]);
            using var json = JsonDocument.Parse(ndjson[i]);
            Assert.Equal(
                DateTime.UnixEpoch.AddMilliseconds(Duck.Denver.ToLocalMs(e.TimeMs)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture),
                json.RootElement.GetProperty("time").GetString());
            Assert.Equal(signal, json.RootElement.GetProperty("signal").GetString());
            Assert.Equal(e.Code, json.RootElement.GetProperty("code").GetInt32());
            Assert.Equal(e.Parameter, json.RootElement.GetProperty("parameter").GetInt32());
        }
    }

    [Fact]
    public void Every_event_is_found_in_parquet()
    {
        var engine = Duck.Engine();
        using var folder = new ScratchFolder();
        var events = Duck.RandomEvents(8, 9_000);
        using (var writer = new ParquetTableWriter(engine, folder["measures/raw.parquet"], EventExport.Schema, TimeStyle.Utc))
        {
            EventExport.Write(new EventList(Duck.Denver, ("227", events)), s_always, [SignalId.Parse("227")], writer, CancellationToken.None);
            writer.Complete();
        }

        var found = Duck.Rows(folder.Path, Duck.NoEvents, "select epoch_ms(time), signal, code, parameter from raw");

        Assert.Equal(events.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.TimeMs},227,{e.Code},{e.Parameter}")), found);
    }

    [Fact]
    public void What_a_store_holds_is_exported_and_asked_event_by_event()
    {
        using var folder = new ScratchFolder();
        var events = Duck.RandomEvents(61, 20_000).Distinct().ToArray();
        var store = EventStore.Open(folder.Path);
        using (var writer = store.OpenWriter(new DataIssueLog()))
        {
            writer.Add(SignalId.Parse("227"), "America/Denver", events.AsSpan(7_000));
            writer.Commit();
            writer.Add(SignalId.Parse("227"), "America/Denver", events.AsSpan(0, 9_000));
            writer.Commit();
        }

        var source = new StoredEvents(store, null);

        Assert.Equal(
            events.Select(e => string.Create(CultureInfo.InvariantCulture, $"{DateTime.UnixEpoch.AddMilliseconds(Duck.Denver.ToLocalMs(e.TimeMs)):yyyy-MM-dd'T'HH:mm:ss.fff},227,{e.Code},{e.Parameter}")),
            Export(source, (s, t) => new CsvTableWriter(s, EventExport.Schema, t), TimeStyle.Local).Split('\n')[1..^1]);
        Assert.Equal(
            events.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.TimeMs},{e.Code},{e.Parameter}")),
            Duck.Rows(folder.Path, source, "select epoch_ms(time), code, parameter from events('227')"));
    }

    [Fact]
    public void Only_events_of_the_half_open_span_are_exported()
    {
        var events = new ControllerEvent[] { new(1000, 1, 2), new(2000, 8, 2), new(3000, 10, 2) };
        using var stream = new MemoryStream();
        using var writer = new CsvTableWriter(stream, EventExport.Schema, TimeStyle.Utc);

        var written = EventExport.Write(new EventList(Duck.Denver, ("1", events)), new TimeRange(1000, 3000), [SignalId.Parse("1")], writer, CancellationToken.None);

        Assert.Equal(2, written);
    }

    [Fact]
    public void A_thousand_times_the_events_take_no_more_memory()
    {
        var small = Measure(100);
        var large = Measure(100_000);

        Assert.True(large - small < 64, $"{small} bytes were allocated for 100 events, {large} for 100,000");

        static long Measure(int count)
        {
            var source = new EventList(Duck.Denver, ("227", Duck.RandomEvents(9, count)));
            using var writer = new CsvTableWriter(Stream.Null, EventExport.Schema, TimeStyle.Local);
            using var warm = new CsvTableWriter(Stream.Null, EventExport.Schema, TimeStyle.Local);
            SignalId[] signals = [SignalId.Parse("227")];
            EventExport.Write(source, s_always, signals, warm, CancellationToken.None);
            var before = GC.GetAllocatedBytesForCurrentThread();
            EventExport.Write(source, s_always, signals, writer, CancellationToken.None);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void An_export_that_is_stopped_says_so()
    {
        using var writer = new CsvTableWriter(Stream.Null, EventExport.Schema, TimeStyle.Utc);
        var source = new EventList(Duck.Denver, ("1", Duck.RandomEvents(1, 100)));

        Assert.Throws<OperationCanceledException>(() => EventExport.Write(source, s_always, source.ListSignals(), writer, new CancellationToken(canceled: true)));
    }

    private static string Export(IEventSource source, Func<Stream, TimeStyle, ITableWriter> make, TimeStyle times)
    {
        using var stream = new MemoryStream();
        using var writer = make(stream, times);
        EventExport.Write(source, s_always, source.ListSignals(), writer, CancellationToken.None);
        writer.Complete();
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
