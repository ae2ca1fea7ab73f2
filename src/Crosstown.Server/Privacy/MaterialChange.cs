using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Crosstown.Server.Privacy;

/// <summary>An entry of <c>privacy/material-changes.md</c>: what changed in the rules, who gains, and from when on (rule P24).</summary>
/// <param name="Number">1 for the first rules.</param>
/// <param name="Title">What changes, in a few words.</param>
/// <param name="WhoGains">Who gains what by it.</param>
/// <param name="WhatChanges">What is held, kept, seen or refused from then on.</param>
/// <param name="Announced">The day on which it was first shown; null for what came with the first release.</param>
/// <param name="InForce">The first day on which it holds; null for what came with the first release.</param>
/// <param name="Proofs">Short proofs of the rules after it.</param>
public sealed partial record MaterialChange(int Number, string Title, string WhoGains, string WhatChanges, DateOnly? Announced, DateOnly? InForce, ImmutableArray<string> Proofs)
{
    /// <summary>Days for which a change is shown before it takes effect.</summary>
    public const int NoticeDays = 30;

    /// <summary>The entries that this program was built with, the oldest first.</summary>
    public static ImmutableArray<MaterialChange> Published { get; } = ReadPublished();

    /// <summary>Whether a change has been announced and does not hold yet.</summary>
    public bool IsComing(DateOnly today) => InForce > today;

    /// <summary>Whether it was shown for long enough before it took effect; what came with the first release had nobody to be shown to.</summary>
    public bool HasNotice => InForce is null || (Announced is { } announced && InForce >= announced.AddDays(NoticeDays));

    /// <exception cref="FormatException">An entry lacks who gains, what changes or the proofs, or its dates are none.</exception>
    public static ImmutableArray<MaterialChange> Parse(string text) =>
        [.. text.ReplaceLineEndings("\n").Split("\n## ")[1..].Select(ReadEntry)];

    private static MaterialChange ReadEntry(string entry)
    {
        var heading = Heading().Match(entry);
        var gains = Part(entry, "Who gains");
        var changes = Part(entry, "What changes");
        var proofs = Proof().Matches(entry).Select(m => m.Groups[1].Value).ToImmutableArray();
        if (!heading.Success || gains is null || changes is null || proofs.IsEmpty)
        {
            throw new FormatException($"An entry of the material changes needs a number, a title, who gains, what changes and proofs: {entry[..Math.Min(40, entry.Length)]}");
        }

        return new MaterialChange(
            int.Parse(heading.Groups[1].Value, CultureInfo.InvariantCulture), heading.Groups[2].Value.Trim(), gains, changes, DayOf(entry, "Announced"), DayOf(entry, "In force"), proofs);
    }

    private static string? Part(string entry, string name)
    {
        var match = Regex.Match(entry, $@"\*\*{name}:\*\*(.+?)(\n\n|\n*$)", RegexOptions.Singleline);
        return match.Success ? Blanks().Replace(match.Groups[1].Value, " ").Replace("`", "", StringComparison.Ordinal).Trim() : null;
    }

    private static DateOnly? DayOf(string entry, string name)
    {
        var text = Part(entry, name);
        return text is null || text.StartsWith("with the first release", StringComparison.Ordinal) ? null
            : DateOnly.ParseExact(text.TrimEnd('.'), "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static ImmutableArray<MaterialChange> ReadPublished()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("material-changes.md") ?? throw new InvalidOperationException("This program was built without its material changes.");
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd());
    }

    [GeneratedRegex(@"^(\d+)\. (.+)")]
    private static partial Regex Heading();

    [GeneratedRegex("`([a-z]+ [0-9a-f]{16})`")]
    private static partial Regex Proof();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
