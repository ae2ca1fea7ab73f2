using System.Collections.Immutable;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Sites;

/// <summary>What a link shows.</summary>
public enum LinkAspect
{
    Red,
    Green,
    Yellow,
}

/// <summary>Brings a signal from stage to stage, second by second, by the times of a profile: yellow, red clearance, least greens, walks and their clearance.</summary>
/// <remarks>
/// Each link begins as soon as those that cross it have cleared, not when the last link of the stage may. Crossings end first, so that walkers clear while vehicles still drive.
/// Whatever it is asked, it shows nothing that the card or the profile forbids.
/// </remarks>
public sealed class StageDriver
{
    /// <summary>Part of the longest red after which a stage that stays gives its walkers a walk again, though it may be asked to end at any time.</summary>
    private const int LongAgo = 3;

    private readonly SignalCard _card;
    private readonly RoadProfile _profile;
    private readonly ImmutableArray<ImmutableArray<bool>> _stages;
    private readonly LinkAspect[] _aspect;
    private readonly int[] _sinceS;
    private readonly int[] _endedS;
    private readonly char[] _letters;
    private readonly int[][] _foes;
    private bool _isEntering;
    private CabinetShows? _follows;

    /// <param name="menu">The stages.</param>
    /// <param name="profile">The times to keep.</param>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <param name="state">What the signal shows now; how long it has shown it is not known, so that nothing counts as served yet.</param>
    public StageDriver(StageMenu menu, RoadProfile profile, int nowS, string state)
    {
        _card = menu.Card;
        _profile = profile;
        _stages = menu.Stages;
        var count = _card.LinkCount;
        _aspect = new LinkAspect[count];
        _sinceS = new int[count];
        _endedS = new int[count];
        _letters = new char[count];
        _foes = new int[count][];
        for (var link = 0; link < count; link++)
        {
            var letter = link < state.Length ? state[link] : 'r';
            _aspect[link] = SignalCard.IsGreen(letter) ? LinkAspect.Green : SignalCard.IsYellow(letter) ? LinkAspect.Yellow : LinkAspect.Red;
            _sinceS[link] = nowS;
            _endedS[link] = nowS;
            _foes[link] = [.. Enumerable.Range(0, count).Where(o => !_card.MayShare(link, o))];
        }

        Stage = Enumerable.Range(0, _stages.Length).OrderByDescending(s => Enumerable.Range(0, count).Count(l => _stages[s][l] == (_aspect[l] == LinkAspect.Green))).FirstOrDefault();
        Target = Stage;
        _isEntering = count > 0 && !IsWhole(_stages[Stage]);
        Draw();
    }

    /// <summary>Takes over a signal that has shown what it shows for a known time.</summary>
    /// <param name="menu">The stages.</param>
    /// <param name="profile">The times to keep.</param>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <param name="state">What the signal shows now.</param>
    /// <param name="sinceS">By link: second of the clock since which it shows it. Only reds count: greens and yellows begin anew, to the safe side.</param>
    /// <param name="stage">The stage that comes now, whatever is shown.</param>
    public StageDriver(StageMenu menu, RoadProfile profile, int nowS, string state, ReadOnlySpan<int> sinceS, int stage)
        : this(menu, profile, nowS, state)
    {
        Stage = stage;
        Target = stage;
        _isEntering = !IsWhole(_stages[stage]);
        for (var link = 0; link < _aspect.Length; link++)
        {
            if (_aspect[link] == LinkAspect.Red)
            {
                _sinceS[link] = sinceS[link];
            }
        }
    }

    /// <summary>The stage that runs, or that ends.</summary>
    public int Stage { get; private set; }

    /// <summary>The stage that comes; the one that runs while nothing changes.</summary>
    public int Target { get; private set; }

    /// <summary>Letters of all links.</summary>
    public string State { get; private set; } = "";

    public LinkAspect Aspect(int link) => _aspect[link];

    /// <summary>Second of the clock since which a link shows what it shows.</summary>
    public int SinceS(int link) => _sinceS[link];

    /// <summary>True while one stage ends and the next is not whole yet, also after a start from a state that is no stage.</summary>
    public bool IsChanging => Target != Stage || _isEntering;

