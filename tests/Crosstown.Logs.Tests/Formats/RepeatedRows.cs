using System.Text;

namespace Crosstown.Logs.Tests.Formats;

/// <summary>A file of any size that takes no memory: a header, and the same rows over and over.</summary>
internal sealed class RepeatedRows(string header, string rows, long times) : Stream
{
    private readonly byte[] _rows = Encoding.UTF8.GetBytes(rows);
    private byte[] _current = Encoding.UTF8.GetBytes(header);
    private int _at;
    private long _left = times;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var written = 0;
        while (written < buffer.Length)
        {
            if (_at == _current.Length)
            {
                if (_left-- <= 0)
                {
                    break;
                }

                _current = _rows;
                _at = 0;
            }

            var count = Math.Min(buffer.Length - written, _current.Length - _at);
            _current.AsSpan(_at, count).CopyTo(buffer[written..]);
            _at += count;
            written += count;
        }

        return written;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
