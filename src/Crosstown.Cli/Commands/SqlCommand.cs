using System.CommandLine;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Logs.Analytics;
using Crosstown.Logs.Store;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown sql "select ..." --data DIR</c></summary>
internal static class SqlCommand
{
    public static Command Create()
    {
        var query = new Argument<string>("QUERY") { Description = "One statement that reads: the tables are the files in the data folder's measures, signals, and events('ID')." };
        var data = SharedOptions.Data(required: true);
        var format = new Option<string>("--format") { Description = "text, csv or ndjson.", HelpName = "NAME", DefaultValueFactory = _ => "text" };
        var command = new Command("sql", "Ask a question of the data folder in SQL. Reads only.") { query, data, format };
        command.SetAction(parsed => Run(parsed.GetValue(query)!, parsed.GetValue(data)!, parsed.GetValue(format)!));
        return command;
    }

    private static int Run(string query, string data, string format)
    {
        var issues = new DataIssueLog();
        var form = format switch
        {
            "text" => SqlFormat.Text,
            "csv" => SqlFormat.Csv,
            "ndjson" => SqlFormat.Ndjson,
            _ => throw new ProblemException("XT153", "--format", $"'{format}' is no form for answers; there are text, csv and ndjson."),
        };
        var code = SqlVerb.Run(data, new StoredEvents(EventStore.Open(data, issues), issues), query, form, Console.Out, Console.Error, CancellationToken.None);
        IssueReport.Print(issues, Console.Error);
        return code;
    }
}
