using System.Globalization;
using System.Net;
using System.Text;

namespace Crosstown.Server.Polling;

/// <summary>Reads the log files of a controller's folder with the system's <c>sftp</c>: it lists names and fetches files, and is told nothing else.</summary>
/// <remarks>Signs in by key only; the controller's own key must stand in the known-hosts file, and a changed one is refused (rule X01).</remarks>
internal sealed class SftpPoller(AddressGuard guard, SourceAccounts accounts, SourceSettings settings) : IPoller
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    public async Task PollAsync(PollContext context)
    {
        if (!SourceAddress.TryParse(context.Source.Address, SourceRules.PortOf(context.Source.Kind), out var target))
        {
            throw new PollException("XT331", "The source's address is no host and port.");
        }

        var account = accounts.Get(context.Source.Account ?? "");
        if (account.IdentityFile is not { } identity || !File.Exists(identity) || account.User.Length == 0 || account.User[0] == '-' || account.User.Contains('@', StringComparison.Ordinal))
        {
            throw new PollException("XT335", $"Account '{context.Source.Account}' needs a User and an IdentityFile that is there: SFTP signs in by key.");
        }

        if (!File.Exists(settings.KnownHostsFile))
        {
            throw new PollException("XT346", "There is no known-hosts file (Sources:KnownHostsFile), so that no controller's key is known.");
        }

        var address = await guard.FindAsync(target.Host, context.Stop);
        var arguments = Arguments(context, target, address, account.User, identity);
        var scratch = Directory.CreateTempSubdirectory("crosstown-sftp-").FullName;
        try
        {
            using var listing = context.NewBuffer();
            await SftpAsync(context, arguments, $"ls -1 \"{context.Source.Path}\"\n", listing, null);
            var names = Encoding.Latin1.GetString(listing.Content.Span)
                .Split('\n', context.Limits.ListedFiles + 1, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(n => n[(n.LastIndexOf('/') + 1)..])
                .ToArray();
            await FilePolling.ReadNewAsync(context, names, async (name, content) =>
            {
                var local = Path.Combine(scratch, "log");
                using var words = context.NewBuffer();
                await SftpAsync(context, arguments, $"get \"{context.Source.Path}/{name}\" \"{local}\"\n", words, stop => WatchAsync(local, context.Limits.AnswerBytes, stop));
                await using (var file = File.OpenRead(local))
                {
                    await content.ReadAsync(file, context.Stop);
                }

                context.CountBytes(content.Length);
                File.Delete(local);
            });
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private string[] Arguments(PollContext context, SourceAddress target, IPAddress address, string user, string identity) =>
    [
        "-q", "-b", "-", "-F", "none", "-i", identity, "-P", target.Port.ToString(CultureInfo.InvariantCulture),
        "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", $"UserKnownHostsFile={settings.KnownHostsFile}", "-o", "GlobalKnownHostsFile=none",
        "-o", $"HostKeyAlias={(target.Port == 22 ? target.Host : $"[{target.Host}]:{target.Port}")}", "-o", "CheckHostIP=no", "-o", "UpdateHostKeys=no",
        "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "PreferredAuthentications=publickey", "-o", "ClearAllForwardings=yes", "-o", "ForwardAgent=no",
        "-o", $"ConnectTimeout={Math.Max(1, (int)context.Limits.Connect.TotalSeconds)}", "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=2", "-o", $"User={user}",
        address.ToString().Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address.ToString(),
    ];

    private static async Task SftpAsync(PollContext context, string[] arguments, string batch, AnswerBuffer output, Func<CancellationToken, Task>? watch)
    {
        var code = await ChildProgram.RunAsync("sftp", arguments, batch, output, watch, context.Stop);
        if (code == 255)
        {
            throw new PollException("XT346", "The controller does not answer by SSH with the key that is known of it, or refuses the account's key.");
        }

        if (code != 0)
        {
            throw new PollException("XT345", $"The controller has no folder {context.Source.Path}, or does not give out what is in it.");
        }
    }

    /// <summary>Ends a fetch that grows beyond what a file may have: the program itself has no such limit.</summary>
    private static async Task WatchAsync(string local, int most, CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(s_look, stop);
            var file = new FileInfo(local);
            if (file.Exists && file.Length > most)
            {
                throw new PollException("XT341", $"A file is longer than {most >> 10} KiB.");
            }
        }
    }
}
