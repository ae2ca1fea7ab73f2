using Crosstown.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace Crosstown.Server.Polling;

/// <summary>Settings of all sources, under <c>Sources</c>.</summary>
/// <param name="AllowLoopback"><c>Sources:AllowLoopback</c>: whether this machine itself may be polled, as in tests and the made-up town.</param>
/// <param name="DropFolder"><c>Sources:DropFolder</c>: below it lie the folders of dropped logs; <c>drop</c> in the data folder unless given.</param>
/// <param name="KnownHostsFile"><c>Sources:KnownHostsFile</c>: the host keys of SFTP controllers, as OpenSSH keeps them; <c>known_hosts</c> in the data folder unless given.</param>
internal sealed record SourceSettings(bool AllowLoopback, string DropFolder, string KnownHostsFile)
{
    /// <summary>Its last part: messages need no more.</summary>
    public string DropFolderName => Path.GetFileName(DropFolder.TrimEnd('/'));

    public static SourceSettings Read(IConfiguration configuration, ServerSettings server) => new(
        bool.TryParse(configuration["Sources:AllowLoopback"], out var allow) && allow,
        Path.GetFullPath(configuration["Sources:DropFolder"] ?? Path.Combine(server.Data, "drop")),
        Path.GetFullPath(configuration["Sources:KnownHostsFile"] ?? Path.Combine(server.Data, "known_hosts")));
}
