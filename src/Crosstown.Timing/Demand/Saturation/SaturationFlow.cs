namespace Crosstown.Timing.Demand.Saturation;

/// <summary>How a lane group's queue leaves, measured.</summary>
/// <param name="SaturationVehPerHour">All lanes together, veh/h of green.</param>
/// <param name="StartLostS">Start-up lost time, s.</param>
/// <param name="EndGainS">Yellow and red clearance that is used as green, s.</param>
/// <param name="Queues">Queues of six vehicles or more that were measured.</param>
/// <param name="IsMeasured">False when they were fewer than 30: the default stands.</param>
/// <param name="IsEndMeasured">False when fewer than ten greens ended with the queue still going: the default end gain stands.</param>
public sealed record SaturationFlow(double SaturationVehPerHour, double StartLostS, double EndGainS, int Queues, bool IsMeasured, bool IsEndMeasured)
{
    /// <summary>True when it was not measured here but at other groups of the same study that turn the same way.</summary>
    public bool IsFromOthers { get; init; }
}
