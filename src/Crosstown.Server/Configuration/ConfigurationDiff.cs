using System.Globalization;
using System.Text;
using Crosstown.Core.Street;

namespace Crosstown.Server.Configuration;

/// <summary>What differs in one setting.</summary>
/// <param name="Field">Such as <c>detectors/12/phase</c>.</param>
/// <param name="Before">The value before; null when it was not given.</param>
/// <param name="After">The value after; null when it is not given any more.</param>
internal sealed record SettingChange(string Field, string? Before, string? After);

/// <summary>What differs between two configurations of a signal, setting by setting, for people to read and to keep. The same two give the same text.</summary>
internal static class ConfigurationDiff
{
    /// <param name="before">Null where there was none.</param>
    public static IReadOnlyList<SettingChange> Between(SignalConfiguration? before, SignalConfiguration after)
    {
        var (old, now) = (Values(before), Values(after));
        return
        [
            .. old.Keys.Union(now.Keys, StringComparer.Ordinal).Order(Comparer<string>.Create(SettingList.Compare))
                .Select(field => new SettingChange(field, old.GetValueOrDefault(field), now.GetValueOrDefault(field)))
                .Where(change => change.Before != change.After),
        ];
    }

    /// <summary>The changes as text: a line each, <c>+</c> new, <c>-</c> gone, <c>~</c> changed.</summary>
    public static string Write(SignalId signal, string before, string after, IReadOnlyList<SettingChange> changes)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"signal {signal}: {before} -> {after}\n");
        var width = changes.Count == 0 ? 0 : changes.Max(c => c.Field.Length);
        foreach (var change in changes)
        {
            var field = change.Field.PadRight(width);
            text.Append((change.Before, change.After) switch
            {
                (null, _) => $"+ {field}  {change.After}\n",
                (_, null) => $"- {field}  {change.Before}\n",
                _ => $"~ {field}  {change.Before} -> {change.After}\n",
            });
        }

        return text.Append(CultureInfo.InvariantCulture, $"{changes.Count} {(changes.Count == 1 ? "setting differs" : "settings differ")}\n").ToString();
    }

    private static Dictionary<string, string> Values(SignalConfiguration? configuration) =>
        configuration is null ? [] : SettingList.Of(configuration).ToDictionary(s => s.Field, s => s.Value, StringComparer.Ordinal);
}
