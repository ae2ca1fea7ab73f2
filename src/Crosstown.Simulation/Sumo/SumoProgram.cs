using System.Collections.Immutable;
using System.Xml;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Sumo;

/// <summary>Fixed-time programs in SUMO's form (<c>tlLogic</c>).</summary>
public static class SumoProgram
{
    private const string Letters = "GgyYrRsuoO";

    /// <summary>Writes programs as an additional file that <c>sumo -a</c> loads after the network.</summary>
    /// <param name="stream">Gets the file, UTF-8.</param>
    /// <param name="programs">In the order in which they are to be written.</param>
    public static void Write(Stream stream, IEnumerable<FixedProgram> programs)
    {
        using var xml = SumoFiles.Begin(stream, "additional");
        foreach (var program in programs)
        {
            Write(xml, program);
        }

        xml.WriteEndElement();
    }

    internal static void Write(XmlWriter xml, FixedProgram program)
    {
        xml.WriteStartElement("tlLogic");
        xml.WriteAttributeString("id", program.Signal);
        xml.WriteAttributeString("type", "static");
        xml.WriteAttributeString("programID", program.Name);
        xml.WriteAttributeString("offset", SumoFiles.Number(program.OffsetS));
        foreach (var phase in program.Phases)
        {
            xml.Element("phase", ("duration", SumoFiles.Number(phase.DurationS)), ("state", phase.State));
        }

        xml.WriteEndElement();
    }

    /// <summary>Reads the program on which the reader stands; null when it is damaged, which is reported.</summary>
    internal static FixedProgram? Read(SumoXml xml)
    {
        var where = xml.Where;
        var signal = xml.Get("id");
        var name = xml.Find("programID") ?? "0";
        var offset = xml.FindNumber("offset") ?? 0;
        var phases = ImmutableArray.CreateBuilder<FixedPhase>();
        if (!xml.Xml.IsEmptyElement)
        {
            var depth = xml.Xml.Depth;
            while (xml.ReadInside(depth))
            {
                if (xml.Xml.Name == "phase")
                {
                    phases.Add(new FixedPhase(xml.GetPositive("duration"), xml.Get("state")));
                }
            }
        }

        var wrong = phases.Count == 0 ? "has no phase"
            : phases.Any(p => p.State.Length != phases[0].State.Length) ? "has states of different length"
            : phases.SelectMany(p => p.State).FirstOrDefault(c => !Letters.Contains(c, StringComparison.Ordinal)) is var letter and not '\0' ? $"has the state letter '{letter}', which is none of {Letters}"
            : null;
        if (wrong is not null)
        {
            xml.LeaveOut(new Problem("XT714", where, $"Program '{name}' of signal '{signal}' {wrong}; it is left out."));
            return null;
        }

        return new FixedProgram { Signal = signal, Name = name, OffsetS = offset, Phases = phases.DrainToImmutable() };
    }
}
