using System.Globalization;
using Crosstown.Cli.Demo;
using Crosstown.Core.Data;

namespace Crosstown.Cli.Tests.Report;

public sealed class DemoTests(SmallTown town) : IClassFixture<SmallTown>
{
    [Fact]
    public void Every_event_that_the_cabinets_wrote_is_in_the_store()
    {
        Assert.True(town.Result.EventsWritten > 50_000, $"{town.Result.EventsWritten} events");
        Assert.Equal(town.Result.EventsWritten, town.Result.EventsStored);
        Assert.Equal(town.Result.EventsStored, town.Result.Report.EventCount);
        Assert.All(town.Issues.ListCounts(), c => Assert.Equal(DataIssueKind.AssumedDefault, c.Kind));
    }

    [Fact]
    public void Both_makes_of_cabinet_write_their_own_files()
    {
        var files = Directory.EnumerateFiles(town.PathTo("data/logs"), "*", SearchOption.AllDirectories).Select(Path.GetFileName).ToArray();

        Assert.Equal(town.Result.Files, files.Length);
        Assert.Contains(files, f => f!.EndsWith(".datZ", StringComparison.Ordinal));
        Assert.Contains(files, f => f!.EndsWith(".xml.gz", StringComparison.Ordinal));
    }

    [Fact]
    public void Most_of_what_is_learned_of_detectors_is_true()
    {
        Assert.True(town.Result.Phases.Known > 50);
        Assert.True(town.Result.Phases.Precision >= 0.8, $"precision {town.Result.Phases.Precision:0.000}");
        Assert.True(town.Result.Phases.Recall >= 0.7, $"recall {town.Result.Phases.Recall:0.000}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_report_and_another_seed_another()
    {
        town.Run("again", town.PathTo("again.html"));
        town.Run("other", town.PathTo("other.html"), seed: 2);

        // Issues and sources name the folders, which differ: the page is compared from its first chart on.
        Assert.Equal(Charts(town.Report), Charts(town.PathTo("again.html")));
        Assert.NotEqual(Charts(town.Report), Charts(town.PathTo("other.html")));

        static string Charts(string path)
        {
            var text = File.ReadAllText(path);
            return text[text.IndexOf("id=\"signals\"", StringComparison.Ordinal)..];
        }
    }

    [Fact]
    public void A_folder_that_holds_something_else_is_left_alone()
    {
        Directory.CreateDirectory(town.PathTo("mine"));
        File.WriteAllText(town.PathTo("mine/notes.txt"), "keep");

        var problem = Assert.Throws<ProblemException>(() => town.Run("mine", town.PathTo("mine.html")));

        Assert.Equal("XT142", Assert.Single(problem.Problems).Code);
        Assert.Equal("keep", File.ReadAllText(town.PathTo("mine/notes.txt")));
    }

    [Fact]
    public void The_summary_is_plain_where_it_goes_to_a_file()
    {
        var output = new StringWriter(CultureInfo.InvariantCulture);

        DemoSummary.Print(town.Result, output, isTerminal: false);

        var text = output.ToString();
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain('│', text);
        Assert.Contains("Worst split failures", text, StringComparison.Ordinal);
        Assert.Contains("Detector phases learned: precision", text, StringComparison.Ordinal);
        Assert.Contains("Planted faults found:", text, StringComparison.Ordinal);
    }
}
