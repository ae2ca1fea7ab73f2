using System.Globalization;
using System.Text;
using Crosstown.Control.Ntcip;
using Crosstown.Control.Snmp;

namespace Crosstown.Control.Tests.Ntcip;

/// <summary>Our client against an agent that we did not write, and tools that we did not write against our agent.</summary>
public sealed class NetSnmpTests
{
    private static readonly ObjectIdentifier s_location = ObjectIdentifier.Parse("1.3.6.1.2.1.1.6.0");
    private static readonly ObjectIdentifier s_upTime = ObjectIdentifier.Parse("1.3.6.1.2.1.1.3.0");
    private static readonly ObjectIdentifier s_nothing = ObjectIdentifier.Parse("1.3.6.1.2.1.1.99.0");

    [Fact]
    public async Task Our_client_reads_snmpd_in_every_version_and_with_every_digest()
    {
        NetSnmp.SkipWithout();
        var stop = TestContext.Current.CancellationToken;
        using var netSnmp = new NetSnmp();
        var address = await netSnmp.StartAsync(stop);
        SnmpAccess[] accesses =
        [
            new CommunityAccess(SnmpVersion.V1, new SnmpSecret("walker"), isInsideTunnel: true), new CommunityAccess(SnmpVersion.V2C, new SnmpSecret("walker"), isInsideTunnel: true),
            .. Enum.GetValues<AuthenticationProtocol>().Select(p => User(p)),
        ];
        foreach (var access in accesses)
        {
            using var link = new UdpLink(address);
            using var client = new SnmpClient(link, access, new SnmpPatience(), TimeProvider.System, 4711);
            var values = await client.GetAsync([s_location, s_nothing, s_upTime], stop);
            Assert.Equal("at the corner", Encoding.UTF8.GetString(values[0].Value.Octets));
            Assert.False(values[1].Value.IsThere);
            Assert.Equal(SnmpValueKind.TimeTicks, values[2].Value.Kind);
            Assert.InRange(values[2].Value.Number!.Value, 1, 60_000);
            Assert.Equal(s_location, (await client.GetNextAsync([ObjectIdentifier.Parse("1.3.6.1.2.1.1.6")], stop))[0].Name);
            Assert.Equal(access is UserAccess, client.EngineBoots > 0);
            if (access is CommunityAccess { Version: SnmpVersion.V1 })
            {
                continue;
            }

            var bulk = await client.GetBulkAsync([ObjectIdentifier.Parse("1.3.6.1.2.1.1")], 0, 20, stop);
            Assert.Equal(20, bulk.Length);
            Assert.Equal("1.3.6.1.2.1.1.1.0", bulk[0].Name.ToString());
        }
    }

    [Fact]
    public async Task What_snmpd_refuses_is_an_error_of_its_kind()
    {
        NetSnmp.SkipWithout();
        var stop = TestContext.Current.CancellationToken;
        using var netSnmp = new NetSnmp();
        var address = await netSnmp.StartAsync(stop);
        async Task<SnmpFault> FaultOf(SnmpAccess access)
        {
            using var link = new UdpLink(address);
            using var client = new SnmpClient(link, access, new SnmpPatience { TimeoutMs = 300, Retries = 0 }, TimeProvider.System, 4711);
            return (await Assert.ThrowsAsync<SnmpException>(() => client.GetAsync([s_location], stop))).Fault;
        }

        Assert.Equal(SnmpFault.Timeout, await FaultOf(new CommunityAccess(SnmpVersion.V2C, new SnmpSecret("another"), isInsideTunnel: true)));
        Assert.Equal(SnmpFault.UnknownUser, await FaultOf(new UserAccess("stranger", AuthenticationProtocol.Sha256, new SnmpSecret("canary one of eight"), new SnmpSecret("canary two of eight"))));
        Assert.Equal(SnmpFault.WrongDigest, await FaultOf(new UserAccess("sha256", AuthenticationProtocol.Sha256, new SnmpSecret("canary 666 of eight"), new SnmpSecret("canary two of eight"))));
        Assert.Contains(
            await FaultOf(new UserAccess("sha256", AuthenticationProtocol.Sha256, new SnmpSecret("canary one of eight"), new SnmpSecret("canary 777 of eight"))),
            new[] { SnmpFault.Decryption, SnmpFault.Timeout });
    }

