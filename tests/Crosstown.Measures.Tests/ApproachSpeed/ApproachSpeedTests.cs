using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;
using Crosstown.Tests.Drawing;

namespace Crosstown.Measures.Tests.ApproachSpeed;

public sealed class ApproachSpeedTests
{
    /// <summary>Green from 50 s to 90 s, so that speeds count from 65 s; the log reaches over two bins of 5 minutes.</summary>
    private const string OneGreen = """
        mark 1s
        phase 2  R10 G26 Y4 R10 G40 Y4 R600
        at 693s 150 1
        """;

    private static readonly SignalConfiguration Street = Drawn.Northbound(new Detector { Channel = 5, Functions = DetectorFunctions.AdvanceSpeed });

    [Fact]
    public void Speeds_count_from_fifteen_seconds_after_green_to_the_yellow()
    {
        SpeedReading[] counted = [.. Enumerable.Range(0, 10).Select(i => At(65 + (i * 2.4), 30 + i))];

        var row = Assert.Single(Rows([At(50, 70), At(64.9, 70), .. counted, At(90, 70), At(93, 70)]));

        Assert.Equal(("10", "45"), (row["readings"], row["speed_limit_mph"]));
        Assert.Equal((34.5, 31.35, 34.5, 37.65), (row.Number("mean_mph"), row.Number("p15_mph"), row.Number("p50_mph"), row.Number("p85_mph")));
        Assert.Equal(Math.Sqrt(8.25), row.Number("deviation_mph"), 9);
    }

    [Fact]
    public void Readings_below_five_miles_per_hour_are_no_traffic_in_flow()
    {
        var row = Assert.Single(Rows([.. Enumerable.Range(0, 10).Select(i => At(65 + i, 40)), At(80, 4)]));

        Assert.Equal(("10", "40.0"), (row["readings"], row["mean_mph"]));
    }

    [Fact]
    public void The_peer_takes_whole_miles_per_hour()
    {
        var row = Assert.Single(Rows([.. Enumerable.Range(0, 10).Select(i => At(65 + i, 30 + i))], DefinitionSet.Udot5));

        // Places 10 x 0.15 - 0.5 = 1 and 10 x 0.85 - 0.5 = 8; 34.5 rounds to the even 34.
        Assert.Equal((34, 31, 38), (row.Number("mean_mph"), row.Number("p15_mph"), row.Number("p85_mph")));
    }

    [Fact]
    [Trait("rule", "P11")]
    public void Fewer_than_ten_readings_say_nothing_but_that_there_were_some()
    {
        var row = Assert.Single(Rows([.. Enumerable.Range(0, 9).Select(i => At(65 + i, 61 + i))]));

        Assert.All(["readings", "mean_mph", "p15_mph", "p50_mph", "p85_mph", "deviation_mph"], column => Assert.True(row.IsNull(column)));
    }

    [Fact]
    [Trait("rule", "P11")]
    public void A_bin_of_a_minute_is_made_one_of_five()
    {
        SpeedReading[] readings = [.. Enumerable.Range(0, 10).Select(i => At(65 + (i * 2.4), 30))];

        var row = Assert.Single(Rows(readings, binMs: 60_000));

        Assert.Equal(("2024-01-01T12:00:00.000", "10"), (row["time"], row["readings"]));
    }

    [Fact]
    public void No_readings_make_no_rows() => Assert.Empty(Rows([]));

    private static SpeedReading At(double s, int mph) => new(Strip.DefaultStartMs + (long)Math.Round(s * 1000), 5, (byte)mph);

    private static IReadOnlyList<Drawn.Row> Rows(SpeedReading[] readings, DefinitionSet set = DefinitionSet.Crosstown, long binMs = MeasureOptions.DefaultBinMs)
    {
        var measure = MeasureCatalog.Find("approach-speed")!;
        var sink = new CollectedRows();
        var pass = new SignalPass([measure], Street, LocalTimeMap.Utc, new MeasureOptions { Set = set, BinMs = binMs }, null, sink, new DataIssueLog());
        pass.Append(readings);
        pass.Append(Strip.Read(OneGreen));
        pass.Finish();
        return Drawn.Named(measure, "approach-speed", sink, set);
    }
}
