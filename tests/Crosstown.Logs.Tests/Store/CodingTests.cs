using Crosstown.Logs.Store;

namespace Crosstown.Logs.Tests.Store;

public sealed class CodingTests
{
    [Theory]
    [InlineData(401)]
    [InlineData(402)]
    [InlineData(403)]
    public void Prefix_codes_are_full_short_for_frequent_symbols_and_read_back(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var code = new PrefixCode();
        foreach (var symbols in new[] { 1, 2, 3, 10, 300, 4_095, 4_096 })
        {
            var counts = new int[symbols];
            for (var i = 0; i < symbols; i++)
            {
                // Fibonacci-like growth asks for codes that are longer than the limit.
                counts[i] = random.Next(3) == 0 ? 0 : 1 + (int)Math.Min(int.MaxValue / 2, Math.Pow(random.Next(1, 3), random.Next(0, 30)));
            }

            counts[0] = Math.Max(1, counts[0]);
            var lengths = new byte[symbols];
            code.ChooseLengths(counts, lengths);

            var used = counts.Count(c => c > 0);
            Assert.Equal(counts.Select(c => c > 0), lengths.Select(l => l > 0));
            Assert.All(lengths, l => Assert.InRange(l, 0, PrefixCode.MaxLength));
            Assert.Equal(used == 1 ? 0.5 : 1.0, lengths.Where(l => l > 0).Sum(l => Math.Pow(2, -l)));
            foreach (var (more, less) in counts.Zip(lengths).Where(p => p.First > 0).OrderByDescending(p => p.First).Pairwise())
            {
                Assert.True(more.First == less.First || more.Second <= less.Second);
            }

            var codes = new uint[symbols];
            var table = new ushort[PrefixCode.TableLength];
            PrefixCode.AssignCodes(lengths, codes);
            Assert.True(PrefixCode.TryBuildTable(lengths, table));
            for (var symbol = 0; symbol < symbols; symbol++)
            {
                if (lengths[symbol] > 0)
                {
                    var noise = random.Next() << lengths[symbol];
                    var entry = table[((ushort)codes[symbol] | noise) & (PrefixCode.TableLength - 1)];
                    Assert.Equal((symbol, lengths[symbol]), (entry >> 4, entry & 15));
                }
            }
        }
    }

    [Fact]
    public void Prefix_codes_cost_what_the_best_code_under_the_limit_costs()
    {
        // Every code of four symbols under a limit of twelve bits is one of these shapes.
        var random = new Random(404);
        var code = new PrefixCode();
        var lengths = new byte[4];
        for (var round = 0; round < 1_000; round++)
        {
            var counts = new[] { random.Next(1, 100), random.Next(1, 100), random.Next(1, 100), random.Next(1, 100) };
            code.ChooseLengths(counts, lengths);
            var sorted = counts.OrderDescending().ToArray();
            var best = new[] { new[] { 2, 2, 2, 2 }, [1, 2, 3, 3] }.Min(shape => shape.Zip(sorted, (l, c) => l * c).Sum());

            Assert.Equal(best, lengths.Zip(counts, (l, c) => l * c).Sum());
        }
    }

    [Fact]
    public void Lengths_that_are_no_prefix_code_are_refused()
    {
        var table = new ushort[PrefixCode.TableLength];

        Assert.False(PrefixCode.TryBuildTable([1, 1, 1], table));
        Assert.False(PrefixCode.TryBuildTable([13], table));
        Assert.True(PrefixCode.TryBuildTable([], table));
    }

    [Theory]
    [InlineData(405)]
    [InlineData(406)]
    public void Keys_in_any_order_are_sorted(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        ulong[] scratch = [];
        for (var round = 0; round < 400; round++)
        {
            var keys = new ulong[random.Next(0, 3_000)];
            var runs = random.Next(1, 14);
            for (var i = 0; i < keys.Length; i++)
            {
                keys[i] = (round % 4) switch
                {
                    0 => (ulong)i,
                    1 => (ulong)((i * runs % (keys.Length + 1)) + random.Next(3)) << 32,
                    2 => (ulong)random.NextInt64(),
                    _ => ((ulong)(i / 5) << 32) | (uint)random.Next(70_000),
                };
            }

            var expected = keys.ToArray();
            Array.Sort(expected);

            KeySorter.Sort(keys, ref scratch);

            Assert.Equal(expected, keys);
        }
    }

    [Fact]
    public void Numbers_of_any_size_are_written_and_read()
    {
        var to = new ByteWriter();
        long[] numbers = [0, 1, -1, 63, -64, 64, 8_191, -8_193, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];
        foreach (var number in numbers)
        {
            to.AddSigned(number);
        }

        var from = new ByteReader(to.Written);
        foreach (var number in numbers)
        {
            Assert.Equal(number, from.TakeSigned());
        }

        Assert.True(from.IsGood);
        Assert.Equal(0, from.TakeSigned());
        Assert.False(from.IsGood);
    }

    [Fact]
    public void The_checksum_is_crc_32c()
    {
        // The check value of the CRC catalog, and the all-zero block of RFC 3720, B.4.
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0xE3069283u, Crc32C.Compute("12345"u8, "6789"u8));
    }
}

file static class Sequences
{
    public static IEnumerable<(T First, T Second)> Pairwise<T>(this IEnumerable<T> items)
    {
        using var item = items.GetEnumerator();
        for (var last = item.MoveNext() ? item.Current : default; item.MoveNext(); last = item.Current)
        {
            yield return (last!, item.Current);
        }
    }
}
