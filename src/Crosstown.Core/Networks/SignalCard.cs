using System.Collections.Immutable;
using Crosstown.Core.Data;

namespace Crosstown.Core.Networks;

/// <summary>Which links of a signal may be green together: the conflict monitor's card, read from the right of way and from a reference program.</summary>
/// <remarks>Links whose ways cross may be green together only where the reference shows that very pair green, and both without yielding only where it shows both so.</remarks>
public sealed class SignalCard
{
    private readonly bool[] _isFoe;
    private readonly bool[] _isPermitted;
    private readonly bool[] _isBothMajor;
    private readonly bool[] _yields;
    private readonly double[] _crossingM;
    private readonly bool[] _isServed;
    private readonly bool[] _turnsOnRed;

    /// <param name="network">The network with the signal.</param>
    /// <param name="reference">The program that says what may be green together.</param>
    /// <exception cref="ProblemException">XT716: the program does not fit the signal.</exception>
    public SignalCard(RoadNetwork network, FixedProgram reference)
    {
        Reference = reference;
        Signal = reference.Signal;
        LinkCount = reference.Phases[0].State.Length;
        var connections = new List<int>[LinkCount];
        for (var c = 0; c < network.Connections.Length; c++)
        {
            var connection = network.Connections[c];
            if (connection.Signal == Signal)
            {
                if (connection.SignalLink >= LinkCount)
                {
                    throw new ProblemException(
                        "XT716", $"signal {Signal}", $"Link {connection.SignalLink} has no letter in the states of program '{reference.Name}', which have {LinkCount}.");
                }

                (connections[connection.SignalLink] ??= []).Add(c);
            }
        }

        Connections = [.. connections.Select(c => c is null ? ImmutableArray<int>.Empty : [.. c])];
        _isFoe = new bool[LinkCount * LinkCount];
        _isPermitted = new bool[LinkCount * LinkCount];
        _isBothMajor = new bool[LinkCount * LinkCount];
        _yields = new bool[LinkCount * LinkCount];
        _crossingM = new double[LinkCount];
        _isServed = new bool[LinkCount];
        _turnsOnRed = new bool[LinkCount];
        for (var a = 0; a < LinkCount; a++)
        {
            foreach (var c in Connections[a])
            {
                var connection = network.Connections[c];
                var to = network.Lanes[connection.ToLane];
                if (network.Edges[to.Edge].Function == EdgeFunction.Crossing)
                {
                    _crossingM[a] = Math.Max(_crossingM[a], to.LengthM);
                }

                Mark(network, connection.Foes, a, _isFoe, both: true);
                Mark(network, connection.YieldsTo, a, _yields, both: false);
            }
        }

        foreach (var state in reference.Phases.Select(p => p.State))
        {
            for (var a = 0; a < LinkCount; a++)
            {
                _isServed[a] |= IsGreen(state[a]);
                _turnsOnRed[a] |= state[a] == 's';
                for (var b = 0; b < LinkCount; b++)
                {
                    _isPermitted[(a * LinkCount) + b] |= IsGreen(state[a]) && IsGreen(state[b]);
                    _isBothMajor[(a * LinkCount) + b] |= state[a] == 'G' && state[b] == 'G';
                }
            }
        }
    }

    public string Signal { get; }

    public FixedProgram Reference { get; }

    public int LinkCount { get; }

    /// <summary>Connections of the network by link; a link without one is only there to fill the states.</summary>
    public ImmutableArray<ImmutableArray<int>> Connections { get; }

    public static bool IsGreen(char letter) => letter is 'G' or 'g';

    public static bool IsYellow(char letter) => letter is 'y' or 'Y';

    public bool IsCrossing(int link) => _crossingM[link] > 0;

    /// <summary>Length of a crossing, m; 0 for a link of vehicles.</summary>
    public double CrossingM(int link) => _crossingM[link];

    /// <summary>True when the reference ever shows it green.</summary>
    public bool IsServed(int link) => _isServed[link];

    /// <summary>True when its vehicles may turn in red after a stop.</summary>
    public bool TurnsOnRed(int link) => _turnsOnRed[link];

    /// <summary>True when the ways of two links cross or join.</summary>
    public bool Crosses(int a, int b) => _isFoe[(a * LinkCount) + b];

    /// <summary>True when both may be green at the same time.</summary>
    public bool MayShare(int a, int b) => a == b || !Crosses(a, b) || _isPermitted[(a * LinkCount) + b];

    /// <summary>True when both may be green without either yielding.</summary>
    public bool MayBothLead(int a, int b) => a == b || !Crosses(a, b) || _isBothMajor[(a * LinkCount) + b];

    /// <summary>True when the first waits for the second where both are green.</summary>
    public bool Yields(int a, int b) => _yields[(a * LinkCount) + b];

    /// <summary>Seconds, up to the next whole one, in which a crossing clears.</summary>
    public int ClearanceS(int link, RoadProfile profile) => (int)Math.Ceiling((_crossingM[link] / profile.WalkingMps) - 1e-9);

    private void Mark(RoadNetwork network, ImmutableArray<int> others, int link, bool[] table, bool both)
    {
        foreach (var other in others)
        {
            var connection = network.Connections[other];
            if (connection.Signal == Signal && connection.SignalLink != link && connection.SignalLink < LinkCount)
            {
                table[(link * LinkCount) + connection.SignalLink] = true;
                if (both)
                {
                    table[(connection.SignalLink * LinkCount) + link] = true;
                }
            }
        }
    }
}
