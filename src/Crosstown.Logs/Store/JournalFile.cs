using System.Buffers.Binary;
using Crosstown.Core.Data;

namespace Crosstown.Logs.Store;

/// <summary>One file of the journal: a head frame, then records, each written and synced whole before the next.</summary>
internal static class JournalFile
{
    private const int Version = 1;

    public static void WriteHead(ByteWriter to, long number)
    {
        var start = Frame.Begin(to);
        to.AddNumber(Version);
        to.AddNumber((ulong)number);
        Frame.End(to, start, Frame.Journal);
    }

    /// <summary>Hands out every whole record. What cannot be read is reported and kept aside (rule R05).</summary>
    /// <remarks>
    /// Only the last record of a file can have been cut by the end of the process that wrote it, and then nobody was told that it is safe. It is
    /// reported all the same: a flipped bit in a length looks the same.
    /// </remarks>
    public static void Read(StoreFolder folder, string path, long number, DataIssueLog issues, JournalRun take)
    {
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        var keys = Array.Empty<ulong>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = IsHead(bytes[at..], number) || ReadRecord(bytes[at..], ref keys, take)
                ? Frame.HeaderLength + (int)Frame.LengthOf(bytes[at..])
                : SetAside(folder, path, at, bytes, issues);
            at += length;
        }
    }

    private static bool IsHead(ReadOnlySpan<byte> bytes, long number)
    {
        if (!Frame.IsGood(bytes, Frame.Journal))
        {
            return false;
        }

        var from = new ByteReader(bytes.Slice(Frame.HeaderLength, (int)Frame.LengthOf(bytes)));
        return from.TakeNumber() == Version && from.TakeNumber() == (ulong)number && from.IsGood && from.Left == 0;
    }

    private static bool ReadRecord(ReadOnlySpan<byte> bytes, ref ulong[] keys, JournalRun take) =>
        Frame.IsGood(bytes, Frame.Record) && JournalRecord.TryRead(bytes.Slice(Frame.HeaderLength, (int)Frame.LengthOf(bytes)), ref keys, take);

    /// <summary>Reports and keeps the bytes up to the next whole record; returns how many.</summary>
    private static int SetAside(StoreFolder folder, string path, int at, ReadOnlySpan<byte> bytes, DataIssueLog issues)
    {
        Span<byte> start = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(start, Frame.Record);
        var next = at + 1;
        while (true)
        {
            var found = bytes[next..].IndexOf(start);
            if (found < 0)
            {
                next = bytes.Length;
                break;
            }

            next += found;
            if (Frame.IsGood(bytes[next..], Frame.Record))
            {
                break;
            }

            next++;
        }

        var bad = bytes[at..next];
        var isCut = next == bytes.Length && (bad.Length < Frame.HeaderLength || (Frame.KindOf(bad) == Frame.Record && Frame.LengthOf(bad) > bad.Length - Frame.HeaderLength));
        folder.Quarantine(path, at, bad);
        issues.Add(
            isCut ? DataIssueKind.Truncated : DataIssueKind.DamagedBlock,
            folder.NameOf(path),
            at,
            "",
            isCut
                ? $"The journal ends inside a record, {bad.Length} bytes from its start: the program was ended while it wrote them, before it said that they are safe. They are kept in quarantine."
                : $"{bad.Length} bytes of the journal cannot be read; they are left out and kept in quarantine.");
        return bad.Length;
    }
}
