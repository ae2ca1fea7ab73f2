using System.CommandLine;
using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Logs.Store;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown retention --data DIR</c>: deletes raw events that are past their time, for real.</summary>
internal static class RetentionCommand
{
    /// <summary>Raw events live this long (rule P13). A city may keep them shorter, never longer.</summary>
    private const int RawDays = 90;

    public static Command Create()
    {
        var data = SharedOptions.Data(required: true);
        var days = new Option<int>("--days") { Description = $"Keep raw events for this many days, 1 to {RawDays}.", DefaultValueFactory = _ => RawDays };
        var command = new Command("retention", "Delete raw events that are past their time.") { data, days };
        command.SetAction(parsed => Run(parsed.GetValue(data)!, parsed.GetValue(days), TimeProvider.System));
        return command;
    }

    private static int Run(string data, int days, TimeProvider time)
    {
        if (days is < 1 or > RawDays)
        {
            throw new ProblemException("XT124", "--days", $"{days} days are not allowed: 1 to {RawDays}. Raw events may be kept shorter, never longer.");
        }

        var firstKept = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-days);
        var deleted = EventStore.Open(data).DeleteBefore(firstKept);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{deleted.Events:N0} events of {deleted.SignalDays} signal-days before {firstKept:yyyy-MM-dd} deleted"));
        return CommandLine.Done;
    }
}
