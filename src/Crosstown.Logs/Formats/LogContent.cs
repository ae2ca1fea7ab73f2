using System.Buffers;
using Crosstown.Core.Data;

namespace Crosstown.Logs.Formats;

/// <summary>A file's unpacked bytes, read once from start to end through one bounded buffer.</summary>
/// <remarks>
/// Besides being a stream it lends its buffer, so that readers work on the bytes in place. The buffer has <see cref="Slack"/> readable bytes
/// behind its last one, which lets vector code load without a bounds check; what they hold means nothing.
/// </remarks>
public sealed class LogContent : ForwardStream
{
    /// <summary>Readable bytes behind <see cref="End"/>.</summary>
    public const int Slack = 64;

    private const int BufferBytes = 256 << 10;

    private readonly ForwardStream _inner;
    private ContentTrouble? _trouble;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes + Slack);
    private long _bufferPosition;
    private long _limit = long.MaxValue / 2;
    private bool _ended;

    internal LogContent(ForwardStream inner) => _inner = inner;

    public override ContentTrouble? Trouble => _trouble;

    /// <summary>The buffer; valid from <see cref="Start"/> to <see cref="End"/>, until the next <see cref="Fill"/>.</summary>
    public byte[] Buffer => _buffer;

    /// <summary>Index of the first byte that is not consumed.</summary>
    public int Start { get; private set; }

    /// <summary>Index behind the last byte read.</summary>
    public int End { get; private set; }

    /// <summary>The bytes read and not consumed.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(Start, End - Start);

    /// <summary>Bytes consumed so far.</summary>
    public override long Position
    {
        get => _bufferPosition + Start;
        set => throw new NotSupportedException();
    }

    /// <summary>Stops the content after so many bytes, counted from its beginning, with <see cref="DataIssueKind.LimitReached"/>.</summary>
    public void LimitTo(long bytes)
    {
        _limit = bytes;
        var over = _bufferPosition + End - bytes;
        if (over > 0)
        {
            End -= (int)Math.Min(over, End - Start);
            Stop(OverLimit());
        }
    }

    /// <summary>Marks bytes as done with.</summary>
    public void Consume(int count) => Start += count;

    /// <summary>Reads more behind the unread bytes, moving them to the front first. False when there are no more, or the buffer is full.</summary>
    public bool Fill()
    {
        if (_ended)
        {
            return false;
        }

        if (Start > 0)
        {
            System.Buffer.BlockCopy(_buffer, Start, _buffer, 0, End - Start);
            _bufferPosition += Start;
            End -= Start;
            Start = 0;
        }

        var room = Math.Min(BufferBytes - End, _limit - _bufferPosition - End + 1);
        if (BufferBytes == End)
        {
            return false;
        }

        var read = _inner.Read(_buffer.AsSpan(End, (int)room));
        if (read == 0)
        {
            Stop(_inner.Trouble);
            return false;
        }

        End += read;
        if (_bufferPosition + End > _limit)
        {
            End--;
            Stop(OverLimit());
            return read > 1;
        }

        return true;
    }

    public override int Read(Span<byte> buffer)
    {
        if (Start == End && !Fill())
        {
            return 0;
        }

        var count = Math.Min(buffer.Length, End - Start);
        Unread[..count].CopyTo(buffer);
        Consume(count);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            Start = End = 0;
            _ended = true;
        }

        base.Dispose(disposing);
    }

    private ContentTrouble OverLimit() => new(
        DataIssueKind.LimitReached,
        _limit,
        $"the file holds more than {_limit} bytes, which is the limit for its kind; the rest is left out");

    private void Stop(ContentTrouble? trouble)
    {
        _ended = true;
        _trouble ??= trouble;
    }
}

/// <summary>Why a file's content ended before its time.</summary>
/// <param name="Kind">A limit, a cut or damage.</param>
/// <param name="Position">Unpacked bytes before it.</param>
/// <param name="Text">What happened, with the limit in it, and what was kept.</param>
public sealed record ContentTrouble(DataIssueKind Kind, long Position, string Text);
