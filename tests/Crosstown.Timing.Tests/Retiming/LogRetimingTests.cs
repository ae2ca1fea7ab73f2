using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Timing.Demand;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Intervals;
using Crosstown.Timing.Model;
using Crosstown.Timing.Optimization;
using Crosstown.Timing.Optimization.Bands;
using Crosstown.Timing.Retiming;
using Crosstown.Timing.Sheets;
using Crosstown.Timing.Tests.Demand;
using Crosstown.Timing.Tests.Sheets;

namespace Crosstown.Timing.Tests.Retiming;

/// <summary>From the town's logs to plans for its day.</summary>
public sealed class LogRetimingTests(ITestOutputHelper output)
{
    private static readonly Lazy<LogRetimingResult> s_morning = new(() => Retime(Options));

    private static LogRetimingOptions Options => new()
    {
        Retiming = new GuardedRetimingOptions
        {
            Accepted = [NoteKind.PedestriansByOverride, NoteKind.LessThanToday, NoteKind.NearCapacity, NoteKind.QueueBeyondStorage],
            Reason = "as a test",
            Optimizer = new OptimizerOptions { MaxThreads = 2 },
        },
    };

    private static Corridor Street => new()
    {
        Id = "harrison",
        Name = "Harrison Avenue",
        Forward = TravelDirection.Eastbound,
        Backward = TravelDirection.Westbound,
        Signals = [.. new[] { "1001", "1002", "1003", "1004", "1007" }.Select((s, i) => new CorridorSignal { Signal = SignalId.Parse(s), DistanceFt = i * 1500, ForwardGroup = SignalGroup.Phase(2), BackwardGroup = SignalGroup.Phase(6), SpeedMphToNext = i < 4 ? 40 : null })],
    };

    private static TownRecord Morning => TownRecord.Of(7, 8, 5.5, 12);

    [Fact]
    [Trait("rule", "C03")]
    public void Every_period_gets_patterns_of_its_own_that_the_guard_passes_together()
    {
        var result = s_morning.Value;

        var approval = result.Approval;
        Assert.NotNull(approval);
        var periods = result.Periods.Where(p => p.Result?.Approval is not null).ToList();
        Assert.True(periods.Count >= 2);
        Assert.Equal(periods.Count, periods.Select(p => p.Pattern).Distinct().Count());
        foreach (var (proposal, facts) in approval.Proposal.Signals.Zip(approval.Facts))
        {
            Assert.Empty(proposal.Patterns.Select(p => p.Timing.Number).Intersect(facts.Patterns.Select(p => p.Number)));
            Assert.All(proposal.Patterns, p => Assert.Contains(facts.Patterns, today => today.Number == p.Replaces));
        }

        var again = new PlanGuard().Check(result.Facts.Facts, approval.Proposal);
        Assert.Empty(again.Problems);
        foreach (var period in periods)
        {
            output.WriteLine($"{period.Study.Name}: {period.Result!.Before.Index:0.0} today, {period.Result.After.Index:0.0} with pattern {period.Pattern}");
            Assert.True(period.Result.After.Index < period.Result.Before.Index);
        }
    }

