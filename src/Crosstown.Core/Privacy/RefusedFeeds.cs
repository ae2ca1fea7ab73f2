using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text;

namespace Crosstown.Core.Privacy;

/// <summary>Recognizes feeds that are about vehicles or people, by content, so that they are refused whole (rule P08).</summary>
/// <remarks>
/// Looks at names only (columns, keys, elements, attributes), at the frame of binary formats, and counts value shapes in the first rows.
/// A file with time, code and parameter columns is a controller log, and its further columns are dropped unread (rule P06); only a column that can be
/// about nothing but a single traveler refuses it.
/// </remarks>
public static class RefusedFeeds
{
    /// <summary>How much of a file's start is looked at, in bytes; more is not needed.</summary>
    public const int HeadLength = 65_536;

    private const int NameLimit = 512;
    private const FeedMarks Event = FeedMarks.Time | FeedMarks.Code | FeedMarks.Parameter;
    private const int RowsLookedAt = 20;
    private const string SingleTravelers = "records of single vehicles, devices or persons";

    private static readonly SearchValues<char> NumberSigns = SearchValues.Create("0123456789.-");

    /// <summary>Elements of a controller's own log: its header names the controller's address, which is read past (rule P10).</summary>
    private static readonly FrozenSet<string> ControllerNames = new[] { "eventresponses", "eventresponse", "intersectionnumber" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Why a feed is refused, as the end of a sentence that starts with "this looks like"; null when nothing speaks against it.</summary>
    /// <param name="head">The first bytes of the file, decompressed; up to <see cref="HeadLength"/> are looked at, and they may end anywhere.</param>
    public static string? Recognize(ReadOnlySpan<byte> head)
    {
        head = head.Length > HeadLength ? head[..HeadLength] : head;
        if (head.Length < 4)
        {
            return null;
        }

        if (ValueShapes.IsRecording(head))
        {
            return "a picture, sound or film";
        }

        if (RecognizeBinary(head) is { } binary)
        {
            return binary;
        }

        var text = DecodeText(head);
        if (text.Length == 0 || text.Contains("Phases in use:", StringComparison.Ordinal))
        {
            return null;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var start = text.AsSpan().TrimStart();
        if (start.Length > 0 && start[0] is '{' or '[')
        {
            CollectJsonNames(start, names);
        }
        else if (start.Length > 0 && start[0] == '<')
        {
            CollectXmlNames(start, names);
            if (names.Overlaps(ControllerNames))
            {
                return null;
            }
        }
        else
        {
            return RecognizeRows(start, names);
        }

        return RecognizeNames(names);
    }

    /// <summary>As <see cref="Recognize"/>, by the names of a table's columns alone.</summary>
    /// <param name="names">The names as the table writes them.</param>
    public static string? RecognizeColumns(IEnumerable<string> names)
    {
        var plainNames = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            AddName(name, plainNames);
        }

        return RecognizeNames(plainNames);
    }

    /// <summary>Whether a field's name marks a record about one vehicle, device or person, whatever else stands beside it.</summary>
    /// <param name="name">The name as the feed writes it, in UTF-8; one that is longer than any known is none.</param>
    public static bool IsTraveler(ReadOnlySpan<byte> name)
    {
        Span<char> letters = stackalloc char[FeedNames.LongestName];
        if (!Encoding.UTF8.TryGetChars(name, letters, out var length))
        {
            return false;
        }

        Span<char> plain = stackalloc char[FeedNames.LongestName];
        return (FeedNames.Find(plain[..FeedNames.Plain(letters[..length], plain)]) & FeedMarks.Traveler) != 0;
    }

    private static string? RecognizeNames(HashSet<string> names)
    {
        var marks = MarksOf(names);
        if (marks.HasFlag(Event))
        {
            return marks.HasFlag(FeedMarks.Traveler) ? SingleTravelers : null;
        }

        if (names.Contains("basicsafetymessage") || names.Contains("bsmcoredata") || (names.Contains("secmark") && names.Overlaps(["lat", "latitude", "speed", "heading"]))
            || (names.Contains("coredata") && names.Overlaps(["msgcnt", "accelset", "brakes", "transmission"])))
        {
            return "vehicles' own safety messages (J2735 BSM)";
        }

        if (names.Contains("signalrequestmessage") || (names.Contains("requestor") && names.Contains("requests")))
        {
            return "vehicles' own signal requests (J2735 SRM)";
        }

        foreach (var name in names)
        {
            if (ForbiddenWords.FindKind(name) == ForbiddenKind.RegistrationMark)
            {
                return "reads of vehicle registrations";
            }
        }

        if (marks.HasFlag(FeedMarks.Read))
        {
            return "reads of radio addresses or toll tags";
        }

        var hasVehicle = marks.HasFlag(FeedMarks.Vehicle);
        var hasTime = marks.HasFlag(FeedMarks.Time);
        var hasPlace = marks.HasFlag(FeedMarks.Latitude);
        var hasMotion = marks.HasFlag(FeedMarks.Motion);
        if (names.Contains("tripid") && names.Overlaps(["providerid", "deviceid", "propulsiontypes", "tripduration", "vehicletype", "ridername"]))
        {
            return "trips of shared vehicles (MDS)";
        }

        if ((names.Contains("entity") && names.Contains("vehicle") && names.Contains("position")) || names.Contains("vehicleposition") || names.Contains("vehiclepositions")
            || names.Contains("vehicleactivity") || names.Contains("monitoredvehiclejourney"))
        {
            return "positions of transit vehicles (GTFS-RT VehiclePosition or SIRI)";
        }

        if (names.Contains("trkpt") || names.Contains("fcdexport") || (names.Contains("laneid") && names.Contains("vehicleid") && names.Contains("frameid")))
        {
            return "trajectories";
        }

        if (marks.HasFlag(FeedMarks.Call) || HasContact(names))
        {
            return "records of callers or other people";
        }

        if (marks.HasFlag(FeedMarks.Crash | FeedMarks.Harm))
        {
            return "crash records";
        }

        if (hasVehicle && (hasPlace || names.Contains("gpsx") || names.Contains("position")) && (hasTime || hasMotion))
        {
            return "positions of vehicles (AVL)";
        }

        if (hasTime && marks.HasFlag(FeedMarks.Plane) && (hasVehicle || (names.Contains("id") && hasMotion)))
        {
            return "trajectories";
        }

        if (names.Contains("deviceid") && hasPlace && hasTime && (hasMotion || names.Contains("accuracy") || names.Contains("horizontalaccuracy")))
        {
            return "positions of handsets";
        }

        return (marks & (FeedMarks.Traveler | FeedMarks.TravelerUnlessEvents)) != 0 ? SingleTravelers
            : hasTime && names.Count(n => FeedNames.Find(n).HasFlag(FeedMarks.Place)) >= 2 ? "places with times"
            : null;
    }

    private static FeedMarks MarksOf(HashSet<string> names)
    {
        var marks = FeedMarks.None;
        foreach (var name in names)
        {
            marks |= FeedNames.Find(name);
        }

        return marks;
    }

    private static bool HasContact(HashSet<string> names)
    {
        foreach (var name in names)
        {
            if (ForbiddenWords.FindKind(name) is ForbiddenKind.Contact)
            {
                return true;
            }
        }

        return names.Contains("firstname") && names.Contains("lastname");
    }

    /// <summary>Delimited rows: by the header's names, else by what the columns of the first rows hold.</summary>
    private static string? RecognizeRows(ReadOnlySpan<char> text, HashSet<string> names)
    {
        var header = ReadOnlySpan<char>.Empty;
        var separator = ',';
        int rows = 0, identified = 0, tracks = 0;
        foreach (var line in text.EnumerateLines())
        {
            var row = line.Trim('\uFEFF');
            if (row.IsWhiteSpace() || row[0] == '#')
            {
                continue;
            }

            if (header.IsEmpty)
            {
                header = row;
                separator = FindSeparator(row);
                foreach (var range in row.Split(separator))
                {
                    AddName(row[range], names);
                }

                if (RecognizeNames(names) is { } found)
                {
                    return found;
                }

                if (MarksOf(names).HasFlag(Event))
                {
                    return null;
                }
            }

            if (rows++ == RowsLookedAt)
            {
                break;
            }

            tracks += IsTrackRow(row) ? 1 : 0;
            foreach (var range in row.Split(separator))
            {
                if (ValueShapes.Find(row[range].Trim(" \"'")) is Refusal.HardwareAddress or Refusal.ChassisNumber or Refusal.HandsetNumber)
                {
                    identified++;
                    break;
                }
            }
        }

        // The last row may be cut, the first may be a header.
        return identified >= 3 && identified * 2 >= rows ? "reads of devices or vehicles, one a row"
            : tracks >= 3 && tracks * 2 >= rows ? "trajectories"
            : null;
    }

    /// <summary>The separator that a line has most of; blanks only where it has no other.</summary>
    private static char FindSeparator(ReadOnlySpan<char> line)
    {
        var best = ',';
        foreach (var c in ",;\t|")
        {
            best = line.Count(c) > line.Count(best) ? c : best;
        }

        return line.Count(best) > 0 ? best : ' ';
    }

    /// <summary>A row of NGSIM's first form: 18 numbers between blanks, the fourth a time in epoch milliseconds.</summary>
    private static bool IsTrackRow(ReadOnlySpan<char> row)
    {
        var fields = 0;
        var hasEpoch = false;
        foreach (var range in row.SplitAny(' ', '\t'))
        {
            var field = row[range];
            if (field.IsEmpty)
            {
                continue;
            }

            if (field.ContainsAnyExcept(NumberSigns))
            {
                return false;
            }

            fields++;
            hasEpoch |= fields == 4 && field.Length == 13 && field[0] == '1';
        }

        return fields >= 18 && hasEpoch;
    }

    private static void CollectJsonNames(ReadOnlySpan<char> text, HashSet<string> names)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '"')
            {
                continue;
            }

