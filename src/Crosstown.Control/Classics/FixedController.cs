using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Classics;

/// <summary>Runs the reference program as it stands: its stages in its order at its times, cycle and offset kept.</summary>
/// <remarks>Each stage is left when the program begins to leave it; yellow and clearance after it are the profile's, so that a program with others begins its next stage that much earlier or later.</remarks>
/// <param name="site">The signal.</param>
/// <param name="profile">The times to keep.</param>
public sealed class FixedController(SignalSite site, RoadProfile profile) : ISignalController
{
    private readonly FixedProgram _program = site.Card.Reference;
    private readonly double _cycleS = site.Card.Reference.CycleS;

    public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver)
    {
        if (driver.IsChanging)
        {
            return (driver.Target, 0);
        }

        if (ServiceClock.FindDue(site, profile, driver, nowS) is { } due)
        {
            return (due, driver.MayEnd(nowS) ? 0 : 1);
        }

        var (stage, leftS) = Find(nowS);
        return stage != driver.Stage ? (stage, 0) : (stage, Math.Max(1, (int)Math.Ceiling(leftS)));
    }

    /// <summary>The stage that the program shows or changes to at a time.</summary>
    /// <param name="nowS">Seconds of the clock.</param>
    public int StageAt(int nowS) => Find(nowS).Stage;

    /// <summary>The stage that the program shows or changes to at a time, and for how many seconds yet.</summary>
    private (int Stage, double LeftS) Find(int nowS)
    {
        var menu = site.Menu;
        var phases = _program.Phases;
        var place = nowS - _program.OffsetS;
        place -= Math.Floor(place / _cycleS) * _cycleS;
        var p = 0;
        while (p < phases.Length - 1 && place >= phases[p].DurationS)
        {
            place -= phases[p++].DurationS;
        }

        // A change leads to the stage after it.
        var wanted = -1;
        var leftS = -place;
        for (var i = 0; i < phases.Length; i++)
        {
            var at = (p + i) % phases.Length;
            var next = menu.ReferencePlaces[at];
            if (wanted >= 0 && next != wanted)
            {
                break;
            }

            wanted = next;
            leftS += phases[at].DurationS;
        }

        return (wanted < 0 ? 0 : menu.ReferenceOrder[wanted], leftS);
    }
}
