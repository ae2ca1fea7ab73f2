using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Guard;

/// <summary>Which refusals an engineer may answer with a note.</summary>
public static class NeededNotes
{
    /// <summary>The note that would answer a refusal; null for one that no note answers.</summary>
    public static NoteKind? KindFor(GuardProblem problem) => problem.Code switch
    {
        "XT629" => NoteKind.PedestriansByOverride,
        "XT636" => NoteKind.LessThanToday,
        "XT640" => NoteKind.QueueBeyondStorage,
        "XT641" => NoteKind.NearCapacity,
        _ => null,
    };
}
