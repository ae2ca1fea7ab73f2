using System.Buffers.Binary;

namespace Crosstown.Control.Snmp;

/// <summary>How long and how often a device is asked.</summary>
public sealed record SnmpPatience
{
    /// <summary>For one packet, ms; above 0, to 60,000.</summary>
    public int TimeoutMs { get; init; } = 1000;

    /// <summary>How often more after the first packet; 0 to 10.</summary>
    public int Retries { get; init; } = 2;
}

/// <summary>Brings a request to one device and its answer back: one at a time, within its patience, and in version 3 with the engine's name, keys and clock.</summary>
internal sealed class SnmpExchange : IDisposable
{
    private const int MostStrayPackets = 64;

    // RFC 3414, 5: usmStats.
    private static readonly ObjectIdentifier s_reports = new(1, 3, 6, 1, 6, 3, 15, 1, 1);

    private readonly IDatagramLink _link;
    private readonly SnmpAccess _access;
    private readonly SnmpPatience _patience;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly byte[] _buffer = new byte[SnmpMessage.LongestOctets + 1];
    private UsmEngine? _engine;
    private ulong _salt;
    private int _lastId;

    /// <param name="seed">Where salts and request numbers begin; random, so that no salt is used twice with a key.</param>
    public SnmpExchange(IDatagramLink link, SnmpAccess access, SnmpPatience patience, TimeProvider time, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(patience.TimeoutMs, nameof(patience));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(patience.TimeoutMs, 60_000, nameof(patience));
        ArgumentOutOfRangeException.ThrowIfNegative(patience.Retries, nameof(patience));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(patience.Retries, 10, nameof(patience));
        (_link, _access, _patience, _time, _salt) = (link, access, patience, time, seed);
        _lastId = (int)(seed >> 33) & 0x3FFFFFFF;
    }

    /// <summary>How often the engine of the device has started; null until it is known, and in versions 1 and 2c.</summary>
    public int? EngineBoots => _engine is { Boots: > 0 } engine ? engine.Boots : null;

