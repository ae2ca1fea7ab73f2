using System.Collections.Immutable;
using Crosstown.Core;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Tests.Optimization;

/// <summary>A grid city with random blocks, volumes and turns: the network that figures about speed and gain are measured on.</summary>
/// <remarks>
/// Every crossing has four approaches, each with a left-turn lane (protected, phases 1, 3, 5, 7) and two lanes for through and right (phases 2, 4, 6, 8; 2 and 6
/// east and west, coordinated). Blocks of a row share their length, 160-480 m, and so do those of a column, cruised at 13.4 m/s (30 mph). Each street carries
/// 350-950 veh/h in either direction, drawn for itself, and each block of it within 15 % of that; 8-18 % of an approach turn left and 8-18 % right. What leaves
/// a stop line for a block is handed to its groups in proportion; what it lacks enters on the way, what is too much is cut. Walks are 7 s with 15 s to clear.
/// </remarks>
public static class ReferenceGrid
{
    private const double CruiseMps = 13.4;

    private static readonly TravelDirection[] Headings =
        [TravelDirection.Eastbound, TravelDirection.Southbound, TravelDirection.Westbound, TravelDirection.Northbound];

    // By heading: east, south, west, north. A left turn opposes the through of the other direction.
    private static readonly byte[] ThroughPhase = [2, 4, 6, 8];
    private static readonly byte[] LeftPhase = [5, 7, 1, 3];

    /// <summary>The grid; its signals run a common cycle of 90 s with equal shares and offset 0 today.</summary>
    public static TimingNetwork Make(int rows = 20, int columns = 25, ulong seed = 1, int demands = 1, int cycleS = 90)
    {
        var random = new RandomNumbers(seed, rows, columns);
        var rowBlock = Draw(random, columns, 160, 480);
        var columnBlock = Draw(random, rows, 160, 480);
        var signals = rows * columns;
        var lefts = new double[signals * 4];
        var rights = new double[signals * 4];
        for (var i = 0; i < lefts.Length; i++)
        {
            lefts[i] = random.Between(0.08, 0.18);
            rights[i] = random.Between(0.08, 0.18);
        }

        var groups = ImmutableArray.CreateBuilder<LaneGroup>();
        var volumes = Enumerable.Range(0, demands).Select(_ => new double[signals * 8]).ToArray();
        var fed = Enumerable.Range(0, demands).Select(_ => new ImmutableArray<double>[signals * 8]).ToArray();
        for (var d = 0; d < demands; d++)
        {
            DrawVolumes(new RandomNumbers(seed, rows, columns, d), rows, columns, lefts, volumes[d]);
        }

        for (var s = 0; s < signals; s++)
        {
            for (var h = 0; h < 4; h++)
            {
                var (upstream, travelS) = Upstream(s, h, rows, columns, rowBlock, columnBlock);
                for (var isLeft = 0; isLeft < 2; isLeft++)
                {
                    var g = (s * 8) + (h * 2) + isLeft;
                    var feeders = upstream < 0 ? [] : Feeders(upstream, h, travelS);
                    groups.Add(new LaneGroup
                    {
                        Id = $"{s} {Headings[h].ToString()[0]}B{(isLeft == 1 ? "L" : "T")}",
                        Signal = s,
                        Direction = Headings[h],
                        Movement = isLeft == 1 ? LaneMovement.Left : LaneMovement.ThroughRight,
                        Phases = 1u << (isLeft == 1 ? LeftPhase[h] : ThroughPhase[h]),
                        Lanes = isLeft == 1 ? 1 : 2,
                        SaturationVehPerHour = isLeft == 1 ? 1710 : 3420,
                        Feeders = feeders,
                    });
                    for (var d = 0; d < demands; d++)
                    {
                        fed[d][g] = Fed(g, h, feeders, volumes[d], lefts, rights);
                    }
                }
            }
        }

        return new TimingNetwork
        {
            Signals = [.. Enumerable.Range(0, signals).Select(s => MakeSignal(s, cycleS))],
            Groups = groups.ToImmutable(),
            Demands = [.. Enumerable.Range(0, demands).Select(d => new TrafficDemand { Name = $"draw {d}", VolumeVehPerHour = [.. volumes[d]], FedVehPerHour = [.. fed[d]] })],
        };
    }

    /// <summary>The plan that the network has today.</summary>
    public static NetworkPlan Today(TimingNetwork network) => new() { Patterns = [.. network.Signals.Select(s => s.Today)] };

