using System.Collections.Immutable;
using Crosstown.Control.Sites;
using Crosstown.Core.Controllers;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Cabinets;

/// <summary>Why a cabinet is left to its own plan for a while.</summary>
public enum CabinetPause
{
    /// <summary>It is advised.</summary>
    None,

    /// <summary>A preempt is at work, or ended less than two cycles ago.</summary>
    Preempt,

    /// <summary>It started or flashed less than fifteen minutes ago.</summary>
    Start,

    /// <summary>The guard refused the choice of free operation.</summary>
    Guard,
}

/// <summary>What is made of a controller's wish, second by second, in what a cabinet can be asked: to run free, to hold a green, to end one.</summary>
/// <remarks>
/// Everything else stays with the cabinet: the order of its phases, which of them is called, minimums, walks, clearances. So a wish is one of the sets of phases that its rings
/// leave open now. Whatever is asked goes through the guard first, with facts that the asker does not make; what is refused is not asked.
/// </remarks>
public sealed class CabinetAdviser
{
    /// <summary>How long a word holds unless it is said again, ms. It is said again every second.</summary>
    private const int LifetimeMs = 3000;

    /// <summary>Where somebody has waited for so long no green is held any more, whatever is wished: the rings go on.</summary>
    private const int LongestHeldMs = 105_000;

    /// <summary>The same for walkers who pressed a button, ms: who waits longer goes without a walk.</summary>
    private const int LongestHeldForWalkersMs = 45_000;

    private const int QuietAfterStartMs = 15 * 60_000;
    private const int FreeCycleMs = 120_000;
    private const int CyclesAfterPreempt = 2;
    private const int Slots = ControllerProgram.MaxPhase + 1;

    private readonly CabinetLinks _cabinet;
    private readonly SignalFacts _facts;
    private readonly IPlanGuard _guard;
    private readonly ISignalController _controller;
    private readonly StageDriver _driver;
    private readonly CabinetShows _shows;
    private readonly Dictionary<uint, int> _stageOf = [];
    private readonly long[] _waitsSinceMs = new long[Slots];
    private readonly long[] _pressedMs = new long[Slots];
    private readonly uint[] _next = new uint[RingChoices.Most];
    private readonly long _runsSinceMs;
    private readonly long _quietAfterPreemptMs;
    private long? _preemptEndMs;
    private long _fence;
    private uint _wished;

    /// <param name="site">The signal in stages, one for each set of phases of the cabinet.</param>
    /// <param name="profile">The times that the controller thinks with; the cabinet keeps its own.</param>
    /// <param name="cabinet">The signal in phases.</param>
    /// <param name="facts">What the guard judges by.</param>
    /// <param name="guard">Judges all advice.</param>
    /// <param name="controller">Wishes.</param>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <param name="runsSinceMs">When the cabinet started or last flashed, ms of the clock.</param>
    public CabinetAdviser(SignalSite site, RoadProfile profile, CabinetLinks cabinet, SignalFacts facts, IPlanGuard guard, ISignalController controller, int nowS, long runsSinceMs)
    {
        (_cabinet, _facts, _guard, _controller, _runsSinceMs) = (cabinet, facts, guard, controller, runsSinceMs);
        _quietAfterPreemptMs = CyclesAfterPreempt * (long)facts.Patterns.Select(p => p.CycleMs).Append(FreeCycleMs).Max();
        _driver = new StageDriver(site.Menu, profile, nowS, new string('r', site.Card.LinkCount));
        _shows = new CabinetShows(site.Menu.Stages.Length);
        for (var i = 0; i < cabinet.Sets.Length; i++)
        {
            _stageOf[cabinet.Sets[i]] = site.Menu.ReferenceOrder[site.Menu.ReferencePlaces[i]];
        }
    }

    /// <summary>Advice that the guard refused.</summary>
    public int Refused { get; private set; }

    /// <summary>What spoke against the first of it; empty while none was refused.</summary>
    public ImmutableArray<GuardProblem> FirstRefusal { get; private set; } = [];

    /// <summary>Why nothing was asked in the last second.</summary>
    public CabinetPause Pause { get; private set; }

    /// <summary>The set of phases that is wished for: the present greens where they shall stay; 0 while the signal changes or is left alone.</summary>
    public uint Wish { get; private set; }

