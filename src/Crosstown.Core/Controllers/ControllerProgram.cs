using System.Collections.Immutable;
using System.Numerics;
using Crosstown.Core.Data;

namespace Crosstown.Core.Controllers;

/// <summary>What calls a phase without a vehicle or a walker.</summary>
public enum Recall
{
    None,

    /// <summary>A call every cycle; the phase may gap out after its minimum.</summary>
    Minimum,

    /// <summary>A call every cycle, and the phase runs to its maximum when another waits.</summary>
    Maximum,

    /// <summary>A walk every cycle.</summary>
    Pedestrian,
}

/// <summary>The programmed timing of one phase. Times in ms, whole tenths of a second.</summary>
public sealed record PhaseTiming
{
    /// <summary>1-16.</summary>
    public required byte Number { get; init; }

    /// <summary>1-4.</summary>
    public required byte Ring { get; init; }

    /// <summary>1-8: phases of different groups never run together.</summary>
    public required byte BarrierGroup { get; init; }

    public required int MinimumGreenMs { get; init; }

    /// <summary>Longest gap between extensions that keeps the green.</summary>
    public int PassageMs { get; init; } = 3000;

    /// <summary>Longest green once another phase waits; used in free operation.</summary>
    public required int MaximumMs { get; init; }

    public required int YellowMs { get; init; }

    /// <summary>0 is legal: codes 10 and 11 are then not logged.</summary>
    public required int RedClearanceMs { get; init; }

    /// <summary>0 when the phase has no walk.</summary>
    public int WalkMs { get; init; }

    public int PedestrianClearanceMs { get; init; }

    public Recall Recall { get; init; }

    /// <summary>Kept in step by the coordinator.</summary>
    public bool IsCoordinated { get; init; }

    /// <summary>Runs beside a called phase of the other ring even without a call.</summary>
    public bool DualEntry { get; init; }

    /// <summary>A vehicle that came during yellow or red is remembered until green.</summary>
    public bool LocksCalls { get; init; }

    /// <summary>As coordinated phase: walk comes with every green and stays as long as the cycle allows.</summary>
    public bool RestsInWalk { get; init; }

    /// <summary>Initial green per vehicle that came during red; 0 for none.</summary>
    public int AddedInitialMs { get; init; }

    /// <summary>Bound of the added initial.</summary>
    public int MaximumInitialMs { get; init; }

    /// <summary>Green with another phase waiting before the gap shrinks.</summary>
    public int TimeBeforeReductionMs { get; init; }

    /// <summary>Time in which the gap shrinks from passage to minimum gap; 0 for no reduction.</summary>
    public int TimeToReduceMs { get; init; }

    public int MinimumGapMs { get; init; }

    /// <summary>Yellow and red clearance.</summary>
    public int ChangeMs => YellowMs + RedClearanceMs;
}

public enum OverlapKind
{
    /// <summary>Green with any of its parents.</summary>
    Standard,

    /// <summary>Left turn: green arrow with its protected phase, flashing yellow arrow with the opposing through.</summary>
    FlashingYellowArrow,
}

/// <summary>An output that phases drive.</summary>
public sealed record OverlapTiming
{
    /// <summary>A = 1, to 16.</summary>
    public required byte Number { get; init; }

    public required OverlapKind Kind { get; init; }

    /// <summary>The phases that make it green; for an arrow the opposing through alone.</summary>
    public required ImmutableArray<byte> Parents { get; init; }

    /// <summary>For an arrow: the phase of its green arrow; 0 when it is permissive only.</summary>
    public byte ProtectedPhase { get; init; }

    /// <summary>Green that goes on after the last parent ended.</summary>
    public int TrailingGreenMs { get; init; }

    public required int YellowMs { get; init; }

    public required int RedClearanceMs { get; init; }
}

/// <summary>Which moment of the cycle the offset points at.</summary>
public enum OffsetReference
{
    /// <summary>Begin of the first coordinated green.</summary>
    BeginGreen,

    /// <summary>Begin of yellow of the first coordinated phase to end.</summary>
    BeginYellow,

