using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Timing.Demand.Reading;

namespace Crosstown.Timing.Demand.InForce;

/// <summary>Recovers one pattern from all the times in which it ran.</summary>
/// <remarks>
/// Greens that the coordinator ended (6) end at the force-off of their phase: at one place of the cycle with fixed force-offs, after one length of
/// green with floating ones. From the places follow the ends of the splits, from those the splits, the planned begins of green, and which of the
/// reference points lies at the local zero. Codes 132-149 are taken where behavior does not contradict them.
/// </remarks>
internal sealed class PatternLearner
{
    private const int FewestForceOffs = 3;
    private const long WindowMs = 300;
    private const long ToleranceMs = 1000;
    private const double LeastShare = 0.25;

    private readonly SignalLog _log;
    private readonly ImmutableArray<PhaseTiming> _phases;
    private readonly IReadOnlyList<TimeRange> _spans;
    private readonly Dictionary<byte, List<PhaseService>> _services = [];
    private readonly List<Evidence> _evidence = [];
    private readonly List<byte> _bounded = [];
    private long _anchor;
    private bool _isPinned;

    public PatternLearner(SignalLog log, ImmutableArray<PhaseTiming> phases, IReadOnlyList<TimeRange> spans)
    {
        _log = log;
        _phases = phases;
        _spans = spans;
        foreach (var phase in phases)
        {
            _services[phase.Number] = [.. log.Services[phase.Number].Where(s => IsIn(s.GreenMs) && IsIn(s.YellowMs))];
        }
    }

    /// <summary>What the coordinator wrote down as it took the pattern: 132-149 and their kin, in seconds.</summary>
    public sealed record Programmed(int? CycleS, int? OffsetS, IReadOnlyDictionary<byte, int> SplitS);

    /// <summary>The codes 132-149 that were logged with a pattern's coming into force.</summary>
    public static Programmed ReadCodes(SignalLog log, IEnumerable<long> changes)
    {
        int? cycleS = null;
        int? offsetS = null;
        var splits = new Dictionary<byte, int>();
        foreach (var change in changes)
        {
            foreach (var entry in log.Coordination.Where(c => Math.Abs(c.TimeMs - change) <= 2000))
            {
                switch (entry.Code)
                {
                    case EventCode.CycleLengthChange when entry.Parameter is > 0 and < 255:
                    case EventCode.CycleLengthLong when entry.Parameter > 0:
                        cycleS = entry.Parameter;
                        break;
                    case EventCode.OffsetChange:
                        offsetS = entry.Parameter;
                        break;
                    case >= EventCode.SplitPhase1 and <= EventCode.SplitPhase16 when entry.Parameter > 0:
                        splits[(byte)(entry.Code - EventCode.SplitPhase1 + 1)] = entry.Parameter;
                        break;
                }
            }
        }

        return new Programmed(cycleS, offsetS, splits);
    }

    /// <summary>Recovers the pattern.</summary>
    /// <param name="number">Its number, the controller's or ours.</param>
    /// <param name="isNumberLogged">Whether code 131 named it.</param>
    /// <param name="codes">What codes say; all empty when there are none.</param>
    /// <returns>Null when not even its cycle can be told.</returns>
    public RecoveredPattern? Learn(byte number, bool isNumberLogged, Programmed codes)
    {
        var coordinated = _phases.Where(p => p.IsCoordinated).ToList();
        var cycleS = CycleOf(coordinated, codes);
        if (cycleS is not { } cycle || coordinated.Count == 0)
        {
            return null;
        }

        var cycleMs = cycle * 1000L;
        var yieldPlace = coordinated.Select(p => (Phase: p, Mode: Circle.ModeOf(_services[p.Number].Select(s => _log.LocalDayMs(s.YellowMs)), cycleMs, WindowMs)))
            .Where(p => p.Mode is not null).ToList();
        if (yieldPlace.Count == 0)
        {
            return null;
        }

        yieldPlace = [.. yieldPlace.OrderByDescending(p => p.Mode!.Value.Count)];
        var anchor = yieldPlace[0].Mode!.Value.Value;
        KeepRegularCycles(yieldPlace[0].Phase.Number, anchor, cycleMs);
        _anchor = anchor;
        var order = SequenceOf(cycleMs, anchor);
        var isFloating = IsFloating(cycleMs);
        var plan = isFloating ? FloatingEnds(order, cycleMs, anchor, yieldPlace[0].Phase) : FixedEnds(order, cycleMs, anchor);
        var splitMs = Splits(order, plan, cycleMs, codes);
        var draft = new PatternTiming
        {
            Number = number,
            CycleMs = (int)cycleMs,
            OffsetMs = 0,
            SplitMs = splitMs,
            ForceOff = isFloating ? ForceOffMode.Floating : ForceOffMode.Fixed,
            Sequence = order.Any(ring => !ring.SequenceEqual(ring.Order())) ? [.. order.Select(r => r.ToImmutableArray())] : [],
        };
        draft = PinnedByZero(draft, order, cycleMs, yieldPlace[0].Phase, anchor, codes);
        var (offsetMs, reference) = OffsetOf(draft, cycleMs, yieldPlace[0].Phase, anchor, order, codes);
        var cycles = _services[yieldPlace[0].Phase.Number].Count;
        return new RecoveredPattern
        {
            Timing = draft with { OffsetMs = offsetMs, Reference = reference },
            IsNumberLogged = isNumberLogged,
            Cycles = cycles,
            BoundedSplits = [.. _bounded.Order()],
            AnchorPhase = yieldPlace[0].Phase.Number,
            AnchorMs = anchor,
            Evidence = [.. _evidence],
        };
    }

