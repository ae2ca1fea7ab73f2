using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Tests.Proof.Drawing;

/// <summary>Timing networks of two-phase signals on a grid: phase 2 for east and west, phase 4 for north and south; left turns from bays of their own, where gaps allow.</summary>
internal static class SampleStreets
{
    private static readonly TravelDirection[] s_directions = [TravelDirection.Eastbound, TravelDirection.Northbound, TravelDirection.Westbound, TravelDirection.Southbound];

    /// <summary>One approach of one lane at a signal, without left turns, and a street across it.</summary>
    public static TimingNetwork OneSignal(double volume, double crossVolume, int cycleS, int mainSplitS) => new()
    {
        Signals = [Signal(0, cycleS, mainSplitS, 0)],
        Groups =
        [
            new LaneGroup { Id = "0 EBT", Signal = 0, Direction = TravelDirection.Eastbound, Movement = LaneMovement.Through, Phases = 1u << 2, SaturationVehPerHour = 1800 },
            new LaneGroup { Id = "0 NBT", Signal = 0, Direction = TravelDirection.Northbound, Movement = LaneMovement.Through, Phases = 1u << 4, SaturationVehPerHour = 1800 },
        ],
        Demands = [new TrafficDemand { Name = "hour", Hours = 1, VolumeVehPerHour = [volume, crossVolume], FedVehPerHour = [[], []] }],
    };

    /// <summary>A grid of signals, <paramref name="columns"/> from west to east and <paramref name="rows"/> from south to north.</summary>
    /// <param name="columns">1 or more.</param>
    /// <param name="rows">1 or more.</param>
    /// <param name="eastWest">Veh/h that enter each street from the east and from the west.</param>
    /// <param name="northSouth">Veh/h that enter each street from the north and from the south.</param>
    /// <param name="leftShare">Share of each approach that turns left.</param>
    /// <param name="rightShare">Share of each approach that turns right.</param>
    /// <param name="travelS">From stop line to stop line.</param>
    /// <param name="cycleS">Of all signals.</param>
    /// <param name="eastWestSplitS">Split of phase 2.</param>
    public static TimingNetwork Grid(
        int columns, int rows, double eastWest, double northSouth, double leftShare, double rightShare, double travelS, int cycleS, int eastWestSplitS)
    {
        var count = columns * rows;
        var volume = new double[count, 4];

        // Traffic settles as it passes from signal to signal.
        for (var round = 0; round < 100; round++)
        {
            for (var s = 0; s < count; s++)
            {
                for (var d = 0; d < 4; d++)
                {
                    var from = Neighbor(s, (d + 2) % 4, columns, rows);
                    volume[s, d] = from < 0
                        ? d % 2 == 0 ? eastWest : northSouth
                        : ((1 - leftShare - rightShare) * volume[from, d]) + (leftShare * volume[from, (d + 3) % 4]) + (rightShare * volume[from, (d + 1) % 4]);
                }
            }
        }

        var groups = ImmutableArray.CreateBuilder<LaneGroup>();
        var volumes = ImmutableArray.CreateBuilder<double>();
        var fed = ImmutableArray.CreateBuilder<ImmutableArray<double>>();
        for (var s = 0; s < count; s++)
        {
            for (var d = 0; d < 4; d++)
            {
                var from = Neighbor(s, (d + 2) % 4, columns, rows);
                var phase = 1u << (d % 2 == 0 ? 2 : 4);
                foreach (var isLeft in new[] { true, false })
                {
                    var share = isLeft ? leftShare : 1 - leftShare;
                    var name = $"{"ENWS"[d]}B{(isLeft ? 'L' : 'T')}";

                    // East, straight on from d, the left turns of those who came by d+3, the right turns of those who came by d+1.
                    (int Group, double Flow)[] feeds = from < 0
                        ? []
                        : [(Index(from, d, false), (1 - leftShare - rightShare) * volume[from, d]), (Index(from, (d + 3) % 4, true), leftShare * volume[from, (d + 3) % 4]), (Index(from, (d + 1) % 4, false), rightShare * volume[from, (d + 1) % 4])];
                    groups.Add(new LaneGroup
                    {
                        Id = $"{s} {name}",
                        Signal = s,
                        Direction = s_directions[d],
                        Movement = isLeft ? LaneMovement.Left : LaneMovement.ThroughRight,
                        Phases = isLeft ? 0 : phase,
                        PermissivePhases = isLeft ? phase : 0,
                        Opposing = isLeft ? [Index(s, (d + 2) % 4, false)] : [],
                        Lanes = isLeft ? 1 : 2,
                        SaturationVehPerHour = isLeft ? 1700 : 3500,
                        StorageVeh = isLeft ? 8 : null,
                        Feeders = [.. feeds.Select(f => new Feeder(f.Group, travelS))],
                    });
                    volumes.Add(share * volume[s, d]);
                    fed.Add([.. feeds.Select(f => share * f.Flow)]);
                }
            }
        }

        return new TimingNetwork
        {
            Signals = [.. Enumerable.Range(0, count).Select(s => Signal(s, cycleS, eastWestSplitS, 0))],
            Groups = groups.ToImmutable(),
            Demands = [new TrafficDemand { Name = "quarter", VolumeVehPerHour = volumes.ToImmutable(), FedVehPerHour = fed.ToImmutable() }],
        };
    }

    /// <summary>The plan of today with other offsets, s.</summary>
    public static NetworkPlan WithOffsets(TimingNetwork network, Func<int, int> offsetS) => new()
    {
        Patterns = [.. network.Signals.Select((s, i) => s.Today! with { OffsetMs = (int)Mod(offsetS(i) * 1000, s.Today.CycleMs) })],
    };

    private static double Mod(double value, double cycle) => ((value % cycle) + cycle) % cycle;

    private static int Index(int signal, int direction, bool isLeft) => (((signal * 4) + direction) * 2) + (isLeft ? 0 : 1);

    /// <summary>The signal in a direction: 0 east, 1 north, 2 west, 3 south; -1 beyond the edge.</summary>
    private static int Neighbor(int signal, int direction, int columns, int rows)
    {
        var (x, y) = (signal % columns, signal / columns);
        (x, y) = direction switch { 0 => (x + 1, y), 1 => (x, y + 1), 2 => (x - 1, y), _ => (x, y - 1) };
        return x < 0 || y < 0 || x >= columns || y >= rows ? -1 : (y * columns) + x;
    }

    private static TimedSignal Signal(int index, int cycleS, int mainSplitS, int offsetS)
    {
        var phases = new[] { 2, 4 }.Select(p => new PhaseTiming
        {
            Number = (byte)p, Ring = 1, BarrierGroup = (byte)(p / 2), MinimumGreenMs = 7000, MaximumMs = 60_000, YellowMs = 4000, RedClearanceMs = 1000, IsCoordinated = p == 2,
        });
        return new TimedSignal
        {
            Signal = SignalId.Parse($"{index + 1}"),
            Phases = [.. phases],
            Today = new PatternTiming
            {
                Number = 1,
                CycleMs = cycleS * 1000,
                OffsetMs = offsetS * 1000,
                SplitMs = ImmutableSortedDictionary<byte, int>.Empty.Add(2, mainSplitS * 1000).Add(4, (cycleS - mainSplitS) * 1000),
            },
        };
    }
}
