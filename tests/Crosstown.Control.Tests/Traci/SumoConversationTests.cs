using Crosstown.Control.Classics;
using Crosstown.Control.Traci;
using Crosstown.Core.Networks;
using Crosstown.Simulation.Vehicles;
using Crosstown.Timing.Guard;

namespace Crosstown.Control.Tests.Traci;

/// <summary>The client in conversation with the real SUMO.</summary>
public sealed class SumoConversationTests
{
    [Fact]
    public void The_simulator_tells_its_protocol_clock_and_states()
    {
        using var sumo = DrawnSumo.Start();
        using var client = Connect(sumo);

        var (protocol, simulator) = client.ReadVersion();

        Assert.InRange(protocol, 20, 30);
        Assert.StartsWith("SUMO", simulator, StringComparison.Ordinal);
        Assert.Equal(DrawnSumo.BeginS, client.ReadNumber(TraciDomain.Simulation, TraciValue.TimeS));
        client.Step();
        Assert.Equal(DrawnSumo.BeginS + 1, client.ReadNumber(TraciDomain.Simulation, TraciValue.TimeS));
        Assert.Equal(2, client.ReadText(TraciDomain.Signal, TraciValue.State, "x0").Length);
        client.Close();
    }

    [Fact]
    public void What_is_subscribed_equals_what_is_read_singly_in_every_step()
    {
        using var sumo = DrawnSumo.Start();
        using var client = Connect(sumo);
        (TraciDomain Domain, string Name, TraciValue Value, int At)[] all =
        [
            .. Several(TraciDomain.Zone, "q_m0_0", TraciValue.Vehicles, TraciValue.Halting, TraciValue.SpeedMps), .. Several(TraciDomain.Loop, "stop_m0_0", TraciValue.Vehicles, TraciValue.SinceDetectionS),
            .. Several(TraciDomain.Zone, "q_s1_0", TraciValue.Halting, TraciValue.OccupancyPercent), .. Several(TraciDomain.Loop, "adv_s0_0", TraciValue.OccupancyPercent), .. Several(TraciDomain.Zone, "x_n0_0", TraciValue.Vehicles),
        ];
        var moved = new HashSet<double>();
        for (var step = 0; step < 150; step++)
        {
            client.Step();
            var told = client.Values.ToArray();
            foreach (var (domain, name, value, at) in all)
            {
                Assert.Equal(client.ReadNumber(domain, value, name), told[at]);
            }

            moved.Add(told[0]);
        }

        Assert.InRange(moved.Count, 4, 100);

        IEnumerable<(TraciDomain, string, TraciValue, int)> Several(TraciDomain domain, string name, params TraciValue[] values)
        {
            var first = client.Subscribe(domain, name, values);
            return values.Select((v, i) => (domain, name, v, first + i));
        }
    }

    [Fact]
    public void States_that_are_set_together_in_one_message_are_seen()
    {
        using var sumo = DrawnSumo.Start();
        using var client = Connect(sumo);
        foreach (var (first, second) in new[] { ("rG", "yr"), ("rr", "gr"), ("sr", "rG") })
        {
            client.SetState("x0", first);
            client.SetState("x1", second);
            var at = client.Subscribe(TraciDomain.Zone, "q_m1_0", TraciValue.Vehicles);
            client.Step();

            Assert.Equal((first, second), (client.ReadText(TraciDomain.Signal, TraciValue.State, "x0"), client.ReadText(TraciDomain.Signal, TraciValue.State, "x1")));
            Assert.False(double.IsNaN(client.Values[at]));
        }

        client.SetState("x0", "Gr");
        client.Flush();
        Assert.Equal("Gr", client.ReadText(TraciDomain.Signal, TraciValue.State, "x0"));
    }

    [Fact]
    public void A_name_that_is_not_there_is_refused_by_name_and_the_rest_of_the_message_is_carried_out()
    {
        using var sumo = DrawnSumo.Start();
        using var client = Connect(sumo);

        var read = Assert.Throws<TraciException>(() => client.ReadNumber(TraciDomain.Zone, TraciValue.Vehicles, "nowhere"));
        client.SetState("nobody", "Gr");
        client.SetState("x1", "rr");
        var set = Assert.Throws<TraciException>(client.Flush);
        client.Subscribe(TraciDomain.Loop, "no loop", TraciValue.Vehicles);
        var subscribed = Assert.Throws<TraciException>(client.Step);

        Assert.Equal([TraciFault.Refused, TraciFault.Refused, TraciFault.Refused], new[] { read.Fault, set.Fault, subscribed.Fault });
        Assert.Contains("nowhere", read.Message, StringComparison.Ordinal);
        Assert.Contains("nobody", set.Message, StringComparison.Ordinal);
        Assert.Contains("no loop", subscribed.Message, StringComparison.Ordinal);
        Assert.Equal("rr", client.ReadText(TraciDomain.Signal, TraciValue.State, "x1"));
        Assert.Equal(DrawnSumo.BeginS + 1, client.ReadNumber(TraciDomain.Simulation, TraciValue.TimeS));
    }

    [Fact]
    public void A_command_that_the_simulator_has_not_is_not_known()
    {
        using var sumo = DrawnSumo.Start();
        using var client = Connect(sumo);

        var fault = Assert.Throws<TraciException>(() => client.ReadNumber((TraciDomain)0x7A, TraciValue.Vehicles, "x0"));

        Assert.Contains(fault.Fault, new[] { TraciFault.NotKnown, TraciFault.Refused });
        Assert.Contains("0x7A", fault.Message, StringComparison.Ordinal);
        client.Step();
    }

    [Fact]
    public void A_simulator_that_goes_is_a_closed_connection()
    {
        var sumo = DrawnSumo.Start();
        using var client = Connect(sumo);
        client.Step();
        sumo.Dispose();

        Assert.Equal(TraciFault.Closed, Assert.Throws<TraciException>(() => { client.Step(); client.Step(); }).Fault);
    }

    [Theory]
    [Trait("rule", "C03")]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_ends_with_the_connection_and_every_state_is_approved_whatever_is_sensed(bool loopsOnly)
    {
        using var sumo = DrawnSumo.Start();
        using var relay = new TraciRelay(sumo.Port, steps: 300);
        var scenario = Scenario.Read(file => File.OpenRead(Path.Combine(sumo.Folder, file)));
        using var client = TraciClient.Connect("127.0.0.1", relay.Port, TimeSpan.FromSeconds(20));

        var record = TraciRun.Drive(client, scenario.Network, scenario.Equipment, scenario.Reference, RoadProfile.Bench, new TraciSettings
        {
            Controller = site => new ActuatedController(site, RoadProfile.Bench),
            Guard = (card, nowS, state) => new StateGuard(card, RoadProfile.Bench, nowS, state),
            SensesLoopsOnly = loopsOnly,
        });

        Assert.Equal((2, 0), (record.Signals, record.RefusedStates));
        Assert.InRange(record.StepMs.Length, 300, 302);
        Assert.True(record.P99Ms >= record.MeanMs / 100);
        Assert.InRange(relay.Commands[0xC2], 20, 200);
        Assert.True(relay.Commands[0xD0] >= 4, "loops");
        Assert.Equal(loopsOnly, !relay.Commands.ContainsKey(0xDD));
        Assert.Subset(new HashSet<byte> { 0x02, 0xA2, 0xAB, 0xC2, 0xD0, 0xD2, 0xDB, 0xDD }, relay.Commands.Keys.ToHashSet());
    }

    private static TraciClient Connect(DrawnSumo sumo) => TraciClient.Connect("127.0.0.1", sumo.Port, TimeSpan.FromSeconds(20));
}
