using Crosstown.Core.Street;

namespace Crosstown.Server.Retiming;

/// <summary>Somebody who is told what a study of the made-up town found.</summary>
internal interface IRetimingAudience
{
    /// <summary>Called once the proposal is kept, on the thread of studies.</summary>
    /// <param name="corridors">The town's streets.</param>
    /// <param name="stop">Ends it early.</param>
    void Tell(RetimingAnswer answer, IReadOnlyList<Corridor> corridors, CancellationToken stop);
}
