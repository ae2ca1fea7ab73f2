using Crosstown.Control.Ntcip;
using Crosstown.Control.Snmp;
using Crosstown.Control.Tests.Ntcip;
using Crosstown.Core;
using Crosstown.Core.Data;

namespace Crosstown.Control.Tests.Snmp;

public sealed class SnmpClientTests
{
    private const string Community = "c4naryWord";
    private static readonly ObjectIdentifier s_flash = NtcipObjects.UnitFlashStatus;
    private static readonly UserAccess s_user = new("reader", AuthenticationProtocol.Sha256, new SnmpSecret("canary one of eight"), new SnmpSecret("canary two of eight"));

    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(SnmpVersion.V1)]
    [InlineData(SnmpVersion.V2C)]
    [InlineData(SnmpVersion.V3)]
    public async Task Objects_are_read_in_every_version_and_what_lacks_says_so(SnmpVersion version)
    {
        var agent = Agent();
        using var client = Client(new AgentLink(agent.Answer), Access(version));
        var values = await client.GetAsync([s_flash, ObjectIdentifier.Parse("1.3.6.1.2.1.99.0"), NtcipObjects.UnitBackupTime], TestContext.Current.CancellationToken);
        Assert.Equal([SnmpValue.OfNumber(2), SnmpValue.Missing(SnmpValueKind.NoSuchObject), SnmpValue.OfNumber(10)], values.Select(v => v.Value));
        var next = await client.GetNextAsync([NtcipObjects.Asc], TestContext.Current.CancellationToken);
        Assert.Equal(NtcipObjects.PhaseStatus(PhaseStatusColumn.Reds, 1), next[0].Name);
        Assert.DoesNotContain(3, agent.Requests);
    }

    [Fact]
    public async Task What_is_too_much_for_one_answer_is_asked_for_in_halves()
    {
        var agent = Agent(most: 5);
        using var client = Client(new AgentLink(agent.Answer), Access(SnmpVersion.V2C));
        var names = Enumerable.Repeat(s_flash, 33).ToList();
        Assert.All(await client.GetAsync(names, TestContext.Current.CancellationToken), v => Assert.Equal(2, v.Value.Number));
    }

    [Fact]
    public async Task A_walk_by_get_bulk_ends_where_the_objects_end()
    {
        using var client = Client(new AgentLink(Agent().Answer), Access(SnmpVersion.V3));
        var all = await client.GetBulkAsync([NtcipObjects.SystemPatternControl], 0, 40, TestContext.Current.CancellationToken);
        Assert.Equal(40, all.Length);
        Assert.Equal(NtcipObjects.PreemptState(1), all[0].Name);
        Assert.Equal(SnmpValueKind.EndOfMibView, all[^1].Value.Kind);
    }

    [Fact]
    public async Task A_silent_device_is_asked_as_often_as_agreed_and_then_given_up()
    {
        var link = new AgentLink(_ => null);
        using var client = Client(link, Access(SnmpVersion.V2C), new SnmpPatience { TimeoutMs = 700, Retries = 2 });
        var asking = client.GetAsync([s_flash], TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            Assert.False(asking.IsCompleted);
            Assert.Equal(i + 1, link.Sent.Count);
            _time.Advance(699);
            await Task.Delay(20, TestContext.Current.CancellationToken);
            Assert.Equal(i + 1, link.Sent.Count);
            _time.Advance(1);
            for (var wait = 0; wait < 500 && link.Sent.Count == i + 1 && !asking.IsCompleted; wait++)
            {
                await Task.Delay(2, TestContext.Current.CancellationToken);
            }
        }

        var error = await Assert.ThrowsAsync<SnmpException>(() => asking);
        Assert.Equal(SnmpFault.Timeout, error.Fault);
        Assert.Equal(3, link.Sent.Count);
    }

    [Fact]
    public async Task An_answer_to_the_second_packet_is_taken_and_one_to_another_request_is_not()
    {
        var agent = Agent();
        byte[]? stale = null;
        var sent = 0;
        var link = new AgentLink(packet =>
        {
            var reply = agent.Answer(packet);
            sent++;
            stale ??= reply;
            return sent switch { 1 => reply, 2 => stale, _ => reply };
        });
        using var client = Client(link, Access(SnmpVersion.V2C));
        Assert.Equal(2, (await client.GetAsync([s_flash], TestContext.Current.CancellationToken))[0].Value.Number);
        var second = client.GetAsync([NtcipObjects.UnitBackupTime], TestContext.Current.CancellationToken);
        for (var wait = 0; wait < 500 && sent < 3; wait++)
        {
            _time.Advance(100);
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }

        Assert.Equal(10, (await second)[0].Value.Number);
    }

    [Fact]
    public async Task One_request_at_a_time_goes_to_a_device()
    {
        var agent = Agent();
        var (inFlight, most) = (0, 0);
        var link = new SlowLink(agent.Answer, change => most = Math.Max(most, inFlight += change));
        using var client = Client(link, Access(SnmpVersion.V2C));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetAsync([s_flash], TestContext.Current.CancellationToken)));
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task A_device_that_started_again_is_asked_in_its_new_time()
    {
        var agent = Agent();
        using var client = Client(new AgentLink(agent.Answer), s_user);
        await client.GetAsync([s_flash], TestContext.Current.CancellationToken);
        Assert.Equal(3, client.EngineBoots);
        agent.Boots = 4;
        _time.Advance(400_000);
        Assert.Equal(2, (await client.GetAsync([s_flash], TestContext.Current.CancellationToken))[0].Value.Number);
        Assert.Equal(4, client.EngineBoots);
    }

    [Fact]
    public async Task An_answer_that_was_recorded_and_is_played_again_later_is_not_taken()
    {
        var agent = Agent();
        byte[]? kept = null;
        var replays = false;
        using var client = Client(new AgentLink(p => replays ? kept : kept = agent.Answer(p)), s_user, new SnmpPatience { TimeoutMs = 100, Retries = 0 });
        await client.GetAsync([s_flash], TestContext.Current.CancellationToken);
        replays = true;
        Assert.Equal(SnmpFault.Timeout, (await Late(client.GetAsync([s_flash], TestContext.Current.CancellationToken))).Fault);
    }

    [Theory]
    [InlineData("another user", SnmpFault.UnknownUser)]
    [InlineData("another authentication password", SnmpFault.WrongDigest)]
    [InlineData("another privacy password", SnmpFault.Decryption)]
    [InlineData("a changed octet", SnmpFault.WrongDigest)]
    [InlineData("an answer in the clear", SnmpFault.SecurityLevel)]
    [InlineData("an answer of another engine", SnmpFault.UnknownEngine)]
    [InlineData("no answer at all", SnmpFault.Timeout)]
    [InlineData("junk", SnmpFault.Malformed)]
    public async Task What_cannot_be_trusted_is_an_error_that_names_its_kind_and_no_secret(string what, SnmpFault fault)
    {
        var agent = Agent();
        var access = what switch
        {
            "another user" => new UserAccess("stranger", AuthenticationProtocol.Sha256, new SnmpSecret("canary one of eight"), new SnmpSecret("canary two of eight")),
            "another authentication password" => new UserAccess("reader", AuthenticationProtocol.Sha256, new SnmpSecret("canary 666 of eight"), new SnmpSecret("canary two of eight")),
            "another privacy password" => new UserAccess("reader", AuthenticationProtocol.Sha256, new SnmpSecret("canary one of eight"), new SnmpSecret("canary 777 of eight")),
            _ => s_user,
        };
        var asked = 0;
        byte[]? Answer(byte[] packet)
        {
            var reply = agent.Answer(packet);
            var isAnswer = ++asked > 2 && reply is not null;
            switch (what)
            {
                case "a changed octet" when isAnswer:
                    reply![^1] ^= 1;
                    return reply;
                case "an answer in the clear" when isAnswer:
                    var id = SnmpMessage.Decode(packet).Header!.MessageId;
                    return MessageFrame.EncodeVersion3(new MessageFrame.Opening(SnmpMessage.Decode(reply!).Header!.Engine.ToArray(), 3, 1, "reader"u8.ToArray(), 0, null), UsmProtection.None, id,
                        w => MessageFrame.WriteScoped(w, [], inner => ReadPdu.Write(inner, SnmpReadKind.Get, id, [s_flash])));
                case "an answer of another engine" when isAnswer:
                    var engine = new UsmEngine(s_user, "another engine"u8, _time);
                    engine.Take(3, 1);
                    return MessageFrame.EncodeProtected(engine, SnmpMessage.Decode(packet).Header!.MessageId, 1, UsmProtection.Authentic | UsmProtection.Private, w => ReadPdu.Write(w, SnmpReadKind.Get, 1, [s_flash]));
                case "no answer at all":
                    return null;
                case "junk":
                    return [0x30, 3, 2, 1, 9];
                default:
                    return reply;
            }
        }

        using var client = Client(new AgentLink(Answer), access, new SnmpPatience { TimeoutMs = 100, Retries = 1 });
        var error = await Late(client.GetAsync([s_flash], TestContext.Current.CancellationToken));
        Assert.Equal(fault, error.Fault);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Whatever_is_changed_in_an_answer_of_version_3_it_is_taken_whole_or_not_at_all()
    {
        var random = new RandomNumbers(3414, 1);
        var agent = Agent();
        var (taken, refused) = (0, 0);
        using var client = Client(
            new AgentLink(packet =>
            {
                var reply = agent.Answer(packet)!;
                var at = random.NextInt(reply.Length);
                switch (random.NextInt(4))
                {
                    case 0:
                        return reply;
                    case 1:
                        return reply[..at];
                    case 2:
                        return [.. reply[..at], (byte)random.NextInt(256), .. reply[at..]];
                    default:
                        reply[at] ^= (byte)(1 << random.NextInt(8));
                        return reply;
                }
            }),
            s_user, new SnmpPatience { TimeoutMs = 50, Retries = 0 });
        for (var round = 0; round < 400; round++)
        {
            var asking = client.GetAsync([s_flash, NtcipObjects.UnitBackupTime], TestContext.Current.CancellationToken);
            for (var wait = 0; wait < 1000 && !asking.IsCompleted; wait++)
            {
                _time.Advance(50);
                await Task.Yield();
            }

            try
            {
                Assert.Equal([2, 10], (await asking).Select(v => v.Value.Number!.Value));
                taken++;
            }
            catch (SnmpException)
            {
                refused++;
            }
        }

        Assert.True(taken > 50 && refused > 200, $"{taken} taken, {refused} refused");
    }

    [Fact]
    [Trait("rule", "X02")]
    public void Words_in_the_clear_go_through_a_tunnel_alone_and_every_default_is_an_alarm()
    {
        Assert.Equal("XT780", Assert.Throws<ProblemException>(() => new CommunityAccess(SnmpVersion.V1, new SnmpSecret(Community), isInsideTunnel: false)).Problems[0].Code);
        Assert.Equal("XT780", Assert.Throws<ProblemException>(() => new CommunityAccess(SnmpVersion.V3, new SnmpSecret(Community), isInsideTunnel: true)).Problems[0].Code);
        Assert.Equal("XT780", Assert.Throws<ProblemException>(() => new UserAccess("reader", AuthenticationProtocol.Sha1, new SnmpSecret("short"), new SnmpSecret("long enough"))).Problems[0].Code);
        Assert.Empty(new CommunityAccess(SnmpVersion.V1, new SnmpSecret(Community), isInsideTunnel: true).ListWeaknesses());
        Assert.Empty(s_user.ListWeaknesses());
        foreach (var word in new[] { "public", "private", "Public", "ADMINISTRATOR", "" })
        {
            Assert.Single(new CommunityAccess(SnmpVersion.V2C, new SnmpSecret(word), isInsideTunnel: true).ListWeaknesses());
        }

        Assert.Equal(3, new UserAccess("reader", AuthenticationProtocol.Sha1, new SnmpSecret("password"), new SnmpSecret("password")).ListWeaknesses().Count);
        Assert.Single(new UserAccess("reader", AuthenticationProtocol.Sha1, new SnmpSecret("the same twice"), new SnmpSecret("the same twice")).ListWeaknesses());
    }

    [Fact]
    [Trait("rule", "X09")]
    public void Nothing_prints_a_secret()
    {
        var access = new CommunityAccess(SnmpVersion.V1, new SnmpSecret(Community), isInsideTunnel: true);
        Assert.DoesNotContain(Community, $"{access} {new SnmpSecret(Community)} {System.Text.Json.JsonSerializer.Serialize(access)} {System.Text.Json.JsonSerializer.Serialize(s_user)}", StringComparison.Ordinal);
    }

    private SnmpAgent Agent(int most = 64)
    {
        var agent = new SnmpAgent(_time, s_user) { ReadCommunity = Community, MostVariables = most };
        new SimulatedCabinet().AddTo(agent);
        return agent;
    }

    private static SnmpAccess Access(SnmpVersion version) => version == SnmpVersion.V3 ? s_user : new CommunityAccess(version, new SnmpSecret(Community), isInsideTunnel: true);

    private SnmpClient Client(IDatagramLink link, SnmpAccess access, SnmpPatience? patience = null) => new(link, access, patience ?? new SnmpPatience(), _time, 12_345_678_901_234);

    /// <summary>The error of a request whose time is made to pass.</summary>
    private async Task<SnmpException> Late(Task asking)
    {
        for (var wait = 0; wait < 1000 && !asking.IsCompleted; wait++)
        {
            _time.Advance(50);
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }

        return await Assert.ThrowsAsync<SnmpException>(() => asking);
    }

    private sealed class SlowLink(Func<byte[], byte[]?> answer, Action<int> count) : IDatagramLink
    {
        private byte[] _reply = [];

        public async ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken stop)
        {
            count(1);
            await Task.Delay(1, stop);
            _reply = answer(datagram.ToArray())!;
        }

        public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken stop)
        {
            await Task.Delay(1, stop);
            count(-1);
            _reply.CopyTo(buffer);
            return _reply.Length;
        }
    }
}
