using Crosstown.Control.Ntcip;
using Crosstown.Control.Snmp;
using Crosstown.Control.Tests.Ntcip;
using Crosstown.Core.Controllers;
using Crosstown.Sender;
using Crosstown.Timing.Guard;

namespace Crosstown.Control.Tests.Sender;

/// <summary>A lease that is written down in memory, and a way to it that can be cut.</summary>
internal sealed class MemoryLease
{
    public LeaseEntry? Entry { get; private set; }

    public Way NewWay() => new(this);

    public sealed class Way(MemoryLease lease) : ILeaseRecord
    {
        public bool IsCut { get; set; }

        public void Exchange(Func<LeaseEntry?, LeaseEntry?> change)
        {
            if (IsCut)
            {
                throw new IOException("The line is cut.");
            }

            lease.Entry = change(lease.Entry);
        }
    }
}

/// <summary>A sender before a simulated cabinet, on one clock that a test moves.</summary>
internal sealed class SenderRig : IDisposable
{
    /// <summary>What the guard asks for after a start.</summary>
    public const int QuietMs = 15 * 60_000;

    private const int TickMs = 500;

    private readonly SnmpClient _client;
    private readonly NtcipReader _reader;
    private long _sinceTickMs;
    private long _fence = 100;

    public SenderRig(
        SignalFacts? facts = null, ShadowRecord? shadow = null, bool isMeantToAdvise = true, bool hasFacts = true, ManualTime? time = null, SimulatedCabinet? cabinet = null, MemoryLease? lease = null, long holder = 1)
    {
        Time = time ?? new ManualTime();
        Cabinet = cabinet ?? new SimulatedCabinet();
        Shadow = shadow ?? ShadowRecord.Of(7, 0, 0, 0, false);
        var user = new UserAccess("sender", AuthenticationProtocol.Sha256, new SnmpSecret("canary one of eight"), new SnmpSecret("canary two of eight"));
        Agent = new SnmpAgent(Time, user);
        Cabinet.AddTo(Agent);
        Link = new AgentLink(Agent.Answer);
        LeaseWay = (lease ?? new MemoryLease()).NewWay();
        _client = new SnmpClient(Link, user, new SnmpPatience { TimeoutMs = 500, Retries = 1 }, Time, (ulong)holder << 40);
        _reader = new NtcipReader(_client, new NtcipQuery { Preempts = 1, IntervalMs = 450 }, Time);
        Sender = new SignalSender(new SignalParts
        {
            Signal = SimulatedCabinet.Id,
            Facts = hasFacts ? facts ?? SimulatedCabinet.Facts : null,
            Guard = new PlanGuard(),
            Reader = _reader,
            Writer = Writer = new ControlWriter(_client, 1),
            Lease = Lease = new SignalLease(LeaseWay, holder, Time),
            Shadow = Shadow,
            IsMeantToAdvise = isMeantToAdvise,
            Time = Time,
            Say = Said.Add,
        });
    }

    public ManualTime Time { get; }

    public SimulatedCabinet Cabinet { get; }

    public SnmpAgent Agent { get; }

    public AgentLink Link { get; }

    public MemoryLease.Way LeaseWay { get; }

    public SignalLease Lease { get; }

    public ControlWriter Writer { get; }

    public ShadowRecord Shadow { get; }

    public SignalSender Sender { get; }

    public List<string> Said { get; } = [];

    /// <summary>Who advises says that it lives, twice a second.</summary>
    public bool IsAdviserAlive { get; set; } = true;

    public int SetRequests => Agent.Requests.Count(tag => tag == 3);

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A sender that has been watching for as long as the guard asks.</summary>
    public static async Task<SenderRig> ReadyAsync(ShadowRecord? shadow = null, bool isMeantToAdvise = true)
    {
        var rig = new SenderRig(shadow: shadow, isMeantToAdvise: isMeantToAdvise);
        await rig.RunAsync(QuietMs + 2000);
        return rig;
    }

    /// <summary>Lets time go by for cabinet and sender.</summary>
    public async Task RunAsync(int ms)
    {
        for (var done = 0; done < ms; done += 100)
        {
            await StepAsync(moves: true);
        }
    }

    /// <summary>A tenth of a second.</summary>
    /// <param name="moves">False where another rig moves clock and cabinet.</param>
    public async Task StepAsync(bool moves)
    {
        if (moves)
        {
            Cabinet.Advance(100);
            Time.Advance(100);
        }

        _sinceTickMs += 100;
        if (_sinceTickMs < TickMs)
        {
            return;
        }

        _sinceTickMs = 0;
        if (IsAdviserAlive)
        {
            Sender.Heartbeat();
        }

        await Sender.TickAsync(Stop);
    }

    /// <summary>Advice with the next fencing number; what was said about it.</summary>
    public async Task<string> AdviseAsync(AdviceKind kind, int number, int lifetimeMs = 10_000)
    {
        var from = Said.Count;
        await Sender.AdviseAsync(new SignalAdvice { Signal = SimulatedCabinet.Id, Fence = ++_fence, Kind = kind, Number = (byte)number, LifetimeMs = lifetimeMs }, Stop);
        return string.Join('\n', Said.Skip(from));
    }

    /// <summary>Runs until a phase is green and stays so for a while, with its minimum served.</summary>
    public async Task<int> RunToGreenAsync(params int[] phases)
    {
        for (var wait = 0; wait < 4000; wait++)
        {
            await RunAsync(500);
            var found = phases.FirstOrDefault(p => Bits.Has(Cabinet.State.Greens, p) && Cabinet.NowMs - Cabinet.State.GreenStartOf(p) is >= 1000 and < 4000);
            if (found != 0)
            {
                return found;
            }
        }

        throw new InvalidOperationException("No such phase turned green.");
    }

    public void Dispose()
    {
        Sender.Dispose();
        _reader.Dispose();
        _client.Dispose();
    }
}
