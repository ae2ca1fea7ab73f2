using System.Globalization;
using System.Net;
using System.Text.Json;
using Crosstown.Cli.Tests.Output;
using Crosstown.Control.Tests.Ntcip;

namespace Crosstown.Cli.Tests.Commands;

/// <summary>What the verb field reads of Debian's agent, which we did not write, with a controller's objects in it.</summary>
public sealed class FieldCommandTests
{
    private const string Asc = "1.3.6.1.4.1.1206.4.2.1";

    private const string User = """{"version": 1, "snmp": "3", "user": "sha256", "authentication": "sha256", "authenticationPassword": "canary one of eight", "privacyPassword": "canary two of eight"}""";

    /// <summary>Phases 2 and 6 green, 4 called; pattern 12, 31 s left; a detector that counted, one that is open, one that is not there.</summary>
    private static readonly string[] Controller =
    [
        Number("1.4.1.2.1", 0b1101_1101), Number("1.4.1.3.1", 0), Number("1.4.1.4.1", 0b0010_0010), Number("1.4.1.8.1", 0b0000_1000), Number("1.4.1.10.1", 0b0010_0010), Number("1.4.1.11.1", 0b1000_1000),
        Number("3.3.0", 5), Number("3.5.0", 6), Number("3.6.0", 2), Number("3.7.0", 0), Number("3.8.0", 0b1000_0000), Number("3.9.0", 0b0110_0000),
        Number("4.10.0", 12), Number("4.11.0", 2), Number("4.12.0", 31), Number("4.13.0", 59), Number("6.2.1.16.1", 2),
        Number("2.5.1.0", 7), Number("2.5.2.0", 60), Number("2.5.4.1.1.1", 14), Number("2.5.4.1.2.1", 37), Number("2.5.4.1.1.2", 0), Number("2.5.4.1.2.2", 212),
    ];

