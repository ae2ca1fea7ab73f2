using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Street;

namespace Crosstown.Logs.Configuration;

/// <summary>Lays what several files say about a signal together. What is said first stands; a later file that says otherwise is reported.</summary>
internal static class SignalMerge
{
    public static IReadOnlyList<SignalConfiguration> Merge(IReadOnlyList<SignalPart> parts, DataIssueLog issues)
    {
        var merged = new List<SignalConfiguration>();
        foreach (var signal in parts.GroupBy(p => p.Configuration.Signal).OrderBy(g => g.Key))
        {
            var starts = signal.Where(p => !p.IsForAllTimes).Select(p => p.Configuration.ValidFromMs).Distinct().Order().ToList();
            foreach (var validFromMs in starts.Count > 0 ? starts : [long.MinValue])
            {
                merged.Add(MergeOne(signal.Key, validFromMs, signal.Where(p => p.IsForAllTimes || p.Configuration.ValidFromMs == validFromMs), issues));
            }
        }

        return merged;
    }

    private static SignalConfiguration MergeOne(SignalId signal, long validFromMs, IEnumerable<SignalPart> parts, DataIssueLog issues)
    {
        var whole = new SignalConfiguration { Signal = signal, ValidFromMs = validFromMs };
        var sourceOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in parts)
        {
            var said = part.Configuration;
            var rule = new Rule(signal, part.Source, sourceOf, issues);
            whole = whole with
            {
                Name = rule.First("name", whole.Name, said.Name, ""),
                Zone = rule.First("zone", whole.Zone, said.Zone, null),
                Latitude = rule.First("latitude", whole.Latitude, said.Latitude, null),
                Longitude = rule.First("longitude", whole.Longitude, said.Longitude, null),
                Approaches = rule.Union("approach", whole.Approaches, said.Approaches, a => a.Id),
                Detectors = rule.Union("detector channel", whole.Detectors, said.Detectors, d => Number(d.Channel)),
                Phases = rule.Union("phase", whole.Phases, said.Phases, p => Number(p.Number)),
                Overlaps = rule.Union("overlap", whole.Overlaps, said.Overlaps, o => Number(o.Number)),
                PedestrianButtons = rule.Union("pedestrian channel", whole.PedestrianButtons, said.PedestrianButtons, b => Number(b.Channel)),
                Patterns = rule.Union("pattern", whole.Patterns, said.Patterns, p => Number(p.Number)),
                Evidence = rule.Union("evidence", whole.Evidence, said.Evidence, e => e.Field),
            };
        }

        return whole;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class Rule(SignalId signal, string source, Dictionary<string, string> sourceOf, DataIssueLog issues)
    {
        public T First<T>(string what, T before, T said, T nothing)
        {
            if (EqualityComparer<T>.Default.Equals(said, nothing) || EqualityComparer<T>.Default.Equals(said, before))
            {
                return before;
            }

            if (EqualityComparer<T>.Default.Equals(before, nothing))
            {
                sourceOf[what] = source;
                return said;
            }

            ReportConflict(what);
            return before;
        }

        /// <summary>Adds the items whose key no earlier file has. One file may list a key several times, as for a detector that serves two phases.</summary>
        public ImmutableArray<T> Union<T>(string what, ImmutableArray<T> before, ImmutableArray<T> said, Func<T, string> keyOf)
        {
            if (said.IsEmpty)
            {
                return before;
            }

            var known = before.ToLookup(keyOf, StringComparer.Ordinal);
            foreach (var items in said.GroupBy(keyOf, StringComparer.Ordinal))
            {
                var key = $"{what} {items.Key}";
                if (!known.Contains(items.Key))
                {
                    sourceOf[key] = source;
                }
                else if (!known[items.Key].Select(SignalJson.Describe).SequenceEqual(items.Select(SignalJson.Describe), StringComparer.Ordinal))
                {
                    ReportConflict(key);
                }
            }

            return [.. before, .. said.Where(item => !known.Contains(keyOf(item)))];
        }

        private void ReportConflict(string what) => issues.Add(
            DataIssueKind.Conflict,
            source,
            0,
            what,
            $"signal {signal}: another file says otherwise about this; what {sourceOf.GetValueOrDefault(what, "the earlier file")} says is taken");
    }
}
