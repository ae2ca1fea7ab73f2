using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Networks;
using Crosstown.Core.Street;
using Crosstown.Simulation.Vehicles;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Model;
using Crosstown.Timing.Proof;
using Crosstown.Timing.Proof.Drawing;

namespace Crosstown.Cli.Commands.Retime;

/// <summary>Who judges a plan.</summary>
[Flags]
internal enum ProofJudges
{
    /// <summary>The model of cyclic flow profiles.</summary>
    Model = 1,

    /// <summary>Our simulator of single vehicles.</summary>
    Simulation = 2,

    /// <summary>SUMO, where it is installed.</summary>
    Sumo = 4,
    All = Model | Simulation | Sumo,
}

/// <summary>Two plans that are to be compared.</summary>
/// <param name="Before">The network with the intervals that run today.</param>
/// <param name="BeforePlan">What runs today.</param>
/// <param name="After">The same network, with the intervals of the new plan.</param>
/// <param name="AfterPlan">The new plan.</param>
internal sealed record PlanProofRequest(TimingNetwork Before, NetworkPlan BeforePlan, TimingNetwork After, NetworkPlan AfterPlan)
{
    public ProofJudges Judges { get; init; } = ProofJudges.All;

    /// <summary>Runs of each plan with each simulator, 1 or more.</summary>
    public int Seeds { get; init; } = 3;

    public ulong Seed { get; init; } = 1;

    /// <summary>Most signals that are simulated.</summary>
    public int MostSignals { get; init; } = 30;

    /// <summary>Time to fill the streets before anything is measured, whole minutes, s.</summary>
    public double WarmUpS { get; init; } = 600;

    /// <summary>Told how many runs of how many are done; from any thread.</summary>
    public IProgress<(int Done, int All)>? Progress { get; init; }

    /// <summary>Runs at the same time.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}

/// <summary>Compares two plans by approach: the model, our simulator and SUMO on the same streets, the latter two over several seeds.</summary>
/// <remarks>
/// Simulators drive on a <see cref="StreetDrawing"/>: fixed programs, no walkers, no turns on red. The streets fill for a while, then as long as the period of the demand is
/// measured, a quarter of an hour to one hour. Lost time is counted from where an approach begins to where the next does, and waiting to enter with it. Where more signals
/// are tied to the changed ones than the most that are simulated, those nearest to the changes are.
/// </remarks>
internal static class PlanProof
{
    private const int MostDemands = 3;

    /// <summary>Whether it is SUMO, the slower one first.</summary>
    private static readonly bool[] s_simulators = [true, false];

    public static JudgedPlans Run(PlanProofRequest request, CancellationToken cancel = default)
    {
        var notes = new List<string>();
        var isJudged = Select(request, notes);
        if (isJudged.Contains(true) && !Enumerable.Range(0, request.Before.Groups.Length).Any(g => isJudged[request.Before.Groups[g].Signal] && request.Before.Demands.All(d => d.VolumeVehPerHour[g] > 0)))
        {
            notes.Add("No traffic is known at the signals that change: there is nothing to compare.");
            return new JudgedPlans([], [], [.. notes]);
        }

        if (!isJudged.Contains(true))
        {
            return new JudgedPlans([], [], [.. notes]);
        }

        var demands = DemandsOf(request.Before, notes);
        var judges = new List<Judge>();
        if (request.Judges.HasFlag(ProofJudges.Model))
        {
            judges.Add(ByModel(request, demands));
        }

        var useSumo = request.Judges.HasFlag(ProofJudges.Sumo) && SumoProgramRun.IsInstalled;
        if (request.Judges.HasFlag(ProofJudges.Sumo) && !useSumo)
        {
            notes.Add("SUMO is not installed here (programs sumo and netconvert): it has no figures.");
        }

        if (request.Judges.HasFlag(ProofJudges.Simulation) || useSumo)
        {
            judges.AddRange(BySimulators(request, [.. isJudged], demands, useSumo, notes, cancel));
        }

        // Only what every judge looked at is compared.
        var keys = judges.Select(j => j.Before[0].Keys.ToHashSet()).Aggregate((a, b) => [.. a.Intersect(b)]).Where(k => isJudged[k.Signal]).Order().ToList();
        return new JudgedPlans(
            [.. keys.Select(k => new JudgedApproach(k.Signal, k.Direction, [.. judges.Select(j => new JudgeFigures(
                j.Name, Judge.Over(j.Before, [k], c => c.DelayPerVehicleS), Judge.Over(j.After, [k], c => c.DelayPerVehicleS),
                Judge.Over(j.Before, [k], c => c.StopsPerVehicle), Judge.Over(j.After, [k], c => c.StopsPerVehicle)))]))],
            [.. judges.Select(j => new JudgeFigures(
                j.Name, Judge.Over(j.Before, keys, c => c.DelayS / 3600), Judge.Over(j.After, keys, c => c.DelayS / 3600), Judge.Over(j.Before, keys, c => c.Stops), Judge.Over(j.After, keys, c => c.Stops)))],
            [.. notes]);
    }