    [Theory]
    [InlineData(User, 0)]
    [InlineData("""{"version": 1, "snmp": "2c", "community": "walker", "insideTunnel": true}""", 0)]
    [InlineData("""{"version": 1, "snmp": "1", "community": "public", "insideTunnel": true}""", 1)]
    [Trait("rule", "C01")]
    public async Task What_a_controller_shows_is_printed_and_what_it_does_not_answer_is_null(string credentials, int exit)
    {
        NetSnmp.SkipWithout();
        var stop = TestContext.Current.CancellationToken;
        using var netSnmp = new NetSnmp();
        var address = await netSnmp.StartAsync(stop, [.. Controller, "rocommunity public 127.0.0.1"]);
        using var folder = new ScratchFolder();

        var (ended, said) = await ReadAsync(address, Keep(folder, credentials), "--preempts", "1", "--detectors", "1-2,9");

        Assert.True(ended == exit, said);
        Assert.Equal(exit == 1, said.Contains("XT783", StringComparison.Ordinal));
        Assert.DoesNotContain("canary", said, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(said[..(said.LastIndexOf('}') + 1)]);
        var read = json.RootElement;
        var phases = read.GetProperty("phases");
        Assert.Equal("[2,6]", Text(phases, "greens"));
        Assert.Equal("[1,3,4,5,7,8]", Text(phases, "reds"));
        Assert.Equal("[]", Text(phases, "yellows"));
        Assert.Equal("[4]", Text(phases, "vehicle_calls"));
        Assert.Equal("[4,8]", Text(phases, "next"));
        Assert.Equal("null", Text(phases, "walks"));
        Assert.Equal(("\"time_base\"", "\"none\"", "12", "\"not_free\"", "31", "59", "5"), (
            Text(read, "control"), Text(read, "flash"), Text(read, "pattern"), Text(read, "free"), Text(read, "cycle_left_s"), Text(read, "since_reference_s"), Text(read, "backup_s")));
        Assert.Equal(("[\"coordination_active\"]", "[]", "[\"detector_fault\",\"non_critical\"]", "[\"not_active\"]"), (
            Text(read, "alarms_1"), Text(read, "alarms_2"), Text(read, "short_alarms"), Text(read, "preempts")));
        Assert.Equal(
            """[{"channel":1,"volume_veh":14,"occupancy":0.185,"fault":null},{"channel":2,"volume_veh":0,"occupancy":null,"fault":"open_loop"},{"channel":9,"volume_veh":null,"occupancy":null,"fault":null}]""",
            Text(read, "detectors"));
        Assert.Equal(("7", "60"), (Text(read, "period_number"), Text(read, "period_s")));
        Assert.InRange(read.GetProperty("answered_share").GetDouble(), 0.7, 0.9);
    }

    [Fact]
    public async Task A_controller_that_is_not_there_is_a_failure()
    {
        using var folder = new ScratchFolder();

        var (exit, said) = await ReadAsync(new IPEndPoint(IPAddress.Loopback, 9), Keep(folder, User));

        Assert.Equal(3, exit);
        Assert.StartsWith("Failed: ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_bad_options_are_named_at_once()
    {
        var (exit, said) = await InstalledProgram.RunAsync(
            "", "field", "read", "--host", "cabinet.example", "--port", "0", "--phase-groups", "3", "--preempts", "41", "--detectors", "1-4,0,9-2,x");

        Assert.Equal(2, exit);
        Assert.Equal(
            ["XT760 --host: ", "XT760 --port: ", "XT760 --phase-groups: ", "XT760 --preempts: ", "XT760 --detectors: '0'", "XT760 --detectors: '9-2'", "XT760 --detectors: 'x'"],
            said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((l, i) => l[..Math.Min(l.Length, i < 4 ? l.IndexOf(": ", StringComparison.Ordinal) + 2 : l.IndexOf("' is", StringComparison.Ordinal) + 1)]));
    }

    [Theory]
    [InlineData("", "says nothing")]
    [InlineData("{\"version\": 1, \"snmp\": canary}", "at line 1, byte")]
    [InlineData("""{"version": 1, "snmp": "3", "user": "canary"}""", "snmp is 3 with user")]
    [InlineData("""{"version": 1, "snmp": "2c", "community": "canary"}""", "only inside a tunnel")]
    [InlineData("""{"version": 1, "snmp": "3", "user": "u", "authentication": "sha256", "authenticationPassword": "canary", "privacyPassword": "canary two of eight"}""", "8 to 1024 octets")]
    [InlineData("""{"version": 1, "snmp": "3", "user": "u", "key": "canary"}""", "at line 1, byte")]
    [Trait("rule", "X02")]
    public async Task Credentials_that_are_wrong_or_not_safe_are_refused_and_never_repeated(string credentials, string told)
    {
        using var folder = new ScratchFolder();

        var (exit, said) = await ReadAsync(new IPEndPoint(IPAddress.Loopback, 9), Keep(folder, credentials));

        Assert.Equal(2, exit);
        Assert.StartsWith("XT780 ", said, StringComparison.Ordinal);
        Assert.Contains(told, said, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", said, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rule", "X02")]
    public async Task Credentials_that_others_can_read_or_that_are_not_there_are_refused()
    {
        using var folder = new ScratchFolder();
        var file = Keep(folder, User);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
            var (exit, said) = await ReadAsync(new IPEndPoint(IPAddress.Loopback, 9), file);
            Assert.Equal(2, exit);
            Assert.Contains("Others can read it", said, StringComparison.Ordinal);
        }

        var missing = await ReadAsync(new IPEndPoint(IPAddress.Loopback, 9), $"{file}.not");
        Assert.Equal(2, missing.Exit);
        Assert.Contains("It is not there", missing.Said, StringComparison.Ordinal);
    }

    private static Task<(int Exit, string Said)> ReadAsync(IPEndPoint controller, string credentials, params string[] more) => InstalledProgram.RunAsync(
        "", ["field", "read", "--host", controller.Address.ToString(), "--port", controller.Port.ToString(CultureInfo.InvariantCulture), "--credentials", credentials, .. more]);

    private static string Keep(ScratchFolder folder, string credentials)
    {
        var file = Path.Combine(folder.Path, "credentials.json");
        File.WriteAllText(file, credentials);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }

    private static string Number(string name, int value) => string.Create(CultureInfo.InvariantCulture, $"override {Asc}.{name} integer {value}");

    private static string Text(JsonElement element, string name) => JsonSerializer.Serialize(element.GetProperty(name));
}
