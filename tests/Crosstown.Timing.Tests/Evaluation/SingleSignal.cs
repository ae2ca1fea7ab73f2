using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Tests.Evaluation;

/// <summary>One signal of two phases in one ring, with effective greens to choose.</summary>
internal static class SingleSignal
{
    /// <summary>A signal whose phase 1 has exactly this displayed green; lost time at the start and gain at the end are 0, so effective green is the same.</summary>
    public static (TimingNetwork Network, NetworkPlan Plan) Make(
        int cycleS, int greenS, double saturation, double volume, Func<LaneGroup, LaneGroup>? change = null, IEnumerable<LaneGroup>? others = null, params double[] otherVolumes)
    {
        ImmutableArray<PhaseTiming> phases =
        [
            new PhaseTiming { Number = 1, Ring = 1, BarrierGroup = 1, MinimumGreenMs = 5000, MaximumMs = 90_000, YellowMs = 4000, RedClearanceMs = 1000, IsCoordinated = true },
            new PhaseTiming { Number = 2, Ring = 1, BarrierGroup = 1, MinimumGreenMs = 5000, MaximumMs = 90_000, YellowMs = 4000, RedClearanceMs = 1000 },
        ];
        var group = new LaneGroup { Id = "1 NBT", Signal = 0, Phases = 1 << 1, SaturationVehPerHour = saturation, StartLostS = 0, EndGainS = 0 };
        LaneGroup[] groups = [change?.Invoke(group) ?? group, .. others ?? []];
        var pattern = new PatternTiming
        {
            Number = 1,
            CycleMs = cycleS * 1000,
            OffsetMs = 0,
            SplitMs = ImmutableSortedDictionary<byte, int>.Empty.Add(1, (greenS + 5) * 1000).Add(2, (cycleS - greenS - 5) * 1000),
        };
        var network = new TimingNetwork
        {
            Signals = [new TimedSignal { Signal = SignalId.Parse("1"), Phases = phases, Today = pattern }],
            Groups = [.. groups],
            Demands = [new TrafficDemand { Name = "test", VolumeVehPerHour = [volume, .. otherVolumes], FedVehPerHour = [.. groups.Select(_ => ImmutableArray<double>.Empty)] }],
        };
        return (network, new NetworkPlan { Patterns = [pattern] });
    }
}
