using System.Diagnostics;
using System.Globalization;
using Crosstown.Core;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Optimization;
using Crosstown.Timing.Tests.Optimization;

namespace Crosstown.Bench;

/// <summary>Evaluating and optimizing timing for the reference grid of 500 signals.</summary>
internal static class TimingBench
{
    private const int Bins = 60;

    public static bool Run()
    {
        var isMet = Evaluation();
        isMet &= Tables();
        isMet &= Offsets();
        return WholePlans() && isMet;
    }

    /// <summary>All tables of the grid, and offsets tried on them.</summary>
    private static bool Tables()
    {
        var engine = AtZero(new EvaluationOptions { Bins = Bins });
        engine.Evaluate();
        var tables = new PairTables(engine);
        var best = double.MaxValue;
        for (var pass = 0; pass < 60; pass++)
        {
            var start = Stopwatch.GetTimestamp();
            tables.Clear();
            tables.Add(engine, 1);
            tables.Close();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        var isMet = Figures.Hold("pair tables, 500 signals, 60 differences", best, "ms", 5, atLeast: false, $"{tables.Links.Length} lane groups");
        var search = new OffsetSearch(tables, new float[tables.SignalCount][]);
        var random = new RandomNumbers(2);
        var rate = 0.0;
        for (var pass = 0; pass < 400; pass++)
        {
            for (var s = 0; s < tables.SignalCount; s++)
            {
                search.Offsets[s] = random.NextInt(Bins);
            }

            var trials = search.Trials;
            var start = Stopwatch.GetTimestamp();
            search.Descend();
            rate = Math.Max(rate, (search.Trials - trials) / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return Figures.Hold("trial offsets", rate / 1e6, "M/s", 150, atLeast: true) && isMet;
    }

    /// <summary>Offsets alone, from all zero, one thread; tables and true evaluations included.</summary>
    private static bool Offsets()
    {
        var network = ReferenceGrid.Make();
        var options = new OptimizerOptions();
        var best = double.MaxValue;
        var gain = 0.0;
        for (var pass = 0; pass < 5; pass++)
        {
            var search = new NetworkSearch(network, options, 1, CancellationToken.None);
            var zero = search.Load([.. network.Signals.Select(s => SignalState.Of(s.Today!))]);
            var start = Stopwatch.GetTimestamp();
            search.SearchOffsets(rounds: 6, forests: 50);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            gain = 100 * (1 - (search.Index / zero));
        }

        return Figures.Hold("offsets of 500 signals against zero offsets", gain, "% better index", 23, atLeast: true)
            & Figures.Hold("time for them", best, "s", 1, atLeast: false);
    }

    /// <summary>Cycle, splits, sequence and offsets with pedestrian minimums on two threads.</summary>
    private static bool WholePlans()
    {
        var network = ReferenceGrid.Make();
        var best = double.MaxValue;
        var bestCpu = double.MaxValue;
        OptimizerResult? result = null;
        for (var pass = 0; pass < 3; pass++)
        {
            var cpu = Figures.CpuSeconds();
            var start = Stopwatch.GetTimestamp();
            result = new PlanOptimizer(network, new OptimizerOptions { MaxThreads = 2 }).Optimize();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            bestCpu = Math.Min(bestCpu, Figures.CpuSeconds() - cpu);
        }

        return Figures.Hold(
            "cycle, splits, sequence and offsets of 500 signals, 2 threads", best, "s", 15, atLeast: false,
            string.Create(CultureInfo.InvariantCulture, $"{bestCpu:N1} s of processor time; index {100 * (1 - (result!.Evaluation.Index / result.Today!.Index)):N1} % better than today's"));
    }

    private static ProfileEngine AtZero(EvaluationOptions options)
    {
        var network = ReferenceGrid.Make();
        var engine = new ProfileEngine(network, 0, options, new TimingObjective());
        engine.SetPlan(ReferenceGrid.Today(network));
        return engine;
    }

    /// <summary>Whole plans, each with other offsets, three sweeps from flat flow.</summary>
    private static bool Evaluation()
    {
        var engine = AtZero(new EvaluationOptions { Bins = Bins, MaxSweeps = 3, Tolerance = 0 });
        var random = new RandomNumbers(1);
        var best = double.MaxValue;
        var sum = 0.0;
        var cpu = 0.0;
        const int Plans = 20;
        const int Passes = 100;

        // Short passes: on a machine that others use too, some of them are not interrupted. The first ones are left out of processor time: code is still being compiled.
        for (var pass = 0; pass < Passes; pass++)
        {
            cpu = pass == Passes / 4 ? Figures.CpuSeconds() : cpu;
            var start = Stopwatch.GetTimestamp();
            for (var plan = 0; plan < Plans; plan++)
            {
                for (var s = 0; s < engine.Network.Signals.Length; s++)
                {
                    engine.SetZero(s, random.NextInt(90));
                }

                engine.ResetFlow();
                sum += engine.Evaluate();
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        cpu = Figures.CpuSeconds() - cpu;
        return Figures.Hold(
            "profile evaluation, 500 signals, 60 bins, 3 sweeps", Plans / best, "plans/s", 800, atLeast: true,
            string.Create(CultureInfo.InvariantCulture, $"{Plans * (Passes - (Passes / 4)) / cpu:N0} by processor time, {engine.GroupCount} lane groups, mean index {sum / Plans / Passes:N1}"));
    }
}
