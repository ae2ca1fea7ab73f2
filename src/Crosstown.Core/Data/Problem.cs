namespace Crosstown.Core.Data;

/// <summary>Why a request cannot be carried out, and how to mend it. All of a request's problems are reported at once.</summary>
/// <param name="Code">Stable code, <c>XT</c> and three digits, that documentation and scripts refer to.</param>
/// <param name="Where">The file, option or field that is meant.</param>
/// <param name="Message">What is wrong, with the value and the limit, and how to fix it.</param>
public sealed record Problem(string Code, string Where, string Message);

/// <summary>Carries problems from where they are found to the edge that reports them.</summary>
public sealed class ProblemException(IReadOnlyList<Problem> problems)
    : Exception(string.Join(Environment.NewLine, problems.Select(p => $"{p.Code} {p.Where}: {p.Message}")))
{
    public IReadOnlyList<Problem> Problems { get; } = problems;

    public ProblemException(string code, string where, string message)
        : this([new Problem(code, where, message)])
    {
    }
}
