using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Sheets;

/// <summary>Writes the page.</summary>
internal sealed class TimingSheetPage(TextWriter writer, SheetDetails details)
{
    /// <summary>In the order of the table's columns, ms.</summary>
    private static readonly Func<PhaseTiming, int>[] s_intervals =
        [p => p.MinimumGreenMs, p => p.PassageMs, p => p.MaximumMs, p => p.YellowMs, p => p.RedClearanceMs, p => p.WalkMs, p => p.WalkMs > 0 ? p.PedestrianClearanceMs : 0];

    private readonly Markup _page = new(writer);

    public void Write(IReadOnlyList<SheetTiming> signals)
    {
        _page.Raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>")
            .Text($"Timing sheets: {details.Title}").Raw("</title><style>").Raw(SheetStyle.Page).Raw("</style></head><body><main>\n");
        foreach (var signal in signals)
        {
            _page.Raw("<article class=\"sheet\" aria-label=\"").Text($"Signal {signal.About.Signal}").Raw("\">");
            Header(signal);
            foreach (var (pattern, today) in signal.Patterns.Zip(signal.Today))
            {
                Pattern(signal, pattern, today);
            }

            Intervals(signal);
            DayPlans(signal);
            Comparisons(signal);
            Checks(signal);
            Approval();
            Objects(signal);
            _page.Raw("</article>\n");
        }

        _page.Raw("</main></body></html>\n");
    }

    private static string Word(OffsetReference reference) => reference switch
    {
        OffsetReference.BeginGreen => "begin of the first coordinated green",
        OffsetReference.BeginLastGreen => "begin of the last coordinated green",
        OffsetReference.BeginYellow => "begin of the first coordinated yellow",
        OffsetReference.BeginRed => "begin of red of the first coordinated phase to end",
        _ => "begin of flashing don't walk of the first coordinated phase to end",
    };

    private static string Sequence(PatternView diagram) => string.Join(
        "; ",
        diagram.Rings.Where(r => r.Length > 0).Select(r => $"ring {r[0].Ring}: {string.Join(" | ", r.GroupBy(p => p.BarrierGroup).Select(g => string.Join(' ', g.Select(p => p.Number))))}"));

    private static string Was(int now, int? before) => before is { } ms && ms != now ? Markup.Change((now - ms) / 1000.0) : before is null ? "" : "0";

    private static string Spread(double? value, double? spread) =>
        value is not { } v ? "\u2013" : spread is { } s ? $"{Markup.Number(v)} \u00b1 {Markup.Number(s)}" : Markup.Number(v);

    private void Header(SheetTiming signal)
    {
        var about = signal.About;
        _page.Raw("<header>").Element("h1", about.Name.Length > 0 ? $"Signal {about.Signal}: {about.Name}" : $"Signal {about.Signal}");
        _page.Element("p", string.Create(CultureInfo.InvariantCulture, $"{details.Title}. Timing sheet prepared {details.PreparedOn:yyyy-MM-dd}. {details.Source}").TrimEnd()).Raw("</header>\n");
        foreach (var sentence in about.Explanations)
        {
            _page.Element("p", sentence);
        }
    }

    private void Pattern(SheetTiming signal, PatternTiming pattern, PatternTiming? today)
    {
        var diagram = new PatternView(signal.Phases, pattern);
        _page.Element("h2", $"Pattern {pattern.Number}").Raw("<div class=\"scroll\"><table><thead><tr>");
        _page.Head("").Head("Cycle, s").Head("Offset, s").Head("Offset refers to", "w").Head("Sequence", "w").Head("Force-offs", "w").Head("Transition", "w").Raw("</tr></thead><tbody>");
        if (today is not null)
        {
            PatternRow("Today", new PatternView(signal.Phases, today), pattern.Reference, today);
        }

        PatternRow("New", diagram, pattern.Reference, today);
        _page.Raw("</tbody></table></div>\n");
        Splits(signal, diagram, today is null ? null : new PatternView(signal.Phases, today));
        _page.Raw("<figure><figcaption>").Text("Rings and barriers over the cycle, s; coordinated phases are darker, yellow and red clearance at the end of each phase.").Raw("</figcaption>");
        RingBarrierDrawing.Write(_page, diagram, $"Ring and barrier diagram of pattern {pattern.Number}: {Sequence(diagram)}");
        _page.Raw("</figure>\n");
    }

