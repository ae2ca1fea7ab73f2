using Crosstown.Core.Controllers;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Core;
using Crosstown.Simulation.Detection;
using Crosstown.Simulation.Traffic;

namespace Crosstown.Simulation.Towns;

/// <summary>One signal at work: arrivals, lanes, detectors, buttons and its cabinet, tick by tick.</summary>
internal sealed class SignalRun : ILaneWatcher
{
    /// <summary>Vehicles are put into a lane this long before they would reach the stop bar.</summary>
    public const int LeadMs = 10_000;

    private const int DayMs = 86_400_000;
    private const int FiveMinutesMs = 300_000;

    private readonly TownSignal _signal;
    private readonly LocalTimeMap _local;
    private readonly Lane[] _lanes;
    private readonly DetectorRun[] _detectors;
    private readonly List<int>[] _pulseDetectors;
    private readonly LegRun[] _legs;
    private readonly ButtonRun[] _buttons;
    private readonly PriorityRun[] _priorities;
    private readonly TimedHeap<Action> _agenda = new();
    private readonly TimedHeap<int> _outputs = new();
    private readonly RandomNumbers _preemptRandom;
    private readonly RandomNumbers _vendorRandom;
    private readonly int[] _callsOn = new int[ControllerProgram.MaxPhase + 1];
    private readonly int[] _extendsOn = new int[ControllerProgram.MaxPhase + 1];
    private ControllerInputs _inputs;
    private long _order;
    private int _displayVersion = -1;
    private uint _preemptInputs;
    private byte _scheduled;
    private CabinetOrder _asked;
    private float[] _sensed = [];
    private long[] _crossedBefore = [];
    private char[] _letters = [];
    private PhaseTiming[] _walks = [];
    private int[] _upstreamLegs = [];

    public SignalRun(TownSignal signal, int index, ulong seed, LocalTimeMap local, long startMs)
    {
        _signal = signal;
        _local = local;
        TimeMs = startMs;
        Totals = new SignalTotals(signal.Legs);
        Log = new EventBuffer { WithVendorCodes = signal.Vendor == Vendor.MaxTime };
        _preemptRandom = new RandomNumbers(seed, index, 1);
        _vendorRandom = new RandomNumbers(seed, index, 2);
        _lanes = new Lane[signal.Lanes.Length];
        for (var i = 0; i < _lanes.Length; i++)
        {
            var plan = signal.Lanes[i];
            _lanes[i] = new Lane(signal.Legs[plan.Leg].SpeedMph, plan.SaturationHeadwayMs, new RandomNumbers(seed, index, 3, i), this);
        }

        for (var i = 0; i < _lanes.Length; i++)
        {
            _lanes[i].YieldTo([.. signal.Lanes[i].YieldsTo.Select(l => _lanes[l])]);
        }

        _pulseDetectors = [.. signal.Lanes.Select(_ => new List<int>())];
        _detectors = new DetectorRun[signal.Detectors.Length];
        for (var i = 0; i < _detectors.Length; i++)
        {
            AddDetector(i, new RandomNumbers(seed, index, 4, i));
        }

        _legs = [.. signal.Legs.Select((plan, i) => new LegRun(plan, new RandomNumbers(seed, index, 5, i), new RandomNumbers(seed, index, 8, i), startMs))];
        _buttons = [.. signal.Buttons.Select((plan, i) => new ButtonRun(plan, new RandomNumbers(seed, index, 6, i), startMs))];
        _priorities = [.. signal.PriorityDemands.Select((plan, i) => new PriorityRun(plan, new RandomNumbers(seed, index, 7, i)))];
        foreach (var fault in signal.Faults)
        {
            PlanFault(fault, startMs);
        }

        foreach (var demand in signal.PreemptDemands)
        {
            PlanPreempt(demand, startMs);
        }

        foreach (var priority in _priorities)
        {
            PlanPriority(priority, startMs);
        }

        if (Log.WithVendorCodes)
        {
            At(startMs + FiveMinutesMs - (startMs % FiveMinutesMs), LogCommunication);
        }
    }

    public EventBuffer Log { get; }

    public ControllerState State { get; } = new();

