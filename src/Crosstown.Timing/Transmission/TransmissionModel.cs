using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Crosstown.Core.Data;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Transmission;

/// <summary>How the link transmission model runs.</summary>
public sealed record TransmissionOptions
{
    /// <summary>Time run before anything is counted, whole s.</summary>
    public int WarmUpS { get; init; } = 300;

    /// <summary>Time counted, whole s; null for the demand's own length.</summary>
    public int? DurationS { get; init; }

    /// <summary>Length of lane that a standing vehicle takes, m.</summary>
    public double VehicleM { get; init; } = 7.5;

    /// <summary>How fast room moves back through a standing queue, m/s.</summary>
    public double BackwardMps { get; init; } = 5;

    /// <summary>Most that can enter a lane, veh/h.</summary>
    public double EntryVehPerHour { get; init; } = 1900;
}

/// <summary>What one plan gives every lane group, when queues take room and block what lies upstream.</summary>
public sealed record TransmissionEvaluation
{
    /// <summary>Time beyond free travel over all groups, and before entering where there was no room, veh·h per hour.</summary>
    public required double DelayVeh { get; init; }

    /// <summary>Veh·h per hour; one per lane group, in the network's order.</summary>
    public required ImmutableArray<double> GroupDelayVeh { get; init; }

    /// <summary>Longest queue at the stop line, veh; one per lane group.</summary>
    public required ImmutableArray<double> MaximumQueueVeh { get; init; }

    /// <summary>Time in which vehicles could have left but found no room, s per hour; one per lane group.</summary>
    public required ImmutableArray<double> BlockedS { get; init; }

    /// <summary>Veh/h that left by the stop line; one per lane group.</summary>
    public required ImmutableArray<double> ServedVehPerHour { get; init; }

    /// <summary>Vehicles that came less those that left, are on the way, in a queue or before the entry; 0 but for rounding.</summary>
    public required double LostVeh { get; init; }
}

/// <summary>Moves queues through a network second by second, with room for only so many vehicles on each link, for up to 16 plans at once.</summary>
/// <remarks>
/// Yperman's link transmission model with vertical queues: a vehicle reaches the line its free time after it entered; a link takes no more than its room, and room at
/// the line reaches the begin only after the backward wave. Where a link cannot take all, those who feed it share what there is; a group whose first vehicle is
/// blocked waits as a whole. Permissive greens serve at the rate of gap acceptance while no opposing queue stands. Every plan has its own column of a
/// register, so plans never mix, and the same bits come from registers of any width. Not safe for several threads at once.
/// </remarks>
public sealed class TransmissionModel
{
    /// <summary>Plans at once.</summary>
    public const int MaxPlans = 16;

    private readonly TimingNetwork _network;
    private readonly TrafficDemand _demand;
    private readonly TransmissionOptions _options;
    private readonly int _groups;
    private readonly SignalLayout[] _layouts;

    // By group: steps on the way, steps of the backward wave, room, entry limit, own demand per step.
    private readonly int[] _freeSteps;
    private readonly int[] _backSteps;
    private readonly double[] _room;
    private readonly double[] _entryLimit;
    private readonly double[] _ownPerStep;
    private readonly double[] _permissivePerStep;

    // Who feeds a group, and whom a group feeds: ranges into lists.
    private readonly int[] _feederStart;
    private readonly int[] _feeder;
    private readonly double[] _share;
    private readonly int[] _targetStart;
    private readonly int[] _target;
    private readonly int[] _opposingStart;
    private readonly int[] _opposing;
    private readonly double[] _leaving;
    private readonly int _ring;

    // By group and plan: 16 columns each.
    private readonly double[] _protected;
    private readonly double[] _permitted;
    private readonly double[] _queue;
    private readonly double[] _outside;
    private readonly double[] _taken;
    private readonly double[] _sending;
    private readonly double[] _factor;
    private readonly double[] _delay;
    private readonly double[] _longest;
    private readonly double[] _blocked;
    private readonly double[] _served;
    private readonly double[] _gone;

    // By step in the ring, group and plan.
    private readonly double[] _toCome;
    private readonly double[] _toFree;