    private bool IsIn(long timeMs)
    {
        foreach (var span in _spans)
        {
            if (span.Contains(timeMs))
            {
                return !_log.IsDisturbed(timeMs);
            }
        }

        return false;
    }

    /// <summary>Keeps services of cycles that began and ended at the yield point: those between were not stretched by walks, priority or a transition.</summary>
    private void KeepRegularCycles(byte anchorPhase, long anchor, long cycleMs)
    {
        var regular = RegularCycles.Of(_log, anchorPhase, anchor, cycleMs, _spans);

        // Where a walk or priority held the coordinator's clock, all that comes after in the cycle is late, though the next yield may be on time again.
        var held = _phases.Where(p => !p.IsCoordinated).SelectMany(p => Late(p, cycleMs)).Select(s => regular.IndexAt(s.YellowMs)).ToHashSet();
        foreach (var phase in _phases)
        {
            _services[phase.Number].RemoveAll(s => regular.IndexAt(s.YellowMs) is var i && (i < 0 || held.Contains(i)));
        }
    }

    private int? CycleOf(List<PhaseTiming> coordinated, Programmed codes)
    {
        var found = CycleFinder.Find([.. coordinated.Select(p => _services[p.Number].Select(s => _log.LocalDayMs(s.YellowMs)).ToArray())]);
        var actual = Circle.ModeOf(
            _log.Coordination.Where(c => c.Code == EventCode.ActualCycleLength && IsIn(c.TimeMs) && c.Parameter is >= 30 and <= 600).Select(c => (long)c.Parameter), 100_000, 0);
        if (codes.CycleS is { } programmed)
        {
            if (found is null || found.Value.CycleS == programmed || found.Value.CycleS % programmed == 0)
            {
                Note("cycle", programmed, 1, found is null ? "code 132; too little to see it work" : $"code 132, and coordinated greens end at one place of it ({Share(found.Value.Share)})");
                return programmed;
            }

            Note("cycle", found.Value.CycleS, 0.7, $"coordinated greens end at one place of it ({Share(found.Value.Share)}), though code 132 says {programmed} s");
            return found.Value.CycleS;
        }

        if (found is not null)
        {
            var agrees = actual is { } a && a.Value == found.Value.CycleS;
            Note("cycle", found.Value.CycleS, agrees ? 1 : found.Value.Share, agrees
                ? $"coordinated greens end at one place of it ({Share(found.Value.Share)}), and code 316 says so"
                : $"coordinated greens end at one place of it ({Share(found.Value.Share)})");
            return found.Value.CycleS;
        }

        if (actual is { Count: >= 3 } logged)
        {
            Note("cycle", (int)logged.Value, 0.6, $"code 316, {logged.Count} of {logged.Of} times");
            return (int)logged.Value;
        }

        return null;
    }

