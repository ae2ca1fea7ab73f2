using System.Collections.Frozen;
using System.Text.Json;

namespace Crosstown.Logs.Formats;

/// <summary>Recognizes the kinds of file that Crosstown takes no part of: they follow single travelers (rule P08).</summary>
/// <remarks>
/// Vehicle positions, basic safety and signal request messages, trips of shared vehicles, fleet tracking, toll and roadside radio reads,
/// license number reads, trajectories, crash and caller records. They are known by their field names, which no event log has.
/// </remarks>
public static class RefusedKinds
{
    /// <summary>Names that mark a record about one vehicle, device or person, whatever else stands beside them.</summary>
    private static readonly FrozenSet<string> OneTraveler = new[]
    {
        "vehicleid", "vehid", "vehicle", "vehiclelabel", "tripid", "tripstart", "trajectoryid", "trackid", "journeyid", "waypointid", "capturedtimestamp",
        "plate", "platenumber", "platetext", "platehash", "licenseplate", "licenceplate", "numberplate", "lpr", "alpr", "anpr", "vin", "vrm",
        "bluetoothid", "bluetoothmac", "btmac", "btid", "btaddress", "wifimac", "bdaddr", "hashedmac", "machash", "imei", "imsi", "msisdn", "advertisingid", "adid", "idfa",
        "tollid", "tolltag", "tagid", "tagnumber", "transponder", "transponderid", "epc", "rfid",
        "riderid", "driverid", "passengerid", "personid", "customerid", "propulsiontypes", "vehicletype", "avlid", "busid",
        "bsm", "coredata", "basicsafetymessage", "signalrequestmessage", "requestor", "temporaryid", "msgcnt", "secmark", "gtfsrealtimeversion", "vehicleposition",
        "crashid", "crashnumber", "accidentid", "callerid", "callername", "callernumber", "callbacknumber", "phone", "phonenumber", "email", "drivername", "drivername1", "victim",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// Names that may stand beside events, as a controller's address or a row number of the program that exported them, and are dropped there; without events they mark a
    /// traveler or a traveler's device.
    /// </summary>
    private static readonly FrozenSet<string> OneTravelerUnlessEvents = new[] { "mac", "macaddress", "macid", "addr", "rssi", "heading", "objectid", "userid", "blockid", "runid", "casenumber" }
        .ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Places = new[] { "lat", "latitude", "lon", "lng", "long", "longitude", "x", "y", "geometry", "gps", "position" }
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a table with these columns is of a refused kind.</summary>
    /// <param name="isEventTable">True when time, code and parameter are all there.</param>
    /// <param name="hasTime">True when there is a time column.</param>
    /// <param name="plainNames">Column names in lower case without separators.</param>
    public static bool Contains(bool isEventTable, bool hasTime, IEnumerable<string> plainNames)
    {
        var places = 0;
        foreach (var name in plainNames)
        {
            if (OneTraveler.Contains(name) || (!isEventTable && OneTravelerUnlessEvents.Contains(name)))
            {
                return true;
            }

            places += Places.Contains(name) ? 1 : 0;
        }

        return !isEventTable && hasTime && places >= 2;
    }

    /// <summary>Whether a field name marks a record about one vehicle, device or person.</summary>
    public static bool IsOneTraveler(ReadOnlySpan<byte> name)
    {
        Span<char> plain = stackalloc char[EventFields.MaxNameBytes];
        var length = EventFields.Plain(name, plain);
        return length > 0 && OneTraveler.GetAlternateLookup<ReadOnlySpan<char>>().Contains(plain[..length]);
    }

    /// <summary>Whether JSON that begins like this is of a refused kind: looks at every property name as far as the head goes.</summary>
    public static bool ContainsJson(ReadOnlySpan<byte> head)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        Span<char> plain = stackalloc char[EventFields.MaxNameBytes];
        var fields = new HashSet<EventField>();
        var json = new Utf8JsonReader(head, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = ReadLimits.MaxJsonDepth, AllowMultipleValues = true }));
        try
        {
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.PropertyName)
                {
                    fields.Add(EventFields.Find(json.ValueSpan).Field);
                    var length = EventFields.Plain(json.ValueSpan, plain);
                    names.Add(plain[..length].ToString());
                }
            }
        }
        catch (JsonException)
        {
            // What was readable up to here is what there is to judge by; the reader of the format reports the damage.
        }

        var isEventTable = fields.Contains(EventField.Time) && fields.Contains(EventField.Code) && fields.Contains(EventField.Parameter);
        return Contains(isEventTable, fields.Contains(EventField.Time), names);
    }
}
