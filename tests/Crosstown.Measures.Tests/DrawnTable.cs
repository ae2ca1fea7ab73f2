using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Measures.Options;
using Crosstown.Tests.Drawing;

namespace Crosstown.Measures.Tests;

/// <summary>Runs one measure over a drawing and gives a table's rows by column name, as the CSV file would show them.</summary>
internal static class DrawnTable
{
    public static SignalConfiguration Signal(params Detector[] detectors) => new() { Signal = SignalId.Parse("1"), Detectors = [.. detectors] };

    public static Detector Detector(int channel, int phase, DetectorFunctions functions, double latencyS = 0) =>
        new() { Channel = (byte)channel, Phase = (byte)phase, Functions = functions, LatencyS = latencyS };

    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Rows(
        string measure, string table, string drawing, SignalConfiguration? configuration = null, DefinitionSet set = DefinitionSet.Crosstown,
        params ReadOnlySpan<(string Option, object Value)> changes) =>
        Rows(measure, table, Strip.Read(drawing), configuration, set, changes);

    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Rows(
        string measure, string table, ControllerEvent[] log, SignalConfiguration? configuration = null, DefinitionSet set = DefinitionSet.Crosstown,
        params ReadOnlySpan<(string Option, object Value)> changes)
    {
        var asked = MeasureCatalog.Find(measure)!;
        var options = new MeasureOptions { Set = set };
        foreach (var (name, value) in changes)
        {
            options = options.With(asked.Options.Single(o => o.Name == name), value);
        }

        var columns = asked.TablesIn(set).Single(t => t.Name == table).Columns.Select(c => c.Name).ToArray();
        var rows = Run.OneShot([asked], configuration ?? Signal(), log, options);
        return [.. rows[table].Select(line => columns.Zip(line.Split(',')).ToDictionary(p => p.First, p => p.Second))];
    }
}
