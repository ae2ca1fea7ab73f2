using System.Globalization;
using System.Text;
using System.Xml;

namespace Crosstown.Simulation.Sumo;

/// <summary>What the writers of SUMO's files share.</summary>
internal static class SumoFiles
{
    public static XmlWriter Begin(Stream stream, string root)
    {
        var xml = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n", CloseOutput = false });
        xml.WriteStartElement(root);
        return xml;
    }

    /// <summary>An element without content.</summary>
    public static void Element(this XmlWriter xml, string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        xml.WriteStartElement(name);
        foreach (var (attribute, value) in attributes)
        {
            xml.WriteAttributeString(attribute, value);
        }

        xml.WriteEndElement();
    }

    public static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
