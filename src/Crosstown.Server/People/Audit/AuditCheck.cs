namespace Crosstown.Server.People.Audit;

/// <summary>What a walk along the audit's chain found.</summary>
/// <param name="Count">Entries that hold.</param>
/// <param name="LastNumber">Number of the last entry that holds; 0 when there is none.</param>
/// <param name="LastHash">Its hash: noted elsewhere, it shows later that the end was not cut off.</param>
/// <param name="BrokenAt">Number of the first entry that does not hold; null when all do.</param>
/// <param name="Why">What is wrong there; null when nothing is.</param>
internal sealed record AuditCheck(long Count, long LastNumber, string LastHash, long? BrokenAt, string? Why);
