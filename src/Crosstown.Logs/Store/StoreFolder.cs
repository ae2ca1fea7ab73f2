using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Street;

namespace Crosstown.Logs.Store;

/// <summary>Where the store's files lie, and how they are listed, replaced and cleared away.</summary>
/// <remarks>
/// <c>events/manifest</c> names every file that counts; <c>events/20240513/s227-12-15.seg</c> is the piece of signal 227 and that UTC day that
/// pieces 12 to 15 were merged into; <c>events/quarantine/</c> keeps files that were found damaged after what could be read of them was saved.
/// </remarks>
internal sealed class StoreFolder(string dataFolder, Disk disk)
{
    private const string SegmentEnding = ".seg";
    private const string DayFormat = "yyyyMMdd";
    private const int LockedOnLinux = 11;
    private const int LockedOnMacOS = 35;
    private const int LockedOnWindows = 32;

    public string Root { get; } = Path.Combine(dataFolder, "events");

    public Disk Disk => disk;

    public string ManifestPath => Path.Combine(Root, "manifest");

    private string QuarantineFolder => Path.Combine(Root, "quarantine");

    /// <summary>Where a server keeps what it has taken and not yet put into segments.</summary>
    public string JournalRoot => Path.Combine(Root, "journal");

    public string DayFolder(int day) => Path.Combine(Root, EventKey.ToDate(day).ToString(DayFormat, CultureInfo.InvariantCulture));

    public string PathOf(SignalId signal, int day, long low, long high) =>
        Path.Combine(DayFolder(day), string.Create(CultureInfo.InvariantCulture, $"s{signal.Value}-{low}-{high}{SegmentEnding}"));

    public string PathOf(SignalId signal, int day, in Piece piece) => PathOf(signal, day, piece.Low, piece.High);

    /// <summary>A path as messages show it: from the data folder on.</summary>
    public string NameOf(string path) => Path.GetRelativePath(dataFolder, path);

