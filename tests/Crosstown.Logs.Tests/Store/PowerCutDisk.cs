using Crosstown.Logs.Store;

namespace Crosstown.Logs.Tests.Store;

/// <summary>A disk that forgets: follows every step of the store and knows what a power cut before the next step could leave at worst.</summary>
/// <remarks>
/// File content counts only once the file was synced, a name only once its folder was. What the live folder shows is the other extreme,
/// where everything got through; a store must be whole after both.
/// </remarks>
internal sealed class PowerCutDisk
{
    private readonly string _folder;
    private readonly Dictionary<string, Content> _live = [];
    private readonly Dictionary<string, Content> _kept = [];
    private readonly HashSet<string> _liveFolders = [];
    private readonly HashSet<string> _keptFolders = [];
    private (DiskStep Step, string Path, string? NewPath)? _last;

    public PowerCutDisk(string folder)
    {
        _folder = folder;
        Disk = new Disk(Before);
        foreach (var path in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Append(folder))
        {
            _liveFolders.Add(path);
            _keptFolders.Add(path);
        }

        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            _live[path] = _kept[path] = new Content { Synced = File.ReadAllBytes(path) };
        }
    }

    public Disk Disk { get; }

    public string Folder => _folder;

    /// <summary>Called before every step, when the ones before it are done.</summary>
    public Action<DiskStep, string>? OnStep { get; set; }

    /// <summary>Writes what is on the disk for sure into an empty folder. Files whose content was not synced are cut in half.</summary>
    public void WriteKept(string to) => Write(to, c => c.Synced ?? c.Half());

    /// <summary>The same where a part of what was written since the last sync got through as well, its end torn or full of zeros.</summary>
    public void WriteTorn(string to, Random random) => Write(to, c => c.Torn(random));

    private void Write(string to, Func<Content, byte[]> contentOf)
    {
        Settle();
        foreach (var folder in _keptFolders)
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(_folder, folder)));
        }

        foreach (var (path, content) in _kept.Where(f => _keptFolders.Contains(Path.GetDirectoryName(f.Key)!)))
        {
            File.WriteAllBytes(Path.Combine(to, Path.GetRelativePath(_folder, path)), contentOf(content));
        }
    }

    private void Before(DiskStep step, string path, string? newPath)
    {
        Settle();
        OnStep?.Invoke(step, path);
        _last = (step, path, newPath);
    }

    /// <summary>Takes note of the last step, which is done by now.</summary>
    private void Settle()
    {
        if (_last is not var (step, path, newPath))
        {
            return;
        }

        _last = null;
        switch (step)
        {
            case DiskStep.MakeFolder:
                _liveFolders.Add(path);
                break;
            case DiskStep.MakeFile:
                _live[path] = new Content();
                break;
            case DiskStep.Write or DiskStep.Cut:
                _live[path].Written = File.ReadAllBytes(path);
                break;
            case DiskStep.Sync:
                _live[path].Synced = _live[path].Written = File.ReadAllBytes(path);
                break;
            case DiskStep.Rename:
                _live[newPath!] = _live[path];
                _live.Remove(path);
                break;
            case DiskStep.RemoveFile:
                _live.Remove(path);
                break;
            case DiskStep.RemoveFolder:
                _liveFolders.Remove(path);
                break;
            case DiskStep.SyncFolder:
                foreach (var gone in _kept.Keys.Where(p => Path.GetDirectoryName(p) == path && !_live.ContainsKey(p)).ToList())
                {
                    _kept.Remove(gone);
                }

                foreach (var (name, content) in _live.Where(p => Path.GetDirectoryName(p.Key) == path))
                {
                    _kept[name] = content;
                }

                _keptFolders.RemoveWhere(f => Path.GetDirectoryName(f) == path && !_liveFolders.Contains(f));
                _keptFolders.UnionWith(_liveFolders.Where(f => Path.GetDirectoryName(f) == path));
                break;
        }
    }

    private sealed class Content
    {
        public byte[]? Synced { get; set; }

        public byte[] Written { get; set; } = [];

        public byte[] Half() => Written[..(Written.Length / 2)];

        public byte[] Torn(Random random)
        {
            var safe = Synced?.Length ?? 0;
            if (Written.Length <= safe)
            {
                return Synced ?? [];
            }

            var torn = Written[..random.Next(safe, Written.Length + 1)];
            if (random.Next(2) == 0)
            {
                torn.AsSpan(random.Next(safe, torn.Length + 1)).Clear();
            }

            return torn;
        }
    }
}
