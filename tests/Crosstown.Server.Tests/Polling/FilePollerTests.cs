using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Crosstown.Server.Polling;

namespace Crosstown.Server.Tests.Polling;

/// <summary>Folders of log files: by FTP, by SFTP and dropped on this machine.</summary>
public sealed class FilePollerTests : IDisposable
{
    private const string Early = "ECON_10.1.2.3_2026_05_13_0900.csv";
    private const string Late = "ECON_10.1.2.3_2026_05_13_0915.csv";

    private static readonly PollLimits s_short = new() { Connect = TimeSpan.FromSeconds(2), Whole = TimeSpan.FromSeconds(4), AnswerBytes = 1 << 20 };

    private readonly string _folder = Directory.CreateTempSubdirectory("crosstown-files-").FullName;

    private (string, string)[] Account =>
        [("Sources:Secrets:cabinet:User", FakeFtpServer.User), ("Sources:Secrets:cabinet:PasswordFile", Secret(FakeFtpServer.Password))];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Ftp_reads_new_files_once_and_what_the_last_one_has_grown_by()
    {
        SkipWithout("curl");
        await using var server = new FakeFtpServer();
        await using var rig = new PollingRig(settings: Account);
        server.Files[Early] = Log(9, 0, 100);
        server.Files["notes.txt"] = "not a log"u8.ToArray();
        server.Files["..\\..\\evil.dat;rm"] = "x"u8.ToArray();
        var source = await rig.AddAsync("12", SourceKind.Ftp, server.Address, path: "/set1", account: "cabinet");

        Assert.Equal(100, (await Read(rig, source)).Events);
        Assert.Equal(0, (await Read(rig, source)).Events);
        server.Files[Early] = Log(9, 0, 130);
        server.Files[Late] = Log(9, 15, 50);
        var grown = await Read(rig, source);

        Assert.Null(grown.Problem);
        Assert.Equal(80, grown.Events);
        Assert.Equal(180, rig.CountEvents("12"));
        Assert.Subset(new HashSet<string> { "USER", "PASS", "PWD", "CWD", "EPSV", "TYPE", "SIZE", "NLST", "RETR", "QUIT" }, server.Commands.ToHashSet());
        await rig.Scheduler.SaveAsync(CancellationToken.None);
        Assert.EndsWith(" 2026_05_13_0915.csv", rig.Catalog.ListPositions()[source.Id], StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rule", "R11")]
    public async Task Ftp_leaves_a_server_that_refuses_hangs_or_never_ends()
    {
        SkipWithout("curl");
        await using var server = new FakeFtpServer();
        await using var rig = new PollingRig(limits: s_short, settings: [.. Account, ("Sources:Secrets:wrong:User", "reader"), ("Sources:Secrets:wrong:Password", "guess")]);
        server.Files[Early] = Log(9, 0, 100);

        Assert.Equal("XT345", (await rig.ReadOnceAsync("1", SourceKind.Ftp, server.Address, "/set1", "wrong")).Problem?.Code);
        Assert.Equal("XT345", (await rig.ReadOnceAsync("2", SourceKind.Ftp, server.Address, "/other", "cabinet")).Problem?.Code);
        Assert.Equal("XT339", (await rig.ReadOnceAsync("3", SourceKind.Ftp, $"127.0.0.1:{FreePort()}", "/set1", "cabinet")).Problem?.Code);
        server.IsEndless = true;
        Assert.Equal("XT341", (await rig.ReadOnceAsync("4", SourceKind.Ftp, server.Address, "/set1", "cabinet")).Problem?.Code);
        server.IsEndless = false;
        server.Wait = TimeSpan.FromSeconds(30);
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal("XT340", (await rig.ReadOnceAsync("5", SourceKind.Ftp, server.Address, "/set1", "cabinet")).Problem?.Code);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
        server.Wait = TimeSpan.Zero;
        server.Files[Early] = new byte[3000];
        server.Files[Late] = Log(9, 15, 50);
        var damaged = await rig.ReadOnceAsync("6", SourceKind.Ftp, server.Address, "/set1", "cabinet");
        Assert.Equal("XT343", damaged.Problem?.Code);
        Assert.Equal(50, damaged.Events);
    }

    [Fact]
    [Trait("rule", "X09")]
    public async Task A_password_is_in_no_process_list_and_no_answer()
    {
        SkipWithout("curl");
        Assert.SkipUnless(Directory.Exists("/proc/self"), "There is no /proc to look at.");
        await using var server = new FakeFtpServer { Wait = TimeSpan.FromSeconds(2) };
        await using var rig = new PollingRig(settings: Account);
        server.Files[Early] = Log(9, 0, 100);
        var source = await rig.AddAsync("12", SourceKind.Ftp, server.Address, path: "/set1", account: "cabinet");
        var reading = rig.Scheduler.TestAsync(source.Id, CancellationToken.None);
        var seen = new StringBuilder();
        var curls = 0;
        while (!reading.IsCompleted)
        {
            foreach (var process in Process.GetProcessesByName("curl"))
            {
                using (process)
                {
                    curls++;
                    foreach (var file in new[] { "cmdline", "environ" })
                    {
                        seen.Append(ReadQuietly($"/proc/{process.Id}/{file}"));
                    }
                }
            }

            await Task.Delay(50);
        }

        var answer = await reading;
        Assert.Null(answer!.Problem);
        Assert.True(curls > 0);
        Assert.DoesNotContain("word", seen.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(FakeFtpServer.User, seen.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("word", rig.Accounts.Get("cabinet").ToString(), StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(rig.Folder, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            Assert.Equal(-1, ReadShared(file).AsSpan().IndexOf("pass \"word\""u8));
        }
    }

    [Fact]
    public async Task Ftp_reads_from_vsftpd()
    {
        SkipWithout("curl");
        Assert.SkipUnless(File.Exists("/usr/sbin/vsftpd") && Environment.IsPrivilegedProcess, "vsftpd is not installed, or may not be started.");
        var root = Directory.CreateDirectory(Path.Combine(_folder, "root")).FullName;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        }

        Directory.CreateDirectory(Path.Combine(root, "set1"));
        await File.WriteAllBytesAsync(Path.Combine(root, "set1", Early), Log(9, 0, 100));
        await File.WriteAllBytesAsync(Path.Combine(root, "set1", Late), Log(9, 15, 50));
        Directory.CreateDirectory("/run/vsftpd/empty");
        var port = FreePort();
        var settings = Path.Combine(_folder, "vsftpd.conf");
        await File.WriteAllTextAsync(settings, $"listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\nanonymous_enable=YES\nlocal_enable=NO\nanon_root={root}\nno_anon_password=YES\nseccomp_sandbox=NO\nsecure_chroot_dir=/run/vsftpd/empty\n");
        using var server = Process.Start(new ProcessStartInfo("/usr/sbin/vsftpd", [settings]))!;
        try
        {
            await UntilListens(port);
            await using var rig = new PollingRig(settings: [("Sources:Secrets:cabinet:User", "anonymous"), ("Sources:Secrets:cabinet:Password", "x")]);

            var answer = await rig.ReadOnceAsync("12", SourceKind.Ftp, $"127.0.0.1:{port}", "/set1", "cabinet");

            Assert.Null(answer.Problem);
            Assert.Equal(150, answer.Events);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    [Trait("rule", "X01")]
    public async Task Sftp_reads_by_key_and_only_from_the_host_that_is_known()
    {
        SkipWithout("sftp");
        Assert.SkipUnless(File.Exists("/usr/sbin/sshd") && Environment.IsPrivilegedProcess, "sshd is not installed, or may not be started.");
        var root = Directory.CreateDirectory(Path.Combine(_folder, "set1")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(root, Early), Log(9, 0, 100));
        foreach (var key in new[] { "host", "other", "user" })
        {
            await RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(_folder, key));
        }

        Directory.CreateDirectory("/run/sshd");
        var port = FreePort();
        var authorized = Path.Combine(_folder, "authorized");
        File.Copy(Path.Combine(_folder, "user.pub"), authorized);
        var settings = Path.Combine(_folder, "sshd_config");
        await File.WriteAllTextAsync(settings, $"Port {port}\nListenAddress 127.0.0.1\nHostKey {_folder}/host\nAuthorizedKeysFile {authorized}\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\nSubsystem sftp internal-sftp\nForceCommand internal-sftp -R\nPidFile none\n");
        using var server = Process.Start(new ProcessStartInfo("/usr/sbin/sshd", ["-D", "-f", settings]) { RedirectStandardError = true })!;
        try
        {
            await UntilListens(port);
            var hosts = Path.Combine(_folder, "known_hosts");
            await using var rig = new PollingRig(
                limits: s_short with { Whole = TimeSpan.FromSeconds(15) },
                settings: [("Sources:Secrets:cabinet:User", "root"), ("Sources:Secrets:cabinet:IdentityFile", Path.Combine(_folder, "user")), ("Sources:KnownHostsFile", hosts)]);
            var source = await rig.AddAsync("12", SourceKind.Sftp, $"127.0.0.1:{port}", path: root, account: "cabinet");

            Assert.Equal("XT346", (await Read(rig, source)).Problem?.Code);
            await File.WriteAllTextAsync(hosts, $"[127.0.0.1]:{port} {await File.ReadAllTextAsync(Path.Combine(_folder, "other.pub"))}");
            Assert.Equal("XT346", (await Read(rig, source)).Problem?.Code);
            await File.WriteAllTextAsync(hosts, $"[127.0.0.1]:{port} {await File.ReadAllTextAsync(Path.Combine(_folder, "host.pub"))}");
            var first = await Read(rig, source);
            await File.WriteAllBytesAsync(Path.Combine(root, Late), Log(9, 15, 50));
            var second = await Read(rig, source);

            Assert.Null(first.Problem);
            Assert.Equal(100, first.Events);
            Assert.Equal(50, second.Events);
            await File.WriteAllBytesAsync(Path.Combine(root, "ECON_10.1.2.3_2026_05_13_0930.csv"), new byte[3 << 20]);
            Assert.Equal("XT341", (await Read(rig, source)).Problem?.Code);
            Assert.Equal("XT345", (await rig.ReadOnceAsync("13", SourceKind.Sftp, $"127.0.0.1:{port}", "/no/such/folder", "cabinet")).Problem?.Code);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task A_dropped_folder_is_read_and_left_as_it_is()
    {
        await using var rig = new PollingRig();
        var folder = Directory.CreateDirectory(Path.Combine(rig.Settings.DropFolder, "12")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, Early), Log(9, 0, 100));
        File.CreateSymbolicLink(Path.Combine(folder, "link_2026_05_13_0905.csv"), "/etc/passwd");
        var source = await rig.AddAsync("12", SourceKind.Folder, "12");

        Assert.Equal(100, (await Read(rig, source)).Events);
        await File.WriteAllBytesAsync(Path.Combine(folder, Late), Log(9, 15, 50));
        var second = await Read(rig, source);

        Assert.Null(second.Problem);
        Assert.Equal(50, second.Events);
        Assert.Equal(3, Directory.GetFiles(folder).Length);
        Assert.Equal("XT339", (await rig.ReadOnceAsync("13", SourceKind.Folder, "13")).Problem?.Code);
    }

    [Theory]
    [InlineData("../other")]
    [InlineData("/etc")]
    [InlineData("a/../../b")]
    [InlineData(".ssh")]
    [InlineData("a//b")]
    [InlineData("")]
    [Trait("rule", "X01")]
    public async Task A_dropped_folder_lies_below_the_one_for_logs(string address)
    {
        await using var rig = new PollingRig();

        var refused = Assert.Throws<Core.Data.ProblemException>(() => rig.Rules.Check(0, new SourceRequest("12", SourceKind.Folder, address, null, 60, PollingRig.Zone, null, null)));

        Assert.Equal("XT331", Assert.Single(refused.Problems).Code);
    }

    [Theory]
    [InlineData("ECON_10.1.2.3_2026_05_13_0900.dat", true, "2026_05_13_0900.dat")]
    [InlineData("SIEM_20260513-0900.csv", true, "20260513-0900.csv")]
    [InlineData("log.datZ", true, "log.datZ")]
    [InlineData("-rf.dat", false, "")]
    [InlineData("a b.dat", false, "")]
    [InlineData("a\"b.dat", false, "")]
    [InlineData("a.exe", false, "")]
    [InlineData("a.dat\n", false, "")]
    [Trait("rule", "P10")]
    public void A_listed_name_is_a_logs_or_is_left_and_its_mark_holds_no_address(string name, bool isLog, string mark)
    {
        Assert.Equal(isLog, FileMarks.IsLog(name));
        if (isLog)
        {
            Assert.Equal(mark, FileMarks.Of(name));
        }
    }

    private static async Task<PollAnswer> Read(PollingRig rig, Source source) => (await rig.Scheduler.TestAsync(source.Id, CancellationToken.None))!;

    private static void SkipWithout(string program) =>
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, program))), $"{program} is not installed.");

    /// <summary>A log of a signal that the file does not name, one event a second.</summary>
    private static byte[] Log(int hour, int minute, int count)
    {
        var log = new StringBuilder("TimeStamp,EventCode,EventParam\n");
        for (var i = 0; i < count; i++)
        {
            log.Append(CultureInfo.InvariantCulture, $"2026-05-13 {hour:00}:{minute + (i / 60):00}:{i % 60:00}.0,{(i % 2 == 0 ? 82 : 81)},{(i / 2 % 8) + 1}\n");
        }

        return Encoding.ASCII.GetBytes(log.ToString());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task UntilListens(int port)
    {
        for (var i = 0; i < 100; i++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(100);
            }
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private static string ReadQuietly(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }

    private string Secret(string text)
    {
        var path = Path.Combine(_folder, "secret");
        File.WriteAllText(path, text + "\n");
        return path;
    }
}
