using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Crosstown.Core.Privacy;

namespace Crosstown.Server.Privacy;

/// <summary>Short proofs of the privacy rules in force, which <c>privacy/material-changes.md</c> records (rule P24).</summary>
public static class PublishedRules
{
    /// <summary>Names, classes, tiers, retention and text of everything in an inventory; wording of purposes is not part of it.</summary>
    public static string HashOf(Inventory inventory)
    {
        var lines = inventory.Groups.SelectMany(g => g.Fields.Select(f => $"{f.Name}|{f.Class}|{f.Text?[..f.Text.IndexOf(':', StringComparison.Ordinal)]}").DefaultIfEmpty()
            .Select(f => $"{g.Kind}|{g.Name}|{g.Tier}|{g.Retention}|{f}"));
        return Hash(lines.Order(StringComparer.Ordinal));
    }

    /// <summary>The constants of a type with their values: <see cref="PrivacyLimits"/>.</summary>
    public static string HashOfLimits(Type limits) => Hash(limits
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Name}={f.GetRawConstantValue()}"))
        .Order(StringComparer.Ordinal));

    /// <summary>The shapes and words that the gate refuses.</summary>
    public static string HashOfGate(IEnumerable<string> words) =>
        Hash(Enum.GetNames<Refusal>().Order(StringComparer.Ordinal).Concat(words.Order(StringComparer.Ordinal)));

    /// <summary>The lines that an entry in the list of material changes ends with.</summary>
    public static IReadOnlyList<string> ListProofs(Inventory inventory) =>
    [
        $"inventory {HashOf(inventory)}",
        $"limits {HashOfLimits(typeof(PrivacyLimits))}",
        $"gate {HashOfGate(ForbiddenWords.ListEntries())}",
    ];

    private static string Hash(IEnumerable<string> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))))[..16];
}
