using Crosstown.Core.Street;

namespace Crosstown.Logs.Store;

/// <summary>One file of one signal-day. The pieces of a day have no event in common.</summary>
/// <param name="Low">The oldest piece that was merged into it.</param>
/// <param name="High">Its number; no other piece of the store ever had it.</param>
/// <param name="Count">Events.</param>
/// <param name="FirstMs">Time of the first event, ms since the day's start.</param>
/// <param name="LastMs">Time of the last event, ms since the day's start.</param>
/// <param name="FileLength">Bytes.</param>
internal readonly record struct Piece(long Low, long High, long Count, int FirstMs, int LastMs, long FileLength);

/// <summary>What the store holds of one signal.</summary>
/// <param name="Zone">IANA zone of the signal's wall clock.</param>
/// <param name="Days">The pieces of each UTC day, oldest first. Never changed once published.</param>
internal sealed record SignalContent(string Zone, SortedList<int, Piece[]> Days);

/// <summary>What the store holds: which pieces make up which signal-day. Never changed once published; a commit makes the next one.</summary>
internal sealed class StoreContent
{
    private const int Version = 1;

    /// <summary>Pieces of one day are merged long before there are as many.</summary>
    private const int MaxPieces = 1 << 20;

    public static StoreContent Empty { get; } = new(1, []);

    public StoreContent(long nextPiece, Dictionary<SignalId, SignalContent> signals) => (NextPiece, Signals) = (nextPiece, signals);

    /// <summary>The number that the next piece gets.</summary>
    public long NextPiece { get; }

    public Dictionary<SignalId, SignalContent> Signals { get; }

    public Piece[] PiecesOf(SignalId signal, int day) =>
        Signals.TryGetValue(signal, out var content) && content.Days.TryGetValue(day, out var pieces) ? pieces : [];

    /// <summary>The manifest: this content as one frame.</summary>
    public void Write(ByteWriter to)
    {
        var start = Frame.Begin(to);
        to.AddNumber(Version);
        to.AddNumber((ulong)NextPiece);
        to.AddNumber((ulong)Signals.Count);
        foreach (var (signal, content) in Signals.OrderBy(s => s.Key))
        {
            to.AddText(signal.Value);
            to.AddText(content.Zone);
            to.AddNumber((ulong)content.Days.Count);
            long lastDay = 0;
            foreach (var (day, pieces) in content.Days)
            {
                to.AddSigned(day - lastDay);
                lastDay = day;
                to.AddNumber((ulong)pieces.Length);
                foreach (var piece in pieces)
                {
                    to.AddNumber((ulong)piece.High);
                    to.AddNumber((ulong)(piece.High - piece.Low));
                    to.AddNumber((ulong)piece.Count);
                    to.AddNumber((ulong)piece.FirstMs);
                    to.AddNumber((ulong)(piece.LastMs - piece.FirstMs));
                    to.AddNumber((ulong)piece.FileLength);
                }
            }
        }

        Frame.End(to, start, Frame.Manifest);
    }

    /// <summary>Reads a manifest; null when it is damaged, cut, or followed by anything.</summary>
    public static StoreContent? Read(ReadOnlySpan<byte> bytes)
    {
        if (!Frame.IsGood(bytes, Frame.Manifest) || Frame.LengthOf(bytes) != (uint)(bytes.Length - Frame.HeaderLength))
        {
            return null;
        }

        var from = new ByteReader(bytes[Frame.HeaderLength..]);
        if (from.TakeNumber() != Version)
        {
            return null;
        }

        var nextPiece = (long)from.TakeNumber();
        var signals = new Dictionary<SignalId, SignalContent>();
        var signalCount = from.TakeNumber(from.Left);
        for (var i = 0; i < signalCount && from.IsGood; i++)
        {
            if (!SignalId.TryParse(from.TakeText(SignalId.MaxLength), out var signal))
            {
                return null;
            }

            var content = new SignalContent(from.TakeText(SegmentHead.MaxZoneLength), []);
            var dayCount = from.TakeNumber(from.Left);
            long day = 0;
            for (var j = 0; j < dayCount && from.IsGood; j++)
            {
                day += from.TakeSigned();
                var pieces = new Piece[Math.Min(from.TakeNumber(MaxPieces), from.Left)];
                for (var k = 0; k < pieces.Length; k++)
                {
                    pieces[k] = ReadPiece(ref from);
                }

                if (day < EventKey.FirstDay || day > EventKey.LastDay || !content.Days.TryAdd((int)day, pieces))
                {
                    return null;
                }
            }

            if (!signals.TryAdd(signal, content))
            {
                return null;
            }
        }

        return from.IsGood && from.Left == 0 ? new StoreContent(nextPiece, signals) : null;
    }

    private static Piece ReadPiece(ref ByteReader from)
    {
        var high = (long)from.TakeNumber();
        var low = high - (long)from.TakeNumber();
        var count = (long)from.TakeNumber();
        var firstMs = from.TakeNumber((int)EventKey.DayMs);
        return new Piece(low, high, count, firstMs, firstMs + from.TakeNumber((int)EventKey.DayMs), (long)from.TakeNumber());
    }
}
