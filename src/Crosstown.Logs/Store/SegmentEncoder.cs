using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Crosstown.Logs.Store;

/// <summary>Codes one group of a day's events: counts what is in it, makes the model that fits, writes model and data blocks as frames.</summary>
/// <remarks>Keeps its work space between groups; not for two threads at once.</remarks>
internal sealed class SegmentEncoder
{
    /// <summary>A delta that occurs less often is cheaper escaped than listed.</summary>
    private const int ListedDeltaMinCount = 3;

    private readonly PrefixCode _code = new();
    private readonly NumberCounter _pairs = new();
    private readonly NumberCounter _deltaValues = new();
    private readonly ByteWriter _states = new();
    private readonly ByteWriter _extra = new();
    private readonly ByteWriter _raw = new();
    private readonly int[] _pairCounts = new int[SegmentModel.MaxPairSymbols];
    private readonly int[] _deltaCounts = new int[PrefixCode.MaxSymbols];
    private readonly byte[] _pairLengths = new byte[SegmentModel.MaxPairSymbols];
    private readonly byte[] _deltaLengths = new byte[PrefixCode.MaxSymbols];
    private readonly uint[] _pairCodes = new uint[SegmentModel.MaxPairSymbols];
    private readonly uint[] _deltaCodes = new uint[PrefixCode.MaxSymbols];
    private uint[] _pairOf = [];
    private int[] _deltaOf = [];
    private ushort[] _symbols = [];
    private ushort[] _deltaSymbols = [];
    private int[] _firstSymbolOf = [];
    private byte[] _stateOf = [];
    private uint[] _plain = [];
    private uint[] _toggles = [];
    private int[] _listed = [];
    private int _plainCount;

    /// <summary>Writes one group's model frame and data frames.</summary>
    /// <param name="keys">The group's events as <see cref="EventKey"/>s of one day, ascending, each once; 1 to <see cref="SegmentModel.GroupEvents"/>.</param>
    /// <param name="group">The group's number in its segment.</param>
    /// <param name="to">Takes the frames.</param>
    /// <param name="startOffset">Where in the segment the first byte of <paramref name="to"/> will lie.</param>
    /// <param name="models">Takes a second copy of the model's content, its length first.</param>
    /// <param name="blocks">Takes one entry per data frame.</param>
    public void Encode(ReadOnlySpan<ulong> keys, int group, ByteWriter to, long startOffset, ByteWriter models, List<BlockEntry> blocks)
    {
        Reserve(keys.Length);
        CountPairs(keys);
        var toggles = ListSlots();
        var deltas = MakeSymbols(keys);
        var listed = MakeDeltaSymbols(deltas);

        var pairSymbols = SegmentModel.EscapeSymbols + (2 * _plainCount) + (4 * toggles);
        var deltaSymbols = listed + (2 * SegmentModel.EscapesPerUnit);
        _code.ChooseLengths(_pairCounts.AsSpan(0, pairSymbols), _pairLengths.AsSpan(0, pairSymbols));
        _code.ChooseLengths(_deltaCounts.AsSpan(0, deltaSymbols), _deltaLengths.AsSpan(0, deltaSymbols));
        PrefixCode.AssignCodes(_pairLengths.AsSpan(0, pairSymbols), _pairCodes);
        PrefixCode.AssignCodes(_deltaLengths.AsSpan(0, deltaSymbols), _deltaCodes);

        var start = Frame.Begin(to);
        BinaryPrimitives.WriteUInt16LittleEndian(to.Take(sizeof(ushort)), (ushort)group);
        SegmentModel.Write(
            to, _plain.AsSpan(0, _plainCount), _toggles.AsSpan(0, toggles), _pairLengths.AsSpan(0, pairSymbols), _listed.AsSpan(0, listed), _deltaLengths.AsSpan(0, deltaSymbols));
        Frame.End(to, start, Frame.Model);
        var model = to.Written[(start + Frame.HeaderLength + sizeof(ushort))..];
        models.AddNumber((ulong)model.Length);
        models.Add(model);

        WriteBlocks(keys, group, toggles, listed, to, startOffset, blocks);
    }

    private void Reserve(int events)
    {
        if (_symbols.Length < events)
        {
            _pairOf = new uint[events];
            _deltaOf = new int[events];
            _symbols = new ushort[events];
            _deltaSymbols = new ushort[events];
        }
    }

