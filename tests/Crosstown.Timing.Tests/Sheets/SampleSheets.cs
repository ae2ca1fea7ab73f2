using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;
using Crosstown.Timing.Sheets;

namespace Crosstown.Timing.Tests.Sheets;

/// <summary>A street of three eight-phase signals with plans, for sheets and drawings.</summary>
internal static class SampleSheets
{
    public static readonly ImmutableArray<PhaseTiming> Phases =
    [
        Phase(1, 1, 1, 5, 3500, 1000, 0), Phase(2, 1, 1, 10, 4300, 1700, 14, isCoordinated: true), Phase(3, 1, 2, 5, 3500, 1000, 0), Phase(4, 1, 2, 7, 4000, 2000, 19),
        Phase(5, 2, 1, 5, 3500, 1000, 0), Phase(6, 2, 1, 10, 4300, 1700, 14, isCoordinated: true), Phase(7, 2, 2, 5, 3500, 1000, 0), Phase(8, 2, 2, 7, 4000, 2000, 19),
    ];

    public static readonly PatternTiming Today = Pattern(3, 90, 10, [14, 36, 12, 28, 14, 36, 12, 28]);

    /// <summary>Lagging left in ring 2, a longer cycle.</summary>
    public static readonly PatternTiming New = Pattern(3, 100, 42, [15, 40, 12, 33, 18, 37, 15, 30]) with { Sequence = [[1, 2, 3, 4], [6, 5, 7, 8]] };

    public static readonly SheetDetails Details = new()
    {
        Title = "Main Street, weekdays",
        PreparedOn = new DateOnly(2026, 11, 22),
        Source = "Made from five weekdays of logs.",
        Signals =
        [
            new SheetSignal
            {
                Signal = SignalId.Parse("1001"),
                Name = "Main St & Oak <St>",
                Movements = ImmutableSortedDictionary<byte, string>.Empty
                    .Add(1, "westbound left").Add(2, "eastbound through").Add(3, "southbound left").Add(4, "northbound through")
                    .Add(5, "eastbound left").Add(6, "westbound through").Add(7, "northbound left").Add(8, "southbound through"),
                Comparisons =
                [
                    new ApproachComparison(3, "eastbound", "delay, s/veh", [new ComparedFigure("model", 31.2, 24.6), new ComparedFigure("simulation", 33.0, 26.1, 1.4, 1.1), new ComparedFigure("SUMO", 32.1, 25.4, 0.9, 0.8)]),
                    new ApproachComparison(3, "northbound", "delay, s/veh", [new ComparedFigure("model", 38.4, 41.0), new ComparedFigure("simulation", 39.9, 42.2, 2.2, 2.0), new ComparedFigure("SUMO", null, null)]),
                ],
                Explanations = ["Signal 1001: offset +32 s: saves 3.10 on eastbound."],
                Assumptions = [new FactAssumption(StreetFact.Width, 2, 84, "from lanes"), new FactAssumption(StreetFact.Width, 6, 88, "from lanes"), new FactAssumption(StreetFact.Conflicts, null, null, "from rings")],
                FieldChecks = ["Eastbound left: the bay of 150 ft holds the queue."],
                DayPlans =
                [
                    new DayPlan
                    {
                        Number = 1,
                        Days = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday],
                        Events = [new DayPlanEvent(new TimeOnly(0, 0), 254), new DayPlanEvent(new TimeOnly(6, 30), 3), new DayPlanEvent(new TimeOnly(9, 0), 254)],
                    },
                ],
            },
        ],
    };

    public static readonly Corridor Street = new()
    {
        Id = "main",
        Name = "Main Street",
        Forward = TravelDirection.Eastbound,
        Backward = TravelDirection.Westbound,
        Signals =
        [
            At("1001", 0), At("1002", 1540), At("1003", 2860),
        ],
    };

    public static PhaseTiming Phase(byte number, byte ring, byte group, int minimumS, int yellowMs, int redMs, int clearanceS, bool isCoordinated = false) => new()
    {
        Number = number,
        Ring = ring,
        BarrierGroup = group,
        MinimumGreenMs = minimumS * 1000,
        MaximumMs = 45_000,
        YellowMs = yellowMs,
        RedClearanceMs = redMs,
        WalkMs = clearanceS > 0 ? 7000 : 0,
        PedestrianClearanceMs = clearanceS * 1000,
        MinimumGapMs = 2000,
        IsCoordinated = isCoordinated,
        Recall = isCoordinated ? Recall.Maximum : Recall.None,
        DualEntry = number % 2 == 0,
    };

    public static PatternTiming Pattern(byte number, int cycleS, int offsetS, int[] splitsS) => new()
    {
        Number = number,
        CycleMs = cycleS * 1000,
        OffsetMs = offsetS * 1000,
        SplitMs = splitsS.Select((s, i) => (Phase: (byte)(i + 1), Ms: s * 1000)).ToImmutableSortedDictionary(s => s.Phase, s => s.Ms),
    };

    public static SheetTiming Timing => new(Details.Signals[0], Phases, Phases, [New], [Today], []);

    public static TimeSpaceSignal OnStreet(int offsetS, ImmutableArray<double> arrivals = default) =>
        new(Phases, [], New with { OffsetMs = offsetS * 1000, Sequence = [] }, arrivals, []);

    private static CorridorSignal At(string signal, double distanceFt) => new()
    {
        Signal = SignalId.Parse(signal),
        DistanceFt = distanceFt,
        SpeedMphToNext = 35,
        ForwardGroup = SignalGroup.Phase(2),
        BackwardGroup = SignalGroup.Phase(6),
    };
}
