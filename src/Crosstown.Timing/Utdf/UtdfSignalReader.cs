using System.Collections.Immutable;
using Crosstown.Core.Data;

namespace Crosstown.Timing.Utdf;

/// <summary>Reads controllers out of the Timeplans and Phases sections.</summary>
internal sealed class UtdfSignalReader(UtdfCells cells)
{
    private const int LongestCycleS = 600;

    private UtdfDocument Document => cells.Document;

    /// <summary>The controllers in file order. One whose cycle or phases cannot be used is left out, with an issue.</summary>
    public ImmutableArray<UtdfSignal> Read()
    {
        var plans = Document.Named("Timeplans").ToList();
        var phases = Document.Named("Phases").FirstOrDefault();
        if (plans.Count == 0 || phases is null)
        {
            return [];
        }

        var forced = plans.Skip(1).LastOrDefault(p => p.HeaderLine > phases.HeaderLine);
        var signals = ImmutableArray.CreateBuilder<UtdfSignal>();
        foreach (var controller in plans[0].Rows.Where(r => r.Node is not null).Select(r => r.Node!.Value).Distinct())
        {
            if (Read(controller, plans[0], forced, phases) is { } signal)
            {
                signals.Add(signal);
            }
        }

        return signals.ToImmutable();
    }

    private UtdfSignal? Read(int controller, UtdfSection plans, UtdfSection? forced, UtdfSection phases)
    {
        double? Plan(string record, double least, double most) => cells.Number(plans, record, controller, "DATA", least, most);
        var read = ReadPhases(controller, phases);
        var cycleMs = Ms(Plan("Cycle Length", 0, LongestCycleS));
        if (read.IsEmpty || cycleMs is null or 0)
        {
            Report(plans, controller, read.IsEmpty ? "it has no phase that can be used" : "it has no cycle length");
            return null;
        }

        var nodes = new List<int> { controller };
        for (var i = 0; i < 8 && Plan($"Node {i}", 0, int.MaxValue) is > 0 and var node; i++)
        {
            if (!nodes.Contains((int)node))
            {
                nodes.Add((int)node);
            }
        }

        var reference = (int)(Plan("Reference Phase", 0, 1616) ?? 0);
        var signal = new UtdfSignal
        {
            Controller = controller,
            Nodes = [.. nodes],
            Control = (UtdfControl)(int)(Plan("Control Type", 0, 3) ?? 0),
            CycleMs = cycleMs.Value,
            OffsetMs = 0,
            Reference = (UtdfReference)(int)(Plan("Referenced To", 0, 4) ?? 0),
            ReferencePhases = [.. new[] { reference / 100, reference % 100 }.Where(n => read.Any(p => p.Number == n)).Select(n => (byte)n).Distinct()],
            IsLocked = Plan("Lock Timings", 0, 1) is 1,
            Phases = read,
        };
        return signal with { OffsetMs = OffsetOf(signal, plans, forced) };
    }

    /// <summary>A forced offset counts most; then where the reference phases start; the stated offset is what is left.</summary>
    private int OffsetOf(UtdfSignal signal, UtdfSection plans, UtdfSection? forced)
    {
        var most = signal.CycleMs / 1000.0;
        var layout = UtdfLayout.Of(signal);
        if (layout.LengthMs != signal.CycleMs)
        {
            Report(plans, signal.Controller, $"its splits fill {layout.LengthMs / 1000.0:0.#} s of a cycle of {most:0.#} s", isConflict: true);
        }

        if (forced is not null && Ms(cells.Number(forced, "Offset", signal.Controller, "DATA", -most, most)) is { } forcedMs)
        {
            return layout.Modulo(forcedMs);
        }

        var stated = Ms(cells.Number(plans, "Offset", signal.Controller, "DATA", -most, most));
        var anchor = signal.Phases.FirstOrDefault(p => signal.ReferencePhases.Contains(p.Number) && p.StartMs is not null);
        if (anchor is null || layout.FilePointMs(signal.Reference) is not { } point)
        {
            return layout.Modulo(stated ?? 0);
        }

        var started = layout.Modulo(anchor.StartMs!.Value - layout.Times(anchor, 0).StartMs + point);
        var apart = layout.Modulo(started - (stated ?? started));
        if (Math.Min(apart, signal.CycleMs - apart) <= 100)
        {
            return layout.Modulo(stated ?? started);
        }

        Report(plans, signal.Controller, $"its offset is {stated / 1000.0:0.#} s and its phases start as with {started / 1000.0:0.#} s: the starts count", isConflict: true);
        return started;
    }

