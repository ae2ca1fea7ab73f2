using System.Collections.Frozen;

namespace Crosstown.Core.Privacy;

/// <summary>What a forbidden name would hold.</summary>
public enum ForbiddenKind
{
    /// <summary>What a vehicle wears at its bumper.</summary>
    RegistrationMark,

    /// <summary>One vehicle or its tag, told from others.</summary>
    Vehicle,

    /// <summary>One handset, tag or browser, told from others.</summary>
    Device,

    /// <summary>A network or radio address.</summary>
    NetworkAddress,

    /// <summary>One person, or a property of the body.</summary>
    Person,

    /// <summary>A way to reach a person.</summary>
    Contact,

    /// <summary>Picture, sound or film of the street.</summary>
    Recording,

    /// <summary>One traveller's way through time and place.</summary>
    Track,
}

/// <summary>The words that no table, column, field, metric or member may carry (rule P05), in any case style.</summary>
/// <remarks>
/// A name is cut into words at case changes, digits and signs. An entry matches where its words stand next to each other, written
/// apart or run together, singular or plural. A run-together word matches only when it consists of an entry and connecting words and of
/// nothing else; so <c>surface</c>, <c>machine</c> and <c>template</c> are fine.
/// </remarks>
public static class ForbiddenWords
{
    private const int LongestName = 256;

    private static readonly (ForbiddenKind Kind, string[] Entries)[] Lexicon =
    [
        (ForbiddenKind.RegistrationMark,
        [
            "plate", "alpr", "anpr", "lpr", "license plate", "licence plate", "number plate", "plate number", "registration mark",
            "registration number", "vehicle registration", "tag number", "vrm", "vrn",
        ]),
        (ForbiddenKind.Vehicle,
        [
            "vin", "vehicle id", "vehicle ids", "vehicle identifier", "vehicle identification", "vehicle ref", "vehicle label", "veh id", "car id",
            "truck id", "toll tag", "tag id", "tag uid", "transponder", "transponder id", "obu id", "etc tag", "rfid", "epc", "chassis number", "fleet number",
        ]),
        (ForbiddenKind.Device,
        [
            "imei", "imeisv", "imsi", "iccid", "meid", "msisdn", "idfa", "idfv", "gaid", "adid", "aaid", "advertising id", "ad id", "device id", "device ids",
            "device identifier", "device uuid", "device uid", "device hash", "android id", "handset id", "user agent", "cookie id", "browser id", "session id",
            "visitor id", "installation id", "probe id", "device fingerprint", "fingerprint",
        ]),
        (ForbiddenKind.NetworkAddress,
        [
            "mac", "mac address", "mac addr", "bluetooth", "ble address", "bd addr", "bt addr", "ssid", "bssid", "wifi address", "client ip", "client address",
            "ip address", "ip addr", "remote ip", "remote address", "source ip", "user ip", "peer ip", "visitor ip", "x forwarded for",
        ]),
        (ForbiddenKind.Person,
        [
            "face", "facial", "biometric", "retina", "iris scan", "voice print", "gait", "dob", "birth date", "birthdate", "birth day", "date of birth", "ssn",
            "social security", "passport", "driver license", "drivers license", "driver licence", "license number", "licence number", "national id", "person id",
            "people id", "pedestrian id", "walker id", "cyclist id", "rider id", "driver id", "passenger id", "customer id", "resident id", "victim",
            "crash victim", "caller", "caller id", "caller name", "first name", "last name", "given name", "surname", "maiden name",
            "driver name", "driver age", "credit card",
        ]),
        (ForbiddenKind.Contact,
        [
            "phone", "telephone", "phone number", "mobile number", "cell number", "callback number", "email", "e mail", "mail address", "email address",
            "home address", "contact name",
        ]),
        (ForbiddenKind.Recording,
        [
            "photo", "photograph", "mugshot", "selfie", "video", "audio", "voice recording", "dashcam", "bodycam",
        ]),
        (ForbiddenKind.Track,
        [
            "track id", "tracking id", "tracklet", "object id", "trip id", "journey id", "gps track", "gps trace", "trajectory", "trajectories", "breadcrumb",
            "vehicle track",
        ]),
    ];

