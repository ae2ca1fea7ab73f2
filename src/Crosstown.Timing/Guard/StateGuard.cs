using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;

namespace Crosstown.Timing.Guard;

/// <summary>Judges the states of one signal, second by second, by its card, a profile and the states before. Pure: the same states, the same answer.</summary>
/// <remarks>
/// What came before the first state is not known, so that whatever is not green then counts as having ended just then, and whatever is green as having just begun.
/// A crossing may go straight from green to red; where it has a yellow, that is kept as a vehicle's.
/// </remarks>
public sealed class StateGuard : IStateGuard
{
    private readonly SignalCard _card;
    private readonly RoadProfile _profile;
    private readonly string _where;
    private readonly Lamp[] _lamp;
    private readonly int[] _lampFromS;
    private readonly int[] _greenToS;
    private readonly int[][] _crossing;
    private string _last;

    private enum Lamp
    {
        Stop,
        Go,
        End,
    }

    /// <param name="card">What the signal has and what may go together.</param>
    /// <param name="profile">The times to keep.</param>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <param name="state">What the signal shows now; it is not judged.</param>
    /// <exception cref="ArgumentException">The state has another number of letters than the signal has links.</exception>
    public StateGuard(SignalCard card, RoadProfile profile, int nowS, string state)
    {
        if (state.Length != card.LinkCount)
        {
            throw new ArgumentException($"The state '{state}' has {state.Length} letters; signal {card.Signal} has {card.LinkCount} links.", nameof(state));
        }

        _card = card;
        _profile = profile;
        _where = $"signal {card.Signal}";
        _last = state;
        _lamp = [.. state.Select(Read)];
        _lampFromS = [.. state.Select(_ => nowS)];
        _greenToS = [.. state.Select(_ => nowS)];
        _crossing = [.. Enumerable.Range(0, card.LinkCount).Select(a => Enumerable.Range(0, card.LinkCount).Where(b => card.Crosses(a, b)).ToArray())];
    }

