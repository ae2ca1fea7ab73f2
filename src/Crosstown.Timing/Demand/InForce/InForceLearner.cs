using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Timing.Demand.Reading;

namespace Crosstown.Timing.Demand.InForce;

/// <summary>Recovers the timing in force at one signal: from its codes, and where they are missing from its behavior.</summary>
public static class InForceLearner
{
    private const byte Flash = 255;

    // Two plans seen only by their behavior are one when their cycle is the same and their greens end at the same place.
    private const long SamePlaceMs = 500;

    /// <summary>Recovers phases, patterns, and which of them ran when.</summary>
    /// <param name="configuration">Rings, barriers and coordinated phases are taken from here where they are known and agree with the log.</param>
    /// <param name="log">One signal's log.</param>
    public static TimingInForce Learn(SignalConfiguration configuration, SignalLog log)
    {
        var learner = new PhaseLearner(configuration, log);
        var phases = learner.Learn();
        var coordinated = phases.Where(p => p.IsCoordinated).Select(p => (int)p.Number).ToList();
        var spans = new List<Span>();
        if (log.Range.LengthMs > 0)
        {
            spans = Spans(log, coordinated);
        }

        var patterns = new List<RecoveredPattern>();
        foreach (var group in spans.Where(s => s.Number is not (ControllerStep.FreePattern or Flash)).GroupBy(s => s.Number).OrderBy(g => g.Key))
        {
            var isLogged = group.Any(s => s.IsLogged);
            var pattern = new PatternLearner(log, phases, [.. group.Select(s => s.When)]);
            var codes = PatternLearner.ReadCodes(log, group.Where(s => s.IsLogged).Select(s => s.When.StartMs));
            if (pattern.Learn(group.Key, isLogged, codes) is { } learnt)
            {
                patterns.Add(learnt);
            }
        }

        return new TimingInForce
        {
            Signal = log.Signal,
            Phases = phases,
            Overlaps = OverlapsOf(configuration, phases),
            Patterns = [.. patterns],
            Spans = Merged(spans),
            WalkCallShare = WalkShares(log, phases),
            Evidence = learner.Evidence,
        };
    }

    private sealed record Span(TimeRange When, byte Number, bool IsLogged);

    /// <summary>From code 131 on as it says; before the first one, or without any, by behavior.</summary>
    private static List<Span> Spans(SignalLog log, List<int> coordinated)
    {
        var changes = log.Coordination.Where(c => c.Code == EventCode.CoordinationPatternChange && c.Parameter is >= 0 and <= 255).ToList();
        var spans = new List<Span>();
        for (var i = 0; i < changes.Count; i++)
        {
            var endMs = i + 1 < changes.Count ? changes[i + 1].TimeMs : log.Range.EndMs;
            if (endMs > changes[i].TimeMs)
            {
                var number = changes[i].Parameter == 0 ? ControllerStep.FreePattern : (byte)changes[i].Parameter;
                spans.Add(new Span(new TimeRange(changes[i].TimeMs, endMs), number, true));
            }
        }

        var unsaid = new TimeRange(log.Range.StartMs, changes.Count > 0 ? changes[0].TimeMs : log.Range.EndMs);
        if (unsaid.LengthMs > 0 && coordinated.Count > 0)
        {
            spans.InsertRange(0, ByBehavior(log, coordinated, unsaid, spans));
        }

        return spans;
    }

    private static List<Span> ByBehavior(SignalLog log, List<int> coordinated, TimeRange range, List<Span> logged)
    {
        var known = logged.Where(s => s.Number is not (ControllerStep.FreePattern or Flash)).GroupBy(s => s.Number)
            .Select(g => (Number: g.Key, Signature: SignatureOf(log, coordinated, [.. g.Select(s => s.When)], null))).ToList();
        var spans = new List<Span>();
        foreach (var segment in CycleFinder.Segment(log, coordinated, range))
        {
            if (segment.CycleS is null || SignatureOf(log, coordinated, [segment.When], segment.CycleS) is not { } signature)
            {
                spans.Add(new Span(segment.When, ControllerStep.FreePattern, false));
                continue;
            }

            var twin = known.FindIndex(k => k.Signature is { } other && Same(other, signature));
            if (twin < 0)
            {
                byte number = 1;
                while (known.Exists(k => k.Number == number))
                {
                    number++;
                }

                known.Add((number, signature));
                twin = known.Count - 1;
            }

            spans.Add(new Span(segment.When, known[twin].Number, false));
        }

        return spans;
    }