    /// <summary>Takes the right to change the store, until disposed.</summary>
    /// <exception cref="ProblemException">Someone else has it.</exception>
    public FileStream Lock()
    {
        disk.MakeFolder(Root);
        var path = Path.Combine(Root, "writer.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) is LockedOnLinux or LockedOnMacOS or LockedOnWindows)
        {
            throw new ProblemException(
                "XT140",
                Root,
                "A running server, an import or a clean-up is changing this store right now. Hand files to the server that holds it (its inbox folder, or its import page), wait until it ends, or use another data folder. The lock ends with the process that holds it; there is nothing to delete.");
        }
    }

    /// <summary>Reads the manifest. No manifest and no segments is an empty store.</summary>
    /// <param name="issues">Takes that the manifest is damaged or missing; null makes that an exception.</param>
    public StoreContent Load(DataIssueLog? issues) => Load(issues, out _);

    /// <summary>Reads the manifest for someone who holds the lock: one that is damaged is replaced, and what is left over is cleared away.</summary>
    public StoreContent LoadToChange(DataIssueLog? issues)
    {
        var content = Load(issues, out var isRecovered);
        if (isRecovered || !File.Exists(ManifestPath))
        {
            // A new store's manifest comes before its first segment: segments without one are then a loss, never half of a first commit.
            Publish(content);
        }

        RemoveStrays(content, isRecovered);
        return content;
    }

    private StoreContent Load(DataIssueLog? issues, out bool isRecovered)
    {
        isRecovered = false;
        var path = ManifestPath;
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : null;
        if (bytes is not null && StoreContent.Read(bytes) is { } content)
        {
            return content;
        }

        if (bytes is null && !ListSegments().Any())
        {
            return StoreContent.Empty;
        }

        var message = $"The list of segments is {(bytes is null ? "missing" : "damaged")}; it is made anew from the segments themselves.";
        if (issues is null)
        {
            throw new InvalidDataException($"{NameOf(path)}: {message}");
        }

        issues.Add(DataIssueKind.DamagedBlock, NameOf(path), 0, "", message);
        isRecovered = true;
        return Recover(issues);
    }

    /// <summary>Makes a content the store's content, all at once and on the disk (rule R04).</summary>
    public void Publish(StoreContent content)
    {
        var bytes = new ByteWriter();
        content.Write(bytes);
        var unfinished = ManifestPath + SegmentWriter.UnfinishedEnding;
        using (var file = disk.MakeFile(unfinished))
        {
            disk.Write(file, unfinished, bytes.Written, 0);
            disk.Sync(file, unfinished);
        }

        disk.Rename(unfinished, ManifestPath);
        disk.SyncFolder(Root);
    }

    /// <summary>Removes files that no manifest names: what an import left that was ended before its commit, or after it but before it cleared up.</summary>
    /// <param name="keepUnreadable">Whether segments that cannot be read are to be kept: the manifest that named them may be the lost one.</param>
    private void RemoveStrays(StoreContent content, bool keepUnreadable)
    {
        var named = content.Signals
            .SelectMany(s => s.Value.Days.SelectMany(d => d.Value.Select(p => PathOf(s.Key, d.Key, p))))
            .ToHashSet(StringComparer.Ordinal);
        using var cursor = new SegmentCursor();
        foreach (var folder in ListDayFolders().ToList())
        {
            foreach (var path in Directory.EnumerateFiles(folder).Where(p => !named.Contains(p)).ToList())
            {
                if (keepUnreadable && path.EndsWith(SegmentEnding, StringComparison.Ordinal) && !cursor.TryOpen(path, path, null, null, new DataIssueLog()))
                {
                    Quarantine(path);
                }
                else
                {
                    cursor.Close();
                    disk.RemoveFile(path);
                }
            }
        }
    }

    /// <summary>Moves a damaged file out of the way; it is kept for as long as its day is.</summary>
    public void Quarantine(string path)
    {
        disk.MakeFolder(QuarantineFolder);
        disk.Rename(path, Path.Combine(QuarantineFolder, $"{Path.GetFileName(Path.GetDirectoryName(path))}-{Path.GetFileName(path)}"));
        disk.SyncFolder(QuarantineFolder);
    }

    /// <summary>Keeps bytes that cannot be read aside, for as long as the events of the UTC day on which their file was last written.</summary>
    public void Quarantine(string path, long position, ReadOnlySpan<byte> bytes)
    {
        disk.MakeFolder(QuarantineFolder);
        var day = File.GetLastWriteTimeUtc(path).ToString(DayFormat, CultureInfo.InvariantCulture);
        var aside = Path.Combine(QuarantineFolder, string.Create(CultureInfo.InvariantCulture, $"{day}-{Path.GetFileName(path)}-{position}"));
        using (var file = disk.MakeFile(aside + SegmentWriter.UnfinishedEnding))
        {
            disk.Write(file, aside + SegmentWriter.UnfinishedEnding, bytes, 0);
            disk.Sync(file, aside + SegmentWriter.UnfinishedEnding);
        }

        disk.Rename(aside + SegmentWriter.UnfinishedEnding, aside);
        disk.SyncFolder(QuarantineFolder);
    }

    /// <summary>Removes every file of the days before one, named or not, quarantined or not (rules P13, P22).</summary>
    public void RemoveDaysBefore(DateOnly day)
    {
        foreach (var folder in ListDayFolders().Where(f => DayOfName(Path.GetFileName(f)) < day).ToList())
        {
            foreach (var path in Directory.EnumerateFiles(folder).ToList())
            {
                disk.RemoveFile(path);
            }

            disk.SyncFolder(folder);
            disk.RemoveFolder(folder);
        }

        if (Directory.Exists(QuarantineFolder))
        {
            foreach (var path in Directory.EnumerateFiles(QuarantineFolder).Where(p => DayOfName(Path.GetFileName(p)) < day).ToList())
            {
                disk.RemoveFile(path);
            }

            disk.SyncFolder(QuarantineFolder);
        }

        disk.SyncFolder(Root);
    }

    private static DateOnly? DayOfName(string name) =>
        name.Length >= DayFormat.Length
        && DateOnly.TryParseExact(name.AsSpan(0, DayFormat.Length), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;

    private IEnumerable<string> ListDayFolders() =>
        Directory.Exists(Root) ? Directory.EnumerateDirectories(Root).Where(f => Path.GetFileName(f).Length == DayFormat.Length && DayOfName(Path.GetFileName(f)) is not null) : [];

    private IEnumerable<string> ListSegments() =>
        ListDayFolders().SelectMany(f => Directory.EnumerateFiles(f, "*" + SegmentEnding)).OrderBy(p => p, StringComparer.Ordinal);

    /// <summary>Makes the content from the segments' own heads. A piece that was merged into another one that is there does not count.</summary>
    private StoreContent Recover(DataIssueLog issues)
    {
        var found = new List<(SegmentHead Head, Piece Piece)>();
        using var cursor = new SegmentCursor();
        foreach (var path in ListSegments())
        {
            if (cursor.TryOpen(path, NameOf(path), null, null, issues) && path == PathOf(cursor.Head.Signal, cursor.Head.Day, cursor.Head.Low, cursor.Head.High))
            {
                var head = cursor.Head;
                found.Add((head, new Piece(head.Low, head.High, cursor.CountEvents(), cursor.FirstMs, cursor.LastMs, cursor.FileLength)));
            }
        }

        var signals = new Dictionary<SignalId, SignalContent>();
        foreach (var day in found.GroupBy(f => (f.Head.Signal, f.Head.Day)))
        {
            var zone = day.OrderBy(f => f.Piece.High).First().Head.Zone;
            if (!signals.TryGetValue(day.Key.Signal, out var content))
            {
                signals[day.Key.Signal] = content = new SignalContent(zone, []);
            }

            var pieces = day.Select(f => f.Piece).ToList();
            content.Days[day.Key.Day] =
                [.. pieces.Where(p => !pieces.Any(o => o.High > p.High && o.Low <= p.Low)).OrderBy(p => p.High)];
        }

        return new StoreContent(found.Count == 0 ? 1 : found.Max(f => f.Piece.High) + 1, signals);
    }
}
