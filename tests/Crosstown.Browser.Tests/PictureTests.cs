namespace Crosstown.Browser.Tests;

/// <summary>Pictures of the live town for the README. They are kept when CROSSTOWN_PICTURES names a folder, and looked at for emptiness always.</summary>
public sealed class PictureTests(LiveTown town, Browser browser)
{
    [Theory]
    [InlineData("map", "/app/", 1440, 900, false)]
    [InlineData("coordination", "/app/signals/1004?p=coordination&phase=2&t=MORNING", 1440, 1000, false)]
    [InlineData("corridor", "/app/corridors/harrison?t=PEAK", 1440, 1000, true)]
    [InlineData("findings", "/app/findings", 1440, 900, true)]
    [InlineData("termination-phone", "/app/signals/1002?p=termination&t=MORNING", 390, 844, false)]
    [InlineData("status", "/status", 1440, 900, false)]
    public async Task A_page_is_worth_a_picture(string name, string path, int width, int height, bool isDark)
    {
        await town.SettleAsync(TestContext.Current.CancellationToken);
        await using var view = await browser.OpenAsync(town.Address, width, height, isDark, isPhone: width < 600);
        var day = TimeProvider.System.GetUtcNow().AddDays(-1.5).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await view.GoAsync(path.Replace("MORNING", $"{day}T06:00/{day}T09:00", StringComparison.Ordinal).Replace("PEAK", $"{day}T07:30/{day}T07:40", StringComparison.Ordinal));
        await view.Page.WaitForTimeoutAsync(path == "/app/" ? 4000 : 1000);
        await view.SettleAsync();

        var picture = await view.Page.ScreenshotAsync();

        // A page of one color packs into a few kilobytes.
        Assert.True(picture.Length > 25_000, $"{picture.Length} bytes");
        if (Environment.GetEnvironmentVariable("CROSSTOWN_PICTURES") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllBytesAsync(Path.Combine(folder, name + ".png"), picture, TestContext.Current.CancellationToken);
        }
    }
}
