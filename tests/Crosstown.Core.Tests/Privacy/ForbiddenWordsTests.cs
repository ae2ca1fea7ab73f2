using Crosstown.Core.Privacy;

namespace Crosstown.Core.Tests.Privacy;

[Trait("rule", "P05")]
public sealed class ForbiddenWordsTests
{
    [Theory]
    [InlineData("plate")]
    [InlineData("Plates")]
    [InlineData("licensePlate")]
    [InlineData("LICENSE_PLATE")]
    [InlineData("licence-plate")]
    [InlineData("licenseplatenumber")]
    [InlineData("alprReadCount")]
    [InlineData("vin")]
    [InlineData("VINs")]
    [InlineData("vehicleVin")]
    [InlineData("vehiclevin")]
    [InlineData("mac")]
    [InlineData("MACAddress")]
    [InlineData("mac_addr")]
    [InlineData("wifimac")]
    [InlineData("bluetoothId")]
    [InlineData("BlueTooth")]
    [InlineData("imei")]
    [InlineData("deviceIMEI")]
    [InlineData("face")]
    [InlineData("faceCount2")]
    [InlineData("facerecognition")]
    [InlineData("facial_features")]
    [InlineData("biometrics")]
    [InlineData("trackId")]
    [InlineData("TrackID")]
    [InlineData("track_ids")]
    [InlineData("trackid")]
    [InlineData("objectId")]
    [InlineData("trip-id")]
    [InlineData("vehicleId")]
    [InlineData("VEHICLEID")]
    [InlineData("deviceId")]
    [InlineData("device.id.hash")]
    [InlineData("userAgent")]
    [InlineData("User-Agent")]
    [InlineData("clientIp")]
    [InlineData("clientIPAddress")]
    [InlineData("phone")]
    [InlineData("ContactPhoneNumber")]
    [InlineData("callerphone")]
    [InlineData("email")]
    [InlineData("e-mail")]
    [InlineData("useremail")]
    [InlineData("photoUrl")]
    [InlineData("videoFrame")]
    [InlineData("audio_bytes")]
    [InlineData("dob")]
    [InlineData("dateOfBirth")]
    [InlineData("gpsTrack")]
    [InlineData("vehicleTrajectories")]
    [InlineData("ssid")]
    [InlineData("imsi")]
    [InlineData("ssn")]
    [InlineData("passportNo")]
    [InlineData("callerName")]
    [InlineData("crashVictim")]
    [InlineData("cookieId")]
    public void A_name_that_holds_a_forbidden_word_is_found_in_any_case_style(string name)
    {
        Assert.NotNull(ForbiddenWords.Find(name));
        Assert.NotNull(ForbiddenWords.FindKind(name));
    }

    [Theory]
    [InlineData("surface")]
    [InlineData("Interface")]
    [InlineData("interfaceName")]
    [InlineData("machine")]
    [InlineData("macro")]
    [InlineData("vintage")]
    [InlineData("template")]
    [InlineData("TemplatePath")]
    [InlineData("plateau")]
    [InlineData("platoonRatio")]
    [InlineData("province")]
    [InlineData("facet")]
    [InlineData("typeface")]
    [InlineData("preface")]
    [InlineData("dobson")]
    [InlineData("signalId")]
    [InlineData("tripLength")]
    [InlineData("vehicleCount")]
    [InlineData("deviceCount")]
    [InlineData("trackClearance")]
    [InlineData("backtrackIdentity")]
    [InlineData("HMACSHA256")]
    [InlineData("IsMacOS")]
    [InlineData("TimeMs")]
    [InlineData("detectorChannel")]
    [InlineData("pedestrianButton")]
    [InlineData("agentCount")]
    [InlineData("splitFailure")]
    [InlineData("")]
    public void A_name_that_only_contains_the_letters_is_fine(string name) => Assert.Null(ForbiddenWords.Find(name));

    [Fact]
    public void Every_entry_is_found_in_six_case_styles()
    {
        foreach (var entry in ForbiddenWords.ListEntries())
        {
            var words = entry.Split(' ');
            var pascal = string.Concat(words.Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
            string[] styles =
            [
                pascal, char.ToLowerInvariant(pascal[0]) + pascal[1..], string.Join('_', words), string.Join('-', words), string.Join('_', words).ToUpperInvariant(),
                string.Concat(words), $"the{pascal}Value", $"last_{string.Join('_', words)}_at",
            ];
            Assert.All(styles, style => Assert.True(ForbiddenWords.Find(style) is not null, $"{entry} as {style}"));
        }
    }

    [Fact]
    public void The_words_that_the_rule_lists_are_entries()
    {
        string[] listed =
        [
            "plate", "alpr", "vin", "mac", "bluetooth", "imei", "face", "biometric", "track id", "object id", "trip id", "vehicle id", "device id", "user agent", "client ip", "phone",
            "email", "photo", "video", "audio", "dob",
        ];
        Assert.Empty(listed.Except(ForbiddenWords.ListEntries()));
    }
}
