using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;

namespace Crosstown.Timing.Guard;

/// <summary>Collects what is wrong with one signal's proposal.</summary>
internal sealed class Findings(SignalId signal)
{
    private readonly List<GuardProblem> _problems = [];

    public int Count => _problems.Count;

    public IReadOnlyList<GuardProblem> Problems => _problems;

    /// <summary>About the signal as a whole.</summary>
    public void Add(string code, string rule, string part, FormattableString message) => Add(code, rule, null, null, part, null, null, message);

    /// <summary>About one phase, under every pattern.</summary>
    public void Add(string code, string rule, byte phase, decimal? value, decimal? limit, FormattableString message) =>
        Add(code, rule, null, phase, PhaseName(phase), value, limit, message);

    public void Add(string code, string rule, byte? pattern, byte? phase, string part, decimal? value, decimal? limit, FormattableString message) =>
        _problems.Add(new GuardProblem(code, signal, pattern, phase, part, value, limit, rule, message.ToString(CultureInfo.InvariantCulture)));

    public static string PhaseName(int phase) => string.Create(CultureInfo.InvariantCulture, $"phase {phase}");

    public static string OverlapName(int overlap) => overlap is >= 1 and <= 16 ? $"overlap {(char)('A' + overlap - 1)}" : string.Create(CultureInfo.InvariantCulture, $"overlap {overlap}");

    /// <summary>Seconds of a time in ms.</summary>
    public static decimal Seconds(long ms) => ms / 1000m;

    public ImmutableArray<GuardProblem> ToImmutable() => [.. _problems];
}
