using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Utdf;

/// <summary>Writes an approved plan into a UTDF file: of the signals that change, the cells that change.</summary>
public static class UtdfPlans
{
    /// <summary>The document with a plan in it.</summary>
    /// <remarks>
    /// Changed are Cycle Length and Offset, BRP and MaxGreen, and what follows from them: Start, End, Yield, Yield170 and their Local kin; and intervals where the plan was
    /// approved for others than the file has. Synchro takes the offset from Start; so that the stated one counts to the tenth, changed offsets are repeated in a
    /// Timeplans section behind Phases. ActGreen is a result of Synchro's own and stays until it computes it anew. Recalls and all lane data stay.
    /// </remarks>
    /// <param name="document">The document that <paramref name="network"/> was read from.</param>
    /// <param name="network">What was read.</param>
    /// <param name="plan">What the guard approved. Signals of the file that it does not name stay as they are.</param>
    /// <param name="pattern">Number of the pattern that goes into the file, which holds one.</param>
    /// <exception cref="ProblemException">XT664: the plan names a signal that the file lacks, has no such pattern for it, or does not fit; all such are listed.</exception>
    public static UtdfDocument Write(UtdfDocument document, UtdfNetwork network, ApprovedPlan plan, byte pattern)
    {
        var signals = network.Signals.ToBuilder();
        var patterns = new PatternTiming?[signals.Count];
        var problems = new List<Problem>();
        foreach (var (proposal, facts) in plan.Proposal.Signals.Zip(plan.Facts))
        {
            var index = signals.ToList().FindIndex(s => proposal.Signal.Value == s.Controller.ToString(CultureInfo.InvariantCulture));
            var timing = proposal.Patterns.FirstOrDefault(p => p.Timing.Number == pattern)?.Timing;
            if (index < 0 || timing is null)
            {
                problems.Add(new Problem("XT664", $"signal {proposal.Signal}", index < 0 ? "The file has no such signal." : $"The plan has no pattern {pattern} for it."));
                continue;
            }

            patterns[index] = timing;
            signals[index] = signals[index] with { Phases = [.. signals[index].Phases.Select(p => WithIntervals(p, proposal.Phases ?? facts.Phases))] };
        }

        return problems.Count > 0
            ? throw new ProblemException(problems)
            : Write(document, network, new NetworkPlan { Patterns = [.. patterns] }, signals.ToImmutable());
    }

    /// <summary>As the other, for a plan of this process that nobody has judged: for measurements and tests.</summary>
    internal static UtdfDocument Write(UtdfDocument document, UtdfNetwork network, NetworkPlan plan) => Write(document, network, plan, network.Signals);

    private static UtdfDocument Write(UtdfDocument document, UtdfNetwork network, NetworkPlan plan, ImmutableArray<UtdfSignal> signals)
    {
        Check(document, signals, plan);
        var changes = new UtdfChanges();
        var forced = new List<(int Controller, string Offset)>();
        for (var i = 0; i < signals.Length; i++)
        {
            var (now, file) = (signals[i], network.Signals[i]);
            if (plan.Patterns[i] is not { } pattern || (IsSame(pattern, network.Today.Patterns[i], file) && now.Phases.SequenceEqual(file.Phases)))
            {
                continue;
            }

            if (new SignalWriter(document, changes, file, now, pattern).Write() is { } offset)
            {
                forced.Add((file.Controller, offset));
            }
        }

        Force(document, changes, forced);
        return changes.IsEmpty ? document : document.Apply(changes);
    }

    private static UtdfPhase WithIntervals(UtdfPhase phase, IEnumerable<PhaseTiming> timings) =>
        timings.FirstOrDefault(t => t.Number == phase.Number) is not { } timing
            ? phase
            : phase with
            {
                // The split that the file states stays until the plan changes it.
                MaximumGreenMs = phase.SplitMs - timing.ChangeMs,
                MinimumGreenMs = timing.MinimumGreenMs,
                YellowMs = timing.YellowMs,
                RedClearanceMs = timing.RedClearanceMs,
                WalkMs = timing.WalkMs,
                DontWalkMs = timing.PedestrianClearanceMs,
            };

