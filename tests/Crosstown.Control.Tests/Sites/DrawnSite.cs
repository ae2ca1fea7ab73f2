using Crosstown.Control.Sites;
using Crosstown.Core.Networks;
using Crosstown.Timing.Tests.Roads;

namespace Crosstown.Control.Tests.Sites;

/// <summary>One drawn signal with all its detectors: link 0 a main street, link 1 a side street.</summary>
internal static class DrawnSite
{
    public const int MainZone = 0;
    public const int SideZone = 1;
    public const int MainExit = 2;
    public const int MainStop = 3;
    public const int SideStop = 4;
    public const int MainAdvance = 5;
    public const int SideAdvance = 6;
    private const double LengthM = 300;

    public static SignalSite Make(FixedProgram? program = null)
    {
        var network = DrawnStreets.Street(1);
        int Lane(string name) => network.Lanes.Select((l, i) => (l.Name, i)).First(l => l.Name == name).i;
        var equipment = new RoadEquipment
        {
            Detectors =
            [
                new LaneDetector("q_m0_0", Lane("m0_0"), LengthM - 150, LengthM), new LaneDetector("q_s0_0", Lane("s0_0"), LengthM - 150, LengthM),
                new LaneDetector("x_m1_0", Lane("m1_0"), 0, 80),
                new LaneDetector("stop_m0_0", Lane("m0_0"), LengthM - 1, LengthM - 1), new LaneDetector("stop_s0_0", Lane("s0_0"), LengthM - 1, LengthM - 1),
                new LaneDetector("adv_m0_0", Lane("m0_0"), LengthM - 45, LengthM - 45), new LaneDetector("adv_s0_0", Lane("s0_0"), LengthM - 45, LengthM - 45),
            ],
        };
        return Assert.Single(SignalSite.List(network, equipment, [program ?? DrawnStreets.Program(0, 30, 20)]));
    }

    /// <summary>A frame in which all detectors answer and see nobody.</summary>
    public static DetectorFrame Empty()
    {
        var frame = new DetectorFrame(7);
        foreach (var zone in new[] { MainZone, SideZone, MainExit })
        {
            (frame.Vehicles[zone], frame.Halting[zone]) = (0, 0);
        }

        foreach (var loop in new[] { MainStop, SideStop, MainAdvance, SideAdvance })
        {
            (frame.Passed[loop], frame.Covered[loop]) = (0, 0);
        }

        return frame;
    }
}
