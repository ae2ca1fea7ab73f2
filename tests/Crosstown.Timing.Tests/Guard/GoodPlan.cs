using System.Collections.Immutable;
using Crosstown.Core;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;

namespace Crosstown.Timing.Tests.Guard;

/// <summary>A random street, the cabinet on it and a plan that a careful engineer could have made; everything follows from the seed.</summary>
/// <remarks>What intervals are needed is reckoned here in floating point and apart from the product's own formulas.</remarks>
internal sealed class GoodPlan
{
    private readonly RandomNumbers _random;
    private readonly List<PhaseTiming> _phases = [];
    private readonly List<PhaseFacts> _street = [];
    private readonly List<OverlapTiming> _overlaps = [];
    private readonly List<OverlapFacts> _overlapStreet = [];
    private readonly List<LeftTurnFacts> _turns = [];
    private readonly OffsetReference _reference;

    private GoodPlan(int seed, int attempt)
    {
        _random = new RandomNumbers(90210, seed, attempt);
        _reference = (OffsetReference)_random.NextInt(5);
        MakePhases();
        Field = [.. _phases.OrderBy(p => p.Number)];
        MakeArrows();
        Proposed = OneIn(2) ? null : [.. Field.Select(Longer)];
    }

    /// <summary>Phases in the cabinet.</summary>
    public ImmutableArray<PhaseTiming> Field { get; }

    /// <summary>Phases of the proposal; null when it leaves them.</summary>
    public ImmutableArray<PhaseTiming>? Proposed { get; }

    public required SignalFacts Facts { get; init; }

    public required PlanProposal Proposal { get; init; }

    public SignalProposal Signal => Proposal.Signals[0];

    public PatternProposal Pattern => Signal.Patterns[0];

    public static GoodPlan Make(int seed)
    {
        for (var attempt = 0; ; attempt++)
        {
            var draft = new GoodPlan(seed, attempt) { Facts = null!, Proposal = null! };
            if (draft.Finish() is { } whole)
            {
                return whole;
            }
        }
    }

    private GoodPlan(GoodPlan draft)
    {
        _random = draft._random;
        Field = draft.Field;
        Proposed = draft.Proposed;
    }

    private GoodPlan? Finish()
    {
        var phases = Proposed ?? Field;
        var overridden = phases.Where(p => p.WalkMs > 0 && !p.RestsInWalk && p.Recall != Recall.Pedestrian && OneIn(3)).Select(p => p.Number).ToHashSet();
        var pattern = MakePattern(phases, overridden);
        if (pattern is null)
        {
            return null;
        }

        var kind = (ChangeKind)_random.NextInt(2);
        var today = kind == ChangeKind.Step ? Nudged(pattern, phases) : MakePattern(Field, [.. Field.Select(p => p.Number)]);
        if (today is null)
        {
            return null;
        }

        var replaces = kind == ChangeKind.Retiming && OneIn(6) ? (byte)254 : today.Number;
        var id = SignalId.Parse("S" + _random.NextInt(9999).ToString(System.Globalization.CultureInfo.InvariantCulture));
        var notes = overridden.Select(n => new PlanNote(NoteKind.PedestriansByOverride, n, "few walkers"))
            .Concat(phases.Select(p => new PlanNote(NoteKind.LessThanToday, p.Number, "the arterial needs it")).Where(_ => kind == ChangeKind.Retiming || replaces != 254));
        var predictions = phases.SelectMany(p => Enumerable.Range(0, 1 + _random.NextInt(2)).Select(_ => Predict(p.Number)));
        return new GoodPlan(this)
        {
            Facts = new SignalFacts
            {
                Signal = id,
                Phases = Field,
                Street = [.. _street],
                Overlaps = [.. _overlaps],
                OverlapStreet = [.. _overlapStreet],
                Preempts = MakePreempts(),
                Patterns = [today with { Number = replaces == 254 ? (byte)77 : today.Number }],
                Conflicts = Conflicts(),
                LeftTurns = [.. _turns],
                OffsetReference = _reference,
                PreventsBackup = _turns.Exists(t => t.Display == LeftTurnDisplay.CircularGreen) || OneIn(2) ? true : null,
                CoordinationGroup = OneIn(2) ? "main street" : null,
            },
            Proposal = new PlanProposal
            {
                Kind = kind,
                Signals =
                [
                    new SignalProposal
                    {
                        Signal = id,
                        Phases = Proposed,
                        Overlaps = OneIn(2) ? null : [.. _overlaps.Select(o => o with { Parents = [.. o.Parents] })],
                        Preempts = OneIn(2) ? null : [.. MakePreempts()],
                        Patterns =
                        [
                            new PatternProposal { Timing = pattern, Replaces = replaces == pattern.Number ? null : replaces, Notes = [.. notes], Predictions = [.. predictions] },
                        ],
                    },
                ],
            },
        };
    }

