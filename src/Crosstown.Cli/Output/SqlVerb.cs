using Crosstown.Core.Data;
using Crosstown.Logs;
using Crosstown.Logs.Analytics;

namespace Crosstown.Cli.Output;

/// <summary><c>crosstown sql "select …" --data DIR</c>.</summary>
internal static class SqlVerb
{
    /// <summary>Writes a query's rows, and what is wrong to <paramref name="errors"/>.</summary>
    /// <returns>0 done; 1 done, with files that could not be asked; 2 the query is wrong or refused; 3 DuckDB's library is not here.</returns>
    /// <exception cref="OperationCanceledException">The query was stopped.</exception>
    public static int Run(
        string dataFolder, IEventSource events, string sql, SqlFormat format, TextWriter output, TextWriter errors, CancellationToken stop)
    {
        try
        {
            var answer = SqlQuery.Run(AnalyticsEngine.Load(), dataFolder, events, sql, format, output, stop);
            foreach (var note in answer.Notes)
            {
                errors.WriteLine(note);
            }

            return answer.Notes.IsEmpty ? 0 : 1;
        }
        catch (ProblemException e)
        {
            errors.WriteLine(e.Message);
            return e.Problems.Any(p => p.Code == AnalyticsEngine.MissingCode) ? 3 : 2;
        }
    }
}
