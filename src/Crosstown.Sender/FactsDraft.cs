using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Utdf;

namespace Crosstown.Sender;

/// <summary>The begin of a sender's file of facts, from a timing file of the cabinets (UTDF) and what an engineer states; a person looks at what was assumed, and at each number, before it is used.</summary>
/// <param name="Facts">JSON, as the sender reads it.</param>
/// <param name="Assumed">One line for each fact that nobody stated and each cell that was no number.</param>
internal sealed record FactsDraft(byte[] Facts, ImmutableArray<string> Assumed)
{
    /// <exception cref="ProblemException">A file is not what it should be.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static FactsDraft Read(string timing, string stated)
    {
        var issues = new DataIssueLog();
        using var timingFile = File.OpenRead(timing);
        using var statedFile = File.OpenRead(stated);
        var document = UtdfDocument.Read(timingFile, Path.GetFileName(timing), issues);
        var network = UtdfNetwork.Read(document, new UtdfNetworkOptions(), issues);
        var facts = UtdfFacts.Read(document, network, FactsFile.Read(statedFile, Path.GetFileName(stated)), issues);
        var assumed = facts.Facts.Zip(facts.Assumptions).SelectMany(p => p.Second.Select(a => string.Create(
            CultureInfo.InvariantCulture, $"assumed: signal {p.First.Signal}{(a.Phase is { } phase ? $", phase {phase}" : "")}, {a.Fact}{(a.Value is { } value ? $" {value}" : "")}: {a.Basis}")));
        return new FactsDraft(
            SenderFolder.WriteFacts(facts.Facts),
            [.. assumed, .. issues.ListExamples().Select(i => string.Create(CultureInfo.InvariantCulture, $"left out: {i.Source}, {i.Position}: {i.Value}: {i.Assumed}"))]);
    }
}