    /// <summary>The next tick.</summary>
    public long TimeMs { get; private set; }

    /// <summary>Where vehicles go that leave in a direction: indexed by <see cref="TravelDirection"/>; null out of town.</summary>
    public (SignalRun Run, int Leg, TownLink Link)?[] Downstream { get; } = new (SignalRun, int, TownLink)?[9];

    public SignalId Signal => _signal.Signal;

    public int LegCount => _legs.Length;

    /// <summary>What really happened: the truth that logs are compared with.</summary>
    public SignalTotals Totals { get; }

    /// <summary>Asked every whole second what to ask of the cabinet; null when nobody advises it.</summary>
    public AdviseTown? Adviser { get; set; }

    /// <summary>Vehicle-seconds that those who have not crossed are late by now, ms.</summary>
    public long WaitedMs => _lanes.Sum(l => l.WaitedMs(TimeMs));

    /// <summary>Runs every tick before a time.</summary>
    public void Advance(long toMs)
    {
        while (TimeMs < toMs)
        {
            Tick(TimeMs);
            TimeMs += ControllerStep.TickMs;
        }
    }

    /// <summary>A vehicle comes from upstream.</summary>
    /// <param name="leg">The leg that it will come in on.</param>
    /// <param name="arrivalMs">When it would reach the stop bar unhindered.</param>
    /// <param name="tie">Tells it from all others of this leg, whichever signal runs first.</param>
    public void Receive(int leg, long arrivalMs, long tie) => _legs[leg].Coming.Add(arrivalMs, tie, null);

    /// <summary>A vehicle sets out for here: it will be in the zone upstream for a while, whether or not it comes all the way.</summary>
    private void Enter(int leg, TownLink link, long timeMs, long travelMs)
    {
        if (Adviser is not null)
        {
            var leaves = 1 - (TownStreets.ApproachFt(link) / link.LengthFt);
            _legs[leg].Upstream.Add(timeMs + (long)(travelMs * (leaves - (TownStreets.UpstreamFt / link.LengthFt))), _order++, 1);
            _legs[leg].Upstream.Add(timeMs + (long)(travelMs * leaves), _order++, -1);
        }
    }

    public void PassedPoint(int point, long timeMs)
    {
        var index = point >> 1;
        var enters = (point & 1) == 0;
        if (_detectors[index].Move(enters))
        {
            Output(index, enters, timeMs + _detectors[index].LatencyMs, timeMs);
        }
    }

    public void CrossedStopBar(Lane lane, Turn turn, bool isMoving, long arrivalMs, long timeMs)
    {
        var laneIndex = Array.IndexOf(_lanes, lane);
        foreach (var index in _pulseDetectors[laneIndex])
        {
            var detector = _detectors[index];
            if ((isMoving || !_signal.Detectors[index].OnlyMoving) && detector.Pulses())
            {
                var onMs = timeMs + detector.LatencyMs;
                Output(index, true, onMs, timeMs);
                Output(index, false, onMs + DetectorRun.PulseMs, timeMs);
            }
        }

        var leg = _signal.Lanes[laneIndex].Leg;
        Totals.Add(leg, turn, timeMs - arrivalMs, timeMs);
        var direction = Turned(_signal.Legs[leg].Direction, turn);
        if (Downstream[(int)direction] is not { } next)
        {
            return;
        }

        // One in ten parks, shops or lives along the way. The others keep a speed of their own, never faster than 15 % above the street's.
        var random = _legs[leg].Random;
        if (random.NextDouble() >= 0.1)
        {
            var travelMs = (long)(next.Link.TravelS * 1000 * Math.Max(0.87, random.Bell(1, 0.07)));
            next.Run.Receive(next.Leg, timeMs + travelMs, (timeMs * 64) + laneIndex);
            next.Run.Enter(next.Leg, next.Link, timeMs, travelMs);
        }
        else
        {
            next.Run.Enter(next.Leg, next.Link, timeMs, (long)(next.Link.TravelS * 1000));
        }
    }

