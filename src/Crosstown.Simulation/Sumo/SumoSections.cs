using System.Globalization;
using System.Xml;
using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Sumo;

/// <summary>What SUMO measured in one section.</summary>
/// <param name="Left">Vehicles that left it.</param>
/// <param name="DelayS">What they lost in it, s; without the wait to enter.</param>
/// <param name="Stops">That they made in it.</param>
/// <param name="EntryDelayS">Waited to enter at its begin, by those too who still wait, s.</param>
public sealed record SumoSection(int Left, double DelayS, double Stops, double EntryDelayS);

/// <summary>Sections of a network as SUMO's detectors of several entries and exits, and what these say.</summary>
public static class SumoSections
{
    /// <summary>A vehicle that enters at the begin of a lane stands with its front before this place, m.</summary>
    private const double EntryM = 5.5;

    /// <summary>A vehicle leaves with its end: its front is then where it enters the next section. Not where the end of one that enters stands, or SUMO stops with a failed assertion.</summary>
    private const double ExitM = 0.5;

    /// <summary>A vehicle must have left with all its length before it ends its way, m.</summary>
    private const double BeforeEndM = 12;

    /// <summary>Vehicles slower than this stand, m/s.</summary>
    private const double HaltingMps = 0.1;

    /// <summary>Writes an additional file with a detector for each section.</summary>
    /// <param name="stream">Gets the file, UTF-8.</param>
    /// <param name="network">The streets.</param>
    /// <param name="begins">By edge: the section that begins with it, or -1 where the one before goes on.</param>
    /// <param name="periodS">SUMO tells figures for every so many seconds.</param>
    /// <param name="output">The file that SUMO writes to.</param>
    public static void Write(Stream stream, RoadNetwork network, IReadOnlyList<int> begins, int periodS, string output)
    {
        var next = network.Connections.Where(c => network.Edges[network.Lanes[c.ToLane].Edge].Function == EdgeFunction.Street)
            .ToLookup(c => network.Lanes[c.FromLane].Edge, c => network.Lanes[c.ToLane].Edge);
        using var xml = SumoFiles.Begin(stream, "additional");
        for (var e = 0; e < begins.Count; e++)
        {
            if (begins[e] < 0)
            {
                continue;
            }

            xml.WriteStartElement("entryExitDetector");
            xml.WriteAttributeString("id", begins[e].ToString(CultureInfo.InvariantCulture));
            xml.WriteAttributeString("period", periodS.ToString(CultureInfo.InvariantCulture));
            xml.WriteAttributeString("file", output);
            xml.WriteAttributeString("timeThreshold", "1");
            xml.WriteAttributeString("speedThreshold", SumoFiles.Number(HaltingMps));
            Place(xml, "detEntry", network, e, EntryM);
            var (seen, open) = (new HashSet<int> { e }, new Queue<int>([e]));
            while (open.TryDequeue(out var edge))
            {
                if (!next[edge].Any())
                {
                    Place(xml, "detExit", network, edge, network.Lanes[network.Edges[edge].Lanes[0]].LengthM - BeforeEndM);
                }

                foreach (var to in next[edge].Where(seen.Add))
                {
                    if (begins[to] >= 0)
                    {
                        Place(xml, "detExit", network, to, ExitM);
                    }
                    else
                    {
                        open.Enqueue(to);
                    }
                }
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    /// <summary>Reads what SUMO measured from a time on.</summary>
    /// <param name="detectors">The file that the detectors wrote.</param>
    /// <param name="trips">SUMO's output of trips, with those that never entered; vehicles called as <see cref="SumoDemandWriter"/> does.</param>
    /// <param name="begins">As written.</param>
    /// <param name="fromS">Begin of a period.</param>
    /// <param name="toS">End of the run.</param>
    /// <returns>By section.</returns>
    /// <exception cref="InvalidDataException">A file is not what SUMO writes.</exception>
    public static SumoSection[] Read(Stream detectors, Stream trips, IReadOnlyList<int> begins, double fromS, double toS)
    {
        var sections = new SumoSection[begins.DefaultIfEmpty(-1).Max() + 1];
        Array.Fill(sections, new SumoSection(0, 0, 0, 0));
        foreach (var row in Rows(detectors, "interval"))
        {
            if (Number(row, "begin") >= fromS - 1e-6 && int.TryParse(row.GetAttribute("id"), CultureInfo.InvariantCulture, out var section) && section < sections.Length)
            {
                var left = (int)Number(row, "vehicleSum");
                var known = sections[section];
                sections[section] = left == 0 ? known : known with
                {
                    Left = known.Left + left,
                    DelayS = known.DelayS + (left * Number(row, "meanTimeLoss")),
                    Stops = known.Stops + (left * Number(row, "meanHaltsPerVehicle")),
                };
            }
        }

        foreach (var row in Rows(trips, "tripinfo"))
        {
            var name = row.GetAttribute("id") ?? "";
            if (int.TryParse(name.AsSpan(0, Math.Max(0, name.IndexOf('.', StringComparison.Ordinal))), CultureInfo.InvariantCulture, out var edge) && edge < begins.Count && begins[edge] >= 0)
            {
                // One that never entered has waited until the end.
                var (depart, delay) = (Number(row, "depart"), Math.Max(0, Number(row, "departDelay")));
                var entered = depart >= 0 ? depart : toS;
                var section = begins[edge];
                sections[section] = sections[section] with { EntryDelayS = sections[section].EntryDelayS + Math.Max(0, entered - Math.Max(fromS, entered - delay)) };
            }
        }

        return sections;
    }

    private static void Place(XmlWriter xml, string name, RoadNetwork network, int edge, double placeM)
    {
        foreach (var lane in network.Edges[edge].Lanes)
        {
            xml.Element(name, ("lane", $"{network.Edges[edge].Name}_{network.Lanes[lane].Position}"), ("pos", SumoFiles.Number(Math.Max(0, Math.Min(placeM, network.Lanes[lane].LengthM - 0.1)))));
        }
    }

    private static IEnumerable<XmlReader> Rows(Stream stream, string name)
    {
        using var xml = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.Element && xml.Name == name)
            {
                yield return xml;
            }
        }
    }

    private static double Number(XmlReader row, string name) =>
        double.TryParse(row.GetAttribute(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new InvalidDataException($"SUMO wrote a row {row.Name} without a number as {name}.");
}
