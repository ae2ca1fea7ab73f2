namespace Crosstown.Core.Networks;

/// <summary>How the meters of a network become degrees: a zone of the Universal Transverse Mercator grid (WGS 84), and where in it the origin lies.</summary>
/// <param name="Zone">1-60.</param>
/// <param name="IsSouth">True for the southern half.</param>
/// <param name="OffsetX">What was added to the easting, m.</param>
/// <param name="OffsetY">What was added to the northing, m.</param>
/// <remarks>Krüger's series to the third order; exact to a millimeter inside a zone.</remarks>
public sealed record MapProjection(int Zone, bool IsSouth, double OffsetX, double OffsetY)
{
    private const double Flattening = 1 / 298.257223563;
    private const double N = Flattening / (2 - Flattening);
    private const double Scale = 0.9996;
    private const double FalseEastingM = 500_000;
    private const double FalseNorthingM = 10_000_000;

    /// <summary>6378137 m is the equatorial radius of WGS 84.</summary>
    private static readonly double Rectifying = 6378137 / (1 + N) * (1 + (N * N / 4) + (N * N * N * N / 64));

    private static readonly double[] Alpha = [(N / 2) - (2.0 / 3 * N * N) + (5.0 / 16 * N * N * N), (13.0 / 48 * N * N) - (3.0 / 5 * N * N * N), 61.0 / 240 * N * N * N];
    private static readonly double[] Beta = [(N / 2) - (2.0 / 3 * N * N) + (37.0 / 96 * N * N * N), (N * N / 48) + (N * N * N / 15), 17.0 / 480 * N * N * N];
    private static readonly double[] Delta = [(2 * N) - (2.0 / 3 * N * N) - (2 * N * N * N), (7.0 / 3 * N * N) - (8.0 / 5 * N * N * N), 56.0 / 15 * N * N * N];

    private double CentralDegrees => (Zone * 6) - 183;

    /// <summary>Degrees north and east of a place of the network.</summary>
    public (double Latitude, double Longitude) ToDegrees(RoadPoint point)
    {
        var xi = (point.Y - OffsetY - (IsSouth ? FalseNorthingM : 0)) / (Scale * Rectifying);
        var eta = (point.X - OffsetX - FalseEastingM) / (Scale * Rectifying);
        var xiPrime = xi;
        var etaPrime = eta;
        for (var j = 1; j <= 3; j++)
        {
            xiPrime -= Beta[j - 1] * Math.Sin(2 * j * xi) * Math.Cosh(2 * j * eta);
            etaPrime -= Beta[j - 1] * Math.Cos(2 * j * xi) * Math.Sinh(2 * j * eta);
        }

        var conformal = Math.Asin(Math.Sin(xiPrime) / Math.Cosh(etaPrime));
        var latitude = conformal;
        for (var j = 1; j <= 3; j++)
        {
            latitude += Delta[j - 1] * Math.Sin(2 * j * conformal);
        }

        var longitude = Math.Atan2(Math.Sinh(etaPrime), Math.Cos(xiPrime));
        return (double.RadiansToDegrees(latitude), CentralDegrees + double.RadiansToDegrees(longitude));
    }

    /// <summary>The place in the network of degrees north and east.</summary>
    public RoadPoint FromDegrees(double latitude, double longitude)
    {
        var sine = Math.Sin(double.DegreesToRadians(latitude));
        var twoRoot = 2 * Math.Sqrt(N) / (1 + N);
        var t = Math.Sinh(Math.Atanh(sine) - (twoRoot * Math.Atanh(twoRoot * sine)));
        var from = double.DegreesToRadians(longitude - CentralDegrees);
        var xiPrime = Math.Atan2(t, Math.Cos(from));
        var etaPrime = Math.Atanh(Math.Sin(from) / Math.Sqrt(1 + (t * t)));
        var xi = xiPrime;
        var eta = etaPrime;
        for (var j = 1; j <= 3; j++)
        {
            xi += Alpha[j - 1] * Math.Sin(2 * j * xiPrime) * Math.Cosh(2 * j * etaPrime);
            eta += Alpha[j - 1] * Math.Cos(2 * j * xiPrime) * Math.Sinh(2 * j * etaPrime);
        }

        return new RoadPoint(
            FalseEastingM + (Scale * Rectifying * eta) + OffsetX,
            (IsSouth ? FalseNorthingM : 0) + (Scale * Rectifying * xi) + OffsetY);
    }
}
