using System.Collections.Immutable;

namespace Crosstown.Measures;

/// <summary>All measures, in the order in which people read them.</summary>
public static class MeasureCatalog
{
    public static ImmutableArray<Measure> All { get; } =
    [
        new DetectorVolume.DetectorVolumeMeasure(),
        new ApproachVolume.ApproachVolumeMeasure(),
        new TurningMovements.TurningMovementsMeasure(),
        new CoordinationDiagram.CoordinationDiagramMeasure(),
        new ArrivalsOnGreen.ArrivalsOnGreenMeasure(),
        new ArrivalsOnRed.ArrivalsOnRedMeasure(),
        new ApproachDelay.ApproachDelayMeasure(),
        new SplitMonitor.SplitMonitorMeasure(),
        new TimingAndActuation.TimingAndActuationMeasure(),
        new TimeSpace.TimeSpaceMeasure(),
        new ArrivalsByShift.ArrivalsByShiftMeasure(),
        new QueueSpillback.QueueSpillbackMeasure(),
        new Watchdog.WatchdogMeasure(),
        new DetectorHealth.DetectorHealthMeasure(),
        new SplitFailure.SplitFailureMeasure(),
        new PhaseTermination.PhaseTerminationMeasure(),
        new ActualSplits.ActualSplitsMeasure(),
        new YellowRed.YellowRedMeasure(),
        new PedestrianDelay.PedestrianDelayMeasure(),
        new PedestrianVolume.PedestrianVolumeMeasure(),
        new PedestrianServices.PedestrianServicesMeasure(),
        new PhaseWait.PhaseWaitMeasure(),
        new CoordinationQuality.CoordinationQualityMeasure(),
        new Timeline.TimelineMeasure(),
        new CommunicationsHealth.CommunicationsHealthMeasure(),
        new ApproachSpeed.ApproachSpeedMeasure(),
        new LeftTurnGap.LeftTurnGapMeasure(),
        new GreenTimeUse.GreenTimeUseMeasure(),
        new Preemption.PreemptionMeasure(),
        new TransitPriority.TransitPriorityMeasure(),
        new VolumeToCapacity.VolumeToCapacityMeasure(),
    ];

    /// <summary>The measure of a name; null when there is none.</summary>
    public static Measure? Find(string name)
    {
        foreach (var measure in All)
        {
            if (measure.Name == name)
            {
                return measure;
            }
        }

        return null;
    }
}
