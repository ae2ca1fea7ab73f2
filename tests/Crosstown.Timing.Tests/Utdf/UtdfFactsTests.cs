using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Model;
using Crosstown.Timing.Tests.Sheets;
using Crosstown.Timing.Utdf;

namespace Crosstown.Timing.Tests.Utdf;

/// <summary>Facts of the small file, worked out by hand from its lanes of 12 ft.</summary>
public sealed class UtdfFactsTests
{
    [Fact]
    [Trait("rule", "C03")]
    public void What_the_file_states_is_a_fact_and_what_it_lacks_is_assumed_to_the_safe_side_and_recorded()
    {
        var (facts, assumed) = Read();
        var through = Street(facts, 2);
        var left = Street(facts, 5);
        var side = Street(facts, 4);

        // 35 mph and seven; 30 and seven.
        Assert.Equal((42, 42, 37), (through.SpeedMph, left.SpeedMph, side.SpeedMph));
        Assert.Equal((0, 0), (through.GradePercent, side.GradePercent));
        Assert.Equal((PhaseRole.Major, PhaseRole.LeftTurn, PhaseRole.Minor), (through.Role, left.Role, side.Role));

        // Line to crosswalk 4 and crosswalk 10, on both sides; Oak Street has 2 lanes, Main Street 5: the left turn in gaps on phase 2 clears half of both.
        Assert.Equal((28 + 42, 28 + 42), (through.WidthFt, left.WidthFt));
        Assert.Equal(through.WidthFt, through.BicycleCrossingFt);

        // Main Street leaves for a bend: 800 ft east and 60 north, so Oak Street crosses it a little askew.
        Assert.Equal((25, 61), (Street(facts, 6).CrossingFt, side.CrossingFt));

        // Phase 2 lasts to the end of its split; the bay of phase 5 is 150 ft, the stopping distance at 42 mph 251; at 37 mph it is 202.
        Assert.Equal((0, 150, 202), (through.DetectorSetbackFt, left.DetectorSetbackFt, side.DetectorSetbackFt));
        Assert.Equal(OffsetReference.BeginGreen, facts.OffsetReference);
        Assert.Null(facts.PreventsBackup);
        Assert.Equal(
            [new LeftTurnFacts(LeftTurnDisplay.CircularGreen, 2, 6, 5), new LeftTurnFacts(LeftTurnDisplay.CircularGreen, 4, 8, null), new LeftTurnFacts(LeftTurnDisplay.CircularGreen, 8, 4, null)],
            facts.LeftTurns!.Value.OrderBy(t => t.Through));
        Assert.True(Bits.Has(facts.Conflicts!.Value[2], 4) && Bits.Has(facts.Conflicts.Value[4], 2) && Bits.Has(facts.Conflicts.Value[1], 2));
        Assert.False(Bits.Has(facts.Conflicts.Value[2], 6) || Bits.Has(facts.Conflicts.Value[1], 6) || Bits.Has(facts.Conflicts.Value[4], 8));

        Assert.Contains(assumed, a => a is { Fact: StreetFact.Width, Phase: 2, Value: 70 });
        Assert.Contains(assumed, a => a is { Fact: StreetFact.DetectorSetback, Phase: 5, Value: 150 });
        Assert.DoesNotContain(assumed, a => a.Fact == StreetFact.Grade);
        Assert.Equal(6, assumed.Count(a => a.Fact == StreetFact.Speed));
        Assert.Single(assumed, a => a.Fact == StreetFact.Conflicts);
    }

    [Fact]
    public void A_missing_grade_is_taken_as_downhill_a_detector_and_a_crosswalk_of_the_file_count()
    {
        var text = UtdfFiles.Small.Replace("Grade,1,0,0,0,0", "Crosswalk Width,1,16,16,16,16", StringComparison.Ordinal)
            .Replace("Phase1,1,,8", "numDetects,1,,1,,,1,,1,2,,1,2,,,\nLastDetect,1,,0,,,120,,0,0,,0,90,,,\nPhase1,1,,8", StringComparison.Ordinal);
        var (facts, assumed) = Read(text);
        Assert.All(facts.Street, s => Assert.Equal(-3, s.GradePercent));
        Assert.Equal(facts.Phases.Length, assumed.Count(a => a.Fact == StreetFact.Grade));
        Assert.Equal((0, 90, 120, 0), (Street(facts, 2).DetectorSetbackFt, Street(facts, 6).DetectorSetbackFt, Street(facts, 4).DetectorSetbackFt, Street(facts, 5).DetectorSetbackFt));
        Assert.DoesNotContain(assumed, a => a.Fact == StreetFact.DetectorSetback);
        Assert.Equal(70 + 12, Street(facts, 2).WidthFt);
    }

