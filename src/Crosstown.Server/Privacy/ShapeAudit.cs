using System.Collections.Frozen;
using System.Data.Common;
using System.Globalization;
using Crosstown.Server.Store.Records;

namespace Crosstown.Server.Privacy;

/// <summary>Looks in stored tables for columns that are shaped like somebody's identifier: nearly every row another value, or rare values that come again at another signal (rule P21).</summary>
internal static class ShapeAudit
{
    /// <summary>From how many rows on a table says anything about shape.</summary>
    public const int LeastRows = 60;

    /// <summary>Distinct values over rows above which a column could tell single events apart.</summary>
    public const double MostDistinctShare = 0.3;

    /// <summary>A value of at most this many rows is rare.</summary>
    private const int RareRows = 3;

    /// <summary>From how many rare values on that come again at a second signal a column follows somebody.</summary>
    private const int LeastRecurring = 5;

    /// <summary>Columns that tell rows apart because that is what they are for, as <c>table.column</c>; each holds times, numbers of rows, or hashes of the program's own.</summary>
    private static readonly FrozenSet<string> s_listed = new[]
    {
        "audit_entry.number", "audit_entry.time_ms", "audit_entry.hash", "audit_entry.previous_hash", "audit_entry.before_hash", "audit_entry.after_hash", "audit_entry.subject",
        "account.id", "account.name", "account.normalized_name", "account.subject", "account.password_hash", "account.stamp", "account.created_ms", "account.last_sign_in_ms", "account.second_factor_key",
        "session.key_hash", "session.started_ms", "session.seen_ms", "session.stamp", "recovery_code.code_hash", "source_token.token_hash", "source_token.name", "source_token.id",
        "source.id", "source.signal", "source.address", "source_position.source_id", "source_position.position", "source_position.saved_ms", "schema_step.checksum",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Columns of counts and times, of which every row may have another value without being about anybody.</summary>
    private static readonly string[] s_measuring =
        ["_ms", "count", "bytes", "events", "seconds", "rows", "number", "day", "share", "gaps", "issues", "duplicates", "files", "position"];

    /// <summary>What is found, one sentence a column; empty when all is well.</summary>
    public static IReadOnlyList<string> ListFindings(DbConnection connection, RecordDialect dialect)
    {
        var findings = new List<string>();
        foreach (var table in ServerInventory.ListRelations(connection, dialect))
        {
            var rows = Scalar(connection, $"select count(*) from {table.Name}");
            if (rows < LeastRows)
            {
                continue;
            }

            var hasSignal = table.Fields.Any(f => f.Name == "signal");
            foreach (var column in table.Fields.Select(f => f.Name).Where(c => !s_listed.Contains($"{table.Name}.{c}")))
            {
                var isMeasuring = s_measuring.Any(m => column.EndsWith(m, StringComparison.Ordinal));
                var distinct = Scalar(connection, $"select count(distinct {column}) from {table.Name}");
                if (!isMeasuring && column != "signal" && distinct > MostDistinctShare * rows)
                {
                    findings.Add(string.Create(CultureInfo.InvariantCulture, $"{table.Name}.{column} has {distinct} values in {rows} rows"));
                }

                if (hasSignal && !isMeasuring && column != "signal")
                {
                    var recurring = Scalar(
                        connection, $"select count(*) from (select {column} from {table.Name} where {column} is not null group by {column} having count(*) <= {RareRows} and count(distinct signal) >= 2) rare");
                    if (recurring >= LeastRecurring)
                    {
                        findings.Add(string.Create(CultureInfo.InvariantCulture, $"{table.Name}.{column} has {recurring} rare values that come again at another signal"));
                    }
                }
            }
        }

        return findings;
    }

    private static long Scalar(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
