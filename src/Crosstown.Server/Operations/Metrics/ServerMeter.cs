using System.Diagnostics.Metrics;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Server.Data;
using Crosstown.Server.Hosting;
using Crosstown.Server.Live;

namespace Crosstown.Server.Operations.Metrics;

/// <summary>Figures about the running server. No label says who, from where, or which signal.</summary>
internal sealed class ServerMeter : IDisposable
{
    public const string Name = "Crosstown.Server";

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _events;
    private readonly Counter<long> _batches;
    private readonly LiveEvents _live;
    private readonly SignalStates _states;
    private readonly string _journal;

    public ServerMeter(LiveEvents live, SignalStates states, LiveStream stream, DiskGauge disk, ServerSettings settings)
    {
        (_live, _states, _journal) = (live, states, Path.Combine(settings.Data, "events", "journal"));
        _events = _meter.CreateCounter<long>("crosstown.events.taken", "{event}", "Events that are on the disk, by all doors, known ones included.");
        _batches = _meter.CreateCounter<long>("crosstown.batches.taken", "{batch}", "Batches of one signal's events that are on the disk.");
        _meter.CreateObservableGauge("crosstown.data.age", ListAges, "s", "Seconds from the newest event of a signal to now: the middle, the 99th of a hundred, and the oldest of all signals that are heard.");
        _meter.CreateObservableGauge("crosstown.signals", CountSignals, "{signal}", "Signals by how they are.");
        _meter.CreateObservableGauge("crosstown.live.listeners", () => stream.ListenerCount, "{listener}", "Browsers that listen to what changes.");
        _meter.CreateObservableGauge("crosstown.journal.size", JournalBytes, "By", "Bytes that arrived and are not in segments yet.");
        _meter.CreateObservableGauge("crosstown.disk.free", () => disk.Read().FreeBytes, "By", "Bytes that are free where the data folder is.");
        _meter.CreateObservableGauge("crosstown.store.accepting", () => live.Health == LiveHealth.Taking ? 1 : 0, "1", "1 while events are taken, 0 while the disk is full or has failed.");
        _meter.CreateObservableGauge("crosstown.memory.resident", () => Environment.WorkingSet, "By", "Memory of the process.");
        _meter.CreateObservableGauge("crosstown.memory.heap", () => GC.GetTotalMemory(forceFullCollection: false), "By", "Memory of objects.");
        live.Appended += Count;
    }

    public void Dispose()
    {
        _live.Appended -= Count;
        _meter.Dispose();
    }

    private void Count(SignalId signal, ReadOnlyMemory<ControllerEvent> events)
    {
        _events.Add(events.Length);
        _batches.Add(1);
    }

    private IEnumerable<Measurement<double>> ListAges()
    {
        var ages = _states.ListSignals().Select(s => _states.StatusOf(s).DataAgeS).OfType<double>().Order().ToArray();
        return ages.Length == 0
            ? []
            : [At("0.5", ages[ages.Length / 2]), At("0.99", ages[(int)Math.Min(ages.Length - 1, Math.Ceiling(ages.Length * 0.99) - 1)]), At("1", ages[^1])];

        static Measurement<double> At(string quantile, double age) => new(age, KeyValuePair.Create<string, object?>("quantile", quantile));
    }

    private IEnumerable<Measurement<long>> CountSignals() => _states.ListSignals().GroupBy(s => _states.StatusOf(s).Class)
        .Select(g => new Measurement<long>(g.Count(), KeyValuePair.Create<string, object?>("state", Api.EnumWord.Of(g.Key)))).ToArray();

    private long JournalBytes()
    {
        try
        {
            return Directory.Exists(_journal) ? new DirectoryInfo(_journal).EnumerateFiles().Sum(f => f.Length) : 0;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