    private bool OneIn(int count) => _random.NextInt(count) == 0;

    private int Tenths(double lowS, double highS) => (int)(_random.Between(lowS, highS) * 10) * 100;

    private static int UpToTenths(double seconds) => (int)Math.Ceiling((seconds * 10) - 1e-7) * 100;

    private void MakePhases()
    {
        switch (_random.NextInt(4))
        {
            case 0:
                // Stages in turn: one ring without barriers.
                foreach (var number in Enumerable.Range(1, 2 + _random.NextInt(3)))
                {
                    AddPhase((byte)number, 1, 1, number == 1 ? PhaseRole.Major : PhaseRole.Minor);
                }

                break;
            case 1:
                AddPhase(2, 1, 1, PhaseRole.Major);
                AddPhase(4, 1, 2, PhaseRole.Minor);
                break;
            case 2:
                AddGroup(0, 1, PhaseRole.Major);
                AddGroup(2, 2, PhaseRole.Minor);
                break;
            default:
                AddGroup(0, 1, PhaseRole.Major);
                AddGroup(2, 2, PhaseRole.Minor);
                AddGroup(8, 3, PhaseRole.Minor);
                if (OneIn(2))
                {
                    AddGroup(10, 4, PhaseRole.Minor);
                }

                break;
        }
    }

    /// <summary>Throughs 2 and 6 with left turns 1 and 5, moved up by a number.</summary>
    private void AddGroup(int above, byte group, PhaseRole role)
    {
        foreach (var (left, through, ring) in new (int, int, byte)[] { (1, 2, 1), (5, 6, 2) })
        {
            AddPhase((byte)(through + above), ring, group, role);
            if (OneIn(2))
            {
                AddPhase((byte)(left + above), ring, group, PhaseRole.LeftTurn);
            }
        }
    }

    private void AddPhase(byte number, byte ring, byte group, PhaseRole role)
    {
        var isLeft = role == PhaseRole.LeftTurn;
        var speed = role == PhaseRole.Major ? 30 + (5 * _random.NextInt(5)) : isLeft ? 20 + _random.NextInt(8) : 25 + _random.NextInt(16);
        var grade = (_random.NextInt(21) - 10) / 2.0;
        var width = 40 + _random.NextInt(80);
        var setback = OneIn(3) ? 0 : 25 * _random.NextInt(5);
        var bicycle = OneIn(2) || isLeft ? 0 : 30 + _random.NextInt(60);
        var feetPerS = speed * 22 / 15.0;
        var yellowMs = Math.Max(3000, UpToTenths(1 + (feetPerS / (20 + (0.644 * grade)))));
        var redMs = UpToTenths((width + 20) / feetPerS);
        yellowMs += 100 * _random.NextInt(3);
        redMs += 100 * _random.NextInt(4);
        var hasWalk = !isLeft && !OneIn(3);
        var crossing = 24 + _random.NextInt(40);
        var button = OneIn(2) ? crossing + _random.NextInt(10) : (int?)null;
        var slow = OneIn(6) ? 3.0 : 3.5;
        var walkMs = 7000 + (1000 * _random.NextInt(3));
        var clearanceMs = UpToTenths(crossing / slow);
        clearanceMs = Math.Max(clearanceMs, UpToTenths((button ?? (crossing + 6)) / 3.0) - walkMs);
        var least = isLeft ? 5 : role == PhaseRole.Minor ? 7 : 10;
        var hasInitial = setback > 50 && OneIn(2);
        var queue = setback == 0 || hasInitial ? 0 : 3 + (2 * setback / 25.0);
        var bicycles = bicycle == 0 ? 0 : 6 + (bicycle / 14.7) - ((yellowMs + redMs) / 1000.0);
        var minimumMs = UpToTenths(Math.Max(least, Math.Max(queue, bicycles))) + (100 * _random.NextInt(10));
        _phases.Add(new PhaseTiming
        {
            Number = number,
            Ring = ring,
            BarrierGroup = group,
            MinimumGreenMs = minimumMs,
            MaximumMs = minimumMs + Tenths(10, 30),
            YellowMs = yellowMs,
            RedClearanceMs = redMs,
            WalkMs = hasWalk ? walkMs : 0,
            PedestrianClearanceMs = hasWalk ? clearanceMs : 0,
            AddedInitialMs = hasInitial ? 1500 : 0,
            MaximumInitialMs = hasInitial ? 3000 + (2000 * setback / 25) : 0,
            IsCoordinated = role == PhaseRole.Major,
            RestsInWalk = hasWalk && role == PhaseRole.Major && OneIn(3),
            Recall = hasWalk && OneIn(6) ? Recall.Pedestrian : OneIn(4) ? Recall.Minimum : Recall.None,
        });
        _street.Add(new PhaseFacts
        {
            Phase = number,
            Role = role,
            SpeedMph = speed,
            GradePercent = (decimal)grade,
            WidthFt = width,
            DetectorSetbackFt = setback,
            BicycleCrossingFt = bicycle,
            CrossingFt = hasWalk || OneIn(2) ? crossing : null,
            ButtonToCurbFt = button,
            WalkingFtPerS = (decimal)slow,
            LeadingWalkS = hasWalk && OneIn(5) ? 3 + _random.NextInt(3) : 0,
        });
    }

