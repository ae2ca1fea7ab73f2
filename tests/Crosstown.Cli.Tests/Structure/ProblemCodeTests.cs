using System.Text.RegularExpressions;

namespace Crosstown.Cli.Tests.Structure;

public sealed partial class ProblemCodeTests
{
    /// <summary>The rows of docs/problem-codes.md.</summary>
    private static readonly (string Code, string Meaning, string Remedy, string[] Files)[] Rows =
        [.. File.ReadLines(Repository.PathTo("docs/problem-codes.md")).Select(l => Row().Match(l)).Where(m => m.Success).Select(m =>
            (m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value, m.Groups[4].Value.Split(',', StringSplitOptions.TrimEntries).Select(f => f.Trim('`')).Order(StringComparer.Ordinal).ToArray()))];

    [Fact]
    public void Every_problem_code_has_one_row_that_names_the_files_that_have_it()
    {
        var raised = ListCodes(QuotedCode());

        Assert.True(raised.Count > 40, $"{raised.Count} codes found");
        Assert.Equal(
            raised.Select(r => $"{r.Key}: {string.Join(", ", r.Value)}"),
            Rows.OrderBy(r => r.Code, StringComparer.Ordinal).Select(r => $"{r.Code}: {string.Join(", ", r.Files)}"));
    }

    [Fact]
    public void Every_problem_code_that_a_comment_speaks_of_is_one_that_is_raised() =>
        Assert.Empty(ListCodes(AnyCode()).Keys.Except(Rows.Select(r => r.Code)));

    [Fact]
    public void No_two_problem_codes_mean_the_same() =>
        Assert.Empty(Rows.GroupBy(r => r.Meaning, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => g.Key));

    [Fact]
    public void Every_problem_code_is_said_in_sentences() =>
        Assert.All(Rows, r =>
        {
            Assert.Matches(@"^[A-Z`].{15,}\.$", r.Meaning);
            Assert.Matches(@"^[A-Z`\[].{5,}\.$", r.Remedy);
        });

    /// <summary>The codes in the sources, each with the files that have it, in the order of the codes.</summary>
    private static SortedDictionary<string, SortedSet<string>> ListCodes(Regex code)
    {
        var found = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var path in Repository.ListFiles(".cs").Where(p => p.StartsWith("src/", StringComparison.Ordinal)))
        {
            foreach (Match match in code.Matches(File.ReadAllText(Repository.PathTo(path))))
            {
                if (!found.TryGetValue(match.Groups[1].Value, out var files))
                {
                    found[match.Groups[1].Value] = files = new SortedSet<string>(StringComparer.Ordinal);
                }

                files.Add(path["src/".Length..]);
            }
        }

        return found;
    }

    [GeneratedRegex(@"^\| (XT\d{3}) \| (.+?) \| (.+?) \| (`.+`) \|$")]
    private static partial Regex Row();

    [GeneratedRegex("\"(XT[0-9]{3})\\b")]
    private static partial Regex QuotedCode();

    [GeneratedRegex(@"\b(XT[0-9]{3})\b")]
    private static partial Regex AnyCode();
}
