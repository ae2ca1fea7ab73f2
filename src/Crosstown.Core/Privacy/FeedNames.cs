using System.Collections.Frozen;

namespace Crosstown.Core.Privacy;

/// <summary>What the name of a column, key, element or attribute says about the feed that has it.</summary>
[Flags]
internal enum FeedMarks
{
    None = 0,

    /// <summary>When something was.</summary>
    Time = 1,

    /// <summary>The code of a controller event.</summary>
    Code = 2,

    /// <summary>The parameter of a controller event.</summary>
    Parameter = 4,

    /// <summary>One vehicle, told from others, or something that is often numbered like one.</summary>
    Vehicle = 8,

    /// <summary>Speed, heading or acceleration.</summary>
    Motion = 16,

    /// <summary>A coordinate in a plane.</summary>
    Plane = 32,

    /// <summary>A latitude.</summary>
    Latitude = 64,

    /// <summary>Half of a place on earth or in a plane, or a whole one.</summary>
    Place = 128,

    /// <summary>A radio address or toll tag that was read.</summary>
    Read = 256,

    /// <summary>A crash.</summary>
    Crash = 512,

    /// <summary>Harm that a crash did, or a person in it.</summary>
    Harm = 1024,

    /// <summary>A caller.</summary>
    Call = 2048,

    /// <summary>A record about one vehicle, device or person, whatever else stands beside it.</summary>
    Traveler = 4096,

    /// <summary>
    /// As <see cref="Traveler"/>, but beside events it is a controller's address or a row number of the program that exported them, and is dropped there unread.
    /// </summary>
    TravelerUnlessEvents = 8192,
}

/// <summary>The names by which feeds are told apart, each once; in lower case, without anything but letters and digits.</summary>
internal static class FeedNames
{
    /// <summary>Characters of a name that are looked at; longer ones are cut.</summary>
    public const int LongestName = 64;