    [Theory]
    [InlineData("-v1")]
    [InlineData("-v2c")]
    [InlineData("-v3")]
    public async Task Their_tools_read_walk_and_command_our_cabinet(string version)
    {
        NetSnmp.SkipWithout();
        var stop = TestContext.Current.CancellationToken;
        var cabinet = new SimulatedCabinet();
        cabinet.Advance(60_000);
        var agent = new SnmpAgent(TimeProvider.System, User(AuthenticationProtocol.Sha256)) { ReadCommunity = "walker", WriteCommunity = "writer" };
        cabinet.AddTo(agent);
        await using var udp = new UdpAgent(agent.Answer);
        using var tools = new NetSnmp();
        async Task<(int Status, string Text)> Run(string tool, bool writes, params string[] more)
        {
            string[] access = version == "-v3"
                ? ["-v3", "-l", "authPriv", "-u", "sha256", "-a", "SHA-256", "-A", "canary one of eight", "-x", "AES", "-X", "canary two of eight"]
                : [version, "-c", writes ? "writer" : "walker"];
            return await tools.RunAsync(tool, [.. access, "-On", "-t", "2", udp.Address.ToString(), .. more], stop);
        }

        var greens = NtcipObjects.PhaseStatus(PhaseStatusColumn.Greens, 1).ToString();
        var read = await Run("snmpget", false, greens);
        Assert.Equal($".{greens} = INTEGER: {((cabinet.State.Greens >> 1) & 0xFF).ToString(CultureInfo.InvariantCulture)}", read.Text.Trim());

        var walk = await Run("snmpwalk", false, NtcipObjects.Asc.ToString());
        Assert.Equal(0, walk.Status);
        var lines = walk.Text.Split('\n').Where(l => l.Contains(" = INTEGER: ", StringComparison.Ordinal)).ToList();
        Assert.Equal((9 * 2) + (2 * 2) + 6 + 4 + 6 + 1 + 2, lines.Count);
        Assert.StartsWith($".{NtcipObjects.PhaseStatus(PhaseStatusColumn.Reds, 1)} ", lines[0], StringComparison.Ordinal);

        // Held from outside, the green stays; nothing may be written by who only reads, and no other object by anybody.
        var held = Enumerable.Range(1, 8).First(p => (cabinet.State.Greens >> p & 1) != 0);
        var mask = (1 << (held - 1)).ToString(CultureInfo.InvariantCulture);
        var set = await Run("snmpset", true, NtcipObjects.PhaseHold(1).ToString(), "i", mask, NtcipObjects.SystemPatternControl.ToString(), "i", "3");
        Assert.True(set.Status == 0, set.Text);
        Assert.Equal(1u << held, cabinet.Holds);
        cabinet.Advance(9000);
        Assert.Equal(1u << held, cabinet.Holds & cabinet.State.Greens);
        cabinet.Advance(2000);
        Assert.Equal(0u, cabinet.Holds);
        Assert.NotEqual(0, (await Run("snmpset", true, greens, "i", "0")).Status);
        if (version != "-v3")
        {
            Assert.NotEqual(0, (await Run("snmpset", false, NtcipObjects.PhaseHold(1).ToString(), "i", mask)).Status);
        }
    }

    private static UserAccess User(AuthenticationProtocol protocol) =>
        new(protocol.ToString().ToLowerInvariant(), protocol, new SnmpSecret("canary one of eight"), new SnmpSecret("canary two of eight"));
}
