using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Crosstown.Core.Events;

namespace Crosstown.Logs.Store;

/// <summary>Turns a data block's content back into events. Allocates once, then never again.</summary>
/// <remarks>
/// The symbols of a block lie in four streams that are read in step, because one stream alone waits for each symbol's length before the next.
/// Nothing read from the content is used as an address without a limit, so even content with a right checksum and wrong meaning stays inside the buffers.
/// </remarks>
internal sealed class BlockDecoder
{
    /// <summary>Bytes that must be readable behind a block's content: four streams of the longest codes, wherever they start.</summary>
    public const int Slack = 4096;

    public const int Streams = 4;

    private const int EventLength = 12;

    /// <summary>Count, delta count, first and last time, group, length of the extra bits, length of each stream.</summary>
    public const int HeaderLength = 16 + (2 * Streams * sizeof(ushort));

    private readonly ushort[] _symbols = new ushort[SegmentModel.BlockEvents];
    private readonly ushort[] _deltaSymbols = new ushort[SegmentModel.BlockEvents];
    private readonly int[] _deltas = new int[SegmentModel.BlockEvents + 1];
    private readonly byte[] _states = new byte[SegmentModel.MaxPairSymbols];

    /// <summary>What a block says about itself.</summary>
    public static BlockHeader ReadHeader(ReadOnlySpan<byte> content) =>
        new(
            BinaryPrimitives.ReadUInt16LittleEndian(content),
            BinaryPrimitives.ReadUInt16LittleEndian(content[2..]),
            (int)BinaryPrimitives.ReadUInt32LittleEndian(content[4..]),
            (int)BinaryPrimitives.ReadUInt32LittleEndian(content[8..]),
            BinaryPrimitives.ReadUInt16LittleEndian(content[12..]),
            BinaryPrimitives.ReadUInt16LittleEndian(content[14..]));

