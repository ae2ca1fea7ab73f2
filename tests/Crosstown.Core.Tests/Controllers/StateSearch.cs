using System.Globalization;
using System.Numerics;
using Crosstown.Core.Controllers;
using Crosstown.Core.Events;

namespace Crosstown.Core.Tests.Controllers;

/// <summary>What may reach a small controller in one moment.</summary>
/// <param name="Calls">Phases with a vehicle.</param>
/// <param name="Presses">Phases with a button pressed.</param>
/// <param name="Preempts">Preempt inputs that are on.</param>
/// <param name="Pattern">The commanded pattern.</param>
/// <param name="Holds">Phases that a system holds.</param>
/// <param name="ForceOffs">Phases whose green a system ends.</param>
internal readonly record struct Moment(uint Calls, uint Presses, uint Preempts, byte Pattern, uint Holds = 0, uint ForceOffs = 0);

/// <summary>Steps the real controller through every state that any inputs can bring it to, and looks at each step from outside.</summary>
/// <remarks>
/// Inputs may change every <c>ticksPerMoment</c> ticks; each tick is looked at. The watch keeps its own timers, which belong to the state that is searched.
/// </remarks>
internal sealed class StateSearch
{
    private const int DayMs = 86_400_000;
    private readonly ControllerProgram _program;
    private readonly ControllerProgram _judgedBy;
    private readonly Moment[] _moments;
    private readonly int _ticksPerMoment;
    private readonly StateForm _form;
    private readonly StateCopy _copy = StateCopy.Shared;
    private readonly ControllerState _state = new();
    private readonly EventBuffer _log = new();
    private readonly int _clockModuloMs;

    /// <param name="judgedBy">What the watch holds displays against; the program itself unless an error is planted.</param>
    public StateSearch(ControllerProgram program, IEnumerable<Moment> moments, int ticksPerMoment, ControllerProgram? judgedBy = null)
    {
        _program = program;
        _judgedBy = judgedBy ?? program;
        _moments = [.. moments];
        _ticksPerMoment = ticksPerMoment;
        _form = new StateForm(program);
        _clockModuloMs = program.Patterns.IsEmpty ? ticksPerMoment * ControllerStep.TickMs : program.Patterns[0].CycleMs;
        if (program.Patterns.Any(p => p.CycleMs != _clockModuloMs) || DayMs % _clockModuloMs != 0)
        {
            throw new ArgumentException("The search counts one cycle that fits a day.", nameof(program));
        }
    }

    /// <summary>States that were found.</summary>
    public int States { get; private set; }

    /// <summary>Moments that were stepped.</summary>
    public long Moves { get; private set; }

    /// <summary>Phases that were seen green.</summary>
    public uint Greens { get; private set; }

    /// <summary>For each state that was found, where each moment leads; the order of <see cref="Moment"/>s.</summary>
    public List<int> Successors { get; } = [];

    /// <summary>Phases that are green in each state.</summary>
    public List<uint> GreensOf { get; } = [];

    /// <summary>Whether a preempt is at work in each state.</summary>
    public List<bool> IsPreempted { get; } = [];

    /// <summary>Finds all states.</summary>
    /// <param name="mostStates">Fails the test when there are more: the space was meant to close.</param>
    public void Run(int mostStates)
    {
        var known = new Dictionary<UInt128, int>();
        var waiting = new Queue<short[]>();
        var watch = new Watch(_judgedBy);
        var numbers = new long[_copy.Length + watch.Length + 1];
        var first = new long[numbers.Length];
        _copy.Save(new ControllerState(), first);
        watch.Reset();
        watch.Save(first, _copy.Length);
        Find(first, known, waiting, mostStates);
        while (waiting.TryDequeue(out var packed))
        {
            foreach (var moment in _moments)
            {
                Unpack(packed, numbers);
                var clockMs = (int)numbers[^1] * ControllerStep.TickMs;
                Play(numbers, moment, watch, clockMs);
                Moves++;
                Successors.Add(Find(numbers, known, waiting, mostStates));
            }
        }

        States = known.Count;
    }

