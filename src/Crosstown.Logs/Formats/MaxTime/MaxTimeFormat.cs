using System.Text;
using Crosstown.Core.Data;

namespace Crosstown.Logs.Formats.MaxTime;

/// <summary>The event log that Intelight/Q-Free MaxTime controllers serve as XML.</summary>
/// <remarks>
/// <c>&lt;Event ID TimeStamp EventTypeID Parameter/&gt;</c> elements whose IDs rise by one, after a description with the intersection's number and
/// the controller's addresses, which are read past (rule P10).
/// The elements are scanned for as they stand rather than given to an XML parser: a parser has to stop at the first damaged character and
/// would lose every good event behind it; and there is nothing here to expand, include or resolve. A document type declaration refuses the file (rule X06).
/// </remarks>
public sealed class MaxTimeFormat : ILogFormat
{
    public string Name => "maxtime";

    /// <summary>Markup with an <c>EventResponse</c> element, or events right away.</summary>
    public bool Recognizes(ReadOnlySpan<byte> head)
    {
        var text = head.TrimStart("\uFEFF \t\r\n"u8);
        return text.Length > 0 && text[0] == '<' && (text.IndexOf("<EventResponse"u8) >= 0 || text.IndexOf("EventTypeID"u8) >= 0);
    }

    public void Read(LogContent content, LogReading reading)
    {
        content.LimitTo(reading.Settings.Limits.ControllerFileBytes);
        new Scanner(content, reading).Run();
    }

    private sealed class Scanner(LogContent content, LogReading reading)
    {
        private readonly int _tagLimit = reading.Settings.Limits.LineBytes;
        private SignalEvents? _signal;
        private long? _lastId;
        private bool _isClosed;
        private bool _inNumber;
        private bool _inDescription;
        private bool _stopped;

        public void Run()
        {
            while (!_stopped && ReadText() && !_stopped)
            {
                ReadMarkup();
            }

            if (!_isClosed && !_stopped)
            {
                reading.Report(DataIssueKind.Truncated, content.Position, "", "the document does not end with </EventResponses>, so the file may be cut; the events before are kept");
            }
        }

        /// <summary>Reads up to the next <c>&lt;</c>. False at the end of the content.</summary>
        private bool ReadText()
        {
            var isOdd = false;
            var position = content.Position;
            while (true)
            {
                var end = content.Unread.IndexOf((byte)'<');
                var text = end < 0 ? content.Unread : content.Unread[..end];
                isOdd |= !_inDescription && !_inNumber && text.IndexOfAnyExcept("\uFEFF \t\r\n"u8) >= 0;
                if (_inNumber && end >= 0)
                {
                    TakeNumber(text.Trim(" \t\r\n"u8));
                }

                if (end >= 0)
                {
                    content.Consume(end);
                    RefuseText(isOdd, position);
                    return true;
                }

                if (_inNumber && text.Length > 0 && content.Fill())
                {
                    continue;
                }

                _inNumber = false;
                content.Consume(text.Length);
                if (!content.Fill())
                {
                    RefuseText(isOdd, position);
                    return false;
                }
            }
        }

        private void RefuseText(bool isOdd, long position)
        {
            if (isOdd)
            {
                reading.RefuseRow(DataIssueKind.BadRow, position, [], "text where only events may stand, as when an event's markup is damaged; it is left out");
            }
        }

        private void ReadMarkup()
        {
            while (content.Unread.Length < 4 && content.Fill())
            {
            }

            var head = content.Unread;
            if (head.StartsWith("<!--"u8))
            {
                SkipPast("-->"u8);
            }
            else if (head.StartsWith("<?"u8))
            {
                SkipPast("?>"u8);
            }
            else if (head.StartsWith("<!"u8))
            {
                _stopped = true;
                reading.RefuseFile(DataIssueKind.BadHeader, content.Position, "", "a document type declaration or raw section is not let in; the file is left out from here");
            }
            else
            {
                ReadTag();
            }
        }

        /// <summary>Skips a comment or declaration. One that has lost its end may run over events: they are counted as left out.</summary>
        private void SkipPast(ReadOnlySpan<byte> end)
        {
            var hidden = "<Event "u8;
            while (true)
            {
                var at = content.Unread.IndexOf(end);
                var hiddenAt = (at < 0 ? content.Unread : content.Unread[..at]).IndexOf(hidden);
                if (hiddenAt >= 0)
                {
                    reading.RefuseRow(DataIssueKind.BadRow, content.Position + hiddenAt, [], "an event inside a comment or declaration, as when that has lost its end; it is left out");
                    content.Consume(hiddenAt + hidden.Length);
                }
                else if (at >= 0)
                {
                    content.Consume(at + end.Length);
                    return;
                }
                else
                {
                    content.Consume(Math.Max(0, content.Unread.Length - hidden.Length));
                    if (!content.Fill())
                    {
                        content.Consume(content.Unread.Length);
                        return;
                    }
                }
            }
        }

        private void ReadTag()
        {
            while (true)
            {
                var end = content.Unread[1..].IndexOfAny((byte)'>', (byte)'<') + 1;
                var position = content.Position;
                if (end > 0)
                {
                    var tag = content.Unread[1..end];
                    if (content.Unread[end] == '>')
                    {
                        content.Consume(end + 1);
                        TakeTag(tag, position);
                    }
                    else
                    {
                        content.Consume(end);
                        reading.RefuseRow(DataIssueKind.BadRow, position, [], "an element without its '>'; it is left out");
                    }

                    return;
                }

                if (content.Unread.Length > _tagLimit)
                {
                    content.Consume(1);
                    reading.RefuseRow(DataIssueKind.LimitReached, position, [], $"an element is longer than {_tagLimit} bytes; it is left out");
                    return;
                }

                if (!content.Fill())
                {
                    content.Consume(content.Unread.Length);
                    reading.RefuseRow(DataIssueKind.Truncated, position, [], "the content ends inside this element, which is left out");
                    return;
                }
            }
        }

