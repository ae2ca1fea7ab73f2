using System.Diagnostics;
using Crosstown.Core.Data;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Optimization;
using Crosstown.Timing.Utdf;

namespace Crosstown.Bench;

/// <summary>Retiming a real city from its UTDF file: the signals of Tempe that share a cycle of 110 s, against the plan that the file holds.</summary>
internal static class TempeBench
{
    private const double CycleS = 110;

    public static bool Run(string? shared)
    {
        if (shared is null)
        {
            Console.WriteLine("       The Tempe model is not here: nothing to measure.");
            return true;
        }

        var start = Stopwatch.GetTimestamp();
        using var file = File.OpenRead(Path.Combine(shared, "data", "utdf", "tempe_az_synchro8.csv"));
        var issues = new DataIssueLog();
        var city = UtdfNetwork.Read(UtdfDocument.Read(file, "tempe", issues), new UtdfNetworkOptions { OnlyCycleS = CycleS }, issues);
        Console.WriteLine($"       {city.Network.Signals.Length} signals, {city.Network.Groups.Length:N0} lane groups, read in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:N0} ms");
        var kept = new OptimizerOptions { ChangesCycle = false, ChangesSplits = false, ChangesSequence = false, MaxThreads = 1 };
        var offsets = Best(city, kept, out var offsetS);
        var isMet = Figures.Hold("offsets alone: uniform delay", Change(offsets, Uniform), "%", -12, atLeast: false);
        isMet &= Figures.Hold("offsets alone: stops", Change(offsets, e => e.Stops), "%", -10, atLeast: false);
        isMet &= Figures.Hold("offsets alone: time", offsetS, "s", 5, atLeast: false);
        var splits = Best(city, kept with { ChangesSplits = true }, out var splitS);
        isMet &= Figures.Hold("with splits: index", Change(splits, e => e.Index), "%", -20, atLeast: false, $"{splitS:N1} s");
        return isMet;
    }

    private static OptimizerResult Best(UtdfNetwork city, OptimizerOptions options, out double seconds)
    {
        OptimizerResult result = null!;
        seconds = double.MaxValue;
        for (var pass = 0; pass < 2; pass++)
        {
            var start = Stopwatch.GetTimestamp();
            result = new PlanOptimizer(city.Network, options).Optimize();
            seconds = Math.Min(seconds, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return result;
    }

    private static double Change(OptimizerResult result, Func<DemandEvaluation, double> of) =>
        100 * ((of(result.Evaluation.Demands[0]) / of(result.Today!.Demands[0])) - 1);

    /// <summary>Vehicle hours per hour in the mean cycle, without randomness and overflow.</summary>
    private static double Uniform(DemandEvaluation demand) =>
        demand.Groups.Sum(g => g is { } group ? group.UniformDelayS * group.VolumeVehPerHour / 3600 : 0);
}
