using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Classics;

/// <summary>Max-pressure control after Varaiya (2013): at a fixed step, the stage with the most vehicles before it, less those that stand where they would go.</summary>
/// <param name="site">The signal.</param>
/// <param name="profile">The times to keep.</param>
public sealed class PressureController(SignalSite site, RoadProfile profile) : ISignalController
{
    /// <summary>Seconds from one decision to the next: the least that leaves more green than change.</summary>
    private const int StepS = 10;

    private readonly SiteSense _sense = new(site);
    private int? _nextS;

    public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver)
    {
        _sense.Update(frame, driver);
        if (driver.IsChanging)
        {
            return (driver.Target, 0);
        }

        if (ServiceClock.FindDue(site, profile, driver, nowS) is { } due)
        {
            return (due, driver.MayEnd(nowS) ? 0 : 1);
        }

        _nextS ??= nowS;
        if (nowS < _nextS || !driver.MayEnd(nowS))
        {
            return (driver.Stage, Math.Max(1, _nextS.Value - nowS));
        }

        _nextS = nowS + StepS;
        var best = driver.Stage;
        var bestPressure = _sense.PressureOf(best);
        for (var stage = 0; stage < site.Menu.Stages.Length; stage++)
        {
            if (_sense.PressureOf(stage) is var pressure && pressure > bestPressure)
            {
                (best, bestPressure) = (stage, pressure);
            }
        }

        return best == driver.Stage ? (best, StepS) : (best, 0);
    }
}
