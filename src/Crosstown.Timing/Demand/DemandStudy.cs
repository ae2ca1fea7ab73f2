using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Time;
using Crosstown.Timing.Demand.InForce;
using Crosstown.Timing.Demand.Periods;
using Crosstown.Timing.Demand.Profiles;
using Crosstown.Timing.Demand.Reading;
using Crosstown.Timing.Demand.Saturation;
using Crosstown.Timing.Demand.Volumes;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Demand;

/// <summary>From the logs of some signals to networks that can be timed: plans in force, volumes, saturation, arrivals, travel.</summary>
public static class DemandStudy
{
    private const int BinsOfDay = 96;

    /// <summary>Studies signals and the links between them.</summary>
    /// <param name="signals">At least one, no signal twice.</param>
    /// <param name="links">Links whose ends are both among the signals are used, others are not; none is fine.</param>
    /// <param name="options">Null for the usual.</param>
    /// <exception cref="ProblemException">Nothing was logged, a signal comes twice, or the options are wrong; every reason is listed.</exception>
    public static StudyResult Run(IReadOnlyList<StudySignal> signals, IReadOnlyList<StreetLink> links, StudyOptions? options = null)
    {
        options ??= new StudyOptions();
        var problems = options.Problems().ToList();
        problems.AddRange(signals.GroupBy(s => s.Configuration.Signal).Where(g => g.Count() > 1)
            .Select(g => new Problem("XT692", $"signal {g.Key}", "The signal is given twice: give its log in one piece.")));
        if (signals.All(s => s.Log.Range.LengthMs == 0))
        {
            problems.Add(new Problem("XT693", "logs", "Nothing was logged: there is nothing to learn from."));
        }

        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }

        var timings = signals.AsParallel().AsOrdered().Select(s => InForceLearner.Learn(s.Configuration, s.Log)).ToImmutableArray();
        var groups = signals.SelectMany((s, i) => StopLine.GroupsOf(i, s.Configuration, timings[i].Phases)).ToList();
        var firstBinMs = signals.Where(s => s.Log.Range.LengthMs > 0).Min(s => s.Log.Range.StartMs) / VolumeSeries.BinMs * VolumeSeries.BinMs;
        var lastMs = signals.Max(s => s.Log.Range.EndMs);
        var bins = (int)((lastMs - firstBinMs + VolumeSeries.BinMs - 1) / VolumeSeries.BinMs);
        var studied = WithUsualSaturation(
            groups, groups.AsParallel().AsOrdered().Select(g => StudyGroup(signals[g.Signal].Log, g, firstBinMs, bins)).ToImmutableArray());
        var used = links.Where(l => signals.Any(s => s.Configuration.Signal == l.From) && signals.Any(s => s.Configuration.Signal == l.To)).ToList();
        var streets = used.Select(l => LinkEnds.Of(l, signals, groups)).ToList();
        var calendar = new Calendar(signals[0].Log.LocalTime, firstBinMs, bins);
        var (days, dayTypes) = DaysOf(calendar, studied);
        var usual = PeriodFlows.Of(groups, streets, GroupMeans(studied, calendar, days, 0, BinsOfDay, out _));
        var travels = streets.Select(s => LinkLearner.Learn(s, signals, timings, groups, usual)).ToImmutableArray();
        var periods = ImmutableArray.CreateBuilder<PeriodStudy>();
        foreach (var dayType in dayTypes)
        {
            foreach (var when in PeriodsOf(options, calendar, dayType, studied, timings, signals))
            {
                periods.Add(Period(dayType, when, calendar, signals, timings, groups, studied, streets, travels, options));
            }
        }

