using System.Buffers;

namespace Crosstown.Server.Live.Intake;

/// <summary>A body of a request in memory, in pieces that are used again.</summary>
internal sealed class HeldBody(BodyBudget budget) : IDisposable
{
    private const int PieceBytes = 64 << 10;

    private readonly List<byte[]> _pieces = [];
    private int _end = PieceBytes;
    private long _taken;

    public long Length => _pieces.Count == 0 ? 0 : ((_pieces.Count - 1L) * PieceBytes) + _end;

    /// <summary>Takes a stream to its end; false when all bodies together would take too much memory.</summary>
    /// <exception cref="InvalidDataException">It is longer than the limit.</exception>
    public async Task<bool> TryReadAsync(Stream from, long mostBytes, CancellationToken stop)
    {
        while (true)
        {
            if (_end == PieceBytes)
            {
                if (!budget.TryTake(PieceBytes))
                {
                    return false;
                }

                _taken += PieceBytes;
                _pieces.Add(ArrayPool<byte>.Shared.Rent(PieceBytes));
                _end = 0;
            }

            var count = await from.ReadAsync(_pieces[^1].AsMemory(_end, PieceBytes - _end), stop).ConfigureAwait(false);
            if (count == 0)
            {
                return true;
            }

            _end += count;
            if (Length > mostBytes)
            {
                throw new InvalidDataException();
            }
        }
    }

    /// <summary>The first bytes, at most one piece of them.</summary>
    public ReadOnlySpan<byte> Head => _pieces.Count == 0 ? [] : _pieces[0].AsSpan(0, _pieces.Count == 1 ? _end : PieceBytes);

    /// <summary>Opens the content for reading, any number of times one after the other.</summary>
    public Stream Open() => new Content(this);

    public void Dispose()
    {
        foreach (var piece in _pieces)
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        _pieces.Clear();
        _end = PieceBytes;
        budget.Return(_taken);
        _taken = 0;
    }

    private sealed class Content(HeldBody body) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => body.Length;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (Position >= Length || buffer.IsEmpty)
            {
                return 0;
            }

            var (piece, at) = ((int)(Position / PieceBytes), (int)(Position % PieceBytes));
            var count = (int)Math.Min(Math.Min(buffer.Length, PieceBytes - at), Length - Position);
            body._pieces[piece].AsSpan(at, count).CopyTo(buffer);
            Position += count;
            return count;
        }

        public override long Seek(long offset, SeekOrigin origin) =>
            Position = offset + (origin == SeekOrigin.Current ? Position : origin == SeekOrigin.End ? Length : 0);

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
