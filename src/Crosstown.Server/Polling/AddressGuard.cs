using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Crosstown.Server.Polling;

/// <summary>Turns names into addresses.</summary>
internal delegate Task<IPAddress[]> NameLookUp(string host, CancellationToken stop);

/// <summary>Finds the address that a source's host stands for, and says whether it may be connected to (rule X01).</summary>
/// <remarks>
/// The address that was checked is the one that is connected to, so that a name which answers differently the second time gains nothing.
/// An address found once is used for a while without asking again; few look-ups run at once, so that a dead name server delays no known host.
/// </remarks>
internal sealed class AddressGuard(bool allowLoopback, NameLookUp lookUp, TimeProvider time) : IDisposable
{
    private const int MostLookUps = 8;

    private static readonly TimeSpan s_kept = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_lookUpLimit = TimeSpan.FromSeconds(5);

    // Addresses at which clouds tell their machines secrets, outside the link-local range.
    private static readonly IPAddress[] s_metadata = [IPAddress.Parse("100.100.100.200"), IPAddress.Parse("192.0.0.192"), IPAddress.Parse("fd00:ec2::254")];

    private readonly ConcurrentDictionary<string, (IPAddress Address, long At)> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _lookUps = new(MostLookUps);

    /// <summary>The address to connect to.</summary>
    /// <exception cref="PollException">XT338: the name stands for none. XT332: it may not be connected to.</exception>
    public async Task<IPAddress> FindAsync(string host, CancellationToken stop)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return Check(literal);
        }

        if (_known.TryGetValue(host, out var known) && time.GetElapsedTime(known.At) < s_kept)
        {
            return Check(known.Address);
        }

        var addresses = await LookUpAsync(host, stop);
        if (addresses.Length == 0)
        {
            throw Unknown();
        }

        // All of them must be allowed: a name that stands for a forbidden address among others is not to be trusted.
        foreach (var address in addresses)
        {
            Check(address);
        }

        _known[host] = (addresses[0], time.GetTimestamp());
        return addresses[0];
    }

    /// <summary>Forgets what a name stood for, as when nothing answers there.</summary>
    public void Forget(string host) => _known.TryRemove(host, out _);

    public void Dispose() => _lookUps.Dispose();

    /// <summary>Whether an address may be connected to.</summary>
    public bool IsAllowed(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return IsAllowed(address.MapToIPv4());
        }

        if (s_metadata.Contains(address))
        {
            return false;
        }

        if (IPAddress.IsLoopback(address))
        {
            return allowLoopback;
        }

        var bytes = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return bytes[0] is not (0 or >= 224) && !(bytes[0] == 169 && bytes[1] == 254);
        }

        return !address.IsIPv6LinkLocal && !address.IsIPv6Multicast && !address.IsIPv6SiteLocal && (Embedded(bytes) is not { } inner || IsAllowed(inner));
    }

    /// <summary>The IPv4 address that a translated (64:ff9b::/96), 6to4 (2002::/16) or compatible (::/96) address leads to; null for others.</summary>
    private static IPAddress? Embedded(byte[] bytes) =>
        bytes is [0, 0x64, 0xff, 0x9b, ..] ? new IPAddress(bytes.AsSpan(12, 4))
        : bytes is [0x20, 0x02, ..] ? new IPAddress(bytes.AsSpan(2, 4))
        : bytes.AsSpan(0, 12).IndexOfAnyExcept((byte)0) < 0 ? new IPAddress(bytes.AsSpan(12, 4))
        : null;

    private IPAddress Check(IPAddress address) => IsAllowed(address)
        ? address
        : throw new PollException("XT332", "The address is this machine's own, link-local, multicast or reserved, and is not connected to.");

    private async Task<IPAddress[]> LookUpAsync(string host, CancellationToken stop)
    {
        await _lookUps.WaitAsync(stop);
        var looking = lookUp(host, stop);

        // The system's look-up cannot be stopped: its place is free again only once it has ended.
        _ = looking.ContinueWith(_ => _lookUps.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            return await looking.WaitAsync(s_lookUpLimit, time, stop);
        }
        catch (Exception e) when (e is SocketException or TimeoutException or ArgumentException)
        {
            throw Unknown();
        }
    }

    private static PollException Unknown() => new("XT338", "No address is known for the source's name; check the name and the name server.");
}
