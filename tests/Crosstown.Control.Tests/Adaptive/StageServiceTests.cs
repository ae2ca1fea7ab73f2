using Crosstown.Control.Adaptive;

namespace Crosstown.Control.Tests.Adaptive;

public sealed class StageServiceTests
{
    [Theory]
    [InlineData(0.2f)]
    [InlineData(0.9f)]
    public void Who_turns_across_yields_to_those_of_the_other_lane_alone_that_cross_its_way(float across)
    {
        var site = SharedLanes.Make();
        var service = new StageService(site, _ => true);

        service.Update([[0.7f, 0.3f], [across, 1 - across]]);

        Assert.Equal([1], service.Foes[0]);
        Assert.Equal(across, service.FoeShares[0][0], 3);
        Assert.Equal(0.3f, service.Yielding[0], 3);
        Assert.Empty(service.Foes[1]);
        Assert.Equal(1, service.Go[0]);
    }

    [Fact]
    public void Who_turns_across_yields_to_nobody_when_that_way_is_red()
    {
        var service = new StageService(SharedLanes.Make(), l => l != 2);

        service.Update([[0.7f, 0.3f], [0.5f, 0.5f]]);

        Assert.Empty(service.Foes[0]);
        Assert.Equal(0, service.Yielding[0]);
        Assert.Equal(0.5f, service.Go[1], 3);
    }
}