    /// <summary>
    /// The longest that a call of a phase can wait for green, whatever else calls, in moments; null when it could wait forever. Preempts end the count:
    /// while they work nobody is promised anything.
    /// </summary>
    public int? LongestWait(int phase)
    {
        var allowed = Enumerable.Range(0, _moments.Length).Where(m => Bits.Has(_moments[m].Calls, phase) && _moments[m].Preempts == 0).ToArray();
        var longest = new int[States];
        var color = new byte[States];
        var stack = new Stack<(int State, int At)>();
        var worst = 0;
        for (var start = 0; start < States; start++)
        {
            if (color[start] != 0 || !Counts(start))
            {
                continue;
            }

            stack.Push((start, 0));
            color[start] = 1;
            while (stack.TryPop(out var top))
            {
                if (top.At == allowed.Length)
                {
                    color[top.State] = 2;
                    worst = Math.Max(worst, longest[top.State]);
                    continue;
                }

                var next = Successors[(top.State * _moments.Length) + allowed[top.At]];
                if (Counts(next) && color[next] == 0)
                {
                    stack.Push(top);
                    stack.Push((next, 0));
                    color[next] = 1;
                    continue;
                }

                if (Counts(next) && color[next] == 1)
                {
                    return null;
                }

                longest[top.State] = Math.Max(longest[top.State], 1 + (Counts(next) ? longest[next] : 0));
                stack.Push((top.State, top.At + 1));
            }
        }

        return worst;

        bool Counts(int state) => !Bits.Has(GreensOf[state], phase) && !IsPreempted[state];
    }

    private void Play(long[] numbers, Moment moment, Watch watch, int clockMs)
    {
        _copy.Load(_state, numbers);
        watch.Load(numbers, _copy.Length);
        _log.Clear();
        var before = (uint)numbers[_copy.PlaceOf("Calls")];
        for (var tick = 0; tick < _ticksPerMoment; tick++)
        {
            clockMs = (clockMs + ControllerStep.TickMs) % _clockModuloMs;
            ControllerStep.Step(
                _program, _state,
                new ControllerInputs
                {
                    TimeMs = 1_000_000 + (tick * ControllerStep.TickMs),
                    LocalDayMs = clockMs,
                    Pattern = moment.Pattern,
                    VehicleCalls = moment.Calls,
                    Extensions = moment.Calls,
                    Actuations = tick == 0 ? moment.Calls & ~before : 0,
                    PedestrianPresses = tick == 0 ? moment.Presses : 0,
                    Preempts = moment.Preempts,
                    Holds = moment.Holds,
                    ForceOffs = moment.ForceOffs,
                },
                _log);
            watch.Look(_state);
        }

        Greens |= _state.Greens;
        _copy.Save(_state, numbers);
        watch.Save(numbers, _copy.Length);
        numbers[^1] = clockMs / ControllerStep.TickMs;
    }

    private int Find(long[] numbers, Dictionary<UInt128, int> known, Queue<short[]> waiting, int mostStates)
    {
        _form.Apply(numbers);
        var key = KeyOf(numbers);
        if (known.TryGetValue(key, out var state))
        {
            return state;
        }

        Assert.True(known.Count < mostStates, $"more than {mostStates} states: the space does not close");
        known.Add(key, known.Count);
        waiting.Enqueue(Pack(numbers));
        GreensOf.Add((uint)numbers[_copy.PlaceOf("Greens")]);
        IsPreempted.Add(numbers[_copy.PlaceOf("Preempting")] != 0);
        return known.Count - 1;
    }

