using System.Collections.Immutable;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Composed;

/// <summary>What must run so that the asked measures have their rows, and which tables were asked for.</summary>
public sealed class MeasureSelection
{
    private readonly HashSet<string> _names;

    private MeasureSelection(HashSet<string> names, ImmutableArray<Measure> measures, ImmutableArray<ComposedMeasure> composed) =>
        (_names, Measures, Composed) = (names, measures, composed);

    /// <summary>Measures of single signals: those asked for, and those that composed ones read.</summary>
    public ImmutableArray<Measure> Measures { get; }

    /// <summary>Composed measures: those asked for, and those that they read.</summary>
    public ImmutableArray<ComposedMeasure> Composed { get; }

    /// <param name="names">Names of measures of either kind; unknown ones are passed over.</param>
    public static MeasureSelection Of(IEnumerable<string> names)
    {
        var asked = names.ToHashSet(StringComparer.Ordinal);
        var composed = ComposedCatalog.All.Where(m => asked.Contains(m.Name)).ToHashSet();
        foreach (var measure in ComposedCatalog.All.Reverse())
        {
            if (composed.Any(c => measure.Tables.Any(t => c.Inputs.Contains(t.Name))))
            {
                composed.Add(measure);
            }
        }

        var measures = MeasureCatalog.All.Where(m =>
            asked.Contains(m.Name) || m.TablesIn(DefinitionSet.Crosstown).Any(t => composed.Any(c => c.Inputs.Contains(t.Name))));
        return new MeasureSelection(asked, [.. measures], [.. ComposedCatalog.All.Where(composed.Contains)]);
    }

    /// <summary>The tables that were asked for, by definition set; what runs only as an input of another has none here.</summary>
    public ImmutableArray<Core.Tables.TableSchema> TablesIn(DefinitionSet set) =>
    [
        .. Measures.Where(m => _names.Contains(m.Name)).SelectMany(m => m.TablesIn(set)),
        .. Composed.Where(m => _names.Contains(m.Name)).SelectMany(m => m.Tables),
    ];
}
