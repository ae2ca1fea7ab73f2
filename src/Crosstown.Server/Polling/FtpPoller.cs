using System.Globalization;
using System.Net;
using System.Text;

namespace Crosstown.Server.Polling;

/// <summary>Reads the log files of a controller's folder by FTP, with the system's <c>curl</c>: it lists names and fetches files, and is told nothing else.</summary>
internal sealed class FtpPoller(AddressGuard guard, SourceAccounts accounts) : IPoller
{
    private const int CouldNotConnect = 7;
    private const int AccessDenied = 9;
    private const int TimeIsOver = 28;
    private const int TooLarge = 63;
    private const int LoginDenied = 67;
    private const int NotFound = 78;

    public async Task PollAsync(PollContext context)
    {
        if (!SourceAddress.TryParse(context.Source.Address, SourceRules.PortOf(context.Source.Kind), out var target))
        {
            throw new PollException("XT331", "The source's address is no host and port.");
        }

        var account = accounts.Get(context.Source.Account ?? "");
        var address = await guard.FindAsync(target.Host, context.Stop);
        var place = $"ftp://{new IPEndPoint(address, target.Port)}/{context.Source.Path}/";
        using var listing = context.NewBuffer();
        await CurlAsync(context, place, account, isListing: true, listing);
        var names = Encoding.Latin1.GetString(listing.Content.Span).Split('\n', context.Limits.ListedFiles + 1, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        await FilePolling.ReadNewAsync(context, names, async (name, content) =>
        {
            await CurlAsync(context, place + name, account, isListing: false, content);
        });
    }

    private async Task CurlAsync(PollContext context, string url, SourceAccount account, bool isListing, AnswerBuffer output)
    {
        // The settings, with user and secret, go in by standard input. The control connection stays at the checked address; so does that for data (skip-pasv-ip).
        var settings = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"url = {Quote(url)}")
            .AppendLine(CultureInfo.InvariantCulture, $"user = {Quote($"{account.User}:{account.Password}")}")
            .AppendLine("proto = \"=ftp\"")
            .AppendLine("noproxy = \"*\"")
            .AppendLine("globoff")
            .AppendLine("silent")
            .AppendLine("ftp-pasv")
            .AppendLine("ftp-skip-pasv-ip")
            .AppendLine(CultureInfo.InvariantCulture, $"connect-timeout = {context.Limits.Connect.TotalSeconds:0.###}")
            .AppendLine(CultureInfo.InvariantCulture, $"max-time = {context.Limits.Whole.TotalSeconds:0.###}")
            .AppendLine(CultureInfo.InvariantCulture, $"max-filesize = {context.Limits.AnswerBytes}");
        if (isListing)
        {
            settings.AppendLine("list-only");
        }

        int code;
        try
        {
            code = await ChildProgram.RunAsync("curl", ["-q", "--config", "-"], settings.ToString(), output, null, context.Stop);
        }
        finally
        {
            context.CountBytes(output.Length);
        }

        if (code is CouldNotConnect or TimeIsOver && SourceAddress.TryParse(context.Source.Address, 21, out var target))
        {
            guard.Forget(target.Host);
        }

        if (code != 0)
        {
            throw code switch
            {
                CouldNotConnect => new PollException("XT339", "The controller does not take the connection."),
                AccessDenied or NotFound => new PollException("XT345", isListing ? $"The controller has no folder {context.Source.Path}, or does not show it." : "The controller does not give out a file that it lists."),
                TimeIsOver => new PollException("XT340", $"The controller took longer than {context.Limits.Whole.TotalSeconds:0} s."),
                TooLarge => new PollException("XT341", $"A file is longer than {context.Limits.AnswerBytes >> 10} KiB."),
                LoginDenied => new PollException("XT345", $"The controller refuses the account '{context.Source.Account}'."),
                _ => new PollException("XT345", string.Create(CultureInfo.InvariantCulture, $"The controller broke off, or does not speak FTP (curl ended with {code}).")),
            };
        }
    }

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
