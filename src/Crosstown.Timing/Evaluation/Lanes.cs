using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Crosstown.Timing.Evaluation;

/// <summary>Sixteen numbers side by side.</summary>
/// <remarks>
/// Every implementation does the same operations on the same numbers in the same order; a product and the sum after it are always rounded once. So a profile has
/// the same bits on every processor. They are chosen once, by type, and compile to straight code.
/// </remarks>
internal interface ILanes<T>
    where T : struct, ILanes<T>
{
    static abstract bool IsSupported { get; }

    static abstract T Create(float value);

    static abstract T Load(ref float source, nint offset);

    static abstract void Store(T value, ref float target, nint offset);

    static abstract T operator +(T left, T right);

    static abstract T operator -(T left, T right);

    static abstract T operator *(T left, T right);

    /// <summary>left · right + sum, rounded once.</summary>
    static abstract T MultiplyAdd(T left, T right, T sum);

    static abstract T Min(T left, T right);

    static abstract T Max(T left, T right);

    /// <summary>The value where the condition is above the threshold, else 0.</summary>
    static abstract T WhereAbove(T value, T condition, float threshold);

    /// <summary>Moves up by one lane; the lowest comes from the top of <paramref name="before"/>.</summary>
    static abstract T Up1(T value, T before);

    static abstract T Up2(T value, T before);

    static abstract T Up4(T value, T before);

    static abstract T Up8(T value, T before);

    /// <summary>The topmost lane in all lanes.</summary>
    static abstract T Last(T value);

    /// <summary>Sum of the lanes, always in the same order.</summary>
    static abstract float Sum(T value);

    /// <summary>The least of the lanes.</summary>
    static abstract float Least(T value);
}