    /// <summary>Phases of each ring in the order of the diagram: barrier group by barrier group, within each as they follow one another.</summary>
    private List<List<byte>> SequenceOf(long cycleMs, long anchor)
    {
        var rings = new List<List<byte>>();
        var ringCount = _phases.Max(p => p.Ring);
        for (var ring = 1; ring <= ringCount; ring++)
        {
            var inRing = _phases.Where(p => p.Ring == ring).ToList();
            var order = new List<byte>();
            foreach (var group in inRing.GroupBy(p => p.BarrierGroup).OrderBy(g => g.Key))
            {
                order.AddRange(InGroup([.. group], inRing.Count > group.Count(), cycleMs, anchor));
            }

            rings.Add(order);
        }

        return rings;
    }

    /// <summary>What begins first after the ring came from another group leads; without another group, what begins after the anchor.</summary>
    private IEnumerable<byte> InGroup(List<PhaseTiming> group, bool hasOthers, long cycleMs, long anchor)
    {
        if (group.Count == 1)
        {
            return [group[0].Number];
        }

        var starts = group.ToDictionary(p => p.Number, p => MeanStart(p.Number, cycleMs, anchor));
        var known = group.Where(p => starts[p.Number] is not null).OrderBy(p => starts[p.Number]).Select(p => p.Number).ToList();
        var unknown = group.Where(p => starts[p.Number] is null).Select(p => p.Number).Order();
        if (hasOthers && known.Count > 1)
        {
            // Cut the circle where it is longest without a begin of this group: there the others run.
            var cut = Enumerable.Range(0, known.Count).MaxBy(i =>
                Circle.After((long)starts[known[i]]!, (long)starts[known[(i + known.Count - 1) % known.Count]]!, cycleMs) is var gap && gap == 0 ? cycleMs : gap);
            cut = LeaderByBarrier(group, known) ?? cut;
            known = [.. known.Skip(cut), .. known.Take(cut)];
        }

        return [.. unknown, .. known];
    }

    /// <summary>Index of the phase that most often is the first of its group after a phase of another group in its ring.</summary>
    private int? LeaderByBarrier(List<PhaseTiming> group, List<byte> known)
    {
        var ring = group[0].Ring;
        var own = group.Select(p => p.Number).ToHashSet();
        var services = _phases.Where(p => p.Ring == ring).SelectMany(p => _services[p.Number].Select(s => (s.GreenMs, p.Number))).Order().ToList();
        var leads = known.ToDictionary(p => p, _ => 0);
        var follows = known.ToDictionary(p => p, _ => 0);
        for (var i = 1; i < services.Count; i++)
        {
            if (!own.Contains(services[i].Number))
            {
                continue;
            }

            // Only rounds in which two of the group came tell their order.
            if (own.Contains(services[i - 1].Number) && services[i - 1].Number != services[i].Number)
            {
                leads[services[i - 1].Number]++;
                follows[services[i].Number]++;
            }
        }

        var best = known.MaxBy(p => leads[p] - follows[p]);
        return leads[best] - follows[best] > 0 ? known.IndexOf(best) : null;
    }

    private double? MeanStart(byte phase, long cycleMs, long anchor)
    {
        var starts = _services[phase].Select(s => Circle.After(_log.LocalDayMs(s.GreenMs), anchor, cycleMs)).Order().ToList();
        return starts.Count == 0 ? null : starts[starts.Count / 2];
    }

    /// <summary>Greens of a phase that priority cut short, or that a walk kept going past where the others are forced off.</summary>
    private IEnumerable<PhaseService> Late(PhaseTiming phase, long cycleMs)
    {
        var forced = UsedUp(phase.Number).ToList();
        var free = forced.Where(s => !IsOwingWalk(phase, s)).ToList();
        var mode = Circle.ModeOf((free.Count >= FewestForceOffs ? free : forced).Select(s => _log.LocalDayMs(s.YellowMs)), cycleMs, WindowMs);
        return _services[phase.Number].Where(s => s.Reason == EventCode.PhaseTransitPriorityEarlyForceOff
            || (IsOwingWalk(phase, s) && mode is { } m && Circle.After(_log.LocalDayMs(s.YellowMs), m.Value, cycleMs) is var late && late > WindowMs && late < cycleMs / 2));
    }

