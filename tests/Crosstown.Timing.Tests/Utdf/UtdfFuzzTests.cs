using System.Text;
using Crosstown.Core;
using Crosstown.Core.Data;
using Crosstown.Timing.Utdf;

namespace Crosstown.Timing.Tests.Utdf;

/// <summary>Damaged files: nothing but a problem with a code is ever thrown, what is read comes back byte for byte, and what is converted holds together.</summary>
public sealed class UtdfFuzzTests
{
    private static readonly string[] s_tokens =
    [
        ",", "\n", "\r\n", "\r", "\"", "*", "=\"", "[", "]", "[Phases]", "-1", "1e308", "NaN", "-", "99999999999", "0", "0.05", "RECORDNAME", "INTID", "\uFEFF", "é", "\0", " ", "\t",
    ];

    [Fact]
    public void A_small_file_damaged_in_thousands_of_ways()
    {
        var bytes = Encoding.UTF8.GetBytes(UtdfFiles.Small);
        var converted = 0;
        for (var seed = 0u; seed < 1500; seed++)
        {
            converted += Try(Damage(bytes, seed), seed) ? 1 : 0;
        }

        Assert.InRange(converted, 300, 1500);
    }

    [Theory]
    [InlineData(UtdfFiles.Bullhead, 60)]
    [InlineData(UtdfFiles.GrandAvenue, 20)]
    [InlineData(UtdfFiles.Tempe, 2)]
    [Trait("Category", SharedData.Category)]
    public void Real_files_damaged(string path, int times)
    {
        var (bytes, _) = UtdfFiles.ReadShared(path);
        for (var seed = 0u; seed < times; seed++)
        {
            Try(Damage(bytes, seed), seed);
        }
    }

    private static byte[] Damage(byte[] bytes, uint seed)
    {
        var random = new RandomNumbers(seed);
        var damaged = bytes.ToList();
        var hits = 1 + random.NextInt(12);
        for (var i = 0; i < hits; i++)
        {
            var at = random.NextInt(damaged.Count);
            switch (random.NextInt(7))
            {
                case 0:
                    damaged[at] = (byte)random.NextInt(256);
                    break;
                case 1:
                    damaged.InsertRange(at, Encoding.UTF8.GetBytes(s_tokens[random.NextInt(s_tokens.Length)]));
                    break;
                case 2:
                    damaged.RemoveRange(at, Math.Min(1 + random.NextInt(60), damaged.Count - at));
                    break;
                case 3 when random.NextInt(8) == 0:
                    damaged.RemoveRange(at, damaged.Count - at);
                    break;
                case 4:
                    var length = Math.Min(1 + random.NextInt(200), damaged.Count - at);
                    damaged.InsertRange(random.NextInt(damaged.Count), damaged.GetRange(at, length));
                    break;
                default:
                    var digit = damaged.FindIndex(at, b => b is >= (byte)'0' and <= (byte)'9');
                    if (digit >= 0)
                    {
                        damaged[digit] = (byte)('0' + random.NextInt(10));
                    }

                    break;
            }

            if (damaged.Count == 0)
            {
                break;
            }
        }

        return [.. damaged];
    }

    /// <summary>False when the file was refused.</summary>
    private static bool Try(byte[] bytes, uint seed)
    {
        var issues = new DataIssueLog();
        try
        {
            var document = UtdfFiles.Read(bytes, issues);
            Assert.True(bytes.AsSpan().SequenceEqual(UtdfFiles.BytesOf(document)), $"seed {seed}: bytes differ");
            Assert.True(bytes.AsSpan().SequenceEqual(UtdfFiles.BytesOf(document.Apply(new UtdfChanges()))), $"seed {seed}: bytes differ after no change");
            var network = UtdfNetwork.Read(document, new UtdfNetworkOptions(), issues);
            var demand = network.Network.Demands.Single();
            for (var g = 0; g < network.Network.Groups.Length; g++)
            {
                var group = network.Network.Groups[g];
                Assert.True(group.SaturationVehPerHour > 0 && group.Lanes > 0 && group.StartLostS >= 0 && group.EndGainS >= 0, $"seed {seed}: {group.Id}");
                Assert.True(demand.FedVehPerHour[g].Sum() <= demand.VolumeVehPerHour[g] + 1e-6, $"seed {seed}: {group.Id} is fed more than it has");
                Assert.All(group.Feeders, f => Assert.True(f.TravelS > 0 && f.Group >= 0 && f.Group < network.Network.Groups.Length, $"seed {seed}: {group.Id}"));
            }

            var written = UtdfPlans.Write(document, network, network.Today);
            Assert.True(bytes.AsSpan().SequenceEqual(UtdfFiles.BytesOf(written)), $"seed {seed}: today's plan changed bytes");
            return true;
        }
        catch (ProblemException problem)
        {
            Assert.All(problem.Problems, p => Assert.StartsWith("XT66", p.Code, StringComparison.Ordinal));
            return false;
        }
    }
}
