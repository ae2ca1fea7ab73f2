namespace Crosstown.Logs.Store;

/// <summary>Canonical prefix (Huffman) codes of limited length: which symbol gets how many bits, which bits, and the table that reads them back.</summary>
/// <remarks>
/// Lengths come from the package-merge algorithm (Larmore and Hirschberg, 1990), which is optimal under the limit. Codes are
/// canonical, so that a model stores lengths only, and bit-reversed, because streams are filled from the low bit up.
/// A reading table has one entry for every possible next <see cref="MaxLength"/> bits: the symbol, shifted up by four, and its length.
/// Not safe for use by two threads at once: it keeps its work space.
/// </remarks>
internal sealed class PrefixCode
{
    /// <summary>The longest code, in bits. Four codes fit a 64-bit load at any bit position, and a reading table fits a first-level cache.</summary>
    public const int MaxLength = 12;

    /// <summary>The most symbols an alphabet may have: what <see cref="MaxLength"/> bits can tell apart.</summary>
    public const int MaxSymbols = 1 << MaxLength;

    /// <summary>The number of entries of a reading table.</summary>
    public const int TableLength = 1 << MaxLength;

    private int[] _symbols = [];
    private long[] _frequencies = [];
    private long[] _weights = [];
    private long[] _packages = [];
    private bool[] _isLeaf = [];

    /// <summary>Chooses a length for every symbol that occurs; 0 for those that do not.</summary>
    /// <param name="counts">How often each symbol occurs, at most <see cref="MaxSymbols"/> of them.</param>
    /// <param name="lengths">As long as <paramref name="counts"/>; takes the lengths in bits.</param>
    public void ChooseLengths(ReadOnlySpan<int> counts, Span<byte> lengths)
    {
        lengths.Clear();
        Reserve(counts.Length);
        var used = 0;
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            if (counts[symbol] > 0)
            {
                _symbols[used] = symbol;
                // The symbol breaks ties, so that the same counts always give the same code.
                _frequencies[used++] = ((long)counts[symbol] << MaxLength) | (uint)symbol;
            }
        }

        if (used <= 1)
        {
            if (used == 1)
            {
                lengths[_symbols[0]] = 1;
            }

            return;
        }

        Array.Sort(_frequencies, _symbols, 0, used);
        for (var i = 0; i < used; i++)
        {
            _frequencies[i] >>= MaxLength;
        }

        var width = 2 * counts.Length;
        var listed = 0;
        for (var level = 0; level < MaxLength; level++)
        {
            listed = MergeLevel(used, listed, _isLeaf.AsSpan(level * width, width));
        }

        var taken = (2 * used) - 2;
        for (var level = MaxLength - 1; level >= 0; level--)
        {
            var leaves = _isLeaf.AsSpan(level * width, taken).Count(true);
            for (var i = 0; i < leaves; i++)
            {
                lengths[_symbols[i]]++;
            }

            taken = 2 * (taken - leaves);
        }
    }

    /// <summary>The canonical codes of given lengths.</summary>
    /// <param name="lengths">Length of each symbol in bits, 0 for none.</param>
    /// <param name="codes">Takes, per symbol, its bits in writing order (low bit first) and its length shifted up by 16.</param>
    public static void AssignCodes(ReadOnlySpan<byte> lengths, Span<uint> codes)
    {
        Span<int> next = stackalloc int[MaxLength + 2];
        FindFirstCodes(lengths, next);
        for (var symbol = 0; symbol < lengths.Length; symbol++)
        {
            int length = lengths[symbol];
            codes[symbol] = length == 0 ? 0 : Reverse(next[length]++, length) | ((uint)length << 16);
        }
    }

    /// <summary>Fills a reading table. False when the lengths are no prefix code.</summary>
    /// <param name="lengths">Length of each symbol in bits, 0 for none; none at all leaves a table that reads symbol 0.</param>
    /// <param name="table"><see cref="TableLength"/> entries.</param>
    public static bool TryBuildTable(ReadOnlySpan<byte> lengths, Span<ushort> table)
    {
        long room = TableLength;
        foreach (var length in lengths)
        {
            if (length > MaxLength)
            {
                return false;
            }

            room -= length == 0 ? 0 : TableLength >> length;
        }

        if (room < 0)
        {
            return false;
        }

        if (room > 0)
        {
            // Bits that no code uses can only be met in a block that is wrong; reading them as one-bit symbols keeps the reader moving.
            table[..TableLength].Fill(1);
        }

        Span<int> next = stackalloc int[MaxLength + 2];
        FindFirstCodes(lengths, next);
        for (var symbol = 0; symbol < lengths.Length; symbol++)
        {
            int length = lengths[symbol];
            if (length == 0)
            {
                continue;
            }

            var entry = (ushort)((symbol << 4) | length);
            for (var at = (int)Reverse(next[length]++, length); at < TableLength; at += 1 << length)
            {
                table[at] = entry;
            }
        }

        return true;
    }

    private static void FindFirstCodes(ReadOnlySpan<byte> lengths, Span<int> first)
    {
        Span<int> counts = stackalloc int[MaxLength + 1];
        counts.Clear();
        foreach (var length in lengths)
        {
            counts[length]++;
        }

        var code = 0;
        counts[0] = 0;
        for (var length = 1; length <= MaxLength; length++)
        {
            code = (code + counts[length - 1]) << 1;
            first[length] = code;
        }
    }

    private static uint Reverse(int code, int length)
    {
        uint reversed = 0;
        for (var i = 0; i < length; i++)
        {
            reversed = (reversed << 1) | (uint)((code >> i) & 1);
        }

        return reversed;
    }

    /// <summary>Merges the symbols with the pairs of the level below, lightest first; says which are symbols.</summary>
    private int MergeLevel(int used, int listedBelow, Span<bool> isLeaf)
    {
        var packages = listedBelow / 2;
        for (var i = 0; i < packages; i++)
        {
            _packages[i] = _weights[2 * i] + _weights[(2 * i) + 1];
        }

        int leaf = 0, package = 0, listed = 0;
        while (leaf < used || package < packages)
        {
            var takeLeaf = package == packages || (leaf < used && _frequencies[leaf] <= _packages[package]);
            isLeaf[listed] = takeLeaf;
            _weights[listed++] = takeLeaf ? _frequencies[leaf++] : _packages[package++];
        }

        return listed;
    }

    private void Reserve(int symbols)
    {
        if (_symbols.Length < symbols)
        {
            _symbols = new int[symbols];
            _frequencies = new long[symbols];
            _weights = new long[2 * symbols];
            _packages = new long[symbols];
        }

        if (_isLeaf.Length < 2 * symbols * MaxLength)
        {
            _isLeaf = new bool[2 * symbols * MaxLength];
        }
    }
}
