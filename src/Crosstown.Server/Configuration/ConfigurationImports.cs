using System.Security.Cryptography;
using System.Text;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Configuration;

namespace Crosstown.Server.Configuration;

/// <summary>An import of configuration that was shown and not yet accepted.</summary>
/// <param name="Versions">What would be saved, with the tag of the state that the differences were shown against.</param>
internal sealed record PendingImport(string Id, long MadeMs, ImportPreview Preview, IReadOnlyList<ConfigurationChange> Versions);

/// <summary>Reads configuration files of one or many signals, shows what they would change, and holds that until it is accepted.</summary>
internal sealed class ConfigurationImports(ConfigurationStore store, TimeProvider time)
{
    /// <summary>How long a shown import can be accepted.</summary>
    public const long HeldMs = 3_600_000;

    private const int MostHeld = 8;

    private readonly Lock _one = new();
    private readonly List<PendingImport> _held = [];

    /// <summary>Reads files and holds what they would change.</summary>
    /// <param name="texts">Each file's name and text.</param>
    /// <param name="unnamed">The signal of tables that name none; null leaves their rows out.</param>
    /// <param name="replaces">True when a signal is to be as the files say and nothing else; false to keep what they do not mention.</param>
    public PendingImport Read(IReadOnlyList<(string Name, string Text)> texts, SignalId? unnamed, bool replaces)
    {
        var issues = new DataIssueLog();
        var signals = new List<ImportedSignal>();
        var changes = new List<ConfigurationChange>();
        foreach (var said in SignalFiles.ReadTexts(texts, issues, unnamed))
        {
            var (signal, change) = Compare(said, replaces);
            signals.Add(signal);
            if (signal.Problems.Count == 0 && signal.Changes.Count > 0)
            {
                changes.Add(change);
            }
        }

        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var id = IdOf(texts, changes, nowMs);
        var preview = new ImportPreview(id, signals, [.. issues.ListExamples().Select(i => new ImportIssue(i.Kind.ToString(), i.Source, i.Position, i.Value, i.Assumed))]);
        var pending = new PendingImport(id, nowMs, preview, changes);
        lock (_one)
        {
            _held.RemoveAll(p => nowMs - p.MadeMs > HeldMs || p.Id == id);
            _held.Add(pending);
            if (_held.Count > MostHeld)
            {
                _held.RemoveAt(0);
            }
        }

        return pending;
    }

    /// <summary>An import that was shown less than an hour ago; null when there is none of that id.</summary>
    public PendingImport? Find(string id)
    {
        lock (_one)
        {
            return _held.Find(p => p.Id == id && time.GetUtcNow().ToUnixTimeMilliseconds() - p.MadeMs <= HeldMs);
        }
    }

    /// <summary>Forgets an import that was accepted.</summary>
    public void Forget(string id)
    {
        lock (_one)
        {
            _held.RemoveAll(p => p.Id == id);
        }
    }

    private (ImportedSignal Signal, ConfigurationChange Change) Compare(SignalConfiguration said, bool replaces)
    {
        var isDated = said.ValidFromMs != long.MinValue;
        var versions = store.ListVersions(said.Signal);
        var before = isDated ? versions.LastOrDefault(v => v.ValidFromMs <= said.ValidFromMs) : store.FindCurrent(said.Signal);
        var after = replaces || before is null ? said : SettingList.Overlay(before, said) with { Evidence = said.Evidence.IsEmpty ? before.Evidence : said.Evidence };
        after = after with { ValidFromMs = said.ValidFromMs };
        var changes = ConfigurationDiff.Between(before, after);
        var problems = ConfigurationCheck.FindContradictions(after).Select(p => new ProblemAnswer(p.Code, p.Where, p.Message)).ToList();
        var start = isDated ? ConfigurationStart.AsWritten : ConfigurationStart.Now;
        return (
            new ImportedSignal(said.Signal.Value, isDated ? said.ValidFromMs : null, versions.Count == 0, changes, problems),
            new ConfigurationChange(after, store.TagOf(said.Signal), start));
    }

    private static string IdOf(IReadOnlyList<(string Name, string Text)> texts, List<ConfigurationChange> changes, long nowMs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, text) in texts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
        }

        foreach (var change in changes)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{change.Version.Signal} {change.ExpectedTag} {nowMs}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 6));
    }
}
