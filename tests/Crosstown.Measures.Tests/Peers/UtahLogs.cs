using System.Globalization;
using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Measures.Tests.Peers;

/// <summary>Utah's two sample signals, read as plainly as can be.</summary>
internal static class UtahLogs
{
    public static readonly SignalId Redwood = SignalId.Parse("7115");
    public static readonly SignalId Signal7185 = SignalId.Parse("7185");

    public static ControllerEvent[] Events7115(string file) => EventLog.Read(SharedData.PathTo("data/hires/udot-7115/" + file), "LocationId")[Redwood];

    public static ControllerEvent[] Events7185() =>
        EventLog.Read(SharedData.PathTo("data/hires/udot-7185/events_2017-10-17_17h.csv"), onlySignal: "7185")[Signal7185];

    /// <summary>Lists with columns Approach, ProtectedPhase, Mph, DetectorChannel, DistanceFromStopBarFt, ….</summary>
    public static SignalConfiguration Read7115(string file)
    {
        var rows = Rows("data/hires/udot-7115/" + file);
        return new SignalConfiguration
        {
            Signal = Redwood,
            Approaches =
            [
                .. rows.GroupBy(r => r["Approach"]).Select(g => new Approach
                {
                    Id = g.Key,
                    Direction = DirectionOf(g.Key[..2]),
                    Protected = SignalGroup.Phase(int.Parse(g.First()["ProtectedPhase"], CultureInfo.InvariantCulture)),
                    SpeedLimitMph = Integer(g.First()["Mph"]),
                }),
            ],
            Detectors =
            [
                .. rows.Select(r => new Detector
                {
                    Channel = byte.Parse(r["DetectorChannel"], CultureInfo.InvariantCulture),
                    ApproachId = r["Approach"],
                    Lane = Integer(r["Lane"]),
                    Movement = MovementOf(r["Movement"]),
                    StopBarDistanceFt = Integer(r["DistanceFromStopBarFt"]),
                    DecisionPointS = Integer(r["DecisionPointS"]) ?? 0,
                    MovementDelayS = Integer(r["MovementDelayS"]) ?? 0,
                    LatencyS = double.Parse(r["LatencyCorrectionS"], CultureInfo.InvariantCulture),
                    Functions = FunctionsOf(r["DetectionTypes"]),
                }),
            ],
        };
    }

    public static SignalConfiguration Read7185()
    {
        var approaches = Rows("data/hires/udot-7185/approaches.csv");
        var detectors = Rows("data/hires/udot-7185/detectors.csv");
        return new SignalConfiguration
        {
            Signal = Signal7185,
            Approaches =
            [
                .. approaches.Select(r => new Approach
                {
                    Id = r["ApproachID"],
                    Description = r["Description"],
                    Direction = (TravelDirection)int.Parse(r["DirectionTypeID"], CultureInfo.InvariantCulture),
                    SpeedLimitMph = Integer(r["MPH"]),
                    Protected = Integer(r["ProtectedPhaseNumber"]) is > 0 and var p ? SignalGroup.Phase(p) : null,
                    Permissive = Integer(r["PermissivePhaseNumber"]) is > 0 and var q ? SignalGroup.Phase(q) : null,
                }),
            ],
            Detectors =
            [
                .. detectors.Where(r => approaches.Any(a => a["ApproachID"] == r["ApproachID"])).Select(r => new Detector
                {
                    Channel = byte.Parse(r["DetChannel"], CultureInfo.InvariantCulture),
                    ApproachId = r["ApproachID"],
                    Lane = Integer(r["LaneNumber"]),
                    Movement = MovementOf(r["MovementTypeID"]),
                    StopBarDistanceFt = Integer(r["DistanceFromStopBar"]),
                    MovementDelayS = Integer(r["MovementDelay"]) ?? 0,
                    MinimumSpeedMph = Integer(r["MinSpeedFilter"]),
                    Functions = FunctionsOf(r["DetectionTypes"]),
                }),
            ],
        };
    }

    public static IReadOnlyList<Dictionary<string, string>> Rows(string shared)
    {
        var lines = File.ReadAllLines(SharedData.PathTo(shared));
        var header = lines[0].Split(',');
        return [.. lines.Skip(1).Select(l => header.Zip(l.Split(',')).ToDictionary(p => p.First, p => p.Second))];
    }

    private static int? Integer(string text) => text.Length == 0 ? null : int.Parse(text, CultureInfo.InvariantCulture);

    private static TravelDirection DirectionOf(string letters) => letters switch
    {
        "NB" => TravelDirection.Northbound,
        "SB" => TravelDirection.Southbound,
        "EB" => TravelDirection.Eastbound,
        _ => TravelDirection.Westbound,
    };

    private static LaneMovement MovementOf(string text) => text switch
    {
        "1" or "T" => LaneMovement.Through,
        "2" or "R" => LaneMovement.Right,
        "3" or "L" => LaneMovement.Left,
        "4" => LaneMovement.ThroughRight,
        "5" => LaneMovement.ThroughLeft,
        _ => throw new InvalidDataException(text),
    };

    private static DetectorFunctions FunctionsOf(string text) => text.Split('|', StringSplitOptions.RemoveEmptyEntries).Aggregate(
        DetectorFunctions.None,
        (all, f) => all | f switch
        {
            "AC" => DetectorFunctions.AdvanceCount,
            "AS" => DetectorFunctions.AdvanceSpeed,
            "LLC" => DetectorFunctions.LaneByLaneCount,
            "LLS" => DetectorFunctions.LaneByLaneSpeed,
            "SBP" => DetectorFunctions.StopBarPresence,
            _ => throw new InvalidDataException(f),
        });
}
