using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Configuration;

namespace Crosstown.Server.Configuration;

/// <summary>Reads a configuration that a person wrote and says everything that is wrong with it, at once. Files from elsewhere are read leniently; what is saved here is not.</summary>
internal static class ConfigurationCheck
{
    private const string BadValue = "XT370";
    private const string Contradiction = "XT371";
    private const string Where = "configuration";

    /// <summary>Reads one signal's JSON.</summary>
    /// <param name="signal">Whose configuration it must be.</param>
    /// <param name="problems">Takes what is wrong; nothing may be saved when it is not empty.</param>
    /// <returns>What could be read; null when that is nothing.</returns>
    public static SignalConfiguration? Read(SignalId signal, string json, List<Problem> problems)
    {
        var issues = new DataIssueLog();
        if (!json.AsSpan().TrimStart().StartsWith("{"))
        {
            problems.Add(new Problem(BadValue, Where, "The text is no JSON object; it is one signal as docs/schema/signal.schema.json describes it."));
            return null;
        }

        var found = SignalFiles.ReadTexts([(Where, json)], issues);
        problems.AddRange(ToProblems(issues));
        if (found is not [var configuration])
        {
            return null;
        }

        if (configuration.Signal != signal)
        {
            problems.Add(new Problem(BadValue, "configuration/signal", $"The text is of signal {configuration.Signal}; it must be of signal {signal}."));
        }

        problems.AddRange(FindContradictions(configuration));
        return configuration;
    }

    /// <summary>Issues of reading as problems: what a reader would leave out may not be saved in silence.</summary>
    public static IEnumerable<Problem> ToProblems(DataIssueLog issues)
    {
        var kept = issues.ListExamples().ToList();
        foreach (var issue in kept)
        {
            var value = issue.Value.Length == 0 ? "" : $" ('{issue.Value}')";
            yield return new Problem(BadValue, issue.Position == 0 ? issue.Source : string.Create(CultureInfo.InvariantCulture, $"{issue.Source}, line {issue.Position}"), $"{char.ToUpperInvariant(issue.Assumed[0])}{issue.Assumed[1..]}{value}.");
        }

        if (issues.Count > kept.Count)
        {
            yield return new Problem(BadValue, Where, string.Create(CultureInfo.InvariantCulture, $"There are {issues.Count - kept.Count} more of these."));
        }
    }

    /// <summary>What a configuration says that cannot be all true.</summary>
    public static IEnumerable<Problem> FindContradictions(SignalConfiguration c) =>
    [
        .. FindTwice(c.Approaches.Select(a => a.Id), "approaches", "approach"),
        .. FindTwice(c.Detectors.Select(d => $"{d.Channel} for {Group(d)}"), "detectors", "detector channel"),
        .. FindTwice(c.Phases.Select(p => Text(p.Number)), "phases", "phase"),
        .. FindTwice(c.Overlaps.Select(o => Text(o.Number)), "overlaps", "overlap"),
        .. FindTwice(c.PedestrianButtons.Select(b => Text(b.Channel)), "pedestrianButtons", "pedestrian channel"),
        .. FindTwice(c.Patterns.Select(p => Text(p.Number)), "patterns", "pattern"),
        .. FindUnknownReferences(c),
        .. FindWrongPlace(c),
        .. FindWrongTiming(c),
    ];

    private static IEnumerable<Problem> FindTwice(IEnumerable<string> keys, string field, string what) =>
        keys.GroupBy(k => k, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => At(field, $"The {what} {g.Key} is listed {g.Count()} times; list it once."));

    private static IEnumerable<Problem> FindUnknownReferences(SignalConfiguration c)
    {
        var approaches = c.Approaches.Select(a => a.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var detector in c.Detectors.Where(d => d.ApproachId is { } id && !approaches.Contains(id)))
        {
            yield return At($"detectors/{detector.Channel}/approach", $"There is no approach '{detector.ApproachId}'; the signal has: {string.Join(", ", approaches.Order(StringComparer.Ordinal))}.");
        }

        var overlaps = c.Overlaps.Select(o => o.Number).ToHashSet();
        var phases = c.Phases.Select(p => p.Number).ToHashSet();
        foreach (var (field, group) in ListGroups(c))
        {
            var known = group.IsOverlap ? overlaps : phases;
            if (known.Count > 0 && !known.Contains(group.Number))
            {
                yield return At(field, $"The signal lists no {group}; it lists {string.Join(", ", known.Order().Select(n => new SignalGroup(n, group.IsOverlap)))}.");
            }
        }
    }

    private static IEnumerable<(string Field, SignalGroup Group)> ListGroups(SignalConfiguration c) =>
    [
        .. c.Detectors.Where(d => d.Phase is not null).Select(d => ($"detectors/{d.Channel}/phase", SignalGroup.Phase(d.Phase!.Value))),
        .. c.Detectors.Where(d => d.Overlap is not null).Select(d => ($"detectors/{d.Channel}/overlap", SignalGroup.Overlap(d.Overlap!.Value))),
        .. c.Approaches.Where(a => a.Protected is not null).Select(a => ($"approaches/{a.Id}/protected", a.Protected!.Value)),
        .. c.Approaches.Where(a => a.Permissive is not null).Select(a => ($"approaches/{a.Id}/permissive", a.Permissive!.Value)),
        .. c.Approaches.Where(a => a.Pedestrian is not null).Select(a => ($"approaches/{a.Id}/pedestrian", a.Pedestrian!.Value)),
        .. c.Overlaps.SelectMany(o => o.ParentPhases.Select(p => ($"overlaps/{o.Number}/parentPhases", SignalGroup.Phase(p)))),
        .. c.PedestrianButtons.Select(b => ($"pedestrianButtons/{b.Channel}/phase", SignalGroup.Phase(b.Phase))),
        .. c.Patterns.SelectMany(p => p.SplitS.Keys.Select(s => ($"patterns/{p.Number}/splits/{s}", SignalGroup.Phase(s)))),
    ];

    private static IEnumerable<Problem> FindWrongPlace(SignalConfiguration c)
    {
        if (c.Latitude is null != c.Longitude is null)
        {
            yield return At(c.Latitude is null ? "latitude" : "longitude", "A place has both latitude and longitude, or neither.");
        }
    }

    private static IEnumerable<Problem> FindWrongTiming(SignalConfiguration c)
    {
        foreach (var pattern in c.Patterns)
        {
            if (pattern is { CycleLengthS: { } cycleS, OffsetS: { } offsetS } && cycleS > 0 && offsetS >= cycleS)
            {
                yield return At($"patterns/{pattern.Number}/offsetS", string.Create(CultureInfo.InvariantCulture, $"The offset of {offsetS} s is not below the cycle length of {cycleS} s."));
            }

            foreach (var (phase, splitS) in pattern.SplitS.Where(s => pattern.CycleLengthS is > 0 and var cycle && s.Value > cycle))
            {
                yield return At($"patterns/{pattern.Number}/splits/{phase}", string.Create(CultureInfo.InvariantCulture, $"The split of {splitS} s is longer than the cycle length of {pattern.CycleLengthS} s."));
            }
        }
    }

    private static string Group(Detector d) =>
        d.Phase is { } phase ? SignalGroup.Phase(phase).ToString() : d.Overlap is { } overlap ? SignalGroup.Overlap(overlap).ToString() : "no phase";

    private static string Text(byte number) => number.ToString(CultureInfo.InvariantCulture);

    private static Problem At(string field, string message) => new(Contradiction, $"{Where}/{field}", message);
}
