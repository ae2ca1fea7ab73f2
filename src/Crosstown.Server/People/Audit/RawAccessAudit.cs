using Crosstown.Server.Query;

namespace Crosstown.Server.People.Audit;

/// <summary>Writes into the audit who looked at raw data of a signal, and for which reason.</summary>
internal sealed class RawAccessAudit(AuditLog audit) : IRawAccessLog
{
    /// <summary>The audit's word for it.</summary>
    public const string Action = "raw-access";

    /// <inheritdoc/>
    public async ValueTask RecordAsync(RawAccess access, CancellationToken stop) =>
        await audit.AppendAsync(new AuditAct(access.Person, access.Reason, Action, $"signal/{access.Signal.Value}/{access.Table}"), stop).ConfigureAwait(false);
}
