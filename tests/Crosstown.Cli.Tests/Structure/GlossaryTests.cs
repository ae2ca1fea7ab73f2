using System.Text.RegularExpressions;

namespace Crosstown.Cli.Tests.Structure;

public sealed class GlossaryTests
{
    private static readonly (string Term, string Meaning)[] Entries =
        [.. File.ReadLines(Repository.PathTo("GLOSSARY.md")).Select(l => Regex.Match(l, @"^\| ([^|]+) \| (.+) \|$")).Where(m => m.Success).Skip(1).Select(m => (m.Groups[1].Value, m.Groups[2].Value))];

    [Fact]
    public void Terms_stand_in_the_order_of_the_alphabet_and_once_each()
    {
        var terms = Entries.Select(e => e.Term).ToArray();

        Assert.InRange(terms.Length, 50, 100);
        Assert.Equal(terms.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase), terms);
    }

    [Fact]
    public void Every_meaning_is_a_sentence_that_does_not_lean_on_its_own_term() =>
        Assert.All(Entries, e =>
        {
            Assert.EndsWith(".", e.Meaning, StringComparison.Ordinal);
            Assert.DoesNotMatch($@"^(A |An |The )?{Regex.Escape(e.Term)}\b", e.Meaning);
        });
}
