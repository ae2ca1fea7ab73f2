using System.Globalization;
using System.Text;

namespace Crosstown.Server.People.Pages;

/// <summary>A text as the square picture that authenticators scan: a QR code (ISO/IEC 18004) in byte mode with error correction M, versions 1 to 10.</summary>
internal sealed class MatrixCode
{
    private const int MostVersion = 10;

    /// <summary>Per version at level M: codewords of correction in a block, then blocks and data codewords of each of two groups.</summary>
    private static readonly (int Correction, int Blocks1, int Data1, int Blocks2, int Data2)[] s_layouts =
    [
        (10, 1, 16, 0, 0), (16, 1, 28, 0, 0), (26, 1, 44, 0, 0), (18, 2, 32, 0, 0), (24, 2, 43, 0, 0),
        (16, 4, 27, 0, 0), (18, 4, 31, 0, 0), (22, 2, 38, 2, 39), (22, 3, 36, 2, 37), (26, 4, 43, 1, 44),
    ];

    private static readonly int[][] s_alignments = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];

    private readonly bool[,] _dark;
    private readonly bool[,] _isFixed;
    private readonly int _version;

    private MatrixCode(int version)
    {
        _version = version;
        Size = 17 + (4 * version);
        _dark = new bool[Size, Size];
        _isFixed = new bool[Size, Size];
    }

    /// <summary>Modules in a row.</summary>
    public int Size { get; }

    public bool this[int x, int y] => _dark[y, x];

    /// <exception cref="ArgumentException">The text has more than 213 bytes.</exception>
    public static MatrixCode Encode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var version = 1; version <= MostVersion; version++)
        {
            var layout = s_layouts[version - 1];
            var capacity = (layout.Blocks1 * layout.Data1) + (layout.Blocks2 * layout.Data2);
            var countBits = version < 10 ? 8 : 16;
            if (4 + countBits + (8 * bytes.Length) > 8 * capacity)
            {
                continue;
            }

            var code = new MatrixCode(version);
            code.DrawFixed();
            code.DrawData(Interleave(Pack(bytes, countBits, capacity), layout));
            code.ChooseMask();
            return code;
        }

        throw new ArgumentException($"{bytes.Length} bytes do not fit into a picture; 213 do.", nameof(text));
    }

    /// <summary>The dark modules as the path of an SVG.</summary>
    public string ToPath()
    {
        var path = new StringBuilder();
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                if (_dark[y, x])
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
                }
            }
        }

        return path.ToString();
    }

    private static byte[] Pack(byte[] bytes, int countBits, int capacity)
    {
        var bits = new List<bool>(capacity * 8);
        Append(bits, 0b0100, 4);
        Append(bits, bytes.Length, countBits);
        foreach (var b in bytes)
        {
            Append(bits, b, 8);
        }

        Append(bits, 0, Math.Min(4, (capacity * 8) - bits.Count));
        Append(bits, 0, (8 - (bits.Count % 8)) % 8);
        var packed = new byte[capacity];
        for (var i = 0; i < bits.Count; i++)
        {
            packed[i / 8] |= (byte)((bits[i] ? 1 : 0) << (7 - (i % 8)));
        }

        for (int i = bits.Count / 8, n = 0; i < capacity; i++, n++)
        {
            packed[i] = (byte)(n % 2 == 0 ? 0xEC : 0x11);
        }

        return packed;
    }

    private static void Append(List<bool> bits, int value, int count)
    {
        for (var i = count - 1; i >= 0; i--)
        {
            bits.Add(((value >> i) & 1) == 1);
        }
    }

    private static byte[] Interleave(byte[] data, (int Correction, int Blocks1, int Data1, int Blocks2, int Data2) layout)
    {
        var (blocks, corrections) = (new List<byte[]>(), new List<byte[]>());
        var divisor = Divisor(layout.Correction);
        for (int i = 0, at = 0; i < layout.Blocks1 + layout.Blocks2; i++)
        {
            var length = i < layout.Blocks1 ? layout.Data1 : layout.Data2;
            var block = data[at..(at + length)];
            at += length;
            blocks.Add(block);
            corrections.Add(Remainder(block, divisor));
        }

        var all = new List<byte>();
        for (var i = 0; i < Math.Max(layout.Data1, layout.Data2); i++)
        {
            all.AddRange(blocks.Where(b => i < b.Length).Select(b => b[i]));
        }

        for (var i = 0; i < layout.Correction; i++)
        {
            all.AddRange(corrections.Select(c => c[i]));
        }

        return [.. all];
    }

    /// <summary>Product of the numbers in the field of 256 elements with the polynomial 0x11D.</summary>
    private static byte Multiply(byte a, byte b)
    {
        var product = 0;
        for (var i = 7; i >= 0; i--)
        {
            product = (product << 1) ^ ((product >> 7) * 0x11D);
            product ^= ((b >> i) & 1) * a;
        }

        return (byte)product;
    }

    private static byte[] Divisor(int degree)
    {
        var result = new byte[degree];
        result[^1] = 1;
        byte root = 1;
        for (var i = 0; i < degree; i++)
        {
            for (var j = 0; j < degree; j++)
            {
                result[j] = (byte)(Multiply(result[j], root) ^ (j + 1 < degree ? result[j + 1] : 0));
            }

            root = Multiply(root, 2);
        }

        return result;
    }

    private static byte[] Remainder(byte[] data, byte[] divisor)
    {
        var result = new byte[divisor.Length];
        foreach (var b in data)
        {
            var factor = (byte)(b ^ result[0]);
            Array.Copy(result, 1, result, 0, result.Length - 1);
            result[^1] = 0;
            for (var i = 0; i < result.Length; i++)
            {
                result[i] ^= Multiply(divisor[i], factor);
            }
        }

        return result;
    }

    private void Fix(int x, int y, bool dark)
    {
        _dark[y, x] = dark;
        _isFixed[y, x] = true;
    }

    private void DrawFixed()
    {
        for (var i = 0; i < Size; i++)
        {
            Fix(6, i, i % 2 == 0);
            Fix(i, 6, i % 2 == 0);
        }

        foreach (var (x, y) in (ReadOnlySpan<(int, int)>)[(3, 3), (Size - 4, 3), (3, Size - 4)])
        {
            DrawRings(x, y, 4, 2);
        }

        var places = s_alignments[_version - 1];
        foreach (var x in places)
        {
            foreach (var y in places)
            {
                var isCorner = (x == 6 && y == 6) || (x == 6 && y == Size - 7) || (x == Size - 7 && y == 6);
                if (!isCorner)
                {
                    DrawRings(x, y, 2, 1);
                }
            }
        }

        DrawFormat(0);
        DrawVersion();
    }

    /// <summary>Squares around a point: the ring next to <paramref name="light"/> and, for the large ones, the outermost are light.</summary>
    private void DrawRings(int centerX, int centerY, int radius, int light)
    {
        for (var dy = -radius; dy <= radius; dy++)
        {
            for (var dx = -radius; dx <= radius; dx++)
            {
                var (x, y) = (centerX + dx, centerY + dy);
                if (x >= 0 && x < Size && y >= 0 && y < Size)
                {
                    var ring = Math.Max(Math.Abs(dx), Math.Abs(dy));
                    Fix(x, y, ring != light && ring != 4);
                }
            }
        }
    }

    private void DrawFormat(int mask)
    {
        // Level M is 0.
        var remainder = mask;
        for (var i = 0; i < 10; i++)
        {
            remainder = (remainder << 1) ^ ((remainder >> 9) * 0x537);
        }

        var bits = ((mask << 10) | remainder) ^ 0x5412;
        bool Bit(int i) => ((bits >> i) & 1) == 1;
        for (var i = 0; i <= 5; i++)
        {
            Fix(8, i, Bit(i));
        }

        Fix(8, 7, Bit(6));
        Fix(8, 8, Bit(7));
        Fix(7, 8, Bit(8));
        for (var i = 9; i < 15; i++)
        {
            Fix(14 - i, 8, Bit(i));
        }

        for (var i = 0; i < 8; i++)
        {
            Fix(Size - 1 - i, 8, Bit(i));
        }

        for (var i = 8; i < 15; i++)
        {
            Fix(8, Size - 15 + i, Bit(i));
        }

        Fix(8, Size - 8, true);
    }

    private void DrawVersion()
    {
        if (_version < 7)
        {
            return;
        }

        var remainder = _version;
        for (var i = 0; i < 12; i++)
        {
            remainder = (remainder << 1) ^ ((remainder >> 11) * 0x1F25);
        }

        var bits = (_version << 12) | remainder;
        for (var i = 0; i < 18; i++)
        {
            var dark = ((bits >> i) & 1) == 1;
            Fix(Size - 11 + (i % 3), i / 3, dark);
            Fix(i / 3, Size - 11 + (i % 3), dark);
        }
    }

    private void DrawData(byte[] words)
    {
        var at = 0;
        for (var right = Size - 1; right >= 1; right -= 2)
        {
            if (right == 6)
            {
                right = 5;
            }

            for (var step = 0; step < Size; step++)
            {
                for (var side = 0; side < 2; side++)
                {
                    var x = right - side;
                    var isUpward = ((right + 1) & 2) == 0;
                    var y = isUpward ? Size - 1 - step : step;
                    if (!_isFixed[y, x] && at < words.Length * 8)
                    {
                        _dark[y, x] = ((words[at / 8] >> (7 - (at % 8))) & 1) == 1;
                        at++;
                    }
                }
            }
        }
    }

    private void ChooseMask()
    {
        var (best, least) = (0, int.MaxValue);
        for (var mask = 0; mask < 8; mask++)
        {
            ApplyMask(mask);
            DrawFormat(mask);
            var penalty = Penalty();
            if (penalty < least)
            {
                (best, least) = (mask, penalty);
            }

            ApplyMask(mask);
        }

        ApplyMask(best);
        DrawFormat(best);
    }

    private void ApplyMask(int mask)
    {
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                var flips = mask switch
                {
                    0 => (x + y) % 2 == 0,
                    1 => y % 2 == 0,
                    2 => x % 3 == 0,
                    3 => (x + y) % 3 == 0,
                    4 => ((x / 3) + (y / 2)) % 2 == 0,
                    5 => (x * y % 2) + (x * y % 3) == 0,
                    6 => ((x * y % 2) + (x * y % 3)) % 2 == 0,
                    _ => (((x + y) % 2) + (x * y % 3)) % 2 == 0,
                };
                _dark[y, x] ^= flips && !_isFixed[y, x];
            }
        }
    }

    /// <summary>How hard the picture is to read: runs, blocks, shapes like the corners' marks, and an uneven share of dark.</summary>
    private int Penalty()
    {
        var penalty = 0;
        for (var i = 0; i < Size; i++)
        {
            penalty += LinePenalty(k => _dark[i, k]) + LinePenalty(k => _dark[k, i]);
        }

        var dark = 0;
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                dark += _dark[y, x] ? 1 : 0;
                if (x + 1 < Size && y + 1 < Size && _dark[y, x] == _dark[y, x + 1] && _dark[y, x] == _dark[y + 1, x] && _dark[y, x] == _dark[y + 1, x + 1])
                {
                    penalty += 3;
                }
            }
        }

        return penalty + (Math.Abs((dark * 20) - (Size * Size * 10)) / (Size * Size) * 10);
    }

    private int LinePenalty(Func<int, bool> at)
    {
        ReadOnlySpan<bool> mark = [true, false, true, true, true, false, true];
        var (penalty, run) = (0, 1);
        for (var i = 1; i <= Size; i++)
        {
            if (i < Size && at(i) == at(i - 1))
            {
                run++;
                continue;
            }

            penalty += run >= 5 ? run - 2 : 0;
            run = 1;
        }

        for (var i = 0; i + 7 <= Size; i++)
        {
            var isMark = true;
            for (var k = 0; k < 7 && isMark; k++)
            {
                isMark = at(i + k) == mark[k];
            }

            if (isMark && (IsLight(at, i - 4, i) || IsLight(at, i + 7, i + 11)))
            {
                penalty += 40;
            }
        }

        return penalty;
    }

    private bool IsLight(Func<int, bool> at, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (i >= 0 && i < Size && at(i))
            {
                return false;
            }
        }

        return true;
    }
}
