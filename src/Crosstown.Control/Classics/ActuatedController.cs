using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Classics;

/// <summary>Actuated control: the reference program's stages in its order, each as long as vehicles follow one another, up to a longest green; a stage that nobody calls is skipped.</summary>
/// <param name="site">The signal.</param>
/// <param name="profile">The times to keep.</param>
public sealed class ActuatedController(SignalSite site, RoadProfile profile) : ISignalController
{
    /// <summary>Longest green while others wait, s: what SUMO's own actuated programs use.</summary>
    private const int MaximumGreenS = 50;

    private readonly SiteSense _sense = new(site);
    private readonly StageTurn _turn = new(site);

    public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver)
    {
        _sense.Update(frame, driver);
        if (driver.IsChanging)
        {
            return (driver.Target, 0);
        }

        var greenS = _turn.Update(driver, nowS);
        if (ServiceClock.FindDue(site, profile, driver, nowS) is { } due)
        {
            return (due, driver.MayEnd(nowS) ? 0 : 1);
        }

        for (var i = 1; i <= _turn.Count; i++)
        {
            var next = _turn.StageAt(_turn.Place + i);
            if (next == driver.Stage || !_sense.Calls(next, driver))
            {
                continue;
            }

            if (!driver.MayEnd(nowS))
            {
                return (driver.Stage, 1);
            }

            // Whether the gap comes in the next second is not known: walks end in time for the first that may.
            return greenS < MaximumGreenS && _sense.Extends(driver, next) ? (driver.Stage, 1) : (next, 0);
        }

        // Nobody waits elsewhere: the green rests where it is.
        return (driver.Stage, MaximumGreenS);
    }
}
