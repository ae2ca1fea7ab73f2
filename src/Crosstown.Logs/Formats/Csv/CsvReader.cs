using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Crosstown.Core.Data;

namespace Crosstown.Logs.Formats.Csv;

/// <summary>Reads the rows of one event table.</summary>
/// <remarks>
/// Two ways through a row that give the same answer. The short one takes rows of up to 64 bytes without quotes whose time is written like the
/// time before it: one vector comparison finds all field ends, and the minute and the signal are remembered as bytes. Every other
/// row, and every row in which the short way meets something that it does not expect, goes the long way.
/// </remarks>
internal sealed class CsvReader
{
    private const int WindowBytes = 64;
    private const int LongestShortName = 7;
    private const int MinuteBytes = 16;

    private readonly LogContent _content;
    private readonly LogReading _reading;
    private readonly CsvLayout _layout;
    private readonly byte[] _header;
    private readonly SignalEvents? _unnamed;
    private readonly int _lineLimit;
    private readonly int[] _ends = new int[ReadLimits.MaxColumns];
    private readonly Dictionary<ulong, SignalEvents> _byShortName = [];
    private readonly SignalsByName _signals;
    private ulong _minuteLow;
    private ulong _minuteHigh;
    private long _minuteMs;
    private long _line = 1;

    public CsvReader(LogContent content, LogReading reading, CsvLayout layout, byte[] header, SignalEvents? unnamed)
    {
        _content = content;
        _reading = reading;
        _layout = layout;
        _header = header;
        _unnamed = unnamed;
        _signals = new SignalsByName(reading);
        _lineLimit = reading.Settings.Limits.LineBytes;
    }

    public void ReadRows()
    {
        while (true)
        {
            ReadShortRows();
            var status = LogLines.Next(_content, _lineLimit, out var line);
            if (status == LineStatus.None)
            {
                return;
            }

            _line++;
            switch (status)
            {
                case LineStatus.TooLong:
                    _reading.RefuseRow(DataIssueKind.LimitReached, _line, [], $"the line is longer than {_lineLimit} bytes; it is left out");
                    break;
                case LineStatus.Cut:
                    _reading.RefuseRow(DataIssueKind.Truncated, _line, line, "the content ends inside this row, which is left out");
                    break;
                case LineStatus.Unended:
                    _reading.Report(DataIssueKind.Truncated, _line, "", "the last row has no line end, so the file may be cut; what stands there is taken for the whole row");
                    ReadLongRow(line);
                    break;
                default:
                    ReadLongRow(line);
                    break;
            }
        }
    }

    /// <summary>Reads rows as long as they can be read the short way, and stops before the first that cannot.</summary>
    private void ReadShortRows()
    {
        var columns = _layout.Columns;
        if (columns > WindowBytes || Math.Min(WindowBytes, _lineLimit) < WindowBytes)
        {
            return;
        }

        int timeColumn = _layout.Time, signalColumn = _layout.Signal, codeColumn = _layout.Code, parameterColumn = _layout.Parameter;
        var delimiter = Vector256.Create(_layout.Delimiter);
        var lineEnd = Vector256.Create((byte)'\n');
        var quote = Vector256.Create((byte)'"');
        Span<int> starts = stackalloc int[WindowBytes + 1];
        ref var first = ref MemoryMarshal.GetArrayDataReference(_content.Buffer);
        var at = _content.Start;
        var end = _content.End;
        var signal = _unnamed;
        var signalName = 0UL;
        var line = _line;
        starts[0] = 0;
        while (at < end)
        {
            ref var row = ref Unsafe.Add(ref first, at);
            var low = Vector256.LoadUnsafe(ref row);
            var high = Vector256.LoadUnsafe(ref row, 32);
            var lineEnds = Bits(low, high, lineEnd);
            var length = BitOperations.TrailingZeroCount(lineEnds);
            if (length >= WindowBytes || length >= end - at)
            {
                break;
            }

            var before = (1UL << length) - 1;
            var delimiters = Bits(low, high, delimiter) & before;
            if ((Bits(low, high, quote) & before) != 0 || BitOperations.PopCount(delimiters) != columns - 1)
            {
                break;
            }

            for (var i = 1; i < columns; i++)
            {
                starts[i] = BitOperations.TrailingZeroCount(delimiters) + 1;
                delimiters &= delimiters - 1;
            }

            var rowEnd = length > 0 && Unsafe.Add(ref row, length - 1) == '\r' ? length - 1 : length;
            starts[columns] = rowEnd + 1;

            var timeAt = starts[timeColumn];
            if (!TryTime(ref Unsafe.Add(ref row, timeAt), starts[timeColumn + 1] - 1 - timeAt, out var localMs))
            {
                break;
            }

            var codeAt = starts[codeColumn];
            if (!TryNumber(ref Unsafe.Add(ref row, codeAt), starts[codeColumn + 1] - 1 - codeAt, out var code) || (uint)code > ushort.MaxValue)
            {
                break;
            }

            var parameterAt = starts[parameterColumn];
            if (!TryNumber(ref Unsafe.Add(ref row, parameterAt), starts[parameterColumn + 1] - 1 - parameterAt, out var parameter)
                || parameter != (short)parameter)
            {
                break;
            }

            if (signalColumn >= 0)
            {
                var nameAt = starts[signalColumn];
                var nameLength = starts[signalColumn + 1] - 1 - nameAt;
                if ((uint)(nameLength - 1) >= LongestShortName)
                {
                    break;
                }

                var name = ShortName(ref Unsafe.Add(ref row, nameAt), nameLength);
                if (name != signalName)
                {
                    if (!_byShortName.TryGetValue(name, out signal))
                    {
                        break;
                    }

                    signalName = name;
                }
            }

            line++;
            signal!.AddLocal(localMs, (ushort)code, (short)parameter, line);
            at += length + 1;
        }

        _line = line;
        _content.Consume(at - _content.Start);
    }

