using System.Globalization;
using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Sumo;

/// <summary>Writes trips as vehicles with routes that <c>sumo -r</c> loads. Stops and walks are left out.</summary>
public static class SumoDemandWriter
{
    /// <param name="stream">Gets the file, UTF-8.</param>
    /// <param name="network">The streets that the trips refer to.</param>
    /// <param name="demand">Trips by departure. A vehicle is called by the index of its first edge and its place among all, so that what SUMO says of vehicles that found no room tells where.</param>
    public static void Write(Stream stream, RoadNetwork network, RoadDemand demand)
    {
        using var xml = SumoFiles.Begin(stream, "routes");
        foreach (var kind in demand.Kinds)
        {
            string[] speed = [.. new[] { kind.SpeedFactor, kind.SpeedFactorDeviation, kind.LeastSpeedFactor, kind.GreatestSpeedFactor }.Select(SumoFiles.Number)];
            xml.Element(
                "vType", ("id", kind.Name), ("vClass", "passenger"), ("length", SumoFiles.Number(kind.LengthM)), ("minGap", SumoFiles.Number(kind.StandingGapM)),
                ("accel", SumoFiles.Number(kind.AccelerationMps2)), ("decel", SumoFiles.Number(kind.DecelerationMps2)), ("maxSpeed", SumoFiles.Number(kind.MaximumSpeedMps)),
                ("tau", SumoFiles.Number(kind.HeadwayS)), ("sigma", SumoFiles.Number(kind.Imperfection)), ("speedFactor", $"normc({string.Join(',', speed)})"));
        }

        for (var i = 0; i < demand.Trips.Length; i++)
        {
            var trip = demand.Trips[i];
            xml.WriteStartElement("vehicle");
            xml.WriteAttributeString("id", NameOf(trip.Edges[0], i));
            xml.WriteAttributeString("type", demand.Kinds[trip.Kind].Name);
            xml.WriteAttributeString("depart", trip.DepartS.ToString("0.##", CultureInfo.InvariantCulture));
            xml.WriteAttributeString("departLane", trip.EntryLane switch { EntryChoice.Best => "best", EntryChoice.Random => "random", _ => "first" });
            xml.WriteAttributeString("departPos", trip.EntryPlace switch { EntryChoice.Best => "last", EntryChoice.Random => "random_free", _ => "base" });
            xml.WriteAttributeString("departSpeed", trip.EntrySpeed == EntryChoice.First ? "0" : "max");
            xml.Element("route", ("edges", string.Join(' ', trip.Edges.Select(e => network.Edges[e].Name))));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static string NameOf(int edge, int place) => string.Create(CultureInfo.InvariantCulture, $"{edge}.{place}");
}
