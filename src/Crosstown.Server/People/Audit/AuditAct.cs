namespace Crosstown.Server.People.Audit;

/// <summary>What somebody did, to be written into the audit for good.</summary>
/// <param name="Account">Name of the account, or of the source's token, that did it; <c>system</c> for the program itself, <c>console</c> for the command line.</param>
/// <param name="Reason">Why, one word of a closed list such as <c>maintenance</c>: lower-case letters, digits and '-'.</param>
/// <param name="Action">What was done, such as <c>configuration-replace</c>: lower-case letters, digits and '-'.</param>
/// <param name="Subject">To what: an id such as <c>signal/7185</c>; letters, digits, and '/', '.', '_', '-', ':', ','.</param>
internal sealed record AuditAct(string Account, string Reason, string Action, string Subject)
{
    /// <summary>SHA-256 of what was there before, hexadecimal (<see cref="AuditLog.HashOf(string)"/>); empty when nothing was or nothing changed.</summary>
    public string BeforeHash { get; init; } = "";

    /// <summary>SHA-256 of what is there now, hexadecimal; empty when nothing is or nothing changed.</summary>
    public string AfterHash { get; init; } = "";
}
