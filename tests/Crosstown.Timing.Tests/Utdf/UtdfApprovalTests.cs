using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Sheets;
using Crosstown.Timing.Tests.Guard;
using Crosstown.Timing.Utdf;

namespace Crosstown.Timing.Tests.Utdf;

/// <summary>Approved plans of random streets, written into a file that holds the cabinet's timing, and read again.</summary>
public sealed class UtdfApprovalTests
{
    private static readonly SignalId s_signal = SignalId.Parse("7");

    [Fact]
    [Trait("rule", "C03")]
    public void An_approved_plan_reads_back_with_the_greens_it_was_approved_for()
    {
        for (var seed = 0; seed < 80; seed++)
        {
            var (approved, good) = Approve(seed);
            var document = UtdfFiles.Read(FileOf(good));
            var timing = good.Pattern.Timing;
            var network = UtdfNetwork.Read(document, new UtdfNetworkOptions(), new DataIssueLog());
            var written = UtdfPlans.Write(document, network, approved, timing.Number);
            var issues = new DataIssueLog();
            var again = UtdfNetwork.Read(written, new UtdfNetworkOptions(), issues);
            Assert.Empty(issues.ListExamples());
            Assert.Equal(timing.CycleMs, again.Today.Patterns[0]!.CycleMs);
            Assert.Equal(timing.SplitMs, again.Today.Patterns[0]!.SplitMs);

            var phases = good.Proposed ?? good.Field;
            var (expected, found) = (new PatternView(phases, timing), new PatternView(again.Network.Signals[0].Phases, again.Today.Patterns[0]!));
            foreach (var phase in phases)
            {
                var read = again.Network.Signals[0].Phases.Single(p => p.Number == phase.Number);
                Assert.Equal(expected.OnMasterMs(expected.PlaceOf(phase.Number).StartMs), found.OnMasterMs(found.PlaceOf(phase.Number).StartMs));
                Assert.Equal(
                    (phase.MinimumGreenMs, phase.YellowMs, phase.RedClearanceMs, phase.WalkMs, phase.PedestrianClearanceMs),
                    (read.MinimumGreenMs, read.YellowMs, read.RedClearanceMs, read.WalkMs, read.PedestrianClearanceMs));
            }
        }
    }

    [Fact]
    public void A_signal_or_pattern_that_is_not_there_is_refused()
    {
        var (approved, good) = Approve(1);
        var document = UtdfFiles.Read(FileOf(good));
        var network = UtdfNetwork.Read(document, new UtdfNetworkOptions(), new DataIssueLog());
        Assert.Contains("no pattern", Assert.Throws<ProblemException>(() => UtdfPlans.Write(document, network, approved, 252)).Problems.Single().Message, StringComparison.Ordinal);
        var other = UtdfFiles.Read(UtdfFiles.Small);
        var problem = Assert.Throws<ProblemException>(() => UtdfPlans.Write(other, UtdfNetworkTests.Read(), approved, good.Pattern.Timing.Number)).Problems.Single();
        Assert.Equal(("XT664", "signal 7"), (problem.Code, problem.Where));
    }

    private static (ApprovedPlan Plan, GoodPlan Good) Approve(int seed)
    {
        var good = GoodPlan.Make(seed);
        var proposal = good.Proposal with { Signals = [good.Signal with { Signal = s_signal }] };
        return (new PlanGuard().Check([good.Facts with { Signal = s_signal }], proposal).GetApproval(), good);
    }

    /// <summary>The cabinet's phases in the combined format, with the splits of the plan's pattern as they would be under the cabinet's intervals.</summary>
    private static string FileOf(GoodPlan good)
    {
        var pattern = good.Pattern.Timing;
        var view = new PatternView(good.Field, pattern);
        var coordinated = good.Field.Where(p => p.IsCoordinated).Select(p => (int)p.Number).ToList();
        var reference = coordinated.Count == 1 ? coordinated[0] : (coordinated[0] * 100) + coordinated[1];
        var referencedTo = pattern.Reference switch
        {
            OffsetReference.BeginLastGreen => 0,
            OffsetReference.BeginYellow => 1,
            OffsetReference.BeginRed => 2,
            OffsetReference.BeginGreen => 3,
            _ => 4,
        };
        string Row(string record, Func<PhaseTiming, string> value) =>
            $"{record},7,{string.Join(',', Enumerable.Range(1, 16).Select(d => good.Field.FirstOrDefault(p => p.Number == d) is { } phase ? value(phase) : ""))}\n";
        static string Seconds(int ms) => (ms / 1000.0).ToString(CultureInfo.InvariantCulture);
        string Place(PhaseTiming phase) =>
            $"{phase.BarrierGroup}{phase.Ring}{view.Rings[phase.Ring - 1].Where(p => p.BarrierGroup == phase.BarrierGroup).ToImmutableArray().IndexOf(phase) + 1}";
        return "[Network]\nNetwork Settings\nRECORDNAME,DATA\nMetric,0\n\n[Nodes]\nNode Data\nINTID,TYPE,X,Y\n7,0,0,0\n\n[Links]\nLink Data\nRECORDNAME,INTID,NB\n\n"
            + "[Lanes]\nLane Group Data\nRECORDNAME,INTID,NBT\n\n[Timeplans]\nTiming Plan Settings\nRECORDNAME,INTID,DATA\n"
            + string.Create(CultureInfo.InvariantCulture, $"Control Type,7,3\nCycle Length,7,{Seconds(pattern.CycleMs)}\nReferenced To,7,{referencedTo}\nReference Phase,7,{reference}\nOffset,7,0\nNode 0,7,7\n\n")
            + $"[Phases]\nPhasing Data\nRECORDNAME,INTID,{string.Join(',', Enumerable.Range(1, 16).Select(d => $"D{d}"))}\n"
            + Row("BRP", Place) + Row("MinGreen", p => Seconds(p.MinimumGreenMs)) + Row("MaxGreen", p => Seconds(pattern.SplitMs[p.Number] - p.ChangeMs))
            + Row("Yellow", p => Seconds(p.YellowMs)) + Row("AllRed", p => Seconds(p.RedClearanceMs)) + Row("Recall", p => p.IsCoordinated ? "3" : "0")
            + Row("Walk", p => p.WalkMs > 0 ? Seconds(p.WalkMs) : "") + Row("DontWalk", p => p.WalkMs > 0 ? Seconds(p.PedestrianClearanceMs) : "")
            + Row("Start", _ => "") + Row("End", _ => "") + Row("Yield", _ => "");
    }
}
