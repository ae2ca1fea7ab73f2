namespace Crosstown.Server.Imports;

/// <summary>A folder for the time of one command.</summary>
internal sealed class PassingFolder : IDisposable
{
    private PassingFolder(string path) => Path = path;

    public string Path { get; }

    public static PassingFolder Create() => new(Directory.CreateTempSubdirectory("crosstown-").FullName);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
