namespace Crosstown.Server.Tests.Polling;

public sealed class FleetTests
{
    [Fact]
    [Trait("rule", "R11")]
    public async Task Of_a_thousand_controllers_those_that_are_bad_delay_no_other()
    {
        const int IntervalS = 5;

        var result = await FakeFleet.RunAsync(1000, 0.21, IntervalS, TimeSpan.FromSeconds(20));

        TestContext.Current.SendDiagnosticMessage($"{result}");
        Assert.Equal(210, result.Bad);
        Assert.Equal(0, result.SilentCount);
        Assert.Equal(0, result.BadEvents);
        Assert.True(result.Events > 790 * 5 * 12, $"{result.Events} events came in time");
        Assert.True(result.P99Ms <= (IntervalS + 10) * 1000, $"{result}");
    }
}