    /// <summary>Words that join a forbidden one in run-together names, and mean nothing forbidden by themselves.</summary>
    private static readonly FrozenSet<string> Connecting = new[]
    {
        "a", "addr", "address", "aggregate", "bt", "by", "capture", "captured", "car", "cell", "cellular", "client", "code", "col", "column", "contact", "count", "customer", "data",
        "date", "detected", "detection", "detector", "device", "driver", "encoded", "encrypted", "feature", "features", "field", "file", "first", "from", "full", "has", "hash", "hashed",
        "home", "id", "ids", "image", "img", "is", "key", "last", "list", "masked", "match", "mobile", "my", "name", "no", "num", "number", "of", "original", "owner", "path", "person",
        "primary", "raw", "read", "reader", "reading", "recognition", "record", "ref", "registration", "resident", "scan", "scanner", "sender", "sha", "source", "src", "state",
        "station", "string", "tag", "target", "text", "the", "to", "token", "uid", "url", "user", "uuid", "value", "vehicle", "vector", "wifi", "wireless", "with", "work",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Word pairs that mean something else in software.</summary>
    private static readonly FrozenSet<string> Harmless = new[] { "mac os", "mac catalyst" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, (string Entry, ForbiddenKind Kind)> Joined = Lexicon
        .SelectMany(group => group.Entries.Select(entry => (entry, group.Kind)))
        .DistinctBy(p => p.entry.Replace(" ", "", StringComparison.Ordinal))
        .ToFrozenDictionary(p => p.entry.Replace(" ", "", StringComparison.Ordinal), p => (p.entry, p.Kind), StringComparer.Ordinal);

    private static readonly int LongestEntry = Joined.Keys.Max(k => k.Length);

    /// <summary>All entries in order, words apart.</summary>
    public static IReadOnlyList<string> ListEntries() => [.. Joined.Values.Select(p => p.Entry).Order(StringComparer.Ordinal)];

    /// <summary>The entry that a name breaks; null when the name is fine.</summary>
    /// <param name="name">A name of any kind and case style; beyond 256 characters only the start is looked at.</param>
    public static string? Find(ReadOnlySpan<char> name) => Match(name)?.Entry;

    /// <summary>What a name would hold; null when the name is fine.</summary>
    public static ForbiddenKind? FindKind(ReadOnlySpan<char> name) => Match(name)?.Kind;

    private static (string Entry, ForbiddenKind Kind)? Match(ReadOnlySpan<char> name)
    {
        var words = SplitWords(name.Length > LongestName ? name[..LongestName] : name);
        for (var i = 0; i < words.Count; i++)
        {
            if (i + 1 < words.Count && Harmless.Contains($"{words[i]} {words[i + 1]}"))
            {
                i++;
                continue;
            }

            if ((MatchRun(words, i) ?? MatchCompound(words[i])) is { } hit)
            {
                return hit;
            }
        }

        return null;
    }

    /// <summary>The longest entry made of whole words from a position on.</summary>
    private static (string Entry, ForbiddenKind Kind)? MatchRun(List<string> words, int first)
    {
        (string Entry, ForbiddenKind Kind)? best = null;
        var run = "";
        for (var i = first; i < words.Count && run.Length + words[i].Length <= LongestEntry + 1; i++)
        {
            run += words[i];
            if (FindJoined(run) is { } hit)
            {
                best = hit;
            }
        }

        return best;
    }

    /// <summary>An entry inside a run-together word whose other parts are all connecting words.</summary>
    private static (string Entry, ForbiddenKind Kind)? MatchCompound(string word)
    {
        // reached[i] says whether the first i letters are made of known parts; found[i] holds the first forbidden part among them.
        Span<bool> reached = stackalloc bool[word.Length + 1];
        var found = new (string Entry, ForbiddenKind Kind)?[word.Length + 1];
        reached[0] = true;
        for (var from = 0; from < word.Length; from++)
        {
            if (!reached[from])
            {
                continue;
            }

            for (var to = from + 1; to <= word.Length; to++)
            {
                var part = word[from..to];
                var hit = part.Length > 2 ? FindJoined(part) : null;
                if (hit is null && !Connecting.Contains(part))
                {
                    continue;
                }

                reached[to] = true;
                found[to] ??= found[from] ?? hit;
            }
        }

        return found[word.Length];
    }

    private static (string Entry, ForbiddenKind Kind)? FindJoined(string text)
    {
        if (Joined.TryGetValue(text, out var hit))
        {
            return hit;
        }

        return text.Length > 3 && text[^1] == 's' && Joined.TryGetValue(text[..^1], out hit) ? hit : null;
    }

    /// <summary>Words in lower case: <c>vehicleCount2</c>, <c>HTTPServer</c>, <c>phase_wait</c> become two each.</summary>
    private static List<string> SplitWords(ReadOnlySpan<char> name)
    {
        var words = new List<string>();
        var start = -1;
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsLetter(name[i]))
            {
                Close(name, i);
                continue;
            }

            var startsWord = start >= 0 && char.IsUpper(name[i])
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]) && !IsPluralEnd(name, i + 1)));
            if (startsWord)
            {
                Close(name, i);
            }

            if (start < 0)
            {
                start = i;
            }
        }

        Close(name, name.Length);
        return words;

        void Close(ReadOnlySpan<char> text, int end)
        {
            if (start >= 0)
            {
                words.Add(text[start..end].ToString().ToLowerInvariant());
            }

            start = -1;
        }
    }

    /// <summary>Whether a lower-case s closes an upper-case word, as in <c>VINs</c>.</summary>
    private static bool IsPluralEnd(ReadOnlySpan<char> name, int at) =>
        name[at] == 's' && (at + 1 == name.Length || !char.IsLower(name[at + 1]));
}
