using System.Buffers.Binary;

namespace Crosstown.Logs.Store;

/// <summary>A byte buffer that grows: little-endian numbers, and whole numbers of seven bits a byte.</summary>
internal sealed class ByteWriter
{
    private byte[] _bytes = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Forgets everything after a position that was once the length.</summary>
    public void CutTo(int length) => Length = length;

    /// <summary>Makes room for so many bytes at the end, counts them as written and hands them out as they are, not cleared.</summary>
    public Span<byte> Take(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }

        var taken = _bytes.AsSpan(Length, count);
        Length += count;
        return taken;
    }

    /// <summary>Bytes already written, to be filled in later.</summary>
    public Span<byte> At(int position, int count) => _bytes.AsSpan(position, count);

    public void Add(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void AddByte(byte value) => Take(1)[0] = value;

    public void AddUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(sizeof(uint)), value);

    /// <summary>Seven bits a byte, low ones first, the high bit set on all but the last.</summary>
    public void AddNumber(ulong value)
    {
        while (value >= 0x80)
        {
            AddByte((byte)(value | 0x80));
            value >>= 7;
        }

        AddByte((byte)value);
    }

    /// <summary>A number that may be negative; small ones of either sign stay short.</summary>
    public void AddSigned(long value) => AddNumber((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>ASCII text, its length first.</summary>
    public void AddText(string text)
    {
        AddNumber((ulong)text.Length);
        System.Text.Encoding.ASCII.GetBytes(text, Take(text.Length));
    }
}

/// <summary>Reads what <see cref="ByteWriter"/> wrote. Bytes that do not make sense turn <see cref="IsGood"/> off and read as 0.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>False once something was asked for that is not there.</summary>
    public bool IsGood { get; private set; } = true;

    public readonly int Left => _rest.Length;

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length)
        {
            IsGood = false;
            _rest = [];
            return [];
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public byte TakeByte()
    {
        var taken = Take(1);
        return taken.IsEmpty ? (byte)0 : taken[0];
    }

    public ulong TakeNumber()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = TakeByte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        IsGood = false;
        return 0;
    }

    /// <summary>A number that must not be above a limit.</summary>
    public int TakeNumber(int limit)
    {
        var value = TakeNumber();
        if (value <= (ulong)limit)
        {
            return (int)value;
        }

        IsGood = false;
        return 0;
    }

    public long TakeSigned()
    {
        var value = TakeNumber();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public string TakeText(int maxLength) => System.Text.Encoding.ASCII.GetString(Take(TakeNumber(maxLength)));
}
