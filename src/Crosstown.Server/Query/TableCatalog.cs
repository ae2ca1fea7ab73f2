using System.Collections.Immutable;
using Crosstown.Core.Tables;
using Crosstown.Measures;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Options;

namespace Crosstown.Server.Query;

/// <summary>A table that can be asked for, the measure that writes it, and what must run for it.</summary>
/// <param name="IsComposed">True when it is made from tables of several signals or days.</param>
internal sealed record TableSource(TableSchema Schema, string Measure, MeasureSelection Selection, bool IsComposed)
{
    /// <summary>The options of all that runs, each once by name.</summary>
    public ImmutableArray<Option> Options { get; } =
        [.. Selection.Measures.SelectMany(m => m.Options).Concat(Selection.Composed.SelectMany(m => m.Options)).DistinctBy(o => o.Name).OrderBy(o => o.Name, StringComparer.Ordinal)];
}

/// <summary>All tables by name.</summary>
internal static class TableCatalog
{
    private static readonly ImmutableArray<Dictionary<string, TableSource>> s_bySet =
        [.. Enum.GetValues<DefinitionSet>().Select(set => List(set).ToDictionary(s => s.Schema.Name, StringComparer.Ordinal))];

    /// <summary>The table of a name; null when the set has none.</summary>
    public static TableSource? Find(string name, DefinitionSet set = DefinitionSet.Crosstown) => s_bySet[(int)set].GetValueOrDefault(name);

    /// <summary>All names in our own definitions, sorted.</summary>
    public static IEnumerable<string> Names => s_bySet[(int)DefinitionSet.Crosstown].Keys.Order(StringComparer.Ordinal);

    private static IEnumerable<TableSource> List(DefinitionSet set)
    {
        foreach (var measure in MeasureCatalog.All)
        {
            foreach (var table in measure.TablesIn(set))
            {
                yield return new TableSource(table, measure.Name, MeasureSelection.Of([measure.Name]), false);
            }
        }

        // Composed measures read our own tables, whatever the definitions.
        foreach (var measure in set == DefinitionSet.Crosstown ? ComposedCatalog.All : [])
        {
            foreach (var table in measure.Tables)
            {
                yield return new TableSource(table, measure.Name, MeasureSelection.Of([measure.Name]), true);
            }
        }
    }
}
