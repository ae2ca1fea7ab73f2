using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Crosstown.Control.Snmp;

namespace Crosstown.Control.Tests.Ntcip;

/// <summary>An object of an agent: how it is read and, where it may be, written.</summary>
/// <param name="Get">Null when it is not there now.</param>
/// <param name="Set">Returns an error status, 0 for none; null for an object that is only read.</param>
internal sealed record AgentObject(Func<SnmpValue?> Get, Func<SnmpValue, int>? Set = null);

/// <summary>An SNMP agent of versions 1, 2c and 3 as a device has one: it knows its objects by name, its communities and its user, and nothing of a client's code but the cipher.</summary>
internal sealed class SnmpAgent
{
    private const int NoSuchName = 2;
    private const int ReadOnlyV1 = 4;
    private const int NotWritable = 17;

    private readonly SortedList<ObjectIdentifier, AgentObject> _objects = new(Comparer<ObjectIdentifier>.Create(ObjectIdentifier.Compare));
    private readonly UsmEngine? _engine;
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private ulong _salt = 77;
    private int _reports;

    public SnmpAgent(TimeProvider time, UserAccess? user = null)
    {
        (_time, _startedAt) = (time, time.GetTimestamp());
        _engine = user is null ? null : new UsmEngine(user, [0x80, 0, 0x1F, 0x88, 4, .. "crosstown"u8], time);
    }

    public string? ReadCommunity { get; init; }

    public string? WriteCommunity { get; init; }

    /// <summary>How often it has started: what a restart adds to.</summary>
    public int Boots { get; set; } = 3;

    /// <summary>Answers of more variables are too big for it.</summary>
    public int MostVariables { get; init; } = 64;

    /// <summary>Every request that came and was understood, by the tag of its kind.</summary>
    public List<int> Requests { get; } = [];

    public void Add(ObjectIdentifier name, AgentObject value) => _objects[name] = value;

    /// <summary>The answer to a packet; null where a device is silent.</summary>
    public byte[]? Answer(byte[] packet)
    {
        SnmpMessage message;
        try
        {
            message = SnmpMessage.Decode(packet);
        }
        catch (SnmpException)
        {
            return null;
        }

        if (message.Header is { } header)
        {
            return _engine is null ? null : AnswerUser(packet, header, _engine);
        }

        var word = Encoding.UTF8.GetString(message.Community.Span);
        if (word != ReadCommunity && word != WriteCommunity)
        {
            return null;
        }

        var answer = Work(message.Pdu!, message.Version, word == WriteCommunity);
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger((int)message.Version);
            writer.WriteOctetString(message.Community.Span);
            Write(writer, answer);
        }

