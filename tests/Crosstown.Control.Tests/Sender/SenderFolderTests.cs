using System.Diagnostics;
using System.Globalization;
using System.Net;
using Crosstown.Control.Snmp;
using Crosstown.Control.Tests.Ntcip;
using Crosstown.Core.Data;
using Crosstown.Sender;
using Crosstown.Timing.Tests.Utdf;

namespace Crosstown.Control.Tests.Sender;

public sealed class SenderFolderTests : IDisposable
{
    private const string Canary = "c4nary of twelve";
    private readonly string _folder = Directory.CreateTempSubdirectory("crosstown-sender-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_whole_folder_is_read_as_it_was_written()
    {
        Write();
        var signal = Assert.Single(SenderFolder.Read(_folder));
        Assert.Equal((SimulatedCabinet.Id, new IPEndPoint(IPAddress.Loopback, 16_100), 1, 1, true), (signal.Signal, signal.Device, signal.PhaseGroups, signal.Preempts, signal.IsMeantToAdvise));
        Assert.Equal(AuthenticationProtocol.Sha256, signal.Access.Authentication);

        // The facts of the file are those that were written, down to each street and pattern.
        Assert.Equal(SenderFolder.WriteFacts([SimulatedCabinet.Facts]), SenderFolder.WriteFacts([signal.Facts!]));
        Assert.Equal(SimulatedCabinet.Facts.Street, signal.Facts!.Street);
        Assert.Equal(SimulatedCabinet.Facts.Phases, signal.Facts.Phases);
        Assert.Equal(SimulatedCabinet.Pattern.SplitMs, signal.Facts.Patterns[0].SplitMs);
        Assert.Equal(SimulatedCabinet.Facts.Conflicts!.Value, signal.Facts.Conflicts!.Value);
    }

    [Theory]
    [Trait("rule", "C01")]
    [InlineData(SenderFolder.Credentials, "XT780")]
    [InlineData(SenderFolder.Settings, "XT781")]
    [InlineData(SenderFolder.Facts, "XT782")]
    public void Without_one_of_its_files_it_does_not_start(string name, string code)
    {
        Write();
        File.Delete(Path.Combine(_folder, name));
        Assert.Equal(code, Assert.Single(Assert.Throws<ProblemException>(() => SenderFolder.Read(_folder)).Problems).Code);
    }

    [Theory]
    [Trait("rule", "C01")]
    [Trait("rule", "X02")]
    [Trait("rule", "X09")]
    [InlineData("readable by others", "XT780")]
    [InlineData("no user for the signal", "XT780")]
    [InlineData("a short password", "XT780")]
    [InlineData("a password of a manual", "XT783")]
    [InlineData("half a file", "XT780")]
    [InlineData("a field that there is not", "XT780")]
    [InlineData("a name for an address", "XT781")]
    [InlineData("a mode that there is not", "XT781")]
    public void What_is_wrong_is_named_and_no_secret_is_told(string what, string code)
    {
        Write();
        var (credentials, settings) = (Path.Combine(_folder, SenderFolder.Credentials), Path.Combine(_folder, SenderFolder.Settings));
        void Change(string path, string from, string to) => File.WriteAllText(path, File.ReadAllText(path).Replace(from, to, StringComparison.Ordinal));
        switch (what)
        {
            case "readable by others":
                if (OperatingSystem.IsWindows())
                {
                    Assert.Skip("Windows has no such modes.");
                    return;
                }

                File.SetUnixFileMode(credentials, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
                break;
            case "no user for the signal":
                Change(credentials, "\"1004\"", "\"1005\"");
                break;
            case "a short password":
                Change(credentials, $"{Canary} 2", "c4nary");
                break;
            case "a password of a manual":
                Change(credentials, $"{Canary} 2", "password");
                break;
            case "half a file":
                File.WriteAllText(credentials, File.ReadAllText(credentials)[..^30]);
                break;
            case "a field that there is not":
                Change(credentials, "\"user\"", "\"c4nary of user\"");
                break;
            case "a name for an address":
                Change(settings, "127.0.0.1", "controller.example");
                break;
            default:
                Change(settings, "\"advise\"", "\"always\"");
                break;
        }

        var error = Assert.Throws<ProblemException>(() => SenderFolder.Read(_folder));
        Assert.Contains(error.Problems, p => p.Code == code);
        Assert.DoesNotContain("c4nary", error.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_timing_file_and_what_an_engineer_states_begin_the_file_of_facts_and_what_is_assumed_is_told()
    {
        var (timing, stated) = (Path.Combine(_folder, "timing.csv"), Path.Combine(_folder, "stated.json"));
        File.WriteAllText(timing, UtdfFiles.Small);
        File.WriteAllText(stated, """{"version": 1, "signals": [{"signal": "1", "preventsBackup": true, "phases": [{"phase": 2, "widthFt": 71}]}]}""");
        var draft = FactsDraft.Read(timing, stated);
        Write(signal: "1");
        File.WriteAllBytes(Path.Combine(_folder, SenderFolder.Facts), draft.Facts);
        var facts = Assert.Single(SenderFolder.Read(_folder)).Facts!;

        Assert.Equal(71, facts.Street.Single(s => s.Phase == 2).WidthFt);
        Assert.True(facts.PreventsBackup);
        Assert.NotEmpty(facts.Patterns);
        Assert.Contains(draft.Assumed, line => line.StartsWith("assumed: signal 1, phase ", StringComparison.Ordinal));
        Assert.DoesNotContain(draft.Assumed, line => line.StartsWith("assumed: signal 1, phase 2, Width ", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_kept_comes_back_and_what_cannot_be_read_counts_for_nothing()
    {
        var kept = new KeptSignal(SimulatedCabinet.Id, 4711, 5, 1000, 900, 3, true);
        SenderFolder.WriteState(_folder, [kept]);
        Assert.Equal([kept], SenderFolder.ReadState(_folder));
        File.WriteAllText(Path.Combine(_folder, SenderFolder.State), "{\"version\":1,\"sig");
        Assert.Empty(SenderFolder.ReadState(_folder));
    }

    [Theory]
    [InlineData("heartbeat ")]
    [InlineData("advise 1004 1 hold 2")]
    [InlineData("advise 1004 1 omit 2 5000")]
    [InlineData("advise 1004 1 hold 2 5000 9")]
    [InlineData("advise 1004 1 hold 256 5000")]
    [InlineData("advise 1004 -1 hold 2 5000")]
    [InlineData("advise ../x 1 hold 2 5000")]
    [InlineData("")]
    [Trait("rule", "C02")]
    public void A_line_that_says_anything_else_is_refused(string line) => Assert.Equal("XT789", Assert.Throws<ProblemException>(() => AdviceLine.Parse(line)).Problems[0].Code);

    [Fact]
    [Trait("rule", "C01")]
    public async Task The_program_does_not_start_without_its_folder_and_its_files()
    {
        var stop = TestContext.Current.CancellationToken;
        Assert.Equal(2, (await RunAsync([], "", stop)).Status);
        var (status, text, error) = await RunAsync([_folder], "", stop);
        Assert.Equal((2, ""), (status, text));
        Assert.Contains("XT780 credentials.json", error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rule", "C01")]
    public async Task The_program_reads_a_controller_answers_lines_and_sends_nothing_by_itself()
    {
        var stop = TestContext.Current.CancellationToken;
        var cabinet = new SimulatedCabinet();
        cabinet.Advance(60_000);
        var agent = new SnmpAgent(TimeProvider.System, new UserAccess("sender", AuthenticationProtocol.Sha256, new SnmpSecret($"{Canary} 1"), new SnmpSecret($"{Canary} 2")));
        cabinet.AddTo(agent);
        await using var udp = new UdpAgent(agent.Answer);
        Write(udp.Address.Port);
        var (status, text, error) = await RunAsync([_folder], "heartbeat\nnonsense\nadvise 9999 1 hold 2 5000\nadvise 1004 1 pattern 3 5000\n", stop, until: "refused 1004 1 ");
        Assert.True(status == 0, error);
        Assert.Contains("watching 1004", text, StringComparison.Ordinal);
        Assert.Contains("XT789", text, StringComparison.Ordinal);
        Assert.Contains("refused 9999 1: XT781", text, StringComparison.Ordinal);
        Assert.Contains("refused 1004 1 pattern 3: XT6", text, StringComparison.Ordinal);
        Assert.DoesNotContain("c4nary", text + error, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(0, agent.Requests);
        Assert.DoesNotContain(3, agent.Requests);
        Assert.Single(SenderFolder.ReadState(_folder));
    }

    [Fact]
    public async Task The_program_ends_when_it_is_told_to_though_its_lines_go_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signal.");
        Write();
        using var process = Process.Start(
            new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Crosstown.Sender"), [_folder]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var text = "";
        while (!text.Contains("watching 1004", StringComparison.Ordinal) && await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            text += line;
        }

        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            process.Kill();
        }

        Assert.Equal(0, process.ExitCode);
        Assert.Single(SenderFolder.ReadState(_folder));
    }

    private static async Task<(int Status, string Text, string Error)> RunAsync(string[] arguments, string lines, CancellationToken stop, string? until = null)
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Crosstown.Sender.exe" : "Crosstown.Sender");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(stop);
        var text = "";
        try
        {
            await process.StandardInput.WriteAsync(lines);
            await process.StandardInput.FlushAsync(stop);
            while (until is not null && !text.Contains(until, StringComparison.Ordinal) && await process.StandardOutput.ReadLineAsync(stop) is { } line)
            {
                text += line + "\n";
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read anything.
        }

        text += await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return (process.ExitCode, text, await error);
    }

    private void Write(int port = 16_100, string signal = "1004")
    {
        File.WriteAllText(Path.Combine(_folder, SenderFolder.Settings), $$"""
            {"version": 1, "signals": [{"signal": "{{signal}}", "host": "127.0.0.1", "port": {{port.ToString(CultureInfo.InvariantCulture)}}, "phaseGroups": 1, "preempts": 1, "mode": "advise"}]}
            """);
        File.WriteAllText(Path.Combine(_folder, SenderFolder.Credentials), $$"""
            {"version": 1, "signals": [{"signal": "{{signal}}", "user": "sender", "authentication": "sha256", "authenticationPassword": "{{Canary}} 1", "privacyPassword": "{{Canary}} 2"}]}
            """);
        File.WriteAllBytes(Path.Combine(_folder, SenderFolder.Facts), SenderFolder.WriteFacts([SimulatedCabinet.Facts]));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(_folder, SenderFolder.Credentials), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
