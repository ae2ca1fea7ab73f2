using System.Collections.Immutable;
using Crosstown.Control.Classics;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Sites;

/// <summary>One signal under control: what its controller wants, what that makes it show, and the guard that sees each state first.</summary>
/// <remarks>
/// A state that the guard refuses is not shown. What is green stays green for that second, yellow that has had its time becomes red, and from then on the signal's own fixed program decides.
/// Where nothing legal is left, which only a red beyond its limit can bring, the refused state is shown if no more speaks against it than against staying: else that red would never end.
/// What the signal really shows goes before what it was told. An order that has not come through is waited for, for <see cref="LongestDelayS"/>, without another one, so that none can overtake it and
/// none comes when it is no longer right; after that it is held to be lost, and the signal goes on from what it shows.
/// </remarks>
public sealed class GuardedSignal
{
    /// <summary>An order that does not show after so long is lost, s.</summary>
    public const int LongestDelayS = 5;

    /// <summary>Seconds for which orders are given in good time after one was late or lost.</summary>
    private const int WaryS = 600;

    /// <summary>The code of a red beyond its limit.</summary>
    private const string LongRed = "XT798";

    /// <summary>How many lost orders there is time for before the longest red then.</summary>
    private const int SpareOrders = 6;

    private readonly RoadProfile _profile;
    private readonly RoadProfile _wary;
    private readonly IStateGuard _guard;
    private readonly int[] _sinceS;
    private readonly FixedController _fallback;
    private ISignalController _controller;
    private string _shown;
    private int? _lastS;
    private int? _orderedS;
    private int _quietToS = int.MinValue;
    private int _waryToS = int.MinValue;
    private int _jumpedS = int.MinValue / 2;

    /// <param name="site">The signal.</param>
    /// <param name="profile">The times to keep.</param>
    /// <param name="controller">Decides, until a state is refused.</param>
    /// <param name="guard">Judges; it knows the same first state.</param>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <param name="state">What the signal shows now.</param>
    public GuardedSignal(SignalSite site, RoadProfile profile, ISignalController controller, IStateGuard guard, int nowS, string state)
    {
        Site = site;
        State = state;
        Driver = new StageDriver(site.Menu, profile, nowS, state);
        _shown = state;
        _profile = profile;
        _wary = profile with { LongestRedS = profile.LongestRedS - (SpareOrders * LongestDelayS) };
        _controller = controller;
        _fallback = new FixedController(site, profile);
        _guard = guard;
        _sinceS = new int[state.Length];
        Array.Fill(_sinceS, nowS);
    }

    public SignalSite Site { get; }

    public StageDriver Driver { get; private set; }

    /// <summary>What the signal was told to show last.</summary>
    public string State { get; private set; }

    /// <summary>States that the guard refused.</summary>
    public int Refused { get; private set; }

    /// <summary>What spoke against the first of them; empty while none was refused.</summary>
    public ImmutableArray<Problem> FirstRefusal { get; private set; } = [];

    /// <summary>True once the signal's own fixed program decides because a state was refused.</summary>
    public bool HasFallenBack { get; private set; }

    /// <summary>Seconds in which the signal showed something else than it was told.</summary>
    public int Astray { get; private set; }

