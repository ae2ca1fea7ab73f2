namespace Crosstown.Server.Tests.Live.Intake;

/// <summary>Copies the events of a data folder that nobody writes.</summary>
internal static class DataCopy
{
    public static void Make(string data, string copy)
    {
        var events = Path.Combine(data, "events");
        foreach (var path in Directory.EnumerateFiles(events, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(copy, "events", Path.GetRelativePath(events, path));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(path, to);
        }
    }
}
