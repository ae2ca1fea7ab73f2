using System.Text;
using Crosstown.Core.Data;
using Crosstown.Timing.Utdf;

namespace Crosstown.Timing.Tests.Utdf;

public sealed class UtdfDocumentTests
{
    public static TheoryData<string> Shared => [UtdfFiles.Tempe, UtdfFiles.GrandAvenue, UtdfFiles.Bullhead];

    /// <summary>Every way to end lines, pad and mark a file that such files come in.</summary>
    public static TheoryData<string, byte[]> Dresses
    {
        get
        {
            var text = UtdfFiles.Small.ReplaceLineEndings("\n");
            var padded = string.Join('\n', text.Split('\n').Select(l => l + new string(',', Math.Max(0, 16 - l.Count(c => c == ',')))));
            return new TheoryData<string, byte[]>
            {
                { "lf", Encoding.UTF8.GetBytes(text) },
                { "crlf", Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal)) },
                { "cr", Encoding.UTF8.GetBytes(text.Replace('\n', '\r')) },
                { "mark", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)] },
                { "padded", Encoding.UTF8.GetBytes(padded) },
                { "no end", Encoding.UTF8.GetBytes(text.TrimEnd()) },
                { "latin", Encoding.Latin1.GetBytes(text.Replace("Oak St,Main", "Caf\u00e9 St,Main", StringComparison.Ordinal)) },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Shared))]
    [Trait("Category", SharedData.Category)]
    public void Real_files_come_back_byte_for_byte(string path)
    {
        var issues = new DataIssueLog();
        var (bytes, document) = UtdfFiles.ReadShared(path, issues);
        Assert.Equal(["Network", "Nodes", "Links", "Lanes", "Timeplans", "Phases"], document.Sections.Select(s => s.Name));
        Assert.Equal(bytes, UtdfFiles.BytesOf(document));
        Assert.Equal(0, issues.Count);
    }

    [Theory]
    [InlineData(UtdfFiles.Tempe, 17)]
    [InlineData(UtdfFiles.GrandAvenue, 1)]
    [InlineData(UtdfFiles.Bullhead, 1)]
    [Trait("Category", SharedData.Category)]
    public void Writing_every_cell_as_it_is_changes_nothing(string path, int everyRow)
    {
        var (bytes, document) = UtdfFiles.ReadShared(path);
        var changes = new UtdfChanges();
        foreach (var row in document.Sections.SelectMany(s => s.Rows).Where((_, i) => i % everyRow == 0))
        {
            var texts = document.GetTexts(row);
            for (var i = 0; i < texts.Length; i++)
            {
                changes.Set(row, i, texts[i]);
            }
        }

        Assert.Equal(bytes, UtdfFiles.BytesOf(document.Apply(changes)));
    }

    [Theory]
    [MemberData(nameof(Dresses))]
    public void Line_ends_marks_padding_and_letters_stay(string dress, byte[] bytes)
    {
        var issues = new DataIssueLog();
        var document = UtdfFiles.Read(bytes, issues);
        Assert.Equal(0, issues.Count);
        Assert.True(bytes.AsSpan().SequenceEqual(UtdfFiles.BytesOf(document)), dress);
        var lanes = document.Named("lanes").Single();
        var row = lanes.Find("satflow", 1)!.Value;
        var column = lanes.FindColumn("NBT")!.Value;
        Assert.Equal("*1750", document.GetText(row, column));
        Assert.Equal("Oak St, North", document.GetText(document.Named("Links").Single().Find("Name", 1)!.Value, 2));
        Assert.Equal(["KEY", "VALUE"], document.Named("Weather").Single().Columns);

        var changes = new UtdfChanges();
        changes.Set(row, column, "1800");
        var changed = UtdfFiles.BytesOf(document.Apply(changes));
        var at = bytes.AsSpan().IndexOf("*1750"u8);
        Assert.Equal([.. bytes[..at], .. "1800"u8, .. bytes[(at + 5)..]], changed);
    }

    [Fact]
    public void Quoted_cells_keep_their_quotes_and_texts_with_commas_get_them()
    {
        var document = UtdfFiles.Read("[Nodes]\nNode Data\nINTID,TYPE,X,DESCRIPTION\n1,0,=\"07\", \"a \"\"b\"\"\" ,plain\n2,0\n");
        var rows = document.Named("Nodes").Single().Rows;
        Assert.Equal(["1", "0", "07", "a \"b\"", "plain"], document.GetTexts(rows[0]));
        var changes = new UtdfChanges();
        changes.Set(rows[0], 2, "08");
        changes.Set(rows[0], 3, "c \"d\"");
        changes.Set(rows[0], 4, "x, y");
        changes.Set(rows[1], 3, "end");
        Assert.Equal(
            "[Nodes]\nNode Data\nINTID,TYPE,X,DESCRIPTION\n1,0,=\"08\", \"c \"\"d\"\"\" ,\"x, y\"\n2,0,,end\n",
            Encoding.UTF8.GetString(UtdfFiles.BytesOf(document.Apply(changes))));
    }

    [Fact]
    public void Rows_and_sections_are_added_in_the_dress_of_the_file()
    {
        var document = UtdfFiles.Read("[Network],,\r\nSettings,,\r\nRECORDNAME,DATA,\r\nMetric,0,\r\n,,\r\n[Timeplans],,\r\nPlans,,\r\nRECORDNAME,INTID,DATA,\r\nOffset,1,5,");
        var changes = new UtdfChanges();
        changes.AddRow(document, document.Named("Network").Single(), ["PHF", "0.9"]);
        changes.AddSection(document, "Timeplans", "Plans", ["RECORDNAME", "INTID", "DATA"], [["Offset", "1", "7"]]);
        Assert.Equal(
            "[Network],,\r\nSettings,,\r\nRECORDNAME,DATA,\r\nMetric,0,\r\nPHF,0.9,\r\n,,\r\n[Timeplans],,\r\nPlans,,\r\nRECORDNAME,INTID,DATA,\r\nOffset,1,5,\r\n,,,\r\n[Timeplans],,,\r\nPlans,,,\r\nRECORDNAME,INTID,DATA,\r\nOffset,1,7,\r\n",
            Encoding.UTF8.GetString(UtdfFiles.BytesOf(document.Apply(changes))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello\nworld\n")]
    public void What_is_no_such_file_is_refused(string text) =>
        Assert.Equal("XT660", Assert.Throws<ProblemException>(() => UtdfFiles.Read(text)).Problems.Single().Code);

    [Fact]
    public void Sixteen_bit_text_is_refused_with_what_to_do()
    {
        var problem = Assert.Throws<ProblemException>(() => UtdfFiles.Read([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(UtdfFiles.Small)])).Problems.Single();
        Assert.Equal("XT660", problem.Code);
        Assert.Contains("UTF-8", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_rows_are_told_and_kept()
    {
        var issues = new DataIssueLog();
        var document = UtdfFiles.Read("[Timeplans]\nPlans\nRECORDNAME,INTID,DATA\nOffset,one,5\nOffset,2,5\nOffset,2,6\n[Nodes]\n[Phases]\nonly a title\n", issues);
        Assert.Equal("5", document.GetText(document.Named("Timeplans").Single().Find("Offset", 2)!.Value, 2));
        Assert.Equal(
            [(DataIssueKind.BadHeader, 7L, "Nodes"), (DataIssueKind.BadHeader, 8L, "Phases"), (DataIssueKind.BadRow, 4L, "one"), (DataIssueKind.Conflict, 6L, "Offset")],
            issues.ListExamples().Select(i => (i.Kind, i.Position, i.Value)).OrderBy(i => i.Item3, StringComparer.Ordinal).OrderBy(i => i.Kind.ToString(), StringComparer.Ordinal));
    }
}
