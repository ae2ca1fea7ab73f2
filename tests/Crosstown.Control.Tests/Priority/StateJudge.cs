using System.Globalization;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Tests.Priority;

/// <summary>Looks at what a signal showed, second by second, and names each rule that was broken. It shares no code with what makes signals change.</summary>
public sealed class StateJudge
{
    private readonly RoadProfile _profile;
    private readonly int _links;
    private readonly HashSet<(int, int)> _crossing = [];
    private readonly HashSet<(int, int)> _together = [];
    private readonly double[] _walkM;
    private readonly bool[] _isServed;
    private readonly int?[] _green;
    private readonly int?[] _yellow;
    private readonly int?[] _red;
    private readonly int?[] _ended;
    private string? _before;

    public StateJudge(RoadNetwork network, FixedProgram reference, RoadProfile profile)
    {
        _profile = profile;
        _links = reference.Phases[0].State.Length;
        _walkM = new double[_links];
        _isServed = new bool[_links];
        (_green, _yellow, _red, _ended) = (new int?[_links], new int?[_links], new int?[_links], new int?[_links]);
        foreach (var connection in network.Connections.Where(c => c.Signal == reference.Signal))
        {
            var to = network.Lanes[connection.ToLane];
            if (network.Edges[to.Edge].Function == EdgeFunction.Crossing)
            {
                _walkM[connection.SignalLink] = to.LengthM;
            }

            foreach (var foe in connection.Foes.Select(f => network.Connections[f]).Where(f => f.Signal == reference.Signal && f.SignalLink != connection.SignalLink))
            {
                _crossing.Add((connection.SignalLink, foe.SignalLink));
                _crossing.Add((foe.SignalLink, connection.SignalLink));
            }
        }

        foreach (var state in reference.Phases.Select(p => p.State))
        {
            for (var a = 0; a < _links; a++)
            {
                _isServed[a] |= IsGo(state[a]);
                for (var b = 0; b < _links; b++)
                {
                    if (IsGo(state[a]) && IsGo(state[b]))
                    {
                        _together.Add((a, b));
                    }
                }
            }
        }
    }

    public List<string> Broken { get; } = [];

    /// <summary>Begins of green so far, by second and link of vehicles.</summary>
    public List<(int TimeS, int Link)> Begins { get; } = [];

    public int LongestRedS { get; private set; }

    public void See(int nowS, string state)
    {
        for (var a = 0; a < _links; a++)
        {
            for (var b = 0; b < _links; b++)
            {
                if (IsGo(state[a]) && state[b] is 'G' or 'g' or 'y' && _crossing.Contains((a, b)) && !_together.Contains((a, b)) && IsGo(state[a]))
                {
                    Report(nowS, a, $"is green with {b}");
                }
            }
        }

        for (var a = 0; a < _links; a++)
        {
            var (was, now) = (_before is null ? 'r' : _before[a], state[a]);
            if (_before is null || Kind(was) != Kind(now))
            {
                Turn(nowS, a, was, now);
            }

            if (_red[a] is { } since && _isServed[a])
            {
                LongestRedS = Math.Max(LongestRedS, nowS - since);
                if (nowS - since == _profile.LongestRedS + 1)
                {
                    Report(nowS, a, "is red too long");
                }
            }
        }

        _before = state;
    }

    private void Turn(int nowS, int a, char was, char now)
    {
        var isWalk = _walkM[a] > 0;
        if (_before is not null && Kind(was) == 2)
        {
            if (_green[a] is { } began && nowS - began < (isWalk ? _profile.WalkS : _profile.MinimumGreenS))
            {
                Report(nowS, a, $"was green for {nowS - began} s");
            }

            if (!isWalk && Kind(now) != 1)
            {
                Report(nowS, a, "has no yellow");
            }

            _ended[a] = nowS;
        }

        if (Kind(was) == 1)
        {
            if (Kind(now) == 2)
            {
                Report(nowS, a, "goes from yellow to green");
            }
            else if (_yellow[a] is { } began && nowS - began < _profile.YellowS)
            {
                Report(nowS, a, $"was yellow for {nowS - began} s");
            }
        }

        _red[a] = Kind(now) == 0 ? nowS : null;
        _yellow[a] = Kind(now) == 1 ? nowS : null;
        _green[a] = Kind(now) == 2 && _before is not null ? nowS : null;
        if (Kind(now) != 2 || _before is null)
        {
            return;
        }

        if (!isWalk)
        {
            Begins.Add((nowS, a));
        }

        for (var b = 0; b < _links; b++)
        {
            var needS = _walkM[b] > 0 ? _walkM[b] / _profile.WalkingMps : _profile.YellowS + _profile.RedS;
            if (_ended[b] is { } ended && _crossing.Contains((a, b)) && !_together.Contains((a, b)) && nowS - ended < needS - 1e-9)
            {
                Report(nowS, a, $"begins {nowS - ended} s after {b}");
            }
        }
    }

    private void Report(int nowS, int link, string what) => Broken.Add(string.Create(CultureInfo.InvariantCulture, $"{nowS} s: link {link} {what}"));

    private static bool IsGo(char letter) => letter is 'G' or 'g';

    private static int Kind(char letter) => IsGo(letter) ? 2 : letter is 'y' or 'Y' ? 1 : 0;
}
