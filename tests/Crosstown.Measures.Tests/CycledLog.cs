using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Measures.Tests;

/// <summary>A log as a cabinet writes it, by and large: phases and an overlap that cycle, plans, detectors, preempts and buses; with lost events, long rests and a gap.</summary>
internal static class CycledLog
{
    /// <summary>22:00 UTC, so that the log runs over midnight.</summary>
    public const long StartMs = 1_715_637_600_000;

    private const long HourMs = 3_600_000;

    public static ControllerEvent[] Make(int seed, int hours = 5)
    {
        var random = new Random(seed);
        var events = new HashSet<ControllerEvent>();
        var endMs = StartMs + (hours * HourMs);
        for (short phase = 1; phase <= 6; phase++)
        {
            AddPhase(events, random, phase, endMs, random.Next(2) * 100 * random.Next(10, 30));
        }

        AddOverlap(events, random, endMs);
        for (short channel = 1; channel <= 8; channel++)
        {
            for (var ms = StartMs; ms < endMs; ms += 100 * random.Next(10, 200))
            {
                events.Add(new(ms, EventCode.DetectorOn, channel));
                ms += 100 * random.Next(1, 30);
                events.Add(new(ms, EventCode.DetectorOff, channel));
            }
        }

        AddPlans(events, random, endMs);
        AddRequests(events, random, endMs);
        var gapMs = StartMs + (random.Next(1, hours) * HourMs);
        return [.. events.Where(e => e.TimeMs < gapMs || e.TimeMs > gapMs + 700_000).Where(_ => random.Next(200) != 0).Order()];
    }

    /// <summary>Speeds on channel 1 and 2, about one in 5 s.</summary>
    public static SpeedReading[] Speeds(int seed, int hours = 5)
    {
        var random = new Random(seed);
        var readings = new List<SpeedReading>();
        for (var ms = StartMs; ms < StartMs + (hours * HourMs); ms += random.Next(500, 10_000))
        {
            readings.Add(new SpeedReading(ms, (byte)random.Next(1, 3), (byte)random.Next(2, 70)));
        }

        return [.. readings];
    }

    /// <summary>Six phases and overlap A, each with an approach and detectors of all kinds.</summary>
    public static SignalConfiguration Configuration { get; } = new()
    {
        Signal = SignalId.Parse("88"),
        Approaches =
        [
            .. Enumerable.Range(1, 6).Select(p => new Approach { Id = $"a{p}", Protected = SignalGroup.Phase(p), SpeedLimitMph = 30 + (5 * (p % 4)), Direction = (TravelDirection)(1 + (p % 4)) }),
            new Approach { Id = "a7", Protected = SignalGroup.Overlap(1), SpeedLimitMph = 35, Direction = TravelDirection.Northbound },
        ],
        Detectors =
        [
            .. Enumerable.Range(1, 7).Select(p => new Detector
            {
                Channel = (byte)p, ApproachId = $"a{p}", Lane = 1, Movement = p is 1 or 5 ? LaneMovement.Left : LaneMovement.Through,
                Functions = (DetectorFunctions)63, StopBarDistanceFt = p == 3 ? null : 200 + (50 * p), LatencyS = p % 3 * 0.7,
            }),
            new Detector { Channel = 8, Phase = 8, Functions = DetectorFunctions.LaneByLaneCount, Movement = LaneMovement.Right },
        ],
        Phases = [.. Enumerable.Range(1, 6).Select(p => new PhaseConfiguration { Number = (byte)p, MinimumGreenS = 7, YellowS = 4, RedClearanceS = 1 })],
    };

    private static void AddPhase(HashSet<ControllerEvent> events, Random random, short phase, long endMs, long clearanceMs)
    {
        var ms = StartMs + (100 * random.Next(600));
        while (ms < endMs)
        {
            events.Add(new(ms, EventCode.PhaseOn, phase));
            events.Add(new(ms, EventCode.PhaseBeginGreen, phase));
            if (random.Next(4) == 0)
            {
                events.Add(new(ms, EventCode.PedestrianBeginWalk, phase));
            }

            ms += random.Next(60) == 0 ? 100 * random.Next(10_000, 90_000) : 100 * random.Next(50, 400);
            events.Add(new(ms, (ushort)random.Next(EventCode.PhaseGapOut, EventCode.PhaseForceOff + 1), phase));
            events.Add(new(ms, EventCode.PhaseGreenTermination, phase));
            events.Add(new(ms, EventCode.PhaseBeginYellow, phase));
            ms += 4000;
            events.Add(new(ms, EventCode.PhaseEndYellow, phase));
            if (clearanceMs > 0)
            {
                events.Add(new(ms, EventCode.PhaseBeginRedClearance, phase));
                ms += clearanceMs;
                events.Add(new(ms, EventCode.PhaseEndRedClearance, phase));
            }

            events.Add(new(ms, EventCode.PhaseInactive, phase));
            ms += 100 * random.Next(100, 700);
        }
    }

    private static void AddOverlap(HashSet<ControllerEvent> events, Random random, long endMs)
    {
        for (var ms = StartMs + 5000; ms < endMs; ms += 100 * random.Next(100, 900))
        {
            events.Add(new(ms, EventCode.OverlapBeginGreen, 1));
            ms += 100 * random.Next(100, 500);
            events.Add(new(ms, EventCode.OverlapBeginYellow, 1));
            ms += 3500;
            events.Add(new(ms, EventCode.OverlapBeginRedClearance, 1));
            ms += 1500;
            events.Add(new(ms, random.Next(2) == 0 ? EventCode.OverlapOff : EventCode.OverlapDark, 1));
        }
    }

    private static void AddPlans(HashSet<ControllerEvent> events, Random random, long endMs)
    {
        for (var ms = StartMs + (1000L * random.Next(2000)); ms < endMs; ms += 1000L * random.Next(20, 4000))
        {
            var plan = (short)random.Next(1, 4);
            events.Add(new(ms, EventCode.CoordinationPatternChange, plan == 3 ? (short)254 : plan));
            events.Add(new(ms + random.Next(3000), EventCode.CycleLengthChange, (short)random.Next(60, 150)));
            for (ushort phase = 1; phase <= 6; phase++)
            {
                events.Add(new(ms + random.Next(1500), (ushort)(EventCode.SplitPhase1 + phase - 1), (short)random.Next(0, 60)));
            }
        }
    }

    private static void AddRequests(HashSet<ControllerEvent> events, Random random, long endMs)
    {
        for (var ms = StartMs; ms < endMs; ms += 1000L * random.Next(60, 2500))
        {
            var number = (short)random.Next(1, 4);
            ReadOnlySpan<ushort> codes = random.Next(2) == 0 ? [102, 105, 103, 106, 107, 104, 110, 111] : [112, 113, 118, 114, 117, 116, 115, 119];
            foreach (var code in codes)
            {
                if (random.Next(6) != 0)
                {
                    events.Add(new(ms, code, number));
                }

                ms += 100 * random.Next(0, 150);
            }
        }
    }
}
