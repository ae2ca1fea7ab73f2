namespace Crosstown.Server.Imports;

/// <summary>A folder for the time of one command.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private ScratchFolder(string path) => Path = path;

    public string Path { get; }

    public static ScratchFolder Create() => new(Directory.CreateTempSubdirectory("crosstown-").FullName);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
