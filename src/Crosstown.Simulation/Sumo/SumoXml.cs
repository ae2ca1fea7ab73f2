using System.Collections.Immutable;
using System.Globalization;
using System.Xml;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Sumo;

/// <summary>One file of SUMO, read forward, with attributes that say what is wrong with them.</summary>
/// <remarks>No document types, no entities, nothing fetched; the length is bounded, so a hostile file costs no more than its own size.</remarks>
internal sealed class SumoXml : IDisposable
{
    /// <summary>Characters; a large city's network has some hundred million.</summary>
    private const long LongestFile = 4_000_000_000;

    /// <summary>Problems of rows that are kept for each file; the rest are counted.</summary>
    private const int ProblemsKept = 100;

    private readonly ICollection<Problem> _problems;
    private readonly string _source;
    private long _problemCount;

    /// <param name="stream">The file, not compressed.</param>
    /// <param name="source">Its name, for messages.</param>
    /// <param name="problems">Gets a problem for each row that is left out.</param>
    public SumoXml(Stream stream, string source, ICollection<Problem> problems)
    {
        _source = source;
        _problems = problems;
        Xml = XmlReader.Create(stream, new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = LongestFile,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true,
        });
    }

    public XmlReader Xml { get; }

    /// <summary>Where the reader stands, for messages.</summary>
    public string Where => string.Create(CultureInfo.InvariantCulture, $"{_source} line {(Xml as IXmlLineInfo)?.LineNumber ?? 0}");

    /// <summary>Goes on to the next begin of an element; false at the end.</summary>
    /// <exception cref="ProblemException">XT710: the file is no XML, or not allowed.</exception>
    public bool ReadElement()
    {
        while (Step())
        {
            if (Xml.NodeType == XmlNodeType.Element)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Goes on to the next begin of an element inside the one at <paramref name="depth"/>; false at its end.</summary>
    /// <exception cref="ProblemException">XT710: the file is no XML, or not allowed.</exception>
    public bool ReadInside(int depth)
    {
        while (Step())
        {
            if (Xml.NodeType == XmlNodeType.Element)
            {
                return true;
            }

            if (Xml.NodeType == XmlNodeType.EndElement && Xml.Depth <= depth)
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Checks the first element's name.</summary>
    /// <exception cref="ProblemException">XT710: it is another file.</exception>
    public void ReadRoot(params ReadOnlySpan<string> names)
    {
        if (!ReadElement() || !names.Contains(Xml.Name))
        {
            throw new ProblemException("XT710", _source, $"The file begins with <{Xml.Name}>; expected <{string.Join("> or <", names.ToArray())}>.");
        }
    }

    public string? Find(string name) => Xml.GetAttribute(name);

    /// <exception cref="ProblemException">XT711: it is not there.</exception>
    public string Get(string name) => Find(name) ?? throw Wrong(name, "is missing");

    /// <exception cref="ProblemException">XT711: it is no number.</exception>
    public double? FindNumber(string name)
    {
        var text = Find(name);
        return text is null ? null
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value
            : throw Wrong(name, $"is '{Short(text)}', and should be a number");
    }

    /// <exception cref="ProblemException">XT711: it is missing or no number.</exception>
    public double GetNumber(string name) => FindNumber(name) ?? throw Wrong(name, "is missing");

    /// <exception cref="ProblemException">XT711: it is missing, no number, or not above 0.</exception>
    public double GetPositive(string name)
    {
        var value = GetNumber(name);
        return value > 0 ? value : throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"is {value}, and should be above 0"));
    }

    /// <exception cref="ProblemException">XT711: it is missing, or no whole number of 0 or more.</exception>
    public int GetIndex(string name)
    {
        var text = Get(name);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Wrong(name, $"is '{Short(text)}', and should be a whole number of 0 or more");
    }

    public string[] ListWords(string name) => (Find(name) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A list of points, <c>x,y</c> or <c>x,y,z</c>, height left out.</summary>
    /// <exception cref="ProblemException">XT711: a point cannot be read.</exception>
    public ImmutableArray<RoadPoint> ListPoints(string name)
    {
        var words = ListWords(name);
        var points = ImmutableArray.CreateBuilder<RoadPoint>(words.Length);
        foreach (var word in words)
        {
            var comma = word.IndexOf(',', StringComparison.Ordinal);
            var second = comma < 0 ? -1 : word.IndexOf(',', comma + 1);
            if (comma < 0
                || !double.TryParse(word.AsSpan(0, comma), NumberStyles.Float, CultureInfo.InvariantCulture, out var x)
                || !double.TryParse(second < 0 ? word.AsSpan(comma + 1) : word.AsSpan(comma + 1, second - comma - 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var y))
            {
                throw Wrong(name, $"has the point '{Short(word)}', and should have x,y");
            }

            points.Add(new RoadPoint(x, y));
        }

        return points.DrainToImmutable();
    }

    /// <summary>Notes a row that is left out.</summary>
    public void LeaveOut(Problem problem)
    {
        if (_problemCount++ < ProblemsKept)
        {
            _problems.Add(problem);
        }
    }

    /// <summary>Says how many problems were not kept; call once, at the end.</summary>
    public void Finish()
    {
        if (_problemCount > ProblemsKept)
        {
            _problems.Add(new Problem("XT719", _source, $"{_problemCount - ProblemsKept} more rows of this file were left out."));
        }
    }

    public ProblemException Wrong(string attribute, string how) =>
        new("XT711", Where, $"The attribute '{attribute}' of <{Xml.Name}> {how}.");

    public void Dispose() => Xml.Dispose();

    private static string Short(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 39), "…");

    private bool Step()
    {
        try
        {
            return Xml.Read();
        }
        catch (XmlException e)
        {
            throw new ProblemException("XT710", string.Create(CultureInfo.InvariantCulture, $"{_source} line {e.LineNumber}"), $"The file is no XML that can be read: {e.Message}");
        }
    }
}
