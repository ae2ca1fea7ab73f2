namespace Crosstown.Control.Priority;

/// <summary>A request while it lives, with what was done for it so far.</summary>
internal sealed class PriorityCase(int number, PriorityRequest request, int nowS)
{
    /// <summary>Tells it from other living ones to the generator; reused, and in no log.</summary>
    public int Number { get; } = number;

    public PriorityRequest Request { get; set; } = request;

    public int RequestedS { get; } = nowS;

    public PriorityStatus Status { get; set; } = PriorityStatus.Processing;

    public PriorityKind Kind { get; set; } = PriorityKind.None;

    public int? GrantedS { get; set; }

    public int? GreenS { get; set; }

    /// <summary>When the signal by itself would have let the vehicle leave the stop line at the earliest; null while there is no grant.</summary>
    public int? OwnDepartureS { get; set; }

    /// <summary>When the signal by itself would have ended the green that is held; null while it is not held.</summary>
    public int? OwnEndS { get; set; }

    public int? EndedS { get; set; }

    public PriorityOutcome Outcome { get; set; }

    /// <summary>Seconds that those before it need to leave, as seen when the grant began.</summary>
    public int QueueS { get; set; }

    /// <summary>True once it was near while not all that it wanted was green.</summary>
    public bool HasWaited { get; set; }

    /// <summary>True once it is known what the plan alone would have done.</summary>
    public bool IsJudged { get; set; }

    public bool IsGrant => GrantedS is not null;

    public void Grant(PriorityKind kind, int nowS)
    {
        if (GrantedS is null)
        {
            GrantedS = nowS;
            Kind = kind;
        }

        Status = PriorityStatus.Granted;
    }

    public PriorityRecord Close(string signal, string approach, int? recoveredS) => new()
    {
        Signal = signal,
        Approach = approach,
        Role = Request.Role,
        RequestedS = RequestedS,
        ServiceS = Request.ServiceS,
        Kind = IsGrant ? Kind : Outcome == PriorityOutcome.Passed && !HasWaited ? PriorityKind.NoneNeeded : PriorityKind.None,
        GrantedS = GrantedS,
        GreenS = GreenS,
        EndedS = EndedS!.Value,
        RecoveredS = IsGrant ? recoveredS : null,
        Outcome = Outcome,
        SavedS = !IsGrant ? null : Outcome == PriorityOutcome.Passed && OwnDepartureS is { } own ? Math.Max(0, own - EndedS.Value) : 0,
    };
}
