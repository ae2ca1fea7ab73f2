using System.Collections.Frozen;
using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Sumo;

/// <summary>SUMO's names for who may use a lane.</summary>
internal static class SumoClasses
{
    private static readonly FrozenDictionary<string, RoadUsers> Names = new Dictionary<string, RoadUsers>(StringComparer.Ordinal)
    {
        ["all"] = RoadUsers.All,
        ["passenger"] = RoadUsers.Passenger,
        ["hov"] = RoadUsers.HighOccupancy,
        ["taxi"] = RoadUsers.Taxi,
        ["bus"] = RoadUsers.Bus,
        ["coach"] = RoadUsers.Coach,
        ["delivery"] = RoadUsers.Delivery,
        ["truck"] = RoadUsers.Truck,
        ["trailer"] = RoadUsers.Trailer,
        ["motorcycle"] = RoadUsers.Motorcycle,
        ["moped"] = RoadUsers.Moped,
        ["bicycle"] = RoadUsers.Bicycle,
        ["pedestrian"] = RoadUsers.Pedestrian,
        ["tram"] = RoadUsers.Tram,
        ["rail_urban"] = RoadUsers.Rail,
        ["rail"] = RoadUsers.Rail,
        ["rail_electric"] = RoadUsers.Rail,
        ["rail_fast"] = RoadUsers.Rail,
        ["ship"] = RoadUsers.Ship,
        ["emergency"] = RoadUsers.Emergency,
        ["evehicle"] = RoadUsers.Electric,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A class by SUMO's name; what SUMO leaves to its users is <see cref="RoadUsers.Other"/>.</summary>
    public static RoadUsers Of(string name) => Names.GetValueOrDefault(name, RoadUsers.Other);

    /// <summary>Who may use a lane that lists who may or who may not; without either, everyone.</summary>
    public static RoadUsers Allowed(string? allow, string? disallow)
    {
        if (!string.IsNullOrWhiteSpace(allow))
        {
            return Union(allow);
        }

        // Naming one of the classes that fall together in Other forbids that one alone, so the rest of them stay allowed.
        return string.IsNullOrWhiteSpace(disallow) ? RoadUsers.All : RoadUsers.All & ~(disallow.Trim() == "all" ? RoadUsers.All : Union(disallow) & ~RoadUsers.Other);
    }

    private static RoadUsers Union(string names)
    {
        var users = RoadUsers.None;
        foreach (var name in names.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            users |= Of(name);
        }

        return users;
    }
}
