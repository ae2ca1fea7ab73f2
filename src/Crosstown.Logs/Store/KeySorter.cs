namespace Crosstown.Logs.Store;

/// <summary>Sorts keys that are nearly in order already, as logs are: in order of time, but not within one instant, and in a few runs.</summary>
internal static class KeySorter
{
    /// <summary>How far back a key may belong before it counts as the start of another run. One instant rarely has more events.</summary>
    private const int MaxShift = 64;

    /// <summary>Merging costs a pass per doubling of the runs; from here on, sorting by digits costs less.</summary>
    private const int MaxRuns = 8;

    private const int Digits = sizeof(ulong);

    /// <summary>Sorts keys, ascending.</summary>
    /// <param name="scratch">Work space, made longer where needed.</param>
    public static void Sort(Span<ulong> keys, ref ulong[] scratch)
    {
        Span<int> runs = stackalloc int[MaxRuns + 1];
        var found = FindRuns(keys, runs);
        if (found == 1)
        {
            return;
        }

        if (scratch.Length < keys.Length)
        {
            scratch = new ulong[keys.Length];
        }

        var space = scratch.AsSpan(0, keys.Length);
        var isInSpace = found == 0 ? SortByDigits(keys, space) : MergeRuns(keys, space, runs, found);
        if (isInSpace)
        {
            space.CopyTo(keys);
        }
    }

    /// <summary>Merges runs two by two. Returns whether the sorted keys lie in the other span.</summary>
    private static bool MergeRuns(Span<ulong> keys, Span<ulong> other, Span<int> runs, int found)
    {
        var isInOther = false;
        while (found > 1)
        {
            var merged = 0;
            for (var run = 0; run < found; run += 2)
            {
                var (start, middle) = (runs[run], runs[run + 1]);
                var end = run + 1 < found ? runs[run + 2] : middle;
                Merge(keys[start..middle], keys[middle..end], other[start..]);
                runs[merged++] = start;
            }

            runs[merged] = keys.Length;
            found = merged;
            isInOther = !isInOther;
            var from = keys;
            keys = other;
            other = from;
        }

        return isInOther;
    }

    /// <summary>Puts keys right that are a little out of place, and says where runs start; 0 when there are too many to merge.</summary>
    /// <param name="runs">Takes the starts of the runs, and behind them the end.</param>
    private static int FindRuns(Span<ulong> keys, Span<int> runs)
    {
        var found = 1;
        runs[0] = 0;
        for (var i = 1; i < keys.Length; i++)
        {
            var key = keys[i];
            if (key >= keys[i - 1])
            {
                continue;
            }

            var start = runs[found - 1];
            var lowest = Math.Max(start, i - MaxShift);
            var place = i - 1;
            while (place > lowest && keys[place - 1] > key)
            {
                place--;
            }

            if (place == start || keys[place - 1] <= key)
            {
                keys[place..i].CopyTo(keys[(place + 1)..]);
                keys[place] = key;
                continue;
            }

            if (found == MaxRuns)
            {
                return 0;
            }

            runs[found++] = i;
        }

        runs[found] = keys.Length;
        return found;
    }

    private static void Merge(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> to)
    {
        int i = 0, j = 0, k = 0;
        while (i < a.Length && j < b.Length)
        {
            to[k++] = a[i] <= b[j] ? a[i++] : b[j++];
        }

        a[i..].CopyTo(to[k..]);
        b[j..].CopyTo(to[(k + a.Length - i)..]);
    }

    /// <summary>Sorts by one byte after the other, from the last. Returns whether the sorted keys lie in the other span.</summary>
    private static bool SortByDigits(Span<ulong> keys, Span<ulong> other)
    {
        Span<int> counts = stackalloc int[Digits * 256];
        counts.Clear();
        foreach (var key in keys)
        {
            for (var digit = 0; digit < Digits; digit++)
            {
                counts[(digit << 8) | (byte)(key >> (digit * 8))]++;
            }
        }

        var isInOther = false;
        for (var digit = 0; digit < Digits; digit++)
        {
            var places = counts.Slice(digit << 8, 256);
            var shift = digit * 8;
            if (places[(byte)(keys[0] >> shift)] == keys.Length)
            {
                continue;
            }

            var place = 0;
            for (var i = 0; i < places.Length; i++)
            {
                (places[i], place) = (place, place + places[i]);
            }

            foreach (var key in keys)
            {
                other[places[(byte)(key >> shift)]++] = key;
            }

            isInOther = !isInOther;
            var from = keys;
            keys = other;
            other = from;
        }

        return isInOther;
    }
}
