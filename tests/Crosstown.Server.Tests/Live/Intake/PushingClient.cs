using System.Net.Http.Headers;
using System.Text;
using Crosstown.Core.Events;
using Crosstown.Logs.Store;

namespace Crosstown.Server.Tests.Live.Intake;

/// <summary>Sends batches to a server as a poller does, and keeps which were acknowledged. A batch that was not is sent again.</summary>
internal sealed class PushingClient
{
    private const int EventsPerBatch = 50;

    private readonly string[] _signals;
    private readonly Dictionary<string, List<ControllerEvent>> _acknowledged;
    private readonly Dictionary<string, ControllerEvent[]> _open = [];
    private readonly Lock _one = new();
    private readonly int[] _batches;

    public PushingClient(int signals)
    {
        _signals = [.. Enumerable.Range(1, signals).Select(i => $"{i}")];
        _acknowledged = _signals.ToDictionary(s => s, _ => new List<ControllerEvent>());
        _batches = new int[signals];
    }

    public int Acknowledged
    {
        get
        {
            lock (_one)
            {
                return _acknowledged.Values.Sum(a => a.Count);
            }
        }
    }

    /// <summary>What was acknowledged until now.</summary>
    public Dictionary<string, ControllerEvent[]> Snapshot()
    {
        lock (_one)
        {
            return _acknowledged.ToDictionary(a => a.Key, a => a.Value.ToArray());
        }
    }

    /// <summary>Pushes, several signals at once, until stopped or the server is gone.</summary>
    public Task RunAsync(HttpClient client, CancellationToken stop) => Task.WhenAll(_signals.Select((_, i) => Task.Run(() => PushAsync(client, i, stop), CancellationToken.None)));

    /// <summary>Every acknowledged event is there once, and nothing that was never sent.</summary>
    public void AssertHolds(LiveEvents live, Dictionary<string, ControllerEvent[]> acknowledged)
    {
        foreach (var signal in _signals)
        {
            var read = LogLines.Read(live, signal);
            Assert.Equal(LogLines.SortedDistinct(read), read);
            var there = read.ToHashSet();
            Assert.DoesNotContain(acknowledged[signal], e => !there.Contains(e));
            lock (_one)
            {
                there.ExceptWith(_acknowledged[signal]);
                there.ExceptWith(_open.GetValueOrDefault(signal) ?? []);
            }

            Assert.Empty(there);
        }
    }

    private async Task PushAsync(HttpClient client, int place, CancellationToken stop)
    {
        var signal = _signals[place];
        while (!stop.IsCancellationRequested)
        {
            ControllerEvent[] batch;
            lock (_one)
            {
                if (!_open.TryGetValue(signal, out batch!))
                {
                    var startMs = LogLines.StartMs + (_batches[place]++ * 60_000L);
                    _open[signal] = batch = LogLines.Make((place * 100_000) + _batches[place], EventsPerBatch, startMs);
                }
            }

            try
            {
                using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(LogLines.Ndjson(signal, batch)));
                content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
                using var answer = await client.PostAsync(new Uri("events", UriKind.Relative), content, CancellationToken.None);
                if (!answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                return;
            }

            lock (_one)
            {
                _acknowledged[signal].AddRange(batch);
                _open.Remove(signal);
            }
        }
    }
}
