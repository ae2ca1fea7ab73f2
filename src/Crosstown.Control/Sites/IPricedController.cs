namespace Crosstown.Control.Sites;

/// <summary>A controller that knows what its choice costs, and what another would.</summary>
public interface IPricedController : ISignalController
{
    /// <summary>What the course of the last decision costs, vehicle-seconds. Of this second only where the signal was neither changing nor bound to serve somebody.</summary>
    float OwnPrice { get; }

    /// <summary>What it would cost to go on with the running stage for some seconds and then run another; vehicle-seconds, by what was seen at the last decision.</summary>
    /// <param name="holdS">Seconds, 0 or more.</param>
    /// <param name="stage">The running one to stay with it.</param>
    float Price(int holdS, int stage);
}