    internal static TravelDirection Turned(TravelDirection heading, Turn turn) => (heading, turn) switch
    {
        (TravelDirection.Northbound, Turn.Left) or (TravelDirection.Southbound, Turn.Right) => TravelDirection.Westbound,
        (TravelDirection.Northbound, Turn.Right) or (TravelDirection.Southbound, Turn.Left) => TravelDirection.Eastbound,
        (TravelDirection.Eastbound, Turn.Left) or (TravelDirection.Westbound, Turn.Right) => TravelDirection.Northbound,
        (TravelDirection.Eastbound, Turn.Right) or (TravelDirection.Westbound, Turn.Left) => TravelDirection.Southbound,
        _ => heading,
    };

    private void AddDetector(int index, RandomNumbers random)
    {
        var plan = _signal.Detectors[index];
        _detectors[index] = new DetectorRun(plan.Channel, plan.IsPulse, plan.LatencyMs, plan.Calls, plan.Extends, random);
        foreach (var lane in plan.Lanes)
        {
            if (plan.IsPulse)
            {
                _pulseDetectors[lane].Add(index);
            }
            else
            {
                _lanes[lane].Watch(plan.FarFt, index * 2);
                _lanes[lane].Watch(plan.NearFt - Lane.VehicleFt, (index * 2) + 1);
            }
        }
    }

    private void Tick(long timeMs)
    {
        while (_agenda.NextMs <= timeMs)
        {
            _agenda.Take(out _)();
        }

        foreach (var leg in _legs)
        {
            if (leg.NextMs <= timeMs || leg.Coming.NextMs - LeadMs <= timeMs)
            {
                Arrive(leg, timeMs);
            }
        }

        foreach (var lane in _lanes)
        {
            if (lane.WakeMs <= timeMs)
            {
                lane.Advance(timeMs);
            }
        }

        while (_outputs.NextMs <= timeMs)
        {
            var output = _outputs.Take(out _);
            SetOutput(output >> 1, (output & 1) != 0, timeMs);
        }

        foreach (var button in _buttons)
        {
            if (button.NextMs <= timeMs)
            {
                Press(button, timeMs);
            }
        }

        StepController(timeMs);
    }

    private void StepController(long timeMs)
    {
        var localMs = _local.ToLocalMs(timeMs);
        _inputs.TimeMs = timeMs;
        _inputs.LocalDayMs = (int)(localMs % DayMs);
        _inputs.Preempts = _preemptInputs;
        if (timeMs % 60_000 == 0 || _scheduled == 0)
        {
            _scheduled = PatternAt(localMs);
        }

        if (timeMs % 1000 == 0)
        {
            _asked = Adviser is null ? default : Ask(Adviser, timeMs);
        }

        _inputs.Pattern = _asked.Pattern ?? _scheduled;
        _inputs.Holds = _asked.Holds;
        _inputs.ForceOffs = _asked.ForceOffs;

        foreach (var priority in _priorities)
        {
            if (priority.IsIn && timeMs >= priority.DueMs && ((State.Greens >> priority.Plan.Phase & 1) != 0 || timeMs >= priority.DueMs + 90_000))
            {
                priority.IsIn = false;
                _inputs.Priorities &= ~((uint)1 << priority.Plan.Number);
            }
        }

        ControllerStep.Step(_signal.Program, State, _inputs, Log);
        Totals.Watch(State, timeMs);
        _inputs.Actuations = 0;
        _inputs.PedestrianPresses = 0;
        if (State.DisplayVersion != _displayVersion)
        {
            _displayVersion = State.DisplayVersion;
            ShowDisplays(timeMs);
        }
    }

