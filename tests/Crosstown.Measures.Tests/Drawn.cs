using System.Globalization;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Measures.Options;
using Crosstown.Tests.Drawing;

namespace Crosstown.Measures.Tests;

/// <summary>Runs one measure over a drawing and answers about its rows by column name; with what drawn streets are made of.</summary>
internal static class Drawn
{
    public static SignalConfiguration Signal { get; } = SignalConfiguration.Unknown(SignalId.Parse("7"));

    public static Answer Run(Measure measure, string drawing, SignalConfiguration? configuration = null, MeasureOptions? options = null) =>
        new(Tests.Run.OneShot([measure], configuration ?? Signal, Strip.Read(drawing), options), measure, options ?? new MeasureOptions());

    public static IReadOnlyList<Row> Rows(
        string measure, string table, SignalConfiguration configuration, string drawing, DefinitionSet set = DefinitionSet.Crosstown) =>
        Rows(measure, table, configuration, Strip.Read(drawing), new MeasureOptions { Set = set });

    public static IReadOnlyList<Row> Rows(
        string measure, string table, SignalConfiguration configuration, ReadOnlySpan<ControllerEvent> log, MeasureOptions? options = null)
    {
        options ??= new MeasureOptions();
        var definition = MeasureCatalog.Find(measure)!;
        return Named(definition, table, Tests.Run.OneShot([definition], configuration, log, options), options.Set);
    }

    public static IReadOnlyList<Row> Rows(
        string measure, string table, string drawing, SignalConfiguration? configuration = null, DefinitionSet set = DefinitionSet.Crosstown,
        params ReadOnlySpan<(string Option, object Value)> changes) =>
        Rows(measure, table, Strip.Read(drawing), configuration, set, changes);

    public static IReadOnlyList<Row> Rows(
        string measure, string table, ControllerEvent[] log, SignalConfiguration? configuration = null, DefinitionSet set = DefinitionSet.Crosstown,
        params ReadOnlySpan<(string Option, object Value)> changes) =>
        Rows(measure, table, configuration ?? SignalWith(), log, With(MeasureCatalog.Find(measure)!, set, changes));

    public static IReadOnlyList<Row> Named(Measure measure, string table, CollectedRows rows, DefinitionSet set = DefinitionSet.Crosstown)
    {
        var columns = measure.TablesIn(set).Single(t => t.Name == table).Columns;
        return [.. rows[table].Select(l => new Row(columns.Select(c => c.Name).Zip(l.Split(',')).ToDictionary(p => p.First, p => p.Second)))];
    }

    public static Option Option(string measure, string name) => MeasureCatalog.Find(measure)!.Options.Single(o => o.Name == name);

    /// <summary>Options with some of a measure's own changed, by name.</summary>
    public static MeasureOptions With(Measure measure, params ReadOnlySpan<(string Option, object Value)> changes) => With(measure, DefinitionSet.Crosstown, changes);

    /// <summary>The time that lies so many seconds into a drawing, as rows show it.</summary>
    public static string At(double seconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Strip.DefaultStartMs + (long)(seconds * 1000)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>A signal of which only the detectors are known.</summary>
    public static SignalConfiguration SignalWith(params Detector[] detectors) => new() { Signal = SignalId.Parse("1"), Detectors = [.. detectors] };

    /// <summary>One northbound approach on phase 2, 45 mph, and detectors on it.</summary>
    public static SignalConfiguration Northbound(params Detector[] detectors) => new()
    {
        Signal = SignalId.Parse("1"),
        Approaches = [new Approach { Id = "nb", Direction = TravelDirection.Northbound, Protected = SignalGroup.Phase(2), SpeedLimitMph = 45 }],
        Detectors = [.. detectors.Select(d => d with { ApproachId = "nb" })],
    };

    public static Detector Detector(int channel, int phase, DetectorFunctions functions, double latencyS = 0) =>
        new() { Channel = (byte)channel, Phase = (byte)phase, Functions = functions, LatencyS = latencyS };

    public static Detector Advance(byte channel, double? distanceFt = null) =>
        new() { Channel = channel, Functions = DetectorFunctions.AdvanceCount, StopBarDistanceFt = distanceFt };

    public static Detector Counting(byte channel, int lane = 1, LaneMovement movement = LaneMovement.Through) =>
        new() { Channel = channel, Functions = DetectorFunctions.LaneByLaneCount, Lane = lane, Movement = movement };

    private static MeasureOptions With(Measure measure, DefinitionSet set, ReadOnlySpan<(string Option, object Value)> changes)
    {
        var options = new MeasureOptions { Set = set };
        foreach (var (name, value) in changes)
        {
            options = options.With(measure.Options.Single(o => o.Name == name), value);
        }

        return options;
    }

    /// <summary>The rows of a measure's tables.</summary>
    internal sealed class Answer(CollectedRows rows, Measure measure, MeasureOptions options)
    {
        /// <summary>Some columns of all rows of a table, each row joined by blanks; missing values as a dash.</summary>
        public string[] this[string table, string columns]
        {
            get
            {
                var wanted = columns.Split(' ');
                return [.. Named(measure, table, rows, options.Set).Select(row => string.Join(' ', wanted.Select(c => row.IsNull(c) ? "-" : row[c])))];
            }
        }
    }

    /// <summary>One row, as the CSV file would show it; a column that the table lacks fails the test.</summary>
    internal sealed class Row(Dictionary<string, string> cells)
    {
        public string this[string column] => cells[column];

        public double Number(string column) => double.Parse(cells[column], CultureInfo.InvariantCulture);

        public bool IsNull(string column) => cells[column].Length == 0;
    }
}