    /// <summary>True when green went on until the pedestrian clearance was over.</summary>
    private static bool IsOwingWalk(PhaseTiming phase, PhaseService service) =>
        service.WalkMs is { } walkMs && walkMs + phase.WalkMs + phase.PedestrianClearanceMs + WindowMs >= service.YellowMs;

    /// <summary>Greens that the coordinator ended.</summary>
    private IEnumerable<PhaseService> Forced(byte phase) => _services[phase].Where(s => s.Reason == EventCode.PhaseForceOff);

    /// <summary>Greens that the coordinator, or a maximum as long as the split, ended.</summary>
    private IEnumerable<PhaseService> UsedUp(byte phase) => _services[phase].Where(s => s.Reason is EventCode.PhaseForceOff or EventCode.PhaseMaxOut);

    /// <summary>Floating when forced greens have one length but no one place; fixed when it is the other way round, or nothing tells.</summary>
    private bool IsFloating(long cycleMs)
    {
        var (forPlace, forLength) = (0.0, 0.0);
        foreach (var phase in _phases.Where(p => !p.IsCoordinated))
        {
            var forced = Forced(phase.Number).ToList();
            if (forced.Count < FewestForceOffs)
            {
                continue;
            }

            forPlace += Circle.ModeOf(forced.Select(s => _log.LocalDayMs(s.YellowMs)), cycleMs, WindowMs)!.Value.Count;
            forLength += Circle.ModeOf(forced.Select(s => s.GreenLengthMs), 3_600_000, WindowMs)!.Value.Count;
        }

        var isFloating = forLength > 1.2 * forPlace;
        var total = forPlace + forLength;
        Note("forceOff", isFloating ? "floating" : "fixed", total == 0 ? 0 : Math.Abs(forLength - forPlace) / Math.Max(forLength, forPlace),
            total == 0 ? "no force-offs in the log: the usual mode" : $"{forPlace:0} forced greens end at one place, {forLength:0} have one length");
        return isFloating;
    }

    /// <summary>Ends of splits by phase, in ms after the anchor.</summary>
    private sealed record Ends(Dictionary<byte, long> EndMs, Dictionary<byte, double> Confidence, Dictionary<byte, string> Basis);

    private Ends FixedEnds(List<List<byte>> order, long cycleMs, long anchor)
    {
        var ends = new Ends([], [], []);
        foreach (var phase in _phases)
        {
            var forced = (phase.IsCoordinated ? _services[phase.Number] : UsedUp(phase.Number)).Select(s => _log.LocalDayMs(s.YellowMs)).ToList();
            if (forced.Count < FewestForceOffs || Circle.ModeOf(forced, cycleMs, WindowMs) is not { } mode || mode.Share < LeastShare)
            {
                continue;
            }

            ends.EndMs[phase.Number] = Circle.After(mode.Value + ChangeAfter(phase, order), anchor, cycleMs);
            ends.Confidence[phase.Number] = mode.Share;
            ends.Basis[phase.Number] = $"{mode.Count} of {mode.Of} forced greens end at one place of the cycle";
        }

        return ends;
    }

