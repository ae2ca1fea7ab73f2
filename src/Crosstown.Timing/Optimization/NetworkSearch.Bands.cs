using System.Collections.Immutable;
using Crosstown.Timing.Model;
using Crosstown.Timing.Optimization.Bands;

namespace Crosstown.Timing.Optimization;

/// <summary>Streets that are timed for bandwidth.</summary>
internal sealed partial class NetworkSearch
{
    // By signal: for each arterial that it lies on, whether its bands stay when its local zero is at a whole second of the cycle.
    private readonly List<bool[]>[] _room;
    private readonly bool[] _isOnArterial;

    /// <summary>Lets the offsets of arterials go where the objective wants them.</summary>
    public void ReleaseBands()
    {
        foreach (var room in _room)
        {
            room.Clear();
        }
    }

    /// <summary>Gives every arterial its widest bands, where in the cycle they cost the rest of the network least, and holds offsets to what leaves them so; evaluates.</summary>
    public void HoldBands()
    {
        ReleaseBands();
        if (_options.Arterials.IsDefaultOrEmpty || !_options.ChangesOffsets)
        {
            return;
        }

        var clusters = new List<HashSet<int>>();
        foreach (var arterial in _options.Arterials)
        {
            if (!Place(arterial, [.. clusters.SelectMany(c => c)]))
            {
                continue;
            }

            var cluster = new HashSet<int>(arterial.Signals);
            foreach (var other in clusters.FindAll(c => c.Overlaps(cluster)))
            {
                clusters.Remove(other);
                cluster.UnionWith(other);
            }

            clusters.Add(cluster);
        }

        Evaluate();
        ShiftArterials(clusters);
        foreach (var arterial in _options.Arterials)
        {
            var plan = ToPlan();
            if (ArterialBands.FindArterial(_network, plan, arterial.Signals) is not { } signals || plan.Patterns[arterial.Signals[0]]!.CycleMs % 1000 != 0)
            {
                continue;
            }

            var zeros = arterial.Signals.Select(s => ArterialBands.LocalZeroS(_network.Signals[s], plan.Patterns[s]!)).ToList();
            var room = ArterialBands.FindRoom(signals, plan.Patterns[arterial.Signals[0]]!.CycleMs / 1000, zeros);
            for (var i = 0; i < room.Length; i++)
            {
                _room[arterial.Signals[i]].Add(room[i]);
            }
        }
    }

    private bool MayMoveFreely(int s) => MayChangeOffset(s) && (_options.MaxOffsetChangeS is null || _network.Signals[s].Today?.CycleMs != _states[s]?.CycleMs);

    /// <summary>Offsets and orders of the widest bands; false when the arterial has none to speak of: cycles that differ, or neighbors that do not feed each other.</summary>
    private bool Place(Arterial arterial, HashSet<int> placed)
    {
        var along = arterial.Signals;
        var plan = ToPlan();
        if (ArterialBands.FindArterial(_network, plan, along) is not { } greens || ArterialBands.FindVolumes(_network, along) is not { } volumes || plan.Patterns[along[0]]!.CycleMs % 1000 != 0)
        {
            return false;
        }

        var cycleS = plan.Patterns[along[0]]!.CycleMs / 1000;
        var orders = new List<SignalState>[along.Length];
        var signals = new List<BandSignal>();
        for (var i = 0; i < along.Length; i++)
        {
            orders[i] = placed.Contains(along[i]) ? [_states[along[i]]!] : Orders(along[i]);
            var choices = ImmutableArray.CreateBuilder<BandGreens>();
            foreach (var order in orders[i])
            {
                var other = new NetworkPlan { Patterns = plan.Patterns.SetItem(along[i], order.ToPattern(_network.Signals[along[i]], _options.PatternNumber)) };
                choices.Add(ReferenceEquals(order, _states[along[i]]) ? greens[i].Choices[0] : ArterialBands.FindArterial(_network, other, along)!.Value[i].Choices[0]);
            }

            signals.Add(greens[i] with { Choices = choices.ToImmutable() });
        }

        var band = ArterialBands.Optimize(signals, cycleS, volumes.Outbound, volumes.Inbound);

        // A signal that cannot move, or that another street has placed, says where the bands lie; without one the first does.
        var anchor = Math.Max(0, Enumerable.Range(0, along.Length).Select(i => placed.Contains(along[i]) || !MayChangeOffset(along[i]) ? i : -1).FirstOrDefault(i => i >= 0, -1));
        var shiftS = ArterialBands.LocalZeroS(_network.Signals[along[anchor]], plan.Patterns[along[anchor]]!) - band.OffsetsS[anchor];
        for (var i = 0; i < along.Length; i++)
        {
            var s = along[i];
            if (placed.Contains(s) || !MayChangeOffset(s))
            {
                continue;
            }

            var state = orders[i][band.Choices[i]];
            Set(s, state);
            var offset = Whole(((band.OffsetsS[i] + shiftS) * 1000) + _engines[0].Layout(s).Diagram.ReferenceMs(state.Reference), state.CycleMs);
            _states[s] = IsOffsetAllowed(s, state.CycleMs, offset) ? state with { OffsetMs = offset } : _states[s];
            Set(s, _states[s]!);
        }

        return true;
    }

    /// <summary>A signal's timing as it is, and in every other order that it may have.</summary>
    private List<SignalState> Orders(int s)
    {
        var state = _states[s]!;
        var orders = new List<SignalState> { state };
        if (!MayChangeSequence(s) || !MayChangeOffset(s))
        {
            return orders;
        }

        foreach (var turned in OtherOrders(s, state))
        {
            Set(s, turned);
            if (IsCoordinatedTogether(s))
            {
                orders.Add(turned);
            }
        }

        Set(s, state);
        return orders;
    }

    /// <summary>Moves each arterial as a whole, and all other signals one by one, to where links between them cost least.</summary>
    private void ShiftArterials(List<HashSet<int>> clusters)
    {
        var tables = BuildTables();
        var allowed = new float[]?[_states.Length];
        Allow(allowed);
        var search = new OffsetSearch(tables, allowed);
        var members = clusters.SelectMany(c => c).ToHashSet();
        for (var round = 0; round < 4; round++)
        {
            foreach (var cluster in clusters.Where(c => c.All(MayMoveFreely)))
            {
                search.ShiftTogether([.. cluster]);
            }

            for (var s = 0; s < _states.Length; s++)
            {
                if (!members.Contains(s))
                {
                    search.Improve(s);
                }
            }
        }

        Apply(search.Offsets);
        Evaluate();
    }

    /// <summary>Whether a signal's bands stay with an offset.</summary>
    private bool KeepsBands(int s, SignalState state, int offsetMs)
    {
        foreach (var room in _room[s])
        {
            var zeroS = (int)Math.Round((offsetMs - _engines[0].Layout(s).Diagram.ReferenceMs(state.Reference)) / 1000.0);
            if (!room[((zeroS % room.Length) + room.Length) % room.Length])
            {
                return false;
            }
        }

        return true;
    }
}
