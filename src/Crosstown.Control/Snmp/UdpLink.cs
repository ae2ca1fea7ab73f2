using System.Net;
using System.Net.Sockets;

namespace Crosstown.Control.Snmp;

/// <summary>UDP to one listed address: the socket takes nothing from any other.</summary>
public sealed class UdpLink : IDatagramLink, IDisposable
{
    /// <summary>Where SNMP agents listen.</summary>
    public const int UsualPort = 161;

    private readonly Socket _socket;

    /// <param name="device">Address and port, never a name: names change.</param>
    public UdpLink(IPEndPoint device)
    {
        ArgumentNullException.ThrowIfNull(device);
        _socket = new Socket(device.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Connect(device);
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken stop)
    {
        try
        {
            await _socket.SendAsync(datagram, SocketFlags.None, stop).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new IOException($"The network does not take the packet: {e.SocketErrorCode}.", e);
        }
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken stop)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, SocketFlags.None, stop).ConfigureAwait(false);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.MessageSize)
        {
            return buffer.Length;
        }
        catch (SocketException e)
        {
            throw new IOException($"The device cannot be reached: {e.SocketErrorCode}.", e);
        }
    }

    public void Dispose() => _socket.Dispose();
}