    private Ends FloatingEnds(List<List<byte>> order, long cycleMs, long anchor, PhaseTiming anchorPhase)
    {
        var lengths = new Dictionary<byte, (long SplitMs, Mode Mode)>();
        foreach (var phase in _phases.Where(p => !p.IsCoordinated))
        {
            if (Circle.ModeOf(Forced(phase.Number).Select(s => s.GreenLengthMs), 3_600_000, WindowMs) is { Count: >= FewestForceOffs } mode)
            {
                lengths[phase.Number] = (mode.Value + phase.ChangeMs, mode);
            }
        }

        // Walk back from the barrier that follows the coordinated phases, then forward round the cycle.
        var ends = new Ends([], [], []);
        var groups = _phases.Select(p => p.BarrierGroup).Distinct().Order().ToList();
        var at = groups.IndexOf(anchorPhase.BarrierGroup);
        var barrier = Circle.After(anchor + ChangeAfter(anchorPhase, order), anchor, cycleMs);
        for (var step = 0; step < groups.Count; step++)
        {
            var group = groups[(at + step) % groups.Count];
            var lengthOfGroup = 0L;
            foreach (var ring in order)
            {
                var inRing = ring.Where(p => Of(p).BarrierGroup == group).ToList();
                var begin = barrier;
                foreach (var phase in inRing)
                {
                    if (Of(phase).IsCoordinated || !lengths.TryGetValue(phase, out var length))
                    {
                        break;
                    }

                    begin += length.SplitMs;
                    Set(phase, begin, length.Mode.Share, $"{length.Mode.Count} of {length.Mode.Of} forced greens have one length");
                }

                lengthOfGroup = Math.Max(lengthOfGroup, begin - barrier);
            }

            if (step == 0)
            {
                // Its own group is laid out last, from the barrier before it.
                foreach (var phase in order.SelectMany(r => r).Where(p => Of(p).BarrierGroup == group))
                {
                    ends.EndMs.Remove(phase);
                }

                foreach (var last in order.Select(r => r.LastOrDefault(p => Of(p).BarrierGroup == group)).Where(p => p != 0))
                {
                    Set(last, barrier, 0.9, "the coordinated green ends at one place of the cycle");
                }

                continue;
            }

            barrier += lengthOfGroup;
        }

        var first = groups[at];
        foreach (var ring in order)
        {
            var begin = barrier;
            foreach (var phase in ring.Where(p => Of(p).BarrierGroup == first))
            {
                if (Of(phase).IsCoordinated || !lengths.TryGetValue(phase, out var length))
                {
                    break;
                }

                begin += length.SplitMs;
                if (ring.Last(p => Of(p).BarrierGroup == first) != phase)
                {
                    Set(phase, begin, length.Mode.Share, $"{length.Mode.Count} of {length.Mode.Of} forced greens have one length");
                }
            }
        }

        return ends;

        void Set(byte phase, long endMs, double confidence, string basis)
        {
            ends.EndMs[phase] = Circle.After(endMs, 0, cycleMs);
            ends.Confidence[phase] = confidence;
            ends.Basis[phase] = basis;
        }
    }

    private PhaseTiming Of(byte phase) => _phases.First(p => p.Number == phase);

    /// <summary>Change after a phase's force-off: at a barrier the longest of those that end there, because rings cross together.</summary>
    private int ChangeAfter(PhaseTiming phase, List<List<byte>> order)
    {
        var isLast = order[phase.Ring - 1].Last(p => Of(p).BarrierGroup == phase.BarrierGroup) == phase.Number;
        return !isLast ? phase.ChangeMs
            : order.Select(r => r.LastOrDefault(p => Of(p).BarrierGroup == phase.BarrierGroup)).Where(p => p != 0).Max(p => Of(p).ChangeMs);
    }

    private ImmutableSortedDictionary<byte, int> Splits(List<List<byte>> order, Ends ends, long cycleMs, Programmed codes)
    {
        var seen = SeenSplits(order, ends, cycleMs);
        var result = ImmutableSortedDictionary.CreateBuilder<byte, int>();
        var isProgrammed = _phases.All(p => codes.SplitS.ContainsKey(p.Number) || _services[p.Number].Count == 0) && codes.SplitS.Count > 0 && Fills(order, codes.SplitS, cycleMs);
        foreach (var (phase, split) in seen)
        {
            if (!isProgrammed)
            {
                if (split.IsBound)
                {
                    _bounded.Add(phase);
                }

                result[phase] = split.Ms;
                Note($"splits/{phase}", Seconds(split.Ms), split.Confidence, split.Basis);
                continue;
            }

            var programmedMs = codes.SplitS.GetValueOrDefault(phase) * 1000;
            var agrees = Math.Abs(programmedMs - split.Ms) <= ToleranceMs;
            Note($"splits/{phase}", Seconds(programmedMs), agrees || split.IsBound ? 1 : 0.6,
                agrees ? $"code {EventCode.SplitPhase1 + phase - 1}, and {split.Basis}"
                : split.IsBound ? $"code {EventCode.SplitPhase1 + phase - 1}"
                : $"code {EventCode.SplitPhase1 + phase - 1}, though {split.Basis}: {Seconds(split.Ms)} s");
            result[phase] = programmedMs;
        }

        return result.ToImmutable();
    }