            var start = ++i;
            while (i < text.Length && text[i] != '"')
            {
                i += text[i] == '\\' ? 2 : 1;
            }

            if (i >= text.Length)
            {
                return;
            }

            var after = text[(i + 1)..].TrimStart();
            if (after.Length > 0 && after[0] == ':')
            {
                AddName(text[start..i], names);
            }
        }
    }

    /// <summary>Names of elements and attributes, without their prefixes.</summary>
    private static void CollectXmlNames(ReadOnlySpan<char> text, HashSet<string> names)
    {
        for (var i = text.IndexOf('<'); i >= 0 && i < text.Length;)
        {
            var close = text[i..].IndexOf('>');
            var tag = close < 0 ? text[(i + 1)..] : text.Slice(i + 1, close - 1);
            if (!tag.StartsWith("!") && !tag.StartsWith("?"))
            {
                var element = tag.TrimStart('/');
                var end = element.IndexOfAny(" \t\r\n/");
                AddName(Local(end < 0 ? element : element[..end]), names);
                for (var equals = tag.IndexOf('='); equals > 0;)
                {
                    var name = tag[..equals].TrimEnd();
                    AddName(Local(name[(name.LastIndexOfAny(" \t\r\n") + 1)..]), names);
                    var rest = tag[(equals + 1)..].TrimStart();
                    var quote = rest.Length > 0 && rest[0] is '"' or '\'' ? rest[1..].IndexOf(rest[0]) : -1;
                    if (quote < 0)
                    {
                        break;
                    }

                    tag = rest[(quote + 2)..];
                    equals = tag.IndexOf('=');
                }
            }

            if (close < 0)
            {
                return;
            }

            var next = text[(i + close)..].IndexOf('<');
            i = next < 0 ? -1 : i + close + next;
        }

        static ReadOnlySpan<char> Local(ReadOnlySpan<char> name) => name[(name.IndexOf(':') + 1)..];
    }

    private static void AddName(ReadOnlySpan<char> name, HashSet<string> names)
    {
        Span<char> letters = stackalloc char[FeedNames.LongestName];
        var length = FeedNames.Plain(name, letters);
        if (length > 0 && names.Count < NameLimit)
        {
            names.Add(letters[..length].ToString());
        }
    }

    /// <summary>UTF-8, or UTF-16 by its mark; empty for what is no text.</summary>
    private static string DecodeText(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            return Encoding.Unicode.GetString(head[2..]);
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return Encoding.BigEndianUnicode.GetString(head[2..]);
        }

        var bytes = head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? head[3..] : head;
        var nulls = bytes.IndexOf((byte)0);
        return nulls is >= 0 and < 256 ? "" : Encoding.UTF8.GetString(nulls < 0 ? bytes : bytes[..nulls]);
    }

    private static string? RecognizeBinary(ReadOnlySpan<byte> head)
    {
        if (IsTransitVehicles(head))
        {
            return "positions of transit vehicles (GTFS-RT VehiclePosition or SIRI)";
        }

        // SAE J2735 MessageFrame in UPER: a 16-bit message id, then the length of the rest, in one byte or two.
        if (head[0] != 0 || head[1] is not (0x14 or 0x1D))
        {
            return null;
        }

        var isLong = (head[2] & 0x80) != 0;
        var length = isLong ? BinaryPrimitives.ReadUInt16BigEndian(head[2..]) & 0x3FFF : head[2];
        var end = length + (isLong ? 4 : 3);
        var isWhole = end == head.Length || (end + 2 <= head.Length && head[end] == 0 && head[end + 1] == head[1]);
        return length < 20 || !isWhole ? null
            : head[1] == 0x14 ? "vehicles' own safety messages (J2735 BSM)"
            : "vehicles' own signal requests (J2735 SRM)";
    }

    /// <summary>Whether bytes are a GTFS-Realtime FeedMessage whose entities are vehicles or the trips that they make.</summary>
    /// <remarks>
    /// FeedMessage: field 1 header (its field 1 is the version, "1.0" or "2.0"), field 2 entities. FeedEntity: field 1 id, field 3 trip update,
    /// field 4 vehicle position. Alerts (field 5) name no vehicle.
    /// </remarks>
    private static bool IsTransitVehicles(ReadOnlySpan<byte> head)
    {
        if (!TryReadField(ref head, out var number, out var header) || number != 1
            || !TryReadField(ref header, out number, out var version) || number != 1 || version.Length != 3 || version[1] != '.')
        {
            return false;
        }

        while (TryReadField(ref head, out number, out var entity))
        {
            while (number == 2 && TryReadField(ref entity, out var part, out _))
            {
                if (part is 3 or 4)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Reads one protocol-buffer field; a length beyond the end gives what is there. False at the end or on what cannot be a field.</summary>
    private static bool TryReadField(ref ReadOnlySpan<byte> bytes, out int number, out ReadOnlySpan<byte> value)
    {
        value = default;
        number = 0;
        if (!TryReadVarint(ref bytes, out var key) || key >> 3 is 0 or > 2000)
        {
            return false;
        }

        number = (int)(key >> 3);
        switch (key & 7)
        {
            case 0:
                return TryReadVarint(ref bytes, out _);
            case 1 when bytes.Length >= 8:
                bytes = bytes[8..];
                return true;
            case 5 when bytes.Length >= 4:
                bytes = bytes[4..];
                return true;
            case 2 when TryReadVarint(ref bytes, out var length):
                value = length > (ulong)bytes.Length ? bytes : bytes[..(int)length];
                bytes = bytes[value.Length..];
                return true;
            default:
                return false;
        }
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < Math.Min(10, bytes.Length); i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