    private static bool Same((int CycleS, long[] Places) a, (int CycleS, long[] Places) b)
    {
        if (a.CycleS != b.CycleS)
        {
            return false;
        }

        for (var i = 0; i < a.Places.Length; i++)
        {
            if (a.Places[i] >= 0 && b.Places[i] >= 0 && Circle.Distance(a.Places[i], b.Places[i], a.CycleS * 1000L) > SamePlaceMs)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Cycle, and where in it each coordinated green ends; -1 for one that was not served.</summary>
    private static (int CycleS, long[] Places)? SignatureOf(SignalLog log, List<int> coordinated, List<TimeRange> when, int? cycleS)
    {
        var ends = coordinated.Select(p => log.Services[p].Where(s => when.Exists(w => w.Contains(s.YellowMs)) && !log.IsDisturbed(s.YellowMs))
            .Select(s => log.LocalDayMs(s.YellowMs)).ToArray()).ToList();
        var cycle = cycleS ?? CycleFinder.Find(ends)?.CycleS;
        return cycle is { } s ? (s, [.. ends.Select(e => Circle.ModeOf(e, s * 1000L, 300)?.Value ?? -1)]) : null;
    }

    private static ImmutableArray<PatternSpan> Merged(List<Span> spans)
    {
        var merged = new List<PatternSpan>();
        foreach (var span in spans)
        {
            if (merged.Count > 0 && merged[^1].Number == span.Number && merged[^1].When.EndMs == span.When.StartMs)
            {
                merged[^1] = new PatternSpan(new TimeRange(merged[^1].When.StartMs, span.When.EndMs), span.Number);
            }
            else
            {
                merged.Add(new PatternSpan(span.When, span.Number));
            }
        }

        return [.. merged];
    }

    private static ImmutableArray<OverlapTiming> OverlapsOf(SignalConfiguration configuration, ImmutableArray<PhaseTiming> phases)
    {
        var overlaps = ImmutableArray.CreateBuilder<OverlapTiming>();
        foreach (var overlap in configuration.Overlaps)
        {
            var parents = overlap.ParentPhases.Where(p => phases.Any(q => q.Number == p)).ToImmutableArray();
            var leftPhase = overlap.IsFlashingYellowArrow
                ? configuration.Approaches.Where(a => a.Permissive == new SignalGroup(overlap.Number, true) && a.Protected is { IsOverlap: false })
                    .Select(a => a.Protected!.Value.Number).FirstOrDefault()
                : (byte)0;
            var driving = parents.Remove(leftPhase);
            if (driving.IsEmpty || overlap.Number > 16)
            {
                continue;
            }

            var all = parents.Select(p => phases.First(q => q.Number == p)).ToList();
            overlaps.Add(new OverlapTiming
            {
                Number = overlap.Number,
                Kind = overlap.IsFlashingYellowArrow ? OverlapKind.FlashingYellowArrow : OverlapKind.Standard,
                Parents = driving,
                ProtectedPhase = parents.Contains(leftPhase) ? leftPhase : (byte)0,
                YellowMs = all.Min(p => p.YellowMs),
                RedClearanceMs = all.Min(p => p.RedClearanceMs),
            });
        }

        return overlaps.ToImmutable();
    }

    private static ImmutableSortedDictionary<byte, double> WalkShares(SignalLog log, ImmutableArray<PhaseTiming> phases)
    {
        var shares = ImmutableSortedDictionary.CreateBuilder<byte, double>();
        foreach (var phase in phases.Where(p => p.WalkMs > 0))
        {
            var services = log.Services[phase.Number];
            shares[phase.Number] = services.Count(s => s.WalkMs is not null) / (double)services.Count;
        }

        return shares.ToImmutable();
    }
}
