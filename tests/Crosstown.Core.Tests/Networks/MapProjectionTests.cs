using Crosstown.Core.Networks;

namespace Crosstown.Core.Tests.Networks;

/// <summary>The grid of meters against a published point.</summary>
public sealed class MapProjectionTests
{
    [Fact]
    public void The_tower_of_Toronto_stands_where_its_published_coordinates_say()
    {
        // 43°38'33.24"N 79°23'13.7"W is 17T 630084 4833438 (the usual example of the grid, given to the meter).
        var projection = new MapProjection(17, false, 0, 0);
        var point = projection.FromDegrees(43.0 + (38.0 / 60) + (33.24 / 3600), -(79.0 + (23.0 / 60) + (13.7 / 3600)));

        Assert.Equal(630084, point.X, 1.5);
        Assert.Equal(4833438, point.Y, 1.5);
    }

    [Theory]
    [InlineData(32, false, 50.94, 6.96)]
    [InlineData(32, false, 48.76, 11.43)]
    [InlineData(56, true, -33.86, 151.21)]
    public void Degrees_come_back_from_meters_to_a_millimeter(int zone, bool isSouth, double latitude, double longitude)
    {
        var projection = new MapProjection(zone, isSouth, -342498.65, -5630866.92);

        var (back, along) = projection.ToDegrees(projection.FromDegrees(latitude, longitude));

        Assert.Equal(latitude, back, 1e-8);
        Assert.Equal(longitude, along, 1e-8);
    }
}