    /// <summary>Whether every ring's splits fill the cycle, and rings cross barriers together.</summary>
    private bool Fills(List<List<byte>> order, IReadOnlyDictionary<byte, int> splitS, long cycleMs)
    {
        var total = 0;
        foreach (var group in _phases.Select(p => p.BarrierGroup).Distinct())
        {
            var sums = order.Select(r => r.Where(p => Of(p).BarrierGroup == group).ToList()).Where(r => r.Count > 0)
                .Select(r => r.Sum(p => splitS.GetValueOrDefault(p))).Distinct().ToList();
            if (sums.Count != 1)
            {
                return false;
            }

            total += sums[0];
        }

        return total * 1000L == cycleMs;
    }

    private Dictionary<byte, (int Ms, bool IsBound, double Confidence, string Basis)> SeenSplits(List<List<byte>> order, Ends ends, long cycleMs)
    {
        var groups = _phases.Select(p => p.BarrierGroup).Distinct().Order().ToList();
        var barrierMs = new Dictionary<byte, long>();
        var isBound = new HashSet<byte>();
        foreach (var group in groups.OrderByDescending(g => _phases.Any(p => p.BarrierGroup == g && p.IsCoordinated)))
        {
            var lasts = order.Select(r => r.LastOrDefault(p => Of(p).BarrierGroup == group)).Where(p => p != 0).ToList();
            var known = lasts.Where(ends.EndMs.ContainsKey).ToList();
            if (known.Count > 0)
            {
                // One ring may have been seen better than the other.
                barrierMs[group] = ends.EndMs[known.MaxBy(p => ends.Confidence[p])];
            }
            else
            {
                isBound.Add(group);
                barrierMs[group] = Circle.After(LatestBarrier(lasts, cycleMs, ends), 0, cycleMs);
            }
        }

        var result = new Dictionary<byte, (int, bool, double, string)>();
        for (var i = 0; i < groups.Count; i++)
        {
            var from = barrierMs[groups[(i + groups.Count - 1) % groups.Count]];
            var fromIsBound = isBound.Contains(groups[(i + groups.Count - 1) % groups.Count]);
            var lengthMs = groups.Count == 1 ? cycleMs : WholeSeconds(Circle.After(barrierMs[groups[i]], from, cycleMs));
            foreach (var ring in order)
            {
                var inRing = ring.Where(p => Of(p).BarrierGroup == groups[i]).ToList();
                var usedMs = 0L;
                for (var k = 0; k < inRing.Count; k++)
                {
                    var phase = inRing[k];
                    var isLast = k == inRing.Count - 1;
                    var isSeen = ends.EndMs.ContainsKey(phase) || isLast;
                    var endMs = isLast ? lengthMs
                        : isSeen ? WholeSeconds(Circle.After(ends.EndMs[phase], from, cycleMs))
                        : LatestEnd(phase, from, lengthMs, cycleMs);

                    // Each phase keeps its minimum as long as the group's length allows.
                    var leastMs = Math.Min(lengthMs, usedMs + LeastSplit(phase));
                    endMs = isLast ? lengthMs : Math.Clamp(endMs, leastMs, Math.Max(leastMs, lengthMs - inRing.Skip(k + 1).Sum(LeastSplit)));
                    var bound = !isSeen || fromIsBound || (isLast && isBound.Contains(groups[i])) || (k > 0 && !ends.EndMs.ContainsKey(inRing[k - 1]));
                    result[phase] = ((int)(endMs - usedMs), bound, bound ? 0.3 : ends.Confidence.GetValueOrDefault(phase, 0.8),
                        bound ? "its border was never reached: the longest that was seen" : ends.Basis.GetValueOrDefault(phase, "what the other ring leaves of the cycle"));
                    usedMs = endMs;
                }
            }
        }

        return result;
    }

    /// <summary>A split ends no earlier than any of its greens did, in whole seconds after the barrier before.</summary>
    private long LatestEnd(byte phase, long from, long lengthMs, long cycleMs)
    {
        var latest = _services[phase].Select(s => Circle.After(_log.LocalDayMs(s.YellowMs) - _anchor, from, cycleMs) + Of(phase).ChangeMs).Where(e => e <= lengthMs)
            .DefaultIfEmpty(0).Max();
        return Math.Max((latest + 500) / 1000 * 1000, LeastSplit(phase));
    }

    private long LeastSplit(byte phase) => (Of(phase).MinimumGreenMs + Of(phase).ChangeMs + 999) / 1000 * 1000;

