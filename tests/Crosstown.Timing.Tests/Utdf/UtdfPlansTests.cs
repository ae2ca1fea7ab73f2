using System.Globalization;
using System.Text;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Timing.Model;
using Crosstown.Timing.Utdf;

namespace Crosstown.Timing.Tests.Utdf;

public sealed class UtdfPlansTests
{
    [Theory]
    [MemberData(nameof(UtdfDocumentTests.Shared), MemberType = typeof(UtdfDocumentTests))]
    [Trait("Category", SharedData.Category)]
    public void The_files_own_plan_changes_no_byte(string path)
    {
        var (bytes, document) = UtdfFiles.ReadShared(path);
        var network = UtdfNetwork.Read(document, new UtdfNetworkOptions(), new DataIssueLog());
        Assert.Equal(bytes, UtdfFiles.BytesOf(UtdfPlans.Write(document, network, network.Today)));
    }

    [Fact]
    public void A_new_offset_changes_the_cells_that_follow_from_it_and_no_other()
    {
        var document = UtdfFiles.Read(UtdfFiles.Small);
        var network = UtdfNetworkTests.Read();
        var plan = With(network.Today, 0, p => p with { OffsetMs = 78_000 });
        var written = Encoding.UTF8.GetString(UtdfFiles.BytesOf(UtdfPlans.Write(document, network, plan)));
        var expected = UtdfFiles.Small
            .Replace("Offset,1,76.0", "Offset,1,78.0", StringComparison.Ordinal)
            .Replace("Start,1,76,10,,46.5,30.5,76,,46.5", "Start,1,78,12,,48.5,32.5,78,,48.5", StringComparison.Ordinal)
            .Replace("End,1,10,46.5,,76,46.5,30.5,,76", "End,1,12,48.5,,78,48.5,32.5,,78", StringComparison.Ordinal)
            .Replace("Yield,1,5.5,41,,70,42,25,,70", "Yield,1,7.5,43,,72,44,27,,72", StringComparison.Ordinal)
            .Replace("Yield170,1,5.5,29,,70,42,13,,70", "Yield170,1,7.5,31,,72,44,15,,72", StringComparison.Ordinal);
        var end = Environment.NewLine.Length > 0 ? "\n" : "";
        Assert.Equal($"{expected}{end}[Timeplans]\nTiming Plan Settings\nRECORDNAME,INTID,DATA\nOffset,1,78\n", written);
    }