        private void TakeTag(ReadOnlySpan<byte> tag, long position)
        {
            tag = tag.TrimEnd(" \t\r\n"u8);
            if (tag.Length == 0)
            {
                reading.RefuseRow(DataIssueKind.BadRow, position, [], "an element without a name; it is left out");
                return;
            }

            var nameEnd = tag.IndexOfAny(" \t\r\n/"u8);
            var name = nameEnd <= 0 ? tag : tag[..nameEnd];
            _inNumber = false;
            if (name.SequenceEqual("Event"u8))
            {
                _inDescription = false;
                TakeEvent(tag[name.Length..], position);
            }
            else if (tag.SequenceEqual("/EventResponses"u8) || tag.SequenceEqual("/EventResponse"u8))
            {
                _isClosed = tag[^1] == 's';
                _inDescription = false;
            }
            else if (name.SequenceEqual("EventResponse"u8))
            {
                _signal = null;
                _lastId = null;
            }
            else if (name.SequenceEqual("Description"u8))
            {
                _inDescription = true;
            }
            else if (tag.SequenceEqual("/Description"u8))
            {
                _inDescription = false;
            }
            else if (name.SequenceEqual("IntersectionNumber"u8))
            {
                _inNumber = true;
            }
            else if (tag.IndexOf("TimeStamp"u8) >= 0)
            {
                reading.RefuseRow(DataIssueKind.BadRow, position, [], "an element that looks like an event and is not called Event; it is left out");
            }
            else if (tag[0] != '/' && !IsKnown(name))
            {
                reading.DropField(name, position);
            }
        }

        private static bool IsKnown(ReadOnlySpan<byte> name) =>
            name.SequenceEqual("EventResponses"u8) || name.SequenceEqual("IP"u8) || name.SequenceEqual("MAC"u8)
            || name.SequenceEqual("StartTime"u8) || name.SequenceEqual("PhasesInUse"u8);

        private void TakeNumber(ReadOnlySpan<byte> text)
        {
            _inNumber = false;
            if (SignalName.TryParse(Encoding.Latin1.GetString(text[..Math.Min(text.Length, 64)]), out var id))
            {
                _signal = reading.For(id);
            }
            else
            {
                reading.Report(DataIssueKind.PrivacyRefused, content.Position, "", $"{SignalName.Refusal}; the number is not kept");
            }
        }

        private void TakeEvent(ReadOnlySpan<byte> attributes, long position)
        {
            ReadOnlySpan<byte> time = default, code = default, parameter = default, id = default;
            var rest = attributes.Trim(" \t\r\n/"u8);
            while (rest.Length > 0)
            {
                var equals = rest.IndexOf((byte)'=');
                var name = equals < 0 ? rest : rest[..equals].TrimEnd(" \t\r\n"u8);
                var value = equals < 0 ? [] : rest[(equals + 1)..].TrimStart(" \t\r\n"u8);
                var valueEnd = value.Length > 0 && (value[0] == '"' || value[0] == '\'') ? value[1..].IndexOf(value[0]) : -1;
                if (valueEnd < 0)
                {
                    reading.RefuseRow(DataIssueKind.BadRow, position, [], "an event whose attributes are not name=\"value\"; it is left out");
                    return;
                }

                rest = value[(valueEnd + 2)..].TrimStart(" \t\r\n/"u8);
                value = value[1..(valueEnd + 1)];
                switch (EventFields.Find(name).Field)
                {
                    case EventField.Time:
                        time = value;
                        break;
                    case EventField.Code:
                        code = value;
                        break;
                    case EventField.Parameter:
                        parameter = value;
                        break;
                    default:
                        if (name.SequenceEqual("ID"u8))
                        {
                            id = value;
                        }
                        else
                        {
                            reading.DropField(name, position);
                        }

                        break;
                }
            }

            TakeEvent(time, code, parameter, id, position);
        }

        private void TakeEvent(ReadOnlySpan<byte> time, ReadOnlySpan<byte> code, ReadOnlySpan<byte> parameter, ReadOnlySpan<byte> id, long position)
        {
            CheckSequence(id, position);
            if (!EventValues.TryRead(reading, position, time, code, parameter, out var values))
            {
                return;
            }

            if (_signal is null && (_signal = reading.ForUnnamed()) is null)
            {
                _stopped = true;
                return;
            }

            values.AddTo(_signal, position);
        }

        private void CheckSequence(ReadOnlySpan<byte> text, long position)
        {
            if (!NumberText.TryParse(text, out var id))
            {
                if (text.Length > 0)
                {
                    reading.Report(DataIssueKind.SequenceGap, position, IssueText.Value(text), "an event's ID is no number, so that it cannot be told whether events are missing; the event is kept");
                }

                return;
            }

            if (_lastId is { } last && id != last + 1)
            {
                reading.Report(
                    DataIssueKind.SequenceGap,
                    position,
                    IssueText.Value(text),
                    id > last ? $"IDs jump by {id - last}: {id - last - 1} events are missing before this one" : $"IDs go back by {last - id}: events are repeated or the controller restarted");
            }

            _lastId = id;
        }
    }
}
