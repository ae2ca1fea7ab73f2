using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Privacy;

namespace Crosstown.Logs.Formats.Ndjson;

/// <summary>Events as JSON, one object a line, with any of the names that exports use.</summary>
/// <remarks>Numbers may be written as strings. Fields that events do not have are dropped unread; a row with the field of a refused kind is refused (rule P08).</remarks>
public sealed class NdjsonFormat : ILogFormat
{
    private const int LongestValue = 64;

    public string Name => "ndjson";

    /// <summary>JSON of any kind (what is no list of events is refused here, with the reason), or text that has an object on one of its first lines.</summary>
    public bool Recognizes(ReadOnlySpan<byte> head)
    {
        var text = head.TrimStart("\uFEFF \t\r\n"u8);
        return text.Length > 0 && (text[0] == '{' || text[0] == '[' || HasObjectOnOneLine(text));
    }

    public void Read(LogContent content, LogReading reading)
    {
        var head = content.Unread[..Math.Min(content.Unread.Length, LogFormats.HeadBytes)].TrimStart("\uFEFF \t\r\n"u8);
        var start = head.IndexOfAny("{["u8);
        if (start > 0 && RefusedFeeds.Recognize(head[start..]) is { } refused)
        {
            reading.RefuseFeed(refused, 1);
            return;
        }

        if (!HasObjectOnOneLine(head))
        {
            reading.RefuseFile(DataIssueKind.BadHeader, 1, "", "JSON, but not one event a line; the file is left out");
            return;
        }

        new Rows(content, reading).Read();
    }

    private static bool HasObjectOnOneLine(ReadOnlySpan<byte> head)
    {
        foreach (var range in head.Split((byte)'\n'))
        {
            if (IsObject(head[range].Trim(" \t\r"u8)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsObject(ReadOnlySpan<byte> line) => line.Length >= 2 && line[0] == '{' && line[^1] == '}';

    private sealed class Rows(LogContent content, LogReading reading)
    {
        private readonly SignalsByName _signals = new(reading);
        private readonly byte[] _values = new byte[4 * LongestValue];
        private readonly int[] _lengths = new int[4];
        private readonly int[] _ranks = new int[4];
        private SignalEvents? _unnamed;
        private long _line;

        public void Read()
        {
            content.Consume(content.Unread.StartsWith("\uFEFF"u8) ? 3 : 0);
            var limit = reading.Settings.Limits.LineBytes;
            while (true)
            {
                var status = LogLines.Next(content, limit, out var line);
                if (status == LineStatus.None)
                {
                    return;
                }

                _line++;
                line = line.Trim(" \t\r"u8);
                if (status == LineStatus.TooLong)
                {
                    reading.RefuseRow(DataIssueKind.LimitReached, _line, [], $"the line is longer than {limit} bytes; it is left out");
                }
                else if (status != LineStatus.Whole && !IsObject(line))
                {
                    reading.RefuseRow(DataIssueKind.Truncated, _line, [], "the content ends inside this row, which is left out");
                }
                else if (line.Length > 0 && !ReadRow(line))
                {
                    return;
                }
            }
        }

        /// <summary>Reads one row. False when the rest of the file cannot be used.</summary>
        private bool ReadRow(ReadOnlySpan<byte> line)
        {
            if (!IsObject(line))
            {
                reading.RefuseRow(DataIssueKind.BadRow, _line, [], "the line is no JSON object; it is left out");
                return true;
            }

            if (!TryFields(line))
            {
                return true;
            }

            if (!EventValues.TryRead(reading, _line, Value(EventField.Time), Value(EventField.Code), Value(EventField.Parameter), out var values))
            {
                return true;
            }

            if (Value(EventField.Signal).Length == 0)
            {
                _unnamed ??= reading.ForUnnamed();
                if (_unnamed is null)
                {
                    return false;
                }

                values.AddTo(_unnamed, _line);
            }
            else if (_signals.Find(Value(EventField.Signal), _line) is { } signal)
            {
                values.AddTo(signal, _line);
            }

            return true;
        }

        private ReadOnlySpan<byte> Value(EventField field)
        {
            var slot = (int)field - 1;
            return _values.AsSpan(slot * LongestValue, Math.Max(0, _lengths[slot]));
        }

        private bool TryFields(ReadOnlySpan<byte> line)
        {
            _lengths.AsSpan().Fill(-1);
            var json = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = ReadLimits.MaxJsonDepth });
            try
            {
                json.Read();
                while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
                {
                    var name = json.ValueSpan;
                    var (field, rank) = EventFields.Find(name);
                    if (field == EventField.None && RefusedFeeds.IsTraveler(name))
                    {
                        reading.RefuseRow(DataIssueKind.PrivacyRefused, _line, [], "the row has a field of a single vehicle, device or person; it is left out");
                        return false;
                    }

                    json.Read();
                    if (field != EventField.None && json.TokenType is JsonTokenType.String or JsonTokenType.Number)
                    {
                        Take((int)field - 1, rank, ref json);
                    }
                    else if (field == EventField.None)
                    {
                        reading.DropField(name, _line);
                    }

                    json.Skip();
                }

                if (json.TokenType == JsonTokenType.EndObject && !json.Read())
                {
                    return true;
                }
            }
            catch (JsonException)
            {
                // Reported below, like JSON that is sound and no object.
            }

            reading.RefuseRow(DataIssueKind.BadRow, _line, [], $"no JSON object of at most {ReadLimits.MaxJsonDepth} levels; the row is left out");
            return false;
        }

        private void Take(int slot, int rank, ref Utf8JsonReader json)
        {
            if (_lengths[slot] >= 0 && _ranks[slot] <= rank)
            {
                return;
            }

            var target = _values.AsSpan(slot * LongestValue, LongestValue);
            _ranks[slot] = rank;
            _lengths[slot] = json.ValueSpan.Length > LongestValue ? 0
                : json.ValueIsEscaped ? Unescape(ref json, target)
                : Copy(json.ValueSpan, target);
        }

        /// <summary>A value with escapes, as <c>5\/13\/2024</c>; empty, which no field may be, when they stand for no text.</summary>
        private static int Unescape(ref Utf8JsonReader json, Span<byte> target)
        {
            try
            {
                return json.CopyString(target);
            }
            catch (InvalidOperationException)
            {
                return 0;
            }
        }

        private static int Copy(ReadOnlySpan<byte> value, Span<byte> target)
        {
            value.CopyTo(target);
            return value.Length;
        }
    }
}
