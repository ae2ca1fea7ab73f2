using Crosstown.Core.Events;

namespace Crosstown.Logs.Store;

/// <summary>What the data blocks of one group are coded with: which symbols there are, what each stands for, and how many bits it takes.</summary>
/// <remarks>
/// An event is one pair symbol, which says code, parameter and whether the time moved on, and, where it did, one delta symbol.
/// A <i>slot</i> is a (code, parameter) that has its own symbols, or a <i>toggle</i>: two codes that take turns on one
/// parameter, as detector on and off do, which then cost one symbol instead of two. Pairs without a slot, and deltas without a symbol of
/// their own, are escaped: nothing that a <see cref="ControllerEvent"/> can hold is beyond the format.
/// <para>
/// Pair symbols, by number: 0 escape, same time; 1 escape, later time; then two per plain slot (same time, later time); then four per
/// toggle (flips at the same time, flips later, repeats at the same time, repeats later). The low bit is always "later".
/// Delta symbols: the listed deltas, ascending; then 27 for "1 ms x (2^k + k more bits)"; then 27 for "100 ms x (2^k + k more bits)".
/// </para>
/// </remarks>
internal sealed class SegmentModel
{
    /// <summary>Events in one data block.</summary>
    public const int BlockEvents = 8192;

    /// <summary>Events that share one model: enough to make its size vanish, few enough to hold while they are counted.</summary>
    public const int GroupEvents = 32 * BlockEvents;

    public const int EscapeSymbols = 2;

    public const int MaxPairSymbols = PrefixCode.MaxSymbols;

    /// <summary>Escapes per unit: a day's milliseconds take 27 bits.</summary>
    public const int EscapesPerUnit = 27;

    public const int MaxListedDeltas = PrefixCode.MaxSymbols - (2 * EscapesPerUnit);

    /// <summary>The controller clock's usual step.</summary>
    public const int GridMs = 100;

    /// <summary>The longest content of a model: every slot plain and far from the next one, every delta listed.</summary>
    public const int MaxContentLength = 64 << 10;

    /// <summary>Codes that take turns on one parameter: the one for "off" or "dropped", then the one for "on" or "registered".</summary>
    private static readonly (ushort Off, ushort On)[] Opposites =
    [
        (EventCode.DetectorOff, EventCode.DetectorOn),
        (EventCode.PhaseCallDropped, EventCode.PhaseCallRegistered),
        (EventCode.PedestrianDetectorOff, EventCode.PedestrianDetectorOn),
    ];

    private readonly uint[] _slotOfSymbol = new uint[MaxPairSymbols];
    private readonly uint[] _slotPairs = new uint[MaxPairSymbols];
    private readonly byte[] _lengths = new byte[PrefixCode.MaxSymbols];

    /// <summary>Reading table of the pair symbols.</summary>
    public ushort[] PairTable { get; } = new ushort[PrefixCode.TableLength];

    /// <summary>Reading table of the delta symbols.</summary>
    public ushort[] DeltaTable { get; } = new ushort[PrefixCode.TableLength];

    /// <summary>The delta of each delta symbol, in ms; for those that take further bits the smallest, turned by <c>~</c> so that it is negative.</summary>
    public int[] DeltaBase { get; } = new int[PrefixCode.MaxSymbols];

    /// <summary>Further bits of each delta symbol, and the unit that they count shifted up by 8.</summary>
    public int[] DeltaExtra { get; } = new int[PrefixCode.MaxSymbols];

    /// <summary>Per pair symbol its slot, shifted up by one, and whether it flips the slot's state.</summary>
    public ReadOnlySpan<uint> SlotOfSymbol => _slotOfSymbol;

    /// <summary>Per slot the pair in state 0 and the pair in state 1, each as the last four bytes of an event.</summary>
    public ReadOnlySpan<uint> SlotPairs => _slotPairs;

    public int PlainSlots { get; private set; }

    public int Toggles { get; private set; }

