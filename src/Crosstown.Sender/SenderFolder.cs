using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crosstown.Control.Snmp;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Street;

namespace Crosstown.Sender;

/// <summary>One signal of the sender, as a person wrote it down.</summary>
/// <param name="Signal">Its id.</param>
/// <param name="Device">Address of its controller, never a name.</param>
/// <param name="PhaseGroups">Groups of eight phases, 1 or 2.</param>
/// <param name="Preempts">Preempts to look at, 0-40.</param>
/// <param name="IsMeantToAdvise">False: watched only.</param>
/// <param name="Access">The sender's own user at the controller.</param>
/// <param name="Facts">The sender's own; null when there are none.</param>
internal sealed record SenderSignal(SignalId Signal, IPEndPoint Device, int PhaseGroups, int Preempts, bool IsMeantToAdvise, UserAccess Access, SignalFacts? Facts);

/// <summary>The folder that a sender works from: <c>sender.json</c>, <c>credentials.json</c> and <c>facts.json</c>, and what it keeps itself, <c>state.json</c> and <c>leases</c>.</summary>
internal static class SenderFolder
{
    public const string Settings = "sender.json";
    public const string Credentials = "credentials.json";
    public const string Facts = "facts.json";
    public const string State = "state.json";
    public const string Leases = "leases";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowTrailingCommas = false,
        MaxDepth = 32,
        WriteIndented = true,
        IgnoreReadOnlyProperties = true,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new SignalIdText(), new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    /// <summary>Reads the signals of a folder.</summary>
    /// <exception cref="ProblemException">XT780 to XT783: a file is missing, open to others, or wrong; a secret is one that devices come with. All such are listed.</exception>
    public static ImmutableArray<SenderSignal> Read(string folder)
    {
        var problems = new List<Problem>();
        var settings = Load<SettingsFile>(folder, Settings, "XT781", problems);
        CheckOwner(folder, problems);
        var credentials = Load<CredentialsFile>(folder, Credentials, "XT780", problems);
        var facts = Load<FactsFile>(folder, Facts, "XT782", problems);
        if (settings is null || credentials is null || facts is null)
        {
            throw new ProblemException(problems);
        }

        foreach (var id in facts.Signals.GroupBy(f => f.Signal).Where(g => g.Count() > 1).Select(g => g.Key))
        {
            problems.Add(new Problem("XT782", $"{Facts}, signal {id}", "Its facts are stated twice."));
        }

        var signals = ImmutableArray.CreateBuilder<SenderSignal>();
        foreach (var entry in settings.Signals)
        {
            var where = $"{Settings}, signal {entry.Signal}";
            var hasAddress = IPAddress.TryParse(entry.Host, out var address);
            if (settings.Signals.Count(s => s.Signal == entry.Signal) > 1 || !hasAddress || entry.Port is < 1 or > 65_535 || entry.PhaseGroups is < 1 or > 2 || entry.Preempts is < 0 or > 40)
            {
                problems.Add(new Problem("XT781", where, "Each signal stands once, with a host that is an address and no name, a port, 1 or 2 phaseGroups and 0 to 40 preempts."));
                continue;
            }

            if (AccessOf(entry.Signal, credentials, problems) is { } access)
            {
                signals.Add(new SenderSignal(
                    entry.Signal, new IPEndPoint(address!, entry.Port), entry.PhaseGroups, entry.Preempts, entry.Mode == SenderMode.Advise, access,
                    facts.Signals.FirstOrDefault(f => f.Signal == entry.Signal)));
            }
        }

        if (settings.Signals.Length == 0)
        {
            problems.Add(new Problem("XT781", Settings, "It names no signal."));
        }

        return problems.Count > 0 ? throw new ProblemException(problems) : signals.ToImmutable();
    }