    /// <summary>Both rows give the offset by the new pattern's reference, so that they can be compared.</summary>
    private void PatternRow(string which, PatternView diagram, OffsetReference reference, PatternTiming? today)
    {
        var pattern = diagram.Pattern;
        string Look(bool isSame) => which == "New" && today is not null && !isSame ? "changed" : "";
        _page.Raw("<tr>").Head(which, "w", "row");
        _page.Cell(Markup.Seconds(pattern.CycleMs), Look(pattern.CycleMs == today?.CycleMs));
        var offset = diagram.OffsetMs(reference) ?? pattern.OffsetMs;
        _page.Cell(Markup.Seconds(offset), Look(offset == (today is null ? null : new PatternView(diagram.Phases, today).OffsetMs(reference))));
        _page.Cell(Word(reference), "w").Cell(Sequence(diagram), "w").Cell(pattern.ForceOff == ForceOffMode.Fixed ? "fixed" : "floating", "w").Cell(PatternTable.Word(pattern.Transition), "w").Raw("</tr>");
    }

    private void Splits(SheetTiming signal, PatternView diagram, PatternView? today)
    {
        _page.Raw("<div class=\"scroll\"><table><caption>Seconds. Splits have yellow and red clearance in them; starts and force-offs count from the offset's reference point.</caption><thead><tr>");
        _page.Head("Phase", "w").Head("Movement", "w").Head("Ring").Head("Split").Head("Today").Head("Change").Head("Share of cycle").Head("Start of green").Head("Force-off").Head("Needs").Raw("</tr></thead><tbody>");
        var zero = diagram.PointMs(diagram.Pattern.Reference) ?? 0;
        foreach (var phase in signal.Phases)
        {
            var split = diagram.Pattern.SplitMs.GetValueOrDefault(phase.Number);
            int? before = today?.Pattern.SplitMs.GetValueOrDefault(phase.Number);
            var (start, _, forceOff) = diagram.PlaceOf(phase.Number);
            _page.Raw("<tr>").Head($"{phase.Number}{(phase.IsCoordinated ? " (coordinated)" : "")}", "w", "row").Cell(signal.About.Movements.GetValueOrDefault(phase.Number, ""), "w").Cell($"{phase.Ring}");
            _page.Cell(Markup.Seconds(split), before is not null && before != split ? "changed" : "").Cell(before is { } b ? Markup.Seconds(b) : "\u2013").Cell(Was(split, before));
            _page.Cell($"{Markup.Number(100.0 * split / diagram.CycleMs)} %").Cell(Markup.Seconds(diagram.Modulo(start - zero))).Cell(Markup.Seconds(diagram.Modulo(forceOff - zero)));
            _page.Cell(Markup.Seconds(phase.MinimumGreenMs + phase.ChangeMs)).Raw("</tr>");
        }

        _page.Raw("</tbody><tfoot><tr>").Raw("<th scope=\"row\" class=\"w\" colspan=\"3\">Each ring sums to</th>")
            .Cell(string.Join(" / ", diagram.Rings.Where(r => r.Length > 0).Select(r => Markup.Seconds(r.Sum(p => diagram.Pattern.SplitMs.GetValueOrDefault(p.Number)))).Distinct()))
            .Raw("<td colspan=\"6\"></td></tr></tfoot></table></div>\n");
    }

    private void Intervals(SheetTiming signal)
    {
        var isSame = signal.Phases.SequenceEqual(signal.CabinetPhases);
        _page.Element("h2", "Intervals and recalls").Raw($"<div class=\"scroll\"><table><caption>Seconds. {(isSame ? "As in the cabinet: they stay." : "What differs from the cabinet is in bold, with what is there today.")}</caption><thead><tr>");
        _page.Head("Phase", "w").Head("Minimum green").Head("Passage").Head("Maximum").Head("Yellow").Head("Red clearance").Head("Walk").Head("Flashing don't walk").Head("Recall", "w").Head("Dual entry", "w").Raw("</tr></thead><tbody>");
        foreach (var phase in signal.Phases)
        {
            var cabinet = signal.CabinetPhases.First(p => p.Number == phase.Number);
            _page.Raw("<tr>").Head($"{phase.Number}", "w", "row");
            foreach (var part in s_intervals)
            {
                var (now, today) = (part(phase), part(cabinet));
                var shown = now > 0 ? Markup.Seconds(now) : "\u2013";
                _page.Cell(now == today ? shown : $"{shown} (today {Markup.Seconds(today)})", now == today ? "" : "changed");
            }

            _page.Cell(phase.Recall switch { Recall.Minimum => "minimum", Recall.Maximum => "maximum", Recall.Pedestrian => "pedestrian", _ => "none" }, "w").Cell(phase.DualEntry ? "yes" : "no", "w").Raw("</tr>");
        }

        _page.Raw("</tbody></table></div>\n");
    }

