using Crosstown.Control.Priority;
using Crosstown.Control.Sites;

namespace Crosstown.Control.Tests.Priority;

/// <summary>Runs a plan by the clock and looks at nothing else.</summary>
public sealed class PlanFollower(PlanClock plan) : ISignalController
{
    public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver)
    {
        var (entry, beginS, endS) = plan.At(nowS);
        return plan.Stage(entry) == driver.Stage && beginS == 0 ? (driver.Stage, endS) : (plan.Stage(entry), 0);
    }
}
