using System.Globalization;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Server.Api;
using Crosstown.Server.City;
using Crosstown.Server.Hosting;
using Crosstown.Server.People;
using Crosstown.Server.People.Audit;
using Crosstown.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Crosstown.Server.Retiming;

/// <summary>All proposals, and what corridors lose.</summary>
/// <param name="Items">The newest first.</param>
/// <param name="Losses">Of 90 days, the newest study first.</param>
/// <param name="Study">The study that runs or ran last.</param>
/// <param name="Night">The local time of the night's study, such as <c>03:00</c>; null for none.</param>
internal sealed record RetimingsAnswer(IReadOnlyList<RetimingRow> Items, IReadOnlyList<RetimingLoss> Losses, RetimingStudyStatus Study, string? Night);

/// <summary>What can be done next.</summary>
/// <param name="Act">The step.</param>
/// <param name="State">Where it leads.</param>
/// <param name="Role">Who may take it.</param>
/// <param name="Reasons">Why it may be taken: one of these is given with it.</param>
/// <param name="HasDay">Whether the local day in the field is given with it.</param>
/// <param name="Hindrance">Why the account that asks cannot take it, in words; null when nothing but its role decides.</param>
internal sealed record RetimingPossible(RetimingAct Act, RetimingState State, string Role, IReadOnlyList<string> Reasons, bool HasDay, string? Hindrance);

/// <summary>A proposal with everything that is said of it.</summary>
/// <param name="Order">What was asked for.</param>
/// <param name="Steps">What people did with it, the first first.</param>
/// <param name="Files">What can be taken home.</param>
/// <param name="Possible">What can be done next; empty at the end.</param>
internal sealed record RetimingDetail(
    RetimingRow Proposal, RetimingOrder Order, RetimingContent Content, IReadOnlyList<RetimingStepRow> Steps, IReadOnlyList<RetimingFileRow> Files, IReadOnlyList<RetimingPossible> Possible);

/// <summary>Why a step is taken.</summary>
/// <param name="Reason">One of the step's closed list.</param>
/// <param name="Day">The local day in which cabinets were changed, yyyy-mm-dd; for the steps in the field.</param>
internal sealed record RetimingStepOrder(string? Reason = null, string? Day = null);

/// <summary>Better timing from the server's own logs: studies, proposals, and the steps that two people take with them.</summary>
internal static class RetimingApi
{
    private const long MostBodyBytes = 8192;
    private const int MostItems = 200;
    private const long DayMs = 86_400_000;

    private static readonly ApiParameter s_id = new("id", ParameterKind.Whole, "The proposal.") { In = "path", IsRequired = true, Least = 1, Example = "1" };
    private static readonly ApiParameter s_file = new("name", ParameterKind.Name, "Name of a file, as the proposal lists it.") { In = "path", IsRequired = true, Example = RetimingDocuments.Changes };

