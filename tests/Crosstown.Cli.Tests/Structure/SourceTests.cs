using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Crosstown.Cli.Tests.Structure;

public sealed partial class SourceTests
{
    private static readonly string[] TextEndings =
        [".cs", ".csproj", ".props", ".slnx", ".json", ".md", ".txt", ".ps1", ".yml", ".html", ".js", ".css", ".svg", ".editorconfig", ".gitignore", "/run"];

    [Fact]
    public void No_file_is_kept_out_of_the_build()
    {
        foreach (var path in Repository.ListFiles(".csproj", ".props", ".targets"))
        {
            var document = XDocument.Load(Repository.PathTo(path));
            Assert.True(document.Descendants().All(e => e.Attribute("Remove") is null || e.Name.LocalName is not ("Compile" or "None")), $"{path} removes files from the build");
            Assert.True(document.Descendants("EnableDefaultCompileItems").All(e => e.Value != "false"), $"{path} lists its files by hand");
        }
    }

    [Fact]
    public void No_code_is_switched_off() =>
        AssertNoLine([".cs"], line => SwitchedOff().IsMatch(line));

    [Fact]
    public void No_code_is_kept_in_comments() =>
        AssertNoLine([".cs"], IsCodeInComment);

    [Theory]
    [InlineData("// var count = 0;", true)]
    [InlineData("    // if (isOn) {", true)]
    [InlineData("//return null;", true)]
    [InlineData("// }", true)]
    [InlineData("// A gap is shown as a gap; see below.", false)]
    [InlineData("/// <code>var x = 1;</code>", false)]
    [InlineData("// Code 81 (off) before code 82 (on)", false)]
    public void Code_in_a_comment_is_told_from_words(string line, bool isCode) => Assert.Equal(isCode, IsCodeInComment(line));

    [Fact]
    public void Nothing_is_left_to_do()
    {
        string[] marks = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "XX" + "X"];
        AssertNoLine(TextEndings, line => marks.Any(m => Regex.IsMatch(line, $@"\b{m}\b")));
    }

    [Fact]
    public void No_path_of_a_machine_and_no_package_host_stands_in_the_repository()
    {
        string[] marks = ["/wor" + "k/", "/ho" + "me/", "/ro" + "ot/", @":\Us" + "ers", "api.nu" + "get.org", "registry.npm" + "js.org", "py" + "pi.org", "files.python" + "hosted.org"];
        AssertNoLine(TextEndings, line => marks.Any(m => line.Contains(m, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void Every_source_file_lies_in_the_folder_that_its_namespace_names()
    {
        foreach (var path in Repository.ListFiles(".cs").Where(p => p.StartsWith("src/", StringComparison.Ordinal)))
        {
            var match = Namespace().Match(File.ReadAllText(Repository.PathTo(path)));
            var folder = Path.GetDirectoryName(path)!.Replace('\\', '/')["src/".Length..].Replace('/', '.');
            Assert.True(!match.Success || match.Groups[1].Value == folder, $"{path} is in namespace {match.Groups[1].Value}");
        }
    }

    private static bool IsCodeInComment(string line)
    {
        var text = line.TrimStart();
        return text.StartsWith("//", StringComparison.Ordinal) && !text.StartsWith("///", StringComparison.Ordinal) && CodeLike().IsMatch(text[2..].Trim());
    }

    private static void AssertNoLine(string[] endings, Func<string, bool> isBad)
    {
        var bad = new List<string>();
        foreach (var path in Repository.ListFiles(endings))
        {
            foreach (var (index, line) in File.ReadLines(Repository.PathTo(path)).Index())
            {
                if (isBad(line))
                {
                    bad.Add($"{path}:{index + 1}: {line.Trim()}");
                }
            }
        }

        Assert.Empty(bad);
    }

    [GeneratedRegex(@"^\s*#if\s+(false|0)\b|^\s*if\s*\(false\)")]
    private static partial Regex SwitchedOff();

    [GeneratedRegex(@"^[{}]\s*;?$|^(var|if|for|foreach|while|return|throw|using|public|private|internal|await|new)\b.*[;{]$|^[\w.\[\]]+\s*(=|\+=|-=)\s*.+;$|^[\w.]+\(.*\);$")]
    private static partial Regex CodeLike();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
