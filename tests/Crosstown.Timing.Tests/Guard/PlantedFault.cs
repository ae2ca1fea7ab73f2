using System.Collections.Immutable;
using Crosstown.Core;
using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Tests.Guard;

/// <summary>A kind of error that is planted in a good plan, and the code that must find it.</summary>
/// <param name="Name">What an engineer would call it.</param>
/// <param name="Code">The guard's answer.</param>
/// <param name="AlsoAllowed">What else is then wrong for the same reason.</param>
/// <param name="Plant">Facts and proposal with the error; null where this plan has no place for it.</param>
internal sealed record PlantedFault(string Name, string Code, string[] AlsoAllowed, Func<GoodPlan, RandomNumbers, (SignalFacts Facts, PlanProposal Proposal)?> Plant)
{
    public override string ToString() => Name;

    public static IReadOnlyList<PlantedFault> All { get; } =
    [
        new("split below minimum green, yellow and red", "XT628", ["XT629", "XT630", "XT631", "XT636", "XT643", "XT656"],
            (plan, random) => Splits(plan, plan.Pick(random), p => p.MinimumGreenMs + p.ChangeMs - 1 - random.NextInt(3000), isSumKept: random.NextInt(2) == 0)),
        new("split below walk, clearance, yellow and red", "XT629", ["XT628", "XT643", "XT630", "XT631", "XT636", "XT656"], (plan, random) =>
            plan.PickWhere(random, p => p.WalkMs > 0 && p.WalkMs + p.PedestrianClearanceMs > p.MinimumGreenMs + 1000) is { } phase
                ? Splits(plan, phase, p => p.WalkMs + p.PedestrianClearanceMs + p.ChangeMs - 100, isSumKept: true, dropNotes: true) : null),
        new("a walk every cycle that does not fit, marked as override", "XT629", ["XT628", "XT643", "XT630", "XT631", "XT636", "XT656"], (plan, random) =>
            plan.PickWhere(random, p => p.WalkMs > 0 && (p.RestsInWalk || p.Recall == Recall.Pedestrian) && p.WalkMs + p.PedestrianClearanceMs > p.MinimumGreenMs + 1000) is { } phase
                ? Splits(plan, phase, p => p.WalkMs + p.PedestrianClearanceMs + p.ChangeMs - 100, isSumKept: true, alsoNote: NoteKind.PedestriansByOverride) : null),
        new("yellow shorter than in the cabinet", "XT623", ["XT624", "XT652"], (plan, random) => plan.Propose(plan.Pick(random).Number, p => p with { YellowMs = plan.FieldOf(p.Number).YellowMs - 100 })),
        new("yellow too short for the speed", "XT624", ["XT623", "XT627", "XT626"], (plan, random) => plan.Street(plan.Pick(random).Number, s => s with { SpeedMph = 75, GradePercent = -2 })),
        new("yellow too short for the grade", "XT624", ["XT627"], (plan, random) => plan.Street(plan.PickWhere(random, p => plan.StreetOf(p.Number).SpeedMph >= 28)?.Number, s => s with { GradePercent = -15 })),
        new("yellow below three seconds", "XT624", ["XT623", "XT642"], (plan, random) => plan.Propose(plan.Pick(random).Number, p => p with { YellowMs = 2900 })),
        new("red clearance shorter than in the cabinet", "XT625", ["XT626"], (plan, random) => plan.Propose(plan.Pick(random).Number, p => p with { RedClearanceMs = plan.FieldOf(p.Number).RedClearanceMs - 100 })),
        new("red clearance too short for the width", "XT626", ["XT627"], (plan, random) => plan.Street(plan.Pick(random).Number, s => s with { WidthFt = 260 })),
        new("yellow longer than six seconds", "XT627", ["XT628", "XT629", "XT636", "XT644"], (plan, random) => plan.Propose(plan.Pick(random).Number, p => p with { YellowMs = 6100 })),
        new("ring sum is not the cycle", "XT630", ["XT631", "XT656", "XT636", "XT628", "XT629"], (plan, random) => plan.Time(t => t with { SplitMs = t.SplitMs.SetItem(plan.Phases[0].Number, t.SplitMs[plan.Phases[0].Number] + 1000) })),
        new("cycle is not the ring sum", "XT630", ["XT655", "XT636", "XT646", "XT632"], (plan, random) => plan.Time(t => t with { CycleMs = t.CycleMs + 1000 })),
        new("rings reach a barrier at different times", "XT631", ["XT628", "XT629", "XT636", "XT656"], PlantBarrier),
        new("offset outside the cycle", "XT632", [], (plan, random) => plan.Time(t => t with { OffsetMs = random.NextInt(2) == 0 ? t.CycleMs + (1000 * random.NextInt(9)) : -1000 })),
        new("offset counted to another reference", "XT633", [], (plan, random) => plan.Time(t => t with { Reference = (OffsetReference)(((int)t.Reference + 1 + random.NextInt(4)) % 5) })),
        new("conflicting phases run together", "XT634", [], PlantConflict),
        new("a phase moved across the barrier", "XT634", ["XT631", "XT630", "XT635", "XT648", "XT644", "XT623"], (plan, random) =>
            plan.Phases.Max(p => p.BarrierGroup) > 1 && plan.Pick(random) is var phase ? plan.Propose(phase.Number, p => p with { BarrierGroup = (byte)(p.BarrierGroup == 1 ? 2 : 1) }) : null),
        new("yellow trap by lead and lag", "XT635", ["XT617"], PlantTrap),
        new("yellow trap by going back", "XT635", [], (plan, random) =>
            plan.Facts.LeftTurns!.Value.Any(t => t.Display == LeftTurnDisplay.CircularGreen && plan.Phases.Count(p => p.Ring == plan.FieldOf(t.Through).Ring && p.BarrierGroup == plan.FieldOf(t.Through).BarrierGroup) > 1)
                ? (plan.Facts with { PreventsBackup = false }, plan.Proposal) : null),
        new("flashing yellow arrow that the opposing through does not drive", "XT635", [], (plan, random) =>
            plan.Facts.Overlaps.Length > 0 ? (plan.Facts with { Overlaps = plan.Facts.Overlaps.RemoveAt(0) }, plan.Change(s => s with { Overlaps = null })) : null),
        new("preempt edited", "XT637", [], (plan, random) => (plan.Facts, plan.Change(s => s with { Preempts = plan.Facts.Preempts.SetItem(1, plan.Facts.Preempts[1] with { TrackClearanceMs = 11_900 }) }))),
        new("preempt dropped", "XT637", [], (plan, random) => (plan.Facts, plan.Change(s => s with { Preempts = [plan.Facts.Preempts[0]] }))),
        new("overlap edited", "XT638", [], (plan, random) =>
            plan.Facts.Overlaps.Length > 0 ? (plan.Facts, plan.Change(s => s with { Overlaps = plan.Facts.Overlaps.SetItem(0, plan.Facts.Overlaps[0] with { Parents = [plan.Facts.Overlaps[0].Parents[0], 9] }) })) : null),
        new("overlap's own yellow too short", "XT624", ["XT626", "XT627"], (plan, random) =>
            plan.Facts.Overlaps.Length > 0 ? (plan.Facts with { OverlapStreet = plan.Facts.OverlapStreet.SetItem(0, plan.Facts.OverlapStreet[0] with { SpeedMph = 45 }) }, plan.Proposal) : null),
        new("left turn or minor street below today without a note", "XT636", ["XT628", "XT629", "XT630", "XT631", "XT656"], PlantLess),
        new("queue longer than its lanes", "XT640", [], (plan, random) => plan.Predict(p => p with { QueueVeh = 12.1, StorageVeh = 12 })),
        new("degree of saturation above 0.95", "XT641", [], (plan, random) => plan.Predict(p => p with { DegreeOfSaturation = 0.951 })),
        new("minimum green below what drivers expect", "XT642", [], (plan, random) => plan.Propose(plan.Pick(random).Number, p => p with { MinimumGreenMs = 4900 })),
        new("minimum green too short for the queue", "XT642", [], (plan, random) =>
            plan.PickWhere(random, p => p.AddedInitialMs == 0) is { } phase ? plan.Street(phase.Number, s => s with { DetectorSetbackFt = 400 }) : null),
        new("minimum green too short for bicycles", "XT642", [], (plan, random) => plan.Street(plan.Pick(random).Number, s => s with { BicycleCrossingFt = 400 })),
        new("a phase without a split", "XT643", ["XT628", "XT630", "XT631", "XT636", "XT656"], (plan, random) => plan.Time(t => t with { SplitMs = t.SplitMs.Remove(plan.Pick(random).Number) })),
        new("cycle shorter than all minimums", "XT644", ["XT628", "XT629", "XT630", "XT632", "XT636", "XT646", "XT655"], (plan, random) => plan.Time(t => t with { CycleMs = plan.NeededMs - 1000 - (1000 * random.NextInt(5)), OffsetMs = 0 })),
        new("splits finer than a second", "XT645", ["XT630", "XT631", "XT628", "XT629", "XT636", "XT656"], (plan, random) =>
            plan.Time(t => t with { SplitMs = t.SplitMs.SetItem(plan.Phases[^1].Number, t.SplitMs[plan.Phases[^1].Number] + 100) })),
        new("a split for a phase that is not there", "XT647", ["XT656"], (plan, random) =>
            Enumerable.Range(1, 16).FirstOrDefault(n => plan.Phases.All(p => p.Number != n)) is var free and > 0 ? plan.Time(t => t with { SplitMs = t.SplitMs.SetItem((byte)free, 10_000) }) : null),
        new("a sequence that leaves a phase out", "XT648", ["XT635"], (plan, random) => plan.Time(t => t with { Sequence = [.. plan.Order().Select((ring, i) => i == plan.Phases[0].Ring - 1 ? ring.RemoveAt(0) : ring)] })),
        new("walk below seven seconds", "XT650", ["XT653"], (plan, random) => plan.PickWhere(random, p => p.WalkMs > 0) is { } phase ? plan.Propose(phase.Number, p => p with { WalkMs = 6900 }) : null),
        new("pedestrian clearance too short for the crossing", "XT651", ["XT653", "XT622"], (plan, random) =>
            plan.PickWhere(random, p => p.WalkMs > 0) is { } phase ? plan.Street(phase.Number, s => s with { CrossingFt = 150, ButtonToCurbFt = null }) : null),
        new("walk and clearance too short from the button", "XT653", [], (plan, random) =>
            plan.PickWhere(random, p => p.WalkMs > 0) is { } phase ? plan.Street(phase.Number, s => s with { ButtonToCurbFt = 200 }) : null),
        new("walk taken away", "XT654", [], (plan, random) => plan.PickWhere(random, p => p.WalkMs > 0) is { } phase ? plan.Propose(phase.Number, p => p with { WalkMs = 0, RestsInWalk = false }) : null),
        new("walk that leads too little", "XT639", ["XT628", "XT644"], (plan, random) => plan.PickWhere(random, p => p.WalkMs > 0) is { } phase ? plan.Street(phase.Number, s => s with { LeadingWalkS = 2.9m }) : null),
        new("cycle changed by more than a tenth in a step", "XT655", ["XT636", "XT656"], (plan, random) => plan.Step(t => t with { CycleMs = (t.CycleMs * 10 / 11) - 100 })),
        new("split changed by more than five seconds in a step", "XT656", ["XT636"], (plan, random) =>
            plan.Step(t => t with { SplitMs = t.SplitMs.SetItem(plan.Phases[0].Number, plan.Pattern.Timing.SplitMs[plan.Phases[0].Number] + 5100) })),
        new("no facts at all", "XT620", [], (plan, random) => (plan.Facts with { Signal = Core.Street.SignalId.Parse("other") }, plan.Proposal)),
        .. MissingFacts(),
    ];

