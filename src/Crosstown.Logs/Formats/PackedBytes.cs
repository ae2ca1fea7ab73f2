namespace Crosstown.Logs.Formats;

/// <summary>Packed bytes on their way to the unpacker, with a memory of the last ones given: the unpacker takes more than it needs, and the checksum lies somewhere in them.</summary>
internal sealed class PackedBytes(Stream inner) : ForwardStream
{
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _lastGiven;
    private int _next;
    private int _end;
    private bool _ended;

    /// <summary>Packed bytes read from the file so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>True when more was asked for after the last byte: the packed data has no end.</summary>
    public bool WasStarved { get; private set; }

    /// <summary>Bytes that lie ahead, at least <paramref name="count"/> of them unless the file ends before.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        Ensure(count, _next);
        return _buffer.AsSpan(_next, _end - _next);
    }

    public void Skip(int count) => _next += count;

    /// <summary>The bytes given last, and at least <paramref name="count"/> that follow them unless the file ends before.</summary>
    public ReadOnlySpan<byte> LastGivenAnd(int count)
    {
        Ensure(count, _lastGiven);
        return _buffer.AsSpan(_lastGiven, _end - _lastGiven);
    }

    /// <summary>Goes on after so many bytes of <see cref="LastGivenAnd"/>.</summary>
    public void ContinueAfter(int count) => _next = _lastGiven + count;

    public override int Read(Span<byte> buffer)
    {
        Ensure(1, _next);
        _lastGiven = _next;
        var count = Math.Min(buffer.Length, _end - _next);
        _buffer.AsSpan(_next, count).CopyTo(buffer);
        _next += count;
        WasStarved |= count == 0 && buffer.Length > 0;
        return count;
    }

    private void Ensure(int count, int keepFrom)
    {
        if (_end - _next >= count || _ended)
        {
            return;
        }

        _buffer.AsSpan(keepFrom, _end - keepFrom).CopyTo(_buffer);
        _lastGiven = Math.Max(0, _lastGiven - keepFrom);
        _next -= keepFrom;
        _end -= keepFrom;
        while (_end - _next < count)
        {
            var read = inner.Read(_buffer.AsSpan(_end));
            if (read == 0)
            {
                _ended = true;
                return;
            }

            _end += read;
            BytesRead += read;
        }
    }
}
