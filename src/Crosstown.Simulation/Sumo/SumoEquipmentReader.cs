using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Sumo;

/// <summary>Reads additional files of SUMO (<c>.add.xml</c>): signal programs, bus stops, loops and lane-area detectors.</summary>
public static class SumoEquipmentReader
{
    /// <param name="stream">The file, not compressed.</param>
    /// <param name="source">Its name, for messages.</param>
    /// <param name="network">The network that it belongs to.</param>
    /// <param name="problems">Gets a problem for each row that is left out.</param>
    /// <exception cref="ProblemException">The file is no additional file.</exception>
    public static RoadEquipment Read(Stream stream, string source, RoadNetwork network, ICollection<Problem> problems)
    {
        var laneOf = SumoNames.Lanes(network);
        using var xml = new SumoXml(stream, source, problems);
        xml.ReadRoot("additional", "add");
        var programs = ImmutableArray.CreateBuilder<FixedProgram>();
        var stops = ImmutableArray.CreateBuilder<BusStop>();
        var detectors = ImmutableArray.CreateBuilder<LaneDetector>();
        while (xml.ReadElement())
        {
            switch (xml.Xml.Name)
            {
                case "tlLogic":
                    if (SumoProgram.Read(xml) is { } program)
                    {
                        programs.Add(program);
                    }

                    break;
                case "busStop" or "trainStop":
                    if (FindLane(xml, laneOf) is { } stopLane)
                    {
                        var lengthM = network.Lanes[stopLane].LengthM;
                        stops.Add(new BusStop(
                            xml.Get("id"), stopLane, SumoNames.Place(xml.FindNumber("startPos") ?? 0, lengthM), SumoNames.Place(xml.FindNumber("endPos") ?? lengthM, lengthM)));
                    }

                    break;
                case "inductionLoop" or "e1Detector":
                    if (FindLane(xml, laneOf) is { } loopLane)
                    {
                        var at = SumoNames.Place(xml.GetNumber("pos"), network.Lanes[loopLane].LengthM);
                        detectors.Add(new LaneDetector(xml.Get("id"), loopLane, at, at));
                    }

                    break;
                case "laneAreaDetector" or "e2Detector":
                    // An area over several lanes in a row names them all; nothing here senses by areas that long.
                    if (xml.Find("lanes")?.Contains(' ', StringComparison.Ordinal) != true && FindLane(xml, laneOf) is { } zoneLane)
                    {
                        var lengthM = network.Lanes[zoneLane].LengthM;
                        var from = SumoNames.Place(xml.GetNumber("pos"), lengthM);
                        var to = xml.FindNumber("endPos") is { } end ? SumoNames.Place(end, lengthM) : Math.Min(lengthM, from + xml.GetPositive("length"));
                        detectors.Add(new LaneDetector(xml.Get("id"), zoneLane, from, to));
                    }

                    break;
            }
        }

        xml.Finish();
        return new RoadEquipment { Programs = programs.DrainToImmutable(), BusStops = stops.DrainToImmutable(), Detectors = detectors.DrainToImmutable() };
    }

    private static int? FindLane(SumoXml xml, Dictionary<string, int> laneOf)
    {
        if ((xml.Find("lane") ?? xml.Find("lanes")) is not { } name)
        {
            xml.LeaveOut(new Problem("XT711", xml.Where, $"<{xml.Xml.Name}> names no lane; it is left out."));
            return null;
        }

        if (laneOf.TryGetValue(name, out var lane))
        {
            return lane;
        }

        xml.LeaveOut(new Problem("XT712", xml.Where, $"<{xml.Xml.Name}> lies on the lane '{name}', which the network has not; it is left out."));
        return null;
    }
}
