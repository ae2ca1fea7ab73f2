using System.Collections.Immutable;

namespace Crosstown.Core.Controllers;

/// <summary>Where each phase of a pattern begins and is forced off along its cycle: the one place that knows how splits fill rings and barriers.</summary>
/// <remarks>
/// Zero is the begin of barrier group 1; a place is ms from there. Made once for a signal's phases and laid out again for every set of splits, without
/// allocating, so that a search over splits can use it. Not safe for several threads at once.
/// </remarks>
public sealed class RingDiagram
{
    private readonly PhaseTiming?[] _phases = new PhaseTiming?[ControllerProgram.MaxPhase + 1];
    private readonly byte[][] _inRing;
    private readonly byte[][] _order;
    private readonly int[] _startMs = new int[ControllerProgram.MaxPhase + 1];
    private readonly int[] _forceOffMs = new int[ControllerProgram.MaxPhase + 1];
    private readonly int[] _ringLengthMs;
    private readonly byte[] _coordinated;

    /// <param name="phases">A controller's phases: each number once, 1-16, rings 1-4, barrier groups 1-8.</param>
    /// <exception cref="ArgumentException">There is no phase, or a number lies outside its limits.</exception>
    public RingDiagram(IEnumerable<PhaseTiming> phases)
    {
        var all = phases.OrderBy(p => p.Number).ToList();
        if (all.Count == 0 || all.Exists(p => p.Number is < 1 or > ControllerProgram.MaxPhase || p.Ring is < 1 or > 4 || p.BarrierGroup is < 1 or > 8))
        {
            throw new ArgumentException("A diagram needs phases: numbers 1-16, rings 1-4, barrier groups 1-8.", nameof(phases));
        }

        foreach (var phase in all)
        {
            _phases[phase.Number] = phase;
        }

        RingCount = all.Max(p => p.Ring);
        GroupCount = all.Max(p => p.BarrierGroup);
        _ringLengthMs = new int[RingCount * (GroupCount + 1)];
        _coordinated = [.. all.Where(p => p.IsCoordinated).Select(p => p.Number)];
        _inRing = [.. Enumerable.Range(1, RingCount).Select(ring => all.Where(p => p.Ring == ring).Select(p => p.Number).ToArray())];
        _order = [.. _inRing.Select(ring => (byte[])ring.Clone())];
        SetSequence([]);
    }

    /// <summary>The diagram of a pattern; null when its splits do not fill its cycle, or not the same in every ring.</summary>
    /// <exception cref="ArgumentException">There is no phase, or a number lies outside its limits.</exception>
    public static RingDiagram? Of(IEnumerable<PhaseTiming> phases, PatternTiming pattern)
    {
        var diagram = new RingDiagram(phases);
        diagram.SetSequence(pattern.Sequence);
        Span<int> splits = stackalloc int[ControllerProgram.MaxPhase + 1];
        splits.Clear();
        foreach (var (phase, ms) in pattern.SplitMs)
        {
            splits[phase] = ms;
        }

        return diagram.LayOut(splits) && diagram.CycleMs == pattern.CycleMs ? diagram : null;
    }

    public int RingCount { get; }

    public int GroupCount { get; }

    /// <summary>Length of all barrier groups together as last laid out.</summary>
    public int CycleMs { get; private set; }

    /// <summary>Place of each phase's begin of green; by phase number, 17 long.</summary>
    public ReadOnlySpan<int> StartMs => _startMs;

    /// <summary>Place of each phase's force-off: the begin of its yellow; by phase number, 17 long.</summary>
    public ReadOnlySpan<int> ForceOffMs => _forceOffMs;

    /// <summary>Phases of a ring, 0-based, in the order of service.</summary>
    public ReadOnlySpan<byte> OrderOf(int ring) => _order[ring];

    /// <summary>How long a ring's splits last in a barrier group; -1 when it has no phase there.</summary>
    /// <param name="ring">0-based.</param>
    /// <param name="group">1-8.</param>
    public int RingLengthMs(int ring, int group) => _ringLengthMs[(group * RingCount) + ring];

