using Crosstown.Server.People.Audit;

namespace Crosstown.Server.Query;

/// <summary>Writes looks at raw data into the audit.</summary>
internal sealed class AuditRawAccessLog(AuditLog audit) : IRawAccessLog
{
    /// <summary>The audit's word for it.</summary>
    public const string Action = "raw-read";

    /// <inheritdoc/>
    public async ValueTask RecordAsync(RawAccess access, CancellationToken stop) =>
        await audit.AppendAsync(new AuditAct(access.Person, access.Reason, Action, $"signal/{access.Signal}/{access.Table}"), stop);
}