    /// <summary>Eight phases in two rings: lefts lead.</summary>
    public static ImmutableArray<PhaseTiming> Phases(bool hasWalks = true) =>
    [
        .. Enumerable.Range(1, 8).Select(n => new PhaseTiming
        {
            Number = (byte)n,
            Ring = (byte)(n <= 4 ? 1 : 2),
            BarrierGroup = (byte)(n is 1 or 2 or 5 or 6 ? 1 : 2),
            MinimumGreenMs = n % 2 == 1 ? 5000 : 8000,
            MaximumMs = 60_000,
            YellowMs = n % 2 == 1 ? 3000 : 4000,
            RedClearanceMs = 1000,
            WalkMs = hasWalks && n % 2 == 0 ? 7000 : 0,
            PedestrianClearanceMs = hasWalks && n % 2 == 0 ? 15_000 : 0,
            IsCoordinated = n is 2 or 6,
        }),
    ];

    private static double[] Draw(RandomNumbers random, int count, double low, double high) => [.. Enumerable.Range(0, count).Select(_ => random.Between(low, high))];

    private static TimedSignal MakeSignal(int s, int cycleS)
    {
        var phases = Phases();
        var left = (int)Math.Round(cycleS * 0.18);
        var main = (int)Math.Round(cycleS * 0.32);
        var side = cycleS - (2 * left) - main;
        return new TimedSignal
        {
            Signal = SignalId.Parse($"{s + 1}"),
            Name = $"crossing {s + 1}",
            Phases = phases,
            WalkCallShare = phases.Where(p => p.WalkMs > 0).ToImmutableSortedDictionary(p => p.Number, _ => 0.3),
            Today = new PatternTiming
            {
                Number = 1,
                CycleMs = cycleS * 1000,
                OffsetMs = 0,
                SplitMs = phases.ToImmutableSortedDictionary(p => p.Number, p => 1000 * (p.Number % 2 == 1 ? left : p.Number is 2 or 6 ? main : side)),
            },
        };
    }

    private static void DrawVolumes(RandomNumbers random, int rows, int columns, double[] lefts, double[] volumes)
    {
        var east = Draw(random, rows, 350, 950);
        var west = Draw(random, rows, 350, 950);
        var south = Draw(random, columns, 350, 950);
        var north = Draw(random, columns, 350, 950);
        for (var s = 0; s < rows * columns; s++)
        {
            double[] street = [east[s / columns], south[s % columns], west[s / columns], north[s % columns]];
            for (var h = 0; h < 4; h++)
            {
                var approach = street[h] * random.Between(0.85, 1.15);
                volumes[(s * 8) + (h * 2)] = approach * (1 - lefts[(s * 4) + h]);
                volumes[(s * 8) + (h * 2) + 1] = approach * lefts[(s * 4) + h];
            }
        }
    }

    private static (int Signal, double TravelS) Upstream(int s, int heading, int rows, int columns, double[] rowBlock, double[] columnBlock)
    {
        var (row, column) = (s / columns, s % columns);
        return heading switch
        {
            0 => column > 0 ? (s - 1, rowBlock[column - 1] / CruiseMps) : (-1, 0),
            1 => row > 0 ? (s - columns, columnBlock[row - 1] / CruiseMps) : (-1, 0),
            2 => column < columns - 1 ? (s + 1, rowBlock[column] / CruiseMps) : (-1, 0),
            _ => row < rows - 1 ? (s + columns, columnBlock[row] / CruiseMps) : (-1, 0),
        };
    }

    /// <summary>Through and right of the same heading, left of the heading a quarter turn right of it, right of the heading a quarter turn left of it.</summary>
    private static ImmutableArray<Feeder> Feeders(int upstream, int heading, double travelS) =>
    [
        new Feeder((upstream * 8) + (heading * 2), travelS),
        new Feeder((upstream * 8) + ((heading + 1) % 4 * 2) + 1, travelS),
        new Feeder((upstream * 8) + ((heading + 3) % 4 * 2), travelS),
    ];

    private static ImmutableArray<double> Fed(int g, int heading, ImmutableArray<Feeder> feeders, double[] volumes, double[] lefts, double[] rights)
    {
        if (feeders.IsEmpty)
        {
            return [];
        }

        var approach = volumes[g / 2 * 2] + volumes[(g / 2 * 2) + 1];
        var upstream = feeders[0].Group / 8;
        double RightShare(int h) => rights[(upstream * 4) + h] / (1 - lefts[(upstream * 4) + h]);
        double[] offered =
        [
            volumes[feeders[0].Group] * (1 - RightShare(heading)),
            volumes[feeders[1].Group],
            volumes[feeders[2].Group] * RightShare((heading + 3) % 4),
        ];
        var scale = Math.Min(1, approach / offered.Sum()) * volumes[g] / approach;
        return [.. offered.Select(o => o * scale)];
    }
}
