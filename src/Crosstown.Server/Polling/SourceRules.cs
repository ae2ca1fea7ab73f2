using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Zones;
using Crosstown.Server.City;

namespace Crosstown.Server.Polling;

/// <summary>A source as a person gives it.</summary>
/// <param name="Signal">The signal whose log it is.</param>
/// <param name="Kind">How the log is read.</param>
/// <param name="Address">Host and port; for a folder its path below the one for dropped logs.</param>
/// <param name="Path">Folder on the controller; null for the kind's usual one.</param>
/// <param name="IntervalS">Seconds from one reading to the next, 1 to 86,400.</param>
/// <param name="Zone">IANA zone of the controller's clock; null for the signal's own.</param>
/// <param name="Account">Name under which the settings give user and secret; null for none.</param>
/// <param name="ReportedAs">The number that the controller itself reports where it is not the signal's; null where it is.</param>
/// <param name="IsEnabled">False to leave it alone for now.</param>
internal sealed record SourceRequest(
    string? Signal, SourceKind? Kind, string? Address, string? Path, int? IntervalS, string? Zone, string? Account, string? ReportedAs, bool IsEnabled = true);

/// <summary>Checks a source before it is kept: all that is wrong with it is said at once.</summary>
internal sealed class SourceRules(CityModel city, SourceAccounts accounts, SourceSettings settings)
{
    private const int MostPathLength = 200;

    /// <summary>Where Econolite controllers keep their logs.</summary>
    private const string UsualPath = "/set1";

    /// <summary>The port that a kind uses when none is given.</summary>
    public static int PortOf(SourceKind kind) => kind switch { SourceKind.Ftp => 21, SourceKind.Sftp => 22, _ => 80 };

    public static bool NeedsAccount(SourceKind kind) => kind is SourceKind.Ftp or SourceKind.Sftp;

    /// <summary>The zone of a source's clock: its own, the signal's or the city's; null when none is known.</summary>
    public string? ZoneOf(Source source) => Given(source.Zone) ?? Given(city.Now.Configurations.Find(source.Signal)?.Zone) ?? Given(city.Now.Zone);

    /// <exception cref="ProblemException">Something is wrong with it.</exception>
    public Source Check(long id, SourceRequest request)
    {
        var problems = new List<Problem>();
        if (!SignalId.TryParse(request.Signal, out var signal))
        {
            problems.Add(new Problem("XT330", "signal", $"'{request.Signal}' is no signal: 1 to {SignalId.MaxLength} letters, digits, '_', '.' or '-'."));
        }

        var kind = request.Kind ?? SourceKind.MaxTimeHttp;
        if (request.Kind is null)
        {
            problems.Add(new Problem("XT331", "kind", "Give the kind: maxtime-http, ftp, sftp or folder."));
        }

        var address = request.Address?.Trim() ?? "";
        var path = "";
        if (kind == SourceKind.Folder)
        {
            if (!IsPath(address) || address.StartsWith('/'))
            {
                problems.Add(new Problem("XT331", "address", $"'{address}' is no folder below the one for dropped logs ({settings.DropFolderName}): names of letters, digits, '.', '_' and '-' with '/' between them."));
            }
        }
        else
        {
            path = kind == SourceKind.MaxTimeHttp ? "" : Given(request.Path) ?? UsualPath;
            if (!SourceAddress.TryParse(address, PortOf(kind), out _))
            {
                problems.Add(new Problem("XT331", "address", $"'{address}' is no host and port, such as 10.20.30.40:80 or cabinet-12.example.org; the page that is asked for is fixed."));
            }

            if (path.Length > 0 && (!IsPath(path) || !path.StartsWith('/')))
            {
                problems.Add(new Problem("XT331", "path", $"'{path}' is no folder such as {UsualPath}: names of letters, digits, '.', '_' and '-', each after a '/'."));
            }
        }

        if (request.IntervalS is not (>= Source.LeastIntervalS and <= Source.MostIntervalS))
        {
            problems.Add(new Problem("XT333", "intervalS", $"The interval is {request.IntervalS}; give {Source.LeastIntervalS} to {Source.MostIntervalS} seconds."));
        }

        var account = Given(request.Account);
        if (account is null ? NeedsAccount(kind) : !accounts.Knows(account))
        {
            problems.Add(new Problem("XT335", "account", account is null ? "This kind needs an account: a name that the settings have under Sources:Secrets." : "The settings have no such account under Sources:Secrets; names are letters, digits, '_' and '-'."));
        }

        var reportedAs = Given(request.ReportedAs);
        if (reportedAs is not null && !SignalId.TryParse(reportedAs, out _))
        {
            problems.Add(new Problem("XT330", "reportedAs", $"'{reportedAs}' is no number of a controller: 1 to {SignalId.MaxLength} letters, digits, '_', '.' or '-'."));
        }

        var source = new Source(id, signal, kind, address, path, request.IntervalS ?? 0, Given(request.Zone), account, reportedAs, request.IsEnabled);
        if (ZoneOf(source) is not { } zone || !IsZone(zone))
        {
            problems.Add(new Problem("XT334", "zone", "The zone of the controller's clock is not known, or is none; give an IANA name such as America/Denver."));
        }

        return problems.Count == 0 ? source : throw new ProblemException(problems);
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static bool IsZone(string zone)
    {
        try
        {
            _ = ZoneRules.MapFor(zone);
            return true;
        }
        catch (ProblemException)
        {
            return false;
        }
    }

    private static bool IsPath(string path) =>
        path.Length is > 0 and <= MostPathLength
        && path.TrimStart('/').Split('/').All(n => n.Length > 0 && n[0] is not ('.' or '-') && n.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'));
}
