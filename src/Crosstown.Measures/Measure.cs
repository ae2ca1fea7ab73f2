using System.Collections.Immutable;
using Crosstown.Core.Tables;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures;

/// <summary>What a measure is: its name, the codes it reads, its options, its tables, and how it starts on a signal.</summary>
/// <remarks>
/// A measure is one folder: this definition, and the <see cref="SignalMeasure"/> that does the work. It is listed in <see cref="MeasureCatalog"/>.
/// </remarks>
public abstract class Measure
{
    /// <summary>Kebab-case, as on the command line and in options files: <c>split-failure</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The published name, as a reader would look for it.</summary>
    public abstract string Title { get; }

    /// <summary>All options; empty when there is nothing to choose.</summary>
    public virtual ImmutableArray<Option> Options => [];

    /// <summary>The codes that it must be shown; all other events are kept from it.</summary>
    public abstract CodeSet Codes { get; }

    /// <summary>The tables it writes under a definition set; empty when that peer has no such measure.</summary>
    public abstract ImmutableArray<TableSchema> TablesIn(DefinitionSet set);

    /// <summary>Starts on one signal; null when the signal's configuration gives it nothing to do.</summary>
    public abstract SignalMeasure? Start(MeasureContext context);
}
