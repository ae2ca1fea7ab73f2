using System.IO.Compression;
using System.Text;
using Crosstown.Core.Privacy;

namespace Crosstown.Core.Tests.Privacy;

[Trait("rule", "P07")]
public sealed class ValueShapesTests
{
    private const int Seed = 20_240_513;

    public static TheoryData<Refusal, string> KnownShapes => new()
    {
        { Refusal.HardwareAddress, "00:04:81:02:80:5c" },
        { Refusal.HardwareAddress, "MAC=00-1B-44-11-3A-B7;" },
        { Refusal.HardwareAddress, "001b.4411.3ab7" },
        { Refusal.HardwareAddress, "001B44113AB7" },
        { Refusal.HardwareAddress, "log_001b44113ab7_2" },
        { Refusal.HardwareAddress, "001b44-113ab7" },
        { Refusal.OpaqueCode, "00:1b:44:ff:fe:11:3a:b7" },
        { Refusal.ChassisNumber, "1HGCM82633A004352" },
        { Refusal.ChassisNumber, "seen 1m8gdm9axkp042788 twice" },
        { Refusal.HandsetNumber, "490154203237518" },
        { Refusal.HandsetNumber, "49-015420-323751-8" },
        { Refusal.Mailbox, "maria.lopez@example.org" },
        { Refusal.Mailbox, "mailto:O'Hara+signals@MAIL.EXAMPLE.COM." },
        { Refusal.Mailbox, "from j.smith@stadt.muenchen.de today" },
        { Refusal.DialNumber, "801-555-1234" },
        { Refusal.DialNumber, "(801) 555-1234" },
        { Refusal.DialNumber, "(801)555-1234 x12" },
        { Refusal.DialNumber, "+1 801.555.1234" },
        { Refusal.DialNumber, "+18015551234" },
        { Refusal.DialNumber, "1-801-555-1234" },
        { Refusal.DialNumber, "8015551234" },
        { Refusal.DialNumber, "call 801 555 1234 at 15:00" },
        { Refusal.DialNumber, "+44 20 7946 0958" },
        { Refusal.DialNumber, "020 7946 0958" },
        { Refusal.DialNumber, "07911 123456" },
        { Refusal.DialNumber, "+49 (0)30 901820" },
        { Refusal.DialNumber, "030 901820" },
        { Refusal.DialNumber, "0171/1234567" },
        { Refusal.DialNumber, "01 23 45 67 89" },
        { Refusal.DialNumber, "+33 6 12 34 56 78" },
        { Refusal.DialNumber, "0044 20 7946 0958" },
        { Refusal.OpaqueCode, "06ab8bb5-c909-4c5b-869e-86ed06b39188" },
        { Refusal.OpaqueCode, "{06AB8BB5-C909-4C5B-869E-86ED06B39188}" },
        { Refusal.OpaqueCode, "9e107d9d372bb6826bd81d3542a419d6" },
        { Refusal.OpaqueCode, "0x9e107d9d372bb682" },
        { Refusal.OpaqueCode, "nhB9nTcrtoJr2B01QqQZ1g==" },
        { Refusal.OpaqueCode, "id=kT3_x9QwZb-2LmYp0RsVfA" },
        { Refusal.OpaqueCode, "4929123412341231" },
        { Refusal.Recording, "data:image/png;base64,iVBORw0KGgo=" },
        { Refusal.Recording, "DATA:Audio/ogg;base64,T2dnUw" },
        { Refusal.Recording, "/9j/4AAQSkZJRgABAQEASABIAAD/" },
        { Refusal.Recording, "pic=R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAA" },
    };

    [Theory]
    [MemberData(nameof(KnownShapes))]
    public void A_value_shaped_like_an_identifier_is_refused_by_its_shape(Refusal expected, string value)
    {
        Assert.Equal(expected, ValueShapes.Find(value));
        Assert.Equal(expected, ValueShapes.Find(Encoding.UTF8.GetBytes(value)));
    }

