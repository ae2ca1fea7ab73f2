namespace Crosstown.Core.Networks;

/// <summary>Who may use a lane.</summary>
[Flags]
public enum RoadUsers
{
    None = 0,
    Passenger = 1,
    HighOccupancy = 2,
    Taxi = 4,
    Bus = 8,
    Coach = 16,
    Delivery = 32,
    Truck = 64,
    Trailer = 128,
    Motorcycle = 256,
    Moped = 512,
    Bicycle = 1024,
    Pedestrian = 2048,
    Tram = 4096,
    Rail = 8192,
    Ship = 16384,
    Emergency = 32768,
    Electric = 65536,

    /// <summary>Classes that a file names and that have no meaning of their own here.</summary>
    Other = 131072,

    All = (Other << 1) - 1,
}
