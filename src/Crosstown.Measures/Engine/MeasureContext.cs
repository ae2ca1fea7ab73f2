using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Engine;

/// <summary>What a measure may know and use while it works on one signal.</summary>
public sealed class MeasureContext
{
    private readonly Dictionary<string, RowBuffer> _rows;

    internal MeasureContext(
        SignalConfiguration configuration, LocalTimeMap clock, MeasureOptions options, SignalCoverage coverage, DataIssueLog issues, Dictionary<string, RowBuffer> rows)
    {
        Configuration = configuration;
        Clock = clock;
        Options = options;
        Coverage = coverage;
        Issues = issues;
        _rows = rows;
    }

    public SignalConfiguration Configuration { get; }

    /// <summary>The cabinet's wall clock: bins are counted on it.</summary>
    public LocalTimeMap Clock { get; }

    public MeasureOptions Options { get; }

    /// <summary>What was seen, and which detectors were at fault, up to the event last shown.</summary>
    public SignalCoverage Coverage { get; }

    public DataIssueLog Issues { get; }

    /// <summary>Where the rows of a table go; the table must be one that the measure named for the set in force.</summary>
    /// <exception cref="KeyNotFoundException">The measure names no such table for this set.</exception>
    public RowBuffer Rows(TableSchema schema) => _rows[schema.Name];
}