    /// <summary>Sends what <paramref name="compose"/> makes until an answer comes.</summary>
    /// <param name="compose">Makes the packet, anew for every try, of the engine, the request's number and a salt.</param>
    /// <returns>The answer; its error status may be other than 0.</returns>
    /// <exception cref="SnmpException">There was none, or it is not to be trusted.</exception>
    public async Task<SnmpPdu> AskAsync(Func<SnmpAccess, UsmEngine?, int, ulong, byte[]> compose, CancellationToken stop)
    {
        await _turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            var (discoveries, resyncs) = (0, 0);
            for (; ; )
            {
                if (_access is UserAccess user && _engine is null)
                {
                    if (discoveries++ > 1)
                    {
                        throw new SnmpException(SnmpFault.UnknownEngine, "The device changes the name of its engine with every answer.");
                    }

                    var opening = await TryAsync((_, _, id, _) => MessageFrame.EncodeDiscovery(id), stop).ConfigureAwait(false);
                    _engine = new UsmEngine(user, opening.Engine.Span, _time);
                }

                var reply = await TryAsync(compose, stop).ConfigureAwait(false);
                if (reply.Pdu.Tag != 8)
                {
                    return reply.Pdu;
                }

                switch (reply.Fault)
                {
                    case SnmpFault.NotInTimeWindow when resyncs++ < 2:
                        break;
                    case SnmpFault.UnknownEngine when discoveries < 2:
                        _engine = null;
                        break;
                    default:
                        throw new SnmpException(reply.Fault, $"The device reports: {Words(reply.Fault)}.");
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static string Words(SnmpFault fault) => fault switch
    {
        SnmpFault.NotInTimeWindow => "its clock and ours do not come together",
        SnmpFault.UnknownEngine => "its engine has another name",
        SnmpFault.UnknownUser => "it does not know the user",
        SnmpFault.WrongDigest => "the authentication key is not the one that it has",
        SnmpFault.Decryption => "the privacy key is not the one that it has",
        _ => "it does not grant this level of security",
    };

    private async Task<Reply> TryAsync(Func<SnmpAccess, UsmEngine?, int, ulong, byte[]> compose, CancellationToken stop)
    {
        _lastId = _lastId > int.MaxValue - 16 ? 0 : _lastId;
        var firstId = _lastId + 1;
        SnmpException? last = null;
        for (var attempt = 0; attempt <= _patience.Retries; attempt++)
        {
            var packet = compose(_access, _engine, ++_lastId, _salt++);
            if (packet.Length > SnmpMessage.LongestOctets)
            {
                throw new SnmpException(SnmpFault.TooLarge, $"The request has {packet.Length} octets, and {SnmpMessage.LongestOctets} are the most: ask for less at once.");
            }

            using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(_patience.TimeoutMs), _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
            try
            {
                await _link.SendAsync(packet, either.Token).ConfigureAwait(false);
                for (var stray = 0; stray < MostStrayPackets; stray++)
                {
                    var length = await _link.ReceiveAsync(_buffer, either.Token).ConfigureAwait(false);
                    try
                    {
                        if (Open(_buffer.AsSpan(0, length).ToArray(), firstId) is { } reply)
                        {
                            return reply;
                        }
                    }
                    catch (SnmpException e)
                    {
                        // Whoever can send to us must not be able to end what we wait for.
                        last = e;
                    }
                }
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                last ??= new SnmpException(SnmpFault.Timeout, $"The device did not answer {_patience.Retries + 1} packets within {_patience.TimeoutMs} ms each.");
            }
            catch (IOException e)
            {
                last = new SnmpException(SnmpFault.Unreachable, e.Message);
            }
        }

        throw last!;
    }

    /// <summary>The answer in a packet, if it belongs to what was asked and may be trusted; null for an answer to something else.</summary>
    private Reply? Open(byte[] packet, int firstId)
    {
        var message = SnmpMessage.Decode(packet);
        if (_access is CommunityAccess community)
        {
            return message.Version == community.Version && message.Pdu is { Tag: 2 } pdu && IsOurs(pdu.RequestId, firstId) ? new Reply(pdu, default, default) : null;
        }

        if (message.Header is not { } header || !IsOurs(header.MessageId, firstId))
        {
            return null;
        }

        if (_engine is null)
        {
            return message.Pdu is { Tag: 8 } discovered && header.Engine.Length is >= 5 and <= 32 ? new Reply(discovered, SnmpFault.UnknownEngine, header.Engine)
                : throw new SnmpException(SnmpFault.UnknownEngine, "The device does not say the name of its engine.");
        }

        return header.Flags.HasFlag(UsmProtection.Authentic) ? OpenAuthentic(packet, message, header, _engine, firstId) : OpenReport(message);
    }

    private static Reply OpenAuthentic(byte[] packet, SnmpMessage message, UsmHeader header, UsmEngine engine, int firstId)
    {
        if (!header.Engine.Span.SequenceEqual(engine.Id))
        {
            throw new SnmpException(SnmpFault.UnknownEngine, "The answer comes from another engine than the one that was asked.");
        }

        if (!header.User.Span.SequenceEqual(engine.Access.User))
        {
            throw new SnmpException(SnmpFault.UnknownUser, "The answer is for another user than the one that asked.");
        }

        if (!UsmKeys.IsAuthentic(engine.Access.Authentication, engine.AuthenticationKey, packet, header.DigestAt, header.DigestLength))
        {
            throw new SnmpException(SnmpFault.WrongDigest, "The answer's digest is wrong: another key, or a changed message.");
        }

        if (!engine.Take(header.Boots, header.TimeS))
        {
            throw new SnmpException(SnmpFault.NotInTimeWindow, "The answer is older than the time window allows.");
        }

        if (!header.Flags.HasFlag(UsmProtection.Private))
        {
            return OpenReport(message);
        }

        if (header.Salt.Length != 8)
        {
            throw new SnmpException(SnmpFault.Decryption, "The answer is encrypted without a salt.");
        }

        var plain = UsmKeys.Decrypt(engine.PrivacyKey, header.Boots, header.TimeS, BinaryPrimitives.ReadUInt64BigEndian(header.Salt.Span), header.Encrypted.Span);
        var pdu = SnmpMessage.DecodeScoped(plain);
        return pdu.Tag == 8 ? new Reply(pdu, FaultOf(pdu), default)
            : pdu.Tag == 2 && IsOurs(pdu.RequestId, firstId) ? new Reply(pdu, default, default)
            : throw Ber.Malformed("an answer to something else inside the answer");
    }

    /// <summary>Reports are all that may come without encryption: they say nothing of objects.</summary>
    private static Reply OpenReport(SnmpMessage message) => message.Pdu is { Tag: 8 } report ? new Reply(report, FaultOf(report), default)
        : throw new SnmpException(SnmpFault.SecurityLevel, "The answer is not encrypted, or not authentic.");

    private static SnmpFault FaultOf(SnmpPdu report)
    {
        if (report.Variables.Length == 0 || !report.Variables[0].Name.IsBelow(s_reports) || report.Variables[0].Name.Numbers.Length <= s_reports.Numbers.Length)
        {
            return SnmpFault.SecurityLevel;
        }

        return report.Variables[0].Name.Numbers[s_reports.Numbers.Length] switch
        {
            2 => SnmpFault.NotInTimeWindow,
            3 => SnmpFault.UnknownUser,
            4 => SnmpFault.UnknownEngine,
            5 => SnmpFault.WrongDigest,
            6 => SnmpFault.Decryption,
            _ => SnmpFault.SecurityLevel,
        };
    }

    private static bool IsOurs(int id, int firstId) => id >= firstId && id - firstId <= 10;

    /// <param name="Pdu">What came.</param>
    /// <param name="Fault">What a report says.</param>
    /// <param name="Engine">Of a discovery.</param>
    private sealed record Reply(SnmpPdu Pdu, SnmpFault Fault, ReadOnlyMemory<byte> Engine);
}