    [Theory]
    [InlineData("1715612400000")] // epoch milliseconds
    [InlineData("1715612400")]
    [InlineData("1715612400000000")]
    [InlineData("1715612400000000000")]
    [InlineData("638572533917628534")] // .NET ticks
    [InlineData("2024-05-13T15:00:00.000")]
    [InlineData("2024-05-13T15:00:00.0000000+00:00")]
    [InlineData("20240513150000")]
    [InlineData("202405131500")]
    [InlineData("2024051315")]
    [InlineData("20240513150000123")]
    [InlineData("05-13-2024 15:00:00.1")]
    [InlineData("05-13-2024 15")]
    [InlineData("13.05.2024 15:00:00,100")]
    [InlineData("2024-05-13-15-00-00")]
    [InlineData("24-05-13-15-00-00")]
    [InlineData("ECON_10.210.8.179_2024_02_21_1115.dat")]
    [InlineData("40.78238629")]
    [InlineData("-111.9254882")]
    [InlineData("+40.7607793")]
    [InlineData("+40.7608-111.8910/")]
    [InlineData("40.78238629,-111.9254882")]
    [InlineData("0.20000000298023224")]
    [InlineData("107.80000305175781")]
    [InlineData("1.2345678901234567E-05")]
    [InlineData("-122.70392")]
    [InlineData("32767")]
    [InlineData("-1")]
    [InlineData("718518")]
    [InlineData("19435806")]
    [InlineData("OR99E @ Berg Pkwy")]
    [InlineData("OR99W(Barber Blvd)@74th Ave")]
    [InlineData("99W@SunsetBlvd/ElwertRd")]
    [InlineData("OR8@St.Johns")]
    [InlineData("2B416 OR8@185th")]
    [InlineData("OR99W-SW72ndAve/I5NB")]
    [InlineData("NBL_Ph5_Lane1_D12")]
    [InlineData("LaneByLaneCount")]
    [InlineData("StopBarPresenceWithSpeedRestriction")]
    [InlineData("detectors/12/phase")]
    [InlineData("America/Argentina/ComodRivadavia")]
    [InlineData("0600 0900 1500")]
    [InlineData("01-02-03-04-05")]
    [InlineData("1,2,3,4,5,6,7,8,11,15")]
    [InlineData("10.204.10.15")]
    [InlineData("Redwood Rd & 7000 S")]
    [InlineData("facade")]
    [InlineData("")]
    public void A_value_that_controller_feeds_and_street_names_hold_passes(string value) => Assert.Null(ValueShapes.Find(value));

    [Fact]
    public void Two_thousand_made_identifiers_are_refused()
    {
        var random = new Random(Seed);
        var kinds = MadeIdentifiers(random);
        var missed = new List<string>();
        const int perKind = 250;
        foreach (var (kind, make) in kinds)
        {
            var missedOfKind = 0;
            for (var i = 0; i < perKind; i++)
            {
                var value = make();
                if (ValueShapes.Find(value) is null)
                {
                    missedOfKind++;
                    missed.Add($"{kind}: {value}");
                }
            }

            Assert.True(missedOfKind <= perKind / 20, $"Seed {Seed}: {missedOfKind} of {perKind} values of kind {kind} passed:\n{string.Join('\n', missed.TakeLast(20))}");
        }

        Assert.True(perKind * kinds.Length >= 2000);
        Assert.True(missed.Count * 100 <= perKind * kinds.Length, $"Seed {Seed}: {missed.Count} of {perKind * kinds.Length} passed:\n{string.Join('\n', missed)}");
    }

    [Fact]
    public void Made_controller_feed_values_are_refused_at_most_once_in_ten_thousand()
    {
        var random = new Random(Seed);
        var refused = new List<string>();
        var count = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var time = DateTime.UnixEpoch.AddMilliseconds(random.NextInt64(946_684_800_000, 4_102_444_800_000));
            string[] values =
            [
                FormattableString.Invariant($"{time:yyyy-MM-ddTHH:mm:ss.fff}"),
                FormattableString.Invariant($"{time:M-d-yyyy HH:mm:ss.f}"),
                FormattableString.Invariant($"{time:yyyyMMddHHmmss}"),
                FormattableString.Invariant($"{time:yyyyMMdd_HHmm}.datZ"),
                FormattableString.Invariant($"{(time - DateTime.UnixEpoch).TotalMilliseconds:F0}"),
                FormattableString.Invariant($"{(time - DateTime.UnixEpoch).Ticks / 10:D16}"),
                FormattableString.Invariant($"{time.Ticks}"),
                FormattableString.Invariant($"{random.Next(100_000_000)}"),
                FormattableString.Invariant($"{(random.NextDouble() * 360) - 180:F7}"),
                FormattableString.Invariant($"{random.NextDouble()}"),
                FormattableString.Invariant($"{random.NextDouble() * 1e6:E9}"),
                FormattableString.Invariant($"US-{random.Next(1, 200)} @ {random.Next(1, 200)}th St / {random.Next(100, 9999)} S"),
            ];
            count += values.Length;
            refused.AddRange(values.Where(v => ValueShapes.Find(v) is not null));
        }

