using System.Globalization;
using Crosstown.Core.Data;
using Microsoft.Extensions.Configuration;

namespace Crosstown.Server.Operations.Metrics;

/// <summary>Where figures about the server go.</summary>
/// <param name="Endpoint">A collector that takes OTLP over HTTP: <c>OpenTelemetry:Endpoint</c>; null sends nothing anywhere.</param>
/// <param name="MetricsPort">A port on 127.0.0.1 that answers <c>/metrics</c> and health without sign-in: <c>Metrics:Port</c>; null for none.</param>
internal sealed record TelemetrySettings(Uri? Endpoint, int? MetricsPort)
{
    private const int LastPort = 65_535;

    /// <exception cref="ProblemException">XT389: a setting is no address or port.</exception>
    public static TelemetrySettings Read(IConfiguration configuration)
    {
        Uri? endpoint = null;
        if (configuration["OpenTelemetry:Endpoint"] is { Length: > 0 } address
            && (!Uri.TryCreate(address, UriKind.Absolute, out endpoint) || endpoint.Scheme is not ("http" or "https") || endpoint.UserInfo.Length > 0))
        {
            throw new ProblemException("XT389", "OpenTelemetry:Endpoint", "This is no address of a collector, such as http://127.0.0.1:4318.");
        }

        int? port = null;
        if (configuration["Metrics:Port"] is { Length: > 0 } text)
        {
            port = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= LastPort
                ? number
                : throw new ProblemException("XT389", "Metrics:Port", $"'{text}' is no port from 1 to {LastPort}.");
        }

        return new TelemetrySettings(endpoint, port);
    }
}
