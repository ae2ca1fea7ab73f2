using System.Collections.Immutable;
using Crosstown.Control.Ntcip;
using Crosstown.Control.Snmp;
using Crosstown.Core.Controllers;
using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Control.Tests.Ntcip;

/// <summary>How a cabinet lies about what it was told.</summary>
internal enum Lie
{
    None,

    /// <summary>Acknowledges and does nothing.</summary>
    Ignores,

    /// <summary>Takes the next phase in place of the one that is meant.</summary>
    Shifts,

    /// <summary>Keeps a hold that is taken back.</summary>
    Clings,

    /// <summary>Adds a pattern that nobody asked for.</summary>
    Adds,
}

/// <summary>Our ring-barrier controller in a cabinet of NTCIP 1202: eight phases in two rings, busy on every approach unless told otherwise.</summary>
internal sealed class SimulatedCabinet
{
    private static readonly (byte Number, byte Ring, byte Group, PhaseRole Role)[] s_layout =
        [(1, 1, 1, PhaseRole.LeftTurn), (2, 1, 1, PhaseRole.Major), (4, 1, 2, PhaseRole.Minor), (5, 2, 1, PhaseRole.LeftTurn), (6, 2, 1, PhaseRole.Major), (8, 2, 2, PhaseRole.Minor)];

    private readonly ControllerProgram _program = new(Phases, patterns: [Pattern], preempts: [Rail]);
    private readonly EventBuffer _log = new();
    private uint _buttons;
    private long _writtenMs;

    public static ImmutableArray<PhaseTiming> Phases { get; } =
    [
        .. s_layout.Select(l => new PhaseTiming
        {
            Number = l.Number,
            Ring = l.Ring,
            BarrierGroup = l.Group,
            MinimumGreenMs = l.Role == PhaseRole.Major ? 10_000 : l.Role == PhaseRole.Minor ? 7000 : 5000,
            MaximumMs = 30_000,
            YellowMs = l.Role == PhaseRole.Major ? 4300 : l.Role == PhaseRole.Minor ? 3600 : 3000,
            RedClearanceMs = l.Role == PhaseRole.Major ? 1600 : l.Role == PhaseRole.Minor ? 2300 : 2000,
            WalkMs = l.Role == PhaseRole.Minor ? 7000 : 0,
            PedestrianClearanceMs = l.Role == PhaseRole.Minor ? 18_900 : 0,
            IsCoordinated = l.Role == PhaseRole.Major,
        }),
    ];

    public static PatternTiming Pattern { get; } = new()
    {
        Number = 3,
        CycleMs = 90_000,
        OffsetMs = 17_000,
        SplitMs = new Dictionary<byte, int> { [1] = 15_000, [2] = 40_000, [4] = 35_000, [5] = 15_000, [6] = 40_000, [8] = 35_000 }.ToImmutableSortedDictionary(),
    };

    public static PreemptTiming Rail { get; } = new() { Number = 1, DwellPhases = [2, 6], TrackPhases = [4], TrackClearanceMs = 9000, ExitPhases = [2] };

    public static SignalId Id { get; } = SignalId.Parse("1004");

    /// <summary>The street behind the phases, as somebody who measured it would state it.</summary>
    public static SignalFacts Facts { get; } = new()
    {
        Signal = Id,
        Phases = Phases,
        Street =
        [
            .. s_layout.Select(l => new PhaseFacts
            {
                Phase = l.Number,
                Role = l.Role,
                SpeedMph = l.Role == PhaseRole.Major ? 45 : l.Role == PhaseRole.Minor ? 35 : 25,
                GradePercent = 0,
                WidthFt = l.Role == PhaseRole.Major ? 84 : l.Role == PhaseRole.Minor ? 98 : 52,
                DetectorSetbackFt = 0,
                BicycleCrossingFt = 0,
                CrossingFt = l.Role == PhaseRole.Minor ? 66 : null,
            }),
        ],
        Preempts = [Rail],
        Patterns = [Pattern],
        Conflicts = [.. Enumerable.Range(0, 17).Select(p => s_layout.Where(o => s_layout.Any(l => l.Number == p && l != o && (l.Ring == o.Ring || l.Group != o.Group))).Aggregate(0u, (mask, o) => mask | (1u << o.Number)))],
        LeftTurns = [new LeftTurnFacts(LeftTurnDisplay.ProtectedOnly, 6, 2, 1), new LeftTurnFacts(LeftTurnDisplay.ProtectedOnly, 2, 6, 5)],
        OffsetReference = OffsetReference.BeginGreen,
        PreventsBackup = true,
    };

