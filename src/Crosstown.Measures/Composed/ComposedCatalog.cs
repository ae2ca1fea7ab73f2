using System.Collections.Immutable;

namespace Crosstown.Measures.Composed;

/// <summary>All composed measures, each behind those that it reads.</summary>
public static class ComposedCatalog
{
    public static ImmutableArray<ComposedMeasure> All { get; } =
    [
        new TimeSpaceDiagram.TimeSpaceDiagramMeasure(),
        new LinkPivot.LinkPivotMeasure(),
        new CorridorSummary.CorridorSummaryMeasure(),
        new BeforeAfter.BeforeAfterMeasure(),
        new WatchdogReport.WatchdogReportMeasure(),
        new DetectorModel.DetectorModelMeasure(),
        new DetectorPairs.DetectorPairsMeasure(),
        new ButtonHealth.ButtonHealthMeasure(),
        new DailyAlerts.DailyAlertsMeasure(),
    ];

    /// <summary>The composed measure of a name; null when there is none.</summary>
    public static ComposedMeasure? Find(string name)
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
