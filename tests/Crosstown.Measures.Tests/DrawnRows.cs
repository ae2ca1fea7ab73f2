using System.Globalization;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Measures.Options;
using Crosstown.Tests.Drawing;

namespace Crosstown.Measures.Tests;

/// <summary>Rows of one table by column name, for tests that draw the street.</summary>
internal static class DrawnRows
{
    public static IReadOnlyList<Row> Rows(
        string measure, string table, SignalConfiguration configuration, string drawing, DefinitionSet set = DefinitionSet.Crosstown) =>
        Rows(measure, table, configuration, Strip.Read(drawing), new MeasureOptions { Set = set });

    public static IReadOnlyList<Row> Rows(
        string measure, string table, SignalConfiguration configuration, ReadOnlySpan<ControllerEvent> log, MeasureOptions? options = null)
    {
        options ??= new MeasureOptions();
        var definition = MeasureCatalog.Find(measure)!;
        return Named(definition, table, Run.OneShot([definition], configuration, log, options), options.Set);
    }

    public static IReadOnlyList<Row> Named(Measure measure, string table, CollectedRows rows, DefinitionSet set = DefinitionSet.Crosstown)
    {
        var columns = measure.TablesIn(set).Single(t => t.Name == table).Columns;
        return [.. rows[table].Select(l => new Row(columns.Select(c => c.Name).Zip(l.Split(',')).ToDictionary(p => p.First, p => p.Second)))];
    }

    public static Option Option(string measure, string name) => MeasureCatalog.Find(measure)!.Options.Single(o => o.Name == name);

    /// <summary>One northbound approach on phase 2, 45 mph, and detectors on it.</summary>
    public static SignalConfiguration Northbound(params Detector[] detectors) => new()
    {
        Signal = SignalId.Parse("1"),
        Approaches = [new Approach { Id = "nb", Direction = TravelDirection.Northbound, Protected = SignalGroup.Phase(2), SpeedLimitMph = 45 }],
        Detectors = [.. detectors.Select(d => d with { ApproachId = "nb" })],
    };

    public static Detector Advance(byte channel, double? distanceFt = null) =>
        new() { Channel = channel, Functions = DetectorFunctions.AdvanceCount, StopBarDistanceFt = distanceFt };

    public static Detector Counting(byte channel, int lane = 1, LaneMovement movement = LaneMovement.Through) =>
        new() { Channel = channel, Functions = DetectorFunctions.LaneByLaneCount, Lane = lane, Movement = movement };

    internal sealed class Row(Dictionary<string, string> cells)
    {
        public string this[string column] => cells[column];

        public double Number(string column) => double.Parse(cells[column], CultureInfo.InvariantCulture);

        public bool IsNull(string column) => cells[column].Length == 0;
    }
}
