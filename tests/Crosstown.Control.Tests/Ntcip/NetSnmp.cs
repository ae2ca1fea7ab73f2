using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Crosstown.Control.Tests.Ntcip;

/// <summary>Debian's net-snmp, which we did not write: its agent on a loopback port, and its tools.</summary>
internal sealed class NetSnmp : IDisposable
{
    private const string AgentPath = "/usr/sbin/snmpd";

    private readonly string _folder = Directory.CreateTempSubdirectory("crosstown-snmp-").FullName;
    private Process? _agent;

    /// <summary>Skips the running test where the packages are not installed.</summary>
    public static void SkipWithout() =>
        Assert.SkipUnless(File.Exists(AgentPath) && File.Exists("/usr/bin/snmpget"), "Debian's snmpd and snmp are not installed: install both to run this test.");

    /// <summary>Starts the agent with users of every digest, and waits until it answers.</summary>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="lines">More lines of its configuration.</param>
    public async Task<IPEndPoint> StartAsync(CancellationToken stop, params string[] lines)
    {
        using var probe = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)probe.Client.LocalEndPoint!).Port;
        probe.Close();
        var path = Path.Combine(_folder, "snmpd.conf");
        await File.WriteAllTextAsync(
            path,
            $"""
            agentAddress udp:127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}
            rocommunity walker 127.0.0.1
            sysLocation at the corner
            createUser sha1 SHA "canary one of eight" AES "canary two of eight"
            createUser sha256 SHA-256 "canary one of eight" AES "canary two of eight"
            createUser sha384 SHA-384 "canary one of eight" AES "canary two of eight"
            createUser sha512 SHA-512 "canary one of eight" AES "canary two of eight"
            rouser sha1 priv
            rouser sha256 priv
            rouser sha384 priv
            rouser sha512 priv
            {string.Join('\n', lines)}

            """,
            stop);
        var start = Start(AgentPath, ["-f", "-C", "-c", path, "-Lf", Path.Combine(_folder, "log"), "-p", Path.Combine(_folder, "pid"), "-I", "-smux"]);
        start.Environment["SNMP_PERSISTENT_DIR"] = _folder;
        _agent = Process.Start(start)!;
        for (var wait = 0; wait < 100; wait++)
        {
            var (status, _) = await RunAsync("snmpget", ["-v2c", "-c", "walker", "-t", "0.2", "-r", "0", $"127.0.0.1:{port}", "1.3.6.1.2.1.1.3.0"], stop);
            if (status == 0)
            {
                return new IPEndPoint(IPAddress.Loopback, port);
            }

            await Task.Delay(50, stop);
        }

        Assert.Skip($"snmpd does not answer here: {await File.ReadAllTextAsync(Path.Combine(_folder, "log"), stop)}");
        throw new InvalidOperationException();
    }

    /// <summary>Runs a tool; its status, and what it printed.</summary>
    public async Task<(int Status, string Text)> RunAsync(string tool, string[] arguments, CancellationToken stop)
    {
        var start = Start("/usr/bin/" + tool, arguments);
        start.Environment["SNMP_PERSISTENT_DIR"] = _folder;
        start.Environment["SNMPCONFPATH"] = _folder;
        start.Environment["MIBS"] = "";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(stop);
        var text = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return (process.ExitCode, process.ExitCode == 0 ? text : text + await error);
    }

    public void Dispose()
    {
        if (_agent is { HasExited: false } agent)
        {
            agent.Kill();
            agent.WaitForExit();
        }

        _agent?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static ProcessStartInfo Start(string path, string[] arguments) => new(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
}