    /// <summary>Phases that were green in the last second.</summary>
    public uint Greens { get; private set; }

    /// <summary>Looks at a second and says what the cabinet is asked until the next.</summary>
    /// <param name="nowMs">Ms of the clock, a whole second after the one before.</param>
    /// <param name="state">What the controller shows.</param>
    /// <param name="letters">What each link shows.</param>
    /// <param name="frame">What the detectors said of the last second.</param>
    public CabinetOrder Advise(long nowMs, ControllerState state, ReadOnlySpan<char> letters, DetectorFrame frame)
    {
        var called = Follow(nowMs, state, letters);
        Greens = state.Greens;
        var (stage, holdS) = _controller.Decide(frame, (int)(nowMs / 1000), _driver);
        var haveWalkersWaited = HaveWalkersWaited(nowMs, state.WalkersWaiting);
        Pause = PauseAt(nowMs, state);
        Wish = 0;
        if (Pause != CabinetPause.None)
        {
            return default;
        }

        var status = StatusAt(nowMs, state);
        if (Judge(status, AdviceKind.ChoosePattern, ControllerStep.FreePattern) is not { } free)
        {
            Pause = CabinetPause.Guard;
            return default;
        }

        var order = default(CabinetOrder).With(free);
        if (!_shows.IsChanging)
        {
            var isPatient = !haveWalkersWaited && status.WaitedMs.Max() < LongestHeldMs;
            Wish = _wished = isPatient && (holdS > 0 || stage == _driver.Stage) ? state.Greens : Choose(state.Greens, called, isPatient ? stage : -1);
        }

        if (state.Pattern != ControllerStep.FreePattern)
        {
            // Greens of a pattern are its coordinator's: they are asked for once it runs free.
            return order;
        }

        // While a ring changes, the other keeps its green if the wish had it so.
        order = Hold(order, status, state.Greens & _wished);
        if (_shows.IsChanging)
        {
            return order;
        }

        var ending = state.Greens & ~_wished;
        while (ending != 0)
        {
            var phase = Bits.TakeFirst(ref ending);
            if (MayForceOff(status, phase) && Judge(status, AdviceKind.ForceOff, (byte)phase) is { } end)
            {
                order = order.With(end);
            }
        }

        return order;
    }

    /// <summary>True when a walker has waited long since the button was pressed, whatever the phase shows vehicles.</summary>
    private bool HaveWalkersWaited(long nowMs, uint waiting)
    {
        var isLong = false;
        for (var phase = 0; phase < _pressedMs.Length; phase++)
        {
            _pressedMs[phase] = !Bits.Has(waiting, phase) ? 0 : _pressedMs[phase] == 0 ? nowMs : _pressedMs[phase];
            isLong |= _pressedMs[phase] != 0 && nowMs - _pressedMs[phase] >= LongestHeldForWalkersMs;
        }

        return isLong;
    }

    private CabinetOrder Hold(CabinetOrder order, ControllerStatus status, uint greens)
    {
        while (greens != 0)
        {
            if (Judge(status, AdviceKind.Hold, (byte)Bits.TakeFirst(ref greens)) is { } hold)
            {
                order = order.With(hold);
            }
        }

        return order;
    }

    /// <summary>The set that leads to a stage; where none does at once, the one that goes on farthest.</summary>
    private uint Choose(uint greens, uint called, int stage)
    {
        var count = RingChoices.List(_cabinet.Program, greens, called, _next);
        for (var i = 0; i < count; i++)
        {
            if (_stageOf.TryGetValue(_next[i], out var comes) && comes == stage)
            {
                return _next[i];
            }
        }

        return count > 0 ? _next[count - 1] : greens;
    }

