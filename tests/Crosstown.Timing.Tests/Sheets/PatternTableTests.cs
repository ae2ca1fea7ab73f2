using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Timing.Sheets;

namespace Crosstown.Timing.Tests.Sheets;

public sealed class PatternTableTests
{
    private const string Asc = "1.3.6.1.4.1.1206.4.2.1";

    [Fact]
    public void Objects_have_the_identifiers_units_and_values_of_the_standard()
    {
        var rows = PatternTable.Of(SampleSheets.Timing);
        string Value(string identifier) => rows.Single(r => r.Identifier == $"{Asc}.{identifier}").Value;
        Assert.Equal("100", Value("4.7.1.2.3"));
        Assert.Equal("42", Value("4.7.1.3.3"));
        Assert.Equal("3", Value("4.7.1.4.3"));
        Assert.Equal("40", Value("4.9.1.3.3.2"));
        Assert.Equal("1", Value("4.9.1.5.3.6"));
        Assert.Equal("0", Value("4.9.1.5.3.8"));
        Assert.Equal("4", Value("4.9.1.4.3.2"));
        Assert.Equal("6 5 7 8", Value("7.3.1.3.1.2"));
        Assert.Equal("43", Value("1.2.1.8.2"));
        Assert.Equal("17", Value("1.2.1.9.2"));
        Assert.Equal("30", Value("1.2.1.5.1"));
        Assert.Equal("0.1 s", rows.Single(r => r.Identifier == $"{Asc}.1.2.1.8.2").Unit);
        Assert.Equal("3", Value("4.2.0"));
        Assert.Equal("3", Value("4.4.0"));
        Assert.Equal("254", rows.Single(r => r.Index == "action 2: free").Value);
        Assert.All(rows.Where(r => r.Name.StartsWith("phase", StringComparison.Ordinal)), r => Assert.True(r.IsChecked));
        Assert.Equal(rows.Length, rows.Select(r => (r.Name, r.Identifier, r.Index)).Distinct().Count());
    }

    [Fact]
    public void Split_times_of_each_ring_sum_to_the_cycle_time()
    {
        var rows = PatternTable.Of(SampleSheets.Timing);
        foreach (var ring in SampleSheets.Phases.GroupBy(p => p.Ring))
        {
            Assert.Equal(100, ring.Sum(p => int.Parse(rows.Single(r => r.Identifier == $"{Asc}.4.9.1.3.3.{p.Number}").Value, System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public void Weekdays_are_bits_from_sunday()
    {
        var rows = PatternTable.Of(SampleSheets.Timing);
        Assert.Equal("124", rows.Single(r => r.Name == "timeBaseScheduleDay").Value);
        Assert.Equal(["0", "6", "9"], rows.Where(r => r.Name == "dayPlanHour").Select(r => r.Value));
        Assert.Equal(["2", "1", "2"], rows.Where(r => r.Name == "dayPlanActionNumberOID").Select(r => r.Value));
    }

    /// <summary>Ring 2 leads with its through: its first coordinated green begins the cycle, 49 s before the first coordinated yellow less the lead of ring 1.</summary>
    [Fact]
    public void Offsets_by_other_references_are_given_from_the_first_coordinated_green()
    {
        var byYellow = SampleSheets.New with { Reference = OffsetReference.BeginYellow, OffsetMs = 20_000 };
        var rows = PatternTable.Of(SampleSheets.Timing with { Patterns = [byYellow] });

        // Phase 6 is green from 0 to 37 - 6 = 31 s: the first yellow. 20 s at that point is 20 - 31 = -11 = 89 s at the begin of green.
        Assert.Equal("89", rows.Single(r => r.Name == "patternOffsetTime").Value);
    }

    [Fact]
    public void Intervals_that_differ_from_the_cabinet_are_to_be_programmed()
    {
        var longer = SampleSheets.Phases.SetItem(0, SampleSheets.Phases[0] with { RedClearanceMs = 1500 });
        var rows = PatternTable.Of(SampleSheets.Timing with { Phases = longer });
        Assert.Equal(["phaseRedClear"], rows.Where(r => r.Name.StartsWith("phase", StringComparison.Ordinal) && !r.IsChecked).Select(r => r.Name));
    }

    [Fact]
    public void Tenths_of_seconds_and_long_cycles_are_refused()
    {
        foreach (var pattern in new[] { SampleSheets.New with { OffsetMs = 500 }, SampleSheets.New with { CycleMs = 300_000 } })
        {
            var problems = Assert.Throws<ProblemException>(() => PatternTable.Of(SampleSheets.Timing with { Patterns = [pattern] })).Problems;
            Assert.All(problems, p => Assert.Equal("XT671", p.Code));
        }
    }
}
