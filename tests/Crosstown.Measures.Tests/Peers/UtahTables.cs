using Crosstown.Core.Events;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.Peers;

/// <summary>Our tables under the option set udot-5 against the answers that Utah's own tests hold: not one row may differ.</summary>
public sealed class UtahTables
{
    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Red_to_red_cycles_are_those_of_the_peer()
    {
        var log = UtahLogs.Events7115("redtored_input.csv");

        AssertRows("coordination-diagram", "redtored", log, "adjust1_detectors.csv", "redtored_expected.csv", 25);
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Hits_are_moved_to_the_stop_bar_to_the_peer_s_millisecond()
    {
        var log = UtahLogs.Events7115("adjust1_input.csv");

        AssertRows("coordination-diagram", "adjusted-detections", log, "adjust1_detectors.csv", "adjust1_expected.csv", 2170);
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void The_volume_of_a_phase_counts_moved_hits()
    {
        ControllerEvent[] log = [.. UtahLogs.Events7115("events_ph2_ph6.csv").Where(e => e.Parameter == 2)];

        AssertRows("approach-volume", "phase-volume", log, "adjust1_detectors.csv", "phasevolume1_expected.csv", 9);
    }

    private static void AssertRows(string measure, string table, ControllerEvent[] log, string detectors, string expectedFile, int rows)
    {
        var ours = Run.OneShot([MeasureCatalog.Find(measure)!], UtahLogs.Read7115(detectors), log, new MeasureOptions { Set = DefinitionSet.Udot5 });
        var expected = File.ReadAllLines(SharedData.PathTo("data/hires/udot-7115/" + expectedFile))[1..];

        Assert.Equal(rows, expected.Length);
        Assert.Equal(expected, ours[table]);
    }
}
