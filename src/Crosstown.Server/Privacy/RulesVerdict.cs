using System.Collections.Immutable;

namespace Crosstown.Server.Privacy;

/// <summary>Whether a running program keeps the published rules (rule P25).</summary>
/// <param name="Differences">What differs, one sentence each; empty when nothing does.</param>
/// <param name="Proofs">Short proofs of the rules that it runs.</param>
public sealed record RulesVerdict(ImmutableArray<string> Differences, ImmutableArray<string> Proofs)
{
    public bool IsPublished => Differences.IsEmpty;

    /// <summary>Compares what runs with the inventory, and the rules that run with the last material change.</summary>
    public static RulesVerdict Of(Inventory inventory, ImmutableArray<RunningGroup> running, IReadOnlyList<MaterialChange> changes)
    {
        var proofs = PublishedRules.ListProofs(inventory);
        var recorded = changes.Count == 0 ? [] : changes[^1].Proofs;
        return new RulesVerdict(
            [
                .. inventory.ListDifferences(running),
                .. proofs.Where(p => !recorded.Contains(p)).Select(p => $"the rules in force ({p}) are not those of the last material change"),
                .. changes.Where(c => !c.HasNotice).Select(c => $"material change {c.Number} takes effect less than {MaterialChange.NoticeDays} days after it was announced"),
            ],
            [.. proofs]);
    }
}