    private static IEnumerable<PlantedFault> MissingFacts()
    {
        PlantedFault Missing(string what, Func<GoodPlan, RandomNumbers, (SignalFacts, PlanProposal)?> plant, params string[] also) => new("unknown " + what, "XT621", also, plant);
        yield return Missing("speed", (plan, random) => plan.Street(plan.Pick(random).Number, s => s with { SpeedMph = null }));
        yield return Missing("grade", (plan, random) => plan.Street(plan.Pick(random).Number, s => s with { GradePercent = null }));
        yield return Missing("width", (plan, random) => plan.Street(plan.Pick(random).Number, s => s with { WidthFt = null }));
        yield return Missing("role", (plan, random) => plan.Street(plan.Pick(random).Number, s => s with { Role = null }));
        yield return Missing("detector setback", (plan, random) => plan.Street(plan.Pick(random).Number, s => s with { DetectorSetbackFt = null }));
        yield return Missing("bicycles", (plan, random) => plan.Street(plan.Pick(random).Number, s => s with { BicycleCrossingFt = null }));
        yield return Missing("crossing", (plan, random) => plan.PickWhere(random, p => p.WalkMs > 0) is { } phase ? plan.Street(phase.Number, s => s with { CrossingFt = null }) : null);
        yield return Missing("street of a phase", (plan, random) => (plan.Facts with { Street = plan.Facts.Street.RemoveAt(random.NextInt(plan.Facts.Street.Length)) }, plan.Proposal), "XT628");
        yield return Missing("street of an overlap", (plan, random) => plan.Facts.Overlaps.Length > 0 ? (plan.Facts with { OverlapStreet = [] }, plan.Proposal) : null);
        yield return Missing("conflicts", (plan, random) => (plan.Facts with { Conflicts = null }, plan.Proposal));
        yield return Missing("left turns", (plan, random) => (plan.Facts with { LeftTurns = null }, plan.Proposal));
        yield return Missing("offset reference", (plan, random) => (plan.Facts with { OffsetReference = null }, plan.Proposal));
        yield return Missing("pattern of today", (plan, random) => (plan.Facts with { Patterns = [] }, plan.Change(s => s with { Patterns = [s.Patterns[0] with { Replaces = null }] })), "XT646");
        yield return Missing("prediction", (plan, random) => (plan.Facts, plan.Change(s => s with { Patterns = [s.Patterns[0] with { Predictions = [.. s.Patterns[0].Predictions.Where(p => p.Phase != plan.Phases[0].Number)] }] })));
    }