    [Fact]
    [Trait("rule", "C08")]
    public void Through_traffic_of_two_streets_in_one_barrier_group_conflicts_whatever_the_rings_say()
    {
        // Phase 8 of Oak Street moved beside phase 2 of Main Street, in the other ring of its barrier group.
        var text = UtdfFiles.Small.Replace("BRP,1,111,112,211,212,122,121,221,222", "BRP,1,111,112,211,212,122,121,221,123", StringComparison.Ordinal);
        var (facts, _) = Read(text);
        Assert.Equal((1, 2), (facts.Phases.Single(p => p.Number == 8).BarrierGroup, facts.Phases.Single(p => p.Number == 8).Ring));
        Assert.True(Bits.Has(facts.Conflicts!.Value[2], 8) && Bits.Has(facts.Conflicts.Value[8], 2));
    }

    [Fact]
    public void The_stem_of_a_T_is_a_street_and_no_left_turn()
    {
        // No lane and no traffic goes straight on from Elm Street's south leg: its phase serves left and right turns.
        var text = UtdfFiles.Small.Replace("Lanes,2,1,1,1", "Lanes,2,1,0,1", StringComparison.Ordinal).Replace("Volume,2,46,92,46,10,80", "Volume,2,46,0,46,0,0", StringComparison.Ordinal)
            .Replace("Lanes,2,1,0,1,0,1,0", "Lanes,2,1,0,1,0,0,0", StringComparison.Ordinal).Replace("Phase1,2,,8,8", "Phase1,2,8,,8", StringComparison.Ordinal).Replace("PermPhase1,2,8,", "PermPhase1,2,,", StringComparison.Ordinal);
        var (facts, _) = Read(text, signal: 1);
        Assert.Equal((PhaseRole.Minor, PhaseRole.LeftTurn), (Street(facts, 8).Role, Street(facts, 5).Role));
    }

    [Fact]
    public void What_an_engineer_measured_counts_more_and_is_no_longer_assumed()
    {
        const string stated = """
            {"version": 1, "signals": [
              {"signal": "*", "preventsBackup": true, "conflicts": [{"phase": 2, "other": 6}], "phases": [{"phase": "*", "bicycleCrossingFt": 0, "speedMph": 39.5}]},
              {"signal": "1", "coordinationGroup": "", "phases": [{"phase": 2, "widthFt": 61, "role": "minor", "speedMph": 37}],
               "leftTurns": [{"display": "flashing-yellow-arrow", "through": 2, "opposing": 6, "protected": 5, "overlap": 1, "yellowS": 3.6, "redClearanceS": 1.5}]}]}
            """;
        var measured = Facts(stated);
        using var json = JsonDocument.Parse(stated);
        using var schema = JsonDocument.Parse(File.ReadAllText(SchemaPath()));
        Assert.Empty(SchemaCheck.Check(schema.RootElement, json.RootElement));
        var (facts, assumed) = Read(measured: measured);
        Assert.Equal((37, 61, 0, PhaseRole.Minor), (Street(facts, 2).SpeedMph, Street(facts, 2).WidthFt, Street(facts, 2).BicycleCrossingFt, Street(facts, 2).Role));
        Assert.Equal((39.5m, 0), (Street(facts, 4).SpeedMph, Street(facts, 4).BicycleCrossingFt));
        Assert.True(facts.PreventsBackup);
        Assert.True(Bits.Has(facts.Conflicts!.Value[6], 2));
        var arrow = Assert.Single(facts.Overlaps);
        Assert.Equal((OverlapKind.FlashingYellowArrow, 6, 5, 3600, 1500), (arrow.Kind, arrow.Parents.Single(), arrow.ProtectedPhase, arrow.YellowMs, arrow.RedClearanceMs));
        var left = Street(facts, 5);
        Assert.Equal(new OverlapFacts(1, left.SpeedMph, left.GradePercent, left.WidthFt), Assert.Single(facts.OverlapStreet));
        Assert.DoesNotContain(assumed, a => a.Fact is StreetFact.Speed or StreetFact.BicycleCrossing or StreetFact.Conflicts or StreetFact.LeftTurns);
        Assert.DoesNotContain(assumed, a => a is { Phase: 2, Fact: StreetFact.Width or StreetFact.Role });
        Assert.Contains(assumed, a => a is { Phase: 4, Fact: StreetFact.Width });
    }

