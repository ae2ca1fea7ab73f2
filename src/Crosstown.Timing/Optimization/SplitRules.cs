using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Optimization;

/// <summary>What splits a signal may have: minimums, rings that meet at barriers, coordinated phases that are green together, whole seconds.</summary>
internal sealed class SplitRules
{
    // Coordinated phases are green together for at least a step of the controller: it refuses a pattern in which they never are.
    private const int LeastTogetherMs = 100;

    private readonly TimedSignal _signal;
    private readonly byte[] _coordinated;
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

        var coordinated = signal.Phases.Where(p => p.IsCoordinated).ToList();
        var canBeTogether = coordinated.Select(p => p.BarrierGroup).Distinct().Count() == 1 && coordinated.Select(p => p.Ring).Distinct().Count() == coordinated.Count;
        _coordinated = canBeTogether ? [.. coordinated.Select(p => p.Number)] : [];
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
    /// <remarks>
    /// A phase that ends at a barrier loses to the longest change of those that end there with it. What an engineer asks for beyond the intervals does not forbid
    /// today's split.
    /// </remarks>
    /// <param name="sequence">The order of service; empty for the order of numbers.</param>
    /// <param name="keepsAsked">False for what intervals alone need, without what an engineer asks for.</param>
    public int[] Minimums(ImmutableArray<ImmutableArray<byte>> sequence, bool keepsAsked = true)
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
                    least[p] = Math.Max((ms + 999) / 1000 * 1000, keepsAsked ? AskedFor(p) : 0);
                }
            }
        }

        return least;
    }

    /// <summary>Shortest cycle that holds these minimums, with coordinated phases green together; ms.</summary>
    public int ShortestCycleMs(int[] minimums, ImmutableArray<ImmutableArray<byte>> sequence)
    {
        var together = CoordinatedRings(sequence);
        return Groups.Sum(b => ShortestGroupMs(b, minimums, together));
    }

    /// <summary>Splits that fill a cycle, starting at minimums and giving each second to the phases that need it most, as long as coordinated phases stay green together.</summary>
    /// <param name="cycleMs">Whole seconds, not below <see cref="ShortestCycleMs"/>.</param>
    /// <param name="minimums">By phase.</param>
    /// <param name="sequence">The order that the minimums belong to.</param>
    /// <param name="flowRatio">Volume over saturation flow by phase, 17 long.</param>
    public int[] Fill(int cycleMs, int[] minimums, ImmutableArray<ImmutableArray<byte>> sequence, double[] flowRatio)
    {
        var together = CoordinatedRings(sequence);
        var splits = (int[])minimums.Clone();
        var lengths = new int[GroupCount];
        foreach (var b in Groups)
        {
            lengths[b] = ShortestGroupMs(b, minimums, together);
            for (var ring = 0; ring < RingCount; ring++)
            {
                Give(splits, Cells[ring][b], lengths[b] - Cells[ring][b].Sum(p => splits[p]), lengths[b], flowRatio, together);
            }
        }

        for (var left = cycleMs - lengths.Sum(); left >= 1000; left -= 1000)
        {
            var neediest = Groups.MaxBy(b => Enumerable.Range(0, RingCount).Max(ring => Cells[ring][b].Length == 0 ? 0 : Cells[ring][b].Max(p => Need(p, splits, flowRatio))));
            lengths[neediest] += 1000;
            for (var ring = 0; ring < RingCount; ring++)
            {
                Give(splits, Cells[ring][neediest], 1000, lengths[neediest], flowRatio, together);
            }
        }

        return splits;
    }

    /// <summary>Whether coordinated phases can be green together at all, and are not under these splits.</summary>
    public bool PartsCoordinated(int[] splits, ImmutableArray<ImmutableArray<byte>> sequence)
    {
        var together = CoordinatedRings(sequence);
        return together.Length > 1 && TogetherMs(splits, together) > Cells[together[0].Ring][together[0].Group].Sum(p => splits[p]);
    }

    /// <summary>What an engineer asks for, whole seconds; today's split where that is shorter.</summary>
    private int AskedFor(byte phase)
    {
        if (!_signal.MinimumSplitMs.TryGetValue(phase, out var ms))
        {
            return 0;
        }

        ms = (ms + 999) / 1000 * 1000;
        return _signal.Today is { } today && today.SplitMs.TryGetValue(phase, out var todayMs) ? Math.Min(ms, todayMs / 1000 * 1000) : ms;
    }

    private int ShortestGroupMs(int b, int[] minimums, CoordinatedRing[] together)
    {
        var length = Enumerable.Range(0, RingCount).Max(ring => Cells[ring][b].Sum(p => minimums[p]));
        return together.Length > 1 && together[0].Group == b ? Math.Max(length, (TogetherMs(minimums, together) + 999) / 1000 * 1000) : length;
    }

    /// <summary>Length of their barrier group that coordinated phases need to be green together, when each has all that the others of its ring leave; ms.</summary>
    private static int TogetherMs(int[] splits, CoordinatedRing[] together) =>
        together.Max(r => r.Before.Sum(p => splits[p])) + together.Max(r => r.After.Sum(p => splits[p]) + r.ChangeMs) + LeastTogetherMs;

    /// <summary>Each ring with a coordinated phase, in an order of service; none where coordinated phases can never be green together.</summary>
    private CoordinatedRing[] CoordinatedRings(ImmutableArray<ImmutableArray<byte>> sequence)
    {
        if (_coordinated.Length == 0)
        {
            return [];
        }

        var diagram = new RingDiagram(_signal.Phases);
        diagram.SetSequence(sequence);
        var barrierGroup = _phases[_coordinated[0]]!.BarrierGroup;
        var orders = Enumerable.Range(0, RingCount).Select(ring => diagram.OrderOf(ring).ToArray().Where(p => _phases[p]!.BarrierGroup == barrierGroup).ToArray()).ToArray();
        var barrierChangeMs = orders.Max(o => o.Length == 0 ? 0 : _phases[o[^1]]!.ChangeMs);
        return
        [
            .. from phase in _coordinated
               let ring = _phases[phase]!.Ring - 1
               let at = Array.IndexOf(orders[ring], phase)
               let isLast = at == orders[ring].Length - 1
               select new CoordinatedRing(ring, barrierGroup - 1, orders[ring][..at], orders[ring][(at + 1)..], isLast ? barrierChangeMs : _phases[phase]!.ChangeMs),
        ];
    }

    private void Give(int[] splits, byte[] cell, int ms, int lengthMs, double[] flowRatio, CoordinatedRing[] together)
    {
        for (; cell.Length > 0 && ms >= 1000; ms -= 1000)
        {
            byte neediest = 0;
            var most = 0.0;
            foreach (var p in cell)
            {
                var need = Need(p, splits, flowRatio);
                if (need > most && MayHave(p, splits, lengthMs, together))
                {
                    (neediest, most) = (p, need);
                }
            }

            splits[neediest] += 1000;
        }
    }

    /// <summary>Whether a second more for a phase leaves the coordinated phases of its group green together.</summary>
    private bool MayHave(byte phase, int[] splits, int lengthMs, CoordinatedRing[] together)
    {
        if (together.Length < 2 || together[0].Group != _phases[phase]!.BarrierGroup - 1 || _phases[phase]!.IsCoordinated)
        {
            return true;
        }

        splits[phase] += 1000;
        var fits = TogetherMs(splits, together) <= lengthMs;
        splits[phase] -= 1000;
        return fits || !Array.Exists(together, r => r.Ring == _phases[phase]!.Ring - 1);
    }

    private double Need(byte phase, int[] splits, double[] flowRatio) =>
        (flowRatio[phase] + 1e-4) / Math.Max(0.5, (splits[phase] - _phases[phase]!.ChangeMs) / 1000.0);

    /// <summary>What a ring serves before and after its coordinated phase in that phase's barrier group, and the change that ends its green.</summary>
    private sealed record CoordinatedRing(int Ring, int Group, byte[] Before, byte[] After, int ChangeMs);
}
