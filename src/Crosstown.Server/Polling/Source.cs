using System.Text.Json.Serialization;
using Crosstown.Core.Street;

namespace Crosstown.Server.Polling;

/// <summary>How a controller's log is read.</summary>
internal enum SourceKind
{
    /// <summary>The XML event log that Intelight/Q-Free MaxTime controllers serve over HTTP.</summary>
    [JsonStringEnumMemberName("maxtime-http")]
    MaxTimeHttp,

    /// <summary>Log files in a folder on the controller, by FTP.</summary>
    Ftp,

    /// <summary>Log files in a folder on the controller, by SFTP.</summary>
    Sftp,

    /// <summary>Log files that another program drops into a folder of this machine.</summary>
    Folder,
}

/// <summary>One controller and how its log is read.</summary>
/// <param name="Id">Given by the database; 0 before.</param>
/// <param name="Address">Host and port; for a folder its path below the one for dropped logs.</param>
/// <param name="Path">Folder on the controller; empty where the kind has none.</param>
/// <param name="IntervalS">Seconds from one reading to the next.</param>
/// <param name="Zone">IANA zone of the controller's clock; null for the signal's own.</param>
/// <param name="Account">Name under which the settings give user and secret; null for none.</param>
/// <param name="ReportedAs">The number that the controller itself reports where it is not the signal's; null where it is.</param>
internal sealed record Source(
    long Id, SignalId Signal, SourceKind Kind, string Address, string Path, int IntervalS, string? Zone, string? Account, string? ReportedAs, bool IsEnabled)
{
    public const int LeastIntervalS = 1;
    public const int MostIntervalS = 86_400;

    public TimeSpan Interval => TimeSpan.FromSeconds(IntervalS);

    /// <summary>What logs and issues call it: never its address.</summary>
    public string Name => $"source of signal {Signal}";
}