    private void DayPlans(SheetTiming signal)
    {
        if (signal.About.DayPlans.IsEmpty)
        {
            return;
        }

        _page.Element("h2", "Day plans").Raw("<div class=\"scroll\"><table><thead><tr>").Head("Day plan", "w").Head("Days", "w").Head("From", "w").Head("Runs", "w").Raw("</tr></thead><tbody>");
        foreach (var plan in signal.About.DayPlans)
        {
            for (var i = 0; i < plan.Events.Length; i++)
            {
                _page.Raw("<tr>").Head($"{plan.Number}", "w", "row").Cell(PatternTable.DaysWord(plan.Days), "w");
                _page.Cell(plan.Events[i].At.ToString("HH:mm", CultureInfo.InvariantCulture), "w").Cell(PatternTable.PatternWord(plan.Events[i].Pattern), "w").Raw("</tr>");
            }
        }

        _page.Raw("</tbody></table></div>\n");
    }

    private void Comparisons(SheetTiming signal)
    {
        if (signal.About.Comparisons.IsDefaultOrEmpty)
        {
            return;
        }

        var sources = signal.About.Comparisons.SelectMany(c => c.Figures).Select(f => f.Source).Distinct().ToList();
        _page.Element("h2", "Before and after").Raw("<div class=\"scroll\"><table class=\"compared\"><caption>Mean \u00b1 standard deviation where a source was run more than once</caption><thead><tr>")
            .Raw("<th scope=\"col\" rowspan=\"2\" class=\"w\">Approach</th>");
        foreach (var source in sources)
        {
            _page.Raw("<th scope=\"colgroup\" colspan=\"3\">").Text(source).Raw("</th>");
        }

        _page.Raw("</tr><tr>");
        foreach (var _ in sources)
        {
            _page.Head("Before").Head("After").Head("Change");
        }

        _page.Raw("</tr></thead><tbody>");
        var isOne = signal.Patterns.Length == 1;
        foreach (var row in signal.About.Comparisons)
        {
            _page.Raw("<tr>").Head(isOne ? $"{row.Approach}, {row.Measure}" : $"Pattern {row.Pattern}, {row.Approach}, {row.Measure}", "w", "row");
            foreach (var figure in sources.Select(s => row.Figures.FirstOrDefault(f => f.Source == s) ?? new ComparedFigure(s, null, null)))
            {
                _page.Cell(Spread(figure.Before, figure.BeforeSpread)).Cell(Spread(figure.After, figure.AfterSpread));
                _page.Cell(figure is { Before: > 0 and var before, After: { } after } ? $"{Markup.Change(100 * ((after / before) - 1))} %" : "\u2013");
            }

            _page.Raw("</tr>");
        }

        _page.Raw("</tbody></table></div>\n");
    }

    private void Checks(SheetTiming signal)
    {
        _page.Element("h2", "To check in the field").Raw("<ul class=\"checks\">");
        foreach (var check in FieldChecks.For(signal))
        {
            _page.Element("li", check);
        }

        _page.Raw("</ul>\n");
    }

    private void Approval()
    {
        _page.Element("h2", "Approval").Element("p", "Nobody approves a plan of their own making.").Raw("<div class=\"lines\">");
        foreach (var line in new[] { "Prepared by, date", "Approved by, license, date", "Entered in the cabinet by, date and time", "Observed in the field by, date and time" })
        {
            _page.Element("div", line);
        }

        _page.Raw("</div>\n");
    }

    private void Objects(SheetTiming signal)
    {
        _page.Raw("<section class=\"objects\">").Element("h2", "Controller objects (NTCIP 1202 and 1201)").Raw("<div class=\"scroll\"><table><caption>Under 1.3.6.1.4.1.1206.4.2.1; what is only compared stays as it is in the cabinet</caption><thead><tr>");
        _page.Head("Object", "w").Head("Identifier", "w").Head("Of", "w").Head("Value").Head("Unit", "w").Head("Use", "w").Raw("</tr></thead><tbody>");
        foreach (var row in PatternTable.Of(signal))
        {
            _page.Raw("<tr>").Head(row.Name, "w", "row").Raw("<td class=\"w\"><code>").Text(row.Identifier.Replace("1.3.6.1.4.1.1206.4.2.1", "", StringComparison.Ordinal)).Raw("</code></td>");
            _page.Cell(row.Index, "w").Cell(row.Value).Cell(row.Unit, "w").Cell(row.IsChecked ? "compare" : "program", "w").Raw("</tr>");
        }

        _page.Raw("</tbody></table></div></section>\n");
    }
}