    private static (SignalFacts, PlanProposal)? Splits(
        GoodPlan plan, PhaseTiming phase, Func<PhaseTiming, int> shortMs, bool isSumKept, bool dropNotes = false, NoteKind? alsoNote = null)
    {
        var splitMs = shortMs(phase) / 1000 * 1000;
        var partner = plan.Phases.FirstOrDefault(p => p.Number != phase.Number && p.Ring == phase.Ring && p.BarrierGroup == phase.BarrierGroup);
        var timing = plan.Pattern.Timing;
        var freedMs = timing.SplitMs[phase.Number] - splitMs;
        timing = timing with { SplitMs = timing.SplitMs.SetItem(phase.Number, splitMs) };
        if (isSumKept && partner is not null)
        {
            timing = timing with { SplitMs = timing.SplitMs.SetItem(partner.Number, timing.SplitMs[partner.Number] + freedMs) };
        }

        return (plan.Facts, plan.Change(s => s with
        {
            Patterns =
            [
                s.Patterns[0] with
                {
                    Timing = timing,
                    Notes = [.. s.Patterns[0].Notes.Where(n => !dropNotes || n.Kind != NoteKind.PedestriansByOverride), .. alsoNote is { } kind ? new[] { new PlanNote(kind, phase.Number, "said so") } : []],
                },
            ],
        }));
    }

