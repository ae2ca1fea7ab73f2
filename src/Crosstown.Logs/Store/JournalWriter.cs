using Microsoft.Win32.SafeHandles;

namespace Crosstown.Logs.Store;

/// <summary>Appends records to the journal; each is on the disk when <see cref="Append"/> returns. For one thread at a time.</summary>
/// <param name="nextNumber">Number of the first file that it makes. Files of earlier runs are never appended to.</param>
/// <param name="fullBytes">A file is ended once it is so long.</param>
internal sealed class JournalWriter(StoreFolder folder, long nextNumber, long fullBytes) : IDisposable
{
    private readonly ByteWriter _head = new();
    private SafeFileHandle? _file;
    private string _path = "";
    private long _length;
    private long _number = nextNumber;

    /// <summary>Number of the file that is being written, or that the next record starts. Files below it get nothing more.</summary>
    public long Number => Interlocked.Read(ref _number);

    /// <summary>Appends a whole frame and syncs it.</summary>
    /// <exception cref="IOException">Not on the disk. For want of room when <see cref="DiskFull.Is"/> says so: the journal is as it was, and later appends may work. Final otherwise.</exception>
    public void Append(ReadOnlySpan<byte> frame)
    {
        var file = _file ?? MakeFile();
        try
        {
            folder.Disk.Write(file, _path, frame, _length);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            folder.Disk.Cut(file, _path, _length);
            throw;
        }

        folder.Disk.Sync(file, _path);
        _length += frame.Length;
        if (_length >= fullBytes)
        {
            Seal();
        }
    }

    /// <summary>Ends the current file; the next record starts another one.</summary>
    public void Seal()
    {
        if (_file is not null)
        {
            _file.Dispose();
            _file = null;
            Interlocked.Increment(ref _number);
        }
    }

    public void Dispose() => _file?.Dispose();

    private SafeFileHandle MakeFile()
    {
        folder.Disk.MakeFolder(folder.JournalRoot);
        _path = JournalFolder.PathOf(folder, _number);
        var unfinished = _path + SegmentWriter.UnfinishedEnding;
        _head.Clear();
        JournalFile.WriteHead(_head, _number);
        var file = folder.Disk.MakeFile(unfinished);
        try
        {
            folder.Disk.Write(file, unfinished, _head.Written, 0);
            folder.Disk.Sync(file, unfinished);
            folder.Disk.Rename(unfinished, _path);
            folder.Disk.SyncFolder(folder.JournalRoot);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        _length = _head.Length;
        return _file = file;
    }
}
