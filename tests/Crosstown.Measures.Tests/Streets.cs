using System.Globalization;
using Crosstown.Core.Street;

namespace Crosstown.Measures.Tests;

/// <summary>Signals for drawings, and Utah's signal 7185 as its reference files describe it.</summary>
internal static class Streets
{
    /// <summary>One approach served by phase 2, with an advance detector on channel 5, 440 ft before the stop bar at 30 mph: 10 seconds (9.998 by the peer's 1.467).</summary>
    public static SignalConfiguration OneApproach { get; } = new()
    {
        Signal = SignalId.Parse("7"),
        Approaches = [new Approach { Id = "a", Protected = SignalGroup.Phase(2), SpeedLimitMph = 30, Direction = TravelDirection.Northbound }],
        Detectors = [new Detector { Channel = 5, Phase = 2, ApproachId = "a", Functions = DetectorFunctions.AdvanceCount, StopBarDistanceFt = 440 }],
        Phases =
        [
            new PhaseConfiguration { Number = 1, Ring = 1, YellowS = 3, RedClearanceS = 1 },
            new PhaseConfiguration { Number = 2, Ring = 1, IsCoordinated = true, YellowS = 4, RedClearanceS = 1 },
            new PhaseConfiguration { Number = 3, Ring = 1, YellowS = 3, RedClearanceS = 1 },
        ],
    };

    /// <summary>The same without any travel time: a hit is an arrival.</summary>
    public static SignalConfiguration AtStopBar { get; } = OneApproach with { Detectors = [OneApproach.Detectors[0] with { StopBarDistanceFt = 0 }] };

    public static SignalConfiguration Utah7185()
    {
        var approaches = Table("data/hires/udot-7185/approaches.csv").ToDictionary(r => r["ApproachID"], r => new Approach
        {
            Id = r["ApproachID"],
            Description = r["Description"],
            Direction = (TravelDirection)Whole(r["DirectionTypeID"])!.Value,
            SpeedLimitMph = Whole(r["MPH"]),
            Protected = Whole(r["ProtectedPhaseNumber"]) is > 0 and var p ? SignalGroup.Phase(p) : null,
        });
        return new SignalConfiguration
        {
            Signal = SignalId.Parse("7185"),
            Approaches = [.. approaches.Values],
            Detectors =
            [
                .. Table("data/hires/udot-7185/detectors.csv").Where(r => approaches.ContainsKey(r["ApproachID"])).Select(r => new Detector
                {
                    Channel = byte.Parse(r["DetChannel"], CultureInfo.InvariantCulture),
                    ApproachId = r["ApproachID"],
                    Phase = approaches[r["ApproachID"]].Protected?.Number,
                    StopBarDistanceFt = Whole(r["DistanceFromStopBar"]),
                    Lane = Whole(r["LaneNumber"]),
                    Functions = r["DetectionTypes"].Split('|').Aggregate(DetectorFunctions.None, (all, word) => all | Function(word)),
                }),
            ],
        };
    }

    private static DetectorFunctions Function(string word) => word switch
    {
        "AC" => DetectorFunctions.AdvanceCount,
        "AS" => DetectorFunctions.AdvanceSpeed,
        "LLC" => DetectorFunctions.LaneByLaneCount,
        "LLS" => DetectorFunctions.LaneByLaneSpeed,
        "SBP" => DetectorFunctions.StopBarPresence,
        _ => DetectorFunctions.None,
    };

    private static int? Whole(string text) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static IEnumerable<Dictionary<string, string>> Table(string path)
    {
        var lines = File.ReadAllLines(SharedData.PathTo(path));
        var header = lines[0].Split(',');
        return lines.Skip(1).Select(l => l.Split(',')).Select(c => header.Zip(c).ToDictionary(p => p.First, p => p.Second));
    }
}
