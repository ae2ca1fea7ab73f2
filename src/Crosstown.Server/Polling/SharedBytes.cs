namespace Crosstown.Server.Polling;

/// <summary>The memory that all large answers share while they are read.</summary>
internal sealed class SharedBytes(long most)
{
    private long _free = most;

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _free, -bytes) >= 0)
        {
            return true;
        }

        Interlocked.Add(ref _free, bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _free, bytes);
}

/// <summary>Takes an answer into memory, piece by piece, up to its limits.</summary>
internal sealed class AnswerBuffer(PollLimits limits, SharedBytes shared) : IDisposable
{
    private byte[] _bytes = new byte[Math.Min(limits.FreeBytes, 16 << 10)];
    private long _taken;

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Content => _bytes.AsMemory(0, Length);

    /// <summary>Reads a stream to its end.</summary>
    /// <exception cref="PollException">XT341: it is longer than an answer may be. XT348: there is no memory for it now.</exception>
    public async Task ReadAsync(Stream stream, CancellationToken stop)
    {
        while (true)
        {
            if (Length == _bytes.Length)
            {
                Grow();
            }

            var count = await stream.ReadAsync(_bytes.AsMemory(Length), stop);
            if (count == 0)
            {
                return;
            }

            Length += count;
            if (Length > limits.AnswerBytes)
            {
                throw new PollException("XT341", $"The answer is longer than {limits.AnswerBytes >> 10} KiB.");
            }
        }
    }

    public void Dispose()
    {
        shared.Return(_taken);
        (_bytes, _taken, Length) = ([], 0, 0);
    }

    private void Grow()
    {
        var size = Math.Min(_bytes.Length * 2, limits.AnswerBytes + 1);
        if (size > limits.FreeBytes)
        {
            var more = size - _taken;
            if (!shared.TryTake(more))
            {
                throw new PollException("XT348", $"Too many large answers are being read at once, more than {limits.SharedBytes >> 20} MiB; it is tried again.");
            }

            _taken += more;
        }

        Array.Resize(ref _bytes, size);
    }
}
