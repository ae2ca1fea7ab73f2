using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Crosstown.Server.Tests.People;

[Trait("rule", "X03")]
public sealed partial class AsvsTests
{
    private static readonly (string Id, string Asks, string Shown)[] s_rows =
        [.. File.ReadLines(Path.Combine(Root(), "docs", "asvs.md")).Select(l => Row().Match(l)).Where(m => m.Success).Select(m => (m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value))];

    [Fact]
    public void Each_requirement_names_test_classes_that_exist_or_a_reason()
    {
        var classes = Directory.EnumerateFiles(Path.Combine(Root(), "tests"), "*Tests.cs", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).ToHashSet();
        Assert.True(s_rows.Length > 50, $"{s_rows.Length} rows");
        Assert.All(s_rows, row =>
        {
            var named = Name().Matches(row.Shown).Select(m => m.Groups[1].Value).ToArray();
            Assert.True(named.Length > 0 || row.Shown.StartsWith("reason: ", StringComparison.Ordinal), $"{row.Id} is shown by nothing");
            Assert.All(named, n => Assert.True(classes.Contains(n), $"{row.Id} names {n}, which does not exist"));
        });
    }

    [Fact]
    public void Requirements_stand_once_each_and_in_order() =>
        Assert.Equal(s_rows.Select(r => r.Id).Distinct().OrderBy(i => Version.Parse(i)), s_rows.Select(r => r.Id));

    private static string Root([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", ".."));

    [GeneratedRegex(@"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+) \|$")]
    private static partial Regex Row();

    [GeneratedRegex("`([A-Za-z]+)`")]
    private static partial Regex Name();
}
