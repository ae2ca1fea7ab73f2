using System.Globalization;
using Crosstown.Control.Tests.Priority;

namespace Crosstown.Bench;

/// <summary>Priority for buses and rescue vehicles in SUMO, which is not ours: the same hour, cars and seeds with and without, around the fixed plan and around the adaptive controller.</summary>
/// <remarks>
/// Takes some twenty minutes on one core. Every signal state is judged second by second by the rules of the profile for the street; a run that breaks one has missed everything.
/// <c>bench priority [--seeds 1,2] [CONTROLLER]</c> runs a part of it.
/// </remarks>
internal static class PriorityBench
{
    public static bool Run(string[] options)
    {
        if (!PriorityWorld.IsInstalled)
        {
            Console.WriteLine("Skipped: it needs the programs sumo, netgenerate and duarouter.");
            return true;
        }

        var (seeds, around) = (PriorityRuns.Seeds, Enum.GetValues<PriorityWorld.Controller>());
        for (var o = 0; o < options.Length; o++)
        {
            if (options[o] == "--seeds" && o + 1 < options.Length)
            {
                seeds = [.. options[++o].Split(',').Select(s => int.Parse(s, CultureInfo.InvariantCulture))];
            }
            else if (Enum.TryParse<PriorityWorld.Controller>(options[o], ignoreCase: true, out var controller))
            {
                around = [controller];
            }
            else
            {
                Console.Error.WriteLine($"'{options[o]}' is neither --seeds 1,2 nor one of {string.Join(", ", Enum.GetNames<PriorityWorld.Controller>())}.");
                return false;
            }
        }

        var folder = Directory.CreateTempSubdirectory("crosstown-priority-bench");
        try
        {
            var runs = new PriorityRuns(folder.FullName);
            Console.WriteLine($"{PriorityRuns.CarsPerHour} cars/h, seeds {string.Join(", ", seeds)}; trips in s with p90; losses of cars in s: per car in all, per car and edge on the same way and on the streets across");
            foreach (var run in PriorityRuns.List(seeds).Where(r => around.Contains(r.Controller)))
            {
                Print(run, runs.Run(run));
            }

            var bars = around.SelectMany(runs.Bars).ToArray();
            foreach (var bar in bars)
            {
                Console.WriteLine($"{bar.Word,-7} {bar.What}: {bar.Measured} (bar {bar.Limit}){(bar.Note is { } note ? "; " + note : "")}");
            }

            return bars.All(b => b.State != ControlBarState.NotMet);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Print(PriorityRun run, PriorityFigures f) =>
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Key,-26} rescue {f.RescueS:0.0} ({f.RescueP90S:0}; {f.RescueFreeS:0.0} with nothing in its way) bus {f.BusS:0.0} ({f.BusP90S:0}) cars {f.CarLossS:0.00}; rescue's way {f.RescueWayLossS:0.0}, across {f.RescueAcrossLossS:0.00}; "
            + $"buses' way {f.BusWayLossS:0.0}, across {f.BusAcrossLossS:0.00}; requests {f.Requests}, none needed {f.NoneNeeded}, extended {f.Extended}, early {f.Early}, useful {f.Useful}; "
            + $"longest way back {f.LongestRecovery:0.0} cycles, longest red {f.LongestRedS} s, broken {f.Broken}, not arrived {f.Left}, {f.StepMs:0.0} ms a step"));
}
