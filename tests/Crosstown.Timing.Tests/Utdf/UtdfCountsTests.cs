using Crosstown.Core.Data;
using Crosstown.Timing.Utdf;

namespace Crosstown.Timing.Tests.Utdf;

public sealed class UtdfCountsTests
{
    private const string Quarters =
        "Turning Movement Count\r\n15 Minute Counts\r\nDATE,TIME,INTID,NBL,NBT,NBR,NBR2\r\n3/1/2026,=\"0715\",7,10,20,*,,\r\n3/1/2026,0715,8,1,2,3,,\r\n3/1/2026,0730,7,11,21,x,1,\r\n3/1/2026,2400,7,1,1,1,1\r\n";

    [Fact]
    public void Counts_are_flows_per_hour_and_a_star_is_no_count()
    {
        var issues = new DataIssueLog();
        var periods = UtdfCounts.Read(UtdfFiles.Read(Quarters, issues), issues);
        Assert.Equal([new TimeOnly(7, 15), new TimeOnly(7, 30)], periods.Select(p => p.Time));
        Assert.Equal(15, periods[0].Minutes);
        Assert.Equal([7, 8], periods[0].VehPerHour.Keys);
        Assert.Equal([("NBL", 40.0), ("NBT", 80.0)], periods[0].VehPerHour[7].Select(p => (p.Key, p.Value)));
        Assert.Equal([("NBL", 44.0), ("NBR2", 4.0), ("NBT", 84.0)], periods[1].VehPerHour[7].Select(p => (p.Key, p.Value)));
        Assert.Equal([(6L, "x"), (7L, "2400")], issues.ListExamples().Select(i => (i.Position, i.Value)));
    }

    [Fact]
    public void Hourly_counts_stay_as_they_are()
    {
        var periods = UtdfCounts.Read(UtdfFiles.Read("Turning Movement Count\n60 Minute Counts\nDATE,TIME,INTID,SBT\n3/1/2026,700,7,600\n"), new DataIssueLog());
        Assert.Equal(600, periods.Single().VehPerHour[7]["SBT"]);
        Assert.Equal(60, periods.Single().Minutes);
    }

    [Fact]
    public void A_count_file_comes_back_byte_for_byte_with_one_cell_changed()
    {
        var document = UtdfFiles.Read(Quarters);
        Assert.Equal(Quarters, System.Text.Encoding.UTF8.GetString(UtdfFiles.BytesOf(document)));
        var changes = new UtdfChanges();
        changes.Set(document.Sections.Single().Rows[0], 5, "6");
        Assert.Equal(Quarters.Replace("20,*,,", "20,6,,", StringComparison.Ordinal), System.Text.Encoding.UTF8.GetString(UtdfFiles.BytesOf(document.Apply(changes))));
    }

    [Fact]
    public void A_file_without_counts_is_refused() =>
        Assert.Equal("XT661", Assert.Throws<ProblemException>(() => UtdfCounts.Read(UtdfFiles.Read(UtdfFiles.Small), new DataIssueLog())).Problems.Single().Code);
}