        return writer.Encode();
    }

    private byte[] AnswerUser(byte[] packet, UsmHeader header, UsmEngine engine)
    {
        engine.Take(Boots, (int)_time.GetElapsedTime(_startedAt).TotalSeconds + 1);
        if (!header.Engine.Span.SequenceEqual(engine.Id))
        {
            return Report(header, engine, 4, isSigned: false);
        }

        if (!header.User.Span.SequenceEqual(engine.Access.User))
        {
            return Report(header, engine, 3, isSigned: false);
        }

        if (!header.Flags.HasFlag(UsmProtection.Authentic | UsmProtection.Private))
        {
            return Report(header, engine, 1, isSigned: false);
        }

        if (!UsmKeys.IsAuthentic(engine.Access.Authentication, engine.AuthenticationKey, packet, header.DigestAt, header.DigestLength))
        {
            return Report(header, engine, 5, isSigned: false);
        }

        if (header.Boots != Boots || Math.Abs(header.TimeS - engine.TimeS) > 150)
        {
            return Report(header, engine, 2, isSigned: true);
        }

        SnmpPdu request;
        try
        {
            request = SnmpMessage.DecodeScoped(UsmKeys.Decrypt(engine.PrivacyKey, header.Boots, header.TimeS, BinaryPrimitives.ReadUInt64BigEndian(header.Salt.Span), header.Encrypted.Span));
        }
        catch (SnmpException)
        {
            return Report(header, engine, 6, isSigned: false);
        }

        var answer = Work(request, SnmpVersion.V3, mayWrite: true);
        return MessageFrame.EncodeProtected(engine, header.MessageId, _salt++, UsmProtection.Authentic | UsmProtection.Private, writer => Write(writer, answer));
    }

    private byte[] Report(UsmHeader header, UsmEngine engine, uint counter, bool isSigned)
    {
        var report = new SnmpPdu(8, 0, 0, 0, [new SnmpVariable(new ObjectIdentifier(1, 3, 6, 1, 6, 3, 15, 1, 1, counter, 0), SnmpValue.OfUnsigned(SnmpValueKind.Counter32, (ulong)++_reports))]);
        return isSigned
            ? MessageFrame.EncodeProtected(engine, header.MessageId, 0, UsmProtection.Authentic, writer => Write(writer, report))
            : MessageFrame.EncodeVersion3(
                new MessageFrame.Opening(engine.Id, engine.Boots, engine.TimeS, header.User.ToArray(), 0, null), UsmProtection.None, header.MessageId,
                writer => MessageFrame.WriteScoped(writer, engine.Id, inner => Write(inner, report)));
    }

    private SnmpPdu Work(SnmpPdu request, SnmpVersion version, bool mayWrite)
    {
        Requests.Add(request.Tag);
        if (request.Tag == 3)
        {
            return Set(request, version, mayWrite);
        }

        var answers = ImmutableArray.CreateBuilder<SnmpVariable>();
        var (once, repetitions) = request.Tag == 5 ? (request.ErrorStatus, Math.Min(request.ErrorIndex, 50)) : (request.Variables.Length, 0);
        for (var i = 0; i < request.Variables.Length; i++)
        {
            var name = request.Variables[i].Name;
            for (var times = i < once ? 1 : repetitions; times > 0; times--)
            {
                var answer = request.Tag == 0 ? new SnmpVariable(name, _objects.GetValueOrDefault(name)?.Get() ?? SnmpValue.Missing(SnmpValueKind.NoSuchObject)) : Next(name);
                if (version == SnmpVersion.V1 && answer.Value.Kind >= SnmpValueKind.NoSuchObject)
                {
                    return request with { Tag = 2, ErrorStatus = NoSuchName, ErrorIndex = i + 1 };
                }

                answers.Add(answer);
                name = answer.Name;
            }
        }

        return answers.Count > MostVariables && request.Tag == 0
            ? request with { Tag = 2, ErrorStatus = 1, ErrorIndex = 0, Variables = version == SnmpVersion.V1 ? request.Variables : [] }
            : new SnmpPdu(2, request.RequestId, 0, 0, answers.ToImmutable());
    }

    private SnmpVariable Next(ObjectIdentifier name)
    {
        foreach (var (known, value) in _objects)
        {
            if (ObjectIdentifier.Compare(known, name) > 0 && value.Get() is { } found)
            {
                return new SnmpVariable(known, found);
            }
        }

        return new SnmpVariable(name, SnmpValue.Missing(SnmpValueKind.EndOfMibView));
    }

    private SnmpPdu Set(SnmpPdu request, SnmpVersion version, bool mayWrite)
    {
        for (var i = 0; i < request.Variables.Length; i++)
        {
            var found = _objects.GetValueOrDefault(request.Variables[i].Name);
            var status = !mayWrite || found?.Set is not { } set ? version == SnmpVersion.V1 ? ReadOnlyV1 : NotWritable : set(request.Variables[i].Value);
            if (status != 0)
            {
                return request with { Tag = 2, ErrorStatus = status, ErrorIndex = i + 1 };
            }
        }

        return request with { Tag = 2, ErrorStatus = 0, ErrorIndex = 0 };
    }

    private static void Write(AsnWriter writer, SnmpPdu pdu)
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, pdu.Tag)))
        {
            writer.WriteInteger(pdu.RequestId);
            writer.WriteInteger(pdu.ErrorStatus);
            writer.WriteInteger(pdu.ErrorIndex);
            using (writer.PushSequence())
            {
                foreach (var variable in pdu.Variables)
                {
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(variable.Name.ToString());
                        variable.Value.Write(writer);
                    }
                }
            }
        }
    }
}

/// <summary>A way to an agent in the same process, which can be cut.</summary>
internal sealed class AgentLink(Func<byte[], byte[]?> answer) : IDatagramLink
{
    private readonly Queue<byte[]> _waiting = [];

    /// <summary>Nothing comes through, and the network says so.</summary>
    public bool IsCut { get; set; }

    /// <summary>What is sent arrives, and answers are lost: the time until somebody gives up passes at once.</summary>
    public Action? LosesAnswers { get; set; }

    /// <summary>Packets that were sent.</summary>
    public List<byte[]> Sent { get; } = [];

    public ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken stop)
    {
        if (IsCut)
        {
            throw new IOException("The line is cut.");
        }

        Sent.Add(datagram.ToArray());
        if (answer(datagram.ToArray()) is { } reply && LosesAnswers is null)
        {
            _waiting.Enqueue(reply);
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken stop)
    {
        if (!_waiting.TryDequeue(out var reply))
        {
            LosesAnswers?.Invoke();
            await Task.Delay(Timeout.Infinite, stop);
        }

        reply.AsSpan(0, Math.Min(reply!.Length, buffer.Length)).CopyTo(buffer.Span);
        return Math.Min(reply.Length, buffer.Length);
    }
}

/// <summary>An agent on a loopback port.</summary>
internal sealed class UdpAgent : IAsyncDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public UdpAgent(Func<byte[], byte[]?> answer) => _loop = Task.Run(async () =>
    {
        try
        {
            for (; ; )
            {
                var packet = await _socket.ReceiveAsync(_stop.Token);
                if (answer(packet.Buffer) is { } reply)
                {
                    await _socket.SendAsync(reply, packet.RemoteEndPoint, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    });

    public IPEndPoint Address => (IPEndPoint)_socket.Client.LocalEndPoint!;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _socket.Dispose();
        _stop.Dispose();
    }
}
