using System.Runtime.CompilerServices;

namespace Crosstown.Browser.Tests;

/// <summary>Files of the checkout that tests need at run time.</summary>
internal static class Repository
{
    private static string? s_axe;

    public static string PathTo(string relative) => Path.Combine(Root(), relative);

    /// <summary>The text of axe, or a skip of the running test.</summary>
    public static string Axe()
    {
        var path = PathTo("tests/web/node_modules/axe-core/axe.min.js");
        Assert.SkipUnless(File.Exists(path), "axe is not installed: npm ci --prefix tests/web --ignore-scripts");
        return s_axe ??= File.ReadAllText(path);
    }

    private static string Root([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));
}
