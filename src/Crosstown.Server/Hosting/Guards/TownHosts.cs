using Crosstown.Server.Api;
using Crosstown.Server.People;
using Microsoft.AspNetCore.Http;

namespace Crosstown.Server.Hosting.Guards;

/// <summary>Answers in the made-up town only to this machine's own names. A page elsewhere can point a name of its own at this machine, but not change what it is called.</summary>
internal sealed class TownHosts(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) => TownVisitor.IsLoopback(context.Request.Host.Host)
        ? next(context)
        : ApiProblem.Of(StatusCodes.Status421MisdirectedRequest, "XT356", "Host", "The made-up town is only served as localhost or 127.0.0.1.").ExecuteAsync(context);
}