    internal static OffsetReference Core(UtdfReference reference) => reference switch
    {
        UtdfReference.LastGreen => OffsetReference.BeginLastGreen,
        UtdfReference.Yellow => OffsetReference.BeginYellow,
        UtdfReference.Red => OffsetReference.BeginRed,
        UtdfReference.FirstGreen => OffsetReference.BeginGreen,
        _ => OffsetReference.BeginFlashingDontWalk,
    };

    private static void Check(UtdfDocument document, ImmutableArray<UtdfSignal> signals, NetworkPlan plan)
    {
        if (plan.Patterns.Length != signals.Length)
        {
            throw new ProblemException("XT664", document.Name, $"The plan has {plan.Patterns.Length} patterns for {signals.Length} signals: give one for each.");
        }

        var problems = new List<Problem>();
        for (var i = 0; i < plan.Patterns.Length; i++)
        {
            var (pattern, signal) = (plan.Patterns[i], signals[i]);
            if (pattern is null)
            {
                continue;
            }

            var where = $"signal {signal.Controller}";
            if (signal.ReferencePhases.IsEmpty)
            {
                problems.Add(new Problem("XT664", where, "The file names no reference phase for it, so an offset would mean nothing: set Reference Phase first."));
                continue;
            }

            foreach (var phase in signal.Phases.Where(p => pattern.SplitMs.GetValueOrDefault(p.Number) < p.MinimumGreenMs + p.ChangeMs))
            {
                var needs = Math.Min(phase.MinimumGreenMs + phase.ChangeMs, phase.SplitMs);
                if (pattern.SplitMs.GetValueOrDefault(phase.Number) < needs)
                {
                    problems.Add(new Problem(
                        "XT664", where,
                        $"Phase {phase.Number} has a split of {pattern.SplitMs.GetValueOrDefault(phase.Number) / 1000.0:0.#} s, below its minimum green, yellow and red clearance of {needs / 1000.0:0.#} s."));
                }
            }

            foreach (var barrier in signal.Phases.GroupBy(p => p.Barrier))
            {
                var sums = barrier.GroupBy(p => p.Ring).Select(r => r.Sum(p => pattern.SplitMs.GetValueOrDefault(p.Number))).Distinct().ToList();
                if (sums.Count > 1)
                {
                    problems.Add(new Problem("XT664", where, $"Rings of barrier {barrier.Key} last {string.Join(" and ", sums.Select(s => $"{s / 1000.0:0.#} s"))}: make them equal."));
                }
            }

            var length = UtdfLayout.Of(signal, pattern).LengthMs;
            if (length != pattern.CycleMs)
            {
                problems.Add(new Problem("XT664", where, $"Splits fill {length / 1000.0:0.#} s of a cycle of {pattern.CycleMs / 1000.0:0.#} s."));
            }
        }

        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }
    }

    private static bool IsSame(PatternTiming pattern, PatternTiming? today, UtdfSignal signal)
    {
        if (today is null || pattern.CycleMs != today.CycleMs || !signal.Phases.All(p => pattern.SplitMs[p.Number] == today.SplitMs[p.Number]))
        {
            return false;
        }

        var (now, then) = (UtdfLayout.Of(signal, pattern), UtdfLayout.Of(signal, today));
        return now.Sequence.Zip(then.Sequence).All(r => r.First.SequenceEqual(r.Second))
            && now.Modulo(pattern.OffsetMs - now.PatternPointMs(pattern.Reference)!.Value) == then.Modulo(today.OffsetMs - then.PatternPointMs(today.Reference)!.Value);
    }

    private static void Force(UtdfDocument document, UtdfChanges changes, List<(int Controller, string Offset)> forced)
    {
        if (forced.Count == 0)
        {
            return;
        }

        var phases = document.Named("Phases").First();
        var section = document.Named("Timeplans").Skip(1).LastOrDefault(p => p.HeaderLine > phases.HeaderLine);
        var rows = forced.Select(f => new[] { "Offset", f.Controller.ToString(CultureInfo.InvariantCulture), f.Offset });
        if (section is null)
        {
            changes.AddSection(document, "Timeplans", "Timing Plan Settings", ["RECORDNAME", "INTID", "DATA"], rows);
            return;
        }

        foreach (var (controller, offset) in forced)
        {
            if (section.Find("Offset", controller) is { } row && section.FindColumn("DATA") is { } column)
            {
                changes.Set(row, column, offset);
            }
            else
            {
                changes.AddRow(document, section, ["Offset", controller.ToString(CultureInfo.InvariantCulture), offset]);
            }
        }
    }

    private sealed class SignalWriter(UtdfDocument document, UtdfChanges changes, UtdfSignal file, UtdfSignal signal, PatternTiming pattern)
    {
        private readonly UtdfSection _plans = document.Named("Timeplans").First();
        private readonly UtdfSection _phases = document.Named("Phases").First();
        private readonly UtdfLayout _old = UtdfLayout.Of(file);
        private readonly UtdfLayout _new = UtdfLayout.Of(signal, pattern);

        /// <summary>The new offset as written; null when it is as it was.</summary>
        public string? Write()
        {
            var zero = pattern.OffsetMs - _new.PatternPointMs(pattern.Reference)!.Value;
            var offset = _new.Modulo(zero + _new.FilePointMs(signal.Reference)!.Value);
            Set(_plans, "Cycle Length", "DATA", pattern.CycleMs);
            var isMoved = Set(_plans, "Offset", "DATA", offset) || offset != signal.OffsetMs;
            foreach (var (phase, was) in signal.Phases.Zip(file.Phases))
            {
                var column = $"D{phase.Number}";
                var (start, end, yield) = _new.Times(phase, zero);
                var yield170 = ShowsWalk(phase) ? _new.Modulo(yield - phase.DontWalkMs) : yield;
                Intervals(phase, was, column);
                if (_new.SplitMs(phase.Number) != _old.SplitMs(phase.Number) || phase.ChangeMs != was.ChangeMs)
                {
                    Set(_phases, "MaxGreen", column, _new.SplitMs(phase.Number) - phase.ChangeMs);
                }

                Set(_phases, "BRP", column, _new.BrpOf(phase) * 1000);
                Set(_phases, "Start", column, start);
                Set(_phases, "End", column, end);
                Set(_phases, "Yield", column, yield);
                Set(_phases, "Yield170", column, yield170);
                Set(_phases, "LocalStart", column, _new.Modulo(start - offset));
                Set(_phases, "LocalYield", column, _new.Modulo(yield - offset));
                Set(_phases, "LocalYield170", column, _new.Modulo(yield170 - offset));
            }

            return isMoved ? Text(offset, false) : null;
        }

        private void Intervals(UtdfPhase phase, UtdfPhase was, string column)
        {
            foreach (var (record, now, before) in new[]
            {
                ("MinGreen", phase.MinimumGreenMs, was.MinimumGreenMs), ("Yellow", phase.YellowMs, was.YellowMs), ("AllRed", phase.RedClearanceMs, was.RedClearanceMs),
                ("Walk", phase.WalkMs, was.WalkMs), ("DontWalk", phase.DontWalkMs, was.DontWalkMs),
            })
            {
                if (now != before)
                {
                    Set(_phases, record, column, now);
                }
            }
        }

        /// <summary>Where a 170 yields at flashing don't walk: phases whose walk comes every cycle.</summary>
        private bool ShowsWalk(UtdfPhase phase) =>
            phase.Recall >= 2 || (signal.Control == UtdfControl.ActuatedCoordinated && signal.ReferencePhases.Contains(phase.Number));

        /// <summary>Writes a value where the file has the row and column and says something else.</summary>
        private bool Set(UtdfSection section, string record, string column, int ms)
        {
            if (section.Find(record, signal.Controller) is not { } row || section.FindColumn(column) is not { } at)
            {
                return false;
            }

            var old = document.GetText(row, at);
            if (double.TryParse(old.AsSpan().TrimStart('*'), NumberStyles.Float, CultureInfo.InvariantCulture, out var before) && (int)Math.Round(before * 10) * 100 == ms)
            {
                return false;
            }

            changes.Set(row, at, Text(ms, old.Contains('.', StringComparison.Ordinal)));
            return true;
        }

        private static string Text(int ms, bool hasDecimals) => (ms / 1000.0).ToString(hasDecimals ? "0.0" : "0.#", CultureInfo.InvariantCulture);
    }
}
