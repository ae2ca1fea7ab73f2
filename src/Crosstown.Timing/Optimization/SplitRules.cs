using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Optimization;

/// <summary>What splits a signal may have: minimums, rings that meet at barriers, whole seconds; and the steps from one set to another.</summary>
internal sealed class SplitRules
{
    private readonly TimedSignal _signal;
    private readonly PhaseTiming?[] _phases = new PhaseTiming?[ControllerProgram.MaxPhase + 1];
    private readonly bool _keepsPedestrians;

    public SplitRules(TimedSignal signal, bool keepsPedestrians)
    {
        _signal = signal;
        _keepsPedestrians = keepsPedestrians;
        foreach (var phase in signal.Phases)
        {
            _phases[phase.Number] = phase;
        }

        RingCount = signal.Phases.Max(p => p.Ring);
        GroupCount = signal.Phases.Max(p => p.BarrierGroup);
        Cells = new byte[RingCount][][];
        for (var ring = 0; ring < RingCount; ring++)
        {
            Cells[ring] = [.. Enumerable.Range(1, GroupCount).Select(b => signal.Phases.Where(p => p.Ring == ring + 1 && p.BarrierGroup == b).Select(p => p.Number).ToArray())];
        }

        Groups = [.. Enumerable.Range(0, GroupCount).Where(b => Enumerable.Range(0, RingCount).Any(r => Cells[r][b].Length > 0))];
    }

    public int RingCount { get; }

    public int GroupCount { get; }

    /// <summary>Barrier groups, 0-based, that have phases.</summary>
    public int[] Groups { get; }

    /// <summary>Phases by ring and barrier group, both 0-based.</summary>
    public byte[][][] Cells { get; }

    public TimedSignal Signal => _signal;

    /// <summary>Least split of each phase in an order of service, ms, whole seconds, 17 long.</summary>
    /// <remarks>A phase that ends at a barrier loses to the longest change of those that end there with it.</remarks>
    public int[] Minimums(ImmutableArray<ImmutableArray<byte>> sequence)
    {
        var diagram = new RingDiagram(_signal.Phases);
        diagram.SetSequence(sequence);
        var least = new int[ControllerProgram.MaxPhase + 1];
        Span<int> lasts = stackalloc int[RingCount];
        foreach (var b in Groups)
        {
            var changeMs = 0;
            lasts.Clear();
            for (var ring = 0; ring < RingCount; ring++)
            {
                foreach (var p in diagram.OrderOf(ring))
                {
                    lasts[ring] = _phases[p]!.BarrierGroup == b + 1 ? p : lasts[ring];
                }

                changeMs = Math.Max(changeMs, _phases[lasts[ring]]?.ChangeMs ?? 0);
            }

            for (var ring = 0; ring < RingCount; ring++)
            {
                foreach (var p in Cells[ring][b])
                {
                    var phase = _phases[p]!;
                    var walkMs = _keepsPedestrians && phase.WalkMs > 0 ? phase.WalkMs + phase.PedestrianClearanceMs : 0;
                    var ms = Math.Max(phase.MinimumGreenMs, walkMs) + (p == lasts[ring] ? changeMs : phase.ChangeMs);
                    least[p] = (ms + 999) / 1000 * 1000;
                }
            }
        }

        return least;
    }

    /// <summary>Shortest cycle that holds these minimums, ms.</summary>
    public int ShortestCycleMs(int[] minimums)
    {
        var sum = 0;
        foreach (var b in Groups)
        {
            var length = 0;
            for (var ring = 0; ring < RingCount; ring++)
            {
                length = Math.Max(length, Cells[ring][b].Sum(p => minimums[p]));
            }

            sum += length;
        }

        return sum;
    }

    /// <summary>Splits that fill a cycle, starting at minimums and giving each second to the phases that need it most.</summary>
    /// <param name="cycleMs">Whole seconds, not below <see cref="ShortestCycleMs"/>.</param>
    /// <param name="minimums">By phase.</param>
    /// <param name="flowRatio">Volume over saturation flow by phase, 17 long.</param>
    public int[] Fill(int cycleMs, int[] minimums, double[] flowRatio)
    {
        var splits = (int[])minimums.Clone();
        var lengths = new int[GroupCount];
        foreach (var b in Groups)
        {
            lengths[b] = Enumerable.Range(0, RingCount).Max(ring => Cells[ring][b].Sum(p => minimums[p]));
            for (var ring = 0; ring < RingCount; ring++)
            {
                Give(splits, Cells[ring][b], lengths[b] - Cells[ring][b].Sum(p => splits[p]), flowRatio);
            }
        }

        for (var left = cycleMs - lengths.Sum(); left >= 1000; left -= 1000)
        {
            var neediest = Groups.MaxBy(b => Enumerable.Range(0, RingCount).Max(ring => Cells[ring][b].Length == 0 ? 0 : Cells[ring][b].Max(p => Need(p, splits, flowRatio))));
            for (var ring = 0; ring < RingCount; ring++)
            {
                Give(splits, Cells[ring][neediest], 1000, flowRatio);
            }
        }

        return splits;
    }

    private void Give(int[] splits, byte[] cell, int ms, double[] flowRatio)
    {
        for (; cell.Length > 0 && ms >= 1000; ms -= 1000)
        {
            splits[cell.MaxBy(p => Need(p, splits, flowRatio))] += 1000;
        }
    }

    private double Need(byte phase, int[] splits, double[] flowRatio) =>
        (flowRatio[phase] + 1e-4) / Math.Max(0.5, (splits[phase] - _phases[phase]!.ChangeMs) / 1000.0);
}
