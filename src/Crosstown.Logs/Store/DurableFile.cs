using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Crosstown.Logs.Store;

/// <summary>Asks the operating system to put a file, or a folder's list of names, on the disk, and says when it could not (rule R02).</summary>
/// <remarks>
/// The framework's own calls return normally when the sync fails, so that an acknowledgement could follow lost bytes. A failure here is final
/// (rule R03): the system may have dropped the pages that it could not write, and asking again would then succeed without them.
/// </remarks>
internal static partial class DurableFile
{
    /// <summary>macOS: fsync leaves bytes in the drive's cache, this does not.</summary>
    private const int FullSync = 51;

    /// <summary>Puts a file's content on the disk, with its length.</summary>
    /// <exception cref="IOException">The system could not; what is on the disk is not known.</exception>
    public static void Sync(SafeFileHandle file, string path)
    {
        var failed = OperatingSystem.IsWindows() ? !FlushFileBuffers(file)
            : OperatingSystem.IsMacOS() ? Control(file, FullSync) == -1
            : SyncData(file) == -1;
        if (failed)
        {
            throw Failure(path);
        }
    }

    /// <summary>Puts the names in a folder on the disk: files made, renamed and removed. Windows does so by itself.</summary>
    /// <exception cref="IOException">The system could not; which names are on the disk is not known.</exception>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // The framework refuses to open folders. Read-only is 0 on every Unix.
        using var folder = Open(path, 0);
        if (folder.IsInvalid || SyncAll(folder) == -1)
        {
            throw Failure(path);
        }
    }

    private static SyncFailedException Failure(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new SyncFailedException($"Syncing '{path}' failed: {Marshal.GetPInvokeErrorMessage(error)} (error {error}). What was not yet acknowledged may be lost.");
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncData(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncAll(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle file);
}
