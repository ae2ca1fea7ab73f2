namespace Crosstown.Core.Controllers;

/// <summary>What a controller that runs free can show next: the ways that its rings leave open to whoever may hold greens and end them.</summary>
public static class RingChoices
{
    /// <summary>The most sets that <see cref="List"/> gives: each of four rings goes on or stays.</summary>
    public const int Most = 16;

    /// <summary>Lists the sets of greens that can follow the present one, by ending one or more of its greens.</summary>
    /// <remarks>
    /// A ring goes on to the next phase of its group that is called, in the order of the rings; when no ring has one left, all cross the barrier together to the next group
    /// that is called. Without a call in another group a ring goes back in its own. A phase that nobody calls comes only by dual entry.
    /// </remarks>
    /// <param name="program">What is programmed.</param>
    /// <param name="greens">Phases that are green, all of one barrier group; bit n for phase n.</param>
    /// <param name="called">Phases with a call, of vehicles or walkers; recalls are added.</param>
    /// <param name="sets">Takes the sets, <see cref="Most"/> long; the last of those written has most rings going on.</param>
    /// <returns>How many were written; 0 when nobody is called elsewhere, or nothing is green.</returns>
    /// <exception cref="ArgumentException"><paramref name="sets"/> is too short.</exception>
    public static int List(ControllerProgram program, uint greens, uint called, Span<uint> sets)
    {
        if (sets.Length < Most)
        {
            throw new ArgumentException($"{sets.Length} places, and there can be {Most} sets.", nameof(sets));
        }

        var group = GroupOf(program, greens);
        if (group == 0)
        {
            return 0;
        }

        foreach (var phase in program.Phases)
        {
            called |= phase.Recall != Recall.None ? (uint)1 << phase.Number : 0;
        }

        called &= program.AllPhases & ~greens;
        var nextGroup = NextGroup(program, group, called);
        Span<byte> next = stackalloc byte[4];
        var goingOn = 0;
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            next[ring] = NextInGroup(program, ring, group, greens, called, ahead: true);
            if (next[ring] == 0 && nextGroup == 0)
            {
                next[ring] = NextInGroup(program, ring, group, greens, called, ahead: false);
            }

            goingOn += next[ring] != 0 ? 1 : 0;
        }

        if (goingOn == 0)
        {
            if (nextGroup == 0)
            {
                return 0;
            }

            sets[0] = FirstOf(program, nextGroup, called);
            return 1;
        }

        var count = 0;
        for (var choice = 1; choice < 1 << program.RingCount; choice++)
        {
            var set = greens;
            var isWhole = true;
            for (var ring = 0; ring < program.RingCount; ring++)
            {
                if ((choice >> ring & 1) != 0)
                {
                    isWhole &= next[ring] != 0;
                    set = (set & ~RingMask(program, ring)) | ((uint)1 << next[ring]);
                }
            }

            if (isWhole)
            {
                sets[count++] = set;
            }
        }