    private static (SignalFacts, PlanProposal)? PlantBarrier(GoodPlan plan, RandomNumbers random)
    {
        // A second from one group to another, in one ring only: every ring still sums to the cycle.
        var ring = plan.Phases.GroupBy(p => p.Ring).LastOrDefault(r => r.Select(p => p.BarrierGroup).Distinct().Count() > 1 && r.Key > 1);
        if (ring is null)
        {
            return null;
        }

        var first = ring.First(p => p.BarrierGroup == ring.Min(q => q.BarrierGroup));
        var last = ring.First(p => p.BarrierGroup == ring.Max(q => q.BarrierGroup));
        return plan.Time(t => t with { SplitMs = t.SplitMs.SetItem(first.Number, t.SplitMs[first.Number] + 1000).SetItem(last.Number, t.SplitMs[last.Number] - 1000) });
    }

    private static (SignalFacts, PlanProposal)? PlantConflict(GoodPlan plan, RandomNumbers random)
    {
        var pairs = plan.Phases.SelectMany(a => plan.Phases.Where(b => b.Number > a.Number && b.Ring != a.Ring && b.BarrierGroup == a.BarrierGroup).Select(b => (a.Number, b.Number))).ToList();
        if (pairs.Count == 0)
        {
            return null;
        }

        var (one, other) = pairs[random.NextInt(pairs.Count)];
        var conflicts = plan.Facts.Conflicts!.Value;
        return (plan.Facts with { Conflicts = conflicts.SetItem(one, conflicts[one] | (uint)1 << other).SetItem(other, conflicts[other] | (uint)1 << one) }, plan.Proposal);
    }