    private static readonly (RetimingAct Act, string Path, string Name, Role Role, string Summary)[] s_steps =
    [
        (RetimingAct.Propose, "propose", "proposeRetiming", Role.Operate, "Stands for a plan that a study found."),
        (RetimingAct.Approve, "approve", "approveRetiming", Role.Approve, "Agrees to what another person proposed: nobody approves their own."),
        (RetimingAct.Decline, "decline", "declineRetiming", Role.Operate, "Sets a plan aside for good, before it is in the field."),
        (RetimingAct.EnterField, "field", "enterRetiming", Role.Operate, "Notes the day in which people changed the cabinets. Nothing is sent to them."),
        (RetimingAct.Keep, "keep", "keepRetiming", Role.Operate, "Says that the change stays."),
        (RetimingAct.RollBack, "roll-back", "rollBackRetiming", Role.Operate, "Notes the day in which people put today's timing back."),
    ];

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/retimings", List).RequireRole(Role.View).WithName("listRetimings").WithTags("retimings")
            .WithSummary("Plans that studies of the logs found, what each corridor lost by its timing in 90 days, and the study that runs.")
            .Produces<RetimingsAnswer>();
        api.MapGet("/retimings/study", (RetimingBoard board) => Results.Ok(board.Status)).RequireRole(Role.View).WithName("getRetimingStudy").WithTags("retimings")
            .WithSummary("How far the study is that runs, and how the last one ended.")
            .Produces<RetimingStudyStatus>();
        api.MapPost("/retimings/study", AskAsync).RequireRole(Role.Operate).WithName("studyRetiming").WithTags("retimings")
            .WithSummary("Asks for a study of the logs of the last seven days, in the background. One at a time.")
            .WithMetadata(new RequestSizeLimitAttribute(MostBodyBytes))
            .Produces<RetimingStudyStatus>(StatusCodes.Status202Accepted).Problems(StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict);
        api.MapGet("/retimings/{id}", Get).RequireRole(Role.View).WithName("getRetiming").WithTags("retimings")
            .WithSummary("A proposal: every signal before and after, expected effect, reasons, refusals, assumptions, steps, and what was measured later.")
            .Takes(s_id).Produces<RetimingDetail>().Problems(StatusCodes.Status404NotFound);
        api.MapGet("/retimings/{id}/files/{name}", GetFile).RequireRole(Role.View).WithName("getRetimingFile").WithTags("retimings")
            .WithSummary("A file of a proposal: sheets to print, the plan as JSON and as objects of controllers, changes and the way back as text, tables, drawings.")
            .Takes(s_id, s_file).WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), [.. RetimingDocuments.Types])).Problems(StatusCodes.Status404NotFound);
        foreach (var (act, path, name, role, summary) in s_steps)
        {
            api.MapPost($"/retimings/{{id}}/{path}", (long id, RetimingStepOrder body, HttpContext context, RetimingRecords records, RetimingBoard board, ServerSettings settings) => StepAsync(id, act, body, context, records, board, settings))
                .RequireRole(role).WithName(name).WithTags("retimings").WithSummary($"{summary} Written into the audit.")
                .Takes(s_id).WithMetadata(new RequestSizeLimitAttribute(MostBodyBytes))
                .Produces<RetimingDetail>().Problems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        }
    }

    private static IResult List(RetimingRecords records, RetimingBoard board, RetimingSettings night, TimeProvider time) => Results.Ok(new RetimingsAnswer(
        records.List(MostItems),
        records.ListLosses(time.GetUtcNow().ToUnixTimeMilliseconds() - (RetimingRecords.UntakenDays * DayMs)),
        board.Status, night.Night?.ToString("HH:mm", CultureInfo.InvariantCulture)));

    private static async Task<IResult> AskAsync(RetimingOrder body, HttpContext context, RetimingBoard board, CityModel city, AuditLog audit)
    {
        try
        {
            body.ToOptions();
            body.FindCorridor(city.Now.Corridors);
        }
        catch (ProblemException e)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, e.Problems);
        }

        if (!board.Ask(body, RetimingOrigin.Request))
        {
            return ApiProblem.Of(StatusCodes.Status409Conflict, "XT778", "study", "A study waits or runs already, and there is one at a time: ask again when it has ended.");
        }

        await audit.AppendAsync(new AuditAct(context.User.Identity?.Name ?? "", "study", "retiming-study", "retiming/study"), context.RequestAborted);
        return Results.Accepted("/api/v1/retimings/study", board.Status);
    }

    private static IResult Get(long id, HttpContext context, RetimingRecords records, ServerSettings settings, IOptions<JsonOptions> json) =>
        records.Find(id) is { } row ? new JsonAnswer(new CachedAnswer(JsonSerializer.SerializeToUtf8Bytes(Detail(row, context, records, settings), json.Value.SerializerOptions), 0)) : NoProposal(id);

    private static RetimingDetail Detail(RetimingRow row, HttpContext context, RetimingRecords records, ServerSettings settings)
    {
        var (content, order, steps, files) = records.Open(row.Id);
        var account = context.User.Identity?.Name ?? "";
        var possible = RetimingSteps.From(row.State).Select(act => new RetimingPossible(
            act, RetimingSteps.After(row.State, act)!.Value, Access.PolicyOf(s_steps.First(s => s.Act == act).Role), RetimingSteps.ReasonsOf(act), RetimingSteps.HasDay(act),
            act == RetimingAct.Approve && !RetimingSteps.MayApprove(row.ProposedBy, account) ? SamePerson(settings.IsTown) : null));
        return new RetimingDetail(row, order, content, steps, files, [.. possible]);
    }

    private static IResult GetFile(long id, string name, HttpContext context, RetimingRecords records)
    {
        if (RetimingDocuments.TypeOf(name) is not { } type || records.FindFile(id, name) is not { } content)
        {
            return ApiProblem.Of(StatusCodes.Status404NotFound, "XT775", "name", string.Create(CultureInfo.InvariantCulture, $"Proposal {id} has no file '{RequestReader.Shown(name)}'."));
        }

        // A plan never changes once it is written.
        context.Response.Headers.CacheControl = "private, max-age=86400, immutable";
        return type.StartsWith("image/", StringComparison.Ordinal) ? Results.Bytes(content, type) : Results.File(content, type, string.Create(CultureInfo.InvariantCulture, $"retiming-{id}-{name}"));
    }

    private static async Task<IResult> StepAsync(long id, RetimingAct act, RetimingStepOrder body, HttpContext context, RetimingRecords records, RetimingBoard board, ServerSettings settings)
    {
        if (records.Find(id) is not { } row)
        {
            return NoProposal(id);
        }

        var problems = new List<Problem>();
        if (body.Reason is null || !RetimingSteps.ReasonsOf(act).Contains(body.Reason))
        {
            problems.Add(new Problem("XT779", "reason", $"'{RequestReader.Shown(body.Reason ?? "")}' is none of {string.Join(", ", RetimingSteps.ReasonsOf(act))}."));
        }

        var day = RetimingSteps.HasDay(act) ? ReadDay(body.Day, row, board, problems) : null;
        if (problems.Count > 0)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, problems);
        }

        switch (await records.StepAsync(id, act, context.User.Identity?.Name ?? "", body.Reason!, day, context.RequestAborted))
        {
            case RetimingStepRefusal.NotThere:
                return NoProposal(id);
            case RetimingStepRefusal.NotPossible:
                return ApiProblem.Of(StatusCodes.Status409Conflict, "XT777", "state", $"It is {Words(records.Find(id)?.State ?? row.State)} now, and from there no step leads to this. Load it again to see what can be done.");
            case RetimingStepRefusal.SamePerson:
                return ApiProblem.Of(StatusCodes.Status403Forbidden, "XT776", "account", SamePerson(settings.IsTown));
            default:
                if (act == RetimingAct.EnterField)
                {
                    board.AskEffect(id);
                }

                return Results.Ok(Detail(records.Find(id)!, context, records, settings));
        }
    }

    /// <summary>The day in the field: not before the plan was made or the cabinets were changed, and not after today.</summary>
    private static DateOnly? ReadDay(string? text, RetimingRow row, RetimingBoard board, List<Problem> problems)
    {
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            problems.Add(new Problem("XT779", "day", $"'{RequestReader.Shown(text ?? "")}' is no day; write it as 2026-05-13."));
            return null;
        }

        var first = row.FieldDay is { } changed ? DateOnly.ParseExact(changed, "yyyy-MM-dd", CultureInfo.InvariantCulture) : board.DayOf(row.MadeMs);
        var today = board.Today;
        if (day < first || day > today)
        {
            problems.Add(new Problem("XT779", "day", string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd} does not lie between {first:yyyy-MM-dd} and today, {today:yyyy-MM-dd}.")));
        }

        return day;
    }

    private static string Words(RetimingState state) => EnumWord.Of(state).Replace('-', ' ');

    private static string SamePerson(bool isTown) => isTown
        ? "Two people are needed: who proposed a plan cannot approve it. In this made-up town everybody is the same visitor, so that nothing is approved here; in a city another person with the role approve does it."
        : "Two people are needed: you proposed this plan, so that another person with the role approve has to agree.";

    private static IResult NoProposal(long id) => ApiProblem.Of(StatusCodes.Status404NotFound, "XT775", "id", string.Create(CultureInfo.InvariantCulture, $"There is no proposal {id}; what nobody takes up is kept for {RetimingRecords.UntakenDays} days."));
}
