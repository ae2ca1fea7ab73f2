using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Crosstown.Logs.Store;

/// <summary>Writes one segment file from keys in order, in bounded memory, under a temporary name.</summary>
/// <remarks>The encoder and the buffers are the caller's, so that a commit of many signal-days reuses them.</remarks>
internal sealed class SegmentWriter : IDisposable
{
    /// <summary>What a temporary name ends with; such a file is never read.</summary>
    public const string UnfinishedEnding = ".part";

    private readonly Disk _disk;
    private readonly SegmentWriterBuffers _buffers;
    private readonly SafeFileHandle _file;
    private long _offset;
    private int _held;
    private int _group;
    private int _firstMs;
    private int _lastMs;

    public SegmentHead Head { get; }

    /// <summary>Events taken so far.</summary>
    public long Count { get; private set; }

    /// <summary>The temporary name.</summary>
    public string UnfinishedPath { get; }

    /// <summary>The name that the file gets once it is whole and synced.</summary>
    public string Path { get; }

    public SegmentWriter(Disk disk, SegmentWriterBuffers buffers, string path, SegmentHead head)
    {
        (_disk, _buffers, Head, Path, UnfinishedPath) = (disk, buffers, head, path, path + UnfinishedEnding);
        _file = disk.MakeFile(UnfinishedPath);
        buffers.Clear();
        head.Write(buffers.Output);
    }

    /// <summary>Takes the next events: ascending, each once, none before those taken already.</summary>
    public void Add(ReadOnlySpan<ulong> keys)
    {
        if (keys.IsEmpty)
        {
            return;
        }

        _firstMs = Count == 0 ? EventKey.TimeOf(keys[0]) : _firstMs;
        _lastMs = EventKey.TimeOf(keys[^1]);
        Count += keys.Length;
        while (!keys.IsEmpty)
        {
            var group = _buffers.Group;
            if (_held == 0 && keys.Length >= group.Length)
            {
                WriteGroup(keys[..group.Length]);
                keys = keys[group.Length..];
                continue;
            }

            var taken = Math.Min(keys.Length, group.Length - _held);
            keys[..taken].CopyTo(group.AsSpan(_held));
            keys = keys[taken..];
            _held += taken;
            if (_held == group.Length)
            {
                WriteGroup(group);
                _held = 0;
            }
        }
    }

    /// <summary>Writes what is left, the index and the trailer, and, when asked, puts all of it on the disk.</summary>
    public Piece End(bool sync)
    {
        if (_held > 0)
        {
            WriteGroup(_buffers.Group.AsSpan(0, _held));
            _held = 0;
        }

        var output = _buffers.Output;
        var start = Frame.Begin(output);
        SegmentIndex.Write(output, _buffers.Blocks, _group, _buffers.Models.Written);
        Frame.End(output, start, Frame.Index);
        var indexLength = output.Length - start;
        var trailer = Frame.Begin(output);
        BinaryPrimitives.WriteUInt32LittleEndian(output.Take(sizeof(uint)), (uint)indexLength);
        Frame.End(output, trailer, Frame.Trailer);
        WriteOut();
        if (sync)
        {
            _disk.Sync(_file, UnfinishedPath);
        }

        _file.Dispose();
        return new Piece(Head.Low, Head.High, Count, _firstMs, _lastMs, _offset);
    }

    public void Dispose() => _file.Dispose();

    private void WriteGroup(ReadOnlySpan<ulong> keys)
    {
        _buffers.Encoder.Encode(keys, _group++, _buffers.Output, _offset, _buffers.Models, _buffers.Blocks);
        WriteOut();
    }

    private void WriteOut()
    {
        _disk.Write(_file, UnfinishedPath, _buffers.Output.Written, _offset);
        _offset += _buffers.Output.Length;
        _buffers.Output.Clear();
    }
}

/// <summary>Work space of segment writers that follow one another.</summary>
internal sealed class SegmentWriterBuffers
{
    public SegmentEncoder Encoder { get; } = new();

    public ByteWriter Output { get; } = new();

    public ByteWriter Models { get; } = new();

    public List<BlockEntry> Blocks { get; } = [];

    /// <summary>The events of one group.</summary>
    public ulong[] Group { get; } = new ulong[SegmentModel.GroupEvents];

    public void Clear()
    {
        Output.Clear();
        Models.Clear();
        Blocks.Clear();
    }
}
