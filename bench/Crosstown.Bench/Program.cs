using System.Globalization;

namespace Crosstown.Bench;

/// <summary>Prints what we claim about speed and size, beside the machine's own limits and the peers' measured figures.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        if (args is ["child", "serve", var data])
        {
            return LiveBench.ServeAsync(data).GetAwaiter().GetResult();
        }

        if (args is ["live", .. var options])
        {
            return LiveBench.Run(options) ? 0 : 1;
        }

        if (args is ["priority" or "control", .. var chosen])
        {
            return (args[0] == "priority" ? PriorityBench.Run(chosen) : ControlBench.Run(SampleLogs.FindShared(), chosen)) ? 0 : 1;
        }

        if (args is ["child", var what, .. var rest])
        {
            return PipelineBench.RunChild(what, rest);
        }

        var shared = SampleLogs.FindShared();
        Console.WriteLine(shared is null
            ? "Reference logs are not here (set CROSSTOWN_SHARED to their folder): logs of the simulated town stand in for them."
            : "Inputs: the Oregon sample logs, with signal ids and times shifted.");
        var parts = args.Length == 0 ? ["peer", "store", "import", "measure", "learn", "rolling", "poll", "utdf"] : args;
        var isMet = true;
        foreach (var part in parts)
        {
            Console.WriteLine();
            Console.WriteLine($"== {part}");
            switch (part)
            {
                case "peer":
                    isMet &= PeerBench.Run(shared);
                    break;
                case "store":
                    StoreBench.Run(Console.Out, shared);
                    break;
                case "import":
                    isMet &= PipelineBench.Import(shared);
                    break;
                case "measure":
                    isMet &= PipelineBench.Measure(shared);
                    break;
                case "learn":
                    isMet &= LearnBench.Run(shared);
                    break;
                case "rolling":
                    isMet &= RollingBench.Run();
                    break;
                case "poll":
                    isMet &= PollBench.Run();
                    break;
                case "utdf":
                    isMet &= UtdfBench.Run(shared);
                    break;
                case "timing":
                    isMet &= TimingBench.Run();
                    break;
                case "tempe":
                    isMet &= TempeBench.Run(shared);
                    break;
                case "trust":
                    isMet &= TrustBench.Run(shared);
                    break;
                case "fixed-plans":
                    isMet &= FixedPlansBench.Run(shared);
                    break;
                case "serve":
                    isMet &= await ServeBench.RunAsync();
                    break;
                case "simulate":
                    isMet &= SimulationBench.Simulate(shared);
                    break;
                case "transmission":
                    isMet &= SimulationBench.Transmission();
                    break;
                default:
                    Console.Error.WriteLine($"There is no bench '{part}'; there are peer, store, import, measure, learn, rolling, poll, utdf, timing, tempe, trust, fixed-plans, serve, simulate and transmission, and live, priority and control alone.");
                    return 2;
            }
        }

        return isMet ? 0 : 1;
    }
}