    /// <summary>Latest end that a group's phases show, after the anchor; for groups that were never forced off. It leaves the coordinated group its minimums.</summary>
    private long LatestBarrier(List<byte> lasts, long cycleMs, Ends ends)
    {
        var coordinatedEnd = ends.EndMs.Where(e => Of(e.Key).IsCoordinated).Select(e => e.Value).DefaultIfEmpty(0).Min();
        var most = cycleMs - _phases.Where(p => p.IsCoordinated).Max(p => p.MinimumGreenMs + p.ChangeMs);
        var latest = lasts.SelectMany(p => _services[p].Select(s => Circle.After(_log.LocalDayMs(s.YellowMs) - _anchor, coordinatedEnd, cycleMs) + Of(p).ChangeMs))
            .Where(e => e <= most).DefaultIfEmpty(0).Max();
        return coordinatedEnd + WholeSeconds(Math.Max(latest, lasts.Select(p => (long)Of(p).MinimumGreenMs + Of(p).ChangeMs).DefaultIfEmpty(0).Max()));
    }

    private (int OffsetMs, OffsetReference Reference) OffsetOf(PatternTiming draft, long cycleMs, PhaseTiming anchorPhase, long anchor, List<List<byte>> order, Programmed codes)
    {
        var diagram = CycleDiagram.Of([.. _phases], draft)!;

        // Place of the diagram's zero on the clock, from the one point of it that is seen best.
        var zero = Circle.After(anchor, diagram.ForceOffMs[anchorPhase.Number], cycleMs);
        long PlaceOf(OffsetReference reference) => Circle.After(zero + diagram.ReferenceMs[reference], 0, cycleMs);
        OffsetReference[] all = [OffsetReference.BeginGreen, OffsetReference.BeginYellow, OffsetReference.BeginLastGreen, OffsetReference.BeginRed, OffsetReference.BeginFlashingDontWalk];
        if (order.SelectMany(r => r).Any(p => Of(p).IsCoordinated && IsStartBounded(p, order)))
        {
            // Where the coordinated green is planned to begin was never seen; where it ends was.
            all = [.. all.Where(r => r is not (OffsetReference.BeginGreen or OffsetReference.BeginLastGreen))];
        }

        var (said, basis) = SaidOffset(cycleMs, codes);
        if (said >= 0)
        {
            var nearest = all.MinBy(r => (Circle.Distance(PlaceOf(r), said, cycleMs) + 250) / 500);
            var missMs = Circle.Distance(PlaceOf(nearest), said, cycleMs);
            var twins = all.Where(r => r != nearest && Circle.Distance(PlaceOf(r), PlaceOf(nearest), cycleMs) < 500).ToList();
            var offsetMs = (int)(Math.Round(said / 1000.0) * 1000 % cycleMs);
            Note("offset", $"{Seconds(offsetMs)} to {nearest}", missMs > ToleranceMs ? 0.4 : _isPinned ? 0.6 : 1,
                missMs <= ToleranceMs ? $"{basis}; the point lies {Seconds((int)missMs)} s from there{Also(twins)}" : $"{basis}, though no reference point lies within {Seconds((int)ToleranceMs)} s of it");
            if (missMs <= ToleranceMs)
            {
                return (offsetMs, nearest);
            }

            // Behavior decides where the codes do not fit it: the greens are what drivers meet.
        }

        // Offsets are whole seconds: only the reference that was meant lies on one.
        var whole = all.Where(r => PlaceOf(r) % 1000 == 0).ToList();
        var reference = whole.Count > 0 ? whole[0] : all[0];
        var place = (int)(Math.Round(PlaceOf(reference) / 1000.0) * 1000 % cycleMs);
        Note("offset", $"{Seconds(place)} to {reference}", whole.Count > 0 ? 0.9 : 0.6,
            whole.Count > 0 ? $"from where coordinated greens end; it is a whole second{Also(whole.Skip(1))}" : "from where coordinated greens end; no reference point lies on a whole second");
        return (place, reference);
    }