    /// <summary>Numbers the pairs as they are met, both codes of a toggle alike; keeps each event's number and which of the two it was.</summary>
    private void CountPairs(ReadOnlySpan<ulong> keys)
    {
        _pairs.Clear();
        var to = _pairOf.AsSpan(0, keys.Length);
        Span<sbyte> toggleOf = stackalloc sbyte[256];
        for (var code = 0; code < toggleOf.Length; code++)
        {
            toggleOf[code] = (sbyte)SegmentModel.FindToggle((uint)code);
        }

        for (var i = 0; i < keys.Length; i++)
        {
            var pair = (uint)keys[i];
            var code = pair >> 16;
            var on = 0u;
            if (code < (uint)toggleOf.Length && toggleOf[(int)code] >= 0)
            {
                on = (uint)toggleOf[(int)code] & 1;
                pair = ((uint)SegmentModel.OffCodeOf(toggleOf[(int)code] >> 1) << 16) | (ushort)pair;
            }

            var known = _pairs.Count;
            var number = _pairs.Add(pair);
            if (number == known)
            {
                SetFirstState(number, on);
            }

            to[i] = ((uint)number << 1) | on;
        }
    }

    /// <summary>A toggle starts in the state that makes its first event a flip.</summary>
    private void SetFirstState(int number, uint on)
    {
        if (number >= _stateOf.Length)
        {
            Array.Resize(ref _stateOf, Math.Max(1024, 2 * number));
            Array.Resize(ref _firstSymbolOf, _stateOf.Length);
        }

        _stateOf[number] = (byte)(on ^ 1);
    }

    /// <summary>Gives slots to the pairs, the most frequent ones where there are too many; returns the number of toggles.</summary>
    private int ListSlots()
    {
        var distinct = _pairs.Count;
        if (_plain.Length < distinct)
        {
            _plain = new uint[Math.Max(1024, 2 * distinct)];
            _toggles = new uint[_plain.Length];
        }

        var least = LeastCountWithSlot(distinct);
        var toggles = 0;
        var room = SegmentModel.MaxPairSymbols - SegmentModel.EscapeSymbols;
        _plainCount = 0;
        for (var number = 0; number < distinct; number++)
        {
            var pair = _pairs.ValueOf(number);
            var isToggle = SegmentModel.FindToggle(pair >> 16) >= 0;
            var size = isToggle ? 4 : 2;
            if (_pairs.CountOf(number) < least || size > room)
            {
                continue;
            }

            room -= size;
            if (isToggle)
            {
                _toggles[toggles++] = pair;
            }
            else
            {
                _plain[_plainCount++] = pair;
            }
        }

        _plain.AsSpan(0, _plainCount).Sort();
        _toggles.AsSpan(0, toggles).Sort();
        _firstSymbolOf.AsSpan(0, distinct).Clear();
        for (var i = 0; i < _plainCount; i++)
        {
            _firstSymbolOf[_pairs.Find(_plain[i])] = SegmentModel.EscapeSymbols + (2 * i);
        }

        for (var i = 0; i < toggles; i++)
        {
            _firstSymbolOf[_pairs.Find(_toggles[i])] = SegmentModel.EscapeSymbols + (2 * _plainCount) + (4 * i);
        }

        return toggles;
    }

    private int LeastCountWithSlot(int distinct)
    {
        if (SegmentModel.EscapeSymbols + (4 * distinct) <= SegmentModel.MaxPairSymbols)
        {
            return 0;
        }

        var counts = new int[distinct];
        for (var number = 0; number < distinct; number++)
        {
            counts[number] = _pairs.CountOf(number);
        }

        counts.AsSpan().Sort();
        return counts[Math.Max(0, distinct - ((SegmentModel.MaxPairSymbols - SegmentModel.EscapeSymbols) / 2))];
    }

    /// <summary>Turns every event into its pair symbol, keeps the deltas and, per block, the toggles' states at its start. Returns the number of deltas.</summary>
    private int MakeSymbols(ReadOnlySpan<ulong> keys)
    {
        Array.Clear(_pairCounts);
        _deltaValues.Clear();
        _states.Clear();
        var firstToggle = SegmentModel.EscapeSymbols + (2 * _plainCount);
        var deltas = 0;
        for (var blockStart = 0; blockStart < keys.Length; blockStart += SegmentModel.BlockEvents)
        {
            KeepStates(firstToggle);
            var blockEnd = Math.Min(keys.Length, blockStart + SegmentModel.BlockEvents);
            var lastMs = EventKey.TimeOf(keys[blockStart]);
            for (var i = blockStart; i < blockEnd; i++)
            {
                var delta = EventKey.TimeOf(keys[i]) - lastMs;
                var later = 0;
                if (delta > 0)
                {
                    later = 1;
                    lastMs += delta;
                    _deltaOf[deltas++] = _deltaValues.Add((uint)delta);
                }

                var number = (int)(_pairOf[i] >> 1);
                var symbol = _firstSymbolOf[number];
                if (symbol >= firstToggle)
                {
                    var on = (byte)(_pairOf[i] & 1);
                    symbol += _stateOf[number] == on ? 2 : 0;
                    _stateOf[number] = on;
                }

                symbol += later;
                _symbols[i] = (ushort)symbol;
                _pairCounts[symbol]++;
            }
        }

        return deltas;
    }

