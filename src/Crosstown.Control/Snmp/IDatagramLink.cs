namespace Crosstown.Control.Snmp;

/// <summary>The way to one device and back. Only what that device sends comes in.</summary>
public interface IDatagramLink
{
    /// <exception cref="IOException">It could not be sent.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken stop);

    /// <summary>Waits for the next packet.</summary>
    /// <param name="buffer">Takes it; a longer one is cut.</param>
    /// <returns>Its octets.</returns>
    /// <exception cref="IOException">The network says that the device cannot be reached.</exception>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken stop);
}
