using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Crosstown.Server.Public;

/// <summary>Keeps one reader of the public pages from taking the place of all others, without knowing who it is (rule P18).</summary>
/// <remarks>
/// What is held is a keyed hash and how many requests it has left, in memory alone. The key is random, is replaced with the day, and then nothing of the
/// day before is left.
/// </remarks>
internal sealed class PublicLimiter(TimeProvider time)
{
    /// <summary>Requests that may come at once.</summary>
    public const int Burst = 120;

    /// <summary>Requests a second that may go on without end: a page of ours every second, with its style sheet.</summary>
    public const double PerSecond = 2;

    /// <summary>The most readers that are told apart; when there are more, the newest share one allowance.</summary>
    public const int MostReaders = 65_536;

    private const long DayMs = 86_400_000;

    private readonly Lock _one = new();
    private readonly ConcurrentDictionary<ulong, Allowance> _readers = new();
    private readonly byte[] _key = new byte[32];
    private long _day = -1;

    /// <summary>Takes one request from its reader's allowance.</summary>
    /// <returns>0 when it may go on, else the seconds to wait.</returns>
    public int WaitSeconds(HttpContext context) => WaitSeconds(context.Connection.RemoteIpAddress);

    /// <summary>Takes one request of an origin; null when it is not known, and then all such share one allowance.</summary>
    public int WaitSeconds(IPAddress? origin)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var hash = Hash(origin, nowMs / DayMs);
        if (_readers.Count >= MostReaders && !_readers.ContainsKey(hash))
        {
            Forget(nowMs);
            hash = _readers.Count >= MostReaders ? 0 : hash;
        }

        var allowance = _readers.GetOrAdd(hash, _ => new Allowance(nowMs));
        return allowance.WaitSeconds(nowMs);
    }

    /// <summary>How many readers are held.</summary>
    internal int Count => _readers.Count;

    /// <summary>The readers' hashes, for the proof that a new day has new ones.</summary>
    internal IReadOnlyCollection<ulong> ListHashes() => [.. _readers.Keys];

    private ulong Hash(IPAddress? origin, long day)
    {
        Span<byte> hash = stackalloc byte[32];
        Span<byte> bytes = stackalloc byte[16];
        var written = 0;
        origin?.TryWriteBytes(bytes, out written);

        // A household or a handset has a whole /64.
        var used = bytes[..(origin?.AddressFamily == AddressFamily.InterNetworkV6 ? 8 : written)];
        lock (_one)
        {
            if (_day != day)
            {
                _day = day;
                RandomNumberGenerator.Fill(_key);
                _readers.Clear();
            }

            HMACSHA256.HashData(_key, used, hash);
        }

        return BitConverter.ToUInt64(hash) | 1;
    }

    private void Forget(long nowMs)
    {
        foreach (var (hash, allowance) in _readers)
        {
            if (allowance.IsFull(nowMs))
            {
                _readers.TryRemove(hash, out _);
            }
        }
    }

    private sealed class Allowance(long nowMs)
    {
        private readonly Lock _one = new();
        private double _left = Burst;
        private long _atMs = nowMs;

        public int WaitSeconds(long nowMs)
        {
            lock (_one)
            {
                Refill(nowMs);
                if (_left < 1)
                {
                    return (int)Math.Ceiling((1 - _left) / PerSecond);
                }

                _left--;
                return 0;
            }
        }

        public bool IsFull(long nowMs)
        {
            lock (_one)
            {
                Refill(nowMs);
                return _left >= Burst;
            }
        }

        private void Refill(long nowMs)
        {
            _left = Math.Min(Burst, _left + (Math.Max(0, nowMs - _atMs) / 1000.0 * PerSecond));
            _atMs = nowMs;
        }
    }
}
