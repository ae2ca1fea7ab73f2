namespace Crosstown.Browser.Tests;

/// <summary>An address for each page; a test holds the list to the client's own.</summary>
internal static class PageList
{
    public static readonly string[] All =
    [
        "/app/",
    ];
}
