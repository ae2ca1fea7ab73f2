using System.Diagnostics;
using System.Globalization;
using Crosstown.Server.Tests.Store;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Crosstown.Server.Tests.Store;

/// <summary>A PostgreSQL server of the tests' own, started on first use from what is installed, and stopped with them. It listens on a socket in its folder alone.</summary>
public sealed class PostgresServer : IDisposable
{
    private static readonly Lock s_gate = new();
    private static string? s_folder;
    private static string? s_failure;
    private static int s_databases;

    /// <summary>The connection string of a new, empty database, or a skip of the running test.</summary>
    public static string NewDatabase()
    {
        Assert.SkipWhen(Programs is null, "PostgreSQL is not installed: its tests need initdb and pg_ctl.");
        lock (s_gate)
        {
            if (s_folder is null && s_failure is null)
            {
                Start();
            }
        }

        Assert.True(s_failure is null, s_failure);
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref s_databases)}");
        using var connection = new NpgsqlConnection($"Host={s_folder};Username=crosstown;Database=postgres;Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand($"create database {name}", connection);
        command.ExecuteNonQuery();
        return $"Host={s_folder};Username=crosstown;Database={name}";
    }

    public void Dispose()
    {
        if (s_folder is { } folder)
        {
            NpgsqlConnection.ClearAllPools();
            Run("pg_ctl", "-D", Path.Combine(folder, "data"), "-m", "immediate", "-w", "stop");
            Directory.Delete(folder, recursive: true);
            s_folder = null;
        }
    }

    private static string? Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")))
        : null;

    private static void Start()
    {
        var folder = Directory.CreateTempSubdirectory("crosstown-pg-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            // PostgreSQL refuses to run as root; its package made this account.
            Execute("chown", ["postgres", folder]);
        }

        var data = Path.Combine(folder, "data");
        s_failure = Run("initdb", "-D", data, "-U", "crosstown", "-A", "trust", "-E", "UTF8", "--locale=C")
            ?? Run("pg_ctl", "-D", data, "-l", Path.Combine(folder, "log"), "-w", "-o", $"-k {folder} -c listen_addresses= -c max_connections=200", "start");
        s_folder = folder;
    }

    private static string? Run(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs!, program);
        return Environment.IsPrivilegedProcess
            ? Execute("runuser", ["-u", "postgres", "--", path, .. arguments])
            : Execute(path, arguments);
    }

    private static string? Execute(string program, IReadOnlyList<string> arguments)
    {
        // pg_ctl hands its own output on to the server, so that nothing may wait for its end.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. arguments]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}";
    }
}