    /// <summary>Begin of the last coordinated green.</summary>
    BeginLastGreen,

    /// <summary>Begin of red of the first coordinated phase to end.</summary>
    BeginRed,

    /// <summary>Begin of flashing don't walk of the first coordinated phase to end, where its walk rests until the clearance must begin.</summary>
    BeginFlashingDontWalk,
}

public enum ForceOffMode
{
    /// <summary>Force-offs stay where they are in the cycle: unused time goes to the phases after.</summary>
    Fixed,

    /// <summary>A phase gets its split at most: unused time goes to the coordinated phase.</summary>
    Floating,
}

/// <summary>How the controller gets back into step.</summary>
public enum TransitionMode
{
    /// <summary>Longer or shorter cycles, whichever is the shorter way.</summary>
    Shortway,
    AddOnly,
    SubtractOnly,

    /// <summary>Stays in the coordinated green until in step, for a fifth of the cycle at most.</summary>
    Dwell,
}

/// <summary>A coordination pattern.</summary>
public sealed record PatternTiming
{
    /// <summary>1-253.</summary>
    public required byte Number { get; init; }

    /// <summary>Whole seconds, in ms.</summary>
    public required int CycleMs { get; init; }

    /// <summary>From local midnight's cycle to the reference point.</summary>
    public required int OffsetMs { get; init; }

    /// <summary>Split in ms by phase, with yellow and red clearance.</summary>
    public required ImmutableSortedDictionary<byte, int> SplitMs { get; init; }

    public OffsetReference Reference { get; init; }

    public ForceOffMode ForceOff { get; init; }

    public TransitionMode Transition { get; init; }

    /// <summary>
    /// Order of phases: one list per ring, running through the barrier groups in order. Empty: by phase number (leading left turns in the usual numbering).
    /// </summary>
    public ImmutableArray<ImmutableArray<byte>> Sequence { get; init; } = [];
}

/// <summary>A preempt: rail when it has a track clearance, else an emergency vehicle's.</summary>
public sealed record PreemptTiming
{
    /// <summary>1-8; the lower number goes first.</summary>
    public required byte Number { get; init; }

    public int DelayMs { get; init; }

    /// <summary>Phases that clear the track; empty for none. They can run together.</summary>
    public ImmutableArray<byte> TrackPhases { get; init; } = [];

    public int TrackClearanceMs { get; init; }

    /// <summary>From entry until the gate is down; 0 for no gate.</summary>
    public int GateDownMs { get; init; }

    /// <summary>Phases that may run while the preempt lasts. Without a track clearance they can run together.</summary>
    public required ImmutableArray<byte> DwellPhases { get; init; }

    public int MinimumDwellMs { get; init; }

    /// <summary>Phases that are called as it ends.</summary>
    public ImmutableArray<byte> ExitPhases { get; init; } = [];

    /// <summary>After this long in dwell the input is ignored until it drops; 0 for no bound.</summary>
    public int MaximumPresenceMs { get; init; }
}

/// <summary>A transit priority strategy: for a coordinated phase, its green begins earlier or lasts longer, within bounds.</summary>
public sealed record PriorityTiming
{
    /// <summary>1-8.</summary>
    public required byte Number { get; init; }

    /// <summary>The coordinated phase that serves the line.</summary>
    public required byte Phase { get; init; }

    /// <summary>From check-in to the stop bar.</summary>
    public required int TravelMs { get; init; }

    public required int MaximumExtensionMs { get; init; }

    /// <summary>Share of its green, 0-1, that every other phase keeps when it is cut for an early green; minimum, walk and clearance always stay.</summary>
    public double KeptShare { get; init; } = 0.7;

    /// <summary>After a check-out no request is granted for this long.</summary>
    public int LockoutMs { get; init; } = 60_000;
}

/// <summary>Everything programmed into one controller, checked and laid out for stepping.</summary>
/// <remarks>
/// A conflict is: same ring, or different barrier group. Rings cross barriers together. Up to 16 phases, 4 rings, 8 groups.
/// </remarks>
public sealed class ControllerProgram
{
    /// <summary>The highest number that a phase can have.</summary>
    public const int MaxPhase = 16;

