using System.Collections.Immutable;
using Crosstown.Control.Classics;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Sites;

/// <summary>One signal under control: what its controller wants, what that makes it show, and the guard that sees each state first.</summary>
/// <remarks>
/// A state that the guard refuses is not shown. What is green stays green for that second, yellow that has had its time becomes red, and from then on the signal's own fixed program decides.
/// Where nothing legal is left, which only a red beyond its limit can bring, the refused state is shown if no more speaks against it than against staying: else that red would never end.
/// </remarks>
public sealed class GuardedSignal
{
    private readonly RoadProfile _profile;
    private readonly IStateGuard _guard;
    private readonly int[] _sinceS;
    private readonly FixedController _fallback;
    private ISignalController _controller;

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
        _profile = profile;
        _controller = controller;
        _fallback = new FixedController(site, profile);
        _guard = guard;
        _sinceS = new int[state.Length];
        Array.Fill(_sinceS, nowS);
    }

    public SignalSite Site { get; }

    public StageDriver Driver { get; private set; }

    /// <summary>What the signal shows.</summary>
    public string State { get; private set; }

    /// <summary>States that the guard refused.</summary>
    public int Refused { get; private set; }

    /// <summary>What spoke against the first of them; empty while none was refused.</summary>
    public ImmutableArray<Problem> FirstRefusal { get; private set; } = [];

    /// <summary>True once the signal's own fixed program decides because a state was refused.</summary>
    public bool HasFallenBack { get; private set; }

    /// <summary>Moves on by a second.</summary>
    /// <param name="frame">What the detectors said of the last second.</param>
    /// <param name="nowS">Seconds of the clock; one more than the time before.</param>
    /// <returns>True when the signal shows something else than before.</returns>
    public bool Step(DetectorFrame frame, int nowS)
    {
        var (stage, holdS) = _controller.Decide(frame, nowS, Driver);
        Driver.Advance(nowS, holdS > 0 && !Driver.IsChanging ? Driver.Stage : stage, holdS);
        var state = Driver.State;
        var against = _guard.Judge(nowS, state);
        if (!against.IsEmpty)
        {
            state = Refuse(nowS, state, against);
        }

        _guard.Note(nowS, state);
        var before = State;
        if (state.Equals(before, StringComparison.Ordinal))
        {
            return false;
        }

        for (var link = 0; link < state.Length; link++)
        {
            if (Kind(state[link]) != Kind(before[link]))
            {
                _sinceS[link] = nowS;
            }
        }

        State = state;
        return true;
    }

    private string Refuse(int nowS, string wanted, ImmutableArray<Problem> against)
    {
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