    /// <param name="network">The network.</param>
    /// <param name="demand">Index of the demand.</param>
    /// <param name="options">How to run; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no such demand, or its figures do not fit the groups.</exception>
    public TransmissionModel(TimingNetwork network, int demand = 0, TransmissionOptions? options = null)
    {
        if (demand < 0 || demand >= network.Demands.Length)
        {
            throw new ArgumentException($"There is no demand {demand}: the network has {network.Demands.Length}.", nameof(demand));
        }

        _network = network;
        _demand = network.Demands[demand];
        _options = options ?? new TransmissionOptions();
        _groups = network.Groups.Length;
        if (_demand.VolumeVehPerHour.Length != _groups || _demand.FedVehPerHour.Length != _groups)
        {
            throw new ArgumentException($"Demand '{_demand.Name}' has figures for {_demand.VolumeVehPerHour.Length} and {_demand.FedVehPerHour.Length} groups of {_groups}.", nameof(network));
        }

        _layouts = [.. network.Signals.Select(s => new SignalLayout(s))];
        _freeSteps = new int[_groups];
        _backSteps = new int[_groups];
        _room = new double[_groups];
        _entryLimit = new double[_groups];
        _ownPerStep = new double[_groups];
        _permissivePerStep = new double[_groups];
        _leaving = new double[_groups];
        for (var g = 0; g < _groups; g++)
        {
            Measure(g);
        }

        _ring = Math.Max(_freeSteps.DefaultIfEmpty(1).Max(), _backSteps.DefaultIfEmpty(1).Max()) + 1;
        (_feederStart, _feeder, _share) = ListFeeders();
        (_targetStart, _target) = ListTargets();
        (_opposingStart, _opposing) = ListOpposing();
        var cells = _groups * MaxPlans;
        _protected = new double[cells];
        _permitted = new double[cells];
        _queue = new double[cells];
        _outside = new double[cells];
        _taken = new double[cells];
        _sending = new double[cells];
        _factor = new double[cells];
        _delay = new double[cells];
        _longest = new double[cells];
        _blocked = new double[cells];
        _served = new double[cells];
        _gone = new double[cells];
        _toCome = new double[cells * _ring];
        _toFree = new double[cells * _ring];
    }

    /// <summary>Steps of single links in single plans that one run takes.</summary>
    public long LinkSteps(int plans) => (long)_groups * plans * (_options.WarmUpS + DurationS);

    private int DurationS => _options.DurationS ?? (int)Math.Max(60, Math.Round(_demand.Hours * 3600));

    /// <summary>Runs plans side by side, each from an empty network.</summary>
    /// <param name="plans">1 to 16 plans of the network.</param>
    /// <returns>One answer per plan, in order.</returns>
    /// <exception cref="ArgumentException">There are no plans or more than 16, or one has another number of signals.</exception>
    /// <exception cref="ProblemException">XT740: the splits of a pattern do not fill its cycle; all such patterns are listed.</exception>
    public ImmutableArray<TransmissionEvaluation> Run(params ReadOnlySpan<NetworkPlan> plans)
    {
        if (plans.Length is 0 or > MaxPlans)
        {
            throw new ArgumentException($"{plans.Length} plans: give 1 to {MaxPlans}.", nameof(plans));
        }

        var programs = new Switching(_groups);
        var problems = new List<Problem>();
        for (var p = 0; p < plans.Length; p++)
        {
            LayOut(plans[p], p, programs, problems);
        }

        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }

        Clear();
        programs.Close();
        var total = _options.WarmUpS + DurationS;
        for (var t = 0; t < total; t++)
        {
            if (t == _options.WarmUpS)
            {
                Array.Clear(_delay);
                Array.Clear(_longest);
                Array.Clear(_blocked);
                Array.Clear(_served);
            }

            programs.Apply(t, _protected, _permitted);
            Step(t);
        }

