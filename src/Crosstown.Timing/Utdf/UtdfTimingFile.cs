using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;

namespace Crosstown.Timing.Utdf;

/// <summary>A row of the older timing file (Timing.csv): one plan of one intersection. Times in ms.</summary>
/// <param name="Plan">PLANID, as the file writes it.</param>
/// <param name="Node">INTID.</param>
/// <param name="SplitMs">S1 to S8 with yellow and red clearance, by phase; a phase without a value has no entry.</param>
/// <param name="CycleMs">CL; null when empty.</param>
/// <param name="OffsetMs">OFF; null when empty.</param>
public sealed record UtdfTimingRow(string Plan, int Node, ImmutableSortedDictionary<byte, int> SplitMs, int? CycleMs, int? OffsetMs);

/// <summary>Reads and changes the older timing file. The columns LD, REF and CLR stay as they are: makers write them differently.</summary>
public static class UtdfTimingFile
{
    /// <summary>Every row with a plan and an intersection, in file order.</summary>
    /// <param name="document">A file with the header PLANID, INTID, S1 to S8, CL, OFF.</param>
    /// <param name="issues">Takes cells that are no time.</param>
    /// <exception cref="ProblemException">XT661: the file has no such header.</exception>
    public static ImmutableArray<UtdfTimingRow> Read(UtdfDocument document, DataIssueLog issues)
    {
        var section = SectionOf(document);
        var plan = section.FindColumn("PLANID")!.Value;
        var rows = ImmutableArray.CreateBuilder<UtdfTimingRow>();
        foreach (var row in section.Rows.Where(r => r.Node is not null))
        {
            var cells = document.GetTexts(row);
            int? Time(string column)
            {
                if (section.FindColumn(column) is not { } at || at >= cells.Length || cells[at].Length == 0)
                {
                    return null;
                }

                if (double.TryParse(cells[at].AsSpan().TrimStart('*'), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= 600)
                {
                    return (int)Math.Round(seconds * 10) * 100;
                }

                issues.Add(DataIssueKind.BadRow, document.Name, row.Line, cells[at], $"Row of node {row.Node}, column {column}: no time from 0 to 600 s; the cell is taken as empty");
                return null;
            }

            var splits = ImmutableSortedDictionary.CreateBuilder<byte, int>();
            for (byte phase = 1; phase <= 16; phase++)
            {
                if (Time($"S{phase}") is > 0 and var split)
                {
                    splits[phase] = split;
                }
            }

            rows.Add(new UtdfTimingRow(plan < cells.Length ? cells[plan] : "", row.Node!.Value, splits.ToImmutable(), Time("CL"), Time("OFF")));
        }

        return rows.ToImmutable();
    }

    /// <summary>The pattern of a row for a signal, its offset by the signal's own reference; null when the row lacks a cycle or a split, or its rings do not fill the cycle.</summary>
    public static PatternTiming? PatternOf(UtdfTimingRow row, UtdfSignal signal)
    {
        if (row.CycleMs is not { } cycle || signal.ReferencePhases.IsEmpty || !signal.Phases.All(p => row.SplitMs.ContainsKey(p.Number)))
        {
            return null;
        }

        var pattern = new PatternTiming { Number = 1, CycleMs = cycle, OffsetMs = 0, Reference = UtdfPlans.Core(signal.Reference), SplitMs = row.SplitMs, Sequence = UtdfLayout.Of(signal).Sequence };
        var layout = UtdfLayout.Of(signal, pattern);
        return layout.LengthMs != cycle
            ? null
            : pattern with
            {
                SplitMs = signal.Phases.ToImmutableSortedDictionary(p => p.Number, p => layout.SplitMs(p.Number)),
                OffsetMs = layout.Modulo((row.OffsetMs ?? 0) - layout.FilePointMs(signal.Reference)!.Value + layout.PatternPointMs(pattern.Reference)!.Value),
            };
    }

    /// <summary>The document with a plan's splits, cycle and offset of one signal changed; cells that say the same already stay.</summary>
    /// <exception cref="ProblemException">XT661: the file is no timing file. XT664: it has no row for the plan and signal, or the signal no reference phase.</exception>
    public static UtdfDocument Write(UtdfDocument document, string plan, UtdfSignal signal, PatternTiming pattern)
    {
        var section = SectionOf(document);
        var at = section.FindColumn("PLANID")!.Value;
        var row = section.Rows.FirstOrDefault(r => r.Node == signal.Controller && document.GetText(r, at) == plan);
        if (row.Line == 0 || signal.ReferencePhases.IsEmpty)
        {
            throw new ProblemException("XT664", document.Name, $"There is no row of plan '{plan}' for signal {signal.Controller}, or the signal has no reference phase.");
        }

        var layout = UtdfLayout.Of(signal, pattern);
        var offset = layout.Modulo(pattern.OffsetMs - layout.PatternPointMs(pattern.Reference)!.Value + layout.FilePointMs(signal.Reference)!.Value);
        var changes = new UtdfChanges();
        foreach (var (column, ms) in signal.Phases.Select(p => ($"S{p.Number}", layout.SplitMs(p.Number))).Append(("CL", pattern.CycleMs)).Append(("OFF", offset)))
        {
            if (section.FindColumn(column) is { } cell
                && !(double.TryParse(document.GetText(row, cell), NumberStyles.Float, CultureInfo.InvariantCulture, out var old) && (int)Math.Round(old * 10) * 100 == ms))
            {
                changes.Set(row, cell, (ms / 1000.0).ToString("0.#", CultureInfo.InvariantCulture));
            }
        }

        return changes.IsEmpty ? document : document.Apply(changes);
    }

    private static UtdfSection SectionOf(UtdfDocument document) =>
        document.Sections.FirstOrDefault(s => s.FindColumn("PLANID") is not null && s.FindColumn("INTID") is not null)
            ?? throw new ProblemException("XT661", document.Name, "No timing plans are in it: expected is a header with PLANID, INTID, S1 to S8, CL and OFF.");
}
