using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Events;

namespace Crosstown.Core.Tests.Controllers;

/// <summary>A controller with random timing and random traffic, walkers, plans, preempts and buses; everything follows from its seed.</summary>
internal sealed class RandomScene
{
    private readonly RandomNumbers _random;
    private uint _quiet;
    private uint _busy;
    private readonly bool _hasPreempts;
    private byte _pattern;
    private int _dayMs;
    private uint _calls;
    private uint _preempts;
    private uint _priorities;

    /// <param name="seed">Decides everything.</param>
    /// <param name="hasPreempts">Off where waiting times are bounded.</param>
    /// <param name="isSteady">One pattern all the time, no jumps of the clock, no buses, and walks that fit their splits.</param>
    public RandomScene(int seed, bool hasPreempts = true, bool isSteady = false)
    {
        Seed = seed;
        _random = new RandomNumbers(4711, seed);
        _hasPreempts = hasPreempts;
        IsSteady = isSteady;
        Program = MakeProgram();
        _pattern = IsSteady ? (byte)1 : ControllerStep.FreePattern;
        _dayMs = _random.NextInt(86_400) * 1000;
        Inputs = new ControllerInputs { TimeMs = 1_000_000, LocalDayMs = _dayMs, Pattern = _pattern };
    }

    public int Seed { get; }

    public bool IsSteady { get; }

    public ControllerProgram Program { get; }

    public ControllerState State { get; } = new();

    public EventBuffer Log { get; } = new();

    public ControllerInputs Inputs { get; private set; }

    public int LongestCycleMs => Program.Patterns.Max(p => p.CycleMs);

    public void Step()
    {
        ControllerStep.Step(Program, State, Inputs, Log);
        Next();
    }

    private void Next()
    {
        _dayMs = (_dayMs + 100) % 86_400_000;
        var before = Inputs.VehicleCalls;
        if (_random.NextDouble() < 0.2)
        {
            var bit = AnyPhase();
            _calls ^= (_calls & bit) != 0 || OneIn(4) ? bit : 0;
        }

        if (_random.NextDouble() < 0.0001)
        {
            // Some phases fall silent and some never run out of traffic, until the next such change.
            _quiet = OneIn(2) ? 0 : (uint)_random.NextInt(1 << 17);
            _busy = OneIn(3) ? (uint)_random.NextInt(1 << 17) & Program.AllPhases : 0;
        }

        var pressed = _random.NextDouble() < 0.008 ? AnyPhase() : 0;
        if (!IsSteady)
        {
            Disturb();
        }

        var calls = (_calls & ~_quiet) | _busy;
        Inputs = new ControllerInputs
        {
            TimeMs = Inputs.TimeMs + 100,
            LocalDayMs = _dayMs,
            Pattern = _pattern,
            VehicleCalls = calls,
            Extensions = calls,
            Actuations = calls & ~before,
            PedestrianPresses = pressed,
            Preempts = _preempts,
            Priorities = _priorities,
        };
    }

    private void Disturb()
    {
        if (_random.NextDouble() < 0.0002)
        {
            var choice = _random.NextInt(Program.Patterns.Length + 1);
            _pattern = choice == Program.Patterns.Length ? ControllerStep.FreePattern : Program.Patterns[choice].Number;
        }

        if (_random.NextDouble() < 0.00002)
        {
            _dayMs = (_dayMs + 3_600_000) % 86_400_000;
        }

        foreach (var preempt in Program.Preempts)
        {
            var bit = (uint)1 << preempt.Number;
            if (_hasPreempts && _random.NextDouble() < ((_preempts & bit) != 0 ? 0.003 : 0.0001))
            {
                _preempts ^= bit;
            }
        }

        foreach (var priority in Program.Priorities)
        {
            var bit = (uint)1 << priority.Number;
            if (_random.NextDouble() < ((_priorities & bit) != 0 ? 0.004 : 0.0005))
            {
                _priorities ^= bit;
            }
        }
    }

    private uint AnyPhase() => (uint)1 << Program.Phases[_random.NextInt(Program.Phases.Length)].Number;

    private int Tenths(double lowS, double highS) => (int)(_random.Between(lowS, highS) * 10) * 100;

    private bool OneIn(int count) => _random.NextInt(count) == 0;

    private ControllerProgram MakeProgram()
    {
        var numbers = new List<byte> { 2, 4, 6, 8 };
        foreach (var left in new byte[] { 1, 3, 5, 7 })
        {
            if (!OneIn(4))
            {
                numbers.Add(left);
            }
        }

        var hasThirdGroup = OneIn(3);
        if (hasThirdGroup)
        {
            numbers.AddRange([9, 10, 13]);
            if (OneIn(2))
            {
                numbers.Add(14);
            }
        }

        var phases = numbers.Select(MakePhase).ToList();
        var patterns = Enumerable.Range(1, 3).Select(n => MakePattern((byte)n, phases)).ToList();
        return new ControllerProgram(phases, MakeOverlaps(phases), patterns, MakePreempts(phases), MakePriorities());
    }