    private static (SignalFacts, PlanProposal)? PlantTrap(GoodPlan plan, RandomNumbers random)
    {
        // A left turn that leads on one side is left to gaps on the other, whose own through is now followed by a lagging left turn.
        var order = plan.Order();
        foreach (var turn in plan.Facts.LeftTurns!.Value)
        {
            var through = plan.FieldOf(turn.Through);
            var beside = order[through.Ring - 1].Where(n => plan.FieldOf(n).BarrierGroup == through.BarrierGroup).ToList();
            if (beside.Count < 2)
            {
                continue;
            }

            var lagging = beside.Where(n => n != turn.Through).Prepend(turn.Through).ToList();
            var ring = order[through.Ring - 1].ToList();
            var at = ring.IndexOf(beside[0]);
            ring.RemoveRange(at, beside.Count);
            ring.InsertRange(at, lagging);
            var changed = turn with { Display = LeftTurnDisplay.CircularGreen };
            var planted = plan.Time(t => t with { Sequence = [.. order.Select((r, i) => i == through.Ring - 1 ? [.. ring] : r)] });
            return (plan.Facts with { LeftTurns = plan.Facts.LeftTurns.Value.Replace(turn, changed), PreventsBackup = true }, planted!.Value.Proposal);
        }

        return null;
    }

    private static (SignalFacts, PlanProposal)? PlantLess(GoodPlan plan, RandomNumbers random)
    {
        var phase = plan.PickWhere(random, p => plan.StreetOf(p.Number).Role is PhaseRole.Minor or PhaseRole.LeftTurn);
        if (phase is null || plan.Pattern.Replaces == 254)
        {
            return null;
        }

        var today = plan.Facts.Patterns[0];
        var facts = plan.Facts with { Patterns = [today with { SplitMs = today.SplitMs.SetItem(phase.Number, (int)((long)plan.Pattern.Timing.SplitMs[phase.Number] * today.CycleMs / plan.Pattern.Timing.CycleMs) + 4000) }] };
        return (facts, plan.Change(s => s with { Patterns = [s.Patterns[0] with { Notes = [.. s.Patterns[0].Notes.Where(n => n.Kind != NoteKind.LessThanToday || n.Phase != phase.Number)] }] }));
    }
}

