using System.Diagnostics;
using System.Globalization;
using Crosstown.Core;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Tests.Optimization;

namespace Crosstown.Bench;

/// <summary>Evaluating and optimizing timing for the reference grid of 500 signals.</summary>
internal static class TimingBench
{
    private const int Bins = 60;

    public static bool Run()
    {
        var isMet = Evaluation();
        return isMet;
    }

    /// <summary>Figure S1: whole plans, each with other offsets, three sweeps from flat flow.</summary>
    private static bool Evaluation()
    {
        var network = ReferenceGrid.Make();
        var engine = new ProfileEngine(network, 0, new EvaluationOptions { Bins = Bins, MaxSweeps = 3, Tolerance = 0 }, new TimingObjective());
        engine.SetPlan(ReferenceGrid.Today(network));
        var random = new RandomNumbers(1);
        var best = double.MaxValue;
        var bestCpu = double.MaxValue;
        var sum = 0.0;
        const int Plans = 200;
        for (var pass = 0; pass < 8; pass++)
        {
            var cpu = Figures.CpuSeconds();
            var start = Stopwatch.GetTimestamp();
            for (var plan = 0; plan < Plans; plan++)
            {
                for (var s = 0; s < network.Signals.Length; s++)
                {
                    engine.SetZero(s, random.NextInt(90));
                }

                engine.ResetFlow();
                sum += engine.Evaluate();
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            bestCpu = Math.Min(bestCpu, Figures.CpuSeconds() - cpu);
        }

        return Figures.Hold(
            "profile evaluation, 500 signals, 60 bins, 3 sweeps", Plans / best, "plans/s", 800, atLeast: true,
            string.Create(CultureInfo.InvariantCulture, $"{Plans / bestCpu:N0} by processor time, {network.Groups.Length} lane groups, mean index {sum / Plans / 8:N1}"));
    }
}
