namespace Crosstown.Control.Tests.Priority;

/// <summary>Priority on streets that SUMO drives on. The figures over an hour and three seeds are the bench's; here are the rules, and that it helps at all.</summary>
public sealed class PrioritySumoTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(PriorityWorld.Controller.Fixed)]
    [InlineData(PriorityWorld.Controller.Adaptive)]
    [Trait("category", "Sumo")]
    [Trait("rule", "C05")]
    [Trait("rule", "C06")]
    [Trait("rule", "C07")]
    [Trait("rule", "C08")]
    public void A_rescue_vehicle_and_buses_are_faster_and_every_signal_keeps_its_times(PriorityWorld.Controller controller)
    {
        Assert.SkipUnless(PriorityWorld.IsInstalled, "The simulator sumo with netgenerate and duarouter is not installed: apt-get install sumo.");
        using var world = new PriorityWorld(seed: 1, carsPerHour: 4000, demandS: 540);
        var without = world.Run(controller, helpsBuses: false, helpsRescue: false);
        var with = world.Run(controller, helpsBuses: true, helpsRescue: true);
        output.WriteLine($"rescue {without.RescueS.Average():0.0} s, with priority {with.RescueS.Average():0.0} s; bus {without.BusS.Average():0.0} s, {with.BusS.Average():0.0} s");

        Assert.Empty(without.Broken);
        Assert.Empty(with.Broken);
        Assert.Empty(without.Records);
        Assert.Equal((0, 0), (without.Unfinished, with.Unfinished));
        Assert.True(with.RescueS.Average() < 0.85 * without.RescueS.Average());
        Assert.True(with.BusS.Average() < without.BusS.Average());
        Assert.Contains(with.Records, r => r.IsUseful);
        if (controller == PriorityWorld.Controller.Fixed)
        {
            Assert.All(with.RecoveryCycles, c => Assert.InRange(c!.Value, 0, 3));
        }
    }
}
