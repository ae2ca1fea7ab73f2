using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Crosstown.Control.Traci;

/// <summary>A client of SUMO's control protocol: what a signal controller needs of it, and nothing else.</summary>
/// <remarks>
/// Commands wait in one message until <see cref="Step"/> or <see cref="Flush"/> sends it, so that a second of the simulation costs one way there and back whatever it commands.
/// Values that are wanted each step are subscribed once; a step's answer writes them into <see cref="Values"/> without making objects. Not safe for several threads.
/// </remarks>
public sealed class TraciClient : IDisposable
{
    private const int LengthBytes = 4;
    private const int LargestMessage = 64 << 20;
    private const byte Version = 0x00;
    private const byte SimulationStep = 0x02;
    private const byte CloseConnection = 0x7F;
    private const byte ChangeSignal = 0xC2;
    private const byte FirstSubscribe = 0xD0;
    private const byte LastSubscribe = 0xDF;
    private const byte SubscribeOffset = 0x30;
    private const byte SubscriptionOffset = 0x40;
    private const byte AnswerOffset = 0x10;
    private const byte TypeInteger = 0x09;
    private const byte TypeDouble = 0x0B;
    private const byte TypeText = 0x0C;

    private readonly Stream _stream;
    private readonly List<(byte Command, string What)> _waiting = [];
    private readonly Dictionary<(TraciDomain Domain, string Name), Subscription> _subscriptions = [];
    private readonly List<Subscription> _told = [];
    private byte[] _out = new byte[1 << 14];
    private byte[] _in = new byte[1 << 16];
    private int _outLength = LengthBytes;
    private int _inLength;
    private int _at;
    private double[] _values = [];
    private string?[] _texts = [];
    private int _valueCount;
    private int _next;

    /// <param name="stream">A connection to SUMO; it is closed with the client.</param>
    public TraciClient(Stream stream) => _stream = stream;

    /// <summary>Values of all subscriptions after the last step, at the places that <see cref="Subscribe"/> gave; NaN for one that did not come, 0 for a text that did.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, _valueCount);

    /// <summary>The text of a subscription after the last step, at the place that <see cref="Subscribe"/> gave; null for one that did not come or is a number.</summary>
    public string? TextAt(int place) => double.IsNaN(_values[place]) ? null : _texts[place];