/// <summary>Sixteen lanes in one register of 512 bits.</summary>
internal readonly struct Lanes512 : ILanes<Lanes512>
{
    private readonly Vector512<float> _v;

    private Lanes512(Vector512<float> v) => _v = v;

    public static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Create(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(ref float source, nint offset) => new(Vector512.LoadUnsafe(ref source, (nuint)offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes512 value, ref float target, nint offset) => value._v.StoreUnsafe(ref target, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 left, Lanes512 right) => new(left._v + right._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 left, Lanes512 right) => new(left._v - right._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(Lanes512 left, Lanes512 right) => new(left._v * right._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 left, Lanes512 right, Lanes512 sum) => new(Vector512.FusedMultiplyAdd(left._v, right._v, sum._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Min(Lanes512 left, Lanes512 right) => new(Avx512F.Min(left._v, right._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 left, Lanes512 right) => new(Avx512F.Max(left._v, right._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 WhereAbove(Lanes512 value, Lanes512 condition, float threshold) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(condition._v, Vector512.Create(threshold)), value._v, Vector512<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Up1(Lanes512 value, Lanes512 before) => new(Avx512F.AlignRight32(value._v.AsInt32(), before._v.AsInt32(), 15).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Up2(Lanes512 value, Lanes512 before) => new(Avx512F.AlignRight32(value._v.AsInt32(), before._v.AsInt32(), 14).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Up4(Lanes512 value, Lanes512 before) => new(Avx512F.AlignRight32(value._v.AsInt32(), before._v.AsInt32(), 12).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Up8(Lanes512 value, Lanes512 before) => new(Avx512F.AlignRight32(value._v.AsInt32(), before._v.AsInt32(), 8).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Last(Lanes512 value) => new(Avx512F.PermuteVar16x32(value._v, Vector512.Create(15)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes512 value) => Lanes256.SumOf(value._v.GetLower(), value._v.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Least(Lanes512 value) => Lanes256.LeastOf(value._v.GetLower(), value._v.GetUpper());
}

/// <summary>Sixteen lanes in two registers of 256 bits.</summary>
internal readonly struct Lanes256 : ILanes<Lanes256>
{
    private readonly Vector256<float> _low;
    private readonly Vector256<float> _high;

    private Lanes256(Vector256<float> low, Vector256<float> high)
    {
        _low = low;
        _high = high;
    }

    public static bool IsSupported => Vector256.IsHardwareAccelerated;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Create(float value) => new(Vector256.Create(value), Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(ref float source, nint offset) =>
        new(Vector256.LoadUnsafe(ref source, (nuint)offset), Vector256.LoadUnsafe(ref source, (nuint)offset + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256 value, ref float target, nint offset)
    {
        value._low.StoreUnsafe(ref target, (nuint)offset);
        value._high.StoreUnsafe(ref target, (nuint)offset + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 left, Lanes256 right) => new(left._low + right._low, left._high + right._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 left, Lanes256 right) => new(left._low - right._low, left._high - right._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 left, Lanes256 right) => new(left._low * right._low, left._high * right._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 left, Lanes256 right, Lanes256 sum) =>
        new(Vector256.FusedMultiplyAdd(left._low, right._low, sum._low), Vector256.FusedMultiplyAdd(left._high, right._high, sum._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Min(Lanes256 left, Lanes256 right) => new(Least(left._low, right._low), Least(left._high, right._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 left, Lanes256 right) => new(Most(left._low, right._low), Most(left._high, right._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 WhereAbove(Lanes256 value, Lanes256 condition, float threshold) => new(
        Vector256.ConditionalSelect(Vector256.GreaterThan(condition._low, Vector256.Create(threshold)), value._low, Vector256<float>.Zero),
        Vector256.ConditionalSelect(Vector256.GreaterThan(condition._high, Vector256.Create(threshold)), value._high, Vector256<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Up1(Lanes256 value, Lanes256 before)
    {
        var turn = Vector256.Create(7, 0, 1, 2, 3, 4, 5, 6);
        return Up(value, before, turn, Vector256.Create(-1, 0, 0, 0, 0, 0, 0, 0).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Up2(Lanes256 value, Lanes256 before)
    {
        var turn = Vector256.Create(6, 7, 0, 1, 2, 3, 4, 5);
        return Up(value, before, turn, Vector256.Create(-1, -1, 0, 0, 0, 0, 0, 0).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Up4(Lanes256 value, Lanes256 before) => new(
        Vector256.Create(before._high.GetUpper(), value._low.GetLower()),
        Vector256.Create(value._low.GetUpper(), value._high.GetLower()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Up8(Lanes256 value, Lanes256 before) => new(before._high, value._low);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Last(Lanes256 value) => Create(value._high.GetElement(7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes256 value) => SumOf(value._low, value._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Least(Lanes256 value) => LeastOf(value._low, value._high);

    /// <summary>Folds the upper half onto the lower one, four times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float SumOf(Vector256<float> low, Vector256<float> high)
    {
        var eight = low + high;
        var four = eight.GetLower() + eight.GetUpper();
        return four.GetElement(0) + four.GetElement(2) + (four.GetElement(1) + four.GetElement(3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float LeastOf(Vector256<float> low, Vector256<float> high)
    {
        var eight = Least(low, high);
        var four = Vector128.Min(eight.GetLower(), eight.GetUpper());
        var two = Vector128.Min(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3)));
        return Math.Min(two.GetElement(0), two.GetElement(1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes256 Up(Lanes256 value, Lanes256 before, Vector256<int> turn, Vector256<float> fromBefore)
    {
        var last = Vector256.Shuffle(before._high, turn);
        var low = Vector256.Shuffle(value._low, turn);
        var high = Vector256.Shuffle(value._high, turn);
        return new(Vector256.ConditionalSelect(fromBefore, last, low), Vector256.ConditionalSelect(fromBefore, low, high));
    }

    // Written out so that equal numbers give the right operand everywhere, as the instruction of x86 does.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Least(Vector256<float> left, Vector256<float> right) =>
        Avx.IsSupported ? Avx.Min(left, right) : Vector256.ConditionalSelect(Vector256.LessThan(left, right), left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Most(Vector256<float> left, Vector256<float> right) =>
        Avx.IsSupported ? Avx.Max(left, right) : Vector256.ConditionalSelect(Vector256.GreaterThan(left, right), left, right);
}

/// <summary>Sixteen lanes one by one, for processors without wide registers.</summary>
internal struct LanesOneByOne : ILanes<LanesOneByOne>
{
    private Sixteen _v;

    public static bool IsSupported => true;

    public static LanesOneByOne Create(float value)
    {
        LanesOneByOne result = default;
        ((Span<float>)result._v).Fill(value);
        return result;
    }

    public static LanesOneByOne Load(ref float source, nint offset)
    {
        LanesOneByOne result = default;
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref source, offset), 16).CopyTo(result._v);
        return result;
    }

    public static void Store(LanesOneByOne value, ref float target, nint offset) =>
        ((ReadOnlySpan<float>)value._v).CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref target, offset), 16));

    public static LanesOneByOne operator +(LanesOneByOne left, LanesOneByOne right)
    {
        for (var i = 0; i < 16; i++)
        {
            left._v[i] += right._v[i];
        }

        return left;
    }

    public static LanesOneByOne operator -(LanesOneByOne left, LanesOneByOne right)
    {
        for (var i = 0; i < 16; i++)
        {
            left._v[i] -= right._v[i];
        }

        return left;
    }

    public static LanesOneByOne operator *(LanesOneByOne left, LanesOneByOne right)
    {
        for (var i = 0; i < 16; i++)
        {
            left._v[i] *= right._v[i];
        }

        return left;
    }

    public static LanesOneByOne MultiplyAdd(LanesOneByOne left, LanesOneByOne right, LanesOneByOne sum)
    {
        for (var i = 0; i < 16; i++)
        {
            left._v[i] = MathF.FusedMultiplyAdd(left._v[i], right._v[i], sum._v[i]);
        }

        return left;
    }

    public static LanesOneByOne Min(LanesOneByOne left, LanesOneByOne right)
    {
        for (var i = 0; i < 16; i++)
        {
            left._v[i] = left._v[i] < right._v[i] ? left._v[i] : right._v[i];
        }

        return left;
    }

    public static LanesOneByOne Max(LanesOneByOne left, LanesOneByOne right)
    {
        for (var i = 0; i < 16; i++)
        {
            left._v[i] = left._v[i] > right._v[i] ? left._v[i] : right._v[i];
        }

        return left;
    }

    public static LanesOneByOne WhereAbove(LanesOneByOne value, LanesOneByOne condition, float threshold)
    {
        for (var i = 0; i < 16; i++)
        {
            value._v[i] = condition._v[i] > threshold ? value._v[i] : 0;
        }

        return value;
    }

    public static LanesOneByOne Up1(LanesOneByOne value, LanesOneByOne before) => Up(value, before, 1);

    public static LanesOneByOne Up2(LanesOneByOne value, LanesOneByOne before) => Up(value, before, 2);

    public static LanesOneByOne Up4(LanesOneByOne value, LanesOneByOne before) => Up(value, before, 4);

    public static LanesOneByOne Up8(LanesOneByOne value, LanesOneByOne before) => Up(value, before, 8);

    public static LanesOneByOne Last(LanesOneByOne value) => Create(value._v[15]);

    public static float Sum(LanesOneByOne value)
    {
        for (var width = 8; width >= 2; width /= 2)
        {
            for (var i = 0; i < width; i++)
            {
                value._v[i] += value._v[i + width];
            }
        }

        return value._v[0] + value._v[1];
    }

    public static float Least(LanesOneByOne value)
    {
        var least = value._v[0];
        for (var i = 1; i < 16; i++)
        {
            least = Math.Min(least, value._v[i]);
        }

        return least;
    }

    private static LanesOneByOne Up(LanesOneByOne value, LanesOneByOne before, int count)
    {
        LanesOneByOne result = default;
        ((ReadOnlySpan<float>)before._v)[(16 - count)..].CopyTo(result._v);
        ((ReadOnlySpan<float>)value._v)[..(16 - count)].CopyTo(((Span<float>)result._v)[count..]);
        return result;
    }

    [InlineArray(16)]
    private struct Sixteen
    {
        private float _first;
    }
}
