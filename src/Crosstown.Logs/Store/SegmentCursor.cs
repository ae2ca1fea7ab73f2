using System.Buffers.Binary;
using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Microsoft.Win32.SafeHandles;

namespace Crosstown.Logs.Store;

/// <summary>Reads one segment file block by block. Opened again and again on different files, it reuses its buffers.</summary>
/// <remarks>
/// Finds blocks by the index; where index or trailer is damaged or cut off, by walking the frames and, past a damaged one, by looking for the
/// next. What cannot be read is reported with its place and left out, and its time is remembered (rules R05, R13).
/// </remarks>
internal sealed class SegmentCursor : IDisposable
{
    private const int TrailerLength = Frame.HeaderLength + sizeof(uint);

    /// <summary>No data or model frame is longer, whatever it holds: a block of nothing but escapes has 85 KiB.</summary>
    private const int MaxScannedLength = 128 << 10;

    /// <summary>How many times its length a file may cost in checksums that do not match, before the rest of it is given up.</summary>
    private const int MaxScanEffort = 16;

    private readonly BlockDecoder _decoder = new();
    private readonly SegmentModel _model = new();
    private readonly List<BlockEntry> _blocks = [];
    private readonly List<(int Start, int Length)> _models = [];
    private readonly List<TimeSpanMs> _damage = [];
    private byte[] _buffer = new byte[64 << 10];
    private byte[] _index = [];
    private SafeFileHandle? _file;
    private DataIssueLog? _issues;
    private string _name = "";
    private long _length;
    private long _firstFrameEnd;
    private int _block;
    private int _group;
    private bool _isGroupReadable;
    private long? _expectedCount;
    private bool _isScanned;
    private int _fromMs;
    private int _untilMs;

    /// <summary>The head, or what was expected of it where it is damaged.</summary>
    public SegmentHead Head { get; private set; }

    /// <summary>Parts of the day whose events could not be read, as far as they have been met.</summary>
    public IReadOnlyList<TimeSpanMs> Damage => _damage;

    public bool IsOpen => _file is not null;

    public long CountEvents() => _blocks.Sum(b => (long)b.Count);

    public int FirstMs => _blocks.Count == 0 ? 0 : _blocks[0].FirstMs;

    public int LastMs => _blocks.Count == 0 ? 0 : _blocks[^1].LastMs;

    public long FileLength => _length;

    /// <summary>Opens a segment to read all of it.</summary>
    /// <param name="name">What issues call the file.</param>
    /// <param name="expected">What the head should say; null when anything is welcome.</param>
    /// <param name="expectedCount">How many events there should be; null when that is not known.</param>
    /// <param name="issues">Takes what is damaged; null makes damage an exception.</param>
    /// <returns>False when nothing of the file can be used; the reason is in the issues.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">Something is damaged and there is no log to say so.</exception>
    public bool TryOpen(string path, string name, SegmentHead? expected, long? expectedCount, DataIssueLog? issues)
    {
        Close();
        (_issues, _name, _expectedCount, _isScanned) = (issues, name, expectedCount, false);
        (_block, _group, _fromMs, _untilMs) = (0, -1, 0, (int)EventKey.DayMs);
        _blocks.Clear();
        _models.Clear();
        _damage.Clear();
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _length = RandomAccess.GetLength(_file);
        if (!TryReadHead(expected))
        {
            Close();
            return false;
        }

        if (!TryReadIndex())
        {
            Scan();
        }

        return true;
    }

    /// <summary>Leaves out blocks outside a part of the day, <c>[fromMs, untilMs)</c> since its start.</summary>
    public void Limit(int fromMs, int untilMs) => (_fromMs, _untilMs) = (fromMs, untilMs);

    /// <summary>Reads the next block that reaches into the limits, whole. Returns the number of events; 0 at the end.</summary>
    public int Read(ControllerEvent[] events)
    {
        for (; _block < _blocks.Count; _block++)
        {
            var block = _blocks[_block];
            if (block.LastMs < _fromMs || block.FirstMs >= _untilMs)
            {
                continue;
            }

            var count = ReadBlock(block, events);
            if (count > 0)
            {
                _block++;
                return count;
            }

            AddDamage(block.FirstMs, block.LastMs + 1);
        }

        return 0;
    }

    public void Dispose() => Close();

