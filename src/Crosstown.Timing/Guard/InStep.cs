using System.Globalization;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Guard;

/// <summary>Which signals are in step with each other today.</summary>
internal static class InStep
{
    /// <summary>Groups of signals that feed each other and share a cycle wherever both are coordinated, by the first of them; null for a signal that is in step with none.</summary>
    /// <param name="periods">The same signals in the same order, each time with the patterns of one period; at least one.</param>
    /// <returns>One per signal.</returns>
    public static string?[] GroupsOf(IReadOnlyList<TimingNetwork> periods)
    {
        var signals = periods[0].Signals;
        var parent = Enumerable.Range(0, signals.Length).ToArray();
        int Find(int s) => parent[s] == s ? s : parent[s] = Find(parent[s]);
        int? CycleMs(TimingNetwork period, int s) => period.Signals[s] is { IsIsolated: false, Today: { } today } ? today.CycleMs : null;
        foreach (var (from, to) in periods.SelectMany(p => p.Groups.SelectMany(g => g.Feeders.Select(f => (p.Groups[f.Group].Signal, g.Signal)))).Distinct())
        {
            var both = periods.Select(p => (From: CycleMs(p, from), To: CycleMs(p, to))).Where(c => c is { From: not null, To: not null }).ToList();
            if (both.Count > 0 && both.TrueForAll(c => c.From == c.To))
            {
                parent[Find(from)] = Find(to);
            }
        }

        var members = Enumerable.Range(0, signals.Length).GroupBy(Find).ToDictionary(g => g.Key, g => g.ToList());
        return [.. Enumerable.Range(0, signals.Length).Select(s => members[Find(s)] is { Count: > 1 } all
            ? string.Create(CultureInfo.InvariantCulture, $"cycle {CyclesOf(periods, all)} s with {signals[all[0]].Signal}")
            : null)];
    }

    /// <summary>Of all members, so that they have one name.</summary>
    private static string CyclesOf(IReadOnlyList<TimingNetwork> periods, List<int> members) => string.Join(", ", periods.SelectMany(p => members.Select(s => p.Signals[s].Today?.CycleMs)).OfType<int>().Distinct().Order()
        .Select(ms => (ms / 1000.0).ToString("0.#", CultureInfo.InvariantCulture)));
}