    public ImmutableArray<Problem> Judge(int nowS, string state)
    {
        if (state.Length != _lamp.Length)
        {
            return [new Problem("XT791", _where, $"The state '{state}' has {state.Length} letters; the signal has {_lamp.Length} links.")];
        }

        List<Problem>? found = null;
        var isNew = !state.Equals(_last, StringComparison.Ordinal);
        for (var link = 0; link < state.Length; link++)
        {
            var lamp = Read(state[link]);
            if (isNew)
            {
                CheckLetter(link, state, ref found);
                CheckChange(link, lamp, nowS, ref found);
                if (lamp == Lamp.Go)
                {
                    CheckTogether(link, state, ref found);
                    if (_lamp[link] != Lamp.Go)
                    {
                        CheckClearance(link, nowS, state, ref found);
                    }
                }
            }

            // The state lasts for the second that begins now.
            var redS = nowS + 1 - (_lamp[link] == Lamp.Stop ? _lampFromS[link] : nowS);
            if (lamp == Lamp.Stop && redS > _profile.LongestRedS && _card.IsServed(link))
            {
                Add(ref found, "XT798", $"Link {link} would be red for {redS} s; {_profile.LongestRedS} s is the most.");
            }
        }

        return found is null ? [] : [.. found];
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The state has another number of letters than the signal has links.</exception>
    public void Note(int nowS, string state)
    {
        if (state.Length != _lamp.Length)
        {
            throw new ArgumentException($"The state '{state}' has {state.Length} letters; {_where} has {_lamp.Length} links.", nameof(state));
        }

        if (state.Equals(_last, StringComparison.Ordinal))
        {
            return;
        }

        for (var link = 0; link < state.Length; link++)
        {
            var lamp = Read(state[link]);
            if (lamp == _lamp[link])
            {
                continue;
            }

            if (_lamp[link] == Lamp.Go)
            {
                _greenToS[link] = nowS;
            }

            _lamp[link] = lamp;
            _lampFromS[link] = nowS;
        }

        _last = state;
    }

    private void CheckLetter(int link, string state, ref List<Problem>? found)
    {
        switch (state[link])
        {
            case 'o' or 'O':
                Add(ref found, "XT791", $"Link {link} would be dark or flash in {state}.");
                break;
            case 's' when !_card.TurnsOnRed(link):
                Add(ref found, "XT791", $"Link {link} has no turn on red, which {state} gives it.");
                break;
            case 'G' or 'g' when !_card.IsServed(link):
                Add(ref found, "XT791", $"Link {link} is green in {state}; the reference program never shows that.");
                break;
            case 'G' or 'g' or 'y' or 'Y' or 'r' or 's':
                break;
            default:
                Add(ref found, "XT791", $"The letter '{state[link]}' of link {link} in {state} is none of G, g, y, r, s.");
                break;
        }
    }

    private void CheckChange(int link, Lamp lamp, int nowS, ref List<Problem>? found)
    {
        var shownS = nowS - _lampFromS[link];
        switch (_lamp[link], lamp)
        {
            case (Lamp.Go, Lamp.Stop or Lamp.End):
                var leastS = _card.IsCrossing(link) ? _profile.WalkS : _profile.MinimumGreenS;
                if (shownS < leastS)
                {
                    Add(ref found, "XT793", $"Link {link} would end after {shownS} s of {(_card.IsCrossing(link) ? "walk" : "green")}; {leastS} s is the least.");
                }

                if (lamp == Lamp.Stop && !_card.IsCrossing(link))
                {
                    Add(ref found, "XT792", $"Link {link} would go from green to red without yellow.");
                }

                break;
            case (Lamp.End, Lamp.Go):
                Add(ref found, "XT792", $"Link {link} would go from yellow back to green.");
                break;
            case (Lamp.End, Lamp.Stop):
                if (shownS < _profile.YellowS)
                {
                    Add(ref found, "XT792", $"Link {link} would have {shownS} s of yellow; {_profile.YellowS} s is the least.");
                }

                break;
            case (Lamp.Stop, Lamp.End):
                Add(ref found, "XT792", $"Link {link} would go from red to yellow.");
                break;
            default:
                break;
        }
    }

    private void CheckTogether(int link, string state, ref List<Problem>? found)
    {
        foreach (var other in _crossing[link])
        {
            var lamp = Read(state[other]);
            if (lamp == Lamp.Stop || (lamp == Lamp.Go && other < link))
            {
                continue;
            }

            if (!_card.MayShare(link, other))
            {
                Add(ref found, "XT791", $"Links {link} and {other} cross, and neither is red in {state}; the reference program never shows them green together.");
            }
            else if (state[link] == 'G' && state[other] == 'G' && !_card.MayBothLead(link, other))
            {
                Add(ref found, "XT791", $"Links {link} and {other} cross, and neither yields in {state}; the reference program lets one of them yield.");
            }
        }
    }

    private void CheckClearance(int link, int nowS, string state, ref List<Problem>? found)
    {
        foreach (var other in _crossing[link])
        {
            if (_card.MayShare(link, other))
            {
                continue;
            }

            // One that ends or stays green in this very state has cleared nothing.
            var goneS = _lamp[other] == Lamp.Go ? 0 : nowS - _greenToS[other];
            var needS = _card.IsCrossing(other) ? (int)Math.Ceiling((_card.CrossingM(other) / _profile.WalkingMps) - 1e-9) : _profile.YellowS + _profile.RedS;
            if (goneS < needS)
            {
                Add(ref found, "XT794", $"Link {link} would begin in {state} {goneS} s after link {other} ended; {needS} s is the least.");
            }
        }
    }

    private void Add(ref List<Problem>? found, string code, string message) => (found ??= []).Add(new Problem(code, _where, message));

    private static Lamp Read(char letter) => letter switch
    {
        'G' or 'g' => Lamp.Go,
        'y' or 'Y' => Lamp.End,
        _ => Lamp.Stop,
    };
}
