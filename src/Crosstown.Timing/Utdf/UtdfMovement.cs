using Crosstown.Core.Street;

namespace Crosstown.Timing.Utdf;

/// <summary>A movement column of an intersection in the Lanes section.</summary>
internal sealed class UtdfMovement
{
    /// <summary>Directions of travel, as columns begin.</summary>
    public static readonly string[] Directions = ["NB", "SB", "EB", "WB", "NE", "NW", "SE", "SW"];

    /// <summary>Turns, as columns end, from the median to the curb.</summary>
    public static readonly string[] Turns = ["U", "L2", "L", "T", "R", "R2"];

    /// <summary>Position in the list of all movements.</summary>
    public required int Index { get; init; }

    public required int Node { get; init; }

    public required string Column { get; init; }

    /// <summary>Index into <see cref="Directions"/>.</summary>
    public required int Direction { get; init; }

    /// <summary>Index into <see cref="Turns"/>.</summary>
    public required int Turn { get; init; }

    /// <summary>The intersection that its traffic goes to; null when the file does not say.</summary>
    public int? Destination { get; init; }

    public int Lanes { get; init; }

    /// <summary>0 none, 1 left, 2 right, 3 both.</summary>
    public int Shared { get; init; }

    /// <summary>Share of it that uses the shared lane, 0-1; null when the file does not say.</summary>
    public double? InSharedLane { get; init; }

    /// <summary>Bit n for phase n; all bits for a movement that no signal holds.</summary>
    public uint Phases { get; init; }

    /// <summary>Bit n for phase n.</summary>
    public uint PermissivePhases { get; init; }

    public double LostTimeAdjustS { get; init; }

    public double? SaturationVehPerHour { get; init; }

    public double? PermissiveSaturationVehPerHour { get; init; }

    public double? IdealFlow { get; init; }

    /// <summary>Feet.</summary>
    public double? WidthFt { get; init; }

    public double HeavyShare { get; init; }

    /// <summary>Feet; null for as long as the link.</summary>
    public double? StorageFt { get; init; }

    public int? StorageLanes { get; init; }

    public double Volume { get; init; }

    public double PeakHourFactor { get; init; }

    public double Growth { get; init; }

    /// <summary>Lane groups that it uses, with the share of it that uses each.</summary>
    public List<(int Group, double Share)> Groups { get; } = [];

    public bool IsLeft => Turn <= 2;

    public bool IsThrough => Turn == 3;

    public bool IsRight => Turn >= 4;

    public static bool IsMovement(string column) => Parse(column) is not null;

    /// <summary>Direction and turn of a column; null for PED, HOLD and others.</summary>
    public static (int Direction, int Turn)? Parse(string column)
    {
        if (column.Length is < 3 or > 4)
        {
            return null;
        }

        var upper = column.ToUpperInvariant();
        var direction = Array.IndexOf(Directions, upper[..2]);
        var turn = Array.IndexOf(Turns, upper[2..]);
        return direction >= 0 && turn >= 0 ? (direction, turn) : null;
    }

    public static TravelDirection Heading(int direction) => direction switch
    {
        0 => TravelDirection.Northbound,
        1 => TravelDirection.Southbound,
        2 => TravelDirection.Eastbound,
        3 => TravelDirection.Westbound,
        4 => TravelDirection.Northeastbound,
        5 => TravelDirection.Northwestbound,
        6 => TravelDirection.Southeastbound,
        _ => TravelDirection.Southwestbound,
    };

    public double Adjusted(double volume, UtdfNetworkOptions options) =>
        volume * (options.AppliesGrowth ? Growth : 1) / (options.AppliesPeakHourFactor ? PeakHourFactor : 1);
}

/// <summary>An intersection, bend or end of a road, with the links that come to it. By direction of travel, as <see cref="UtdfMovement.Directions"/>.</summary>
internal sealed class UtdfNode
{
    public required int Id { get; init; }

    /// <summary>0 signal, 1 external, 2 bend, 3 without signal, 4 roundabout.</summary>
    public required int Type { get; init; }

    public double? X { get; init; }

    public double? Y { get; init; }

    public int?[] Upstream { get; } = new int?[8];

    public double?[] TravelS { get; } = new double?[8];

    /// <summary>Feet.</summary>
    public double?[] DistanceFt { get; } = new double?[8];

    public double?[] GradePercent { get; } = new double?[8];

    /// <summary>Share of the traffic that comes from between the intersections, 0-1.</summary>
    public double[] MidblockShare { get; } = new double[8];

    /// <summary>0 free, 1 stop, 2 yield; null at signals.</summary>
    public int?[] Sign { get; } = new int?[8];

    public string[] Streets { get; } = ["", "", "", "", "", "", "", ""];

    public List<UtdfMovement> Movements { get; } = [];

    /// <summary>Direction of travel of the link that comes from a node; null when there is none.</summary>
    public int? From(int node)
    {
        var direction = Array.IndexOf(Upstream, node);
        return direction >= 0 ? direction : null;
    }
}