    private PhaseTiming MakePhase(byte number)
    {
        var isLeft = number % 2 == 1;
        var minimumMs = Tenths(3, 12);
        return new PhaseTiming
        {
            Number = number,
            Ring = (byte)((number - 1) % 8 < 4 && number is not (13 or 14) ? 1 : 2),
            BarrierGroup = (byte)(number > 8 ? 3 : number is 1 or 2 or 5 or 6 ? 1 : 2),
            MinimumGreenMs = minimumMs,
            PassageMs = Tenths(1, 4),
            MaximumMs = minimumMs + Tenths(5, 30),
            YellowMs = Tenths(3, 5),
            RedClearanceMs = OneIn(5) ? 0 : Tenths(0.5, 3),
            WalkMs = isLeft ? 0 : Tenths(4, 8),
            PedestrianClearanceMs = isLeft ? 0 : Tenths(5, 20),
            Recall = IsSteady || !OneIn(4) ? Recall.None : (Recall)_random.NextInt(4),
            IsCoordinated = number is 2 or 6,
            DualEntry = !isLeft && OneIn(2),
            LocksCalls = OneIn(2),
            RestsInWalk = number is 2 or 6 && OneIn(2),
            TimeBeforeReductionMs = 8000,
            TimeToReduceMs = OneIn(2) ? 10_000 : 0,
            MinimumGapMs = 1000,
            AddedInitialMs = OneIn(3) ? 1500 : 0,
            MaximumInitialMs = 15_000,
        };
    }

    private PatternTiming MakePattern(byte number, List<PhaseTiming> phases)
    {
        var isLagging = OneIn(2);
        var fitsWalks = IsSteady || OneIn(2);
        var splits = ImmutableSortedDictionary.CreateBuilder<byte, int>();
        foreach (var group in phases.Select(p => p.BarrierGroup).Distinct().Order())
        {
            var rings = phases.Where(p => p.BarrierGroup == group).GroupBy(p => p.Ring).Select(r => r.ToList()).ToList();
            foreach (var phase in rings.SelectMany(r => r))
            {
                var green = Math.Max(phase.MinimumGreenMs, fitsWalks || phase.IsCoordinated ? phase.WalkMs + phase.PedestrianClearanceMs : 0);

                // Whole seconds, and coordinated greens long enough to meet whichever way the left turns run.
                splits[phase.Number] = (((green + phase.ChangeMs + 999) / 1000) + _random.NextInt(15) + (phase.IsCoordinated ? 30 : 0)) * 1000;
            }

            var longest = rings.Max(r => r.Sum(p => splits[p.Number]));
            foreach (var ring in rings)
            {
                splits[ring[0].Number] += longest - ring.Sum(p => splits[p.Number]);
            }
        }

        var cycleMs = phases.Where(p => p.Ring == 1).Sum(p => splits[p.Number]);
        return new PatternTiming
        {
            Number = number,
            CycleMs = cycleMs,
            OffsetMs = _random.NextInt(cycleMs / 1000) * 1000,
            SplitMs = splits.ToImmutable(),
            Reference = (OffsetReference)_random.NextInt(2),
            ForceOff = (ForceOffMode)_random.NextInt(2),
            Transition = (TransitionMode)_random.NextInt(4),
            Sequence = isLagging ? [[2, 1, 4, 3, 10, 9], [6, 5, 8, 7, 14, 13]] : OneIn(2) ? [[2, 1, 3, 4, 9, 10], [5, 6, 8, 7, 13, 14]] : [],
        };
    }

    private List<OverlapTiming> MakeOverlaps(List<PhaseTiming> phases)
    {
        var overlaps = new List<OverlapTiming>();
        PhaseTiming Phase(byte number) => phases.Find(p => p.Number == number)!;
        foreach (var (left, through) in new (byte, byte)[] { (1, 2), (5, 6), (3, 4), (7, 8) })
        {
            if (Phase(left) is { } turn && OneIn(2))
            {
                overlaps.Add(new OverlapTiming
                {
                    Number = left,
                    Kind = OverlapKind.FlashingYellowArrow,
                    Parents = [through],
                    ProtectedPhase = left,
                    YellowMs = Math.Min(turn.YellowMs, Phase(through).YellowMs),
                    RedClearanceMs = Math.Min(turn.RedClearanceMs, Phase(through).RedClearanceMs),
                });
            }
        }

        foreach (var parents in new ImmutableArray<byte>[] { [2, 3], [6, 7], [4, 5] })
        {
            if (parents.All(p => Phase(p) is not null))
            {
                overlaps.Add(new OverlapTiming
                {
                    Number = (byte)(8 + parents[0]),
                    Kind = OverlapKind.Standard,
                    Parents = parents,
                    TrailingGreenMs = OneIn(2) ? Tenths(1, 6) : 0,
                    YellowMs = parents.Min(p => Phase(p).YellowMs),
                    RedClearanceMs = parents.Min(p => Phase(p).RedClearanceMs),
                });
            }
        }

        return overlaps;
    }

    private List<PreemptTiming> MakePreempts(List<PhaseTiming> phases) =>
    [
        new PreemptTiming
        {
            Number = 1,
            DelayMs = OneIn(2) ? 0 : 3000,
            TrackPhases = OneIn(2) ? [4] : [4, 8],
            TrackClearanceMs = Tenths(5, 20),
            GateDownMs = 6000,
            DwellPhases = phases.Exists(p => p.Number == 5) ? [2, 5, 6] : [2, 6],
            MinimumDwellMs = Tenths(2, 12),
            ExitPhases = [4],
            MaximumPresenceMs = OneIn(2) ? 0 : 40_000,
        },
        new PreemptTiming { Number = 3, DelayMs = OneIn(2) ? 0 : 2000, DwellPhases = OneIn(2) ? [2, 6] : [4, 8], MinimumDwellMs = 5000, ExitPhases = [2, 6] },
    ];

    private static List<PriorityTiming> MakePriorities() =>
    [
        new PriorityTiming { Number = 1, Phase = 2, TravelMs = 15_000, MaximumExtensionMs = 12_000, LockoutMs = 20_000 },
        new PriorityTiming { Number = 2, Phase = 6, TravelMs = 20_000, MaximumExtensionMs = 8000, KeptShare = 0.5 },
    ];
}