        Assert.True(refused.Count * 10_000L <= count, $"Seed {Seed}: {refused.Count} of {count}: {string.Join(" | ", refused.Take(30))}");
    }

    [Fact]
    [Trait("Category", Crosstown.Tests.SharedData.Category)]
    public void Real_controller_feeds_are_refused_at_most_once_in_ten_thousand_values()
    {
        var folder = Crosstown.Tests.SharedData.PathTo("data/hires");
        var refused = new Dictionary<string, int>();
        var count = 0L;
        foreach (var path in Directory.EnumerateFiles(folder, "*.csv*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using var file = File.OpenRead(path);
            using var reader = new StreamReader(path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file);
            reader.ReadLine();
            for (var rows = 0; rows < 20_000 && reader.ReadLine() is { } line; rows++)
            {
                // One folder names its controllers by UUID, which the gate has to refuse.
                foreach (var value in line.Split(',').Where(v => !(path.Contains("odot-binned-3wk", StringComparison.Ordinal) && Guid.TryParse(v, out _))))
                {
                    count++;
                    if (ValueShapes.Find(value) is { } kind)
                    {
                        var key = $"{kind}: {value} ({Path.GetFileName(path)})";
                        refused[key] = refused.GetValueOrDefault(key) + 1;
                    }
                }
            }
        }

        Assert.True(count > 500_000, $"{count} values read");
        Assert.True(refused.Values.Sum() * 10_000L <= count, $"{refused.Values.Sum()} of {count}:\n{string.Join('\n', refused.Keys.Take(60))}");
    }

    [Theory]
    [InlineData("plateNumber", "7ABC123", Refusal.RegistrationMark)]
    [InlineData("license_plate", "b-mw 1234", Refusal.RegistrationMark)]
    [InlineData("ALPR", "4821", Refusal.RegistrationMark)]
    [InlineData("contactPhone", "555-1234", Refusal.DialNumber)]
    [InlineData("template", "7ABC123", null)]
    [InlineData("name", "7ABC123", null)]
    [InlineData("plate", "", null)]
    public void A_short_value_is_refused_where_its_field_says_what_it_is(string field, string value, Refusal? expected) =>
        Assert.Equal(expected, ValueShapes.FindIn(field, value));

    [Theory]
    [InlineData("FFD8FFE000104A46")]
    [InlineData("89504E470D0A1A0A")]
    [InlineData("474946383961010001")]
    [InlineData("52494646240000005745425056503820")]
    [InlineData("524946462400000057415645666D7420")]
    [InlineData("4944330300000000")]
    [InlineData("FFFB9064000F")]
    [InlineData("4F67675300020000")]
    [InlineData("664C614300000022")]
    [InlineData("0000001C6674797069736F6D")]
    [InlineData("1A45DFA393428681")]
    [InlineData("000001BA44000400")]
    public void Bytes_that_start_as_a_recording_are_refused_raw_in_base64_and_read_as_text(string hex)
    {
        var bytes = Convert.FromHexString(hex).Concat(new byte[24]).ToArray();

        Assert.True(ValueShapes.IsRecording(bytes));
        Assert.Equal(Refusal.Recording, ValueShapes.Find(bytes));
        Assert.Equal(Refusal.Recording, ValueShapes.Find(Convert.ToBase64String(bytes)));
        Assert.Equal(Refusal.Recording, ValueShapes.Find(Encoding.Latin1.GetString(bytes)));
    }

    [Theory]
    [InlineData("2-21-2024 11:15:00.0,Version #:,3")]
    [InlineData("TimeStamp,DeviceId,EventId,Parameter")]
    [InlineData("BM and 4th, IDs of GIFs")]
    public void Text_is_no_recording(string text) => Assert.False(ValueShapes.IsRecording(Encoding.UTF8.GetBytes(text)));

    private static (string Kind, Func<string> Make)[] MadeIdentifiers(Random random)
    {
        string Hex(int bytes)
        {
            var buffer = new byte[bytes];
            random.NextBytes(buffer);
            return random.Next(2) == 0 ? Convert.ToHexString(buffer) : Convert.ToHexStringLower(buffer);
        }

        string Digits(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => (char)('0' + random.Next(10))));
        string Pick(params string[] from) => from[random.Next(from.Length)];
        string Pairs(string separator) => string.Join(separator, Enumerable.Range(0, 6).Select(_ => Hex(1)));
        string Area() => $"{random.Next(2, 9)}{random.Next(0, 9)}{random.Next(2, 10)}";
        string Exchange() => $"{random.Next(2, 10)}{random.Next(2, 10)}{random.Next(10)}";

        return
        [
            ("hardware address", () => Pick(Pairs(":"), Pairs("-"), Hex(6), $"{Hex(2)}.{Hex(2)}.{Hex(2)}")),
            ("chassis number", () => Pick(Chassis(random), Chassis(random).ToLowerInvariant())),
            ("handset number", () => WithLuhn(Pick("01", "35", "86", "99") + Digits(12))),
            ("mailbox", () => $"{Pick("maria", "j.doe", "k_lee", "x+y")}{Digits(2)}@{Pick("example", "mail.city", "uni-bonn")}.{Pick("com", "org", "gov", "de", "co.uk", "io")}"),
            ("North American dial number", () =>
            {
                var (area, exchange, line) = (Area(), Exchange(), Digits(4));
                return Pick($"{area}-{exchange}-{line}", $"({area}) {exchange}-{line}", $"{area}.{exchange}.{line}", $"+1{area}{exchange}{line}", $"1 {area} {exchange} {line}");
            }),
            ("European dial number", () => Pick(
                $"+49 {random.Next(100, 999)} {random.Next(1_000_000, 9_999_999)}", $"+44 7{Digits(3)} {Digits(6)}", $"+33{random.Next(1, 8)}{Digits(8)}",
                $"07{random.Next(1, 10)}{Digits(2)} {Digits(6)}", $"0{random.Next(1, 8)} {Digits(2)} {Digits(2)} {Digits(2)} {Digits(2)}", $"0039 {random.Next(310, 399)} {Digits(7)}")),
            ("hexadecimal id", () => Hex(random.Next(8, 33))),
            ("UUID", () => $"{Hex(4)}-{Hex(2)}-{Hex(2)}-{Hex(2)}-{Hex(6)}"),
            ("base64 id", () =>
            {
                var buffer = new byte[random.Next(12, 49)];
                random.NextBytes(buffer);
                var text = Convert.ToBase64String(buffer);
                return random.Next(2) == 0 ? text : text.Replace('+', '-').Replace('/', '_').TrimEnd('=');
            }),
        ];
    }

    private static string WithLuhn(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var d = digits[^(i + 1)] - '0';
            d = i % 2 == 0 ? d * 2 : d;
            sum += d > 9 ? d - 9 : d;
        }

        return digits + (char)('0' + ((10 - (sum % 10)) % 10));
    }

    private static string Chassis(Random random)
    {
        const string alphabet = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
        const string values = "12345678123457923456789" + "0123456789";
        int[] weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
        var letters = Enumerable.Range(0, 17).Select(_ => alphabet[random.Next(alphabet.Length)]).ToArray();
        letters[0] = 'J';
        letters[8] = '0';
        var sum = letters.Select((c, i) => (values[alphabet.IndexOf(c, StringComparison.Ordinal)] - '0') * weights[i]).Sum() % 11;
        letters[8] = sum == 10 ? 'X' : (char)('0' + sum);
        return new string(letters);
    }
}
