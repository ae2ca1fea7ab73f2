using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Crosstown.Cli.Report.Pictures;
using Crosstown.Core.Tables;
using Crosstown.Measures;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Options;

namespace Crosstown.Cli.Tests.Report;

/// <summary>The page of each measure says what the code does, and its picture is what the code draws.</summary>
public sealed class MeasurePageTests
{
    private const int LongestPicture = 60_000;

    private static readonly string[] s_headings =
        ["## What it says", "## Formula", "## Source", "## Options", "## With no data", "## Where the definitions differ", "## Columns"];

    private static readonly Lazy<PictureScene> s_scene = new(PictureScene.Create);

    public static TheoryData<string> Names => [.. MeasurePictures.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_has_its_headings_in_order_and_its_picture(string name)
    {
        var lines = Page(name);

        Assert.StartsWith("# ", lines[0], StringComparison.Ordinal);
        Assert.Equal(s_headings, lines.Where(l => l.StartsWith("## ", StringComparison.Ordinal)));
        Assert.Contains(lines.TakeWhile(l => !l.StartsWith("## ", StringComparison.Ordinal)), l => l.StartsWith("![", StringComparison.Ordinal) && l.EndsWith($"]({name}.svg)", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_options_on_the_page_are_those_of_the_code(string name)
    {
        var options = MeasureCatalog.Find(name)?.Options ?? ComposedCatalog.Find(name)!.Options;
        var section = Section(name, "## Options");

        if (options.IsEmpty)
        {
            Assert.Contains("None.", section);
            return;
        }

        Assert.Equal(
            options.Select(o => (o.Name, o.Unit, o.TextIn(DefinitionSet.Crosstown), o.TextIn(DefinitionSet.Odot21), o.TextIn(DefinitionSet.Udot5))),
            Cells(section).Where(c => c[0] != "option").Select(c => (c[0], c[1], c[2], c[3], c[4])));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_columns_on_the_page_are_those_of_the_tables(string name)
    {
        var own = TablesIn(name, DefinitionSet.Crosstown).Select(Describe).ToArray();
        var ofPeers = TablesIn(name, DefinitionSet.Odot21).Concat(TablesIn(name, DefinitionSet.Udot5)).Select(Describe).ToArray();

        var onPage = Tables(Section(name, "## Columns")).ToArray();

        Assert.Equal(own, onPage.Take(own.Length));
        Assert.All(onPage.Skip(own.Length), t => Assert.Contains(t, ofPeers));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_picture_is_what_the_code_draws_now(string name)
    {
        var drawn = MeasurePictures.Draw(s_scene.Value, name);

        Assert.InRange(drawn.Length, 1000, LongestPicture);
        Assert.True(drawn == File.ReadAllText(Path.Combine(Folder(), name + ".svg")), $"{name}.svg differs from what the code draws: run './run docs' and look at the change.");
    }

    [Fact]
    public void No_picture_is_left_of_a_measure_that_is_gone() =>
        Assert.Equal(
            MeasurePictures.Names.Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Folder(), "*.svg").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));

    private static ImmutableArray<TableSchema> TablesIn(string name, DefinitionSet set) => MeasureCatalog.Find(name)?.TablesIn(set) ?? ComposedCatalog.Find(name)!.Tables;

    private static string Describe(TableSchema table) => $"{table.Name}: {string.Join(", ", table.Columns.Select(c => $"{c.Name} [{c.Unit}]"))}";

    /// <summary>Each table of the section, named by a line of its own, with its columns and units.</summary>
    private static IEnumerable<string> Tables(string[] section)
    {
        string? table = null;
        var columns = new List<string>();
        foreach (var line in section)
        {
            if (line.StartsWith('`'))
            {
                if (table is not null)
                {
                    yield return $"{table}: {string.Join(", ", columns)}";
                }

                table = line.Split('`')[1];
                columns.Clear();
            }
            else if (line.StartsWith('|'))
            {
                columns.AddRange(Cells([line]).Where(c => c[0] != "column").Select(c => $"{c[0]} [{c[1]}]"));
            }
        }

        if (table is not null)
        {
            yield return $"{table}: {string.Join(", ", columns)}";
        }
    }

    private static IEnumerable<string[]> Cells(IEnumerable<string> lines) =>
        lines.Where(l => l.StartsWith('|') && !l.StartsWith("|-", StringComparison.Ordinal)).Select(l => l.Trim('|').Split('|').Select(c => c.Trim().Trim('`')).ToArray());

    private static string[] Section(string name, string heading) =>
        [.. Page(name).SkipWhile(l => l != heading).Skip(1).TakeWhile(l => !l.StartsWith("## ", StringComparison.Ordinal))];

    private static string[] Page(string name) => File.ReadAllLines(Path.Combine(Folder(), name + ".md"));

    private static string Folder([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "docs", "measures"));
}
