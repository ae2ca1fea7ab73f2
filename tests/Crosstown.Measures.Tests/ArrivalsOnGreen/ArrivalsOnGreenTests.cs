using Crosstown.Core.Street;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.ArrivalsOnGreen;

public sealed class ArrivalsOnGreenTests
{
    private static readonly SignalConfiguration AtTheBar = Drawn.SignalWith(Drawn.Detector(8, 2, DetectorFunctions.AdvanceCount));

    // Green 5-15 s, yellow 15-18 s, red from 18 s.
    private const string Phase = "phase 2 R5 G10 Y3 C2 R10 G10\n";

    [Fact]
    public void Arrivals_are_told_apart_by_what_is_shown_when_they_come()
    {
        var bin = Assert.Single(Ours(Phase + "at 3s 82 8\nat 5s 82 8\nat 14.9s 82 8\nat 15s 82 8\nat 18s 82 8\nat 29.9s 82 8"));

        Assert.Equal("6 2 1 2 1 0.4", $"{bin["arrivals"]} {bin["on_green"]} {bin["on_yellow"]} {bin["on_red"]} {bin["state_unknown"]} {bin["share_on_green"]}");
    }

    [Fact]
    public void A_hit_upstream_arrives_when_its_vehicle_reaches_the_stop_bar()
    {
        // 293.4 ft at 40 mph are 5 s: hit on red at 1 s, arrival on green at 6 s.
        var configuration = AtTheBar with
        {
            Approaches = [new() { Id = "a", Protected = SignalGroup.Phase(2), SpeedLimitMph = 40 }],
            Detectors = [AtTheBar.Detectors[0] with { ApproachId = "a", StopBarDistanceFt = 293.4 }],
        };

        Assert.Equal("1", Assert.Single(Ours(Phase + "at 1s 82 8", configuration))["on_green"]);
    }

    [Fact]
    public void Before_the_first_change_nobody_knows_what_was_shown()
    {
        var bin = Assert.Single(Ours("phase 2 R30 G5\nat 10s 82 8"));

        Assert.Equal("1", bin["state_unknown"]);
        Assert.Equal("", bin["share_on_green"]);
    }

    [Fact]
    public void Oregon_s_package_loses_bins_without_an_arrival_on_green()
    {
        Assert.Empty(Drawn.Rows("arrivals-on-green", "arrival_on_green", Phase + "at 20s 82 8", AtTheBar, DefinitionSet.Odot21));
        Assert.Equal("0.0", Assert.Single(Ours(Phase + "at 20s 82 8"))["share_on_green"]);
    }

    [Fact]
    public void Without_red_clearance_Oregon_s_package_sees_no_red_and_we_do()
    {
        const string Drawing = "phase 2 R5 G10 Y3 R12 G10\nat 6s 82 8\nat 25s 82 8";

        Assert.Equal("1", Assert.Single(Ours(Drawing))["on_red"]);
        Assert.Equal("1", Assert.Single(Ours(Drawing, AtTheBar, ("red_from", "RedClearance")))["on_yellow"]);
    }

    private static IReadOnlyList<Drawn.Row> Ours(
        string drawing, SignalConfiguration? configuration = null, params ReadOnlySpan<(string, object)> changes) =>
        Drawn.Rows("arrivals-on-green", "arrivals-on-green", drawing, configuration ?? AtTheBar, DefinitionSet.Crosstown, changes);
}