    /// <summary>Left turns: some with arrows that the opposing through drives, some on circular greens, some on arrows alone.</summary>
    private void MakeArrows()
    {
        foreach (var above in new[] { 0, 2, 8, 10 })
        {
            foreach (var (left, opposing, through) in new[] { (1, 2, 6), (5, 6, 2) })
            {
                var own = _phases.Find(p => p.Number == left + above);
                var against = _phases.Find(p => p.Number == opposing + above);
                var beside = _phases.Find(p => p.Number == through + above);
                if (against is null || beside is null || against.Ring == beside.Ring)
                {
                    continue;
                }

                var display = (LeftTurnDisplay)_random.NextInt(3);
                if (display == LeftTurnDisplay.FlashingYellowArrow)
                {
                    // 25 mph on the level: 3.0 s, and (W + 20)/36.67.
                    var redMs = UpToTenths((30 + 20) / (25 * 22 / 15.0));
                    if (3000 + redMs > Math.Min(against.ChangeMs, own?.ChangeMs ?? int.MaxValue))
                    {
                        continue;
                    }

                    _overlaps.Add(new OverlapTiming
                    {
                        Number = (byte)(left + above),
                        Kind = OverlapKind.FlashingYellowArrow,
                        Parents = [against.Number],
                        ProtectedPhase = own?.Number ?? 0,
                        YellowMs = 3000,
                        RedClearanceMs = redMs,
                    });
                    _overlapStreet.Add(new OverlapFacts((byte)(left + above), 25, 0, 30));
                }

                _turns.Add(new LeftTurnFacts(display, beside.Number, against.Number, own?.Number));
            }
        }
    }

    private PhaseTiming Longer(PhaseTiming phase) => phase with
    {
        YellowMs = Math.Min(6000, phase.YellowMs + (100 * _random.NextInt(3))),
        RedClearanceMs = Math.Min(6000, phase.RedClearanceMs + (100 * _random.NextInt(3))),
        PassageMs = Tenths(2, 4),
    };

    private PatternTiming? MakePattern(ImmutableArray<PhaseTiming> phases, HashSet<byte> overridden)
    {
        var splits = new SortedDictionary<byte, int>();
        foreach (var phase in phases)
        {
            var street = _street.Find(s => s.Phase == phase.Number)!;
            var leadMs = phase.WalkMs > 0 ? (int)(street.LeadingWalkS * 1000) : 0;
            var walks = phase.WalkMs > 0 && (phase.RestsInWalk || phase.Recall == Recall.Pedestrian || !overridden.Contains(phase.Number));
            var needMs = Math.Max(leadMs + phase.MinimumGreenMs, walks ? phase.WalkMs + phase.PedestrianClearanceMs : 0) + phase.ChangeMs;
            splits[phase.Number] = (((needMs + 999) / 1000) + _random.NextInt(8)) * 1000;
        }

        foreach (var group in phases.GroupBy(p => p.BarrierGroup))
        {
            var rings = group.GroupBy(p => p.Ring).Select(r => r.ToList()).ToList();
            var longest = rings.Max(r => r.Sum(p => splits[p.Number]));
            foreach (var ring in rings)
            {
                splits[ring[_random.NextInt(ring.Count)].Number] += longest - ring.Sum(p => splits[p.Number]);
            }
        }

        var cycleMs = phases.GroupBy(p => p.BarrierGroup).Sum(g => g.GroupBy(p => p.Ring).Max(r => r.Sum(p => splits[p.Number])));
        if (cycleMs is < 30_000 or > 240_000)
        {
            return null;
        }

        var pattern = new PatternTiming
        {
            Number = (byte)(1 + _random.NextInt(253)),
            CycleMs = cycleMs,
            OffsetMs = 1000 * _random.NextInt(cycleMs / 1000),
            SplitMs = splits.ToImmutableSortedDictionary(),
            Reference = _reference,
            ForceOff = (ForceOffMode)_random.NextInt(2),
            Transition = (TransitionMode)_random.NextInt(4),
        };
        return OneIn(3) ? pattern : pattern with { Sequence = MakeSequence(phases, pattern) };
    }