    private readonly PhaseTiming?[] _phases = new PhaseTiming?[MaxPhase + 1];
    private readonly PatternLayout[] _patterns;

    /// <exception cref="ProblemException">The program cannot be run safely; every reason is listed.</exception>
    public ControllerProgram(
        IEnumerable<PhaseTiming> phases,
        IEnumerable<OverlapTiming>? overlaps = null,
        IEnumerable<PatternTiming>? patterns = null,
        IEnumerable<PreemptTiming>? preempts = null,
        IEnumerable<PriorityTiming>? priorities = null)
    {
        Phases = [.. phases.OrderBy(p => p.Number)];
        Overlaps = [.. (overlaps ?? []).OrderBy(o => o.Number)];
        Patterns = [.. (patterns ?? []).OrderBy(p => p.Number)];
        Preempts = [.. (preempts ?? []).OrderBy(p => p.Number)];
        Priorities = [.. (priorities ?? []).OrderBy(p => p.Number)];
        var problems = new List<Problem>();
        foreach (var phase in Phases)
        {
            Check(phase, problems);
            if (phase.Number is >= 1 and <= MaxPhase)
            {
                _phases[phase.Number] = phase;
            }
        }

        if (Phases.Length == 0)
        {
            problems.Add(new Problem("XT601", "phases", "A controller needs at least one phase."));
        }

        foreach (var overlap in Overlaps)
        {
            Check(overlap, problems);
        }

        foreach (var preempt in Preempts)
        {
            Check(preempt, problems);
        }

        foreach (var priority in Priorities.Where(p => Find(p.Phase) is not { IsCoordinated: true }))
        {
            problems.Add(new Problem("XT602", $"priority {priority.Number}", $"Phase {priority.Phase} is not coordinated: choose a coordinated phase."));
        }

        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }

        RingCount = Phases.Max(p => p.Ring);
        GroupCount = Phases.Max(p => p.BarrierGroup);
        DefaultOrder = OrderOf([]);
        foreach (var phase in Phases)
        {
            var bit = (uint)1 << phase.Number;
            AllPhases |= bit;
            CoordinatedPhases |= phase.IsCoordinated ? bit : 0;
            foreach (var other in Phases)
            {
                if (other.Number != phase.Number && (other.Ring == phase.Ring || other.BarrierGroup != phase.BarrierGroup))
                {
                    Conflicts[phase.Number] |= (uint)1 << other.Number;
                }
            }
        }