    /// <summary>Connects, trying until SUMO listens or the time is over.</summary>
    /// <param name="host">Name or address.</param>
    /// <param name="port">1-65535.</param>
    /// <param name="patience">How long to try.</param>
    /// <exception cref="TraciException">Not reached.</exception>
    public static TraciClient Connect(string host, int port, TimeSpan patience)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.Connect(host, port);
                return new TraciClient(new NetworkStream(socket, ownsSocket: true));
            }
            catch (SocketException reason)
            {
                socket.Dispose();
                if (TimeProvider.System.GetElapsedTime(start) >= patience)
                {
                    throw new TraciException(TraciFault.NotReached, string.Create(CultureInfo.InvariantCulture, $"No simulator answers at {host}:{port}: {reason.Message}"), reason);
                }

                Thread.Sleep(50);
            }
        }
    }

    /// <summary>The protocol's number and the simulator's own name of itself.</summary>
    /// <exception cref="TraciException">The conversation went wrong.</exception>
    public (int Protocol, string Simulator) ReadVersion()
    {
        Begin(Version, 0, "version");
        Send();
        Status();
        _ = CommandHead(Version);
        return (ReadInteger(), ReadText());
    }

    /// <summary>Reads one number now. Whatever waits is sent first, in the same message.</summary>
    /// <exception cref="TraciException">Refused for a name that is not there; or the conversation went wrong.</exception>
    public double ReadNumber(TraciDomain domain, TraciValue value, string name = "")
    {
        Get(domain, value, name);
        return ReadTyped();
    }

    /// <summary>Reads one text now. Whatever waits is sent first, in the same message.</summary>
    /// <exception cref="TraciException">Refused for a name that is not there; or the conversation went wrong.</exception>
    public string ReadText(TraciDomain domain, TraciValue value, string name)
    {
        Get(domain, value, name);
        Expect(ReadByte() == TypeText, "a text");
        return ReadText();
    }

    /// <summary>Asks for values with every step from now on, in place of those asked for under the same name before. The command waits for <see cref="Flush"/> or <see cref="Step"/>.</summary>
    /// <returns>Where in <see cref="Values"/> the first of them stands; the others follow in the order given.</returns>
    public int Subscribe(TraciDomain domain, string name, params ReadOnlySpan<TraciValue> values)
    {
        var first = _valueCount;
        _valueCount += values.Length;
        if (_values.Length < _valueCount)
        {
            Array.Resize(ref _values, Math.Max(_valueCount, _values.Length * 2));
            Array.Resize(ref _texts, _values.Length);
        }

        _values.AsSpan(first).Fill(double.NaN);
        var place = _subscriptions.TryGetValue((domain, name), out var before) ? before.Place : _told.Count;
        var subscription = new Subscription(domain, Encoding.UTF8.GetBytes(name), [.. values], first, place);
        _subscriptions[(domain, name)] = subscription;
        if (before is null)
        {
            _told.Add(subscription);
        }
        else
        {
            _told[place] = subscription;
        }

        Begin((byte)((byte)domain + SubscribeOffset), 8 + 8 + 4 + subscription.Name.Length + 1 + values.Length, name);
        WriteDouble(0);
        WriteDouble(1e9);
        WriteText(subscription.Name);
        WriteByte((byte)values.Length);
        foreach (var value in values)
        {
            WriteByte((byte)value);
        }

        return first;
    }

    /// <summary>Shows a state at a signal from the next step on. The command waits for <see cref="Flush"/> or <see cref="Step"/>.</summary>
    public void SetState(string signal, string state) => Change(signal, TraciValue.State, state);

    /// <summary>Sends what waits and reads the answers.</summary>
    /// <exception cref="TraciException">A command was refused; the others of the message were carried out. Or the conversation went wrong.</exception>
    public void Flush()
    {
        if (_waiting.Count > 0)
        {
            Send();
            TakeAnswers();
        }
    }

    /// <summary>Sends what waits and moves the simulation on by one step.</summary>
    /// <exception cref="TraciException">Closed when the run is over; or the conversation went wrong.</exception>
    public void Step()
    {
        Begin(SimulationStep, 8, "step");
        WriteDouble(0);
        Send();
        TakeAnswers();
    }

    /// <summary>Tells the simulator that the client goes. Not for use with a run that another ends.</summary>
    /// <exception cref="TraciException">The conversation went wrong.</exception>
    public void Close()
    {
        Begin(CloseConnection, 0, "close");
        Send();
        TakeAnswers();
    }

    public void Dispose() => _stream.Dispose();

    private void Change(string signal, TraciValue what, string text)
    {
        var name = Encoding.UTF8.GetBytes(signal);
        var letters = Encoding.UTF8.GetBytes(text);
        Begin(ChangeSignal, 1 + 4 + name.Length + 1 + 4 + letters.Length, signal);
        WriteByte((byte)what);
        WriteText(name);
        WriteByte(TypeText);
        WriteText(letters);
    }

    private void Get(TraciDomain domain, TraciValue value, string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        Begin((byte)domain, 1 + 4 + bytes.Length, name.Length > 0 ? name : value.ToString());
        WriteByte((byte)value);
        WriteText(bytes);
        Send();
        while (_waiting.Count > 1)
        {
            TakeAnswer();
        }

        Status();
        _ = CommandHead((byte)((byte)domain + AnswerOffset));
        Expect(ReadByte() == (byte)value, "the value that was asked for");
        _ = ReadName();
    }

    private void TakeAnswers()
    {
        TraciException? first = null;
        while (_waiting.Count > 0)
        {
            try
            {
                TakeAnswer();
            }
            catch (TraciException refusal) when (refusal.Fault is TraciFault.Refused or TraciFault.NotKnown)
            {
                // The other answers of the message still have to be read.
                first ??= refusal;
            }
        }

        if (first is not null)
        {
            throw first;
        }
    }

    private void TakeAnswer()
    {
        var command = _waiting[0].Command;
        try
        {
            Status();
        }
        catch (TraciException refusal) when (refusal.Fault == TraciFault.Refused && command is >= FirstSubscribe and <= LastSubscribe)
        {
            // Why each value of it was refused stands behind the refusal once more.
            SkipCommand((byte)(command + AnswerOffset));
            throw;
        }

        if (command == SimulationStep)
        {
            var count = ReadInteger();
            Expect(count >= 0, "a number of subscriptions");
            _values.AsSpan(0, _valueCount).Fill(double.NaN);
            for (var i = 0; i < count; i++)
            {
                TakeSubscription();
            }
        }
        else if (command is >= FirstSubscribe and <= LastSubscribe)
        {
            TakeSubscription();
        }
    }

    private void TakeSubscription()
    {
        var domain = (TraciDomain)(CommandHead(null) - SubscriptionOffset);
        var name = ReadName();
        var values = ReadByte();
        var subscription = FindSubscription(domain, name);
        for (var i = 0; i < values; i++)
        {
            var value = (TraciValue)ReadByte();
            var status = ReadByte();
            if (status != 0)
            {
                Expect(ReadByte() == TypeText, "a reason");
                throw new TraciException(TraciFault.Refused, $"The simulator has no {value} of '{Encoding.UTF8.GetString(name)}': {ReadText()}");
            }

            var place = subscription is not null && i < subscription.Values.Length && subscription.Values[i] == value ? subscription.First + i : -1;
            Need(1);
            if (_in[_at] == TypeText)
            {
                _at++;
                TakeText(place);
                continue;
            }

            var number = ReadTyped();
            if (place >= 0)
            {
                _values[place] = number;
            }
        }
    }

    /// <summary>A text that is the same as before makes no new object.</summary>
    private void TakeText(int place)
    {
        var letters = ReadName();
        if (place < 0)
        {
            return;
        }

        _values[place] = 0;
        if (_texts[place] is not { } known || known.Length != letters.Length || !Ascii.Equals(letters, known))
        {
            _texts[place] = Encoding.UTF8.GetString(letters);
        }
    }

    /// <summary>The subscription of a name. SUMO tells them in the order in which they were made, so that the next is looked at first.</summary>
    private Subscription? FindSubscription(TraciDomain domain, ReadOnlySpan<byte> name)
    {
        _next = _next < _told.Count ? _next : 0;
        var told = _told[_next];
        if (told.Domain == domain && told.Name.AsSpan().SequenceEqual(name))
        {
            _next++;
            return told;
        }

        var found = _subscriptions.GetValueOrDefault((domain, Encoding.UTF8.GetString(name)));
        _next = found is null ? _next : found.Place + 1;
        return found;
    }

    private void Begin(byte command, int bytes, string what)
    {
        _waiting.Add((command, what));
        var length = 2 + bytes;
        if (length <= byte.MaxValue)
        {
            WriteByte((byte)length);
        }
        else
        {
            WriteByte(0);
            WriteInteger(length + 4);
        }

        WriteByte(command);
    }

    private void Send()
    {
        BinaryPrimitives.WriteInt32BigEndian(_out, _outLength);
        try
        {
            _stream.Write(_out, 0, _outLength);
            _outLength = LengthBytes;
            Receive(LengthBytes);
            var length = BinaryPrimitives.ReadInt32BigEndian(_in) - LengthBytes;
            if (length is < 0 or > LargestMessage)
            {
                throw new TraciException(TraciFault.Malformed, string.Create(CultureInfo.InvariantCulture, $"The simulator announces a message of {length} bytes; 0 to {LargestMessage} can be."));
            }

            Receive(length);
        }
        catch (Exception reason) when (reason is IOException or ObjectDisposedException)
        {
            throw new TraciException(TraciFault.Closed, "The simulator closed the connection.", reason);
        }
    }

    private void Receive(int bytes)
    {
        var got = 0;
        while (got < bytes)
        {
            // What is announced is not believed: there is room for what has come, and as much again.
            if (got == _in.Length)
            {
                Array.Resize(ref _in, (int)Math.Min(bytes, _in.Length * 2L));
            }

            var now = _stream.Read(_in, got, Math.Min(bytes, _in.Length) - got);
            if (now == 0)
            {
                throw new TraciException(TraciFault.Closed, "The simulator closed the connection.");
            }

            got += now;
        }

        _inLength = bytes;
        _at = 0;
    }

    /// <summary>Takes the answer to the first command that waits for one.</summary>
    private void Status()
    {
        var (command, what) = _waiting[0];
        _waiting.RemoveAt(0);
        var answered = CommandHead(null);
        Expect(answered == command, "the answer to the command that was sent");
        var result = ReadByte();
        var reason = ReadText();
        switch (result)
        {
            case 0x00:
                return;
            case 0x01:
                throw new TraciException(TraciFault.NotKnown, $"The simulator does not know command 0x{command:X2} for '{what}': {reason}");
            default:
                throw new TraciException(TraciFault.Refused, $"The simulator refused command 0x{command:X2} for '{what}': {reason}");
        }
    }

    private byte CommandHead(byte? wanted)
    {
        if (ReadByte() == 0)
        {
            _ = ReadInteger();
        }

        var command = ReadByte();
        Expect(wanted is null || command == wanted, "the answer's own number");
        return command;
    }

    /// <summary>Goes past a command of this number if it is what comes next.</summary>
    private void SkipCommand(byte command)
    {
        var begin = _at;
        if (_inLength - begin < 2)
        {
            return;
        }

        var length = (int)ReadByte();
        length = length == 0 ? ReadInteger() : length;
        var isIt = ReadByte() == command;
        _at = begin;
        if (isIt)
        {
            Need(length);
            _at += length;
        }
    }

    private double ReadTyped()
    {
        switch (ReadByte())
        {
            case TypeInteger:
                return ReadInteger();
            case TypeDouble:
                Need(8);
                _at += 8;
                return BinaryPrimitives.ReadDoubleBigEndian(_in.AsSpan(_at - 8));
            default:
                throw Malformed("a number");
        }
    }

    private byte ReadByte()
    {
        Need(1);
        return _in[_at++];
    }

    private int ReadInteger()
    {
        Need(4);
        _at += 4;
        return BinaryPrimitives.ReadInt32BigEndian(_in.AsSpan(_at - 4));
    }

    private ReadOnlySpan<byte> ReadName()
    {
        var length = ReadInteger();
        Need(length);
        _at += length;
        return _in.AsSpan(_at - length, length);
    }

    private string ReadText() => Encoding.UTF8.GetString(ReadName());

    private void Need(int bytes) => Expect(bytes >= 0 && bytes <= _inLength - _at, "more of the message");

    private static void Expect([DoesNotReturnIf(false)] bool isSo, string what)
    {
        if (!isSo)
        {
            throw Malformed(what);
        }
    }

    private static TraciException Malformed(string what) => new(TraciFault.Malformed, $"The simulator's answer does not follow the protocol: {what} was expected.");

    private void WriteByte(byte value) => Room(1)[0] = value;

    private void WriteInteger(int value) => BinaryPrimitives.WriteInt32BigEndian(Room(4), value);

    private void WriteDouble(double value) => BinaryPrimitives.WriteDoubleBigEndian(Room(8), value);

    private void WriteText(ReadOnlySpan<byte> text)
    {
        WriteInteger(text.Length);
        text.CopyTo(Room(text.Length));
    }

    private Span<byte> Room(int bytes)
    {
        if (_outLength + bytes > _out.Length)
        {
            Array.Resize(ref _out, Math.Max(_outLength + bytes, _out.Length * 2));
        }

        _outLength += bytes;
        return _out.AsSpan(_outLength - bytes, bytes);
    }

    private sealed record Subscription(TraciDomain Domain, byte[] Name, TraciValue[] Values, int First, int Place);
}
