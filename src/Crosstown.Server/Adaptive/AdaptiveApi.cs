using Crosstown.Server.Api;
using Crosstown.Server.People;
using Crosstown.Server.People.Audit;
using Crosstown.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Adaptive;

/// <summary>Plan against adaptive control, side by side in the made-up town. On a real city nothing runs, and nothing can be begun.</summary>
internal static class AdaptiveApi
{
    private const long MostBodyBytes = 1024;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/adaptive", (IServiceProvider services) => Results.Ok(Find(services)?.Answer ?? AdaptiveTown.Nothing(isTown: false, AdaptiveMode.Off))).RequireRole(Role.View)
            .WithName("getAdaptive").WithTags("adaptive")
            .WithSummary("Plan against adaptive control in the made-up town: delay, stops and waits of both by signal and corridor, what it would do, when it let go, and the trial.")
            .Produces<AdaptiveAnswer>();
        api.MapGet("/adaptive/bars", (IServiceProvider services) => Results.Ok(Find(services)?.Bars ?? new AdaptiveBarsAnswer(0, null, []))).RequireRole(Role.View)
            .WithName("getAdaptiveBars").WithTags("adaptive")
            .WithSummary("What every signal of the made-up town showed in the last minutes, under both.")
            .Produces<AdaptiveBarsAnswer>();
        api.MapPost("/adaptive/mode", SetModeAsync).RequireRole(Role.Operate).WithName("setAdaptiveMode").WithTags("adaptive")
            .WithSummary("Says whether adaptive control is off, looks on in shadow, or runs the made-up town. Written into the audit.")
            .WithMetadata(new RequestSizeLimitAttribute(MostBodyBytes))
            .Produces<AdaptiveAnswer>().Problems(StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict);
        api.MapPost("/adaptive/trial", BeginTrialAsync).RequireRole(Role.Operate).WithName("beginAdaptiveTrial").WithTags("adaptive")
            .WithSummary("Tries hours of the town's past day under both, in the background. One at a time. Written into the audit.")
            .WithMetadata(new RequestSizeLimitAttribute(MostBodyBytes))
            .Produces<AdaptiveAnswer>(StatusCodes.Status202Accepted).Problems(StatusCodes.Status409Conflict);
    }

    private static AdaptiveTown? Find(IServiceProvider services) => services.GetService<AdaptiveTown>();

    private static async Task<IResult> SetModeAsync(AdaptiveModeOrder body, HttpContext context, AuditLog audit)
    {
        if (EnumWord.Find<AdaptiveMode>(body.Mode ?? "") is not { } mode)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, "XT800", "mode", $"'{RequestReader.Shown(body.Mode ?? "")}' is none of off, shadow, live.");
        }

        if (Find(context.RequestServices) is not { } town)
        {
            return NoTown();
        }

        await audit.AppendAsync(
            new AuditAct(context.User.Identity?.Name ?? "", "demonstration", "adaptive-mode", "adaptive/mode") { BeforeHash = AuditLog.HashOf(EnumWord.Of(town.Mode)), AfterHash = AuditLog.HashOf(EnumWord.Of(mode)) },
            context.RequestAborted);
        town.Mode = mode;
        return Results.Ok(town.Answer);
    }

    private static async Task<IResult> BeginTrialAsync(HttpContext context, AuditLog audit)
    {
        if (Find(context.RequestServices) is not { } town)
        {
            return NoTown();
        }

        if (!town.BeginTrial())
        {
            return ApiProblem.Of(StatusCodes.Status409Conflict, "XT802", "trial", "A trial runs already, and there is one at a time: wait until it has ended.");
        }

        await audit.AppendAsync(new AuditAct(context.User.Identity?.Name ?? "", "demonstration", "adaptive-trial", "adaptive/trial"), context.RequestAborted);
        return Results.Accepted("/api/v1/adaptive", town.Answer);
    }

    private static IResult NoTown() => ApiProblem.Of(
        StatusCodes.Status409Conflict, "XT801", "adaptive", "This is a real city: the server commands no signal. Shadow and advice go through the sender, a program of its own that a person starts.");
}
