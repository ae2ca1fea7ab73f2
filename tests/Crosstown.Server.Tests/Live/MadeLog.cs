using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Server.Tests.Live;

/// <summary>A log of two phases that take turns, with arrivals, presence and a fault, drawn from a seed.</summary>
internal static class MadeLog
{
    public const int CycleMs = 60_000;

    public static SignalConfiguration Configuration(SignalId signal) => new()
    {
        Signal = signal,
        Zone = "America/Denver",
        Phases = [new PhaseConfiguration { Number = 2 }, new PhaseConfiguration { Number = 4 }],
        Approaches =
        [
            new Approach { Id = "north", Direction = TravelDirection.Northbound, SpeedLimitMph = 35, Protected = SignalGroup.Phase(2) },
            new Approach { Id = "east", Direction = TravelDirection.Eastbound, SpeedLimitMph = 35, Protected = SignalGroup.Phase(4) },
        ],
        Detectors =
        [
            new Detector { Channel = 1, Phase = 2, ApproachId = "north", Functions = DetectorFunctions.AdvanceCount, StopBarDistanceFt = 300 },
            new Detector { Channel = 2, Phase = 2, ApproachId = "north", Functions = DetectorFunctions.StopBarPresence },
            new Detector { Channel = 3, Phase = 4, ApproachId = "east", Functions = DetectorFunctions.AdvanceCount, StopBarDistanceFt = 300 },
            new Detector { Channel = 4, Phase = 4, ApproachId = "east", Functions = DetectorFunctions.StopBarPresence },
        ],
    };

    /// <summary>Sorted, from one moment to just before another.</summary>
    public static ControllerEvent[] Make(int seed, long fromMs, long toMs)
    {
        var random = new Random(seed);
        var log = new List<ControllerEvent> { new(fromMs, EventCode.CoordinationPatternChange, 1) };
        for (var start = fromMs; start < toMs; start += CycleMs)
        {
            Serve(log, 2, start, start + 32_000, random);
            Serve(log, 4, start + 32_000, start + CycleMs, random);
            for (short channel = 1; channel <= 4; channel++)
            {
                for (var at = start + random.Next(100, 9000); at < start + CycleMs - 3000; at += random.Next(3000, 15_000))
                {
                    var on = at / 100 * 100;
                    log.Add(new(on, EventCode.DetectorOn, channel));
                    log.Add(new(on + random.Next(2, 25) * 100, EventCode.DetectorOff, channel));
                }
            }
        }

        var fault = fromMs + ((toMs - fromMs) / 2);
        log.Add(new(fault, EventCode.DetectorFaultOpenLoop, 3));
        log.Add(new(fault + 3_600_000, EventCode.DetectorRestored, 3));
        return [.. log.Where(e => e.TimeMs < toMs).Order().Distinct()];
    }

    private static void Serve(List<ControllerEvent> log, short phase, long from, long to, Random random)
    {
        var end = to - 5000;
        log.Add(new(from, EventCode.PhaseOn, phase));
        log.Add(new(from, EventCode.PhaseBeginGreen, phase));
        log.Add(new(end, (ushort)random.Next(EventCode.PhaseGapOut, EventCode.PhaseForceOff + 1), phase));
        log.Add(new(end, EventCode.PhaseGreenTermination, phase));
        log.Add(new(end, EventCode.PhaseBeginYellow, phase));
        log.Add(new(end + 4000, EventCode.PhaseEndYellow, phase));
        log.Add(new(end + 4000, EventCode.PhaseBeginRedClearance, phase));
        log.Add(new(to, EventCode.PhaseEndRedClearance, phase));
    }
}
