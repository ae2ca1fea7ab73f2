using Crosstown.Core.Data;
using Microsoft.AspNetCore.Http;

namespace Crosstown.Server.Api;

/// <summary>Problems as <c>application/problem+json</c>: each says what is wrong, with the value and the limit, and how to mend it.</summary>
internal static class ApiProblem
{
    /// <summary>For an address that leads nowhere: the same for everybody, so that it tells nothing of what others may reach.</summary>
    public static IResult NothingHere() => Of(StatusCodes.Status404NotFound, "XT420", "address", "There is nothing at this address.");

    public static IResult NoSignal(string id) => Of(StatusCodes.Status404NotFound, "XT401", "signal", $"There is no signal '{id}'.");

    /// <summary>All that is wrong with a request's parameters: 404 where something named does not exist, else 400.</summary>
    public static IResult OfRequest(IReadOnlyList<Problem> problems) =>
        Of(problems.Any(p => p.Code is "XT403" or "XT411" or "XT412") ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest, problems);

    public static IResult Of(int status, string code, string where, string message) => Of(status, [new Problem(code, where, message)]);

    /// <summary>All problems of a request at once; the first is the title.</summary>
    public static IResult Of(int status, IReadOnlyList<Problem> problems) => Results.Problem(
        statusCode: status,
        title: problems[0].Message,
        type: $"/docs/problems#{problems[0].Code}",
        extensions: new Dictionary<string, object?> { ["problems"] = problems.Select(p => new { code = p.Code, where = p.Where, message = p.Message }).ToArray() });
}