    private static readonly (FeedMarks Marks, string[] Names)[] Lists =
    [
        (FeedMarks.Time,
        [
            "time", "timestamp", "datetime", "date", "localtime", "utctime", "timems", "timeutc", "starttime", "epoch", "globaltime", "recordedattime", "reportedat",
            "gpstime", "eventtime", "seentime", "firstseen", "readtime", "frame", "frameid", "timestep", "sec", "timestampms", "eventtimestamp", "timestamplocal",
        ]),
        (FeedMarks.Code,
        [
            "code", "eventcode", "eventid", "eventcodeid", "eventtypeid", "event", "eventtype",
        ]),
        (FeedMarks.Parameter,
        [
            "parameter", "eventparam", "param", "eventparameter", "detector", "eventvalue", "parm",
        ]),
        (FeedMarks.Vehicle | FeedMarks.Traveler,
        [
            "vehicleid", "vehid", "vehicle", "vehiclelabel", "busid", "trackid", "trajectoryid", "tripid", "driverid", "personid", "journeyid",
        ]),
        (FeedMarks.Vehicle,
        [
            "vehiclenumber", "vehiclenum", "vehicleno", "vehicleref", "busnumber", "bus", "unitid", "unitnumber", "fleetnumber", "fleetid", "carid", "truckid", "taxiid",
            "trajid", "agentid", "pedestrianid", "mmsi", "vid", "asset", "assetid",
        ]),
        (FeedMarks.Vehicle | FeedMarks.TravelerUnlessEvents,
        [
            "objectid", "blockid",
        ]),
        (FeedMarks.Motion,
        [
            "speed", "velocity", "vvel", "vel", "bearing", "course", "direction", "vacc", "acceleration", "acc", "xvelocity", "yvelocity", "vx", "vy", "spd", "speedmph",
            "speedkph", "speedmps", "odometer", "spaceheadway", "timeheadway",
        ]),
        (FeedMarks.Motion | FeedMarks.TravelerUnlessEvents,
        [
            "heading",
        ]),
        (FeedMarks.Plane | FeedMarks.Place,
        [
            "x",
        ]),
        (FeedMarks.Plane,
        [
            "localx", "globalx", "xcenter", "posx", "xutm", "utmx", "positionx", "easting", "xm",
        ]),
        (FeedMarks.Latitude | FeedMarks.Place,
        [
            "lat", "latitude",
        ]),
        (FeedMarks.Latitude,
        [
            "gpslat", "gpslatitude", "startlat", "ylat",
        ]),
        (FeedMarks.Read | FeedMarks.TravelerUnlessEvents,
        [
            "mac", "macaddress",
        ]),
        (FeedMarks.Read,
        [
            "macaddr", "bluetooth", "bluetoothaddress", "wifiaddress", "bssid", "ssid", "gaid", "tolltagid", "taguid", "obuid", "etctag", "tollplaza", "plazaid",
        ]),
        (FeedMarks.Read | FeedMarks.Traveler,
        [
            "bluetoothid", "bluetoothmac", "btmac", "btaddress", "wifimac", "hashedmac", "machash", "bdaddr", "imei", "imsi", "idfa", "adid", "transponder",
            "transponderid", "tolltag", "tagid", "tagnumber", "epc", "rfid",
        ]),
        (FeedMarks.Crash | FeedMarks.Traveler,
        [
            "crashid", "crashnumber", "accidentid",
        ]),
        (FeedMarks.Crash,
        [
            "crash", "crashdate", "collisionid", "collision", "collisiondate", "accident", "accidentdate", "stcase", "mannerofcollision", "crashtime",
        ]),
        (FeedMarks.Crash | FeedMarks.Harm,
        [
            "crashseverity", "collisionseverity",
        ]),
        (FeedMarks.Crash | FeedMarks.TravelerUnlessEvents,
        [
            "casenumber",
        ]),
        (FeedMarks.Harm,
        [
            "injury", "injuries", "injuryseverity", "injsev", "fatalities", "fatal", "killed", "severity", "victimage", "driverage", "driversex", "age", "sex", "perno",
            "pertyp", "bac", "restraint", "ejection", "seating", "numberinjured", "numberkilled", "personsinjured", "atfault", "partytype",
        ]),
        (FeedMarks.Harm | FeedMarks.Traveler,
        [
            "victim",
        ]),
        (FeedMarks.Call,
        [
            "caller", "callerphone", "calleraddress", "calltaker", "ani", "ali", "anialinumber", "complainant", "reportingparty", "rpname", "rpphone",
        ]),
        (FeedMarks.Call | FeedMarks.Traveler,
        [
            "callername", "callernumber", "callerid", "callbacknumber",
        ]),
        (FeedMarks.Place,
        [
            "lon", "lng", "long", "longitude", "y", "geometry", "gps", "position",
        ]),
        (FeedMarks.Traveler,
        [
            "tripstart", "waypointid", "capturedtimestamp", "plate", "platenumber", "platetext", "platehash", "licenseplate", "licenceplate", "numberplate", "lpr",
            "alpr", "anpr", "vin", "vrm", "btid", "msisdn", "advertisingid", "tollid", "riderid", "passengerid", "customerid", "propulsiontypes", "vehicletype", "avlid",
            "bsm", "coredata", "basicsafetymessage", "signalrequestmessage", "requestor", "temporaryid", "msgcnt", "secmark", "gtfsrealtimeversion", "vehicleposition",
            "phone", "phonenumber", "email", "drivername", "drivername1",
        ]),
        (FeedMarks.TravelerUnlessEvents,
        [
            "macid", "addr", "rssi", "userid", "runid",
        ]),
    ];

    private static readonly FrozenDictionary<string, FeedMarks> ByName =
        Lists.SelectMany(l => l.Names.Select(n => KeyValuePair.Create(n, l.Marks))).ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, FeedMarks>.AlternateLookup<ReadOnlySpan<char>> BySpan = ByName.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>What a name says, written plainly as <see cref="Plain"/> does; <see cref="FeedMarks.None"/> when it is not known.</summary>
    public static FeedMarks Find(ReadOnlySpan<char> plainName) => BySpan.TryGetValue(plainName, out var marks) ? marks : FeedMarks.None;

    /// <summary>Writes a name as names are compared: its letters and digits in lower case.</summary>
    /// <param name="name">The name as the feed writes it.</param>
    /// <param name="plain">Takes it; <see cref="LongestName"/> characters are enough.</param>
    /// <returns>The characters written.</returns>
    public static int Plain(ReadOnlySpan<char> name, Span<char> plain)
    {
        var length = 0;
        foreach (var c in name)
        {
            if (char.IsLetterOrDigit(c) && length < plain.Length)
            {
                plain[length++] = char.ToLowerInvariant(c);
            }
        }

        return length;
    }
}
