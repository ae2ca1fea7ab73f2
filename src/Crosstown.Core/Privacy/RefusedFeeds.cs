using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text;

namespace Crosstown.Core.Privacy;

/// <summary>Recognizes feeds that are about vehicles or people, by content, so that they are refused whole (rule P08).</summary>
/// <remarks>
/// Looks at names only (columns, keys, elements, attributes), at the frame of binary formats, and counts value shapes in the first rows.
/// A file with time, code and parameter columns is a controller log whatever else it has; its further columns are dropped unread (rule P06).
/// </remarks>
public static class RefusedFeeds
{
    /// <summary>How much of a file's start is looked at, in bytes; more is not needed.</summary>
    public const int HeadLength = 65_536;

    private const int NameLimit = 512;
    private const int LongestName = 64;
    private const int RowsLookedAt = 20;

    private static readonly SearchValues<char> NumberSigns = SearchValues.Create("0123456789.-");

    private static readonly HashSet<string> TimeNames = new(StringComparer.Ordinal)
    {
        "time", "timestamp", "datetime", "date", "localtime", "utctime", "timems", "timeutc", "starttime", "epoch", "globaltime", "recordedattime", "reportedat", "gpstime",
        "eventtime", "seentime", "firstseen", "readtime", "frame", "frameid", "timestep", "sec", "timestampms",
    };

    private static readonly HashSet<string> CodeNames = new(StringComparer.Ordinal)
    {
        "code", "eventcode", "eventid", "eventcodeid", "eventtypeid", "event", "eventtype",
    };

    private static readonly HashSet<string> ParameterNames = new(StringComparer.Ordinal)
    {
        "parameter", "eventparam", "param", "eventparameter", "detector", "eventvalue",
    };

    private static readonly HashSet<string> VehicleNames = new(StringComparer.Ordinal)
    {
        "vehicleid", "vehid", "vehicle", "vehiclenumber", "vehiclenum", "vehicleno", "vehicleref", "vehiclelabel", "busid", "busnumber", "bus", "unitid", "unitnumber", "fleetnumber",
        "fleetid", "trackid", "objectid", "carid", "truckid", "taxiid", "trajid", "trajectoryid", "tripid", "driverid", "agentid", "personid", "pedestrianid", "mmsi",
        "blockid", "vid", "journeyid", "asset", "assetid",
    };

    private static readonly HashSet<string> MotionNames = new(StringComparer.Ordinal)
    {
        "speed", "velocity", "vvel", "vel", "heading", "bearing", "course", "direction", "vacc", "acceleration", "acc", "xvelocity", "yvelocity", "vx", "vy", "spd", "speedmph",
        "speedkph", "speedmps", "odometer", "spaceheadway", "timeheadway",
    };

    private static readonly HashSet<string> PlaneNames = new(StringComparer.Ordinal)
    {
        "x", "localx", "globalx", "xcenter", "posx", "xutm", "utmx", "positionx", "easting", "xm",
    };

    private static readonly HashSet<string> LatitudeNames = new(StringComparer.Ordinal)
    {
        "lat", "latitude", "gpslat", "gpslatitude", "startlat", "ylat",
    };

    private static readonly HashSet<string> ReadNames = new(StringComparer.Ordinal)
    {
        "mac", "macaddress", "macaddr", "bluetooth", "bluetoothid", "bluetoothaddress", "bluetoothmac", "btmac", "btaddress", "wifimac", "wifiaddress", "hashedmac", "machash", "bdaddr",
        "bssid", "ssid", "imei", "imsi", "idfa", "adid", "gaid", "transponder", "transponderid", "tolltag", "tolltagid", "tagid", "taguid", "tagnumber", "epc", "rfid", "obuid",
        "etctag", "tollplaza", "plazaid",
    };

    private static readonly HashSet<string> CrashNames = new(StringComparer.Ordinal)
    {
        "crashid", "crash", "crashdate", "crashseverity", "crashnumber", "collisionid", "collision", "collisiondate", "collisionseverity", "accidentid", "accident", "accidentdate",
        "stcase", "casenumber", "mannerofcollision", "crashtime",
    };

    private static readonly HashSet<string> HarmNames = new(StringComparer.Ordinal)
    {
        "injury", "injuries", "injuryseverity", "injsev", "fatalities", "fatal", "killed", "severity", "victim", "victimage", "driverage", "driversex", "age", "sex", "perno", "pertyp",
        "bac", "restraint", "ejection", "seating", "crashseverity", "collisionseverity", "numberinjured", "numberkilled", "personsinjured", "atfault", "partytype",
    };

    private static readonly HashSet<string> CallNames = new(StringComparer.Ordinal)
    {
        "caller", "callername", "callerphone", "callernumber", "callerid", "calleraddress", "callbacknumber", "calltaker", "ani", "ali", "anialinumber", "complainant",
        "reportingparty", "rpname", "rpphone",
    };

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

    private static string? RecognizeNames(HashSet<string> names)
    {
        if (names.Overlaps(TimeNames) && names.Overlaps(CodeNames) && names.Overlaps(ParameterNames))
        {
            return null;
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

        if (names.Overlaps(ReadNames))
        {
            return "reads of radio addresses or toll tags";
        }

        var hasVehicle = names.Overlaps(VehicleNames);
        var hasTime = names.Overlaps(TimeNames);
        var hasPlace = names.Overlaps(LatitudeNames);
        var hasMotion = names.Overlaps(MotionNames);
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

        if (names.Overlaps(CallNames) || HasContact(names))
        {
            return "records of callers or other people";
        }

        if (names.Overlaps(CrashNames) && names.Overlaps(HarmNames))
        {
            return "crash records";
        }

        if (hasVehicle && (hasPlace || names.Contains("gpsx") || names.Contains("position")) && (hasTime || hasMotion))
        {
            return "positions of vehicles (AVL)";
        }

        if (hasTime && names.Overlaps(PlaneNames) && (hasVehicle || (names.Contains("id") && hasMotion)))
        {
            return "trajectories";
        }

        return names.Contains("deviceid") && hasPlace && hasTime && (hasMotion || names.Contains("accuracy") || names.Contains("horizontalaccuracy"))
            ? "positions of handsets"
            : null;
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

                if (names.Overlaps(TimeNames) && names.Overlaps(CodeNames) && names.Overlaps(ParameterNames))
                {
                    return null;
                }

                if (RecognizeNames(names) is { } found)
                {
                    return found;
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
        Span<char> letters = stackalloc char[LongestName];
        var length = 0;
        foreach (var c in name)
        {
            if (char.IsLetterOrDigit(c) && length < letters.Length)
            {
                letters[length++] = char.ToLowerInvariant(c);
            }
        }

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