    /// <summary>The opposite of a code, as its place in the list shifted up by one and whether it is the "on"; -1 for codes without one.</summary>
    public static int FindToggle(uint code)
    {
        for (var i = 0; i < Opposites.Length; i++)
        {
            if (Opposites[i].Off == code || Opposites[i].On == code)
            {
                return (i << 1) | (Opposites[i].On == code ? 1 : 0);
            }
        }

        return -1;
    }

    public static ushort OffCodeOf(int toggleKind) => Opposites[toggleKind].Off;

    /// <summary>Writes a model.</summary>
    /// <param name="plain">Code and parameter of each plain slot as the lower half of an <see cref="EventKey"/>, ascending.</param>
    /// <param name="toggles">The same for each toggle, by its "off" code.</param>
    /// <param name="pairLengths">Code length of each pair symbol.</param>
    /// <param name="deltas">The listed deltas, in ms, ascending.</param>
    /// <param name="deltaLengths">Code length of each delta symbol.</param>
    public static void Write(
        ByteWriter to, ReadOnlySpan<uint> plain, ReadOnlySpan<uint> toggles, ReadOnlySpan<byte> pairLengths, ReadOnlySpan<int> deltas, ReadOnlySpan<byte> deltaLengths)
    {
        to.AddNumber((ulong)Opposites.Length);
        foreach (var (off, on) in Opposites)
        {
            to.AddNumber(off);
            to.AddNumber(on);
        }

        WriteSlots(to, plain);
        WriteSlots(to, toggles);
        WriteLengths(to, pairLengths);
        to.AddNumber((ulong)deltas.Length);
        var last = 0;
        foreach (var delta in deltas)
        {
            to.AddNumber((ulong)(delta - last));
            last = delta;
        }

        WriteLengths(to, deltaLengths[..deltas.Length]);
        for (var i = deltas.Length; i < deltaLengths.Length; i++)
        {
            if (deltaLengths[i] > 0)
            {
                to.AddByte((byte)(i - deltas.Length + 1));
                to.AddByte(deltaLengths[i]);
            }
        }

        to.AddByte(0);
    }

    /// <summary>Reads a model and makes its tables. False when the content is no model.</summary>
    public bool TryRead(ReadOnlySpan<byte> content)
    {
        var from = new ByteReader(content);
        Span<(ushort Off, ushort On)> opposites = stackalloc (ushort, ushort)[16];
        var kinds = from.TakeNumber(opposites.Length);
        for (var i = 0; i < kinds; i++)
        {
            opposites[i] = ((ushort)from.TakeNumber(ushort.MaxValue), (ushort)from.TakeNumber(ushort.MaxValue));
        }

        Array.Clear(_slotOfSymbol);
        var symbol = EscapeSymbols;
        if (!TryReadSlots(ref from, 0, MaxPairSymbols / 2, out var plain))
        {
            return false;
        }

        for (var slot = 0; slot < plain; slot++)
        {
            var (code, parameter) = EventKey.PairOf(_slotPairs[2 * slot]);
            _slotPairs[2 * slot] = _slotPairs[(2 * slot) + 1] = Packed(code, parameter);
            _slotOfSymbol[symbol++ & (MaxPairSymbols - 1)] = (uint)slot << 1;
            _slotOfSymbol[symbol++ & (MaxPairSymbols - 1)] = (uint)slot << 1;
        }

        if (!TryReadSlots(ref from, plain, (MaxPairSymbols / 2) - plain, out var toggles) || EscapeSymbols + (2 * plain) + (4 * toggles) > MaxPairSymbols)
        {
            return false;
        }

        for (var slot = plain; slot < plain + toggles; slot++)
        {
            var (code, parameter) = EventKey.PairOf(_slotPairs[2 * slot]);
            var found = false;
            for (var i = 0; i < kinds && !found; i++)
            {
                if (opposites[i].Off == code)
                {
                    (_slotPairs[2 * slot], _slotPairs[(2 * slot) + 1], found) = (Packed(code, parameter), Packed(opposites[i].On, parameter), true);
                }
            }

            if (!found)
            {
                return false;
            }

            for (var variant = 0; variant < 4; variant++)
            {
                _slotOfSymbol[symbol++] = ((uint)slot << 1) | (variant < 2 ? 1u : 0u);
            }
        }

        PlainSlots = plain;
        Toggles = toggles;
        ReadLengths(ref from, symbol);
        return from.IsGood && PrefixCode.TryBuildTable(_lengths.AsSpan(0, symbol), PairTable) && TryReadDeltas(ref from);
    }

