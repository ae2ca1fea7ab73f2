using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Crosstown.Logs.Formats;

namespace Crosstown.Logs.Tests.Formats;

/// <summary>The page that describes the log files says what the readers do.</summary>
public sealed class LogFilesDocumentTests
{
    [Theory]
    [InlineData("time", EventField.Time)]
    [InlineData("signal", EventField.Signal)]
    [InlineData("code", EventField.Code)]
    [InlineData("parameter", EventField.Parameter)]
    public void The_page_lists_every_column_name_that_is_read(string word, EventField field)
    {
        var line = Page().Split('\n').Single(l => l.StartsWith($"- **{word}**", StringComparison.Ordinal));

        var listed = Regex.Matches(line, "`([A-Za-z]+)`").Select(m => m.Groups[1].Value.ToLowerInvariant()).Order(StringComparer.Ordinal);

        Assert.Equal(EventFields.ListNames(field), listed);
    }

    [Fact]
    public void The_page_lists_every_format_and_limit()
    {
        var page = Page();

        Assert.All(LogFormats.All, f => Assert.Contains($"| `{f.Name}` |", page, StringComparison.Ordinal));
        foreach (var row in new[]
        {
            $"| {ReadLimits.MaxControllerFileBytes >> 20} MiB |",
            $"| {ReadLimits.MaxCompressionRatio} : 1 |",
            $"| {ReadLimits.MaxLineBytes >> 10} KiB |",
            $"| {ReadLimits.MaxJsonDepth} |",
            $"0 to {ushort.MaxValue.ToString("N0", CultureInfo.InvariantCulture)}",
            $"{short.MinValue.ToString("N0", CultureInfo.InvariantCulture)} to {short.MaxValue.ToString("N0", CultureInfo.InvariantCulture)}",
        })
        {
            Assert.Contains(row, page, StringComparison.Ordinal);
        }
    }

    private static string Page([CallerFilePath] string thisFile = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "docs", "log-files.md"));
}
