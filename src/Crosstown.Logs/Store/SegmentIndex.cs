namespace Crosstown.Logs.Store;

/// <summary>A segment's last frame but one: where its blocks are, what times they hold, and a second copy of every model.</summary>
/// <remarks>The copies are there because one damaged model would otherwise take all blocks of its group with it.</remarks>
internal static class SegmentIndex
{
    public static void Write(ByteWriter to, List<BlockEntry> blocks, int groups, ReadOnlySpan<byte> models)
    {
        to.AddNumber((ulong)blocks.Count);
        long offset = 0;
        var timeMs = 0;
        var group = 0;
        foreach (var block in blocks)
        {
            to.AddNumber((ulong)(block.Offset - offset));
            to.AddNumber((ulong)block.Length);
            to.AddNumber((ulong)block.Count);
            to.AddNumber((ulong)(block.FirstMs - timeMs));
            to.AddNumber((ulong)(block.LastMs - block.FirstMs));
            to.AddNumber((ulong)(block.Group - group));
            (offset, timeMs, group) = (block.Offset + block.Length, block.LastMs, block.Group);
        }

        to.AddNumber((ulong)groups);
        to.Add(models);
    }

    /// <summary>Reads an index. False when the content is none.</summary>
    /// <param name="blocks">Takes the blocks, in order of time.</param>
    /// <param name="models">Takes, per group, where in <paramref name="content"/> its model starts, and its length.</param>
    public static bool TryRead(ReadOnlySpan<byte> content, List<BlockEntry> blocks, List<(int Start, int Length)> models)
    {
        var from = new ByteReader(content);
        var count = from.TakeNumber(content.Length / 6);
        long offset = 0;
        long timeMs = 0;
        long group = 0;
        for (var i = 0; i < count && from.IsGood; i++)
        {
            offset += from.TakeNumber(int.MaxValue);
            var length = from.TakeNumber(Frame.MaxLength);
            var events = from.TakeNumber(SegmentModel.BlockEvents);
            var firstMs = timeMs + from.TakeNumber((int)EventKey.DayMs);
            timeMs = firstMs + from.TakeNumber((int)EventKey.DayMs);
            group += from.TakeNumber(ushort.MaxValue);
            if (timeMs >= EventKey.DayMs || group > ushort.MaxValue)
            {
                return false;
            }

            blocks.Add(new BlockEntry(offset, length, events, (int)firstMs, (int)timeMs, (int)group));
            offset += length;
        }

        var groups = from.TakeNumber(ushort.MaxValue + 1);
        for (var i = 0; i < groups && from.IsGood; i++)
        {
            var length = from.TakeNumber(SegmentModel.MaxContentLength);
            models.Add((content.Length - from.Left, length));
            from.Take(length);
        }

        return from.IsGood && from.Left == 0 && (blocks.Count == 0 || blocks[^1].Group < groups);
    }
}