    public ControllerState State { get; } = new();

    public long NowMs { get; private set; } = 6 * 3_600_000;

    public Lie Lie { get; set; }

    /// <summary>Phases with a vehicle.</summary>
    public uint Calls { get; set; } = s_layout.Aggregate(0u, (mask, l) => mask | (1u << l.Number));

    public uint Preempts { get; set; }

    public int BackupS { get; set; } = 10;

    public UnitFlash Flash { get; set; } = UnitFlash.None;

    public UnitControl Control { get; set; } = UnitControl.TimeBase;

    /// <summary>The pattern of its schedule.</summary>
    public byte Schedule { get; set; } = 3;

    public uint Holds { get; private set; }

    public uint ForceOffs { get; private set; }

    public int SystemPattern { get; private set; }

    public int Writes { get; private set; }

    /// <summary>Every tick's greens, to be looked at afterwards.</summary>
    public List<uint> Greens { get; } = [];

    public void Press(int phase) => _buttons |= 1u << phase;

    public void Advance(int ms)
    {
        for (var done = 0; done < ms; done += ControllerStep.TickMs)
        {
            NowMs += ControllerStep.TickMs;
            if (BackupS > 0 && NowMs - _writtenMs >= BackupS * 1000L)
            {
                (Holds, ForceOffs, SystemPattern) = (0, 0, 0);
            }

            ControllerStep.Step(
                _program, State,
                new ControllerInputs
                {
                    TimeMs = NowMs,
                    LocalDayMs = (int)(NowMs % 86_400_000),
                    Pattern = SystemPattern == 0 ? Schedule : (byte)SystemPattern,
                    VehicleCalls = Calls,
                    Extensions = Calls,
                    PedestrianPresses = _buttons,
                    Preempts = Preempts,
                    Holds = Holds,
                    ForceOffs = ForceOffs,
                },
                _log);
            _log.Clear();
            _buttons = 0;
            ForceOffs &= State.Greens;
            Greens.Add(State.Greens);
        }
    }

    /// <summary>Gives the agent the objects of the cabinet.</summary>
    public void AddTo(SnmpAgent agent)
    {
        agent.Add(ObjectIdentifier.Parse("1.3.6.1.2.1.1.1.0"), new AgentObject(() => SnmpValue.OfOctets("Crosstown's simulated cabinet"u8)));
        agent.Add(ObjectIdentifier.Parse("1.3.6.1.2.1.1.3.0"), new AgentObject(() => SnmpValue.OfUnsigned(SnmpValueKind.TimeTicks, (ulong)(NowMs / 10) & uint.MaxValue)));
        Show(agent, NtcipObjects.UnitBackupTime, () => BackupS);
        Show(agent, NtcipObjects.UnitControlStatus, () => (int)Control);
        Show(agent, NtcipObjects.UnitFlashStatus, () => (int)Flash);
        Show(agent, NtcipObjects.UnitAlarmStatus1, () => State.Coordination >= CoordinationMode.InStep ? 128 : 0);
        Show(agent, NtcipObjects.UnitAlarmStatus2, () => State.Coordination is CoordinationMode.Add or CoordinationMode.Subtract or CoordinationMode.Dwell ? 32 : 0);
        Show(agent, NtcipObjects.ShortAlarmStatus, () => State.Preempt >= PreemptStage.Entry ? 1 : 0);
        Show(agent, NtcipObjects.CoordPatternStatus, () => State.Pattern);
        Show(agent, NtcipObjects.LocalFreeStatus, () => State.Pattern == ControllerStep.FreePattern ? 3 : 2);
        Show(agent, NtcipObjects.CoordSyncStatus, () => (int)(NowMs % Pattern.CycleMs / 1000));
        Show(agent, NtcipObjects.PreemptState(1), () => State.Preempt switch
        {
            PreemptStage.None => 2,
            PreemptStage.Delay => 3,
            PreemptStage.Entry => 4,
            PreemptStage.Track => 5,
            _ => 6,
        });
        Show(agent, NtcipObjects.VolumeOccupancySequence, () => (int)(NowMs / 60_000 % 256));
        Show(agent, NtcipObjects.VolumeOccupancyPeriod, () => 60);
        foreach (var (channel, volume, occupancy) in new[] { (1, 12, 31), (2, 255, 200), (3, 0, 211) })
        {
            Show(agent, NtcipObjects.DetectorVolume(channel), () => volume);
            Show(agent, NtcipObjects.DetectorOccupancy(channel), () => occupancy);
        }

        for (var group = 1; group <= 2; group++)
        {
            AddGroup(agent, group);
        }

        agent.Add(NtcipObjects.SystemPatternControl, new AgentObject(() => SnmpValue.OfNumber(SystemPattern), value => Take(value, 254, number => SystemPattern = Lie switch
        {
            Lie.Ignores => SystemPattern,
            Lie.Adds => 3,
            _ => number,
        })));
    }

