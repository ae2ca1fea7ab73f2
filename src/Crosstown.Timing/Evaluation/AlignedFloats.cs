using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Crosstown.Timing.Evaluation;

/// <summary>Numbers that begin at the begin of a cache line and stay where they are: sixteen of them, taken at a multiple of sixteen, never lie across two lines.</summary>
internal readonly struct AlignedFloats
{
    private const int PerLine = 16;

    private readonly float[] _array;
    private readonly int _start;

    /// <param name="count">0 or more; all are 0 at first. Sixteen beyond the last may be read.</param>
    public AlignedFloats(int count)
    {
        _array = GC.AllocateArray<float>(count + (2 * PerLine), pinned: true);
        var past = (int)(Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0) / sizeof(float) % PerLine);
        _start = (PerLine - past) % PerLine;
        Count = count;
    }

    public int Count { get; }

    public ref float First
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_array), _start);
    }

    public Span<float> Slice(int start, int length) => _array.AsSpan(_start, Count).Slice(start, length);

    public void Clear() => _array.AsSpan().Clear();
}