    /// <summary>Takes in what the cabinet shows.</summary>
    /// <returns>Phases that are called.</returns>
    private uint Follow(long nowMs, ControllerState state, ReadOnlySpan<char> letters)
    {
        if (state.Preempt != PreemptStage.None)
        {
            _preemptEndMs = nowMs;
        }

        var called = state.VehiclesWaiting | state.WalkersWaiting;
        foreach (var phase in _cabinet.Program.Phases)
        {
            var waits = Bits.Has(called & ~state.Greens, phase.Number);
            _waitsSinceMs[phase.Number] = !waits ? 0 : _waitsSinceMs[phase.Number] == 0 ? nowMs : _waitsSinceMs[phase.Number];
        }

        var isWhole = _stageOf.TryGetValue(state.Greens, out var stage);
        _shows.IsChanging = !isWhole || IsChanging(state);
        _shows.Stage = isWhole ? stage : _shows.Stage;
        _shows.MayEnd = true;
        Array.Clear(_shows.MayCome);
        Array.Clear(_shows.WalkersS);
        foreach (var phase in _cabinet.Program.Phases)
        {
            _shows.MayEnd &= !Bits.Has(state.Greens, phase.Number) || nowMs - state.GreenStartOf(phase.Number) >= phase.MinimumGreenMs;
        }

        var count = _shows.IsChanging ? 0 : RingChoices.List(_cabinet.Program, state.Greens, called, _next);
        for (var i = 0; i < count; i++)
        {
            if (_stageOf.TryGetValue(_next[i], out var comes))
            {
                _shows.MayCome[comes] = true;
                _shows.WalkersS[comes] = WalkersS(state, state.Greens & ~_next[i]);
            }
        }

        _driver.Follow((int)(nowMs / 1000), letters, _shows);
        return called;
    }

    private bool IsChanging(ControllerState state)
    {
        foreach (var phase in _cabinet.Program.Phases)
        {
            if (state.IntervalOf(phase.Number) is VehicleInterval.Yellow or VehicleInterval.RedClearance)
            {
                return true;
            }
        }

        return false;
    }

    private int WalkersS(ControllerState state, uint ending)
    {
        var longest = 0;
        while (ending != 0)
        {
            var phase = Bits.TakeFirst(ref ending);
            longest = Math.Max(longest, state.WalkersLeftMs(_cabinet.Program, phase));
        }

        return (longest + 999) / 1000;
    }

    private CabinetPause PauseAt(long nowMs, ControllerState state) =>
        state.Preempt != PreemptStage.None || nowMs - _preemptEndMs < _quietAfterPreemptMs ? CabinetPause.Preempt
        : nowMs - _runsSinceMs < QuietAfterStartMs ? CabinetPause.Start
        : CabinetPause.None;

    private bool MayForceOff(ControllerStatus status, int phase) =>
        !Bits.Has(status.Walkers, phase) && status.GreenMs[phase] >= _cabinet.Program.GetPhase(phase).MinimumGreenMs;

    private ControllerStatus StatusAt(long nowMs, ControllerState state)
    {
        var green = ImmutableArray.CreateBuilder<int>(Slots);
        var waited = ImmutableArray.CreateBuilder<int>(Slots);
        green.Count = waited.Count = Slots;
        var walkers = 0u;
        foreach (var phase in _cabinet.Program.Phases)
        {
            int n = phase.Number;
            green[n] = Bits.Has(state.Greens, n) ? (int)Math.Min(int.MaxValue, nowMs - state.GreenStartOf(n)) : 0;
            waited[n] = _waitsSinceMs[n] == 0 ? 0 : (int)Math.Max(1, nowMs - _waitsSinceMs[n]);
            walkers |= state.PedestrianOf(n) != PedestrianInterval.DontWalk ? (uint)1 << n : 0;
        }

        return new ControllerStatus
        {
            Pattern = state.Pattern,
            IsFlashing = false,
            IsPreempted = state.Preempt != PreemptStage.None,
            SincePreemptMs = _preemptEndMs is { } end ? nowMs - end : null,
            SinceStartMs = nowMs - _runsSinceMs,
            Greens = state.Greens,
            Walkers = walkers,
            GreenMs = green.MoveToImmutable(),
            WaitedMs = waited.MoveToImmutable(),
        };
    }

    private ApprovedAdvice? Judge(ControllerStatus status, AdviceKind kind, byte number)
    {
        var advice = new SignalAdvice { Signal = _cabinet.Signal, Fence = ++_fence, Kind = kind, Number = number, LifetimeMs = LifetimeMs };
        var verdict = _guard.Check(_facts, status, _fence - 1, advice);
        if (verdict.Approval is null)
        {
            Refused++;
            FirstRefusal = FirstRefusal.IsEmpty ? verdict.Problems : FirstRefusal;
        }

        return verdict.Approval;
    }
}