    private void KeepStates(int firstToggle)
    {
        var toggles = 0;
        for (var number = 0; number < _pairs.Count; number++)
        {
            toggles += _firstSymbolOf[number] >= firstToggle ? 1 : 0;
        }

        var bits = _states.Take((toggles + 7) / 8);
        bits.Clear();
        for (var number = 0; number < _pairs.Count; number++)
        {
            if (_firstSymbolOf[number] >= firstToggle)
            {
                var toggle = (_firstSymbolOf[number] - firstToggle) / 4;
                bits[toggle >> 3] |= (byte)(_stateOf[number] << (toggle & 7));
            }
        }
    }

    /// <summary>Lists the frequent deltas and turns every delta into its symbol. Returns how many are listed.</summary>
    private int MakeDeltaSymbols(int deltas)
    {
        Array.Clear(_deltaCounts);
        var distinct = _deltaValues.Count;
        if (_listed.Length < distinct)
        {
            _listed = new int[Math.Max(256, 2 * distinct)];
        }

        var listed = 0;
        for (var number = 0; number < distinct; number++)
        {
            if (_deltaValues.CountOf(number) >= ListedDeltaMinCount && listed < SegmentModel.MaxListedDeltas)
            {
                _listed[listed++] = (int)_deltaValues.ValueOf(number);
            }
        }

        _listed.AsSpan(0, listed).Sort();
        Span<ushort> symbolOf = distinct <= 1024 ? stackalloc ushort[1024] : new ushort[distinct];
        for (var number = 0; number < distinct; number++)
        {
            symbolOf[number] = (ushort)(listed + EscapeOf((int)_deltaValues.ValueOf(number)));
        }

        for (var i = 0; i < listed; i++)
        {
            symbolOf[_deltaValues.Find((uint)_listed[i])] = (ushort)i;
        }

        for (var i = 0; i < deltas; i++)
        {
            var symbol = symbolOf[_deltaOf[i]];
            _deltaSymbols[i] = symbol;
            _deltaCounts[symbol]++;
        }

        return listed;
    }

    private static int EscapeOf(int delta) =>
        delta % SegmentModel.GridMs == 0
            ? SegmentModel.EscapesPerUnit + BitOperations.Log2((uint)(delta / SegmentModel.GridMs))
            : BitOperations.Log2((uint)delta);

