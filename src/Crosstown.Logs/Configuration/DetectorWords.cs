using System.Collections.Frozen;
using Crosstown.Core.Street;

namespace Crosstown.Logs.Configuration;

/// <summary>The words and numbers by which peers' tables name functions, movements, lane types and directions. Case, spaces, <c>_</c> and <c>-</c> do not count.</summary>
internal static class DetectorWords
{
    private static readonly FrozenDictionary<string, DetectorFunctions> Functions = new Dictionary<string, DetectorFunctions>(StringComparer.Ordinal)
    {
        ["ac"] = DetectorFunctions.AdvanceCount,
        ["advancecount"] = DetectorFunctions.AdvanceCount,
        ["advance"] = DetectorFunctions.AdvanceCount,
        ["as"] = DetectorFunctions.AdvanceSpeed,
        ["advancespeed"] = DetectorFunctions.AdvanceSpeed,
        ["llc"] = DetectorFunctions.LaneByLaneCount,
        ["lanebylanecount"] = DetectorFunctions.LaneByLaneCount,
        ["stopbarcount"] = DetectorFunctions.LaneByLaneCount,
        ["lls"] = DetectorFunctions.LaneByLaneSpeed,
        ["lanebylanespeed"] = DetectorFunctions.LaneByLaneSpeed,
        ["yellowred"] = DetectorFunctions.LaneByLaneSpeed,
        ["sbp"] = DetectorFunctions.StopBarPresence,
        ["stopbarpresence"] = DetectorFunctions.StopBarPresence,
        ["presence"] = DetectorFunctions.StopBarPresence,
        ["ap"] = DetectorFunctions.ApproachPresence,
        ["approachpresence"] = DetectorFunctions.ApproachPresence,
        ["pp"] = DetectorFunctions.PedestrianPresence,
        ["pedestrianpresence"] = DetectorFunctions.PedestrianPresence,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, LaneMovement> Movements = new Dictionary<string, LaneMovement>(StringComparer.Ordinal)
    {
        ["t"] = LaneMovement.Through,
        ["1"] = LaneMovement.Through,
        ["through"] = LaneMovement.Through,
        ["thru"] = LaneMovement.Through,
        ["r"] = LaneMovement.Right,
        ["2"] = LaneMovement.Right,
        ["right"] = LaneMovement.Right,
        ["l"] = LaneMovement.Left,
        ["3"] = LaneMovement.Left,
        ["left"] = LaneMovement.Left,
        ["tr"] = LaneMovement.ThroughRight,
        ["4"] = LaneMovement.ThroughRight,
        ["throughright"] = LaneMovement.ThroughRight,
        ["tl"] = LaneMovement.ThroughLeft,
        ["5"] = LaneMovement.ThroughLeft,
        ["throughleft"] = LaneMovement.ThroughLeft,
        ["ltr"] = LaneMovement.LeftThroughRight,
        ["leftthroughright"] = LaneMovement.LeftThroughRight,
        ["unknown"] = LaneMovement.Unknown,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, LaneType> LaneTypes = new Dictionary<string, LaneType>(StringComparer.Ordinal)
    {
        ["v"] = LaneType.Vehicle,
        ["1"] = LaneType.Vehicle,
        ["vehicle"] = LaneType.Vehicle,
        ["2"] = LaneType.Bicycle,
        ["bike"] = LaneType.Bicycle,
        ["bicycle"] = LaneType.Bicycle,
        ["3"] = LaneType.Pedestrian,
        ["ped"] = LaneType.Pedestrian,
        ["pedestrian"] = LaneType.Pedestrian,
        ["e"] = LaneType.Exit,
        ["4"] = LaneType.Exit,
        ["exit"] = LaneType.Exit,
        ["lrt"] = LaneType.LightRail,
        ["5"] = LaneType.LightRail,
        ["lightrail"] = LaneType.LightRail,
        ["6"] = LaneType.Bus,
        ["bus"] = LaneType.Bus,
        ["hdv"] = LaneType.HighOccupancy,
        ["7"] = LaneType.HighOccupancy,
        ["highoccupancy"] = LaneType.HighOccupancy,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, TravelDirection> Directions = new Dictionary<string, TravelDirection>(StringComparer.Ordinal)
    {
        ["nb"] = TravelDirection.Northbound,
        ["1"] = TravelDirection.Northbound,
        ["northbound"] = TravelDirection.Northbound,
        ["sb"] = TravelDirection.Southbound,
        ["2"] = TravelDirection.Southbound,
        ["southbound"] = TravelDirection.Southbound,
        ["eb"] = TravelDirection.Eastbound,
        ["3"] = TravelDirection.Eastbound,
        ["eastbound"] = TravelDirection.Eastbound,
        ["wb"] = TravelDirection.Westbound,
        ["4"] = TravelDirection.Westbound,
        ["westbound"] = TravelDirection.Westbound,
        ["ne"] = TravelDirection.Northeastbound,
        ["5"] = TravelDirection.Northeastbound,
        ["northeastbound"] = TravelDirection.Northeastbound,
        ["nw"] = TravelDirection.Northwestbound,
        ["6"] = TravelDirection.Northwestbound,
        ["northwestbound"] = TravelDirection.Northwestbound,
        ["se"] = TravelDirection.Southeastbound,
        ["7"] = TravelDirection.Southeastbound,
        ["southeastbound"] = TravelDirection.Southeastbound,
        ["sw"] = TravelDirection.Southwestbound,
        ["8"] = TravelDirection.Southwestbound,
        ["southwestbound"] = TravelDirection.Southwestbound,
        ["unknown"] = TravelDirection.Unknown,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool TryFunction(string word, out DetectorFunctions function) => Functions.TryGetValue(Plain(word), out function);

    public static bool TryMovement(string word, out LaneMovement movement) => Movements.TryGetValue(Plain(word), out movement);

    public static bool TryLaneType(string word, out LaneType laneType) => LaneTypes.TryGetValue(Plain(word), out laneType);

    public static bool TryDirection(string word, out TravelDirection direction) => Directions.TryGetValue(Plain(word), out direction);

    /// <summary>The direction that a description such as <c>NBT Ph2</c> or <c>Eastbound Left</c> begins with.</summary>
    public static TravelDirection DirectionOf(string description)
    {
        var plain = Plain(description);
        foreach (var (word, direction) in Directions)
        {
            if (word.Length > 2 && plain.StartsWith(word, StringComparison.Ordinal))
            {
                return direction;
            }
        }

        return plain.Length > 2 && plain[1] == 'b' && Directions.TryGetValue(plain[..2], out var found) ? found : TravelDirection.Unknown;
    }

    private static string Plain(string word) => string.Concat(word.Where(c => c is not (' ' or '_' or '-'))).ToLowerInvariant();
}