    /// <summary>Shows the one who advises what the cabinet and its area detectors show, and takes what is asked.</summary>
    private CabinetOrder Ask(AdviseTown adviser, long timeMs)
    {
        if (_letters.Length == 0)
        {
            _walks = [.. TownStreets.WalksOf(_signal)];
            _upstreamLegs = [.. TownStreets.UpstreamOf(_signal).Select(u => u.Leg)];
            _letters = new char[TownStreets.LinksOf(_signal)];
            _sensed = new float[3 * (_lanes.Length + _walks.Length + _upstreamLegs.Length)];
            _crossedBefore = [.. _lanes.Select(l => l.Crossed)];
        }

        var places = _sensed.Length / 3;
        for (var i = 0; i < _lanes.Length; i++)
        {
            var (vehicles, standing) = _lanes[i].Sense(TownStreets.ZoneFt(_signal.Legs[_signal.Lanes[i].Leg]), timeMs);
            _sensed[i] = vehicles;
            _sensed[places + i] = standing;
            _sensed[(2 * places) + i] = _lanes[i].Crossed - _crossedBefore[i];
            _crossedBefore[i] = _lanes[i].Crossed;
        }

        for (var i = 0; i < _walks.Length; i++)
        {
            _sensed[_lanes.Length + i] = _sensed[places + _lanes.Length + i] = (State.WalkersWaiting >> _walks[i].Number & 1) != 0 ? 1 : 0;
        }

        for (var i = 0; i < _upstreamLegs.Length; i++)
        {
            var leg = _legs[_upstreamLegs[i]];
            while (leg.Upstream.NextMs <= timeMs)
            {
                leg.InUpstream += leg.Upstream.Take(out _);
            }

            _sensed[_lanes.Length + _walks.Length + i] = leg.InUpstream;
        }

        TownStreets.WriteLetters(_signal, DisplayOf, WalkDisplay, _letters);
        return adviser(new TownView
        {
            Signal = Signal,
            TimeMs = timeMs,
            State = State,
            Letters = _letters,
            Vehicles = _sensed.AsSpan(0, places),
            Standing = _sensed.AsSpan(places, places),
            Left = _sensed.AsSpan(2 * places, places),
        });
    }

    private Display WalkDisplay(PhaseTiming phase) =>
        IsIn(State.Greens, phase.Number) ? Display.Go
        : IsIn(State.Yellows, phase.Number) ? Display.Caution
        : Display.Stop;

    private byte PatternAt(long localMs)
    {
        var weekday = ((localMs / DayMs) + 3) % 7;
        var minute = (int)(localMs % DayMs / 60_000);
        var plans = weekday >= 5 ? _signal.Weekends : _signal.Weekdays;
        var pattern = ControllerStep.FreePattern;
        foreach (var plan in plans)
        {
            if (plan.FromMinute <= minute)
            {
                pattern = plan.Pattern;
            }
        }

        return pattern;
    }

    private void ShowDisplays(long timeMs)
    {
        for (var i = 0; i < _lanes.Length; i++)
        {
            _lanes[i].Show(DisplayOf(_signal.Lanes[i]), timeMs);
        }
    }

    private Display DisplayOf(LanePlan lane)
    {
        if (IsIn(State.Greens, lane.Phase) || (lane.Overlap >= 0 && State.OverlapAt(lane.Overlap) is OverlapInterval.Green or OverlapInterval.TrailingGreen))
        {
            return Display.Go;
        }

        if (IsIn(State.Yellows, lane.Phase) || (lane.Overlap >= 0 && State.OverlapAt(lane.Overlap) is OverlapInterval.Yellow))
        {
            return Display.Caution;
        }

        if (IsIn(State.Greens, lane.PermissivePhase) || (lane.Arrow >= 0 && State.OverlapAt(lane.Arrow) is OverlapInterval.Green))
        {
            return Display.Permissive;
        }

        return IsIn(State.Yellows, lane.PermissivePhase) || (lane.Arrow >= 0 && State.OverlapAt(lane.Arrow) is OverlapInterval.Yellow)
            ? Display.PermissiveCaution
            : Display.Stop;
    }

    private static bool IsIn(uint mask, int phase) => phase != 0 && (mask >> phase & 1) != 0;

    private void Arrive(LegRun leg, long timeMs)
    {
        while (leg.NextMs <= timeMs)
        {
            // Thinned: candidates come at the peak rate, and each is kept with the share that holds now. What comes from outside never depends on the signals.
            if (leg.OutsideRandom.NextDouble() < DemandProfile.At(leg.Plan.Shape, _local.ToLocalMs(leg.NextMs)))
            {
                leg.Coming.Add(leg.NextMs + LeadMs, leg.NextMs, DrawTurn(leg.Plan, leg.OutsideRandom));
            }

            leg.DrawNext();
        }

        while (leg.Coming.NextMs - LeadMs <= timeMs)
        {
            var turn = leg.Coming.Take(out var arrivalMs) ?? DrawTurn(leg.Plan, leg.Random);
            ChooseLane(leg, turn).Join(arrivalMs, turn);
        }
    }

