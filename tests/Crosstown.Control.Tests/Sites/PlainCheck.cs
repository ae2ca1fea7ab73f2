using Crosstown.Core.Networks;

namespace Crosstown.Control.Tests.Sites;

/// <summary>What a signal may show after what it has shown, written once more from the rules: neither the driver's nor the guard's words.</summary>
internal sealed class PlainCheck
{
    private readonly SignalCard _card;
    private readonly RoadProfile _profile;
    private readonly int _most;
    private readonly int[] _age;
    private readonly int[] _gone;
    private string _last;

    public PlainCheck(SignalCard card, RoadProfile profile, string first)
    {
        (_card, _profile, _last) = (card, profile, first);
        _most = new[] { profile.YellowS, profile.MinimumGreenS, profile.WalkS, profile.ChangeS }.Concat(Enumerable.Range(0, card.LinkCount).Select(l => card.ClearanceS(l, profile))).Max();
        _age = new int[card.LinkCount];
        _gone = new int[card.LinkCount];
    }

    private PlainCheck(PlainCheck other) =>
        (_card, _profile, _most, _age, _gone, _last) = (other._card, other._profile, other._most, [.. other._age], [.. other._gone], other._last);

    public PlainCheck Copy() => new(this);

    /// <summary>All that its answers can depend on.</summary>
    public string Form => $"{_last} {string.Join(',', _age)} {string.Join(',', _gone)}";

    /// <summary>What is wrong with the next second's state; null when nothing is.</summary>
    public string? Next(string state)
    {
        var links = Enumerable.Range(0, state.Length).ToArray();
        foreach (var l in links)
        {
            _age[l] = Math.Min(_age[l] + 1, _most);
            _gone[l] = Math.Min(_gone[l] + 1, _most);
        }

        foreach (var l in links.Where(l => IsGreen(_last[l]) && !IsGreen(state[l])))
        {
            _gone[l] = 0;
        }

        var wrong = links.Select(l => Alone(l, _last[l], state[l])).Concat(links.SelectMany(a => links.Select(b => Together(a, b, state)))).FirstOrDefault(w => w is not null);
        foreach (var l in links.Where(l => Lamp(state[l]) != Lamp(_last[l])))
        {
            _age[l] = 0;
        }

        _last = state;
        return wrong is null ? null : $"{wrong} in {state}";
    }

    private string? Alone(int l, char before, char now) => (Lamp(before), Lamp(now)) switch
    {
        ('g', 'g') or ('y', 'y') or ('r', 'r') or ('r', 'g') => null,
        ('g', 'y') when !_card.IsCrossing(l) => _age[l] < _profile.MinimumGreenS ? $"short green of {l}" : null,
        ('g', 'r') when _card.IsCrossing(l) => _age[l] < _profile.WalkS ? $"short walk of {l}" : null,
        ('y', 'r') => _age[l] == _profile.YellowS ? null : $"odd yellow of {l}",
        _ => $"{before} to {now} of {l}",
    };

    private string? Together(int a, int b, string state)
    {
        if (!IsGreen(state[a]) || !_card.Crosses(a, b))
        {
            return null;
        }

        if (_card.MayShare(a, b))
        {
            return state[a] == 'G' && state[b] == 'G' && !_card.MayBothLead(a, b) ? $"both {a} and {b} lead" : null;
        }

        var needS = _card.IsCrossing(b) ? _card.CrossingM(b) / _profile.WalkingMps : _profile.YellowS + _profile.RedS;
        return Lamp(state[b]) != 'r' ? $"{a} beside {b}" : !IsGreen(_last[a]) && _gone[b] + 1e-9 < Math.Min(needS, _most) ? $"{a} soon after {b}" : null;
    }

    private static bool IsGreen(char letter) => letter is 'G' or 'g';

    private static char Lamp(char letter) => letter switch { 'G' or 'g' => 'g', 'y' => 'y', 'r' or 's' => 'r', _ => '?' };
}
