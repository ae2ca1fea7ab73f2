using System.Globalization;
using System.IO.Compression;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Formats;

namespace Crosstown.Logs.Tests.Formats;

/// <summary>Real controller files against their independent decoding.</summary>
[Trait("Category", SharedData.Category)]
public sealed class ControllerFileTests
{
    [Theory]
    [InlineData("econolite_4895_2024_02_21_1115.dat", "econolite_4895_2024_02_21_1115", "econolite", "4895")]
    [InlineData("econolite_4895_2024_02_21_1115.datZ", "econolite_4895_2024_02_21_1115", "econolite", "4895")]
    [InlineData("maxtime_638572533917628534.xml", "maxtime_638572533917628534", "maxtime", "1015")]
    public void A_controller_file_decodes_to_exactly_the_expected_events(string file, string expected, string format, string signal)
    {
        var read = CapturedEvents.ReadFile(SharedData.PathTo($"data/hires/udot-controller-files/{file}"));

        Assert.Equal(format, read.Summary.Format);
        Assert.Equal(0, read.Summary.RowsRefused);
        Assert.Equal(Expected(expected), read.Of(signal));
        Assert.Equal(read.All.Count, read.Of(signal).Length);
    }

    [Fact]
    [Trait("rule", "P10")]
    public void Addresses_of_the_controller_in_a_header_reach_neither_events_nor_issues()
    {
        foreach (var (file, addresses) in new[]
        {
            ("econolite_4895_2024_02_21_1115.dat", new[] { "10.210.8.179", "00:04:81:02:80:5c" }),
            ("maxtime_638572533917628534.xml", ["10.204.10.15", "100,85,99,0,66,190"]),
        })
        {
            var bytes = File.ReadAllBytes(SharedData.PathTo($"data/hires/udot-controller-files/{file}"));

            var read = CapturedEvents.Read(bytes, new ReadSettings { Signal = SignalId.Parse("1") });

            Assert.NotEmpty(read.All);
            Assert.All(addresses, address => Assert.DoesNotContain(address, read.IssueText + read.Summary, StringComparison.Ordinal));
        }
    }

    [Fact]
    [Trait("rule", "R07")]
    public void A_packed_file_cut_at_any_byte_is_partial_with_an_issue_or_refused()
    {
        var whole = File.ReadAllBytes(SharedData.PathTo("data/hires/udot-controller-files/econolite_4895_2024_02_21_1115.datZ"));
        var expected = Expected("econolite_4895_2024_02_21_1115");
        var settings = new ReadSettings { Signal = SignalId.Parse("4895"), Zone = "UTC" };
        Assert.Equal(0, CapturedEvents.Read(whole, settings).Issues.Count);

        for (var length = 0; length < whole.Length; length++)
        {
            var read = CapturedEvents.Read(whole[..length], settings);

            Assert.True(
                read.CountOf(DataIssueKind.Truncated) + read.CountOf(DataIssueKind.ChecksumMismatch) + read.CountOf(DataIssueKind.EmptyFile) + read.CountOf(DataIssueKind.UnknownFormat) > 0,
                $"Cut at {length}: {read.Events.Length} events without an issue.");
            Assert.Equal(expected.Take(read.Events.Length), read.Events);
        }
    }

    /// <remarks>
    /// Adler-32 is a weak sum: three neighboring bytes may change and leave it as it was. Such a file cannot be told from a sound one by anyone; in this one, 1 of
    /// 5,311 flips is of that kind. Everything else must be noticed.
    /// </remarks>
    [Fact]
    [Trait("rule", "R07")]
    public void A_packed_file_with_a_flipped_bit_is_refused_or_reported_unless_its_checksum_still_fits()
    {
        var whole = File.ReadAllBytes(SharedData.PathTo("data/hires/udot-controller-files/econolite_4895_2024_02_21_1115.datZ"));
        var expected = Expected("econolite_4895_2024_02_21_1115");
        var settings = new ReadSettings { Signal = SignalId.Parse("4895"), Zone = "UTC" };
        var unnoticed = new List<int>();
        for (var at = 0; at < whole.Length; at++)
        {
            var flipped = whole.ToArray();
            flipped[at] ^= (byte)(1 << (at % 8));

            var read = CapturedEvents.Read(flipped, settings);

            if (read.Issues.Count == 0 && !read.Events.AsSpan().SequenceEqual(expected))
            {
                unnoticed.Add(at);
                Assert.Equal(AdlerOf(Unpack(whole)), AdlerOf(Unpack(flipped)));
            }
        }

        Assert.InRange(unnoticed.Count, 0, 1);
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var stream = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        stream.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static (uint A, uint B) AdlerOf(byte[] bytes)
    {
        uint a = 1;
        uint b = 0;
        foreach (var value in bytes)
        {
            a = (a + value) % 65521;
            b = (b + a) % 65521;
        }

        return (a, b);
    }

    private static ControllerEvent[] Expected(string name) =>
    [
        .. File.ReadLines(SharedData.PathTo($"data/hires/udot-controller-files/{name}.expected.csv")).Skip(1).Select(line => line.Split(',')).Select(f => new ControllerEvent(
            CapturedEvents.Utc(f[0] + "Z"),
            ushort.Parse(f[1], CultureInfo.InvariantCulture),
            short.Parse(f[2], CultureInfo.InvariantCulture))),
    ];
}