    private static Turn DrawTurn(LegPlan plan, RandomNumbers random)
    {
        var draw = random.NextDouble();
        return draw < plan.LeftShare ? Turn.Left : draw < plan.LeftShare + plan.RightShare ? Turn.Right : Turn.Through;
    }

    private Lane ChooseLane(LegRun leg, Turn turn)
    {
        Lane? best = null;
        var bestScore = double.MaxValue;
        for (var i = 0; i < _lanes.Length; i++)
        {
            if (_legs[_signal.Lanes[i].Leg] != leg || !Serves(_signal.Lanes[i].Movement, turn))
            {
                continue;
            }

            var score = _lanes[i].Waiting + (leg.Random.NextDouble() * 2);
            if (score < bestScore)
            {
                bestScore = score;
                best = _lanes[i];
            }
        }

        return best ?? throw new InvalidOperationException($"Signal {Signal}: no lane of leg {leg.Plan.Direction} serves {turn}.");
    }

    private static bool Serves(LaneMovement movement, Turn turn) => turn switch
    {
        Turn.Left => movement is LaneMovement.Left or LaneMovement.ThroughLeft or LaneMovement.LeftThroughRight,
        Turn.Right => movement is LaneMovement.Right or LaneMovement.ThroughRight or LaneMovement.LeftThroughRight,
        _ => movement is LaneMovement.Through or LaneMovement.ThroughLeft or LaneMovement.ThroughRight or LaneMovement.LeftThroughRight,
    };

    private void Output(int detector, bool isOn, long atMs, long nowMs)
    {
        if (atMs <= nowMs)
        {
            SetOutput(detector, isOn, nowMs);
        }
        else
        {
            _outputs.Add(atMs, _order++, (detector * 2) + (isOn ? 1 : 0));
        }
    }

    private void SetOutput(int index, bool isOn, long timeMs)
    {
        var detector = _detectors[index];
        if (detector.IsOn == isOn || (detector.Fault is { Kind: FaultKind.StuckOn } && !isOn) || (detector.Fault is { Kind: FaultKind.StuckOff } && isOn))
        {
            return;
        }

        detector.IsOn = isOn;
        Log.Add(timeMs, isOn ? EventCode.DetectorOn : EventCode.DetectorOff, detector.Channel);
        _inputs.VehicleCalls = Count(_callsOn, detector.Calls, isOn, _inputs.VehicleCalls);
        _inputs.Extensions = Count(_extendsOn, detector.Extends, isOn, _inputs.Extensions);
        if (isOn)
        {
            _inputs.Actuations |= detector.Calls;
        }
    }

    private static uint Count(int[] counts, uint phases, bool isOn, uint mask)
    {
        while (phases != 0)
        {
            var phase = Bits.TakeFirst(ref phases);
            counts[phase] += isOn ? 1 : -1;
            mask = counts[phase] > 0 ? mask | ((uint)1 << phase) : mask & ~((uint)1 << phase);
        }

        return mask;
    }

    private void At(long timeMs, Action action) => _agenda.Add(timeMs, _order++, action);

    private void Press(ButtonRun button, long timeMs)
    {
        if (button.IsDown)
        {
            button.IsDown = false;
            Log.Add(timeMs, EventCode.PedestrianDetectorOff, button.Plan.Channel);
            button.NextMs = button.PressesLeft > 0 || button.IsStuck ? timeMs + Tenths(button.Random.Between(300, button.IsStuck ? 5000 : 1500)) : button.DrawNext(timeMs);
            return;
        }

        if (button.PressesLeft == 0)
        {
            var share = DemandProfile.At(button.Plan.Shape, _local.ToLocalMs(timeMs));
            if (!button.IsStuck && button.Random.NextDouble() >= share)
            {
                button.NextMs = button.DrawNext(timeMs);
                return;
            }

            button.PressesLeft = 1 + (button.Random.NextDouble() < 0.5 ? 0 : button.Random.NextInt(4));
        }

        button.PressesLeft--;
        button.IsDown = true;
        Log.Add(timeMs, EventCode.PedestrianDetectorOn, button.Plan.Channel);
        _inputs.PedestrianPresses |= (uint)1 << button.Plan.Phase;
        button.NextMs = timeMs + Tenths(button.Random.Between(100, 700));
    }

