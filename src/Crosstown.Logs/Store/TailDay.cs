using System.Buffers;

namespace Crosstown.Logs.Store;

/// <summary>Events of one signal and UTC day in memory: in order, each once.</summary>
internal sealed class TailDay : IDisposable
{
    private ulong[] _keys = [];

    public int Count { get; private set; }

    public ReadOnlySpan<ulong> Keys => _keys.AsSpan(0, Count);

    public long HeldBytes => (long)_keys.Length * sizeof(ulong);

    /// <summary>Adds keys that are in order, each once; those that are here already are left out. Returns how many were new.</summary>
    public int Add(ReadOnlySpan<ulong> keys)
    {
        if (keys.IsEmpty)
        {
            return 0;
        }

        Reserve(Count + keys.Length);
        if (Count == 0 || keys[0] > _keys[Count - 1])
        {
            keys.CopyTo(_keys.AsSpan(Count));
            Count += keys.Length;
            return keys.Length;
        }

        // Only what lies behind the first new key is merged: late events are rarely very late.
        var from = FirstAtOrAfter(Keys, keys[0]);
        var behind = ArrayPool<ulong>.Shared.Rent(Count - from);
        Keys[from..].CopyTo(behind);
        var before = Count;
        Count = from + Merge(behind.AsSpan(0, Count - from), keys, _keys.AsSpan(from));
        ArrayPool<ulong>.Shared.Return(behind);
        return Count - before;
    }

    public bool Contains(ulong key)
    {
        var at = FirstAtOrAfter(Keys, key);
        return at < Count && _keys[at] == key;
    }

    /// <summary>The keys of a time within the day.</summary>
    public ReadOnlySpan<ulong> Within(int fromMs, int untilMs)
    {
        var first = FirstAtOrAfter(Keys, (ulong)fromMs << 32);
        return Keys[first..FirstAtOrAfter(Keys, (ulong)untilMs << 32)];
    }

    public void Dispose()
    {
        if (_keys.Length > 0)
        {
            ArrayPool<ulong>.Shared.Return(_keys);
        }

        (_keys, Count) = ([], 0);
    }

    private void Reserve(int count)
    {
        if (count <= _keys.Length)
        {
            return;
        }

        var longer = ArrayPool<ulong>.Shared.Rent(Math.Max(count, 2 * _keys.Length));
        Keys.CopyTo(longer);
        var held = Count;
        Dispose();
        (_keys, Count) = (longer, held);
    }

    private static int FirstAtOrAfter(ReadOnlySpan<ulong> keys, ulong key)
    {
        var at = keys.BinarySearch(key);
        return at < 0 ? ~at : at;
    }

    /// <summary>Merges two sorted spans without repeats into a third; returns its length.</summary>
    private static int Merge(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> to)
    {
        int i = 0, j = 0, k = 0;
        while (i < a.Length && j < b.Length)
        {
            if (a[i] == b[j])
            {
                j++;
                continue;
            }

            to[k++] = a[i] < b[j] ? a[i++] : b[j++];
        }

        a[i..].CopyTo(to[k..]);
        k += a.Length - i;
        b[j..].CopyTo(to[k..]);
        return k + b.Length - j;
    }
}
