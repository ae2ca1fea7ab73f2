using Crosstown.Server.Imports;
using Crosstown.Server.Measuring;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Core.Tables;
using Crosstown.Logs.Store;
using Crosstown.Measures;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Options;

namespace Crosstown.Bench;

/// <summary>Our tables under the peer's definitions against the peer's own files, line by line.</summary>
internal static class PeerBench
{
    public static bool Run(string? shared)
    {
        if (shared is null)
        {
            Console.WriteLine("       The peer's files are part of the reference data; nothing to compare.");
            return true;
        }

        var sample = Path.Combine(shared, "data", "hires", "odot-3h");
        var folder = Directory.CreateTempSubdirectory("crosstown-bench-").FullName;
        try
        {
            var issues = new DataIssueLog();
            var store = EventStore.Open(Path.Combine(folder, "data"));
            ImportRun.Run(store, [Path.Combine(sample, "events.csv")], "UTC", null, null, issues);
            var request = new MeasureRequest
            {
                Selection = MeasureSelection.Of(MeasureCatalog.All.Select(m => m.Name)), Options = new MeasureOptions { Set = DefinitionSet.Odot21 },
            };
            var output = Path.Combine(folder, "tables");
            using (var tables = new TableOutput(output, TableFormat.Csv, TimeStyle.Local, request.Selection.TablesIn(request.Options.Set)))
            {
                MeasureRun.Run(new StoredEvents(store, issues), SignalConfigurations.Open(null, [Path.Combine(sample, "detectors.csv")], issues), request, tables, issues);
                tables.Complete();
            }

            var (files, rows, differing) = (0, 0, 0);
            foreach (var expected in Directory.GetFiles(Path.Combine(sample, "expected"), "*.csv"))
            {
                var theirs = File.ReadAllLines(expected);
                var ours = File.ReadAllLines(Path.Combine(output, Path.GetFileName(expected)));
                files++;
                rows += theirs.Length - 1;
                differing += Math.Abs(theirs.Length - ours.Length) + theirs.Zip(ours).Count(p => p.First != p.Second);
            }

            Console.WriteLine($"       {files} files of the peer with {rows:N0} rows compared");
            return Figures.Hold("rows that differ from the peer's, order included", differing, "", 0, atLeast: false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