    [Fact]
    public void A_corridor_is_said_to_lose_what_its_signals_would_save_and_how_much_was_seen()
    {
        var result = Retime(Options, [Street]);

        var own = result.Losses.Where(l => l.Corridor == "harrison").ToList();
        Assert.Equal(result.Periods.Count(p => p.Result is not null), own.Count);
        Assert.Contains(own, l => l.Share > 0.03);
        Assert.All(own, l => Assert.InRange(l.Coverage, 0.95, 1));
        Assert.All(result.Losses, l => Assert.InRange(l.Share!.Value, 0, 1));
        var period = result.Periods.First(p => p.Result?.Approval is not null);
        foreach (var isAfter in new[] { false, true })
        {
            Assert.Contains("<svg", PlanDocuments.DrawingOf(period, Street, isAfter), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_street_that_is_timed_for_bandwidth_gets_wider_bands_than_today_and_than_for_delay()
    {
        static int Bands(LogRetimingResult result, bool ofPlan) => result.Periods.Where(p => p.Result?.Approval is not null).Sum(p =>
        {
            var (network, plan) = ofPlan ? (p.Result!.Network, p.Result.Plan) : (p.Study.Network, new NetworkPlan { Patterns = [.. p.Study.Network.Signals.Select(s => s.Today)] });
            var signals = Street.Signals.Select(c => Enumerable.Range(0, network.Signals.Length).First(s => network.Signals[s].Signal == c.Signal)).ToImmutableArray();
            return ArterialBands.FindBand(network, plan, signals) is { } band ? band.OutboundS + band.InboundS : 0;
        });

        var options = Options with { Parts = [DayPart.Morning] };
        var (forDelay, forBands) = (Retime(options, [Street]), Retime(options with { ForBands = true }, [Street]));

        output.WriteLine($"bands of both ways over all periods: {Bands(forBands, ofPlan: false)} s today, {Bands(forDelay, ofPlan: true)} s for delay, {Bands(forBands, ofPlan: true)} s for bandwidth");
        Assert.True(Bands(forBands, ofPlan: true) > Bands(forBands, ofPlan: false));
        Assert.True(Bands(forBands, ofPlan: true) > Bands(forDelay, ofPlan: true));
    }

    [Fact]
    [Trait("rule", "C03")]
    public void Signals_that_share_a_cycle_today_stay_in_step_with_each_other()
    {
        var result = Retime(Options with { ForBands = true }, [Street]);

        // One name for a group, though one of its signals is coordinated at other times too.
        var groups = result.Facts.Facts.Where(f => Street.Signals.Any(s => s.Signal == f.Signal)).Select(f => f.CoordinationGroup).Distinct().ToList();
        Assert.NotNull(Assert.Single(groups));
        foreach (var period in result.Periods.Where(p => p.Result is not null))
        {
            var cycles = Street.Signals.Select(c => Enumerable.Range(0, period.Study.Network.Signals.Length).First(s => period.Study.Network.Signals[s].Signal == c.Signal))
                .Select(s => period.Result!.Plan.Patterns[s]?.CycleMs).OfType<int>().Distinct().Order().ToList();
            Assert.True(cycles.Count <= 1 || (cycles.Count == 2 && cycles[1] == 2 * cycles[0]), $"{period.Study.Name}: {string.Join(", ", cycles)}");
        }
    }

    [Fact]
    public void The_same_logs_and_seed_give_the_same_plans()
    {
        static string Text(LogRetimingResult result)
        {
            using var writer = new StringWriter(CultureInfo.InvariantCulture);
            PatternTable.Write(writer, result.Approval!, PlanDocuments.SheetsOf(result, new DateOnly(2026, 5, 13), ""));
            return writer.ToString();
        }

        var one = Options with { Retiming = Options.Retiming with { Optimizer = Options.Retiming.Optimizer with { MaxThreads = 1 } } };
        Assert.Equal(Text(s_morning.Value), Text(Retime(one)));
    }

    [Fact]
    [Trait("rule", "C04")]
    public void Intervals_that_a_street_asks_for_come_in_every_period_or_in_none()
    {
        var result = Retime(Options with { TrustsIntervals = false });

        var longer = result.Facts.Facts.Where(f => !NeededIntervals.Of(f).SequenceEqual(f.Phases)).Select(f => f.Signal).ToHashSet();
        Assert.NotEmpty(longer);
        foreach (var signal in longer)
        {
            var index = Enumerable.Range(0, result.Facts.Facts.Length).First(i => result.Facts.Facts[i].Signal == signal);
            var coordinated = result.Periods.Count(p => p.Study.Network.Signals[index].Today is not null);
            var proposal = result.Approval?.Proposal.Signals.FirstOrDefault(s => s.Signal == signal);
            Assert.True(proposal is null || proposal.Patterns.Length == coordinated, $"signal {signal}: {proposal?.Patterns.Length} patterns of {coordinated} periods");
            Assert.All(proposal?.Phases ?? [], p => Assert.True(p.YellowMs >= result.Facts.Facts[index].Phases.First(f => f.Number == p.Number).YellowMs));
        }

        Assert.All(result.Withdrawn.SelectMany(w => w.Problems), p => Assert.Equal("XT772", p.Code));
    }

    [Fact]
    public void What_is_locked_stays_and_only_the_parts_that_are_asked_for_change()
    {
        var locked = SignalId.Parse("1003");
        var result = Retime(Options with
        {
            Parts = [DayPart.Morning],
            Locks = ImmutableSortedDictionary<SignalId, TimingLocks>.Empty.Add(locked, TimingLocks.Cycle | TimingLocks.Splits | TimingLocks.Sequence | TimingLocks.Offset),
        });

        Assert.DoesNotContain(result.Approval?.Proposal.Signals ?? [], s => s.Signal == locked);
        Assert.Contains(result.Periods, p => p.Result is not null);
        Assert.All(result.Periods, p => Assert.Equal((p.Study.When.FromMinute + p.Study.When.ToMinute) / 2 is >= 300 and < 600 && p.Study.Network.Signals.Any(s => s.Today is not null), p.Result is not null));
    }

    [Fact]
    [Trait("rule", "C04")]
    public void Trusted_intervals_are_enough_for_the_streets_that_are_assumed_and_a_posted_limit_is_never_undercut()
    {
        var record = Morning;
        var signals = record.Signals();
        var study = DemandStudy.Run(signals, record.Links());
        var facts = LogFacts.Of(signals, study, [], trustsIntervals: true);

        for (var i = 0; i < signals.Count; i++)
        {
            Assert.All(facts.Facts[i].Street, s => Assert.Contains(facts.Assumptions[i], a => a.Fact == StreetFact.Speed && a.Phase == s.Phase && a.Value == s.SpeedMph));
            foreach (var approach in signals[i].Configuration.Approaches.Where(a => a is { Protected.IsOverlap: false, SpeedLimitMph: not null }))
            {
                var street = facts.Facts[i].Street.FirstOrDefault(s => s.Phase == approach.Protected!.Value.Number);
                Assert.True(street is null || street.SpeedMph >= approach.SpeedLimitMph);
            }

            foreach (var phase in facts.Facts[i].Phases)
            {
                var street = facts.Facts[i].Street.First(s => s.Phase == phase.Number);
                Assert.True(ChangeIntervals.RedClearanceS(street.WidthFt, street.SpeedMph) <= Math.Max(phase.RedClearanceMs / 1000m, 0.8m));
            }
        }

        var safe = LogFacts.Of(signals, study, [], trustsIntervals: false);
        Assert.All(safe.Facts.SelectMany(f => f.Street).Zip(facts.Facts.SelectMany(f => f.Street)), p => Assert.True(p.First.SpeedMph >= p.Second.SpeedMph && p.First.WidthFt >= p.Second.WidthFt));
    }

    [Fact]
    public void What_an_engineer_measured_takes_the_place_of_what_was_assumed()
    {
        var record = Morning;
        var signals = record.Signals();
        var study = DemandStudy.Run(signals, record.Links());
        var measured = new MeasuredFacts
        {
            Signal = signals[0].Configuration.Signal,
            PreventsBackup = true,
            OffsetReference = OffsetReference.BeginYellow,
            Phases = [new MeasuredPhase { Phase = 2, SpeedMph = 38, WidthFt = 70 }],
        };

        var plain = LogFacts.Of(signals, study, [], trustsIntervals: true);
        var facts = LogFacts.Of(signals, study, [measured], trustsIntervals: true);

        var street = facts.Facts[0].Street.First(s => s.Phase == 2);
        Assert.Equal((38m, 70m, true), (street.SpeedMph, street.WidthFt, facts.Facts[0].PreventsBackup));
        Assert.DoesNotContain(facts.Assumptions[0], a => (a.Fact is StreetFact.Speed or StreetFact.Width && a.Phase == 2) || a.Fact == StreetFact.OffsetReference);

        // The same greens at the same times, counted to another point of the cycle.
        foreach (var (before, after) in plain.Facts[0].Patterns.Zip(facts.Facts[0].Patterns))
        {
            Assert.Equal(OffsetReference.BeginYellow, after.Reference);
            int Zero(PatternTiming p) => (((p.OffsetMs - RingDiagram.Of(plain.Facts[0].Phases, p)!.ReferenceMs(p.Reference)) % p.CycleMs) + p.CycleMs) % p.CycleMs;
            Assert.Equal(Zero(before), Zero(after));
        }

        var wrong = Assert.Throws<ProblemException>(() => LogFacts.Of(signals, study, [measured with { Signal = SignalId.Parse("9") }], trustsIntervals: true));
        Assert.Equal("XT673", Assert.Single(wrong.Problems).Code);
    }

    [Fact]
    public void A_whole_day_gives_a_day_plan_and_documents_that_agree_with_their_schema()
    {
        var record = TownRecord.Of(7, 3, 0, 24);
        var result = Retime(Options, record: record);

        Assert.NotNull(result.Approval);
        foreach (var proposal in result.Approval.Proposal.Signals)
        {
            var plan = Assert.Single(result.DayPlans[proposal.Signal]);
            Assert.Equal(new TimeOnly(0, 0), plan.Events[0].At);
            Assert.All(proposal.Patterns, p => Assert.Contains(plan.Events, e => e.Pattern == p.Timing.Number));
            Assert.True(plan.Events.Zip(plan.Events.Skip(1)).All(e => e.First.At < e.Second.At && e.First.Pattern != e.Second.Pattern));
        }

        var details = PlanDocuments.SheetsOf(result, new DateOnly(2026, 5, 13), "Made from a day of logs.");
        using var file = new MemoryStream();
        PlanFile.Write(file, result.Approval, details);
        using var plans = JsonDocument.Parse(file.ToArray());
        using var schema = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository(), "docs", "schema", "plans.schema.json")));
        Assert.Empty(SchemaCheck.Check(schema.RootElement, plans.RootElement));
        using var page = new StringWriter(CultureInfo.InvariantCulture);
        TimingSheet.Write(page, result.Approval, details);
        Assert.Contains("Day plans", page.ToString(), StringComparison.Ordinal);
        using var table = new StringWriter(CultureInfo.InvariantCulture);
        PlanDocuments.WriteBeforeAfter(table, result);
        Assert.Equal(1 + PlanDocuments.ApproachesOf(result).Length, table.ToString().Count(c => c == '\n'));
    }

    [Fact]
    public void Logs_without_a_single_count_are_refused_with_what_to_do()
    {
        var record = Morning;
        var bare = record.Signals(change: c => c with { Detectors = [] });

        var refusal = Assert.Throws<ProblemException>(() => new LogRetiming(bare, [], record.Links(), Options, new PlanGuard()).Run([], null, (_, _) => CancellationToken.None));
        Assert.Equal("XT770", Assert.Single(refusal.Problems).Code);
    }

    private static LogRetimingResult Retime(LogRetimingOptions options, IReadOnlyList<Corridor>? corridors = null, TownRecord? record = null)
    {
        record ??= Morning;
        return new LogRetiming(record.Signals(), corridors ?? [], record.Links(), options, new PlanGuard()).Run([], null, (_, _) => CancellationToken.None);
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Crosstown.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}