    /// <summary>True when the cabinet can go to a stage next; where no cabinet is followed, always.</summary>
    public bool MayCome(int stage) => _follows is null || _follows.MayCome[stage];

    /// <summary>Takes over what a cabinet shows that decides for itself, instead of bringing the signal from stage to stage.</summary>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <param name="letters">What each link shows.</param>
    /// <param name="shows">What the cabinet tells beyond its lamps.</param>
    public void Follow(int nowS, ReadOnlySpan<char> letters, CabinetShows shows)
    {
        for (var link = 0; link < _aspect.Length; link++)
        {
            var aspect = SignalCard.IsGreen(letters[link]) ? LinkAspect.Green : SignalCard.IsYellow(letters[link]) ? LinkAspect.Yellow : LinkAspect.Red;
            if (aspect != _aspect[link])
            {
                Show(link, aspect, nowS);
            }
        }

        if (!letters.SequenceEqual(State))
        {
            State = new string(letters);
        }

        _follows = shows;
        Stage = shows.Stage;
        Target = shows.Stage;
        _isEntering = shows.IsChanging;
    }

    /// <summary>True when the stage that runs may end now, walks too.</summary>
    public bool MayEnd(int nowS)
    {
        if (_follows is not null)
        {
            return _follows.MayEnd;
        }

        for (var link = 0; link < _aspect.Length; link++)
        {
            if (_aspect[link] == LinkAspect.Green && nowS - _sinceS[link] < LeastGreenS(link))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Seconds for which vehicles of the running stage stay green after the order to change, while its walkers clear.</summary>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <param name="to">The stage that would come.</param>
    public int WalkersHoldS(int nowS, int to)
    {
        if (_follows is not null)
        {
            return _follows.WalkersS[to];
        }

        var hold = 0;
        for (var link = 0; link < _aspect.Length; link++)
        {
            if (_card.IsCrossing(link) && !_stages[to][link] && Meets(link, to))
            {
                var left = _aspect[link] == LinkAspect.Green ? _card.ClearanceS(link, _profile) : _card.ClearanceS(link, _profile) - (nowS - _endedS[link]);
                hold = Math.Max(hold, left - _profile.ChangeS);
            }
        }

        return hold;
    }

    /// <summary>Moves on by a second. A change once begun is carried through.</summary>
    /// <param name="nowS">Seconds of the clock; one more than the time before.</param>
    /// <param name="to">The stage that is wanted.</param>
    /// <param name="holdS">How long the running stage is expected to stay, s: walks end early enough for their clearance.</param>
    public void Advance(int nowS, int to, int holdS)
    {
        for (var link = 0; link < _aspect.Length; link++)
        {
            if (_aspect[link] == LinkAspect.Yellow && nowS - _sinceS[link] >= _profile.YellowS)
            {
                Show(link, LinkAspect.Red, nowS);
            }
        }

        if (!IsChanging)
        {
            Target = to;
        }

        var stage = _stages[Target];
        if (IsChanging)
        {
            EndStage(stage, nowS);
        }
        else
        {
            RunWalks(stage, nowS, holdS);
        }

        for (var link = 0; link < _aspect.Length; link++)
        {
            if (stage[link] && _aspect[link] == LinkAspect.Red && (IsChanging || !_card.IsCrossing(link)) && MayBegin(link, nowS))
            {
                Show(link, LinkAspect.Green, nowS);
            }
        }

        if (IsChanging && IsWhole(stage))
        {
            Stage = Target;
            _isEntering = false;
        }

        Draw();
    }

    /// <summary>What was to begin or end at a second did so only later: it has lasted that much less.</summary>
    /// <param name="wantedS">Second of the clock at which it should have.</param>
    /// <param name="shownS">Second at which it did.</param>
    public void Delay(int wantedS, int shownS)
    {
        for (var link = 0; link < _aspect.Length; link++)
        {
            _sinceS[link] = _sinceS[link] == wantedS ? shownS : _sinceS[link];
            _endedS[link] = _endedS[link] == wantedS ? shownS : _endedS[link];
        }
    }

    private bool IsWhole(ImmutableArray<bool> stage)
    {
        for (var link = 0; link < stage.Length; link++)
        {
            if (stage[link] != (_aspect[link] == LinkAspect.Green))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Ends what is not in the next stage: first walks, then vehicles when the walkers have nearly cleared.</summary>
    private void EndStage(ImmutableArray<bool> next, int nowS)
    {
        var isEnding = true;
        for (var link = 0; link < next.Length; link++)
        {
            if (_aspect[link] == LinkAspect.Green && !next[link])
            {
                isEnding &= nowS - _sinceS[link] >= LeastGreenS(link);
            }
        }

        if (!isEnding)
        {
            return;
        }

        for (var link = 0; link < next.Length; link++)
        {
            if (_aspect[link] == LinkAspect.Green && !next[link] && _card.IsCrossing(link))
            {
                Show(link, LinkAspect.Red, nowS);
            }
        }

        if (WalkersHoldS(nowS, Target) > 0)
        {
            return;
        }

        for (var link = 0; link < next.Length; link++)
        {
            if (_aspect[link] == LinkAspect.Green && !next[link])
            {
                Show(link, LinkAspect.Yellow, nowS);
            }
        }
    }

    /// <summary>Ends walks in a running stage when only their clearance fits any more, and gives another where there is room for all of it, or where the last was long ago.</summary>
    private void RunWalks(ImmutableArray<bool> stage, int nowS, int holdS)
    {
        for (var link = 0; link < stage.Length; link++)
        {
            if (!stage[link] || !_card.IsCrossing(link))
            {
                continue;
            }

            var clearS = _card.ClearanceS(link, _profile) - _profile.ChangeS;
            if (_aspect[link] == LinkAspect.Green && nowS - _sinceS[link] >= _profile.WalkS && holdS <= clearS)
            {
                Show(link, LinkAspect.Red, nowS);
            }
            else if (_aspect[link] == LinkAspect.Red && (holdS > clearS + _profile.WalkS || nowS - _sinceS[link] >= _profile.LongestRedS / LongAgo) && MayBegin(link, nowS))
            {
                Show(link, LinkAspect.Green, nowS);
            }
        }
    }

    private bool MayBegin(int link, int nowS)
    {
        // Straight from yellow to green is never shown.
        if (_sinceS[link] >= nowS)
        {
            return false;
        }

        foreach (var foe in _foes[link])
        {
            var needS = _card.IsCrossing(foe) ? _card.ClearanceS(foe, _profile) : _profile.ChangeS;
            if (_aspect[foe] != LinkAspect.Red || nowS - _endedS[foe] < needS)
            {
                return false;
            }
        }

        return true;
    }

    private bool Meets(int crossing, int to)
    {
        foreach (var foe in _foes[crossing])
        {
            if (_stages[to][foe])
            {
                return true;
            }
        }

        return false;
    }

    private int LeastGreenS(int link) => _card.IsCrossing(link) ? _profile.WalkS : _profile.MinimumGreenS;

    private void Show(int link, LinkAspect aspect, int nowS)
    {
        if (_aspect[link] == LinkAspect.Green)
        {
            _endedS[link] = nowS;
        }

        _aspect[link] = aspect;
        _sinceS[link] = nowS;
    }

    private void Draw()
    {
        for (var link = 0; link < _letters.Length; link++)
        {
            _letters[link] = _aspect[link] switch
            {
                LinkAspect.Green => 'G',
                LinkAspect.Yellow => 'y',
                _ => _card.TurnsOnRed(link) ? 's' : 'r',
            };
        }

        for (var link = 0; link < _letters.Length; link++)
        {
            for (var other = 0; other < _letters.Length && _letters[link] == 'G'; other++)
            {
                if (_letters[other] is 'G' or 'g' or 'y' && !_card.MayBothLead(link, other) && (_card.Yields(link, other) || (!_card.Yields(other, link) && link > other)))
                {
                    _letters[link] = 'g';
                }
            }
        }

        if (!_letters.AsSpan().SequenceEqual(State))
        {
            State = new string(_letters);
        }
    }
}
