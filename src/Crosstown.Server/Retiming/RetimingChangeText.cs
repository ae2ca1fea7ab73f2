using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Server.Api;
using Crosstown.Timing.Proof;
using Crosstown.Timing.Retiming;

namespace Crosstown.Server.Retiming;

/// <summary>What a proposal changes, and what to enter to go back, as plain text: signal by signal, pattern by pattern.</summary>
internal sealed class RetimingChangeText(RetimingAnswer answer)
{
    private const string Free = "free";

    /// <summary>Parts of a phase that its sheet holds and that no pattern does.</summary>
    private static readonly (string Word, Func<PhaseTiming, int> Part)[] s_intervals =
    [
        ("minimum green", p => p.MinimumGreenMs), ("yellow", p => p.YellowMs), ("red clearance", p => p.RedClearanceMs), ("walk", p => p.WalkMs), ("flashing don't walk", p => p.PedestrianClearanceMs),
    ];

    private readonly LogRetimingResult _result = answer.Result;

    /// <summary>Before and after, with reasons.</summary>
    public string Changes()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        text.WriteLine("What this retiming changes, signal by signal: today -> plan.");
        text.WriteLine(answer.Source);
        foreach (var (proposal, facts) in Proposed())
        {
            var index = IndexOf(proposal.Signal);
            text.WriteLine();
            text.WriteLine(Title(proposal.Signal, index));
            foreach (var phase in proposal.Phases ?? [])
            {
                var today = facts.Phases.First(p => p.Number == phase.Number);
                foreach (var (word, part) in s_intervals.Where(i => i.Part(phase) != i.Part(today)))
                {
                    text.WriteLine($"  phase {phase.Number}, all patterns: {word} {Seconds(part(today))} -> {Seconds(part(phase))}");
                }
            }

            foreach (var period in _result.Periods.Where(p => p.Result is not null && proposal.Patterns.Any(x => x.Timing.Number == p.Pattern)))
            {
                WritePeriod(text, period, proposal, index);
            }
        }

        return text.ToString();
    }

    /// <summary>What is in the cabinets today, whole: what they get again when the change is rolled back.</summary>
    public string RollBack()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        text.WriteLine("How to go back: what is in the cabinets today, as the logs and the configuration tell it.");
        text.WriteLine(answer.Source);
        text.WriteLine("New patterns have numbers that no cabinet uses, so that today's stay beside them: let the schedule call today's again, and set intervals back where the plan changed them.");
        foreach (var (proposal, facts) in Proposed())
        {
            var index = IndexOf(proposal.Signal);
            text.WriteLine();
            text.WriteLine(Title(proposal.Signal, index));
            text.WriteLine("  schedule:");
            foreach (var period in _result.Periods)
            {
                text.WriteLine($"    {period.Study.Name}: {(period.Study.Network.Signals[index].Today is { } runs ? $"pattern {runs.Number}" : Free)}");
            }

            if (proposal.Phases is not null)
            {
                text.WriteLine("  intervals, as they were before the change:");
                foreach (var phase in facts.Phases)
                {
                    text.WriteLine($"    phase {phase.Number}: {string.Join(", ", s_intervals.Select(i => $"{i.Word} {Seconds(i.Part(phase))}"))}");
                }
            }

            foreach (var pattern in facts.Patterns.Where(p => proposal.Patterns.All(x => x.Timing.Number != p.Number)))
            {
                text.WriteLine($"  pattern {pattern.Number}: cycle {Seconds(pattern.CycleMs)}, offset {Seconds(pattern.OffsetMs)} to {Reference(pattern)}, order {Order(facts.Phases, pattern)}");
                text.WriteLine($"    splits: {string.Join(", ", pattern.SplitMs.Select(s => $"phase {s.Key} {Seconds(s.Value)}"))}");
            }
        }

        return text.ToString();
    }

    private static void WritePeriod(StringWriter text, RetimedPeriod period, SignalProposal proposal, int index)
    {
        var before = period.Study.Network.Signals[index].Today;
        var after = proposal.Patterns.First(x => x.Timing.Number == period.Pattern).Timing;
        text.WriteLine($"  {period.Study.Name}: {(before is null ? Free : $"pattern {before.Number}")} -> pattern {after.Number}");
        Change(text, "cycle", before is null ? null : Seconds(before.CycleMs), Seconds(after.CycleMs));
        Change(text, "offset", before is null ? null : $"{Seconds(before.OffsetMs)} to {Reference(before)}", $"{Seconds(after.OffsetMs)} to {Reference(after)}");
        var words = ApproachWords.ByPhase(period.Study.Network, index);
        foreach (var (phase, ms) in after.SplitMs)
        {
            Change(text, $"split {phase}{(words.TryGetValue(phase, out var movement) ? $" ({movement})" : "")}", before?.SplitMs.TryGetValue(phase, out var was) == true ? Seconds(was) : null, Seconds(ms));
        }

        Change(text, "order", before is null ? null : Order(period.Study.Network.Signals[index].Phases, before), Order(period.Result!.Network.Signals[index].Phases, after));
        foreach (var change in period.Result.Changes.Where(c => c.Signal == index))
        {
            text.WriteLine($"    because: {change.Text}");
        }
    }

    private static void Change(StringWriter text, string what, string? before, string after) =>
        text.WriteLine(before == after ? $"    {what}: {after}, stays" : $"    {what}: {before ?? "none"} -> {after}");

    private static string Seconds(int ms) => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000.0:0.#} s");

    private static string Reference(PatternTiming pattern) => EnumWord.Of(pattern.Reference).Replace('-', ' ');

    private static string Order(ImmutableArray<PhaseTiming> phases, PatternTiming pattern)
    {
        var diagram = new RingDiagram(phases);
        diagram.SetSequence(pattern.Sequence);
        return string.Join(" | ", Enumerable.Range(0, diagram.RingCount).Select(r => string.Join(' ', diagram.OrderOf(r).ToArray())));
    }

    private IEnumerable<(SignalProposal Proposal, SignalFacts Facts)> Proposed() =>
        _result.Approval is { } approval ? approval.Proposal.Signals.Zip(approval.Facts) : [];

    private string Title(SignalId signal, int index) => _result.Periods[0].Study.Network.Signals[index].Name is { Length: > 0 } name ? $"Signal {signal}, {name}" : $"Signal {signal}";

    private int IndexOf(SignalId signal)
    {
        var signals = _result.Periods[0].Study.Network.Signals;
        return Enumerable.Range(0, signals.Length).First(s => signals[s].Signal == signal);
    }
}
