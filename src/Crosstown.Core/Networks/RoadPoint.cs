namespace Crosstown.Core.Networks;

/// <summary>A place on the map of a network, in meters east and north of its origin.</summary>
public readonly record struct RoadPoint(double X, double Y)
{
    public double DistanceTo(RoadPoint other) => double.Hypot(X - other.X, Y - other.Y);
}
