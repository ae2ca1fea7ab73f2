using System.Data.Common;
using Crosstown.Core.Data;
using Dapper;

namespace Crosstown.Server.Store.Records;

/// <summary>Brings a database's tables up to the program's steps, each step whole or not at all, and refuses a database that does not fit.</summary>
internal sealed class Schema(RecordDialect dialect, string where, TimeProvider time)
{
    /// <exception cref="ProblemException">A step that was applied is now another or unknown.</exception>
    public void Upgrade(Func<(DbConnection Connection, DbTransaction Transaction)> begin, IReadOnlyList<Migration> migrations)
    {
        InTransaction(begin, (connection, transaction) => connection.Execute(
            "create table if not exists schema_step (number bigint not null primary key, name text not null, checksum text not null, applied_ms bigint not null, program text not null)",
            transaction: transaction));
        var applied = InTransaction(begin, ListApplied);
        var problems = applied.SelectMany(a => Compare(a, migrations.SingleOrDefault(m => m.Number == a.Number))).ToArray();
        if (problems.Length > 0)
        {
            throw new ProblemException(problems);
        }

        // Each part of the program has numbers of its own, so that a step may come after one of a higher number.
        foreach (var migration in migrations.OrderBy(m => m.Number).Where(m => applied.All(a => a.Number != m.Number)))
        {
            InTransaction(begin, (connection, transaction) => Apply(connection, transaction, migration));
        }
    }

    private IEnumerable<Problem> Compare(Applied applied, Migration? known)
    {
        if (known is null)
        {
            yield return new Problem("XT351", where, $"The database has step {applied.Number} ({applied.Name}), which this program does not know: a newer program has made it. Use that one, or restore a backup from before.");
        }
        else if (known.Checksum != applied.Checksum)
        {
            yield return new Problem("XT350", where, $"Step {applied.Number} ({applied.Name}) was applied with checksum {applied.Checksum[..12]}, and is {known.Checksum[..12]} in this program. An applied step may not change; use the program that the database was made with.");
        }
    }

    private int Apply(DbConnection connection, DbTransaction transaction, Migration migration)
    {
        // Another process may have been faster between our look and our turn.
        if (ListApplied(connection, transaction).Any(a => a.Number == migration.Number))
        {
            return 0;
        }

        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = migration.For(dialect);
        command.ExecuteNonQuery();
        return connection.Execute(
            "insert into schema_step (number, name, checksum, applied_ms, program) values (@Number, @Name, @Checksum, @appliedMs, @program)",
            new
            {
                Number = (long)migration.Number,
                migration.Name,
                migration.Checksum,
                appliedMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
                program = ProgramVersion.Text,
            },
            transaction);
    }

    private static Applied[] ListApplied(DbConnection connection, DbTransaction transaction) =>
        [.. connection.Query<Applied>("select number as Number, name as Name, checksum as Checksum from schema_step order by number", transaction: transaction)];

    private static T InTransaction<T>(Func<(DbConnection Connection, DbTransaction Transaction)> begin, Func<DbConnection, DbTransaction, T> work)
    {
        var (connection, transaction) = begin();
        using (connection)
        using (transaction)
        {
            var result = work(connection, transaction);
            transaction.Commit();
            return result;
        }
    }

    private sealed record Applied(long Number, string Name, string Checksum);
}