        _patterns = [.. Patterns.Select(p => PatternLayout.Of(this, p, problems))];
        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }
    }

    public ImmutableArray<PhaseTiming> Phases { get; }

    public ImmutableArray<OverlapTiming> Overlaps { get; }

    public ImmutableArray<PatternTiming> Patterns { get; }

    public ImmutableArray<PreemptTiming> Preempts { get; }

    public ImmutableArray<PriorityTiming> Priorities { get; }

    public int RingCount { get; }

    public int GroupCount { get; }

    /// <summary>Bit n for phase n.</summary>
    public uint AllPhases { get; }

    /// <summary>Bit n for phase n.</summary>
    public uint CoordinatedPhases { get; }

    /// <summary>Phases of each ring in the order of service when no pattern gives another.</summary>
    internal byte[][] DefaultOrder { get; }

    private uint[] Conflicts { get; } = new uint[MaxPhase + 1];

    /// <summary>The phases that may never be green or yellow together with a phase; bit n for phase n.</summary>
    public uint ConflictsOf(int phase) => Conflicts[phase];

    /// <summary>The timing of a phase.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The controller has no such phase.</exception>
    public PhaseTiming GetPhase(int number) =>
        Find(number) ?? throw new ArgumentOutOfRangeException(nameof(number), number, "The controller has no such phase.");

    internal PhaseTiming Phase(int number) => _phases[number]!;

    internal PatternLayout Layout(int index) => _patterns[index];

    /// <summary>Index of a pattern; -1 for free, flash or a number that is not programmed.</summary>
    internal int IndexOfPattern(int number)
    {
        for (var i = 0; i < _patterns.Length; i++)
        {
            if (_patterns[i].Pattern.Number == number)
            {
                return i;
            }
        }

        return -1;
    }

    internal byte[][] OrderOf(ImmutableArray<ImmutableArray<byte>> sequence)
    {
        var diagram = new RingDiagram(Phases);
        diagram.SetSequence(sequence);
        return [.. Enumerable.Range(0, RingCount).Select(ring => diagram.OrderOf(ring).ToArray())];
    }

    internal static uint MaskOf(ImmutableArray<byte> phases)
    {
        var mask = 0u;
        foreach (var phase in phases)
        {
            mask |= (uint)1 << phase;
        }

        return mask;
    }

    private PhaseTiming? Find(int number) => number is >= 1 and <= MaxPhase ? _phases[number] : null;

    private void Check(PhaseTiming phase, List<Problem> problems)
    {
        var where = $"phase {phase.Number}";
        if (phase.Number is < 1 or > MaxPhase || phase.Ring is < 1 or > 4 || phase.BarrierGroup is < 1 or > 8)
        {
            problems.Add(new Problem("XT603", where, $"Ring {phase.Ring}, barrier group {phase.BarrierGroup}: phases are 1-16, rings 1-4, groups 1-8."));
        }

        if (Phases.Count(p => p.Number == phase.Number) > 1)
        {
            problems.Add(new Problem("XT604", where, "The phase is programmed twice."));
        }

        ReadOnlySpan<int> times =
        [
            phase.MinimumGreenMs, phase.PassageMs, phase.MaximumMs, phase.YellowMs, phase.RedClearanceMs, phase.WalkMs, phase.PedestrianClearanceMs,
            phase.AddedInitialMs, phase.MaximumInitialMs, phase.TimeBeforeReductionMs, phase.TimeToReduceMs, phase.MinimumGapMs,
        ];
        foreach (var timeMs in times)
        {
            if (timeMs < 0 || timeMs % 100 != 0)
            {
                problems.Add(new Problem("XT605", where, $"{timeMs} ms: times are whole tenths of a second, 0 or more."));
            }
        }

        if (phase.YellowMs is < 3000 or > 6000 || phase.RedClearanceMs > 6000)
        {
            problems.Add(new Problem("XT606", where, $"Yellow {phase.YellowMs} ms, red clearance {phase.RedClearanceMs} ms: yellow is 3-6 s, red clearance 0-6 s."));
        }

        if (phase.MinimumGreenMs < 1000 || phase.MaximumMs < phase.MinimumGreenMs)
        {
            problems.Add(new Problem("XT607", where, $"Minimum green {phase.MinimumGreenMs} ms, maximum {phase.MaximumMs} ms: at least 1 s, and maximum not below minimum."));
        }

        if (phase.WalkMs > 0 && phase.PedestrianClearanceMs <= 0)
        {
            problems.Add(new Problem("XT608", where, "A walk needs a pedestrian clearance."));
        }
    }

    private void Check(OverlapTiming overlap, List<Problem> problems)
    {
        var where = $"overlap {(char)('A' + overlap.Number - 1)}";
        if (overlap.Parents.IsDefaultOrEmpty || overlap.Parents.Any(p => Find(p) is null) || (overlap.ProtectedPhase != 0 && Find(overlap.ProtectedPhase) is null))
        {
            problems.Add(new Problem("XT609", where, "Its parents must be phases of this controller, at least one."));
        }
        else if (overlap.Parents.Any(p => overlap.YellowMs + overlap.RedClearanceMs > Find(p)!.ChangeMs) && overlap.TrailingGreenMs == 0)
        {
            problems.Add(new Problem("XT610", where, "Its yellow and red clearance last longer than a parent's: shorten them, they begin together."));
        }
    }

    private void Check(PreemptTiming preempt, List<Problem> problems)
    {
        foreach (var (name, set) in new[] { ("track", preempt.TrackPhases), ("dwell", preempt.DwellPhases), ("exit", preempt.ExitPhases) })
        {
            if (set.Any(p => Find(p) is null))
            {
                problems.Add(new Problem("XT611", $"preempt {preempt.Number}", $"Its {name} phases name a phase that the controller lacks."));
            }
        }

        var first = preempt.TrackPhases.IsEmpty ? preempt.DwellPhases : preempt.TrackPhases;
        var known = first.Select(p => Find(p)).Where(p => p is not null).ToList();
        if (preempt.DwellPhases.IsEmpty || known.Exists(a => known.Exists(b => a != b && (a!.Ring == b!.Ring || a.BarrierGroup != b.BarrierGroup))))
        {
            problems.Add(new Problem("XT612", $"preempt {preempt.Number}", "It needs dwell phases, and the phases that it goes to first must be able to run together."));
        }
    }
}

