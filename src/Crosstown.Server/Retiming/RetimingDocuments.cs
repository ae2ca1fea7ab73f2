using System.Globalization;
using System.Text;
using Crosstown.Core.Street;
using Crosstown.Timing.Retiming;
using Crosstown.Timing.Sheets;
using Crosstown.Timing.Utdf;

namespace Crosstown.Server.Retiming;

/// <summary>A file of a proposal.</summary>
/// <param name="Name">Ours: lower-case letters, digits, dots and dashes.</param>
internal sealed record RetimingDocument(string Name, byte[] Content);

/// <summary>Files that people take out of a proposal, and which of them are drawings.</summary>
/// <param name="Plan">Everything that the plan says, for its hash.</param>
internal sealed record RetimingDocuments(IReadOnlyList<RetimingDocument> All, IReadOnlyList<RetimingDrawing> Drawings, SheetDetails Details, string Plan)
{
    public const string Plans = "plans.json";
    public const string Sheets = "sheets.html";
    public const string Changes = "changes.txt";
    public const string RollBack = "roll-back.txt";

    private static readonly (string Ending, string Type)[] s_types =
        [(".json", "application/json"), (".html", "text/html"), (".csv", "text/csv"), (".txt", "text/plain"), (".svg", "image/svg+xml")];

    /// <summary>All types of files.</summary>
    public static IEnumerable<string> Types => s_types.Select(t => t.Type);

    /// <summary>Makes all files of a study with an approved plan.</summary>
    /// <param name="preparedOn">The day that stands on the sheets.</param>
    public static RetimingDocuments Make(RetimingAnswer answer, IReadOnlyList<Corridor> corridors, DateOnly preparedOn)
    {
        var (result, approval) = (answer.Result, answer.Result.Approval!);
        var details = PlanDocuments.SheetsOf(result, preparedOn, answer.Source);
        using var plans = new MemoryStream();
        PlanFile.Write(plans, approval, details);
        var text = new RetimingChangeText(answer);
        var all = new List<RetimingDocument>
        {
            new(Plans, plans.ToArray()),
            Text(Sheets, w => TimingSheet.Write(w, approval, details)),
            Text("patterns.csv", w => PatternTable.Write(w, approval, details)),
            Text("before-after.csv", w => PlanDocuments.WriteBeforeAfter(w, result)),
            Text(Changes, w => w.Write(text.Changes())),
            Text(RollBack, w => w.Write(text.RollBack())),
            Text("assumptions.csv", w => PlanDocuments.WriteAssumptions(w, result)),
            Text("left-out.csv", w => PlanDocuments.WriteLeftOut(w, result)),
            Text("figures.csv", w => PlanDocuments.WriteFigures(w, result.Study)),
        };
        for (var p = 0; p < result.Periods.Length; p++)
        {
            if (result.Periods[p] is { Result: { Approval: not null } found } && Text(string.Create(CultureInfo.InvariantCulture, $"utdf-{p + 1}.csv"), w => UtdfDraft.Write(w, found.Network, found.Plan)) is { Content.Length: > 0 } utdf)
            {
                all.Add(utdf);
            }
        }

        var drawings = Draw(result, corridors, all);
        return new RetimingDocuments(all, drawings, details, Encoding.UTF8.GetString(all[0].Content));
    }

    /// <summary>What a browser is told that a file is; null for a name that no proposal has.</summary>
    public static string? TypeOf(string name) => Array.Find(s_types, t => t.Ending == Path.GetExtension(name)) is { Type: { } type } ? $"{type}; charset=utf-8" : null;

    private static List<RetimingDrawing> Draw(LogRetimingResult result, IReadOnlyList<Corridor> corridors, List<RetimingDocument> all)
    {
        var drawings = new List<RetimingDrawing>();
        foreach (var corridor in corridors)
        {
            for (var p = 0; p < result.Periods.Length; p++)
            {
                var period = result.Periods[p];
                if (period.Result is null || PlanDocuments.DrawingOf(period, corridor, isAfter: false) is not { } today || PlanDocuments.DrawingOf(period, corridor, isAfter: true) is not { } plan)
                {
                    continue;
                }

                var number = string.Create(CultureInfo.InvariantCulture, $"time-space-{drawings.Count + 1}");
                drawings.Add(new RetimingDrawing(corridor.Id, corridor.Name.Length > 0 ? corridor.Name : corridor.Id, period.Study.Name, $"{number}-today.svg", $"{number}-plan.svg"));
                all.Add(new RetimingDocument($"{number}-today.svg", Encoding.UTF8.GetBytes(today)));
                all.Add(new RetimingDocument($"{number}-plan.svg", Encoding.UTF8.GetBytes(plan)));
            }
        }

        return drawings;
    }

    private static RetimingDocument Text(string name, Action<TextWriter> write)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        write(writer);
        return new RetimingDocument(name, Encoding.UTF8.GetBytes(writer.ToString()));
    }
}