    /// <summary>Where the controller itself says its local zero lies, ms; -1 when it does not say.</summary>
    private (long PlaceMs, string Basis) SaidOffset(long cycleMs, Programmed codes)
    {
        var localZero = Circle.ModeOf(
            _log.Coordination.Where(c => c is { Code: EventCode.CoordinationState, Parameter: 5 } && IsIn(c.TimeMs)).Select(c => _log.LocalDayMs(c.TimeMs)), cycleMs, WindowMs);
        var actual = Circle.ModeOf(_log.Coordination.Where(c => c.Code == EventCode.ActualOffset && IsIn(c.TimeMs)).Select(c => c.Parameter * 1000L), cycleMs, 0);
        return codes.OffsetS is { } s ? (s * 1000L, "code 133")
            : localZero is { Count: >= FewestForceOffs } zeros ? (zeros.Value, $"{zeros.Count} of {zeros.Of} local zeros (150)")
            : actual is { Count: >= FewestForceOffs } actuals ? (actuals.Value, $"code 318, {actuals.Count} of {actuals.Of} times")
            : (-1L, "");
    }

    /// <summary>
    /// A border before a coordinated phase that no green ever reached is where the local zero lies, if nothing else of the diagram lies there: an offset
    /// points at the begin of a coordinated green more often than at anything else.
    /// </summary>
    private PatternTiming PinnedByZero(PatternTiming draft, List<List<byte>> order, long cycleMs, PhaseTiming anchorPhase, long anchor, Programmed codes)
    {
        var (said, basis) = SaidOffset(cycleMs, codes);
        var diagram = CycleDiagram.Of([.. _phases], draft)!;
        var zero = Circle.After(anchor, diagram.ForceOffMs[anchorPhase.Number], cycleMs);
        if (said < 0 || diagram.ReferenceMs.Values.Any(r => Circle.Distance(zero + r, said, cycleMs) <= ToleranceMs))
        {
            return draft;
        }

        foreach (var ring in order)
        {
            for (var k = 1; k < ring.Count; k++)
            {
                var (lead, led) = (ring[k - 1], ring[k]);
                var beginMs = WholeSeconds(Circle.After(said, zero + diagram.StartMs[lead], cycleMs));
                var bothMs = draft.SplitMs[lead] + draft.SplitMs[led];
                if (!Of(led).IsCoordinated || Of(lead).IsCoordinated || !_bounded.Contains(lead) || !_bounded.Contains(led)
                    || Of(lead).BarrierGroup != Of(led).BarrierGroup || beginMs < draft.SplitMs[lead] || beginMs > bothMs - LeastSplit(led))
                {
                    continue;
                }

                _isPinned = true;
                _bounded.Remove(lead);
                _bounded.Remove(led);
                _evidence.RemoveAll(e => e.Field == $"splits/{lead}" || e.Field == $"splits/{led}");
                Note($"splits/{lead}", Seconds((int)beginMs), 0.6, $"so phase {led} is planned to begin at the local zero ({basis})");
                Note($"splits/{led}", Seconds((int)(bothMs - beginMs)), 0.6, $"planned to begin at the local zero ({basis})");
                return draft with { SplitMs = draft.SplitMs.SetItem(lead, (int)beginMs).SetItem(led, (int)(bothMs - beginMs)) };
            }
        }

        return draft;
    }

    /// <summary>Whether the planned begin of a phase rests on a border that was never reached.</summary>
    private bool IsStartBounded(byte phase, List<List<byte>> order)
    {
        var ring = order.First(r => r.Contains(phase));
        var before = ring[(ring.IndexOf(phase) + ring.Count - 1) % ring.Count];
        return before != phase && _bounded.Contains(before) && _bounded.Contains(phase);
    }

    private static string Also(IEnumerable<OffsetReference> twins)
    {
        var names = string.Join(", ", twins);
        return names.Length == 0 ? "" : $", which {names} would fit as well";
    }

    private static long WholeSeconds(long ms) => (long)Math.Round(ms / 1000.0) * 1000;

    private void Note(string field, int valueS, double confidence, string basis) => Note(field, valueS.ToString(CultureInfo.InvariantCulture), confidence, basis);

    private void Note(string field, string value, double confidence, string basis) => _evidence.Add(new Evidence(field, value, Math.Clamp(confidence, 0, 1), basis));

    private static string Seconds(int ms) => (ms / 1000.0).ToString("0.#", CultureInfo.InvariantCulture);

    private static string Share(double share) => share.ToString("0.00", CultureInfo.InvariantCulture);
}