        return Report(plans.Length, total);
    }

    private void Measure(int g)
    {
        var group = _network.Groups[g];
        var fed = _demand.FedVehPerHour[g];
        if (fed.Length != group.Feeders.Length)
        {
            throw new ArgumentException($"Lane group {group.Id} has {group.Feeders.Length} feeders and {fed.Length} fed volumes.");
        }

        var volume = 0.0;
        var travel = 0.0;
        for (var k = 0; k < fed.Length; k++)
        {
            volume += fed[k];
            travel += fed[k] * group.Feeders[k].TravelS;
        }

        var freeS = volume > 0 ? travel / volume : group.Feeders.IsEmpty ? 1 : group.Feeders.Average(f => f.TravelS);
        _freeSteps[g] = Math.Max(1, (int)Math.Round(freeS));
        _room[g] = group.StorageVeh ?? double.MaxValue;
        var lengthM = group.StorageVeh is { } storage ? storage * _options.VehicleM / group.Lanes : 0;
        _backSteps[g] = Math.Max(1, (int)Math.Round(lengthM / _options.BackwardMps));
        _entryLimit[g] = Math.Max(_options.EntryVehPerHour * group.Lanes, group.SaturationVehPerHour) / 3600;
        _ownPerStep[g] = Math.Max(0, _demand.VolumeVehPerHour[g] - volume) / 3600;
        var opposing = group.Opposing.Sum(o => _demand.VolumeVehPerHour[o]);
        _permissivePerStep[g] = GapRate(opposing, group) * group.Lanes / 3600;
    }

    /// <summary>Veh/h of one lane that find gaps in a flow, veh/h.</summary>
    private static double GapRate(double opposing, LaneGroup group) =>
        opposing < 1
            ? 3600 / group.FollowUpS
            : opposing * Math.Exp(-opposing * group.CriticalGapS / 3600) / (1 - Math.Exp(-opposing * group.FollowUpS / 3600));

    private (int[] Start, int[] Feeder, double[] Share) ListFeeders()
    {
        var start = new int[_groups + 1];
        var feeders = new List<int>();
        var shares = new List<double>();
        var fedOut = new double[_groups];
        for (var g = 0; g < _groups; g++)
        {
            var group = _network.Groups[g];
            for (var k = 0; k < group.Feeders.Length; k++)
            {
                fedOut[group.Feeders[k].Group] += _demand.FedVehPerHour[g][k];
            }
        }

        for (var g = 0; g < _groups; g++)
        {
            var group = _network.Groups[g];
            for (var k = 0; k < group.Feeders.Length; k++)
            {
                var from = group.Feeders[k].Group;
                var of = Math.Max(_demand.VolumeVehPerHour[from], fedOut[from]);
                if (_demand.FedVehPerHour[g][k] > 0 && of > 0)
                {
                    feeders.Add(from);
                    shares.Add(_demand.FedVehPerHour[g][k] / of);
                    _leaving[from] += shares[^1];
                }
            }

            start[g + 1] = feeders.Count;
        }

        return (start, [.. feeders], [.. shares]);
    }

    private (int[] Start, int[] Target) ListTargets()
    {
        var targets = new List<int>[_groups];
        for (var l = 0; l < _groups; l++)
        {
            for (var k = _feederStart[l]; k < _feederStart[l + 1]; k++)
            {
                (targets[_feeder[k]] ??= []).Add(l);
            }
        }

        return Flatten(targets);
    }

    private (int[] Start, int[] Opposing) ListOpposing()
    {
        var opposing = new List<int>[_groups];
        for (var g = 0; g < _groups; g++)
        {
            opposing[g] = _network.Groups[g].PermissivePhases == 0 ? [] : [.. _network.Groups[g].Opposing];
        }

        return Flatten(opposing);
    }

    private static (int[] Start, int[] Values) Flatten(List<int>?[] lists)
    {
        var start = new int[lists.Length + 1];
        for (var i = 0; i < lists.Length; i++)
        {
            start[i + 1] = start[i] + (lists[i]?.Count ?? 0);
        }

        return (start, [.. lists.SelectMany(l => l ?? [])]);
    }

    private void Clear()
    {
        foreach (var array in (ReadOnlySpan<double[]>)[_protected, _permitted, _queue, _outside, _taken, _sending, _factor, _delay, _longest, _blocked, _served, _gone, _toCome, _toFree])
        {
            Array.Clear(array);
        }
    }

    private void LayOut(NetworkPlan plan, int column, Switching programs, List<Problem> problems)
    {
        if (plan.Patterns.Length != _network.Signals.Length)
        {
            throw new ArgumentException($"Plan {column} has {plan.Patterns.Length} patterns for {_network.Signals.Length} signals.", nameof(plan));
        }

        Span<int> splits = stackalloc int[Core.Controllers.ControllerProgram.MaxPhase + 1];
        for (var s = 0; s < plan.Patterns.Length; s++)
        {
            if (plan.Patterns[s] is not { } pattern)
            {
                continue;
            }

            splits.Clear();
            foreach (var (phase, ms) in pattern.SplitMs)
            {
                splits[phase] = ms;
            }

            if (!_layouts[s].LayOut(pattern.Sequence, splits) || _layouts[s].Diagram.CycleMs != pattern.CycleMs || pattern.CycleMs % 1000 != 0)
            {
                problems.Add(new Problem("XT740", $"plan {column}, signal {_network.Signals[s].Signal}", $"Splits fill {_layouts[s].Diagram.CycleMs} ms of a cycle of {pattern.CycleMs} ms: make rings equal and the cycle whole seconds."));
            }
        }

        if (problems.Count > 0)
        {
            return;
        }

        Span<GreenWindow> windows = stackalloc GreenWindow[Core.Controllers.ControllerProgram.MaxPhase];
        for (var g = 0; g < _groups; g++)
        {
            var group = _network.Groups[g];
            var layout = _layouts[group.Signal];
            if (plan.Patterns[group.Signal] is not { } pattern)
            {
                // A free signal serves what comes, up to nine tenths of what its lanes could.
                var perStep = Math.Min(group.SaturationVehPerHour, _demand.VolumeVehPerHour[g] / 0.9) / 3600;
                programs.Add(1, [perStep], g, column, false);
                continue;
            }

            var cycle = pattern.CycleMs / 1000;
            var zero = (pattern.OffsetMs - layout.Diagram.ReferenceMs(pattern.Reference)) / 1000.0;
            var row = new double[cycle];
            var count = layout.ListProtected(group, windows);
            foreach (var window in windows[..count])
            {
                Cover(row, zero + window.StartS, zero + window.EndS, group.SaturationVehPerHour / 3600);
            }

            programs.Add(cycle, row, g, column, false);
            if (group.PermissivePhases == 0)
            {
                continue;
            }

            var gaps = new double[cycle];
            count = layout.ListGreens(group.PermissivePhases, windows);
            foreach (var window in windows[..count])
            {
                Cover(gaps, zero + window.StartS + group.StartLostS, zero + window.EndS, _permissivePerStep[g]);
                const double SneakS = 2;
                Cover(row, zero + window.EndS, zero + window.EndS + SneakS, group.Sneakers / SneakS);
            }

            for (var i = 0; i < cycle; i++)
            {
                row[i] = Math.Min(row[i], group.SaturationVehPerHour / 3600);
                gaps[i] = row[i] > 0 ? 0 : gaps[i];
            }

            programs.Add(cycle, row, g, column, false);
            programs.Add(cycle, gaps, g, column, true);
        }
    }

    /// <summary>Adds a rate to the seconds of a cycle that a window covers, in part where it covers them in part.</summary>
    private static void Cover(double[] row, double start, double end, double rate)
    {
        end = Math.Min(end, start + row.Length);
        for (var at = start; at < end;)
        {
            var second = Math.Floor(at);
            var stop = Math.Min(second + 1, end);
            var place = (int)(second % row.Length);
            row[place < 0 ? place + row.Length : place] += (stop - at) * rate;
            at = stop;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Step(int t)
    {
        var now = t % _ring;
        var cells = _groups * MaxPlans;
        ref var queue = ref MemoryMarshal.GetArrayDataReference(_queue);
        ref var outside = ref MemoryMarshal.GetArrayDataReference(_outside);
        ref var taken = ref MemoryMarshal.GetArrayDataReference(_taken);
        ref var sending = ref MemoryMarshal.GetArrayDataReference(_sending);
        ref var factor = ref MemoryMarshal.GetArrayDataReference(_factor);
        ref var guarded = ref MemoryMarshal.GetArrayDataReference(_protected);
        ref var permitted = ref MemoryMarshal.GetArrayDataReference(_permitted);
        ref var toCome = ref MemoryMarshal.GetArrayDataReference(_toCome);
        ref var toFree = ref MemoryMarshal.GetArrayDataReference(_toFree);
        ref var delay = ref MemoryMarshal.GetArrayDataReference(_delay);
        ref var longest = ref MemoryMarshal.GetArrayDataReference(_longest);
        ref var blocked = ref MemoryMarshal.GetArrayDataReference(_blocked);
        ref var served = ref MemoryMarshal.GetArrayDataReference(_served);
        ref var gone = ref MemoryMarshal.GetArrayDataReference(_gone);
        var row = (nuint)(now * cells);
        var one = Vector512<double>.One;

        // What reaches the lines, and what could leave them.
        for (var g = 0; g < _groups; g++)
        {
            var hasGaps = _permissivePerStep[g] > 0 && _network.Groups[g].PermissivePhases != 0;
            for (var half = 0; half < MaxPlans; half += 8)
            {
                var at = (nuint)((g * MaxPlans) + half);
                var q = Vector512.LoadUnsafe(ref queue, at) + Vector512.LoadUnsafe(ref toCome, row + at);
                var n = Vector512.LoadUnsafe(ref taken, at) - Vector512.LoadUnsafe(ref toFree, row + at);
                q.StoreUnsafe(ref queue, at);
                n.StoreUnsafe(ref taken, at);
                var can = Vector512.LoadUnsafe(ref guarded, at);
                if (hasGaps)
                {
                    var free = Vector512.LoadUnsafe(ref permitted, at);
                    for (var k = _opposingStart[g]; k < _opposingStart[g + 1]; k++)
                    {
                        var other = Vector512.LoadUnsafe(ref queue, (nuint)((_opposing[k] * MaxPlans) + half));
                        free = Vector512.ConditionalSelect(Vector512.GreaterThan(other, one), Vector512<double>.Zero, free);
                    }

                    can += free;
                }

                Vector512.Min(q, can).StoreUnsafe(ref sending, at);
                (Vector512.LoadUnsafe(ref outside, at) + Vector512.Create(_ownPerStep[g])).StoreUnsafe(ref outside, at);
            }
        }

        // The share of what wants to enter each link that finds room.
        for (var l = 0; l < _groups; l++)
        {
            var limit = Vector512.Create(_entryLimit[l]);
            var room = Vector512.Create(_room[l]);
            for (var half = 0; half < MaxPlans; half += 8)
            {
                var at = (nuint)((l * MaxPlans) + half);
                var wants = Vector512.Min(Vector512.LoadUnsafe(ref outside, at), limit);
                for (var k = _feederStart[l]; k < _feederStart[l + 1]; k++)
                {
                    wants += Vector512.LoadUnsafe(ref sending, (nuint)((_feeder[k] * MaxPlans) + half)) * Vector512.Create(_share[k]);
                }

                var takes = Vector512.Max(Vector512<double>.Zero, Vector512.Min(limit, room - Vector512.LoadUnsafe(ref taken, at)));
                var part = Vector512.ConditionalSelect(Vector512.GreaterThan(wants, takes), takes / wants, one);
                part.StoreUnsafe(ref factor, at);
            }
        }

        // What leaves: a group moves with its worst target.
        for (var g = 0; g < _groups; g++)
        {
            var first = _targetStart[g];
            var last = _targetStart[g + 1];
            var exits = Vector512.Create(1 - _leaving[g]);
            var back = (nuint)((((now + _backSteps[g]) % _ring) * cells) + (g * MaxPlans));
            for (var half = 0; half < MaxPlans; half += 8)
            {
                var at = (nuint)((g * MaxPlans) + half);
                var part = one;
                for (var k = first; k < last; k++)
                {
                    part = Vector512.Min(part, Vector512.LoadUnsafe(ref factor, (nuint)((_target[k] * MaxPlans) + half)));
                }

                var could = Vector512.LoadUnsafe(ref sending, at);
                var goes = could * part;
                var q = Vector512.LoadUnsafe(ref queue, at) - goes;
                q.StoreUnsafe(ref queue, at);
                goes.StoreUnsafe(ref sending, at);
                goes.StoreUnsafe(ref toFree, back + (nuint)half);
                (Vector512.LoadUnsafe(ref served, at) + goes).StoreUnsafe(ref served, at);
                Vector512.FusedMultiplyAdd(goes, exits, Vector512.LoadUnsafe(ref gone, at)).StoreUnsafe(ref gone, at);
                (Vector512.LoadUnsafe(ref delay, at) + q).StoreUnsafe(ref delay, at);
                Vector512.Max(Vector512.LoadUnsafe(ref longest, at), q).StoreUnsafe(ref longest, at);
                var isBlocked = Vector512.GreaterThan(could - goes, Vector512.Create(1e-9));
                (Vector512.LoadUnsafe(ref blocked, at) + Vector512.ConditionalSelect(isBlocked, one, Vector512<double>.Zero)).StoreUnsafe(ref blocked, at);
            }
        }

        // What enters.
        for (var l = 0; l < _groups; l++)
        {
            var limit = Vector512.Create(_entryLimit[l]);
            var ahead = (nuint)((((now + _freeSteps[l]) % _ring) * cells) + (l * MaxPlans));
            for (var half = 0; half < MaxPlans; half += 8)
            {
                var at = (nuint)((l * MaxPlans) + half);
                var wait = Vector512.LoadUnsafe(ref outside, at);
                var own = Vector512.Min(wait, limit) * Vector512.LoadUnsafe(ref factor, at);
                var comes = own;
                for (var k = _feederStart[l]; k < _feederStart[l + 1]; k++)
                {
                    comes += Vector512.LoadUnsafe(ref sending, (nuint)((_feeder[k] * MaxPlans) + half)) * Vector512.Create(_share[k]);
                }

                wait -= own;
                wait.StoreUnsafe(ref outside, at);
                comes.StoreUnsafe(ref toCome, ahead + (nuint)half);
                (Vector512.LoadUnsafe(ref taken, at) + comes).StoreUnsafe(ref taken, at);
                (Vector512.LoadUnsafe(ref delay, at) + wait).StoreUnsafe(ref delay, at);
            }
        }
    }

    private ImmutableArray<TransmissionEvaluation> Report(int plans, int steps)
    {
        var answers = ImmutableArray.CreateBuilder<TransmissionEvaluation>(plans);
        var hours = DurationS / 3600.0;
        for (var p = 0; p < plans; p++)
        {
            var delay = new double[_groups];
            var longest = new double[_groups];
            var blocked = new double[_groups];
            var served = new double[_groups];
            for (var g = 0; g < _groups; g++)
            {
                var at = (g * MaxPlans) + p;
                delay[g] = _delay[at] / 3600 / hours;
                longest[g] = _longest[at];
                blocked[g] = _blocked[at] / hours;
                served[g] = _served[at] / hours;
            }

            answers.Add(new TransmissionEvaluation
            {
                DelayVeh = delay.Sum(),
                GroupDelayVeh = [.. delay],
                MaximumQueueVeh = [.. longest],
                BlockedS = [.. blocked],
                ServedVehPerHour = [.. served],
                LostVeh = Balance(p, steps),
            });
        }

        return answers.MoveToImmutable();
    }

    private double Balance(int plan, int steps)
    {
        var came = 0.0;
        var there = 0.0;
        for (var g = 0; g < _groups; g++)
        {
            came += _ownPerStep[g] * steps;
            var at = (g * MaxPlans) + plan;
            there += _queue[at] + _outside[at] + _gone[at];
            for (var r = 0; r < _ring; r++)
            {
                there += IsAhead(r, steps, _freeSteps[g]) ? _toCome[(r * _groups * MaxPlans) + at] : 0;
            }
        }

        return came - there;
    }

    /// <summary>Whether a place of the ring holds what is still on its way after the last step.</summary>
    private bool IsAhead(int place, int steps, int free)
    {
        for (var t = steps; t < steps + free; t++)
        {
            if (t % _ring == place)
            {
                return true;
            }
        }

        return false;
    }
}