    private static uint Packed(ushort code, short parameter) => code | ((uint)(ushort)parameter << 16);

    private static void WriteSlots(ByteWriter to, ReadOnlySpan<uint> slots)
    {
        to.AddNumber((ulong)slots.Length);
        uint lastCode = 0;
        var lastParameter = 0;
        foreach (var slot in slots)
        {
            var (code, parameter) = EventKey.PairOf(slot);
            to.AddNumber(code - lastCode);
            to.AddSigned(parameter - (code == lastCode ? lastParameter : 0));
            (lastCode, lastParameter) = (code, parameter);
        }
    }

    private bool TryReadSlots(ref ByteReader from, int firstSlot, int limit, out int count)
    {
        count = from.TakeNumber(limit);
        var code = 0;
        var parameter = 0L;
        for (var i = 0; i < count; i++)
        {
            var step = from.TakeNumber(ushort.MaxValue);
            code += step;
            parameter = (step == 0 ? parameter : 0) + from.TakeSigned();
            if (code > ushort.MaxValue || parameter is < short.MinValue or > short.MaxValue)
            {
                return false;
            }

            _slotPairs[2 * (firstSlot + i)] = EventKey.PairOf((ushort)code, (short)parameter);
        }

        return from.IsGood;
    }

    /// <summary>Two lengths a byte.</summary>
    private static void WriteLengths(ByteWriter to, ReadOnlySpan<byte> lengths)
    {
        for (var i = 0; i < lengths.Length; i += 2)
        {
            to.AddByte((byte)(lengths[i] | ((i + 1 < lengths.Length ? lengths[i + 1] : 0) << 4)));
        }
    }

    private void ReadLengths(ref ByteReader from, int count)
    {
        for (var i = 0; i < count; i += 2)
        {
            var two = from.TakeByte();
            _lengths[i] = (byte)(two & 15);
            if (i + 1 < count)
            {
                _lengths[i + 1] = (byte)(two >> 4);
            }
        }
    }

    private bool TryReadDeltas(ref ByteReader from)
    {
        var listed = from.TakeNumber(MaxListedDeltas);
        long delta = 0;
        for (var i = 0; i < listed; i++)
        {
            delta += from.TakeNumber((int)EventKey.DayMs);
            if (delta is <= 0 or > EventKey.DayMs)
            {
                return false;
            }

            DeltaBase[i] = (int)delta;
            DeltaExtra[i] = 0;
        }

        ReadLengths(ref from, listed);
        var escapes = _lengths.AsSpan(listed, 2 * EscapesPerUnit);
        escapes.Clear();
        for (var k = 0; k < EscapesPerUnit; k++)
        {
            DeltaBase[listed + k] = k == 0 ? 1 : ~(1 << k);
            DeltaExtra[listed + k] = k | (1 << 8);
            var smallest = (int)Math.Min((long)GridMs << k, EventKey.DayMs);
            DeltaBase[listed + EscapesPerUnit + k] = k == 0 ? smallest : ~smallest;
            DeltaExtra[listed + EscapesPerUnit + k] = k | (GridMs << 8);
        }

        for (var escape = from.TakeByte(); escape != 0 && from.IsGood; escape = from.TakeByte())
        {
            if (escape > escapes.Length)
            {
                return false;
            }

            escapes[escape - 1] = from.TakeByte();
        }

        return from.IsGood && PrefixCode.TryBuildTable(_lengths.AsSpan(0, listed + escapes.Length), DeltaTable);
    }
}