    [Fact]
    public void Splits_sequence_and_cycle_read_back_as_written()
    {
        var document = UtdfFiles.Read(UtdfFiles.Small);
        var network = UtdfNetworkTests.Read();
        var plan = With(network.Today, 0, p => p with
        {
            CycleMs = 90_000,
            OffsetMs = 5_000,
            SplitMs = p.SplitMs.SetItem(1, 20_000).SetItem(2, 40_500).SetItem(5, 18_000).SetItem(6, 42_500),
            Sequence = [[2, 1, 4], [5, 6, 8]],
        });
        var written = UtdfPlans.Write(document, network, plan);
        var again = UtdfNetwork.Read(written, new UtdfNetworkOptions(), new DataIssueLog());
        var pattern = again.Today.Patterns[0]!;
        Assert.Equal((90_000, 5_000), (pattern.CycleMs, pattern.OffsetMs));
        Assert.Equal(plan.Patterns[0]!.SplitMs, pattern.SplitMs);
        Assert.Equal([[2, 1, 4], [5, 6, 8]], pattern.Sequence.Select(r => r.Select(x => (int)x)));
        Assert.Equal(Cells(document, "Lanes"), Cells(written, "Lanes"));
        Assert.Equal(Signal(document, 2), Signal(written, 2));
        Assert.Equal("40", written.GetText(written.Named("Phases").Single().Find("ActGreen", 1)!.Value, 3));

        // A second plan on top of the first moves the forced offset too, and adds no further section.
        var twice = UtdfPlans.Write(written, again, With(again.Today, 0, p => p with { OffsetMs = 7_000 }));
        Assert.Equal(2, twice.Named("Timeplans").Count());
        Assert.Equal("7", twice.GetText(twice.Named("Timeplans").Last().Rows.Single(), 2));
        Assert.Equal(7_000, UtdfNetwork.Read(twice, new UtdfNetworkOptions(), new DataIssueLog()).Today.Patterns[0]!.OffsetMs);
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Tempe_with_every_signal_changed_reads_back_as_written()
    {
        var (bytes, document) = UtdfFiles.ReadShared(UtdfFiles.Tempe);
        var network = UtdfNetwork.Read(document, new UtdfNetworkOptions(), new DataIssueLog());
        var plan = network.Today with
        {
            Patterns = [.. network.Today.Patterns.Select((p, i) => p! with { OffsetMs = (p.OffsetMs + ((i % 7) + 1) * 1000) % p.CycleMs })],
        };
        var written = UtdfPlans.Write(document, network, plan);
        var issues = new DataIssueLog();
        var again = UtdfNetwork.Read(written, new UtdfNetworkOptions { FillsUncounted = false }, issues);
        Assert.Equal(0, issues.Count);
        Assert.Equal(plan.Patterns.Select(p => p!.OffsetMs), again.Today.Patterns.Select(p => p!.OffsetMs));
        Assert.Equal(Cells(document, "Lanes"), Cells(written, "Lanes"));
        Assert.Equal(Cells(document, "Links"), Cells(written, "Links"));

        // Back to where it was: the only bytes that are left are those of the forced offsets.
        var back = UtdfFiles.BytesOf(UtdfPlans.Write(written, again, network.Today));
        Assert.Equal(bytes, back[..bytes.Length]);
        var added = Encoding.UTF8.GetString(back[bytes.Length..]);
        Assert.Equal(227, added.Split("Offset,").Length - 1);
    }

    [Fact]
    public void Plans_that_do_not_fit_are_refused_all_at_once()
    {
        var document = UtdfFiles.Read(UtdfFiles.Small);
        var network = UtdfNetworkTests.Read();
        var plan = With(With(network.Today, 0, p => p with { SplitMs = p.SplitMs.SetItem(1, 5_000) }), 1, p => p with { CycleMs = 90_000 });
        var problems = Assert.Throws<ProblemException>(() => UtdfPlans.Write(document, network, plan)).Problems;
        Assert.All(problems, p => Assert.Equal("XT664", p.Code));
        Assert.Equal(["signal 1", "signal 1", "signal 2"], problems.Select(p => p.Where).Take(3));
        Assert.Throws<ProblemException>(() => UtdfPlans.Write(document, network, new NetworkPlan { Patterns = [] }));
    }

    [Fact]
    public void A_timing_file_of_the_older_form_is_read_and_changed()
    {
        const string Text = "TIMING PLANS\nTiming\nPLANID,INTID,S1,S2,S3,S4,S5,S6,S7,S8,CL,OFF,LD,REF,CLR\nAM,1,14,36.5,,29.5,16,34.5,,29.5,80,76,1358,26,5.5\nPM,1,20,50,,30,20,50,,30,100,3,1358,26,5.5\n";
        var document = UtdfFiles.Read(Text);
        var signal = UtdfNetworkTests.Read().Signals[0];
        var rows = UtdfTimingFile.Read(document, new DataIssueLog());
        Assert.Equal(["AM", "PM"], rows.Select(r => r.Plan));
        var today = UtdfNetworkTests.Read().Today.Patterns[0]!;
        var pattern = UtdfTimingFile.PatternOf(rows[0], signal)!;
        Assert.Equal((today.CycleMs, today.OffsetMs), (pattern.CycleMs, pattern.OffsetMs));
        Assert.Equal(today.SplitMs, pattern.SplitMs);
        Assert.Equal(Text, Encoding.UTF8.GetString(UtdfFiles.BytesOf(UtdfTimingFile.Write(document, "AM", signal, pattern))));
        var changed = UtdfTimingFile.Write(document, "PM", signal, pattern);
        Assert.Equal(
            Text.Replace("PM,1,20,50,,30,20,50,,30,100,3,", "PM,1,14,36.5,,29.5,16,34.5,,29.5,80,76,", StringComparison.Ordinal), Encoding.UTF8.GetString(UtdfFiles.BytesOf(changed)));
    }

    private static NetworkPlan With(NetworkPlan plan, int signal, Func<PatternTiming, PatternTiming> change) =>
        plan with { Patterns = plan.Patterns.SetItem(signal, change(plan.Patterns[signal]!)) };

    private static List<string> Cells(UtdfDocument document, string section) =>
        [.. document.Named(section).SelectMany(s => s.Rows).Select(r => string.Join('|', document.GetTexts(r)))];

    private static List<string> Signal(UtdfDocument document, int node) =>
        [.. document.Sections.SelectMany(s => s.Rows).Where(r => r.Node == node).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Record}|{string.Join('|', document.GetTexts(r))}"))];
}
