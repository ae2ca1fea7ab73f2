using Crosstown.Core.Street;

namespace Crosstown.Logs.Store;

/// <summary>What a segment says about itself in its first frame.</summary>
/// <param name="Signal">Whose events it holds.</param>
/// <param name="Zone">IANA zone of the signal's wall clock.</param>
/// <param name="Day">The UTC day of all its events, in days since 1970-01-01.</param>
/// <param name="Low">The oldest of the pieces that were merged into it; its own number when it was not merged.</param>
/// <param name="High">Its own number: pieces of one store are numbered as they are made.</param>
internal readonly record struct SegmentHead(SignalId Signal, string Zone, int Day, long Low, long High)
{
    /// <summary>The longest zone name taken, in characters. The longest of the IANA list has 32.</summary>
    public const int MaxZoneLength = 64;

    private const int Version = 1;

    public void Write(ByteWriter to)
    {
        var start = Frame.Begin(to);
        to.AddNumber(Version);
        to.AddText(Signal.Value);
        to.AddText(Zone);
        to.AddSigned(Day);
        to.AddNumber((ulong)Low);
        to.AddNumber((ulong)High);
        Frame.End(to, start, Frame.Head);
    }

    /// <summary>Reads a head frame's content. False when it is none, or of a version that is not known.</summary>
    public static bool TryRead(ReadOnlySpan<byte> content, out SegmentHead head)
    {
        head = default;
        var from = new ByteReader(content);
        var version = from.TakeNumber();
        var signal = from.TakeText(SignalId.MaxLength);
        var zone = from.TakeText(MaxZoneLength);
        var day = from.TakeSigned();
        var low = from.TakeNumber();
        var high = from.TakeNumber();
        if (!from.IsGood || version != Version || !SignalId.TryParse(signal, out var id) || day < EventKey.FirstDay || day > EventKey.LastDay
            || low > high || high > long.MaxValue)
        {
            return false;
        }

        head = new SegmentHead(id, zone, (int)day, (long)low, (long)high);
        return true;
    }
}
