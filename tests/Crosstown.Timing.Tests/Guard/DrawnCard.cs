using Crosstown.Core;
using Crosstown.Core.Networks;

namespace Crosstown.Timing.Tests.Guard;

/// <summary>Cards of intersections drawn at random: which links cross, which of these the reference lets go together, which are crossings, turn on red, or are never served.</summary>
internal static class DrawnCard
{
    public static SignalCard Make(RandomNumbers random)
    {
        var links = 4 + random.NextInt(6);
        var foes = Enumerable.Range(0, links).Select(_ => new SortedSet<int>()).ToArray();
        for (var a = 0; a < links; a++)
        {
            for (var b = 0; b < a; b++)
            {
                if (random.NextDouble() < 0.5)
                {
                    foes[a].Add(b);
                    foes[b].Add(a);
                }
            }
        }

        var isCrossing = Enumerable.Range(0, links).Select(a => a >= 3 && random.NextDouble() < 0.4).ToArray();
        var never = random.NextInt(3) == 0 ? links - 1 : -1;
        var turning = random.NextInt(2) == 0 ? random.NextInt(3) : -1;

        // Each link gets a phase with whatever does not cross it, and now and then one more that yields to what it crosses.
        var phases = new List<FixedPhase>();
        for (var a = 0; a < links; a++)
        {
            var state = new char[links];
            Array.Fill(state, 'r');
            foreach (var b in Enumerable.Range(0, links).Select(i => (a + i) % links).Where(b => b != never))
            {
                state[b] = Enumerable.Range(0, links).All(c => state[c] == 'r' || !foes[b].Contains(c)) ? 'G' : 'r';
            }

            var extra = random.NextInt(links);
            state[extra] = state[extra] == 'r' && extra != never && random.NextDouble() < 0.5 ? 'g' : state[extra];
            if (turning >= 0 && state[turning] == 'r')
            {
                state[turning] = 's';
            }

            phases.Add(new FixedPhase(20, new string(state)));
        }

        return Make(foes, [.. isCrossing.Select(c => c ? 6 + (0.1 * random.NextInt(120)) : 0)], [.. phases]);
    }

    /// <summary>A card of a signal with a street of its own for each link.</summary>
    /// <param name="foes">By link: those that its way crosses.</param>
    /// <param name="crossingM">By link: length of the crossing; 0 for vehicles.</param>
    /// <param name="phases">Its reference program.</param>
    public static SignalCard Make(IReadOnlyList<IReadOnlySet<int>> foes, IReadOnlyList<double> crossingM, FixedPhase[] phases)
    {
        var lanes = new List<RoadLane>();
        var edges = new List<RoadEdge>();
        int Lane(EdgeFunction function, double lengthM)
        {
            lanes.Add(new RoadLane { Name = $"l{lanes.Count}", Edge = edges.Count, Position = 0, LengthM = lengthM, SpeedMps = 10, Allowed = RoadUsers.All, Shape = [default, new RoadPoint(1, 0)] });
            edges.Add(new RoadEdge { Name = $"e{edges.Count}", Function = function, From = 0, To = 0, Lanes = [lanes.Count - 1] });
            return lanes.Count - 1;
        }

        var network = new RoadNetwork
        {
            Junctions = [new RoadJunction { Name = "x", Kind = JunctionKind.Signal, Center = default }],
            Connections = [.. foes.Select((f, a) => new RoadConnection
            {
                FromLane = Lane(EdgeFunction.Street, 50),
                ToLane = crossingM[a] > 0 ? Lane(EdgeFunction.Crossing, crossingM[a]) : Lane(EdgeFunction.Street, 50),
                Signal = "x",
                SignalLink = a,
                Foes = [.. f],
                YieldsTo = [.. f.Where(b => b < a)],
            })],
            Edges = [.. edges],
            Lanes = [.. lanes],
        };
        return new SignalCard(network, new FixedProgram { Signal = "x", Name = "drawn", Phases = [.. phases] });
    }
}
