using System.Text.RegularExpressions;

namespace Crosstown.Cli.Tests.Structure;

public sealed partial class RuleTests
{
    [Fact]
    public void Every_rule_that_we_claim_has_the_tests_that_it_names()
    {
        var guarded = ListGuards();
        var missing = ListClaims().SelectMany(claim => claim.Tests.Where(test => !guarded.Contains((claim.Id, test))).Select(test => $"{claim.Id}: no test in {test} carries it"));

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_rule_that_a_test_carries_is_claimed_with_that_test()
    {
        var claims = ListClaims().ToDictionary(c => c.Id, c => c.Tests);

        Assert.Empty(ListGuards().Where(g => !claims.TryGetValue(g.Id, out var tests) || !tests.Contains(g.Test)).Select(g => $"docs/rules.md does not name {g.Test} for {g.Id}").Order());
    }

    [Fact]
    public void Every_claim_is_one_sentence_with_a_test()
    {
        Assert.NotEmpty(ListClaims());
        Assert.All(ListClaims(), claim =>
        {
            Assert.Matches(@"^[A-Z].{20,}\.$", claim.Sentence);
            Assert.NotEmpty(claim.Tests);
        });
    }

    /// <summary>The rows of docs/rules.md: id, sentence, test classes.</summary>
    private static (string Id, string Sentence, string[] Tests)[] ListClaims() =>
        [.. File.ReadLines(Repository.PathTo("docs/rules.md")).Select(l => Row().Match(l)).Where(m => m.Success).Select(m =>
            (m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(t => t.Trim('`')).ToArray()))];

    /// <summary>The rule marks in all test sources, with the file that carries them.</summary>
    private static HashSet<(string Id, string Test)> ListGuards() =>
        [.. Repository.ListFiles(".cs").Where(p => p.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(path => Mark().Matches(File.ReadAllText(Repository.PathTo(path))).Select(m => (m.Groups[1].Value, Path.GetFileNameWithoutExtension(path))))];

    [GeneratedRegex(@"^\| ([A-Z]\d\d) \| (.+?) \| (.+?) \|$")]
    private static partial Regex Row();

    [GeneratedRegex("""\[Trait\("rule", ?"([A-Z]\d\d)"\)\]""")]
    private static partial Regex Mark();
}
