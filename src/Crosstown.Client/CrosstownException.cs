using System.Net;

namespace Crosstown.Client;

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Code">Stable code, <c>XT</c> and three digits.</param>
/// <param name="Where">The parameter or field that is meant.</param>
/// <param name="Message">What is wrong, with the value and the limit.</param>
public sealed record CrosstownProblem(string Code, string Where, string Message);

/// <summary>The server refused a request; all that is wrong with it is listed.</summary>
public sealed class CrosstownException(HttpStatusCode status, string title, IReadOnlyList<CrosstownProblem> problems) : Exception(title)
{
    /// <summary>The answer's status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>What is wrong; empty when the server did not say more than the status.</summary>
    public IReadOnlyList<CrosstownProblem> Problems { get; } = problems;
}