    /// <summary>128 bits stand for a state: of ten million states no two will share theirs.</summary>
    private static UInt128 KeyOf(long[] numbers)
    {
        var a = 0x9E3779B97F4A7C15UL;
        var b = 0xC2B2AE3D27D4EB4FUL;
        foreach (var number in numbers)
        {
            a = BitOperations.RotateLeft((a ^ (ulong)number) * 0xFF51AFD7ED558CCDUL, 29);
            b = BitOperations.RotateLeft((b + (ulong)number) * 0xC4CEB9FE1A85EC53UL, 33) ^ a;
        }

        return new UInt128(a, b);
    }

    // Times of a small controller are tenths below an hour and masks have 17 bits at most: two short numbers hold each.
    private static short[] Pack(long[] numbers)
    {
        var packed = new short[numbers.Length * 2];
        for (var i = 0; i < numbers.Length; i++)
        {
            packed[2 * i] = (short)numbers[i];
            packed[(2 * i) + 1] = checked((short)(numbers[i] >> 16));
        }

        return packed;
    }

    private static void Unpack(short[] packed, long[] numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = ((long)packed[(2 * i) + 1] << 16) | (ushort)packed[2 * i];
        }
    }

    /// <summary>Rules C05-C08 for one step to the next, by displays and timers of its own.</summary>
    private sealed class Watch(ControllerProgram program)
    {
        private readonly int[] _display = new int[17];
        private readonly int[] _displayMs = new int[17];
        private readonly int[] _sinceGreenMs = new int[17];
        private readonly int[] _walker = new int[17];
        private readonly int[] _walkerMs = new int[17];
        private readonly int[] _overlap = new int[17];
        private readonly int[] _overlapMs = new int[17];

        private int[][] All => [_display, _displayMs, _sinceGreenMs, _walker, _walkerMs, _overlap, _overlapMs];

        public int Length => 7 * 17;

        public void Reset()
        {
            foreach (var phase in program.Phases)
            {
                _sinceGreenMs[phase.Number] = phase.ChangeMs;
                _walkerMs[phase.Number] = 3000;
            }
        }

        public void Load(long[] numbers, int at)
        {
            foreach (var array in All)
            {
                for (var i = 0; i < 17; i++)
                {
                    array[i] = (int)numbers[at++];
                }
            }
        }

        public void Save(long[] numbers, int at)
        {
            foreach (var array in All)
            {
                for (var i = 0; i < 17; i++)
                {
                    numbers[at++] = array[i];
                }
            }
        }

        public void Look(ControllerState state)
        {
            var lit = state.Greens | state.Yellows;
            foreach (var phase in program.Phases)
            {
                int n = phase.Number;
                _sinceGreenMs[n] = (VehicleInterval)_display[n] == VehicleInterval.Green ? 0 : Math.Min(_sinceGreenMs[n] + ControllerStep.TickMs, phase.ChangeMs);
            }

            foreach (var phase in program.Phases)
            {
                LookAtPhase(state, phase, lit);
            }

            for (var i = 0; i < program.Overlaps.Length; i++)
            {
                LookAtOverlap(state, i);
            }
        }

        private void LookAtPhase(ControllerState state, PhaseTiming phase, uint lit)
        {
            int n = phase.Number;
            var now = state.IntervalOf(n);
            var before = (VehicleInterval)_display[n];
            _displayMs[n] += ControllerStep.TickMs;
            Require(!Bits.Has(lit, n) || (lit & program.ConflictsOf(n)) == 0, n, "is lit beside a conflicting phase");
            Require(Bits.Has(lit, n) == now is VehicleInterval.Green or VehicleInterval.Yellow, n, "is lit otherwise than its mask says");
            Require(before != VehicleInterval.Yellow || now == VehicleInterval.Yellow == _displayMs[n] < phase.YellowMs, n, "varied its yellow");
            Require(before != VehicleInterval.RedClearance || now != VehicleInterval.Green || _displayMs[n] >= phase.RedClearanceMs, n, "cut its red clearance");
            if (now != before)
            {
                Require(before != VehicleInterval.Green || (now == VehicleInterval.Yellow && _displayMs[n] >= phase.MinimumGreenMs), n, "ended its green early or without yellow");
                Require(now != VehicleInterval.Yellow || before == VehicleInterval.Green, n, "turned yellow without green");
                if (now == VehicleInterval.Green)
                {
                    foreach (var other in program.Phases)
                    {
                        Require(!Bits.Has(program.ConflictsOf(n), other.Number) || _sinceGreenMs[other.Number] >= other.ChangeMs, n, "turned green before a conflicting phase had cleared");
                    }
                }

                _display[n] = (int)now;
                _displayMs[n] = 0;
            }

            _displayMs[n] = Math.Min(_displayMs[n], now == VehicleInterval.Red ? 0 : Math.Max(phase.MinimumGreenMs, phase.YellowMs + 500));
            LookAtWalk(state, phase, now);
        }

        private void LookAtWalk(ControllerState state, PhaseTiming phase, VehicleInterval display)
        {
            int n = phase.Number;
            var now = state.PedestrianOf(n);
            var before = (PedestrianInterval)_walker[n];
            _walkerMs[n] += ControllerStep.TickMs;
            Require(now == PedestrianInterval.DontWalk || display == VehicleInterval.Green, n, "shows walkers go while its vehicles have no green");
            if (now != before)
            {
                Require(before != PedestrianInterval.Walk || (now == PedestrianInterval.Clearance && _walkerMs[n] >= phase.WalkMs), n, "cut its walk");
                Require(before != PedestrianInterval.Clearance || (now == PedestrianInterval.DontWalk && _walkerMs[n] == phase.PedestrianClearanceMs), n, "varied its pedestrian clearance");
                Require(before != PedestrianInterval.DontWalk || (now == PedestrianInterval.Walk && _walkerMs[n] >= 3000), n, "skipped don't walk");
                _walker[n] = (int)now;
                _walkerMs[n] = 0;
            }

            _walkerMs[n] = Math.Min(_walkerMs[n], Math.Max(3000, Math.Max(phase.WalkMs, phase.PedestrianClearanceMs + 500)));
        }

        private void LookAtOverlap(ControllerState state, int i)
        {
            var overlap = program.Overlaps[i];
            var now = state.OverlapAt(i);
            var before = (OverlapInterval)_overlap[i];
            _overlapMs[i] += ControllerStep.TickMs;
            Require(before != OverlapInterval.Yellow || now == OverlapInterval.Yellow == _overlapMs[i] < overlap.YellowMs, -overlap.Number, "varied its yellow");
            Require(
                before is not (OverlapInterval.Green or OverlapInterval.TrailingGreen or OverlapInterval.Protected) || now == before
                || now is OverlapInterval.Yellow or OverlapInterval.TrailingGreen, -overlap.Number, "ended its green without yellow");
            if (now is OverlapInterval.Green or OverlapInterval.TrailingGreen or OverlapInterval.Yellow or OverlapInterval.Protected)
            {
                var own = ControllerProgram.MaskOf(overlap.Parents) | (overlap.ProtectedPhase == 0 ? 0 : (uint)1 << overlap.ProtectedPhase);
                foreach (var phase in program.Phases.Where(p => !Bits.Has(own, p.Number) && Bits.Has(state.Greens, p.Number)))
                {
                    // A driver's yellow may run beside what conflicts with another driver only.
                    Require((own & ~program.ConflictsOf(phase.Number)) != 0, -overlap.Number, "is lit while a phase is green that conflicts with all that drive it");
                }
            }

            if (now != before)
            {
                _overlap[i] = (int)now;
                _overlapMs[i] = 0;
            }

            _overlapMs[i] = Math.Min(_overlapMs[i], overlap.YellowMs + overlap.RedClearanceMs);
        }

        private static void Require(bool holds, int phase, string what)
        {
            if (!holds)
            {
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{(phase < 0 ? "overlap" : "phase")} {Math.Abs(phase)} {what}"));
            }
        }
    }
}
