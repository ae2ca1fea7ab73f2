using System.Collections.Immutable;

namespace Crosstown.Server.Retiming;

/// <summary>Where a proposal stands.</summary>
internal enum RetimingState
{
    /// <summary>A study found it; nobody has taken it up.</summary>
    Found,

    /// <summary>An engineer stands for it.</summary>
    Proposed,

    /// <summary>Another person has agreed.</summary>
    Approved,

    /// <summary>People have changed the cabinets.</summary>
    InField,

    /// <summary>It stays in the cabinets.</summary>
    Kept,

    /// <summary>Today's timing was put back.</summary>
    RolledBack,

    /// <summary>It is not wanted.</summary>
    Declined,
}

/// <summary>What people do with a proposal. None of it sends anything to a cabinet (rule C01).</summary>
internal enum RetimingAct
{
    Propose,

    Approve,

    Decline,

    EnterField,

    Keep,

    RollBack,
}

/// <summary>How a proposal gets from one state to the next: in this order alone, and never past the second person (rule C11).</summary>
internal static class RetimingSteps
{
    /// <summary>Why somebody does something, by act: a closed list, so that no text of anybody's is kept.</summary>
    public static ImmutableArray<string> ReasonsOf(RetimingAct act) => act switch
    {
        RetimingAct.Propose => ["loses-time", "complaints", "traffic-changed", "routine-review", "demonstration"],
        RetimingAct.Approve => ["sheets-checked", "field-checked", "demonstration"],
        RetimingAct.Decline => ["too-little-gain", "facts-are-wrong", "street-changes-soon", "newer-proposal", "demonstration"],
        RetimingAct.EnterField => ["cabinets-changed", "demonstration"],
        RetimingAct.Keep => ["measured-better", "seen-better", "demonstration"],
        _ => ["measured-worse", "seen-worse", "complaints", "cabinet-fault", "demonstration"],
    };

    /// <summary>The state after an act; null where the act is not possible.</summary>
    public static RetimingState? After(RetimingState state, RetimingAct act) => (state, act) switch
    {
        (RetimingState.Found, RetimingAct.Propose) => RetimingState.Proposed,
        (RetimingState.Proposed, RetimingAct.Approve) => RetimingState.Approved,
        (RetimingState.Approved, RetimingAct.EnterField) => RetimingState.InField,
        (RetimingState.InField, RetimingAct.Keep) => RetimingState.Kept,
        (RetimingState.InField, RetimingAct.RollBack) => RetimingState.RolledBack,
        (RetimingState.Found or RetimingState.Proposed or RetimingState.Approved, RetimingAct.Decline) => RetimingState.Declined,
        _ => null,
    };

    /// <summary>Acts that are possible, whoever does them.</summary>
    public static ImmutableArray<RetimingAct> From(RetimingState state) => [.. Enum.GetValues<RetimingAct>().Where(a => After(state, a) is not null)];

    /// <summary>Whether a person may approve what another one proposed: nobody approves their own. Names of accounts are the same in any case of letters.</summary>
    public static bool MayApprove(string? proposedBy, string account) => proposedBy is not null && !string.Equals(proposedBy, account, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the act happens on a day that somebody enters: the cabinets' change.</summary>
    public static bool HasDay(RetimingAct act) => act is RetimingAct.EnterField or RetimingAct.RollBack;
}
