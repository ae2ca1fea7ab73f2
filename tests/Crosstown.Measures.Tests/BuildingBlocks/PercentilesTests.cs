using Crosstown.Measures.BuildingBlocks;

namespace Crosstown.Measures.Tests.BuildingBlocks;

public sealed class PercentilesTests
{
    [Theory]
    [InlineData(10, 85, 8.65)]
    [InlineData(5, 50, 3)]
    [InlineData(1, 85, 1)]
    public void Between_two_values_the_linear_rule_goes_along_the_line(int count, int percent, double expected) =>
        Assert.Equal(expected, Percentiles.Of(Counting(count), percent, PercentileRule.Linear)!.Value, 12);

    [Theory]
    [InlineData(10, 85, 8.5)]
    [InlineData(20, 85, 17)]
    [InlineData(3, 50, 1.5)]
    [InlineData(2, 85, 0)]
    [InlineData(3, 15, 1)]
    public void The_peer_s_rule_counts_places_from_one_and_knows_nothing_of_two_values(int count, int percent, double expected) =>
        Assert.Equal(expected, Percentiles.Of(Counting(count), percent, PercentileRule.Utah)!.Value, 12);

    [Fact]
    public void No_values_have_no_percentile() => Assert.Null(Percentiles.Of([], 50, PercentileRule.Linear));

    private static int[] Counting(int count) => [.. Enumerable.Range(1, count)];
}
