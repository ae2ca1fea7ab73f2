using System.IO.Compression;

namespace Crosstown.Server.Query;

/// <summary>An answer as bytes, packed once when the first client asks for that.</summary>
internal sealed class CachedAnswer(byte[] plain, int rows)
{
    private const int LeastPacked = 1024;

    private readonly Lock _one = new();
    private byte[]? _packed;

    public byte[] Plain => plain;

    public int Rows => rows;


    /// <summary>Packed with Brotli at its quickest; null where that gains nothing.</summary>
    public byte[]? Packed
    {
        get
        {
            if (plain.Length < LeastPacked)
            {
                return null;
            }

            lock (_one)
            {
                if (_packed is null)
                {
                    var room = new byte[BrotliEncoder.GetMaxCompressedLength(plain.Length)];
                    _packed = BrotliEncoder.TryCompress(plain, room, out var length, quality: 1, window: 20) ? room[..length] : [];
                }

                return _packed.Length is > 0 and var size && size < plain.Length ? _packed : null;
            }
        }
    }
}

/// <summary>Recent answers in bounded memory. However many ask for one at the same time, it is computed once.</summary>
/// <param name="mostBytes">What the answers may take, in bytes; one larger than an eighth of it is handed out and not held.</param>
internal sealed class AnswerCache(long mostBytes = AnswerCache.DefaultBytes) : IDisposable
{
    public const long DefaultBytes = 96L << 20;

    private readonly Lock _one = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = [];
    private readonly SemaphoreSlim _working = new(Math.Max(2, Environment.ProcessorCount));
    private long _bytes;

    /// <summary>How often an answer was computed.</summary>
    public long Computed { get; private set; }

    /// <summary>How often an answer was there, or being made, already.</summary>
    public long Shared { get; private set; }

    /// <summary>Bytes held now.</summary>
    public long Bytes
    {
        get
        {
            lock (_one)
            {
                return _bytes;
            }
        }
    }

    /// <summary>The answer of a key; what it says must not change as long as the key does not.</summary>
    /// <param name="compute">Makes it; runs once for all who ask meanwhile, and goes on when one of them leaves.</param>
    /// <param name="stop">Stops the waiting.</param>
    public async Task<CachedAnswer> GetAsync(string key, Func<CachedAnswer> compute, CancellationToken stop)
    {
        Task<CachedAnswer> answer;
        lock (_one)
        {
            if (_entries.TryGetValue(key, out var known))
            {
                Shared++;
                _byUse.Remove(known);
                _byUse.AddFirst(known);
                answer = known.Value.Answer;
            }
            else
            {
                Computed++;
                answer = ComputeAsync(key, compute);
                _entries[key] = _byUse.AddFirst(new Entry(key, answer));
            }
        }

        return await answer.WaitAsync(stop);
    }

    public void Dispose() => _working.Dispose();

    private async Task<CachedAnswer> ComputeAsync(string key, Func<CachedAnswer> compute)
    {
        await Task.Yield();
        try
        {
            await _working.WaitAsync();
            CachedAnswer answer;
            try
            {
                answer = compute();
            }
            finally
            {
                _working.Release();
            }

            Hold(key, answer);
            return answer;
        }
        catch
        {
            Drop(key);
            throw;
        }
    }

    private void Hold(string key, CachedAnswer answer)
    {
        lock (_one)
        {
            if (!_entries.TryGetValue(key, out var node))
            {
                return;
            }

            if (answer.Plain.Length > mostBytes / 8)
            {
                Remove(node);
                return;
            }

            // A packed copy may follow: room for it is counted from the start.
            node.Value.Size = answer.Plain.Length + (answer.Plain.Length / 2);
            _bytes += node.Value.Size;
            while (_bytes > mostBytes && _byUse.Last is { } oldest && oldest != node)
            {
                Remove(oldest);
            }
        }
    }

    private void Drop(string key)
    {
        lock (_one)
        {
            if (_entries.TryGetValue(key, out var node))
            {
                Remove(node);
            }
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _bytes -= node.Value.Size;
        _entries.Remove(node.Value.Key);
        _byUse.Remove(node);
    }

    private sealed record Entry(string Key, Task<CachedAnswer> Answer)
    {
        public long Size { get; set; }
    }
}