    public void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    private bool TryReadHead(SegmentHead? expected)
    {
        var bytes = ReadAt(0, (int)Math.Min(_length, Frame.HeaderLength + 256));
        if (Frame.IsGood(bytes, Frame.Head) && SegmentHead.TryRead(bytes.Slice(Frame.HeaderLength, (int)Frame.LengthOf(bytes)), out var head))
        {
            _firstFrameEnd = Frame.HeaderLength + Frame.LengthOf(bytes);
            Head = head;
            if (expected is null || head == expected)
            {
                return true;
            }

            Report(0, $"{head.Signal} {EventKey.ToDate(head.Day):yyyy-MM-dd}", "This is another segment's file; it is not read.");
            return false;
        }

        _firstFrameEnd = 0;
        Head = expected.GetValueOrDefault();
        if (Frame.IsGood(bytes, Frame.Head))
        {
            Report(0, "", "The head is whole but not one that this version writes; the file is not read. A newer version may read it.");
            return false;
        }

        Report(0, "", expected is null
            ? "The head is damaged, so that the signal and the day are not known; the file is not read."
            : "The head is damaged; the store's list says which signal and day it is, and the blocks are read.");
        return expected is not null;
    }

    private bool TryReadIndex()
    {
        var trailer = ReadAt(_length - TrailerLength, TrailerLength);
        if (!Frame.IsGood(trailer, Frame.Trailer) || Frame.LengthOf(trailer) != sizeof(uint))
        {
            Report(_length, "", "The end is damaged or cut off; the whole blocks before it are read.");
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(trailer[Frame.HeaderLength..]);
        var start = _length - TrailerLength - length;
        if (length <= Frame.MaxLength && start >= 0)
        {
            if (_index.Length < length)
            {
                _index = new byte[length + (length / 2)];
            }

            var index = _index.AsSpan(0, (int)length);
            if (RandomAccess.Read(_file!, index, start) == length && Frame.IsGood(index, Frame.Index)
                && SegmentIndex.TryRead(index[Frame.HeaderLength..], _blocks, _models))
            {
                return true;
            }
        }

        _blocks.Clear();
        _models.Clear();
        Report(Math.Max(0, start), "", "The index is damaged; the blocks are found without it.");
        return false;
    }

    /// <summary>Finds the blocks and models by walking the frames of a file whose index is lost.</summary>
    private void Scan()
    {
        _isScanned = true;
        if (_length > Frame.MaxLength)
        {
            Report(0, "", $"{_length} bytes are too many to search for blocks, the limit is {Frame.MaxLength}; the file is not read.");
            AddDamage(0, (int)EventKey.DayMs);
            return;
        }

        _index = new byte[_length];
        RandomAccess.Read(_file!, _index, 0);
        var effort = (MaxScanEffort * _length) + MaxScannedLength;
        long? lostFrom = null;
        for (var at = (int)_firstFrameEnd; at + Frame.HeaderLength <= _length && effort > 0;)
        {
            var rest = _index.AsSpan(at);
            var kind = Frame.KindOf(rest);
            if (kind is not (Frame.Model or Frame.Data) || Frame.LengthOf(rest) > MaxScannedLength || !Frame.IsGood(rest, kind))
            {
                effort -= kind is Frame.Model or Frame.Data ? Math.Min(Frame.LengthOf(rest), MaxScannedLength) : 0;
                lostFrom ??= at;
                at++;
                continue;
            }

            var length = Frame.HeaderLength + (int)Frame.LengthOf(rest);
            TakeScanned(kind, at, rest[..length], lostFrom);
            lostFrom = null;
            at += length;
        }

        if (lostFrom is { } tail)
        {
            Report(tail, "", $"The last {_length - tail} bytes hold no whole block and are cut.");
        }

        if (CountEvents() != _expectedCount)
        {
            // Where the file was cut, everything to the end of the day is unseen.
            AddDamage(_blocks.Count == 0 ? 0 : _blocks[^1].LastMs, (int)EventKey.DayMs);
        }
    }

    private void TakeScanned(uint kind, long at, ReadOnlySpan<byte> frame, long? lostFrom)
    {
        if (lostFrom is { } from)
        {
            Report(from, "", $"{at - from} bytes hold no whole block and are left out.");
        }

        var content = frame[Frame.HeaderLength..];
        if (kind == Frame.Model && content.Length >= sizeof(ushort))
        {
            int group = BinaryPrimitives.ReadUInt16LittleEndian(content);
            while (_models.Count <= group)
            {
                _models.Add((0, 0));
            }

            _models[group] = ((int)at + Frame.HeaderLength + sizeof(ushort), content.Length - sizeof(ushort));
        }

        if (kind == Frame.Data && content.Length >= BlockDecoder.HeaderLength)
        {
            var header = BlockDecoder.ReadHeader(content);
            if (lostFrom is not null)
            {
                AddDamage(_blocks.Count == 0 ? 0 : _blocks[^1].LastMs, Math.Max(header.FirstMs, 0));
            }

            _blocks.Add(new BlockEntry(at, frame.Length, header.Count, header.FirstMs, header.LastMs, header.Group));
        }
    }

    private int ReadBlock(BlockEntry block, ControllerEvent[] events)
    {
        if (block.Group != _group)
        {
            OpenGroup(block);
        }

        if (!_isGroupReadable)
        {
            Report(block.Offset, "", $"{block.Count} events cannot be read, because what codes them is damaged; the block is left out.");
            return 0;
        }

        var frame = ReadAt(block.Offset, block.Length);
        if (!Frame.IsGood(frame, Frame.Data) || Frame.LengthOf(frame) != (uint)(frame.Length - Frame.HeaderLength)
            || Frame.LengthOf(frame) < BlockDecoder.HeaderLength)
        {
            Report(block.Offset, "", $"{block.Count} events in a damaged block are left out; the others are read.");
            return 0;
        }

        var header = BlockDecoder.ReadHeader(frame[Frame.HeaderLength..]);
        var count = header.Group == block.Group && header.Count == block.Count && header.FirstMs == block.FirstMs && header.LastMs == block.LastMs
            ? _decoder.Decode(_model, _buffer, Frame.HeaderLength, block.Length - Frame.HeaderLength, Head.Day * EventKey.DayMs, events)
            : -1;
        if (count < 0)
        {
            Report(block.Offset, "", $"{block.Count} events in a block that contradicts itself are left out; the others are read.");
            return 0;
        }

        return count;
    }

    /// <summary>Reads the model of a block's group from the frame before the group's first block; failing that, from the copy.</summary>
    private void OpenGroup(BlockEntry block)
    {
        _group = block.Group;
        _isGroupReadable = false;
        if (!_isScanned)
        {
            var first = _block;
            while (first > 0 && _blocks[first - 1].Group == _group)
            {
                first--;
            }

            var start = first == 0 ? _firstFrameEnd : _blocks[first - 1].Offset + _blocks[first - 1].Length;
            var frame = ReadAt(start, (int)Math.Clamp(_blocks[first].Offset - start, 0, Frame.HeaderLength + sizeof(ushort) + SegmentModel.MaxContentLength));
            if (Frame.IsGood(frame, Frame.Model) && Frame.LengthOf(frame) > sizeof(ushort)
                && BinaryPrimitives.ReadUInt16LittleEndian(frame[Frame.HeaderLength..]) == _group)
            {
                _isGroupReadable = _model.TryRead(frame.Slice(Frame.HeaderLength + sizeof(ushort), (int)Frame.LengthOf(frame) - sizeof(ushort)));
                if (_isGroupReadable)
                {
                    return;
                }
            }

            if (_firstFrameEnd > 0)
            {
                Report(start, "", "A model is damaged; its copy is used.");
            }
        }

        if (_group < _models.Count)
        {
            var offset = _isScanned ? 0 : Frame.HeaderLength;
            _isGroupReadable = _model.TryRead(_index.AsSpan(_models[_group].Start + offset, _models[_group].Length));
        }
    }

    /// <summary>Bytes of the file, as many as there are; they stay good until the next read, with room behind them for the decoder.</summary>
    private Span<byte> ReadAt(long offset, int length)
    {
        if (offset < 0 || length <= 0 || offset + length > _length)
        {
            return [];
        }

        if (_buffer.Length < length + BlockDecoder.Slack)
        {
            _buffer = new byte[length + (length / 2) + BlockDecoder.Slack];
        }

        var read = 0;
        while (read < length)
        {
            var count = RandomAccess.Read(_file!, _buffer.AsSpan(read, length - read), offset + read);
            if (count == 0)
            {
                break;
            }

            read += count;
        }

        return _buffer.AsSpan(0, read);
    }

    private void AddDamage(int fromMs, int untilMs)
    {
        if (untilMs > fromMs)
        {
            _damage.Add(new TimeSpanMs(fromMs, untilMs));
        }
    }

    private void Report(long position, string value, string assumed)
    {
        if (_issues is null)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{_name}, byte {position}: {assumed}"));
        }

        _issues.Add(DataIssueKind.DamagedBlock, _name, position, value, assumed);
    }
}

/// <summary>A part of a day, <c>[FromMs, UntilMs)</c> in ms since its start.</summary>
internal readonly record struct TimeSpanMs(int FromMs, int UntilMs);
