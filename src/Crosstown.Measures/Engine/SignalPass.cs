using System.Diagnostics;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Engine;

/// <summary>One forward pass over one signal's events for any set of measures.</summary>
/// <remarks>
/// Events go by in pieces that stay in the processor's cache; of each piece every measure is shown only the codes it asked for, so that the
/// loops inside the measures are plain loops over spans. Rows that can no longer change leave for the sink after each piece.
/// </remarks>
public sealed class SignalPass
{
    private const int PieceLength = 2048;
    private const int RowsHeld = 4096;

    private readonly SignalId _signal;
    private readonly LocalTimeMap _clock;
    private readonly ITableSink _sink;
    private readonly TimeRange? _range;
    private readonly SignalMeasure[] _measures;
    private readonly CodeSet[] _codes;
    private readonly ulong[] _wantedBy = new ulong[EventCode.TableSize];
    private readonly ControllerEvent[] _shown;
    private readonly RowBuffer[] _rows;
    private bool _finished;

    /// <param name="measures">At most 63; those without tables in the set, and those that the configuration gives nothing to do, stand aside.</param>
    /// <param name="configuration">The signal; <see cref="SignalConfiguration.Unknown"/> when nothing is known.</param>
    /// <param name="clock">The cabinet's wall clock.</param>
    /// <param name="options">Definitions in force.</param>
    /// <param name="range">Rows whose first time lies outside are dropped; null keeps all. Events before it serve as history.</param>
    /// <param name="sink">Takes the rows.</param>
    /// <param name="issues">Takes what the measures find wrong.</param>
    /// <param name="buffers">Shared with the passes before and after this one; null for a pass on its own.</param>
    /// <exception cref="ArgumentException">There are more than 63 measures, or two write a table of the same name.</exception>
    public SignalPass(
        IReadOnlyList<Measure> measures, SignalConfiguration configuration, LocalTimeMap clock, MeasureOptions options, TimeRange? range, ITableSink sink, DataIssueLog issues,
        RowBuffers? buffers = null)
    {
        if (measures.Count > 63)
        {
            throw new ArgumentException($"{measures.Count} measures; a pass serves at most 63.", nameof(measures));
        }

        _signal = configuration.Signal;
        _clock = clock;
        _range = range;
        _sink = sink;
        _shown = buffers?.Shown(PieceLength) ?? new ControllerEvent[PieceLength];
        Coverage = new SignalCoverage();
        var running = new List<SignalMeasure>();
        var codes = new List<CodeSet>();
        var all = new List<RowBuffer>();
        foreach (var measure in measures)
        {
            var tables = measure.TablesIn(options.Set);
            if (tables.IsEmpty)
            {
                continue;
            }

            var rows = new Dictionary<string, RowBuffer>();
            foreach (var table in tables)
            {
                if (all.Exists(r => r.Schema.Name == table.Name))
                {
                    throw new ArgumentException($"Two measures write the table {table.Name}.", nameof(measures));
                }

                all.Add(rows[table.Name] = buffers?.For(table) ?? new RowBuffer(table));
            }

            if (measure.Start(new MeasureContext(configuration, clock, options, Coverage, issues, rows)) is { } started)
            {
                running.Add(started);
                codes.Add(measure.Codes);
            }
        }

        _measures = [.. running];
        _codes = [.. codes];
        _rows = [.. all];
        for (var code = 0; code < _wantedBy.Length; code++)
        {
            for (var m = 0; m < _codes.Length; m++)
            {
                _wantedBy[code] |= _codes[m].Contains(code) ? 1UL << m : 0;
            }
        }
    }

    /// <summary>What the events shown so far covered.</summary>
    public SignalCoverage Coverage { get; }

    /// <summary>Takes events in the total order, none before any taken earlier.</summary>
    /// <param name="events">Any number.</param>
    public void Append(ReadOnlySpan<ControllerEvent> events)
    {
        Debug.Assert(!_finished, "The pass is finished.");
        while (events.Length > 0)
        {
            var piece = events[..Math.Min(events.Length, PieceLength)];
            events = events[piece.Length..];
            Debug.Assert(piece[0].TimeMs >= Coverage.LastMs, "Events go back in time.");
            Coverage.Advance(piece);
            for (var m = 0; m < _measures.Length; m++)
            {
                _measures[m].Advance(_codes[m].IsAll ? piece : Filter(piece, m));
                _measures[m].CloseUpTo(Coverage.LastMs);
            }

            HandOver(RowsHeld);
        }
    }

    /// <summary>Takes speed readings in time order. Those up to a moment must be taken before events later than it: later ones are not counted.</summary>
    /// <param name="readings">Any number; they are kept in memory until the events have passed them, and nowhere else (rule P11).</param>
    public void Append(ReadOnlySpan<SpeedReading> readings)
    {
        Debug.Assert(!_finished, "The pass is finished.");
        foreach (var measure in _measures)
        {
            (measure as ITakesSpeeds)?.Take(readings);
        }
    }

    /// <summary>Hands over all rows that can no longer change, few as they may be.</summary>
    public void HandOver() => HandOver(1);

    /// <summary>Ends the pass: open intervals and bins are closed as far as they can be said, and all rows handed over.</summary>
    public void Finish()
    {
        Debug.Assert(!_finished, "The pass is finished.");
        _finished = true;
        if (Coverage.EventCount > 0)
        {
            foreach (var measure in _measures)
            {
                measure.Finish(Coverage.LastMs + 1);
            }
        }

        HandOver();
    }

    private ReadOnlySpan<ControllerEvent> Filter(ReadOnlySpan<ControllerEvent> piece, int measure)
    {
        var shown = _shown;
        var wanted = _wantedBy;
        var n = 0;
        foreach (ref readonly var e in piece)
        {
            shown[n] = e;
            n += (int)(wanted[Math.Min((int)e.Code, EventCode.TableSize - 1)] >> measure) & 1;
        }

        return shown.AsSpan(0, n);
    }

    private void HandOver(int least)
    {
        foreach (var rows in _rows)
        {
            if (rows.Count >= least)
            {
                if (_range is { } range)
                {
                    rows.KeepFirstTimeIn(range);
                }

                if (rows.Count > 0)
                {
                    _sink.Take(_signal, _clock, rows);
                }

                rows.Clear();
            }
        }
    }
}
