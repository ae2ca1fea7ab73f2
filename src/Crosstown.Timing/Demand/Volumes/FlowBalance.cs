namespace Crosstown.Timing.Demand.Volumes;

/// <summary>Fills what is not counted by what flows in and out of links: bounded least squares with weak prior knowledge.</summary>
/// <remarks>
/// Each unknown flow has a usual value and how far it may lie from it; each link says that what is sent into it arrives, give or take what parks or enters
/// in between. Solved by coordinate descent, which keeps flows between their bounds.
/// </remarks>
internal sealed class FlowBalance
{
    private const int Sweeps = 400;

    private readonly List<(double Usual, double Spread, double Most)> _unknowns = [];
    private readonly List<(List<(int Unknown, double Factor)> Terms, double Known, double Spread)> _equations = [];

    /// <summary>Adds an unknown flow.</summary>
    /// <param name="usual">What it would be without any evidence.</param>
    /// <param name="spread">How far from it is no surprise, above 0.</param>
    /// <param name="most">Upper bound.</param>
    /// <returns>Its index.</returns>
    public int AddUnknown(double usual, double spread, double most)
    {
        _unknowns.Add((usual, spread, most));
        return _unknowns.Count - 1;
    }

    /// <summary>Adds: sum of factor × unknown + known = 0, give or take.</summary>
    public void AddEquation(List<(int Unknown, double Factor)> terms, double known, double spread) => _equations.Add((terms, known, spread));

    /// <summary>The flows, in the order in which they were added.</summary>
    public double[] Solve()
    {
        var flows = _unknowns.Select(u => Math.Clamp(u.Usual, 0, u.Most)).ToArray();
        var rests = _equations.Select(e => e.Known + e.Terms.Sum(t => t.Factor * flows[t.Unknown])).ToArray();
        var uses = _unknowns.Select(_ => new List<(int Equation, double Factor)>()).ToArray();
        for (var i = 0; i < _equations.Count; i++)
        {
            foreach (var (unknown, factor) in _equations[i].Terms)
            {
                uses[unknown].Add((i, factor));
            }
        }

        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var moved = 0.0;
            for (var u = 0; u < flows.Length; u++)
            {
                var (usual, spread, most) = _unknowns[u];
                var slope = (flows[u] - usual) / (spread * spread);
                var curve = 1 / (spread * spread);
                foreach (var (equation, factor) in uses[u])
                {
                    var weight = 1 / (_equations[equation].Spread * _equations[equation].Spread);
                    slope += weight * factor * rests[equation];
                    curve += weight * factor * factor;
                }

                var next = Math.Clamp(flows[u] - (slope / curve), 0, most);
                var change = next - flows[u];
                if (change != 0)
                {
                    flows[u] = next;
                    moved = Math.Max(moved, Math.Abs(change));
                    foreach (var (equation, factor) in uses[u])
                    {
                        rests[equation] += factor * change;
                    }
                }
            }

            if (moved < 1e-6)
            {
                break;
            }
        }

        return flows;
    }
}
