using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Logs.Analytics;

namespace Crosstown.Cli.Output;

/// <summary><c>crosstown export --what events --data DIR --format F [--local] --out FILE</c>.</summary>
internal static class EventExportVerb
{
    /// <summary>Writes raw events into one file, which appears when it is whole.</summary>
    /// <param name="signals">Whose events; null for all.</param>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <returns>0 done; 2 a signal is not known; 3 DuckDB's library is not here, or the file cannot be written.</returns>
    /// <exception cref="OperationCanceledException">The work was stopped; no file is left.</exception>
    public static int Run(
        IEventSource source,
        IReadOnlyCollection<SignalId>? signals,
        TimeRange range,
        TableFormat format,
        TimeStyle times,
        string path,
        TextWriter output,
        TextWriter errors,
        CancellationToken stop)
    {
        var known = source.ListSignals();
        var unknown = signals?.Where(s => !known.Contains(s)).ToArray() ?? [];
        if (unknown.Length > 0)
        {
            errors.WriteLine($"XT704 signal: There are no events of {string.Join(", ", unknown)}. There are those of: {string.Join(", ", known)}.");
            return 2;
        }

        try
        {
            using var file = new TableFile(path, EventExport.Schema, format, times);
            var written = EventExport.Write(source, range, signals?.Order() ?? known.AsEnumerable(), file, stop);
            file.Complete();
            file.Publish();
            output.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{written} events written to {path}"));
            return 0;
        }
        catch (Exception e) when (e is ProblemException or AnalyticsException or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine(e.Message);
            return 3;
        }
    }
}
