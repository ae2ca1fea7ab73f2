using System.Collections.Immutable;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Cli.Report.Page;
using Spectre.Console;

namespace Crosstown.Cli.Demo;

/// <summary>Says in the terminal what the report says: tables with borders there, plain columns where the output goes to a file.</summary>
internal static class DemoSummary
{
    private const int ListedRows = 5;
    private const int PlainWidth = 160;

    public static void Print(DemoResult result, TextWriter output, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        if (!isTerminal)
        {
            console.Profile.Width = PlainWidth;
        }

        foreach (var list in FindingLists.All(result.Report.Findings))
        {
            console.WriteLine();
            console.MarkupLineInterpolated($"[bold]{list.Title}[/]");
            if (list.Table.Rows.IsEmpty)
            {
                console.WriteLine(list.WhenEmpty);
                continue;
            }

            Write(console, list.Table, isTerminal);
            if (list.Table.Rows.Length > ListedRows)
            {
                console.WriteLine($"and {list.Table.Rows.Length - ListedRows} more in the report");
            }
        }

        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]What the town knows to be true[/]");
        console.WriteLine($"Detector phases learned: precision {Words.Percent(result.Phases.Precision)}, recall {Words.Percent(result.Phases.Recall)} of {result.Phases.Known}; roles: precision {Words.Percent(result.Roles.Precision)}, recall {Words.Percent(result.Roles.Recall)}");
        console.WriteLine($"Planted faults found: {result.Faults.Found} of {result.Faults.Planted.Count}; {Words.Counted(result.Faults.NotPlanted.Count, "entry", "entries")} among the broken detectors not planted");
        if (result.Faults.Planted.Count > 0)
        {
            Write(
                console,
                new ChartTable(
                    ["Signal", "Channel", "Planted", "Found"],
                    [.. result.Faults.Planted.Select(f => ImmutableArray.Create(f.Signal.Value, $"{f.Fault.Channel}", f.Fault.Kind.ToString(), f.IsFound ? "yes" : "no"))]),
                isTerminal,
                all: true);
        }
    }

    private static void Write(IAnsiConsole console, ChartTable source, bool isTerminal, bool all = false)
    {
        var table = new Table { Border = isTerminal ? TableBorder.Rounded : TableBorder.None, ShowHeaders = true };
        foreach (var name in source.Head)
        {
            table.AddColumn(new Spectre.Console.TableColumn(Markup.Escape(name)) { NoWrap = true });
        }

        foreach (var row in source.Rows.Take(all ? int.MaxValue : ListedRows))
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        console.Write(table);
    }
}
