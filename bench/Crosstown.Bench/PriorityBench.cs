using System.Globalization;
using Crosstown.Control.Priority;
using Crosstown.Control.Tests.Priority;

namespace Crosstown.Bench;

/// <summary>Priority for buses and rescue vehicles in SUMO, which is not ours: the same hour, cars and seeds with and without, around the fixed plan and around the adaptive controller.</summary>
/// <remarks>Takes some twenty minutes on one core. Every signal state is judged second by second by the rules of the profile for the street; a run that breaks one has missed everything.</remarks>
internal static class PriorityBench
{
    private const int CarsPerHour = 6800;
    private const int DemandS = 3600;
    private static readonly int[] Seeds = [1, 2, 3];

    public static bool Run()
    {
        if (!PriorityWorld.IsInstalled)
        {
            Console.WriteLine("Skipped: it needs the programs sumo, netgenerate and duarouter.");
            return true;
        }

        var controllers = Enum.GetValues<PriorityWorld.Controller>();
        var runs = controllers.ToDictionary(c => c, _ => (Without: new List<PriorityWorld.Result>(), Rescue: new List<PriorityWorld.Result>(), Bus: new List<PriorityWorld.Result>()));
        Console.WriteLine($"{CarsPerHour} cars/h, seeds {string.Join(", ", Seeds)}; trips in s with p90; losses of cars in s: per car in all, per car and edge on the same way and on the streets across");
        foreach (var seed in Seeds)
        {
            using var world = new PriorityWorld(seed, CarsPerHour, DemandS);
            foreach (var controller in controllers)
            {
                var (without, rescue, bus) = runs[controller];
                without.Add(Print(seed, world.Run(controller, helpsBuses: false, helpsRescue: false)));
                rescue.Add(Print(seed, world.Run(controller, helpsBuses: false, helpsRescue: true)));
                bus.Add(Print(seed, world.Run(controller, helpsBuses: true, helpsRescue: false)));
            }
        }

        var isMet = true;
        foreach (var (controller, (without, rescue, bus)) in runs)
        {
            isMet &= Figures.Hold($"{controller}: broken rules", without.Concat(rescue).Concat(bus).Sum(r => r.Broken.Length), "", 0, atLeast: false);
            isMet &= Figures.Hold($"{controller}, emergency: its trip", Change(without, rescue, r => r.RescueS.Average()), "%", -40, atLeast: false);
            isMet &= Figures.Hold($"{controller}, emergency: delay of all cars", Change(without, rescue, r => r.CarLossS), "%", 1, atLeast: false, Beside(without, rescue, r => r.RescueWayLossS, r => r.RescueAcrossLossS));
            var own = rescue.SelectMany(r => r.Records).Where(r => r.IsGrant).ToArray();
            if (controller == PriorityWorld.Controller.Fixed)
            {
                isMet &= Figures.Hold(
                    "Fixed, emergency: longest way back to the plan", rescue.SelectMany(r => r.RecoveryCycles).Max(c => c ?? double.PositiveInfinity), "cycles", 3, atLeast: false, $"{own.Length} grants");
                isMet &= Figures.Hold("Fixed, bus: longest way back to the plan", bus.SelectMany(r => r.RecoveryCycles).Max(c => c ?? double.PositiveInfinity), "cycles", 3, atLeast: false);
            }

            isMet &= Figures.Hold($"{controller}, bus: its trip", Change(without, bus, r => r.BusS.Average()), "%", -8, atLeast: false);
            isMet &= Figures.Hold($"{controller}, bus: streets across", Change(without, bus, r => r.BusAcrossLossS), "%", 3, atLeast: false, Beside(without, bus, r => r.BusWayLossS, r => r.CarLossS));
            var grants = bus.SelectMany(r => r.Records).Where(r => r.IsGrant).ToArray();
            isMet &= Figures.Hold($"{controller}, bus: grants that changed the outcome", 100.0 * grants.Count(r => r.IsUseful) / grants.Length, "%", 60, atLeast: true, $"{grants.Length} grants");
        }

        return isMet;
    }

    private static PriorityWorld.Result Print(int seed, PriorityWorld.Result r)
    {
        var grants = r.Records.Where(x => x.IsGrant).ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {seed} {r.Name,-22} rescue {r.RescueS.Average():0.0} ({Percentile(r.RescueS):0}) bus {r.BusS.Average():0.0} ({Percentile(r.BusS):0}) cars {r.CarLossS:0.00}; rescue's way {r.RescueWayLossS:0.0}, across {r.RescueAcrossLossS:0.00}; "
            + $"buses' way {r.BusWayLossS:0.0}, across {r.BusAcrossLossS:0.00}; requests {r.Records.Length}, none needed {r.Records.Count(x => x.Kind == PriorityKind.NoneNeeded)}, extended {grants.Count(x => x.Kind == PriorityKind.Extension)}, "
            + $"early {grants.Count(x => x.Kind == PriorityKind.EarlyGreen)}, useful {grants.Count(x => x.IsUseful)}; longest red {r.LongestRedS} s, broken {r.Broken.Length}, not arrived {r.Unfinished}, {r.StepMs:0.0} ms a step"));
        return r;
    }

    private static double Percentile(double[] ordered) => ordered[(int)(0.9 * (ordered.Length - 1))];

    private static double Change(List<PriorityWorld.Result> before, List<PriorityWorld.Result> after, Func<PriorityWorld.Result, double> of) => 100 * ((after.Average(of) / before.Average(of)) - 1);

    private static string Beside(List<PriorityWorld.Result> before, List<PriorityWorld.Result> after, Func<PriorityWorld.Result, double> way, Func<PriorityWorld.Result, double> other) =>
        string.Create(CultureInfo.InvariantCulture, $"its way {Change(before, after, way):+0.0;-0.0} %, {(other(before[0]) == before[0].CarLossS ? "all cars" : "across")} {Change(before, after, other):+0.0;-0.0} %");
}
