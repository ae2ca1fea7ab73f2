using System.Collections.Concurrent;
using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;
using Crosstown.Measures;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;
using Crosstown.Server.City;
using Crosstown.Server.Measuring;
using Microsoft.Extensions.Hosting;

namespace Crosstown.Server.Live;

/// <summary>The headline measures of every signal, from today's local midnight on, moving forward as events arrive.</summary>
/// <remarks>
/// The rows are those that a batch run over the same events gives, as far as bins are over and two minutes have passed. They live in memory;
/// after a start they are measured from the stored events, one signal after the other.
/// </remarks>
internal sealed class LiveMeasures : BackgroundService
{
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<SignalId, LiveTables> _tables = new();
    private readonly LiveEvents _events;
    private readonly CityModel _city;
    private readonly TimeProvider _time;
    private readonly RowBuffers _buffers = new();
    private readonly SemaphoreSlim _turn = new(1);

    public LiveMeasures(LiveEvents events, CityModel city, TimeProvider time)
    {
        (_events, _city, _time) = (events, city, time);
        events.Appended += Arrive;
    }

    /// <summary>What is measured.</summary>
    public static ImmutableArray<Measure> Headline { get; } =
    [
        .. new[] { "arrivals-on-green", "split-failure", "phase-termination", "detector-health", "watchdog", "communications-health", "detector-volume" }.Select(n => MeasureCatalog.Find(n)!),
    ];

    /// <summary>The tables whose rows are kept: those by bin or day, not those with a row for each cycle.</summary>
    public static ImmutableArray<TableSchema> Kept { get; } =
    [
        .. Headline.SelectMany(m => m.TablesIn(DefinitionSet.Crosstown)).Where(t => t.Name is not ("split-failures-by-cycle" or "phase-terminations")),
    ];

    /// <summary>Called after a signal's rows may have changed, on the measuring thread; it must be quick and must not throw.</summary>
    public event Action<SignalId>? Changed;

    /// <summary>Memory of all rows, in bytes.</summary>
    public long RowBytes => _tables.Values.Sum(t => t.RowBytes);

    /// <summary>The local day whose rows a signal has now; null before the first.</summary>
    public TimeRange? DayOf(SignalId signal) => _tables.TryGetValue(signal, out var tables) ? tables.Day : null;

    /// <summary>A signal's rows of today; null when there are none yet, or the table is not kept (see <see cref="Kept"/>).</summary>
    public TableRows? Rows(SignalId signal, string table) => _tables.TryGetValue(signal, out var tables) ? tables.Find(table) : null;

    /// <summary>How often late events made a signal's day be measured again.</summary>
    public int RestartCountOf(SignalId signal) => _tables.TryGetValue(signal, out var tables) ? tables.RestartCount : 0;

    /// <summary>Measures what arrived since the last call, and begins a new day where it is one.</summary>
    public async Task AdvanceAsync(CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            // All of them: midnight, a new configuration and late events that had to wait come without an arrival.
            foreach (var (signal, tables) in _tables)
            {
                stop.ThrowIfCancellationRequested();
                Advance(signal, tables);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        _events.Appended -= Arrive;
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        foreach (var signal in _events.ListSignals())
        {
            Of(signal);
        }

        using var timer = new PeriodicTimer(s_beat, _time);
        do
        {
            await AdvanceAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Advance(SignalId signal, LiveTables tables)
    {
        if (tables.Advance(_city.Now.Configurations, _time.GetUtcNow().ToUnixTimeMilliseconds(), _buffers))
        {
            Changed?.Invoke(signal);
        }
    }

    private void Arrive(SignalId signal, ReadOnlyMemory<ControllerEvent> events) => Of(signal).Arrive(events.Span);

    private LiveTables Of(SignalId signal) => _tables.GetOrAdd(signal, static (s, me) => new LiveTables(s, me._events, Headline, Kept, me._time), this);
}
