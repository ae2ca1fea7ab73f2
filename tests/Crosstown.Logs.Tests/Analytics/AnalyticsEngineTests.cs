using Crosstown.Logs.Analytics;

namespace Crosstown.Logs.Tests.Analytics;

public sealed class AnalyticsEngineTests
{
    [Fact]
    public void Where_the_library_is_not_the_message_says_how_to_get_it()
    {
        Assert.False(AnalyticsEngine.TryLoad("/nowhere/libduckdb.so", out var engine, out var whyNot));

        Assert.Null(engine);
        Assert.Contains("/nowhere/libduckdb.so", whyNot, StringComparison.Ordinal);
        Assert.Contains("npm ci --prefix native/duckdb", whyNot, StringComparison.Ordinal);
    }

    [Fact]
    public void The_library_that_is_found_says_its_version()
    {
        var engine = Duck.Engine();

        Assert.StartsWith("v1.", engine.Version, StringComparison.Ordinal);
        Assert.True(File.Exists(engine.Path));
    }
}