    /// <summary>Moves on by a second.</summary>
    /// <param name="frame">What the detectors said of the last second.</param>
    /// <param name="nowS">Seconds of the clock; one more than the time before, or several when the clock jumped.</param>
    /// <param name="shown">What the signal has really shown since the time before; null where nothing reads it back, which is then what it was told.</param>
    /// <returns>True when it has to be told <see cref="State"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The clock stood still or went back.</exception>
    public bool Step(DetectorFrame frame, int nowS, string? shown = null)
    {
        if (nowS <= _lastS)
        {
            throw new ArgumentOutOfRangeException(nameof(nowS), nowS, $"The clock of signal {Site.Card.Signal} was at {_lastS} s before.");
        }

        var (isOpen, isAstray) = (false, false);
        if (_lastS is { } lastS)
        {
            _jumpedS = nowS > lastS + 1 ? nowS : _jumpedS;
            isOpen = !TakeBack(lastS, nowS, shown ?? State, out isAstray);
        }

        _lastS = nowS;
        var (stage, holdS) = _controller.Decide(frame, nowS, Driver);
        if (isOpen || nowS < _quietToS)
        {
            return false;
        }

        if (nowS < _waryToS && !Driver.IsChanging && ServiceClock.FindDue(Site, _wary, Driver, nowS) is { } due)
        {
            (stage, holdS) = (due, Driver.MayEnd(nowS) ? 0 : 1);
        }

        Driver.Advance(nowS, holdS > 0 && !Driver.IsChanging ? Driver.Stage : stage, holdS);
        var state = Driver.State;
        var against = _guard.Judge(nowS, state);
        if (!against.IsEmpty)
        {
            state = Refuse(nowS, state, against);
        }

        if (!state.Equals(State, StringComparison.Ordinal))
        {
            State = state;
            _orderedS = nowS;
            return true;
        }

        // Somebody else commands the signal: it is told to stay, and nothing new until that has come through.
        _quietToS = isAstray ? nowS + LongestDelayS : _quietToS;
        return isAstray;
    }

    /// <summary>Takes note of what the signal has shown since the last second.</summary>
    /// <param name="lastS">Seconds of the clock, the time before.</param>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <param name="shown">What it showed between them.</param>
    /// <param name="isAstray">True when somebody else commands the signal.</param>
    /// <returns>False while an order may still be on its way.</returns>
    private bool TakeBack(int lastS, int nowS, string shown, out bool isAstray)
    {
        var isOld = shown.Equals(_shown, StringComparison.Ordinal);
        var isOther = !shown.Equals(State, StringComparison.Ordinal);
        isAstray = isOther && !isOld;
        if (isOther)
        {
            Astray++;
            _waryToS = nowS + WaryS;
            if (isOld && nowS - _orderedS <= LongestDelayS)
            {
                return false;
            }
        }

        _guard.Note(lastS, shown);
        for (var link = 0; link < shown.Length && !isOld; link++)
        {
            if (Kind(shown[link]) != Kind(_shown[link]))
            {
                _sinceS[link] = lastS;
            }
        }

        _shown = shown;
        if (isOther)
        {
            State = shown;
            Driver = new StageDriver(Site.Menu, _profile, nowS, shown, _sinceS, Driver.Target);
        }
        else if (_orderedS is { } orderedS && orderedS < lastS)
        {
            Driver.Delay(orderedS, lastS);
        }

        _orderedS = null;
        return true;
    }

    private string Refuse(int nowS, string wanted, ImmutableArray<Problem> against)
    {
        if ((nowS - _jumpedS <= _profile.LongestRedS || nowS < _waryToS) && against.All(p => p.Code == LongRed))
        {
            // A clock that jumped and orders that were lost are not the controller's doing, and to stay would end no red.
            return wanted;
        }

        Refused++;
        FirstRefusal = FirstRefusal.IsEmpty ? against : FirstRefusal;
        HasFallenBack = true;
        _controller = _fallback;
        var course = string.Create(State.Length, (Signal: this, NowS: nowS), static (letters, at) => at.Signal.WriteCourse(letters, at.NowS));
        foreach (var state in new[] { course, State })
        {
            var stays = _guard.Judge(nowS, state);
            if (!stays.IsEmpty && against.All(stays.Contains))
            {
                return wanted;
            }

            if (stays.IsEmpty)
            {
                course = state;
                break;
            }
        }

        Driver = new StageDriver(Site.Menu, _profile, nowS, course, _sinceS, _fallback.StageAt(nowS));
        return course;
    }

    /// <summary>The last state one second on, when nothing new begins.</summary>
    private void WriteCourse(Span<char> letters, int nowS)
    {
        for (var link = 0; link < letters.Length; link++)
        {
            letters[link] = SignalCard.IsYellow(State[link]) && nowS - _sinceS[link] >= _profile.YellowS ? Site.Card.TurnsOnRed(link) ? 's' : 'r' : State[link];
        }
    }

    private static LinkAspect Kind(char letter) => SignalCard.IsGreen(letter) ? LinkAspect.Green : SignalCard.IsYellow(letter) ? LinkAspect.Yellow : LinkAspect.Red;
}