    private static long Tenths(double ms) => Math.Max(1, (long)(ms / 100)) * 100;

    private void PlanFault(PlannedFault fault, long startMs)
    {
        if (fault.When.EndMs <= startMs)
        {
            return;
        }

        var fromMs = Math.Max(fault.When.StartMs, startMs);
        if (fault.Kind == FaultKind.ClockJump)
        {
            At(fromMs, () => SetClock(fromMs, fault.ClockAheadMs));
            At(fault.When.EndMs, () => SetClock(fault.When.EndMs, 0));
        }
        else if (fault.Kind == FaultKind.PedestrianButtonStuck)
        {
            var button = Array.Find(_buttons, b => b.Plan.Channel == fault.Channel)!;
            At(fromMs, () => StickButton(button, true, fromMs));
            At(fault.When.EndMs, () => StickButton(button, false, fault.When.EndMs));
            Report(fault, EventCode.PedestrianDetectorRestored);
        }
        else
        {
            var index = Array.FindIndex(_detectors, d => d.Channel == fault.Channel);
            At(fromMs, () => BreakDetector(index, fault, fromMs));
            At(fault.When.EndMs, () => MendDetector(index, fault.When.EndMs));
            Report(fault, EventCode.DetectorRestored);
        }
    }

    private void SetClock(long timeMs, int aheadMs)
    {
        Log.ClockAheadMs = aheadMs;
        Log.Add(timeMs, EventCode.ClockUpdated, 0);
    }

    private static void StickButton(ButtonRun button, bool isStuck, long timeMs)
    {
        button.IsStuck = isStuck;
        if (isStuck)
        {
            button.NextMs = Math.Min(button.NextMs, timeMs);
        }
    }

    private void Report(PlannedFault fault, ushort restored)
    {
        var (code, afterMs) = DetectorRun.ReportOf(fault.Kind);
        if (code == 0)
        {
            return;
        }

        // An erratic detector comes and goes; the others fail once.
        var eachMs = fault.Kind == FaultKind.Erratic ? 900_000 : long.MaxValue / 4;
        for (var fromMs = fault.When.StartMs + afterMs; fromMs < fault.When.EndMs && fromMs > TimeMs; fromMs += eachMs)
        {
            var atMs = fromMs;
            At(atMs, () => Log.Add(atMs, code, fault.Channel));
            var endMs = Math.Min(fault.When.EndMs, atMs + (eachMs / 2));
            At(endMs, () => Log.Add(endMs, restored, fault.Channel));
        }
    }

    private void BreakDetector(int index, PlannedFault fault, long timeMs)
    {
        _detectors[index].Fault = fault;
        switch (fault.Kind)
        {
            case FaultKind.StuckOn or FaultKind.StuckOff:
                SetOutput(index, fault.Kind == FaultKind.StuckOn, timeMs);
                break;
            case FaultKind.Chattering or FaultKind.Erratic:
                Toggle(index, fault, timeMs);
                break;
        }
    }

    private void MendDetector(int index, long timeMs)
    {
        var detector = _detectors[index];
        detector.Fault = null;
        SetOutput(index, detector.HasVehicle, timeMs);
    }

    private void Toggle(int index, PlannedFault fault, long timeMs)
    {
        var detector = _detectors[index];
        if (detector.Fault != fault)
        {
            return;
        }

        SetOutput(index, !detector.IsOn, timeMs);
        var nextMs = timeMs + (fault.Kind == FaultKind.Chattering
            ? Tenths(detector.Random.Between(100, 700))
            : Tenths(detector.Random.Exponential(detector.IsOn ? 6000 : 25_000)));
        At(nextMs, () => Toggle(index, fault, nextMs));
    }

