// Made by ./run docs from the interface's OpenAPI document; do not edit it.
#nullable enable

using System.Text.Json;

namespace Crosstown.Client;

public sealed partial class CrosstownClient
{
    /// <summary>Accept configuration import.</summary>
    public Task<AcceptedAnswer> AcceptConfigurationImportAsync(string import, AcceptImport content, CancellationToken stop = default) =>
        AskAsync<AcceptedAnswer>(HttpMethod.Post, With($"api/v1/configuration/import/{Escaped(import)}/accept"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Accept proposal.</summary>
    public Task<ConfigurationAnswer> AcceptProposalAsync(string id, AcceptProposal content, CancellationToken stop = default) =>
        AskAsync<ConfigurationAnswer>(HttpMethod.Post, With($"api/v1/signals/{Escaped(id)}/configuration/proposal/accept"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Add events.</summary>
    public Task<IntakeAnswer> AddEventsAsync(string? zone = null, string? signal = null, CancellationToken stop = default) =>
        AskAsync<IntakeAnswer>(HttpMethod.Post, With($"api/v1/events", ("zone", zone), ("signal", signal)), null, stop);

    /// <summary>Add files.</summary>
    public Task<IntakeAnswer> AddFilesAsync(string? zone = null, string? signal = null, CancellationToken stop = default) =>
        AskAsync<IntakeAnswer>(HttpMethod.Post, With($"api/v1/files", ("zone", zone), ("signal", signal)), null, stop);

    /// <summary>Add person.</summary>
    public Task AddPersonAsync(NewAccount content, CancellationToken stop = default) =>
        DoAsync(HttpMethod.Post, With($"api/v1/people"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Add source.</summary>
    public Task AddSourceAsync(SourceRequest content, CancellationToken stop = default) =>
        DoAsync(HttpMethod.Post, With($"api/v1/sources"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Add source token.</summary>
    public Task AddSourceTokenAsync(NewSourceToken content, CancellationToken stop = default) =>
        DoAsync(HttpMethod.Post, With($"api/v1/source-tokens"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Agrees to what another person proposed: nobody approves their own. Written into the audit.</summary>
    public Task<RetimingDetail> ApproveRetimingAsync(long id, RetimingStepOrder content, CancellationToken stop = default) =>
        AskAsync<RetimingDetail>(HttpMethod.Post, With($"api/v1/retimings/{Escaped(id)}/approve"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Tries hours of the town's past day under both, in the background. One at a time. Written into the audit.</summary>
    public Task<AdaptiveAnswer> BeginAdaptiveTrialAsync(CancellationToken stop = default) =>
        AskAsync<AdaptiveAnswer>(HttpMethod.Post, With($"api/v1/adaptive/trial"), null, stop);

    /// <summary>Check data.</summary>
    public Task CheckDataAsync(CancellationToken stop = default) =>
        DoAsync(HttpMethod.Post, With($"api/v1/data/check"), null, stop);

    /// <summary>Compare configuration.</summary>
    public Task<DiffAnswer> CompareConfigurationAsync(string id, string? before = null, CancellationToken stop = default) =>
        AskAsync<DiffAnswer>(HttpMethod.Post, With($"api/v1/signals/{Escaped(id)}/configuration/diff", ("before", before)), null, stop);

    /// <summary>Sets a plan aside for good, before it is in the field. Written into the audit.</summary>
    public Task<RetimingDetail> DeclineRetimingAsync(long id, RetimingStepOrder content, CancellationToken stop = default) =>
        AskAsync<RetimingDetail>(HttpMethod.Post, With($"api/v1/retimings/{Escaped(id)}/decline"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Disable person.</summary>
    public Task DisablePersonAsync(string name, CancellationToken stop = default) =>
        DoAsync(HttpMethod.Post, With($"api/v1/people/{Escaped(name)}/disable"), null, stop);

    /// <summary>Enable person.</summary>
    public Task EnablePersonAsync(string name, CancellationToken stop = default) =>
        DoAsync(HttpMethod.Post, With($"api/v1/people/{Escaped(name)}/enable"), null, stop);

    /// <summary>Notes the day in which people changed the cabinets. Nothing is sent to them. Written into the audit.</summary>
    public Task<RetimingDetail> EnterRetimingAsync(long id, RetimingStepOrder content, CancellationToken stop = default) =>
        AskAsync<RetimingDetail>(HttpMethod.Post, With($"api/v1/retimings/{Escaped(id)}/field"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Plan against adaptive control in the made-up town: delay, stops and waits of both by signal and corridor, what it would do, when it let go, and the trial.</summary>
    public Task<AdaptiveAnswer> GetAdaptiveAsync(CancellationToken stop = default) =>
        AskAsync<AdaptiveAnswer>(HttpMethod.Get, With($"api/v1/adaptive"), null, stop);

    /// <summary>What every signal of the made-up town showed in the last minutes, under both.</summary>
    public Task<AdaptiveBarsAnswer> GetAdaptiveBarsAsync(CancellationToken stop = default) =>
        AskAsync<AdaptiveBarsAnswer>(HttpMethod.Get, With($"api/v1/adaptive/bars"), null, stop);

    /// <summary>The streets under the map, as GeoJSON.</summary>
    public Task<Stream> OpenBasemapAsync(CancellationToken stop = default) =>
        OpenAsync(With($"api/v1/basemap"), "*/*", stop);

    /// <summary>The city: its name, zone, clock, bounds and corridors.</summary>
    public Task<CityAnswer> GetCityAsync(CancellationToken stop = default) =>
        AskAsync<CityAnswer>(HttpMethod.Get, With($"api/v1/city"), null, stop);

    /// <summary>Get city file.</summary>
    public Task<Stream> OpenCityFileAsync(CancellationToken stop = default) =>
        OpenAsync(With($"api/v1/city/file"), "*/*", stop);

    /// <summary>All or named signals' rows of a table, streamed; JSON comes in pages.</summary>
    public Task<ColumnsAnswer> GetCityTableAsync(string table, long @from, long @to, IReadOnlyList<string>? signals = null, string? bin = null, bool? local = null, string? definitions = null, string? corridor = null, long? limit = null, string? cursor = null, CancellationToken stop = default) =>
        AskAsync<ColumnsAnswer>(HttpMethod.Get, With($"api/v1/tables/{Escaped(table)}", ("from", @from), ("to", @to), ("signals", signals), ("bin", bin), ("local", local), ("definitions", definitions), ("corridor", corridor), ("limit", limit), ("cursor", cursor)), null, stop);

    /// <summary>All or named signals' rows of a table, streamed; JSON comes in pages. Read as it comes, in one of text/csv, application/x-ndjson, application/vnd.apache.parquet.</summary>
    public Task<Stream> OpenCityTableAsync(string type, string table, long @from, long @to, IReadOnlyList<string>? signals = null, string? bin = null, bool? local = null, string? definitions = null, string? corridor = null, long? limit = null, string? cursor = null, CancellationToken stop = default) =>
        OpenAsync(With($"api/v1/tables/{Escaped(table)}", ("from", @from), ("to", @to), ("signals", signals), ("bin", bin), ("local", local), ("definitions", definitions), ("corridor", corridor), ("limit", limit), ("cursor", cursor)), type, stop);

    /// <summary>Get configuration.</summary>
    public Task<ConfigurationAnswer> GetConfigurationAsync(string id, CancellationToken stop = default) =>
        AskAsync<ConfigurationAnswer>(HttpMethod.Get, With($"api/v1/signals/{Escaped(id)}/configuration"), null, stop);

    /// <summary>Get configuration diff.</summary>
    public Task<DiffAnswer> GetConfigurationDiffAsync(string id, string? before = null, string? after = null, CancellationToken stop = default) =>
        AskAsync<DiffAnswer>(HttpMethod.Get, With($"api/v1/signals/{Escaped(id)}/configuration/diff", ("before", before), ("after", after)), null, stop);

    /// <summary>Get configuration version.</summary>
    public Task<Stream> OpenConfigurationVersionAsync(string id, string start, CancellationToken stop = default) =>
        OpenAsync(With($"api/v1/signals/{Escaped(id)}/configuration/versions/{Escaped(start)}"), "*/*", stop);

    /// <summary>A corridor's figures bin by bin: arrivals, arrivals on green, split failures, pedestrian delay and queues of each direction over all its signals.</summary>
    public Task<ColumnsAnswer> GetCorridorSummaryAsync(string id, long @from, long @to, string? bin = null, bool? local = null, CancellationToken stop = default) =>
        AskAsync<ColumnsAnswer>(HttpMethod.Get, With($"api/v1/corridors/{Escaped(id)}/summary", ("from", @from), ("to", @to), ("bin", bin), ("local", local)), null, stop);

    /// <summary>A corridor's figures bin by bin: arrivals, arrivals on green, split failures, pedestrian delay and queues of each direction over all its signals. Read as it comes, in one of text/csv, application/x-ndjson, application/vnd.apache.parquet.</summary>
    public Task<Stream> OpenCorridorSummaryAsync(string type, string id, long @from, long @to, string? bin = null, bool? local = null, CancellationToken stop = default) =>
        OpenAsync(With($"api/v1/corridors/{Escaped(id)}/summary", ("from", @from), ("to", @to), ("bin", bin), ("local", local)), type, stop);

    /// <summary>Get data.</summary>
    public Task<DataAnswer> GetDataAsync(CancellationToken stop = default) =>
        AskAsync<DataAnswer>(HttpMethod.Get, With($"api/v1/data"), null, stop);

    /// <summary>Get data days.</summary>
    public Task<DataDaysAnswer> GetDataDaysAsync(long @from, long @to, string? signal = null, int? page = null, int? size = null, CancellationToken stop = default) =>
        AskAsync<DataDaysAnswer>(HttpMethod.Get, With($"api/v1/data/days", ("from", @from), ("to", @to), ("signal", signal), ("page", page), ("size", size)), null, stop);

    /// <summary>Get import.</summary>
    public Task<ImportAnswer> GetImportAsync(long id, CancellationToken stop = default) =>
        AskAsync<ImportAnswer>(HttpMethod.Get, With($"api/v1/imports/{Escaped(id)}"), null, stop);

    /// <summary>Get inventory.</summary>
    public Task<JsonElement> GetInventoryAsync(CancellationToken stop = default) =>
        AskAsync<JsonElement>(HttpMethod.Get, With($"api/v1/public/inventory"), null, stop);

    /// <summary>How a measure is defined, in Markdown.</summary>
    public Task<Stream> OpenMeasureDefinitionAsync(string name, CancellationToken stop = default) =>
        OpenAsync(With($"api/v1/measures/{Escaped(name)}/definition"), "*/*", stop);

    /// <summary>Get proposal.</summary>
    public Task<ProposalAnswer> GetProposalAsync(string id, CancellationToken stop = default) =>
        AskAsync<ProposalAnswer>(HttpMethod.Get, With($"api/v1/signals/{Escaped(id)}/configuration/proposal"), null, stop);

    /// <summary>Get public schema.</summary>
    public Task<Stream> OpenPublicSchemaAsync(string name, CancellationToken stop = default) =>
        OpenAsync(With($"api/v1/public/schemas/{Escaped(name)}"), "application/schema+json", stop);

    /// <summary>Get public status.</summary>
    public Task<Stream> OpenPublicStatusAsync(CancellationToken stop = default) =>
        OpenAsync(With($"api/v1/public/status"), "application/geo+json", stop);

    /// <summary>Signals, or their phases and detectors, ranked by a figure over a time, worst first.</summary>
    public Task<RankingAnswer> GetRankingAsync(string name, long @from, long @to, long? limit = null, CancellationToken stop = default) =>
        AskAsync<RankingAnswer>(HttpMethod.Get, With($"api/v1/rankings/{Escaped(name)}", ("from", @from), ("to", @to), ("limit", limit)), null, stop);

    /// <summary>A proposal: every signal before and after, expected effect, reasons, refusals, assumptions, steps, and what was measured later.</summary>
    public Task<RetimingDetail> GetRetimingAsync(long id, CancellationToken stop = default) =>
        AskAsync<RetimingDetail>(HttpMethod.Get, With($"api/v1/retimings/{Escaped(id)}"), null, stop);

    /// <summary>A file of a proposal: sheets to print, the plan as JSON and as objects of controllers, changes and the way back as text, tables, drawings.</summary>
    public Task<string> GetRetimingFileAsync(long id, string name, CancellationToken stop = default) =>
        AskAsync<string>(HttpMethod.Get, With($"api/v1/retimings/{Escaped(id)}/files/{Escaped(name)}"), null, stop);

    /// <summary>A file of a proposal: sheets to print, the plan as JSON and as objects of controllers, changes and the way back as text, tables, drawings. Read as it comes, in one of text/html, text/csv, text/plain, image/svg+xml.</summary>
    public Task<Stream> OpenRetimingFileAsync(string type, long id, string name, CancellationToken stop = default) =>
        OpenAsync(With($"api/v1/retimings/{Escaped(id)}/files/{Escaped(name)}"), type, stop);

    /// <summary>How far the study is that runs, and how the last one ended.</summary>
    public Task<RetimingStudyStatus> GetRetimingStudyAsync(CancellationToken stop = default) =>
        AskAsync<RetimingStudyStatus>(HttpMethod.Get, With($"api/v1/retimings/study"), null, stop);

    /// <summary>Who is signed in, what they may do, and the token that changes need.</summary>
    public Task<Session> GetSessionAsync(CancellationToken stop = default) =>
        AskAsync<Session>(HttpMethod.Get, With($"api/v1/session"), null, stop);

    /// <summary>Everything known of one signal: phases, overlaps, approaches, detectors, patterns.</summary>
    public Task<Stream> OpenSignalAsync(string id, CancellationToken stop = default) =>
        OpenAsync(With($"api/v1/signals/{Escaped(id)}"), "*/*", stop);

    /// <summary>What every head and detector of a signal shows now.</summary>
    public Task<Stream> OpenSignalStateAsync(string id, CancellationToken stop = default) =>
        OpenAsync(With($"api/v1/signals/{Escaped(id)}/state"), "*/*", stop);

    /// <summary>One signal's rows of a table of measures over a time, computed from its events or read from what is kept.</summary>
    public Task<ColumnsAnswer> GetTableAsync(string id, string table, long @from, long @to, string? bin = null, bool? local = null, string? definitions = null, string? corridor = null, CancellationToken stop = default) =>
        AskAsync<ColumnsAnswer>(HttpMethod.Get, With($"api/v1/signals/{Escaped(id)}/tables/{Escaped(table)}", ("from", @from), ("to", @to), ("bin", bin), ("local", local), ("definitions", definitions), ("corridor", corridor)), null, stop);

    /// <summary>One signal's rows of a table of measures over a time, computed from its events or read from what is kept. Read as it comes, in one of text/csv, application/x-ndjson, application/vnd.apache.parquet.</summary>
    public Task<Stream> OpenTableAsync(string type, string id, string table, long @from, long @to, string? bin = null, bool? local = null, string? definitions = null, string? corridor = null, CancellationToken stop = default) =>
        OpenAsync(With($"api/v1/signals/{Escaped(id)}/tables/{Escaped(table)}", ("from", @from), ("to", @to), ("bin", bin), ("local", local), ("definitions", definitions), ("corridor", corridor)), type, stop);

    /// <summary>A corridor's time-space diagram: real greens both ways, the timing that held, and the bands. At most 6 hours.</summary>
    public Task<TimeSpaceAnswer> GetTimeSpaceAsync(string id, long @from, long @to, CancellationToken stop = default) =>
        AskAsync<TimeSpaceAnswer>(HttpMethod.Get, With($"api/v1/corridors/{Escaped(id)}/time-space", ("from", @from), ("to", @to)), null, stop);

    /// <summary>Import configuration.</summary>
    public Task<ImportPreview> ImportConfigurationAsync(string? signal = null, bool? replaces = null, CancellationToken stop = default) =>
        AskAsync<ImportPreview>(HttpMethod.Post, With($"api/v1/configuration/import", ("signal", signal), ("replaces", replaces)), null, stop);

    /// <summary>Says that the change stays. Written into the audit.</summary>
    public Task<RetimingDetail> KeepRetimingAsync(long id, RetimingStepOrder content, CancellationToken stop = default) =>
        AskAsync<RetimingDetail>(HttpMethod.Post, With($"api/v1/retimings/{Escaped(id)}/keep"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Learn configuration.</summary>
    public Task<ProposalAnswer> LearnConfigurationAsync(string id, CancellationToken stop = default) =>
        AskAsync<ProposalAnswer>(HttpMethod.Post, With($"api/v1/signals/{Escaped(id)}/configuration/proposal"), null, stop);

    /// <summary>List audit.</summary>
    public Task<Stream> OpenListAuditAsync(long? before = null, string? account = null, string? action = null, int? size = null, CancellationToken stop = default) =>
        OpenAsync(With($"api/v1/audit", ("before", before), ("account", account), ("action", action), ("size", size)), "*/*", stop);

    /// <summary>What each event code means, and what its parameter is.</summary>
    public Task<IReadOnlyList<EventCodeAnswer>> ListEventCodesAsync(CancellationToken stop = default) =>
        AskAsync<IReadOnlyList<EventCodeAnswer>>(HttpMethod.Get, With($"api/v1/event-codes"), null, stop);

    /// <summary>Raw events of one signal, in the order of time, code and parameter.</summary>
    public Task<EventsAnswer> ListEventsAsync(string id, long @from, long @to, IReadOnlyList<int>? codes = null, IReadOnlyList<int>? parameter = null, long? limit = null, string? cursor = null, bool? local = null, CancellationToken stop = default) =>
        AskAsync<EventsAnswer>(HttpMethod.Get, With($"api/v1/signals/{Escaped(id)}/events", ("from", @from), ("to", @to), ("codes", codes), ("parameter", parameter), ("limit", limit), ("cursor", cursor), ("local", local)), null, stop);

    /// <summary>Raw events of one signal, in the order of time, code and parameter. Read as it comes, in one of text/csv, application/x-ndjson, application/vnd.apache.parquet.</summary>
    public Task<Stream> OpenEventsAsync(string type, string id, long @from, long @to, IReadOnlyList<int>? codes = null, IReadOnlyList<int>? parameter = null, long? limit = null, string? cursor = null, bool? local = null, CancellationToken stop = default) =>
        OpenAsync(With($"api/v1/signals/{Escaped(id)}/events", ("from", @from), ("to", @to), ("codes", codes), ("parameter", parameter), ("limit", limit), ("cursor", cursor), ("local", local)), type, stop);

    /// <summary>List feeds.</summary>
    public Task<FeedList> ListFeedsAsync(CancellationToken stop = default) =>
        AskAsync<FeedList>(HttpMethod.Get, With($"api/v1/public/feeds"), null, stop);

    /// <summary>What looks wrong in the city, worst first: repeats folded into one, detectors of a silent cabinet left out. Kept ready in the background.</summary>
    public Task<FindingsAnswer> ListFindingsAsync(long? @from = null, long? @to = null, string? @class = null, string? severity = null, string? kind = null, IReadOnlyList<string>? signal = null, long? limit = null, CancellationToken stop = default) =>
        AskAsync<FindingsAnswer>(HttpMethod.Get, With($"api/v1/findings", ("from", @from), ("to", @to), ("class", @class), ("severity", severity), ("kind", kind), ("signal", signal), ("limit", limit)), null, stop);

    /// <summary>List imports.</summary>
    public Task<PageOfImportRow> ListImportsAsync(string? door = null, bool? issues = null, int? page = null, int? size = null, CancellationToken stop = default) =>
        AskAsync<PageOfImportRow>(HttpMethod.Get, With($"api/v1/imports", ("door", door), ("issues", issues), ("page", page), ("size", size)), null, stop);

    /// <summary>The measures with their tables, columns and options.</summary>
    public Task<IReadOnlyList<MeasureAnswer>> ListMeasuresAsync(CancellationToken stop = default) =>
        AskAsync<IReadOnlyList<MeasureAnswer>>(HttpMethod.Get, With($"api/v1/measures"), null, stop);

    /// <summary>List people.</summary>
    public Task<AccountList> ListPeopleAsync(CancellationToken stop = default) =>
        AskAsync<AccountList>(HttpMethod.Get, With($"api/v1/people"), null, stop);

    /// <summary>List public counts.</summary>
    public Task<Stream> OpenListPublicCountsAsync(string? @from = null, string? @to = null, string? signal = null, string? subject = null, int? page = null, int? size = null, CancellationToken stop = default) =>
        OpenAsync(With($"api/v1/public/counts", ("from", @from), ("to", @to), ("signal", signal), ("subject", subject), ("page", page), ("size", size)), "text/csv", stop);

    /// <summary>The figures that signals can be ranked by.</summary>
    public Task<IReadOnlyList<RankingSummary>> ListRankingsAsync(CancellationToken stop = default) =>
        AskAsync<IReadOnlyList<RankingSummary>>(HttpMethod.Get, With($"api/v1/rankings"), null, stop);

    /// <summary>Plans that studies of the logs found, what each corridor lost by its timing in 90 days, and the study that runs.</summary>
    public Task<RetimingsAnswer> ListRetimingsAsync(CancellationToken stop = default) =>
        AskAsync<RetimingsAnswer>(HttpMethod.Get, With($"api/v1/retimings"), null, stop);

    /// <summary>Signals with their class now, by page.</summary>
    public Task<PageOfSignalAnswer> ListSignalsAsync(string? query = null, string? status = null, int? page = null, int? size = null, CancellationToken stop = default) =>
        AskAsync<PageOfSignalAnswer>(HttpMethod.Get, With($"api/v1/signals", ("query", query), ("status", status), ("page", page), ("size", size)), null, stop);

    /// <summary>List source tokens.</summary>
    public Task<SourceTokenList> ListSourceTokensAsync(CancellationToken stop = default) =>
        AskAsync<SourceTokenList>(HttpMethod.Get, With($"api/v1/source-tokens"), null, stop);

    /// <summary>List sources.</summary>
    public Task<PageOfSourceAnswer> ListSourcesAsync(int? page = null, int? size = null, CancellationToken stop = default) =>
        AskAsync<PageOfSourceAnswer>(HttpMethod.Get, With($"api/v1/sources", ("page", page), ("size", size)), null, stop);

    /// <summary>Server-sent events: classes of signals, the clock, versions of tables, the number of findings.</summary>
    public Task<Stream> OpenListenLiveAsync(CancellationToken stop = default) =>
        OpenAsync(With($"api/v1/live"), "*/*", stop);

    /// <summary>Preview retention.</summary>
    public Task<IReadOnlyList<RetentionPlan>> PreviewRetentionAsync(RetentionAsked content, CancellationToken stop = default) =>
        AskAsync<IReadOnlyList<RetentionPlan>>(HttpMethod.Post, With($"api/v1/data/retention/preview"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Stands for a plan that a study found. Written into the audit.</summary>
    public Task<RetimingDetail> ProposeRetimingAsync(long id, RetimingStepOrder content, CancellationToken stop = default) =>
        AskAsync<RetimingDetail>(HttpMethod.Post, With($"api/v1/retimings/{Escaped(id)}/propose"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Put city file.</summary>
    public Task PutCityFileAsync(CancellationToken stop = default) =>
        DoAsync(HttpMethod.Put, With($"api/v1/city/file"), null, stop);

    /// <summary>Put configuration.</summary>
    public Task<ConfigurationAnswer> PutConfigurationAsync(string id, string? starts = null, CancellationToken stop = default) =>
        AskAsync<ConfigurationAnswer>(HttpMethod.Put, With($"api/v1/signals/{Escaped(id)}/configuration", ("starts", starts)), null, stop);

    /// <summary>Remove source.</summary>
    public Task RemoveSourceAsync(long id, CancellationToken stop = default) =>
        DoAsync(HttpMethod.Delete, With($"api/v1/sources/{Escaped(id)}"), null, stop);

    /// <summary>Replace source.</summary>
    public Task ReplaceSourceAsync(long id, SourceRequest content, CancellationToken stop = default) =>
        DoAsync(HttpMethod.Put, With($"api/v1/sources/{Escaped(id)}"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Reset person.</summary>
    public Task ResetPersonAsync(string name, NewPassword content, CancellationToken stop = default) =>
        DoAsync(HttpMethod.Post, With($"api/v1/people/{Escaped(name)}/reset"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Revoke source token.</summary>
    public Task RevokeSourceTokenAsync(string name, CancellationToken stop = default) =>
        DoAsync(HttpMethod.Delete, With($"api/v1/source-tokens/{Escaped(name)}"), null, stop);

    /// <summary>Notes the day in which people put today's timing back. Written into the audit.</summary>
    public Task<RetimingDetail> RollBackRetimingAsync(long id, RetimingStepOrder content, CancellationToken stop = default) =>
        AskAsync<RetimingDetail>(HttpMethod.Post, With($"api/v1/retimings/{Escaped(id)}/roll-back"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Says whether adaptive control is off, looks on in shadow, or runs the made-up town. Written into the audit.</summary>
    public Task<AdaptiveAnswer> SetAdaptiveModeAsync(AdaptiveModeOrder content, CancellationToken stop = default) =>
        AskAsync<AdaptiveAnswer>(HttpMethod.Post, With($"api/v1/adaptive/mode"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Set person roles.</summary>
    public Task SetPersonRolesAsync(string name, RoleList content, CancellationToken stop = default) =>
        DoAsync(HttpMethod.Put, With($"api/v1/people/{Escaped(name)}/roles"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Sets a finding aside for up to 21 days, with a reason of a closed list. Written into the audit.</summary>
    public Task<SnoozeAnswer> SnoozeFindingAsync(string id, SnoozeAnswer content, CancellationToken stop = default) =>
        AskAsync<SnoozeAnswer>(HttpMethod.Post, With($"api/v1/findings/{Escaped(id)}/snooze"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Asks for a study of the logs of the last seven days, in the background. One at a time.</summary>
    public Task<RetimingStudyStatus> StudyRetimingAsync(RetimingOrder content, CancellationToken stop = default) =>
        AskAsync<RetimingStudyStatus>(HttpMethod.Post, With($"api/v1/retimings/study"), System.Net.Http.Json.JsonContent.Create(content, options: s_json), stop);

    /// <summary>Test source.</summary>
    public Task TestSourceAsync(long id, CancellationToken stop = default) =>
        DoAsync(HttpMethod.Post, With($"api/v1/sources/{Escaped(id)}/test"), null, stop);

    /// <summary>Brings a finding back that was set aside. Written into the audit.</summary>
    public Task WakeFindingAsync(string id, CancellationToken stop = default) =>
        DoAsync(HttpMethod.Delete, With($"api/v1/findings/{Escaped(id)}/snooze"), null, stop);
}