    private void AddGroup(SnmpAgent agent, int group)
    {
        int Octet(uint phases) => (int)((phases >> (((group - 1) * 8) + 1)) & 0xFF);
        uint Phases(int octet) => (uint)octet << (((group - 1) * 8) + 1);
        var mask = Phases(0xFF);
        uint Walking(PedestrianInterval interval) => s_layout.Where(l => State.PedestrianOf(l.Number) == interval).Aggregate(0u, (set, l) => set | (1u << l.Number));
        void Column(PhaseStatusColumn column, Func<uint> phases) => Show(agent, NtcipObjects.PhaseStatus(column, group), () => Octet(phases()));
        Column(PhaseStatusColumn.Greens, () => State.Greens);
        Column(PhaseStatusColumn.Yellows, () => State.Yellows);
        Column(PhaseStatusColumn.Reds, () => _program.AllPhases & ~State.Greens & ~State.Yellows);
        Column(PhaseStatusColumn.Walks, () => Walking(PedestrianInterval.Walk));
        Column(PhaseStatusColumn.PedestrianClearances, () => Walking(PedestrianInterval.Clearance));
        Column(PhaseStatusColumn.DontWalks, () => Walking(PedestrianInterval.DontWalk));
        Column(PhaseStatusColumn.VehicleCalls, () => Calls);
        Column(PhaseStatusColumn.PedestrianCalls, () => 0);
        Column(PhaseStatusColumn.PhaseOns, () => State.Greens | State.Yellows);
        agent.Add(NtcipObjects.PhaseHold(group), new AgentObject(() => SnmpValue.OfNumber(Octet(Holds)), value => Take(value, 255, number => Holds = Lie switch
        {
            Lie.Ignores => Holds,
            Lie.Shifts => (Holds & ~mask) | (Phases(number << 1) & mask),
            Lie.Clings => Holds | Phases(number),
            _ => (Holds & ~mask) | Phases(number),
        })));
        agent.Add(NtcipObjects.PhaseForceOff(group), new AgentObject(() => SnmpValue.OfNumber(Octet(ForceOffs)), value => Take(value, 255, number => ForceOffs = Lie == Lie.Ignores ? ForceOffs : (ForceOffs & ~mask) | Phases(number))));
    }

    private int Take(SnmpValue value, int most, Action<int> take)
    {
        if (value.Kind != SnmpValueKind.Number || value.Number is not { } number || number < 0 || number > most)
        {
            return 3;
        }

        Writes++;
        _writtenMs = NowMs;
        take((int)number);
        return 0;
    }

    private static void Show(SnmpAgent agent, ObjectIdentifier name, Func<int> value) => agent.Add(name, new AgentObject(() => SnmpValue.OfNumber(value())));
}
