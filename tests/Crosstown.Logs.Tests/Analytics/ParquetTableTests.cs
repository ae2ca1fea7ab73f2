using System.Text.Json;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Logs.Analytics;

namespace Crosstown.Logs.Tests.Analytics;

public sealed class ParquetTableTests
{
    private static readonly TableSchema s_schema = new()
    {
        Name = "everything",
        Columns =
        [
            new Column("Row", ColumnType.Integer, "", "Its place"),
            new Column("TimeStamp", ColumnType.Time, "", "When"),
            new Column("DeviceId", ColumnType.Signal, "", "Which signal"),
            new Column("Count", ColumnType.Integer, "veh", "How many"),
            new Column("Share", ColumnType.Real, "0-1", "A share"),
            new Column("Peer", ColumnType.Single, "s", "A peer's share"),
            new Column("Failed", ColumnType.Boolean, "", "Whether"),
            new Column("Odd \"name\"", ColumnType.Word, "", "Why") { Words = ["GapOut", "a word longer than twelve bytes", "", "Größe", "=1"] },
        ],
    };

    [Theory]
    [InlineData(TimeStyle.Utc)]
    [InlineData(TimeStyle.Local)]
    public void Every_value_of_random_rows_reads_back_from_parquet(TimeStyle times)
    {
        const int Seed = 31;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        var engine = Duck.Engine();
        using var folder = new ScratchFolder();
        var rows = RandomRows(new Random(Seed), 7_000);
        var path = folder["measures/everything.parquet"];
        using (var writer = new ParquetTableWriter(engine, path, s_schema, times))
        {
            writer.Write(SignalId.Parse("007"), Duck.Denver, rows, 0, 5_000);
            writer.Write(SignalId.Parse("a-signal.of_15x"), Duck.Denver, rows, 5_000, 2_000);
            writer.Complete();
        }

        Assert.Equal(["everything.parquet"], Directory.GetFiles(folder["measures"]).Select(Path.GetFileName));
        var found = Duck.Objects(folder.Path, Duck.NoEvents, "select * from everything");
        Assert.Equal(rows.Count, found.Count);
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < s_schema.Columns.Length; column++)
            {
                var cell = found[row].GetProperty(s_schema.Columns[column].Name);
                var type = s_schema.Columns[column].Type;
                if (type == ColumnType.Signal)
                {
                    Assert.Equal(row < 5_000 ? "007" : "a-signal.of_15x", cell.GetString());
                    continue;
                }

                if (rows.IsNull(row, column) || (type is ColumnType.Real or ColumnType.Single && !double.IsFinite(rows.Number(row, column))))
                {
                    Assert.Equal(JsonValueKind.Null, cell.ValueKind);
                    continue;
                }

                var bits = rows.Bits(row, column);
                switch (type)
                {
                    case ColumnType.Time:
                        Assert.Equal(
                            times == TimeStyle.Utc ? Show(bits) + "Z" : Show(Duck.Denver.ToLocalMs(bits)), cell.GetString());
                        break;
                    case ColumnType.Integer:
                        Assert.Equal(bits, cell.GetInt64());
                        break;
                    case ColumnType.Real:
                        Assert.Equal(bits, BitConverter.DoubleToInt64Bits(cell.GetDouble()));
                        break;
                    case ColumnType.Single:
                        Assert.Equal((int)bits, BitConverter.SingleToInt32Bits(cell.GetSingle()));
                        break;
                    case ColumnType.Boolean:
                        Assert.Equal(bits != 0, cell.GetBoolean());
                        break;
                    case ColumnType.Word:
                        Assert.Equal(s_schema.Columns[column].Words[(int)bits], cell.GetString());
                        break;
                }
            }
        }
    }

    [Fact]
    public void The_same_rows_make_the_same_parquet_bytes()
    {
        var engine = Duck.Engine();
        using var folder = new ScratchFolder();
        var rows = RandomRows(new Random(3), 3_000);
        foreach (var name in new[] { "a", "b" })
        {
            using var writer = new ParquetTableWriter(engine, folder[name], s_schema, TimeStyle.Utc);
            writer.Write(SignalId.Parse("1"), Duck.Denver, rows, 0, rows.Count);
            writer.Complete();
        }

        Assert.Equal(File.ReadAllBytes(folder["a"]), File.ReadAllBytes(folder["b"]));
    }

    [Fact]
    public void A_table_without_rows_still_has_its_columns()
    {
        var engine = Duck.Engine();
        using var folder = new ScratchFolder();
        using (var writer = new ParquetTableWriter(engine, folder["measures/everything.parquet"], s_schema, TimeStyle.Utc))
        {
            writer.Complete();
        }

        Assert.Equal(s_schema.Columns.Length, Duck.Rows(folder.Path, Duck.NoEvents, "describe everything").Length);
    }

    [Fact]
    public void A_table_that_is_given_up_leaves_nothing()
    {
        var engine = Duck.Engine();
        using var folder = new ScratchFolder();
        var rows = RandomRows(new Random(3), 3_000);
        using (var writer = new ParquetTableWriter(engine, folder["a.parquet"], s_schema, TimeStyle.Utc))
        {
            writer.Write(SignalId.Parse("1"), Duck.Denver, rows, 0, rows.Count);
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        var engine = Duck.Engine();
        using var folder = new ScratchFolder();

        var error = Assert.ThrowsAny<Exception>(() => new ParquetTableWriter(engine, Path.Combine(folder.Path, "none", "a.parquet"), s_schema, TimeStyle.Utc));

        Assert.Contains("none", error.Message, StringComparison.Ordinal);
    }

    private static string Show(long timeMs) =>
        DateTime.UnixEpoch.AddMilliseconds(timeMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture);

    private static RowBuffer RandomRows(Random random, int count)
    {
        double[] oddReals = [0, -0.0, double.Epsilon, double.MaxValue, double.MinValue, double.NaN, double.PositiveInfinity];
        float[] oddSingles = [0, -0f, float.Epsilon, float.MaxValue, float.NaN, float.NegativeInfinity, 0.1f];
        long[] oddIntegers = [0, -1, long.MinValue, long.MaxValue];
        var rows = new RowBuffer(s_schema);
        for (var i = 0; i < count; i++)
        {
            rows.Integer(i);
            _ = random.Next(10) == 0 ? rows.Null() : rows.Time(random.NextInt64(CellText.MinTimeMs + 86_400_000, CellText.MaxTimeMs - 86_400_000));
            _ = random.Next(10) == 0 ? rows.Null() : rows.Integer(random.Next(5) == 0 ? oddIntegers[random.Next(4)] : random.NextInt64());
            _ = random.Next(10) == 0 ? rows.Null() : rows.Real(random.Next(5) == 0 ? oddReals[random.Next(oddReals.Length)] : BitConverter.Int64BitsToDouble(random.NextInt64()));
            _ = random.Next(10) == 0 ? rows.Null() : rows.Single(random.Next(5) == 0 ? oddSingles[random.Next(oddSingles.Length)] : BitConverter.Int32BitsToSingle(random.Next()));
            _ = random.Next(10) == 0 ? rows.Null() : rows.Boolean(random.Next(2) == 0);
            _ = random.Next(10) == 0 ? rows.Null() : rows.Word(random.Next(5));
        }

        return rows;
    }
}
