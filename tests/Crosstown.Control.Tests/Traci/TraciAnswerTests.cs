using Crosstown.Control.Traci;
using Crosstown.Core;

namespace Crosstown.Control.Tests.Traci;

/// <summary>The client against answers that no simulator should give.</summary>
public sealed class TraciAnswerTests
{
    private static readonly byte[] s_vehicles = [.. new byte[] { 0, 0, 0, 0, 0, 0xB0, 0x10 }, .. AnswerStream.Text("loop"), 0x09, .. AnswerStream.Number(3)];

    [Fact]
    public void A_good_answer_is_read()
    {
        using var client = new TraciClient(new AnswerStream(AnswerStream.Message(AnswerStream.Status(0xA0), s_vehicles)));

        Assert.Equal(3, client.ReadNumber(TraciDomain.Loop, TraciValue.Vehicles, "loop"));
    }

    [Fact]
    public void A_good_answer_cut_anywhere_is_a_closed_connection_and_one_that_ends_early_is_malformed()
    {
        var whole = AnswerStream.Message(AnswerStream.Status(0xA0), s_vehicles);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Equal(TraciFault.Closed, FaultOf(whole[..length]));
        }

        for (var length = 0; length < whole.Length - 4; length++)
        {
            Assert.Equal(TraciFault.Malformed, FaultOf(AnswerStream.Message(whole[4..(4 + length)])));
        }
    }

    [Theory]
    [InlineData("a length below its own", new byte[] { 0, 0, 0, 3 })]
    [InlineData("a length below nothing", new byte[] { 0x80, 0, 0, 0 })]
    [InlineData("a length beyond all reason", new byte[] { 0x7F, 0xFF, 0xFF, 0xFF })]
    [InlineData("the answer to another command", new byte[] { 0, 0, 0, 11, 7, 0xA1, 0, 0, 0, 0, 0 })]
    [InlineData("a reason longer than the message", new byte[] { 0, 0, 0, 11, 7, 0xA0, 0, 0x7F, 0xFF, 0xFF, 0xFF })]
    [InlineData("a reason of negative length", new byte[] { 0, 0, 0, 11, 7, 0xA0, 0, 0xFF, 0xFF, 0xFF, 0xFF })]
    public void An_answer_that_does_not_follow_the_protocol_is_malformed(string what, byte[] answer) => Assert.True(FaultOf(answer) == TraciFault.Malformed, what);

    [Fact]
    public void A_value_of_another_kind_is_malformed()
    {
        byte[] text = [.. s_vehicles[..^5], 0x0C, .. AnswerStream.Text("many")];

        Assert.Equal(TraciFault.Malformed, FaultOf(AnswerStream.Message(AnswerStream.Status(0xA0), text)));
    }

    [Fact]
    public void An_announcement_alone_takes_no_memory()
    {
        byte[] announced = [.. AnswerStream.Number(60 << 20), 1, 2, 3];
        Assert.Equal(TraciFault.Closed, FaultOf(announced));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(TraciFault.Closed, FaultOf(announced));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_step_that_announces_more_subscriptions_than_it_brings_is_malformed()
    {
        foreach (var count in new[] { 1, -1, int.MaxValue })
        {
            using var client = new TraciClient(new AnswerStream(AnswerStream.Message(AnswerStream.Status(0x02), AnswerStream.Number(count))));
            Assert.Equal(TraciFault.Malformed, Assert.Throws<TraciException>(client.Step).Fault);
        }
    }

    [Fact]
    public void Any_bytes_end_in_a_fault_or_an_answer()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new RandomNumbers(77, seed);
            var bytes = AnswerStream.Message(AnswerStream.Status(0xD0), AnswerStream.Status(0x02), AnswerStream.Number(1), s_vehicles);
            for (var flips = 1 + random.NextInt(4); flips > 0; flips--)
            {
                bytes[random.NextInt(4) == 0 ? random.NextInt(bytes.Length) : 4 + random.NextInt(bytes.Length - 4)] = (byte)random.NextInt(256);
            }

            using var client = new TraciClient(new AnswerStream(bytes));
            client.Subscribe(TraciDomain.Loop, "loop", TraciValue.Vehicles);
            var thrown = Record.Exception(client.Step);
            Assert.True(thrown is null or TraciException, $"seed {seed}: {thrown}");
        }
    }

    [Fact]
    public void Nobody_at_the_address_is_not_reached()
    {
        var fault = Assert.Throws<TraciException>(() => TraciClient.Connect("127.0.0.1", DrawnSumo.FreePort(), TimeSpan.FromMilliseconds(120)));

        Assert.Equal(TraciFault.NotReached, fault.Fault);
        Assert.Contains("127.0.0.1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rule", "P05")]
    [Trait("rule", "P08")]
    public void Nothing_that_can_be_read_tells_one_vehicle_from_another()
    {
        // Numbers of the protocol: loops, signals, the simulation, zones. Those of vehicles, persons, routes and lanes are not there.
        Assert.Equal([0xA0, 0xA2, 0xAB, 0xAD], Enum.GetValues<TraciDomain>().Select(d => (int)d).Order());

        // Counts, means and states. Names of vehicles (0x12), what a loop knows of each (0x17), and lists of departed and arrived (0x74, 0x7A) are not there.
        Assert.Equal([0x10, 0x11, 0x13, 0x14, 0x16, 0x20, 0x66], Enum.GetValues<TraciValue>().Select(v => (int)v).Order());

        // What is read is a number, or the letters of a signal.
        Assert.All(typeof(TraciClient).GetMethods().Where(m => m.Name.StartsWith("Read", StringComparison.Ordinal)), m => Assert.Contains(m.ReturnType, new[] { typeof(double), typeof(string), typeof((int, string)) }));
    }

    private static TraciFault FaultOf(byte[] answer)
    {
        using var client = new TraciClient(new AnswerStream(answer));
        return Assert.Throws<TraciException>(() => client.ReadNumber(TraciDomain.Loop, TraciValue.Vehicles, "loop")).Fault;
    }
}