/// <summary>Small changes of a good plan.</summary>
internal static class PlanChanges
{
    extension(GoodPlan plan)
    {
        /// <summary>The phases that would run.</summary>
        public ImmutableArray<PhaseTiming> Phases => plan.Proposed ?? plan.Field;

        public int NeededMs => plan.Phases.GroupBy(p => p.BarrierGroup).Sum(g => g.GroupBy(p => p.Ring).Max(r => r.Sum(p => p.MinimumGreenMs + p.ChangeMs))) / 1000 * 1000;

        public PhaseTiming FieldOf(byte number) => plan.Field.First(p => p.Number == number);

        public PhaseFacts StreetOf(byte number) => plan.Facts.Street.First(p => p.Phase == number);

        public PhaseTiming Pick(RandomNumbers random) => plan.Phases[random.NextInt(plan.Phases.Length)];

        public PhaseTiming? PickWhere(RandomNumbers random, Func<PhaseTiming, bool> fits)
        {
            var fitting = plan.Phases.Where(fits).ToList();
            return fitting.Count == 0 ? null : fitting[random.NextInt(fitting.Count)];
        }

        public PlanProposal Change(Func<SignalProposal, SignalProposal> change) => plan.Proposal with { Signals = [change(plan.Signal)] };

        public (SignalFacts Facts, PlanProposal Proposal)? Time(Func<PatternTiming, PatternTiming> change) =>
            (plan.Facts, plan.Change(s => s with { Patterns = [s.Patterns[0] with { Timing = change(s.Patterns[0].Timing) }] }));

        public (SignalFacts Facts, PlanProposal Proposal)? Propose(byte number, Func<PhaseTiming, PhaseTiming> change) =>
            (plan.Facts, plan.Change(s => s with { Phases = [.. plan.Phases.Select(p => p.Number == number ? change(p) : p)] }));

        public (SignalFacts Facts, PlanProposal Proposal)? Street(byte? number, Func<PhaseFacts, PhaseFacts> change) =>
            number is null ? null : (plan.Facts with { Street = [.. plan.Facts.Street.Select(s => s.Phase == number ? change(s) : s)] }, plan.Proposal);

        public (SignalFacts Facts, PlanProposal Proposal)? Predict(Func<ServicePrediction, ServicePrediction> change) =>
            (plan.Facts, plan.Change(s => s with { Patterns = [s.Patterns[0] with { Predictions = s.Patterns[0].Predictions.SetItem(0, change(s.Patterns[0].Predictions[0])) }] }));

        /// <summary>The plan as a step from a changed pattern of today.</summary>
        public (SignalFacts Facts, PlanProposal Proposal)? Step(Func<PatternTiming, PatternTiming> today) =>
            (plan.Facts with { Patterns = [today(plan.Pattern.Timing)] },
             plan.Change(s => s with { Patterns = [s.Patterns[0] with { Replaces = null }] }) with { Kind = ChangeKind.Step });

        /// <summary>The order of phases by ring, written out.</summary>
        public ImmutableArray<ImmutableArray<byte>> Order()
        {
            var given = plan.Pattern.Timing.Sequence;
            return !given.IsDefaultOrEmpty ? given
                : [.. Enumerable.Range(1, plan.Phases.Max(p => p.Ring)).Select(r => plan.Phases.Where(p => p.Ring == r).OrderBy(p => p.BarrierGroup).ThenBy(p => p.Number).Select(p => p.Number).ToImmutableArray())];
        }
    }
}