/// <summary>A pattern laid out along its cycle.</summary>
/// <remarks>The diagram's zero is the begin of barrier group 1. A place in the cycle is ms from there.</remarks>
internal sealed class PatternLayout
{
    private PatternLayout(PatternTiming pattern, byte[][] order)
    {
        Pattern = pattern;
        Order = order;
    }

    public PatternTiming Pattern { get; }

    public byte[][] Order { get; }

    public int CycleMs => Pattern.CycleMs;

    /// <summary>Place of the offset's reference point.</summary>
    public int ReferenceMs { get; private set; }

    /// <summary>Place of the earliest end of a coordinated phase: every window is measured from here.</summary>
    public int YieldMs { get; private set; }

    /// <summary>Place of the latest begin of a coordinated phase: all of them are green from here.</summary>
    public int CoordinatedStartMs { get; private set; }

    /// <summary>Place of the planned begin of green by phase.</summary>
    public int[] StartMs { get; } = new int[ControllerProgram.MaxPhase + 1];

    /// <summary>Place of the force-off by phase.</summary>
    public int[] ForceOffMs { get; } = new int[ControllerProgram.MaxPhase + 1];

    /// <summary>From the yield point to the force-off by phase.</summary>
    public int[] ForceOffAfterYieldMs { get; } = new int[ControllerProgram.MaxPhase + 1];

    /// <summary>From the yield point to the last moment at which a phase may be chosen.</summary>
    public int[] LastVehicleMs { get; } = new int[ControllerProgram.MaxPhase + 1];

    /// <summary>From the yield point to the last moment at which a phase may be chosen with its walk.</summary>
    public int[] LastWalkMs { get; } = new int[ControllerProgram.MaxPhase + 1];

    public int[] SplitMs { get; } = new int[ControllerProgram.MaxPhase + 1];

    /// <summary>True when cycles may be shortened by a sixth without cutting into minimums.</summary>
    public bool CanSubtract { get; private set; }

    public static PatternLayout Of(ControllerProgram program, PatternTiming pattern, List<Problem> problems)
    {
        var where = $"pattern {pattern.Number}";
        var layout = new PatternLayout(pattern, program.OrderOf(pattern.Sequence));
        if (program.CoordinatedPhases == 0 || pattern.CycleMs is < 30_000 or > 255_000 || pattern.CycleMs % 1000 != 0 || pattern.OffsetMs % 1000 != 0
            || pattern.OffsetMs < 0 || pattern.OffsetMs >= pattern.CycleMs)
        {
            problems.Add(new Problem(
                "XT613", where,
                $"Cycle {pattern.CycleMs} ms, offset {pattern.OffsetMs} ms: whole seconds, cycle 30-255 s, offset inside it, and at least one coordinated phase."));
            return layout;
        }

        foreach (var phase in program.Phases)
        {
            layout.SplitMs[phase.Number] = pattern.SplitMs.GetValueOrDefault(phase.Number);
            if (layout.SplitMs[phase.Number] < phase.MinimumGreenMs + phase.ChangeMs)
            {
                problems.Add(new Problem(
                    "XT614", where,
                    $"Split of phase {phase.Number} is {layout.SplitMs[phase.Number]} ms, below its minimum green, yellow and red clearance of {phase.MinimumGreenMs + phase.ChangeMs} ms."));
            }
        }

        layout.LayOut(program, where, problems);
        return layout;
    }