        return count;
    }

    /// <summary>Every set of phases that can be green together for good: of each ring one of a barrier group. Group by group, bit n for phase n.</summary>
    public static IReadOnlyList<uint> ListWhole(ControllerProgram program)
    {
        var whole = new List<uint>();
        for (var group = 1; group <= program.GroupCount; group++)
        {
            uint[] sets = [0u];
            for (var ring = 1; ring <= program.RingCount; ring++)
            {
                var own = program.Phases.Where(p => p.Ring == ring && p.BarrierGroup == group).Select(p => (uint)1 << p.Number).ToArray();
                sets = own.Length == 0 ? sets : [.. sets.SelectMany(s => own.Select(o => s | o))];
            }

            whole.AddRange(sets.Where(s => s != 0));
        }

        return whole;
    }

    /// <summary>The phases that must be without a call so that one set of greens follows another at once.</summary>
    /// <param name="program">What is programmed.</param>
    /// <param name="from">Greens, one of each ring in a barrier group; bit n for phase n.</param>
    /// <param name="to">The greens that follow.</param>
    /// <returns>Bit n for phase n; null when it is never possible, for the order of the rings or a phase with a recall.</returns>
    public static uint? FindSkipped(ControllerProgram program, uint from, uint to)
    {
        var (group, next) = (GroupOf(program, from), GroupOf(program, to));
        if (group == 0 || next == 0 || from == to)
        {
            return null;
        }

        var skipped = 0u;
        var goesBack = false;
        for (var ring = 0; ring < program.RingCount; ring++)
        {
            var isPastFrom = false;
            var isPastTo = false;
            foreach (var number in program.DefaultOrder[ring])
            {
                var (isFrom, isTo) = (Bits.Has(from, number), Bits.Has(to, number));
                if (group == next)
                {
                    goesBack |= isFrom && isPastTo;
                    skipped |= isPastFrom && !isPastTo && !isTo && !isFrom && program.Phase(number).BarrierGroup == group && (to & ~from & RingMask(program, ring)) != 0 ? (uint)1 << number : 0;
                }
                else
                {
                    var own = program.Phase(number).BarrierGroup;
                    skipped |= (own == group && isPastFrom) || (own == next && !isPastTo && !isTo && (to & RingMask(program, ring)) != 0) ? (uint)1 << number : 0;
                }

                isPastFrom |= isFrom;
                isPastTo |= isTo;
            }
        }

        if (goesBack)
        {
            // A ring goes back only where nothing is called beyond the barrier.
            foreach (var phase in program.Phases)
            {
                skipped |= phase.BarrierGroup != group ? (uint)1 << phase.Number : 0;
            }
        }

        for (var between = group % program.GroupCount + 1; group != next && between != next; between = between % program.GroupCount + 1)
        {
            foreach (var phase in program.Phases)
            {
                skipped |= phase.BarrierGroup == between ? (uint)1 << phase.Number : 0;
            }
        }

        foreach (var phase in program.Phases)
        {
            if (phase.Recall != Recall.None && Bits.Has(skipped, phase.Number))
            {
                return null;
            }
        }

        return skipped;
    }

    private static int GroupOf(ControllerProgram program, uint phases)
    {
        foreach (var phase in program.Phases)
        {
            if (Bits.Has(phases, phase.Number))
            {
                return phase.BarrierGroup;
            }
        }

        return 0;
    }

    private static int NextGroup(ControllerProgram program, int group, uint called)
    {
        for (var step = 1; step < program.GroupCount; step++)
        {
            var other = ((group - 1 + step) % program.GroupCount) + 1;
            foreach (var phase in program.Phases)
            {
                if (phase.BarrierGroup == other && Bits.Has(called, phase.Number))
                {
                    return other;
                }
            }
        }

        return 0;
    }

    private static byte NextInGroup(ControllerProgram program, int ring, int group, uint greens, uint called, bool ahead)
    {
        var isPast = false;
        foreach (var number in program.DefaultOrder[ring])
        {
            if (Bits.Has(greens, number))
            {
                isPast = true;
            }
            else if (isPast == ahead && program.Phase(number).BarrierGroup == group && Bits.Has(called, number))
            {
                return number;
            }
        }

        return 0;
    }

    private static uint FirstOf(ControllerProgram program, int group, uint called)
    {
        var set = 0u;
        foreach (var order in program.DefaultOrder)
        {
            var first = 0;
            foreach (var number in order)
            {
                if (program.Phase(number).BarrierGroup == group && (Bits.Has(called, number) || (program.Phase(number).DualEntry && first == 0)))
                {
                    // A called phase goes before one that only comes along.
                    if (first == 0 || (Bits.Has(called, number) && !Bits.Has(called, first)))
                    {
                        first = number;
                    }
                }
            }

            set |= first == 0 ? 0 : (uint)1 << first;
        }

        return set;
    }

    private static uint RingMask(ControllerProgram program, int ring)
    {
        var mask = 0u;
        foreach (var number in program.DefaultOrder[ring])
        {
            mask |= (uint)1 << number;
        }

        return mask;
    }
}