    private void WriteBlocks(ReadOnlySpan<ulong> keys, int group, int toggles, int listed, ByteWriter to, long startOffset, List<BlockEntry> blocks)
    {
        var delta = 0;
        var stateBytes = (toggles + 7) / 8;
        Span<ushort> lengths = stackalloc ushort[2 * BlockDecoder.Streams];
        for (var (start, block) = (0, 0); start < keys.Length; start += SegmentModel.BlockEvents, block++)
        {
            var count = Math.Min(SegmentModel.BlockEvents, keys.Length - start);
            var (firstMs, lastMs) = (EventKey.TimeOf(keys[start]), EventKey.TimeOf(keys[start + count - 1]));
            var deltas = KeepEscapes(keys.Slice(start, count), start, delta, listed);

            var frame = Frame.Begin(to);
            to.Take(BlockDecoder.HeaderLength);
            to.Add(_states.Written.Slice(block * stateBytes, stateBytes));
            WriteStreams(to, _symbols.AsSpan(start, count), _pairCodes, lengths[..BlockDecoder.Streams]);
            WriteStreams(to, _deltaSymbols.AsSpan(delta, deltas), _deltaCodes, lengths[BlockDecoder.Streams..]);
            to.Add(_extra.Written);
            to.Add(_raw.Written);
            delta += deltas;

            var header = to.At(frame + Frame.HeaderLength, BlockDecoder.HeaderLength);
            BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)count);
            BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)deltas);
            BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)firstMs);
            BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)lastMs);
            BinaryPrimitives.WriteUInt16LittleEndian(header[12..], (ushort)group);
            BinaryPrimitives.WriteUInt16LittleEndian(header[14..], (ushort)_extra.Length);
            for (var i = 0; i < lengths.Length; i++)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(header[(16 + (2 * i))..], lengths[i]);
            }

            Frame.End(to, frame, Frame.Data);
            blocks.Add(new BlockEntry(startOffset + frame, to.Length - frame, count, firstMs, lastMs, group));
        }
    }

    /// <summary>Collects a block's escaped pairs and the extra bits of its escaped deltas. Returns the number of its deltas.</summary>
    private int KeepEscapes(ReadOnlySpan<ulong> keys, int start, int firstDelta, int listed)
    {
        _raw.Clear();
        _extra.Clear();
        var bits = new BitWriter(_extra);
        var deltas = 0;
        var symbols = _symbols.AsSpan(start, keys.Length);
        for (var i = 0; i < symbols.Length; i++)
        {
            if (symbols[i] < SegmentModel.EscapeSymbols)
            {
                var (code, parameter) = EventKey.PairOf((uint)keys[i]);
                _raw.AddUInt32(code | ((uint)(ushort)parameter << 16));
            }

            deltas += symbols[i] & 1;
        }

        for (var i = firstDelta; i < firstDelta + deltas; i++)
        {
            if (_deltaSymbols[i] >= listed)
            {
                var escape = _deltaSymbols[i] - listed;
                var value = (int)_deltaValues.ValueOf(_deltaOf[i]);
                var (k, scaled) = escape < SegmentModel.EscapesPerUnit
                    ? (escape, value)
                    : (escape - SegmentModel.EscapesPerUnit, value / SegmentModel.GridMs);
                bits.Add((uint)(scaled - (1 << k)), k);
            }
        }

        bits.End();
        return deltas;
    }

    private static void WriteStreams(ByteWriter to, ReadOnlySpan<ushort> symbols, uint[] codes, Span<ushort> lengths)
    {
        var quarter = (symbols.Length + BlockDecoder.Streams - 1) / BlockDecoder.Streams;
        for (var stream = 0; stream < BlockDecoder.Streams; stream++)
        {
            var from = Math.Min(symbols.Length, stream * quarter);
            var part = symbols[from..Math.Min(symbols.Length, from + quarter)];
            lengths[stream] = (ushort)WriteStream(to, part, codes);
        }
    }

    private static int WriteStream(ByteWriter to, ReadOnlySpan<ushort> symbols, uint[] codes)
    {
        var start = to.Length;
        var room = to.Take((symbols.Length * PrefixCode.MaxLength / 8) + sizeof(ulong));
        ref var codeOf = ref MemoryMarshal.GetArrayDataReference(codes);
        ulong bits = 0;
        var held = 0;
        var written = 0;
        foreach (var symbol in symbols)
        {
            var code = Unsafe.Add(ref codeOf, (nint)symbol);
            bits |= (ulong)(ushort)code << held;
            held += (int)(code >> 16);
            if (held >= 32)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(room[written..], (uint)bits);
                written += sizeof(uint);
                bits >>= 32;
                held -= 32;
            }
        }

        for (; held > 0; held -= 8)
        {
            room[written++] = (byte)bits;
            bits >>= 8;
        }

        to.CutTo(start + written);
        return written;
    }

    /// <summary>Appends bits, low ones first.</summary>
    private ref struct BitWriter(ByteWriter to)
    {
        private ulong _bits;
        private int _held;

        public void Add(uint value, int count)
        {
            _bits |= (ulong)value << _held;
            for (_held += count; _held >= 8; _held -= 8)
            {
                to.AddByte((byte)_bits);
                _bits >>= 8;
            }
        }

        public void End()
        {
            if (_held > 0)
            {
                to.AddByte((byte)_bits);
            }
        }
    }
}

/// <summary>Where a data block lies in its segment and what it holds.</summary>
/// <param name="Offset">Start of its frame, in bytes from the start of the file.</param>
/// <param name="Length">Length of its frame, in bytes.</param>
/// <param name="Count">Events.</param>
/// <param name="FirstMs">Time of the first event, ms since the day's start.</param>
/// <param name="LastMs">Time of the last event, ms since the day's start.</param>
/// <param name="Group">Which model it is coded with.</param>
internal readonly record struct BlockEntry(long Offset, int Length, int Count, int FirstMs, int LastMs, int Group);
