using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Street;

namespace Crosstown.Sender;

/// <summary>The lines that the sender is told: <c>heartbeat</c>, and <c>advise SIGNAL FENCE hold|force-off|pattern NUMBER MILLISECONDS</c>.</summary>
internal static class AdviceLine
{
    /// <summary>Longest line, characters.</summary>
    public const int Longest = 100;

    // In the order of AdviceKind.
    private static readonly string[] s_kinds = ["pattern", "hold", "force-off"];

    public static string WordOf(AdviceKind kind) => (int)kind >= 0 && (int)kind < s_kinds.Length ? s_kinds[(int)kind] : "unknown";

    /// <summary>The advice of a line; null for a heartbeat.</summary>
    /// <exception cref="ProblemException">XT789: it is neither.</exception>
    public static SignalAdvice? Parse(string line)
    {
        if (line == "heartbeat")
        {
            return null;
        }

        var parts = line.Length <= Longest ? line.Split(' ') : [];
        if (parts.Length == 6 && parts[0] == "advise" && SignalId.TryParse(parts[1], out var signal)
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var fence)
            && Array.IndexOf(s_kinds, parts[3]) is >= 0 and var kind
            && byte.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(parts[5], NumberStyles.None, CultureInfo.InvariantCulture, out var lifetimeMs))
        {
            return new SignalAdvice { Signal = signal, Fence = fence, Kind = (AdviceKind)kind, Number = number, LifetimeMs = lifetimeMs };
        }

        throw new ProblemException("XT789", "line", $"A line is 'heartbeat' or 'advise SIGNAL FENCE {string.Join('|', s_kinds)} NUMBER MILLISECONDS', {Longest} characters at most.");
    }
}