        var report = new StudyReport(signals, timings, groups, studied, travels, streets, periods);
        return new StudyResult
        {
            Timings = timings,
            Groups = studied,
            Links = travels,
            DayTypes = dayTypes,
            Periods = periods.ToImmutable(),
            Lacks = report.Lacks(),
            Figures = report.Figures(),
        };
    }

    private static GroupStudy StudyGroup(SignalLog log, StopLineGroup group, long firstBinMs, int bins)
    {
        var series = new VolumeCounter(log, firstBinMs, bins).Count(group);
        if (QueueWatch.Cycles(log, group) is { } cycles)
        {
            series = series with
            {
                Bins =
                [
                    .. series.Bins.Select((bin, i) =>
                    {
                        var startMs = firstBinMs + (i * VolumeSeries.BinMs);
                        return bin with { IsCapacity = QueueWatch.IsCapacity(cycles, new TimeRange(startMs, startMs + VolumeSeries.BinMs)) };
                    }),
                ],
            };
        }

        return new GroupStudy(group.Id, series, QueueDischarge.Measure(log, group));
    }

    /// <summary>A group whose queues were too few passes per lane what the others of its kind do, if there are enough of them.</summary>
    private static ImmutableArray<GroupStudy> WithUsualSaturation(List<StopLineGroup> groups, ImmutableArray<GroupStudy> studied)
    {
        const int enough = 3;
        var usual = Enumerable.Range(0, groups.Count).Where(i => studied[i].Saturation.IsMeasured).GroupBy(i => groups[i].Turn).Where(t => t.Count() >= enough)
            .ToDictionary(t => t.Key, t => Median([.. t.Select(i => studied[i].Saturation.SaturationVehPerHour / groups[i].Lanes)])!.Value);
        var ends = studied.Where(s => s.Saturation.IsEndMeasured).Select(s => s.Saturation.EndGainS).ToList();
        var usualEnd = ends.Count >= enough ? Median(ends) : null;
        return
        [
            .. studied.Select((s, i) => s with
            {
                Saturation = (!s.Saturation.IsMeasured && usual.TryGetValue(groups[i].Turn, out var perLane)
                    ? s.Saturation with { SaturationVehPerHour = perLane * groups[i].Lanes, IsFromOthers = true }
                    : s.Saturation) with { EndGainS = s.Saturation.IsEndMeasured ? s.Saturation.EndGainS : usualEnd ?? s.Saturation.EndGainS },
            }),
        ];
    }

    /// <summary>Days with traffic in the log, grouped; a day counts with an hour of figures or more.</summary>
    private static (List<int> Days, ImmutableArray<DayType> Types) DaysOf(Calendar calendar, ImmutableArray<GroupStudy> groups)
    {
        var totals = new Dictionary<int, double[]>();
        for (var bin = 0; bin < calendar.Bins; bin++)
        {
            var known = groups.Where(g => g.Volumes.Bins[bin].Vehicles is not null).ToList();
            if (known.Count == 0)
            {
                continue;
            }

            var (day, ofDay) = calendar.At(bin);
            if (!totals.TryGetValue(day, out var volumes))
            {
                totals[day] = volumes = new double[BinsOfDay];
                Array.Fill(volumes, double.NaN);
            }

            // What some groups missed in this bin is made up by what the others had.
            volumes[ofDay] = known.Sum(g => g.Volumes.Bins[bin].Vehicles!.Value) * groups.Length / known.Count;
        }

        var days = totals.Where(t => t.Value.Count(v => !double.IsNaN(v)) >= 4).Select(t => t.Key).Order().ToList();
        if (days.Count == 0)
        {
            days = [.. totals.Keys.Order()];
        }

        return (days, DayTypes.Group(days, [.. days.Select(d => totals[d])]));
    }

    private static List<TimeOfDay> PeriodsOf(
        StudyOptions options, Calendar calendar, DayType dayType, ImmutableArray<GroupStudy> groups, ImmutableArray<TimingInForce> timings, IReadOnlyList<StudySignal> signals)
    {
        if (options.Periods == PeriodRule.Given)
        {
            return [.. options.GivenPeriods];
        }

        var changes = PlanChanges(calendar, dayType, timings, signals);
        var medians = new double[BinsOfDay][];
        for (var ofDay = 0; ofDay < BinsOfDay; ofDay++)
        {
            var values = GroupMeans(groups, calendar, dayType.Days, ofDay, ofDay + 1, out _);
            medians[ofDay] = values.Any(v => v is not null) ? [.. values.Select(v => (v ?? 0) / 4)] : null!;
        }

        if (options.Periods == PeriodRule.Traffic)
        {
            return [.. PeriodSegments.Cut(medians, changes).Select(p => new TimeOfDay(p.From * 15, p.To * 15))];
        }

        var periods = new List<TimeOfDay>();
        for (var from = 0; from < BinsOfDay;)
        {
            var to = from + 1;
            while (to < BinsOfDay && !changes[to] && (medians[to] is null) == (medians[from] is null))
            {
                to++;
            }

            if (medians[from] is not null)
            {
                periods.Add(new TimeOfDay(from * 15, to * 15));
            }

            from = to;
        }

        return periods;
    }

    /// <summary>By bin of the day: whether at half of the signals or more a plan changes then, on most days of the type.</summary>
    private static bool[] PlanChanges(Calendar calendar, DayType dayType, ImmutableArray<TimingInForce> timings, IReadOnlyList<StudySignal> signals)
    {
        var changes = new int[BinsOfDay];
        for (var i = 0; i < timings.Length; i++)
        {
            var own = new Dictionary<int, int>();
            foreach (var span in timings[i].Spans.Skip(1))
            {
                if (dayType.Days.Contains(signals[i].Log.LocalDay(span.When.StartMs)))
                {
                    var ofDay = (int)((signals[i].Log.LocalDayMs(span.When.StartMs) + (VolumeSeries.BinMs / 2)) / VolumeSeries.BinMs % BinsOfDay);
                    own[ofDay] = own.GetValueOrDefault(ofDay) + 1;
                }
            }

            foreach (var (ofDay, count) in own)
            {
                changes[ofDay] += 2 * count >= dayType.Days.Length ? 1 : 0;
            }
        }

        return [.. changes.Select(c => 2 * c >= timings.Length && calendar.Bins > 0)];
    }

    /// <summary>Median over days of each group's mean flow in a time of day, veh/h; null where it is not known on any day.</summary>
    private static double?[] GroupMeans(ImmutableArray<GroupStudy> groups, Calendar calendar, IReadOnlyList<int> days, int fromBin, int toBin, out double?[][] byDay)
    {
        var ofDays = days.Select(d => calendar.BinsOf(d, fromBin, toBin)).ToList();
        byDay = [.. ofDays.Select(bins => groups.Select(g => MeanOf(g, bins)).ToArray())];
        var all = byDay;
        return [.. Enumerable.Range(0, groups.Length).Select(g => Median([.. all.Select(d => d[g]).Where(v => v is not null).Select(v => v!.Value)]))];
    }

    /// <summary>Veh/h; null when less than half of the time is known.</summary>
    private static double? MeanOf(GroupStudy group, List<int> bins)
    {
        var (sum, known) = (0.0, 0);
        foreach (var bin in bins)
        {
            if (group.Volumes.Bins[bin].Vehicles is { } vehicles)
            {
                sum += vehicles;
                known++;
            }
        }

        return known > 0 && 2 * known >= bins.Count ? 4 * sum / known : null;
    }

    private static double? Median(List<double> values)
    {
        values.Sort();
        return values.Count == 0 ? null : values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }

    private static PeriodStudy Period(
        DayType dayType, TimeOfDay when, Calendar calendar, IReadOnlyList<StudySignal> signals, ImmutableArray<TimingInForce> timings, List<StopLineGroup> groups,
        ImmutableArray<GroupStudy> studied, List<LinkEnds> streets, ImmutableArray<LinkTravel> travels, StudyOptions options)
    {
        var (fromBin, toBin) = (when.FromMinute / 15, when.ToMinute / 15);
        var medians = GroupMeans(studied, calendar, dayType.Days, fromBin, toBin, out var byDay);
        var ranges = dayType.Days.SelectMany(d => calendar.BinsOf(d, fromBin, toBin)).Select(calendar.RangeOf).ToList();
        var today = timings.Select(t => t.MostIn(ranges)).ToList();
        var flows = PeriodFlows.Of(groups, streets, medians);
        var hours = (when.ToMinute - when.FromMinute) / 60.0;
        var name = $"{dayType.Name} {when}";
        var arrivals = groups.Select(g => ArrivalsOf(g, signals[g.Signal].Log, timings[g.Signal], today[g.Signal], ranges)).ToImmutableArray();
        var demands = ImmutableArray.CreateBuilder<TrafficDemand>();
        var feeders = groups.Select((_, g) => streets.SelectMany((s, l) => s.Receiving.Contains(g) && travels[l].TravelS is not null
            ? s.Sources.Select(source => (Street: l, source.Group)) : []).ToList()).ToList();

        void Add(string demandName, double weight, PeriodFlows of) => demands.Add(new TrafficDemand
        {
            Name = demandName,
            Weight = weight,
            Hours = hours,
            VolumeVehPerHour = [.. of.VolumeVehPerHour],
            FedVehPerHour = [.. feeders.Select((from, g) => Fed(from, g, of, streets))],
            MeasuredArrivals = arrivals,
        });

        Add($"{name} median", 1, flows);
        if (options.WithDays && dayType.Days.Length > 1)
        {
            for (var d = 0; d < dayType.Days.Length; d++)
            {
                var known = Enumerable.Range(0, groups.Count).Where(g => byDay[d][g] is not null && medians[g] is not null).ToList();
                if (known.Count == 0)
                {
                    continue;
                }

                // Where the day has no figure of its own, the median moves with the day.
                var scale = known.Sum(g => byDay[d][g]!.Value) / Math.Max(1, known.Sum(g => medians[g]!.Value));
                var ofDay = flows.WithVolumes([.. byDay[d].Select((v, g) => v ?? flows.VolumeVehPerHour[g] * scale)]);
                Add($"{name} {DateOnly.FromDayNumber(dayType.Days[d] + DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}",
                    1.0 / dayType.Days.Length, ofDay);
            }
        }

        var network = new TimingNetwork
        {
            Signals = [.. signals.Select((s, i) => new TimedSignal
            {
                Signal = s.Configuration.Signal,
                Name = s.Configuration.Name,
                Latitude = s.Configuration.Latitude,
                Longitude = s.Configuration.Longitude,
                Phases = timings[i].Phases,
                Overlaps = timings[i].Overlaps,
                Today = today[i]?.Timing,
                IsIsolated = today[i] is null,
                WalkCallShare = timings[i].WalkCallShare,
            })],
            Groups = [.. groups.Select((g, i) => new LaneGroup
            {
                Id = g.Id,
                Signal = g.Signal,
                Direction = g.Direction,
                Movement = g.Movement,
                Phases = g.Phases,
                PermissivePhases = g.PermissivePhases,
                Opposing = g.PermissivePhases == 0 || g.Turn != TurnKind.Left ? [] : OpposingOf(g, groups),
                Lanes = g.Lanes,
                SaturationVehPerHour = studied[i].Saturation.SaturationVehPerHour,
                StartLostS = studied[i].Saturation.StartLostS,
                EndGainS = studied[i].Saturation.EndGainS,
                StorageVeh = StorageOf(i, g, streets),
                Feeders = [.. feeders[i].Select(f => new Feeder(f.Group, travels[f.Street].TravelS!.Value, travels[f.Street].Alpha, travels[f.Street].Beta))],
            })],
            Demands = demands.ToImmutable(),
        };
        return new PeriodStudy
        {
            Name = name,
            DayType = dayType,
            When = when,
            Network = network,
            Groups = [.. groups.Select((g, i) => DemandOf(studied[i], flows, i, calendar, dayType, fromBin, toBin, byDay))],
        };
    }

    private static GroupDemand DemandOf(
        GroupStudy group, PeriodFlows flows, int index, Calendar calendar, DayType dayType, int fromBin, int toBin, double?[][] byDay)
    {
        var bins = dayType.Days.SelectMany(d => calendar.BinsOf(d, fromBin, toBin)).Select(b => group.Volumes.Bins[b]).ToList();
        var known = bins.Where(b => b.Vehicles is not null).ToList();
        var days = byDay.Select(d => d[index]).Where(v => v is not null).Select(v => v!.Value).Order().ToList();
        double? spread = days.Count >= 5 ? (Quantile(days, 5.0 / 6) - Quantile(days, 1.0 / 6)) / 2 : null;
        var coverage = bins.Count == 0 ? 0 : bins.Average(b => b.Coverage);
        var source = flows.IsFilled[index] || known.Count == 0
            ? flows.IsBalanced[index] ? VolumeSource.FlowBalance : VolumeSource.UsualShare
            : known.GroupBy(b => b.Source).MaxBy(g => g.Count())!.Key;
        var confidence = source switch
        {
            VolumeSource.FlowBalance => 0.4,
            VolumeSource.UsualShare => 0.1,
            _ => known.Average(b => b.Confidence) * known.Count / Math.Max(1, bins.Count),
        };
        return new GroupDemand(
            group.Group, flows.VolumeVehPerHour[index], spread, source, confidence, coverage, bins.Count == 0 ? 0 : bins.Count(b => b.IsCapacity) / (double)bins.Count);
    }

    private static double Quantile(List<double> sorted, double share)
    {
        var at = share * (sorted.Count - 1);
        var low = (int)at;
        return low + 1 < sorted.Count ? sorted[low] + ((at - low) * (sorted[low + 1] - sorted[low])) : sorted[low];
    }

    private static ImmutableArray<int> OpposingOf(StopLineGroup left, List<StopLineGroup> groups)
    {
        var opposite = Heading.Opposite(left.Direction);
        return
        [
            .. Enumerable.Range(0, groups.Count).Where(i => groups[i].Signal == left.Signal && groups[i].Turn != TurnKind.Left
                && opposite != Core.Street.TravelDirection.Unknown && groups[i].Direction == opposite),
        ];
    }

    private static double? StorageOf(int index, StopLineGroup group, List<LinkEnds> streets)
    {
        var lengthFt = streets.Where(s => s.Receiving.Contains(index)).Select(s => s.Link.LengthFt).FirstOrDefault(l => l is not null);
        return group.Turn == TurnKind.Through && lengthFt is { } ft ? ft * group.Lanes / 25 : null;
    }

    private static ImmutableArray<double> Fed(
        List<(int Street, int Group)> from, int group, PeriodFlows flows, List<LinkEnds> streets)
    {
        var fed = new double[from.Count];
        for (var i = 0; i < fed.Length; i++)
        {
            var street = streets[from[i].Street];
            var receiving = street.Receiving.Sum(g => flows.VolumeVehPerHour[g]);
            var sent = street.Sources.Sum(s => flows.Sent(s));
            var share = receiving <= 0 ? 0 : flows.VolumeVehPerHour[group] / receiving;
            var kept = sent <= 0 ? 0 : Math.Min(1, receiving / sent);
            fed[i] = flows.Sent(street.Sources.First(s => s.Group == from[i].Group)) * share * kept;
        }

        return [.. fed];
    }

    private static ImmutableArray<double> ArrivalsOf(StopLineGroup group, SignalLog log, TimingInForce timing, RecoveredPattern? today, List<TimeRange> ranges)
    {
        const int enough = 200;
        var channels = group.Advances.Where(a => a.ToStopBarMs is not null).ToDictionary(a => a.Channel);
        if (today is null || channels.Count == 0 || LinkLearner.StandingShare(log, group) > LinkLearner.MostStanding)
        {
            return [];
        }

        if (RingDiagram.Of(timing.Phases, today.Timing) is not { } diagram)
        {
            return [];
        }

        var inStep = new InStepTimes(log, timing, today, ranges);
        var zeroMs = today.Timing.OffsetMs - diagram.ReferenceMs(today.Timing.Reference);
        var profile = CycleProfile.Fold(log, channels.Keys, c => channels[c].ToStopBarMs!.Value - channels[c].LatencyMs, today.Timing.CycleMs / 1000, zeroMs, inStep.Contains);
        var total = profile.Total;
        return total < enough ? [] : [.. profile.Bins.Select(b => b / total)];
    }
}

