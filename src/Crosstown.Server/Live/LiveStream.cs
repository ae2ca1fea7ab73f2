using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;

namespace Crosstown.Server.Live;

/// <summary>Tells browsers what changes: once a second what changed is written down once, and handed to all who listen.</summary>
/// <remarks>
/// Each listener has a short queue of its own. One that does not keep up loses what waits for it and gets everything anew once it has room, so that it
/// delays nobody and takes no more memory.
/// </remarks>
internal sealed class LiveStream : IDisposable
{
    /// <summary>A signal's tables are told to be newer at most once in so many beats of a second; the clock, which is the heartbeat, comes as often.</summary>
    public const int BeatsBetweenTables = 5;

    /// <summary>Most messages that wait for one listener; beyond them it starts anew.</summary>
    public const int MostWaiting = 64;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) } };

    private readonly ConcurrentDictionary<Listener, bool> _listeners = new();
    private readonly ConcurrentDictionary<SignalId, bool> _newer = new();
    private readonly Dictionary<SignalId, long> _told = [];
    private readonly LiveEvents _events;
    private readonly SignalStates _states;
    private readonly TimeProvider _time;
    private long _beats;
    private int? _findings;

    public LiveStream(LiveEvents events, SignalStates states, TimeProvider time)
    {
        (_events, _states, _time) = (events, states, time);
        events.Appended += Note;
    }

    /// <summary>How many listen now.</summary>
    public int ListenerCount => _listeners.Count;

    /// <summary>Says how many findings are open.</summary>
    public void TellFindings(int count)
    {
        if (_findings != count)
        {
            _findings = count;
            Tell(Item("findings", new { count }));
        }
    }

    /// <summary>One beat: called each second, by one thread.</summary>
    public void Beat()
    {
        var changed = new List<object>();
        foreach (var signal in _states.ListSignals())
        {
            var status = _states.Of(signal).Judge(out var revision);
            if (!_told.TryGetValue(signal, out var told) || told != revision)
            {
                _told[signal] = revision;
                changed.Add(new { id = signal.Value, status });
            }
        }

        if (changed.Count > 0)
        {
            Tell(Item("status", new { signals = changed }));
        }

        if (_beats++ % BeatsBetweenTables == 0)
        {
            TellTables();
            Tell(Clock());
        }
    }

    /// <summary>Everything once, then what changes, until the listener goes or the program stops.</summary>
    public async IAsyncEnumerable<SseItem<string>> Listen([EnumeratorCancellation] CancellationToken stop)
    {
        var listener = new Listener();
        _listeners[listener] = true;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                foreach (var item in Everything())
                {
                    yield return item;
                }

                while (!listener.IsBehind && await HasNext(listener, stop).ConfigureAwait(false))
                {
                    while (!listener.IsBehind && listener.Waiting.Reader.TryRead(out var item))
                    {
                        yield return item;
                    }
                }

                listener.StartAnew();
            }
        }
        finally
        {
            _listeners.TryRemove(listener, out _);
        }
    }

    public void Dispose() => _events.Appended -= Note;

    private static async ValueTask<bool> HasNext(Listener listener, CancellationToken stop)
    {
        try
        {
            return await listener.Waiting.Reader.WaitToReadAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static SseItem<string> Item(string kind, object content) => new(JsonSerializer.Serialize(content, s_json), kind);

    private IEnumerable<SseItem<string>> Everything()
    {
        yield return Item("status", new { signals = _states.ListSignals().Order().Select(s => new { id = s.Value, status = _states.StatusOf(s) }) });
        yield return Item("tables", new { signals = _states.ListSignals().Order().Select(Version) });
        yield return Clock();
        if (_findings is { } count)
        {
            yield return Item("findings", new { count });
        }
    }

    private SseItem<string> Clock() => Item("clock", new { nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds() });

    private object Version(SignalId signal) => new { id = signal.Value, version = _events.VersionOf(signal), lastEventMs = _states.StatusOf(signal).LastEventMs };

    private void TellTables()
    {
        var signals = new List<object>();
        foreach (var signal in _newer.Keys)
        {
            _newer.TryRemove(signal, out _);
            signals.Add(Version(signal));
        }

        if (signals.Count > 0)
        {
            Tell(Item("tables", new { signals }));
        }
    }

    private void Tell(SseItem<string> item)
    {
        foreach (var listener in _listeners.Keys)
        {
            listener.Take(item);
        }
    }

    private void Note(SignalId signal, ReadOnlyMemory<ControllerEvent> events) => _newer[signal] = true;

    private sealed class Listener
    {
        private volatile bool _isBehind;

        public Channel<SseItem<string>> Waiting { get; } = Channel.CreateBounded<SseItem<string>>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

        public bool IsBehind => _isBehind;

        public void Take(SseItem<string> item) => _isBehind |= !Waiting.Writer.TryWrite(item);

        public void StartAnew()
        {
            while (Waiting.Reader.TryRead(out _))
            {
            }

            _isBehind = false;
        }
    }
}