    private void PlanPreempt(PreemptDemand demand, long timeMs)
    {
        var onMs = timeMs + Tenths(60_000 * (2 + _preemptRandom.Exponential(demand.MeanMinutesBetween - 2)));
        var offMs = onMs + Tenths(_preemptRandom.Between(demand.ShortestS, demand.LongestS) * 1000);
        At(onMs, () => _preemptInputs |= (uint)1 << demand.Number);
        At(offMs, () =>
        {
            _preemptInputs &= ~((uint)1 << demand.Number);
            PlanPreempt(demand, offMs);
        });
    }

    private void PlanPriority(PriorityRun priority, long timeMs)
    {
        var plan = priority.Plan;
        var nextMs = timeMs + Tenths(plan.HeadwayMinutes * 60_000 * Math.Max(0.3, priority.Random.Bell(1, 0.15)));
        At(nextMs, () =>
        {
            var minute = _local.ToLocalMs(nextMs) % DayMs / 60_000;
            if (!priority.IsIn && minute >= plan.FromMinute && minute < plan.ToMinute)
            {
                priority.IsIn = true;
                priority.DueMs = nextMs + Tenths(plan.TravelMs * priority.Random.Between(0.8, 1.4));
                _inputs.Priorities |= (uint)1 << plan.Number;
            }

            PlanPriority(priority, nextMs);
        });
    }

    private void LogCommunication()
    {
        var timeMs = _inputs.TimeMs + ControllerStep.TickMs;
        Log.Add(timeMs, EventCode.ClockDrift, _vendorRandom.NextInt(4) - 1);
        Log.Add(timeMs, EventCode.CommunicationAttempts, 30);
        Log.Add(timeMs, EventCode.CommunicationFailures, 0);
        Log.Add(timeMs, EventCode.CommunicationLossPercent, 0);
        Log.Add(timeMs, EventCode.CommunicationResponseMs, 25 + _vendorRandom.NextInt(20));
        At(timeMs + FiveMinutesMs, LogCommunication);
    }

    private sealed class LegRun
    {
        public LegRun(LegPlan plan, RandomNumbers outsideRandom, RandomNumbers random, long startMs)
        {
            Plan = plan;
            OutsideRandom = outsideRandom;
            Random = random;
            NextMs = startMs;
            DrawNext();
        }

        public LegPlan Plan { get; }

        /// <summary>Who comes from outside, when and to where.</summary>
        public RandomNumbers OutsideRandom { get; }

        /// <summary>All other choices.</summary>
        public RandomNumbers Random { get; }

        /// <summary>Vehicles on their way here, by the time at which they would reach the stop bar; those from upstream choose their turn here.</summary>
        public TimedHeap<Turn?> Coming { get; } = new();

        /// <summary>The next candidate from outside.</summary>
        public long NextMs { get; private set; }

        /// <summary>Who will enter and leave the zone upstream, while anybody looks.</summary>
        public TimedHeap<int> Upstream { get; } = new();

        /// <summary>Vehicles in the zone upstream.</summary>
        public int InUpstream { get; set; }

        public void DrawNext() => NextMs = Plan.PeakVph <= 0 ? long.MaxValue : NextMs + 1 + (long)OutsideRandom.Exponential(3_600_000 / Plan.PeakVph);
    }

    private sealed class ButtonRun
    {
        public ButtonRun(ButtonPlan plan, RandomNumbers random, long startMs)
        {
            Plan = plan;
            Random = random;
            NextMs = DrawNext(startMs);
        }

        public ButtonPlan Plan { get; }

        public RandomNumbers Random { get; }

        public long NextMs { get; set; }

        public int PressesLeft { get; set; }

        public bool IsDown { get; set; }

        public bool IsStuck { get; set; }

        public long DrawNext(long timeMs) => timeMs + Tenths(Random.Exponential(3_600_000 / Plan.PeakPerHour));
    }

    private sealed class PriorityRun(PriorityDemand plan, RandomNumbers random)
    {
        public PriorityDemand Plan { get; } = plan;

        public RandomNumbers Random { get; } = random;

        public bool IsIn { get; set; }

        public long DueMs { get; set; }
    }
}
