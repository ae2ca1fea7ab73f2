using System.Globalization;
using System.Xml;
using Crosstown.Core.Data;

namespace Crosstown.Simulation.Osm;

/// <summary>Reads OpenStreetMap's XML, forward.</summary>
internal static class OsmXmlReader
{
    private const long LongestFile = 8_000_000_000;

    public static void Read(Stream stream, string source, OsmMap map)
    {
        using var xml = XmlReader.Create(stream, new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = LongestFile,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true,
        });
        try
        {
            if (xml.MoveToContent() != XmlNodeType.Element || xml.Name != "osm")
            {
                throw new ProblemException("XT735", source, "It is no OpenStreetMap file: its first element must be <osm>.");
            }

            xml.Read();
            while (!xml.EOF)
            {
                if (xml.NodeType == XmlNodeType.Element && xml.Name is "node" or "way" or "relation")
                {
                    ReadOne(xml, map);
                }
                else
                {
                    xml.Read();
                }
            }
        }
        catch (XmlException e)
        {
            throw new ProblemException("XT735", $"{source} line {e.LineNumber}", $"It is not well-formed XML, or has a document type, which is not allowed: {e.Message}");
        }
    }

    private static void ReadOne(XmlReader xml, OsmMap map)
    {
        var kind = xml.Name;
        var line = (xml as IXmlLineInfo)?.LineNumber ?? 0;
        var isWhole = long.TryParse(xml.GetAttribute("id"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id);
        var (latitude, longitude) = (Number(xml.GetAttribute("lat")), Number(xml.GetAttribute("lon")));
        Dictionary<string, string>? tags = null;
        var nodes = new List<long>();
        var members = new List<(char, long, string)>();
        if (xml.IsEmptyElement)
        {
            xml.Read();
        }
        else
        {
            var depth = xml.Depth;
            while (xml.Read() && xml.Depth > depth)
            {
                if (xml.NodeType != XmlNodeType.Element)
                {
                    continue;
                }

                if (xml.Name == "tag" && xml.GetAttribute("k") is { } key && OsmMap.IsKept(key) && xml.GetAttribute("v") is { } value)
                {
                    (tags ??= new(StringComparer.Ordinal))[key] = OsmMap.Cut(value);
                }
                else if (xml.Name is "nd" or "member")
                {
                    if (!long.TryParse(xml.GetAttribute("ref"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var reference))
                    {
                        isWhole = false;
                    }
                    else if (xml.Name == "nd")
                    {
                        nodes.Add(reference);
                    }
                    else
                    {
                        members.Add(((xml.GetAttribute("type") ?? " ") is [var first, ..] ? first : ' ', reference, xml.GetAttribute("role") ?? ""));
                    }
                }
            }

            xml.Read();
        }

        if (!isWhole || (kind == "node" && (latitude is null || longitude is null)))
        {
            map.LeaveOut($"line {line}", $"<{kind}> lacks a number for its id, its place or what it refers to; it is left out.");
        }
        else if (kind == "node")
        {
            map.AddNode(id, latitude!.Value, longitude!.Value, tags);
        }
        else if (kind == "way")
        {
            map.AddWay(id, nodes, tags);
        }
        else
        {
            map.AddRelation(id, members, tags);
        }
    }

    private static double? Number(string? text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
}
