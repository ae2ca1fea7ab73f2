using Crosstown.Core.Controllers;
using Crosstown.Simulation.Towns;
using Crosstown.Timing.Demand.InForce;
using Crosstown.Timing.Demand;

namespace Crosstown.Timing.Tests.Demand;

public sealed class InForceTests
{
    [Theory]
    [InlineData(7, true)]
    [InlineData(7, false)]
    [InlineData(21, false)]
    public void Cycle_offset_and_splits_come_back_exactly_from_codes_and_from_behavior_alone(ulong seed, bool withCodes)
    {
        var record = TownRecord.Of(seed, 8, 5.5, 12);
        var wrong = new List<string>();
        foreach (var signal in record.Town.Signals)
        {
            var log = record.LogOf(signal, withCodes ? null : TownRecord.IsBehavior);
            var learnt = InForceLearner.Learn(signal.Configuration, log);
            foreach (var number in new byte[] { 1, 2 })
            {
                var truth = signal.Program.Patterns.First(p => p.Number == number);
                var at = Town.DefaultStartMs + (2 * TownRecord.Day) + (long)((number == 1 ? 8 : 11) * TownRecord.Hour);
                var span = learnt.FindSpan(at)!;
                var pattern = learnt.FindPattern(span.Number);
                wrong.AddRange(Differences(signal, truth, pattern).Select(d => $"{signal.Signal} pattern {number}: {d} [{Describe(pattern)}]"));
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    private static string Describe(RecoveredPattern? p) => p is null ? "none"
        : $"C {p.Timing.CycleMs / 1000} O {p.Timing.OffsetMs / 1000} {p.Timing.Reference} {p.Timing.ForceOff} {string.Join(" ", p.Timing.SplitMs.Select(s => $"{s.Key}:{s.Value / 1000}"))} bounded {string.Join(",", p.BoundedSplits)} seq {string.Join("|", p.Timing.Sequence.Select(r => string.Join(" ", r)))} {string.Join("; ", p.Evidence.Where(e => e.Field is "offset" or "forceOff" or "cycle").Select(e => e.Basis))}";

    private static IEnumerable<string> Differences(TownSignal signal, PatternTiming truth, RecoveredPattern? found)
    {
        if (found is null)
        {
            yield return "not found";
            yield break;
        }

        if (found.Timing.CycleMs != truth.CycleMs)
        {
            yield return $"cycle {found.Timing.CycleMs} for {truth.CycleMs}";
            yield break;
        }

        foreach (var (phase, split) in truth.SplitMs)
        {
            if (!found.BoundedSplits.Contains(phase) && found.Timing.SplitMs.GetValueOrDefault(phase) != split)
            {
                yield return $"split {phase} {found.Timing.SplitMs.GetValueOrDefault(phase)} for {split}";
            }
        }

        var diagram = CycleDiagram.Of([.. signal.Program.Phases], truth)!;
        var expected = diagram.OffsetTo(truth, found.Timing.Reference);
        if (Circle.Distance(found.Timing.OffsetMs, expected, truth.CycleMs) > 500)
        {
            yield return $"offset {found.Timing.OffsetMs} to {found.Timing.Reference} for {expected}";
        }
    }
}