    /// <summary>Puts phases in the order of a pattern: by barrier group, then as the list of their ring says, then by number.</summary>
    public void SetSequence(ImmutableArray<ImmutableArray<byte>> sequence)
    {
        for (var ring = 0; ring < RingCount; ring++)
        {
            var given = sequence.IsDefaultOrEmpty || ring >= sequence.Length ? [] : sequence[ring];
            _inRing[ring].CopyTo(_order[ring], 0);
            Array.Sort(_order[ring], (a, b) =>
            {
                var byGroup = _phases[a]!.BarrierGroup.CompareTo(_phases[b]!.BarrierGroup);
                var byList = byGroup != 0 ? byGroup : given.IndexOf(a).CompareTo(given.IndexOf(b));
                return byList != 0 ? byList : a.CompareTo(b);
            });
        }
    }

    /// <summary>Lays the splits out. False when rings need different times for the same barrier group; the longest then counts.</summary>
    /// <param name="splitMs">By phase number, 17 long.</param>
    public bool LayOut(ReadOnlySpan<int> splitMs)
    {
        var isEven = true;
        var groupStart = 0;
        for (var group = 1; group <= GroupCount; group++)
        {
            var length = -1;
            var changeMs = 0;
            for (var ring = 0; ring < RingCount; ring++)
            {
                var sum = 0;
                var last = 0;
                foreach (var phase in _order[ring])
                {
                    if (_phases[phase]!.BarrierGroup == group)
                    {
                        sum += splitMs[phase];
                        last = phase;
                    }
                }

                _ringLengthMs[(group * RingCount) + ring] = last == 0 ? -1 : sum;
                if (last != 0)
                {
                    isEven &= length < 0 || sum == length;
                    length = Math.Max(length, sum);
                    changeMs = Math.Max(changeMs, _phases[last]!.ChangeMs);
                }
            }

            PlaceGroup(group, groupStart, changeMs, splitMs);
            groupStart += Math.Max(0, length);
        }

        CycleMs = groupStart;
        return isEven;
    }

    /// <summary>Place of the point that an offset means; 0 for a controller without coordinated phases.</summary>
    public int ReferenceMs(OffsetReference reference)
    {
        if (_coordinated.Length == 0)
        {
            return 0;
        }

        int firstStart = int.MaxValue, lastStart = 0, yield = int.MaxValue;
        var firstToEnd = _phases[_coordinated[0]]!;
        foreach (var phase in _coordinated)
        {
            firstStart = Math.Min(firstStart, _startMs[phase]);
            lastStart = Math.Max(lastStart, _startMs[phase]);
            if (_forceOffMs[phase] < yield)
            {
                yield = _forceOffMs[phase];
                firstToEnd = _phases[phase]!;
            }
        }

        var place = reference switch
        {
            OffsetReference.BeginGreen => firstStart,
            OffsetReference.BeginLastGreen => lastStart,
            OffsetReference.BeginYellow => yield,
            OffsetReference.BeginRed => yield + firstToEnd.YellowMs,
            _ => yield - firstToEnd.PedestrianClearanceMs,
        };
        return CycleMs == 0 ? 0 : ((place % CycleMs) + CycleMs) % CycleMs;
    }

    /// <summary>At a barrier all rings end together: the longest change of the phases that end there gives the moment.</summary>
    private void PlaceGroup(int group, int groupStart, int changeMs, ReadOnlySpan<int> splitMs)
    {
        for (var ring = 0; ring < RingCount; ring++)
        {
            var at = groupStart;
            var last = 0;
            foreach (var phase in _order[ring])
            {
                if (_phases[phase]!.BarrierGroup == group)
                {
                    _startMs[phase] = at;
                    at += splitMs[phase];
                    _forceOffMs[phase] = at - _phases[phase]!.ChangeMs;
                    last = phase;
                }
            }

            if (last != 0)
            {
                _forceOffMs[last] = at - changeMs;
            }
        }
    }
}
