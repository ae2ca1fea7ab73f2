using Crosstown.Control.Adaptive;
using Crosstown.Control.Sites;
using Crosstown.Core;

namespace Crosstown.Control.Tests.Adaptive;

/// <summary>The learned shares against streets on which each vehicle's way was drawn.</summary>
public sealed class TurnSharesTests
{
    [Theory]
    [InlineData(0.1, 0.8, 10)]
    [InlineData(0.9, 0.4, 10)]
    [InlineData(0.5, 1, 4)]
    public void Shares_come_to_what_was_drawn_although_vehicles_come_and_go_in_the_same_seconds(double first, double second, int exitMps)
    {
        var values = Run(first, second, exitMps, (_, _) => true);

        Assert.InRange(values[0][0], first - 0.1, first + 0.1);
        Assert.InRange(values[1][1], second - 0.1, second + 0.1);
        Assert.All(values, v => Assert.Equal(1, v.Sum(), 3));
    }

    [Fact]
    public void Streets_that_say_nothing_leave_the_shares_as_they_were()
    {
        var begin = new TurnShares(SharedLanes.Make()).Values.Select(v => v.ToArray()).ToArray();

        var values = Run(0.1, 0.8, 10, (_, _) => false, isCounted: false);

        Assert.All(values.Zip(begin), p => Assert.All(p.First.Zip(p.Second), v => Assert.Equal(v.Second, v.First, 3)));
    }

    [Theory]
    [InlineData(0.1, 0.8)]
    [InlineData(0.9, 0.4)]
    [InlineData(1, 1)]
    public void Who_left_and_began_no_street_that_is_seen_began_the_other(double first, double second)
    {
        var values = Run(first, second, 10, (_, street) => street == 0);

        Assert.InRange(values[0][0], first - 0.1, first + 0.1);
        Assert.InRange(values[1][1], second - 0.1, second + 0.1);
    }

    [Fact]
    public void Nothing_is_learned_of_a_street_that_says_nothing_from_lanes_that_nobody_counts()
    {
        var begin = new TurnShares(SharedLanes.Make()).Values.Select(v => v.ToArray()).ToArray();

        var values = Run(0.1, 0.8, 10, (_, street) => street == 0, isCounted: false);

        Assert.Equal(begin, values);
    }

    /// <summary>Half an hour in which the lanes take turns of 20 s and let somebody go in about half of the seconds; <paramref name="first"/> and <paramref name="second"/> is the share of each lane that goes to street 0.</summary>
    private static float[][] Run(double first, double second, int exitMps, Func<int, int, bool> isSeen, bool isCounted = true)
    {
        var shares = new TurnShares(SharedLanes.Make());
        var random = new RandomNumbers(7);
        LaneWatch[] lanes = [new(100, 10), new(100, 10)];
        var onTheWay = new List<(double AtM, int Street)>();
        var frame = new DetectorFrame(4);
        for (var s = 0; s < 1800; s++)
        {
            var green = s / 20 % 2;
            var goes = random.NextDouble() < 0.5;
            if (goes)
            {
                onTheWay.Add((-30, random.NextDouble() < (green == 0 ? first : second) ? 0 : 1));
            }

            for (var l = 0; l < 2; l++)
            {
                lanes[l].Update(s, 3, 1, l == green && goes ? 1 : 0);
                frame.Passed[2 + l] = isCounted ? lanes[l].Left : float.NaN;
            }

            onTheWay = [.. onTheWay.Select(v => (v.AtM + (v.AtM < 0 ? 10 : exitMps), v.Street)).Where(v => v.Item1 < SharedLanes.ExitM)];
            for (var x = 0; x < 2; x++)
            {
                var inside = onTheWay.Count(v => v.Street == x && v.AtM >= 0);
                frame.Vehicles[x] = isSeen(s, x) ? inside : float.NaN;
                frame.SpeedMps[x] = isSeen(s, x) && inside > 0 ? exitMps : float.NaN;
            }

            shares.Update(frame, lanes);
        }

        return shares.Values;
    }
}
