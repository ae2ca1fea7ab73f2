using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Measures.Tests;

/// <summary>A log that no controller would write: every code in any order, with ties, gaps and repeats. For laws that must hold whatever comes in.</summary>
internal static class RandomLog
{
    public const long StartMs = 1_715_612_400_000;

    public static ControllerEvent[] Make(int seed, int count)
    {
        var random = new Random(seed);
        var events = new HashSet<ControllerEvent>();
        var time = StartMs + random.Next(900_000);
        ReadOnlySpan<ushort> usual = [0, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 21, 22, 23, 32, 33, 43, 44, 45, 61, 62, 63, 64, 65, 67, 68, 81, 82, 81, 82, 81, 82, 89, 90, 102, 104, 105, 107, 111, 112, 114, 115, 118, 119, 131, 132, 133, 134, 150, 300, 316, 318, 400, 502];
        while (events.Count < count)
        {
            time += random.Next(20) switch { 0 => 0, 1 => random.Next(60_000), 2 when random.Next(200) == 0 => random.Next(4_000_000), _ => 100 * random.Next(30) };
            var code = random.Next(30) == 0 ? (ushort)random.Next(720) : usual[random.Next(usual.Length)];
            events.Add(new ControllerEvent(time, code, (short)random.Next(1, 9)));
        }

        return [.. events.Order()];
    }

    /// <summary>A signal whose eight phases have every kind of detector, on the channels that <see cref="Make"/> uses.</summary>
    public static SignalConfiguration Configuration { get; } = new()
    {
        Signal = SignalId.Parse("77"),
        Approaches =
        [
            .. Enumerable.Range(1, 8).Select(p => new Approach
            {
                Id = $"a{p}", Protected = SignalGroup.Phase(p), Pedestrian = SignalGroup.Phase(p), SpeedLimitMph = 35, Direction = (TravelDirection)(1 + (p % 4)),
            }),
        ],
        Detectors =
        [
            .. Enumerable.Range(1, 8).Select(p => new Detector
            {
                Channel = (byte)p, Phase = (byte)p, ApproachId = $"a{p}", Lane = 1, Movement = p % 2 == 0 ? LaneMovement.Through : LaneMovement.Left,
                Functions = (DetectorFunctions)63, StopBarDistanceFt = 300, LatencyS = 0.3, DecisionPointS = 0, MovementDelayS = 2,
            }),
        ],
        Phases = [.. Enumerable.Range(1, 8).Select(p => new PhaseConfiguration { Number = (byte)p, Ring = (byte)(p <= 4 ? 1 : 2), IsCoordinated = p is 2 or 6, MinimumGreenS = 7, YellowS = 4, RedClearanceS = 1 })],
    };
}
