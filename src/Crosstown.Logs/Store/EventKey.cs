using System.Runtime.CompilerServices;
using Crosstown.Core.Events;

namespace Crosstown.Logs.Store;

/// <summary>An event of a known UTC day as one number whose order is the events' total order.</summary>
/// <remarks>Milliseconds since midnight in the upper half, then code, then parameter with its sign bit turned so that -1 sorts before 0.</remarks>
internal static class EventKey
{
    public const long DayMs = 24L * 60 * 60 * 1000;

    /// <summary>Days since 1970-01-01 of the first and last day that a <see cref="DateOnly"/> can name.</summary>
    public static readonly int FirstDay = -EpochDayNumber;

    public static readonly int LastDay = DateOnly.MaxValue.DayNumber - EpochDayNumber;

    private const int EpochDayNumber = 719_162;
    private const uint SignBit = 0x8000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(in ControllerEvent e, long dayStartMs) =>
        ((ulong)(e.TimeMs - dayStartMs) << 32) | ((uint)e.Code << 16) | ((ushort)e.Parameter ^ SignBit);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ControllerEvent ToEvent(ulong key, long dayStartMs) =>
        new(dayStartMs + (long)(key >> 32), (ushort)(key >> 16), (short)((uint)key ^ SignBit));

    public static ControllerEvent[] ToEvents(ReadOnlySpan<ulong> keys, long dayStartMs)
    {
        var events = new ControllerEvent[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            events[i] = ToEvent(keys[i], dayStartMs);
        }

        return events;
    }

    public static int TimeOf(ulong key) => (int)(key >> 32);

    /// <summary>Code and parameter of a key's lower half.</summary>
    public static (ushort Code, short Parameter) PairOf(uint pair) => ((ushort)(pair >> 16), (short)(pair ^ SignBit));

    public static uint PairOf(ushort code, short parameter) => ((uint)code << 16) | ((ushort)parameter ^ SignBit);

    /// <summary>Days since 1970-01-01 UTC, counted down before it.</summary>
    public static long DayOf(long timeMs) => timeMs >= 0 ? timeMs / DayMs : ((timeMs + 1) / DayMs) - 1;

    public static DateOnly ToDate(int day) => DateOnly.FromDayNumber(day + EpochDayNumber);

    public static int FromDate(DateOnly date) => date.DayNumber - EpochDayNumber;
}