    /// <summary>A time written like the one before, in the same minute: <c>yyyy-MM-ddTHH:mm</c>, <c>:ss</c>, and a fraction of up to three digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTime(ref byte text, int length, out long localMs)
    {
        localMs = 0;
        if (Unsafe.ReadUnaligned<ulong>(ref text) != _minuteLow || Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, 8)) != _minuteHigh
            || length is < 19 or > 23 or 20 || Unsafe.Add(ref text, 16) != ':')
        {
            return false;
        }

        var tens = (uint)(Unsafe.Add(ref text, 17) - '0');
        var ones = (uint)(Unsafe.Add(ref text, 18) - '0');
        if (tens > 5 || ones > 9)
        {
            return false;
        }

        var milliseconds = ((tens * 10) + ones) * 1000;
        if (length > 19)
        {
            var tenths = (uint)(Unsafe.Add(ref text, 20) - '0');
            var hundredths = length > 21 ? (uint)(Unsafe.Add(ref text, 21) - '0') : 0;
            var thousandths = length > 22 ? (uint)(Unsafe.Add(ref text, 22) - '0') : 0;
            if (Unsafe.Add(ref text, 19) != '.' || tenths > 9 || hundredths > 9 || thousandths > 9)
            {
                return false;
            }

            milliseconds += (tenths * 100) + (hundredths * 10) + thousandths;
        }

        localMs = _minuteMs + milliseconds;
        return true;
    }

    /// <summary>A whole number of one to five digits, with a minus or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryNumber(ref byte text, int length, out int value)
    {
        value = 0;
        var negative = length > 1 && text == '-';
        var at = negative ? 1 : 0;
        if ((uint)(length - at - 1) > 4)
        {
            return false;
        }

        for (; at < length; at++)
        {
            var digit = (uint)(Unsafe.Add(ref text, at) - '0');
            if (digit > 9)
            {
                return false;
            }

            value = (value * 10) + (int)digit;
        }

        value = negative ? -value : value;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ShortName(ref byte text, int length) =>
        (Unsafe.ReadUnaligned<ulong>(ref text) & ((1UL << (length * 8)) - 1)) | ((ulong)length << 56);

    private static ulong Bits(Vector256<byte> low, Vector256<byte> high, Vector256<byte> wanted) =>
        Vector256.Equals(low, wanted).ExtractMostSignificantBits() | ((ulong)Vector256.Equals(high, wanted).ExtractMostSignificantBits() << 32);

    private void ReadLongRow(ReadOnlySpan<byte> line)
    {
        if (line.Trim(" \t\r"u8).Length == 0 || line.SequenceEqual(_header))
        {
            return;
        }

        var count = CsvRow.Split(line, _layout.Delimiter, _ends);
        if (count == _layout.Columns + 1 && CsvRow.Field(line, _ends, count - 1).Length == 0)
        {
            count--;
        }

        if (count != _layout.Columns)
        {
            _reading.RefuseRow(
                DataIssueKind.BadRow,
                _line,
                line,
                count < 0 ? "a quote is not closed on its line; the row is left out" : $"the row has {count} fields where the header has {_layout.Columns}; it is left out");
            return;
        }

        var time = CsvRow.Field(line, _ends, _layout.Time);
        var code = CsvRow.Field(line, _ends, _layout.Code);
        var parameter = CsvRow.Field(line, _ends, _layout.Parameter);
        if (!EventValues.TryRead(_reading, _line, time, code, parameter, out var values) || FindSignal(line) is not { } signal)
        {
            return;
        }

        if (!values.IsUtc)
        {
            RememberMinute(time, values.TimeMs);
        }

        values.AddTo(signal, _line);
    }

    private void RememberMinute(ReadOnlySpan<byte> time, long timeMs)
    {
        if (time.Length is >= 19 and <= 23 && time[4] == '-' && time[7] == '-' && time[13] == ':' && time[16] == ':')
        {
            _minuteLow = MemoryMarshal.Read<ulong>(time);
            _minuteHigh = MemoryMarshal.Read<ulong>(time[(MinuteBytes / 2)..]);
            _minuteMs = timeMs - (timeMs % 60_000);
        }
    }

    private SignalEvents? FindSignal(ReadOnlySpan<byte> line)
    {
        if (_unnamed is not null)
        {
            return _unnamed;
        }

        var text = CsvRow.Field(line, _ends, _layout.Signal);
        if (_signals.Find(text, _line) is not { } events)
        {
            return null;
        }

        if (text.Length <= LongestShortName)
        {
            Span<byte> padded = stackalloc byte[8];
            text.CopyTo(padded);
            _byShortName.TryAdd(ShortName(ref padded[0], text.Length), events);
        }

        return events;
    }
}