    /// <summary>The signals to look at: those that change, and what is tied to them, as far as there is room.</summary>
    private static bool[] Select(PlanProofRequest request, List<string> notes)
    {
        var network = request.Before;
        var count = network.Signals.Length;
        var (before, after) = (request.BeforePlan.Patterns, request.AfterPlan.Patterns);
        bool CanBe(int s) => before[s] is not null && after[s] is not null;
        var changed = Enumerable.Range(0, count).Where(s => CanBe(s) && (!IsSame(before[s]!, after[s]!) || !network.Signals[s].Phases.SequenceEqual(request.After.Signals[s].Phases))).ToList();
        var isJudged = new bool[count];
        if (changed.Count == 0)
        {
            notes.Add("No signal changes: there is nothing to compare.");
            return isJudged;
        }

        var tied = new SortedSet<int>[count];
        for (var s = 0; s < count; s++)
        {
            tied[s] = [];
        }

        foreach (var group in network.Groups)
        {
            foreach (var from in group.Feeders.Select(f => network.Groups[f.Group].Signal).Where(f => f != group.Signal && CanBe(f) && CanBe(group.Signal)))
            {
                tied[group.Signal].Add(from);
                tied[from].Add(group.Signal);
            }
        }

        var volume = new double[count];
        for (var g = 0; g < network.Groups.Length; g++)
        {
            volume[network.Groups[g].Signal] += network.Demands.Sum(d => d.VolumeVehPerHour[g]);
        }

        // Changed signals first, each with those that it is tied to, from the busiest on; then what is tied to these.
        var left = request.MostSignals;
        var isChanged = changed.ToHashSet();
        var next = new PriorityQueue<int, (int, double, int)>();
        void Reach(int s, int distance) => next.Enqueue(s, (isChanged.Contains(s) ? 0 : distance, -volume[s], s));
        var seeds = changed.OrderByDescending(s => volume[s]).ThenBy(s => s).ToList();
        var reached = new HashSet<int>();
        var depth = new int[count];
        foreach (var seed in seeds)
        {
            if (reached.Add(seed))
            {
                Reach(seed, 0);
            }

            while (left > 0 && next.TryDequeue(out var s, out _))
            {
                isJudged[s] = true;
                left--;
                foreach (var other in tied[s].Where(reached.Add))
                {
                    depth[other] = isChanged.Contains(other) ? 0 : depth[s] + 1;
                    Reach(other, depth[other]);
                }
            }
        }

        var judged = isJudged.Count(j => j);
        var judgedChanged = changed.Count(s => isJudged[s]);
        notes.Add(judgedChanged == changed.Count
            ? $"Simulated: all {changed.Count} signals that change, {judged} with those tied to them."
            : $"Simulated: {judgedChanged} of the {changed.Count} signals that change, {judged} with those tied to them; no more than {request.MostSignals} are.");
        return isJudged;
    }

    private static bool IsSame(PatternTiming a, PatternTiming b)
    {
        static string Order(PatternTiming p) => p.Sequence.IsDefaultOrEmpty ? "" : string.Join('|', p.Sequence.Select(r => string.Join(',', r)));
        return a.CycleMs == b.CycleMs && a.OffsetMs == b.OffsetMs && a.Reference == b.Reference && a.SplitMs.SequenceEqual(b.SplitMs) && Order(a) == Order(b);
    }

    private static ImmutableArray<int> DemandsOf(TimingNetwork network, List<string> notes)
    {
        var all = Enumerable.Range(0, network.Demands.Length).OrderByDescending(d => network.Demands[d].Weight * network.Demands[d].VolumeVehPerHour.Sum()).ThenBy(d => d).ToList();
        if (all.Count > MostDemands)
        {
            notes.Add($"Judged by the {MostDemands} heaviest of {all.Count} demands: {string.Join(", ", all.Take(MostDemands).Select(d => network.Demands[d].Name))}.");
        }

        return [.. all.Take(MostDemands).Order()];
    }

