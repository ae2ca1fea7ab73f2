using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Crosstown.Cli.Tests.Report;

public sealed partial class ReportPageTests(SmallTown town) : IClassFixture<SmallTown>
{
    private readonly string _text = File.ReadAllText(town.Report);

    [Fact]
    public void The_page_is_well_formed_down_to_the_last_tag()
    {
        var page = Parse();

        Assert.Equal("html", page.Root!.Name.LocalName);
        Assert.Equal(3, page.Descendants("details").Count(d => (string?)d.Attribute("class") == "signal"));
        Assert.True(page.Descendants("svg").Count(s => (string?)s.Attribute("role") == "img") > 20);
    }

    [Fact]
    [Trait("rule", "P18")]
    public void The_page_loads_nothing_and_runs_nothing()
    {
        var page = Parse();

        Assert.Empty(page.Descendants("script"));
        Assert.Empty(page.Descendants("link"));
        Assert.Empty(page.Descendants("img"));
        Assert.DoesNotContain(page.Descendants().Attributes(), a => a.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || a.Name.LocalName == "src");
        Assert.DoesNotContain("http:", _text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", _text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", _text, StringComparison.OrdinalIgnoreCase);
        Assert.All(Urls().Matches(_text), u => Assert.Equal("url(#gap)", u.Value));
    }

    [Fact]
    public void Names_in_the_page_are_unique_and_links_lead_somewhere()
    {
        var page = Parse();
        var ids = page.Descendants().Attributes("id").Select(a => a.Value).ToArray();

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(page.Descendants("a").Attributes("href"), a => Assert.Contains(a.Value[1..], ids));
    }

    [Fact]
    public void Every_chart_has_a_title_a_reading_and_its_numbers()
    {
        foreach (var figure in Parse().Descendants("figure"))
        {
            var caption = figure.Element("figcaption")!;
            Assert.NotEqual("", caption.Elements().First().Value);
            Assert.EndsWith(".", caption.Element("p")!.Value, StringComparison.Ordinal);
            Assert.NotEmpty(figure.Descendants("table").Descendants("tbody").Elements());
            Assert.NotEqual("", (string?)figure.Descendants("svg").First(s => (string?)s.Attribute("role") == "img").Attribute("aria-label"));
        }
    }

    [Theory]
    [InlineData("Coordination diagram, Phase")]
    [InlineData("Phase terminations, ")]
    [InlineData("Split monitor, ")]
    [InlineData("Split failures")]
    [InlineData("Pedestrian delay")]
    [InlineData("Approach volumes")]
    [InlineData("Arrivals on red")]
    [InlineData("Timing and actuations, ")]
    [InlineData("Time-space diagram, ")]
    [InlineData("Time seen")]
    public void The_charts_that_engineers_look_for_are_there(string title) =>
        Assert.Contains(Parse().Descendants("figcaption"), c => c.Elements().First().Value.StartsWith(title, StringComparison.Ordinal));

    [Fact]
    [Trait("rule", "R13")]
    public void Every_list_says_how_much_of_the_time_was_seen() =>
        Assert.All(
            Parse().Descendants("section").Where(s => (string?)s.Attribute("class") == "card").SelectMany(s => s.Descendants("table")).Where(t => !t.Ancestors("section").First().Element("h3")!.Value.StartsWith("Data issues", StringComparison.Ordinal)),
            t => Assert.Equal("Time seen", t.Descendants("th").Last().Value));

    private XDocument Parse()
    {
        var body = _text[(_text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        using var reader = XmlReader.Create(new StringReader(body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        return XDocument.Load(reader);
    }

    [GeneratedRegex(@"url\([^)]*\)")]
    private static partial Regex Urls();
}