    private ImmutableArray<UtdfPhase> ReadPhases(int controller, UtdfSection section)
    {
        double?[] Row(string record, double least, double most) => cells.Numbers(section, record, controller, least, most);
        var brp = Row("BRP", 111, 999);
        var minimum = Row("MinGreen", 0, 300);
        var maximum = Row("MaxGreen", 0, LongestCycleS);
        var yellow = Row("Yellow", 0, 30);
        var red = Row("AllRed", 0, 120);
        var passage = Row("VehExt", 0, 60);
        var gap = Row("MinGap", 0, 60);
        var before = Row("TimeBeforeReduce", 0, 600);
        var reduce = Row("TimeToReduce", 0, 600);
        var recall = Row("Recall", 0, 4);
        var walk = Row("Walk", 0, 300);
        var clearance = Row("DontWalk", 0, 300);
        var calls = Row("PedCalls", 0, 100_000);
        var minimumSplit = Row("MinSplit", 0, LongestCycleS);
        var dual = Row("DualEntry", 0, 1);
        var start = Row("Start", -LongestCycleS, LongestCycleS);
        var end = Row("End", -LongestCycleS, LongestCycleS);
        var yield = Row("Yield", -LongestCycleS, LongestCycleS);
        var phases = ImmutableArray.CreateBuilder<UtdfPhase>();
        for (var number = 1; number <= 16; number++)
        {
            if (section.FindColumn($"D{number}") is not { } d || At(yellow, d) is null)
            {
                continue;
            }

            if (At(brp, d) is not { } place || At(maximum, d) is not { } maximumGreen || (int)place % 10 == 0 || (int)place / 10 % 10 is 0 or > 4 || place >= 900)
            {
                Report(section, controller, $"phase {number} has no MaxGreen, or no barrier (1-8), ring (1-4) and position (1-9) in BRP");
                return [];
            }

            phases.Add(new UtdfPhase
            {
                Number = (byte)number,
                Barrier = (int)place / 100,
                Ring = (int)place / 10 % 10,
                Position = (int)place % 10,
                MinimumGreenMs = Ms(At(minimum, d)) ?? 0,
                MaximumGreenMs = Ms(maximumGreen)!.Value,
                YellowMs = Ms(At(yellow, d))!.Value,
                RedClearanceMs = Ms(At(red, d)) ?? 0,
                PassageMs = Ms(At(passage, d)) ?? 0,
                MinimumGapMs = Ms(At(gap, d)) ?? 0,
                TimeBeforeReductionMs = Ms(At(before, d)) ?? 0,
                TimeToReduceMs = Ms(At(reduce, d)) ?? 0,
                Recall = (int)(At(recall, d) ?? 0),
                WalkMs = Ms(At(walk, d)) ?? 0,
                DontWalkMs = Ms(At(clearance, d)) ?? 0,
                WalkCallsPerHour = At(calls, d),
                MinimumSplitMs = Ms(At(minimumSplit, d)),
                DualEntry = At(dual, d) is 1,
                StartMs = Ms(At(start, d)),
                EndMs = Ms(At(end, d)),
                YieldMs = Ms(At(yield, d)),
            });
        }

        if (phases.Select(p => (p.Barrier, p.Ring, p.Position)).Distinct().Count() < phases.Count)
        {
            Report(section, controller, "two of its phases have the same place in BRP");
            return [];
        }

        return phases.ToImmutable();
    }

    private void Report(UtdfSection section, int controller, string what, bool isConflict = false) =>
        cells.Issues.Add(
            isConflict ? DataIssueKind.Conflict : DataIssueKind.BadRow, Document.Name,
            section.Rows.FirstOrDefault(r => r.Node == controller).Line, $"{controller}", $"[{section.Name}] signal {controller}: {what}");

    private static double? At(double?[] row, int column) => column < row.Length ? row[column] : null;

    /// <summary>Whole tenths of a second, in ms.</summary>
    private static int? Ms(double? seconds) => seconds is { } s ? (int)Math.Round(s * 10, MidpointRounding.AwayFromZero) * 100 : null;
}