    [Fact]
    public void Facts_of_a_signal_or_phase_that_is_not_there_are_refused()
    {
        var measured = Facts("""{"version": 1, "signals": [{"signal": "99"}, {"signal": "1", "phases": [{"phase": 3, "widthFt": 50}]}]}""");
        var problems = Assert.Throws<ProblemException>(() => Read(measured: measured)).Problems;
        Assert.Equal(["signal 99", "signal 1"], problems.Select(p => p.Where));
        Assert.All(problems, p => Assert.Equal("XT673", p.Code));
    }

    [Theory]
    [InlineData("nothing", "no JSON")]
    [InlineData("""{"version": 2, "signals": []}""", "version")]
    [InlineData("""{"version": 1, "signals": [{"signal": "a b"}]}""", "signals[0].signal")]
    [InlineData("""{"version": 1, "signals": [{"signal": "1", "phases": [{"phase": 17}]}]}""", "signals[0].phases[0].phase")]
    [InlineData("""{"version": 1, "signals": [{"signal": "1", "phases": [{"phase": 2, "speedMph": 90}]}]}""", "signals[0].phases[0].speedMph")]
    [InlineData("""{"version": 1, "signals": [{"signal": "1", "phases": [{"phase": 2, "speed": 40}]}]}""", "signals[0].phases[0].speed")]
    [InlineData("""{"version": 1, "signals": [{"signal": "1", "leftTurns": [{"through": 2, "opposing": 6}]}]}""", "signals[0].leftTurns[0].display")]
    [InlineData("""{"version": 1, "signals": [{"signal": "1", "leftTurns": [{"display": "flashing-yellow-arrow", "through": 2, "opposing": 6}]}]}""", "signals[0].leftTurns[0].overlap")]
    [InlineData("""{"version": 1, "signals": [7]}""", "signals[0]")]
    public void A_fact_that_cannot_be_used_is_named_with_its_place(string text, string named)
    {
        var problems = Assert.Throws<ProblemException>(() => Facts(text)).Problems;
        Assert.All(problems, p => Assert.Equal("XT672", p.Code));
        Assert.Contains(problems, p => $"{p.Where} {p.Message}".Contains(named, StringComparison.Ordinal));
    }

    [Theory]
    [Trait("Category", SharedData.Category)]
    [InlineData(UtdfFiles.Tempe)]
    [InlineData(UtdfFiles.GrandAvenue)]
    [InlineData(UtdfFiles.Bullhead)]
    public void Every_phase_of_the_real_files_has_facts_in_their_limits(string path)
    {
        var issues = new DataIssueLog();
        var (_, document) = UtdfFiles.ReadShared(path);
        var network = UtdfNetwork.Read(document, new UtdfNetworkOptions(), new DataIssueLog());
        var facts = UtdfFacts.Read(document, network, [], issues);
        Assert.Equal(0, issues.Count);
        Assert.All(facts.Facts.SelectMany(f => f.Street), s =>
        {
            Assert.InRange(s.SpeedMph!.Value, 22, 62);
            Assert.InRange(s.WidthFt!.Value, 30, 400);
            Assert.InRange(s.DetectorSetbackFt!.Value, 0, 1000);
        });
    }

    private static string SchemaPath([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "schema", "facts.schema.json");

    internal static IReadOnlyList<MeasuredFacts> Facts(string json) => FactsFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)), "facts.json");

    private static (SignalFacts Facts, IReadOnlyList<FactAssumption> Assumed) Read(string text = UtdfFiles.Small, IReadOnlyList<MeasuredFacts>? measured = null, int signal = 0)
    {
        var document = UtdfFiles.Read(text);
        var network = UtdfNetwork.Read(document, new UtdfNetworkOptions(), new DataIssueLog());
        var issues = new DataIssueLog();
        var read = UtdfFacts.Read(document, network, measured ?? [], issues);
        Assert.Equal(0, issues.Count);
        return (read.Facts[signal], read.Assumptions[signal]);
    }

    private static PhaseFacts Street(SignalFacts facts, byte phase) => facts.Street.Single(s => s.Phase == phase);
}
