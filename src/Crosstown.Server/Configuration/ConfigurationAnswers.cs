using System.Text.Json.Nodes;
using Crosstown.Server.Learning;

namespace Crosstown.Server.Configuration;

/// <summary>A signal's configuration: all versions, and the one that holds now.</summary>
/// <param name="EntityTag">To be sent back as <c>If-Match</c> with a change.</param>
/// <param name="Current">The version that holds now, as <c>docs/schema/signal.schema.json</c> describes it; null for a signal that is not configured.</param>
/// <param name="ProposalState">Whether the log itself proposes one.</param>
internal sealed record ConfigurationAnswer(string Signal, string EntityTag, IReadOnlyList<VersionAnswer> Versions, JsonObject? Current, ProposalState ProposalState);

/// <summary>One version of a configuration.</summary>
/// <param name="ValidFromMs">From when on it holds, ms UTC; null for the beginning.</param>
/// <param name="ValidToMs">From when on the next one holds, ms UTC; null for the last.</param>
/// <param name="IsCurrent">Whether it holds now.</param>
internal sealed record VersionAnswer(long? ValidFromMs, long? ValidToMs, bool IsCurrent, string Name, int Approaches, int Detectors, int Phases, int Overlaps, int Patterns);

/// <summary>What differs between two configurations of a signal.</summary>
/// <param name="Before">What stands on the left: a version's start, or that there is none.</param>
/// <param name="After">What stands on the right.</param>
/// <param name="Problems">What is wrong with a text that was handed in; it cannot be saved while there are any.</param>
internal sealed record DiffAnswer(string Signal, string Before, string After, IReadOnlyList<SettingChange> Changes, IReadOnlyList<ProblemAnswer> Problems);

/// <summary>One problem: its code, the field, and what is wrong with it.</summary>
internal sealed record ProblemAnswer(string Code, string Where, string Message);

/// <summary>What the log proposes for a signal.</summary>
/// <param name="Ahead">Signals that are learned before it; 0 unless it waits.</param>
/// <param name="LearnedMs">When it was learned, ms UTC; null when there is no proposal.</param>
/// <param name="FromMs">First moment of the log that was read, ms UTC.</param>
/// <param name="ToMs">First moment after it, ms UTC.</param>
/// <param name="Events">Events that were read.</param>
/// <param name="SureEnough">The confidence from which a field is chosen by itself.</param>
internal sealed record ProposalAnswer(
    string Signal, ProposalState State, int Ahead, long? LearnedMs, long? FromMs, long? ToMs, long? Events, double SureEnough, string EntityTag, IReadOnlyList<ProposedField> Fields);

/// <summary>Which fields of a proposal are taken.</summary>
/// <param name="Fields">As the proposal names them; null for those that are chosen by confidence.</param>
internal sealed record AcceptProposal(IReadOnlyList<string>? Fields);

/// <summary>What an import of configuration would change.</summary>
/// <param name="Id">To accept it by; good for an hour.</param>
/// <param name="Signals">Those that it says something about, also where nothing changes.</param>
/// <param name="Issues">What was wrong with the files and what was done about it.</param>
internal sealed record ImportPreview(string Id, IReadOnlyList<ImportedSignal> Signals, IReadOnlyList<ImportIssue> Issues);

/// <summary>What an import would change at one signal.</summary>
/// <param name="ValidFromMs">From when on the file says that it holds, ms UTC; null where it does not say: then from the moment of acceptance.</param>
/// <param name="IsNew">True when the signal is not configured yet.</param>
/// <param name="Problems">Why it cannot be taken; empty when it can.</param>
internal sealed record ImportedSignal(string Signal, long? ValidFromMs, bool IsNew, IReadOnlyList<SettingChange> Changes, IReadOnlyList<ProblemAnswer> Problems);

/// <summary>Something that was wrong with a file.</summary>
internal sealed record ImportIssue(string Kind, string File, long Row, string Value, string Assumed);

/// <summary>Which signals of an import are taken.</summary>
/// <param name="Signals">Null for all that can be taken.</param>
internal sealed record AcceptImport(IReadOnlyList<string>? Signals);

/// <summary>What was taken.</summary>
internal sealed record AcceptedAnswer(IReadOnlyList<string> Signals, int Changes);
