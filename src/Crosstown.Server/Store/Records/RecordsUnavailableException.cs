using Crosstown.Core.Data;

namespace Crosstown.Server.Store.Records;

/// <summary>The database did not take a change, or could not be asked. Nothing of the change was kept.</summary>
/// <param name="problem">What to tell whoever asked.</param>
/// <param name="isFull">True when the disk has no room; the same change may be tried again once it has.</param>
/// <param name="cause">What the database said, for the log.</param>
internal sealed class RecordsUnavailableException(Problem problem, bool isFull, Exception? cause)
    : IOException($"{problem.Code} {problem.Where}: {problem.Message}", cause)
{
    public Problem Problem { get; } = problem;

    public bool IsFull { get; } = isFull;
}