/// <summary>Bins of a study on the local calendar.</summary>
internal sealed class Calendar
{
    private readonly (int Day, int OfDay)[] _at;
    private readonly Dictionary<int, List<int>> _byDay = [];
    private readonly long _firstBinMs;

    public Calendar(LocalTimeMap local, long firstBinMs, int bins)
    {
        _firstBinMs = firstBinMs;
        _at = new (int, int)[bins];
        for (var bin = 0; bin < bins; bin++)
        {
            var localMs = local.ToLocalMs(firstBinMs + (bin * VolumeSeries.BinMs));
            var day = (int)Math.Floor(localMs / (double)SignalLog.DayMs);
            _at[bin] = (day, (int)((localMs - (day * SignalLog.DayMs)) / VolumeSeries.BinMs));
            if (!_byDay.TryGetValue(day, out var own))
            {
                _byDay[day] = own = [];
            }

            own.Add(bin);
        }
    }

    public int Bins => _at.Length;

    public (int Day, int OfDay) At(int bin) => _at[bin];

    public List<int> BinsOf(int day, int from, int to) => _byDay.TryGetValue(day, out var own) ? own.FindAll(b => _at[b].OfDay >= from && _at[b].OfDay < to) : [];

    public TimeRange RangeOf(int bin) => new(_firstBinMs + (bin * VolumeSeries.BinMs), _firstBinMs + ((bin + 1) * VolumeSeries.BinMs));
}