    private ImmutableArray<ImmutableArray<byte>> MakeSequence(ImmutableArray<PhaseTiming> phases, PatternTiming pattern)
    {
        var sequence = new List<ImmutableArray<byte>>();
        for (var ring = 1; ring <= phases.Max(p => p.Ring); ring++)
        {
            var order = new List<byte>();
            foreach (var group in phases.Where(p => p.Ring == ring).GroupBy(p => p.BarrierGroup).OrderBy(g => g.Key))
            {
                var own = group.Select(p => p.Number).Order().ToList();
                var isTrapped = _turns.Exists(t => t.Display == LeftTurnDisplay.CircularGreen && own.Contains(t.Through));
                if (own.Count == 2 && !isTrapped && OneIn(2))
                {
                    own.Reverse();
                }

                order.AddRange(own);
            }

            sequence.Add([.. order]);
        }

        // Coordinated greens have to meet for a while; where a lag keeps them apart, both left turns lead.
        var starts = phases.Where(p => p.IsCoordinated).Select(p => (Phase: p, StartMs: sequence[p.Ring - 1].TakeWhile(n => n != p.Number).Sum(n => pattern.SplitMs[n]))).ToList();
        return starts.Max(s => s.StartMs) + 8000 < starts.Min(s => s.StartMs + pattern.SplitMs[s.Phase.Number]) ? [.. sequence] : [];
    }

    /// <summary>A pattern so near that a step leads from it: one barrier group was a little shorter or longer.</summary>
    private PatternTiming Nudged(PatternTiming pattern, ImmutableArray<PhaseTiming> phases)
    {
        var group = phases[_random.NextInt(phases.Length)].BarrierGroup;
        var byMs = 1000 * (_random.NextInt(2 * Math.Min(5, pattern.CycleMs / 11_000)) - Math.Min(5, pattern.CycleMs / 11_000));
        var splits = pattern.SplitMs;
        foreach (var ring in phases.Where(p => p.BarrierGroup == group).GroupBy(p => p.Ring))
        {
            splits = splits.SetItem(ring.First().Number, splits[ring.First().Number] + byMs);
        }

        return pattern with { CycleMs = pattern.CycleMs + byMs, OffsetMs = 0, SplitMs = splits };
    }

    private ServicePrediction Predict(byte phase)
    {
        var room = OneIn(3) ? (double?)null : _random.Between(5, 30);
        return new ServicePrediction(phase, _random.Between(0.1, 0.95), _random.Between(0, 0.99) * (room ?? 40), room);
    }

    private ImmutableArray<PreemptTiming> MakePreempts() =>
    [
        new PreemptTiming { Number = 2, DelayMs = 2000, DwellPhases = [Field[0].Number], MinimumDwellMs = 5000, ExitPhases = [Field[0].Number] },
        new PreemptTiming { Number = 1, TrackPhases = [Field[^1].Number], TrackClearanceMs = 12_000, DwellPhases = [Field[0].Number], GateDownMs = 5000 },
    ];

    private ImmutableArray<uint> Conflicts()
    {
        var conflicts = new uint[17];
        foreach (var a in Field)
        {
            foreach (var b in Field)
            {
                conflicts[a.Number] |= a != b && (a.Ring == b.Ring || a.BarrierGroup != b.BarrierGroup) ? (uint)1 << b.Number : 0;
            }
        }

        return [.. conflicts];
    }
}
