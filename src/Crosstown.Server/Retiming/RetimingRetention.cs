using Crosstown.Server.Data;

namespace Crosstown.Server.Retiming;

/// <summary>Proposals of new timing and what corridors lose: 90 days where nobody acted on them, as long as the audit where somebody did.</summary>
internal sealed class RetimingRetention(RetimingRecords records) : IRetention
{
    public string Kind => "retimings";

    public RetentionPlan Plan(long nowMs, int? keptDays = null)
    {
        var beforeMs = nowMs - (RetimingRecords.UntakenDays * DayCoverage.DayMs);
        var (due, oldest) = records.CountUntaken(beforeMs);
        return new RetentionPlan(Kind, RetimingRecords.UntakenDays, RetimingRecords.UntakenDays, beforeMs, due, null, oldest is { } ms ? ms + (RetimingRecords.UntakenDays * DayCoverage.DayMs) : null);
    }

    public Task<long> DeleteAsync(long nowMs, CancellationToken stop) =>
        records.DeleteAsync(nowMs - (RetimingRecords.UntakenDays * DayCoverage.DayMs), nowMs - (RetimingRecords.KeptDays * DayCoverage.DayMs), stop);
}