    /// <summary>Reads all of a block's events. Returns how many, or -1 when the content contradicts itself.</summary>
    /// <param name="model">The model of the block's group.</param>
    /// <param name="buffer">Holds the content, and <see cref="Slack"/> more bytes behind it.</param>
    /// <param name="offset">Where the content starts.</param>
    /// <param name="length">Length of the content.</param>
    /// <param name="dayStartMs">Start of the segment's day, UTC ms.</param>
    /// <param name="events">Room for <see cref="SegmentModel.BlockEvents"/> events.</param>
    public int Decode(SegmentModel model, byte[] buffer, int offset, int length, long dayStartMs, ControllerEvent[] events)
    {
        Debug.Assert(buffer.Length - offset - length >= Slack && events.Length >= SegmentModel.BlockEvents);
        var content = buffer.AsSpan(offset, length);
        if (length < HeaderLength)
        {
            return -1;
        }

        var header = ReadHeader(content);
        var stateBytes = (model.Toggles + 7) / 8;
        Span<int> lengths = stackalloc int[2 * Streams];
        var coded = HeaderLength + stateBytes + header.ExtraLength;
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i] = BinaryPrimitives.ReadUInt16LittleEndian(content[(16 + (2 * i))..]);
            coded += lengths[i];
        }

        if (coded > length || (length - coded) % sizeof(uint) != 0
            || header.Count is 0 or > SegmentModel.BlockEvents || header.DeltaCount >= header.Count)
        {
            return -1;
        }

        ReadStates(model, content[HeaderLength..]);
        var pairStart = offset + HeaderLength + stateBytes;
        var deltaStart = pairStart + lengths[0] + lengths[1] + lengths[2] + lengths[3];
        var extraStart = deltaStart + lengths[4] + lengths[5] + lengths[6] + lengths[7];
        var rawStart = extraStart + header.ExtraLength;
        return ReadStreams(buffer, pairStart, lengths[..Streams], header.Count, model.PairTable, _symbols)
            && ReadStreams(buffer, deltaStart, lengths[Streams..], header.DeltaCount, model.DeltaTable, _deltaSymbols)
            && TryMakeDeltas(model, header.DeltaCount, buffer.AsSpan(extraStart, header.ExtraLength))
            && TryMakeEvents(model, header, buffer.AsSpan(rawStart, offset + length - rawStart), dayStartMs, events)
            ? header.Count
            : -1;
    }

    private void ReadStates(SegmentModel model, ReadOnlySpan<byte> bits)
    {
        Array.Clear(_states, 0, model.PlainSlots + 1);
        for (var i = 0; i < model.Toggles; i++)
        {
            _states[model.PlainSlots + i] = (byte)((bits[i >> 3] >> (i & 7)) & 1);
        }
    }

    /// <summary>Reads the symbols of four streams; the first holds the first quarter of them, and so on. False when a stream is not used up exactly.</summary>
    private static bool ReadStreams(byte[] buffer, int start, ReadOnlySpan<int> lengths, int count, ushort[] codes, ushort[] symbols)
    {
        Debug.Assert(codes.Length == PrefixCode.TableLength && count <= symbols.Length);
        const int Mask = PrefixCode.TableLength - 1;
        var quarter = (count + Streams - 1) / Streams;
        var shortest = Math.Max(0, count - (3 * quarter));
        ref var bytes = ref MemoryMarshal.GetArrayDataReference(buffer);
        ref var table = ref MemoryMarshal.GetArrayDataReference(codes);
        ref var to0 = ref MemoryMarshal.GetArrayDataReference(symbols);
        ref var to1 = ref Unsafe.Add(ref to0, quarter);
        ref var to2 = ref Unsafe.Add(ref to1, quarter);
        ref var to3 = ref Unsafe.Add(ref to2, quarter);
        var at0 = (nuint)start * 8;
        var at1 = at0 + ((nuint)lengths[0] * 8);
        var at2 = at1 + ((nuint)lengths[1] * 8);
        var at3 = at2 + ((nuint)lengths[2] * 8);
        var end3 = at3 + ((nuint)lengths[3] * 8);
        var (end0, end1, end2) = (at1, at2, at3);
        nint i = 0;
        for (; i + 4 <= shortest; i += 4)
        {
            var bits0 = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, at0 >> 3)) >> (int)(at0 & 7);
            var bits1 = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, at1 >> 3)) >> (int)(at1 & 7);
            var bits2 = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, at2 >> 3)) >> (int)(at2 & 7);
            var bits3 = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, at3 >> 3)) >> (int)(at3 & 7);
            for (nint j = i; j < i + 4; j++)
            {
                uint entry0 = Unsafe.Add(ref table, (nint)(bits0 & Mask));
                uint entry1 = Unsafe.Add(ref table, (nint)(bits1 & Mask));
                uint entry2 = Unsafe.Add(ref table, (nint)(bits2 & Mask));
                uint entry3 = Unsafe.Add(ref table, (nint)(bits3 & Mask));
                Unsafe.Add(ref to0, j) = (ushort)(entry0 >> 4);
                Unsafe.Add(ref to1, j) = (ushort)(entry1 >> 4);
                Unsafe.Add(ref to2, j) = (ushort)(entry2 >> 4);
                Unsafe.Add(ref to3, j) = (ushort)(entry3 >> 4);
                bits0 >>= (int)(entry0 & 15);
                bits1 >>= (int)(entry1 & 15);
                bits2 >>= (int)(entry2 & 15);
                bits3 >>= (int)(entry3 & 15);
                at0 += entry0 & 15;
                at1 += entry1 & 15;
                at2 += entry2 & 15;
                at3 += entry3 & 15;
            }
        }

        at0 = ReadRest(ref bytes, at0, ref table, ref to0, i, Math.Min(quarter, count));
        at1 = ReadRest(ref bytes, at1, ref table, ref to1, i, Math.Min(quarter, count - quarter));
        at2 = ReadRest(ref bytes, at2, ref table, ref to2, i, Math.Min(quarter, count - (2 * quarter)));
        at3 = ReadRest(ref bytes, at3, ref table, ref to3, i, count - (3 * quarter));
        return IsUsedUp(at0, end0) && IsUsedUp(at1, end1) && IsUsedUp(at2, end2) && IsUsedUp(at3, end3);
    }

    private static nuint ReadRest(ref byte bytes, nuint at, ref ushort table, ref ushort to, nint from, nint count)
    {
        for (var i = from; i < count; i++)
        {
            var bits = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, at >> 3)) >> (int)(at & 7);
            uint entry = Unsafe.Add(ref table, (nint)(bits & (PrefixCode.TableLength - 1)));
            Unsafe.Add(ref to, i) = (ushort)(entry >> 4);
            at += entry & 15;
        }

        return at;
    }

    private static bool IsUsedUp(nuint at, nuint end) => at <= end && end - at < 8;

    private bool TryMakeDeltas(SegmentModel model, int count, ReadOnlySpan<byte> extra)
    {
        ref var symbols = ref MemoryMarshal.GetArrayDataReference(_deltaSymbols);
        ref var deltas = ref MemoryMarshal.GetArrayDataReference(_deltas);
        ref var bases = ref MemoryMarshal.GetArrayDataReference(model.DeltaBase);
        long at = 0;
        for (nint i = 0; i < count; i++)
        {
            nint symbol = Unsafe.Add(ref symbols, i) & (PrefixCode.MaxSymbols - 1);
            var delta = Unsafe.Add(ref bases, symbol);
            if (delta < 0)
            {
                var bitCount = model.DeltaExtra[symbol] & 0xFF;
                if (at + bitCount > extra.Length * 8L)
                {
                    return false;
                }

                var further = (long)TakeBits(extra, at, bitCount) * (model.DeltaExtra[symbol] >> 8);
                delta = (int)Math.Min(~delta + further, EventKey.DayMs);
                at += bitCount;
            }

            Unsafe.Add(ref deltas, i) = delta;
        }

        return extra.Length * 8L - at < 8;
    }

    private static uint TakeBits(ReadOnlySpan<byte> bytes, long at, int count)
    {
        uint value = 0;
        for (var i = 0; i < count; i++)
        {
            value |= (uint)((bytes[(int)((at + i) >> 3)] >> (int)((at + i) & 7)) & 1) << i;
        }

        return value;
    }

    private bool TryMakeEvents(SegmentModel model, BlockHeader header, ReadOnlySpan<byte> raw, long dayStartMs, ControllerEvent[] events)
    {
        ref var symbols = ref MemoryMarshal.GetArrayDataReference(_symbols);
        ref var deltas = ref MemoryMarshal.GetArrayDataReference(_deltas);
        ref var states = ref MemoryMarshal.GetArrayDataReference(_states);
        ref var slots = ref MemoryMarshal.GetReference(model.SlotOfSymbol);
        ref var pairs = ref MemoryMarshal.GetReference(model.SlotPairs);
        ref var to = ref Unsafe.As<ControllerEvent, byte>(ref MemoryMarshal.GetArrayDataReference(events));
        var time = dayStartMs + header.FirstMs;
        var last = dayStartMs + header.LastMs;
        nint nextDelta = 0;
        for (nint i = 0; i < header.Count; i++)
        {
            nint symbol = Unsafe.Add(ref symbols, i) & (SegmentModel.MaxPairSymbols - 1);
            var later = symbol & 1;
            // Never past the array, as it is one longer than any block; past this block's deltas only when its content is wrong, which the check below finds.
            time += Unsafe.Add(ref deltas, nextDelta) & (int)-later;
            nextDelta += later;
            var slot = Unsafe.Add(ref slots, symbol);
            ref var state = ref Unsafe.Add(ref states, (nint)(slot >> 1));
            state ^= (byte)(slot & 1);
            var pair = Unsafe.Add(ref pairs, (nint)((slot & ~1u) + state));
            if (symbol < SegmentModel.EscapeSymbols)
            {
                if (raw.Length < sizeof(uint))
                {
                    return false;
                }

                pair = BinaryPrimitives.ReadUInt32LittleEndian(raw);
                raw = raw[sizeof(uint)..];
            }

            ref var place = ref Unsafe.Add(ref to, i * EventLength);
            Unsafe.WriteUnaligned(ref place, time);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref place, sizeof(long)), pair);
        }

        return raw.IsEmpty && nextDelta == header.DeltaCount && time == last && header.LastMs < EventKey.DayMs && header.FirstMs >= 0;
    }
}

/// <summary>The fixed start of a data block.</summary>
/// <param name="Count">Events, 1 to <see cref="SegmentModel.BlockEvents"/>.</param>
/// <param name="DeltaCount">Events that are later than the one before.</param>
/// <param name="FirstMs">Time of the first event, ms since the day's start.</param>
/// <param name="LastMs">Time of the last event, ms since the day's start.</param>
/// <param name="Group">Which model it is coded with.</param>
/// <param name="ExtraLength">Length of the extra bits of escaped deltas, in bytes.</param>
internal readonly record struct BlockHeader(int Count, int DeltaCount, int FirstMs, int LastMs, int Group, int ExtraLength);