    private static Judge ByModel(PlanProofRequest request, ImmutableArray<int> demands)
    {
        static Cells Of(TimingNetwork network, NetworkPlan plan, ImmutableArray<int> demands)
        {
            var some = network with { Demands = [.. demands.Select(d => network.Demands[d])] };
            var cells = new Cells();
            foreach (var approach in ApproachFigures.Of(some, new PlanEvaluator(some).Evaluate(plan)).Where(a => a.DelayS is { } delay && double.IsFinite(delay)))
            {
                cells[(approach.Signal, approach.Direction)] = new Cell(
                    approach.VolumeVehPerHour, approach.DelayS!.Value * approach.VolumeVehPerHour, (approach.StopsPerVehicle ?? 0) * approach.VolumeVehPerHour);
            }

            return cells;
        }

        return new Judge(JudgedPlans.Model, [Of(request.Before, request.BeforePlan, demands)], [Of(request.After, request.AfterPlan, demands)]);
    }

    private static List<Judge> BySimulators(PlanProofRequest request, ImmutableArray<bool> isJudged, ImmutableArray<int> demands, bool useSumo, List<string> notes, CancellationToken cancel)
    {
        var weights = demands.Select(d => request.Before.Demands[d].Weight).ToArray();
        var drawings = demands.Select(d => StreetDrawing.Draw(request.Before, new StreetDrawingOptions { Demand = d, Signals = isJudged })).ToArray();
        var programs = drawings.Select(d => new[] { d.Programs(request.Before, request.BeforePlan), d.Programs(request.After, request.AfterPlan) }).ToArray();
        var ends = demands.Select(d => request.WarmUpS + (60 * Math.Round(Math.Clamp(request.Before.Demands[d].Hours, 0.25, 1) * 60))).ToArray();
        var useOwn = request.Judges.HasFlag(ProofJudges.Simulation);
        var own = new Cells[2, request.Seeds, demands.Length];
        var sumo = new Cells[2, request.Seeds, demands.Length];
        var nets = new List<SumoProgramRun>();
        string? failure = null;
        void BySumo(Action act)
        {
            try
            {
                act();
            }
            catch (InvalidOperationException e)
            {
                // What SUMO cannot do costs its column, not the plan.
                Interlocked.CompareExchange(ref failure, e.Message, null);
            }
        }

        try
        {
            if (useSumo)
            {
                BySumo(() =>
                {
                    for (var d = 0; d < drawings.Length; d++)
                    {
                        nets.Add(new SumoProgramRun(drawings[d].Network, programs[d][0]));
                    }
                });
            }

            // SUMO takes longest, so its runs begin first.
            var runs = new List<Action>();
            var done = 0;
            foreach (var isSumo in s_simulators.Where(s => s ? useSumo && failure is null : useOwn))
            {
                for (var d = 0; d < demands.Length; d++)
                {
                    for (var i = 0; i < request.Seeds; i++)
                    {
                        for (var plan = 0; plan < 2; plan++)
                        {
                            var (which, seed, demand) = (plan, i, d);
                            runs.Add(isSumo
                                ? () => BySumo(() => sumo[which, seed, demand] = failure is null ? RunSumo(nets[demand], drawings[demand], programs[demand][which], request, ends[demand], which, seed, cancel) : [])
                                : () => own[which, seed, demand] = RunOwn(drawings[demand], programs[demand][which], request, ends[demand], seed, cancel));
                        }
                    }
                }
            }

            Parallel.ForEach(
                System.Collections.Concurrent.Partitioner.Create(runs, System.Collections.Concurrent.EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, request.Threads), CancellationToken = cancel }, run =>
                {
                    run();
                    request.Progress?.Report((Interlocked.Increment(ref done), runs.Count));
                });
        }
        finally
        {
            nets.ForEach(n => n.Dispose());
        }

        notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"Each plan was driven {request.Seeds} times by each simulator, for {string.Join(", ", ends.Select(e => (e - request.WarmUpS) / 60).Distinct())} min after {request.WarmUpS / 60:0} min to fill the streets; the spread is the standard deviation of these."));
        notes.Add("Signals run their splits as under full demand; walkers and turns on red are not simulated.");
        if (failure is not null)
        {
            notes.Add($"SUMO has no figures: {failure.Split('\n')[0]}");
        }

        ImmutableArray<Cells> Merge(Cells[,,] cells, int plan) => [.. Enumerable.Range(0, request.Seeds).Select(i => Cells.Merge([.. Enumerable.Range(0, demands.Length).Select(d => cells[plan, i, d])], weights))];
        var judges = new List<Judge>();
        if (useOwn)
        {
            judges.Add(new Judge(JudgedPlans.Simulation, Merge(own, 0), Merge(own, 1)));
        }

        if (useSumo && failure is null)
        {
            judges.Add(new Judge(JudgedPlans.Sumo, Merge(sumo, 0), Merge(sumo, 1)));
        }

        return judges;
    }

    private static ulong SeedOf(PlanProofRequest request, int seed) => (request.Seed * 1000) + (ulong)seed;

    private static Cells RunOwn(StreetDrawing drawing, ImmutableArray<FixedProgram> programs, PlanProofRequest request, double endS, int seed, CancellationToken cancel)
    {
        var begins = drawing.ApproachBegins;
        var control = new TrafficControl { Programs = programs, SectionBegins = begins };
        var engine = new TrafficEngine(drawing.Network, drawing.Demand(0, endS, SeedOf(request, seed)), control, new TrafficSettings { Seed = SeedOf(request, seed), EndS = endS, DrainS = 0 });
        TrafficTotals To(double timeS)
        {
            while (engine.TimeS < timeS)
            {
                cancel.ThrowIfCancellationRequested();
                engine.Step();
            }

            return engine.Finish();
        }

        var (warm, end) = (To(request.WarmUpS), To(endS));
        var hours = (endS - request.WarmUpS) / 3600;
        static double Waited(TrafficTotals totals, int edge) => totals.Edges.FirstOrDefault(e => e.Edge == edge)?.EntryDelayS ?? 0;
        var cells = new Cells();
        for (var a = 0; a < drawing.Approaches.Length; a++)
        {
            var entry = drawing.Approaches[a].Edges[0];
            cells.Add(drawing.Approaches[a], new Cell(
                (end.Sections[a].Left - warm.Sections[a].Left) / hours,
                (end.Sections[a].DelayS - warm.Sections[a].DelayS + Waited(end, entry) - Waited(warm, entry)) / hours,
                (end.Sections[a].Stops - warm.Sections[a].Stops) / hours));
        }

        return cells;
    }

    private static Cells RunSumo(SumoProgramRun net, StreetDrawing drawing, ImmutableArray<FixedProgram> programs, PlanProofRequest request, double endS, int plan, int seed, CancellationToken cancel)
    {
        var hours = (endS - request.WarmUpS) / 3600;
        var sections = net.Run($"{plan}-{seed}", drawing.Demand(0, endS, SeedOf(request, seed)), programs, drawing.ApproachBegins, request.WarmUpS, endS, seed + 1, cancel);
        var cells = new Cells();
        for (var a = 0; a < drawing.Approaches.Length; a++)
        {
            cells.Add(drawing.Approaches[a], new Cell(sections[a].Left / hours, (sections[a].DelayS + sections[a].EntryDelayS) / hours, sections[a].Stops / hours));
        }

        return cells;
    }

    /// <summary>What happened at an approach in an hour.</summary>
    private readonly record struct Cell(double Vehicles, double DelayS, double Stops)
    {
        public double? DelayPerVehicleS => Vehicles > 0 ? DelayS / Vehicles : null;

        public double? StopsPerVehicle => Vehicles > 0 ? Stops / Vehicles : null;
    }

    /// <summary>One run.</summary>
    private sealed class Cells : Dictionary<(int Signal, TravelDirection Direction), Cell>
    {
        public void Add(DrawnApproach approach, Cell cell)
        {
            var known = this.GetValueOrDefault((approach.Signal, approach.Direction));
            this[(approach.Signal, approach.Direction)] = new Cell(known.Vehicles + cell.Vehicles, known.DelayS + cell.DelayS, known.Stops + cell.Stops);
        }

        /// <summary>The weighted mean over demands.</summary>
        public static Cells Merge(Cells[] demands, double[] weights)
        {
            var merged = new Cells();
            foreach (var key in demands.SelectMany(d => d.Keys).Distinct())
            {
                var parts = demands.Zip(weights, (d, w) => (Cell: d.GetValueOrDefault(key), Share: w / weights.Sum())).ToList();
                merged[key] = new Cell(parts.Sum(p => p.Share * p.Cell.Vehicles), parts.Sum(p => p.Share * p.Cell.DelayS), parts.Sum(p => p.Share * p.Cell.Stops));
            }

            return merged;
        }
    }

    /// <summary>All runs of one judge.</summary>
    private sealed record Judge(string Name, ImmutableArray<Cells> Before, ImmutableArray<Cells> After)
    {
        /// <summary>Mean and spread over runs of a figure of some approaches together.</summary>
        public static JudgedFigure? Over(ImmutableArray<Cells> runs, IEnumerable<(int Signal, TravelDirection Direction)> keys, Func<Cell, double?> figure)
        {
            var values = runs.Select(r => keys.Select(k => r.GetValueOrDefault(k)).Aggregate(default(Cell), (a, b) => new Cell(a.Vehicles + b.Vehicles, a.DelayS + b.DelayS, a.Stops + b.Stops)))
                .Select(figure).OfType<double>().ToList();
            if (values.Count < runs.Length)
            {
                return null;
            }

            var mean = values.Average();
            return new JudgedFigure(mean, values.Count < 2 ? null : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1)));
        }
    }
}
