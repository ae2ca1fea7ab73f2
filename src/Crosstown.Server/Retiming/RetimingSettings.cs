using System.Globalization;
using Crosstown.Core.Data;
using Microsoft.Extensions.Configuration;

namespace Crosstown.Server.Retiming;

/// <summary>When the server studies its own logs.</summary>
/// <param name="Night">The local time of each night's study, <c>Retiming:Night</c>; null for none.</param>
internal sealed record RetimingSettings(TimeOnly? Night)
{
    private const string Name = "Retiming:Night";

    /// <exception cref="ProblemException">XT774: the time of day is none.</exception>
    public static RetimingSettings Read(IConfiguration configuration) => configuration[Name] switch
    {
        null or "" => new RetimingSettings(new TimeOnly(3, 0)),
        "off" => new RetimingSettings((TimeOnly?)null),
        var text => TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? new RetimingSettings(at)
            : throw new ProblemException("XT774", Name, $"'{text}' is no time of day; write it as 03:00, or off for no study by night."),
    };
}
