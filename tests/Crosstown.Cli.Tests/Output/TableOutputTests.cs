using System.Globalization;
using Crosstown.Cli.Output;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs.Analytics;

namespace Crosstown.Cli.Tests.Output;

public sealed class TableOutputTests
{
    private static readonly TableSchema s_byTime = new()
    {
        Name = "terminations",
        TimeFirst = true,
        Columns =
        [
            new Column("DeviceId", ColumnType.Signal, "", "Which signal"),
            new Column("TimeStamp", ColumnType.Time, "", "When"),
            new Column("Row", ColumnType.Integer, "", "Its place among the signal's rows"),
            new Column("Reason", ColumnType.Word, "", "Why") { Words = ["GapOut", "MaxOut"] },
        ],
    };

    private static readonly TableSchema s_bySignal = s_byTime with { Name = "by-signal", TimeFirst = false };

    [Theory]
    [InlineData(1, 1, 400)]
    [InlineData(7, 3, 50)]
    [InlineData(3_000, 1, 7)]
    [InlineData(40, 5, 300)]
    public void Rows_of_many_signals_come_out_by_time_then_signal_then_place(int signalCount, int rounds, int rowsEach)
    {
        const int Seed = 17;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        using var folder = new ScratchFolder();
        using var output = new TableOutput(folder.Path, TableFormat.Csv, TimeStyle.Utc, [s_byTime]);
        var rows = new RowBuffer(s_byTime);
        var expected = new List<(long TimeMs, SignalId Signal, int Row)>();
        var clocks = new Dictionary<SignalId, (long TimeMs, int Row)>();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var number in Enumerable.Range(1, signalCount).OrderBy(_ => random.Next()))
            {
                var signal = SignalId.Parse(number.ToString(CultureInfo.InvariantCulture));
                var (timeMs, row) = clocks.GetValueOrDefault(signal, (1_715_637_600_000, 0));
                rows.Clear();
                for (var i = 0; i < rowsEach; i++)
                {
                    timeMs += random.Next(3) * 60_000;
                    rows.Time(timeMs).Integer((long)row).Word(row % 2);
                    expected.Add((timeMs, signal, row++));
                }

                clocks[signal] = (timeMs, row);
                output.Take(signal, LocalTimeMap.Utc, rows);
            }
        }

        output.Complete();

        Assert.Equal(
            expected.Order().Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Signal},{Show(e.TimeMs)},{e.Row},{(e.Row % 2 == 0 ? "GapOut" : "MaxOut")}")),
            File.ReadAllLines(Path.Combine(folder.Path, "terminations.csv")).Skip(1));
        Assert.Equal([(Path.Combine(folder.Path, "terminations.csv"), (long)expected.Count)], output.ListFiles());
    }

    [Fact]
    public void Rows_whose_time_goes_back_are_sorted_all_the_same_and_rows_without_time_come_first()
    {
        using var folder = new ScratchFolder();
        using var output = new TableOutput(folder.Path, TableFormat.Csv, TimeStyle.Utc, [s_byTime]);
        var rows = new RowBuffer(s_byTime);
        rows.Time(3000).Integer(0).Word(0).Time(1000).Integer(1).Word(0).Time(1000).Integer(2).Null().Null().Integer(3).Word(0).Time(2000).Integer(4).Word(0);
        output.Take(SignalId.Parse("1"), LocalTimeMap.Utc, rows);

        output.Complete();

        Assert.Equal(["3", "1", "2", "4", "0"], File.ReadAllLines(Path.Combine(folder.Path, "terminations.csv")).Skip(1).Select(l => l.Split(',')[2]));
    }

    [Fact]
    public void A_table_by_signal_is_written_as_it_comes_and_refuses_an_earlier_signal()
    {
        using var folder = new ScratchFolder();
        using var output = new TableOutput(folder.Path, TableFormat.Ndjson, TimeStyle.Local, [s_bySignal]);
        var rows = new RowBuffer(s_bySignal);
        rows.Time(7_200_000).Integer(0).Word(1);
        var clock = new LocalTimeMap("Etc/GMT+1", [0], [-3_600_000]);
        output.Take(SignalId.Parse("9"), clock, rows);
        output.Take(SignalId.Parse("10"), clock, rows);

        Assert.Throws<ArgumentException>(() => output.Take(SignalId.Parse("9"), clock, rows));
        output.Complete();

        Assert.Equal(
            """
            {"DeviceId":"9","TimeStamp":"1970-01-01T01:00:00.000","Row":0,"Reason":"MaxOut"}
            {"DeviceId":"10","TimeStamp":"1970-01-01T01:00:00.000","Row":0,"Reason":"MaxOut"}

            """,
            File.ReadAllText(Path.Combine(folder.Path, "by-signal.ndjson")));
    }

    [Fact]
    public void A_table_that_no_row_came_for_still_has_its_header()
    {
        using var folder = new ScratchFolder();
        using (var output = new TableOutput(folder.Path, TableFormat.Csv, TimeStyle.Utc, [s_byTime, s_bySignal]))
        {
            output.Complete();
        }

        Assert.Equal("DeviceId,TimeStamp,Row,Reason\n", File.ReadAllText(Path.Combine(folder.Path, "terminations.csv")));
        Assert.Equal(["by-signal.csv", "terminations.csv"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData(TableFormat.Csv)]
    [InlineData(TableFormat.Parquet)]
    public void A_run_that_fails_leaves_the_folder_as_it_was(object format)
    {
        SkipWithoutDuckDb((TableFormat)format);
        using var folder = new ScratchFolder();
        File.WriteAllText(Path.Combine(folder.Path, "by-signal.csv"), "of yesterday\n");
        var rows = new RowBuffer(s_bySignal);
        for (var i = 0; i < 5_000; i++)
        {
            rows.Time(i).Integer((long)i).Word(0);
        }

        using (var output = new TableOutput(folder.Path, (TableFormat)format, TimeStyle.Utc, [s_byTime, s_bySignal]))
        {
            output.Take(SignalId.Parse("1"), LocalTimeMap.Utc, rows);
        }

        Assert.Equal(["by-signal.csv"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
        Assert.Equal("of yesterday\n", File.ReadAllText(Path.Combine(folder.Path, "by-signal.csv")));
    }

    [Fact]
    public void Parquet_holds_the_same_rows_in_the_same_order_as_csv()
    {
        SkipWithoutDuckDb(TableFormat.Parquet);
        using var folder = new ScratchFolder();
        foreach (var format in new[] { TableFormat.Csv, TableFormat.Parquet })
        {
            using var output = new TableOutput(Path.Combine(folder.Path, "measures"), format, TimeStyle.Utc, [s_byTime]);
            var rows = new RowBuffer(s_byTime);
            foreach (var signal in new[] { "30", "4", "x" })
            {
                rows.Clear();
                for (var i = 0; i < 3_000; i++)
                {
                    rows.Time(i / 3 * 60_000).Integer((long)i).Word(i % 2);
                }

                output.Take(SignalId.Parse(signal), LocalTimeMap.Utc, rows);
            }

            output.Complete();
        }

        var csv = File.ReadAllText(Path.Combine(folder.Path, "measures", "terminations.csv"));
        File.Delete(Path.Combine(folder.Path, "measures", "terminations.csv"));
        var asked = new StringWriter(CultureInfo.InvariantCulture);
        Assert.Equal(0, SqlVerb.Run(folder.Path, new NoEvents(), "from terminations", SqlFormat.Csv, asked, TextWriter.Null, CancellationToken.None));
        Assert.Equal(csv, asked.ToString());
    }

    [Fact]
    public void Ten_times_the_signals_take_the_same_memory_per_row()
    {
        var few = Measure(100);
        var many = Measure(1_000);

        // A run costs its bookkeeping once; what is buffered for merging is shared by all runs.
        Assert.True(many - few < 900 * 2_500, $"{few} bytes were allocated for 100 signals, {many} for 1,000");

        static long Measure(int signalCount)
        {
            using var folder = new ScratchFolder();
            using var output = new TableOutput(folder.Path, TableFormat.Csv, TimeStyle.Utc, [s_byTime]);
            var rows = new RowBuffer(s_byTime);
            for (var i = 0; i < 200; i++)
            {
                rows.Time(i * 60_000).Integer((long)i).Word(0);
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 1; i <= signalCount; i++)
            {
                output.Take(SignalId.Parse(i.ToString(CultureInfo.InvariantCulture)), LocalTimeMap.Utc, rows);
            }

            output.Complete();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static void SkipWithoutDuckDb(TableFormat format)
    {
        if (format == TableFormat.Parquet)
        {
            Assert.SkipUnless(AnalyticsEngine.TryLoad(out _, out var whyNot), whyNot);
        }
    }

    private static string Show(long timeMs) => DateTime.UnixEpoch.AddMilliseconds(timeMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
