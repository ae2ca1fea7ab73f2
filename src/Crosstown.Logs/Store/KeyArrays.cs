using System.Numerics;

namespace Crosstown.Logs.Store;

/// <summary>Arrays of keys that are used again: a large import fills and empties its buffers many times, and the collector would let old ones pile up.</summary>
internal sealed class KeyArrays
{
    private const int ShortestLog2 = 6;

    private readonly Stack<ulong[]>[] _free = [.. Enumerable.Range(0, 32).Select(_ => new Stack<ulong[]>())];

    /// <summary>An array of twice the length, or of 64 for an empty one, that starts with the same keys; the old one is taken back.</summary>
    public ulong[] Grow(ulong[] keys)
    {
        var log2 = keys.Length == 0 ? ShortestLog2 : BitOperations.Log2((uint)keys.Length) + 1;
        var grown = _free[log2].TryPop(out var free) ? free : new ulong[1 << log2];
        keys.CopyTo(grown, 0);
        Return(keys);
        return grown;
    }

    /// <summary>Takes back an array that came from <see cref="Grow"/>.</summary>
    public void Return(ulong[] keys)
    {
        if (keys.Length > 0)
        {
            _free[BitOperations.Log2((uint)keys.Length)].Push(keys);
        }
    }
}
