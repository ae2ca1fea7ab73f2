namespace Crosstown.Logs.Store;

/// <summary>Tells a disk without room, which passes, from a disk that failed, which does not (rules R03, R12).</summary>
internal static class DiskFull
{
    private const int NoSpaceOnUnix = 28;
    private const int QuotaOnLinux = 122;
    private const int QuotaOnMacOS = 69;
    private const int HandleFullOnWindows = 39;
    private const int NoSpaceOnWindows = 112;

    /// <summary>Whether a write failed for want of room alone. A failed sync never counts: what it left behind is not known.</summary>
    public static bool Is(Exception e)
    {
        if (e is not IOException || e is SyncFailedException)
        {
            return false;
        }

        var error = e.HResult & 0xFFFF;
        return OperatingSystem.IsWindows()
            ? error is HandleFullOnWindows or NoSpaceOnWindows
            : error == NoSpaceOnUnix || error == (OperatingSystem.IsMacOS() ? QuotaOnMacOS : QuotaOnLinux);
    }
}