    /// <summary>What was kept of each signal; nothing where there is no file, or none that can be read: everything then begins again.</summary>
    public static ImmutableArray<KeptSignal> ReadState(string folder)
    {
        try
        {
            using var file = File.OpenRead(Path.Combine(folder, State));
            return JsonSerializer.Deserialize<StateFile>(file, s_json)?.Signals ?? [];
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Keeps the state under a passing name first. What a power cut takes away makes the sender wait longer, never less.</summary>
    public static void WriteState(string folder, IEnumerable<KeptSignal> signals)
    {
        var path = Path.Combine(folder, State);
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(new StateFile(1, [.. signals]), s_json));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Facts as the file has them.</summary>
    public static byte[] WriteFacts(IEnumerable<SignalFacts> signals) => JsonSerializer.SerializeToUtf8Bytes(new FactsFile(1, [.. signals]), s_json);

    private static UserAccess? AccessOf(SignalId signal, CredentialsFile credentials, List<Problem> problems)
    {
        var where = $"{Credentials}, signal {signal}";
        var entries = credentials.Signals.Where(c => c.Signal == signal).ToList();
        if (entries.Count != 1)
        {
            problems.Add(new Problem("XT780", where, "Each signal of the sender has one user there."));
            return null;
        }

        try
        {
            var access = new UserAccess(entries[0].User, entries[0].Authentication, new SnmpSecret(entries[0].AuthenticationPassword), new SnmpSecret(entries[0].PrivacyPassword));
            problems.AddRange(access.ListWeaknesses().Select(weakness => new Problem("XT783", where, $"{weakness} Choose others, at the controller too.")));
            return access;
        }
        catch (ProblemException e)
        {
            problems.AddRange(e.Problems.Select(p => p with { Where = where }));
            return null;
        }
    }

    private static void CheckOwner(string folder, List<Problem> problems)
    {
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        var path = Path.Combine(folder, Credentials);
        if (!OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & others) != 0)
        {
            problems.Add(new Problem("XT780", Credentials, "Others can read it: give it to the sender's own account alone (mode 600)."));
        }
    }

    private static T? Load<T>(string folder, string name, string code, List<Problem> problems)
        where T : class, IVersioned
    {
        try
        {
            using var file = File.OpenRead(Path.Combine(folder, name));
            var read = JsonSerializer.Deserialize<T>(file, s_json);
            if (read is { Version: 1 })
            {
                return read;
            }

            problems.Add(new Problem(code, name, "The version is not 1."));
        }
        catch (JsonException e)
        {
            // The framework's message and path repeat what stands there: of a file with secrets only the place is told.
            problems.Add(new Problem(code, name, $"It is not as it should be, at line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new Problem(code, name, "It is not there, or cannot be read: the sender does not start without it."));
        }

        return null;
    }

    private interface IVersioned
    {
        int Version { get; }
    }

    private enum SenderMode
    {
        Shadow,
        Advise,
    }

    private sealed record SettingsFile(int Version, ImmutableArray<SettingsEntry> Signals) : IVersioned;

    private sealed record SettingsEntry(SignalId Signal, string Host, int Port, int PhaseGroups, int Preempts, SenderMode Mode);

    private sealed record CredentialsFile(int Version, ImmutableArray<CredentialsEntry> Signals) : IVersioned;

    private sealed record CredentialsEntry(SignalId Signal, string User, AuthenticationProtocol Authentication, string AuthenticationPassword, string PrivacyPassword);

    private sealed record FactsFile(int Version, ImmutableArray<SignalFacts> Signals) : IVersioned;

    private sealed record StateFile(int Version, ImmutableArray<KeptSignal> Signals);

    private sealed class SignalIdText : JsonConverter<SignalId>
    {
        public override SignalId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && SignalId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, SignalId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}

/// <summary>What a sender keeps of a signal from one start to the next.</summary>
internal sealed record KeptSignal(SignalId Signal, long LastFence, int CleanDays, long ElapsedMs, long HeardMs, int Judged, bool IsDirty);
