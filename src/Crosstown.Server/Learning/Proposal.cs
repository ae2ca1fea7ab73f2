using Crosstown.Core.Street;
using Crosstown.Server.Configuration;

namespace Crosstown.Server.Learning;

/// <summary>What became of learning a signal.</summary>
internal enum ProposalState
{
    /// <summary>Nobody has asked, and the log is too short for a proposal by itself.</summary>
    None,

    /// <summary>It waits for the signals before it.</summary>
    Queued,

    /// <summary>The log is being read.</summary>
    Running,

    /// <summary>There is a proposal.</summary>
    Ready,

    /// <summary>Reading the log failed; there may be an earlier proposal.</summary>
    Failed,
}

/// <summary>A configuration that the log itself proposes.</summary>
/// <param name="LearnedMs">When it was learned, ms UTC.</param>
internal sealed record Proposal(long LearnedMs, Learned Learned);

/// <summary>One setting of a proposal.</summary>
/// <param name="Field">Such as <c>detectors/12/phase</c>.</param>
/// <param name="Now">What is configured; null when nothing is.</param>
/// <param name="Proposed">What the log says; null where it does not say enough.</param>
/// <param name="Confidence">0-1: how far the evidence is trusted; null where the learner gives no figure of its own, as for an item that is simply listed.</param>
/// <param name="Basis">The figures that it rests on, in words; empty where there are none.</param>
/// <param name="IsSame">True when what is proposed is configured already.</param>
/// <param name="IsChosen">Whether it is chosen unless a person decides otherwise: sure enough, and nothing else is configured.</param>
internal sealed record ProposedField(string Field, string? Now, string? Proposed, double? Confidence, string Basis, bool IsSame, bool IsChosen);

/// <summary>Lays a proposal beside what is configured.</summary>
internal static class ProposedFields
{
    /// <summary>The confidence from which a proposed value is chosen by itself. The evidence's figures are shares of like statements that were right.</summary>
    public const double SureEnough = 0.9;

    private const string Unknown = "unknown";

    public static IReadOnlyList<ProposedField> Of(SignalConfiguration proposed, SignalConfiguration? now)
    {
        var evidence = new Dictionary<string, Evidence>(StringComparer.Ordinal);
        foreach (var statement in proposed.Evidence)
        {
            foreach (var field in FieldsOf(statement.Field))
            {
                evidence.TryAdd(field, statement);
            }
        }

        var configured = now is null ? [] : SettingList.Of(now).ToDictionary(s => s.Field, s => s.Value, StringComparer.Ordinal);
        var said = SettingList.Of(proposed);
        var rows = said.Select(setting =>
        {
            var statement = evidence.GetValueOrDefault(setting.Field);
            var value = configured.GetValueOrDefault(setting.Field);
            var confidence = setting.Field == "zone" ? 1 : statement?.Confidence;
            var basis = setting.Field == "zone" ? "The zone with which the logs were imported." : statement?.Basis ?? "";
            return new ProposedField(
                setting.Field, value, setting.Value, confidence, basis, value == setting.Value, value is null && (confidence is null or >= SureEnough));
        }).ToList();

        // What the learner looked for and could not say: shown, so that nobody looks for it a second time.
        var fields = said.Select(s => s.Field).ToHashSet(StringComparer.Ordinal);
        rows.AddRange(evidence.Where(e => e.Value.Value == Unknown && !fields.Contains(e.Key))
            .Select(e => new ProposedField(e.Key, configured.GetValueOrDefault(e.Key), null, e.Value.Confidence, e.Value.Basis, false, false)));
        return [.. rows.OrderBy(r => r.Field, Comparer<string>.Create(SettingList.Compare))];
    }

    /// <summary>The evidence of a proposal for some of its fields.</summary>
    public static IEnumerable<Evidence> EvidenceOf(SignalConfiguration proposed, IReadOnlySet<string> fields) =>
        proposed.Evidence.Where(e => FieldsOf(e.Field).Any(fields.Contains));

    /// <summary>The settings that a statement of the learner is about; it has words of its own for some.</summary>
    private static IEnumerable<string> FieldsOf(string statement)
    {
        var parts = statement.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = parts[i] == "role" ? "functions" : Camel(parts[i]);
        }

        var field = string.Join('/', parts);
        return field.EndsWith("/ring", StringComparison.Ordinal) ? [field, $"{field[..^"ring".Length]}barrierGroup"] : [field];
    }

    private static string Camel(string snake) =>
        string.Concat(snake.Split('_').Select((word, i) => i == 0 || word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
}
