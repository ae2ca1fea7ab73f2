using System.Collections.Immutable;
using Crosstown.Timing.Demand.InForce;
using Crosstown.Timing.Demand.Volumes;

namespace Crosstown.Timing.Demand;

/// <summary>Says what a study knows, how well, and what it lacks.</summary>
internal sealed class StudyReport(
    IReadOnlyList<StudySignal> signals, ImmutableArray<TimingInForce> timings, List<StopLineGroup> groups, ImmutableArray<GroupStudy> studied,
    ImmutableArray<LinkTravel> travels, List<LinkEnds> streets, IReadOnlyList<PeriodStudy> periods)
{
    private const double Trusted = 0.5;

    public ImmutableArray<SignalLacks> Lacks() => [.. Enumerable.Range(0, signals.Count).Select(i => new SignalLacks(
        signals[i].Configuration.Signal, [.. ForOffsets(i)], [.. ForSplits(i)]))];

    public ImmutableArray<Figure> Figures()
    {
        var figures = ImmutableArray.CreateBuilder<Figure>();
        for (var i = 0; i < groups.Count; i++)
        {
            var flow = studied[i].Saturation;
            var coverage = studied[i].Volumes.Bins.IsEmpty ? 0 : studied[i].Volumes.Bins.Average(b => b.Coverage);
            figures.Add(new Figure(groups[i].Id, "saturation flow", flow.SaturationVehPerHour, "veh/h", flow.IsMeasured ? 0.9 : flow.IsFromOthers ? 0.5 : 0.3, coverage,
                flow.IsMeasured ? $"{flow.Queues} queues as they left"
                : $"{flow.Queues} queues are too few: {(flow.IsFromOthers ? "what other groups of its kind pass" : "a common value")}"));
            figures.Add(new Figure(groups[i].Id, "start-up lost time", flow.StartLostS, "s", flow.IsMeasured ? 0.8 : 0.3, coverage,
                flow.IsMeasured ? $"{flow.Queues} queues as they left" : "a common value"));
            figures.Add(new Figure(groups[i].Id, "end gain", flow.EndGainS, "s", flow.IsEndMeasured ? 0.7 : 0.3, coverage,
                flow.IsEndMeasured ? "queues that were still leaving as green ended" : "a common value"));
            figures.Add(new Figure(groups[i].Id, "lanes", groups[i].Lanes, "lanes", groups[i].AreLanesKnown ? 0.9 : 0.3, 1,
                groups[i].AreLanesKnown ? "lanes that its detectors name" : "as many as it has detectors of one kind"));
        }

        foreach (var travel in travels)
        {
            var where = $"{travel.Link.From} to {travel.Link.To}";
            figures.Add(new Figure(where, "travel time", travel.TravelS, "s", travel.IsFitted ? Math.Clamp(travel.Fit, 0, 1) : travel.TravelS is null ? 0 : 0.4, 1, travel.Basis));
        }

        foreach (var period in periods)
        {
            foreach (var group in period.Groups)
            {
                figures.Add(new Figure(group.Group, $"volume {period.Name}", group.MedianVehPerHour, "veh/h", group.Confidence, group.Coverage,
                    Words(group.Source) + (group.IsLowerBound ? $"; queues did not clear in {group.CapacityShare:P0} of the time: this is what could pass, demand is more" : "")));
            }
        }

        return figures.ToImmutable();
    }

    private static string Words(VolumeSource source) => source switch
    {
        VolumeSource.StopBarCount => "counted at the stop bar",
        VolumeSource.SomeLanes => "some lanes counted at the stop bar, the others in proportion",
        VolumeSource.AdvanceCount => "counted ahead of the stop bar",
        VolumeSource.PresenceCount => "actuations of presence detectors, which miss vehicles that follow closely",
        VolumeSource.FlowBalance => "not counted: from what neighbors send and receive",
        VolumeSource.UsualShare => "not counted: a usual share",
        _ => "nothing tells it",
    };

    private IEnumerable<string> ForOffsets(int signal)
    {
        if (timings[signal].Phases.IsEmpty)
        {
            yield return "a log of its phases";
            yield break;
        }

        if (timings[signal].Patterns.IsEmpty)
        {
            yield return "a time in which it is coordinated: cycle and offset were never seen";
            yield break;
        }

        foreach (var pattern in timings[signal].Patterns)
        {
            foreach (var evidence in pattern.Evidence.Where(e => e.Field is "cycle" or "offset" && e.Confidence < Trusted))
            {
                yield return $"a sure {evidence.Field} of pattern {pattern.Timing.Number} ({evidence.Basis})";
            }
        }

        var coordinated = timings[signal].Phases.Where(p => p.IsCoordinated).Aggregate(0u, (mask, p) => mask | ((uint)1 << p.Number));
        for (var g = 0; g < groups.Count; g++)
        {
            if (groups[g].Signal != signal || (groups[g].Phases & coordinated) == 0 || groups[g].Turn != TurnKind.Through)
            {
                continue;
            }

            var isMeasured = periods.Any(p => !p.Network.Demands[0].MeasuredArrivals.IsDefaultOrEmpty && !p.Network.Demands[0].MeasuredArrivals[g].IsEmpty);
            var isFed = streets.Where((s, l) => s.Receiving.Contains(g) && travels[l].TravelS is not null).Any();
            if (!isMeasured && !isFed)
            {
                yield return $"when in the cycle {groups[g].Id} arrives: an advance detector with its distance, or a link whose travel time is known";
            }
        }
    }

    private IEnumerable<string> ForSplits(int signal)
    {
        foreach (var lack in timings[signal].Patterns.SelectMany(p => p.BoundedSplits.Select(b => $"the split of phase {b} in pattern {p.Timing.Number}: it is only bounded")))
        {
            yield return lack;
        }

        for (var g = 0; g < groups.Count; g++)
        {
            if (groups[g].Signal != signal)
            {
                continue;
            }

            var demands = periods.Select(p => p.Groups[g]).ToList();
            if (demands.Count == 0 || demands.TrueForAll(d => d.Source is VolumeSource.UsualShare or VolumeSource.None))
            {
                yield return $"volume of {groups[g].Id}: it is not counted and no neighbor tells it";
            }
            else if (demands.Exists(d => d.Confidence < Trusted))
            {
                yield return $"a surer volume of {groups[g].Id} ({Words(demands.MinBy(d => d.Confidence)!.Source)})";
            }

            foreach (var period in periods.Where(p => p.Groups[g].IsLowerBound))
            {
                yield return $"demand of {groups[g].Id}, {period.Name}: its queue does not clear, so the count is capacity";
            }

            if (!studied[g].Saturation.IsMeasured)
            {
                yield return $"saturation flow of {groups[g].Id}: {studied[g].Saturation.Queues} queues were seen, {Saturation.QueueDischarge.EnoughQueues} are needed, or its lanes' widths and grade";
            }

            if (!groups[g].AreLanesKnown)
            {
                yield return $"the number of lanes of {groups[g].Id}";
            }
        }

        foreach (var approach in signals[signal].Configuration.Approaches.Where(a => a.SpeedLimitMph is null && a.Protected is not null))
        {
            yield return $"the speed of approach {approach.Id}, which its yellow change is checked against";
        }

        foreach (var phase in timings[signal].Phases)
        {
            if (phase.WalkMs == 0 && signals[signal].Configuration.PedestrianButtons.Any(b => b.Phase == phase.Number))
            {
                yield return $"walk and pedestrian clearance of phase {phase.Number}: none was shown";
            }

            if (phase.WalkMs > 0)
            {
                yield return $"the length of the crosswalk beside phase {phase.Number}, which its clearance of {phase.PedestrianClearanceMs / 1000.0:0.#} s is checked against";
            }
        }

        yield return "widths of the conflict area, which red clearances are checked against, and lengths of turning bays";
    }
}
