using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crosstown.Core.Data;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Sheets;
using Crosstown.Timing.Tests.Guard;

namespace Crosstown.Timing.Tests.Sheets;

public sealed partial class TimingSheetTests
{
    [Fact]
    public void A_sheet_says_what_changes_and_stands_on_its_own()
    {
        var page = Write(SampleSheets.Timing);
        Assert.Contains("Main St &amp; Oak &lt;St&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<St>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Contains("<td class=\"changed\">40</td><td>36</td><td>+4</td><td>40 %</td><td>15</td><td>49</td><td>16</td>", page, StringComparison.Ordinal);
        Assert.Contains("ring 1: 1 2 | 3 4; ring 2: 6 5 | 7 8", page, StringComparison.Ordinal);
        Assert.Contains("a walk of phase 8 needs 32 s and its split is 30 s", page, StringComparison.Ordinal);
        Assert.Contains("the order of phases is new", page, StringComparison.Ordinal);
        Assert.Contains("26.1 \u00b1 1.1</td><td>\u221220.9 %", page, StringComparison.Ordinal);
        Assert.Contains("Approved by, license, date", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_table_can_be_read_aloud()
    {
        var page = Write(SampleSheets.Timing);
        Assert.All(HeaderCells().Matches(page), m => Assert.Contains("scope=", m.Value, StringComparison.Ordinal));
        Assert.Equal(Regex.Count(page, "<table"), Regex.Count(page, "<thead>"));
        Assert.All(Pictures().Matches(page), m => Assert.Matches("role=\"img\" aria-label=\"[^\"]{20,}", m.Value));
        Assert.StartsWith("<!doctype html>\n<html lang=\"en\">", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Intervals_that_differ_from_the_cabinet_stand_out()
    {
        var longer = SampleSheets.Phases.SetItem(0, SampleSheets.Phases[0] with { RedClearanceMs = 1500 });
        Assert.Contains("<td class=\"changed\">1.5 (today 1)</td>", Write(SampleSheets.Timing with { Phases = longer }), StringComparison.Ordinal);
        Assert.DoesNotContain("(today", Write(SampleSheets.Timing), StringComparison.Ordinal);
    }

    [Fact]
    public void Same_plan_same_bytes() => Assert.Equal(Write(SampleSheets.Timing), Write(SampleSheets.Timing));

    [Fact]
    public void What_nobody_measured_is_to_be_looked_at_in_the_field_and_stands_in_the_file()
    {
        var page = Write(SampleSheets.Timing);
        Assert.Contains("Not measured: width to clear, from lanes: phase 2 84 ft, phase 6 88 ft.", page, StringComparison.Ordinal);
        Assert.Contains("Not measured: conflicts, from rings.", page, StringComparison.Ordinal);
        Assert.Contains("saves 3.10 on eastbound", page, StringComparison.Ordinal);
        using var stream = new MemoryStream();
        PlanFile.Write(stream, SampleSheets.Details, [SampleSheets.Timing]);
        using var plans = JsonDocument.Parse(stream.ToArray());
        var width = plans.RootElement.GetProperty("signals")[0].GetProperty("assumptions")[0];
        Assert.Equal(("width to clear", 2, 84, "ft"), (width.GetProperty("fact").GetString(), width.GetProperty("phase").GetInt32(), width.GetProperty("value").GetInt32(), width.GetProperty("unit").GetString()));
    }

    [Fact]
    public void Json_holds_to_its_schema()
    {
        using var stream = new MemoryStream();
        PlanFile.Write(stream, SampleSheets.Details, [SampleSheets.Timing]);
        using var plans = JsonDocument.Parse(stream.ToArray());
        using var schema = JsonDocument.Parse(File.ReadAllText(SchemaPath()));
        Assert.Empty(SchemaCheck.Check(schema.RootElement, plans.RootElement));
        var pattern = plans.RootElement.GetProperty("signals")[0].GetProperty("patterns")[0];
        Assert.Equal(90, pattern.GetProperty("today").GetProperty("cycleS").GetInt32());

        // Phase 6 begins the cycle, at the offset; phase 2 15 s later.
        Assert.Equal(57, pattern.GetProperty("splits")[1].GetProperty("greenAtS").GetInt32());
        Assert.Equal(42, pattern.GetProperty("splits")[5].GetProperty("greenAtS").GetInt32());
    }

    /// <summary>Sheets, objects and files are written from approvals alone; what is approved but not in whole seconds has sheets refused, not rounded in silence.</summary>
    [Fact]
    [Trait("rule", "C03")]
    public void What_the_guard_approved_is_what_is_written()
    {
        var written = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var good = GoodPlan.Make(seed);
            var approved = new PlanGuard().Check([good.Facts], good.Proposal).GetApproval();
            var details = SampleSheets.Details with { Signals = [] };
            using var json = new MemoryStream();
            PlanFile.Write(json, approved, details);
            using var plans = JsonDocument.Parse(json.ToArray());
            using var schema = JsonDocument.Parse(File.ReadAllText(SchemaPath()));
            Assert.Empty(SchemaCheck.Check(schema.RootElement, plans.RootElement));
            using var page = new StringWriter();
            using var table = new StringWriter();
            if (!good.Signal.Patterns.All(p => WholeSeconds.Has(p.Timing)))
            {
                Assert.Equal("XT671", Assert.Throws<ProblemException>(() => TimingSheet.Write(page, approved, details)).Problems[0].Code);
                continue;
            }

            TimingSheet.Write(page, approved, details);
            PatternTable.Write(table, approved, details);
            Assert.Contains($"Signal {good.Signal.Signal}", page.ToString(), StringComparison.Ordinal);
            Assert.Contains($"patternCycleTime,1.3.6.1.4.1.1206.4.2.1.4.7.1.2.{good.Pattern.Timing.Number},", table.ToString(), StringComparison.Ordinal);
            written++;
        }

        Assert.InRange(written, 10, 60);
    }

    [GeneratedRegex("<th[^e][^>]*>")]
    private static partial Regex HeaderCells();

    [GeneratedRegex("<svg[^>]*>")]
    private static partial Regex Pictures();

    private static string Write(SheetTiming timing)
    {
        using var writer = new StringWriter();
        new TimingSheetPage(writer, SampleSheets.Details).Write([timing]);
        return writer.ToString();
    }

    private static string SchemaPath([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "docs", "schema", "plans.schema.json");
}