    /// <summary>How far a place lies after another, going forward round the cycle; 0 to cycle - 1.</summary>
    public int After(int placeMs, int fromMs)
    {
        var distance = (placeMs - fromMs) % CycleMs;
        return distance < 0 ? distance + CycleMs : distance;
    }

    private void LayOut(ControllerProgram program, string where, List<Problem> problems)
    {
        var diagram = new RingDiagram(program.Phases);
        diagram.SetSequence(Pattern.Sequence);
        _ = diagram.LayOut(SplitMs);
        diagram.StartMs.CopyTo(StartMs);
        diagram.ForceOffMs.CopyTo(ForceOffMs);
        var neededMs = 0;
        for (var group = 1; group <= program.GroupCount; group++)
        {
            var length = -1;
            var groupNeedsMs = 0;
            for (var ring = 0; ring < program.RingCount; ring++)
            {
                var sum = diagram.RingLengthMs(ring, group);
                if (sum < 0)
                {
                    continue;
                }

                groupNeedsMs = Math.Max(
                    groupNeedsMs, Order[ring].Where(p => program.Phase(p).BarrierGroup == group).Sum(p => program.Phase(p).MinimumGreenMs + program.Phase(p).ChangeMs));
                if (length >= 0 && sum != length)
                {
                    problems.Add(new Problem("XT615", where, $"Splits of barrier group {group} last {length} ms in one ring and {sum} ms in another: make them equal."));
                }

                length = Math.Max(length, sum);
            }

            neededMs += groupNeedsMs;
        }

        if (diagram.CycleMs != CycleMs)
        {
            problems.Add(new Problem("XT616", where, $"Splits fill {diagram.CycleMs} ms of a cycle of {CycleMs} ms: make them equal."));
        }

        CanSubtract = neededMs <= CycleMs * 5 / 6;
        ReferenceMs = diagram.ReferenceMs(Pattern.Reference);
        FindWindows(program, where, problems);
    }

    private void FindWindows(ControllerProgram program, string where, List<Problem> problems)
    {
        var coordinated = program.Phases.Where(p => p.IsCoordinated).Select(p => (int)p.Number).ToList();
        YieldMs = coordinated.Min(p => ForceOffMs[p]);
        CoordinatedStartMs = coordinated.Max(p => StartMs[p]);
        if (coordinated.Any(p => program.Phase(p).BarrierGroup != program.Phase(coordinated[0]).BarrierGroup) || YieldMs <= CoordinatedStartMs)
        {
            problems.Add(new Problem("XT617", where, "Coordinated phases must be green together for a while: same barrier group, and splits that overlap."));
        }

        var shortestChange = program.Phases.Min(p => p.ChangeMs);
        foreach (var phase in program.Phases)
        {
            int p = phase.Number;
            var after = After(ForceOffMs[p], YieldMs);
            ForceOffAfterYieldMs[p] = after;
            LastVehicleMs[p] = after - phase.MinimumGreenMs - shortestChange;
            var walkNeedsMs = phase.WalkMs + phase.PedestrianClearanceMs;
            var fits = SplitMs[p] >= walkNeedsMs + phase.ChangeMs;
            LastWalkMs[p] = fits ? after - Math.Max(walkNeedsMs, phase.MinimumGreenMs) - shortestChange : LastVehicleMs[p];
        }
    }
}

/// <summary>Sets of phases: bit n for phase n.</summary>
public static class Bits
{
    /// <summary>Whether a phase is in a set.</summary>
    public static bool Has(uint mask, int phase) => (mask >> phase & 1) != 0;

    /// <summary>Takes the lowest phase out of a mask; the mask must not be empty.</summary>
    public static int TakeFirst(ref uint mask)
    {
        var phase = BitOperations.TrailingZeroCount(mask);
        mask &= mask - 1;
        return phase;
    }
}
