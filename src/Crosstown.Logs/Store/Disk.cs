using Microsoft.Win32.SafeHandles;

namespace Crosstown.Logs.Store;

/// <summary>The steps by which the store changes a disk. Every change goes through here, one step at a time.</summary>
internal enum DiskStep
{
    MakeFolder,
    MakeFile,
    Write,
    Cut,
    Sync,
    Rename,
    SyncFolder,
    RemoveFile,
    RemoveFolder,
}

/// <summary>The store's only way to change the disk.</summary>
/// <param name="before">
/// Called before every step with the step, its path and, for a rename, the new path. A test makes a step fail by throwing from it, or sees the
/// disk as a crash at that point would leave it.
/// </param>
internal sealed class Disk(Action<DiskStep, string, string?>? before = null)
{
    /// <summary>Makes a folder and those above it where they are missing, each on the disk before the next.</summary>
    public void MakeFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        var above = Path.GetDirectoryName(path)!;
        MakeFolder(above);
        before?.Invoke(DiskStep.MakeFolder, path, null);
        Directory.CreateDirectory(path);
        SyncFolder(above);
    }

    public SafeFileHandle MakeFile(string path)
    {
        before?.Invoke(DiskStep.MakeFile, path, null);
        return File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete);
    }

    public void Write(SafeFileHandle file, string path, ReadOnlySpan<byte> bytes, long offset)
    {
        before?.Invoke(DiskStep.Write, path, null);
        RandomAccess.Write(file, bytes, offset);
    }

    /// <summary>Gives back the end of a file, where a write stopped half-way.</summary>
    public void Cut(SafeFileHandle file, string path, long length)
    {
        before?.Invoke(DiskStep.Cut, path, null);
        RandomAccess.SetLength(file, length);
    }

    public void Sync(SafeFileHandle file, string path)
    {
        before?.Invoke(DiskStep.Sync, path, null);
        DurableFile.Sync(file, path);
    }

    public void Rename(string path, string newPath)
    {
        before?.Invoke(DiskStep.Rename, path, newPath);
        File.Move(path, newPath, overwrite: true);
    }

    public void SyncFolder(string path)
    {
        before?.Invoke(DiskStep.SyncFolder, path, null);
        DurableFile.SyncFolder(path);
    }

    public void RemoveFile(string path)
    {
        before?.Invoke(DiskStep.RemoveFile, path, null);
        File.Delete(path);
    }

    public void RemoveFolder(string path)
    {
        before?.Invoke(DiskStep.RemoveFolder, path, null);
        Directory.Delete(path);
    }
}
