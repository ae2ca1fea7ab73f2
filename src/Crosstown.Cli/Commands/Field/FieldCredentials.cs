using System.Text.Json;
using System.Text.Json.Serialization;
using Crosstown.Control.Snmp;
using Crosstown.Core.Data;

namespace Crosstown.Cli.Commands.Field;

/// <summary>By which right a controller is read: from a file of its owner's alone, or from the environment; never from a command line, which others can see.</summary>
internal static class FieldCredentials
{
    /// <summary>The environment variable that holds what the file would.</summary>
    public const string Variable = "CROSSTOWN_FIELD_CREDENTIALS";

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    /// <summary>Reads them.</summary>
    /// <param name="file">Null to look in the environment.</param>
    /// <exception cref="ProblemException">XT780: they are missing, open to others, wrong, or not safe.</exception>
    public static SnmpAccess Read(string? file)
    {
        var where = file ?? Variable;
        var text = file is null ? Environment.GetEnvironmentVariable(Variable) : Load(file);
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new ProblemException("XT780", where, $"It says nothing: give a file with --credentials, or its text in {Variable}.");
        }

        Written? written;
        try
        {
            written = JsonSerializer.Deserialize<Written>(text, s_json);
        }
        catch (JsonException e)
        {
            // The framework's message repeats what stands there: of secrets only the place is told.
            throw new ProblemException("XT780", where, $"It is not as it should be, at line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}.");
        }

        try
        {
            return written switch
            {
                { Version: 1, Snmp: "3", User: { } user, Authentication: { } digest, AuthenticationPassword: { } authentication, PrivacyPassword: { } privacy, Community: null } =>
                    new UserAccess(user, digest, new SnmpSecret(authentication), new SnmpSecret(privacy)),
                { Version: 1, Snmp: "1" or "2c", Community: { } community, User: null, Authentication: null, AuthenticationPassword: null, PrivacyPassword: null } =>
                    new CommunityAccess(written.Snmp == "1" ? SnmpVersion.V1 : SnmpVersion.V2C, new SnmpSecret(community), written.InsideTunnel),
                _ => throw new ProblemException(
                    "XT780", where, "It has the version 1, and snmp is 3 with user, authentication, authenticationPassword and privacyPassword, or 1 or 2c with community and insideTunnel."),
            };
        }
        catch (ProblemException e)
        {
            throw new ProblemException([.. e.Problems.Select(p => p with { Where = where })]);
        }
    }

    private static string Load(string file)
    {
        if (!File.Exists(file))
        {
            throw new ProblemException("XT780", file, "It is not there.");
        }

        return OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & Others) == 0
            ? File.ReadAllText(file)
            : throw new ProblemException("XT780", file, "Others can read it: give it to your account alone (mode 600).");
    }

    private sealed record Written
    {
        public int Version { get; init; }

        public string? Snmp { get; init; }

        public string? User { get; init; }

        public AuthenticationProtocol? Authentication { get; init; }

        public string? AuthenticationPassword { get; init; }

        public string? PrivacyPassword { get; init; }

        public string? Community { get; init; }

        public bool InsideTunnel { get; init; }
    }
}
