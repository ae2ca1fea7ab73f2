using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs;
using Crosstown.Logs.Configuration;
using Crosstown.Server.Api;
using Crosstown.Server.City;
using Crosstown.Server.Imports;
using Crosstown.Server.Learning;
using Crosstown.Server.Operations;
using Crosstown.Server.People;
using Crosstown.Server.People.Audit;
using Crosstown.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Configuration;

/// <summary>Reading and changing the configuration of signals and of the city.</summary>
internal static class ConfigurationApi
{
    /// <summary>Most bytes of one signal's configuration: the busiest of a state takes 60 KB.</summary>
    public const int MostSignalBytes = 1 << 20;

    /// <summary>Most bytes of an import: a state's 6,700 approaches take 0.4 MB.</summary>
    public const int MostImportBytes = 16 << 20;

    private const int MostImportFiles = 100;
    private const string Beginning = "beginning";
    private const string Current = "current";
    private const string ProposalName = "proposal";
    private const string SignalPath = "/signals/{id}/configuration";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet(SignalPath, Get).RequireRole(Role.View).WithName("getConfiguration").WithTags("configuration").Produces<ConfigurationAnswer>();
        api.MapPut(SignalPath, PutAsync).RequireRole(Role.Operate).WithName("putConfiguration").WithTags("configuration").Produces<ConfigurationAnswer>();
        api.MapGet(SignalPath + "/versions/{start}", GetVersion).RequireRole(Role.View).WithName("getConfigurationVersion").WithTags("configuration");
        api.MapGet(SignalPath + "/diff", GetDiff).RequireRole(Role.View).WithName("getConfigurationDiff").WithTags("configuration").Produces<DiffAnswer>();
        api.MapPost(SignalPath + "/diff", PostDiffAsync).RequireRole(Role.View).WithName("compareConfiguration").WithTags("configuration").Produces<DiffAnswer>();
        api.MapPost(SignalPath + "/proposal", AskProposal).RequireRole(Role.Operate).WithName("learnConfiguration").WithTags("configuration").Produces<ProposalAnswer>(StatusCodes.Status202Accepted);
        api.MapGet(SignalPath + "/proposal", GetProposal).RequireRole(Role.View).WithName("getProposal").WithTags("configuration").Produces<ProposalAnswer>();
        api.MapPost(SignalPath + "/proposal/accept", AcceptProposalAsync).RequireRole(Role.Operate).WithName("acceptProposal").WithTags("configuration").Produces<ConfigurationAnswer>();
        api.MapPost("/configuration/import", ImportAsync).RequireRole(Role.Operate).WithName("importConfiguration").WithTags("configuration").Produces<ImportPreview>();
        api.MapPost("/configuration/import/{import}/accept", AcceptImportAsync).RequireRole(Role.Operate).WithName("acceptConfigurationImport").WithTags("configuration").Produces<AcceptedAnswer>();
        api.MapGet("/city/file", GetCity).RequireRole(Role.View).WithName("getCityFile").WithTags("configuration");
        api.MapPut("/city/file", PutCityAsync).RequireRole(Role.Operate).WithName("putCityFile").WithTags("configuration");
    }

    private static IResult Get(string id, HttpContext context, CityModel city, IEventSource events, ConfigurationStore store, LearnQueue queue) =>
        SignalsApi.Known(id, city, events) is { } signal ? Answer(context, signal, store, queue) : ApiProblem.NoSignal(id);

    private static IResult Answer(HttpContext context, SignalId signal, ConfigurationStore store, LearnQueue queue)
    {
        var versions = store.ListVersions(signal);
        var current = store.FindCurrent(signal);
        var tag = store.TagOf(signal);
        context.Response.Headers.ETag = $"\"{tag}\"";
        return Results.Ok(new ConfigurationAnswer(
            signal.Value,
            tag,
            [.. versions.Select((v, i) => new VersionAnswer(
                StartOf(v), i + 1 < versions.Count ? versions[i + 1].ValidFromMs : null, v.ValidFromMs == current?.ValidFromMs,
                v.Name, v.Approaches.Length, v.Detectors.Length, v.Phases.Length, v.Overlaps.Length, v.Patterns.Length))],
            current is null ? null : SettingList.ToJson(current),
            queue.StandingOf(signal).State));
    }

    private static IResult GetVersion(string id, string start, CityModel city, IEventSource events, ConfigurationStore store)
    {
        if (SignalsApi.Known(id, city, events) is not { } signal)
        {
            return ApiProblem.NoSignal(id);
        }

        return FindVersion(signal, start, store) is { } version ? Results.Json(SettingList.ToJson(version)) : NoVersion(signal, start);
    }

    private static async Task<IResult> PutAsync(
        string id, HttpContext context, CityModel city, IEventSource events, ConfigurationStore store, LearnQueue queue, AuditLog audit, ILogger<ConfigurationStore> log,
        string starts = "now")
    {
        if (!SignalId.TryParse(id, out var signal))
        {
            return ApiProblem.NoSignal(id);
        }

        if (EnumWord.Find<ConfigurationStart>(starts) is not { } start)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, "XT370", "starts", $"'{starts}' is no start; there are {string.Join(" and ", Enum.GetValues<ConfigurationStart>().Select(EnumWord.Of))}.");
        }

        if (RequestText.FindExpectedTag(context.Request) is not { } tag)
        {
            return NoTag();
        }

        if (await RequestText.ReadAsync(context.Request.Body, MostSignalBytes, context.RequestAborted) is not { } text)
        {
            return TooLong(MostSignalBytes);
        }

        var problems = new List<Problem>();
        var configuration = ConfigurationCheck.Read(signal, text, problems);
        if (configuration is null || problems.Count > 0)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, problems);
        }

        return await SaveAsync(context, [new ConfigurationChange(configuration, tag == "*" ? null : tag, start)], store, audit, "configuration-replace", log)
            ?? Answer(context, signal, store, queue);
    }

    private static IResult GetDiff(string id, HttpContext context, CityModel city, IEventSource events, ConfigurationStore store, LearnQueue queue, string before = Beginning, string after = Current)
    {
        if (SignalsApi.Known(id, city, events) is not { } signal)
        {
            return ApiProblem.NoSignal(id);
        }

        var left = Find(signal, before, store, queue);
        var right = Find(signal, after, store, queue);
        return left is null ? NoVersion(signal, before)
            : right is null ? NoVersion(signal, after)
            : Show(context, signal, NameOf(left, before), NameOf(right, after), ConfigurationDiff.Between(left, right), []);
    }

    private static async Task<IResult> PostDiffAsync(string id, HttpContext context, CityModel city, IEventSource events, ConfigurationStore store, LearnQueue queue, string before = Current)
    {
        if (!SignalId.TryParse(id, out var signal))
        {
            return ApiProblem.NoSignal(id);
        }

        if (await RequestText.ReadAsync(context.Request.Body, MostSignalBytes, context.RequestAborted) is not { } text)
        {
            return TooLong(MostSignalBytes);
        }

        var problems = new List<Problem>();
        var draft = ConfigurationCheck.Read(signal, text, problems);
        var left = Find(signal, before, store, queue);
        return Show(
            context, signal, left is null ? "no configuration" : NameOf(left, before), "draft",
            draft is null ? [] : ConfigurationDiff.Between(left, draft), [.. problems.Select(p => new ProblemAnswer(p.Code, p.Where, p.Message))]);
    }

    private static IResult AskProposal(string id, HttpContext context, CityModel city, IEventSource events, ConfigurationStore store, LearnQueue queue)
    {
        if (SignalsApi.Known(id, city, events) is not { } signal)
        {
            return ApiProblem.NoSignal(id);
        }

        if (events.FindRange(signal) is null)
        {
            return ApiProblem.Of(StatusCodes.Status409Conflict, "XT376", "signal", $"Signal {signal} has no events to learn from; import its logs first.");
        }

        queue.Ask(signal);
        return Results.Accepted($"{context.Request.Path}", Propose(signal, store, queue));
    }

    private static IResult GetProposal(string id, CityModel city, IEventSource events, ConfigurationStore store, LearnQueue queue) =>
        SignalsApi.Known(id, city, events) is { } signal ? Results.Ok(Propose(signal, store, queue)) : ApiProblem.NoSignal(id);

    private static ProposalAnswer Propose(SignalId signal, ConfigurationStore store, LearnQueue queue)
    {
        var (state, ahead) = queue.StandingOf(signal);
        var proposal = queue.Find(signal);
        return new ProposalAnswer(
            signal.Value, state, ahead, proposal?.LearnedMs, proposal?.Learned.Log.StartMs, proposal?.Learned.Log.EndMs, proposal?.Learned.Events, ProposedFields.SureEnough, store.TagOf(signal),
            proposal is null ? [] : ProposedFields.Of(proposal.Learned.Configuration, store.FindCurrent(signal)));
    }

    private static async Task<IResult> AcceptProposalAsync(
        string id, AcceptProposal body, HttpContext context, CityModel city, IEventSource events, ConfigurationStore store, LearnQueue queue, AuditLog audit, ILogger<ConfigurationStore> log)
    {
        if (SignalsApi.Known(id, city, events) is not { } signal)
        {
            return ApiProblem.NoSignal(id);
        }

        if (RequestText.FindExpectedTag(context.Request) is not { } tag)
        {
            return NoTag();
        }

        if (queue.Find(signal) is not { } proposal)
        {
            return ApiProblem.Of(StatusCodes.Status404NotFound, "XT375", ProposalName, $"Nothing is proposed for signal {signal}; ask for a proposal first.");
        }

        var proposed = proposal.Learned.Configuration;
        var now = store.FindCurrent(signal);
        var rows = ProposedFields.Of(proposed, now);
        var fields = (body.Fields ?? rows.Where(r => r.IsChosen).Select(r => r.Field)).ToHashSet(StringComparer.Ordinal);
        var unknown = fields.Except(rows.Where(r => r.Proposed is not null).Select(r => r.Field), StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (fields.Count == 0 || unknown.Count > 0)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, fields.Count == 0
                ? [new Problem("XT377", "fields", "No field is chosen; name at least one of the proposal.")]
                : [.. unknown.Select(f => new Problem("XT377", f, $"The proposal has no value for '{f}'."))]);
        }

        var version = SettingList.Take(now ?? SignalConfiguration.Unknown(signal), proposed, fields);
        version = version with { Evidence = [.. (now?.Evidence ?? []).Where(e => !proposed.Evidence.Any(p => p.Field == e.Field)), .. ProposedFields.EvidenceOf(proposed, fields)] };
        if (ConfigurationCheck.FindContradictions(version).ToList() is { Count: > 0 } problems)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, problems);
        }

        return await SaveAsync(context, [new ConfigurationChange(version, tag == "*" ? null : tag, ConfigurationStart.Now)], store, audit, "proposal-accept", log)
            ?? Answer(context, signal, store, queue);
    }

    private static async Task<IResult> ImportAsync(HttpContext context, ConfigurationImports imports, string? signal = null, bool replaces = false)
    {
        SignalId? unnamed = null;
        if (signal is not null)
        {
            if (!SignalId.TryParse(signal, out var id))
            {
                return ApiProblem.NoSignal(signal);
            }

            unnamed = id;
        }

        if (await ReadFilesAsync(context.Request, context.RequestAborted) is not { } files)
        {
            return TooLong(MostImportBytes);
        }

        var pending = imports.Read(files, unnamed, replaces);
        return pending.Preview.Signals.Count > 0
            ? Results.Ok(pending.Preview)
            : ApiProblem.Of(StatusCodes.Status400BadRequest,
            [
                new Problem("XT378", "files", $"No signal's configuration was found in {files.Count} {(files.Count == 1 ? "file" : "files")}; they are JSON as docs/schema/signal.schema.json describes it, or tables of signals, approaches or detectors."),
                .. pending.Preview.Issues.Select(i => new Problem("XT378", string.Create(CultureInfo.InvariantCulture, $"{i.File}, line {i.Row}"), i.Assumed)),
            ]);
    }

    private static async Task<IResult> AcceptImportAsync(string import, AcceptImport body, HttpContext context, ConfigurationImports imports, ConfigurationStore store, AuditLog audit, ILogger<ConfigurationStore> log)
    {
        if (imports.Find(import) is not { } pending)
        {
            return ApiProblem.Of(StatusCodes.Status404NotFound, "XT375", "import", $"There is no import '{import}' that waits; it can be accepted for an hour after it was shown, and once.");
        }

        var chosen = body.Signals?.ToHashSet(StringComparer.Ordinal);
        var changes = pending.Versions.Where(c => chosen is null || chosen.Contains(c.Version.Signal.Value)).ToList();
        var missing = chosen?.Except(changes.Select(c => c.Version.Signal.Value), StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList() ?? [];
        if (missing.Count > 0)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, [.. missing.Select(s => new Problem("XT377", s, $"The import changes nothing at signal '{s}', or what it says of it contradicts itself."))]);
        }

        if (await SaveAsync(context, changes, store, audit, "configuration-import", log) is { } refused)
        {
            return refused;
        }

        imports.Forget(import);
        var signals = changes.Select(c => c.Version.Signal.Value).Distinct().ToList();
        return Results.Ok(new AcceptedAnswer(signals, pending.Preview.Signals.Where(s => signals.Contains(s.Signal)).Sum(s => s.Changes.Count)));
    }

    private static IResult GetCity(HttpContext context, ConfigurationStore store)
    {
        var (text, tag) = store.ReadCity();
        context.Response.Headers.ETag = $"\"{tag}\"";
        return Results.Text(text, "application/json; charset=utf-8");
    }

    private static async Task<IResult> PutCityAsync(HttpContext context, CityModel city, IEventSource events, ConfigurationStore store, AuditLog audit, ILogger<ConfigurationStore> log)
    {
        if (RequestText.FindExpectedTag(context.Request) is not { } tag)
        {
            return NoTag();
        }

        if (await RequestText.ReadAsync(context.Request.Body, MostSignalBytes, context.RequestAborted) is not { } text)
        {
            return TooLong(MostSignalBytes);
        }

        if (FindCityProblems(text, city, events) is { Count: > 0 } problems)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, problems);
        }

        if (!await store.SaveCityAsync(text, tag == "*" ? null : tag, (before, after) => audit.AppendAsync(ActOf(context, "city-replace", "city/file") with { BeforeHash = before, AfterHash = after }, context.RequestAborted), context.RequestAborted))
        {
            return ApiProblem.Of(StatusCodes.Status412PreconditionFailed, "XT373", "city", "The city file was changed by somebody else since you opened it. Nothing was saved. Load it again, and make your change to what is there now.");
        }

        log.LogInformation(LogEvents.CityFileChanged, "The city file was changed.");
        return GetCity(context, store);
    }

    private static List<Problem> FindCityProblems(string text, CityModel city, IEventSource events)
    {
        var issues = new DataIssueLog();
        try
        {
            var read = CityFile.Read(text, "city", issues);
            return
            [
                .. ConfigurationCheck.ToProblems(issues),
                .. read.Corridors.SelectMany(c => c.Signals.Where(s => SignalsApi.Known(s.Signal.Value, city, events) is null)
                    .Select(s => new Problem("XT374", $"city: corridors/{c.Id}", $"Signal '{s.Signal}' has neither a configuration nor events; check its id."))),
            ];
        }
        catch (ProblemException e)
        {
            return [.. e.Problems];
        }
    }

    /// <summary>Saves changes; null when it is done, else what to answer.</summary>
    private static async Task<IResult?> SaveAsync(HttpContext context, IReadOnlyCollection<ConfigurationChange> changes, ConfigurationStore store, AuditLog audit, string action, ILogger log)
    {
        var stale = await store.SaveAsync(
            changes, (signal, before, after) => audit.AppendAsync(ActOf(context, action, $"signal/{signal}") with { BeforeHash = before, AfterHash = after }, context.RequestAborted), context.RequestAborted);
        if (stale.Count > 0)
        {
            return ApiProblem.Of(StatusCodes.Status412PreconditionFailed, [.. stale.Select(s => new Problem(
                "XT373", $"signal {s}", $"The configuration of signal {s} was changed by somebody else since you opened it. Nothing was saved. Load it again to see what is there now; the text that you have can be compared with it."))]);
        }

        foreach (var signal in changes.Select(c => c.Version.Signal).Distinct())
        {
            log.LogInformation(LogEvents.ConfigurationChanged, "The configuration of signal {Signal} was changed.", signal.Value);
        }

        return null;
    }

    /// <summary>Who did something and why: the reason that the person gave for this session, else that it is configuration.</summary>
    private static AuditAct ActOf(HttpContext context, string action, string subject) => new(
        context.User.Identity?.Name ?? "system",
        context.Request.Headers[RawReasons.Header].ToString() is var reason && RawReasons.Words.Contains(reason) ? reason : "configuration",
        action,
        subject);

    private static SignalConfiguration? Find(SignalId signal, string name, ConfigurationStore store, LearnQueue queue) => name switch
    {
        Current => store.FindCurrent(signal),
        ProposalName => queue.Find(signal)?.Learned.Configuration,
        _ => FindVersion(signal, name, store),
    };

    private static SignalConfiguration? FindVersion(SignalId signal, string start, ConfigurationStore store)
    {
        var versions = store.ListVersions(signal);
        return start == Beginning ? (versions.Count > 0 ? versions[0] : null)
            : long.TryParse(start, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var startMs) ? versions.FirstOrDefault(v => v.ValidFromMs == startMs)
            : null;
    }

    private static IResult Show(HttpContext context, SignalId signal, string before, string after, IReadOnlyList<SettingChange> changes, IReadOnlyList<ProblemAnswer> problems) =>
        context.Request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase))
            ? Results.Text(ConfigurationDiff.Write(signal, before, after, changes), "text/plain; charset=utf-8")
            : Results.Ok(new DiffAnswer(signal.Value, before, after, changes, problems));

    private static string NameOf(SignalConfiguration configuration, string asked) =>
        asked == ProposalName ? "learned from the log"
        : configuration.ValidFromMs == long.MinValue ? "from the beginning"
        : DateTimeOffset.FromUnixTimeMilliseconds(configuration.ValidFromMs).ToString("'from 'yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static long? StartOf(SignalConfiguration version) => version.ValidFromMs == long.MinValue ? null : version.ValidFromMs;

    private static async Task<IReadOnlyList<(string Name, string Text)>?> ReadFilesAsync(HttpRequest request, CancellationToken stop)
    {
        if (!request.HasFormContentType)
        {
            return await RequestText.ReadAsync(request.Body, MostImportBytes, stop) is { } only ? [("file", only)] : null;
        }

        var form = await request.ReadFormAsync(stop);
        var files = new List<(string Name, string Text)>();
        var left = MostImportBytes;
        foreach (var file in form.Files.Take(MostImportFiles))
        {
            await using var stream = file.OpenReadStream();
            if (await RequestText.ReadAsync(stream, left, stop) is not { } text)
            {
                return null;
            }

            left -= (int)Math.Min(left, file.Length);
            files.Add((SourceName.Of(file.FileName), text));
        }

        return files;
    }

    private static IResult NoVersion(SignalId signal, string start) => ApiProblem.Of(
        StatusCodes.Status404NotFound, "XT375", "version", $"Signal {signal} has no version '{start}'; it is 'beginning', 'current', 'proposal' or the start of a version in ms UTC.");

    private static IResult NoTag() => ApiProblem.Of(
        StatusCodes.Status428PreconditionRequired, "XT372", "If-Match", "The header If-Match is missing; send the tag that came with what you changed, so that nobody's change is lost.");

    private static IResult TooLong(int mostBytes) => ApiProblem.Of(
        StatusCodes.Status413PayloadTooLarge, "XT379", "body", string.Create(CultureInfo.InvariantCulture, $"The body is longer than {mostBytes} bytes, or is no UTF-8 text."));
}
