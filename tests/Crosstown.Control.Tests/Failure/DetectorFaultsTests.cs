using Crosstown.Control.Failure;
using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Tests.Failure;

public sealed class DetectorFaultsTests
{
    private static readonly LaneDetector[] s_detectors = [.. Enumerable.Range(0, 100).Select(d => new LaneDetector($"d{d}", 0, 10, d % 2 == 0 ? 10 : 50))];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.1, 9)]
    [InlineData(0.3, 27)]
    [InlineData(1, 90)]
    public void As_many_fail_as_are_asked_for_of_those_that_are_read(double share, int count)
    {
        var faults = new DetectorFaults([.. s_detectors], [.. Enumerable.Range(10, 90)], share, FaultKind.Mixed, 5);

        Assert.Equal(count, faults.Failed.Distinct().Count());
        Assert.All(faults.Failed, d => Assert.InRange(d, 10, 99));
    }

    [Fact]
    public void The_seed_decides_which_and_what_they_say()
    {
        Assert.Equal(Says(3), Says(3));
        Assert.NotEqual(Says(3), Says(4));
    }

    [Theory]
    [InlineData(FaultKind.Silent)]
    [InlineData(FaultKind.Stuck)]
    [InlineData(FaultKind.Chatter)]
    public void Each_kind_says_what_it_is_and_the_others_are_left_alone(FaultKind kind)
    {
        var faults = new DetectorFaults([.. s_detectors], [.. Enumerable.Range(0, 50)], 1, kind, 9);
        var frame = new DetectorFrame(100);
        var said = Enumerable.Range(0, 60).Select(_ =>
        {
            Array.Fill(frame.Passed, 7);
            Array.Fill(frame.Vehicles, 7);
            faults.Apply(frame);
            return Enumerable.Range(0, 50).Select(d => d % 2 == 0 ? frame.Passed[d] : frame.Vehicles[d]).ToArray();
        }).ToArray();
        var changing = Enumerable.Range(0, 50).Count(d => said.Select(s => s[d]).Distinct().Count() > 1);

        Assert.Equal(kind == FaultKind.Chatter ? 50 : 0, changing);
        Assert.Equal(kind == FaultKind.Silent, said[0].Any(float.IsNaN));
        Assert.All(said[0], v => Assert.True(kind != FaultKind.Silent || float.IsNaN(v) || v == 0));
        Assert.All(Enumerable.Range(50, 50), d => Assert.Equal((7f, 7f), (frame.Passed[d], frame.Vehicles[d])));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_share_that_is_none_is_refused(double share) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new DetectorFaults([.. s_detectors], [1, 2], share, FaultKind.Mixed, 1));

    private static string Says(ulong seed)
    {
        var faults = new DetectorFaults([.. s_detectors], [.. Enumerable.Range(0, 100)], 0.4, FaultKind.Mixed, seed);
        var frame = new DetectorFrame(100);
        faults.Apply(frame);
        faults.Apply(frame);
        return string.Join(' ', frame.Passed.Concat(frame.Vehicles));
    }
}
